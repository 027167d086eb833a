"""Permutation tests of groups of articles: counts and labels dealt out anew, all groups at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse

from helpers.dealing import Deck, deal_counts, deck_of
from helpers.groups import Sheet, chunks

Array = np.ndarray
#: Statistics closer than this, relatively, are the same value seen twice and count half.
_TIE = 1e-9


@dataclass(frozen=True)
class Contrast:
    """A group, by number, and the weight of each row of its comparison (1 for all without adjustment).

    `weights` is 0 for rows outside the comparison. It must not change when labels are permuted within strata.
    """

    group: int
    weights: Array | None = None


def permutation_p(
    sheet: Sheet,
    codes: Array,
    contrasts: Sequence[Contrast],
    *,
    strata: Array | None = None,
    resamples: int = 2000,
    seed: int = 0,
) -> tuple[Array, Array]:
    """P values of each group against the rest of the rows, for rates and for shares.

    Parameters
    ----------
    sheet : Sheet
        Counts by article.
    codes : ndarray
        Group of each row.
    contrasts : sequence of Contrast
        Groups to test; all with weights, or all without.
    strata : ndarray, optional
        Counts and labels are dealt out within strata only.
    resamples, seed : int
        How many permutations, and the seed. The draws depend on the number of rows only, not on names.

    Returns
    -------
    tuple of ndarray, contrasts x frames
        Two-sided p values, for rates and for shares; NaN where there is nothing to test. None is less
        than 1 / (resamples + 1).

    Notes
    -----
    Rates: the counts are dealt out anew over the articles, each article keeping its label and its words
    (`dealing.deal_counts`); where all articles are equally long, that is the permutation of labels. The
    statistic is the difference of the rates over its clustered standard error, the variance of each group
    being at least Poisson's.

    Shares: labels are dealt out anew over the articles, each keeping its choices. The statistic is the
    difference of the shares, standardised over the concepts that both sides name, over its clustered standard
    error.

    Both are studentised, so that they stay valid where groups differ in size and in how unevenly they use
    a frame: Chung & Romano 2013, Annals of Statistics 41, 484-507. Counts are discrete, so equal values
    count half (mid-p); otherwise rare terms would be tested at far less than the stated level. What was seen
    counts as one of the permutations, and wholly, so that the smallest p are not too small.
    """
    # Numbered as they first appear, so that the draws do not hang on how groups are called.
    _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
    numbers = np.argsort(np.argsort(first))[numbers]
    groups = [int(numbers[np.argmax(codes == c.group)]) for c in contrasts]
    weights = None
    if contrasts[0].weights is not None:
        weights = np.array([c.weights for c in contrasts], dtype=float)
    deck = deck_of(sheet.words, numbers, strata)
    rates = np.full((len(contrasts), sheet.mentions.shape[1]), np.nan)
    test = _RateTest.of(deck, sheet.mentions, numbers, groups, weights)

    def rate_p(f: int) -> None:
        rates[:, f] = test.p(f, sheet.mentions[:, f], resamples, (seed, 2, len(codes)))

    # The compiled loops let go of the interpreter, so that threads use all cores; each frame has its own draws.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        shares = pool.submit(_share_p, sheet, codes, contrasts, strata, resamples, seed)
        for _ in pool.map(rate_p, np.flatnonzero(sheet.mentions.sum(axis=0) > 0)):
            pass
        return rates, shares.result()


def mid_p_of(seen: Array, drawn: Array) -> Array:
    """Two-sided p of statistics among their permutations, equal ones counting half.

    Parameters
    ----------
    seen : ndarray
        Observed statistics.
    drawn : ndarray, permutations x the shape of `seen`
        The same under permutation; NaN where it has no value.

    Returns
    -------
    ndarray
        (more + equal / 2 + 1) / (permutations + 1): what was seen counts as one of the permutations.
    """
    size, at = np.abs(drawn), np.abs(seen)
    with np.errstate(invalid="ignore"):
        same = np.abs(size - at) <= _TIE * np.maximum(at, 1e-300)
        more = ((size > at) & ~same).sum(axis=0)
        p = (more + same.sum(axis=0) / 2 + 1) / (len(drawn) - np.isnan(size).sum(axis=0) + 1)
    return np.where(np.isnan(seen), np.nan, np.minimum(p, 1.0))


@dataclass(frozen=True)
class _RateTest:
    """The two sides of every contrast, their words fixed, and the statistics that were seen, frames x contrasts."""

    deck: Deck
    groups: list[int]
    n_groups: int
    weights: Array | None
    own: tuple[Array, ...]
    rest: tuple[Array, ...]
    seen: Array

    @classmethod
    def of(
        cls, deck: Deck, mentions: Array, numbers: Array, groups: list[int], weights: Array | None
    ) -> _RateTest:
        """Lay out the sides, and work out the statistics of all frames at once."""
        member = numbers == np.array(groups)[:, None]
        inside = np.ones(member.shape) if weights is None else weights
        own, rest = (member & (inside > 0)).astype(float), np.where(member, 0.0, inside)
        n, counts = deck.words_by_article, sparse.csc_array(mentions.astype(float))
        sides = _side_words(own, n), _side_words(rest, n)
        seen = _statistic(_sums(own, counts, n), _sums(rest, counts, n), *sides)
        return cls(deck, groups, int(numbers.max()) + 1, weights, *sides, seen)

    def p(self, frame: int, counts: Array, resamples: int, seed: tuple[int, ...]) -> Array:
        """P values of one frame by contrast."""
        contrasts = None if self.weights is None else (np.array(self.groups), self.weights)
        sums = deal_counts(self.deck, counts, self.n_groups, contrasts, resamples, seed)
        if contrasts is not None:
            own, rest = sums[:, :, :3], sums[:, :, 3:]
        else:
            own = sums[:, self.groups]
            rest = sums.sum(axis=1, keepdims=True) - own
        return mid_p_of(self.seen[frame], _statistic(own, rest, self.own, self.rest))


def _statistic(own: Array, rest: Array, own_words: tuple[Array, ...], rest_words: tuple[Array, ...]) -> Array:
    """The difference of the rates over its standard error, from sums of k, k^2 and k n."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (own[..., 0] + rest[..., 0]) / (own_words[0] + rest_words[0])
        one, one_variance = _rate(own, own_words, pooled)
        two, two_variance = _rate(rest, rest_words, pooled)
        return (one - two) / np.sqrt(one_variance + two_variance)


