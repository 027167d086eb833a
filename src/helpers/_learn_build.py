"""Build the shipped graded lexicon and sentence model anew from labelled news."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers._learn_data import fifths, read_labelled
from helpers._learn_words import word_vectors
from helpers._resources import data_path
from helpers.learn import GradedLexicon, learn_lexicon
from helpers.sentence_model import SentenceModel, crossed_features

#: Parts into which the training sentences are dealt, so that features come from lexicons that did not see them.
PARTS = 3
#: Articles of each outlet that the question "article" is learned from, at most.
ARTICLES_EACH = 300
#: Outlets rated left or right, by AllSides, that write more commentary than news. Those that mostly report (CNN, Fox
#: News, Washington Times) teach little about wording: learned from all, articles of outlets not seen were told worse.
PARTISAN = ("Breitbart News", "Salon", "Townhall")
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

    BABE's four outlets are too few to deal, so there the unit is the single sentence.
    """
    lexicon = learn_lexicon(labelled, vectors, words=words)
    single = labelled["group"] + np.where(labelled["source"] == "babe", labelled.index.astype(str), "")
    part = fifths(single, seed=1) % PARTS
    features = crossed_features(labelled, part, vectors, words)
    facts = {
        "sentences": len(labelled),
        "loaded": int(labelled["label"].sum()),
        "sources": sorted(labelled["source"].unique()),
    }
    label, source = labelled["label"].to_numpy(int), labelled["source"].to_numpy(str)
    asked = {name: QUESTIONS[name] for name in facts["sources"] if name in QUESTIONS}
    return SentenceModel.fit(features, label, source, questions=asked, lexicon=lexicon, meta=facts)


def article_question(
    model: SentenceModel,
    folder: str | os.PathLike[str],
    each: int = ARTICLES_EACH,
    without: Sequence[str] = (),
) -> SentenceModel:
    """Return the model with the question ``article``, from articles of centre and partisan outlets; without, as it is.

    Parameters
    ----------
    model : SentenceModel
        What to add the question to.
    folder : path
        Where outlet_articles.parquet lies.
    each : int
        Articles of each outlet at most, drawn with a fixed seed.
    without : sequence of str
        Outlets to leave out.

    Returns
    -------
    SentenceModel
    """
    path = Path(folder) / "outlet_articles.parquet"
    if not path.is_file():
        return model
    news = pd.read_parquet(path, columns=["text", "outlet", "leaning"])
    partisan = news["outlet"].isin(PARTISAN)
    news = news[(partisan | news["leaning"].eq("center")) & ~news["outlet"].isin(list(without))]
    news = news.sample(frac=1, random_state=0).groupby("outlet").head(each)
    return model.with_articles(
        news["text"], news["outlet"].isin(PARTISAN).to_numpy(), news["outlet"].to_numpy()
    )


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
    model = article_question(train(read_labelled(folder), vectors, listed_words(vectors)), folder)
    root = Path(out) if out is not None else data_path()
    for name in ("lexicons", "models"):
        (root / name).mkdir(parents=True, exist_ok=True)
    lexicon = model.lexicon or GradedLexicon.load()
    return [
        lexicon.save(root / "lexicons" / "loaded_language.csv"),
        model.save(root / "models" / "sentence_model.json"),
    ]
