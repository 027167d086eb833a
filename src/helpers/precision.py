"""Precision of each term: a sheet of mentions in context that a person fills in, and what it says."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from helpers._encodings import read_words
from helpers._lexicon_files import csv_rows, delimiter_of
from helpers.intervals import share_interval
from helpers.lexicon import LOADED
from helpers.mentions import kwic
from helpers.safe import safe_csv, write_whole
from helpers.tallies import need

SHEET = (
    "doc_id",
    "part",
    "start",
    "left",
    "text",
    "right",
    "term",
    "concept",
    "stance",
    "frame",
    "correct",
    "note",
)
_YES = {"1", "yes", "y", "true", "x", "ja", "oui", "si", "sí", "1.0"}
_NO = {"0", "no", "n", "false", "nein", "non", "0.0"}
_UNSURE = {"", "?", "unsure", "maybe", "-", "–"}


def precision_sheet(
    articles: pd.DataFrame | Sequence[str] | str,
    mentions: pd.DataFrame,
    path: str | os.PathLike[str] | None = None,
    *,
    per_term: int = 10,
    most: int = 300,
    width: int = 80,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw mentions of each loaded term, in context, for a person to judge in a spreadsheet.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        The articles.
    mentions : DataFrame
        From `find_mentions` with these articles.
    path : path-like, optional
        Where to write the sheet as CSV, which must not exist yet, so that nobody's judgements are lost.
    per_term : int
        Mentions of each term, at most.
    most : int
        Mentions in all, at most: first one of each term, then a second of each, and so on, commonest first.
    width : int
        Characters of context on each side.
    seed : int
        The same seed draws the same mentions.

    Returns
    -------
    DataFrame
        ``doc_id part start left text right term concept stance frame correct note`` in random order. Fill in
        ``correct`` with yes or no (1 or 0); leave it empty where you cannot say. `read_precision` reads it.

    Raises
    ------
    ValueError
        If there is no loaded mention.
    FileExistsError
        If the file is there already.
    """
    if path is not None and Path(path).exists():
        raise FileExistsError(f"{path} is there already and may hold judgements; choose another name")
    loaded = mentions[mentions["stance"].isin(LOADED)]
    loaded = loaded.drop_duplicates([c for c in ("doc_id", "part", "start", "term") if c in loaded])
    if loaded.empty:
        raise ValueError("there is no loaded mention to judge; find mentions in more articles")
    rng = np.random.default_rng(seed)
    keys = [c for c in ("doc_id", "part", "start") if c in loaded]
    loaded = loaded.assign(term=loaded["term"].astype(str)).sort_values(
        keys, kind="stable", ignore_index=True
    )
    mixed = loaded.iloc[rng.permutation(len(loaded))]
    turn = mixed.groupby("term").cumcount()
    size = mixed.groupby("term")["term"].transform("size")
    queue = mixed.assign(_turn=turn, _size=-size).query("_turn < @per_term")
    queue = queue.sort_values(["_turn", "_size", "term"], kind="stable").head(most)
    chosen = queue.iloc[rng.permutation(len(queue))].drop(columns=["_turn", "_size"]).reset_index(drop=True)
    sheet = kwic(articles, chosen, width=width)
    sheet["part"] = chosen.get("part", "body")
    sheet["concept"] = chosen["concept"].astype(str)
    sheet = sheet.assign(correct="", note="")[list(SHEET)]
    if path is not None:
        write_whole(path, "\ufeff" + safe_csv(sheet))  # the mark tells spreadsheets that this is UTF-8
    return sheet


