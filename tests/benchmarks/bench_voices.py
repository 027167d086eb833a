"""Measure voices on labelled news: `python tests/benchmarks/bench_voices.py` prints the figures.

Quotations and speakers on BASIL (Fan et al. 2019), indirect speech on the project's own annotation of 200 sentences
(data/annotations/reported_speech.csv), speed on 1,000 articles. The texts lie beside the project, see tests/conftest.py.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from helpers.text import WORD
from helpers.voice import annotate_voices, voices

REPO = Path(__file__).parents[2]
ANNOTATIONS = REPO / "data" / "annotations" / "reported_speech.csv"
# BASIL names groups as speakers too ("Democratic_lawmakers", for whichever of them is quoted); a surname can be
# compared only where the label is a person.
GROUPS = {
    "lawmakers", "democrats", "officials", "republicans", "party", "members", "catholics", "companies", "campaign",
    "plaintiffs", "now", "naacp", "buzzfeed",
}  # fmt: skip


def basil_articles(shared: Path, joint: str = "\n") -> tuple[list[str], pd.DataFrame]:
    """Rebuild BASIL's articles from their sentences and place its spans in them."""
    sentences = pd.read_parquet(shared / "basil_sentences.parquet")
    spans = pd.read_parquet(shared / "basil_spans.parquet")
    body = sentences[~sentences["is_title"]].copy()
    body["n"] = body["doc_id"].str.extract(r"_p(\d+)$")[0].astype(int)
    texts: list[str] = []
    place: dict[str, tuple[int, int]] = {}
    for _, group in body.sort_values(["article_id", "n"]).groupby("article_id", sort=False):
        at = 0
        for doc_id, text in zip(group["doc_id"], group["text"], strict=True):
            place[doc_id] = (len(texts), at)
            at += len(text) + len(joint)
        texts.append(joint.join(group["text"]))
    spans = spans[spans["sent_ref"] != "title"].rename(columns={"speaker": "named"}).reset_index(drop=True)
    where = [place[f"{a}_{s}"] for a, s in zip(spans["doc_id"], spans["sent_ref"], strict=True)]
    spans["doc"] = [d for d, _ in where]
    spans["at"] = np.array([a for _, a in where]) + spans["start"]
    spans["to"] = np.array([a for _, a in where]) + spans["end"]
    return texts, spans


def basil(shared: Path, joint: str = "\n") -> dict[str, float]:
    """Accuracy of quoted against not quoted, and how often the speaker's surname is right."""
    texts, spans = basil_articles(shared, joint)
    found = annotate_voices(texts, spans["doc"].to_numpy(), spans["at"].to_numpy(), spans["to"].to_numpy())
    spans = spans.join(found)
    yes = spans["quote"] == "yes"
    named = spans[yes & ~spans["named"].str.startswith("other") & (spans["named"] != "")]
    surname = named["named"].str.replace("_Jr.", "").str.split("_").str[-1].str.lower()
    right = pd.Series(
        [s in str(got).lower() for s, got in zip(surname, named["speaker"], strict=True)], index=named.index
    )
    person = ~surname.isin(GROUPS)
    return {
        "spans": len(spans),
        "quoted": float((yes == (spans["voice"] == "quoted")).mean()),
        "quoted or scare": float((yes == spans["voice"].isin(["quoted", "scare"])).mean()),
        "persons": int(person.sum()),
        "surname of persons": float(right[person].mean()),
        "named": len(named),
        "surname of all named": float(right.mean()),
    }


def _word_labels(text: str, lo: int, hi: int, spans: list[tuple[int, int]]) -> list[bool]:
    return [any(a <= m.start() and m.end() <= b for a, b in spans) for m in WORD.finditer(text, lo, hi)]


def _f1(gold: list[bool], got: list[bool]) -> float:
    both = sum(g and p for g, p in zip(gold, got, strict=True))
    return 2 * both / max(1, sum(gold) + sum(got))


def _kappa(one: list[bool], two: list[bool]) -> float:
    same = np.mean([a == b for a, b in zip(one, two, strict=True)])
    p, q = np.mean(one), np.mean(two)
    chance = p * q + (1 - p) * (1 - q)
    return float((same - chance) / (1 - chance))


