"""Precision of the choice lexicons on mentions judged in context (part of ``make bench-lexicons``).

`data/annotations/term_precision.csv` holds loaded mentions in articles of twelve US outlets (Baly et al. 2020), drawn at
random with a fixed seed from all loaded mentions of a lexicon, so that a lexicon's figure is that of a mention somebody
meets. Eight samples of them, none sharing a mention with another: `first`, 75 of each of four lexicons; `fresh`, 30 of
each of eight, after the false friends found in the first were silenced; `last`, 37 or 38 of each of eight, after those
of the second were, and after the frequent terms were read in context; `fourth`, as many, after the economy, migration
and party lexicons were read in context term by term; `fifth`, as many, after all lexicons were read in samples of
mentions and concepts were defined as wide as the news uses them; `sixth`, `seventh` and `eighth`, as many, each after
that was done once more. Each figure is of the lexicons BEFORE the false friends that its own sample showed were
silenced.

A ninth, `neutral`, holds as many neutral mentions. They are the denominator of choice shares, so that one is right where
it is an opportunity: where it names a thing of its concept's kind, for which one of the concept's loaded terms, or much
the same in another grammatical form, could have stood.

A language model judged each in 90 to 200 characters of context on either side, twice: 1 where the term stands in the
sense that its concept and frame say, 0 where it is a false friend. In the first two samples the second pass came
minutes after the first, in the same session; in the others, another instance judged in another order and saw nothing
of the first's labels, and since the fourth neither had written terms, and both were told to be strict: a
loaded word for another thing than its concept names (bailouts of states, not of firms) is wrong there. A language
model wrote the lexicons too, so the agreement says nothing of what a person would find. Right means right in both
passes. What the lexicons as they are now still find of each sample is printed too, but not recorded: on the same
mentions it says nothing about new ones.

Usage: python tests/benchmarks/bench_precision.py
       python tests/benchmarks/bench_precision.py draw SAMPLE SEED FOLDER
       python tests/benchmarks/bench_precision.py take SAMPLE FOLDER/keys.csv JUDGED JUDGED

`draw` writes `sheet.csv` for the judges (no answers in it) and `keys.csv`, which says where each mention stands; `take`
adds two judged files (columns `id`, `right` of 0 or 1, and whatever else) to the judgements as places and labels.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pandas as pd
from _record import record
from scipy.stats import binomtest

from helpers import Lexicon, find_mentions
from helpers.agreement import agreement

REPO = Path(__file__).parents[2]
JUDGED = REPO / "data" / "annotations" / "term_precision.csv"
NEWS = Path(os.environ.get("FRAMING_SHARED", REPO.parent / "shared")) / "data" / "outlet_articles.parquet"
SOURCE = "Article-Bias-Prediction (Baly et al. 2020), mentions judged by a language model"
GOAL = ">= 0.9"
STANCES = {"neutral": ("neutral",)}
LOADED = ("critical", "favourable")
SAMPLES = {
    "first": "before mending",
    "fresh": "fresh mentions after mending",
    "last": "last mentions after two mendings",
    "fourth": "fourth mentions after three mendings",
    "fifth": "fifth mentions after four mendings",
    "sixth": "sixth mentions after five mendings",
    "seventh": "seventh mentions after six mendings",
    "eighth": "eighth mentions after seven mendings",
    "neutral": "neutral mentions, opportunities for a loaded choice",
}
PASSES = {
    "first": "one judge's two passes, not blind (upper bound)",
    "fresh": "one judge's two passes, not blind (upper bound)",
    "last": "two instances of one language model, the second blind",
    "fourth": "two instances of one language model, both blind",
    "fifth": "two instances of one language model, both blind",
    "sixth": "two instances of one language model, both blind",
    "seventh": "two instances of one language model, both blind",
    "eighth": "two instances of one language model, both blind",
    "neutral": "two instances of one language model, both blind",
}
KEYS = ["doc_id", "start", "end", "term", "lexicon"]
SIZE, CONTEXT = 300, 200


def wilson(right: int, n: int) -> tuple[float, float, float]:
    """Return a share and its 95% interval (Wilson 1927)."""
    bounds = binomtest(right, n).proportion_ci(method="wilson")
    return right / n, float(bounds.low), float(bounds.high)


def read(path: Path = JUDGED) -> pd.DataFrame:
    """Read the judgements; `right` is 1 where both passes say so."""
    table = pd.read_csv(path)
    return table.assign(right=table["pass1"] & table["pass2"])


def draw(
    seed: int, judged: pd.DataFrame, stances: tuple[str, ...] = LOADED, news: Path = NEWS
) -> pd.DataFrame:
    """Draw mentions of these stances at random, as many of each lexicon as of any other, none that was judged before.

    Returns one row a mention: ``id``, its place (`KEYS`), and what a judge needs to know, but no answer.
    """
    articles = pd.read_parquet(news)
    texts = articles.set_index("doc_id")["text"]
    names = sorted(judged["lexicon"].unique())
    before = set(judged[["lexicon", "doc_id", "start", "end"]].itertuples(index=False, name=None))
    parts = []
    for number, name in enumerate(names):
        lexicon = Lexicon.load(name)
        found = find_mentions(articles, lexicon, annotate=False)
        found = found[found["stance"].isin(stances)].assign(lexicon=name)
        places = found[["lexicon", "doc_id", "start", "end"]].itertuples(index=False, name=None)
        found = found[[place not in before for place in places]]
        size = SIZE // len(names) + (number < SIZE % len(names))
        drawn = found.sample(size, random_state=seed)
        parts.append(
            drawn.assign(
                concept_means=drawn["concept"].map(lexicon.concepts),
                frame_means=drawn["frame"].map(lexicon.frames),
            )
        )
    table = pd.concat(parts).sample(frac=1, random_state=seed).reset_index(drop=True)
    spans = list(zip(table["doc_id"], table["start"], table["end"], strict=True))
    left = [texts[doc][max(0, start - CONTEXT) : start] for doc, start, _ in spans]
    text = [texts[doc][start:end] for doc, start, end in spans]
    right = [texts[doc][end : end + CONTEXT] for doc, _, end in spans]
    return table.assign(id=table.index + 1, left=left, text=text, right=right)


def take(sample: str, keys: pd.DataFrame, passes: list[pd.DataFrame], path: Path = JUDGED) -> pd.DataFrame:
    """Add what two judges said of a drawn sample to the judgements: places and labels, no text.

    Raises ValueError where a judge left a mention out, judged one twice, or wrote anything but 0 or 1.
    """
    table = keys[KEYS].assign(sample=sample)
    for number, judged in enumerate(passes, 1):
        said = judged.set_index("id")["right"].reindex(keys["id"])
        if judged["id"].duplicated().any() or not said.isin([0, 1]).all():
            raise ValueError(f"judge {number}: each id once, right 0 or 1")
        table[f"pass{number}"] = said.to_numpy(dtype=int)
    known = pd.read_csv(path)
    if sample in set(known["sample"]):
        raise ValueError(f"sample {sample!r} is judged already")
    whole = pd.concat([known, table[known.columns.tolist()]], ignore_index=True)
    whole.to_csv(path, index=False, lineterminator="\n")
    return whole


def by_term(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``lexicon term n precision low high``, the least precise terms first."""
    counts = table.groupby(["lexicon", "term"])["right"].agg(["sum", "size"]).reset_index()
    shares = pd.DataFrame(
        [wilson(right, n) for right, n in zip(counts["sum"], counts["size"], strict=True)],
        columns=["precision", "low", "high"],
    )
    result = counts[["lexicon", "term"]].assign(n=counts["size"]).join(shares)
    return result.sort_values(["precision", "n", "lexicon", "term"], ascending=[True, False, True, True])


