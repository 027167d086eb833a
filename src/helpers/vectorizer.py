"""The scikit-learn transformer: a lexicon's terms counted in texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

from helpers.engine import scan
from helpers.lexicon import Lexicon
from helpers.mentions import entries_of


class LexiconVectorizer(TransformerMixin, BaseEstimator):
    """Count a lexicon's terms in texts: documents x terms, for scikit-learn pipelines.

    Parameters
    ----------
    lexicon : Lexicon, optional
        What to count; the shipped ``geopolitics`` by default.
    by : {"term", "frame", "concept", "stance"}
        What a column stands for.
    rate : bool
        Give counts per 1,000 words instead of counts.

    Examples
    --------
    >>> terms = pd.DataFrame({"term": ["regime"], "concept": "government", "frame": "illegitimacy",
    ...                       "stance": "critical"})
    >>> LexiconVectorizer(Lexicon(terms)).fit_transform(["The regime.", "None."]).toarray().tolist()
    [[1], [0]]
    """

    def __init__(self, lexicon: Lexicon | None = None, *, by: str = "term", rate: bool = False) -> None:
        self.lexicon = lexicon
        self.by = by
        self.rate = rate

    def fit(self, texts: Iterable[str], y: object = None) -> LexiconVectorizer:
        """Check the parameters; there is nothing to learn from the texts."""
        if self.by not in ("term", "frame", "concept", "stance"):
            raise ValueError(f"by={self.by!r}: choose term, frame, concept or stance")
        _as_texts(texts)
        self.lexicon_ = Lexicon.load("geopolitics") if self.lexicon is None else self.lexicon
        kept = self.lexicon_.terms
        kept = kept[kept["stance"] != "ignore"]
        names = kept[self.by]
        self.features_ = list(dict.fromkeys(names[names != ""]))
        return self

    def transform(self, texts: Iterable[str]) -> Any:
        """Count.

        Parameters
        ----------
        texts : iterable of str
            Documents.

        Returns
        -------
        scipy.sparse.csr_array, documents x features
            Counts (int64), or with ``rate=True`` counts per 1,000 words (float64). A data frame with a column
            a feature after ``set_output(transform="pandas")``.
        """
        from scipy import sparse
        from sklearn import get_config
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        hits = scan(_as_texts(texts), self.lexicon_.compiled)
        row, entry = entries_of(self.lexicon_, hits.term)
        feature = pd.Index(self.features_).get_indexer(pd.Index(self.lexicon_.terms[self.by]))[entry]
        # A place counts once for a feature, however many entries of its term bring it there.
        place = pd.DataFrame({"row": row, "feature": feature})[feature >= 0].drop_duplicates()
        doc, column = hits.doc[place["row"].to_numpy()], place["feature"].to_numpy()
        shape = (len(hits.words), len(self.features_))
        counts = sparse.csr_array((np.ones(len(doc), np.int64), (doc, column)), shape=shape)
        counts.sum_duplicates()
        if self.rate:
            per_word = np.divide(1000.0, hits.words, out=np.zeros(shape[0]), where=hits.words > 0)
            counts = sparse.csr_array(sparse.diags_array(per_word) @ counts)
        # scikit-learn makes a table of `set_output` from a dense array only.
        wanted = getattr(self, "_sklearn_output_config", {}).get("transform")
        return counts if (wanted or get_config()["transform_output"]) == "default" else counts.toarray()

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Return the names of the columns."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        return np.array(self.features_, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = True
        return tags


def _as_texts(texts: Iterable[str]) -> list[str] | pd.Series:
    if isinstance(texts, str):
        raise ValueError("an iterable over texts is expected, not one string; put it into a list")
    return texts if isinstance(texts, pd.Series) else list(texts)
