"""Suggest terms that a lexicon may lack: near its terms in a vector space, or frequent where it finds loaded words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.engine import scan
from helpers.lexicon import LOADED, Lexicon

if TYPE_CHECKING:
    from helpers.vectors import Vectors


def suggest_from_vectors(
    lexicon: Lexicon,
    *,
    concept: str = "",
    stance: str = "",
    seeds: Sequence[str] = (),
    vectors: Vectors | None = None,
    top: int = 20,
    min_zipf: float = 2.0,
) -> pd.DataFrame:
    """Suggest words that stand near a lexicon's terms in a space of word vectors.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon.
    concept, stance : str
        Take the single-word terms of this concept and stance as seeds (all loaded ones where both are empty).
    seeds : sequence of str
        Or these words.
    vectors : Vectors, optional
        By default `helpers.vectors.load_vectors`.
    top : int
        How many to suggest.
    min_zipf : float
        Leave out rarer words (Zipf scale of wordfreq: 2 is once in ten million words).

    Returns
    -------
    DataFrame
        ``word similarity nearest zipf``: cosine with the mean of the seeds' vectors, most similar first, and
        the seed that is nearest. Words that the lexicon already matches are left out. Vectors know where words
        stand, not what they claim: antonyms and neutral words come up too, and a person has to choose.

    Raises
    ------
    ImportError
        If no vectors are given and the package that holds them is not there.
    ValueError
        If no seed has a vector.
    """
    if vectors is None:
        from helpers.vectors import load_vectors

        vectors = load_vectors()
    words = [w.lower() for w in seeds] or _seeds(lexicon, concept, stance)
    known, matrix = vectors.of(list(dict.fromkeys(words)))
    if not known:
        raise ValueError(
            "none of the seeds has a word vector; choose a concept and stance with single-word terms, or give seeds"
        )
    middle = matrix.mean(axis=0)
    similar = vectors.matrix @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    names = vectors.index.to_numpy(dtype=object)
    order = np.argsort(-similar, kind="stable")[: 20 * top + 10 * len(lexicon.patterns) // 100 + 200]
    order = order[[str(names[i]).isalpha() and len(str(names[i])) > 2 for i in order]]
    order = order[~_matched(lexicon, names[order].tolist())]
    from wordfreq import zipf_frequency

    zipf = np.array([zipf_frequency(str(names[i]), lexicon.language or "en") for i in order])
    order, zipf = order[zipf >= min_zipf][:top], zipf[zipf >= min_zipf][:top]
    nearest = np.argmax(vectors.matrix[order] @ matrix.T, axis=1) if len(order) else np.zeros(0, int)
    return pd.DataFrame(
        {
            "word": pd.array(names[order], dtype="str"),
            "similarity": similar[order].astype(float),
            "nearest": pd.array([known[i] for i in nearest], dtype="str"),
            "zipf": zipf,
        }
    )


def _seeds(lexicon: Lexicon, concept: str, stance: str) -> list[str]:
    terms = lexicon.terms
    keep = terms["stance"].eq(stance) if stance else terms["stance"].isin(LOADED)
    if concept:
        keep &= terms["concept"].eq(concept)
    plain = terms.loc[keep, "term"].str.replace("*", "", regex=False).str.lower().str.strip()
    return plain[plain.str.fullmatch(r"[^\W\d_]+")].tolist()


def _matched(lexicon: Lexicon, words: Sequence[str]) -> np.ndarray:
    """Say which words the lexicon already matches (a mention or an ignored phrase)."""
    out = np.zeros(len(words), dtype=bool)
    if len(words):
        out[scan(list(words), lexicon.compiled).doc] = True
    return out


def suggest_from_log_odds(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    *,
    by: str | None = None,
    top: int = 20,
    min_articles: int = 5,
    ngrams: tuple[int, int] = (1, 2),
) -> pd.DataFrame:
    """Suggest words that stand in sentences with loaded mentions more often than in other sentences.

    Parameters
    ----------
    articles : DataFrame
        Articles.
    lexicon : Lexicon
        The lexicon.
    by : str, optional
        Take the words that set groups of articles apart instead, such as ``outlet``.
    top : int
        How many to suggest (of each group).
    min_articles : int
        A word must stand in at least this many articles.
    ngrams : tuple of int
        ``(1, 2)`` for words and bigrams.

    Returns
    -------
    DataFrame
        ``word count count_rest articles log_odds z`` (and the `by` column), greatest z first. Words that the
        lexicon already matches are left out, and those that begin or end with a function word or a number.

    Raises
    ------
    ValueError
        If no loaded term, or nothing but loaded terms, stands in the articles.

    Notes
    -----
    `helpers.distinctive_words`: log-odds with an informative Dirichlet prior (Monroe, Colaresi & Quinn 2008),
    z over articles.
    """
    from helpers.distinctive import distinctive_words

    key = by or "_kind"
    table = articles if by else _split(articles, lexicon)
    few = min(min_articles, max(2, len(articles) // 2))
    words = distinctive_words(table, by=key, min_articles=few, ngrams=ngrams)
    words = words[(words["z"] > 0) & words["enough"]]
    if by is None:
        words = words[words["_kind"] == "loaded"]
    keep = ~_matched(lexicon, words["word"].tolist()) & _content(words["word"])
    columns = [*([by] if by else []), "word", "count", "count_rest", "articles", "log_odds", "z"]
    words = words[keep][columns].sort_values("z", ascending=False, kind="stable")
    return (words.groupby(by, sort=False).head(top) if by else words.head(top)).reset_index(drop=True)


def _split(articles: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """Cut each article into its sentences with a loaded mention, and the others."""
    from helpers.mentions import find_mentions
    from helpers.sampling import sentences_of

    units = sentences_of(articles)
    found = find_mentions(
        units[["unit_id", "text"]].rename(columns={"unit_id": "doc_id"}), lexicon, annotate=False
    )
    here = set(found.loc[found["stance"].isin(LOADED), "doc_id"])
    units["_kind"] = np.where(units["unit_id"].isin(here), "loaded", "other")
    if units["_kind"].nunique() < 2:
        raise ValueError(
            "every sentence, or none, holds a loaded mention; there is nothing to compare it with"
        )
    joined = units.groupby(["doc_id", "_kind"], sort=True)["text"].agg("\n".join).reset_index()
    joined["doc_id"] = joined["doc_id"].astype(str) + ":" + joined["_kind"]
    return joined


def _content(words: pd.Series) -> np.ndarray:
    """Say which words and bigrams neither begin nor end with a function word or a number."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    def bare(part: str) -> bool:
        return part in ENGLISH_STOP_WORDS or not part[0].isalpha()

    return np.array([not (bare(w.split()[0]) or bare(w.split()[-1])) for w in words], dtype=bool)
