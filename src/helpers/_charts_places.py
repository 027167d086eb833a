"""Where in an article the mentions stand."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers._chart_findings import (
    join,
)
from helpers._chart_marks import (
    WHITE,
    linear_ticks,
    marker_style,
    put_text,
    set_ticks,
)
from helpers._chart_rows import Row, row_rooms, row_sheet
from helpers._chart_sheet import Key, Sheet, Words
from helpers._chart_words import (
    GREY,
    INK,
    LINE,
    RULE,
    STANCES,
    clean,
    count,
    humanise,
    need,
    plural,
    text_width,
    wrap,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


FEW = 25  # mentions that can all be named


_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


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
        One article's mentions as `find_mentions` returns them: start, text, frame, stance; with doc_id and
        part, of which the body is drawn.
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
    starts = np.array([match.start() for match in _WORD.finditer(text)])
    length = max(len(starts), 1)
    table = _with_words(mentions, starts)
    loaded = table[table["stance"] != "neutral"]
    lanes = _lanes(table, loaded)
    places = loaded.drop_duplicates("start")
    thirds = np.bincount(((places["_word"].to_numpy(int) - 1) * 3 // length).clip(0, 2), minlength=3)
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


def _with_words(mentions: pd.DataFrame, starts: np.ndarray) -> pd.DataFrame:
    """Return the mentions in one article's body, with the number of the word that each begins at."""
    table = need(mentions, ["start", "text", "frame", "stance"], "mention_positions", "find_mentions")
    if "doc_id" in table and len(table["doc_id"].unique()) > 1:
        raise ValueError(
            f"mention_positions draws one article, and the mentions are of {table['doc_id'].nunique()}; "
            "pass mentions[mentions.doc_id == ...]"
        )
    if "part" in table:
        table = table[table["part"] == "body"].reset_index(drop=True)
    words = np.searchsorted(starts, table["start"].to_numpy(), side="right") if len(starts) else 0
    return table.assign(_word=words).assign(_word=lambda rows: rows["_word"].clip(lower=1))


def _lanes(table: pd.DataFrame, loaded: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return a lane for each frame, the commonest first, and one for the neutral namings."""
    sizes = loaded.groupby("frame", sort=False).size().sort_values(ascending=False, kind="stable")
    lanes = [(humanise(frame), loaded[loaded["frame"] == frame]) for frame in sizes.index]
    neutral = table[table["stance"] == "neutral"]
    return [*lanes, ("Neutral namings", neutral)] if len(neutral) else lanes


def _positions_finding(thirds: np.ndarray) -> str:
    total = int(thirds.sum())
    if not total:
        return "No loaded mention in this article"
    best = int(thirds.argmax())
    name = ("first", "middle", "last")[best]
    if total >= 3 and thirds[best] * 2 > total:
        return f"{count(thirds[best])} of {count(total)} loaded mentions stand in the article’s {name} third"
    return (
        "The loaded mentions are spread over the article; no third holds more than half"
        if total > 1
        else f"One loaded mention, in the {name} third of the article"
    )


def _named(lane: pd.DataFrame, plot: float, *, all_of_them: bool) -> list[str]:
    """Name each mention of a lane, or only the first of each term where there are many ("": no name)."""
    names = [wrap(str(text), 0.9 * plot, most=1)[0] for text in _in_order(lane)["text"]]
    return names if all_of_them else ["" if name in names[:i] else name for i, name in enumerate(names)]


def _in_order(lane: pd.DataFrame) -> pd.DataFrame:
    return lane.sort_values("_word", kind="stable")


def _lane_labels(lane: pd.DataFrame, names: Sequence[str], length: int, plot: float) -> list[int]:
    """Give each mention's name a level on which it touches no other; -1 where there is none."""
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
        ax.xaxis.remove_overlapping_locs = False  # a paragraph may begin at a round number
        ax.set_xticks([float(word) for word in words], minor=True)
        ax.tick_params(axis="x", which="minor", length=2.5, width=0.6, color=RULE)
