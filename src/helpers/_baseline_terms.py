"""A baseline's counts of terms: exact for the lexicons it was built with, from its words for others."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from helpers.engine import compile_terms, scan
from helpers.lexicon import Lexicon
from helpers.tallies import VOICES

if TYPE_CHECKING:
    from helpers.baseline import Baseline

_JOINTS = re.compile(r"[\s\-‐‑–—]+")


@dataclass(frozen=True)
class TermCounts:
    """Counts of one lexicon's terms in the baseline's articles, by voice.

    `article`, `term`, `voice`, `count` are aligned; `term` is a place in `patterns`, `voice` in VOICES.
    """

    patterns: tuple[str, ...]
    lexicon_sha256: str
    article: np.ndarray
    term: np.ndarray
    voice: np.ndarray
    count: np.ndarray

    @property
    def key(self) -> str:
        """SHA-256 of the patterns: two lexicons with the same terms find the same places."""
        return patterns_key(self.patterns)

    def matrix(self, n_articles: int, voices: Sequence[str] | None = None) -> sparse.csc_array:
        """Articles x patterns, in these voices (all by default)."""
        keep = np.ones(len(self.count), dtype=bool)
        if voices is not None:
            keep = np.isin(self.voice, [VOICES.index(v) for v in voices])
        shape = (n_articles, len(self.patterns))
        entries = (self.count[keep].astype(float), (self.article[keep], self.term[keep]))
        return sparse.coo_array(entries, shape=shape).tocsc()


def patterns_key(patterns: Sequence[str]) -> str:
    """Return the SHA-256 of a list of terms.

    Parameters
    ----------
    patterns : sequence of str
        Terms.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    return hashlib.sha256("\n".join(patterns).encode("utf-8", "surrogatepass")).hexdigest()


def as_voices(voice: str | Sequence[str] | None) -> tuple[str, ...] | None:
    """Return voices in our order, checked; None for all."""
    if voice is None:
        return None
    names = [voice] if isinstance(voice, str) else list(voice)
    for name in names:
        if name not in VOICES:
            raise ValueError(f"voice {name!r} is not one of {', '.join(VOICES)}")
    return tuple(v for v in VOICES if v in names)


def lacking_terms(title: str, lexicon: Lexicon, terms: list[str]) -> str:
    """Say that a baseline has no counts of some terms, and what to do."""
    shown = ", ".join(repr(t) for t in terms[:5]) + (" …" if len(terms) > 5 else "")
    return (
        f"baseline {title!r} was built with other lexicons and has no counts of {len(terms)} of the "
        f"{len(lexicon.patterns)} terms of {lexicon.name!r} ({shown}); build one with "
        "Baseline.build(neutral_articles, lexicon), or leave these terms out with lexicon.without()"
    )


def count_terms(
    baseline: Baseline, lexicon: Lexicon, voices: tuple[str, ...] | None
) -> tuple[sparse.csr_array, list[str]]:
    """Return articles x patterns, and for each pattern how its counts are known (`Baseline.coverage`)."""
    patterns = list(lexicon.patterns)
    n, own = len(baseline), patterns_key(patterns)
    for stored in baseline.terms:
        if stored.key == own:
            return stored.matrix(n, voices).tocsr(), ["exact"] * len(patterns)
    how = np.full(len(patterns), "not stored", dtype=object)
    counts = sparse.csc_array((n, len(patterns)))
    for stored in baseline.terms:
        known = {p: i for i, p in enumerate(stored.patterns)}
        wanted = np.array([i for i, p in enumerate(patterns) if p in known and how[i] != "stored"], dtype=int)
        there = np.array([known[patterns[i]] for i in wanted], dtype=int)
        counts = counts + stored.matrix(n, voices) @ _pairs(
            there, wanted, (len(stored.patterns), len(patterns))
        )
        how[wanted] = "stored"
    if voices is None:
        counts = _with_words(baseline, lexicon, counts, how)
    return sparse.csr_array(counts), how.tolist()


def _with_words(
    baseline: Baseline, lexicon: Lexicon, counts: sparse.csc_array, how: np.ndarray
) -> sparse.csc_array:
    """Count single words and wildcards from the stored words; longer phrases take what they cover.

    Returns `counts` with those columns; `how` says of them "word counts", and "not stored" where a phrase without
    counts may have taken some of a term's.
    """
    size = len(lexicon.patterns)
    single = np.array([len(_JOINTS.split(p)) == 1 for p in lexicon.patterns])
    hits = scan(list(baseline.vocabulary), lexicon.compiled)
    phrases, covered = _phrase_words(lexicon, single)
    blocked = covered[how[phrases] == "not stored"]
    how[blocked] = "not stored"
    single[blocked] = False
    found: Any = baseline.word_counts @ _pairs(hits.doc, hits.term, (len(baseline.vocabulary), size))
    found = (found - counts @ _pairs(phrases, covered, (size, size))).maximum(0)
    # A stored count also knows words that stand in fewer articles than the vocabulary asks for.
    words = single & ((how == "not stored") | (counts.sum(axis=0) < found.sum(axis=0)))
    how[words] = "word counts"
    return _kept(counts, how == "stored") + _kept(found, words)


def _kept(counts: Any, columns: np.ndarray) -> sparse.csc_array:
    """Counts in these columns, and none in the others."""
    return counts @ sparse.diags_array(columns.astype(float))


def _pairs(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csc_array:
    """Matrix that counts how often each pair (row, column) is listed."""
    return sparse.coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsc()


def _phrase_words(lexicon: Lexicon, single: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Pairs (phrase, single-word term) where the phrase covers a word that the term would match."""
    patterns = lexicon.patterns
    singles, phrases = np.flatnonzero(single), np.flatnonzero(~single)
    hits = scan(
        [patterns[i].replace("*", "") for i in phrases], compile_terms([patterns[i] for i in singles])
    )
    return phrases[hits.doc], singles[hits.term]
