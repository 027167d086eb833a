"""Charts of counts taken apart: choices by concept, parts of a difference, words that tell groups apart."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_marks import (
    bar_style,
    draw_baseline,
    draw_interval,
    draw_mark,
    linear_ticks,
    set_ticks,
    too_little,
)
from helpers._chart_parts import Key, Row, Sheet, Words, row_sheet
from helpers._chart_words import (
    BLUE,
    INK,
    RULE,
    STANCES,
    VERMILION,
    Look,
    clean,
    count,
    enough,
    humanise,
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
from helpers._charts_against import TOP, baseline_name, cut_rows, join

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# ------------------------------------------------------------ choices
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
        share_high, enough; with baseline_share where there is one, which is drawn as a tick.
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
        Shares from 0 to 1 along x. The bar is the counts; the line above it is the choice share's 95% interval.
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
    """Word which concepts are named in loaded words clearly more often than in the baseline, or than half the time."""
    told = [enough(row) and pd.notna(row["share"]) for _, row in table.iterrows()]
    if not any(told):
        return "Too little text to say how any concept is named"
    against = "baseline_share" in table and bool(table["baseline_share"].notna().any())
    line = table["baseline_share"] if against else pd.Series(0.5, index=table.index)
    above = [
        name
        for name, ok, low, at in zip(labels, told, table["share_low"], line, strict=True)
        if ok and low > at
    ]
    below = [
        name
        for name, ok, high, at in zip(labels, told, table["share_high"], line, strict=True)
        if ok and high < at
    ]
    where = "than in the baseline" if against else "than not"
    above, below = ([in_sentence(name) for name in names] for names in (above, below))
    if above:
        return f"{sentence(listing(above))} {'is' if len(above) == 1 else 'are'} clearly named more often in loaded words {where}"
    if below and against:
        return f"{sentence(listing(below))} {'is' if len(below) == 1 else 'are'} clearly named less often in loaded words {where}"
    if below:
        return f"{sentence(listing(below))} {'is' if len(below) == 1 else 'are'} clearly named in neutral words more often than not"
    if against:
        return "No concept’s share of loaded words differs clearly from the baseline"
    return "No concept is clearly named in loaded words more often than not"


# ------------------------------------------------------------ parts
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
        As `contributions` returns it: term, concept, frame, stance, count_a, count_b, part (or difference). The
        parts add up to the difference of the two rates.
    source : str
        Where the figures come from; written at the foot.
    names : (str, str), default ("A", "B")
        What the two sides are called; a part above zero stands for more in the first.
    width, ax, title, period
        As for `concept_choices`.
    top : int, default 15
        Terms drawn one by one, those with the largest parts. The others stand together in one row, so that the
        bars still add up to the whole, which is the last row.

    Returns
    -------
    matplotlib.axes.Axes
        Mentions per 1,000 words along x; zero, where both sides are alike, is the baseline.
    """
    table = need(parts, ["term", "count_a", "count_b"], "contribution_bars", "contributions")
    value = next((name for name in ("part", "difference") if name in table), None)
    if value is None:
        raise ValueError(
            "contribution_bars: the table has no column 'part' or 'difference'; pass what contributions returns"
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
        lines.append(
            (plural(len(rest), "other term"), *(rest[c].sum() for c in (value, "count_a", "count_b")))
        )
    total = float(table[value].sum())
    if len(table):
        lines.append(("All terms together", total, table["count_a"].sum(), table["count_b"].sum()))
    rows = [Row(name, f"{number(x, signed=True)} ({count(a)} : {count(b)})") for name, x, a, b in lines]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _parts_finding(table, value, total, one, two),
            join(
                f"Difference in loaded mentions per 1,000 words, {one} less {two}, by term, with the counts of both",
                period or "",
                f"{plural(table['count_a'].sum(), 'mention')} in {one}, {count(table['count_b'].sum())} in {two}",
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
    _zero_axis(drawn.ax, sheet, [x for _, x, *_ in lines])
    for y, (name, x, *_) in zip(drawn.y, lines, strict=True):
        _draw_part(drawn.ax, x, y, total=name == "All terms together")
    draw_baseline(drawn.ax, sheet, 0.0, "no difference")
    return sheet.finish([f"{row.label} {row.value}" for row in rows], parts)


def _zero_axis(ax: "Axes", sheet: Sheet, values: Sequence[float]) -> None:
    most = max((abs(x) for x in values if math.isfinite(x)), default=0.0) or 1.0
    low = min([0.0, *values])
    high = max([0.0, *values])
    low, high = (low - 0.06 * most, high + 0.06 * most) if low < high else (-1.0, 1.0)
    ax.set_xlim(low, high)
    set_ticks(ax, *linear_ticks(low, high, sheet.plot_width))


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
    first = [f"“{clean(str(term))}”" for term in helping["term"].head(2)]
    part = helping[value].head(2).sum() / total
    made = (
        f", {percent(part)} of it from {listing(first)}"
        if 0 < part <= 1
        else f", most of all {listing(first)}"
    )
    return f"{more} has {number(abs(total))} loaded mentions per 1,000 words more than {less}{made}"


# ------------------------------------------------------------ words
def distinctive_words(
    words: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int = 10,
) -> "Axes":
    """Draw for each group the words it uses more than the rest, with intervals.

    Parameters
    ----------
    words : pandas.DataFrame
        As `distinctive_words` of the comparisons returns it: the columns that name the group, then word, count,
        articles, log_odds, z, q, enough; with low and high (of the log-odds) where there are such.
    source : str
        Where the figures come from; written at the foot.
    width, ax, title, period
        As for `concept_choices`.
    top : int, default 10
        Words drawn for each group, those with the largest z first.

    Returns
    -------
    matplotlib.axes.Axes
        Log-odds ratios along x; zero, used as often as in the rest, is the baseline.

    Notes
    -----
    Where the table brings no interval, it is drawn as log-odds ± 1.96 standard errors, and a standard error is
    log-odds / z by the definition of z.
    """
    table = need(
        words, ["word", "count", "articles", "log_odds", "z"], "distinctive_words", "distinctive_words"
    )
    keys = list(table.columns[: list(table.columns).index("word")])
    if not {"low", "high"} <= set(table.columns):
        error = (table["log_odds"] / table["z"]).abs()
        table = table.assign(low=table["log_odds"] - 1.96 * error, high=table["log_odds"] + 1.96 * error)
    table = table[
        (table["z"] > 0) & pd.Series([enough(r) for _, r in table.iterrows()], index=table.index, dtype=bool)
    ]
    table = table.assign(
        _group=[" · ".join(humanise(v) for v in r) for r in table[keys].itertuples(index=False)]
    )
    groups = sorted(table["_group"].unique())
    ranked = table.sort_values(["_group", "z"], ascending=[True, False], kind="stable")
    shown = ranked.groupby("_group", sort=False).head(top).reset_index(drop=True)
    kinds = [_word_kind(row) for _, row in shown.iterrows()]
    first = ~shown["_group"].duplicated()
    rows = [
        Row(
            clean(str(row["word"])),
            f"{count(row['count'])} in {plural(row['articles'], 'article')}",
            row["_group"] if start else "",
        )
        for start, (_, row) in zip(first, shown.iterrows(), strict=True)
    ]
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _words_finding(shown, kinds),
            join(
                "Log-odds of a word in the group against the rest, with 95% intervals over articles",
                period or "",
                f"{plural(len(groups), 'group')}, at most {plural(top, 'word')} each",
            ),
            source,
            "log-odds ratio: right of the line, more often than in the rest",
            [
                Key(text, look)
                for kind, text, look in (
                    ("clear", "clearly more often", Look("D", VERMILION)),
                    ("unclear", "not clearly different", Look("o", RULE, filled=False)),
                )
                if kind in kinds
            ],
            "Forest chart of distinctive words",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=11, top=13)
    values = shown[["log_odds", "low", "high"]].to_numpy(float, na_value=math.nan).ravel()
    _zero_axis(drawn.ax, sheet, [0.0, *values[np.isfinite(values)]])
    draw_baseline(drawn.ax, sheet, 0.0, "as often as in the rest")
    for y, kind, (_, row) in zip(drawn.y, kinds, shown.iterrows(), strict=True):
        look = Look("D", VERMILION) if kind == "clear" else Look("o", RULE, filled=False)
        draw_interval(drawn.ax, row["low"], row["high"], y, look)
        draw_mark(drawn.ax, row["log_odds"], y, look)
    said = [
        f"{row['_group']} {clean(str(row['word']))} {number(row['log_odds'])}" for _, row in shown.iterrows()
    ]
    return sheet.finish(said, shown.drop(columns="_group"))


def _word_kind(row: Any) -> str:
    q = row["q"] if "q" in row else math.nan
    return "clear" if row["low"] > 0 and (pd.isna(q) or q < 0.05) else "unclear"


def _words_finding(shown: pd.DataFrame, kinds: Sequence[str]) -> str:
    clear = shown[[kind == "clear" for kind in kinds]]
    if not len(clear):
        return "No word stands out clearly in any group"
    groups = list(dict.fromkeys(clear["_group"]))
    firsts = [f"“{clean(str(clear[clear['_group'] == group]['word'].iloc[0]))}”" for group in groups[:2]]
    said = [f"{word} in {group}" for word, group in zip(firsts, groups, strict=False)]
    return (
        f"Words that stand out clearly in {plural(len(groups), 'group')}: first of all {' and '.join(said)}"
    )


# ------------------------------------------------------------ dispersion
def dispersion(
    table: pd.DataFrame,
    *,
    source: str,
    width: str | float = "two",
    ax: "Axes | None" = None,
    title: str | None = None,
    period: str | None = None,
    top: int | None = 25,
    uneven: float = 0.8,
) -> "Axes":
    """Draw how evenly each term stands in the articles (Gries' deviation of proportions).

    Parameters
    ----------
    table : pandas.DataFrame
        One row a term (or group): term, mentions, articles, dp; with dp_low and dp_high where there are such, and
        expected_dp, what chance alone would give, where it is known.
    source : str
        Where the figures come from; written at the foot.
    width, ax, title, period
        As for `concept_choices`.
    top : int or None, default 25
        Most rows to draw, those with the most mentions first; None draws all.
    uneven : float, default 0.8
        DP from which a term is called carried by few articles.

    Returns
    -------
    matplotlib.axes.Axes
        DP along x, from 0 (as even as the articles' lengths) to 1 (all in one short article).
    """
    table = need(table, ["mentions", "articles", "dp"], "dispersion", "the dispersion table")
    name = next((column for column in table.columns if column not in ("mentions", "articles", "dp")), None)
    if name is None:
        raise ValueError("dispersion: the table has no column that names its rows, such as 'term'")
    table = table.sort_values("mentions", ascending=False, kind="stable").reset_index(drop=True)
    few = [enough(row) and pd.notna(row["dp"]) and row["dp"] >= uneven for _, row in table.iterrows()]
    told = [enough(row) and pd.notna(row["dp"]) for _, row in table.iterrows()]
    labels = [clean(str(value)) if name == "term" else humanise(value) for value in table[name]]
    shown, cut = cut_rows(table, top, "row")
    rows = [
        Row(label, f"{plural(row['mentions'], 'mention')} in {plural(row['articles'], 'article')}")
        for label, (_, row) in zip(labels, shown.iterrows(), strict=False)
    ]
    chance = "expected_dp" in table and bool(table["expected_dp"].notna().any())
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _dispersion_finding(labels, few, told),
            join(
                "Deviation of proportions (DP): 0 is spread evenly, 1 is all in one place", period or "", cut
            ),
            source,
            "DP, from even (0) to all in one article (1)",
            [
                Key("spread over articles", Look("o", BLUE)),
                Key(f"DP of {number(uneven)} or more", Look("D", VERMILION)),
                *([Key("expected by chance", kind="tick")] if chance else []),
            ],
            "Chart of dispersion",
        ),
    )
    drawn = row_sheet(sheet, rows, mark=12, top=13)
    drawn.ax.set_xlim(0, 1)
    set_ticks(drawn.ax, *linear_ticks(0, 1, sheet.plot_width))
    draw_baseline(drawn.ax, sheet, 0.0, "spread evenly")
    for y, high, ok, (_, row) in zip(drawn.y, few, told, shown.iterrows(), strict=False):
        _draw_dp(drawn.ax, y, row, Look("D", VERMILION) if high else Look("o", BLUE), ok)
    return sheet.finish(
        [f"{row.label} DP {number(dp)}, {row.value}" for row, dp in zip(rows, shown["dp"], strict=True)],
        shown,
    )


def _draw_dp(ax: "Axes", y: float, row: Any, look: Look, told: bool) -> None:
    if not told:
        too_little(ax, y)
        return
    if "dp_low" in row and pd.notna(row["dp_low"]):
        draw_interval(ax, row["dp_low"], row["dp_high"], y, look)
    if "expected_dp" in row and pd.notna(row["expected_dp"]):
        (tick,) = ax.plot([row["expected_dp"]] * 2, [y - 5, y + 5], color=INK, linewidth=2, zorder=3)
        tick.set_label("_baseline")
    draw_mark(ax, row["dp"], y, look)


def _dispersion_finding(labels: Sequence[str], few: Sequence[bool], told: Sequence[bool]) -> str:
    if not any(told):
        return "Too little text to say how evenly any term is spread"
    names = [f"“{label}”" for label, high in zip(labels, few, strict=True) if high]
    if not names:
        return "No term is carried by a few articles"
    return f"{listing(names)} {'is' if len(names) == 1 else 'are'} carried by a few articles"
