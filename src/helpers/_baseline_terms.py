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
    columns: list[Any] = [None] * len(patterns)
    how = ["not stored"] * len(patterns)
    for stored in baseline.terms:
        known = {p: i for i, p in enumerate(stored.patterns)}
        wanted = [i for i, p in enumerate(patterns) if p in known and columns[i] is None]
        if not wanted:
            continue
        matrix = stored.matrix(n, voices)
        for i in wanted:
            columns[i], how[i] = matrix[:, [known[patterns[i]]]], "stored"
    if voices is None:
        _count_words(baseline, lexicon, columns, how)
    empty = sparse.csc_array((n, 1))
    matrix = sparse.hstack([empty if c is None else c for c in columns])
    return sparse.csr_array(matrix), how


def _count_words(baseline: Baseline, lexicon: Lexicon, columns: list[Any], how: list[str]) -> None:
    """Count single words and wildcards from the stored words; longer phrases take what they cover."""
    single = np.array([len(_JOINTS.split(p)) == 1 for p in lexicon.patterns])
    hits = scan(list(baseline.vocabulary), lexicon.compiled)
    phrases = _phrase_words(lexicon, single)
    blocked = {i for phrase, i in phrases if columns[phrase] is None}
    for i in np.flatnonzero(single):
        if int(i) in blocked:
            columns[i], how[i] = None, "not stored"  # a phrase without counts may have taken some of it
            continue
        found = baseline.word_counts[:, hits.doc[hits.term == i]].sum(axis=1)
        column = sparse.csc_array(np.asarray(found, dtype=float).reshape(-1, 1))
        for phrase in [p for p, j in phrases if j == i]:
            column = column - columns[phrase]
            column.data = np.clip(column.data, 0, None)
        # A stored count also knows words that stand in fewer articles than the vocabulary asks for.
        if columns[i] is None or columns[i].sum() < column.sum():
            columns[i], how[i] = column, "word counts"


def _phrase_words(lexicon: Lexicon, single: np.ndarray) -> list[tuple[int, int]]:
    """Pairs (phrase, single-word term) where the phrase covers a word that the term would match."""
    patterns = lexicon.patterns
    singles, phrases = np.flatnonzero(single), np.flatnonzero(~single)
    hits = scan(
        [patterns[i].replace("*", "") for i in phrases], compile_terms([patterns[i] for i in singles])
    )
    return [(int(phrases[d]), int(singles[t])) for d, t in zip(hits.doc, hits.term, strict=True)]
