"""The words, numbers, widths and verdicts of charts: everything that is settled before anything is drawn."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from helpers.safe import safe_text

INK = "#1a1a1a"
GREY = "#595959"  # text of second rank: 7 : 1 on white
RULE = "#767676"  # lines and outlines: 4.5 : 1 on white
PALE = "#e6e6e6"  # fills, always inside a RULE outline, so that they never carry meaning alone
BLUE = "#0072B2"
VERMILION = "#D55E00"

SIZE = 9.0  # points; nothing is printed smaller
LINE = 11.4  # height of a line of text of that size
NBSP = "\u00a0"
CLEARLY = "“Clearly”: the interval leaves the line out and q, corrected for the number of rows, is below 0.05"


# ------------------------------------------------------------ words and numbers
def humanise(name: object) -> str:
    """Turn a column's value into a label: ``armed_group`` into ``Armed group``."""
    if name is None or (not isinstance(name, str) and pd.isna(name)):  # type: ignore[arg-type]
        return "(not known)"
    if isinstance(name, pd.Timestamp):
        return name.strftime("%Y-%m-%d")
    text = clean(str(name)).strip()
    if text == "all":
        return "All loaded words"
    if re.fullmatch(r"[a-z][a-z0-9_]*", text):  # an identifier of ours; a name of the world keeps its letters
        text = text.replace("_", " ")
        return text[0].upper() + text[1:]
    return text or "(no name)"


def clean(text: str) -> str:
    """Make text from strangers drawable: no control characters, one line, no longer than a label can be."""
    return re.sub(r"\s+", " ", safe_text(text[:400]))


def number(value: float, *, signed: bool = False) -> str:
    """Write a number with the digits a reader needs: 0.042, 0.42, 4.2, 42, 4,200."""
    if not math.isfinite(value):
        return "–" if math.isnan(value) else ("∞" if value > 0 else "−∞")
    size = abs(value)
    digits = 0 if size >= 99.5 else 1 if size >= 0.995 else 2 if size >= 0.095 or size == 0 else 3
    text = f"{size:,.{digits}f}"
    text = text.rstrip("0") if digits == 3 else text
    if size and float(text.replace(",", "")) == 0:
        text = "<0.001"
    elif size == 0:
        text = "0"
    sign = "−" if value < 0 else "+" if signed and value > 0 else ""
    return sign + text


def count(value: float) -> str:
    """Write a count with thousands separated."""
    return "–" if pd.isna(value) else f"{round(value):,}".replace("-", "−")


def percent(value: float) -> str:
    """Write a share of one as per cent."""
    if pd.isna(value):
        return "–"
    scaled = 100 * value
    text = f"{scaled:.1f}%" if 0 < abs(scaled) < 0.95 else f"{scaled:.0f}%"
    return text.replace("-", "−").replace("−0%", "0%").replace("−0.0%", "0%")


def points(value: float) -> str:
    """Write a difference of two shares of one in percentage points, which the axis names."""
    return percent(value).removesuffix("%")


def ordinal(value: int) -> str:
    """Write 1st, 2nd, 3rd, 4th."""
    ending = "th" if 10 <= value % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def plural(n: float, one: str, many: str | None = None) -> str:
    """Write ``1 article``, ``2 articles``, ``1,200 articles``."""
    return f"{count(n)} {one if n == 1 else many or one + 's'}"


def listing(names: Sequence[str], most: int = 3) -> str:
    """Join names as a sentence does, with the number of those left out."""
    names = [name if len(name) <= 40 else f"{name[:26].rstrip()}…{name[-12:].lstrip()}" for name in names]
    if len(names) > most:
        rest = len(names) - (most - 1)
        names = [*names[: most - 1], f"{rest} more"]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def sentence(text: str) -> str:
    """Begin a sentence with a capital."""
    return text[:1].upper() + text[1:]


def in_sentence(label: str) -> str:
    """Lower a label's first letter unless it is a name (`humanise` is what raised it)."""
    second = label[1:2]
    return (
        label[0].lower() + label[1:] if label[:1].isalpha() and (second.islower() or second == " ") else label
    )


def span_text(low: float, high: float, write: Any = number) -> str:
    """Write an interval as ``1.9–7.7``; with a minus sign in it, as ``−1.0 to 2.0``."""
    a, b = write(low), write(high)
    if "−" in a + b:
        return f"{a} to {b}"
    return f"{a.removesuffix('%')}–{b}" if b.endswith("%") else f"{a}–{b}"


