"""The closed word lists behind sentences and voices, as a hash table that compiled code can read.

A list holds words that *work* in a sentence (speech verbs, abbreviations, pronouns, titles), never names of
people, states or outlets: rules that know a name would measure that name.
"""

from __future__ import annotations

from functools import cache

import numpy as np

# Classes of words: bits that can be combined.
SAY = 1  # say, says, said: a clause may follow without "that"
CLAUSE = 1 << 1  # takes an indirect statement with "that" (or without, where a finite verb follows)
TELL = 1 << 2  # takes a person first: told reporters that
ASK = 1 << 3  # takes an indirect question
QUOTE = 1 << 4  # introduces a direct quotation (called, described, began)
ING = 1 << 5  # saying, adding
BASE = 1 << 6  # say, claim: infinitive or plural; may be a noun
NOUN = 1 << 7  # the claim that, allegations that
AUX = 1 << 8  # a finite verb of a closed class
PRON = 1 << 9  # he, she, they
FIRST = 1 << 10  # I, we
DET = 1 << 11  # the, a, his
TITLE = 1 << 12  # Mr, Sen, President: before a name, not part of it
ABBR = 1 << 13  # never the end of a sentence
ABBR2 = 1 << 14  # the end of a sentence only before a word that starts one
STARTER = 1 << 15  # closed-class words that begin sentences
TIME = 1 << 16  # Monday, January, yesterday
ROLE = 1 << 17  # nouns for people and papers that speak: officials, spokesman, report
PARTICLE = 1 << 18  # de, van, bin: inside names
ADV = 1 << 19  # also, later: between a subject and its verb
PREP = 1 << 20
CONJ = 1 << 21  # and, but, while, who: begins another clause
ORG = 1 << 22  # Party, Court, University: a name with it is no person
NUMABBR = 1 << 23  # No., p.: an abbreviation before a digit
NEG = 1 << 24  # not, never, n't, declined, refused
# Shapes, added by the tokenizer.
CAP = 1 << 25
ALLCAP = 1 << 26
DIGIT = 1 << 27
ONE = 1 << 28  # a single letter
POSS = 1 << 29
HYPH = 1 << 30  # joined to the word before by a hyphen
ENDS_S = 1 << 31
ENDS_ING = 1 << 32
ENDS_ED = 1 << 33
BE = 1 << 35
MAKE = 1 << 36
SUBORDINATOR = 1 << 37  # begins a clause that stands before the main one
WH = 1 << 38  # begins an indirect question
DATED = 1 << 39  # a date word that is a name too: May, March, Day
LABEL = 1 << 40  # says what something is: called it, dismissed it as
HOLDER = 1 << 34  # one who is named by an office: the governor, the senator

# Single words that rules ask for.
_SINGLE = [
    "that",
    "according",
    "to",
    "by",
    "of",
    "whether",
    "if",
    "and",
    "but",
    "or",
    "who",
    "which",
    "while",
    "when",
    "because",
    "as",
    "than",
    "for",
    "from",
    "at",
    "in",
    "on",
    "with",
    "not",
    "he",
    "she",
    "they",
    "it",
    "we",
    "i",
    "out",
    "how",
    "why",
    "what",
    "where",
    "went",
    "be",
    "been",
    "told",
    "those",
    "such",
    "this",
    "these",
    "is",
    "was",
    "went",
    "say",
    "so",
    "were",
    "are",
    "being",
    "made",
    "make",
    "makes",
    "making",
    "clear",
    "the",
    "while",
    "although",
    "his",
    "her",
    "last",
    "next",
    "though",
    "once",
    "before",
    "since",
    "until",
    "until",
    "after",
    "statement",
    "a",
    "an",
]
WID = {word: i + 1 for i, word in enumerate(dict.fromkeys(_SINGLE))}

