"""Where an article stands in a baseline, and who speaks in it."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_findings import (
    TOP,
    baseline_name,
    cut_rows,
    join,
    one_article,
    order_rows,
    rate_axis,
    said_row,
    sentence_names,
    size_of,
    standing,
    verdict_keys,
    without_absent,
)
from helpers._chart_marks import (
    draw_interval,
    draw_mark,
    too_little,
)
from helpers._chart_rows import Row, row_sheet
from helpers._chart_sheet import Key, Sheet, Words
from helpers._chart_words import (
    INK,
    LACKING,
    LINE,
    PALE,
    RULE,
    UNCLEAR,
    VOICES,
    Look,
    count,
    enough,
    humanise,
    labels_of,
    listing,
    look_of,
    need,
    number,
    ordinal,
    plural,
    sentence,
    verdict,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def baseline_position(
    comparison: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw where an article stands in the baseline's distribution, frame by frame.

    Parameters
    ----------
    comparison : pandas.DataFrame
        As `compare_to_baseline` returns it: frame, words, mentions, rate, rate_low, rate_high, baseline_rate,
        baseline_low, baseline_high, low, high, percentile, q, enough.
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
    top : int or None, default 40
        Most rows to draw; None draws all.

    Returns
    -------
    matplotlib.axes.Axes
        Rates run along x; a row's place along y has no meaning. Nothing is shown or saved.

    Notes
    -----
    The grey band holds the middle 90% of baseline articles of the same length, the tick is their mean, the
    mark is the article's rate with its 95% interval. Where there is too little text, the chart says so.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"frame": ["ideology"], "words": [851], "mentions": [7], "rate": [8.2],
    ...     "rate_low": [3.5], "rate_high": [16.0], "baseline_rate": [1.2], "baseline_low": [0.0],
    ...     "baseline_high": [4.1], "ratio": [5.1], "low": [2.3], "high": [9.8], "percentile": [99.2],
    ...     "enough": [True]})
    >>> baseline_position(table, source="example").get_title(loc="left")
    'Ideology stands clearly above the baseline'
    """
    columns = ["frame", "words", "mentions", "rate", "rate_low", "rate_high"]
    columns += ["baseline_rate", "baseline_low", "baseline_high", "low", "high", "percentile"]
    table = need(comparison, columns, "baseline_position", "compare_to_baseline")
    table, absent = without_absent(table, [verdict(row) for _, row in table.iterrows()])
    table = order_rows(table, "ratio" if "ratio" in table else "rate")
    kinds = [verdict(row) for _, row in table.iterrows()]
    labels = labels_of(table)
    finding = standing(labels, kinds, noun="frame", line="the baseline")
    shown, cut = cut_rows(table, top, "row")
    rows = [
        Row(label, _position_value(row, kind))
        for label, kind, (_, row) in zip(labels, kinds, shown.iterrows(), strict=False)
    ]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or finding,
            join(
                "Loaded mentions per 1,000 words, with 95% intervals",
                period or "",
                size_of(table),
                f"Baseline: {baseline_name(table)}",
                cut,
                absent,
            ),
            source,
            "loaded mentions per 1,000 words",
            [
                Key("middle 90% of baseline articles of this length", kind="band"),
                Key("baseline mean", kind="tick"),
                *verdict_keys(kinds, "baseline"),
            ],
            "Chart of rates against a baseline",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=16)
    ends = shown[["rate", "rate_high", "baseline_high", "baseline_rate"]].to_numpy(float, na_value=math.nan)
    rate_axis(drawn.ax, sheet, ends)
    for y, kind, (_, row) in zip(drawn.y, kinds, shown.iterrows(), strict=False):
        _draw_band(drawn.ax, row, y)
        if kind == "too little" or pd.isna(row["rate_low"]):
            here = row["baseline_high"] if pd.notna(row["baseline_high"]) else None
            too_little(drawn.ax, y, here, LACKING.get(kind, "not known"))
            continue
        draw_interval(drawn.ax, row["rate_low"], row["rate_high"], y, look_of(kind))
        draw_mark(drawn.ax, row["rate"], y, look_of(kind), size=7)
    said = [said_row(row.label, row.value, kind) for row, kind in zip(rows, kinds, strict=False)]
    return sheet.finish(said, shown)


def _position_value(row: Any, kind: str) -> str:
    counted = f"{count(row['mentions'])} in {plural(row['words'], 'word')}"
    if kind in LACKING or pd.isna(row["percentile"]):
        return f"{counted}, {LACKING.get(kind, 'not known')}" if kind != "too little" else counted
    return f"{counted}, {percentile_text(row['percentile'])}"