# ------------------------------------------------------------ measuring and wrapping
@lru_cache(maxsize=20_000)
def text_width(text: str, size: float = SIZE, weight: str = "normal") -> float:
    """Width in points of one line as it will be drawn."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    prop = FontProperties(family="DejaVu Sans", size=size, weight=weight)  # type: ignore[arg-type]
    # Screens round each letter to whole pixels; a little room for that.
    return 1.025 * float(text_to_path.get_text_width_height_descent(text, prop, ismath=False)[0])


def wrap(text: str, width: float, size: float = SIZE, weight: str = "normal", most: int = 50) -> list[str]:
    """Break text into lines no wider than `width` points, at `NBSP` never; a wider word is broken inside.

    More than `most` lines are cut: an ellipsis stands for the middle, and the end is kept.
    """
    lines: list[str] = []
    line = ""
    for word in clean_lines(text).split(" "):
        trial = f"{line} {word}" if line else word
        if text_width(trial, size, weight) <= width:
            line = trial
            continue
        if line:
            lines.append(line)
        while text_width(word, size, weight) > width and len(word) > 1:
            fit = _longest_start(word, width, size, weight)
            lines.append(word[:fit])
            word = word[fit:]
        line = word
    lines.append(line)
    if len(lines) > most:
        # The end of a name often tells it from the next ("… 1", "… 2"): keep it, and cut in the middle.
        whole = clean_lines(text)
        kept, room = (lines[: most - 1], width) if most > 1 else ([], width / 2)
        tail = whole
        while tail and text_width("…" + tail, size, weight) > room:
            tail = tail[1:]
        head = ""
        if most == 1:
            rest = width - text_width("…" + tail, size, weight)
            while len(head) < len(whole) and text_width(whole[: len(head) + 1], size, weight) <= rest:
                head = whole[: len(head) + 1]
        lines = [*kept, f"{head.rstrip()}…{tail.lstrip()}"]
    return [line.replace(NBSP, " ") for line in lines]


def wrap_evenly(text: str, width: float, size: float = SIZE, weight: str = "normal") -> list[str]:
    """Break text into as few lines as fit, of about the same length (for titles)."""
    lines = wrap(text, width, size, weight)
    low, high = 0.72 * width, width
    while len(lines) > 1 and high - low > 2:
        middle = (low + high) / 2
        if len(wrap(text, middle, size, weight)) <= len(lines):
            high = middle
        else:
            low = middle
    return wrap(text, high, size, weight)


def clean_lines(text: str) -> str:
    """Put text on one line without cutting it; a space that may not break stays one."""
    return re.sub(rf"[^\S{NBSP}]+", " ", safe_text(text)).strip()


def _longest_start(word: str, width: float, size: float, weight: str) -> int:
    fit = 1
    while fit < len(word) and text_width(word[: fit + 1], size, weight) <= width:
        fit += 1
    # A break after a joint reads better than one inside a name.
    joint = max((m.end() for m in re.finditer(r"[-/._]", word[:fit])), default=0)
    return joint if joint > fit / 2 else fit


def widest(texts: Iterable[str], size: float = SIZE, weight: str = "normal") -> float:
    """Width in points of the widest of some lines (0 without any)."""
    return max((text_width(text, size, weight) for text in texts), default=0.0)


# ------------------------------------------------------------ verdicts
@dataclass(frozen=True)
class Look:
    """How a mark is drawn: never by colour alone."""

    marker: str
    colour: str
    filled: bool = True
    hatch: str = ""


ABOVE = Look("D", VERMILION)
BELOW = Look("s", BLUE)
UNCLEAR = Look("o", RULE, filled=False)
STANCES = {
    "critical": Look("v", VERMILION, hatch=""),
    "favourable": Look("^", BLUE, hatch="////"),
    "neutral": Look("o", RULE, filled=False),
}
VOICES = {
    "narrator": Look("o", BLUE),
    "quoted": Look("D", VERMILION, filled=False),
    "reported": Look("^", RULE),
    "scare": Look("s", RULE, filled=False),
}
LACKING = {  # verdicts that say why there is none
    "too little": "too little text",
    "no baseline": "not in the baseline",
    "part baseline": "baseline lacks some terms",
}
_LOOKS = {"above": ABOVE, "below": BELOW, "unclear": UNCLEAR}


def verdict(
    row: Any, *, low: str = "low", high: str = "high", q: str = "q", line: float = 1.0, level: float = 0.05
) -> str:
    """Say where a row stands against the line: above, below, unclear, or why that cannot be said (`LACKING`).

    Clear means that the interval leaves the line out and, where there is a q value, that it is below `level`. The q
    must be of what is drawn: that of rates says nothing about shares.
    """
    if not enough(row) or pd.isna(row[low]) or pd.isna(row[high]):
        note = row.get("baseline_note")
        if isinstance(note, str) and note:
            return "part baseline"
        nothing = "baseline_rate" in row and not row["baseline_rate"] > 0
        return "no baseline" if nothing else "too little"
    chance = row.get(q, math.nan)
    sure = pd.isna(chance) or chance < level
    if sure and row[low] > line:
        return "above"
    return "below" if sure and row[high] < line else "unclear"


def enough(row: Any) -> bool:
    """Tell whether a row may be drawn (tables without the column are taken at their word)."""
    return bool(row["enough"]) if "enough" in row and not pd.isna(row["enough"]) else True


def look_of(kind: str) -> Look:
    """Return the mark of a verdict."""
    return _LOOKS.get(kind, UNCLEAR)


def need(table: pd.DataFrame, columns: Sequence[str], chart: str, maker: str) -> pd.DataFrame:
    """Check that a chart's table is one, and has the columns it draws."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(
            f"{chart} draws a pandas DataFrame as {maker} returns it, not a {type(table).__name__}"
        )
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise ValueError(
            f"{chart}: the table has no column {', '.join(map(repr, missing))}; "
            f"pass the table that {maker} returns (columns here: {', '.join(map(str, table.columns))})"
        )
    return table.reset_index(drop=True)


def keys_before(table: pd.DataFrame, column: str = "frame") -> list[str]:
    """Name the columns that say whose row it is: those that stand before `column`."""
    return list(table.columns[: list(table.columns).index(column)])


def labels_of(table: pd.DataFrame, column: str = "frame") -> list[str]:
    """Label rows by what tells them apart: the frame, the group, or both."""
    keys = [key for key in keys_before(table, column) if len(table[key].unique()) > 1]
    if not keys:
        return [humanise(value) for value in table[column]]
    names = [" · ".join(humanise(value) for value in row) for row in table[keys].itertuples(index=False)]
    if len(table[column].unique()) <= 1:
        return names
    return [
        f"{name} · {in_sentence(humanise(value))}" for name, value in zip(names, table[column], strict=True)
    ]
