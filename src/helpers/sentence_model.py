"""A readable classifier: is this sentence loaded? A logistic regression whose every number can be looked at."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from helpers._learn_fit import balanced_weights
from helpers._learn_words import WORD, Encoded, check_texts
from helpers._resources import data_path
from helpers.devices import devices
from helpers.learn import EMPTY_WORDS, GradedLexicon, learn_lexicon

__all__ = ["SentenceModel", "sentence_features"]

_FORMAT = "framing-sentence-model/1"
_PARTS = ("weight", "span", "sentence")
#: A sentence is called loaded from probability 0.5 on, as if this share of sentences were loaded.
PREVALENCE = 0.4
#: A text of more words than this is read sentence by sentence, and its features are the sentences' means.
LONGEST_SENTENCE = 80
_ENDS = re.compile(r"(?<=[.!?”\"])\s+(?=[“\"'‘(A-Z])|\n+")


def _pooled(values: np.ndarray, encoded: Encoded) -> dict[str, np.ndarray]:
    """Ways to make one number of a text's word weights; 0 for a text without words."""
    n, rows = encoded.lengths, encoded.rows
    total = lambda x: np.bincount(rows, x, len(n))  # noqa: E731
    size = np.maximum(n, 1)
    order = np.lexsort((-values, rows))
    rank = np.arange(len(values)) - encoded.starts[:-1][rows]
    ranked = values[order]
    top = [np.where(n > i, np.bincount(rows[rank == i], ranked[rank == i], len(n)), 0.0) for i in range(3)]
    return {
        "mean": total(values) / size,
        "sum_by_root": total(values) / np.sqrt(n + 3.0),
        "mean_exp_half": np.log((total(np.exp(0.5 * values)) + 1) / (n + 1)),
        "loadedness": np.log((total(np.exp(np.clip(values, -8, 8))) + 0.1) / (n + EMPTY_WORDS)),
        "highest": top[0],
        "second": top[1],
        "third": top[2],
        "share_above_1": total(values > 1) / size,
        "above_1": np.log1p(total(values > 1)),
        "above_2": np.log1p(total(values > 2)),
        "share_below_-1": total(values < -1) / size,
    }


