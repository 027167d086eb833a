"""Counts dealt out anew over articles that differ in length: what a permutation test of rates draws from."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

Array = np.ndarray
#: Articles whose lengths lie within this factor of each other count as equally long.
_STEP = np.log(1.1)
#: With more than this part of the articles drawn, it is quicker to let all of them race.
_RACE = 0.6


@dataclass(frozen=True)
class Deck:
    """Articles in cells of one stratum, one group and one length, among which counts are dealt.

    Attributes
    ----------
    order : ndarray of int, articles
        Rows of the articles, by cell.
    cell : ndarray of int, articles
        Their cells.
    article_bounds, cell_bounds : ndarray of int, strata + 1
        Where each stratum begins, and the last one ends.
    length, code, size : ndarray of int, cells
        Number of the length, group, and articles.
    words : ndarray, cells
        Mean words of the cell's articles.
    typical : ndarray, lengths
        Mean words of all articles of that length.
    """

    order: Array
    cell: Array
    article_bounds: Array
    cell_bounds: Array
    length: Array
    code: Array
    size: Array
    words: Array
    typical: Array

    @property
    def words_by_article(self) -> Array:
        """Mean words of each article's cell, in the order of the articles."""
        out = np.empty(len(self.order))
        out[self.order] = self.words[self.cell]
        return out


def deck_of(words: Array, codes: Array, strata: Array | None = None) -> Deck:
    """Sort articles into cells.

    Parameters
    ----------
    words, codes : ndarray, articles
        Words, and groups 0, 1, 2 …
    strata : ndarray of int, articles, optional
        Counts are dealt out within strata only.

    Returns
    -------
    Deck
        See there.
    """
    n = words.astype(float)
    steps = np.floor(np.log(np.maximum(n, 1.0)) / _STEP).astype(np.int64)
    steps[n == 0] = -1
    _, length = np.unique(steps, return_inverse=True)
    groups = np.zeros(len(n), dtype=np.int64) if strata is None else strata
    keys = np.column_stack([groups, codes, length])
    cells, cell = np.unique(keys, axis=0, return_inverse=True)
    cell = cell.ravel()
    order = np.argsort(cell, kind="stable")

    def bounds(of: Array) -> Array:
        return np.concatenate([[0], np.flatnonzero(np.diff(of)) + 1, [len(of)]])

    size = np.bincount(cell)
    return Deck(
        order=order,
        cell=cell[order].astype(np.int32),
        article_bounds=bounds(groups[order]),
        cell_bounds=bounds(cells[:, 0]),
        length=cells[:, 2].astype(np.int32),
        code=cells[:, 1].astype(np.int32),
        size=size,
        words=np.bincount(cell, weights=n) / size,
        typical=np.bincount(length, weights=n) / np.bincount(length),
    )


