"""Charts that hold something against a line: the baseline, the rest, another baseline, another voice."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_marks import (
    draw_baseline,
    draw_interval,
    draw_mark,
    linear_ticks,
    ratio_limits,
    ratio_ticks,
    set_ticks,
    too_little,
)
from helpers._chart_parts import Key, Row, Sheet, Words, row_sheet
from helpers._chart_words import (
    ABOVE,
    BELOW,
    INK,
    PALE,
    RULE,
    UNCLEAR,
    VOICES,
    Look,
    count,
    enough,
    humanise,
    in_sentence,
    keys_before,
    labels_of,
    listing,
    look_of,
    need,
    number,
    ordinal,
    percent,
    plural,
    sentence,
    span_text,
    verdict,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TOP = 40  # rows that fit on a printed page


# ------------------------------------------------------------ shared sentences
def standing(
    labels: Sequence[str], verdicts: Sequence[str], *, noun: str, line: str, proper: bool = False
) -> str:
    """Word the finding of a chart that holds rows against a line; `proper` names keep their capitals."""
    if not labels:
        return f"No {noun} to compare with {line}"
    above = [name for name, kind in zip(labels, verdicts, strict=True) if kind == "above"]
    below = [name for name, kind in zip(labels, verdicts, strict=True) if kind == "below"]
    if all(kind == "too little" for kind in verdicts):
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


def _sentence_names(names: Sequence[str]) -> list[str]:
    return ["loaded words overall" if name == "All loaded words" else in_sentence(name) for name in names]


def order_rows(table: pd.DataFrame, by: str, column: str = "frame") -> pd.DataFrame:
    """Put ``all`` first, then the rows from high to low, then those with too little text; ties as they came."""
    first = (table[column] == "all") & (table[column].nunique() > 1) if column in table else False
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


def join(*parts: str) -> str:
    """Join the parts of a subtitle that are there."""
    return ". ".join(part.strip().rstrip(".") for part in parts if part)


def baseline_name(table: pd.DataFrame) -> str:
    """Name the baseline, where the table does."""
    names = [str(name) for name in table["baseline"].dropna().unique()] if "baseline" in table else []
    return listing(names) if names else "neutral coverage"


def size_of(table: pd.DataFrame) -> str:
    """Say how much text stands behind a table: one article's words, or the rows and their words."""
    unit = next((key for key in keys_before(table) if table[key].nunique() > 1), None)
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


def percentile_text(value: float, scale: float) -> str:
    """Write a percentile as ``99th percentile``; the ends are open."""
    place = value * scale
    if place >= 99.5:
        return ">99th percentile"
    if place < 0.5:
        return "<1st percentile"
    return f"{ordinal(round(place))} percentile"


def _verdict_keys(kinds: Sequence[str], line: str) -> list[Key]:
    """Explain the marks that occur."""
    texts = {
        "above": f"clearly above {line}",
        "below": f"clearly below {line}",
        "unclear": "not clearly different",
    }
    looks = {"above": ABOVE, "below": BELOW, "unclear": UNCLEAR}
    return [Key(text, looks[kind]) for kind, text in texts.items() if kind in kinds]


# ------------------------------------------------------------ the charts
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
    The grey band holds the middle 90% of baseline articles of the same length, the tick is their mean, the mark is
    the article's rate with its 95% interval. Where there is too little text, the chart says so.

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
    table = order_rows(table, "ratio" if "ratio" in table else "rate")
    kinds = [verdict(row) for _, row in table.iterrows()]
    labels = labels_of(table)
    finding = standing(labels, kinds, noun="frame", line="the baseline")
    shown, cut = cut_rows(table, top, "row")
    scale = 100 if table["percentile"].max() <= 1 else 1
    rows = [
        Row(label, _position_value(row, scale))
        for label, (_, row) in zip(labels, shown.iterrows(), strict=False)
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
            ),
            source,
            "loaded mentions per 1,000 words",
            [
                Key("middle 90% of baseline articles of this length", kind="band"),
                Key("baseline mean", kind="tick"),
                *_verdict_keys(kinds, "baseline"),
            ],
            "Chart of rates against a baseline",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=16)
    ends = shown[["rate", "rate_high", "baseline_high", "baseline_rate"]].to_numpy(float, na_value=math.nan)
    _rate_axis(drawn.ax, sheet, ends)
    for y, kind, (_, row) in zip(drawn.y, kinds, shown.iterrows(), strict=False):
        _draw_band(drawn.ax, row, y)
        if kind == "too little":
            too_little(drawn.ax, y, row["baseline_high"] if pd.notna(row["baseline_high"]) else None)
            continue
        draw_interval(drawn.ax, row["rate_low"], row["rate_high"], y, look_of(kind))
        draw_mark(drawn.ax, row["rate"], y, look_of(kind), size=7)
    said = [_said(row.label, row.value, kind) for row, kind in zip(rows, kinds, strict=False)]
    return sheet.finish(said, shown)


