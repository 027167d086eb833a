"""Keep what a benchmark measured: `record("precision", rows)` writes docs/benchmarks/precision.csv.

Notebook 08 reads these files, so that every figure it shows was written by a command. A row:

    measure  what was measured, in words a reader understands: "Precision of geopolitics, first sample"
    value    the figure
    low      lower bound of its 95% interval, if there is one
    high     upper bound
    n        how many cases it rests on
    goal     ">= 0.9", "<= 3" or "0.93 to 0.97"; empty where no goal was set
    met      "yes", "no", or empty without a goal; worked out from value and goal where the row does not say
    source   the data it was measured on, with licence where that matters

Rows may leave keys out except `measure` and `value`. The same rows always give the same bytes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

COLUMNS = ["measure", "value", "low", "high", "n", "goal", "met", "source"]
FOLDER = Path(__file__).parents[2] / "docs" / "benchmarks"
_NUMBER = r"-?\d+(?:\.\d+)?"
_BOUND = re.compile(rf"\s*(>=|<=|>|<|≥|≤)\s*({_NUMBER})\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*(?:to|–|\.\.)\s*({_NUMBER})\s*")


def reached(value: float, goal: str) -> bool:
    """Say whether a figure reaches its goal: ``">= 0.9"``, ``"<= 3"`` or ``"0.93 to 0.97"``."""
    if math.isnan(value):
        return False
    if bound := _BOUND.fullmatch(goal):
        sign, limit = bound[1], float(bound[2])
        tests = {">=": value >= limit, "≥": value >= limit, "<=": value <= limit, "≤": value <= limit}
        return {**tests, ">": value > limit, "<": value < limit}[sign]
    if span := _RANGE.fullmatch(goal):
        return float(span[1]) <= value <= float(span[2])
    raise ValueError(f"goal {goal!r} is not of the form '>= 0.9', '<= 3' or '0.93 to 0.97'")


def record(name: str, rows: Iterable[Mapping[str, Any]], folder: Path = FOLDER) -> Path:
    """Write the rows of one benchmark to ``folder/name.csv`` and return the path.

    A row with an unknown key, or without `measure` or `value`, is an error, so that no figure is lost silently.
    """
    kept = []
    for place, row in enumerate(rows):
        unknown, lacking = set(row) - set(COLUMNS), {"measure", "value"} - set(row)
        if unknown or lacking:
            raise ValueError(f"row {place} of {name}: unknown {sorted(unknown)}, lacking {sorted(lacking)}")
        full: dict[str, Any] = {column: row.get(column) for column in COLUMNS}
        if full["goal"] and full["met"] is None:
            full["met"] = reached(float(full["value"]), str(full["goal"]))
        if isinstance(full["met"], bool):
            full["met"] = "yes" if full["met"] else "no"
        kept.append(full)
    table = pd.DataFrame(kept, columns=COLUMNS)
    for column in ("value", "low", "high"):
        table[column] = pd.to_numeric(table[column]).round(4)
    table["n"] = pd.to_numeric(table["n"]).astype("Int64")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.csv"
    temporary = path.with_suffix(".csv.part")
    table.to_csv(temporary, index=False, lineterminator="\n")
    temporary.replace(path)
    return path