def reported(shared: Path, half: str, which: int = 2) -> dict[str, float]:
    """F1 of `reported` against one pass of the annotation: over words outside quotations, and over sentences."""
    table = pd.read_csv(ANNOTATIONS)
    articles = pd.read_parquet(shared / "outlet_articles.parquet").set_index("doc_id")["text"]
    words_gold: list[bool] = []
    words_got: list[bool] = []
    sents: list[tuple[bool, bool]] = []
    for (doc_id, lo, hi), rows in table[(table["half"] == half) & (table["pass"] == which)].groupby(
        ["doc_id", "sentence_start", "sentence_end"]
    ):
        text = articles[doc_id]
        found = voices(text)
        gold = rows.loc[rows["label"] == "reported", ["start", "end"]].to_numpy().tolist()
        got = found.loc[found["voice"] == "reported", ["start", "end"]].to_numpy().tolist()
        marked = found.loc[found["voice"].isin(["quoted", "scare"]), ["start", "end"]].to_numpy().tolist()
        outside = [not q for q in _word_labels(text, lo, hi, marked)]
        g, p = _word_labels(text, lo, hi, gold), _word_labels(text, lo, hi, got)
        words_gold += [x for x, keep in zip(g, outside, strict=True) if keep]
        words_got += [x for x, keep in zip(p, outside, strict=True) if keep]
        sents.append((any(g), any(p)))
    return {
        "sentences": len(sents),
        "with reported speech": sum(g for g, _ in sents),
        "words F1": _f1(words_gold, words_got),
        "sentences F1": _f1([g for g, _ in sents], [p for _, p in sents]),
    }


def agreement(shared: Path) -> dict[str, float]:
    """Agreement of the two passes of the annotation over the words of all 200 sentences."""
    table = pd.read_csv(ANNOTATIONS)
    articles = pd.read_parquet(shared / "outlet_articles.parquet").set_index("doc_id")["text"]
    labels: dict[int, list[bool]] = {1: [], 2: []}
    for (doc_id, lo, hi), rows in table.groupby(["doc_id", "sentence_start", "sentence_end"]):
        for which, out in labels.items():
            part = rows[(rows["pass"] == which) & (rows["label"] == "reported")]
            out += _word_labels(articles[doc_id], lo, hi, part[["start", "end"]].to_numpy().tolist())
    return {"words": len(labels[1]), "kappa": _kappa(labels[1], labels[2]), "F1": _f1(labels[1], labels[2])}


def speed(shared: Path, articles: int = 1000) -> dict[str, float]:
    """Seconds for voices of ten spans in each of many articles; compiled code warmed up before."""
    texts = pd.read_parquet(shared / "outlet_articles.parquet")["text"].head(articles).tolist()
    rng = np.random.default_rng(0)
    doc = np.repeat(np.arange(len(texts)), 10)
    start = np.array([rng.integers(0, len(texts[d]) - 10) for d in doc])
    annotate_voices(texts[:2], doc[:20], start[:20], start[:20] + 6)
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        annotate_voices(texts, doc, start, start + 6)
        seconds.append(time.perf_counter() - begun)
    size = sum(map(len, texts)) / 1e6
    return {
        "seconds": float(np.median(seconds)),
        "million characters a second": size / float(np.median(seconds)),
    }


def main() -> None:
    """Print every figure."""
    shared = Path(os.environ.get("FRAMING_SHARED", REPO.parent / "shared")) / "data"
    if not shared.is_dir():
        sys.exit(f"labelled news is not there ({shared}); set FRAMING_SHARED to where it is")
    for joint in ("\n", " "):
        print("BASIL, sentences joined by", repr(joint), _round(basil(shared, joint)))
    print("two passes of the annotation", _round(agreement(shared)))
    for half in ("dev", "test"):
        for which in (1, 2):
            print(f"reported, {half} half, pass {which}", _round(reported(shared, half, which)))
    print("speed", _round(speed(shared)))


def _round(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 4) for name, value in figures.items()}


if __name__ == "__main__":
    main()
