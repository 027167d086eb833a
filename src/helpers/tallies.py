"""Counts of a lexicon's terms by article: where scores and comparisons start."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.articles import as_articles
from helpers.engine import count_words, scan
from helpers.lexicon import Lexicon
from helpers.roles import ALL

PARTS = ("body", "title", "all")
VOICES = ("narrator", "quoted", "reported", "scare")


@dataclass(frozen=True)
class Tally:
    """Counts by article and pattern.

    Attributes
    ----------
    articles : DataFrame
        As given, index 0, 1, 2 …
    words : ndarray, articles
        Words of the part that was counted.
    counts : scipy CSR array, articles x patterns
        Places where the pattern stands (each place once).
    lexicon : Lexicon
    """

    articles: pd.DataFrame
    words: np.ndarray
    counts: sparse.csr_array
    lexicon: Lexicon

    def take(self, rows: np.ndarray) -> Tally:
        """Return the same for some of the articles, in that order."""
        return replace(
            self,
            articles=self.articles.iloc[rows].reset_index(drop=True),
            words=self.words[rows],
            counts=self.counts[rows],
        )

    def by(self, roles: np.ndarray) -> np.ndarray:
        """Return articles x columns: counts summed over the patterns that each column of `roles` marks."""
        summed: Any = self.counts @ sparse.csr_array(roles)
        return summed.toarray()


def tally(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    *,
    mentions: pd.DataFrame | None = None,
    part: str = "body",
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
) -> Tally:
    """Count a lexicon's terms in articles.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        What to count.
    mentions : DataFrame, optional
        From `find_mentions` with the same articles and lexicon, so as not to find them again.
    part : {"body", "title", "all"}
        Which part of the articles; words are counted there too.
    voice, target : str or list of str, optional
        Only mentions in these voices, or of these targets. Words are those of the whole part all the same.

    Returns
    -------
    Tally
        Counts.

    Raises
    ------
    TypeError
        If `lexicon` is not a Lexicon.
    ValueError
        For an unknown part or voice, or mentions that belong to other articles or to another lexicon.
    """
    if not isinstance(lexicon, Lexicon):
        raise TypeError(
            f"lexicon must be a Lexicon, not {type(lexicon).__name__}; use Lexicon.load(name or path)"
        )
    frame = as_articles(articles)
    if frame.empty:
        raise ValueError("there is no article to score; read some with read_articles()")
    if part not in PARTS:
        raise ValueError(f"part {part!r} is not one of {', '.join(PARTS)}")
    if part != "body" and "title" not in frame:
        raise ValueError(f"part={part!r} needs a column 'title' (there are: {', '.join(frame.columns)})")
    if mentions is None and voice is None and target is None:
        return _scanned(frame, lexicon, part)
    found = mentions if mentions is not None else found_mentions(frame, lexicon, part)
    return count_mentions(frame, lexicon, chosen_mentions(found, part, voice, target), words_of(frame, part))


def found_mentions(articles: pd.DataFrame, lexicon: Lexicon, part: str = "body") -> pd.DataFrame:
    """Find mentions with their voice and target.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    lexicon : Lexicon
        What to find.
    part : str
        ``body``, ``title`` or ``all``.

    Returns
    -------
    DataFrame
        As `helpers.mentions.find_mentions`.
    """
    from helpers.mentions import find_mentions

    return find_mentions(articles, lexicon, part=part)


def words_of(articles: pd.DataFrame, part: str = "body") -> np.ndarray:
    """Count the words of each article's part.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    part : str
        ``body``, ``title`` or ``all``.

    Returns
    -------
    ndarray
        Words by article.
    """
    body = count_words(articles["text"]) if part != "title" else 0
    title = count_words(articles["title"].fillna("")) if part != "body" else 0
    return np.asarray(body + title, dtype=np.int64)


def _scanned(frame: pd.DataFrame, lexicon: Lexicon, part: str) -> Tally:
    columns = {"body": ["text"], "title": ["title"], "all": ["title", "text"]}[part]
    hits = [scan(frame[c].fillna("") if c == "title" else frame[c], lexicon.compiled) for c in columns]
    doc, term = (np.concatenate([getattr(hit, key) for hit in hits]) for key in ("doc", "term"))
    words = np.asarray(sum(hit.words for hit in hits), dtype=np.int64)
    return Tally(frame, words, _matrix(doc, term, len(frame), lexicon), lexicon)


def _matrix(doc: np.ndarray, term: np.ndarray, n_articles: int, lexicon: Lexicon) -> sparse.csr_array:
    shape = (n_articles, len(lexicon.patterns))
    counts = sparse.coo_array((np.ones(len(doc)), (doc, term)), shape=shape).tocsr()
    counts.sum_duplicates()
    return counts


def chosen_mentions(
    mentions: pd.DataFrame,
    part: str = "body",
    voice: str | Sequence[str] | None = None,
    target: str | Sequence[str] | None = None,
) -> pd.DataFrame:
    """Return the mentions in a part, voice, or of a target.

    Parameters
    ----------
    mentions : DataFrame
        From `find_mentions`.
    part, voice, target : str or list of str
        What to keep; None keeps all.

    Returns
    -------
    DataFrame
        Rows of `mentions`.

    Raises
    ------
    ValueError
        For an unknown voice, or a column that is missing.
    """
    keep = np.ones(len(mentions), dtype=bool)
    if part != ALL and "part" in mentions:
        keep &= mentions["part"].eq(part).to_numpy()
    for column, wanted in (("voice", voice), ("target", target)):
        if wanted is None:
            continue
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        unknown = [name for name in names if column == "voice" and name not in VOICES]
        if unknown:
            raise ValueError(f"voice {unknown[0]!r} is not one of {', '.join(VOICES)}")
        need(mentions, column, "mentions", "find them with annotate=True")
        keep &= mentions[column].isin(names).to_numpy()
    return mentions[keep]


def count_mentions(
    articles: pd.DataFrame, lexicon: Lexicon, mentions: pd.DataFrame, words: np.ndarray
) -> Tally:
    """Count mentions by article and pattern, each place once.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    lexicon : Lexicon
        That the mentions were found with.
    mentions : DataFrame
        With ``doc_id, start, term`` and, where there is one, ``part``.
    words : ndarray
        Words by article.

    Returns
    -------
    Tally
        Counts.

    Raises
    ------
    ValueError
        If a mention is of another article or of a term that the lexicon does not have.
    """
    for column in ("doc_id", "start", "term"):
        need(mentions, column, "mentions", "make them with find_mentions()")
    keys = [c for c in ("doc_id", "part", "start", "term") if c in mentions]
    places = mentions.loc[~mentions.duplicated(keys), ["doc_id", "term"]]
    doc = pd.Index(articles["doc_id"]).get_indexer(pd.Index(places["doc_id"]))
    term = pd.Index(lexicon.patterns).get_indexer(pd.Index(places["term"]))
    if (doc < 0).any():
        raise ValueError(
            f"mentions: doc_id {places['doc_id'].iloc[int(np.argmax(doc < 0))]!r} is not among the articles; "
            "pass the articles that the mentions were found in"
        )
    if (term < 0).any():
        raise ValueError(
            f"mentions: term {places['term'].iloc[int(np.argmax(term < 0))]!r} is not in lexicon "
            f"{lexicon.name!r}; pass the lexicon that the mentions were found with"
        )
    return Tally(articles, words, _matrix(doc, term, len(articles), lexicon), lexicon)


def need(table: pd.DataFrame, column: str, what: str, remedy: str) -> None:
    """Raise a ValueError if a table lacks a column.

    Parameters
    ----------
    table : DataFrame
        The table.
    column, what, remedy : str
        Its name, what the table is called, and what to do.

    Raises
    ------
    ValueError
        Naming the columns there are.
    """
    if column not in table:
        known = ", ".join(map(str, table.columns))
        raise ValueError(f"{what}: column {column!r} is missing (there are: {known}); {remedy}")


def group_codes(articles: pd.DataFrame, by: Sequence[str]) -> tuple[np.ndarray, pd.DataFrame]:
    """Give each article the number of its group.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    by : sequence of str
        Columns whose values make the groups.

    Returns
    -------
    codes : ndarray
        Group of each article, -1 where a value is missing (a warning says how many).
    keys : DataFrame
        The values of each group, sorted.

    Raises
    ------
    ValueError
        If a column is missing or no article has a value.
    """
    for column in by:
        need(articles, column, "articles", "name one of these in `by`")
    grouped = articles.groupby(list(by), sort=True, dropna=True, observed=True)
    codes = grouped.ngroup().fillna(-1).to_numpy(dtype=int)
    left_out = int((codes < 0).sum())
    names = " or ".join(repr(c) for c in by)
    if left_out == len(articles):
        raise ValueError(f"no article has a value in column {names}; fill it in, or group by another one")
    if left_out:
        warnings.warn(
            f"{left_out:,} of {len(articles):,} articles have no {names} and are left out", stacklevel=3
        )
    first = pd.Series(np.flatnonzero(codes >= 0)).groupby(codes[codes >= 0]).first()
    keys: Any = articles.iloc[first.to_numpy()][list(by)].reset_index(drop=True)
    return codes, keys


def as_list(by: str | Sequence[str]) -> list[str]:
    """Return one column name or several as a list.

    Parameters
    ----------
    by : str or sequence of str
        Column names.

    Returns
    -------
    list of str
        The names.
    """
    return [by] if isinstance(by, str) else list(by)
