"""Charts along a line: over time, through an article, against truth, by size."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_marks import (
    MARGIN,
    WHITE,
    linear_ticks,
    marker_style,
    put_text,
    set_ticks,
    tidy_labels,
)
from helpers._chart_parts import BASE, Key, Row, Sheet, Words, row_rooms, row_sheet
from helpers._chart_words import (
    BLUE,
    GREY,
    INK,
    LINE,
    PALE,
    RULE,
    STANCES,
    VERMILION,
    Look,
    clean,
    count,
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
from helpers._charts_against import join

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MANY = 45  # periods from which intervals are drawn as a band
FEW = 25  # mentions that can all be named
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


# ------------------------------------------------------------ through an article
def mention_positions(
    mentions: pd.DataFrame,
    text: str,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
) -> "Axes":
    """Draw where in the article the mentions stand, one lane a frame, shape by stance.

    Parameters
    ----------
    mentions : pandas.DataFrame
        One article's mentions as `find_mentions` returns them: start, text, frame, stance; with doc_id and part,
        of which the body is drawn.
    text : str
        The article itself, in which ``start`` counts characters.
    source : str
        Where the figures come from; written at the foot.
    width : {"two", "one"} or float, default "two"
        Printed width: two columns (170 mm), one (85 mm), or millimetres.
    ax : matplotlib.axes.Axes, optional
        Axes whose place the chart takes; without it a figure of the right size is made.
    title : str, optional
        Heading instead of the finding that is worded from the table.
    period : str, optional
        When the text is from, for the subtitle.

    Returns
    -------
    matplotlib.axes.Axes
        Words from the article's beginning run along x; ticks below the axis are where paragraphs begin.

    Notes
    -----
    The reference is an even spread: a third of the loaded mentions in each third of the article, whose counts
    stand above the lanes.
    """
    table = need(mentions, ["start", "text", "frame", "stance"], "mention_positions", "find_mentions")
    if "doc_id" in table and table["doc_id"].nunique() > 1:
        raise ValueError(
            f"mention_positions draws one article, and the mentions are of {table['doc_id'].nunique()}; "
            "pass mentions[mentions.doc_id == ...]"
        )
    if "part" in table:
        table = table[table["part"] == "body"].reset_index(drop=True)
    starts = np.array([match.start() for match in _WORD.finditer(text)])
    length = max(len(starts), 1)
    table = table.assign(
        _word=np.searchsorted(starts, table["start"].to_numpy(), side="right") if len(starts) else 0
    )
    table["_word"] = table["_word"].clip(lower=1)
    loaded = table[table["stance"] != "neutral"]
    frames = list(
        loaded.groupby("frame", sort=False).size().sort_values(ascending=False, kind="stable").index
    )
    lanes = [(humanise(frame), loaded[loaded["frame"] == frame]) for frame in frames]
    neutral = table[table["stance"] == "neutral"]
    if len(neutral):
        lanes.append(("Neutral namings", neutral))
    places = loaded.drop_duplicates("start") if len(loaded) else loaded
    thirds = (
        np.bincount(((places["_word"].to_numpy(int) - 1) * 3 // length).clip(0, 2), minlength=3)
        if len(places)
        else np.zeros(3, int)
    )
    rows = [Row(name, plural(len(lane.drop_duplicates("start")), "mention")) for name, lane in lanes]
    seen = [stance for stance in ("critical", "favourable", "neutral") if stance in set(table["stance"])]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _positions_finding(thirds),
            join(
                "Place of each mention in the article, in words from its beginning",
                period or "",
                f"{plural(len(starts), 'word')}, {plural(len(places), 'loaded mention')}",
                "Above: loaded mentions in each third (spread evenly: a third each)",
                "" if len(table) <= FEW else "Named: the first mention of a term, where there is room",
            ),
            source,
            "words from the beginning (small ticks: paragraphs)",
            [Key(stance, STANCES[stance], "dot") for stance in seen],
            "Strip chart of mentions through an article",
        ),
    )
    left, right = row_rooms(sheet, rows)
    plot = sheet.inner - left - right
    named = [_named(lane, plot, all_of_them=len(table) <= FEW) for _, lane in lanes]
    levels = [_lane_labels(lane, names, length, plot) for (_, lane), names in zip(lanes, named, strict=True)]
    depth = [max(level, default=0) + 1 for level in levels]
    rows = [replace(row, mark=10 + LINE * max(n, 1), low=True) for row, n in zip(rows, depth, strict=True)]
    drawn = row_sheet(sheet, rows, top=14)
    axes = drawn.ax
    axes.set_xlim(0, length)
    set_ticks(axes, *linear_ticks(0, length, sheet.plot_width, count))
    _draw_thirds(axes, sheet, thirds, length)
    _draw_paragraphs(axes, text, starts)
    for y, (_, lane), name, place, row in zip(drawn.y, lanes, named, levels, rows, strict=True):
        _draw_lane(axes, lane, name, place, y + row.mark / 2 - 5, length, sheet.plot_width)
    if not lanes:
        put_text(
            axes, 0, axes.get_ylim()[0] / 2, " no mention", part="too-little", color=GREY, style="italic"
        )
    said = [
        f"{clean(str(row['text']))} ({row['stance']}) at word {count(row['_word'])}"
        for _, row in table.iterrows()
    ]
    return sheet.finish(said, table.rename(columns={"_word": "word"}))


def _positions_finding(thirds: np.ndarray) -> str:
    total = int(thirds.sum())
    if not total:
        return "No loaded mention in this article"
    best = int(thirds.argmax())
    name = ("first", "middle", "last")[best]
    if total >= 3 and thirds[best] * 2 > total:
        return f"{count(thirds[best])} of {count(total)} loaded mentions stand in the {name} third of the article"
    return (
        "The loaded mentions are spread over the article; no third holds more than half"
        if total > 1
        else f"One loaded mention, in the {name} third of the article"
    )


def _named(lane: pd.DataFrame, plot: float, *, all_of_them: bool) -> list[str]:
    """Name each mention of a lane, or only the first of each term where there are many ("": no name)."""
    names = [wrap(str(text), 0.6 * plot, most=1)[0] for text in _in_order(lane)["text"]]
    return names if all_of_them else ["" if name in names[:i] else name for i, name in enumerate(names)]


def _in_order(lane: pd.DataFrame) -> pd.DataFrame:
    return lane.sort_values("_word", kind="stable")


def _lane_labels(lane: pd.DataFrame, names: Sequence[str], length: int, plot: float) -> list[int]:
    """Give each mention's name a level on which it touches no other; -1 where it has none, or none is free."""
    ends = [-1e9, -1e9, -1e9]
    levels = []
    for name, word in zip(names, _in_order(lane)["_word"], strict=True):
        a, b = _label_span(name, word, length, plot)
        free = [level for level in range(3) if name and ends[level] + 4 <= a]
        levels.append(free[0] if free else -1)
        if free:
            ends[free[0]] = b
    return levels


