"""Measurements of the software itself: calibration and speed."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_findings import (
    join,
)
from helpers._chart_marks import (
    MARGIN,
    height_ticks,
    linear_ticks,
    marker_style,
    set_ticks,
)
from helpers._chart_sheet import BASE, Key, Sheet, Words
from helpers._chart_words import (
    BLUE,
    GREY,
    INK,
    LINE,
    RULE,
    VERMILION,
    Look,
    count,
    humanise,
    in_sentence,
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
        One row a bin: predicted (mean probability), observed (share that is so), low, high, n; with model
        where there are several.
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
    up = [(tick, label) for tick, label in zip(*height_ticks(1.0, side, percent), strict=True) if tick > 0]
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
    """Draw time against size on log axes, one line an engine, named with its mark on the right.

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
    right = widest(line for lines in names.values() for line in lines) + 26
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
        reaches = bool(rows[x].iloc[-1] == table[x].max())
        ends.append((engine, float(rows[y].iloc[-1]), look, reaches))
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
        ticks = _round_between(low, high, (1,))
        finer = _round_between(low, high, (1, 2, 5))
        ticks = finer if len(ticks) < 3 and len(finer) > 1 else ticks
        step = max(1, math.ceil(len(ticks) / (size / (38 if which == "x" else 16))))
        if not ticks:
            ticks = [float(f"{math.sqrt(low * high):.1g}")]
        set_ticks(ax, ticks[::step], [_power(t) for t in ticks[::step]], which)
    ax.tick_params(axis="y", labelleft=True, length=0)


def _round_between(low: float, high: float, digits: Sequence[int]) -> list[float]:
    """Return the numbers of one of these first digits, and zeros, between two bounds."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [d * 10.0**p for p in powers for d in digits if low <= d * 10.0**p <= high]


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
    ax: "Axes", sheet: Sheet, ends: Sequence[tuple[Any, float, Look, bool]], names: Mapping[Any, list[str]]
) -> None:
    """Write each line's name with its mark, moved apart where they would touch; a line to it where it reaches there."""
    from matplotlib.lines import Line2D

    low, high = (math.log(v) for v in ax.get_ylim())
    wanted = sorted(
        ((math.log(v) - low) / (high - low) * sheet.plot_height, place, name, look, reaches)
        for place, (name, v, look, reaches) in enumerate(ends)
    )  # fmt: skip
    heights = [len(names[name]) * LINE + 2 for _, _, name, _, _ in wanted]
    where = spread([w for w, *_ in wanted], heights, sheet.plot_height)
    x = sheet.left + sheet.plot_width
    for (start, _, name, look, reaches), y, height in zip(wanted, where, heights, strict=True):
        foot = sheet.bottom
        if reaches:
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
        beside = Line2D(
            [x + 14], [foot + y], transform=sheet.points, **marker_style(look), clip_on=False, label="_key"
        )
        ax.add_artist(beside)
        for i, line in enumerate(names[name]):
            sheet.write(x + 22, foot + y + height / 2 - (i + 0.5) * LINE - BASE, line, part="name")


def spread(wanted: Sequence[float], heights: Sequence[float], room: float) -> list[float]:
    """Move labels' centres apart, as little as it takes, and keep them inside the room (given rising)."""
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
    if len(table[by].unique()) < 2:
        return "Only one engine: nothing to compare" if len(table) else "No measurement"
    sizes = table.groupby(x)[by].nunique()
    common = sizes[sizes > 1]
    if not len(common) or base is None:
        return "The engines were not measured at the same sizes"
    with_base = common.index[common.index.isin(table.loc[table[by] == base, x])]
    at = (with_base if len(with_base) else common.index).max()
    rows = table[table[x] == at].groupby(by, sort=False)[y].mean()
    best = rows.idxmin()
    if best == base or base not in rows:
        others = rows.drop(best)
        times, other = number(others.min() / rows[best]), humanise(others.idxmin())
        return (
            f"{sentence(humanise(best))} is {times} times as fast as {other}, the second, at {number(at)} {x}"
        )
    times = number(rows[base] / rows[best])
    return f"{sentence(humanise(best))} is {times} times as fast as {humanise(base)} at {number(at)} {x}"
