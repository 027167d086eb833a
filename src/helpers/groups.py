"""One measure of a group of articles: sums, resamples of the articles, intervals clustered by article.

`score(by=...)`, `trend` and `compare_groups` all call `measure`, so a group's interval is the same wherever
it stands. The article is the unit everywhere, never the word.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers import intervals
from helpers.roles import Roles, roles_of
from helpers.tallies import Tally

Array = np.ndarray
#: Entries of the weight matrix that are held at a time (8 MB: about what a processor's cache holds).
_CELLS = 1_000_000
#: Articles x frames that a sheet holds when there are many frames, and the most frames of one sheet.
_SHEET, _FRAMES = 8_000_000, 1000
#: Resamples whose shares are worked out at a time.
_ROWS = 64
#: From here on the likelihood's dispersion weighs under 2% (`intervals.total_size`): not worth its time.
MANY_ARTICLES = 2000


@dataclass(frozen=True)
class Sheet:
    """Counts by article as one matrix, so that one product with a weight matrix resamples them all.

    Attributes
    ----------
    doc_ids : ndarray of str
        Articles, sorted.
    order : ndarray
        Their rows in the tally.
    cells : ndarray, articles x columns
        Words, then loaded mentions by frame, loaded choices by pair, neutral mentions by concept.
    neutral, chosen : scipy CSR array, articles x frames
        Neutral and loaded mentions of the frame's choices.
    roles : Roles
        What the columns are.
    mix : ndarray, pairs
        Opportunities by pair that shares are standardised to.
    """

    doc_ids: Array
    order: Array
    cells: Array
    neutral: Any
    chosen: Any
    roles: Roles
    mix: Array

    @property
    def words(self) -> Array:
        """Words by article."""
        return self.cells[:, 0]

    @property
    def mentions(self) -> Array:
        """Loaded mentions, articles x frames."""
        return self.cells[:, 1 : 1 + len(self.roles.frames)]

    def rows(self, rows: Array) -> Sheet:
        """Return the same for some of the articles; shares are standardised to the same mix."""
        parts = {key: getattr(self, key)[rows] for key in ("doc_ids", "order", "cells", "neutral", "chosen")}
        return replace(self, **parts)

    def rates(self, totals: Array) -> Array:
        """Rates per word by frame from (resampled) column totals."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return totals[..., 1 : 1 + len(self.roles.frames)] / totals[..., :1]

    @cached_property
    def _spans(self) -> tuple[Array, Array]:
        """Frames with pairs, and the first pair of each: a frame's pairs stand together."""
        return np.unique(self.roles.pairs[:, 0], return_index=True)

    def by_frame(self, values: Array, where: Array | None = None) -> Array:
        """Sum values by pair over each frame's pairs, those not in `where` left out."""
        frames, first = self._spans
        out = np.zeros((*values.shape[:-1], len(self.roles.frames)))
        if len(frames):
            kept = values if where is None else np.where(where, values, 0.0)
            out[..., frames] = np.add.reduceat(kept, first, axis=-1)
        return out

    def choices(self, totals: Array, first: int | None = None) -> tuple[Array, Array]:
        """Return loaded choices, and opportunities, by pair from column totals; they begin at `first`."""
        first = 1 + len(self.roles.frames) if first is None else first
        loaded = totals[..., first : first + len(self.roles.pairs)]
        neutral = totals[..., first + len(self.roles.pairs) :][..., self.roles.pairs[:, 1]]
        return loaded, loaded + neutral

    def shares(self, totals: Array, support: Array | None = None) -> Array:
        """Choice shares by frame, standardised to `mix` over pairs with opportunities (and in `support`)."""
        if totals.ndim > 1 and len(totals) > _ROWS:  # what a processor's cache holds, at a time
            parts = [totals[i : i + _ROWS] for i in range(0, len(totals), _ROWS)]
            return np.concatenate([self.shares(part, support) for part in parts])
        loaded, total = self.choices(totals)
        usable = total > 0 if support is None else (total > 0) & support
        weight = usable * self.mix
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.by_frame(weight * loaded / total, usable) / self.by_frame(weight)

    def effective(self, totals: Array, support: Array | None = None) -> Array:
        """Opportunities that a standardised share rests on were they independent (Kish)."""
        _, total = self.choices(totals)
        usable = total > 0 if support is None else (total > 0) & support
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = self.by_frame(self.mix**2 / total, usable)
            return self.by_frame(usable * self.mix) ** 2 / spread