_REGULAR_CLAUSE = [
    "claim",
    "argue",
    "insist",
    "maintain",
    "contend",
    "note",
    "add",
    "warn",
    "acknowledge",
    "allege",
    "assert",
    "announce",
    "declare",
    "report",
    "suggest",
    "explain",
    "complain",
    "stress",
    "confirm",
    "reply",
    "respond",
    "promise",
    "vow",
    "predict",
    "estimate",
    "conclude",
    "agree",
    "concede",
    "charge",
    "testify",
    "recall",
    "reiterate",
    "emphasize",
    "emphasise",
    "remark",
    "state",
    "indicate",
    "disclose",
    "reveal",
    "hint",
    "mention",
    "boast",
    "quip",
    "joke",
    "tweet",
    "caution",
    "counter",
    "lament",
    "opine",
    "proclaim",
    "recount",
    "reason",
    "pledge",
    "signal",
    "speculate",
    "theorize",
    "theorise",
    "underscore",
    "posit",
    "affirm",
    "aver",
    "attest",
    "blog",
    "comment",
    "cite",
    "clarify",
    "confess",
    "deny",
    "fume",
    "gripe",
    "guess",
    "imply",
    "inform",
    "observe",
    "point",
    "protest",
    "retort",
    "stipulate",
    "surmise",
    "admit",
    "submit",
    "volunteer",
    "rebut",
    "relate",
    "detail",
    "certify",
    "crow",
    "gloat",
    "grumble",
    "huff",
    "marvel",
    "muse",
    "plead",
    "preach",
    "reaffirm",
    "rejoin",
    "relay",
    "scoff",
    "advise",
    "assure",
    "convince",
    "notify",
    "remind",
    "brief",
    "demand",
    "propose",
    "recommend",
    "request",
    "decree",
    "exclaim",
    "murmur",
    "mutter",
    "shout",
    "whisper",
    "yell",
    "repeat",
]
# verbs of the list that rarely carry a statement without "that": they need it
_IRREGULAR_CLAUSE = {
    "write": "writes wrote writing written", "say": "says said saying", "tell": "tells told telling",
    "swear": "swears swore swearing sworn", "foretell": "foretells foretold foretelling",
    "retell": "retells retold", "hold": "", "find": "",
}  # fmt: skip
_TELL = ["tell", "inform", "assure", "remind", "notify", "warn", "convince", "brief", "advise"]
_ASK = ["ask", "wonder", "question", "inquire", "enquire", "query"]
_QUOTE_ONLY = [
    "call",
    "describe",
    "begin",
    "continue",
    "urge",
    "laugh",
    "sigh",
    "snap",
    "chide",
    "mock",
    "blast",
    "slam",
    "denounce",
    "deride",
    "dismiss",
    "praise",
    "hail",
    "refer",
    "criticize",
    "criticise",
    "condemn",
    "characterize",
    "characterise",
    "dub",
    "brand",
    "label",
    "accuse",
    "express",
    "cry",
    "conclude",
    "offer",
    "answer",
    "interject",
    "gush",
    "enthuse",
    "sing",
    "chant",
    "scream",
    "roar",
    "bark",
    "growl",
    "lecture",
    "taunt",
    "tease",
    "sneer",
    "elaborate",
    "read",
    "conceded",
    "declare",
    "thank",
    "apologize",
    "apologise",
    "defend",
    "decry",
    "lambaste",
    "rip",
    "blame",
    "compare",
    "credit",
    "portray",
    "term",
    "tout",
    "voice",
    "cite",
    "quote",
    "ridicule",
    "invoke",
    "plead",
    "vent",
    "rail",
    "lash",
]
_LABEL = [
    "call", "describe", "dub", "brand", "label", "denounce", "deride", "dismiss", "praise", "hail", "condemn",
    "criticize", "criticise", "characterize", "characterise", "mock", "blast", "slam", "decry", "portray", "term",
    "compare", "ridicule", "tout", "lambaste", "defend", "refer",
]  # fmt: skip
_QUOTE_IRREGULAR = [
    "began",
    "spoke",
    "said",
    "spoken",
    "sang",
    "read",
    "put",
    "puts",
    "putting",
    "wrote",
    "written",
    "went",
    "asks",
]
_NOUNS = [
    "claim",
    "claims",
    "claimed",
    "allegation",
    "allegations",
    "assertion",
    "assertions",
    "accusation",
    "accusations",
    "statement",
    "statements",
    "argument",
    "arguments",
    "suggestion",
    "suggestions",
    "contention",
    "announcement",
    "announcements",
    "charge",
    "charges",
    "complaint",
    "complaints",
    "warning",
    "warnings",
    "assurance",
    "assurances",
    "insistence",
    "denial",
    "denials",
    "prediction",
    "predictions",
    "report",
    "reports",
    "rumor",
    "rumors",
    "rumour",
    "rumours",
    "admission",
    "acknowledgment",
    "declaration",
    "pledge",
    "testimony",
    "promise",
    "promises",
    "vow",
    "revelation",
    "revelations",
    "conclusion",
    "comment",
    "comments",
    "remark",
    "remarks",
    "confirmation",
]

