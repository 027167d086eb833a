"""Distinctive words: the published formula by hand, G2 against scipy, and the article as the unit."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats
from small_corpus import articles, lexicon, outlets

from helpers.baseline import Baseline
from helpers.distinctive import (
    design_effect,
    distinctive_words,
    effective_articles,
    likelihood_ratio,
    log_odds,
)


def row(table, word, outlet):
    keep = table["word"].eq(word) & table["outlet"].eq(outlet)
    assert keep.sum() == 1
    return table[keep].iloc[0]


def test_log_odds_by_hand_on_a_small_table():
    """Monroe, Colaresi & Quinn 2008, eqs. 15, 20 and 22, spelt out for three words."""
    y1, y2, a = np.array([20.0, 5, 75]), np.array([5.0, 15, 180]), np.array([2.0, 1, 7])
    delta, z = log_odds(y1, 100, y2, 200, a)
    for w in range(3):
        one = np.log((y1[w] + a[w]) / (100 + 10 - y1[w] - a[w]))
        two = np.log((y2[w] + a[w]) / (200 + 10 - y2[w] - a[w]))
        assert delta[w] == pytest.approx(one - two)
        assert z[w] == pytest.approx((one - two) / np.sqrt(1 / (y1[w] + a[w]) + 1 / (y2[w] + a[w])))
    assert delta[0] > 0 > delta[1]


def test_g2_is_scipys_power_divergence():
    y1, y2, n1, n2 = np.array([20.0, 3, 0]), np.array([5.0, 9, 4]), 100.0, 200.0
    g2 = likelihood_ratio(y1, n1, y2, n2)
    for w in range(3):
        table = np.array([[y1[w], n1 - y1[w]], [y2[w], n2 - y2[w]]])
        expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / table.sum()
        reference = stats.power_divergence(table.ravel(), expected.ravel(), lambda_="log-likelihood")
        assert g2[w] == pytest.approx(reference.statistic)


def test_design_effect_by_hand_and_by_resampling():
    rng = np.random.default_rng(0)
    lengths = rng.integers(200, 400, 150).astype(float)
    even = rng.poisson(lengths * 0.02)
    bursty = rng.poisson(lengths * 0.02 * rng.gamma(0.3, 1 / 0.3, 150))
    effects = design_effect(sparse.csr_array(np.column_stack([even, bursty]).astype(float)), lengths)
    assert effects[0] == pytest.approx(1, abs=0.4)
    assert effects[1] > 5
    picks = rng.integers(0, 150, (4000, 150))
    rates = bursty[picks].sum(axis=1) / lengths[picks].sum(axis=1)
    rate = bursty.sum() / lengths.sum()
    resampled = rates.var() / (rate * (1 - rate) / lengths.sum())
    assert effects[1] == pytest.approx(resampled, rel=0.1)
    assert (design_effect(sparse.csr_array(np.ones((1, 2))), np.array([2.0])) == 1).all()


def test_effective_articles_by_hand():
    lengths = np.full(50, 300.0)
    one, ten = np.zeros(50), np.zeros(50)
    one[0], ten[:10] = 120, 1
    counts = np.column_stack([one, ten])
    residuals = counts - counts.sum(axis=0) / 50
    by_hand = (residuals**2).sum(axis=0) ** 2 / (residuals**4).sum(axis=0)
    assert effective_articles(sparse.csr_array(counts), lengths) == pytest.approx(by_hand)
    assert by_hand[0] == pytest.approx(1, abs=0.05)
    assert by_hand[1] == pytest.approx(8.0**2 / 4.16)
    assert (effective_articles(sparse.csr_array(np.ones((1, 2))), np.array([2.0])) == 1).all()


def test_the_loaded_words_of_the_loaded_outlet_come_first():
    table = distinctive_words(outlets(60), "outlet")
    assert table.columns.tolist()[:10] == (
        ["outlet", "word", "count", "articles", "count_rest", "log_odds", "z", "p", "q", "g2"]
    )
    first = table[table["outlet"].eq("C")]["word"].head(3).tolist()
    assert set(first) == {"regime", "dictator", "invasion"}
    one = row(table, "regime", "C")
    assert one["q"] < 0.05
    assert one["enough"]
    assert one["rate"] > one["rate_rest"]


def test_one_article_full_of_a_word_is_no_finding_though_g2_says_so():
    corpus = outlets(40, factors=(1, 1, 1))
    corpus.loc[0, "text"] += " zeppelin" * 120
    corpus.loc[[1, 2, 3, 4, 5, 41, 42, 43, 44, 45, 81, 82], "text"] += " zeppelin"
    one = row(distinctive_words(corpus, "outlet"), "zeppelin", "A")
    assert one["g2"] > 100
    assert one["z_tokens"] > 4
    assert one["p"] > 0.05


def test_a_word_in_too_few_articles_has_no_z():
    corpus = outlets(20)
    corpus.loc[[0, 20, 40, 41, 42], "text"] += " zeppelin"
    one = row(distinctive_words(corpus, "outlet", min_articles=5), "zeppelin", "A")
    assert np.isnan(one["z"])
    assert not one["enough"]


def test_a_corpus_split_at_random_yields_no_words():
    corpus, rng = articles(120, seed=3), np.random.default_rng(2)
    false = []
    for _ in range(20):
        corpus["half"] = rng.permutation(np.repeat(["a", "b"], 60))
        table = distinctive_words(corpus, "half")
        false.append((table["q"] < 0.05).any())
    assert np.mean(false) <= 0.15


def test_bigrams_stop_words_and_top():
    corpus = outlets(30)
    corpus.loc[corpus["outlet"].eq("B"), "text"] += (
        " Brussels bureaucrats’ rules. Brussels bureaucrats’ rules."
    )
    table = distinctive_words(corpus, "outlet", ngrams=(1, 2), stop_words="english", top=3)
    assert table.groupby("outlet").size().tolist() == [3, 3, 3]
    assert "brussels bureaucrats" in set(table[table["outlet"].eq("B")]["word"])
    less = distinctive_words(corpus, "outlet", stop_words=["brussels"])
    assert "brussels" not in set(less["word"])


@pytest.mark.parametrize("prior", ["corpus", "wordfreq", "own"])
def test_priors(prior):
    corpus = outlets(30)
    held = Baseline.build(articles(30, seed=8), lexicon(), title="prior") if prior == "own" else prior
    table = distinctive_words(corpus, "outlet", baseline=held)
    assert row(table, "regime", "C")["z"] > 2
    strong = distinctive_words(corpus, "outlet", baseline=held, prior_words=1e6)
    assert abs(row(strong, "regime", "C")["log_odds"]) < abs(row(table, "regime", "C")["log_odds"])


def test_a_prior_that_knows_none_of_the_words():
    corpus = pd.DataFrame(
        {"text": ["qwzx vvkp"] * 6 + ["qwzx qwzx"] * 6, "outlet": ["a"] * 6 + ["b"] * 6}
    ).assign(doc_id=[f"d{i}" for i in range(12)])
    table = distinctive_words(
        corpus, "outlet", baseline=Baseline.build(["other words"], lexicon(), title="x")
    )
    assert table["log_odds"].notna().all()


def test_row_order_and_names_change_nothing():
    corpus = outlets(20)
    one = distinctive_words(corpus, "outlet")
    two = distinctive_words(corpus.sample(frac=1, random_state=0), "outlet")
    pd.testing.assert_frame_equal(one, two)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"by": "topic_x"}, "'topic_x' is missing"),
        ({"by": "only"}, "one group only"),
        ({"min_articles": 999}, None),
    ],
)
def test_bad_input_is_named(options, message):
    corpus = outlets(6).assign(only="x")
    if message is None:
        assert distinctive_words(corpus, "outlet", **options)["z"].isna().all()
        return
    with pytest.raises(ValueError, match=message):
        distinctive_words(corpus, **options)


def test_no_word_left_is_an_error():
    corpus = pd.DataFrame({"doc_id": list("ab"), "text": ["one", "two"], "outlet": list("xy")})
    with pytest.raises(ValueError, match="lower min_articles"):
        distinctive_words(corpus, "outlet", min_articles=2)
