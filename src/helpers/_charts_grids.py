"""Heat maps: targets by frames, events by outlets."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_findings import TOP, baseline_name, join, one_article, without_absent
from helpers._chart_marks import (
    contrasting,
    put_text,
    shade,
)
from helpers._chart_sheet import BASE, Key, Sheet, Words
from helpers._chart_words import (
    GREY,
    INK,
    LINE,
    RULE,
    Look,
    count,
    enough,
    humanise,
    in_sentence,
    listing,
    need,
    number,
    plural,
    span_text,
    widest,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass
class Grid:
    """A table of cells: what is written in each (None: no such cell), how dark (NaN: too little text)."""

    rows: list[str]
    columns: list[str]
    texts: list[list[str | None]]
    shades: list[list[float]]
    corner: str = ""


def target_heatmap(
    scores_by_target: pd.DataFrame,
    *,
    source: str,
    intervals: bool = False,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw which targets are named in which frames: counts in the cells, rates as shades.

    Parameters
    ----------
    scores_by_target : pandas.DataFrame
        As ``score(..., by="target")`` returns it: target, frame, words, mentions, rate, enough; with rate_low
        and rate_high for the intervals, and baseline_rate where there is one, which becomes the last row.
    source : str
        Where the figures come from; written at the foot.
    intervals : bool, default False
        Write each rate's 95% interval below the count.
    width : {"two", "one"} or float, default "two"
        Printed width: two columns (170 mm), one (85 mm), or millimetres.
    ax : matplotlib.axes.Axes, optional
        Axes whose place the chart takes; without it a figure of the right size is made.
    title : str, optional
        Heading instead of the finding that is worded from the table.
    period : str, optional
        When the text is from, for the subtitle.
    top : int or None, default 40
        Most targets to draw, those with the most mentions first; None draws all.

    Returns
    -------
    matplotlib.axes.Axes
        Frames run along x, targets along y. Frames that have no room are left out, those with the fewest
        mentions first, and the subtitle says so.
    """
    columns = ["target", "frame", "mentions", "rate"] + (["rate_low", "rate_high"] if intervals else [])
    table = need(scores_by_target, columns, "target_heatmap", "score(..., by='target')")
    table, absent = without_absent(table[table["target"].notna()].reset_index(drop=True))
    one_article(table, "target_heatmap")
    targets = _by_total(table[table["frame"] == "all"] if "all" in set(table["frame"]) else table, "target")
    frames = _by_total(table, "frame", first="all")
    has_baseline = "baseline_rate" in table and bool(table["baseline_rate"].notna().any())
    grid = _grid(table, "target", "frame", targets[:top], frames, intervals=intervals)
    if has_baseline:
        base = table.groupby("frame")["baseline_rate"].first()
        grid.rows.append("Baseline, per 1,000 words")
        grid.texts.append([number(base.get(frame, math.nan)) for frame in frames])
        grid.shades.append([float(base.get(frame, math.nan)) for frame in frames])
    words = Words(
        title or _target_finding(table, targets),
        join(
            "Number in a cell: loaded mentions. Shade: mentions per 1,000 words"
            + (", with 95% intervals" if intervals else ""),
            period or "",
            plural(table["words"].max(), "word") if "words" in table and len(table) else "",
            absent,
            f"Baseline: {baseline_name(table)}" if has_baseline else "",
            ""
            if top is None or len(targets) <= top
            else f"The first {top} of {len(targets)} targets; all in the table",
        ),
        source,
        kind="Heat map of targets by frames",
    )
    return _draw_grid(grid, words, ax, width, table, "frame", last_apart=has_baseline)


