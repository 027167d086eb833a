"""Protest and policing, climate and energy: what each camp says, what is left alone, and the words' other senses."""

import pytest

from helpers.lexicon import Lexicon
from helpers.mentions import find_mentions
from helpers.scores import score

LOADED = {"critical", "favourable"}
PAIRS = {  # one sentence, told by two camps and by an agency
    "protest_and_policing": [
        ("A mob of rioters met the police.", "Peaceful protesters met the police.", "Demonstrators met the police."),
        ("Police brutality again.", "An officer-involved shooting again.", "A police shooting again."),
        ("They want a gun grab.", "They want gun safety.", "They want gun control."),
        ("It was a police crackdown on protesters.", "It was to restore order.", "Police used tear gas."),
        ("He shot a gangbanger.", "He shot an unarmed teenager.", "A man killed by police was named."),
        ("An AR-15 is an assault rifle.", "An AR-15 is a modern sporting rifle.", "An AR-15 is a semi-automatic rifle."),
    ],
    "climate_and_energy": [
        ("The climate hoax goes on.", "The natural climate cycle goes on.", "Climate change goes on."),
        ("Dirty energy is cheap.", "Clean coal is cheap.", "Natural gas is cheap."),
        ("Eco-terrorists came.", "Climate champions came.", "Environmentalists came."),
        ("Climate deniers wrote.", "Climate realists wrote.", "Climate skeptics wrote."),
        ("A gift to polluters was signed.", "A law to unleash energy was signed.", "They signed to roll back environmental rules."),
        ("A green boondoggle was built.", "Green energy was built.", "Wind farms were built."),
    ],
}  # fmt: skip
OTHER_SENSES = {
    "protest_and_policing": [
        "Members will sit in the opposition.", "You never get a second chance to make a first impression.",
        "Weeds run riot in June.", "The populist uprising elected him.", "The riot commission wrote a report.",
        "He backs pro-gun control candidates.", "The Blue Angels demonstration team flew.", "International law and order.",
        "She is the top law enforcement officer.", "The archaeologist fought looting of antiquities.", "Twitter mobs shouted.",
        "Gentle giant of a dog.", "He feared for his life in prison.", "He choked to death on a bone.",
        "They maintained order in class.", "A military demonstration near the islands.",
    ],
    "climate_and_energy": [
        "A canary in the coal mine.", "The changing climate of opinion.", "The political climate change was sudden.",
        "The polluter pays.", "The Climate Action Summit opened.", "Votes in big coal-producing states.",
        "A pristine copy of the book.", "The business climate is good.", "The denier of the claim.", "Skeptics of the war.",
        "A carbon copy.", "A solar eclipse.", "He drilled the team.", "Old oil paintings.", "An energetic environment.",
    ],
}  # fmt: skip


@pytest.fixture(scope="module", params=sorted(PAIRS))
def lexicon(request) -> Lexicon:
    return Lexicon.load(request.param)


def stances(lexicon: Lexicon, text: str) -> set[str]:
    return set(find_mentions(text, lexicon, annotate=False)["stance"]) - {"ignore"}


def test_two_camps_and_an_agency_are_told_apart(lexicon):
    for critical, favourable, neutral in PAIRS[lexicon.name]:
        assert stances(lexicon, critical) - {"neutral"} == {"critical"}, critical
        assert stances(lexicon, favourable) - {"neutral"} == {"favourable"}, favourable
        assert stances(lexicon, neutral) == {"neutral"}, neutral


def test_other_senses_are_silent(lexicon):
    for text in OTHER_SENSES[lexicon.name]:
        assert stances(lexicon, text) & LOADED == set(), text


def test_other_senses_are_no_opportunities(lexicon):
    silent = {
        "protest_and_policing": [
            "Members will sit in the opposition.",
            "She is the top law enforcement officer.",
        ],
        "climate_and_energy": [
            "A canary in the coal mine.",
            "The changing climate of opinion.",
            "Six died in a coal mine explosion.",
            "The Intergovernmental Panel on Climate Change met.",
            "A review under the National Environmental Policy Act took a year.",
            "Crude oil futures fell two percent.",
            "Shares of the electric-car maker rose.",
            "Plants absorb carbon dioxide.",
            "The cartel agreed to cut oil production.",
            "He ran the state-owned oil company.",
        ],
    }
    for text in silent[lexicon.name]:
        assert stances(lexicon, text) == set(), text


def test_every_frame_and_concept_that_is_defined_is_used(lexicon):
    assert set(lexicon.frames) == set(lexicon.terms["frame"]) - {""}
    assert set(lexicon.concepts) == set(lexicon.terms["concept"]) - {""}


def test_a_word_that_stands_in_both_is_counted_once_in_their_union():
    union = Lexicon.load("protest_and_policing") | Lexicon.load("climate_and_energy")
    mentions = find_mentions("Water protectors sang.", union, annotate=False)
    assert len(mentions) == 2
    table = score("Water protectors sang.", union)
    assert table.loc[table["frame"].eq("all"), "mentions"].tolist() == [1]