def _label_span(name: str, word: float, length: int, plot: float) -> tuple[float, float]:
    half = text_width(name) / 2
    middle = min(max(word / length * plot, half - 8), plot - half + 8)
    return middle - half, middle + half


def _draw_lane(
    ax: "Axes",
    lane: pd.DataFrame,
    names: Sequence[str],
    levels: Sequence[int],
    y: float,
    length: int,
    plot: float,
) -> None:
    (line,) = ax.plot([0, length], [y, y], color=RULE, linewidth=0.5, zorder=1)
    line.set_label("_lane")
    for name, level, (_, row) in zip(names, levels, _in_order(lane).iterrows(), strict=True):
        look = STANCES.get(row["stance"], STANCES["neutral"])
        if level > 0:
            (stem,) = ax.plot(
                [row["_word"]] * 2, [y - 5 - level * LINE, y], color=RULE, linewidth=0.5, zorder=2
            )
            stem.set_label("_stem")
        (mark,) = ax.plot([row["_word"]], [y], **marker_style(look), zorder=5, clip_on=False)
        mark.set_label("_mark")
        if level >= 0:
            x = sum(_label_span(name, row["_word"], length, plot)) / 2 / plot * length
            put_text(ax, x, y - 6 - level * LINE, name, part="name", ha="center", bbox=WHITE)