def self_agreement(table: pd.DataFrame) -> pd.Series:
    """Return Krippendorff's alpha of the two passes, with its interval."""
    units = table[["doc_id", "start", "end", "lexicon"]].astype("str").agg("|".join, axis=1)
    passes = [
        pd.DataFrame({"unit_id": units, "coder": name, "label": table[name]}) for name in ("pass1", "pass2")
    ]
    return agreement(pd.concat(passes, ignore_index=True)).iloc[0]


def still_found(table: pd.DataFrame, stances: tuple[str, ...] = LOADED, news: Path = NEWS) -> pd.Series:
    """Say which of the judged mentions the lexicons as they are now still find with one of these stances."""
    articles = pd.read_parquet(news)
    articles = articles[articles["doc_id"].isin(table["doc_id"])]
    keys = ["doc_id", "start", "end"]
    found: set[tuple] = set()
    for name in table["lexicon"].unique():
        mentions = find_mentions(articles, Lexicon.load(name), annotate=False)
        mentions = mentions[mentions["stance"].isin(stances)]
        found |= {(name, *row) for row in mentions[keys].itertuples(index=False, name=None)}
    return pd.Series(
        [row in found for row in table[["lexicon", *keys]].itertuples(index=False, name=None)], table.index
    )


def lexicon_rows(table: pd.DataFrame, when: str) -> list[dict[str, object]]:
    """Print and return precision of each lexicon and of all judged mentions of a sample."""
    rows = []
    count = {4: "four", 8: "eight"}.get(table["lexicon"].nunique(), str(table["lexicon"].nunique()))
    for name, part in [*table.groupby("lexicon"), (f"all {count}", table)]:
        share, low, high = wilson(int(part["right"].sum()), len(part))
        print(f"  {name:22} {share:.3f} [{low:.3f}, {high:.3f}]  n = {len(part)}   goal {GOAL}")
        row = {"measure": f"Precision of {name}, sense in context, {when}", "value": share}
        rows.append({**row, "low": low, "high": high, "n": len(part), "goal": GOAL, "source": SOURCE})
    return rows


