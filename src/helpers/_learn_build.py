"""Build the shipped graded lexicon and sentence model anew from labelled news."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pandas as pd

from helpers._learn_data import JUDGED, fifths, read_labelled
from helpers._learn_words import word_vectors
from helpers._resources import data_path
from helpers.learn import GradedLexicon, learn_lexicon
from helpers.sentence_model import NEVER, SentenceModel, crossed_features

#: Parts into which the training sentences are dealt, so that features come from lexicons that did not see them.
PARTS = 3
#: An article is one-sided where it was judged so much on average, of 1 (plain reporting) to 5.
ONE_SIDED = 3.5
#: Label sets, the question that their annotators answered, and the share of yes that its probabilities are made for:
#: the set's own, rounded, and fixed, so that leaving an outlet out does not move it.
QUESTIONS = {"babe": ("biased", 0.4), "ptc": ("loaded", 0.15), "basil": ("lexical", 0.05)}


def listed_words(vectors: pd.DataFrame) -> list[str]:
    """Return the words to list: all with a vector but those that name a target (targets.csv)."""
    table = pd.read_csv(data_path("targets.csv"))
    names = {str(name).lower() for column in ("target", "alias") for name in table[column]}
    return [word for word in vectors.index if word not in names]


def train(labelled: pd.DataFrame, vectors: pd.DataFrame, words: list[str]) -> SentenceModel:
    """Learn lexicon and classifier from labelled sentences; groups of them are never split in between.

    BABE's four outlets are too few to deal, so there the unit is the single sentence. The lexicon learns from judged
    sentences, too; the classifier from people's answers alone.
    """
    lexicon = learn_lexicon(labelled, vectors, words=words)
    single = labelled["group"] + np.where(labelled["source"] == "babe", labelled.index.astype(str), "")
    people = (labelled["source"] != JUDGED).to_numpy()
    part = np.where(people, fifths(single, seed=1) % PARTS, NEVER)
    features = crossed_features(labelled, part, vectors, words)
    facts = {
        "sentences": len(labelled),
        "loaded": int(labelled["label"].sum()),
        "sources": sorted(labelled["source"].unique()),
    }
    label, source = labelled["label"].to_numpy(int)[people], labelled["source"].to_numpy(str)[people]
    asked = {name: QUESTIONS[name] for name in facts["sources"] if name in QUESTIONS}
    return SentenceModel.fit(features, label, source, questions=asked, lexicon=lexicon, meta=facts)


def judged_articles(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Return the articles that were judged one-sided or not, with their texts.

    Parameters
    ----------
    folder : path
        Where outlet_articles.parquet lies; without that file there are none.

    Returns
    -------
    pandas.DataFrame
        Columns of outlet_articles.parquet and ``score``, the mean of the passes in
        ``annotations/article_partisanship.csv``, and ``label``, whether it reaches `ONE_SIDED`.
    """
    path = Path(folder) / "outlet_articles.parquet"
    if not path.is_file():
        return pd.DataFrame(columns=["doc_id", "text", "outlet", "score", "label"])
    passes = pd.read_csv(data_path("annotations", "article_partisanship.csv")).set_index("doc_id")
    judged = pd.read_parquet(path).merge(passes.mean(axis=1).rename("score"), on="doc_id")
    return judged.assign(label=(judged["score"] >= ONE_SIDED).astype(int))


def article_question(model: SentenceModel, judged: pd.DataFrame) -> SentenceModel:
    """Return the model with the question ``article``, learned from `judged_articles`; without any, as it is."""
    return model.with_articles(judged["text"], judged["label"].to_numpy()) if len(judged) else model


def build(folder: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> list[Path]:
    """Write ``lexicons/loaded_language.csv`` and ``models/sentence_model.json``.

    Parameters
    ----------
    folder : path
        Where babe.parquet, ptc_*.parquet and basil_*.parquet lie; outlet_articles.parquet, if there, teaches the
        question ``article``.
    out : path, optional
        The data folder to write to; the shipped one by default.

    Returns
    -------
    list of pathlib.Path
        The files written.
    """
    vectors = word_vectors()
    model = train(read_labelled(folder), vectors, listed_words(vectors))
    model = article_question(model, judged_articles(folder))
    root = Path(out) if out is not None else data_path()
    for name in ("lexicons", "models"):
        (root / name).mkdir(parents=True, exist_ok=True)
    lexicon = model.lexicon or GradedLexicon.load()
    return [
        lexicon.save(root / "lexicons" / "loaded_language.csv"),
        model.save(root / "models" / "sentence_model.json"),
    ]
