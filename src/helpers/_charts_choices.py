"""Counts taken apart: choices by concept, terms that make a difference."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_findings import (
    TOP,
    baseline_name,
    cut_rows,
    join,
    zero_axis,
)
from helpers._chart_marks import (
    bar_style,
    draw_baseline,
    draw_interval,
    draw_mark,
    linear_ticks,
    set_ticks,
    too_little,
)
from helpers._chart_rows import Row, row_sheet
from helpers._chart_sheet import Key, Sheet, Words
from helpers._chart_words import (
    BLUE,
    INK,
    STANCES,
    VERMILION,
    Look,
    clean,
    count,
    enough,
    in_sentence,
    labels_of,
    listing,
    need,
    number,
    percent,
    plural,
    sentence,
    span_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def concept_choices(
    concepts: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = TOP,
) -> "Axes":
    """Draw for each concept how many of its namings are critical, favourable and neutral.

    Parameters
    ----------
    concepts : pandas.DataFrame
        As `score_concepts` returns it: concept, critical, neutral, favourable, loaded, share, share_low,
        share_high, enough; from `compare_to_baseline` also baseline_share, which is drawn as a tick, and
        share_q, by which the heading calls a difference clear.
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
        Most rows to draw, those with the most namings first; None draws all.

    Returns
    -------
    matplotlib.axes.Axes
        Shares from 0 to 1 along x. The bar is the counts; the line above it is the choice share's 95%
        interval.
    """
    columns = ["concept", "critical", "neutral", "favourable", "share", "share_low", "share_high"]
    table = need(concepts, columns, "concept_choices", "score_concepts")
    counts = table[["critical", "favourable", "neutral"]].fillna(0)
    table = table.assign(_n=counts.sum(axis=1))
    table = table[table["_n"] > 0].sort_values("_n", ascending=False, kind="stable").reset_index(drop=True)
    labels = labels_of(table, "concept")
    shown, cut = cut_rows(table, top, "concept")
    rows = [Row(label, _choice_value(row)) for label, (_, row) in zip(labels, shown.iterrows(), strict=False)]
    has_baseline = "baseline_share" in table and bool(table["baseline_share"].notna().any())
    keys = [Key(stance, STANCES[stance], "bar") for stance in ("critical", "favourable", "neutral")]
    keys.append(Key("loaded share with 95% interval", Look("o", INK)))
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _choices_finding(labels, table),
            join(
                "Share of namings that are loaded (critical or favourable) rather than neutral",
                period or "",
                f"{plural(table['_n'].sum(), 'naming')} of {plural(len(table), 'concept')}",
                f"Baseline: {baseline_name(table)}" if has_baseline else "",
                cut,
            ),
            source,
            "share of a concept’s namings",
            [*keys, *([Key("baseline share", kind="tick")] if has_baseline else [])],
            "Stacked bars of naming choices by concept",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=22)
    drawn.ax.set_xlim(0, 1)
    set_ticks(drawn.ax, *linear_ticks(0, 1, sheet.plot_width, percent))
    for y, (_, row) in zip(drawn.y, shown.iterrows(), strict=True):
        _draw_choices(drawn.ax, row, y)
    return sheet.finish(
        [f"{row.label}: {row.value}".replace("\n", ", ") for row in rows], shown.drop(columns="_n")
    )


def _choice_value(row: Any) -> str:
    text = ", ".join(f"{count(row[s])} {s}" for s in ("critical", "favourable", "neutral") if row[s] > 0)
    if not enough(row) or pd.isna(row["share"]):
        return text
    return f"{percent(row['share'])} ({span_text(row['share_low'], row['share_high'], percent)})\n{text}"


def _draw_choices(ax: "Axes", row: Any, y: float) -> None:
    from matplotlib.patches import Rectangle

    start = 0.0
    for stance in ("critical", "favourable", "neutral"):
        part = row[stance] / row["_n"] if pd.notna(row[stance]) else 0.0
        if part:
            style = bar_style(STANCES[stance])
            ax.add_patch(Rectangle((start, y + 1), part, 9, zorder=2, label="_bar", **style))
        start += part
    above = y - 5
    if not enough(row) or pd.isna(row["share"]):
        too_little(ax, above)
    else:
        ink = Look("o", INK)
        draw_interval(ax, row["share_low"], row["share_high"], above, ink, width=1.4)
        draw_mark(ax, row["share"], above, ink, size=5)
    if "baseline_share" in row and pd.notna(row["baseline_share"]):
        (tick,) = ax.plot([row["baseline_share"]] * 2, [y - 9, y + 12], color=INK, linewidth=2, zorder=3)
        tick.set_label("_baseline")


def _choices_finding(labels: Sequence[str], table: pd.DataFrame) -> str:
    """Word which concepts are named in loaded words clearly more often than in the baseline, or than not."""
    told = [enough(row) and pd.notna(row["share"]) for _, row in table.iterrows()]
    if not any(told):
        return "Too little text to say how any concept is named"
    against = "baseline_share" in table and bool(table["baseline_share"].notna().any())
    line = table["baseline_share"] if against else pd.Series(0.5, index=table.index)
    above, below = _clear_of(table, labels, told, line)
    where = "than in the baseline" if against else "than not"
    above, below = ([in_sentence(name) for name in names] for names in (above, below))
    told_as = [
        (above, f"more often in loaded words {where}"),
        (below, f"less often in loaded words {where}" if against else "in neutral words more often than not"),
    ]
    for concepts, how in told_as:
        if concepts:
            return (
                f"{sentence(listing(concepts))} {'is' if len(concepts) == 1 else 'are'} clearly named {how}"
            )
    if against:
        loaded = table[["critical", "favourable"]].to_numpy().sum()
        return (
            f"{count(loaded)} of {plural(table['_n'].sum(), 'naming')} are loaded; no single concept differs "
            "clearly from the baseline"
        )
    return "No concept is clearly named in loaded words more often than not"


def _clear_of(
    table: pd.DataFrame, labels: Sequence[str], told: Sequence[bool], line: pd.Series
) -> tuple[list[str], list[str]]:
    """Name the rows clearly above the line and those clearly below: by q where the table has one, else by interval."""
    if "share_q" in table and table["share_q"].notna().any():
        clear = table["share_q"].lt(0.05)
        higher, lower = clear & table["share"].gt(line), clear & table["share"].lt(line)
    else:
        higher, lower = table["share_low"].gt(line), table["share_high"].lt(line)
    names = pd.Series(list(labels), index=table.index)
    sure = pd.Series(list(told), index=table.index)
    return names[sure & higher].tolist(), names[sure & lower].tolist()


def contribution_bars(
    parts: pd.DataFrame,
    *,
    source: str,
    names: tuple[str, str] = ("A", "B"),
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int = 15,
) -> "Axes":
    """Draw which terms the difference of two rates is made of.

    Parameters
    ----------
    parts : pandas.DataFrame
        As `contributions` returns it: term, concept, frame, stance, count_a, count_b, difference (or part).
        The rows add up to the difference of the two rates.
    source : str
        Where the figures come from; written at the foot.
    names : (str, str), default ("A", "B")
        What the two sides are called; a part above zero stands for more in the first.
    width, ax, title, period
        As for `concept_choices`.
    top : int, default 15
        Terms drawn one by one, those with the largest parts. The others stand together in one row, so that
        the bars still add up to the whole, which is the last row.

    Returns
    -------
    matplotlib.axes.Axes
        Mentions per 1,000 words along x; zero, where both sides are alike, is the baseline.
    """
    table = need(parts, ["term", "count_a", "count_b"], "contribution_bars", "contributions")
    value = next((name for name in ("difference", "part") if name in table), None)
    if value is None:
        raise ValueError(
            "contribution_bars: the table has no column 'difference' or 'part'; "
            "pass the table that contributions returns"
        )
    table = table[(table["count_a"] > 0) | (table["count_b"] > 0)]
    order = table[value].abs().sort_values(ascending=False, kind="stable").index
    table = table.loc[order].reset_index(drop=True)
    one, two = (clean(str(name)) for name in names)
    shown, rest = table.head(top), table.iloc[top:]
    shown = shown.sort_values(value, ascending=False, kind="stable")
    lines: list[tuple[str, float, float, float]] = [
        (f"“{clean(str(row['term']))}”", row[value], row["count_a"], row["count_b"])
        for _, row in shown.iterrows()
    ]
    if len(rest):
        a, b, c = (float(x) for x in rest[[value, "count_a", "count_b"]].sum())
        lines.append((plural(len(rest), "other term"), a, b, c))
    sums = table[["count_a", "count_b"]].sum()
    total = float(table[value].sum())
    if len(table):
        lines.append(("All terms together", total, sums["count_a"], sums["count_b"]))
    rows = [Row(name, f"{number(x, signed=True)} ({count(a)} : {count(b)})") for name, x, a, b in lines]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _parts_finding(table, value, total, one, two),
            join(
                f"Difference in loaded mentions per 1,000 words, {one} less {two}, by term, with both counts",
                period or "",
                f"{plural(sums['count_a'], 'mention')} in {one}, {count(sums['count_b'])} in {two}",
            ),
            source,
            f"mentions per 1,000 words: left, more in {two}; right, more in {one}",
            [
                Key(f"more in {one}", Look("s", VERMILION), "bar"),
                Key(f"more in {two}", Look("s", BLUE, hatch="////"), "bar"),
            ],
            "Bars of the parts of a difference",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=13, top=13)
    zero_axis(drawn.ax, sheet, [x for _, x, *_ in lines])
    for y, (name, x, *_) in zip(drawn.y, lines, strict=True):
        _draw_part(drawn.ax, x, y, total=name == "All terms together")
    draw_baseline(drawn.ax, sheet, 0.0, "no difference")
    return sheet.finish([f"{row.label} {row.value}" for row in rows], parts)


def _draw_part(ax: "Axes", x: float, y: float, *, total: bool) -> None:
    from matplotlib.patches import Rectangle

    look = Look("s", VERMILION) if x > 0 else Look("s", BLUE, hatch="////")
    style = bar_style(look)
    if total:
        style = {**style, "linewidth": 1.4, "edgecolor": INK, "hatch": style["hatch"]}
    ax.add_patch(Rectangle((min(x, 0.0), y - 4.5), abs(x), 9, zorder=3, label="_bar", **style))


def _parts_finding(table: pd.DataFrame, value: str, total: float, one: str, two: str) -> str:
    if not len(table):
        return f"No loaded mention in {one} or in {two}"
    if abs(total) < 1e-9:
        return f"{one} and {two} use loaded words equally often"
    more, less, sign = (one, two, 1) if total > 0 else (two, one, -1)
    helping = table[table[value] * sign > 0]
    leading = _leading(helping[value].abs())
    first = [f"“{clean(str(term))}”" for term in helping["term"].head(leading)]
    part = helping[value].head(leading).sum() / total
    if not first:
        made = f", spread over {plural(len(helping), 'term')}"
    elif 0 < part <= 1:
        made = f", {percent(part)} of it from {listing(first)}"
    else:
        made = f", most of all {listing(first)}"
    return f"{sentence(more)} has {number(abs(total))} loaded mentions per 1,000 words more than {less}{made}"


def _leading(sizes: pd.Series, most: int = 2) -> int:
    """How many of the first terms to name, given their sizes from large to small: none that others are as large as."""
    values = sizes.to_numpy(float)
    for n in range(min(most, len(values)), 0, -1):
        if len(values) == n or values[n - 1] > values[n] + 1e-9:
            return n
    return 0
