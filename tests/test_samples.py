"""The articles written for this project: their form, their range, and what the lexicon sees in them."""

import itertools
import re

import numpy as np
import pandas as pd
import pytest

from helpers._resources import data_path
from helpers.articles import read_articles
from helpers.engine import count_words, scan
from helpers.lexicon import Lexicon

COLUMNS = ["doc_id", "title", "text", "outlet", "date", "author", "topic", "event", "framing"]
# A name and its adjective, so that a swap leaves grammar alone; longer names first, as they are replaced by one pattern.
STATES = {
    "Iran": "Iran",
    "Israel": "Israel",
    "the United States": "Washington",
    "Armenia": "Yerevan",
    "Azerbaijan": "Baku",
    "Russia": "Moscow",
    "Turkey": "Ankara",
    "China": "Beijing",
}


@pytest.fixture(scope="module")
def samples() -> pd.DataFrame:
    return pd.read_csv(data_path("samples", "samples.csv"), dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load("geopolitics")


def stance_counts(texts: list[str], lexicon: Lexicon) -> pd.DataFrame:
    """Return words and the number of mentions of each stance, one row a text."""
    hits = scan(texts, lexicon.compiled)
    stance = (
        lexicon.terms.drop_duplicates("term").set_index("term")["stance"].loc[lexicon.patterns].to_numpy()
    )
    table = pd.DataFrame({"words": hits.words})
    for name in ("critical", "neutral", "favourable"):
        table[name] = np.bincount(hits.doc[stance[hits.term] == name], minlength=len(texts))
    table["rate"] = 1000 * (table["critical"] + table["favourable"]) / table["words"]
    return table


def test_columns_and_numbers(samples):
    assert samples.columns.tolist() == COLUMNS
    assert len(samples) >= 12
    assert samples["doc_id"].is_unique
    assert (samples != "").all(axis=None)
    assert samples["event"].nunique() == 2


def test_each_event_is_told_six_ways(samples):
    for _, event in samples.groupby("event"):
        assert event["framing"].value_counts().to_dict() == {
            "hostile": 2,
            "neutral": 1,
            "friendly": 1,
            "official": 1,
            "opinion": 1,
        }


def test_they_are_marked_as_written_for_this_project(samples):
    assert samples["outlet"].str.startswith("Sample ").all()
    assert samples["author"].eq("Written for framing-notebooks").all()
    assert pd.to_datetime(samples["date"], format="%Y-%m-%d").notna().all()


def test_lengths_and_paragraphs(samples):
    words = count_words(samples["text"].tolist())
    assert words.min() >= 250
    assert words.max() <= 400
    assert samples["text"].str.count("\n\n").min() >= 5
    assert not samples["text"].str.contains(r"\n\n\n|[ \t]\n|  ").any()


def test_every_article_quotes_somebody_and_both_kinds_of_marks_are_used(samples):
    quotation = re.compile(r"[\"“][^\"“”]{15,}[\"”]")
    assert samples["text"].str.contains(quotation).all()
    assert samples["text"].str.contains("“").any()
    assert samples["text"].str.contains('"').any()
    assert samples["text"].str.contains(r"\b(?:said|told|warned) that\b|\bsaid (?:in|on|they)\b").any()
    assert samples["text"].str.contains(r'["“]\w+(?: \w+){0,2}[,.]?["”]').any(), "scare quotes"


def test_no_invented_words_in_real_mouths(samples):
    """Direct speech is never followed or led in by a ruler's or a minister's name."""
    names = "Obama|Rouhani|Netanyahu|Aliyev|Pashinyan|Putin|Kerry|Zarif"
    near = re.compile(rf"[\"”] (?:{names})\b|\b(?:{names})\b[^.\"“]{{0,60}}[\"“]")
    assert not samples["text"].str.contains(near).any()


def test_read_articles_takes_all_of_them(samples):
    articles = read_articles(data_path("samples", "samples.csv"), progress=False)
    assert articles["doc_id"].tolist() == samples["doc_id"].tolist()
    assert articles.attrs["exclusions"] == []
    assert articles["text"].str.count("\n\n").tolist() == samples["text"].str.count("\n\n").tolist()


def test_framings_differ_as_they_should(samples, lexicon):
    counts = stance_counts(samples["text"].tolist(), lexicon)
    counts["framing"], counts["event"] = samples["framing"], samples["event"]
    for _, event in counts.groupby("event"):
        rate = event.groupby("framing")["rate"].min()
        neutral = event.loc[event["framing"].eq("neutral"), "rate"].max()
        assert neutral < 10
        assert (rate.drop("neutral") > neutral + 10).all()
        hostile = event[event["framing"].eq("hostile")]
        assert (hostile["critical"] > 2 * hostile["favourable"]).all()
        for framing in ("friendly", "official"):
            rows = event[event["framing"].eq(framing)]
            assert (rows["favourable"] > 5 * rows["critical"]).all()
        assert event.loc[event["framing"].eq("neutral"), "neutral"].min() >= 8


@pytest.mark.parametrize(("one", "other"), list(itertools.combinations(STATES, 2)))
def test_swapping_two_states_changes_no_mention(samples, lexicon, one, other):
    swap = {one: other, other: one, STATES[one]: STATES[other], STATES[other]: STATES[one]}
    pattern = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in sorted(swap, key=len, reverse=True)))
    texts = samples["text"].tolist()
    swapped = [pattern.sub(lambda match: swap[match.group()], text) for text in texts]
    a, b = scan(texts, lexicon.compiled), scan(swapped, lexicon.compiled)
    assert texts != swapped
    np.testing.assert_array_equal(a.doc, b.doc)
    np.testing.assert_array_equal(a.term, b.term)


@pytest.mark.shared
def test_against_plain_reporting(samples, lexicon, shared_data):
    """Neutral copy lies within the middle 90% of plain articles of its length, hostile copy above it."""
    news = pd.read_parquet(shared_data / "outlet_articles.parquet", columns=["text", "leaning"])
    centre = news.loc[news["leaning"].str.lower().eq("center"), "text"].tolist()[::3]
    rates = stance_counts(centre, lexicon).query("200 <= words <= 500")["rate"]
    assert len(rates) > 100
    low, high = np.quantile(rates, [0.05, 0.95])
    ours = stance_counts(samples["text"].tolist(), lexicon)["rate"]
    assert ours[samples["framing"].eq("neutral")].between(low, high).all()
    assert ours[samples["framing"].eq("hostile")].gt(high).all()
    assert high < ours[samples["framing"].ne("neutral")].min()