def roles_in_parts(roles: Roles, articles: int) -> Iterator[Roles]:
    """Part many frames (or terms) so that the sheet of each part stays small.

    Parameters
    ----------
    roles : Roles
        What terms count for.
    articles : int
        How many rows the sheets have.

    Yields
    ------
    Roles
        For some of the frames, in their order.
    """
    size = min(_FRAMES, max(1, _SHEET // max(articles, 1)))
    for start in range(0, len(roles.frames), size):
        own = (roles.pairs[:, 0] >= start) & (roles.pairs[:, 0] < start + size)
        yield replace(
            roles,
            frames=roles.frames[start : start + size],
            loaded=roles.loaded[:, start : start + size],
            pairs=roles.pairs[own] - [start, 0],
            chosen=roles.chosen[:, own],
        )


def sheet_of(counted: Tally, mix: Array | None = None, roles: Roles | None = None) -> Sheet:
    """Return the matrix of a tally, its articles sorted by `doc_id` so that row order never matters.

    Parameters
    ----------
    counted : Tally
        Counts.
    mix : ndarray, optional
        Opportunities by pair to standardise shares to; by default those of these articles together.
    roles : Roles, optional
        What terms count for; by default for frames.

    Returns
    -------
    Sheet
        See there.
    """
    roles = roles_of(counted.lexicon) if roles is None else roles
    doc_ids = counted.articles["doc_id"].astype(str).to_numpy(dtype=object)
    order = np.argsort(doc_ids, kind="stable")
    rows = counted.take(order)
    parts = [rows.words[:, None], *(rows.by(m) for m in (roles.loaded, roles.chosen, roles.neutral))]
    cells = np.column_stack(parts).astype(float)
    sheet = Sheet(
        doc_ids[order],
        order,
        cells,
        sparse.csr_array(rows.by(roles.neutral_of_frames())),
        sparse.csr_array(rows.by(roles.chosen_of_frames())),
        roles,
        np.ones(len(roles.pairs)),
    )
    corpus = sheet.choices(cells.sum(axis=0))[1] if mix is None else np.asarray(mix, float)
    return replace(sheet, mix=corpus)


def resample(cells: Array, doc_ids: Array, resamples: int, seed: int) -> Array:
    """Column totals of resamples of the articles, as one weight matrix times the counts.

    Parameters
    ----------
    cells : ndarray, articles x columns
        Counts.
    doc_ids : ndarray of str
        Their articles, sorted. The draws depend on them and on the seed only: not on the order of rows, the
        name of the group, or Python's hash seed.
    resamples, seed : int
        How many, and the seed.

    Returns
    -------
    ndarray, resamples x columns
        Totals.
    """
    m = len(cells)
    key = zlib.crc32("\n".join(doc_ids).encode("utf-8", "surrogatepass"))
    rng = np.random.default_rng([seed, key, m])
    totals = np.empty((resamples, cells.shape[1]))
    counts: Any = sparse.csr_array(cells) if np.count_nonzero(cells) < 0.1 * cells.size else cells
    for rows in chunks(resamples, m):
        n = rows.stop - rows.start
        drawn = rng.integers(0, m, size=(n, m)) + m * np.arange(n)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=n * m).reshape(n, m).astype(float)
        totals[rows] = weights @ counts
    return totals


def chunks(resamples: int, articles: int) -> Iterator[slice]:
    """Slices of the resamples whose weight matrix stays small.

    Parameters
    ----------
    resamples, articles : int
        Shape of the whole weight matrix.

    Yields
    ------
    slice
        Of the resamples.
    """
    step = max(1, min(resamples, _CELLS // max(articles, 1)))
    for start in range(0, resamples, step):
        yield slice(start, min(start + step, resamples))


@dataclass(frozen=True)
class Measure:
    """A group's rates and shares by frame; bounds as (low, high). Rates are per word."""

    articles: int
    words: float
    mentions: Array
    rate: Array
    size: Array
    rate_bounds: tuple[Array, Array]
    neutral: Array
    opportunities: Array
    share: Array
    totals: Array
    draws: Array
    count_scale: Array
    with_choice: Array
    sheet: Sheet
    level: float
    support: Array | None

    @property
    def median(self) -> Array:
        """Middle of the rate's interval, positive also without a mention."""
        return intervals.rate_median(
            self.mentions / self.count_scale, self.words / self.count_scale, self.size
        )

    @cached_property
    def share_bounds(self) -> tuple[Array, Array]:
        """Intervals of the shares."""
        return self._share_bounds(self.support)

    def shares_on(self, support: Array) -> tuple[Array, tuple[Array, Array]]:
        """Return shares and bounds over some pairs only, so that two groups are held against the same."""
        if self.support is None and not (~support & (self.sheet.choices(self.totals)[1] > 0)).any():
            return self.share, self.share_bounds
        return self.sheet.shares(self.totals, support), self._share_bounds(support)

    def _share_bounds(self, support: Array | None) -> tuple[Array, Array]:
        sheet = self.sheet
        share, most = sheet.shares(self.totals, support), sheet.effective(self.totals, support)
        spread = _variance(sheet.shares(self.draws, support), self.articles)
        return intervals.clustered_share_interval(share, spread, most, self.with_choice, self.level)


def measure(
    sheet: Sheet,
    rows: Array,
    *,
    weights: Array | None = None,
    resamples: int = 2000,
    seed: int = 0,
    level: float = 0.95,
    support: Array | None = None,
) -> Measure:
    """Measure one group of articles.

    Parameters
    ----------
    sheet : Sheet
        Counts.
    rows : ndarray
        The group's rows, ascending.
    weights : ndarray, optional
        A weight for each of these rows (topic adjustment).
    resamples, seed : int
        Of the bootstrap over articles that gives the variances.
    level : float
        Width of the intervals.
    support : ndarray of bool, optional
        Pairs that shares may use.

    Returns
    -------
    Measure
        Intervals are NaN for a group of one article: between-article variation cannot be seen there.

    Notes
    -----
    Rates are ratios of sums, with the interval of a negative binomial total whose size comes from the
    bootstrap variance (`intervals.total_size`, `intervals.clustered_rate_interval`). Weighted counts are
    scaled by sum(w^2 k) / sum(w k) first, as in Fay & Feuer (1997, Statistics in Medicine 16, 791-801).
    Shares: `intervals.clustered_share_interval`.
    """
    cells, m = sheet.cells[rows], len(rows)
    weighted = cells if weights is None else cells * weights[:, None]
    totals = weighted.sum(axis=0)
    draws = resample(weighted, sheet.doc_ids[rows], resamples, seed) if m > 1 else totals[None, :]
    return summarise(sheet, rows, totals, draws, weights, level, support)


def summarise(
    sheet: Sheet,
    rows: Array,
    totals: Array,
    draws: Array,
    weights: Array | None = None,
    level: float = 0.95,
    support: Array | None = None,
) -> Measure:
    """Turn totals and their resamples into a `Measure`; `measure` explains.

    Parameters
    ----------
    sheet, rows, weights, level, support
        As for `measure`.
    totals : ndarray
        Column totals of the group.
    draws : ndarray, resamples x columns
        The same of each resample.

    Returns
    -------
    Measure
        See there.
    """
    mentions, words = totals[1 : 1 + len(sheet.roles.frames)], float(totals[0])
    size, bounds, scale = _rate_interval(sheet, rows, totals, draws, weights, level)
    plain = np.ones(len(rows)) if weights is None else weights
    neutral, chosen = sheet.neutral[rows], sheet.chosen[rows]
    return Measure(
        articles=len(rows),
        words=words,
        mentions=mentions,
        rate=sheet.rates(totals),
        size=size,
        rate_bounds=bounds,
        neutral=plain @ neutral,
        opportunities=plain @ (neutral + chosen),
        share=sheet.shares(totals, support),
        totals=totals,
        draws=draws,
        count_scale=scale,
        with_choice=((neutral + chosen) > 0).sum(axis=0),
        sheet=sheet,
        level=level,
        support=support,
    )


def _rate_interval(sheet, rows, totals, draws, weights, level):
    m, own = len(rows), sheet.mentions[rows]
    mentions, words = totals[1 : 1 + own.shape[1]], float(totals[0])
    scale = np.ones(len(mentions))
    if m < 2:
        empty = np.full(len(mentions), np.nan)
        return np.full(len(mentions), np.inf), (empty, empty.copy()), scale
    seen = None
    if weights is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            scale = np.where(mentions > 0, (weights**2 @ own) / (weights @ own), 1.0)
    elif m < MANY_ARTICLES:
        seen = intervals.likelihood_dispersion(own, sheet.words[rows])
    variance = _variance(sheet.rates(draws), m)
    size = intervals.total_size(mentions / scale, words / scale, variance, m, likelihood=seen, level=level)
    return size, intervals.clustered_rate_interval(mentions / scale, words / scale, size, level), scale


def _variance(draws: Array, articles: int) -> Array:
    """Bootstrap variance by column, with the m / (m - 1) that the bootstrap lacks; 0 where all is NaN."""
    variance = np.zeros(draws.shape[1])
    known = ~np.isnan(draws).all(axis=0)
    variance[known] = np.nanvar(draws[:, known], axis=0) * articles / max(articles - 1, 1)
    return variance


def table_of(sheet: Sheet, one: Measure, keys: dict[str, object], enough: Array) -> pd.DataFrame:
    """Return a `Measure` as rows, one a frame, with the group's key columns first.

    Parameters
    ----------
    sheet : Sheet
        For the frames.
    one : Measure
        The group.
    keys : dict
        Column to value.
    enough : ndarray of bool
        By frame.

    Returns
    -------
    DataFrame
        ``<keys> frame articles words mentions rate rate_low rate_high neutral share share_low share_high
        enough``; rates per 1,000 words.
    """
    columns = {
        **{key: [value] * len(sheet.roles.frames) for key, value in keys.items()},
        "frame": sheet.roles.frames,
        "articles": one.articles,
        "words": round(one.words),
        "mentions": np.rint(one.mentions).astype(int),
        "rate": 1000 * one.rate,
        "rate_low": 1000 * one.rate_bounds[0],
        "rate_high": 1000 * one.rate_bounds[1],
        "neutral": np.rint(one.neutral).astype(int),
        "share": one.share,
        "share_low": one.share_bounds[0],
        "share_high": one.share_bounds[1],
        "enough": enough,
    }
    return pd.DataFrame(columns)
