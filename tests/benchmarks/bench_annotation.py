"""One table of what voices and targets reach on human annotation, and what they cost (``make bench-annotation``).

`bench_voices.py` and `bench_targets.py` say how each figure is made and print more of them. What a parser reached on
the same files was measured once, in an environment of its own, and is kept in ``docs/benchmarks/parse.csv``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _record
import bench_targets
import bench_voices
import numpy as np
import pandas as pd
from bench_engine import as_installed

from helpers import Lexicon, Targets, find_mentions

FIRST_CALL = """
import time
from helpers import Lexicon, find_mentions
lexicon = Lexicon.load("geopolitics")
begun = time.perf_counter()
find_mentions('Putin said that the regime in Tehran, "a dictatorship", had invaded Russia.', lexicon)
print(time.perf_counter() - begun)
"""


def first_calls() -> list[float]:
    """Seconds of the first call in a fresh process: nothing compiled yet, and all of it on disk."""
    with tempfile.TemporaryDirectory() as folder:
        settings = as_installed(folder)

        def seconds() -> float:
            command = [sys.executable, "-c", FIRST_CALL]
            return float(subprocess.run(command, env=settings, check=True, capture_output=True).stdout)

        seconds()
        shutil.rmtree(settings["NUMBA_CACHE_DIR"])
        return [seconds(), seconds()]


def cost(shared: Path, articles: int = 1000, runs: int = 5) -> float:
    """What voices and targets cost, as a multiple of finding the mentions alone; medians of interleaved runs."""
    frame = pd.read_parquet(shared / "outlet_articles.parquet").head(articles)
    lexicon = Lexicon.load("geopolitics")
    seconds: dict[bool, list[float]] = {False: [], True: []}
    find_mentions(frame.head(10), lexicon)
    for _ in range(runs):
        for annotate, taken in seconds.items():
            begun = time.perf_counter()
            find_mentions(frame, lexicon, annotate=annotate)
            taken.append(time.perf_counter() - begun)
    bare, whole = float(np.median(seconds[False])), float(np.median(seconds[True]))
    return (whole - bare) / bare


def figures(shared: Path) -> list[tuple[str, float, str, float]]:
    """Rows of what is measured, the figure, the sense of the goal, the goal (NaN where there is none)."""
    basil = bench_voices.basil(shared)
    agreed = bench_voices.agreement(shared)
    targets = Targets.load()
    asked = bench_targets.judged(bench_targets.newswcl50(shared, [0, 1, 2, 3, 4], targets))
    unseen = asked[asked["event"] > 2]
    pairs = bench_targets.newsmtsc(shared, targets)
    ever, again = first_calls()
    return [
        ("BASIL: quoted or not", basil["quoted"], ">=", 0.95),
        ("BASIL: surname of the speaker, where one person is named", basil["surname of persons"], ">=", 0.80),
        ("BASIL: the same, groups such as Democratic_lawmakers included", basil["surname of all named"], ">=", np.nan),
        ("Indirect speech: kappa of the two passes", agreed["kappa"], ">=", np.nan),
        ("Indirect speech: F1 over words, half looked at", bench_voices.reported(shared, "dev")["words F1"], ">=", np.nan),
        ("Indirect speech: F1 over words, half not looked at", bench_voices.reported(shared, "test")["words F1"], ">=", 0.85),
        ("NewsWCL50: right target, all five events", asked["ok"].mean(), ">=", 0.70),
        ("NewsWCL50: right target, the two events not looked at", unseen["ok"].mean(), ">=", np.nan),
        ("NewsMTSC: the marked name is the target of a loaded word", np.mean(pairs["target"] == pairs["marked"]), ">=", np.nan),
        ("Cost of voices and targets / mentions alone, 1,000 articles", cost(shared), "<=", 3.0),
        ("First call in a fresh process, nothing compiled (seconds)", ever, "<=", 10.0),
        ("First call in a fresh process, once compiled (seconds)", again, "<=", 1.5),
    ]  # fmt: skip


def main() -> None:
    """Print the table."""
    shared = Path(os.environ.get("FRAMING_SHARED", bench_voices.REPO.parent / "shared")) / "data"
    if not shared.is_dir():
        sys.exit(f"labelled news is not there ({shared}); set FRAMING_SHARED to where it is")
    rows, kept = [], []
    for name, figure, sign, goal in figures(shared):
        kept.append({"measure": name, "value": figure, "goal": "" if np.isnan(goal) else f"{sign} {goal:g}"})
        met = (
            ""
            if np.isnan(goal)
            else "met"
            if (figure >= goal if sign == ">=" else figure <= goal)
            else "NOT MET"
        )
        rows.append((name, f"{figure:.3f}", "" if np.isnan(goal) else f"{sign} {goal:g}", met))
    table = pd.DataFrame(rows, columns=["measured", "figure", "goal", "result"])
    table["measured"] = table["measured"].str.ljust(int(table["measured"].str.len().max()))
    print(table.to_string(index=False))
    parsed = pd.read_csv(_record.FOLDER / "parse.csv", usecols=["measure", "value", "n", "source"])
    _record.record("annotation", [*kept, *parsed.to_dict("records")])


if __name__ == "__main__":
    main()