def deal_counts(
    deck: Deck,
    counts: Array,
    n_groups: int,
    contrasts: tuple[Array, Array] | None,
    resamples: int,
    seed: tuple[int, ...],
) -> Array:
    """Deal the counts of one frame out anew, and sum them by group or by side of each contrast.

    Parameters
    ----------
    deck : Deck
        Articles.
    counts : ndarray, articles
        Mentions; at least one.
    n_groups : int
        How many groups there are.
    contrasts : tuple of ndarray, optional
        Groups, and contrasts x articles: a weight for the other side, alike in a stratum; 0 leaves it out.
    resamples : int
        Dealings.
    seed : tuple of int
        Of the draws.

    Returns
    -------
    ndarray
        Dealings x groups x 3: sums of k, k^2 and k n. With contrasts, dealings x contrasts x 6: the same of
        the group, then of the other side with weights w, w^2 and w^2.

    Notes
    -----
    Were all articles equally long, this would be the plain permutation of labels over articles. They are
    not, and an outlet that writes short would then be tested by whether its mentions stand where articles are
    short. So labels and words stay, and the counts move, each to an article of its stratum:

    - Which articles hold a mention at all: drawn without replacement, article j with weight
      a log(1 + n_j / b), minus the log of its chance of none if rates are Gamma(a, b) over articles: in
      proportion to its words, where mentions are rare.
    - How many: a count keeps its quantile among the counts of articles that have one, and takes the value
      which that quantile has at the new article's length. At the same length it stays as it is.

    a and b are those of all the articles together, the dispersion 1 / a by moments. Lengths within a tenth
    count as the same.
    """
    from helpers._dealt import deal

    k, n = counts[deck.order].astype(float), deck.words[deck.cell]
    rate = k.sum() / n.sum()
    dispersion = max(0.0, float(((k - rate * n) ** 2).sum() - k.sum()) / (rate**2 * float(n @ n)))
    at = _shuffled(np.flatnonzero(k), deck, seed)
    weights = _weights(deck.typical, rate, dispersion)[deck.length]
    widest = deck.typical.max() / max(1.0, deck.typical.min())
    survival = _survival(deck.typical, rate, dispersion, int(k.max() * min(10.0, widest) + 10))
    home, value = deck.length[deck.cell[at]], k[at].astype(int)
    hand_bounds = np.searchsorted(np.sort(at), deck.article_bounds)
    own, sides = np.zeros(0, dtype=np.int64), np.zeros((0, len(deck.size)))
    if contrasts is not None:
        own = np.asarray(contrasts[0], dtype=np.int64)
        first = deck.order[np.searchsorted(deck.cell, np.arange(len(deck.size)))]
        sides = np.ascontiguousarray(contrasts[1][:, first], dtype=float)
    groups = np.zeros((resamples, n_groups, 3))
    pairs = np.zeros((resamples, len(own), 6))
    deal(
        np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1),
        (deck.article_bounds, deck.cell_bounds, hand_bounds),
        _chances(deck, weights, np.diff(hand_bounds)),
        (value, home, survival[home, value], survival[home, value - 1]),
        (deck.length, deck.words, deck.code, deck.size),
        survival,
        (own, sides),
        groups,
        pairs,
    )
    return groups if contrasts is None else pairs


def _shuffled(at: Array, deck: Deck, seed: tuple[int, ...]) -> Array:
    """Places of the articles with a mention, in random order within each stratum."""
    key = np.random.default_rng(seed).random(len(at))
    return at[np.lexsort((key, np.searchsorted(deck.article_bounds, at, side="right")))]


def _weights(words: Array, rate: float, dispersion: float) -> Array:
    """Minus the log of an article's chance of no mention."""
    return np.log1p(dispersion * rate * words) / dispersion if dispersion > 0 else rate * words


def _survival(words: Array, rate: float, dispersion: float, top: int) -> Array:
    """Lengths x counts from 0 to `top`: the chance of more, among articles that have 1 to `top` mentions."""
    k, mean = np.arange(1.0, top), rate * np.maximum(words, 1.0)[:, None]
    # P(k + 1) / P(k), of the negative binomial or Poisson distribution
    steps = mean * (1 + dispersion * k) / ((1 + dispersion * mean) * (k + 1))
    logs = np.cumsum(np.log(steps), axis=1)
    chances = np.ones((len(words), top))
    chances[:, 1:] = np.exp(logs - np.maximum(logs.max(axis=1, keepdims=True), 0.0))
    chances[:, 0] = np.exp(-np.maximum(logs.max(axis=1), 0.0))
    more = np.zeros((len(words), top + 1))
    more[:, :-1] = np.cumsum(chances[:, ::-1], axis=1)[:, ::-1]
    return more / more[:, :1]


def _chances(deck: Deck, weights: Array, wanted: Array) -> tuple[Array, ...]:
    """Weights and cells of the articles; of the cells, by stratum, cumulative weights and guide; whether to race."""
    from helpers._dealt import guide_of

    total = weights * deck.size
    cumulative, guide = np.ones(len(total)), np.zeros(len(total), dtype=np.int32)
    racing = np.zeros(len(wanted), dtype=bool)
    for s, (start, stop) in enumerate(pairwise(deck.cell_bounds)):
        if not wanted[s]:
            continue
        w, size = weights[start:stop], deck.size[start:stop]
        racing[s] = wanted[s] > _RACE * (w @ size) ** 2 / (w**2 @ size)
        cumulative[start:stop] = np.cumsum(total[start:stop]) / total[start:stop].sum()
        cumulative[stop - 1] = 1.0
        guide[start:stop] = guide_of(cumulative[start:stop])
    return weights[deck.cell], deck.cell, cumulative, guide, racing