def event_heatmap(
    table: pd.DataFrame,
    *,
    source: str,
    frame: str = "all",
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw how loaded each outlet's coverage of each event is: rates in the cells and as shades.

    Parameters
    ----------
    table : pandas.DataFrame
        Scores by event and outlet: event, outlet, mentions, rate, enough; with frame, of which one is drawn,
        and baseline_rate where there is one, which becomes the last row.
    source : str
        Where the figures come from; written at the foot.
    frame : str, default "all"
        The frame to draw, where the table has several.
    width, ax, title, period
        As for `target_heatmap`.
    top : int or None, default 40
        Most events to draw: those that most outlets write about and, among these, those with most mentions, in
        the table's order; None draws all.

    Returns
    -------
    matplotlib.axes.Axes
        Outlets run along x, events along y. An empty cell is an event that the outlet has no article on.
    """
    table = need(
        table, ["event", "outlet", "mentions", "rate"], "event_heatmap", "score(..., by=['event', 'outlet'])"
    )
    if "frame" in table:
        table = table[table["frame"] == frame].reset_index(drop=True)
    events = list(dict.fromkeys(table["event"]))
    outlets = _by_total(table, "outlet")
    grid = _grid(table, "event", "outlet", _most_covered(table, events, top), outlets, rates=True)
    has_baseline = "baseline_rate" in table and bool(table["baseline_rate"].notna().any())
    if has_baseline:
        base = float(table["baseline_rate"].mean())
        grid.rows.append("Baseline")
        grid.texts.append([number(base)] * len(outlets))
        grid.shades.append([base] * len(outlets))
    what = "Loaded mentions" if frame == "all" else f"Mentions of the frame {in_sentence(humanise(frame))}"
    words = Words(
        title or _event_finding(table),
        join(
            f"{what} per 1,000 words (number and shade)",
            period or "",
            f"{plural(len(events), 'event')}, {plural(len(outlets), 'outlet')}",
            f"{plural(table['words'].sum(), 'word')}" if "words" in table else "",
            f"Baseline: {baseline_name(table)}" if has_baseline else "",
            ""
            if top is None or len(events) <= top
            else f"The {top} of {len(events)} events with most outlets, then most mentions; all in the table",
        ),
        source,
        kind="Heat map of events by outlets",
    )
    return _draw_grid(grid, words, ax, width, table, "outlet", last_apart=has_baseline)


def _most_covered(table: pd.DataFrame, events: list[Any], top: int | None) -> list[Any]:
    """Keep the `top` events that most outlets write about, then those with most mentions, in the order given."""
    if top is None or len(events) <= top:
        return events
    by_event = table.groupby("event", sort=False).agg(
        outlets=("outlet", "nunique"), mentions=("mentions", "sum")
    )
    kept = set(by_event.sort_values(["outlets", "mentions"], ascending=False, kind="stable").index[:top])
    return [event for event in events if event in kept]


def _by_total(table: pd.DataFrame, column: str, first: str | None = None) -> list[Any]:
    """Order a column's values by their mentions, ties as they came; `first` before all."""
    totals = table.groupby(column, sort=False)["mentions"].sum().sort_values(ascending=False, kind="stable")
    names = list(totals.index)
    return [name for name in names if name == first] + [name for name in names if name != first]


def _grid(
    table: pd.DataFrame,
    rows: str,
    columns: str,
    row_names: Sequence[Any],
    column_names: Sequence[Any],
    *,
    intervals: bool = False,
    rates: bool = False,
) -> Grid:
    cells = {(row[rows], row[columns]): row for _, row in table.iterrows()}
    texts: list[list[str | None]] = []
    shades: list[list[float]] = []
    for name in row_names:
        found = [cells.get((name, other)) for other in column_names]
        texts.append([_cell_text(cell, intervals, rates) for cell in found])
        shades.append([_cell_shade(cell) for cell in found])
    return Grid([humanise(n) for n in row_names], [humanise(n) for n in column_names], texts, shades)


def _cell_text(cell: Any, intervals: bool, rates: bool) -> str | None:
    if cell is None:
        return None
    told = enough(cell) and pd.notna(cell["rate"])
    if rates:
        return number(cell["rate"]) if told else ""
    text = _short(cell["mentions"])
    if intervals and told and pd.notna(cell["rate_low"]):
        text += "\n" + span_text(cell["rate_low"], cell["rate_high"])
    return text


def _short(n: float) -> str:
    """Write a count so that it fits a cell: 950, 12k, 3.4m."""
    for unit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if n >= 10 * unit or (n >= unit and unit > 1e3):
            return f"{n / unit:.3g}{letter}"
    return count(n)


def _cell_shade(cell: Any) -> float:
    return float(cell["rate"]) if cell is not None and enough(cell) and pd.notna(cell["rate"]) else math.nan


def _draw_grid(
    grid: Grid,
    words: Words,
    ax: "Axes | None",
    width: str | float,
    table: pd.DataFrame,
    noun: str,
    *,
    last_apart: bool,
) -> "Axes":
    words.keys = (
        [Key("too little text", Look("s", RULE, hatch="////"), "hatch")] if _has_unclear(grid) else []
    )
    sheet = Sheet(ax, width, words)
    left = min(widest(grid.rows), (0.4 if sheet.narrow else 0.3) * sheet.inner) + 6
    lines = [line for row in grid.texts for text in row if text for line in text.split("\n")]
    fit = max(int((sheet.inner - left) // max(widest(lines) + 5, LINE + 2)), 1)
    if len(grid.columns) > fit:
        words.subtitle = join(
            words.subtitle, f"The first {fit} of {len(grid.columns)} {noun}s; all are in the table"
        )
        sheet = Sheet(ax, width, words)
    columns = grid.columns[:fit]
    cell = min((sheet.inner - left) / max(len(columns), 1), 80.0)
    heads, head_room, turned = _column_heads(columns, cell)
    labels = [wrap(name, left - 6, most=3) for name in grid.rows]
    tall = max([1, *(text.count("\n") + 1 for row in grid.texts for text in row if text)])
    heights = [max(len(label), tall) * LINE + 6 for label in labels]
    gap = 5.0 if last_apart else 0.0
    body = sum(heights) + gap if heights else 20.0
    right = sheet.inner - left - cell * len(columns) if columns else 0.0
    ax = sheet.open(left=left, right=right, top=head_room, bottom=4, body=body)
    ax.set_xlim(0, max(len(columns), 1))
    ax.set_ylim(body, 0)
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    _draw_rows(ax, sheet, grid, labels, heights, len(columns), gap)
    _write_heads(sheet, heads, cell, turned)
    if not grid.rows or not columns:
        middle = sheet.bottom + body / 2
        sheet.write(sheet.left, middle, "nothing to draw", part="too-little", color=GREY, style="italic")
    return sheet.finish(_grid_said(grid), table)


def _has_unclear(grid: Grid) -> bool:
    """Whether a cell holds a text but no shade: too little was there to shade it by."""
    return any(
        text is not None and np.isnan(shade)
        for texts, shades in zip(grid.texts, grid.shades, strict=True)
        for text, shade in zip(texts, shades, strict=True)
    )


def _draw_rows(
    ax: "Axes",
    sheet: Sheet,
    grid: Grid,
    labels: Sequence[Sequence[str]],
    heights: Sequence[float],
    columns: int,
    gap: float,
) -> None:
    """Draw each row's label and cells; `gap` is left above the last row."""
    most = max((s for line in grid.shades for s in line if math.isfinite(s)), default=0.0)
    top = 0.0
    for place, (label, height) in enumerate(zip(labels, heights, strict=True)):
        top += gap if place == len(heights) - 1 else 0.0
        for i, line in enumerate(label):
            y = top + height / 2 + (i - (len(label) - 1) / 2) * LINE + BASE
            across = ax.get_yaxis_transform()
            put_text(ax, -6 / sheet.plot_width, y, line, part="label", transform=across, ha="right")
        for column in range(columns):
            box = (column, top, 1.0, height)
            _draw_cell(ax, box, grid.texts[place][column], grid.shades[place][column], most)
        top += height


def _grid_said(grid: Grid) -> list[str]:
    """What the alt text says of each row."""
    said = [
        f"{name}: "
        + ", ".join(
            f"{c} {t or 'too little text'}" for c, t in zip(grid.columns, row, strict=True) if t is not None
        )
        for name, row in zip(grid.rows, grid.texts, strict=True)
    ]
    return [text.replace("\n", " ") for text in said]


def _column_heads(columns: Sequence[str], cell: float) -> tuple[list[list[str]], float, bool]:
    """Wrap the columns' names into their cells, or turn them where a word has no room."""
    words = [word for name in columns for word in name.split()]
    if widest(words) <= cell - 4:
        heads = [wrap(name, cell - 4, most=3) for name in columns]
        return heads, max((len(head) for head in heads), default=1) * LINE + 4, False
    longest = 110.0
    heads = [wrap(name, longest, most=max(int(cell // LINE), 1)) for name in columns]
    return heads, max(widest(line for head in heads for line in head), LINE) + 6, True


def _write_heads(sheet: Sheet, heads: Sequence[Sequence[str]], cell: float, turned: bool) -> None:
    foot = sheet.bottom + sheet.plot_height + 4
    for column, head in enumerate(heads):
        middle = sheet.left + (column + 0.5) * cell
        for place, line in enumerate(head):
            if turned:
                x = middle + (place - (len(head) - 1) / 2) * LINE
                sheet.write(
                    x + BASE,
                    foot,
                    line,
                    part="label",
                    rotation=90,
                    ha="right",
                    va="bottom",
                    rotation_mode="default",
                )
            else:
                y = foot + (len(head) - 1 - place) * LINE
                sheet.write(middle, y, line, part="label", ha="center")


def _draw_cell(
    ax: "Axes", box: tuple[float, float, float, float], text: str | None, value: float, most: float
) -> None:
    from matplotlib.patches import Rectangle

    if text is None:
        return
    x, y, wide, high = box
    told = math.isfinite(value)
    colour = shade(value, most) if told else "white"
    cell = Rectangle(
        (x, y), wide, high, facecolor=colour, edgecolor=RULE, linewidth=0.5, clip_on=False, zorder=1
    )
    cell.set_label("_cell")
    if not told:
        cell.set(hatch="////", facecolor="white", label="_too-little")
        cell.set_edgecolor(RULE)
    ax.add_patch(cell)
    ink = INK
    if told:
        ink = contrasting(shade(value, most))
    lines = text.split("\n") if text else []
    for place, line in enumerate(lines):
        middle = y + high / 2 + (place - (len(lines) - 1) / 2) * LINE + BASE
        behind = {} if told else {"bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8}}
        put_text(ax, x + wide / 2, middle, line, part="value", ha="center", color=ink, **behind)


def _target_finding(table: pd.DataFrame, targets: Sequence[Any]) -> str:
    whole = table[table["frame"] == "all"] if "all" in set(table["frame"]) else table
    totals = whole.groupby("target")["mentions"].sum()
    total = totals.sum()
    if not total:
        return "No target is named in loaded words"
    first = targets[0]
    share = f"{count(totals[first])} of {plural(total, 'loaded mention')} with a known target"
    share += " concerns" if total == 1 else " concern"
    frames = table[(table["target"] == first) & (table["frame"] != "all") & (table["mentions"] > 0)]
    most = ""
    if len(frames):
        leading = frames.loc[frames["mentions"].idxmax()]
        most = f", most often as {in_sentence(humanise(leading['frame']))} ({count(leading['mentions'])})"
    one, *others = (listing([humanise(target)]) for target in targets[:2])
    if others and totals[targets[1]] == totals[first]:
        return (
            f"No target stands out: {one} and {others[0]} have {plural(totals[first], 'loaded mention')} each"
        )
    if {"rate_low", "rate_high"} <= set(whole.columns) and others:
        low = whole[whole["target"] == first]["rate_low"].max()
        high = whole[whole["target"] == targets[1]]["rate_high"].max()
        if not low > high:
            return f"{share} {one}, not clearly more than {others[0]} ({count(totals[targets[1]])})"
    return f"{share} {one}{most}"


def _event_finding(table: pd.DataFrame) -> str:
    told = table[[enough(row) and pd.notna(row["rate"]) for _, row in table.iterrows()]]
    if not len(told):
        return "Too little text to compare outlets on any event"
    winners = []
    for _, rows in told.groupby("event", sort=False):
        best = rows[rows["rate"] == rows["rate"].max()]
        if len(rows) > 1 and len(best) == 1:
            winners.append(best["outlet"].iloc[0])
    if not winners:
        return "No event on which one outlet’s rate is the highest"
    counts = pd.Series(winners).value_counts(sort=False).sort_values(ascending=False, kind="stable")
    events = told["event"].nunique()
    if len(counts) == events > 1:
        names = listing([humanise(name) for name in counts.index])
        return f"On each of the {plural(events, 'event')} a different outlet has the highest rate: {names}"
    if len(counts) > 1 and counts.iloc[0] == counts.iloc[1]:
        return f"No outlet has the highest rate on most of the {plural(events, 'event')}"
    first = listing([humanise(counts.index[0])])
    return f"{first} has the highest rate on {count(counts.iloc[0])} of {plural(events, 'event')}"