def term_rows(table: pd.DataFrame, when: str) -> list[dict[str, object]]:
    """Print precision per term; return the share of terms at 0.9 or more."""
    terms = by_term(table)
    good, often = terms["precision"].ge(0.9), terms["n"].ge(3)
    seen = f"of {often.sum()} seen 3 times or more, {(good & often).sum()}"
    print(f"\n{len(terms)} terms; {good.sum()} at 0.9 or more; {seen}")
    print(terms[often | ~good].round(3).to_string(index=False))
    low, high = wilson(int(good.sum()), len(terms))[1:]
    measure = f"Share of judged terms with precision of 0.9 or more, {when}"
    return [
        {
            "measure": measure,
            "value": good.mean(),
            "low": low,
            "high": high,
            "n": len(terms),
            "source": SOURCE,
        }
    ]


def agreement_rows(table: pd.DataFrame, when: str, passes: str) -> list[dict[str, object]]:
    """Print and return how far the two passes agree."""
    alpha = self_agreement(table)
    print(f"\nThe passes agree on {alpha['raw']:.3f}; Krippendorff's alpha", end=" ")
    print(f"{alpha['alpha']:.3f} [{alpha['low']:.3f}, {alpha['high']:.3f}]")
    measure = f"Krippendorff's alpha of {passes}, {when}"
    bounds = {"low": alpha["low"], "high": alpha["high"], "n": len(table)}
    return [{"measure": measure, "value": alpha["alpha"], **bounds, "source": SOURCE}]


def main() -> int:
    """Print precision per lexicon and term and the agreement of the passes; record the former."""
    judged = read()
    match sys.argv[1:]:
        case ["draw", sample, seed, folder]:
            table = draw(int(seed), judged, STANCES.get(sample, LOADED))
            Path(folder).mkdir(parents=True, exist_ok=True)
            sheet = ["id", "lexicon", "term", "concept", "concept_means", "stance", "frame", "frame_means"]
            table[[*sheet, "left", "text", "right"]].to_csv(Path(folder) / "sheet.csv", index=False)
            table[["id", *KEYS]].to_csv(Path(folder) / "keys.csv", index=False)
            return 0
        case ["take", sample, keys, first, second]:
            take(sample, pd.read_csv(keys), [pd.read_csv(first), pd.read_csv(second)])
            return 0
    rows: list[dict[str, object]] = []
    for sample, when in SAMPLES.items():
        table = judged[judged["sample"].eq(sample)].reset_index(drop=True)
        if table.empty:
            continue
        print(f"\nPrecision with Wilson's 95% interval, right in both passes, {when}")
        rows += [*lexicon_rows(table, when), *term_rows(table, when)]
        rows += agreement_rows(table, when, PASSES[sample])
        if NEWS.is_file():
            kept, wrong = still_found(table, STANCES.get(sample, LOADED)), table["right"].eq(0)
            print("With the lexicons as they are now, on the same mentions (not a measurement):", end=" ")
            print(f"{(kept & wrong).sum()} of {wrong.sum()} wrong and", end=" ")
            print(f"{(kept & ~wrong).sum()} of {(~wrong).sum()} right mentions are still found")
    print(f"written to {record('precision', rows).name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
