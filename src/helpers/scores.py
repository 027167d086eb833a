"""Rates and choice shares of articles and of groups of articles, with their intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any, Protocol

import numpy as np
import pandas as pd

from helpers.articles import as_articles
from helpers.groups import measure, resample, sheet_of, table_of
from helpers.intervals import clustered_share_interval, rate_interval, share_interval
from helpers.lexicon import Lexicon
from helpers.roles import roles_of
from helpers.tallies import (
    Tally,
    as_list,
    chosen_mentions,
    count_mentions,
    found_mentions,
    group_codes,
    need,
    tally,
    words_of,
)

#: Columns of `mentions` that `by` may name; all others are looked for in `articles`.
MENTION_COLUMNS = ("voice", "target", "speaker", "target_how")


class ChoicePrior(Protocol):
    """What `score` asks of a baseline."""

    def share_priors(self, lexicon: Lexicon) -> list[tuple[float, float]]:
        """Beta prior of the choice share, by frame."""
        ...

    def mix(self, lexicon: Lexicon) -> np.ndarray:
        """Opportunities by (frame, concept) pair."""
        ...


def score(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    by: str | Sequence[str] | None = None,
    *,
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    part: str = "body",
    mentions: pd.DataFrame | None = None,
    baseline: ChoicePrior | None = None,
    level: float = 0.95,
    min_words: int = 100,
    min_articles: int = 2,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Score articles, or groups of articles: rate and choice share by frame.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        Terms.
    by : str or list of str, optional
        Columns of the articles (``outlet``, ``author`` …) or of their mentions (``voice, target, speaker,
        part``) that make the groups; one row an article by default. Words are always those of the whole
        part, so the rates of the voices add up to the rate of all.
    voice, target : str or list of str, optional
        Count only mentions in these voices, or of these targets.
    part : {"body", "title", "all"}
        Which part of the articles.
    mentions : DataFrame, optional
        From `find_mentions` with the same articles and lexicon, so as not to find them again.
    baseline : Baseline, optional
        Gives the choice shares of articles its Beta prior (the share is then the posterior's mean), and
        those of groups its mix of concepts. Without: Jeffreys' prior, and the mix of all the articles.
    level : float
        Width of the intervals.
    min_words, min_articles : int
        With less text than this, `enough` is False.
    resamples, seed : int
        Of the bootstrap over articles (groups only).

    Returns
    -------
    DataFrame
        ``doc_id`` or the `by` columns, ``frame words mentions rate rate_low rate_high neutral share
        share_low share_high enough opportunities articles``: one row for frame ``all`` and for each loaded
        frame of the lexicon. `rate` is loaded mentions per 1,000 words; `neutral` are the neutral mentions
        of the concepts that the frame names, `opportunities` those and the loaded ones. Where there is no
        opportunity the share is NaN and `enough` False. ``attrs["lexicon"]`` and ``attrs["filters"]`` say
        what was counted.

    Raises
    ------
    TypeError
        If something is not articles or not a Lexicon.
    ValueError
        For a missing column, an unknown voice or part, or mentions of other articles.

    Notes
    -----
    Article: Gamma posterior of the rate, Beta posterior of the share (`intervals.rate_interval`,
    `intervals.share_interval`). Group: ratio of sums, and shares standardised over concepts,
    sum_c w_c L_c / (L_c + N_c) / sum_c w_c, so that writing more about rulers than about governments does
    not move the share; both clustered by article (`groups.measure`). A concept without a neutral term in the
    lexicon leaves no choice and stays out of shares.

    Examples
    --------
    >>> lexicon = Lexicon(pd.DataFrame({
    ...     "term": ["government*", "regime*"], "concept": "government",
    ...     "frame": ["", "illegitimacy"], "stance": ["neutral", "critical"]}))
    >>> scores = score("The regime fell. The government had left.", lexicon, min_words=5)
    >>> scores[["frame", "words", "mentions", "neutral", "share", "enough"]].values.tolist()
    [['all', 7, 1, 1, 0.5, True], ['illegitimacy', 7, 1, 1, 0.5, True]]
    """
    columns = ["doc_id"] if by is None else as_list(by)
    filters = {"voice": voice, "target": target, "part": part}
    tables = []
    for extra, counted in _slices(articles, lexicon, columns, filters, mentions):
        own = [c for c in columns if c not in extra]
        if own == ["doc_id"] or "doc_id" in own:
            table = _of_articles(counted, own, level, min_words, baseline)
        else:
            mix = None if baseline is None else baseline.mix(lexicon)
            options = {"level": level, "resamples": resamples, "seed": seed}
            table = _of_groups(counted, own, mix, min_words, min_articles, options)
        tables.append(table.assign(**{c: [value] * len(table) for c, value in extra.items()}))
    result = pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
    result = result[[*columns, *(c for c in result.columns if c not in columns)]]
    result.attrs = _made_with(lexicon, filters, columns)
    return result


