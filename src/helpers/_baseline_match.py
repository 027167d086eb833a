"""The baseline's articles nearest in topic to an article, with a lexicon's terms masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.engine import compile_terms, scan
from helpers.lexicon import Lexicon
from helpers.text import WORD

if TYPE_CHECKING:
    from helpers._baseline_terms import TermCounts
    from helpers.baseline import Baseline

Array = np.ndarray
#: Pairs of an article and a baseline article whose similarity is held at a time (32 MB).
_PAIRS = 4_000_000
#: Words in more than this part of the baseline's articles go into a full matrix: there it is the quicker product.
_COMMON = 0.05
#: Words in more than this part of the baseline's articles say nothing about topic; the balance leaves them out.
EVERYWHERE = 0.5
#: A baseline article this similar is the article itself, and no standard for it.
SAME_ARTICLE = 0.98


def folded(vocabulary: tuple[str, ...]) -> tuple[list[str], np.ndarray]:
    """Return the lower-cased words of a vocabulary, and the place of each word's among them."""
    lower = [word.lower().replace("’", "'").removesuffix("'s") for word in vocabulary]
    names, place = np.unique(np.array(lower, dtype=object).astype(str), return_inverse=True)
    return names.tolist(), place


def masked_words(names: list[str], patterns: Iterable[str]) -> np.ndarray:
    """Tell which words stand in any of the patterns, so that naming does not count as topic.

    Parameters
    ----------
    names : list of str
        Words.
    patterns : iterable of str
        Terms; of phrases each word is masked but for the commonest ("of", "the").

    Returns
    -------
    ndarray of bool
        True for each word that is masked.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    parts = {part.lower() for p in patterns for part in p.replace("-", " ").split() if part.strip("*")}
    parts -= ENGLISH_STOP_WORDS
    hits = scan(names, compile_terms(sorted(parts)))
    mask = np.zeros(len(names), dtype=bool)
    mask[hits.doc] = True
    return mask


def topic_vectors(counts: sparse.csr_array, mask: np.ndarray) -> tuple[Any, sparse.csr_array]:
    """Return the fitted TF-IDF transformer and the unit vectors of articles, masked words left out."""
    from sklearn.feature_extraction.text import TfidfTransformer

    transformer = TfidfTransformer(sublinear_tf=True)
    return transformer, sparse.csr_array(transformer.fit_transform(counts[:, ~mask]))


def match(whole: Baseline, articles: pd.DataFrame, k: int, lexicon: Lexicon | None) -> Baseline:
    """Choose the neighbours; `Baseline.matched` explains."""
    if not isinstance(k, int | np.integer) or k < 1:
        raise ValueError(f"k={k!r}: the number of neighbours must be a whole number from 1 on")
    k = min(int(k), len(whole))
    stored = [p for one in whole.terms for p in one.patterns]
    patterns = tuple(dict.fromkeys(lexicon.patterns if lexicon is not None else stored))
    names, transformer, vectors, mask = _topics(whole, patterns)
    query = _query(articles["text"], names)
    if (query[:, ~mask].sum(axis=1) == 0).any():
        row = int(np.argmax(query[:, ~mask].sum(axis=1) == 0))
        raise ValueError(
            f"article {articles['doc_id'].iloc[row]!r} shares no word with baseline {whole.title!r}; "
            "is it in English?"
        )
    asked: Any = sparse.csr_array(transformer.transform(query[:, ~mask]))
    weights, found = _neighbours(asked, vectors, k)
    rows = np.flatnonzero(weights > 0)
    chosen = weights[rows]
    if not len(rows):
        raise ValueError(
            f"no article of baseline {whole.title!r} shares an unmasked word with these articles"
        )
    effective = float(chosen.sum() ** 2 / (chosen**2).sum())
    facts = {
        "k": k,
        "articles": len(rows),
        "left_out_as_itself": found["itself"],
        "mean_similarity": found["nearest"] / (asked.shape[0] * k),
        "mean_similarity_all": found["all"] / (asked.shape[0] * len(whole)),
        "effective_articles": effective,
        "balance": _balance(asked, vectors, weights, [n for n, m in zip(names, mask, strict=True) if not m]),
    }
    return replace(
        whole,
        title=f"{whole.title}: the {len(rows):,} articles nearest in topic",
        articles=whole.articles.iloc[rows].reset_index(drop=True),
        word_counts=sparse.csc_array(whole.word_counts[rows]),
        terms=tuple(_taken(one, rows, len(whole)) for one in whole.terms),
        meta={**whole.meta, "articles": len(rows), "match": facts},
        weights=chosen / chosen.sum() * effective,
        _cache={},
    )


def _topics(whole: Baseline, patterns: tuple[str, ...]):
    key = ("topics", patterns)
    if key not in whole._cache:
        names, place = folded(whole.vocabulary)
        merge = sparse.csr_array(
            (np.ones(len(place)), (np.arange(len(place)), place)), shape=(len(place), len(names))
        )
        mask = masked_words(names, patterns)
        transformer, vectors = topic_vectors(sparse.csr_array(whole.word_counts @ merge), mask)
        whole._cache[key] = (names, transformer, vectors, mask)
    return whole._cache[key]


def _neighbours(asked: Any, vectors: Any, k: int) -> tuple[Array, dict[str, Any]]:
    """Sum for each baseline article its similarity to the articles whose `k` nearest it is among.

    Beside the sums: how many pairs are the same article, and total similarity to the nearest and to all.
    """
    n = vectors.shape[0]
    common = np.bincount(vectors.indices, minlength=vectors.shape[1]) > _COMMON * n
    many, few = vectors[:, common].toarray().T, sparse.csr_array(vectors[:, ~common].T)
    weights, itself, whole = np.zeros(n), 0, 0.0
    step = max(1, _PAIRS // n)
    for start in range(0, asked.shape[0], step):
        some = asked[start : start + step]
        similarity = some[:, common].toarray() @ many + (some[:, ~common] @ few).toarray()
        similarity = similarity.round(12)  # just as near is just as near, whichever way a processor adds
        same = similarity > SAME_ARTICLE
        similarity[same] = 0.0
        least = np.partition(similarity, -k, axis=1)[:, -k, None]
        near = similarity > least
        # Of those just as near as the last one, the first in the baseline's order fill the number up.
        level = similarity == least
        near |= level & (np.cumsum(level, axis=1) <= k - near.sum(axis=1, keepdims=True))
        weights += (similarity * near).sum(axis=0)
        itself += int(same.sum())
        whole += float(similarity.sum())
    return weights, {"itself": itself, "nearest": float(weights.sum()), "all": whole}


def _query(texts: pd.Series, names: list[str]) -> sparse.csr_array:
    """Count the named words in texts; forms of a word are folded once each, not at every place."""
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(lowercase=False, token_pattern=WORD.pattern)
    try:
        counts = sparse.csr_array(vectorizer.fit_transform(texts))
    except ValueError:  # no text has a word
        return sparse.csr_array((len(texts), len(names)))
    forms, place = folded(tuple(vectorizer.get_feature_names_out()))
    known = pd.Index(names).get_indexer(pd.Index(forms))[place]
    rows = np.flatnonzero(known >= 0)
    merge = sparse.csr_array((np.ones(len(rows)), (rows, known[rows])), shape=(len(known), len(names)))
    return sparse.csr_array(counts @ merge)


def _balance(asked, vectors, weights: np.ndarray, names: list[str], top: int = 20) -> list[dict[str, Any]]:
    # "The" weighs much in any article and tells nothing of what it is about.
    telling = vectors.astype(bool).sum(axis=0) <= EVERYWHERE * vectors.shape[0]
    own = np.asarray(asked.mean(axis=0)).ravel() * np.asarray(telling).ravel()
    matched = np.asarray(weights @ vectors).ravel() / weights.sum()
    everywhere = np.asarray(vectors.mean(axis=0)).ravel()
    best = np.argsort(-own, kind="stable")[:top]
    columns = {"article": own, "matched": matched, "all": everywhere}
    return [
        {"word": names[i], **{key: round(float(v[i]), 4) for key, v in columns.items()}}
        for i in best
        if own[i] > 0
    ]


def _taken(one: TermCounts, rows: np.ndarray, n: int) -> TermCounts:
    place = np.full(n, -1)
    place[rows] = np.arange(len(rows))
    keep = place[one.article] >= 0
    entries = {key: getattr(one, key)[keep] for key in ("term", "voice", "count")}
    return replace(one, article=place[one.article][keep], **entries)
