"""Charts made of rows: a name, a mark, and the figures beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from helpers._chart_marks import (
    MARGIN,
    WHITE,
    put_text,
)
from helpers._chart_sheet import BASE, Sheet
from helpers._chart_words import (
    GREY,
    INK,
    LINE,
    text_width,
    widest,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Row:
    """One row of a chart: its name, the figures written beside it, and a heading where a new block begins."""

    label: str
    value: str = ""  # a line end in it is kept
    heading: str = ""
    mark: float = 0.0  # room for the mark, in points; 0: the chart's own
    low: bool = False  # the name stands beside the mark's foot rather than its middle


@dataclass
class Rows:
    """Rows laid out: where each one's mark stands (in the data's own y, which counts points downwards)."""

    ax: "Axes"
    sheet: Sheet
    y: np.ndarray
    tops: np.ndarray


def row_rooms(sheet: Sheet, rows: Sequence[Row]) -> tuple[float, float]:
    """Return the room left and right of the plot that the rows' words take."""
    if sheet.narrow:
        return 14.0, 14.0
    left = min(0.32 * sheet.inner, widest(row.label for row in rows)) + 12
    right = widest(line for row in rows for line in row.value.split("\n"))
    return left, min(0.36 * sheet.inner, right) + 12


def row_sheet(sheet: Sheet, rows: Sequence[Row], *, mark: float = 14.0, top: float = 0.0) -> Rows:
    """Lay out a chart made of rows.

    On a wide sheet a row's name stands left of its mark and its figures right of it. On a narrow one both
    stand above the mark, which then has the whole width.
    """
    narrow = sheet.narrow
    left, right = row_rooms(sheet, rows)
    axis_room = sheet.inner - (0 if narrow else left)
    axis_lines = wrap(sheet.words.axis, axis_room) if sheet.words.axis else []
    bottom = 17 + len(axis_lines) * LINE
    if narrow:
        plans = [_narrow_plan(row, sheet.inner, mark) for row in rows]
    else:
        plans = [_wide_plan(row, left - 11.9, right - 11.9, mark) for row in rows]
    heights = [plan["height"] for plan in plans]
    body = max(sum(heights) + 4, 24.0)
    ax = sheet.open(left=left, right=right, top=top, bottom=bottom, body=body)
    ax.set_ylim(body, 0)
    # Where Axes were given that are higher than needed, a unit of y is more than a point: rows spread out.
    tops = np.concatenate([[0.0], np.cumsum(heights)])[:-1] + 2
    centres = [_write_row(sheet, plan, start) for plan, start in zip(plans, tops, strict=True)]
    for place, line in enumerate(axis_lines):
        sheet.write(
            MARGIN if narrow else sheet.left,
            sheet.bottom - 16 - place * LINE,
            line,
            part="axis",
            va="top",
            color=GREY,
        )
    return Rows(ax, sheet, np.array(centres), tops)


def _value_lines(row: Row, width: float) -> list[str]:
    return [line for part in row.value.split("\n") for line in wrap(part, width, most=3)] if row.value else []


def _narrow_plan(row: Row, width: float, mark: float) -> dict[str, Any]:
    heading = wrap(row.heading, width, weight="bold", most=2) if row.heading else []
    label, value = wrap(row.label, width, most=3), _value_lines(row, width)
    together = (
        len(label) == 1 and len(value) == 1 and text_width(label[0]) + 10 + text_width(value[0]) <= width
    )
    lines = len(label) + (0 if together else len(value))
    height = len(heading) * LINE + (5 if heading else 0) + lines * LINE + (row.mark or mark) + 6
    return {
        "heading": heading, "label": label, "value": value, "together": together, "narrow": True,
        "mark": row.mark or mark, "height": height,
    }  # fmt: skip


def _wide_plan(row: Row, left: float, right: float, mark: float) -> dict[str, Any]:
    heading = wrap(row.heading, left + 120, weight="bold", most=2) if row.heading else []
    label, value = wrap(row.label, left, most=3), _value_lines(row, right)
    inner = max(max(len(label), len(value)) * LINE, row.mark or mark)
    return {
        "heading": heading, "label": label, "value": value, "narrow": False, "mark": row.mark or mark,
        "low": row.low, "height": len(heading) * LINE + (5 if heading else 0) + inner + 5,
    }  # fmt: skip


def _write_row(sheet: Sheet, plan: dict[str, Any], start: float) -> float:
    """Write a row's words; return the y of its mark, in data units."""
    ax = sheet.ax
    # White behind the words of a narrow sheet, where the baseline's line runs through them.
    behind = {"bbox": WHITE} if plan["narrow"] else {}

    def line(x: float, y: float, text: str, part: str, **how: Any) -> None:
        across = ax.get_yaxis_transform()  # x in the Axes' fractions, y in data
        place = (x - sheet.left) / sheet.plot_width
        put_text(ax, place, y + BASE, text, part=part, transform=across, va="baseline", **{**behind, **how})

    y = start + (3 if plan["heading"] else 0)
    for text in plan["heading"]:
        line(MARGIN, y + LINE / 2, text, "heading", weight="bold")
        y += LINE
    y += 2 if plan["heading"] else 0
    right = sheet.width - MARGIN
    if plan["narrow"]:
        if plan["value"] and plan["together"]:
            line(right, y + LINE / 2, plan["value"][0], "value", ha="right", color=GREY)
        for text in plan["label"]:
            line(MARGIN, y + LINE / 2, text, "label")
            y += LINE
        for text in [] if plan["together"] else plan["value"]:
            line(MARGIN, y + LINE / 2, text, "value", color=GREY)
            y += LINE
        return y + plan["mark"] / 2 + 1
    centre = y + (start + plan["height"] - y - 3) / 2
    beside = centre + plan["mark"] / 2 - 5 if plan["low"] else centre
    columns = (
        ("label", sheet.left - 12, "right", INK),
        ("value", sheet.left + sheet.plot_width + 12, "left", GREY),
    )
    for part, x, ha, colour in columns:
        for place, text in enumerate(plan[part]):
            line(x, beside + (place - (len(plan[part]) - 1) / 2) * LINE, text, part, ha=ha, color=colour)
    return centre
