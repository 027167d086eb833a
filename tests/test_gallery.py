"""Every chart in every hard case at both widths: nothing overlaps, nothing is cut off, everything can be read."""

import itertools

import gallery
import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text

from helpers import charts

matplotlib.use("Agg")


def luminance(colour) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def contrast(one, two) -> float:
    a, b = sorted((luminance(one), luminance(two)))
    return (b + 0.05) / (a + 0.05)


def texts_of(figure):
    """Every text that is drawn, with its box in points."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    scale = 72 / figure.dpi
    shown = {}
    for text in figure.findobj(Text):
        if not text.get_text().strip() or not text.get_visible() or text.axes is None and text.figure is None:
            continue
        box = text.get_window_extent(renderer)
        if box.width and box.height:
            shown[id(text)] = (text, np.array([box.x0, box.y0, box.x1, box.y1]) * scale)
    return [entry for entry in shown.values() if is_drawn(entry[0])]


def is_drawn(text) -> bool:
    """Tick labels outside the axis' view exist as artists but are not drawn."""
    for ax in [*text.figure.axes, *(child for ax in text.figure.axes for child in ax.child_axes)]:
        for axis in (ax.xaxis, ax.yaxis):
            ticks = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            if any(text in (tick.label1, tick.label2) for tick in ticks):
                low, high = sorted(axis.get_view_interval())
                drawn = {t.label1 for t in axis._update_ticks()}  # what the axis itself would draw
                place = text.get_position()[0 if axis is ax.xaxis else 1]
                return text in drawn and low - 1e-9 <= place <= high + 1e-9
    return True


def faults(figure) -> list[str]:
    """Name what is cut off, overlaps, is too small or too pale."""
    across, up = figure.get_size_inches() * 72
    found = []
    boxes = texts_of(figure)
    for text, (x0, y0, x1, y1) in boxes:
        if x0 < -0.5 or y0 < -0.5 or x1 > across + 0.5 or y1 > up + 0.5:
            found.append(f"cut off: {text.get_text()!r} {x0:.1f} {y0:.1f} {x1:.1f} {y1:.1f} of {across:.0f} {up:.0f}")
        if text.get_fontsize() < 9:
            found.append(f"small: {text.get_text()!r} {text.get_fontsize()}")
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if wide > 0.5 and high > 2.0:  # boxes hold room above and below the letters
            found.append(f"overlap: {one.get_text()!r} and {two.get_text()!r} by {wide:.1f} x {high:.1f}")
    return found


@pytest.mark.parametrize(("name", "case", "width"), list(gallery.every()))
def test_nothing_overlaps_or_is_cut(name, case, width):
    ax = gallery.draw(name, case, width)
    try:
        assert faults(ax.get_figure()) == []
        assert ax.get_figure().get_size_inches()[0] * 25.4 == pytest.approx({"one": 85, "two": 170}[width])
    finally:
        plt.close(ax.get_figure())
