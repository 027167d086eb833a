"""Dispersion: in how many articles, and how evenly, terms stand, so that one article cannot make a score."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.lexicon import LOADED, Lexicon
from helpers.roles import Roles
from helpers.tallies import as_list, group_codes, tally

Array = np.ndarray
#: Terms whose counts by article are held at a time.
_TERMS = 500


def deviation_of_proportions(counts: Array, words: Array) -> Array:
    """Gries' normalised deviation of proportions: how unevenly mentions are spread over articles.

    Parameters
    ----------
    counts : ndarray, articles x columns
        Mentions.
    words : ndarray, articles
        Words.

    Returns
    -------
    ndarray, columns
        0: in each article in proportion to its words; 1: all in the shortest article. NaN without mentions
        or with one article.

    Notes
    -----
    DP = sum |k_i / K - n_i / N| / 2 (Gries 2008, Int. J. Corpus Linguistics 13, 403-437), divided by its
    greatest value 1 - min(n_i / N) (Lijffijt & Gries 2012, 17, 147-149). For rare terms DP is near 1
    whatever the spread: K mentions cannot stand in more than K articles.
    """
    counts, words = np.asarray(counts, float), np.asarray(words, float)
    counts, words = counts[words > 0], words[words > 0]
    total = counts.sum(axis=0)
    if len(words) < 2:
        return np.full(counts.shape[1], np.nan)
    expected = words / words.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        dp = np.abs(counts / total - expected[:, None]).sum(axis=0) / 2
    return np.where(total > 0, dp / (1 - expected.min()), np.nan)


def top_share(pattern_totals: Array, roles: Roles, top: int = 3) -> Array:
    """Return, for each frame, the share of its mentions that its most frequent terms make up.

    Parameters
    ----------
    pattern_totals : ndarray, patterns, or groups x patterns
        Mentions by pattern.
    roles : Roles
        Which patterns carry which frame.
    top : int
        How many terms.

    Returns
    -------
    ndarray, frames, or groups x frames
        From 0 to 1, NaN without mentions.
    """
    totals = np.atleast_2d(pattern_totals)
    n_frames = roles.loaded.shape[1]
    frames, patterns = (marks.astype(np.int64) for marks in np.nonzero(roles.loaded.T))
    shares = np.full((len(totals), n_frames), np.nan)
    for row, counts in enumerate(totals[:, patterns]):
        order = np.lexsort((-counts, frames))
        rank = np.arange(len(frames)) - np.searchsorted(frames, np.arange(n_frames))[frames]
        total = np.bincount(frames, weights=counts, minlength=n_frames)
        first = np.bincount(frames, weights=np.where(rank < top, counts[order], 0.0), minlength=n_frames)
        np.divide(first, total, out=shares[row], where=total > 0)
    return shares.reshape(*np.shape(pattern_totals)[:-1], n_frames)


def dispersion(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    *,
    by: str | Sequence[str] | None = None,
    part: str = "body",
    mentions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return in how many articles, and how evenly, each loaded term stands.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        Terms.
    by : str or list of str, optional
        Columns of groups to do it in.
    part : {"body", "title", "all"}
        Part of the articles.
    mentions : DataFrame, optional
        From `find_mentions` with the same articles and lexicon.

    Returns
    -------
    DataFrame
        ``<by> term mentions articles articles_share dispersion largest_article``, most frequent first;
        `dispersion` is Gries' normalised DP (`deviation_of_proportions`), `largest_article` the part of the
        mentions that the one article with most of them holds. Terms without a mention are left out.
    """
    counted = tally(articles, lexicon, mentions=mentions, part=part)
    columns = as_list(by) if by is not None else []
    codes, keys = np.zeros(len(counted.words), dtype=int), pd.DataFrame(index=[0])
    if columns:
        codes, keys = group_codes(counted.articles, columns)
    loaded = set(lexicon.terms.loc[lexicon.terms["stance"].isin(LOADED), "term"])
    wanted = np.flatnonzero([pattern in loaded for pattern in lexicon.patterns])
    tables = []
    for group in range(len(keys)):
        rows = np.flatnonzero(codes == group)
        counts = counted.counts[rows][:, wanted]
        seen = np.flatnonzero(np.asarray(counts.sum(axis=0)).ravel())
        for part_of in np.array_split(seen, len(seen) // _TERMS + 1):  # bounded memory
            some = counts[:, part_of].toarray()
            mentions_of = some.sum(axis=0)
            table = pd.DataFrame(
                {
                    **{c: [keys[c].iloc[group]] * len(part_of) for c in columns},
                    "term": [lexicon.patterns[wanted[i]] for i in part_of],
                    "mentions": mentions_of.astype(int),
                    "articles": (some > 0).sum(axis=0),
                    "articles_share": (some > 0).mean(axis=0),
                    "dispersion": deviation_of_proportions(some, counted.words[rows]),
                    "largest_article": some.max(axis=0, initial=0) / mentions_of,
                }
            )
            tables.append(table.assign(_group=group))
    whole = pd.concat(tables, ignore_index=True)
    order = ["_group", "mentions", "term"]
    return whole.sort_values(order, ascending=[True, False, True], ignore_index=True).drop(columns="_group")
