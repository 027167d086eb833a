"""Models of counts over the articles of a baseline: negative binomial rates, beta-binomial shares."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from helpers.intervals import POISSON

Array = np.ndarray

#: Below this many articles with a mention a shape cannot be estimated; the prior is then worth PRIOR_WORDS.
MIN_ARTICLES_FOR_SHAPE = 5
PRIOR_WORDS = 1000.0
#: Nor can fewer mentions than this show that articles do not differ.
MIN_MENTIONS_FOR_POISSON = 30


class CountModel(NamedTuple):
    """Gamma(a, b) distribution of a rate per word over articles; counts are then negative binomial.

    ``a / b`` is the mean rate per word. `mentions`, `articles`, `words` are what it was fitted on;
    `how` says how: ``likelihood``, ``poisson`` (no more spread than chance), ``too few mentions`` (the shape
    is then set so that the prior is worth PRIOR_WORDS words).
    """

    a: float
    b: float
    mentions: float
    articles: int
    words: float
    how: str

    @property
    def mean(self) -> float:
        """Mean rate per word."""
        return self.a / self.b


def log_likelihood(
    counts: ArrayLike, words: ArrayLike, a: float, b: float, weights: ArrayLike = 1.0
) -> float:
    """Log-likelihood of counts by article under a `CountModel`.

    Parameters
    ----------
    counts, words : array_like
        Mentions and words by article.
    a, b : float
        Gamma(a, b): shape, and words.
    weights : array_like
        Weights of the articles.

    Returns
    -------
    float
        The sum over articles of log P(k | n).
    """
    n = np.asarray(words, float)
    return float(np.sum(np.asarray(weights) * stats.nbinom.logpmf(counts, a, b / (b + n))))


def fit_counts(counts: ArrayLike, words: ArrayLike, weights: ArrayLike | None = None) -> CountModel:
    """Fit the Gamma(a, b) distribution of rates over articles by maximum likelihood.

    Parameters
    ----------
    counts, words : array_like
        Mentions and words by article; articles without words do not count.
    weights : array_like, optional
        Weights of the articles (a matched baseline).

    Returns
    -------
    CountModel
        See there. Where the counts spread no more than chance, the likelihood has no maximum and `a` is
        POISSON; where fewer than five articles have a mention, or fewer than thirty mentions spread like
        that, the shape is not estimated. Where there is none at all, the mean is 1/2 mention in all the
        words (Jeffreys).

    Raises
    ------
    ValueError
        If there are no words.

    Notes
    -----
    Counts are negative binomial: P(k | n) with size a and probability b / (b + n). The profile likelihood
    over the mean is solved in one dimension for log a. Equal to statsmodels' NegativeBinomial (nb2, with
    exposure) to 1e-6.
    """
    k, n = np.asarray(counts, float).ravel(), np.asarray(words, float).ravel()
    w = np.ones_like(n) if weights is None else np.asarray(weights, float).ravel()
    keep = (n > 0) & (w > 0)
    k, n, w = k[keep], n[keep], w[keep]
    if not len(n):
        raise ValueError("a baseline needs at least one article with words in it")
    total, all_words, with_one = float(w @ k), float(w @ n), int((k > 0).sum())
    facts = (total, len(n), all_words)
    if with_one < MIN_ARTICLES_FOR_SHAPE:
        mean = (total if total else 0.5) / all_words
        return CountModel(PRIOR_WORDS * mean, PRIOR_WORDS, *facts, "too few mentions")

    def slope(log_a: float) -> float:
        a = np.exp(log_a)
        m = _mean_given_shape(k, n, w, a)
        digammas = special.digamma(k[k > 0] + a) - special.digamma(a)
        return float(w[k > 0] @ digammas + w @ (np.log(a / (a + m * n)) + (m * n - k) / (a + m * n)))

    mean = total / all_words
    spread = float(w @ ((k - mean * n) ** 2 - k))
    if spread <= 0 or slope(np.log(1e5)) >= 0:
        if total < MIN_MENTIONS_FOR_POISSON:
            return CountModel(PRIOR_WORDS * mean, PRIOR_WORDS, *facts, "too few mentions")
        return CountModel(POISSON, POISSON / mean, *facts, "poisson")
    log_a = optimize.brentq(slope, np.log(1e-8), np.log(1e5), xtol=1e-12)
    a = float(np.exp(float(log_a)))  # pyright: ignore[reportArgumentType]
    return CountModel(a, a / _mean_given_shape(k, n, w, a), *facts, "likelihood")


def _mean_given_shape(k: Array, n: Array, w: Array, a: float) -> float:
    """Mean rate that maximises the likelihood for a given shape, by Newton's method on its logarithm."""
    log_m = np.log((w @ k) / (w @ n))
    for _ in range(50):
        mu = np.exp(log_m) * n
        gradient = w @ (k - (a + k) * mu / (a + mu))
        curvature = w @ ((a + k) * a * mu / (a + mu) ** 2)
        step = gradient / curvature
        log_m += np.clip(step, -2, 2)
        if abs(step) < 1e-13:
            break
    return float(np.exp(log_m))


