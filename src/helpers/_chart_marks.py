"""Marks, ticks and text on Axes: small pieces that every chart is drawn with."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from helpers._chart_words import GREY, INK, LINE, PALE, RULE, SIZE, Look, number, text_width, wrap

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from helpers._chart_sheet import Sheet

WHITE = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}  # behind words that a line runs through
MARGIN = 3.0  # points of white round a chart


def put_text(ax: "Axes", x: float, y: float, text: str, *, part: str, **how: Any) -> Any:
    """Write text that is never read as a formula and never cut at the Axes' edge."""
    settings: dict[str, Any] = {
        "fontsize": SIZE,
        "color": INK,
        "family": "DejaVu Sans",
        "ha": "left",
        "clip_on": False,
        "linespacing": 1.1,
        "zorder": 6,
    }
    artist = ax.text(x, y, text, **{**settings, **how}, parse_math=False)
    artist.set_label("_" + part)
    return artist


def loose_line(x: Sequence[float], y: Sequence[float], transform: Any, **how: Any) -> Any:
    """Return a line of a key, not yet drawn, whose ends are given in the units of `transform`."""
    from matplotlib.lines import Line2D

    return Line2D(list(x), list(y), transform=transform, clip_on=False, label="_key", **how)


def marker_style(look: Look, size: float = 6.0) -> dict[str, Any]:
    """Return Line2D settings of a mark."""
    return {
        "marker": look.marker,
        "markersize": size - (0.8 if look.marker in "Ds" else 0),
        "markerfacecolor": look.colour if look.filled else "white",
        "markeredgecolor": look.colour,
        "markeredgewidth": 1.2,
        "linestyle": "none",
    }


def bar_style(look: Look) -> dict[str, Any]:
    """Return Rectangle settings of a bar."""
    if not look.filled:
        return {"facecolor": PALE, "edgecolor": RULE, "linewidth": 0.6}
    return {
        "facecolor": look.colour,
        "edgecolor": "white" if look.hatch else look.colour,
        "linewidth": 0.6,
        "hatch": look.hatch or None,
    }


def linear_ticks(low: float, high: float, width: float, write: Any = number) -> tuple[list[float], list[str]]:
    """Choose round ticks whose labels have room."""
    from matplotlib.ticker import MaxNLocator

    for n in (7, 6, 5, 4, 3, 2, 1):
        step = [1, 2, 2.5, 5, 10]
        ticks = [float(t) for t in MaxNLocator(n, steps=step).tick_values(low, high)]
        inside = [0.0 if abs(t) < 1e-12 else t for t in ticks if low - 1e-9 <= t <= high + 1e-9]
        labels = tidy_labels(inside, write)
        while inside and not _inside(inside[-1], labels[-1], low, high, width):
            inside, labels = inside[:-1], labels[:-1]
        if _have_room(inside, labels, low, high, width) and len(set(labels)) == len(labels):
            return inside, labels
    return [], []


def tidy_labels(ticks: Sequence[float], write: Any = number) -> list[str]:
    """Write ticks with the same number of digits after the point."""
    if write is not number or not ticks:
        return [write(tick) for tick in ticks]
    for digits in range(7):
        if all(abs(round(tick, digits) - tick) <= 1e-9 * max(1, abs(tick)) for tick in ticks):
            return [f"{tick:,.{digits}f}".replace("-", "−") for tick in ticks]
    return [number(tick) for tick in ticks]


def _inside(tick: float, label: str, low: float, high: float, width: float, over: float = 15.0) -> bool:
    """Tell whether a tick's words end inside the sheet, of which `over` points lie beside the plot."""
    return high <= low or (high - tick) / (high - low) * width + over >= text_width(label) / 2


def _have_room(ticks: Sequence[float], labels: Sequence[str], low: float, high: float, width: float) -> bool:
    if high <= low:
        return len(ticks) <= 1
    where = [(tick - low) / (high - low) * width for tick in ticks]
    halves = [text_width(label) / 2 for label in labels]
    return all(where[i + 1] - halves[i + 1] - where[i] - halves[i] >= 6 for i in range(len(ticks) - 1))


def ratio_ticks(low: float, high: float, width: float) -> tuple[list[float], list[str]]:
    """Choose ticks of a ratio axis: powers of two, or of ten where there are many."""
    for base in (2, 4, 10, 100, 10_000):
        powers = range(math.floor(math.log(low, base)), math.ceil(math.log(high, base)) + 1)
        ticks = [float(base) ** power for power in powers]
        ticks = [tick for tick in ticks if low * 0.999 <= tick <= high * 1.001]
        labels = [_ratio_label(tick) for tick in ticks]
        if ticks and _have_room([math.log(t) for t in ticks], labels, math.log(low), math.log(high), width):
            return ticks, labels
    return [1.0], ["1"]


def _ratio_label(tick: float) -> str:
    if tick >= 1:
        return f"{tick:,.0f}"
    return f"1/{1 / tick:,.0f}"


def set_ticks(ax: "Axes", ticks: Sequence[float], labels: Sequence[str], axis: str = "x") -> None:
    """Fix an axis' ticks and their words, and take the small ones away."""
    from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

    part = ax.xaxis if axis == "x" else ax.yaxis
    part.set_major_locator(FixedLocator(list(ticks)))
    part.set_major_formatter(FixedFormatter(list(labels)))
    part.set_minor_locator(NullLocator())