def _position_value(row: Any, scale: float) -> str:
    counted = f"{count(row['mentions'])} in {plural(row['words'], 'word')}"
    if not enough(row) or pd.isna(row["percentile"]):
        return counted
    return f"{counted}, {percentile_text(row['percentile'], scale)}"


def _said(label: str, value: str, kind: str) -> str:
    told = {"above": "clearly above", "below": "clearly below", "unclear": "not clearly different"}
    return f"{label} {value}" + (f", {told[kind]}" if kind in told else "")


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


def _rate_axis(ax: "Axes", sheet: Sheet, values: np.ndarray, write: Any = number) -> None:
    """Set an axis from zero to a little over the largest value."""
    finite = values[np.isfinite(values)]
    most = float(finite.max()) if finite.size else 0.0
    most = most * 1.04 if most > 0 else 1.0
    ax.set_xlim(0, most)
    set_ticks(ax, *linear_ticks(0, most, sheet.plot_width, write))


def ratio_forest(
    comparison: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw each row's ratio to the baseline with its interval, on a log axis against the line at 1.

    Parameters
    ----------
    comparison : pandas.DataFrame
        As `compare_to_baseline` returns it, for one article, several, or groups: frame, words, mentions, ratio,
        low, high, q, enough; what stands before ``frame`` names the rows.
    source, width, ax, title, period, top
        As for `baseline_position`.

    Returns
    -------
    matplotlib.axes.Axes
        Ratios run along x on a log scale: twice as often stands as far from 1 as half as often.
    """
    columns = ["frame", "words", "mentions", "ratio", "low", "high"]
    table = need(comparison, columns, "ratio_forest", "compare_to_baseline")
    words = Words(
        "", "", source, "times the baseline’s rate (log scale)", kind="Forest chart of ratios to a baseline"
    )
    return _forest(
        order_rows(table, "ratio"),
        words,
        measure=join(
            "Rate of loaded mentions as a multiple of the baseline’s, with 95% intervals",
            period or "",
            size_of(table),
            f"Baseline: {baseline_name(table)}",
        ),
        noun="frame" if len({*labels_of(table)}) == table["frame"].nunique() else "row",
        line="the baseline",
        columns=("ratio", "low", "high"),
        place=(ax, width, title, top),
    )


def groups_forest(
    groups: pd.DataFrame,
    *,
    source: str,
    frame: str | None = "all",
    measure: str = "ratio",
    against: str = "the rest",
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw groups with intervals against the rest, one row a group.

    Parameters
    ----------
    groups : pandas.DataFrame
        As `compare_groups` returns it: the columns that name the group, then frame, articles, words, mentions,
        ratio, low, high, difference, difference_low, difference_high, q, enough.
    source : str
        Where the figures come from; written at the foot.
    frame : str or None, default "all"
        The frame to draw; None draws every frame of every group.
    measure : {"ratio", "difference", "share_difference"}, default "ratio"
        What to hold against the line: the ratio to the others' rate (line at 1), the difference of the rates
        per 1,000 words, or of the choice shares (line at 0).
    against : str, default "the rest"
        What the groups were compared with, as a sentence names it.
    width, ax, title, period, top
        As for `baseline_position`.

    Returns
    -------
    matplotlib.axes.Axes
        The measure runs along x.
    """
    measures = {
        "ratio": ("ratio", "low", "high", f"times the rate of {against} (log scale)"),
        "difference": (
            "difference",
            "difference_low",
            "difference_high",
            f"mentions per 1,000 words more or fewer than {against}",
        ),
        "share_difference": (
            "share_difference",
            "share_difference_low",
            "share_difference_high",
            f"choice share more or less than {against}",
        ),
    }
    if measure not in measures:
        raise ValueError(f"measure: one of {', '.join(measures)}, not {measure!r}")
    *columns, axis = measures[measure]
    table = need(groups, ["frame", "words", "mentions", *columns], "groups_forest", "compare_groups")
    if frame is not None:
        if frame not in set(table["frame"]):
            raise ValueError(
                f"frame: {frame!r} is not in the table; it has {', '.join(sorted(set(table['frame'])))}"
            )
        table = table[table["frame"] == frame].reset_index(drop=True)
    what = (
        "loaded mentions"
        if frame in (None, "all")
        else f"mentions of the frame {in_sentence(humanise(frame))}"
    )
    said = {
        "ratio": f"Rate of {what} as a multiple of {against}’s"
        if against != "the rest"
        else f"Rate of {what} as a multiple of the rest’s",
        "difference": f"Difference in {what} per 1,000 words from {against}",
        "share_difference": f"Difference in the share of loaded choices from {against}",
    }[measure]
    return _forest(
        order_rows(table, columns[0]),
        Words("", "", source, axis, kind="Forest chart of groups"),
        measure=join(f"{said}, with 95% intervals", period or "", size_of(table)),
        noun="group",
        line=against,
        columns=tuple(columns),
        place=(ax, width, title, top),
    )


def swap_test(
    table: pd.DataFrame,
    *,
    source: str,
    frame: str | None = "all",
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw how the result moves when the baseline is swapped, one row a baseline.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a baseline and frame: baseline, frame, words, mentions, ratio, low, high, enough.
    source : str
        Where the figures come from; written at the foot.
    frame : str or None, default "all"
        The frame to draw; None draws all, one after the other.
    width, ax, title, period, top
        As for `baseline_position`.

    Returns
    -------
    matplotlib.axes.Axes
        Ratios run along x on a log scale.
    """
    columns = ["baseline", "frame", "ratio", "low", "high"]
    table = need(table, columns, "swap_test", "the swap test")
    if frame is not None and frame in set(table["frame"]):
        table = table[table["frame"] == frame].reset_index(drop=True)
    kinds = [verdict(row) for _, row in table.iterrows()]
    names = [humanise(name) for name in table["baseline"]]
    several = table["frame"].nunique() > 1
    labels = [
        f"{name} · {in_sentence(humanise(kind))}" if several else name
        for name, kind in zip(names, table["frame"], strict=True)
    ]
    return _forest(
        table,
        Words(
            "",
            "",
            source,
            "times the baseline’s rate (log scale)",
            kind="Forest chart of one result under each baseline",
        ),
        measure=join(
            "Rate of loaded mentions as a multiple of each baseline’s, with 95% intervals",
            period or "",
            plural(table["words"].max(), "word") if "words" in table and len(table) else "",
        ),
        noun="baseline",
        line="the baseline",
        columns=("ratio", "low", "high"),
        place=(ax, width, title or _swap_finding(kinds), top),
        labels=labels,
    )


def _swap_finding(kinds: Sequence[str]) -> str:
    told = [kind for kind in kinds if kind != "too little"]
    if not told:
        return "Too little text to compare under any baseline"
    if len(kinds) == 1:
        return "Only one baseline: nothing to swap it with"
    names = {"above": "clearly above", "below": "clearly below", "unclear": "not clearly different"}
    if len(set(told)) == 1 and len(told) == len(kinds):
        return f"The result holds under all {len(kinds)} baselines: {names[told[0]]}"
    parts = [f"{names[kind]} under {told.count(kind)}" for kind in names if kind in told]
    return f"The result depends on the baseline: {', '.join(parts)} of {len(kinds)}"


def _forest(
    table: pd.DataFrame,
    words: Words,
    *,
    measure: str,
    noun: str,
    line: str,
    columns: tuple[str, ...],
    place: tuple[Any, ...],
    labels: Sequence[str] | None = None,
) -> "Axes":
    """Draw rows with intervals against a line: at 1 on a log axis for ratios, at 0 for differences."""
    value, low, high = columns
    ax, width, title, top = place
    at = 1.0 if value == "ratio" else 0.0
    write = percent if value.startswith("share") else number
    names = list(labels) if labels is not None else labels_of(table)
    kinds = [verdict(row, low=low, high=high, line=at) for _, row in table.iterrows()]
    shown, cut = cut_rows(table, top, noun)
    same = "words" in shown and shown["words"].nunique() == 1
    rows = [
        Row(name, _forest_value(row, columns, kind, write, same))
        for name, kind, (_, row) in zip(names, kinds, shown.iterrows(), strict=False)
    ]
    words.title = title or standing(names, kinds, noun=noun, line=line, proper=noun != "frame")
    words.subtitle = join(measure, cut)
    words.keys = _verdict_keys(kinds, line)
    sheet = Sheet(ax, width, words)
    drawn = row_sheet(sheet, rows, mark=13, top=13)
    lows, values, highs = (shown[name].to_numpy(float, na_value=math.nan) for name in (low, value, high))
    if at == 1:
        ends = ratio_limits(list(values), list(lows), list(highs))
        drawn.ax.set_xscale("log")
        drawn.ax.set_xlim(*ends)
        set_ticks(drawn.ax, *ratio_ticks(*ends, sheet.plot_width))
    else:
        _difference_axis(drawn.ax, sheet, np.concatenate([lows, values, highs]), write)
    draw_baseline(drawn.ax, sheet, at, line.removeprefix("the ") if line == "the baseline" else line)
    for y, kind, a, x, b in zip(drawn.y, kinds, lows, values, highs, strict=False):
        if kind == "too little" or not np.isfinite(x):
            too_little(drawn.ax, y)
            continue
        draw_interval(drawn.ax, a, b, y, look_of(kind))
        draw_mark(drawn.ax, x, y, look_of(kind))
    return sheet.finish(
        [_said(row.label, row.value, kind) for row, kind in zip(rows, kinds, strict=False)], shown
    )


def _forest_value(row: Any, columns: tuple[str, ...], kind: str, write: Any, same_words: bool) -> str:
    value, low, high = columns
    behind = ""
    if {"mentions", "words"} <= set(row.index):
        behind = f"{count(row['mentions'])} in {plural(row['words'], 'word')}"
        behind = plural(row["mentions"], "mention") if same_words else behind
    if kind == "too little":
        return behind
    sign = "×" if value == "ratio" else ""
    result = f"{sign}{write(row[value])} ({span_text(row[low], row[high], write)})"
    return f"{result}, {behind}" if behind else result


def _difference_axis(ax: "Axes", sheet: Sheet, values: np.ndarray, write: Any) -> None:
    finite = values[np.isfinite(values)]
    low = min(float(finite.min()) if finite.size else 0.0, 0.0)
    high = max(float(finite.max()) if finite.size else 0.0, 0.0)
    if low == high:
        low, high = -1.0, 1.0
    pad = 0.04 * (high - low)
    ax.set_xlim(low - pad, high + pad)
    set_ticks(ax, *linear_ticks(low - pad, high + pad, sheet.plot_width, write))


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
        As ``score(..., by="voice")`` returns it: voice, frame, words, mentions, rate, rate_low, rate_high, enough;
        with baseline_rate where there is one.
    source, width, ax, title, period, top
        As for `baseline_position`; `top` counts frames.

    Returns
    -------
    matplotlib.axes.Axes
        Rates run along x; within a row each voice has its own line and shape.
    """
    columns = ["voice", "frame", "words", "mentions", "rate", "rate_low", "rate_high"]
    table = need(scores_by_voice, columns, "voices_compared", "score(..., by='voice')")
    table = table[table["voice"].notna()].reset_index(drop=True)
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
    rows = [Row(humanise(name), _voices_value(cells, voices, name)) for name in shown_frames]
    has_baseline = "baseline_rate" in table and table["baseline_rate"].notna().any()
    keys = [Key(_voice_name(voice), looks[voice]) for voice in voices]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _voices_finding(cells, voices, frames),
            join(
                "Loaded mentions per 1,000 words, with 95% intervals",
                period or "",
                _voice_sizes(table, voices),
                f"Baseline: {baseline_name(table)}" if has_baseline else "",
                cut,
            ),
            source,
            "loaded mentions per 1,000 words",
            [*keys, *([Key("baseline mean", kind="tick")] if has_baseline else [])],
            "Chart of rates by voice",
        ),
    )
    step = 9.0
    drawn = row_sheet(sheet, rows, mark=step * max(len(voices), 1) + 4)
    shown = table[table["frame"].isin(shown_frames)]
    wanted = [name for name in ("rate", "rate_high", "baseline_rate") if name in shown]
    _rate_axis(drawn.ax, sheet, shown[wanted].to_numpy(float, na_value=math.nan))
    for y, name in zip(drawn.y, shown_frames, strict=True):
        _draw_voices(drawn.ax, y, [(looks[v], cells.get((v, name))) for v in voices], step)
    return sheet.finish([f"{row.label}: {row.value}".replace("\n", ", ") for row in rows], shown)


