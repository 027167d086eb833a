"""The table of targets as rows: read from CSV and checked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = ("target", "kind", "alias", "role", "from", "to", "person", "when", "code")
REQUIRED = ("target", "kind", "alias")
KINDS = ("state", "party", "institution", "armed_group", "people", "person")
ROLES = (
    "name", "adjective", "demonym", "capital", "seat", "ruling_party", "party_member", "acronym", "ruler", "minister",
    "leader", "ignore",
)  # fmt: skip
WHEN = ("", "named", "alone", "named alone")


def read_rows(path: Path) -> pd.DataFrame:
    """Read a CSV file and check every row; raise on faults."""
    from helpers._lexicon_files import csv_rows, delimiter_of
    from helpers._readers import read_text

    text = read_text(path).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    first = text.split("\n", 1)[0]
    if not first.strip():
        raise ValueError(f"{path}, line 1: no header; the file needs the columns {', '.join(REQUIRED)}")
    rows = csv_rows(text, str(path), delimiter_of(first))
    if not rows:
        raise ValueError(f"{path}: holds no words; the file needs the columns {', '.join(REQUIRED)}")
    header = [cell.strip().lower() for cell in rows[0][1]]
    lines = [f"line {line}" for line, _ in rows]
    from helpers._lexicon_files import Problems

    problems = Problems(str(path), lines)
    for row, (_, cells) in enumerate(rows):
        if len(cells) > len(header):
            remedy = "put quotation marks around a cell that holds the separator"
            problems.add(row, "", f"has {len(cells)} cells where the header has {len(header)}; {remedy}")
    problems.raise_if_any()
    cells = [(cells + [""] * len(header))[: len(header)] for _, cells in rows[1:]]
    frame = pd.DataFrame(cells, columns=pd.Index(header), dtype=object)
    return clean_rows(frame, str(path), lines[1:])


def clean_rows(frame: pd.DataFrame, source: str, labels: list[str]) -> pd.DataFrame:
    """Check every row and return the table with all columns; raise on faults."""
    from helpers._lexicon_files import Problems

    missing = [c for c in REQUIRED if c not in frame.columns]
    if missing:
        raise ValueError(
            f"{source}: no column {', '.join(map(repr, missing))}; the table needs {', '.join(REQUIRED)}"
        )
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ValueError(f"{source}: column {twice[0]!r} stands there twice; rename or remove one")
    cells = {
        c: ["" if v is None or v != v else str(v).strip() for v in frame[c]]
        if c in frame
        else [""] * len(frame)
        for c in COLUMNS
    }
    problems = Problems(source, labels)
    for row in range(len(frame)):
        if not cells["role"][row]:
            cells["role"][row] = "acronym" if re.fullmatch(r"[A-Z0-9]{2,5}", cells["alias"][row]) else "name"
        _check_row({c: v[row] for c, v in cells.items()}, row, problems)
    dates = {c: _days(cells[c], c, problems) for c in ("from", "to")}
    kind_of: dict[str, str] = {}
    for row, (target, kind) in enumerate(zip(cells["target"], cells["kind"], strict=True)):
        if target and kind_of.setdefault(target, kind) != kind:
            problems.add(
                row, "kind", f"{target!r} is {kind!r} here and {kind_of[target]!r} above; give one kind"
            )
    problems.raise_if_any()
    clean = pd.DataFrame({c: dates[c] if c in dates else pd.Series(cells[c], dtype="str") for c in COLUMNS})
    for c in frame.columns:
        if c not in COLUMNS and c:
            clean[c] = frame[c].to_numpy()
    return clean


def _check_row(cell: dict[str, str], row: int, problems: Any) -> None:
    ignored = cell["role"] == "ignore"
    for column, allowed in (("kind", KINDS), ("role", ROLES), ("when", WHEN)):
        if cell[column] not in allowed and not (ignored and column == "kind"):
            known = ", ".join(name for name in allowed if name)
            problems.add(row, column, f"{cell[column]!r} is not known; give one of {known}")
    if not cell["target"] and not ignored:
        problems.add(row, "target", "is empty; name the target, or give the row the role ignore")
    alias = cell["alias"]
    if not re.search(r"[^\W_]", alias):
        problems.add(row, "alias", f"{alias!r} has no word; write the name as it stands in a text")
    elif "*" in alias:
        problems.add(row, "alias", f"{alias!r}: * is not allowed in a name; give each form a row")
    elif re.search(r"[^\w\s'’‐‑–—-]", re.sub(r"\b(\w\.){2,}", "", alias)):
        problems.add(row, "alias", f"{alias!r} holds punctuation that no match crosses; leave it out")


def _days(cells: list[str], column: str, problems: Any) -> pd.Series:
    given = pd.Series(cells, dtype=object).where(lambda cell: cell != "")
    dates = pd.to_datetime(given, format="ISO8601", errors="coerce", utc=True).dt.tz_localize(None)
    for row in np.flatnonzero(given.notna() & dates.isna()):
        problems.add(
            int(row), column, f"{cells[row]!r} is no date; write it as 2017-01-20, or leave it empty"
        )
    return dates.astype("datetime64[s]")
