"""Every chart in every hard case at both widths: nothing overlaps, nothing is cut off, everything can be read."""

import functools
import itertools

import gallery
import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from helpers import charts

matplotlib.use("Agg")

# Cases that stress most are drawn on each run; the others are slow only by their number.
HARD = ["usual", "long"]
OTHERS = [case for case in gallery.CASES if case not in HARD]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@functools.cache
def shown(name: str, case: str = "usual"):
    """A chart that tests only look at: drawn once for all of them."""
    return gallery.draw(name, case, "two")


def luminance(colour) -> float:
    parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], parts))


def contrast(one, two) -> float:
    a, b = sorted((luminance(one), luminance(two)))
    return (b + 0.05) / (a + 0.05)


def every_axes(figure):
    return [*figure.axes, *(child for ax in figure.axes for child in ax.child_axes)]


def texts_of(figure):
    """Every text that is drawn, with its box in points."""
    figure.draw_without_rendering()
    renderer = figure.canvas.get_renderer()
    ticks, shown = set(), set()
    for ax in every_axes(figure):
        for axis in (ax.xaxis, ax.yaxis):
            made = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
            ticks |= {label for tick in made for label in (tick.label1, tick.label2)}
            shown |= {label for tick in axis._update_ticks() for label in (tick.label1, tick.label2)}
    hidden = ticks - shown  # ticks outside the view exist as artists but are not drawn
    found = {}
    for text in figure.findobj(Text):
        if text in hidden or not text.get_visible() or not text.get_text().strip():
            continue
        box = text.get_window_extent(renderer)
        found[id(text)] = (text, np.array([box.x0, box.y0, box.x1, box.y1]) * 72 / figure.dpi)
    return list(found.values())


def faults(figure) -> list[str]:
    """Name what is cut off, overlaps, or is too small."""
    across, up = figure.get_size_inches() * 72
    found = []
    boxes = texts_of(figure)
    for text, (x0, y0, x1, y1) in boxes:
        if x0 < -0.5 or y0 < -0.5 or x1 > across + 0.5 or y1 > up + 0.5:
            found.append(f"cut off: {text.get_text()!r}")
        if text.get_fontsize() < 9:
            found.append(f"small: {text.get_text()!r} {text.get_fontsize()}")
    for (one, a), (two, b) in itertools.combinations(boxes, 2):
        wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        if wide > 0.5 and high > 2.0:  # boxes hold room above and below the letters
            found.append(f"overlap: {one.get_text()!r} and {two.get_text()!r} by {wide:.1f} x {high:.1f}")
    return found


def check_layout(name, case, width):
    ax = gallery.draw(name, case, width)
    figure = ax.get_figure()
    assert faults(figure) == []
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx({"one": 85, "two": 170}[width])


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case", "width"), list(gallery.every(HARD)))
def test_nothing_overlaps_or_is_cut(name, case, width):
    check_layout(name, case, width)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "case", "width"), list(gallery.every(OTHERS)))
def test_nothing_overlaps_or_is_cut_in_other_cases(name, case, width):
    check_layout(name, case, width)


def test_the_measure_finds_planted_faults():
    """A gallery test that cannot fail would be worth nothing."""
    ax = gallery.draw("ratio_forest", "usual", "two")
    label = charts.parts_of(ax, "label")[0]
    ax.text(*label.get_position(), "planted", transform=label.get_transform(), ha="right", fontsize=9)
    ax.text(1.5, 0.5, "far out to the right", transform=ax.transAxes, fontsize=9)
    ax.text(0.5, 1.02, "tiny", transform=ax.transAxes, fontsize=6)
    kinds = {fault.split(":")[0] for fault in faults(ax.get_figure())}
    assert kinds == {"overlap", "cut off", "small"}


@pytest.mark.slow
@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_text_stands_out_from_its_ground(name):
    ax = shown(name)
    figure = ax.get_figure()
    cells = [c for c in ax.patches if c.get_label() in ("_cell", "_too-little")]
    boxes = texts_of(figure)
    assert len(boxes) > 5
    renderer = figure.canvas.get_renderer()
    for text, box in boxes:
        middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]) * figure.dpi / 72
        ground = "white"
        for cell in cells:
            if text.get_bbox_patch() is None and cell.get_window_extent(renderer).contains(*middle):
                ground = cell.get_facecolor()
        assert contrast(text.get_color(), ground) >= 4.5, text.get_text()