def _draw_voices(ax: "Axes", y: float, lines: Sequence[tuple[Look, Any]], step: float) -> None:
    base = next(
        (row["baseline_rate"] for _, row in lines if row is not None and "baseline_rate" in row), math.nan
    )
    half = step * len(lines) / 2 + 1
    if pd.notna(base):
        (tick,) = ax.plot([base, base], [y - half, y + half], color=INK, linewidth=2, zorder=2)
        tick.set_label("_baseline")
    places = []
    for place, (look, row) in enumerate(lines):
        at = y + (place - (len(lines) - 1) / 2) * step
        if row is None or not enough(row) or pd.isna(row["rate"]):
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


def _voice_sizes(table: pd.DataFrame, voices: Sequence[str]) -> str:
    sizes = table.groupby("voice")["words"].max()
    if len(set(sizes)) == 1 and len(voices) > 1:
        return plural(sizes.iloc[0], "word")
    return ", ".join(f"{_voice_name(voice)} {plural(sizes[voice], 'word')}" for voice in voices)


def _voices_value(cells: dict[tuple[Any, Any], Any], voices: Sequence[str], frame: str) -> str:
    parts = []
    for voice in voices:
        row = cells.get((voice, frame))
        if row is None:
            continue
        rate = number(row["rate"]) if enough(row) and pd.notna(row["rate"]) else "–"
        parts.append(f"{_voice_name(voice)} {rate} ({count(row['mentions'])})")
    return "\n".join(parts)


