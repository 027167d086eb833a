"""Permutation tests: group labels dealt out anew over articles, all groups and frames in matrix products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.groups import Sheet, chunks

Array = np.ndarray
#: Statistics closer than this, relatively, are the same value seen twice and count half. The products are
#: taken in single precision, which is twice as fast and errs by less than this.
_TIE = 1e-4


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
    """
    rng = np.random.default_rng([seed, 2, len(codes)])
    columns = _columns(sheet)
    jobs = [_Job(sheet, columns, codes, contrast) for contrast in contrasts]
    for rows in chunks(resamples, len(codes)):
        places = _permutations(rng, rows.stop - rows.start, len(codes), strata)
        labels = codes[places]
        for job in jobs:
            job.add((labels == job.group).astype(np.float32))
    results = [job.p(resamples) for job in jobs]
    return np.array([rate for rate, _ in results]), np.array([share for _, share in results])


def _permutations(rng: np.random.Generator, n: int, m: int, strata: Array | None) -> Array:
    if strata is None:
        return rng.permuted(np.tile(np.arange(m, dtype=np.int32), (n, 1)), axis=1)
    # Sorting random keys within strata shuffles each stratum; `home` puts it back where the stratum stands.
    home = np.argsort(strata, kind="stable")
    drawn = np.argsort(strata[None, :] + rng.random((n, m)), axis=1)
    places = np.empty((n, m), dtype=np.int64)
    places[:, home] = drawn
    return places


def _columns(sheet: Sheet) -> Array:
    """Words, words^2, then by frame k, k^2, k words; then the choices' columns."""
    n, k = sheet.words[:, None], sheet.mentions
    first = 1 + k.shape[1]
    return np.column_stack([n, n**2, k, k**2, k * n, sheet.cells[:, first:]])


class _Job:
    """One contrast: its observed statistics, and how many permuted ones were as great."""

    def __init__(self, sheet: Sheet, columns: Array, codes: Array, contrast: Contrast):
        self.sheet, self.group = sheet, contrast.group
        self.inside = (
            np.ones(len(codes)) if contrast.weights is None else (contrast.weights > 0).astype(float)
        )
        self.columns = columns * self.inside[:, None]
        self.plain = contrast.weights is None
        self.weighted = self.columns
        if contrast.weights is not None:
            w = contrast.weights[:, None]
            squared = np.zeros(columns.shape[1], dtype=bool)
            f = sheet.mentions.shape[1]
            squared[[1, *range(2 + f, 2 + 3 * f)]] = True
            self.weighted = columns * np.where(squared, w**2, w)
        self.total = self.weighted.sum(axis=0)
        self.columns, self.weighted = self.columns.astype(np.float32), self.weighted.astype(np.float32)
        member = (codes == contrast.group).astype(np.float32)
        self.size = float(member.astype(float) @ self.inside)
        self.others = float(self.inside.sum()) - self.size
        rate, share = self._statistics(member[None, :])
        self.observed = (np.abs(rate[0]), np.abs(share[0]))
        self.greater = [np.zeros(len(x)) for x in self.observed]
        self.equal = [np.zeros(len(x)) for x in self.observed]
        self.unknown = [np.zeros(len(x)) for x in self.observed]

    def add(self, members: Array) -> None:
        for i, drawn in enumerate(self._statistics(members)):
            size, seen = np.abs(drawn), self.observed[i]
            with np.errstate(invalid="ignore"):
                same = np.abs(size - seen) <= _TIE * np.maximum(seen, 1e-300)
                self.greater[i] += ((size > seen) & ~same).sum(axis=0)
            self.equal[i] += same.sum(axis=0)
            self.unknown[i] += np.isnan(size).sum(axis=0)

    def p(self, resamples: int) -> tuple[Array, Array]:
        values = []
        for seen, more, same, unknown in zip(
            self.observed, self.greater, self.equal, self.unknown, strict=True
        ):
            p = (more + (same + 1) / 2) / (resamples - unknown + 1)
            values.append(np.where(np.isnan(seen), np.nan, np.minimum(p, 1.0)))
        return values[0], values[1]

    def _statistics(self, members: Array) -> tuple[Array, Array]:
        own = (members @ self.columns).astype(float)
        out = own if self.plain else (members @ self.weighted).astype(float)
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
        # choices() reads columns laid out as in Sheet.cells: words, mentions, then the choices.
        keep = [0, *range(2, 2 + f), *range(2 + 3 * f, self.columns.shape[1])]
        own, rest = own[:, keep], rest[:, keep]
        support = (self.sheet.choices(own)[1] > 0) & (self.sheet.choices(rest)[1] > 0)
        return self.sheet.shares(own, support) - self.sheet.shares(rest, support)


def _rate(totals: Array, f: int, articles: float) -> tuple[Array, Array]:
    """Rates and their variances, clustered by article, from the columns of `_columns`."""
    n, n2 = totals[:, :1], totals[:, 1:2]
    k, k2, kn = (totals[:, 2 + i * f : 2 + (i + 1) * f] for i in range(3))
    rate = k / n
    residual = k2 - 2 * rate * kn + rate**2 * n2
    return rate, residual / n**2 * articles / max(articles - 1, 1)