def fit_shares(loaded: ArrayLike, opportunities: ArrayLike, weights: ArrayLike | None = None):
    """Fit the Beta(a, b) distribution of choice shares over articles by maximum likelihood.

    Parameters
    ----------
    loaded, opportunities : array_like
        By article; those without an opportunity do not count.
    weights : array_like, optional
        Weights of the articles.

    Returns
    -------
    tuple of float
        (a, b). Jeffreys' (0.5, 0.5) where fewer than five articles have an opportunity or all chose alike.
        A prior is never worth more than 1,000 opportunities.

    Notes
    -----
    Counts are beta-binomial; maximised over logit(mean) and log(a + b) by L-BFGS-B.
    """
    x, t = np.asarray(loaded, float), np.asarray(opportunities, float)
    w = np.ones_like(t) if weights is None else np.asarray(weights, float)
    keep = (t > 0) & (w > 0)
    x, t, w = x[keep], t[keep], w[keep]
    if len(t) < MIN_ARTICLES_FOR_SHAPE or not 0 < w @ x < w @ t:
        return 0.5, 0.5
    (pairs, inverse) = np.unique(np.column_stack([x, t]), axis=0, return_inverse=True)
    mass = np.bincount(inverse.ravel(), weights=w)
    px, pt = pairs.T

    def loss(theta: Array) -> float:
        mean, size = special.expit(theta[0]), np.exp(theta[1])
        a, b = mean * size, (1 - mean) * size
        return -float(mass @ (special.betaln(px + a, pt - px + b) - special.betaln(a, b)))

    start = [special.logit((w @ x) / (w @ t)), 1.0]
    fit = optimize.minimize(loss, start, method="L-BFGS-B", bounds=[(-15, 15), (-5, np.log(1000.0))])
    mean, size = float(special.expit(fit.x[0])), float(np.exp(fit.x[1]))
    return mean * size, (1 - mean) * size


def mid_p(counts: ArrayLike, words: ArrayLike, a: ArrayLike, b: ArrayLike, *, upper: bool = False) -> Array:
    """Where a count stands among counts of that many words: P(K < k) + P(K = k) / 2.

    Parameters
    ----------
    counts, words : array_like
        Mentions and words.
    a, b : array_like
        The Gamma distribution of the rate.
    upper : bool
        The other tail, P(K > k) + P(K = k) / 2, which 1 minus the lower one would round to 0.

    Returns
    -------
    ndarray
        From 0 to 1; times 100 it is the percentile.
    """
    k, n = np.asarray(counts, float), np.asarray(words, float)
    p = np.asarray(b) / (np.asarray(b) + n)
    tail = stats.nbinom.sf(k, a, p) if upper else stats.nbinom.cdf(k - 1, a, p)
    return tail + stats.nbinom.pmf(k, a, p) / 2


def two_sided(lower: ArrayLike, upper: ArrayLike) -> Array:
    """Two-sided p from the two (mid-)p tails.

    Parameters
    ----------
    lower, upper : array_like
        Chance of less, and of more, than was seen; half of the chance of just that in each.

    Returns
    -------
    ndarray
        Twice the smaller tail, at most 1.
    """
    return np.minimum(1.0, 2 * np.minimum(np.asarray(lower, float), np.asarray(upper, float)))
