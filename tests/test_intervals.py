"""Intervals and count models against independent references, hand computation and simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from helpers import intervals, models


def test_rate_interval_is_the_gamma_posterior():
    low, high = intervals.rate_interval(3, 1000)
    assert [float(low), float(high)] == pytest.approx(stats.gamma.ppf([0.025, 0.975], 3.5) / 1000)


def test_rate_interval_without_mentions_begins_at_zero_and_without_words_is_unknown():
    low, high = intervals.rate_interval([0, 0], [500, 0])
    assert low[0] == 0
    assert high[0] == pytest.approx(stats.gamma.ppf(0.975, 0.5) / 500)
    assert np.isnan([low[1], high[1]]).all()


def test_clustered_interval_inverts_the_negative_binomial():
    k, size, n = 12, 3.0, 1000
    low, high = intervals.clustered_rate_interval(k, n, size)
    for bound, tail in ((low, 0.975), (high, 0.025)):
        p = size / (size + float(bound) * n)
        inside = stats.nbinom.cdf(k - 1, size, p), stats.nbinom.cdf(k, size, p)
        assert inside[0] < tail < inside[1]


def test_clustered_interval_becomes_poisson_for_a_great_size():
    exact, near = (intervals.clustered_rate_interval(7, 1000, r) for r in (np.inf, 1e6))
    assert np.allclose(exact, near, rtol=1e-4)


@given(st.integers(0, 200), st.integers(1, 10**6), st.floats(0.1, 1e5))
def test_less_certain_counts_have_wider_intervals(k, n, size):
    low, high = intervals.clustered_rate_interval(k, n, size)
    tight_low, tight_high = intervals.rate_interval(k, n)
    middle = intervals.rate_median(k, n, size)
    assert low <= middle <= high
    assert high >= tight_high * (1 - 1e-9)
    assert low <= tight_low * (1 + 1e-9)


def test_share_interval_is_the_beta_posterior():
    low, high = intervals.share_interval(3, 10)
    assert [float(low), float(high)] == pytest.approx(stats.beta.ppf([0.025, 0.975], 3.5, 7.5))


def test_share_interval_at_the_ends_and_without_opportunities():
    low, high = intervals.share_interval([0, 4, 0], [4, 4, 0])
    assert low[0] == 0
    assert high[1] == 1
    assert np.isnan([low[2], high[2]]).all()


def test_a_prior_pulls_a_share():
    low, high = intervals.share_interval(1, 1, (2.0, 38.0))
    assert high < 0.25
    assert low > 0


def test_clustered_share_needs_two_articles():
    low, high = intervals.clustered_share_interval([0.5], [0.01], [20], 1)
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_difference_interval_by_hand():
    low, high = intervals.difference_interval(
        np.array(5.0), (np.array(3.0), np.array(8.0)), np.array(2.0), (np.array(1.0), np.array(4.0))
    )
    assert float(low) == pytest.approx(3 - np.hypot(2, 2))
    assert float(high) == pytest.approx(3 + np.hypot(3, 1))


def test_ratio_interval_without_mentions_on_one_side():
    none = intervals.clustered_rate_interval(np.array([0.0]), 1000, np.inf)
    some = intervals.clustered_rate_interval(np.array([9.0]), 1000, np.inf)
    medians = [intervals.rate_median(np.array([k]), 1000, np.inf) for k in (0.0, 9.0)]
    low, high = intervals.ratio_interval(medians[0], none, medians[1], some)
    assert low[0] == 0
    assert np.isfinite(high[0])
    low, high = intervals.ratio_interval(medians[1], some, medians[0], none)
    assert low[0] > 1
    assert np.isinf(high[0])


def test_false_discovery_is_scipys_and_keeps_unknown():
    p = np.array([0.001, 0.2, np.nan, 0.03])
    q = intervals.false_discovery(p)
    assert np.isnan(q[2])
    assert q[[0, 1, 3]] == pytest.approx(stats.false_discovery_control(p[[0, 1, 3]]))
    assert np.isnan(intervals.false_discovery([np.nan])).all()


def corpus(rng, shape=0.6, rate=0.004, m=800):
    words = rng.integers(150, 1500, m)
    return rng.poisson(words * rate * rng.gamma(shape, 1 / shape, m)), words


def test_fit_counts_equals_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    counts, words = corpus(np.random.default_rng(0))
    fit = models.fit_counts(counts, words)
    start = [np.log(counts.sum() / words.sum()), 1.0]
    other = sm.NegativeBinomial(counts, np.ones((len(counts), 1)), exposure=words).fit(
        start_params=start, method="newton", disp=0, maxiter=200, tol=1e-12
    )
    assert fit.mean == pytest.approx(np.exp(other.params[0]), rel=1e-6)
    assert fit.a == pytest.approx(1 / other.params[1], rel=1e-6)
    assert models.log_likelihood(counts, words, fit.a, fit.b) == pytest.approx(other.llf, rel=1e-9)


def test_fit_counts_equals_a_direct_search_with_scipy():
    counts, words = corpus(np.random.default_rng(1), shape=2.0)
    fit = models.fit_counts(counts, words)
    best = optimize.minimize(
        lambda x: -models.log_likelihood(counts, words, np.exp(x[0]), np.exp(x[1])),
        [0.0, 6.0],
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 5000},
    )
    assert fit.a == pytest.approx(np.exp(best.x[0]), rel=1e-5)
    assert fit.b == pytest.approx(np.exp(best.x[1]), rel=1e-5)


def test_weights_stand_for_repeated_articles():
    counts, words = corpus(np.random.default_rng(2), m=120)
    twice = models.fit_counts(np.repeat(counts, 2), np.repeat(words, 2))
    weighted = models.fit_counts(counts, words, np.full(120, 2.0))
    assert weighted.a == pytest.approx(twice.a, rel=1e-9)
    assert weighted.b == pytest.approx(twice.b, rel=1e-9)


def test_counts_that_spread_no_more_than_chance_are_poisson():
    fit = models.fit_counts([2] * 50, [500] * 50)
    assert fit.how == "poisson"
    assert fit.mean == pytest.approx(2 / 500)


def test_few_mentions_cannot_show_that_articles_do_not_differ():
    fit = models.fit_counts([1] * 9 + [0] * 60, [500] * 69)
    assert fit.how == "too few mentions"
    assert fit.mean == pytest.approx(9 / (69 * 500))


def test_a_baseline_without_a_mention_has_half_of_one():
    fit = models.fit_counts([0] * 40, [500] * 40)
    assert fit.how == "too few mentions"
    assert fit.mean == pytest.approx(0.5 / 20000)
    assert fit.b == models.PRIOR_WORDS


def test_a_baseline_without_words_is_an_error():
    with pytest.raises(ValueError, match="at least one article with words"):
        models.fit_counts([0], [0])


def test_fit_shares_finds_the_beta_distribution():
    rng = np.random.default_rng(3)
    total = rng.integers(1, 12, 3000)
    a, b = models.fit_shares(rng.binomial(total, rng.beta(2, 6, 3000)), total)
    assert a == pytest.approx(2, rel=0.15)
    assert b == pytest.approx(6, rel=0.15)


@pytest.mark.parametrize(("loaded", "total"), [([0] * 9, [3] * 9), ([3] * 9, [3] * 9), ([1, 0], [2, 2])])
def test_fit_shares_falls_back_to_jeffreys(loaded, total):
    assert models.fit_shares(loaded, total) == (0.5, 0.5)


@given(st.integers(0, 40), st.integers(50, 3000), st.floats(0.05, 20), st.floats(50, 5000))
def test_mid_p_tails_add_up_to_one(k, n, a, b):
    below, above = (models.mid_p(k, n, a, b, upper=u) for u in (False, True))
    assert float(below + above) == pytest.approx(1)
    assert 0 <= float(models.two_sided(below, above)) <= 1


def test_mid_p_by_hand():
    p = 100 / (100 + 50)
    assert float(models.mid_p(0, 50, 1.0, 100.0)) == pytest.approx(p / 2)


def test_total_size_of_one_article_is_unknown_hence_poisson():
    assert np.isinf(intervals.total_size([3.0], 100, [0.1], 1)).all()
    assert (intervals.likelihood_dispersion(np.zeros((5, 2)), np.full(5, 100)) == 0).all()