@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_marks_stand_out_from_white(name):
    ax = shown(name)
    for axes in every_axes(ax.get_figure()):
        for line in axes.findobj(Line2D):
            if line.get_label().startswith("_") and len(line.get_xdata()) and line.get_visible():
                drawn = line.get_markeredgecolor() if line.get_linestyle() == "None" else line.get_color()
                if line.get_label() in ("_mark", "_interval", "_baseline", "_path", "_key", "_too-little"):
                    assert contrast(drawn, "white") >= 3, line.get_label()
        for ends in axes.findobj(LineCollection):
            assert all(contrast(colour, "white") >= 3 for colour in ends.get_colors())
        for bar in axes.findobj(Rectangle):
            if bar.get_label() in ("_bar", "_band"):
                # A pale bar must have an outline that can be seen.
                edges = [bar.get_facecolor(), bar.get_edgecolor() if bar.get_linewidth() else "white"]
                assert max(contrast(colour, "white") for colour in edges) >= 3


@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_what_differs_in_colour_differs_without(name):
    """No two kinds of marks or bars are told apart by colour alone."""
    ax = shown(name)
    looks = {}
    for axes in every_axes(ax.get_figure()):
        for line in axes.findobj(Line2D):
            if line.get_label() == "_mark" and len(line.get_xdata()):
                shape = (line.get_marker(), to_rgba(line.get_markerfacecolor()) == to_rgba("white"))
                looks.setdefault(shape, set()).add(to_rgba(line.get_markeredgecolor()))
        for bar in axes.findobj(Rectangle):
            if bar.get_label() == "_bar":
                pale = contrast(bar.get_facecolor(), "white") < 3
                looks.setdefault(("bar", bar.get_hatch(), pale), set()).add(bar.get_facecolor())
    assert all(len(colours) == 1 for colours in looks.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", list(gallery.CHARTS))
@pytest.mark.parametrize("case", ["usual", "none"])
def test_alt_text_states_type_finding_and_data(name, case):
    ax = shown(name, case)
    words = charts.alt_text(ax)
    kind, rest = words.split(". ", 1)
    assert any(noun in kind.lower() for noun in ("chart", "bars", "heat map", "curve"))
    assert rest.startswith(charts.finding(ax).split(". ")[0])
    assert words.endswith(f"Source: {gallery.SOURCE}")
    assert ("Data: " in words) == (case == "usual")
    assert not any(word in words.lower() for word in ("biased", "propaganda", "dishonest"))


@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_title_subtitle_and_source_are_there(name):
    ax = shown(name)
    assert " ".join(ax.get_title(loc="left").split()) == charts.finding(ax)
    assert charts.parts_of(ax, "subtitle")
    source = " ".join(text.get_text() for text in charts.parts_of(ax, "source")[::-1])
    assert source == f"Source: {gallery.SOURCE}"


# Estimates of two kinds are held against each other, not against a baseline.
@pytest.mark.parametrize("name", [name for name in gallery.CHARTS if name != "estimates"])
def test_the_reference_is_drawn(name):
    ax = shown(name)
    panels = every_axes(ax.get_figure())
    found = [part for axes in panels for part in axes.findobj() if part.get_label() == "_baseline"]
    rows = [text.get_text() for text in charts.parts_of(ax, "label")]
    assert found or any(text.startswith("Baseline") for text in rows)


def test_gallery_page_shows_every_chart(tmp_path):
    page = gallery.write_page(tmp_path, names=["swap_test", "event_heatmap"]).read_text(encoding="utf-8")
    for name in ("swap_test", "event_heatmap"):
        for width in ("one", "two"):
            assert f"(gallery/{name}_{width}.png)" in page
            assert (tmp_path / "gallery" / f"{name}_{width}.png").stat().st_size > 5000
    committed = (gallery.REPO / "docs" / "gallery.md").read_text(encoding="utf-8")
    assert all(f"gallery/{name}_two.png" in committed for name in gallery.CHARTS)


def test_every_chart_is_in_the_gallery():
    import inspect

    drawn = {gallery.CHARTS[name]("usual")[0].__name__ for name in gallery.CHARTS}
    functions = [getattr(charts, name) for name in charts.__all__ if callable(getattr(charts, name))]
    there = {one.__name__ for one in functions if "source" in inspect.signature(one).parameters}
    assert there <= drawn
