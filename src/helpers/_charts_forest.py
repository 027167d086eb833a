"""Rows with intervals against a line: ratios, groups, one result under several baselines."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_findings import (
    TOP,
    baseline_name,
    cut_rows,
    difference_axis,
    join,
    order_rows,
    said_row,
    size_of,
    standing,
    verdict_keys,
    without_absent,
)
from helpers._chart_marks import (
    draw_baseline,
    draw_interval,
    draw_mark,
    ratio_limits,
    ratio_ticks,
    set_ticks,
    too_little,
)
from helpers._chart_rows import Row, row_sheet
from helpers._chart_sheet import Sheet, Words
from helpers._chart_words import (
    CLEARLY,
    LACKING,
    NBSP,
    count,
    humanise,
    in_sentence,
    labels_of,
    look_of,
    need,
    number,
    plural,
    points,
    sentence,
    span_text,
    verdict,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def ratio_forest(
    comparison: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw each row's ratio to the baseline with its interval, on a log axis against the line at 1.

    Parameters
    ----------
    comparison : pandas.DataFrame
        As `compare_to_baseline` returns it, for one article, several, or groups: frame, words, mentions,
        ratio, low, high, q, enough; what stands before ``frame`` names the rows.
    source, width, ax, title, period, top
        As for `baseline_position`.

    Returns
    -------
    matplotlib.axes.Axes
        Ratios run along x on a log scale: twice as often stands as far from 1 as half as often.
    """
    columns = ["frame", "words", "mentions", "ratio", "low", "high"]
    table = need(comparison, columns, "ratio_forest", "compare_to_baseline")
    table, absent = without_absent(table, [verdict(row) for _, row in table.iterrows()])
    words = Words(
        "", "", source, "times the baseline’s rate (log scale)", kind="Forest chart of ratios to a baseline"
    )
    return _forest(
        order_rows(table, "ratio"),
        words,
        measure=join(
            "Rate of loaded mentions as a multiple of the baseline’s, with 95% intervals",
            period or "",
            size_of(table),
            f"Baseline: {baseline_name(table)}",
            absent,
        ),
        noun="frame" if len(table) == len(set(table["frame"])) else "row",
        line="the baseline",
        columns=("ratio", "low", "high"),
        place=(ax, width, title, top),
    )


def groups_forest(
    groups: pd.DataFrame,
    *,
    source: str,
    frame: str | None = "all",
    measure: str = "ratio",
    against: str = "the rest",
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
    sort: bool = True,
) -> "Axes":
    """Draw groups with intervals against the rest, one row a group.

    Parameters
    ----------
    groups : pandas.DataFrame
        As `compare_groups` returns it: the columns that name the group, then frame, articles, words,
        mentions, ratio, low, high, difference, difference_low, difference_high, q, enough.
    source : str
        Where the figures come from; written at the foot.
    frame : str or None, default "all"
        The frame to draw; None draws every frame of every group.
    measure : {"ratio", "difference", "share_difference"}, default "ratio"
        What to hold against the line: the ratio to the others' rate (line at 1), the difference of the rates
        per 1,000 words, or of the choice shares (line at 0).
    against : str, default "the rest"
        What the groups were compared with, as a sentence names it.
    width, ax, title, period, top
        As for `baseline_position`.
    sort : bool, default True
        Highest first; False keeps the table's own order, such as that of time.

    Returns
    -------
    matplotlib.axes.Axes
        The measure runs along x.
    """
    measures = {
        "ratio": ("ratio", "low", "high", f"times the rate of {against} (log scale)"),
        "difference": (
            "difference",
            "difference_low",
            "difference_high",
            f"mentions per 1,000 words more or fewer than {against}",
        ),
        "share_difference": (
            "share_difference",
            "share_difference_low",
            "share_difference_high",
            f"choice share above or below that of {against}, in percentage points",
        ),
    }
    if measure not in measures:
        raise ValueError(f"measure: one of {', '.join(measures)}, not {measure!r}")
    *columns, axis = measures[measure]
    table = need(groups, ["frame", "words", "mentions", *columns], "groups_forest", "compare_groups")
    if frame is not None:
        if frame not in set(table["frame"]):
            raise ValueError(
                f"frame: {frame!r} is not in the table; it has {', '.join(sorted(set(table['frame'])))}"
            )
        table = table[table["frame"] == frame].reset_index(drop=True)
    what = (
        "loaded mentions"
        if frame in (None, "all")
        else f"mentions of the frame {in_sentence(humanise(frame))}"
    )
    said = {
        "ratio": f"Rate of {what} as a multiple of {against}’s"
        if against != "the rest"
        else f"Rate of {what} as a multiple of the rest’s",
        "difference": f"Difference in {what} per 1,000 words from {against}",
        "share_difference": f"Share of loaded choices less that of {against}, in percentage points",
    }[measure]
    return _forest(
        order_rows(table, columns[0]) if sort else table,
        Words("", "", source, axis, kind="Forest chart of groups"),
        measure=join(f"{said}, with 95% intervals", period or "", size_of(table)),
        noun="frame" if frame is None and 1 < len(table) == len(set(table["frame"])) else "group",
        line=against,
        columns=tuple(columns),
        place=(ax, width, title, top),
        about="" if frame in (None, "all") else f"{sentence(humanise(frame))}: ",
    )


