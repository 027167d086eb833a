"""Two choice lexicons, economy_and_tax and health_and_abortion: both camps, neutral names, false friends."""

import pandas as pd
import pytest

from helpers.engine import scan
from helpers.lexicon import Lexicon

LOADED = ("critical", "favourable")
NAMES = ["economy_and_tax", "health_and_abortion"]
CHOICES = {
    "economy_and_tax": [
        ("inheritance_tax", "death tax", "critical"), ("inheritance_tax", "estate tax", "neutral"),
        ("inheritance_tax", "tax on inherited fortunes", "favourable"), ("tax_cut", "tax giveaway", "critical"),
        ("tax_cut", "tax relief", "favourable"), ("tax_cut", "tax cut", "neutral"), ("tax_rise", "tax grab", "critical"),
        ("wealthy", "fat cats", "critical"), ("wealthy", "job creators", "favourable"), ("wealthy", "the wealthy", "neutral"),
        ("recipient", "welfare queens", "critical"), ("recipient", "working families", "favourable"),
        ("business_aid", "corporate welfare", "critical"), ("business_aid", "rescue package", "neutral"),
        ("public_spending", "boondoggle", "critical"), ("public_spending", "spending bill", "neutral"),
        ("unions", "union bosses", "critical"), ("unions", "union-busting", "critical"), ("unions", "workers", None),
        ("regulation", "red tape", "critical"), ("regulation", "consumer protections", "favourable"),
        ("layoffs", "workforce reduction", "favourable"), ("wage", "starvation wages", "critical"),
    ],
    "health_and_abortion": [
        ("abortion_opponent", "pro-life groups", "favourable"), ("abortion_opponent", "anti-choice groups", "critical"),
        ("abortion_opponent", "anti-abortion groups", "neutral"), ("abortion_supporter", "pro-choice groups", "favourable"),
        ("abortion_supporter", "pro-abortion groups", "critical"), ("abortion_provider", "abortionist", "critical"),
        ("abortion_provider", "abortion provider", "neutral"), ("unborn", "unborn child", "favourable"),
        ("unborn", "fetus", "neutral"), ("unborn", "clump of cells", "critical"),
        ("late_abortion", "partial-birth abortion", "critical"), ("abortion_law", "heartbeat bill", "favourable"),
        ("abortion_law", "abortion ban", "neutral"), ("pregnancy_center", "fake clinics", "critical"),
        ("public_insurance", "socialized medicine", "critical"), ("public_insurance", "government-run health care", "critical"),
        ("public_insurance", "universal health care", "favourable"), ("public_insurance", "single-payer", "neutral"),
        ("vaccine_rule", "forced vaccination", "critical"), ("vaccine_rule", "vaccine mandate", "neutral"),
        ("vaccine_refuser", "anti-vaxxers", "critical"), ("virus", "plandemic", "favourable"),
        ("assisted_death", "death with dignity", "favourable"), ("doctor", "doctors", None),
    ],
}  # fmt: skip
FALSE_FRIENDS = {
    "economy_and_tax": [
        "The crew had to bail out of the plane.", "She served pulled pork and pork chops.", "A handout photo from the zoo.",
        "A wind that would trickle down the valley.", "Nuclear command and control was lost.", "Free lunch for students.",
        "Growing pains of a young team.", "The most vulnerable Republicans were in swing districts.",
        "The deadbeat dad paid at last.", "The Equal Pay Act of 1963.", "They asked for her Social Security number.",
        "The Fair Pay Act was signed.", "Talks on tough trade talks went on.", "A race to the bottom of the hill.",
        "Street-level bureaucrats decide.", "The scabs of an old quarrel.",
        "Prosecutors gave him a sweetheart deal.", "A vital lifeline for the port.", "The efficiency savings of a new boiler.",
        "She is among the hardest-working people in the choir.", "He ran a small government clinic.",
        "Medics have limited government support.", "The office red tape of one bank.", "The pro-business newspaper closed.",
        "Families struggling with grief met.", "A deadbeat nation pays late.", "Rights and entitlements of tenants.",
        "The bridge was built to protect jobs.", "The Tax Justice Network published a list.", "The hobo spider bites.",
        "Police made a welfare check on her.", "A tax scam by telephone.", "The town asked for bailout provisions in the voting law.",
        "Trim the fat off the ham.", "He rode the gravy train.", "The cop on the beat waved.", "A tough trade-off for nurses.",
        "Hard work and determination won the cup.", "She gave back a massive deficit at half-time.", "Three child welfare cases.",
        "His finger was cut to the bone.", "A smart investment in shares.", "They cook the books.", "A loan shark was arrested.",
        "The big business of beekeeping.", "They farm the rich soil.", "The Union Leader printed a poll.", "Subsidies for child care.",
        "She spoke in line with regulations.", "The debt ceiling looms.",
    ],
    "health_and_abortion": [
        "The crew aborted the launch.", "A news junkie reads on.", "Fans avoid it like the plague.", "A shelter's dog euthanasia.",
        "The school was on lockdown.", "Experts met the right to life and liberty.", "She had the right to choose her lawyer.",
        "He had to go back to work on Monday.", "The officer's quick thinking may save lives.", "A female genital mutilation ban.",
        "The death spiral of the airline.", "He sold snake oil.", "A three-day waiting period for guns.",
        "Police swore to respect the sanctity of life.", "An assault on women at a bus stop.", "The farm bought fake vaccines.",
        "Chemical castration of sex offenders.", "Common-sense restrictions on guns.", "Let it rip, the singer said.",
        "A wardrobe full of coat hangers.", "Doctors tried lifesaving measures.", "The street became a shooting gallery.",
        "The museum holds your deeply held beliefs up to light.", "Mosquitoes are a disease vector.", "Kids should be in bed with the sniffles.",
        "The Partial-Birth Abortion Ban Act stands.", "A woman charged with infanticide.", "A stoner comedy opens.",
        "She is pro-death penalty.", "Carbon monoxide, the silent killer.", "Female genital mutilation of children.",
        "Rain could slow the spread.", "Crews slow the spread of the fire.", "Nurses went on saving babies.", "A path to recovery.",
        "We listen to the science of storms.", "Fans put on purebloods' robes.",
        "The prison lockdown ended.", "Travel restrictions for tourists on the island.", "Car insurers paid for the hail.",
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=NAMES)
def lexicon(request) -> Lexicon:
    return Lexicon.load(request.param)


def found(lexicon: Lexicon, text: str) -> dict[str, tuple[str, str]]:
    """Return the mentions that count: words -> concept, stance."""
    terms = lexicon.terms.drop_duplicates("term").set_index("term")
    hits = scan([text], lexicon.compiled)
    rows = {
        text[start:end]: terms.loc[lexicon.patterns[term], ["concept", "stance"]]
        for start, end, term in zip(hits.start, hits.end, hits.term, strict=True)
    }
    return {
        words: (row["concept"], row["stance"]) for words, row in rows.items() if row["stance"] != "ignore"
    }


def test_it_is_large_and_no_term_stands_twice(lexicon):
    assert lexicon.terms["stance"].ne("ignore").sum() >= 200
    assert lexicon.terms["term"].is_unique


def test_every_concept_has_neutral_critical_and_favourable_names(lexicon):
    table = pd.crosstab(lexicon.terms["concept"], lexicon.terms["stance"]).drop(index="")
    assert len(table) >= 8
    assert table["neutral"].min() >= 5
    assert table["critical"].min() >= 3
    assert table["favourable"].min() >= 3


def test_both_stances_stand_in_each_camp(lexicon):
    loaded = lexicon.terms[lexicon.terms["stance"].isin(LOADED)]
    assert loaded["camp"].ne("").all()
    camps = pd.crosstab(loaded["camp"], loaded["stance"]).drop(index=["any", "official"], errors="ignore")
    assert len(camps) >= 2
    assert camps.min().min() >= 20


def test_everything_is_defined_and_the_check_finds_nothing_wrong(lexicon):
    assert all(lexicon.frames.values())
    assert all(lexicon.concepts.values())
    assert len(lexicon.sources) >= 3
    assert lexicon.licence == "CC0-1.0"
    report = lexicon.check()
    assert report[report["severity"].isin(["error", "warning"])].to_dict("records") == []


def test_loaded_and_neutral_names_of_one_thing_are_told_apart(lexicon):
    for concept, words, stance in CHOICES[lexicon.name]:
        expected = {} if stance is None else {words: (concept, stance)}
        assert found(lexicon, f"They wrote {words} there.") == expected, words


def test_false_friends_are_silent(lexicon):
    for text in FALSE_FRIENDS[lexicon.name]:
        assert {w: s for w, (_, s) in found(lexicon, text).items() if s in LOADED} == {}, text


def test_weights_are_graded_and_neutral_terms_weigh_nothing(lexicon):
    terms = lexicon.terms
    assert terms.loc[~terms["stance"].isin(LOADED), "weight"].eq(0).all()
    assert terms.loc[terms["stance"].isin(LOADED), "weight"].between(0.2, 1).all()
