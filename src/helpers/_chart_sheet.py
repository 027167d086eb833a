"""What all charts share: the sheet they stand on, their letters, colours, axes and words.

Every chart is laid out in points (1/72 inch) at the size it is printed at, so that a label's room is known
before it is drawn: text is measured with the font's own widths and wrapped, the sheet grows in height, and
nothing can overlap or be cut off. `Sheet` owns that; the chart functions only say what stands in it.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_marks import MARGIN, bar_style, loose_line, marker_style, put_text
from helpers._chart_words import (
    GREY,
    INK,
    LINE,
    NBSP,
    PALE,
    RULE,
    SIZE,
    Look,
    clean_lines,
    text_width,
    wrap,
    wrap_evenly,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


STYLE = Path(__file__).parent / "styles" / "report.mplstyle"


BASE = 3.2  # points from the middle of a line of text down to the letters' foot


MILLIMETRE = 72 / 25.4


WIDTHS = {"one": 85.0, "two": 170.0}  # mm: one column, two columns of a printed page


@dataclass(frozen=True)
class Key:
    """One entry of the line that explains the marks, drawn with the mark itself."""

    text: str
    look: Look | None = None
    kind: str = "mark"  # mark, tick, band, line, bar


@dataclass
class Words:
    """The words around a chart."""

    title: str
    subtitle: str
    source: str
    axis: str = ""
    keys: list[Key] = field(default_factory=list)
    kind: str = "Chart"


class Sheet:
    """A chart's place on the page, laid out in points from its lower left corner."""

    def __init__(self, ax: "Axes | None", width: str | float, words: Words):
        if not isinstance(words.source, str) or not words.source.strip():
            raise ValueError(
                "source: say where the figures come from, e.g. source='own count, geopolitics lexicon'"
            )
        self.words = words
        self.given = ax
        if ax is None:
            self.width = page_width(width)
            self.x0 = self.y0 = 0.0
            self.height = math.nan
        else:
            figure = ax.get_figure(root=True)
            if figure is None:
                raise ValueError("ax: these Axes have been taken out of their figure")
            across, up = (float(side) * 72 for side in figure.get_size_inches())
            place = ax.get_position(original=True)
            self.width, self.height = place.width * across, place.height * up
            self.x0, self.y0 = place.x0 * across, place.y0 * up
        self.inner = self.width - 2 * MARGIN
        narrow = self.width < 120 * MILLIMETRE
        self.narrow = narrow
        self.title_size = 10.0 if narrow else 11.0
        self.title_lines = wrap_evenly(words.title, self.inner, self.title_size, "bold")
        together = re.sub(r"(?<=\d) (?=[a-z])", NBSP, words.subtitle)  # a number stays with what it counts
        self.subtitle_lines = wrap_evenly(together, self.inner)
        self.source_lines = wrap(source_text(words.source), self.inner)
        self.key_rows = self._flow_keys(words.keys)
        self.head = (
            MARGIN + len(self.title_lines) * self.title_size * 1.25 + 3 + len(self.subtitle_lines) * LINE + 4
        )
        self.head += len(self.key_rows) * (LINE + 2) + (4 if self.key_rows else 0)
        self.foot = MARGIN + len(self.source_lines) * LINE + 5

    # ---- keys
    def _flow_keys(self, keys: Sequence[Key]) -> list[list[tuple[float, Key, str]]]:
        rows: list[list[tuple[float, Key, str]]] = []
        x = 0.0
        for key in keys:
            for part, line in enumerate(wrap(key.text, self.inner - 22)):
                width = 18 + text_width(line)
                if part or not rows or x + width > self.inner:
                    rows.append([])
                    x = 0.0
                rows[-1].append((x, key if not part else Key(line), line))
                x += width + 14
        return rows

    # ---- making the Axes
    def open(self, *, left: float, right: float, top: float, bottom: float, body: float) -> "Axes":
        """Make or place the Axes so that the data area is `body` points high between the given rooms.

        All lengths are points; `bottom` is the room for ticks and the axis' words.
        """
        import matplotlib.pyplot as plt

        wanted = self.head + top + body + bottom + self.foot
        if self.given is None:
            self.height = wanted
            with plt.style.context(STYLE):
                figure = plt.figure(figsize=(self.width / 72, self.height / 72))
                ax = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        else:
            ax = self.given
            if self.height < wanted - 0.5 or self.inner - left - right < 40:
                raise ValueError(
                    f"ax: this chart needs Axes at least {wanted / MILLIMETRE:.0f} mm high, and these are "
                    f"{self.width / MILLIMETRE:.0f} by {self.height / MILLIMETRE:.0f} mm; make the figure "
                    "larger, draw fewer rows, or leave ax out"
                )
            body += self.height - wanted
        figure = ax.get_figure(root=True)
        assert figure is not None
        across, up = (float(side) * 72 for side in figure.get_size_inches())
        self.left = MARGIN + left
        self.bottom = self.foot + bottom
        self.plot_width = self.width - 2 * MARGIN - left - right
        self.plot_height = body
        box = (
            (self.x0 + self.left) / across,
            (self.y0 + self.bottom) / up,
            self.plot_width / across,
            self.plot_height / up,
        )
        ax.set_in_layout(False)
        ax.set_position(box)
        self.ax = ax
        self._dress()
        self._write_words()
        return ax

    def _dress(self) -> None:
        ax = self.ax
        ax.set_facecolor("white")
        for side in ("left", "right", "top"):
            ax.spines[side].set_visible(False)
        ax.spines["bottom"].set(color=RULE, linewidth=0.6)
        ax.tick_params(
            axis="both", which="both", labelsize=SIZE, labelcolor=GREY, color=RULE, width=0.6, pad=2
        )
        ax.tick_params(axis="both", which="both", labelfontfamily="DejaVu Sans", left=False, labelleft=False)

    @property
    def points(self) -> Any:
        """Transform from points of the sheet to the screen."""
        from matplotlib.transforms import Affine2D

        return (
            Affine2D().translate(-self.left, -self.bottom).scale(1 / self.plot_width, 1 / self.plot_height)
            + self.ax.transAxes
        )

    def write(self, x: float, y: float, text: str, *, part: str, **how: Any) -> Any:
        """Write text at a place of the sheet, in points."""
        return put_text(self.ax, x, y, text, part=part, transform=self.points, **how)

    def _write_words(self) -> None:
        from matplotlib.font_manager import FontProperties

        top = self.height - MARGIN
        title = self.ax.set_title(
            "\n".join(self.title_lines),
            loc="left",
            x=(MARGIN - self.left) / self.plot_width,
            y=(top - self.bottom) / self.plot_height,
            va="top",
            color=INK,
            fontproperties=FontProperties(family="DejaVu Sans", size=self.title_size, weight="bold"),
            pad=0,
        )
        title.set_parse_math(False)
        title.set_linespacing(1.1)
        top -= len(self.title_lines) * self.title_size * 1.25 + 3
        for line in self.subtitle_lines:
            self.write(MARGIN, top, line, part="subtitle", va="top", color=GREY)
            top -= LINE
        top -= 4
        for row in self.key_rows:
            for x, key, line in row:
                self._draw_key(MARGIN + x, top - LINE / 2, key)
                self.write(MARGIN + x + 18, top - LINE / 2 - BASE, line, part="key", color=INK)
            top -= LINE + 2
        for place, line in enumerate(reversed(self.source_lines)):
            self.write(MARGIN, MARGIN + place * LINE, line, part="source", va="bottom", color=GREY)

    def _draw_key(self, x: float, y: float, key: Key) -> None:
        from matplotlib.patches import Rectangle

        ax, to = self.ax, self.points
        look = key.look
        if key.kind == "dot" and look is not None:
            ax.add_artist(loose_line([x + 7], [y], to, **marker_style(look)))
            return
        if key.kind == "whisker" and look is not None:
            ax.add_artist(loose_line([x + 7] * 2, [y - 5, y + 5], to, color=look.colour, linewidth=1.4))
            ax.add_artist(loose_line([x + 7], [y], to, **marker_style(look)))
            return
        if key.kind == "band":
            box = Rectangle((x, y - 4), 14, 8, facecolor=PALE, edgecolor=RULE, linewidth=0.6)
        elif key.kind == "hatch":
            box = Rectangle((x, y - 4), 14, 8, facecolor="white", edgecolor=RULE, linewidth=0.5, hatch="////")
        elif key.kind == "bar" and look is not None:
            box = Rectangle((x, y - 4), 14, 8, **bar_style(look))
        elif key.kind == "tick":
            ax.add_artist(loose_line([x + 7, x + 7], [y - 5, y + 5], to, color=INK, linewidth=2))
            return
        elif key.kind == "line":
            ax.add_artist(loose_line([x, x + 14], [y, y], to, color=INK, linewidth=1, linestyle=(0, (3, 2))))
            return
        else:
            if look is not None:
                ax.add_artist(loose_line([x, x + 14], [y, y], to, color=look.colour, linewidth=1.4))
                ax.add_artist(loose_line([x + 7], [y], to, **marker_style(look)))
            return
        box.set(transform=to, clip_on=False, label="_key")
        ax.add_artist(box)

    def finish(self, data: Sequence[str], table: pd.DataFrame) -> "Axes":
        """Attach the alt text and the table drawn, and hand the Axes back."""
        words = self.words
        shown = list(data[:40])
        if len(data) > 40:
            shown.append(f"and {len(data) - 40} more rows, all in the table")
        text = f"{words.kind}. {words.title}. {words.subtitle}."
        if shown:
            text += " Data: " + "; ".join(shown) + "."
        text += " " + source_text(words.source)
        text = clean_lines(re.sub(r"\.\.(?!\.)", ".", text))
        self.ax.framing_chart = {"alt": text, "title": clean_lines(words.title), "data": table}  # type: ignore[attr-defined]
        return self.ax


def source_text(source: str) -> str:
    """Begin the source line with the word, once."""
    source = clean_lines(source)
    return source if source.casefold().startswith("source") else f"Source: {source}"


def page_width(width: str | float) -> float:
    """Return a width in points for ``one`` or ``two`` columns, or for millimetres."""
    if isinstance(width, str) and width in WIDTHS:
        return WIDTHS[width] * MILLIMETRE
    if isinstance(width, (int, float)) and not isinstance(width, bool) and 70 <= width <= 1000:
        return float(width) * MILLIMETRE
    raise ValueError(f"width: 'one' (85 mm), 'two' (170 mm) or millimetres from 70 to 1000, not {width!r}")


def figure_of(thing: "Axes | Figure") -> "Figure":
    """Return the figure of Axes, or the figure itself."""
    from matplotlib.figure import Figure

    if isinstance(thing, Figure):
        return thing
    figure = getattr(thing, "get_figure", lambda root: None)(root=True)
    if not isinstance(figure, Figure):
        raise TypeError(f"a matplotlib figure or Axes is needed here, not a {type(thing).__name__}")
    return figure