def percentile_text(value: float) -> str:
    """Write a percentile (0 to 100) as ``99th percentile``; the ends are open."""
    if value >= 99.5:
        return ">99th percentile"
    if value < 0.5:
        return "<1st percentile"
    return f"{ordinal(round(value))} percentile"


def _draw_band(ax: "Axes", row: Any, y: float) -> None:
    from matplotlib.patches import Rectangle

    if pd.notna(row["baseline_low"]) and pd.notna(row["baseline_high"]):
        low, high = row["baseline_low"], row["baseline_high"]
        band = Rectangle(
            (low, y - 5),
            high - low,
            10,
            facecolor=PALE,
            edgecolor=RULE,
            linewidth=0.6,
            zorder=1,
            label="_band",
        )
        ax.add_patch(band)
    if pd.notna(row["baseline_rate"]):
        (tick,) = ax.plot([row["baseline_rate"]] * 2, [y - 6.5, y + 6.5], color=INK, linewidth=2, zorder=2)
        tick.set_label("_baseline")


def voices_compared(
    scores_by_voice: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw the narrator's rate beside that of the people quoted, frame by frame.

    Parameters
    ----------
    scores_by_voice : pandas.DataFrame
        As ``score(..., by="voice")`` returns it: voice, frame, words, mentions, rate, rate_low, rate_high,
        enough; with baseline_rate where there is one.
    source, width, ax, title, period, top
        As for `baseline_position`; `top` counts frames.

    Returns
    -------
    matplotlib.axes.Axes
        Rates run along x; within a row each voice has its own line and shape.
    """
    columns = ["voice", "frame", "words", "mentions", "rate", "rate_low", "rate_high"]
    table = need(scores_by_voice, columns, "voices_compared", "score(..., by='voice')")
    table, absent = without_absent(table[table["voice"].notna()].reset_index(drop=True))
    one_article(table, "voices_compared")
    voices = [voice for voice in VOICES if voice in set(table["voice"])]
    voices += sorted({str(voice) for voice in table["voice"]} - set(voices))
    frames = (
        list(dict.fromkeys(order_rows(table[table["voice"] == voices[0]], "rate")["frame"])) if voices else []
    )
    frames += [name for name in dict.fromkeys(table["frame"]) if name not in frames]
    shown_frames = frames[:top]
    cut = (
        ""
        if len(shown_frames) == len(frames)
        else f"The first {top} of {len(frames)} frames; all are in the table"
    )
    looks: dict[str, Look] = {voice: VOICES.get(voice, UNCLEAR) for voice in voices}
    cells = {(row["voice"], row["frame"]): row for _, row in table.iterrows()}
    step = LINE + 0.6
    lines = [_voice_lines(cells, voices, name) for name in shown_frames]
    rows = [
        Row(humanise(name), "\n".join(text for _, text in line), mark=step * max(len(line), 1) + 4)
        for name, line in zip(shown_frames, lines, strict=True)
    ]
    has_baseline = "baseline_rate" in table and table["baseline_rate"].notna().any()
    keys = [Key(_voice_name(voice), looks[voice]) for voice in voices]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _voices_finding(cells, voices, frames),
            join(
                _voice_measure(table, voices),
                period or "",
                _voice_sizes(table, voices),
                f"Baseline: {baseline_name(table)}" if has_baseline else "",
                absent,
                cut,
            ),
            source,
            "loaded mentions per 1,000 words",
            [*keys, *([Key("baseline mean", kind="tick")] if has_baseline else [])],
            "Chart of rates by voice",
        ),
    )
    drawn = row_sheet(sheet, rows)
    shown = table[table["frame"].isin(shown_frames)]
    wanted = [name for name in ("rate", "rate_high", "baseline_rate") if name in shown]
    rate_axis(drawn.ax, sheet, shown[wanted].to_numpy(float, na_value=math.nan))
    for y, name, line in zip(drawn.y, shown_frames, lines, strict=True):
        _draw_voices(drawn.ax, y, [(looks.get(v, UNCLEAR), cells.get((v, name))) for v, _ in line], step)
    return sheet.finish([f"{row.label}: {row.value}".replace("\n", ", ") for row in rows], shown)


def _draw_voices(ax: "Axes", y: float, lines: Sequence[tuple[Look, Any]], step: float) -> None:
    base = next(
        (row["baseline_rate"] for _, row in lines if row is not None and "baseline_rate" in row), math.nan
    )
    half = step * len(lines) / 2 + 1
    if pd.notna(base):
        (tick,) = ax.plot([base, base], [y - half, y + half], color=INK, linewidth=2, zorder=2)
        tick.set_label("_baseline")
    told = [row is not None and enough(row) and pd.notna(row["rate"]) for _, row in lines]
    if not any(told):
        too_little(ax, y)
        return
    places = []
    for place, (look, row) in enumerate(lines):
        at = y + (place - (len(lines) - 1) / 2) * step
        if not told[place]:
            too_little(ax, at)
            continue
        draw_interval(ax, row["rate_low"], row["rate_high"], at, look)
        places.append((row["rate"], at, look))
    if len(places) > 1:
        (joint,) = ax.plot(
            [x for x, *_ in places], [at for _, at, _ in places], color=RULE, linewidth=0.8, zorder=2
        )
        joint.set_label("_joint")
    for x, at, look in places:
        draw_mark(ax, x, at, look)


def _voice_name(voice: str) -> str:
    return {"scare": "in scare quotes", "reported": "reported speech", "quoted": "people quoted"}.get(
        voice, humanise(voice).lower() if voice in VOICES else humanise(voice)
    )


def _voice_measure(table: pd.DataFrame, voices: Sequence[str]) -> str:
    whole = len(voices) > 1 and len(table["words"].unique()) == 1
    of = "words of the whole text, whoever speaks them" if whole else "words"
    return f"Loaded mentions per 1,000 {of}, with 95% intervals"


def _voice_sizes(table: pd.DataFrame, voices: Sequence[str]) -> str:
    sizes = table.groupby("voice")["words"].max()
    if len(set(sizes)) == 1 and len(voices) > 1:
        return plural(sizes.iloc[0], "word")
    return ", ".join(f"{_voice_name(voice)} {plural(sizes[voice], 'word')}" for voice in voices)


def _voice_lines(
    cells: dict[tuple[Any, Any], Any], voices: Sequence[str], frame: str
) -> list[tuple[str, str]]:
    """Return the lines of a frame's row, as voice and words; voices with nothing to show share the last line."""
    here = [(voice, cells[voice, frame]) for voice in voices if (voice, frame) in cells]
    empty = [voice for voice, row in here if not enough(row) and not row["mentions"] > 0]
    if not 1 < len(empty) < len(here):
        empty = []
    lines = []
    for voice, row in here:
        if voice in empty:
            continue
        rate = number(row["rate"]) if enough(row) and pd.notna(row["rate"]) else "–"
        lines.append((voice, f"{_voice_name(voice)} {rate} ({count(row['mentions'])})"))
    return [*lines, *([("", f"{len(empty)} other voices – (0)")] if empty else [])]


def _voices_finding(cells: dict[tuple[Any, Any], Any], voices: Sequence[str], frames: Sequence[str]) -> str:
    """Word the difference between the narrator and the others: clear where the intervals do not meet."""
    others = [voice for voice in ("quoted", "reported", *voices) if voice in voices and voice != "narrator"]
    if "narrator" not in voices or not others:
        return "Only one voice speaks: there is nothing to compare" if voices else "No voice to compare"
    other = others[0]
    more: dict[str, list[str]] = {"narrator": [], other: []}
    told = 0
    for frame in frames:
        a, b = cells.get(("narrator", frame)), cells.get((other, frame))
        if (
            a is None
            or b is None
            or not (enough(a) and enough(b))
            or pd.isna(a["rate"])
            or pd.isna(b["rate"])
        ):
            continue
        told += 1
        if a["rate_low"] > b["rate_high"]:
            more["narrator"].append(humanise(frame))
        elif b["rate_low"] > a["rate_high"]:
            more[other].append(humanise(frame))
    names = {"narrator": "the narrator", "quoted": "the people quoted"}
    name = names.get(other, _voice_name(other))
    if not told:
        return f"Too little text to compare the narrator with {name}"
    same = len({row["words"] for row in cells.values()}) == 1
    if more["narrator"]:
        return _more_of("The narrator", more["narrator"], name, same=same)
    if more[other]:
        return _more_of(sentence(name), more[other], "the narrator", same=same, many=other == "quoted")
    return f"No clear difference between the narrator and {name}"


def _more_of(who: str, frames: list[str], than: str, *, same: bool, many: bool = False) -> str:
    """Word who has more.

    Where all voices' mentions are counted per 1,000 words of the `same` text, more mentions may only mean that
    somebody speaks more: the heading then says who has more of the words, not who uses them more often.
    """
    if same:
        return f"{who} {'have' if many else 'has'} more of the {_of_frames(frames)} than {than}"
    return f"{who} {'use' if many else 'uses'} {_of_frames(frames)} more often than {than}"


def _of_frames(names: Sequence[str]) -> str:
    if "All loaded words" in names:
        rest = [name for name in names if name != "All loaded words"]
        return "loaded words" + (f", most of all {listing(sentence_names(rest))}," if rest else "")
    return f"words of {listing(sentence_names(names))}"