_LISTS: dict[int, str] = {
    AUX: "is are was were am has have had will would can could should may might must do does did isn't aren't "
    "wasn't weren't hasn't haven't hadn't won't wouldn't can't couldn't shouldn't mustn't don't doesn't didn't "
    "cannot i'm he'd she'd they'd we'd i'd he'll she'll they'll we'll i'll they're we're you're they've we've "
    "i've you've ain't there's needs need wants want wanted needed plans planned made makes took takes went goes "
    "came comes got gets gave gives became becomes remains remained left saw sees knew knows thought thinks felt "
    "believes believed supports supported opposes opposed hopes hoped expects expected continues continued",
    PRON: "he she they it",
    FIRST: "i we",
    DET: "the a an his her their its this these those some many several two three four five another one both "
    "other all most more our my your no any each every such few dozens hundreds thousands",
    TITLE: "mr mrs ms miss dr prof professor sen sens senator senators rep reps representative gov governor "
    "president vice pope king queen prince princess sir lord lady judge justice chief chairman chairwoman "
    "secretary minister premier chancellor ambassador general gen lt col colonel maj major capt captain sgt adm "
    "admiral cmdr commander director attorney congressman congresswoman mayor rev reverend father sister bishop "
    "archbishop cardinal rabbi imam ayatollah sheikh sheik speaker leader deputy spokesman spokeswoman "
    "spokesperson treasurer comptroller commissioner officer sheriff detective agent analyst former then "
    "president-elect prime foreign defense defence state treasury interior house senate majority minority "
    "republican democratic democrat conservative liberal candidate nominee strategist pollster columnist "
    "host co-chair co-founder founder author historian economist whip first lady hon messrs mme",
    ABBR: "mr mrs ms dr prof sen sens rep reps gov gen lt col maj capt sgt adm cmdr rev hon messrs mme mlle "
    "st ft mt e.g i.e vs cf viz al fig eq ca pres supt det insp cpl pvt ens fr sr. br gens drs profs govs "
    "atty dept asst assn univ bros ex eg ie approx",
    ABBR2: "jan feb mar apr jun jul aug sept sep oct nov dec mon tue tues wed thu thur thurs fri sat sun inc corp "
    "co ltd llc plc jr sr etc esq ave blvd rd calif ariz ala ark colo conn del fla ga ill ind kan ky la md mass "
    "mich minn miss mo mont neb nev okla ore pa penn tenn tex va vt wash wis wyo ont que est m.d ph.d a.m p.m "
    "bn mln m cos intl natl",
    NUMABBR: "no nos p pp art sec vol ch para fig resp op",
    STARTER: "the a an he she it they we i you this that these those his her its their our my your in on at by "
    "for from to with as if when while after before since until because although though but and or so yet nor "
    "there here what who why how where which whether then now not no also even still however meanwhile "
    "according despite during under over about some many most all several both each one two another other "
    "others instead moreover furthermore nevertheless thus once among asked such more just only let "
    "last earlier later perhaps maybe well critics officials police",
    TIME: "monday tuesday wednesday thursday friday saturday sunday january february march april june july august "
    "september october november december mon tue tues wed thu thur thurs fri sat sun jan feb mar apr aug sept "
    "sep oct nov dec today yesterday tomorrow tonight week month year morning afternoon evening night day",
    ROLE: "official officials spokesman spokeswoman spokesperson spokesmen spokespeople report reports statement "
    "police authorities analyst analysts expert experts source sources lawmakers lawmaker senator congressman "
    "congresswoman president minister secretary critics opponents supporters prosecutors lawyer lawyers attorney "
    "attorneys judge judges court economist economists aide aides adviser advisers advisor advisors researchers "
    "scientists activists advocates organizers investigators agency company group organization newspaper "
    "magazine document documents complaint lawsuit suit letter memo study poll survey filing indictment "
    "government military army ministry department committee panel commission campaign union coalition executive "
    "executives director chairman chairwoman chief leader leaders member members professor author authors "
    "witness witnesses residents resident man woman men women people person father mother son daughter brother "
    "sister husband wife friend friends neighbor neighbors colleague colleagues democrats republicans host "
    "anchor reporter journalist journalists candidate candidates nominee mayor governor pastor priest doctor "
    "doctors teacher teachers student students voter voters observers diplomats diplomat others companies "
    "conservatives liberals progressives democrat republican libertarians historians strategist pollster lawmaker "
    "plaintiffs defendants plaintiff defendant owner owners manager founder "
    "who majority minority administration regime agencies groups states officers officer detectives sheriff "
    "soldier soldiers commander commanders rebels militants survivors victims relatives family families editor "
    "editors columnist writer dissenters justices justice delegates donor donors veteran veterans",
    PARTICLE: "de la le van von der den del di da bin ibn al el abu ben dos du ter ten y",
    ADV: "also later then further previously recently repeatedly once first again still now just even "
    "already once often flatly simply never only earlier publicly privately initially quickly promptly "
    "subsequently since reportedly allegedly not explicitly specifically separately famously yet always "
    "sometimes somewhat falsely correctly rightly wrongly long both all today yesterday eventually finally "
    "quietly openly jokingly wryly bluntly clearly wistfully cryptically simply too instead sarcastically",
    PREP: "of to by for from at in on with about against after before during under over into through between "
    "among since until without within toward towards via amid inside outside near despite upon off around",
    CONJ: "and but or nor who which while when because although though whereas whose where if unless until "
    "since after before as so yet",
    ORG: "party court university department committee council congress senate house agency commission institute "
    "association union bank company corp inc group news times post journal press network center centre "
    "foundation ministry office bureau army force forces government administration states kingdom republic "
    "street city county washington america american americans democrats republicans democratic republican "
    "house committee service fund society alliance organization campaign coalition league board district "
    "north south east west act bill law amendment constitution war summit day forum conference school college "
    "hospital church hall television tv radio magazine daily weekly caucus",
    HOLDER: "president governor senator congressman congresswoman mayor minister premier chancellor secretary "
    "chairman chairwoman candidate nominee leader speaker lawmaker author justice judge king queen prince pope host "
    "republican democrat billionaire mogul businessman businesswoman politician general commander director founder "
    "strongman dictator",
    BE: "be been is was were are being",
    MAKE: "made make makes making",
    SUBORDINATOR: "when after while as if although though because since once before until",
    WH: "whether if how why what who",
    DATED: "may march april june august day night",
    NEG: "not never didn't doesn't don't wouldn't won't couldn't can't cannot hasn't haven't hadn't declined "
    "declines refused refuses refusing declining without isn't wasn't aren't weren't neither",
}