def _voices_finding(cells: dict[tuple[Any, Any], Any], voices: Sequence[str], frames: Sequence[str]) -> str:
    """Word the difference between narrator and quoted: clear where the intervals do not meet."""
    if not {"narrator", "quoted"} <= set(voices):
        return (
            "Only one voice speaks: there is nothing to compare"
            if len(voices) < 2
            else "No narrator beside a quotation"
        )
    more: dict[str, list[str]] = {"narrator": [], "quoted": []}
    told = 0
    for frame in frames:
        a, b = cells.get(("narrator", frame)), cells.get(("quoted", frame))
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
            more["quoted"].append(humanise(frame))
    if not told:
        return "Too little text to compare the narrator with the people quoted"
    names = {"narrator": "The narrator", "quoted": "The people quoted"}
    for voice, other in (("narrator", "the people quoted"), ("quoted", "the narrator")):
        if more[voice]:
            verb = "uses" if voice == "narrator" else "use"
            return f"{names[voice]} {verb} {_of_frames(more[voice])} more often than {other}"
    return "No clear difference between the narrator and the people quoted"


def _of_frames(names: Sequence[str]) -> str:
    if "All loaded words" in names:
        rest = [name for name in names if name != "All loaded words"]
        return "loaded words" + (f", most of all {listing(_sentence_names(rest))}," if rest else "")
    return f"words of {listing(_sentence_names(names))}"