def _draw_thirds(ax: "Axes", sheet: Sheet, thirds: np.ndarray, length: int) -> None:
    for place in range(3):
        if place:
            line = ax.axvline(length * place / 3, color=INK, linewidth=0.8, linestyle=(0, (3, 2)), zorder=1)
            line.set_label("_baseline")
        name = ("first third", "middle", "last third")[place]
        x = sheet.left + sheet.plot_width * (place + 0.5) / 3
        text = f"{name}: {count(thirds[place])}"
        if text_width(text) > sheet.plot_width / 3 - 2:
            text = count(thirds[place])
        sheet.write(x, sheet.bottom + sheet.plot_height + 3, text, part="baseline-label", ha="center")


def _draw_paragraphs(ax: "Axes", text: str, starts: np.ndarray) -> None:
    breaks = [match.end() for match in re.finditer(r"\n\s*", text)]
    words = np.unique(np.searchsorted(starts, breaks)) if breaks and len(starts) else np.array([])
    if len(words) and len(words) <= 200:
        ax.set_xticks([float(word) for word in words], minor=True)
        ax.tick_params(axis="x", which="minor", length=2.5, width=0.6, color=RULE)


# ------------------------------------------------------------ over time
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
    """Draw small multiples over time, with intervals, gaps where there is too little text, and a reference line.

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
        whole period's own mean.
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
    line = "the whole period’s mean" if own else "the baseline"
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
        line, own = _reference(rows, names[-1], measure, baseline)
        label = " · ".join(
            [*(humanise(n) for n in names[:-1])]
            + ([humanise(names[-1])] if table["frame"].nunique() > 1 or not groups else [])
        )
        low, high = rows[f"{measure}_low"].to_numpy(float), rows[f"{measure}_high"].to_numpy(float)
        off = told & ((low > line) | (high < line))
        panels.append(
            {
                "label": label, "time": pd.to_datetime(rows["period"]), "value": rows[measure].to_numpy(float),
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
    names = listing([_panel_name(panel["label"]) for panel in moved])
    text = f"{names} {'leaves' if len(moved) == 1 else 'leave'} {line} clearly in at least one period"
    return sentence(text)


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
    scales = [_height_ticks(top, tall + stretch, write) for top in most]
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
    told = panel["told"]
    values = np.r_[0.0, panel["line"], panel["value"][told], panel["high"][told]]
    return float(values[np.isfinite(values)].max()) * 1.06 or 1.0


def own_scales(panels: Sequence[dict[str, Any]]) -> bool:
    """Tell whether panels differ so much in height that each needs its own scale."""
    most = [_highest(panel) for panel in panels]
    return len(most) > 1 and max(most) > 4 * min(most)


def _height_ticks(most: float, tall: float, write: Any) -> tuple[list[float], list[str]]:
    from matplotlib.ticker import MaxNLocator

    for n in range(max(int(tall // 14), 1), 0, -1):
        ticks = [float(t) for t in MaxNLocator(n, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most) if t <= most]
        labels = tidy_labels(ticks, write)
        if len(set(labels)) == len(labels) and all(
            (b - a) / most * tall >= LINE + 2 for a, b in zip(ticks, ticks[1:], strict=False)
        ):
            return ticks, labels
    return [0.0], [write(0.0)]


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
    (gaps,) = ax.plot(
        days[~panel["told"]],
        np.zeros((~panel["told"]).sum()),
        marker="x",
        color=RULE,
        markersize=4.5,
        linestyle="none",
        clip_on=False,
        zorder=4,
    )
    gaps.set_label("_too-little")


def _draw_ends(ax: "Axes", days: np.ndarray, panel: dict[str, Any]) -> None:
    """Draw the intervals: whiskers, or a band with outlines where there are many periods."""
    told = panel["told"]
    if len(days) <= MANY:
        ends = ax.vlines(
            days[told], panel["low"][told], panel["high"][told], color=BLUE, linewidth=1.1, zorder=3
        )
        ends.set_label("_interval")
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


# ------------------------------------------------------------ against the truth
def calibration_curve(
    table: pd.DataFrame,
    *,
    source: str,
    width: str | float = "one",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
) -> "Axes":
    """Draw how often what a model calls likely is so, against the diagonal of a well-calibrated one.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a bin: predicted (mean probability), observed (share that is so), low, high, n; with model where
        there are several.
    source : str
        Where the figures come from; written at the foot.
    width, ax, title, period
        As for `mention_positions`; one column by default.

    Returns
    -------
    matplotlib.axes.Axes
        Predicted probability along x, observed share along y, both 0 to 1.
    """
    table = need(
        table, ["predicted", "observed", "low", "high", "n"], "calibration_curve", "the calibration table"
    )
    models = list(dict.fromkeys(table["model"])) if "model" in table else [None]
    looks = [
        Look("o", BLUE),
        Look("D", VERMILION, filled=False),
        Look("^", RULE),
        Look("s", INK, filled=False),
    ]
    if len(models) > len(looks):
        raise ValueError(
            f"calibration_curve draws at most {len(looks)} models, not {len(models)}; choose some"
        )
    off = (table["low"] > table["predicted"]) | (table["high"] < table["predicted"])
    keys = [
        Key(humanise(m) if m is not None else "bin with 95% interval", k, "whisker")
        for m, k in zip(models, looks, strict=False)
    ]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _calibration_finding(off, len(table)),
            join(
                "Share observed against probability predicted, with 95% intervals",
                period or "",
                plural(table["n"].sum(), "text"),
            ),
            source,
            "predicted probability",
            [*keys, Key("perfect calibration", kind="line")],
            "Calibration curve",
        ),
    )
    room = text_width("100%") + 8
    side = min(sheet.inner - room - 14, 260.0)
    axes = sheet.open(left=room, right=sheet.inner - room - side, top=LINE + 8, bottom=17 + LINE, body=side)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    set_ticks(axes, *linear_ticks(0, 1, side, percent))
    up = [(tick, label) for tick, label in zip(*_height_ticks(1.0, side, percent), strict=True) if tick > 0]
    set_ticks(axes, [tick for tick, _ in up], [label for _, label in up], "y")
    axes.tick_params(axis="y", labelleft=True, length=0)
    sheet.write(MARGIN, sheet.bottom + sheet.plot_height + 10, "share observed", part="axis", color=GREY)
    sheet.write(sheet.left, sheet.bottom - 16 - 8, "predicted probability", part="axis", color=GREY)
    (diagonal,) = axes.plot([0, 1], [0, 1], color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2)
    diagonal.set_label("_baseline")
    for model, look in zip(models, looks, strict=False):
        rows = table if model is None else table[table["model"] == model]
        _draw_bins(axes, rows.sort_values("predicted", kind="stable"), look)
    said = [
        f"predicted {percent(r['predicted'])}, observed {percent(r['observed'])} (n {count(r['n'])})"
        for _, r in table.iterrows()
    ]
    return sheet.finish(said, table)


def _draw_bins(ax: "Axes", rows: pd.DataFrame, look: Look) -> None:
    (path,) = ax.plot(rows["predicted"], rows["observed"], color=look.colour, linewidth=1.0, zorder=3)
    path.set_label("_path")
    ends = ax.vlines(rows["predicted"], rows["low"], rows["high"], color=look.colour, linewidth=1.3, zorder=3)
    ends.set_label("_interval")
    (marks,) = ax.plot(rows["predicted"], rows["observed"], **marker_style(look), zorder=5, clip_on=False)
    marks.set_label("_mark")


def _calibration_finding(off: pd.Series, bins: int) -> str:
    if not bins:
        return "Too few texts to judge calibration"
    if not off.any():
        return f"Predicted and observed agree in all {count(bins)} bins"
    return f"Predicted and observed differ clearly in {count(int(off.sum()))} of {plural(bins, 'bin')}"


# ------------------------------------------------------------ by size
def engine_speed(
    table: pd.DataFrame,
    *,
    source: str,
    x: str = "megabytes",
    y: str = "seconds",
    by: str = "engine",
    baseline: str | None = None,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
) -> "Axes":
    """Draw time against size on log axes, one line an engine, named at its end.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a measurement: `by`, `x`, `y`; with low and high (of `y`) where runs were repeated.
    source : str
        Where the figures come from; written at the foot.
    x, y, by : str
        Columns of the size, the time and the engine; their names become the axes' words.
    baseline : str, optional
        The engine that the others are held against, drawn dashed; the first by default.
    width, ax, title, period
        As for `mention_positions`.

    Returns
    -------
    matplotlib.axes.Axes
        Both axes are logarithmic.
    """
    table = need(table, [by, x, y], "engine_speed", "the benchmark")
    table = table[(table[x] > 0) & (table[y] > 0)]
    engines = list(dict.fromkeys(table[by]))
    base = baseline if baseline is not None else (engines[0] if engines else None)
    if base is not None and base not in engines:
        raise ValueError(
            f"baseline: {base!r} is not in column {by!r}; it has {listing([str(e) for e in engines], 6)}"
        )
    finding = _speed_finding(table, x, y, by, base)
    sheet = Sheet(
        ax,
        width,
        Words(
            title or finding,
            join(
                f"{humanise(y)} by {in_sentence(humanise(x))}, both on log scales",
                period or "",
                plural(len(table), "measurement"),
            ),
            source,
            humanise(x),
            [],
            "Line chart on log axes",
        ),
    )
    names = {engine: wrap(humanise(engine), 0.36 * sheet.inner, most=2) for engine in engines}
    right = widest(line for lines in names.values() for line in lines) + 14
    room = 46.0
    stacked = sum(len(lines) * LINE + 3 for lines in names.values())
    axes = sheet.open(
        left=room,
        right=right,
        top=LINE + 8,
        bottom=17 + LINE,
        body=max(170.0 if not sheet.narrow else 130.0, stacked),
    )
    axes.set_xscale("log")
    axes.set_yscale("log")
    _log_limits(axes, table, x, y, sheet)
    sheet.write(MARGIN, sheet.bottom + sheet.plot_height + 10, humanise(y), part="axis", color=GREY)
    sheet.write(sheet.left, sheet.bottom - 16 - 8, humanise(x), part="axis", color=GREY)
    marks = "oDs^vPX<>"
    ends = []
    for place, engine in enumerate(engines):
        rows = table[table[by] == engine].sort_values(x, kind="stable")
        look = Look(
            marks[place % len(marks)],
            RULE if engine == base else (BLUE, VERMILION)[place % 2],
            filled=place % 4 < 2,
        )
        _draw_speed(axes, rows, x, y, look, dashed=engine == base)
        ends.append((engine, float(rows[y].iloc[-1]), look))
    _name_ends(axes, sheet, ends, names)
    said = [f"{r[by]}: {number(r[x])} {x} in {number(r[y])} {y}" for _, r in table.iterrows()]
    return sheet.finish(said, table)


def _log_limits(ax: "Axes", table: pd.DataFrame, x: str, y: str, sheet: Sheet) -> None:
    for column, which, size in ((x, "x", sheet.plot_width), (y, "y", sheet.plot_height)):
        values = [table[c] for c in (column, *(("low", "high") if which == "y" and "low" in table else ()))]
        every = pd.concat(values) if len(table) else pd.Series([1.0, 10.0])
        every = every[every > 0]
        low, high = float(every.min()) / 1.5, float(every.max()) * 1.5
        (ax.set_xlim if which == "x" else ax.set_ylim)(low, high)
        ticks = [10.0**p for p in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)]
        step = max(1, math.ceil(len(ticks) / (size / (38 if which == "x" else 16))))
        if not ticks:
            ticks = [float(f"{math.sqrt(low * high):.1g}")]
        set_ticks(ax, ticks[::step], [_power(t) for t in ticks[::step]], which)
    ax.tick_params(axis="y", labelleft=True, length=0)


def _power(tick: float) -> str:
    if 0.001 <= tick < 1e6:
        return f"{tick:,.3f}".rstrip("0").rstrip(".") if tick < 1 else f"{tick:,.0f}"
    return f"{tick:.0e}".replace("e-0", "e−").replace("e-", "e−").replace("e+0", "e").replace("e+", "e")


def _draw_speed(ax: "Axes", rows: pd.DataFrame, x: str, y: str, look: Look, *, dashed: bool) -> None:
    (path,) = ax.plot(
        rows[x], rows[y], color=look.colour, linewidth=1.4, linestyle=(0, (4, 2)) if dashed else "-", zorder=3
    )
    path.set_label("_baseline" if dashed else "_path")
    if {"low", "high"} <= set(rows.columns):
        ends = ax.vlines(rows[x], rows["low"], rows["high"], color=look.colour, linewidth=1.3, zorder=3)
        ends.set_label("_interval")
    (marks,) = ax.plot(rows[x], rows[y], **marker_style(look), zorder=5, clip_on=False)
    marks.set_label("_mark")


def _name_ends(
    ax: "Axes", sheet: Sheet, ends: Sequence[tuple[Any, float, Look]], names: Mapping[Any, list[str]]
) -> None:
    """Write each line's name at its end, moved apart where they would touch."""
    low, high = (math.log(v) for v in ax.get_ylim())
    wanted = sorted(
        ((math.log(v) - low) / (high - low) * sheet.plot_height, place, name, look)
        for place, (name, v, look) in enumerate(ends)
    )  # fmt: skip
    heights = [len(names[name]) * LINE + 2 for _, _, name, _ in wanted]
    where = spread([w for w, *_ in wanted], heights, sheet.plot_height)
    x = sheet.left + sheet.plot_width
    for (start, _, name, look), y, height in zip(wanted, where, heights, strict=True):
        from matplotlib.lines import Line2D

        foot = sheet.bottom
        lead = Line2D(
            [x, x + 8],
            [foot + start, foot + y],
            transform=sheet.points,
            color=look.colour,
            linewidth=0.7,
            clip_on=False,
            label="_lead",
        )
        ax.add_artist(lead)
        for i, line in enumerate(names[name]):
            sheet.write(x + 10, foot + y + height / 2 - (i + 0.5) * LINE - BASE, line, part="name")