def swap_test(
    table: pd.DataFrame,
    *,
    source: str,
    frame: str | None = "all",
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw how the result moves when the baseline is swapped, one row a baseline.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a baseline and frame: baseline, frame, words, mentions, ratio, low, high, enough.
    source : str
        Where the figures come from; written at the foot.
    frame : str or None, default "all"
        The frame to draw; None draws all, one after the other.
    width, ax, title, period, top
        As for `baseline_position`.

    Returns
    -------
    matplotlib.axes.Axes
        Ratios run along x on a log scale.
    """
    columns = ["baseline", "frame", "ratio", "low", "high"]
    table = need(table, columns, "swap_test", "the swap test")
    if frame is not None and frame in set(table["frame"]):
        table = table[table["frame"] == frame].reset_index(drop=True)
    kinds = [verdict(row) for _, row in table.iterrows()]
    names = [humanise(name) for name in table["baseline"]]
    several = len(table["frame"].unique()) > 1
    labels = [
        f"{name} · {in_sentence(humanise(kind))}" if several else name
        for name, kind in zip(names, table["frame"], strict=True)
    ]
    return _forest(
        table,
        Words(
            "",
            "",
            source,
            "times the baseline’s rate (log scale)",
            kind="Forest chart of one result under each baseline",
        ),
        measure=join(
            "Rate of loaded mentions as a multiple of each baseline’s, with 95% intervals",
            period or "",
            plural(table["words"].max(), "word") if "words" in table and len(table) else "",
        ),
        noun="baseline",
        line="the baseline",
        columns=("ratio", "low", "high"),
        place=(ax, width, title or _swap_finding(kinds), top),
        labels=labels,
    )


def _swap_finding(kinds: Sequence[str]) -> str:
    told = [kind for kind in kinds if kind not in LACKING]
    if not told:
        return "Too little text to compare under any baseline"
    if len(kinds) == 1:
        return "Only one baseline: nothing to swap it with"
    names = {"above": "clearly above", "below": "clearly below", "unclear": "not clearly different"}
    if len(set(told)) == 1 and len(told) == len(kinds):
        return f"The result holds under all {len(kinds)} baselines: {names[told[0]]}"
    parts = [f"{names[kind]} under {told.count(kind)}" for kind in names if kind in told]
    return f"The result depends on the baseline: {', '.join(parts)} of {len(kinds)}"


def _forest(
    table: pd.DataFrame,
    words: Words,
    *,
    measure: str,
    noun: str,
    line: str,
    columns: tuple[str, ...],
    place: tuple[Any, ...],
    labels: Sequence[str] | None = None,
    about: str = "",
) -> "Axes":
    """Draw rows with intervals against a line: at 1 on a log axis for ratios, at 0 for differences."""
    value, low, high = columns
    ax, width, title, top = place
    at = 1.0 if value == "ratio" else 0.0
    write = points if value.startswith("share") else number
    names = list(labels) if labels is not None else labels_of(table)
    q = "share_q" if value.startswith("share") else "q"
    kinds = [verdict(row, low=low, high=high, q=q, line=at) for _, row in table.iterrows()]
    shown, cut = cut_rows(table, top, noun)
    same = "words" in shown and len(shown["words"].unique()) == 1
    rows = [
        Row(name, _forest_value(row, columns, kind, write, same))
        for name, kind, (_, row) in zip(names, kinds, shown.iterrows(), strict=False)
    ]
    words.title = title or _forest_finding(table, names, kinds, noun, line, about)
    corrected = q in table and bool(table[q].notna().any())
    words.subtitle = join(measure, cut, CLEARLY if corrected and set(kinds) - set(LACKING) else "")
    words.keys = verdict_keys(kinds, line)
    sheet = Sheet(ax, width, words)
    drawn = row_sheet(sheet, rows, mark=13, top=13)
    lows, values, highs = (shown[name].to_numpy(float, na_value=math.nan) for name in (low, value, high))
    if at == 1:
        ends = ratio_limits(list(values), list(lows), list(highs))
        drawn.ax.set_xscale("log")
        drawn.ax.set_xlim(*ends)
        set_ticks(drawn.ax, *ratio_ticks(*ends, sheet.plot_width))
    else:
        difference_axis(drawn.ax, sheet, np.concatenate([lows, values, highs]), write)
    draw_baseline(drawn.ax, sheet, at, line.removeprefix("the ") if line == "the baseline" else line)
    for y, kind, a, x, b in zip(drawn.y, kinds, lows, values, highs, strict=False):
        if kind in LACKING or np.isnan(x):
            too_little(drawn.ax, y, why=LACKING.get(kind, "not known"))
            continue
        draw_interval(drawn.ax, a, b, y, look_of(kind))
        if np.isfinite(x) and (at == 0 or x > 0):  # no mention on a side bounds a ratio, and is none
            draw_mark(drawn.ax, x, y, look_of(kind))
    return sheet.finish(
        [said_row(row.label, row.value, kind) for row, kind in zip(rows, kinds, strict=False)], shown
    )


def _forest_finding(
    table: pd.DataFrame, names: Sequence[str], kinds: Sequence[str], noun: str, line: str, about: str
) -> str:
    """Word which rows stand clearly apart from the line; where nothing was mentioned at all, say that."""
    if len(table) and "mentions" in table and not table["mentions"].fillna(1).any():
        return f"{about}no mention in any {noun}" if about else f"No {noun} has a mention"
    return about + standing(names, kinds, noun=noun, line=line, proper=noun != "frame")


def _forest_value(row: Any, columns: tuple[str, ...], kind: str, write: Any, same_words: bool) -> str:
    value, low, high = columns
    behind = ""
    if {"mentions", "words"} <= set(row.index):
        behind = f"{count(row['mentions'])} in {plural(row['words'], 'word')}"
        behind = plural(row["mentions"], "mention") if same_words else behind
        behind = behind.replace(" ", NBSP)  # a number stays with its noun
    if kind in LACKING:
        return behind
    sign = "×" if value == "ratio" else ""
    if value == "ratio" and not 0 < row[value] < math.inf:
        bound = f"at most ×{write(row[high])}" if row[value] == 0 else f"at least ×{write(row[low])}"
        return f"{bound}, {behind}{'' if row[value] == 0 else ', none to compare with'}"
    unit = " points" if write is points else ""
    result = f"{sign}{write(row[value])}{unit} ({span_text(row[low], row[high], write)})"
    return f"{result}, {behind}" if behind else result
