"""Charts of validation: estimates of several kinds beside each other, and how results move without terms."""

from typing import TYPE_CHECKING

import pandas as pd

from helpers._chart_findings import join, rate_axis
from helpers._chart_marks import draw_interval, draw_mark, too_little
from helpers._chart_rows import Row, row_sheet
from helpers._chart_sheet import Key, Sheet, Words
from helpers._chart_words import (
    BLUE,
    INK,
    RULE,
    VERMILION,
    Look,
    humanise,
    in_sentence,
    need,
    number,
    percent,
    span_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_REACH = 2.5  # an axis ends at this many times the highest estimate, if not before
_LOOKS = (Look("o", BLUE), Look("D", VERMILION, filled=False), Look("s", RULE), Look("^", INK, filled=False))


def estimates(
    table: pd.DataFrame,
    *,
    source: str,
    title: str,
    measure: str,
    by: str = "group",
    kind: str = "kind",
    shares: bool = True,
    width: str | float = "two",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw estimates of several kinds beside each other, one block a group, one row a kind.

    Parameters
    ----------
    table : pandas.DataFrame
        One row an estimate: the `by` and `kind` columns, value, low, high.
    source : str
        Where the figures come from; written at the foot.
    title : str
        The finding, worded from the table.
    measure : str
        What is measured, with unit and n.
    by, kind : str
        Columns of the group and of what kind of estimate it is.
    shares : bool
        Write values as percentages.
    width, ax
        As for `mention_positions`.

    Returns
    -------
    matplotlib.axes.Axes
        Values along x from zero. An interval that ends beyond 2.5 times the highest estimate is cut, with an
        arrow; the words beside it say how far it goes.
    """
    table = need(table, [by, kind, "value", "low", "high"], "estimates", "the estimates")
    kinds = list(dict.fromkeys(table[kind]))
    if len(kinds) > len(_LOOKS):
        raise ValueError(f"estimates draws at most {len(_LOOKS)} kinds, not {len(kinds)}; choose some")
    looks = dict(zip(kinds, _LOOKS, strict=False))
    write = percent if shares else number
    rows, last = [], None
    for _, line in table.iterrows():
        value = "too little" if pd.isna(line["value"]) else write(line["value"])
        if not pd.isna(line["low"]):
            value += f" ({span_text(line['low'], line['high'], write)})"
        rows.append(
            Row(in_sentence(humanise(line[kind])), value, "" if line[by] == last else humanise(line[by]))
        )
        last = line[by]
    axis = measure.partition(", ")[0]
    words = Words(title, join(measure, "With 95% intervals"), source, axis, [], "Dot chart of estimates")
    words.keys.extend(Key(in_sentence(humanise(name)), looks[name], "whisker") for name in kinds)
    sheet = Sheet(ax, width, words)
    laid = row_sheet(sheet, rows)
    # One interval that says next to nothing must not press all others together; an arrow shows that it goes on.
    ends = table["high"].clip(upper=MOST_REACH * table["value"].max() or None)
    rate_axis(laid.ax, sheet, pd.concat([table["value"], ends]).to_numpy(dtype=float), write)
    for y, (_, line) in zip(laid.y, table.iterrows(), strict=True):
        if pd.isna(line["value"]):
            too_little(laid.ax, y)
            continue
        if not pd.isna(line["low"]):
            draw_interval(laid.ax, max(line["low"], 0.0), line["high"], y, looks[line[kind]])
        draw_mark(laid.ax, line["value"], y, looks[line[kind]])
    said = [
        f"{humanise(a)}, {humanise(b)}: {row.value}"
        for a, b, row in zip(table[by], table[kind], rows, strict=True)
    ]
    return sheet.finish(said, table)
