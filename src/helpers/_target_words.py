"""Word classes that the rules about targets read: closed classes in full, verbs by a list and their inflection.

The words say *how a sentence is built* (who does, who is spoken of); none of them names a party, so the rules carry
over from one event to the next. A word may belong to several classes; the place in the sentence decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

# One bit per class, so that a word's classes are one integer in compiled code.
DET, POSSP, HE, IT, THEY, FIRST, OBJP, PREP, OF, BY, TO, CONJ, SUB, REL = (1 << i for i in range(14))
AUX, BE, VERB, FINITE, SAY, CALL, CONTROL, ADV, NUM, ACT, RULER, BODY, OPPOSED = (
    1 << i for i in range(14, 27)
)
ANTI, BACKED, TITLE, ABBREV, LINK, SHE, POSSIBLE_NOUN, PLACED, AS = (1 << i for i in range(27, 36))

_CLOSED: list[tuple[int, str]] = [
    (DET, "the a an this that these those some any no every each all both several many few much more most another other such"),
    (POSSP | HE, "his"),
    (POSSP | HE | SHE | OBJP, "her"),
    (POSSP | IT, "its"),
    (POSSP | THEY, "their"),
    (POSSP | FIRST, "my our"),
    (POSSP, "your whose"),
    (HE, "he himself"),
    (HE | SHE, "she herself"),
    (IT, "it itself"),
    (THEY, "they themselves"),
    (FIRST, "i we myself ourselves"),
    (OBJP | HE, "him"),
    (OBJP | THEY, "them"),
    (OBJP | FIRST, "me us"),
    (OBJP, "you yourself one"),
    (OF | PREP, "of"),
    (BY | PREP, "by"),
    (TO | PREP, "to"),
    (PREP, "in on at with from into onto over under against between among amid through during without within "
           "about toward towards upon across around behind beyond near despite regarding concerning per via like "
           "alongside inside outside off up down out throughout versus vs including"),
    (PLACED, "in from under within inside across at"),
    (PREP | SUB | AS, "as"),
    (PREP | SUB, "for after before since until till than"),
    (CONJ, "and or but nor yet plus"),
    (SUB, "because although though while whereas if unless when whenever where wherever whether why how once lest so"),
    (SUB | REL | DET, "that"),
    (REL, "who which whom what"),
    (REL | POSSP, "whose"),
    (AUX | BE | FINITE | LINK, "is are was were am isn't aren't wasn't weren't ain't"),
    (AUX | BE | LINK, "be been being"),
    (AUX | FINITE, "has have had having hasn't haven't hadn't does do did doesn't don't didn't will would can could "
                   "may might must shall should won't wouldn't can't cannot couldn't mustn't shouldn't needn't"),
    (ADV, "not never also still just only now then already even often always again soon ever too very quite rather "
          "almost perhaps maybe instead however therefore thus hence later earlier ago yesterday today tomorrow "
          "here there once twice well further both long far ahead together alone likely apart  nevertheless nonetheless meanwhile"),
    (NUM, "two three four five six seven eight nine ten dozen dozens hundred hundreds thousand thousands million "
          "millions billion billions first second third last next half"),
    (ACT, "invasion invasions attack attacks war wars warfare annexation occupation bombing bombings bombardment "
          "assault assaults aggression aggressions crackdown crackdowns raid raids strike strikes airstrike "
          "airstrikes conquest incursion incursions offensive offensives operation operations intervention "
          "interventions persecution massacre massacres genocide killing killings slaughter murder murders "
          "assassination assassinations blockade blockades siege sieges shelling abduction abductions coup coups "
          "overthrow oppression repression suppression subjugation colonization colonisation exploitation "
          "annihilation extermination destruction expulsion deportation deportations torture atrocity atrocities "
          "crime crimes onslaught campaign rampage purge purges theft seizure provocation provocations "
          "interference meddling subversion sabotage hack hacking hacks threat threats violation violations "
          "liberation defense defence denial abuse abuses treatment mistreatment ethnic cleansing pogrom pogroms "
          "appeasement betrayal escalation retaliation demonization smear smears takeover"),
    (RULER, "president leader premier chancellor minister dictator tyrant strongman autocrat despot king queen "
            "prince monarch ruler emperor ayatollah chairman secretary senator congressman congresswoman governor "
            "candidate nominee director commander general colonel billionaire businessman mogul "
            "politician man woman"),
    (BODY, "country nation state states government regime administration republic kingdom power superpower junta "
           "dictatorship autocracy monarchy leadership authorities military army forces troops party parties group "
           "groups organization organisation movement militia militants terrorists insurgents rebels fighters "
           "extremists jihadists network alliance bloc agency department committee commission court council "
           "company campaign people side capital empire democracy theocracy"),
    (OPPOSED, "critic critics opponent opponents enemy enemies foe foes rival rivals victim victims adversary "
              "adversaries challenger challengers accuser accusers protest protests sanctions detractors "
              "dissidents refugees exile exiles survivor survivors relations talks ally allies partner partners friend "
              "friends puppet puppets proxy proxies satellite satellites vassal vassals client clients lackey lackeys "
              "stooge stooges crony cronies pawn pawns supporter supporters apologist apologists target targets"),
    (ANTI, "anti non counter post ex un"),
    (BACKED, "backed sponsored supported funded based born trained aligned allied armed imposed occupied controlled"),
    (TITLE, "mr mrs ms dr president premier chancellor minister secretary senator sen rep representative gov governor "
            "king queen prince sheikh ayatollah general gen col colonel judge justice director sir lord lady "
            "comrade chairman candidate nominee leader dictator speaker congressman congresswoman"),
    (ABBREV, "mr mrs ms dr gen sen rep gov lt col sgt capt st no vs jr sr inc corp prof rev hon adm maj dept ft mt "
             "jan feb mar apr jun jul aug sept sep oct nov dec"),
    (LINK, "become becomes became remain remains remained seem seems seemed appear appears appeared look looks looked"),
]  # fmt: skip

_SAY = (
    "say said tell told claim state announce declare argue insist add note suggest warn acknowledge admit "
    "believe think know hope fear expect quote predict report explain stress maintain assert contend allege "
    "complain conclude confirm deny mean promise pledge vow write wrote reply respond tweet testify reveal "
    "show indicate imply recall remark observe comment concede boast joke vent"
)
_CALL = (
    "call label brand describe denounce condemn accuse blame slam criticize criticise refer portray depict "
    "view regard compare consider declare deem dub paint charge praise hail applaud commend fault rebuke "
    "chide lambaste castigate mock ridicule attack thank credit suspect convict indict punish"
)
_CONTROL = (
    "ask urge tell want allow force expect order call persuade pressure help let push press lobby invite "
    "encourage enable warn advise convince compel permit require get make prompt lead cause petition "
    "challenge beg"
)
_VERBS = (
    "accept achieve act add address admit adopt advance agree aim alarm amount annex announce answer appeal "
    "apply appoint approach approve argue arm arrest arrive assure attempt attend avoid back ban bar beat "
    "benefit blast block boast bolster bomb boost bully call campaign cancel carry cause cease celebrate "
    "cheat check choose cite claim clash close collapse collude combat commit complete comply conduct "
    "confront congratulate consolidate continue contradict control cooperate cover crack create criticise "
    "crush cut damage debate deceive decide decline defeat defend delay deliver demand denuclearize deploy "
    "deserve destabilize destroy detain develop disappear discuss dismiss dispatch display dispute dominate "
    "doubt draft drop earn ease elect emerge employ encourage end endorse engage enjoy enrich ensure enter "
    "escalate establish exacerbate execute exercise exit expand expel exploit export expose express extend "
    "face fail favor favour file finish fire flee flout focus follow free fuel fulfill gain gather give "
    "govern grant grapple guarantee halt handle hand harass harbor harden hate help hide hit hold host ignore "
    "impose imprison improve include increase infiltrate influence initiate insist inspire insult intend "
    "interfere intervene introduce invade invest investigate invite issue jail join kidnap kill lack land "
    "launch leak lie lift like live lobby locate lock look loom loot lower maintain manage manipulate march "
    "mark matter meddle meet menace mislead miss mourn move murder name need negotiate note nominate obstruct "
    "obtain occupy occur offer operate oppose oppress order organize oust outline overthrow own participate "
    "pass pause permit persecute persist plan play plot point poison pose possess prepare present preserve "
    "press prevent pretend proceed produce prompt propose prosecute protect protest prove provide provoke "
    "publish pull purge pursue push question raise reach react reaffirm realize reassure receive recognize "
    "record recover reduce refer refuse reiterate reject relax release relent rely remain remove renege renew "
    "repeat replace repress request require rescue resign resist resolve respect restart restore restrict "
    "result resume retain retaliate retreat return reverse review risk rule sanction satisfy save savor score "
    "scrap seal secure seek seem seize serve settle shape share shell shift sign signal silence slap "
    "slaughter sour spark sponsor spur squander stage stand start stay step stop store strengthen strike "
    "struggle suffer supply support suppress surprise surrender surround survive suspend target taunt test "
    "thaw threaten topple torture total tour trade treat trigger troll trust try turn undermine unify unite "
    "unleash urge use vanquish veto view violate visit vote vow wage wait walk want weaken weigh welcome win "
    "wipe withdraw withhold work worry worsen yield"
)
_IRREGULAR = (
    "went took gave came made saw got knew thought began broke brought built bought caught chose did drew "
    "drove ate fell felt fought found flew forgot froze grew hung held hid kept led left lent let lost met "
    "paid put ran rose sang sank sat sent shook shot shut slept sold sought spent spoke sprang stole stood "
    "struck swore swept swung taught threw told understood woke wore won withdrew overthrew undertook "
    "overcame became laid lay bore beat bet bred burnt dealt dug wound tore told fled fed bit blew backed go "
    "goes take takes give gives come comes make makes see sees get gets know knows think thinks begin begins "
    "break breaks bring brings build builds buy find finds feel feels fight fights keep keeps lead leads "
    "leave leaves lose loses meet meets pay pays put puts run runs rise rises send sends sit sits speak "
    "speaks spend spends steal steals hold holds say says told tells tell wants"
)
_NOUN_TOO = (
    "attack attacks plan plans talks talk move moves call calls strike strikes act acts aim aims answer "
    "answers appeal ban bans block blocks boost campaign campaigns charge charges claim claims clash clashes "
    "control controls crack damage debate debates demand demands doubt doubts end ends exercise exercises "
    "exit face faces fears fear fire force forces fuel hand hands help hits hit hope hopes host hosts "
    "influence insult insults issue issues land launch leak leaks lie lies look looks march mark marks matter "
    "matters meeting move murder murders name names need needs note notes notice offer offers order orders "
    "plot plots point points praise press pressure protest protests purge question questions record records "
    "release report reports request respect result results return review risk risks rule rules sanctions "
    "sanction shape share shares shift shows show sign signs signal signals stage stand start state states "
    "step steps stop support surprise target targets test tests threat torture total tour trade trust turn "
    "turns use uses view views visit visits vote votes vow vows war wage walk win wins work works worries "
    "worry like lead leads leaders fight fights ruling spending building back close free open present mean "
    "means lack raid raids suspect suspects"
)


def _inflect(base: str) -> tuple[list[str], list[str]]:
    """Forms of a regular verb: those that can be finite, and the participle in -ing."""
    if base.endswith("e"):
        return [base, base + "s", base + "d"], [base[:-1] + "ing"]
    if base.endswith("y") and base[-2] not in "aeiou":
        return [base, base[:-1] + "ies", base[:-1] + "ied"], [base + "ing"]
    s = base + ("es" if base.endswith(("s", "sh", "ch", "x", "z")) else "s")
    forms, ing = [base, s, base + "ed"], [base + "ing"]
    if base[-1] in "bdgmnprt" and base[-2] in "aeiou":  # stop, stopped: the doubled form beside the plain one
        forms.append(base + base[-1] + "ed")
        ing.append(base + base[-1] + "ing")
    return forms, ing


@cache
def word_classes() -> dict[str, int]:
    """Return the classes of every known word, as one integer of bits each.

    Returns
    -------
    dict of str to int
        Lower-case word to its classes. Words that are not in it are told by their ending and by their place.
    """
    classes: dict[str, int] = {}

    def add(words: Sequence[str], bits: int) -> None:
        for word in words:
            classes[word] = classes.get(word, 0) | bits

    for bits, words in _CLOSED:
        add(words.split(), bits)
    for bases, bits in ((_VERBS, 0), (_SAY, SAY), (_CALL, CALL), (_CONTROL, CONTROL)):
        for base in bases.split():
            finite, ing = _inflect(base)
            add(finite, VERB | FINITE | bits)
            add(ing, VERB | bits)
    add(_IRREGULAR.split(), VERB | FINITE)
    add(_NOUN_TOO.split(), POSSIBLE_NOUN)
    return classes
