"""Permutation tests: group labels dealt out anew over articles, all groups and frames at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy import sparse, stats

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
        Groups to test.
    strata : ndarray, optional
        Labels are dealt out within strata only.
    resamples, seed : int
        How many permutations, and the seed. The draws depend on the number of rows only, not on names.

    Returns
    -------
    tuple of ndarray, contrasts x frames
        Two-sided mid-p values, for rates and for shares; NaN where there is nothing to test. None is less
        than 1 / (2 (resamples + 1)).

    Notes
    -----
    Rates: the difference over its clustered standard error (a studentised permutation test stays valid where
    groups differ in how unevenly they use a frame: Chung & Romano 2013, Annals of Statistics 41, 484-507),
    the variance of each group being at least Poisson's. Shares: the difference of standardised shares over
    the concepts that both have. Counts are discrete, so equal values count half (mid-p); otherwise rare
    terms would be tested at far less than the stated level.

    A rate's p is never below that of independent words (`words_p`). Of a few mentions the permutations alone
    would ask where the articles are longer, not where the mentions stand: a single mention in the group with
    the shorter articles has a greater rate there than in any group of permuted articles.
    """
    rng = np.random.default_rng([seed, 2, len(codes)])
    jobs = [_Job(sheet, codes, contrast) for contrast in contrasts]
    plain = [job for job in jobs if job.plain]
    for rows in chunks(resamples, len(codes)):
        labels = codes[_permutations(rng, rows.stop - rows.start, len(codes), strata)].astype(np.int32)
        if plain:
            sums = label_totals(plain[0].columns, labels, [job.group for job in plain])
            for i, job in enumerate(plain):
                job.add(sums[:, i], sums[:, i])
        for job in jobs:
            if not job.plain:
                job.add(*(label_totals(x, labels, [job.group])[:, 0] for x in (job.columns, job.weighted)))
    results = [job.p(resamples) for job in jobs]
    rates = [
        np.maximum(r, words_p(sheet, codes, c, strata)) for (r, _), c in zip(results, contrasts, strict=True)
    ]
    return np.array(rates), np.array([share for _, share in results])


def words_p(sheet: Sheet, codes: Array, contrast: Contrast, strata: Array | None = None) -> Array:
    """P value of a group's counts if every word were independent: the least that any clustered p can be.

    Parameters
    ----------
    sheet : Sheet
        Counts by article.
    codes : ndarray
        Group of each row.
    contrast : Contrast
        The group, and which rows it is compared within.
    strata : ndarray, optional
        Strata within which it is compared.

    Returns
    -------
    ndarray, frames
        Two-sided mid-p; NaN without a mention.

    Notes
    -----
    Given all K mentions of both sides, those of the group are binomial(K, its part of the words). With strata
    the part is the mean of the strata's, each weighted by its mentions.
    """
    inside = np.ones(len(codes), dtype=bool) if contrast.weights is None else contrast.weights > 0
    rows = np.flatnonzero(inside)
    mine = (codes[rows] == contrast.group).astype(float)
    groups = np.zeros(len(rows), dtype=int) if strata is None else strata[rows]
    k, n = sheet.mentions[rows], sheet.words[rows]
    top = int(groups.max(initial=0)) + 1
    words, own_words = (np.bincount(groups, weights=w, minlength=top) for w in (n, n * mine))
    part = np.divide(own_words, words, out=np.zeros(top), where=words > 0)
    total, own = k.sum(axis=0), mine @ k
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.clip((part[groups] @ k) / total, 0.0, 1.0)
    below = stats.binom.cdf(own - 1, total, expected)
    above = stats.binom.sf(own, total, expected)
    same = stats.binom.pmf(own, total, expected)
    return np.where(total > 0, np.minimum(1.0, 2 * np.minimum(below, above) + same), np.nan)


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
        Counts. They are whole numbers below 2^53, so the sums are exact in whatever order they are taken.
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


def _columns(sheet: Sheet) -> Array:
    """Words, words^2, then by frame k, k^2, k words; then the choices' columns."""
    n, k = sheet.words[:, None], sheet.mentions
    first = 1 + k.shape[1]
    return np.column_stack([n, n**2, k, k**2, k * n, sheet.cells[:, first:]])