def _inflect(verb: str) -> dict[str, int]:
    """The forms of a regular verb with the bits that say which form each is."""
    if verb.endswith("e"):
        ed, ing = verb + "d", verb[:-1] + "ing"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        ed, ing = verb[:-1] + "ied", verb + "ing"
    elif verb in {"admit", "submit", "rebut", "rip", "dub", "slam", "snap", "refer", "blog"}:
        ed, ing = verb + verb[-1] + "ed", verb + verb[-1] + "ing"
    else:
        ed, ing = verb + "ed", verb + "ing"
    if verb.endswith(("s", "sh", "ch", "x")):
        s = verb + "es"
    elif verb.endswith("y") and verb[-2] not in "aeiou":
        s = verb[:-1] + "ies"
    else:
        s = verb + "s"
    return {verb: BASE, s: 0, ed: 0, ing: ING}


def _verbs(out: dict[str, int]) -> None:
    for verbs, bits in ((_REGULAR_CLAUSE, CLAUSE | QUOTE), (_ASK, ASK | QUOTE), (_QUOTE_ONLY, QUOTE)):
        for verb in verbs:
            for form, form_bits in _inflect(verb).items():
                extra = TELL if verb in _TELL else 0
                out[form] = out.get(form, 0) | bits | form_bits | extra
    for verb, forms in _IRREGULAR_CLAUSE.items():
        extra = TELL if verb in _TELL else SAY if verb == "say" else 0
        for form in [verb, *forms.split()] if forms else []:
            form_bits = ING if form.endswith("ing") else BASE if form == verb else 0
            out[form] = out.get(form, 0) | CLAUSE | QUOTE | extra | form_bits
    for verb in _LABEL:
        for form in _inflect(verb):
            out[form] = out.get(form, 0) | LABEL
    for form in _QUOTE_IRREGULAR:
        out[form] = out.get(form, 0) | QUOTE
    for noun in _NOUNS:
        out[noun] = out.get(noun, 0) | NOUN


def word_hash(word: str) -> int:
    """The hash of a lower-case word, as the tokenizer computes it (fits in 52 bits, so no overflow)."""
    value = 7
    for char in word:
        value = (value * 257 + ord(char)) & 0xFFFFFFFFFFFFF
    return value


@cache
def cue_table() -> np.ndarray:
    """Open-addressed table with rows of hash, class bits and word id; an empty row has hash 0."""
    bits: dict[str, int] = {}
    _verbs(bits)
    for bit, words in _LISTS.items():
        for word in words.split():
            bits[word] = bits.get(word, 0) | bit
    for word in WID:
        bits.setdefault(word, 0)
    size = 16384  # of so few rows taken that most words need one look
    table = np.zeros((size, 3), dtype=np.int64)
    for word, value in bits.items():
        h = word_hash(word)
        slot = (h ^ (h >> 17)) & (size - 1)
        while table[slot, 0]:
            slot = (slot + 1) & (size - 1)
        table[slot] = h, value, WID.get(word, 0)
    return table
