"""A graded lexicon learned from human labels: how loaded each word is, and how sure that is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers._learn_fit import sentence_weights, span_evidence, span_prior
from helpers._learn_ratings import PREFIX, as_ratings, filled_ratings, word_ratings
from helpers._learn_words import (
    TERM,
    Encoded,
    Vocabulary,
    as_vectors,
    check_texts,
    counts_of,
    marked_words,
    pairs_at,
    word_vectors,
)
from helpers._resources import data_path

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

__all__ = ["GradedLexicon", "learn_lexicon", "loadedness", "word_ratings", "word_vectors"]

#: loadedness is the sum of exp(weight) over n + EMPTY_WORDS: a headline of one strong word is no article full of them.
EMPTY_WORDS = 5.0
#: Prior standard deviation of a word's own log-odds about what its vector says.
SPREAD = 1.0
#: A pair of words becomes a term where it stands in so many labelled sentences.
PAIR_SEEN = 5
_PAIR_SPREAD = 0.5
#: Standard deviation of a rating's column beside the vectors' columns of about 1: it is shrunk a ninth as much.
RATING_SCALE = 3.0
#: Share of a weight that is what the ratings foretell of it.
RATING_SHARE = 0.25
COLUMNS = ("term", "weight", "se", "seen", "marked", "span", "sentence")


@dataclass(frozen=True)
class GradedLexicon:
    """Words and pairs of words, each with a weight and its uncertainty.

    Parameters
    ----------
    table : pandas.DataFrame
        ``term``; ``weight`` (standard deviations of words: 0 is the average word, above 0 is loaded); ``se``, its
        standard error; ``seen``, labelled uses; ``marked``, uses inside marked spans; ``span`` and ``sentence``,
        the two parts that the weight is made of; ``rated_…``, ratings of words that it was learned with, if any, also
        in standard deviations.
    """

    table: pd.DataFrame

    @property
    def ratings(self) -> list[str]:
        """Names of the columns that hold ratings of words."""
        return _rating_columns(self.table)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The single words, in the table's order."""
        return Vocabulary([term for term in self.table["term"].tolist() if " " not in term])

    @cached_property
    def _single(self) -> np.ndarray:
        return ~self.table["term"].str.contains(" ", regex=False).to_numpy(bool)

    @cached_property
    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Sorted keys of the pairs, and the table's row of each."""
        rows = np.nonzero(~self._single)[0]
        known = {word: i for i, word in enumerate(self.vocabulary.words)}
        terms: list[str] = self.table["term"].tolist()
        parts = [terms[row].split(" ") for row in rows]
        kept = [(known[a] * len(known) + known[b], row) for (a, b), row in zip(parts, rows, strict=True)
                if a in known and b in known]  # fmt: skip
        kept.sort()
        return np.array([k for k, _ in kept], np.int64), np.array([r for _, r in kept], np.int64)

    def values(self, encoded: Encoded, column: str = "weight") -> np.ndarray:
        """Return the weight of each word of encoded texts; 0 where a word is unknown.

        A pair's weight stands for both of its words; where two pairs overlap, the later one counts.
        """
        all_values = self.table[column].to_numpy(float)
        single = np.append(all_values[self._single], 0.0)  # the last is for -1, the unknown word
        found = single[encoded.ids]
        keys, rows = self._pairs
        at, which = pairs_at(encoded, keys, len(self.vocabulary))
        found[at] = all_values[rows[which]]
        found[at + 1] = all_values[rows[which]]
        return found

    def score(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return `loadedness` of each text."""
        encoded = self.vocabulary.encode(check_texts(texts))
        heat = np.exp(self.values(encoded))
        n = encoded.lengths
        total = np.bincount(encoded.rows, heat, len(n))
        return np.where(n > 0, total / (n + EMPTY_WORDS), np.nan)

    def words(self, text: str) -> pd.DataFrame:
        """Return the words of one text with their weights: ``word, weight, span, sentence``."""
        from helpers._learn_words import words_of

        encoded = self.vocabulary.encode(check_texts(text))
        columns = {name: self.values(encoded, name) for name in ("weight", "span", "sentence")}
        return pd.DataFrame({"word": words_of(text), **columns})

    def lexicon(self, meta: Mapping[str, object] | None = None) -> Lexicon:
        """Return the same as a graded `Lexicon`, to combine, convert or highlight."""
        from helpers.lexicon import Lexicon

        terms = self.table.assign(concept="", frame="", stance="").astype({"seen": str, "marked": str})
        return Lexicon(terms, {"name": "graded", **(meta or {}), "kind": "graded"})

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the table as CSV, with the empty columns that make it a lexicon's file too."""
        table = self.table.assign(concept="", frame="", stance="")
        order = ["term", "concept", "frame", "stance", "weight", "se", "seen", "marked", "span", "sentence"]
        table[order + self.ratings].to_csv(path, index=False, lineterminator="\n", float_format="%.3f")
        return Path(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> GradedLexicon:
        """Read a file that `save` wrote; without a path the shipped ``loaded_language``.

        Raises
        ------
        ValueError
            If a column is missing or a weight is not a number; the message names the file.
        """
        return _load(str(path) if path is not None else str(data_path("lexicons", "loaded_language.csv")))


def _rating_columns(table: pd.DataFrame) -> list[str]:
    return [name for name in map(str, table.columns) if name.startswith(PREFIX)]


@lru_cache(maxsize=4)
def _load(path: str) -> GradedLexicon:
    from pyarrow import csv

    # "null" and "nan" are words here, not missing values.
    no_nulls = csv.ConvertOptions(strings_can_be_null=False, column_types={"term": "string"})
    table = csv.read_csv(path, convert_options=no_nulls).to_pandas()
    missing = [name for name in COLUMNS if name not in table.columns]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; write the file with GradedLexicon.save")
    if not np.isfinite(table["weight"].to_numpy(float)).all():
        raise ValueError(f"{path}: column weight holds something that is not a number; correct or rebuild it")
    return GradedLexicon(table[[*COLUMNS, *_rating_columns(table)]])


def loadedness(texts: Iterable[str] | str, lexicon: GradedLexicon | None = None) -> np.ndarray:
    """Return how loaded the wording of each text is.

    Parameters
    ----------
    texts : iterable of str, or str
        Sentences or whole articles.
    lexicon : GradedLexicon, optional
        One of your own (`learn_lexicon`); the shipped ``loaded_language`` by default.

    Returns
    -------
    numpy.ndarray
        One number a text: the sum over its n words of exp(weight), over n + 5. Higher is more loaded; the
        exponential lets a few strong words count more than many weak ones, and the 5 pulls very short texts down.
        In an article it is nearly the mean of exp(weight). NaN where a text has no word.

    Raises
    ------
    TypeError
        If one text is not a string; the message names its position.

    Examples
    --------
    >>> plain, loaded = loadedness(["The minister met reporters on Monday.", "These shameless lies disgust us."])
    >>> bool(loaded > plain)
    True
    """
    return (lexicon or GradedLexicon.load()).score(texts)


def learn_lexicon(
    labelled: pd.DataFrame,
    vectors: pd.DataFrame | Mapping[str, Sequence[float]] | None = None,
    *,
    words: Iterable[str] | None = None,
    ratings: pd.DataFrame | None = None,
) -> GradedLexicon:
    """Learn a graded lexicon from sentences that people labelled.

    Parameters
    ----------
    labelled : pandas.DataFrame
        One row a sentence: ``text``; ``label``, 1 where it is loaded and 0 where not; optional ``spans``, a list of
        (start, end) character offsets of the words that were marked; optional ``source``, the name of the label
        set, where several with different habits are pooled. Without ``spans`` only sentences count.
    vectors : pandas.DataFrame or mapping, optional
        Word vectors, one row a word; `word_vectors` by default. Words with a vector get a weight, seen or not.
    words : iterable of str, optional
        Which words to list; by default all that have a vector.
    ratings : pandas.DataFrame, optional
        What is known of words beforehand, in numbers: ``word`` (a column or the index) and numeric columns, 0 to 9 or
        whatever scale; `word_ratings` by default. Not every word needs one. An empty table goes without.

    Returns
    -------
    GradedLexicon

    Raises
    ------
    ValueError
        If a column is missing, there is only one label, no word of the sentences has a vector, or a rating is not a
        number.

    Notes
    -----
    *Ratings.* z_t, below, is the word's vector and its standardised ratings, times 3. A word that was not rated gets
    what ridge regression of the rated words' ratings on their vectors says, and where a rated word has its stem, the
    mean of both.

    *Span part.* For word t in source c with k of n uses marked, and base odds o_c of any word, the own evidence is
    l = log((k + a p) / (n - k + a (1 - p))) - log o_c, of variance 1/(k + a p) + 1/(n - k + a (1 - p)), pooled
    over sources by precision. Its prior is Normal(b'z_t, 1): b is a logistic regression of "marked" on the word's
    vector z_t. The posterior mean is (b'z_t + sum l/v) / (1 + sum 1/v) (empirical Bayes).

    *Sentence part.* Logistic regression of the label on the sentence's sum of weights over the square root of its
    words, each weight being c'z_t plus a deviation of the word's own, both shrunk; an intercept for each source,
    sources and labels weighted alike.

    The weight is the sum of both parts, each scaled to standard deviation 1 over the listed words; a quarter of it
    gives way to what least squares on the ratings foretells of that sum; the whole is again scaled to 1. Its standard
    error is the posterior's of the span part on the weight's scale; the sentence part's is not in it.
    """
    frame = _checked(labelled)
    table = as_vectors(word_vectors() if vectors is None else vectors)
    if words is not None:
        table = table.loc[[w for w in dict.fromkeys(words) if w in table.index]]
    table = table[[bool(TERM.fullmatch(word)) for word in table.index]]
    vocabulary = Vocabulary(table.index.tolist())
    encoded = vocabulary.encode(frame["text"].tolist())
    if not len(vocabulary) or not (encoded.ids >= 0).any():
        raise ValueError("no word of the labelled sentences has a vector; check the language of both")
    z = table.to_numpy(float)
    rated = filled_ratings(as_ratings(word_ratings() if ratings is None else ratings), vocabulary.words, z)
    z = np.hstack([z, RATING_SCALE * rated.to_numpy(float)])
    sources, source = np.unique(frame["source"].to_numpy(str), return_inverse=True)
    marks = _marks(frame, encoded)
    counts = counts_of(encoded, len(vocabulary))
    marked = counts_of(encoded, len(vocabulary), marks)
    n = np.stack([np.asarray(counts[source == c].sum(0)).ravel() for c in range(len(sources))])
    k = np.stack([np.asarray(marked[source == c].sum(0)).ravel() for c in range(len(sources))])
    sentence = sentence_weights(counts, encoded.lengths, z, frame["label"].to_numpy(int), source)
    prior, has_spans = (span_prior(n, k, z), True) if k.sum() else (np.zeros(len(z)), False)
    own, precision = span_evidence(n, k) if has_spans else (prior, prior)
    span = (prior / SPREAD**2 + own) / (1 / SPREAD**2 + precision)
    se = 1 / np.sqrt(1 / SPREAD**2 + precision)
    singles = pd.DataFrame(
        {"term": vocabulary.words, "seen": n.sum(0), "marked": k.sum(0), "span": span, "se": se}
    ).assign(sentence=sentence, **{str(name): rated[name].to_numpy() for name in rated})
    pairs = _pairs(encoded, marks, source, singles, (n, k))
    return GradedLexicon(_weighted(pd.concat([singles, pairs], ignore_index=True), len(singles), has_spans))


def _checked(labelled: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("text", "label") if name not in labelled.columns]
    if missing:
        raise ValueError(f"labelled has no column {', '.join(missing)}; it needs text and label (0 or 1)")
    label = pd.to_numeric(labelled["label"], errors="coerce")
    if not label.isin([0, 1]).all():
        bad = labelled["label"][~label.isin([0, 1])]
        raise ValueError(f"label of row {bad.index[0]} is {bad.iloc[0]!r}; labels are 0 or 1")
    if label.nunique() < 2:
        raise ValueError("all labels are the same; learning needs sentences of both kinds")
    check_texts(labelled["text"])
    frame = pd.DataFrame({"text": labelled["text"].tolist(), "label": label.to_numpy(int)})
    frame["spans"] = labelled["spans"].tolist() if "spans" in labelled else [[] for _ in range(len(frame))]
    frame["source"] = labelled["source"].astype(str).tolist() if "source" in labelled else ""
    return frame


def _marks(frame: pd.DataFrame, encoded: Encoded) -> np.ndarray:
    """1 for each word inside a marked span."""
    out = np.zeros(len(encoded.ids))
    for i, (text, spans) in enumerate(zip(frame["text"], frame["spans"], strict=True)):
        if len(spans):
            run = marked_words(text, spans)
            out[encoded.starts[i] : encoded.starts[i] + len(run)] = run
    return out


def _pairs(
    encoded, marks, source, singles: pd.DataFrame, base: tuple[np.ndarray, np.ndarray]
) -> pd.DataFrame:
    """Frequent pairs of words: their parts' mean is the prior, their own marks the evidence."""
    size = len(singles)
    first, second = encoded.ids[:-1], encoded.ids[1:]
    rows = encoded.rows
    inside = (first >= 0) & (second >= 0) & (rows[:-1] == rows[1:])
    at = np.nonzero(inside)[0]
    keys, number = np.unique(first[at] * size + second[at], return_inverse=True)
    seen = np.bincount(number, minlength=len(keys))
    keep = seen >= PAIR_SEEN
    if not keep.any():
        return singles.iloc[:0]
    sources = len(base[0])
    both = marks[at] * marks[at + 1]
    n = np.stack([np.bincount(number, source[rows[at]] == c, len(keys)) for c in range(sources)])[:, keep]
    k = np.stack([np.bincount(number, both * (source[rows[at]] == c), len(keys)) for c in range(sources)])
    k = k[:, keep]
    a, b = keys[keep] // size, keys[keep] % size
    averaged = ["span", "sentence", *_rating_columns(singles)]
    mean = {name: (singles[name].to_numpy()[a] + singles[name].to_numpy()[b]) / 2 for name in averaged}
    own, precision = span_evidence(n, k, base) if k.sum() else (np.zeros(len(a)), np.zeros(len(a)))
    tight = 1 / _PAIR_SPREAD**2
    words = singles["term"].to_numpy()
    # Where "at-risk" is a word of its own, "at risk" as a pair would be the same term twice.
    single = set(words)
    new = np.array([f"{x}-{y}" not in single for x, y in zip(words[a], words[b], strict=True)], bool)
    found = pd.DataFrame(
        {"term": [f"{x} {y}" for x, y in zip(words[a], words[b], strict=True)], "seen": n.sum(0), "marked": k.sum(0),
         "span": (mean["span"] * tight + own) / (tight + precision), "se": 1 / np.sqrt(tight + precision),
         **{name: mean[name] for name in averaged[1:]}}
    )  # fmt: skip
    return found[new]


def _weighted(table: pd.DataFrame, singles: int, has_spans: bool) -> pd.DataFrame:
    """Bring both parts to standard deviation 1 over single words, add them up, and lean on the ratings."""
    first = table.iloc[:singles]
    scale = {name: float(first[name].std(ddof=0)) or 1.0 for name in ("span", "sentence")}
    for name in scale:
        table[name] = (table[name] - first[name].mean()) / scale[name]
    total = table["span"] + table["sentence"] if has_spans else table["sentence"]
    ratings = table[_rating_columns(table)].to_numpy(float)
    kept = 1 - RATING_SHARE if ratings.shape[1] else 1.0
    if ratings.shape[1]:
        slopes = np.linalg.lstsq(ratings[:singles], total.to_numpy()[:singles], rcond=None)[0]
        total = kept * total + RATING_SHARE * (ratings @ slopes)
    spread = float(total.iloc[:singles].std(ddof=0)) or 1.0
    table["weight"] = total / spread
    table["se"] = kept * table["se"] / scale["span"] / spread if has_spans else np.nan
    for name in ("seen", "marked"):
        table[name] = table[name].astype(int)
    return table[[*COLUMNS, *_rating_columns(table)]].reset_index(drop=True)