def _made_with(lexicon: Lexicon, filters: dict[str, Any], by: list[str]) -> dict[str, Any]:
    """Note what a table of scores was made with, so that it can be held against a baseline."""
    used = {key: as_list(value) if value is not None else None for key, value in filters.items()}
    return {"lexicon": lexicon.to_json(), "filters": used | {"part": filters["part"]}, "by": by}


def _slices(
    articles: Any, lexicon: Lexicon, by: list[str], filters: dict[str, Any], mentions: pd.DataFrame | None
) -> Iterator[tuple[dict[str, Any], Tally]]:
    """Yield the counts of each combination of the mentions' columns in `by`; one, if there are none."""
    split = [c for c in by if c in MENTION_COLUMNS or c == "part"]
    if not split:
        yield {}, tally(articles, lexicon, mentions=mentions, **filters)
        return
    frame = as_articles(articles)
    if not isinstance(lexicon, Lexicon):
        tally(frame, lexicon)  # raises
    part = filters["part"]
    if "part" in split and part == "body":
        part = "all" if "title" in frame else "body"
    found = mentions if mentions is not None else found_mentions(frame, lexicon, part)
    found = chosen_mentions(found, part, filters["voice"], filters["target"])
    for column in split:
        need(found, column, "mentions", "find them with annotate=True")
    levels = [_levels(found[c]) for c in split]
    for values in product(*levels):
        keep = np.ones(len(found), dtype=bool)
        for column, value in zip(split, values, strict=True):
            same = found[column].isna() if value is None else found[column].eq(value).fillna(False)
            keep &= same.to_numpy(dtype=bool)
        key = dict(zip(split, values, strict=True))
        counted_part = key.get("part", part)
        rows = found[keep]
        here = frame
        if "doc_id" in by and "target" in split:
            here = frame[frame["doc_id"].isin(rows["doc_id"])].reset_index(drop=True)
            if here.empty:
                continue
        yield key, count_mentions(here, lexicon, rows, words_of(here, counted_part))


def _levels(column: pd.Series) -> list[Any]:
    values: list[Any] = sorted(column.dropna().unique().tolist())
    return [*values, None] if column.isna().any() or not values else values


def _of_articles(
    counted: Tally, keys: list[str], level: float, min_words: int, baseline: ChoicePrior | None
) -> pd.DataFrame:
    roles = roles_of(counted.lexicon)
    mentions = counted.by(roles.loaded)
    neutral = counted.by(roles.neutral_of_frames())
    chosen = counted.by(roles.chosen_of_frames())
    total = neutral + chosen
    words = counted.words[:, None].astype(float)
    low, high = rate_interval(mentions, words, level)
    prior: tuple[Any, Any] = (0.5, 0.5)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, share = mentions / words, chosen / total
    if baseline is not None:
        a, b = np.array(baseline.share_priors(counted.lexicon)).T
        prior, share = (a, b), np.where(total > 0, (a + chosen) / (a + b + total), np.nan)
    share_low, share_high = share_interval(chosen, total, prior, level)
    n, f = mentions.shape
    for column in keys:
        need(counted.articles, column, "articles", "name one of these in `by`")
    return pd.DataFrame(
        {
            **{c: counted.articles[c].repeat(f).reset_index(drop=True) for c in keys},
            "frame": np.tile(np.array(roles.frames, dtype=object), n),
            "words": counted.words.repeat(f),
            "mentions": mentions.astype(np.int64).ravel(),
            "rate": 1000 * rate.ravel(),
            "rate_low": 1000 * low.ravel(),
            "rate_high": 1000 * high.ravel(),
            "neutral": neutral.astype(np.int64).ravel(),
            "share": share.ravel(),
            "share_low": share_low.ravel(),
            "share_high": share_high.ravel(),
            "enough": ((words >= min_words) & (total > 0)).ravel(),
            "opportunities": total.astype(np.int64).ravel(),
            "articles": np.ones(n * f, dtype=np.int64),
        }
    ).astype({"frame": "str"})


def _of_groups(
    counted: Tally,
    by: list[str],
    mix: np.ndarray | None,
    min_words: int,
    min_articles: int,
    options: dict[str, Any],
) -> pd.DataFrame:
    sheet = sheet_of(counted, mix)
    codes, keys = np.zeros(len(counted.words), dtype=int), pd.DataFrame(index=[0])
    if by:
        codes, keys = group_codes(counted.articles, by)
    codes = codes[sheet.order]
    tables = []
    for group in range(len(keys)):
        one = measure(sheet, np.flatnonzero(codes == group), **options)
        enough = (one.opportunities > 0) & (one.words >= min_words) & (one.articles >= min_articles)
        table = table_of(sheet, one, {c: keys[c].iloc[group] for c in by}, enough)
        articles = table.pop("articles")
        tables.append(table.assign(opportunities=one.opportunities.astype(int), articles=articles))
    return pd.concat(tables, ignore_index=True).astype({"frame": "str"})


