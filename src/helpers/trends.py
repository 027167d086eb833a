"""Rates and choice shares over time, and whether they changed between two spans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.articles import as_articles
from helpers.between import compare_groups
from helpers.lexicon import Lexicon
from helpers.scores import ChoicePrior, score
from helpers.strata import read_dates
from helpers.tallies import as_list, need

FREQUENCIES = {
    "D": "day",
    "W": "week",
    "M": "month",
    "Q": "quarter",
    "Y": "year",
    "5Y": "five years",
    "10Y": "decade",
}


def trend(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    freq: str = "M",
    *,
    by: str | Sequence[str] | None = None,
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
    part: str = "body",
    mentions: pd.DataFrame | None = None,
    baseline: ChoicePrior | None = None,
    level: float = 0.95,
    min_words: int = 1000,
    min_articles: int = 3,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Follow rates and choice shares over time.

    Parameters
    ----------
    articles : DataFrame
        With ``date``. Articles without a date are left out, with a warning.
    lexicon : Lexicon
        Terms.
    freq : {"D", "W", "M", "Q", "Y", "5Y", "10Y"}
        Days, weeks, months, quarters, years, or spans of five or ten years that begin with a round one.
    by : str or list of str, optional
        Columns of groups to follow each by itself.
    voice, target, part, mentions, baseline, level, resamples, seed : optional
        As for `score`.
    min_words, min_articles : int
        Periods with less text have `enough` False: a gap in the chart.

    Returns
    -------
    DataFrame
        ``period`` (first day), the `by` columns, ``frame articles words mentions rate rate_low rate_high
        neutral share share_low share_high enough opportunities``, sorted by period. Every period between the
        first and the last has its rows, those without an article too (0 words, NaN, `enough` False).

    Raises
    ------
    ValueError
        If the column is missing, a date cannot be read or is absurd (the row is named), or `freq` is unknown.
    """
    frame, dates = _dated(articles)
    if freq not in FREQUENCIES:
        known = ", ".join(f"{key} ({name})" for key, name in FREQUENCIES.items())
        raise ValueError(f"freq={freq!r} is not one of {known}")
    groups = [] if by is None else as_list(by)
    for column in groups:
        need(frame, column, "articles", "name one of these in `by`")
    frame = frame.assign(period=_period_starts(dates, freq))
    options: dict[str, Any] = {"voice": voice, "target": target, "part": part, "baseline": baseline}
    options |= {"level": level, "resamples": resamples, "seed": seed}
    if mentions is not None:
        options["mentions"] = mentions[mentions["doc_id"].isin(frame["doc_id"])]
    table = score(
        frame, lexicon, by=["period", *groups], min_words=min_words, min_articles=min_articles, **options
    )
    attrs = table.attrs
    table = _with_gaps(table, dates, freq, groups)
    first = ["period", *groups, "frame", "articles"]
    table = table[[*first, *(c for c in table.columns if c not in first)]]
    table.attrs = {**attrs, "freq": freq}
    return table


def _dated(articles: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    import warnings

    frame = as_articles(articles)
    need(frame, "date", "articles", "read them with columns={'date': 'your column'}")
    missing = frame["date"].isna()
    if missing.all():
        raise ValueError("no article has a date; name the column with read_articles(columns={'date': …})")
    if missing.any():
        warnings.warn(
            f"{int(missing.sum()):,} of {len(frame):,} articles have no date and are left out", stacklevel=3
        )
        frame = frame[~missing].reset_index(drop=True)
    return frame, read_dates(frame)


def _period_starts(dates: pd.Series, freq: str) -> pd.Series:
    """The first day of each date's period."""
    if freq not in ("5Y", "10Y"):
        return dates.dt.to_period(freq).dt.start_time
    span = int(freq[:-1])
    return pd.to_datetime((dates.dt.year // span * span).astype(str) + "-01-01")


def _with_gaps(table: pd.DataFrame, dates: pd.Series, freq: str, groups: list[str]) -> pd.DataFrame:
    """Give every period its rows, in the order of period, group and frame."""
    starts = _period_starts(dates, freq)
    if freq in ("5Y", "10Y"):
        years = range(starts.min().year, starts.max().year + 1, int(freq[:-1]))
        periods = pd.DatetimeIndex([f"{year}-01-01" for year in years])
    else:
        periods = pd.period_range(starts.min(), starts.max(), freq=freq).start_time
    periods = periods.as_unit(starts.dt.unit)
    frames = list(dict.fromkeys(table["frame"]))
    keys = table[groups].drop_duplicates() if groups else pd.DataFrame(index=[0])
    grid = keys.merge(pd.DataFrame({"frame": frames, "_frame": range(len(frames))}), how="cross")
    grid = pd.DataFrame({"period": periods}).merge(grid, how="cross")
    full = grid.merge(table, on=["period", *groups, "frame"], how="left")
    counts = ["articles", "words", "mentions", "neutral", "opportunities"]
    full[counts] = full[counts].fillna(0).astype(np.int64)
    full["enough"] = full["enough"].eq(True)
    return full.sort_values(["period", *groups, "_frame"]).drop(columns="_frame").reset_index(drop=True)


def change(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    before: tuple[Any, Any],
    after: tuple[Any, Any],
    **options: Any,
) -> pd.DataFrame:
    """Test whether rates and shares changed between two spans of time.

    Parameters
    ----------
    articles : DataFrame
        With ``date``.
    lexicon : Lexicon
        Terms.
    before, after : tuple of dates
        First and last day of each span, inclusive; they must not overlap.
    **options
        As for `compare_groups` (``adjust_for=``, ``mentions=``, ``seed=`` …).

    Returns
    -------
    DataFrame
        The rows of `compare_groups` for ``after``, its reference being ``before``: a ``ratio`` above 1 is a
        rise. ``span`` says which days.

    Raises
    ------
    ValueError
        If a date cannot be read, the spans overlap, or one has no article.
    """
    frame, dates = _dated(articles)
    spans = [_span(before, "before"), _span(after, "after")]
    if spans[0][1] >= spans[1][0] and spans[1][1] >= spans[0][0]:
        raise ValueError(f"the spans overlap: before={before}, after={after}")
    names = [f"{start:%Y-%m-%d} to {end:%Y-%m-%d}" for start, end in spans]
    span = pd.Series(pd.NA, index=frame.index, dtype="str")
    for (start, end), name in zip(spans, names, strict=True):
        inside = dates.between(start, end + pd.Timedelta(days=1), inclusive="left")
        if not inside.any():
            raise ValueError(
                f"no article falls between {name}; the articles' dates run from "
                f"{dates.min():%Y-%m-%d} to {dates.max():%Y-%m-%d}"
            )
        span[inside] = name
    frame = frame.assign(span=span)[span.notna()].reset_index(drop=True)
    if options.get("mentions") is not None:
        options["mentions"] = options["mentions"][options["mentions"]["doc_id"].isin(frame["doc_id"])]
    result = compare_groups(frame, lexicon, "span", reference=names[0], **options)
    attrs = result.attrs
    result = result[result["span"].eq(names[1])].reset_index(drop=True)
    result.attrs = attrs
    return result


def _span(span: tuple[Any, Any], name: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    try:
        start, end = (pd.Timestamp(day).normalize() for day in span)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{name}={span!r} is not a pair of dates such as ('2014-01-01', '2014-12-31')"
        ) from error
    if pd.isna(start) or pd.isna(end) or start > end:
        raise ValueError(f"{name}={span!r}: the first day must not come after the last")
    return start, end