def _side_words(weights: Array, words: Array) -> tuple[Array, ...]:
    """By contrast: words, sum of w^2 n^2, sum of w^2 n, articles."""
    return weights @ words, weights**2 @ words**2, weights**2 @ words, (weights > 0).sum(axis=1)


def _sums(weights: Array, counts: Any, words: Array) -> Array:
    """Frames x contrasts x 3: sums of w k, w^2 k^2 and w^2 k n."""
    parts = (weights, counts), (weights**2, counts * counts), (weights**2 * words, counts)
    return np.stack([(w @ k).T for w, k in parts], axis=-1)


def _rate(sums: Array, side: tuple[Array, ...], pooled: Array) -> tuple[Array, Array]:
    """A side's rate and its variance: clustered by article, at least Poisson's at the pooled rate."""
    words, squares, weighted, articles = side
    rate = sums[..., 0] / words
    residual = sums[..., 1] - 2 * rate * sums[..., 2] + rate**2 * squares
    variance = residual / words**2 * articles / np.maximum(articles - 1, 1)
    return rate, np.maximum(variance, pooled * weighted / words**2)


def _share_p(
    sheet: Sheet,
    codes: Array,
    contrasts: Sequence[Contrast],
    strata: Array | None,
    resamples: int,
    seed: int,
) -> Array:
    if not len(sheet.roles.pairs):
        return np.full((len(contrasts), sheet.mentions.shape[1]), np.nan)
    rng = np.random.default_rng([seed, 2, len(codes)])
    if contrasts[0].weights is None:
        columns = _ShareColumns.of(sheet, None)
        jobs = [_ShareTest(sheet, columns, codes == c.group, c) for c in contrasts]
    else:
        jobs = [_ShareTest(sheet, _ShareColumns.of(sheet, c.weights), codes == c.group, c) for c in contrasts]
    for rows in chunks(resamples, len(codes)):
        labels = codes[_permutations(rng, rows.stop - rows.start, len(codes), strata)].astype(np.int32)
        if contrasts[0].weights is None:
            sums = label_totals(jobs[0].columns.own, labels, [job.group for job in jobs])
            for i, job in enumerate(jobs):
                job.add(sums[:, i], sums[:, i])
        else:
            for job in jobs:
                sides = (job.columns.own, job.columns.weighted)
                job.add(*(label_totals(x, labels, [job.group])[:, 0] for x in sides))
    return np.array([job.p(resamples) for job in jobs])


def _permutations(rng: np.random.Generator, n: int, m: int, strata: Array | None) -> Array:
    if strata is None:
        return rng.permuted(np.tile(np.arange(m, dtype=np.int32), (n, 1)), axis=1)
    # Sorting random keys within strata shuffles each stratum; `home` puts it back where the stratum stands.
    home = np.argsort(strata, kind="stable")
    drawn = np.argsort(strata[None, :] + rng.random((n, m)), axis=1)
    places = np.empty((n, m), dtype=np.int64)
    places[:, home] = drawn
    return places


def label_totals(columns: Any, labels: Array, groups: Sequence[int]) -> Array:
    """Sum the rows of a sparse matrix by label, for many labellings at once.

    Parameters
    ----------
    columns : scipy CSR array, articles x columns
        What to sum.
    labels : ndarray, labellings x articles
        Group of each article.
    groups : sequence of int
        Groups to sum.

    Returns
    -------
    ndarray, labellings x groups x columns
        Totals. The same as one 0/1 matrix a group times the counts, but each count is touched once and
        not once a group.
    """
    place = np.full(int(labels.max()) + 1, -1, dtype=np.int32)
    place[[g for g in groups if g < len(place)]] = [i for i, g in enumerate(groups) if g < len(place)]
    sums = np.zeros((len(labels), len(groups), columns.shape[1]))
    _kernel()(columns.data, columns.indices, columns.indptr, place[labels], sums)
    return sums