def _in_sentences(texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Cut long texts into sentences; return the pieces and the number of the text that each is of."""
    pieces, owner = [], []
    for i, text in enumerate(texts):
        cut = [text]
        if text.count(" ") > LONGEST_SENTENCE:
            cut = [part for part in _ENDS.split(text) if WORD.search(part)] or [text]
        pieces += cut
        owner += [i] * len(cut)
    return pieces, np.array(owner, int)


def sentence_features(texts: Iterable[str] | str, lexicon: GradedLexicon | None = None) -> pd.DataFrame:
    """Return what the classifier looks at: pooled weights of the graded lexicon, and devices of style.

    Parameters
    ----------
    texts : iterable of str, or str
        Sentences or articles.
    lexicon : GradedLexicon, optional
        The shipped one by default.

    Returns
    -------
    pandas.DataFrame
        One row a text; ``weight_mean`` … ``sentence_share_below_-1``, then the devices (`helpers.devices`). A text
        of more than 80 words is cut into sentences, and its values are their means.
    """
    whole = check_texts(texts)
    listed, owner = _in_sentences(whole)
    graded = lexicon or GradedLexicon.load()
    encoded = graded.vocabulary.encode(listed)
    pools = {
        f"{part}_{name}": column
        for part in _PARTS
        for name, column in _pooled(graded.values(encoded, part), encoded).items()
    }
    table = pd.concat([pd.DataFrame(pools), devices(listed)], axis=1)
    return table if len(listed) == len(whole) else table.groupby(owner).mean().reset_index(drop=True)


@dataclass(frozen=True)
class SentenceModel:
    """Is this sentence loaded? Logistic regression on readable features.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``feature, mean, spread, coefficient``: the logit is the intercept plus the sum over features of
        coefficient x (value - mean) / spread.
    intercept : float
        Logit of a sentence that is average in everything.
    lexicon : GradedLexicon, optional
        The graded lexicon; the shipped one by default.
    meta : dict, optional
        What it was trained on.
    """

    coefficients: pd.DataFrame
    intercept: float
    lexicon: GradedLexicon | None = None
    meta: dict | None = None

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None) -> SentenceModel:
        """Read a model that `save` wrote; without a path the shipped one."""
        return _load(str(path) if path is not None else str(data_path("models", "sentence_model.json")))

    @classmethod
    def from_json(cls, text: str, lexicon: GradedLexicon | None = None) -> SentenceModel:
        """Return the model that `to_json` wrote.

        Raises
        ------
        ValueError
            If the text is not JSON, or not such a model.
        """
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"not JSON ({error}); write the model with SentenceModel.save") from error
        if not isinstance(data, dict) or data.get("format") != _FORMAT:
            raise ValueError(
                f"not a sentence model: format is not {_FORMAT!r}; write it with SentenceModel.save"
            )
        return cls(pd.DataFrame(data["coefficients"]), float(data["intercept"]), lexicon, data["meta"])

    def to_json(self) -> str:
        """Return all numbers as JSON, exactly."""
        columns = {name: self.coefficients[name].tolist() for name in self.coefficients}
        data = {
            "format": _FORMAT,
            "meta": self.meta or {},
            "intercept": self.intercept,
            "coefficients": columns,
        }
        return json.dumps(data, indent=1, allow_nan=False) + "\n"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `to_json` to a file."""
        Path(path).write_text(self.to_json(), encoding="utf-8")
        return Path(path)

    @classmethod
    def fit(
        cls, features: pd.DataFrame, label: np.ndarray, source: np.ndarray, *, penalty: float = 0.002,
        prevalence: float = PREVALENCE, lexicon: GradedLexicon | None = None, meta: dict | None = None,
    ) -> SentenceModel:  # fmt: skip
        """Fit on features of labelled sentences.

        Parameters
        ----------
        features : pandas.DataFrame
            Of `sentence_features`, best made with lexicons that did not see these sentences.
        label : numpy.ndarray of 0 and 1
            Loaded or not.
        source : numpy.ndarray
            Label set of each sentence: each gets an intercept of its own, which is not kept, and counts alike.
        penalty : float
            Inverse strength of shrinking (scikit-learn's C).
        prevalence : float
            Share of loaded sentences that the probabilities are made for.
        lexicon, meta
            Kept with the model.

        Returns
        -------
        SentenceModel
        """
        from sklearn.linear_model import LogisticRegression

        label, source = np.asarray(label, int), np.asarray(source)
        weight = balanced_weights(label, source)
        values = features.to_numpy(float)
        mean = np.average(values, axis=0, weights=weight)
        spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weight))
        spread[spread == 0] = 1.0
        own = 3.0 * (source[:, None] == np.unique(source)[:-1])
        design = np.hstack([(values - mean) / spread, own])
        found = LogisticRegression(C=penalty, max_iter=500).fit(design, label, sample_weight=weight).coef_[0]
        slopes = found[: values.shape[1]]
        linear = (values - mean) / spread @ slopes
        # One intercept and one stretch for all: what is calibrated is what is shipped, without source intercepts.
        level = LogisticRegression(C=1e6).fit(linear[:, None], label, sample_weight=weight)
        slopes = slopes * level.coef_[0, 0]
        intercept = float(level.intercept_[0] + np.log(prevalence / (1 - prevalence)))
        table = pd.DataFrame(
            {"feature": list(features), "mean": mean, "spread": spread, "coefficient": slopes}
        )
        return cls(table, intercept, lexicon, meta)

    def _parts(self, texts: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
        features = sentence_features(texts, self.lexicon)
        wanted = self.coefficients["feature"].tolist()
        missing = [name for name in wanted if name not in features]
        if missing:
            raise ValueError(f"the model wants unknown features ({', '.join(missing[:3])}); rebuild it")
        table = self.coefficients
        scaled = (features[wanted].to_numpy() - table["mean"].to_numpy()) / table["spread"].to_numpy()
        return features[wanted], scaled * table["coefficient"].to_numpy()

    def decision_function(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return the logit of each text; NaN for a text without words."""
        listed = check_texts(texts)
        features, parts = self._parts(listed)
        return np.where(features["words_log"].to_numpy() > 0, self.intercept + parts.sum(1), np.nan)

    def predict_proba(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return probabilities, shape (texts, 2): not loaded, loaded; NaN for a text without words."""
        loaded = 1 / (1 + np.exp(-self.decision_function(texts)))
        return np.column_stack([1 - loaded, loaded])

    def predict(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return 1 where loaded is the likelier, else 0."""
        return (self.predict_proba(texts)[:, 1] >= 0.5).astype(int)

    def explain(self, text: str) -> pd.DataFrame:
        """Say why a sentence gets its logit.

        Parameters
        ----------
        text : str
            One sentence.

        Returns
        -------
        pandas.DataFrame
            ``feature, value, coefficient, contribution``, largest first, with the row ``intercept``; the
            contributions sum to the logit. Which words have which weight says `GradedLexicon.words`.
        """
        features, parts = self._parts(check_texts(text))
        table = pd.DataFrame({"feature": list(features), "value": features.iloc[0].to_numpy(float)})
        table["coefficient"] = self.coefficients["coefficient"].to_numpy()
        table["contribution"] = parts[0]
        start = pd.DataFrame({"feature": ["intercept"], "value": 1.0, "coefficient": self.intercept,
                              "contribution": self.intercept})  # fmt: skip
        order = table["contribution"].abs().sort_values(ascending=False, kind="stable").index
        return pd.concat([start, table.loc[order]], ignore_index=True)


@lru_cache(maxsize=4)
def _load(path: str) -> SentenceModel:
    return SentenceModel.from_json(Path(path).read_text(encoding="utf-8"))


def crossed_features(
    labelled: pd.DataFrame, part: np.ndarray, vectors: pd.DataFrame, words: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return features of labelled sentences, each from a lexicon that was learned without its part."""
    kept = None if words is None else list(words)
    pieces = []
    for number in np.unique(part):
        held = part == number
        lexicon = learn_lexicon(labelled[~held], vectors, words=kept)
        pieces.append(sentence_features(labelled["text"][held], lexicon).set_index(labelled.index[held]))
    return pd.concat(pieces).loc[labelled.index]