def spread(wanted: Sequence[float], heights: Sequence[float], room: float) -> list[float]:
    """Move labels' centres apart, as little as it takes, and keep them inside the room (given in rising order)."""
    placed: list[float] = []
    floor = 0.0
    for want, height in zip(wanted, heights, strict=True):
        centre = max(want, floor + height / 2)
        placed.append(centre)
        floor = centre + height / 2
    ceiling = room
    for i in range(len(placed) - 1, -1, -1):
        placed[i] = min(placed[i], ceiling - heights[i] / 2)
        ceiling = placed[i] - heights[i] / 2
    return placed


def _speed_finding(table: pd.DataFrame, x: str, y: str, by: str, base: Any) -> str:
    if table[by].nunique() < 2:
        return "Only one engine: nothing to compare" if len(table) else "No measurement"
    sizes = table.groupby(x)[by].nunique()
    common = sizes[sizes > 1]
    if not len(common) or base is None:
        return "The engines were not measured at the same sizes"
    at = common.index.max()
    rows = table[table[x] == at].groupby(by, sort=False)[y].mean()
    best = rows.idxmin()
    if best == base or base not in rows:
        second = rows.drop(best).min()
        return (
            f"{humanise(best)} is {number(second / rows[best])} times as fast as the next at {number(at)} {x}"
        )
    return f"{sentence(humanise(best))} is {number(rows[base] / rows[best])} times as fast as {humanise(base)} at {number(at)} {x}"