@cache
def _kernel():
    from helpers._sums import sum_by_label

    return sum_by_label


@dataclass(frozen=True)
class _ShareColumns:
    """By article: loaded choices by pair, neutral mentions by concept, squares by frame.

    A square is that of the article's part in the shares: of the sum over the frame's pairs of mix (L - s T) / T,
    with its L loaded choices of T, over the T and share s of all articles.
    """

    own: Any
    weighted: Any
    total: Array

    @classmethod
    def of(cls, sheet: Sheet, weights: Array | None) -> _ShareColumns:
        """Columns as they stand, and as they count on the other side of a comparison with weights."""
        first = 1 + sheet.mentions.shape[1]
        choices = sheet.cells[:, first:]
        if weights is None:
            totals = choices.sum(axis=0)
            own = sparse.csr_array(np.hstack([choices, _parts(sheet, choices, totals) ** 2]))
            return cls(own, own, np.asarray(own.sum(axis=0)))
        inside = (weights > 0)[:, None]
        squares = _parts(sheet, choices, weights @ choices) ** 2
        own = sparse.csr_array(np.hstack([choices, squares]) * inside)
        once = np.hstack([choices, squares * weights[:, None]])
        weighted = sparse.csr_array(once * weights[:, None])
        return cls(own, weighted, np.asarray(weighted.sum(axis=0)))


def _parts(sheet: Sheet, choices: Array, totals: Array) -> Array:
    """Articles x frames: each article's part in the shares, were they those of `totals`."""
    pairs, f = sheet.roles.pairs, sheet.mentions.shape[1]
    loaded, total = sheet.choices(totals, first=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.nan_to_num(loaded / total)
        part = np.where(total > 0, sheet.mix / total, 0.0)
    of_loaded = np.zeros((len(pairs), f))
    of_loaded[np.arange(len(pairs)), pairs[:, 0]] = part * (1 - share)
    of_neutral = np.zeros((choices.shape[1] - len(pairs), f))
    np.add.at(of_neutral, (pairs[:, 1], pairs[:, 0]), part * share)
    return sparse.csr_array(choices) @ np.vstack([of_loaded, -of_neutral])


class _ShareTest:
    """One contrast: its observed statistics, and how many permuted ones were as great."""

    def __init__(self, sheet: Sheet, columns: _ShareColumns, member: Array, contrast: Contrast):
        self.sheet, self.columns, self.group = sheet, columns, contrast.group
        rows = np.flatnonzero(member)
        own, out = (x[rows].sum(axis=0)[None] for x in (columns.own, columns.weighted))
        self.seen = np.abs(self._statistic(own, out)[0])
        self.more, self.same, self.unknown = (np.zeros(len(self.seen)) for _ in range(3))

    def add(self, own: Array, out: Array) -> None:
        """Count the statistics of permutations: `own` is the group's totals, `out` what it takes from all."""
        size = np.abs(self._statistic(own, out))
        with np.errstate(invalid="ignore"):
            same = np.abs(size - self.seen) <= _TIE * np.maximum(self.seen, 1e-300)
            self.more += ((size > self.seen) & ~same).sum(axis=0)
        self.same += same.sum(axis=0)
        self.unknown += np.isnan(size).sum(axis=0)

    def p(self, resamples: int) -> Array:
        """P values by frame."""
        p = (self.more + self.same / 2 + 1) / (resamples - self.unknown + 1)
        return np.where(np.isnan(self.seen), np.nan, np.minimum(p, 1.0))

    def _statistic(self, own: Array, out: Array) -> Array:
        """The difference of the shares over its standard error, each side's being at least the binomial's."""
        sheet, f, rest = self.sheet, self.sheet.mentions.shape[1], self.columns.total - out
        (loaded, total), (other_loaded, other_total) = (sheet.choices(x, first=0) for x in (own, rest))
        weight = ((total > 0) & (other_total > 0)) * sheet.mix
        with np.errstate(divide="ignore", invalid="ignore"):
            pooled = (loaded + other_loaded) / (total + other_total)
            spread = weight**2 * pooled * (1 - pooled)
            apart = sheet.by_frame(weight * (loaded / total - other_loaded / other_total), weight > 0)
            least = [sheet.by_frame(spread / t, weight > 0) for t in (total, other_total)]
            whole = sheet.by_frame(weight) / sheet.by_frame(sheet.mix)
            variance = np.zeros_like(apart)
            opportunities = [sheet.by_frame(t) for t in (total, other_total)]
            for x, some, least_one in zip((own, rest), opportunities, least, strict=True):
                part = some / (opportunities[0] + opportunities[1])
                variance += np.maximum(x[:, -f:] * (whole / part) ** 2, least_one)
            return apart / np.sqrt(variance)