def read_precision(
    source: pd.DataFrame | str | os.PathLike[str],
    mentions: pd.DataFrame | None = None,
    *,
    term: str = "term",
    correct: str = "correct",
    level: float = 0.95,
) -> pd.DataFrame:
    """Read a judged sheet: precision of each term, and of all together.

    Parameters
    ----------
    source : DataFrame or path-like
        From `precision_sheet`, filled in; as a file, saved by any spreadsheet as CSV.
    mentions : DataFrame, optional
        The mentions that were drawn from: precision of all together then weighs each term by how often it
        stands there. Without, every judged mention counts the same.
    term, correct : str
        Names of the columns.
    level : float
        Width of the intervals.

    Returns
    -------
    DataFrame
        ``term judged correct unsure precision low high mentions``, the row ``all`` first, then the terms with
        the lowest precision first. Terms of which nothing was judged have NaN.

    Raises
    ------
    ValueError
        If a column is missing, or a cell holds neither yes nor no, naming line and value.

    Notes
    -----
    Jeffreys' interval for each term. All together, weighted: sum of W_t p_t over judged terms, with the
    effective number of judgements p (1 - p) / sum W_t^2 v_t for its interval, v_t the variance of the term's
    posterior mean.
    """
    table, labels = (
        (source, [f"row {i}" for i in source.index]) if isinstance(source, pd.DataFrame) else _read(source)
    )
    for column in (term, correct):
        need(table, column, "the sheet", "keep the header line of precision_sheet()")
    verdicts = [_verdict(value, label, correct) for value, label in zip(table[correct], labels, strict=True)]
    judged = pd.DataFrame(
        {"term": table[term].astype(str).to_numpy(), "verdict": pd.array(verdicts, dtype="Float64")}
    )
    rows = judged.groupby("term")["verdict"].agg(judged="count", correct="sum", size="size").reset_index()
    rows["unsure"] = rows.pop("size") - rows["judged"]
    rows = rows.astype({"judged": int, "correct": int, "unsure": int})
    rows["precision"] = (rows["correct"] / rows["judged"]).where(rows["judged"] > 0)
    low, high = share_interval(rows["correct"], rows["judged"], level=level)
    rows["low"], rows["high"] = low, high
    counts = None
    if mentions is not None:
        counts = mentions["term"].astype(str).value_counts()
    rows["mentions"] = rows["term"].map(counts).astype("Int64") if counts is not None else pd.NA
    rows = rows.sort_values(["precision", "judged", "term"], ascending=[True, False, True], ignore_index=True)
    return pd.concat([pd.DataFrame([_together(rows, level)]), rows], ignore_index=True).astype(
        {"mentions": "Int64"}
    )


def _together(rows: pd.DataFrame, level: float) -> dict[str, object]:
    told = rows[rows["judged"] > 0]
    judged, correct = int(told["judged"].sum()), int(told["correct"].sum())
    value, most = (correct / judged if judged else float("nan")), float(judged)
    weighted = judged > 0 and told["mentions"].notna().all()
    if weighted:
        weight = told["mentions"].astype(float) / float(told["mentions"].sum())
        value = float((weight * told["correct"] / told["judged"]).sum())
        mean = (told["correct"] + 0.5) / (told["judged"] + 1)
        variance = float((weight**2 * mean * (1 - mean) / (told["judged"] + 2)).sum())
        centre = float((weight * mean).sum())
        most = min(float(judged), centre * (1 - centre) / variance)
    low, high = share_interval(value * most if judged else 0.0, most, level=level)
    return {
        "term": "all", "judged": judged, "correct": correct, "unsure": int(rows["unsure"].sum()),
        "precision": value, "low": float(low), "high": float(high),
        "mentions": int(told["mentions"].sum()) if weighted else pd.NA,
    }  # fmt: skip


def _read(path: str | os.PathLike[str]) -> tuple[pd.DataFrame, list[str]]:
    text = read_words(Path(path)).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ValueError(f"{path}: is empty; fill in the sheet that precision_sheet() wrote")
    rows = csv_rows(text, str(path), delimiter_of(text.split("\n", 1)[0]))
    header = [cell.strip().lower() for cell in rows[0][1]]
    cells = [(row + [""] * len(header))[: len(header)] for _, row in rows[1:]]
    table = pd.DataFrame(cells, columns=header, dtype="str")
    # A term that begins with a sign was written behind an apostrophe (see `safe_cell`).
    if "term" in table:
        table["term"] = table["term"].str.removeprefix("'")
    return table, [f"{path}, line {line}" for line, _ in rows[1:]]


def _verdict(value: object, label: str, column: str) -> float | None:
    text = "" if value is None or pd.isna(value) else str(value).strip().lower()  # type: ignore[arg-type]
    if text in _YES:
        return 1.0
    if text in _NO:
        return 0.0
    if text in _UNSURE:
        return None
    raise ValueError(f"{label}, column {column!r}: {value!r} is neither yes nor no; write yes, no or nothing")
