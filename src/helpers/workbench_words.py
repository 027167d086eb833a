"""What notebook 06 says and draws about a stress test, worded from its tables."""

from __future__ import annotations

from typing import Any

import pandas as pd

from helpers.lexicon import Lexicon
from helpers.report import format_number
from helpers.stress import StressTest
from helpers.suggest import suggest_from_vectors

#: More groups than this do not fit on a page.
MOST_GROUPS = 15


def group_column(articles: pd.DataFrame, wanted: str) -> list[str]:
    """Return the column of groups as a list: the wanted one, else ``outlet``, else none (one group only)."""
    for name in (wanted, "outlet"):
        if name in articles and 1 < len(articles[name].dropna().unique()) <= MOST_GROUPS:
            return [name]
    return []


def few_articles(articles: pd.DataFrame, most: int, seed: int = 0) -> tuple[pd.DataFrame, str]:
    """Return at most so many articles, drawn at random, and a sentence that says so."""
    if len(articles) <= most:
        return articles, f"All {len(articles):,} articles are used."
    drawn = articles.sample(most, random_state=seed).sort_index().reset_index(drop=True)
    return (
        drawn,
        f"{most:,} of {len(articles):,} articles were drawn at random, so that each change shows at once.",
    )


def rest_findings(test: StressTest) -> list[str]:
    """Say on how few terms a result rests, and whether the order of groups holds without any one term."""
    terms, whole = test.terms, test.coverage.iloc[0]
    top = ", ".join(terms["term"].head(3))
    lines = [
        f"{whole['seen']:,} of the lexicon's {whole['terms']:,} loaded terms stand in these articles, "
        f"{whole['mentions']:,} times in all.",
        f"The commonest three ({top}) make up {whole['top_three_share']:.0%} of the loaded mentions; the mentions are "
        f"spread as evenly as over {format_number(whole['effective_terms'])} equally common terms.",
    ]
    upset = terms.loc[~terms["order_kept"], "term"].tolist()
    if not upset:
        lines.append("Leaving out any one term leaves the groups in the same order by rate.")
    else:
        lines.append(f"The order of the groups by rate changes without: {', '.join(upset[:8])}.")
    return lines


def shown_variants(test: StressTest, by: list[str]) -> pd.DataFrame:
    """Lay the variants of a stress test out for `charts.estimates`: ``group kind value low high``."""
    rows = test.variants[test.variants["frame"] == "all"].reset_index(drop=True)
    group = rows[by[0]].astype(str) if by else pd.Series("all articles", index=rows.index)
    table = pd.DataFrame(
        {
            "group": group, "kind": rows["variant"], "value": rows["rate"],
            "low": rows["rate_low"], "high": rows["rate_high"],
        }
    )  # fmt: skip
    order = table.groupby("group")["value"].max().sort_values(ascending=False, kind="stable").index
    place = table["group"].map({name: i for i, name in enumerate(order)})
    return (
        table.assign(_place=place)
        .sort_values("_place", kind="stable")
        .drop(columns="_place")
        .reset_index(drop=True)
    )


def variants_title(variants: pd.DataFrame) -> str:
    """Word the finding: by how much the rate falls without the commonest terms, at most."""
    wide: Any = variants.pivot_table(index="group", columns="kind", values="value", sort=False)
    if wide.shape[1] < 2:
        return "Too few terms to leave any out"
    fall = 1 - wide.iloc[:, -1] / wide.iloc[:, 0]
    worst = fall.idxmax()
    if not fall[worst] > 0:
        return "Leaving out the commonest terms changes no rate"
    name = "" if len(wide) == 1 else f" for “{worst}”, less for the others"
    return f"Without the commonest terms the rate falls by {fall[worst]:.0%}{name}"


def suggestions(lexicon: Lexicon) -> tuple[pd.DataFrame, str]:
    """Suggest words near the critical terms of a concept, or an empty table and the reason why there are none."""
    concept = "ruler" if "ruler" in lexicon.concepts else ""
    try:
        return suggest_from_vectors(lexicon, concept=concept, stance="critical", top=15), ""
    except (ImportError, ValueError) as error:
        return pd.DataFrame(columns=["word", "similarity", "nearest", "zipf"]), str(error)
