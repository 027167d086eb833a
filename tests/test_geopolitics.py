"""The geopolitics lexicon: what it holds, what it finds, what it leaves alone, and that it knows no state."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from helpers._resources import data_path
from helpers.engine import scan
from helpers.lexicon import Lexicon

LOADED = ("critical", "favourable")
STATES = re.findall(
    r"\w+",
    "America Armenia Armenian Azerbaijan Azerbaijani Beijing Britain British China Chinese Cuba Cuban France French "
    "German Germany India Indian Iran Iranian Iraq Israel Israeli Japan Kremlin Kyiv London Moscow Pakistan Palestinian "
    "Pyongyang Russia Russian Serbia Soviet Syria Syrian Taiwan Tehran Turkey Turkish Ukraine Ukrainian Venezuela "
    "Vietnam Washington Yemen Zionist American Putin Obama Trump Assad Netanyahu",
)
PAIRS = [
    ("China", "Israel"),
    ("Russia", "Ukraine"),
    ("Iran", "United States"),
    ("North Korea", "Britain"),
    ("Saudi Arabia", "Cuba"),
    ("Democratic Republic of the Congo", "Chad"),
]


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load("geopolitics")


@pytest.fixture(scope="module")
def terms(lexicon) -> pd.DataFrame:
    return lexicon.terms


def found(lexicon: Lexicon, text: str) -> list[tuple[str, str]]:
    """Return the words that are marked in a text, with their stance; ignore phrases are not marks."""
    stances = lexicon.terms.drop_duplicates("term").set_index("term")["stance"]
    hits = scan([text], lexicon.compiled)
    marks = [
        (text[start:end], stances[lexicon.patterns[term]])
        for start, end, term in zip(hits.start, hits.end, hits.term, strict=True)
    ]
    return [(words, stance) for words, stance in marks if stance != "ignore"]


def loaded(lexicon: Lexicon, text: str) -> list[str]:
    return [words for words, stance in found(lexicon, text) if stance in LOADED]


# --- what it holds ------------------------------------------------------------------------------------


def test_it_is_large_and_no_term_stands_twice(terms):
    counted = terms[terms["stance"].ne("ignore")]
    assert len(counted) >= 400
    assert counted["concept"].nunique() >= 20
    assert terms["term"].is_unique
    assert (
        not terms["term"].str.lower().str.replace("-", " ")[terms["stance"].ne("ignore")].duplicated().any()
    )


def test_every_concept_has_neutral_critical_and_favourable_terms(terms):
    table = pd.crosstab(terms["concept"], terms["stance"]).drop(index="")
    assert table["neutral"].min() >= 5
    assert table["critical"].min() >= 10
    assert table["favourable"].min() >= 5


def test_the_concepts_that_the_field_asks_for_are_there(terms):
    asked = """government ruler ruling_party political_system armed_group fighter use_of_force war civilian_harm
    detention alliance partner border territory annexation protest opposition election sanctions intelligence_service
    state_media information_campaign treaty diplomacy aid military_buildup weapons international_order change_of_power
    rights""".split()  # noqa: SIM905
    assert set(asked) <= set(terms["concept"])


def test_frames_and_concepts_are_defined_and_used(lexicon, terms):
    meta = lexicon.meta
    assert set(meta["frames"]) == set(terms["frame"]) - {""}
    assert set(meta["concepts"]) == set(terms["concept"]) - {""}
    assert all(len(text) > 15 for key in ("frames", "concepts") for text in meta[key].values())


def test_the_yaml_says_what_a_reviewer_asks(lexicon):
    meta = lexicon.meta
    assert (lexicon.kind, lexicon.language, lexicon.licence) == ("choice", "en", "CC0-1.0")
    assert re.fullmatch(r"\d+\.\d+\.\d+", lexicon.version)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", meta["date"])
    assert len(lexicon.sources) >= 5
    assert any("Entman" in source for source in lexicon.sources)
    assert all(meta[key] for key in ("title", "authors", "weights", "camps", "limits", "tried_on"))


def test_weights_are_graded(terms):
    loaded_terms = terms[terms["stance"].isin(LOADED)]
    assert loaded_terms["weight"].between(0.1, 1).all()
    assert loaded_terms["weight"].nunique() >= 6
    assert terms.loc[~terms["stance"].isin(LOADED), "weight"].eq(0).all()
    weight = terms.set_index("term")["weight"]
    assert weight["subhuman"] == 1
    assert weight["international community"] < weight["regime"] < weight["war criminal"]


def test_neutral_terms_carry_no_frame_and_loaded_ones_do(terms):
    assert terms.loc[terms["stance"].isin(LOADED), "frame"].ne("").all()
    assert terms.loc[~terms["stance"].isin(LOADED), "frame"].eq("").all()


def test_a_frame_belongs_to_one_stance_except_what_can_cut_both_ways(terms):
    stances = terms[terms["frame"].ne("")].groupby("frame")["stance"].agg(set)
    assert stances[stances.map(len).gt(1)].index.tolist() == []


def test_every_camp_has_both_its_charges_and_its_praise(terms):
    table = pd.crosstab(terms["camp"], terms["stance"]).drop(index="")
    camps = {
        "any",
        "western",
        "us official",
        "russian official",
        "chinese official",
        "israeli official",
        "iranian official",
        "islamist",
    }
    assert set(table.index) == camps
    assert table["critical"].min() >= 5
    assert table["favourable"].min() >= 10
    assert terms.loc[terms["stance"].isin(LOADED), "camp"].ne("").all()


EUPHEMISMS = [
    "special military operation",
    "collateral damage",
    "enhanced interrogation",
    "stability operations",
    "kinetic action",
    "vocational training centers",
    "vocational training centres",
    "surgical strike",
    "peacekeepers",
    "neutralised",
    "neutralized",
    "targeted killing",
    "lethal aid",
    "restrictive measures",
    "stability maintenance",
    "pacification",
]
PRAISE = [
    "liberation",
    "denazification",
    "people's democracy",
    "freedom fighters",
    "martyrs",
    "our partners",
    "rules-based international order",
    "multipolar world order",
    "right to defend itself",
    "brotherly nation",
    "legitimate government",
    "statesman",
]
CHARGES = [
    "regime",
    "dictator",
    "strongman",
    "terrorists",
    "conquest",
    "invasion",
    "land grab",
    "puppet government",
    "foreign agents",
    "splittists",
    "hegemony",
    "imperialists",
    "rogue state",
    "sham referendum",
    "occupied territories",
    "propaganda",
    "meddling",
    "torture",
    "de facto alliance",
    "traitors",
]


@pytest.mark.parametrize(
    ("term", "stance"),
    [(term, "favourable") for term in EUPHEMISMS + PRAISE] + [(term, "critical") for term in CHARGES],
)
def test_words_of_every_camp_are_marked(lexicon, term, stance):
    text = f"The spokesman spoke of the {term.upper() if term.islower() else term} yesterday."
    assert (term.upper(), stance) in found(lexicon, text)
    assert (term, stance) in found(lexicon, f"They called it {term}.")


@pytest.mark.parametrize("term", EUPHEMISMS[:8])
def test_euphemisms_carry_the_frame_euphemism(terms, term):
    assert terms.set_index("term")["frame"][term] == "euphemism"


# --- what it leaves alone -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "The exercise regime and the tax regime changed; so did the sanctions regime, the legal regime and the visa regime.",
        "A new training regime, a regulatory regime and the inspection regime of the treaty.",
        "The Chinese Communist Party met. The Communist Party of Vietnam sent a note; Communist Parties of many lands came.",
        "THE COMMUNIST PARTY OF CHINA",
        "Authoritarian parenting harms; authoritarian parents were asked.",
        "It was an invasion of privacy, and the home invasion was reported.",
        "He won the strongman competition and a strongman contest.",
        "Antioxidants bind free radicals.",
        "A price war and a trade war, a bidding war, the culture wars and the war on drugs.",
        "The children saw a puppet show with hand puppets.",
        "The axis of rotation and the axis of symmetry.",
        "The conquest of space and the conquest of cancer.",
        "The bank made a hostile takeover bid.",
        "UN peacekeepers arrived.",
        "The Palestine Liberation Organization and the Sudan People's Liberation Army; women's liberation.",
        "A lynch mob in a novel, and a flash mob in a shop.",
        "It was quite a coup for the museum, and a coup de grace for its rival.",
        "The Empire State Building was lit.",
        "The Patriot Act, the Alliance for Justice and the Rebels of the university team.",
        "Advertising is an arms race; shares saw a market bloodbath; tariffs did collateral damage to farms.",
        "Meddling neighbours and an online mob; a fight at the slightest provocation.",
        "Cattle were slaughtered before dawn; the library is a beacon of hope for readers.",
        "Our partners at the museum; the liberation of women; he became the aggressor in the brawl.",
        "A terrorism expert of the anti-terrorism unit; a counter-extremism think tank; presidential regimes.",
        "Cockroaches in the kitchen; music is an inseparable part of life; the Sedition Act; a media blitzkrieg.",
    ],
)
def test_false_friends_are_silent(lexicon, text):
    assert loaded(lexicon, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "On Election Day the election officials and the Federal Election Commission worked late in this election cycle.",
        "The partial shutdown hit government workers and city governments; nobody would fund the government.",
        "She ran for president in her youth; now the group's president is the president of the National Trust for Birds.",
        "Doctors Without Borders spoke to Customs and Border Protection about border security.",
        "He killed himself; two cousins were killed in a car crash; the idea was killed in committee.",
        "The war over parking, the war of words and the Republican civil war.",
        "A war veteran and a war hero resigned in protest.",
        "Tory rebels and backbench rebels voted with the other side.",
        "Human Rights Watch and a human rights group wrote a letter.",
        "The vote will be a referendum on his record; that is risky territory.",
        "Local authorities closed the pool; a state of emergency was declared because of the storm.",
        "A backyard gathering heard clashes of colours; the cabinet picks are known.",
    ],
)
def test_what_could_not_be_named_otherwise_is_no_opportunity(lexicon, text):
    assert found(lexicon, text) == []


def test_what_could_be_named_otherwise_stays_an_opportunity(lexicon):
    text = (
        "The government of the island, its president and its cabinet closed the border before the election; the war went on, "
        "six farmers were killed, and the army fought armed clashes while a public gathering grew into a protest."
    )
    words = [words for words, stance in found(lexicon, text) if stance == "neutral"]
    assert words == [
        "government",
        "president",
        "cabinet",
        "border",
        "election",
        "war",
        "killed",
        "armed clashes",
        "public gathering",
        "protest",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "A Medicare regime of the next decade and a regime of inspections in the mines.",
        "It was an invasion of individual liberty; traits like aggression run in the pack.",
        "Human rights advocates from abroad met the minister.",
    ],
)
def test_rules_traits_and_visitors_are_not_marked(lexicon, text):
    assert loaded(lexicon, text) == []


def test_the_party_has_a_name_and_its_label_is_marked(lexicon):
    text = (
        "Communist leader; communist China; the Chinese Communist Party; a communist party; communist-ruled."
    )
    assert loaded(lexicon, text) == ["Communist", "communist", "communist", "communist"]


def test_neutral_names_are_neutral(lexicon):
    text = (
        "The government and its president, the troops, the separatists, the airstrike, the ceasefire and the protesters, "
        "the sanctions, the state media, the annexation, the election, the detainees and the opposition leader."
    )
    assert {stance for _, stance in found(lexicon, text)} == {"neutral"}
    assert len(found(lexicon, text)) == 13


def test_check_finds_no_fault(lexicon):
    report = lexicon.check()
    assert report[report["severity"].isin(["error", "warning"])].to_dict("records") == []


# --- the Moscow article -------------------------------------------------------------------------------


def test_moscow_article(lexicon, moscow):
    words = [word.lower() for word in loaded(lexicon, moscow)]
    assert words.count("regime") == 2
    assert words.count("communist") == 2
    assert words.count("authoritarian") == 1
    assert words.count("conquest") == 1
    assert words.count("de facto alliance") == 1
    party = [match.span() for match in re.finditer("Communist Party", moscow)]
    hits = scan([moscow], lexicon.compiled)
    stances = lexicon.terms.drop_duplicates("term").set_index("term")["stance"]
    marked = [
        (start, end)
        for start, end, term in zip(hits.start, hits.end, hits.term, strict=True)
        if stances[lexicon.patterns[term]] != "ignore"
    ]
    assert party
    assert not any(a < e and s < b for a, b in party for s, e in marked)


# --- even-handedness ----------------------------------------------------------------------------------


def test_no_term_holds_the_name_of_a_state_or_a_person(terms):
    names = re.compile(rf"\b(?:{'|'.join(STATES)})s?\b")
    assert terms["term"][
        terms["term"].str.contains(names) | terms["term"].str.title().str.contains(names)
    ].empty


def test_no_term_holds_or_matches_an_alias_of_a_state(terms):
    table = pd.read_csv(data_path("targets.csv"), dtype="str", keep_default_na=False)
    aliases = table.loc[table["kind"].eq("state"), "alias"].tolist()
    alias_words = {" ".join(re.findall(r"\w+", alias.lower())) for alias in aliases} - {"major"}
    for term in terms["term"]:
        words = re.findall(r"\w+", term.lower())
        runs = {" ".join(words[i:j]) for i, j in itertools.combinations(range(len(words) + 1), 2)}
        assert not runs & alias_words, f"{term} holds {runs & alias_words}"


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_swapping_two_states_changes_no_mention(lexicon, one, other):
    """For every term, in a sentence with both names beside it."""
    template = "{a} and its {term} met {b}'s {term}, {a}-backed; {term} of {b} or {a} {term} {b}."
    first = [template.format(a=one, b=other, term=term.replace("*", "xx")) for term in lexicon.patterns]
    second = [template.format(a=other, b=one, term=term.replace("*", "xx")) for term in lexicon.patterns]
    a, b = scan(first, lexicon.compiled), scan(second, lexicon.compiled)
    np.testing.assert_array_equal(a.doc, b.doc)
    np.testing.assert_array_equal(a.term, b.term)
    np.testing.assert_array_equal(a.words, b.words)


def test_every_term_can_be_found(lexicon):
    hits = scan([term.replace("*", "xx") for term in lexicon.patterns], lexicon.compiled)
    assert set(hits.doc[hits.doc == hits.term].tolist()) == set(range(len(lexicon.patterns)))


@pytest.mark.shared
def test_neutral_words_do_not_drown_the_rest_and_loaded_ones_are_used(lexicon, shared_data):
    texts = pd.read_parquet(shared_data / "outlet_articles.parquet", columns=["text"])["text"].tolist()[::10]
    hits = scan(texts, lexicon.compiled)
    stance = lexicon.terms.drop_duplicates("term").set_index("term")["stance"].loc[lexicon.patterns]
    counts = (
        pd.Series(np.bincount(hits.term, minlength=len(stance)), index=stance.to_numpy())
        .groupby(level=0)
        .sum()
    )
    share = (counts["critical"] + counts["favourable"]) / counts[["critical", "favourable", "neutral"]].sum()
    assert 0.05 < share < 0.5
