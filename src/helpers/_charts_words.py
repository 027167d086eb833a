"""Words and terms: which tell groups apart, and how evenly they are spread."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers._chart_findings import (
    cut_rows,
    join,
    zero_axis,
)
from helpers._chart_marks import (
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
    CLEARLY,
    INK,
    RULE,
    VERMILION,
    Look,
    clean,
    count,
    enough,
    humanise,
    labels_of,
    listing,
    need,
    number,
    plural,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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
        As `distinctive_words` of the comparisons returns it: the columns that name the group, then word,
        count, articles, log_odds, z, q, enough; with low and high (of the log-odds) where there are such.
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
    Where the table brings no interval, it is drawn as log-odds ± 1.96 standard errors, and a standard error
    is log-odds / z by the definition of z.
    """
    table = _grouped_words(words)
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
                CLEARLY if "q" in shown and bool(shown["q"].notna().any()) else "",
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
    zero_axis(drawn.ax, sheet, [0.0, *values[np.isfinite(values)]])
    draw_baseline(drawn.ax, sheet, 0.0, "as often as in the rest")
    for y, kind, (_, row) in zip(drawn.y, kinds, shown.iterrows(), strict=True):
        look = Look("D", VERMILION) if kind == "clear" else Look("o", RULE, filled=False)
        draw_interval(drawn.ax, row["low"], row["high"], y, look)
        draw_mark(drawn.ax, row["log_odds"], y, look)
    said = [
        f"{row['_group']} {clean(str(row['word']))} {number(row['log_odds'])}" for _, row in shown.iterrows()
    ]
    return sheet.finish(said, shown.drop(columns="_group"))


def _grouped_words(words: pd.DataFrame) -> pd.DataFrame:
    """Return the words that a group uses more than the rest, with bounds and the group's name in ``_group``."""
    table = need(
        words, ["word", "count", "articles", "log_odds", "z"], "distinctive_words", "distinctive_words"
    )
    keys = list(table.columns[: list(table.columns).index("word")])
    if not {"low", "high"} <= set(table.columns):
        error = (table["log_odds"] / table["z"]).abs()
        table = table.assign(low=table["log_odds"] - 1.96 * error, high=table["log_odds"] + 1.96 * error)
    table = table[
        (table["z"] > 0)
        & (table["count"] > 0)
        & pd.Series([enough(r) for _, r in table.iterrows()], index=table.index, dtype=bool)
    ]
    return table.assign(
        _group=[" · ".join(humanise(v) for v in r) for r in table[keys].itertuples(index=False)]
    )


def _word_kind(row: Any) -> str:
    q = row.get("q", math.nan)
    return "clear" if row["low"] > 0 and (pd.isna(q) or q < 0.05) else "unclear"


def _words_finding(shown: pd.DataFrame, kinds: Sequence[str]) -> str:
    clear = shown[[kind == "clear" for kind in kinds]]
    if not len(clear):
        text = "No word stands out clearly in any group"
        if not len(shown):
            return text
        first = shown.iloc[int(np.argmax(shown["z"]))]
        return f"{text}; the nearest is “{clean(str(first['word']))}” in {first['_group']}"
    groups = list(dict.fromkeys(clear["_group"]))
    firsts = [f"“{clean(str(clear[clear['_group'] == group]['word'].iloc[0]))}”" for group in groups[:2]]
    said = [f"{word} in {group}" for word, group in zip(firsts, groups, strict=False)]
    return (
        f"Words that stand out clearly in {plural(len(groups), 'group')}: first of all {' and '.join(said)}"
    )


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
        As the `dispersion` of the comparisons returns it: the columns it was grouped by, then term, mentions,
        articles, dispersion; with expected, what chance alone would give, where it is known.
    source : str
        Where the figures come from; written at the foot.
    width, ax, title, period
        As for `concept_choices`.
    top : int or None, default 25
        Most rows to draw, those with the most mentions first; None draws all.
    uneven : float, default 0.8
        DP from which a term with five mentions or more is called unevenly spread (with fewer, it must be).

    Returns
    -------
    matplotlib.axes.Axes
        DP along x, from 0 (as even as the articles' lengths) to 1 (all in one short article).
    """
    table = need(table, ["term", "mentions", "articles", "dispersion"], "dispersion", "dispersion")
    table = table.sort_values("mentions", ascending=False, kind="stable").reset_index(drop=True)
    told = [enough(row) and pd.notna(row["dispersion"]) for _, row in table.iterrows()]
    few = [
        ok and r["dispersion"] >= uneven and r["mentions"] >= 5
        for ok, (_, r) in zip(told, table.iterrows(), strict=True)
    ]
    groups = labels_of(table.assign(term=""), "term") if table.columns[0] != "term" else None
    labels = [clean(str(term)) for term in table["term"]]
    if groups is not None:
        labels = [f"{group} · {label}" for group, label in zip(groups, labels, strict=True)]
    shown, cut = cut_rows(table, top, "row")
    rows = [
        Row(label, f"{plural(row['mentions'], 'mention')} in {plural(row['articles'], 'article')}")
        for label, (_, row) in zip(labels, shown.iterrows(), strict=False)
    ]
    chance = "expected" in table and bool(table["expected"].notna().any())
    sheet = Sheet(
        ax,
        width,
        Words(
            title or _dispersion_finding(labels, few, told, uneven),
            join(
                "Deviation of proportions (DP): 0 is spread evenly, 1 is all in one place", period or "", cut
            ),
            source,
            "DP, from even (0) to all in one article (1)",
            [
                Key("spread over articles", Look("o", BLUE)),
                Key(f"DP of {number(uneven)} or more, from five mentions on", Look("D", VERMILION)),
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
        [
            f"{row.label} DP {number(dp)}, {row.value}"
            for row, dp in zip(rows, shown["dispersion"], strict=True)
        ],
        shown,
    )


def _draw_dp(ax: "Axes", y: float, row: Any, look: Look, told: bool) -> None:
    if not told:
        too_little(ax, y)
        return
    if "dispersion_low" in row and pd.notna(row["dispersion_low"]):
        draw_interval(ax, row["dispersion_low"], row["dispersion_high"], y, look)
    if "expected" in row and pd.notna(row["expected"]):
        (tick,) = ax.plot([row["expected"]] * 2, [y - 5, y + 5], color=INK, linewidth=2, zorder=3)
        tick.set_label("_baseline")
    draw_mark(ax, row["dispersion"], y, look)


def _dispersion_finding(
    labels: Sequence[str], few: Sequence[bool], told: Sequence[bool], uneven: float
) -> str:
    if not any(told):
        return "Too little text to say how evenly any term is spread"
    names = [f"“{label}”" for label, high in zip(labels, few, strict=True) if high]
    if not names:
        return f"No term with five mentions or more has a DP of {number(uneven)} or above"
    return f"{listing(names)} {'stands' if len(names) == 1 else 'stand'} mostly in a few articles"
