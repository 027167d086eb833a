"""A readable classifier: is this sentence loaded? Logistic regressions whose every number can be looked at."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit, softmax

from helpers._learn_fit import balanced_weights
from helpers._learn_words import check_texts
from helpers._resources import data_path
from helpers._sentence_features import LONGEST_SENTENCE, sentence_features
from helpers.learn import GradedLexicon, learn_lexicon

__all__ = ["SentenceModel", "sentence_features"]

_FORMAT = "framing-sentence-model/3"
#: The question that mixes all others, and the one that whole articles are asked instead.
ANY, OF_ARTICLES = "any", "article"
#: The mixed question's probabilities are made for this share of loaded sentences; it is called from 0.5 on.
PREVALENCE = 0.4
#: A part of labelled sentences that is always learned from (`crossed_features`).
NEVER = -1
#: Columns of coefficients that say whether a text is like those that people were asked a question about.
_LIKE = "like_"


@dataclass(frozen=True)
class SentenceModel:
    """Is this sentence loaded? Logistic regression on readable features, one for each question people were asked.

    Parameters
    ----------
    coefficients : pandas.DataFrame
        ``feature, mean, spread`` and a column of coefficients for each question: the logit is the intercept plus
        the sum over features of coefficient x (value - mean) / spread. Columns ``like_…`` say in the same way how
        much a text resembles those that people were asked the question about.
    questions : pandas.DataFrame
        One row a question (index): ``intercept``, the logit of a sentence that is average in everything;
        ``threshold``, the probability from which `predict` says yes; ``share`` of loaded sentences that the
        probabilities are made for; ``like``, the intercept of the column ``like_…``. ``any`` has no numbers of its
        own where it mixes the others.
    lexicon : GradedLexicon, optional
        The graded lexicon; the shipped one by default.
    meta : dict, optional
        What it was trained on.
    question : str
        Which question is answered; `ask` changes it.

    Notes
    -----
    The shipped questions: ``biased`` (is this sentence biased? BABE), ``loaded`` (does it hold loaded language or
    name-calling? PTC), ``lexical`` (does its choice of words tilt it, beside other reports of the story? BASIL), and
    ``any``, which mixes the three. People who answer one question disagree with people who answer another: a
    sentence's length speaks for ``lexical`` and against ``biased``. The three label sets are of different kinds of
    text too, so that ``any`` asks each question as much as the text resembles those that it was asked about: its
    logit is the sum over questions q of s_q (z_q + log(o / o_q)), with s the softmax of the logits ``like_…``, z_q
    the question's own logit, o_q the odds of its ``share`` and o those of 0.4. `asked` shows the s. A text of more
    than 80 words is an article: its features are its sentences' means, and ``any`` is answered by ``article`` where
    the model has it. That is learned from whole articles, not from sentences: the probability that a reader calls such
    an article one-sided, where half are. The reader was a language model that saw neither outlet nor score.
    """

    coefficients: pd.DataFrame
    questions: pd.DataFrame
    lexicon: GradedLexicon | None = None
    meta: dict | None = None
    question: str = ANY

    @classmethod
    def load(cls, path: str | os.PathLike[str] | None = None, question: str = ANY) -> SentenceModel:
        """Read a model that `save` wrote; without a path the shipped one."""
        shipped = data_path("models", "sentence_model.json")
        return _load(str(path) if path is not None else str(shipped)).ask(question)

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
        questions = pd.DataFrame(data["questions"]).set_index("question").astype(float)
        return cls(pd.DataFrame(data["coefficients"]), questions, lexicon, data["meta"])

    def to_json(self) -> str:
        """Return all numbers as JSON, exactly."""
        data = {
            "format": _FORMAT,
            "meta": self.meta or {},
            "questions": _without_nan(self.questions.rename_axis("question").reset_index()).to_dict("list"),
            "coefficients": self.coefficients.to_dict("list"),
        }
        return json.dumps(data, indent=1, allow_nan=False) + "\n"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write `to_json` to a file."""
        Path(path).write_text(self.to_json(), encoding="utf-8")
        return Path(path)

    def ask(self, question: str) -> SentenceModel:
        """Return the same model answering another question.

        Raises
        ------
        ValueError
            If the model does not know the question; the message names those that it knows.
        """
        if question not in self.questions.index:
            known = ", ".join(self.questions.index)
            raise ValueError(f"no question {question!r} in this model; it knows {known}")
        return replace(self, question=question)

    @classmethod
    def fit(
        cls, features: pd.DataFrame, label: np.ndarray, source: np.ndarray, *, penalty: float = 0.004,
        prevalence: float = PREVALENCE, questions: Mapping[str, tuple[str, float]] | None = None,
        lexicon: GradedLexicon | None = None, meta: dict | None = None,
    ) -> SentenceModel:  # fmt: skip
        """Fit on features of labelled sentences.

        Parameters
        ----------
        features : pandas.DataFrame
            Of `sentence_features`, best made with lexicons that did not see these sentences.
        label : numpy.ndarray of 0 and 1
            Loaded or not.
        source : numpy.ndarray
            Label set of each sentence: where ``any`` pools them, each gets an intercept of its own, which is not
            kept, and counts alike.
        penalty : float
            Inverse strength of shrinking (scikit-learn's C), for weights that sum to the effective number of
            sentences (Kish: square of their sum over the sum of their squares).
        prevalence : float
            Share of loaded sentences that the probabilities of ``any`` are made for.
        questions : mapping of str to (str, float), optional
            Label sets that are a question of their own: source to the question's name and the share of loaded
            sentences that its probabilities are made for. Its threshold is where macro F1 is best at that share.
            ``any`` mixes these, and pools all sources where there are none.
        lexicon, meta
            Kept with the model.

        Returns
        -------
        SentenceModel
        """
        label, source = np.asarray(label, int), np.asarray(source)
        weight = balanced_weights(label, source)
        values = features.to_numpy(float)
        mean, spread = _standard(values, weight)
        scaled = (values - mean) / spread
        table = pd.DataFrame({"feature": list(features), "mean": mean, "spread": spread})
        rows = {ANY: (np.nan, 0.5, prevalence, np.nan)}
        if not questions:
            table[ANY], intercept = _fitted(scaled, label, source, penalty, prevalence)
            rows[ANY] = (intercept, 0.5, prevalence, np.nan)
        likeness = _likeness(scaled, source, list(questions or ()), penalty)
        for name, (question, share) in (questions or {}).items():
            own = source == name
            if not 0 < label[own].mean() < 1:
                raise ValueError(f"labels of source {name!r} are all the same; a question needs both kinds")
            slopes, intercept = _fitted(scaled[own], label[own], source[own], penalty, share)
            threshold = _best_threshold(label[own], scaled[own] @ slopes + intercept, share)
            table[question], (table[_LIKE + question], like) = slopes, likeness[name]
            rows[question] = (intercept, threshold, share, like)
        asked = pd.DataFrame.from_dict(
            rows, orient="index", columns=["intercept", "threshold", "share", "like"]
        )
        return cls(table, asked, lexicon, meta)

    def with_articles(self, texts: Iterable[str], label: np.ndarray, penalty: float = 0.01) -> SentenceModel:
        """Return the model with the question ``article``, fitted to whole articles.

        Parameters
        ----------
        texts : iterable of str
            Whole articles.
        label : numpy.ndarray of 0 and 1
            What each is; both labels count alike.
        penalty : float
            Inverse strength of shrinking (scikit-learn's C), for features of standard deviation 1 over these
            articles, both labels counting alike, and weights of mean 1.

        Returns
        -------
        SentenceModel

        Raises
        ------
        ValueError
            If all labels are the same.
        """
        from sklearn.linear_model import LogisticRegression

        listed, label = check_texts(texts), np.asarray(label, int)
        if len(np.unique(label)) < 2:
            raise ValueError("labels of the articles are all the same; a question needs both kinds")
        weight = balanced_weights(label, np.zeros(len(label)))
        values = self._scaled(listed)[1]
        mean, spread = _standard(values, weight)
        model = LogisticRegression(C=penalty, max_iter=1000)
        model.fit((values - mean) / spread, label, sample_weight=weight)
        slopes = model.coef_[0] / spread
        asked = self.questions.copy()
        asked.loc[OF_ARTICLES] = [float(model.decision_function(-(mean / spread)[None])[0]), 0.5, 0.5, np.nan]
        return replace(self, coefficients=self.coefficients.assign(**{OF_ARTICLES: slopes}), questions=asked)

    def _asked(self, texts: list[str]) -> np.ndarray:
        """Name of the question that each text is asked."""
        switch = self.question == ANY and OF_ARTICLES in self.questions.index
        long = [switch and text.count(" ") > LONGEST_SENTENCE for text in texts]
        return np.where(long, OF_ARTICLES, self.question)

    def _scaled(self, texts: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the features of each text, and the same in spreads from the mean."""
        features = sentence_features(texts, self.lexicon)
        wanted = self.coefficients["feature"].tolist()
        missing = [name for name in wanted if name not in features]
        if missing:
            raise ValueError(f"the model wants unknown features ({', '.join(missing[:3])}); rebuild it")
        features, table = features[wanted], self.coefficients
        return features, (features.to_numpy() - table["mean"].to_numpy()) / table["spread"].to_numpy()

    def _mixed(self, asked: np.ndarray) -> np.ndarray:
        """Whether a text's question mixes others; shape of `asked`."""
        return (asked == ANY) & (ANY not in self.coefficients)

    def _shares(self, scaled: np.ndarray, asked: np.ndarray) -> np.ndarray:
        """How much each text is asked each question, shape (texts, questions); rows sum to 1."""
        names = self.questions.index
        shares = (asked[:, None] == names.to_numpy(object)[None]).astype(float)
        mixed = self._mixed(asked)
        if mixed.any():
            like = self.questions["like"].dropna()
            score = scaled[mixed] @ self.coefficients[_LIKE + like.index].to_numpy() + like.to_numpy()
            shares[mixed] = 0.0
            shares[np.ix_(mixed, names.isin(like.index))] = softmax(score, axis=1)
        return shares

    def _parts(self, texts: list[str]) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, np.ndarray]:
        """Return each text's features, its coefficients, contributions to its logit, and its intercept."""
        asked, (features, scaled) = self._asked(texts), self._scaled(texts)
        shares = self._shares(scaled, asked)
        slopes = self.coefficients.reindex(columns=self.questions.index).fillna(0.0).to_numpy(float)
        coefficients = shares @ slopes.T
        start = shares @ self.questions["intercept"].fillna(0.0).to_numpy()
        odds = logit(self.questions["share"].to_numpy())
        shift = self._mixed(asked) * (logit(self.questions["share"][ANY]) - shares @ odds)
        return features, coefficients, scaled * coefficients, start + shift

    def asked(self, texts: Iterable[str] | str) -> pd.DataFrame:
        """Return how much each text is asked each question.

        Returns
        -------
        pandas.DataFrame
            One row a text, one column a question; rows sum to 1. All 1 and 0 but where ``any`` mixes the others.
        """
        listed = check_texts(texts)
        shares = self._shares(self._scaled(listed)[1], self._asked(listed))
        return pd.DataFrame(shares, columns=self.questions.index)

    def decision_function(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return the logit of each text; NaN for a text without words."""
        features, _, parts, start = self._parts(check_texts(texts))
        return np.where(features["words_log"].to_numpy() > 0, start + parts.sum(1), np.nan)

    def predict_proba(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return probabilities, shape (texts, 2): not loaded, loaded; NaN for a text without words."""
        loaded = 1 / (1 + np.exp(-self.decision_function(texts)))
        return np.column_stack([1 - loaded, loaded])

    def predict(self, texts: Iterable[str] | str) -> np.ndarray:
        """Return 1 where the probability of loaded reaches the question's threshold, else 0."""
        listed = check_texts(texts)
        threshold = self.questions["threshold"].reindex(self._asked(listed)).to_numpy(float)
        return (self.predict_proba(listed)[:, 1] >= threshold).astype(int)

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
        features, coefficients, parts, start = self._parts(check_texts(text))
        table = pd.DataFrame({"feature": list(features), "value": features.iloc[0].to_numpy(float)})
        table["coefficient"], table["contribution"] = coefficients[0], parts[0]
        first = pd.DataFrame({"feature": ["intercept"], "value": 1.0, "coefficient": start[0],
                              "contribution": start[0]})  # fmt: skip
        order = table["contribution"].abs().sort_values(ascending=False, kind="stable").index
        return pd.concat([first, table.loc[order]], ignore_index=True)


def _standard(values: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted mean and standard deviation of each column, 1 where it is constant."""
    from sklearn.preprocessing import StandardScaler

    with np.errstate(invalid="ignore"):  # by rounding, the variance of a constant column can be just below 0
        scaler = StandardScaler().fit(values, sample_weight=weight)
    return np.asarray(scaler.mean_), np.asarray(scaler.scale_)


def _kish(weight: np.ndarray) -> float:
    """What weights are multiplied by to sum to the effective number of sentences (Kish)."""
    return float(weight.sum() / (weight**2).sum())


def _without_nan(table: pd.DataFrame) -> pd.DataFrame:
    return table.astype(object).where(table.notna(), None)


def _likeness(
    scaled: np.ndarray, source: np.ndarray, names: list[str], penalty: float
) -> dict[str, tuple[np.ndarray, float]]:
    """Coefficients and intercept by which texts of each of the sources are told apart, all sources weighted alike."""
    if len(names) < 2:
        return {name: (np.zeros(scaled.shape[1]), 0.0) for name in names}
    from sklearn.linear_model import LogisticRegression

    own = np.isin(source, names)
    weight = balanced_weights(np.zeros(own.sum(), int), source[own])
    model = LogisticRegression(C=penalty * _kish(weight), max_iter=500).fit(
        scaled[own], source[own], sample_weight=weight
    )
    slopes, start = model.coef_, model.intercept_
    if len(names) == 2:  # scikit-learn keeps one row then, of the second source
        slopes, start = np.vstack([0 * slopes, slopes]), np.r_[0.0, start]
    return {str(name): (slopes[i], float(start[i])) for i, name in enumerate(model.classes_)}


def _fitted(
    scaled: np.ndarray, label: np.ndarray, source: np.ndarray, penalty: float, prevalence: float
) -> tuple[np.ndarray, float]:
    """Coefficients and intercept for a given share of loaded sentences."""
    from sklearn.linear_model import LogisticRegression

    weight = balanced_weights(label, source)
    own = 3.0 * (source[:, None] == np.unique(source)[:-1])
    model = LogisticRegression(C=penalty * _kish(weight), max_iter=500)
    slopes = model.fit(np.hstack([scaled, own]), label, sample_weight=weight).coef_[0][: scaled.shape[1]]
    # One intercept and one stretch for all: what is calibrated is what is shipped, without source intercepts.
    level = LogisticRegression(C=1e6).fit((scaled @ slopes)[:, None], label, sample_weight=weight)
    intercept = float(level.intercept_[0] + np.log(prevalence / (1 - prevalence)))
    return slopes * level.coef_[0, 0], intercept


def _best_threshold(label: np.ndarray, logit: np.ndarray, share: float) -> float:
    """Return the probability from which calling a sentence loaded gives the best macro F1 at a share of loaded ones."""
    from sklearn.metrics import f1_score

    weight = np.where(label == 1, share / label.mean(), (1 - share) / (1 - label.mean()))
    cuts = np.quantile(logit, np.linspace(0.05, 0.99, 95))
    f1 = [f1_score(label, logit >= cut, average="macro", sample_weight=weight) for cut in cuts]
    smooth = np.convolve(np.pad(f1, 2, mode="edge"), np.ones(5) / 5, mode="valid")  # no peak of chance
    return float(1 / (1 + np.exp(-cuts[int(np.argmax(smooth))])))


@lru_cache(maxsize=4)
def _load(path: str) -> SentenceModel:
    return SentenceModel.from_json(Path(path).read_text(encoding="utf-8"))


def crossed_features(
    labelled: pd.DataFrame, part: np.ndarray, vectors: pd.DataFrame, words: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return features of labelled sentences, each from a lexicon that was learned without its part.

    Sentences of the part `NEVER` are in every lexicon, and no features of them are returned.
    """
    kept = None if words is None else list(words)
    pieces = []
    for number in np.unique(part[part != NEVER]):
        held = part == number
        lexicon = learn_lexicon(labelled[~held], vectors, words=kept)
        pieces.append(sentence_features(labelled["text"][held], lexicon).set_index(labelled.index[held]))
    return pd.concat(pieces).loc[labelled.index[part != NEVER]]
