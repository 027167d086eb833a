"""Rates and choice shares: by hand, by property, and by agreement with the mentions."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_corpus import articles, lexicon, outlets

from helpers.groups import measure, sheet_of
from helpers.intervals import rate_interval, share_interval
from helpers.lexicon import Lexicon
from helpers.mentions import find_mentions
from helpers.roles import roles_of
from helpers.scores import score, score_concepts
from helpers.tallies import tally

LEXICON = lexicon()
FAST = {"resamples": 200}
COLUMNS = [
    "doc_id",
    "frame",
    "words",
    "mentions",
    "rate",
    "rate_low",
    "rate_high",
    "neutral",
    "share",
    "share_low",
    "share_high",
    "enough",
    "opportunities",
    "articles",
]


def row(scores, frame="all", **keys):
    keep = scores["frame"].eq(frame)
    for column, value in keys.items():
        keep &= scores[column].eq(value)
    assert keep.sum() == 1
    return scores[keep].iloc[0]


def test_one_article_by_hand():
    text = "The regime fell. The government and the tax regime stayed. " + "word " * 90
    scores = score(text, LEXICON)
    assert scores.columns.tolist() == COLUMNS
    assert scores["frame"].tolist() == ["all", "illegitimacy", "heroism", "aggression", "euphemism", "alarm"]
    one = row(scores)
    assert (one["words"], one["mentions"], one["neutral"], one["opportunities"]) == (100, 1, 1, 2)
    assert one["rate"] == pytest.approx(10)
    assert one["share"] == pytest.approx(0.5)
    assert [one["rate_low"], one["rate_high"]] == pytest.approx(
        [1000 * float(x) for x in rate_interval(1, 100)]
    )
    assert [one["share_low"], one["share_high"]] == pytest.approx([float(x) for x in share_interval(1, 2)])
    assert one["enough"]


def test_no_opportunity_is_not_a_score_of_zero():
    one = row(score("word " * 300, LEXICON), "aggression")
    assert one["rate"] == 0
    assert np.isnan([one["share"], one["share_low"], one["share_high"]]).all()
    assert not one["enough"]


def test_too_few_words_are_not_enough():
    text = "The regime fell and the government stayed."
    assert not row(score(text, LEXICON))["enough"]
    assert row(score(text, LEXICON, min_words=5))["enough"]


def test_an_article_without_words_keeps_its_row():
    table = pd.DataFrame({"doc_id": ["a", "b"], "text": ["…!", "The regime."]})
    one = row(score(table, LEXICON), doc_id="a")
    assert one["words"] == 0
    assert np.isnan(one["rate"])
    assert not one["enough"]


def test_a_concept_without_a_neutral_term_leaves_no_choice():
    one = row(score("chaos " * 3 + "word " * 200, LEXICON), "alarm")
    assert one["mentions"] == 3
    assert one["opportunities"] == 0
    assert np.isnan(one["share"])


def test_duplicating_a_text_leaves_its_rate_and_share():
    text = articles(1, seed=4)["text"].iloc[0]
    once, twice = score(text, LEXICON), score(text + "\n\n" + text, LEXICON)
    for column in ("rate", "share"):
        assert np.allclose(once[column], twice[column], equal_nan=True)


def test_scores_agree_with_the_mentions():
    corpus = articles(12)
    mentions = find_mentions(corpus, LEXICON)
    loaded = mentions[mentions["stance"].isin(["critical", "favourable"])]
    scores = score(corpus, LEXICON)
    for frame in ("illegitimacy", "aggression"):
        counted = scores[scores["frame"].eq(frame)].set_index("doc_id")["mentions"]
        found = (
            loaded[loaded["frame"].eq(frame)].groupby("doc_id").size().reindex(counted.index, fill_value=0)
        )
        assert counted.tolist() == found.tolist()
    pd.testing.assert_frame_equal(scores, score(corpus, LEXICON, mentions=mentions))


def test_a_term_in_two_frames_counts_once_in_all():
    rows = [("regime", "government", "illegitimacy", "critical"), ("regime", "ruler", "doubt", "critical")]
    rows += [("government", "government", "", "neutral"), ("president", "ruler", "", "neutral")]
    double = Lexicon(pd.DataFrame(rows, columns=["term", "concept", "frame", "stance"]), {"name": "d"})
    scores = score("The regime. " + "word " * 100, double)
    assert scores.set_index("frame")["mentions"].to_dict() == {"all": 1, "illegitimacy": 1, "doubt": 1}


def test_voices_add_up_to_all():
    text = 'The regime fell. "The dictator is gone," he said. The government and the president left. ' * 12
    scores = score(text, LEXICON, by=["doc_id", "voice"])
    whole = score(text, LEXICON)
    for frame in ("all", "illegitimacy"):
        assert scores[scores["frame"].eq(frame)]["rate"].sum() == pytest.approx(row(whole, frame)["rate"])
    quoted = row(score(text, LEXICON, voice="quoted"))
    assert quoted["mentions"] == row(scores, voice="quoted")["mentions"] == 12
    assert quoted["words"] == row(whole)["words"]


def test_titles_are_scored_by_themselves():
    table = pd.DataFrame({"doc_id": ["a"], "title": ["Regime falls"], "text": ["The government left."]})
    body, title, both = (row(score(table, LEXICON, part=p, min_words=1)) for p in ("body", "title", "all"))
    assert (body["mentions"], title["mentions"], both["mentions"]) == (0, 1, 1)
    assert (body["words"], title["words"], both["words"]) == (3, 2, 5)
    parts = score(table, LEXICON, by=["part"], min_words=1, **FAST)
    assert row(parts, part="title")["mentions"] == 1
    assert row(parts, part="body")["words"] == 3


def test_by_target_keeps_only_articles_that_name_it():
    table = pd.DataFrame(
        {"doc_id": ["a", "b"], "text": ["The Russian regime fell. " * 5, "The dictator. " * 5]}
    )
    scores = score(table, LEXICON, by=["doc_id", "target"])
    assert scores.loc[scores["frame"].eq("all"), "mentions"].sum() == 10


def test_groups_are_ratios_of_sums():
    corpus = outlets(30)
    scores, each = score(corpus, LEXICON, by="outlet", **FAST), score(corpus, LEXICON)
    one = row(scores, outlet="C")
    rows = each[each["frame"].eq("all") & each["doc_id"].str.startswith("C")]
    assert one["rate"] == pytest.approx(1000 * rows["mentions"].sum() / rows["words"].sum())
    assert one["articles"] == 30
    assert one["rate_low"] < one["rate"] < one["rate_high"]
    assert one["share_low"] < one["share"] < one["share_high"]


def test_a_group_of_one_article_has_no_interval():
    corpus = outlets(10).assign(outlet=lambda t: t["outlet"].where(t.index > 0, "alone"))
    one = row(score(corpus, LEXICON, by="outlet", **FAST), outlet="alone")
    assert np.isnan([one["rate_low"], one["share_low"]]).all()
    assert not one["enough"]


def test_shares_do_not_move_with_the_mix_of_concepts():
    """Each concept is named alike in both outlets; one writes of rulers, the other of governments."""
    rulers = (
        "The dictator met a president. " * 2 + "The president left. " * 6 + "The regime. The government. "
    )
    states = "The dictator. The president. " + "The regime fell. " * 8 + "The government fell. " * 8
    states += "The president came. " * 3
    rulers_share, states_share = 2 / 10, 1 / 5
    assert rulers_share == states_share
    table = pd.DataFrame(
        {
            "doc_id": list("abcdef"),
            "text": [rulers] * 3 + [states] * 3,
            "outlet": ["R"] * 3 + ["S"] * 3,
        }
    )
    scores = score(table, LEXICON, by="outlet", min_words=10, **FAST)
    one, two = (row(scores, "illegitimacy", outlet=o) for o in "RS")
    assert one["share"] == pytest.approx(two["share"])
    raw = [r["mentions"] / r["opportunities"] for r in (one, two)]
    assert abs(raw[0] - raw[1]) > 0.1


def test_missing_group_values_are_counted_aloud():
    corpus = outlets(10)
    corpus.loc[0:2, "outlet"] = None
    with pytest.warns(UserWarning, match="3 of 30 articles have no 'outlet'"):
        scores = score(corpus, LEXICON, by="outlet", **FAST)
    assert row(scores, outlet="A")["articles"] == 7


def test_row_order_changes_nothing():
    corpus = outlets(20)
    mixed = corpus.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        score(corpus, LEXICON, by="outlet", **FAST), score(mixed, LEXICON, by="outlet", **FAST)
    )


def test_concepts():
    corpus = outlets(20)
    each = score_concepts(corpus, LEXICON)
    assert each.columns.tolist() == (
        [
            "doc_id",
            "concept",
            "critical",
            "neutral",
            "favourable",
            "loaded",
            "share",
            "share_low",
            "share_high",
            "enough",
        ]
    )
    groups = score_concepts(corpus, LEXICON, by="outlet", **FAST)
    one = groups[groups["outlet"].eq("A") & groups["concept"].eq("government")].iloc[0]
    rows = each[each["doc_id"].str.startswith("A") & each["concept"].eq("government")]
    assert one["loaded"] == rows["loaded"].sum()
    assert one["share"] == pytest.approx(rows["loaded"].sum() / (rows["loaded"] + rows["neutral"]).sum())
    assert one["share_low"] < one["share"] < one["share_high"]
    mood = groups[groups["concept"].eq("mood")]
    assert mood["share"].isna().all()
    assert not mood["enough"].any()
    whole = score_concepts(corpus, LEXICON, by=[], **FAST)
    assert whole["loaded"].sum() == each["loaded"].sum()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: score("a", "geopolitics"), TypeError, "must be a Lexicon"),
        (lambda: score([], LEXICON), ValueError, "no article to score"),
        (lambda: score("a", LEXICON, part="head"), ValueError, "part 'head' is not one of"),
        (lambda: score("a", LEXICON, part="title"), ValueError, "needs a column 'title'"),
        (lambda: score("a regime", LEXICON, voice="loud"), ValueError, "voice 'loud' is not one of"),
        (lambda: score("a", LEXICON, by="party"), ValueError, "'party' is missing"),
        (lambda: score("a", LEXICON, by=["doc_id", "party"]), ValueError, "'party' is missing"),
        (
            lambda: score("a", LEXICON, mentions=pd.DataFrame({"doc_id": []})),
            ValueError,
            "'start' is missing",
        ),
        (lambda: roles_of(LEXICON, "word"), ValueError, "per='word'"),
        (lambda: roles_of(LEXICON.only(stance="neutral")), ValueError, "no critical or favourable term"),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_mentions_of_others_are_refused():
    mentions = find_mentions(articles(3), LEXICON)
    with pytest.raises(ValueError, match="is not among the articles"):
        score(articles(3, outlet="Z"), LEXICON, mentions=mentions)
    with pytest.raises(ValueError, match="is not in lexicon"):
        score(articles(3), LEXICON.without("president*"), mentions=mentions)
    with pytest.raises(ValueError, match="'voice' is missing"):
        score(articles(3), LEXICON, mentions=mentions.drop(columns="voice"), voice="quoted")


def test_attrs_say_what_was_counted():
    scores = score("The regime.", LEXICON, voice="narrator")
    assert Lexicon.from_json(scores.attrs["lexicon"]).sha256 == LEXICON.sha256
    assert scores.attrs["filters"] == {"voice": ["narrator"], "target": None, "part": "body"}


def test_group_intervals_cover_for_rare_terms_in_few_articles():
    """The plain bootstrap covers under 85% here; `make bench-statistics` has the whole range."""
    rng = np.random.default_rng(7)
    inside, plain = [], []
    counted = tally(articles(25, seed=2), LEXICON)
    sheet = sheet_of(counted)
    for i in range(300):
        words = rng.integers(150, 1500, 25)
        cells = np.zeros_like(sheet.cells)
        cells[:, 0] = words
        cells[:, 1] = rng.poisson(words * 0.0004 * rng.gamma(0.7, 1 / 0.7, 25))
        one = measure(type(sheet)(**{**vars(sheet), "cells": cells}), np.arange(25), resamples=400, seed=i)
        inside.append(one.rate_bounds[0][0] <= 0.0004 <= one.rate_bounds[1][0])
        low, high = np.quantile(one.draws[:, 1] / one.draws[:, 0], [0.025, 0.975])
        plain.append(low <= 0.0004 <= high)
    assert np.mean(inside) > 0.92
    assert np.mean(plain) < np.mean(inside) - 0.02


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(["regime", "government", "the", "said.", "\n\n", "dictator", "Kim’s"]),
        min_size=3,
        max_size=60,
    )
)
def test_a_text_said_twice_has_the_same_rate_and_share(words):
    text = " ".join(["The", *words])
    once, twice = (score(t, LEXICON) for t in (text, f"{text}\n\n{text}"))
    for column in ("rate", "share"):
        assert twice[column].to_numpy() == pytest.approx(once[column].to_numpy(), nan_ok=True)
    assert (twice["mentions"] == 2 * once["mentions"]).all()
    some = once["mentions"] > 0  # what is said twice is surer
    assert (twice["rate_low"] > once["rate_low"])[some].all()
    assert (twice["rate_high"] <= once["rate_high"])[some].all()
