"""The labelled sentences that the shipped graded lexicon and sentence model are learned from."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pandas as pd

from helpers._learn_words import WORD, words_of
from helpers._resources import data_path

LOADED_TECHNIQUES = ("Loaded_Language", "Name_Calling,Labeling")
MARKED_TECHNIQUES = (*LOADED_TECHNIQUES, "Exaggeration,Minimisation")
COLUMNS = ["source", "text", "label", "spans", "group", "outlet"]
#: The label set that a language model made; the others are people's.
JUDGED = "judged"
#: Outlets of outlet_articles.parquet that the labelled sentences call otherwise.
OUTLET_NAMES = {"Breitbart News": "Breitbart"}


def read_labelled(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Read BABE, PTC and BASIL from a folder of Parquet files, and the judged sentences where their articles lie there.

    Returns
    -------
    pandas.DataFrame
        ``source`` (babe, ptc, basil, judged), ``text``, ``label``, ``spans``, ``group`` (what must not be split: outlet,
        article or story) and ``outlet`` ("" where unknown). No judged sentence stands in another source, too.

    Raises
    ------
    ValueError
        If a file is missing.
    """
    where = Path(folder)
    if not (where / "babe.parquet").is_file():
        raise ValueError(
            f"no labelled news in {where} (babe.parquet and others); name the folder that has it"
        )
    people = pd.concat([_babe(where), _ptc(where), _basil(where)], ignore_index=True)
    judged = _judged(where)
    known = set(_plain(people["text"]))
    table = pd.concat([people, judged[~_plain(judged["text"]).isin(known)]], ignore_index=True)[COLUMNS]
    return table[table["text"].str.contains(WORD.pattern)].reset_index(drop=True)


def _plain(texts: pd.Series) -> pd.Series:
    """Return the words alone, so that a sentence is known again whatever its quotation marks."""
    return pd.Series([" ".join(words_of(text)) for text in texts.tolist()], index=texts.index, dtype=object)


def _places(text: str, phrases) -> list[tuple[int, int]]:
    low = text.lower()
    if len(low) != len(text):
        return []
    found = [rf"(?<!\w){re.escape(p.lower())}(?!\w)" for p in phrases]
    return [match.span() for pattern in found for match in re.finditer(pattern, low)]


def _babe(where: Path) -> pd.DataFrame:
    table = pd.read_parquet(where / "babe.parquet")
    spans = [_places(t, p) for t, p in zip(table["text"], table["biased_words_list"], strict=True)]
    return table.assign(source="babe", spans=pd.Series(spans, index=table.index), group=table["outlet"])


def _basil(where: Path) -> pd.DataFrame:
    table = pd.read_parquet(where / "basil_sentences.parquet")
    names = {"fox": "Fox News", "nyt": "New York Times", "hpo": "HuffPost"}
    spans = [
        _places(t, p) if y else []
        for t, p, y in zip(table["text"], table["biased_words"], table["label_lex"], strict=True)
    ]
    return table.assign(
        source="basil",
        spans=pd.Series(spans, index=table.index),
        label=table["label_lex"],
        group=table["triplet"],
        outlet=table["outlet"].map(names),
    )


def _ptc(where: Path) -> pd.DataFrame:
    spans = pd.read_parquet(where / "ptc_spans.parquet")
    marks: dict[str, list[tuple[int, int, str]]] = {}
    for name, *mark in zip(spans["doc_id"], spans["start"], spans["end"], spans["technique"], strict=True):
        marks.setdefault(str(name), []).append(tuple(mark))
    articles = pd.read_parquet(where / "ptc_articles.parquet")
    rows = []
    for name, text in zip(articles["doc_id"].astype(str), articles["text"].astype(str), strict=True):
        start = 0
        for line in text.split("\n"):
            end = start + len(line)
            if WORD.search(line):
                here = [mark for mark in marks.get(name, ()) if mark[0] < end and mark[1] > start]
                wide = [(a - start, b - start) for a, b, kind in here if kind in MARKED_TECHNIQUES]
                label = int(any(kind in LOADED_TECHNIQUES for _, _, kind in here))
                rows.append(("ptc", line, label, wide, name, ""))
            start = end + 1
    return pd.DataFrame(rows, columns=COLUMNS)


def _judged(where: Path) -> pd.DataFrame:
    """Return the sentences of ``annotations/sentence_wording.csv``; none where their articles are not there."""
    path = where / "outlet_articles.parquet"
    if not path.is_file():
        return pd.DataFrame(columns=COLUMNS)
    table = pd.read_csv(data_path("annotations", "sentence_wording.csv"), keep_default_na=False)
    table = table.merge(pd.read_parquet(path, columns=["doc_id", "text", "outlet"]), on="doc_id")
    places = zip(table["text"], table["start"], table["end"], strict=True)
    sentences = [text[start:end] for text, start, end in places]
    spans = [
        [tuple(int(place) - start for place in span.split("-")) for span in marked.split()]
        for marked, start in zip(table["marked"], table["start"], strict=True)
    ]
    return table.assign(
        source=JUDGED,
        text=sentences,
        spans=pd.Series(spans, index=table.index),
        label=table["biased"],
        group=table["doc_id"],
        outlet=table["outlet"].replace(OUTLET_NAMES),
    )


def fifths(groups: pd.Series, seed: int = 0) -> np.ndarray:
    """Deal whole groups (articles, stories) into five parts at random; return each row's part, 0 to 4."""
    names = np.unique(groups.to_numpy(str))
    part = dict(zip(np.random.default_rng(seed).permutation(names), np.arange(len(names)) % 5, strict=True))
    return groups.astype(str).map(part).to_numpy()