class _Job:
    """One contrast: its observed statistics, and how many permuted ones were as great."""

    def __init__(self, sheet: Sheet, codes: Array, contrast: Contrast):
        self.sheet, self.group, self.plain = sheet, contrast.group, contrast.weights is None
        columns, f = _columns(sheet), sheet.mentions.shape[1]
        weights = np.ones(len(codes)) if contrast.weights is None else contrast.weights
        inside = (weights > 0).astype(float)
        member = (codes == contrast.group) & (weights > 0)
        self.size, self.others = float(member.sum()), float(inside.sum() - member.sum())
        plain, weighted = columns * inside[:, None], columns
        if not self.plain:
            squared = np.zeros(columns.shape[1], dtype=bool)
            squared[[1, *range(2 + f, 2 + 3 * f)]] = True
            weighted = columns * np.where(squared, weights[:, None] ** 2, weights[:, None])
        self.total = weighted.sum(axis=0)
        rates, shares = self._statistics(plain[member].sum(axis=0)[None], weighted[member].sum(axis=0)[None])
        self.observed = (np.abs(rates[0]), np.abs(shares[0]))
        self.columns, self.weighted = sparse.csr_array(plain), sparse.csr_array(weighted)
        self.greater, self.equal, self.unknown = ([np.zeros(len(x)) for x in self.observed] for _ in range(3))

    def add(self, own: Array, out: Array) -> None:
        """Count the statistics of permutations: `own` is the group's totals, `out` what it takes from all."""
        for i, drawn in enumerate(self._statistics(own, out)):
            size, seen = np.abs(drawn), self.observed[i]
            with np.errstate(invalid="ignore"):
                same = np.abs(size - seen) <= _TIE * np.maximum(seen, 1e-300)
                self.greater[i] += ((size > seen) & ~same).sum(axis=0)
            self.equal[i] += same.sum(axis=0)
            self.unknown[i] += np.isnan(size).sum(axis=0)

    def p(self, resamples: int) -> tuple[Array, Array]:
        """P values, for rates and for shares."""
        values = []
        for seen, more, same, unknown in zip(
            self.observed, self.greater, self.equal, self.unknown, strict=True
        ):
            p = (more + (same + 1) / 2) / (resamples - unknown + 1)
            values.append(np.where(np.isnan(seen), np.nan, np.minimum(p, 1.0)))
        return values[0], values[1]

    def _statistics(self, own: Array, out: Array) -> tuple[Array, Array]:
        rest = self.total - out
        f = self.sheet.mentions.shape[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            one, one_variance = _rate(own, f, self.size)
            two, two_variance = _rate(rest, f, self.others)
            pooled = (own[:, 2 : 2 + f] + rest[:, 2 : 2 + f]) / (own[:, :1] + rest[:, :1])
            one_variance = np.maximum(one_variance, pooled / own[:, :1])
            two_variance = np.maximum(two_variance, pooled / rest[:, :1])
            rates = (one - two) / np.sqrt(one_variance + two_variance)
        return rates, self._shares(own, rest)

    def _shares(self, own: Array, rest: Array) -> Array:
        f = self.sheet.mentions.shape[1]
        loaded, total = self.sheet.choices(own, first=2 + 3 * f)
        other_loaded, other_total = self.sheet.choices(rest, first=2 + 3 * f)
        weight = ((total > 0) & (other_total > 0)) * self.sheet.mix
        with np.errstate(divide="ignore", invalid="ignore"):
            apart = np.where(weight > 0, loaded / total - other_loaded / other_total, 0.0) * weight
            return (apart @ self.sheet.frame_of_pair) / (weight @ self.sheet.frame_of_pair)


def _rate(totals: Array, f: int, articles: float) -> tuple[Array, Array]:
    """Rates and their variances, clustered by article, from the columns of `_columns`."""
    n, n2 = totals[:, :1], totals[:, 1:2]
    k, k2, kn = (totals[:, 2 + i * f : 2 + (i + 1) * f] for i in range(3))
    rate = k / n
    residual = k2 - 2 * rate * kn + rate**2 * n2
    return rate, residual / n**2 * articles / max(articles - 1, 1)
