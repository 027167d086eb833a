"""Ratings of words as further columns beside their vectors: what was not rated is foretold from those that were."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import pandas as pd

from helpers._resources import data_path

#: Name of a rating's column in a graded lexicon: ``rated_loaded`` for the ratings' column ``loaded``.
PREFIX = "rated_"
#: Ridge for foretelling a rating from a word's vector, whose columns have standard deviation 1.
_RIDGE = 30.0


def word_ratings() -> pd.DataFrame:
    """Return the shipped ratings of single words (``data/models/word_ratings.csv``).

    Returns
    -------
    pandas.DataFrame
        One row a word; ``loaded`` and ``commentary``, 0 to 9. A language model gave them, blind to all labels.
    """
    # "null" and "nan" are words here, not missing values.
    path = data_path("models", "word_ratings.csv")
    return pd.read_csv(path, keep_default_na=False, dtype={"word": str}).set_index("word")


def as_ratings(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return a table of ratings with one row a word and numeric columns.

    Raises
    ------
    ValueError
        If a word stands twice, or a value is not a finite number; the message names them.
    """
    table = ratings.set_index("word") if "word" in ratings else ratings
    double = table.index[table.index.duplicated()]
    if len(double):
        raise ValueError(f"ratings hold the word {double[0]!r} twice; give each word one row")
    values = table.apply(pd.to_numeric, errors="coerce").to_numpy(float)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise ValueError(
            f"ratings of {table.index[row]!r}: {table.columns[column]} is {table.iloc[row, column]!r}, no number"
        )
    return pd.DataFrame(values, index=table.index.astype(str), columns=table.columns.astype(str))


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return _stemmer().stem(word)


@lru_cache(maxsize=1)
def _stemmer():
    from nltk.stem import SnowballStemmer

    return SnowballStemmer("english")


def filled_ratings(ratings: pd.DataFrame, words: Sequence[str], z: np.ndarray) -> pd.DataFrame:
    """Give each word a rating.

    Parameters
    ----------
    ratings : pandas.DataFrame
        Of `as_ratings`.
    words : sequence of str
        The words wanted.
    z : numpy.ndarray, shape (words, dimensions)
        Their vectors.

    Returns
    -------
    pandas.DataFrame
        One row a word, a column ``rated_…`` for each of the ratings, standardised over the words. A rated word keeps
        its rating; the others' is foretold by ridge regression of the rated words' on their vectors; a word that
        shares its stem with a rated one gets the mean of both, since a family often but not always means alike. No
        column where not a single word is rated.
    """
    index = pd.Index(words)
    own = ratings.reindex(index).to_numpy(float)
    rated = index.isin(ratings.index)
    if not rated.any() or not ratings.shape[1]:
        return pd.DataFrame(index=index)
    from sklearn.linear_model import Ridge

    spread = z.std(0)
    scaled = z / np.where(spread > 0, spread, 1.0)
    foretold = Ridge(_RIDGE).fit(scaled[rated], own[rated]).predict(scaled).reshape(len(index), -1)
    # The first of a family is its commonest word, where the table goes by frequency as the shipped one does.
    family = ratings.groupby([_stem(word) for word in ratings.index], sort=False).first()
    kin = family.reindex([_stem(word) for word in words]).to_numpy(float)
    values = np.where(rated[:, None], own, np.where(np.isnan(kin), foretold, (kin + foretold) / 2))
    scale = values.std(0)
    values = (values - values.mean(0)) / np.where(scale > 0, scale, 1.0)
    return pd.DataFrame(values, index=index, columns=[PREFIX + name for name in ratings.columns])
