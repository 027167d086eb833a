"""Groups of articles compared: each against the rest, or against a named one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from helpers.evenness import deviation_of_proportions, top_share
from helpers.groups import Measure, Sheet, measure, roles_in_parts, sheet_of, summarise, table_of
from helpers.intervals import difference_interval, false_discovery, ratio_interval
from helpers.lexicon import LOADED, Lexicon
from helpers.permute import Contrast, permutation_p
from helpers.roles import roles_of
from helpers.scores import ChoicePrior
from helpers.strata import strata_of
from helpers.tallies import Tally, as_list, group_codes, tally

Array = np.ndarray
_LAST = ("dispersion", "top3_share", "enough", "rate_other", "share_other", "neutral", "matched_articles")


_RATES = ("ratio", "low", "high", "difference", "difference_low", "difference_high")
_SHARES = ("share_difference", "share_difference_low", "share_difference_high")
_BETWEEN = (*_RATES, *_SHARES, "rate_other", "share_other")


@dataclass(frozen=True)
class Options:
    """What every step of a comparison needs to know."""

    level: float
    resamples: int
    seed: int
    min_words: int
    min_articles: int


def compare_groups(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    by: str | Sequence[str],
    *,
    per: str = "frame",
    reference: Any = None,
    adjust_for: str | Sequence[str] | None = None,
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    part: str = "body",
    mentions: pd.DataFrame | None = None,
    baseline: ChoicePrior | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    min_words: int = 100,
    min_articles: int = 5,
) -> pd.DataFrame:
    """Compare groups of articles: rates and choice shares of each against all the others.

    Parameters
    ----------
    articles : DataFrame
        With the columns named in `by`. Articles without a value there are left out, with a warning.
    lexicon : Lexicon
        Terms; ``a | b`` or ``Lexicon.load_all()`` for several at once.
    by : str or list of str
        Columns that make the groups: outlet, author, party, period …
    per : {"frame", "term"}
        One row a group and frame, or a group and loaded term (the column is then called ``term``). Terms
        that no article has get no row; ``attrs["terms_without_mention"]`` says how many they are.
    reference : value or tuple of values, optional
        Compare with this group instead of all the others together.
    adjust_for : str or list of str, optional
        Compare within strata of these columns, such as ``"topic"``; of them ``"text"`` means clusters of
        articles that are alike in their words, with the lexicon's terms masked. Of both sides only
        articles in strata that both have are compared (``matched_articles`` of the group's), and the other
        side is weighted to the group's strata.
    voice, target, part, mentions : optional
        As for `score`.
    baseline : Baseline, optional
        Shares are standardised to its mix of concepts, instead of to that of all the articles.
    level : float
        Width of the intervals.
    resamples, seed : int
        Of the bootstrap and of the permutations. No p is below 1 / (resamples + 1): raise `resamples` for
        tables of thousands of rows.
    min_words, min_articles : int
        With less text on either side, `enough` is False.

    Returns
    -------
    DataFrame
        One row a group and frame (or term):
        the `by` columns, ``frame articles words mentions rate rate_low rate_high``: the group itself;
        ``ratio low high``: its rate over the others', with interval;
        ``difference difference_low difference_high``: of the two rates, per 1,000 words;
        ``share share_low share_high``: choice share, standardised over concepts;
        ``share_difference share_difference_low share_difference_high``: from the others', over the
        concepts that both name;
        ``p q share_p share_q``: by permutation over articles; q by Benjamini-Hochberg over the table;
        ``dispersion``: Gries' normalised DP, 0 even, 1 all in one article; ``top3_share``: part of the
        mentions that the three most frequent terms make up;
        ``enough``; ``rate_other share_other``: what it is compared with; ``neutral``; ``matched_articles``.
        A group of one article has NaN intervals and p, and `enough` False; so have the rows of the reference.

    Raises
    ------
    ValueError
        If there is one group only, the reference is not among them, or a column is missing.

    Notes
    -----
    The article is the unit. Rates are ratios of sums; variances from `resamples` bootstrap draws of articles
    as one weight matrix times the counts; intervals by `groups.measure`; ratios and differences by the method
    of variance estimates recovery (`intervals.difference_interval`); p by `permute.permutation_p`, which leaves
    each article its words. Nothing depends on the order of rows, the names of groups, or Python's hash seed.
    """
    columns = as_list(by)
    counted = tally(articles, lexicon, mentions=mentions, part=part, voice=voice, target=target)
    codes, keys = group_codes(counted.articles, columns)
    counted, codes = counted.take(np.flatnonzero(codes >= 0)), codes[codes >= 0]
    other = _reference(keys, columns, reference)
    options = Options(level, resamples, seed, min_words, min_articles)
    silent = 0
    if per == "term":
        counted, silent = _mentioned(counted)
    mix = None if baseline is None or per == "term" else baseline.mix(lexicon)
    roles = roles_of(counted.lexicon, per)
    strata = None if adjust_for is None else strata_of(counted, adjust_for, columns)
    compared = [
        _compared(counted, sheet_of(counted, mix, part), codes, keys, other, strata, options)
        for part in ([roles] if per == "frame" else roles_in_parts(roles, len(codes)))
    ]
    tables = [table for of_group in zip(*compared, strict=True) for table in of_group]
    result = pd.concat(tables, ignore_index=True).astype({"frame": "str"})
    result["q"], result["share_q"] = false_discovery(result["p"]), false_discovery(result["share_p"])
    last = ["p", "q", "share_p", "share_q", *_LAST]
    result = result[[*(str(c) for c in result if c not in last), *last]]
    if per == "term":
        result = result.rename(columns={"frame": "term"})
    result.attrs = {
        "lexicon": lexicon.to_json(),
        "filters": {"voice": voice, "target": target, "part": part},
        "by": columns,
        "reference": None if other is None else [str(v) for v in keys.iloc[other]],
        "adjust_for": adjust_for,
        "resamples": resamples,
        "seed": seed,
    }
    if per == "term":
        result.attrs["terms_without_mention"] = silent
    return result


def _compared(
    counted: Tally,
    sheet: Sheet,
    codes: Array,
    keys: pd.DataFrame,
    other: int | None,
    strata: Array | None,
    options: Options,
) -> list[pd.DataFrame]:
    """One table a group, of the frames of this sheet."""
    codes = codes[sheet.order]
    strata = None if strata is None else strata[sheet.order]
    groups = [measure(sheet, np.flatnonzero(codes == g), **_draws(options)) for g in range(len(keys))]
    sides = _sides(sheet, codes, groups, other, strata, options)
    p, share_p = _p_values(sheet, codes, len(keys), other, strata, sides, options)
    totals = [np.asarray(counted.counts[sheet.order[codes == g]].sum(axis=0)) for g in range(len(keys))]
    top3 = top_share(np.array(totals), sheet.roles)
    tables = []
    for g, one in enumerate(groups):
        table = _rows(sheet, one, sides[g], keys.iloc[g].to_dict(), options)
        table["p"], table["share_p"] = p[g], share_p[g]
        table["dispersion"] = deviation_of_proportions(sheet.mentions[codes == g], sheet.words[codes == g])
        table["top3_share"] = top3[g]
        tables.append(table)
    return tables


def correct_anew(rows: pd.DataFrame) -> pd.DataFrame:
    """Correct q for some rows of a comparison only, as where a question was asked of them by themselves.

    Parameters
    ----------
    rows : DataFrame
        From `compare_groups`: the rows of one frame, say. They must be chosen before looking at the figures, or
        q promises too much.

    Returns
    -------
    DataFrame
        The same with ``q`` and ``share_q`` anew, by Benjamini-Hochberg within each frame (or term).
    """
    out = rows.copy()
    frames = rows.groupby("frame" if "frame" in rows else "term", sort=False)
    for p, q in (("p", "q"), ("share_p", "share_q")):
        out[q] = frames[p].transform(lambda values: false_discovery(values.to_numpy()))
    out.attrs = dict(rows.attrs)
    return out


def _mentioned(counted: Tally) -> tuple[Tally, int]:
    """Leave out loaded terms that no article has, and phrases that are only there to be ignored; count the former."""
    lexicon = counted.lexicon
    seen = np.asarray(counted.counts.sum(axis=0)).ravel() > 0
    stances = lexicon.terms.groupby("term")["stance"].agg(set).reindex(lexicon.patterns)
    loaded = np.array([bool(s & set(LOADED)) for s in stances])
    neutral = np.array(["neutral" in s for s in stances])
    keep = neutral | (loaded & seen)
    if not (loaded & seen).any() or keep.all():
        return counted, 0
    dropped = [pattern for pattern, kept in zip(lexicon.patterns, keep, strict=True) if not kept]
    part = lexicon.without(dropped)
    return replace(counted, counts=counted.counts[:, np.flatnonzero(keep)], lexicon=part), int(
        (loaded & ~keep).sum()
    )


def _draws(options: Options) -> dict[str, Any]:
    return {"resamples": options.resamples, "seed": options.seed, "level": options.level}


def _reference(keys: pd.DataFrame, by: list[str], reference: Any) -> int | None:
    names = [tuple(row) for row in keys.itertuples(index=False)]
    shown = ", ".join(" / ".join(map(str, name)) for name in names[:20])
    if len(names) < 2:
        raise ValueError(
            f"column {' and '.join(by)} makes one group only ({shown}); compare at least two, or "
            "hold it against neutral coverage with compare_to_baseline()"
        )
    if reference is None:
        return None
    wanted = tuple(reference) if isinstance(reference, list | tuple) else (reference,)
    if wanted not in names:
        raise ValueError(f"reference {reference!r} is not among the groups of {' and '.join(by)}: {shown}")
    return names.index(wanted)


@dataclass(frozen=True)
class Side:
    """A group (its matched part) and what it is compared with."""

    own: Measure
    other: Measure
    weights: Array | None
    matched: int


def _sides(
    sheet: Sheet,
    codes: Array,
    groups: list[Measure],
    other: int | None,
    strata: Array | None,
    options: Options,
) -> list[Side | None]:
    """For each group the two sides of its comparison; None for the reference itself, or without a match."""
    total = sum(one.totals for one in groups)
    drawn = sum(np.broadcast_to(one.draws, (options.resamples, one.draws.shape[1])) for one in groups)
    sides: list[Side | None] = []
    for g, one in enumerate(groups):
        if g == other:
            sides.append(None)
        elif strata is not None:
            sides.append(_adjusted(sheet, codes, g, other, strata, options))
        elif other is not None:
            sides.append(Side(one, groups[other], None, one.articles))
        else:
            rest = summarise(
                sheet, np.flatnonzero(codes != g), total - one.totals, drawn - one.draws, level=options.level
            )
            sides.append(Side(one, rest, None, one.articles))
    return sides


def _adjusted(
    sheet: Sheet, codes: Array, g: int, other: int | None, strata: Array, options: Options
) -> Side | None:
    """Match on strata, the other side weighted to the group's (Iacus, King & Porro 2012)."""
    mine = codes == g
    theirs = codes != g if other is None else codes == other
    top = int(strata.max()) + 1
    n_mine, n_theirs = (np.bincount(strata[side], minlength=top) for side in (mine, theirs))
    both = (n_mine > 0) & (n_theirs > 0)
    if not both.any():
        return None
    weight = np.where(both, n_mine / np.maximum(n_theirs, 1), 0.0)
    weights = np.where(theirs, weight[strata], 0.0) + (mine & both[strata])
    own_rows = np.flatnonzero(mine & both[strata])
    other_rows = np.flatnonzero(theirs & both[strata])
    own = measure(sheet, own_rows, **_draws(options))
    rest = measure(sheet, other_rows, weights=weight[strata[other_rows]], **_draws(options))
    # The weight that a row would have on the other side: it hangs on its stratum, not on its label.
    return Side(own, rest, np.where(weights > 0, weight[strata], 0.0), len(own_rows))


def _p_values(
    sheet: Sheet,
    codes: Array,
    n_groups: int,
    other: int | None,
    strata: Array | None,
    sides: list[Side | None],
    options: Options,
) -> tuple[Array, Array]:
    shape = (n_groups, len(sheet.roles.frames))
    rate, share = np.full(shape, np.nan), np.full(shape, np.nan)
    tested = [g for g, side in enumerate(sides) if side is not None and side.own.articles > 1]
    draws = {"resamples": options.resamples, "seed": options.seed}
    if other is None:
        contrasts = [Contrast(g, side.weights) for g in tested if (side := sides[g]) is not None]
        if contrasts:
            rate[tested], share[tested] = permutation_p(sheet, codes, contrasts, strata=strata, **draws)
        return rate, share
    for g in tested:
        rows = np.flatnonzero((codes == g) | (codes == other))
        side = sides[g]
        weights = None if side is None or side.weights is None else side.weights[rows]
        pair = sheet.rows(rows)
        within = None if strata is None else strata[rows]
        one = permutation_p(pair, codes[rows], [Contrast(g, weights)], strata=within, **draws)
        rate[g], share[g] = one[0][0], one[1][0]
    return rate, share


def _rows(
    sheet: Sheet, one: Measure, side: Side | None, keys: dict[Any, Any], options: Options
) -> pd.DataFrame:
    enough = _enough(one, options)
    table = table_of(sheet, one, keys, enough)
    neutral = table.pop("neutral")
    empty = np.full(len(table), np.nan)
    between = dict.fromkeys(_BETWEEN, empty)
    matched = 0
    if side is not None:
        between, matched = _between(sheet, side), side.matched
        enough = enough & _enough(side.own, options) & _enough(side.other, options)
    own = ["share", "share_low", "share_high"]
    first = [c for c in table.columns if c not in own and c != "enough"]
    table = pd.concat([table, pd.DataFrame(between)], axis=1)
    table = table[[*first, *_RATES, *own, *_SHARES, "rate_other", "share_other"]]
    return table.assign(
        neutral=neutral, matched_articles=matched, enough=enough if side is not None else False
    )


def _enough(one: Measure, options: Options) -> Array:
    """Enough text, and an opportunity; frames that no neutral term stands against have rates only."""
    frames = np.arange(len(one.opportunities))
    opportunity = (one.opportunities > 0) | ~np.isin(frames, one.sheet.roles.pairs[:, 0])
    return opportunity & (one.words >= options.min_words) & (one.articles >= options.min_articles)


def _between(sheet: Sheet, side: Side) -> dict[str, Array]:
    one, two = side.own, side.other
    low, high = ratio_interval(one.median, one.rate_bounds, two.median, two.rate_bounds)
    down, up = difference_interval(one.rate, one.rate_bounds, two.rate, two.rate_bounds)
    support = (sheet.choices(one.totals)[1] > 0) & (sheet.choices(two.totals)[1] > 0)
    mine, my_bounds = one.shares_on(support)
    theirs, their_bounds = two.shares_on(support)
    share_low, share_high = difference_interval(mine, my_bounds, theirs, their_bounds)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = one.rate / two.rate
    return {
        "ratio": ratio,
        "low": np.where(np.isnan(ratio), np.nan, low),
        "high": np.where(np.isnan(ratio), np.nan, high),
        "difference": 1000 * (one.rate - two.rate),
        "difference_low": 1000 * down,
        "difference_high": 1000 * up,
        "share_difference": mine - theirs,
        "share_difference_low": share_low,
        "share_difference_high": share_high,
        "rate_other": 1000 * two.rate,
        "share_other": theirs,
    }
