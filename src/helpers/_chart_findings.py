"""What charts say in their titles and subtitles, and the axes that several share."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_marks import (
    linear_ticks,
    set_ticks,
)
from helpers._chart_sheet import Key, Sheet
from helpers._chart_words import (
    ABOVE,
    BELOW,
    LACKING,
    NBSP,
    UNCLEAR,
    count,
    enough,
    in_sentence,
    keys_before,
    listing,
    number,
    plural,
    sentence,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


TOP = 40  # rows that fit on a printed page


def standing(
    labels: Sequence[str], verdicts: Sequence[str], *, noun: str, line: str, proper: bool = False
) -> str:
    """Word the finding of a chart that holds rows against a line; `proper` names keep their capitals."""
    if not labels:
        return f"No {noun} to compare with {line}"
    above = [name for name, kind in zip(labels, verdicts, strict=True) if kind == "above"]
    below = [name for name, kind in zip(labels, verdicts, strict=True) if kind == "below"]
    if all(kind in LACKING and kind != "too little" for kind in verdicts):
        return f"The baseline does not say where any {noun} stands"
    if all(kind in LACKING for kind in verdicts):
        return f"Too little text to say where any {noun} stands against {line}"
    if not above and not below:
        return f"No {noun} stands clearly above or below {line}"
    parts = []
    for names, side in ((above, "above"), (below, "below")):
        if not names:
            continue
        rest = [name for name in names if name != "All loaded words"]
        subject = listing([name if proper else in_sentence(name) for name in rest]) if rest else ""
        if len(rest) < len(names):
            parts.append(
                f"loaded words stand clearly {side} {line}" + (f", most of all {subject}" if rest else "")
            )
        else:
            parts.append(f"{subject} {'stands' if len(rest) == 1 else 'stand'} clearly {side} {line}")
    if len(parts) == 2 and "most of all" not in parts[0]:
        parts[0] = parts[0].removesuffix(f" {line}")
    text = (", and " if "most of all" in parts[0] else " and ").join(parts)
    return sentence(text)


def sentence_names(names: Sequence[str]) -> list[str]:
    """Name frames as they stand inside a sentence."""
    return ["loaded words overall" if name == "All loaded words" else in_sentence(name) for name in names]


def order_rows(table: pd.DataFrame, by: str, column: str = "frame") -> pd.DataFrame:
    """Put ``all`` first, then the rows from high to low, then those with too little text; ties stay."""
    first = (table[column] == "all") & (len(table[column].unique()) > 1) if column in table else False
    value = pd.to_numeric(table[by], errors="coerce")
    told = (
        pd.Series([enough(row) for _, row in table.iterrows()], index=table.index, dtype=bool) & value.notna()
    )
    rank = np.where(first, 0, np.where(told, 1, 2))
    order = pd.DataFrame({"rank": rank, "value": -value.where(told), "place": range(len(table))})
    return table.loc[order.sort_values(["rank", "value", "place"]).index].reset_index(drop=True)


def cut_rows(table: pd.DataFrame, top: int | None, noun: str = "row") -> tuple[pd.DataFrame, str]:
    """Keep the first `top` rows and say so."""
    if top is None or len(table) <= top:
        return table, ""
    return table.head(top), f"The first {top} of {plural(len(table), noun)}; all are in the table"


def one_article(table: pd.DataFrame, chart: str) -> None:
    """Refuse a table of several articles where a chart has one row for each frame."""
    if "doc_id" in table and len(table["doc_id"].unique()) > 1:
        raise ValueError(
            f"{chart} draws one article or one corpus, and the table has {len(set(table['doc_id']))} "
            "articles; pass table[table.doc_id == ...], or scores that are not split by doc_id"
        )


def without_absent(table: pd.DataFrame, kinds: Sequence[str] | None = None) -> tuple[pd.DataFrame, str]:
    """Leave out frames that no row mentions, unless a verdict stands on that; say how many."""
    told = {"above", "below"}
    clear = [kind in told for kind in kinds] if kinds is not None else [False] * len(table)
    here = (
        (table["mentions"] > 0) | (table["frame"] == "all") | pd.Series(clear, index=table.index, dtype=bool)
    )
    frames = set(table["frame"][here])
    kept = table[table["frame"].isin(frames)].reset_index(drop=True)
    gone = len(set(table["frame"])) - len(frames)
    if not gone or not (table["mentions"] > 0).any():
        return table, ""
    return kept, f"{plural(gone, 'frame')} without a mention {'is' if gone == 1 else 'are'} left out"


def join(*parts: str) -> str:
    """Join the parts of a subtitle that are there."""
    return ". ".join(part.strip().rstrip(".") for part in parts if part)


def baseline_name(table: pd.DataFrame) -> str:
    """Name the baseline, where the table does."""
    names = [str(name) for name in table["baseline"].dropna().unique()] if "baseline" in table else []
    return listing(names) if names else "neutral coverage"


def size_of(table: pd.DataFrame) -> str:
    """Say how much text stands behind a table: one article's words, or the rows and their words."""
    unit = next((key for key in keys_before(table) if len(table[key].unique()) > 1), None)
    if "words" not in table or not len(table):
        return ""
    if unit is None:
        articles = f"{plural(table['articles'].max(), 'article')}, " if "articles" in table else ""
        return articles + plural(table["words"].max(), "word")
    groups = table.drop_duplicates(keys_before(table))
    names = "articles" if unit == "doc_id" else "groups"
    parts = [f"{count(len(groups))} {names}"]
    if "articles" in table and unit != "doc_id":
        parts.append(plural(groups["articles"].sum(), "article"))
    return ", ".join([*parts, plural(groups["words"].sum(), "word")])