def ratio_limits(
    values: Sequence[float], lows: Sequence[float], highs: Sequence[float]
) -> tuple[float, float]:
    """Choose the ends of a ratio axis: estimates and the line at 1 inside, intervals as far as readable."""
    points = [v for v in values if v > 0 and math.isfinite(v)] or [1.0]
    least, most = min(points), max(points)
    ends = [v for v in [*lows, *highs] if v > 0 and math.isfinite(v)]
    low = max(min([*ends, least]), least / 8)
    high = min(max([*ends, most]), most * 8)
    low, high = min(low, 0.5), max(high, 2.0)
    pad = (high / low) ** 0.03
    return low / pad, high * pad


def draw_interval(ax: "Axes", low: float, high: float, y: float, look: Look, *, width: float = 1.6) -> None:
    """Draw an interval; where the axis ends before it does, an arrow says so."""
    left, right = sorted(ax.get_xlim())
    a, b = max(low, left), min(high, right)
    (line,) = ax.plot([a, b], [y, y], color=look.colour, linewidth=width, solid_capstyle="butt", zorder=3)
    line.set_label("_interval")
    for end, beyond, marker in ((a, low < left, "<"), (b, high > right, ">")):
        if beyond:
            (arrow,) = ax.plot(
                [end], [y], marker=marker, color=look.colour, markersize=5, clip_on=False, zorder=4
            )
            arrow.set_label("_beyond")


def draw_mark(ax: "Axes", x: float, y: float, look: Look, *, size: float = 6.0, part: str = "mark") -> None:
    """Draw a mark on top of its interval."""
    (mark,) = ax.plot([x], [y], **marker_style(look, size), zorder=5, clip_on=False)
    mark.set_label("_" + part)


def draw_baseline(ax: "Axes", sheet: "Sheet", x: float, label: str) -> None:
    """Draw the line all rows are held against, with its name above it."""
    line = ax.axvline(x, color=INK, linewidth=1.0, linestyle=(0, (3, 2)), zorder=2)
    line.set_label("_baseline")
    left, right = ax.get_xlim()
    if ax.get_xscale() == "log":
        share = (math.log(x) - math.log(left)) / (math.log(right) - math.log(left))
    else:
        share = (x - left) / (right - left)
    text = wrap(label, sheet.inner, most=1)[0]
    half = text_width(text) / 2
    centre = sheet.left + share * sheet.plot_width
    centre = min(max(centre, MARGIN + half), sheet.width - MARGIN - half)
    sheet.write(
        centre,
        sheet.bottom + sheet.plot_height + 2,
        text,
        part="baseline-label",
        ha="center",
        va="bottom",
        color=INK,
    )


def too_little(ax: "Axes", y: float, x: float | None = None, why: str = "too little text") -> None:
    """Write that there is too little text where a mark would stand, at `x` where there is room for it."""
    left, right = ax.get_xlim()
    start = left if x is None or x > left + 0.5 * (right - left) else x
    how = {"va": "center", "color": GREY, "style": "italic", "bbox": WHITE}
    put_text(ax, start, y, f" {why}", part="too-little", **how)


def parts_of(ax: "Axes", part: str) -> list[Any]:
    """Return what was drawn as a part, such as ``mark``, ``interval``, ``baseline`` or ``band``."""
    return [artist for artist in ax.findobj() if artist.get_label() == "_" + part]


SHADES = ((1.0, 1.0, 1.0), (0.0, 0.447, 0.698), (0.0, 0.13, 0.25))  # white, blue, dark blue: even in grey


def shade(value: float, most: float) -> tuple[float, float, float]:
    """Choose the colour of a value between nothing (white) and the most there is (dark blue)."""
    share = 0.0 if most <= 0 else min(max(value / most, 0.0), 1.0)
    (a, b) = (SHADES[0], SHADES[1]) if share < 0.5 else (SHADES[1], SHADES[2])
    part = share * 2 if share < 0.5 else share * 2 - 1
    red, green, blue = (x + (y - x) * part for x, y in zip(a, b, strict=True))
    return (red, green, blue)


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance of a colour, as WCAG 2 defines it."""
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in colour[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def height_ticks(most: float, tall: float, write: Any) -> tuple[list[float], list[str]]:
    """Choose round ticks from zero whose labels have room above each other."""
    from matplotlib.ticker import MaxNLocator

    for n in range(max(int(tall // 14), 1), 0, -1):
        ticks = [float(t) for t in MaxNLocator(n, steps=[1, 2, 2.5, 5, 10]).tick_values(0, most) if t <= most]
        labels = tidy_labels(ticks, write)
        if len(set(labels)) == len(labels) and all(
            (b - a) / most * tall >= LINE + 2 for a, b in pairwise(ticks)
        ):
            return ticks, labels
    return [0.0], [write(0.0)]


def contrasting(colour: Sequence[float]) -> str:
    """Choose black or white for words on a colour, whichever stands out more: at least 4.5 : 1 on any."""
    light = luminance(colour)
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.05 else "black"
