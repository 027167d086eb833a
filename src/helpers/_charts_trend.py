"""Small multiples over time."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_findings import (
    join,
)
from helpers._chart_marks import (
    height_ticks,
    marker_style,
    put_text,
    set_ticks,
)
from helpers._chart_sheet import Key, Sheet, Words
from helpers._chart_words import (
    BLUE,
    GREY,
    INK,
    LINE,
    PALE,
    RULE,
    VERMILION,
    Look,
    enough,
    humanise,
    in_sentence,
    keys_before,
    listing,
    need,
    number,
    percent,
    plural,
    sentence,
    text_width,
    widest,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


BEYOND = 2.5  # times the highest value, where the axis ends though an interval does not
MANY = 45  # periods from which intervals are drawn as a band


def trend_lines(
    trend: pd.DataFrame,
    *,
    source: str,
    frame: str | None = None,
    measure: str = "rate",
    baseline: float | Mapping[str, float] | None = None,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    top: int | None = 12,
) -> "Axes":
    """Draw small multiples over time: intervals, gaps where there is too little text, a reference line.

    Parameters
    ----------
    trend : pandas.DataFrame
        As `trend` returns it: period, frame, mentions, words, rate, rate_low, rate_high, share, share_low,
        share_high, enough, and the columns it was grouped by. Each frame of each group is one panel.
    source : str
        Where the figures come from; written at the foot.
    frame : str, optional
        The one frame to draw; all by default.
    measure : {"rate", "share"}, default "rate"
        Loaded mentions per 1,000 words, or the share of loaded choices.
    baseline : float or mapping of frame to float, optional
        The reference line. By default the table's baseline_rate (baseline_share), and where it has none, the
        mean of all periods.
    width : {"two", "one"} or float, default "two"
        Printed width: two columns (170 mm), one (85 mm), or millimetres.
    ax : matplotlib.axes.Axes, optional
        Axes whose place the chart takes; without it a figure of the right size is made.
    title : str, optional
        Heading instead of the finding that is worded from the table.
    top : int or None, default 12
        Most panels to draw; None draws all.

    Returns
    -------
    matplotlib.axes.Axes
        The frame that holds the words; its ``child_axes`` are the panels, time along x.
    """
    if measure not in ("rate", "share"):
        raise ValueError(f"measure: 'rate' or 'share', not {measure!r}")
    table = need(
        trend, ["period", "frame", measure, f"{measure}_low", f"{measure}_high"], "trend_lines", "trend"
    )
    if frame is not None:
        if frame not in set(table["frame"]):
            raise ValueError(
                f"frame: {frame!r} is not in the table; it has {', '.join(sorted(set(table['frame'])))}"
            )
        table = table[table["frame"] == frame]
    panels = _panels(table, measure, baseline)
    shown = panels if top is None else panels[:top]
    own = any(panel["own"] for panel in panels)
    line = "the mean of all periods" if own else "the baseline"
    periods = pd.to_datetime(table["period"])
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _trend_finding(panels, measure, line),
            join(
                ("Loaded mentions per 1,000 words" if measure == "rate" else "Share of loaded choices")
                + ", with 95% intervals",
                _period_text(periods),
                plural(table["articles"].groupby(periods).max().sum(), "article")
                if "articles" in table and len(panels) == 1
                else "",
                "Each panel has its own scale" if own_scales(shown) else "",
                ""
                if len(shown) == len(panels)
                else f"The first {top} of {len(panels)} panels; all are in the table",
            ),
            source,
            "",
            [
                Key("with 95% interval", Look("o", BLUE), "whisker"),
                Key("clearly off the line", Look("D", VERMILION), "whisker"),
                Key(line.removeprefix("the "), kind="line"),
            ],
            "Line chart over time",
        ),
    )
    outer = _draw_panels(sheet, shown, measure, periods)
    said = [_panel_text(panel, measure) for panel in panels]
    return sheet.finish(said, table) if outer is not None else sheet.ax


def _period_text(periods: pd.Series) -> str:
    if not len(periods) or periods.isna().all():
        return ""
    a, b = periods.min(), periods.max()
    years = a.month == b.month == 1 and a.day == b.day == 1
    write = "%Y" if years else "%b %Y" if a.day == b.day == 1 else "%d %b %Y"
    return a.strftime(write) if a == b else f"{a.strftime(write)} to {b.strftime(write)}"


def _panels(table: pd.DataFrame, measure: str, baseline: Any) -> list[dict[str, Any]]:
    keys = [key for key in keys_before(table) if key != "period"]
    known = {"period", "frame", "articles", "words", "mentions", "neutral", "enough", "p", "q", "baseline"}
    after = [
        c
        for c in table.columns
        if c not in known and not c.startswith(("rate", "share", "baseline_")) and c not in keys
    ]
    groups = [*keys, *(c for c in after if table[c].dtype.kind not in "fiub")]
    panels = []
    for names, rows in table.groupby([*groups, "frame"], sort=False, dropna=False):
        rows = rows.sort_values("period", kind="stable")
        told = np.array([enough(r) and pd.notna(r[measure]) for _, r in rows.iterrows()], dtype=bool)
        line, own = _reference(rows, str(names[-1]), measure, baseline)
        label = " · ".join(
            [*(humanise(n) for n in names[:-1])]
            + ([humanise(names[-1])] if len(table["frame"].unique()) > 1 or not groups else [])
        )
        low, high = rows[f"{measure}_low"].to_numpy(float), rows[f"{measure}_high"].to_numpy(float)
        off = told & ((low > line) | (high < line))
        panels.append(
            {
                "label": label, "proper": bool(groups), "time": pd.to_datetime(rows["period"]),
                "value": rows[measure].to_numpy(float),
                "low": low, "high": high, "told": told, "line": line, "own": own, "off": off,
            }
        )  # fmt: skip
    return panels


def _reference(rows: pd.DataFrame, frame: str, measure: str, baseline: Any) -> tuple[float, bool]:
    if isinstance(baseline, Mapping):
        if frame not in baseline:
            raise ValueError(f"baseline: there is no value for the frame {frame!r}")
        return float(baseline[frame]), False
    if baseline is not None:
        return float(baseline), False
    column = f"baseline_{measure}"
    if column in rows and rows[column].notna().any():
        return float(rows[column].dropna().iloc[0]), False
    if measure == "rate" and {"mentions", "words"} <= set(rows.columns) and rows["words"].sum() > 0:
        return 1000 * float(rows["mentions"].sum() / rows["words"].sum()), True
    return float(rows[measure].mean()), True


def _trend_finding(panels: Sequence[dict[str, Any]], measure: str, line: str) -> str:
    if not any(panel["told"].any() for panel in panels):
        return "Too little text in every period"
    moved = [panel for panel in panels if panel["off"].any()]
    if not moved:
        return f"No period differs clearly from {line}"
    first = moved[0]
    if len(panels) == 1:
        above = int((first["off"] & (first["low"] > first["line"])).sum())
        below = int(first["off"].sum()) - above
        parts = [f"{n} clearly {side}" for n, side in ((above, "above"), (below, "below")) if n]
        return f"Of {plural(int(first['told'].sum()), 'period')}, {' and '.join(parts)} {line}"
    names = listing([panel["label"] if panel["proper"] else _panel_name(panel["label"]) for panel in moved])
    text = f"{names} {'differs' if len(moved) == 1 else 'differ'} clearly from {line} in at least one period"
    return sentence(text) + (f", most of all {_furthest(moved)}" if first["proper"] else "")


def _furthest(panels: Sequence[dict[str, Any]]) -> str:
    """Name the group and the year that stand furthest from the line."""
    apart = [np.where(panel["off"], np.abs(panel["value"] - panel["line"]), -1.0) for panel in panels]
    most = int(np.argmax([far.max() for far in apart]))
    when = panels[most]["time"].iloc[int(np.argmax(apart[most]))]
    return (
        f"{panels[most]['label']} from {when:%Y} on"
        if when.is_year_start
        else f"{panels[most]['label']} in {when:%B %Y}"
    )


def _panel_name(label: str) -> str:
    return "loaded words" if label == "All loaded words" else in_sentence(label)


def _panel_text(panel: dict[str, Any], measure: str) -> str:
    write = number if measure == "rate" else percent
    told = [
        f"{when:%Y-%m-%d} {write(v)}" if ok else f"{when:%Y-%m-%d} too little text"
        for when, v, ok in zip(panel["time"], panel["value"], panel["told"], strict=True)
    ]
    shown = told if len(told) <= 24 else [*told[:12], f"{len(told) - 24} periods between", *told[-12:]]
    return f"{panel['label']}: {', '.join(shown)} (line at {write(panel['line'])})"


def _draw_panels(sheet: Sheet, panels: Sequence[dict[str, Any]], measure: str, periods: pd.Series) -> Any:
    write = number if measure == "rate" else percent
    across = 1 if sheet.narrow or len(panels) == 1 else 2 if len(panels) in (2, 4) else 3
    down = max(math.ceil(len(panels) / across), 1)
    gap, tall = 14.0, 62.0 if len(panels) > 1 else 110.0
    wide = (sheet.inner - gap * (across - 1)) / across
    lines = max([1, *(len(wrap(panel["label"], wide, weight="bold", most=2)) for panel in panels)])
    head = lines * LINE + 5
    block = head + tall + 20
    outer = sheet.open(left=0, right=0, top=0, bottom=2, body=block * down + 4)
    outer.set_xlim(0, sheet.plot_width)
    outer.set_ylim(0, sheet.plot_height)
    outer.set_xticks([])
    outer.spines["bottom"].set_visible(False)
    stretch = (sheet.plot_height - 4) / down - block
    most = [_highest(panel) for panel in panels]
    if not own_scales(panels):
        most = [max(most, default=1.0)] * len(panels)
    scales = [height_ticks(top, tall + stretch, write) for top in most]
    room = widest(label for _, labels in scales for label in labels) + 6
    for place, panel in enumerate(panels):
        x = (place % across) * (wide + gap) + room
        y = sheet.plot_height - (place // across + 1) * (block + stretch) + 20
        box = (
            x / sheet.plot_width,
            y / sheet.plot_height,
            (wide - room - 5) / sheet.plot_width,
            (tall + stretch) / sheet.plot_height,
        )
        inner = outer.inset_axes(box)
        inner.set_label("panel")
        _draw_panel(inner, panel, most[place], periods, wide - room - 5)
        set_ticks(inner, *scales[place], "y")
        for i, line in enumerate(wrap(panel["label"], wide, weight="bold", most=2)):
            put_text(
                outer,
                x - room,
                y + tall + stretch + head - 5 - (i + 1) * LINE + 6,
                line,
                part="heading",
                weight="bold",
            )
    if not panels:
        put_text(
            outer,
            0,
            sheet.plot_height / 2,
            "no period to draw",
            part="too-little",
            color=GREY,
            style="italic",
        )
    return outer


def _highest(panel: dict[str, Any]) -> float:
    """Choose the top of an axis: every value inside, intervals as far as the values stay readable."""
    reach = _reach(panel)
    values = _finite(panel["line"], *panel["value"][panel["told"]])
    return min(reach, BEYOND * values * 1.06) if values > 0 else reach


def _reach(panel: dict[str, Any]) -> float:
    """Return a little over the highest value or end of an interval."""
    told = panel["told"]
    return _finite(panel["line"], *panel["value"][told], *panel["high"][told]) * 1.06 or 1.0


def _finite(*values: float) -> float:
    """Return the largest of some values, those that are none left out; 0 without any."""
    return max((float(x) for x in values if math.isfinite(x)), default=0.0)


def own_scales(panels: Sequence[dict[str, Any]]) -> bool:
    """Tell whether panels differ so much in height, intervals included, that each needs its own scale."""
    most = [_reach(panel) for panel in panels]
    return len(most) > 1 and max(most) > 4 * min(most)


def _draw_panel(ax: "Axes", panel: dict[str, Any], most: float, periods: pd.Series, wide: float) -> None:
    from matplotlib.dates import date2num

    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.spines["bottom"].set(color=RULE, linewidth=0.6)
    ax.set_facecolor("white")
    ax.tick_params(
        axis="both", labelsize=9, labelcolor=GREY, color=RULE, width=0.6, pad=2, labelfontfamily="DejaVu Sans"
    )
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(0, most)
    days = date2num(pd.to_datetime(panel["time"]).to_numpy())
    every = date2num(periods.dropna().to_numpy()) if periods.notna().any() else np.array([0.0])
    a, b = float(np.min(every)), float(np.max(every))
    pad = (b - a) * 0.03 or 15.0
    ax.set_xlim(a - pad, b + pad)
    set_ticks(ax, *_time_ticks(a, b, pad, wide))
    line = ax.axhline(panel["line"], color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2)
    line.set_label("_baseline")
    value = np.where(panel["told"], panel["value"], np.nan)  # NaN breaks the line: a gap is seen as one
    (path,) = ax.plot(days, value, color=BLUE, linewidth=1.0, zorder=3)
    path.set_label("_path")
    _draw_ends(ax, days, panel)
    size = 5.0 if len(days) <= 40 else 3.0
    for chosen, look in (
        (panel["told"] & ~panel["off"] & (len(days) <= MANY), Look("o", BLUE)),
        (panel["off"], Look("D", VERMILION)),
    ):
        (marks,) = ax.plot(days[chosen], value[chosen], **marker_style(look, size), zorder=4, clip_on=False)
        marks.set_label("_mark")
    _mark_at(ax, days[~panel["told"]], 0.0, "_too-little", marker="x", color=RULE, markersize=4.5)


def _mark_at(ax: "Axes", days: np.ndarray, height: float, label: str, **how: Any) -> None:
    """Put marks on the edge of a panel, which may stand out of it."""
    heights = np.full(len(days), height)
    (marks,) = ax.plot(days, heights, linestyle="none", clip_on=False, zorder=4, **how)
    marks.set_label(label)


def _draw_ends(ax: "Axes", days: np.ndarray, panel: dict[str, Any]) -> None:
    """Draw the intervals: whiskers, or a band with outlines where there are many periods."""
    told = panel["told"]
    if len(days) <= MANY:
        ends = ax.vlines(
            days[told], panel["low"][told], panel["high"][told], color=BLUE, linewidth=1.1, zorder=3
        )
        ends.set_label("_interval")
        top = ax.get_ylim()[1]
        over = told & (panel["high"] > top)
        _mark_at(ax, days[over], top, "_beyond", marker="^", color=BLUE, markersize=5)
        return
    low, high = (np.where(told, panel[end], np.nan) for end in ("low", "high"))
    band = ax.fill_between(days, low, high, facecolor=PALE, edgecolor=RULE, linewidth=0.5, zorder=1)
    band.set_label("_interval")


def _time_ticks(a: float, b: float, pad: float, wide: float) -> tuple[list[float], list[str]]:
    """Choose whole years, months or days whose labels have room."""
    from matplotlib.dates import date2num, num2date

    first, last = num2date(a), num2date(b)
    if b - a < 1:
        return [a], [first.strftime("%d %b %Y").lstrip("0")]
    years = [date2num(np.datetime64(f"{y:04d}-01-01")) for y in range(first.year, last.year + 2)]
    months = (
        [
            date2num(np.datetime64(f"{y:04d}-{m:02d}-01"))
            for y in range(first.year, last.year + 1)
            for m in range(1, 13)
        ]
        if last.year - first.year < 12
        else []
    )
    days = [float(d) for d in range(math.floor(a), math.ceil(b) + 1)] if b - a < 120 else []
    choices = [(days[::k], "%d %b %Y") for k in (1, 2, 7, 14)] + [
        (months[::k], "%b %Y") for k in (1, 2, 3, 6)
    ]
    choices = (
        ([] if b - a > 62 else choices)
        + (choices[4:] if b - a > 62 else [])
        + [(years[::k], "%Y") for k in (1, 2, 5, 10, 20, 50)]
    )
    for ticks, form in choices:
        inside = [float(t) for t in ticks if a - pad <= t <= b + pad]
        labels = [num2date(t).strftime(form).lstrip("0") for t in inside]
        where = [(t - a + pad) / (b - a + 2 * pad) * wide for t in inside]
        apart = all(
            where[i + 1] - where[i] >= (text_width(labels[i]) + text_width(labels[i + 1])) / 2 + 5
            for i in range(len(inside) - 1)
        )
        edges = (
            bool(inside)
            and where[0] >= text_width(labels[0]) / 2 - 14
            and where[-1] <= wide - text_width(labels[-1]) / 2 + 5
        )
        if len(inside) >= 2 and apart and edges:
            return inside, labels
    return [a], [first.strftime("%Y")]