def verdict_keys(kinds: Sequence[str], line: str) -> list[Key]:
    """Explain the marks that occur."""
    texts = {
        "above": f"clearly above {line}",
        "below": f"clearly below {line}",
        "unclear": "not clearly different",
    }
    looks = {"above": ABOVE, "below": BELOW, "unclear": UNCLEAR}
    return [Key(text, looks[kind]) for kind, text in texts.items() if kind in kinds]


def said_row(label: str, value: str, kind: str) -> str:
    """Say a row in words, for the alt text."""
    told = {"above": "clearly above", "below": "clearly below", "unclear": "not clearly different"}
    told.update(LACKING)
    return f"{label} {value.replace(NBSP, ' ')}" + (f", {told[kind]}" if kind in told else "")


def rate_axis(ax: "Axes", sheet: Sheet, values: np.ndarray, write: Any = number) -> None:
    """Set an axis from zero to a little over the largest value."""
    finite = values[np.isfinite(values)]
    most = float(finite.max()) if finite.size else 0.0
    most = most * 1.04 if most > 0 else 1.0
    ax.set_xlim(0, most)
    set_ticks(ax, *linear_ticks(0, most, sheet.plot_width, write))


def difference_axis(ax: "Axes", sheet: Sheet, values: np.ndarray, write: Any) -> None:
    """Set an axis that holds zero and all values."""
    finite = values[np.isfinite(values)]
    low = min(float(finite.min()) if finite.size else 0.0, 0.0)
    high = max(float(finite.max()) if finite.size else 0.0, 0.0)
    if low == high:
        low, high = -1.0, 1.0
    pad = 0.04 * (high - low)
    ax.set_xlim(low - pad, high + pad)
    set_ticks(ax, *linear_ticks(low - pad, high + pad, sheet.plot_width, write))


def zero_axis(ax: "Axes", sheet: Sheet, values: Sequence[float]) -> None:
    """Set an axis of bars that start at zero."""
    most = max((abs(x) for x in values if math.isfinite(x)), default=0.0) or 1.0
    low = min([0.0, *values])
    high = max([0.0, *values])
    low, high = (low - 0.06 * most, high + 0.06 * most) if low < high else (-1.0, 1.0)
    ax.set_xlim(low, high)
    set_ticks(ax, *linear_ticks(low, high, sheet.plot_width))