def score_concepts(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    by: str | Sequence[str] | None = None,
    *,
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    part: str = "body",
    mentions: pd.DataFrame | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Count the choices made for each concept.

    Parameters
    ----------
    articles, lexicon, by, voice, target, part, mentions, level, resamples, seed
        As for `score`.

    Returns
    -------
    DataFrame
        ``doc_id`` or the `by` columns, ``concept critical neutral favourable loaded share share_low
        share_high enough``: one row for each concept of the lexicon. The share is loaded / (loaded +
        neutral); it is NaN, and `enough` False, where the concept is not named or has no neutral term in
        the lexicon.

    Raises
    ------
    ValueError
        As `score`.
    """
    columns = ["doc_id"] if by is None else as_list(by)
    filters = {"voice": voice, "target": target, "part": part}
    tables = []
    for extra, counted in _slices(articles, lexicon, columns, filters, mentions):
        own = [c for c in columns if c not in extra]
        table = _concepts(counted, own, level, resamples, seed)
        tables.append(table.assign(**{c: [value] * len(table) for c, value in extra.items()}))
    result = pd.concat(tables, ignore_index=True)
    result = result[[*columns, *(c for c in result.columns if c not in columns)]]
    result.attrs = _made_with(lexicon, filters, columns)
    return result


def _concepts(counted: Tally, by: list[str], level: float, resamples: int, seed: int) -> pd.DataFrame:
    roles = roles_of(counted.lexicon)
    order = np.argsort(counted.articles["doc_id"].astype(str).to_numpy(dtype=object), kind="stable")
    doc_ids = counted.articles["doc_id"].astype(str).to_numpy(dtype=object)
    loaded_role = np.maximum(roles.critical, roles.favourable)
    counts = {
        "critical": counted.by(roles.critical),
        "neutral": counted.by(roles.neutral),
        "favourable": counted.by(roles.favourable),
        "loaded": counted.by(loaded_role),
    }
    if "doc_id" in by:
        groups = [np.array([i]) for i in range(len(doc_ids))]
        keys = counted.articles[by]
    elif by:
        codes, keys = group_codes(counted.articles, by)
        groups = [order[codes[order] == group] for group in range(len(keys))]
    else:
        keys, groups = pd.DataFrame(index=[0]), [order]
    choice = (roles.neutral.sum(axis=0) > 0) & (loaded_role.sum(axis=0) > 0)
    sums = {name: np.array([matrix[rows].sum(axis=0) for rows in groups]) for name, matrix in counts.items()}
    total = np.where(choice, sums["loaded"] + sums["neutral"], 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(total > 0, sums["loaded"] / total, np.nan)
    low, high = share_interval(sums["loaded"], total, level=level)
    if "doc_id" not in by:
        cells = np.column_stack([counts["loaded"], counts["neutral"]])
        for group, rows in enumerate(groups):
            bounds = _concept_bounds(cells[rows], doc_ids[rows], share[group], level, resamples, seed)
            low[group], high[group] = bounds
    n = len(roles.concepts)
    return pd.DataFrame(
        {
            **{c: keys[c].repeat(n).reset_index(drop=True) for c in by},
            "concept": np.tile(np.array(roles.concepts, dtype=object), len(groups)),
            **{name: matrix.astype(np.int64).ravel() for name, matrix in sums.items()},
            "share": share.ravel(),
            "share_low": low.ravel(),
            "share_high": high.ravel(),
            "enough": (total > 0).ravel(),
        }
    ).astype({"concept": "str"})


def _concept_bounds(
    cells: np.ndarray, doc_ids: np.ndarray, share: np.ndarray, level: float, resamples: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Intervals of one group's shares by concept, clustered by article."""
    n, m = len(share), len(cells)
    total = cells[:, :n] + cells[:, n:]
    draws = resample(cells, doc_ids, resamples, seed)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = draws[:, :n] / (draws[:, :n] + draws[:, n:])
    spread = np.zeros(n)
    known = ~np.isnan(shares).all(axis=0)
    spread[known] = np.nanvar(shares[:, known], axis=0) * m / max(m - 1, 1)
    low, high = np.full(n, np.nan), np.full(n, np.nan)
    for j in np.flatnonzero(~np.isnan(share)):
        with_one = int((total[:, j] > 0).sum())
        low[j], high[j] = clustered_share_interval(share[j], spread[j], total[:, j].sum(), with_one, level)
    return low, high
