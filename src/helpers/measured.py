"""What the benchmarks measured, and the labelled sentences that the validation notebook shows its method on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers._resources import data_path
from helpers.articles import read_articles
from helpers.sampling import sentences_of

COLUMNS = ("measure", "value", "low", "high", "n", "goal", "met", "source")
#: Each benchmark, what it measures, and the command that writes its file.
BENCHMARKS = {
    "annotation": ("voices and targets", "make bench-annotation"),
    "lexicons": ("loadedness against human labels", "make bench-lexicons"),
    "precision": ("precision of the choice lexicons", "make bench-lexicons"),
    "statistics": ("intervals and tests, by simulation", "make bench-statistics"),
    "engine": ("speed of the matcher", "make bench"),
}


def benchmarks_folder() -> Path:
    """Return the folder that the benchmark commands write to."""
    return Path(__file__).parents[2] / "docs" / "benchmarks"


def measurements(folder: Path | None = None) -> pd.DataFrame:
    """Read what the benchmark commands measured.

    Parameters
    ----------
    folder : pathlib.Path, optional
        Where their files are; ``docs/benchmarks`` by default.

    Returns
    -------
    DataFrame
        ``benchmark measure value low high n goal met source command``. A benchmark whose file is not there
        has one row that says so, without a value.

    Raises
    ------
    ValueError
        If a file lacks a column.
    """
    folder = folder or benchmarks_folder()
    tables = []
    for name, (about, command) in BENCHMARKS.items():
        path = folder / f"{name}.csv"
        if path.is_file():
            table = pd.read_csv(path, dtype={"measure": "str", "goal": "str", "met": "str", "source": "str"})
            lacking = [column for column in COLUMNS if column not in table]
            if lacking:
                raise ValueError(f"{path}: column {lacking[0]!r} is missing; write it again with '{command}'")
            table = table[list(COLUMNS)]
        else:
            table = pd.DataFrame(
                [dict.fromkeys(COLUMNS) | {"measure": f"not measured on this machine: {command}"}]
            )
        tables.append(table.assign(benchmark=about, command=command))
    every = pd.concat([table.astype(object) for table in tables], ignore_index=True)
    for column in ("value", "low", "high", "n"):
        every[column] = pd.to_numeric(every[column])
    every[["goal", "met", "source"]] = every[["goal", "met", "source"]].astype("str").fillna("")
    return every[["benchmark", *COLUMNS, "command"]]


def goals_in_words(table: pd.DataFrame) -> list[str]:
    """Say how many goals were met in each benchmark, and name the first three that were not."""
    lines = []
    for about, rows in table.groupby("benchmark", sort=False):
        goals = rows[rows["met"].isin(["yes", "no"])]
        missed = goals.loc[goals["met"] == "no", "measure"].tolist()
        if rows["value"].isna().all():
            lines.append(f"{about}: {rows['measure'].iloc[0]}")
        elif missed:
            named = "; ".join(missed[:3]) + (f"; and {len(missed) - 3} more" if len(missed) > 3 else "")
            lines.append(
                f"{about}: {len(goals) - len(missed)} of {len(goals)} goals met; short of it: {named}"
            )
        else:
            lines.append(
                f"{about}: all {len(goals)} goals met" if len(goals) else f"{about}: no goal was set"
            )
    return [line[:1].upper() + line[1:] + "." for line in lines]


def sample_sentences() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the sentences of the sample articles, and the labels that they were given in two passes.

    Returns
    -------
    units : DataFrame
        As `sentences_of`, with ``outlet`` and ``framing``.
    labels : DataFrame
        ``unit_id coder label``; 1: the sentence holds wording that plain agency copy would not use in its own
        voice, 0: it does not.

    Raises
    ------
    ValueError
        If the articles were edited since they were labelled.
    """
    units = sentences_of(read_articles(data_path("samples", "samples.csv")), keep=["outlet", "framing"])
    labels = pd.read_csv(data_path("annotations", "sample_sentences.csv"))
    labels["unit_id"] = labels["doc_id"] + ":" + labels["start"].astype(str)
    ends = labels["unit_id"].map(units.set_index("unit_id")["end"])
    if not ends.eq(labels["end"]).all():
        gone = labels.loc[~ends.eq(labels["end"]), "unit_id"].iloc[0]
        raise ValueError(
            f"sample_sentences.csv: sentence {gone!r} is not in samples.csv as it was labelled; label it anew"
        )
    return units, labels[["unit_id", "coder", "label"]]


def simulated_coverage(runs: int = 200, *, labels: int = 60, texts: int = 600, seed: int = 0) -> pd.DataFrame:
    """Try corrected differences where the truth is known, and count how often the interval holds it.

    Parameters
    ----------
    runs : int
        Simulated corpora.
    labels, texts : int
        Labelled and other texts in each of the two groups.
    seed : int
        The seed.

    Returns
    -------
    DataFrame
        ``method share low high error n``: share of the intervals that hold the true difference, its own
        interval, and the mean error of the estimate.

    Notes
    -----
    Group A says yes in 30% of its texts and group B in 15%; the lexicon finds 80% of either, but raises a
    false alarm in 10% of A's other texts and 25% of B's: it errs more on one side, as lexicons do.
    """
    from helpers.corrected import corrected_differences
    from helpers.intervals import share_interval

    rng = np.random.default_rng(seed)
    true = 0.30 - 0.15
    held, errors = np.zeros(2), np.zeros(2)
    for _ in range(runs):
        corpus = pd.concat(
            [_simulated(rng, "A", 0.30, 0.10, labels, texts), _simulated(rng, "B", 0.15, 0.25, labels, texts)]
        )
        row = corrected_differences(corpus, "group", reference="B").iloc[0]
        bounds = ((row["naive_low"], row["naive_high"]), (row["low"], row["high"]))
        held += [low <= true <= high for low, high in bounds]
        errors += [row["naive"] - true, row["corrected"] - true]
    low, high = share_interval(held, runs)
    return pd.DataFrame(
        {"method": ["naive", "corrected"], "share": held / runs, "low": low, "high": high,
         "error": errors / runs, "n": runs}
    )  # fmt: skip


def _simulated(rng, name: str, yes: float, alarm: float, labels: int, texts: int) -> pd.DataFrame:
    truth = (rng.random(labels + texts) < yes).astype(float)
    found = rng.random(labels + texts) < np.where(truth == 1, 0.8, alarm)
    shown = np.where(np.arange(labels + texts) < labels, truth, np.nan)
    return pd.DataFrame({"group": name, "label": shown, "prediction": found.astype(float)})


def estimate_rows(means: pd.DataFrame, by: str, known: pd.Series) -> pd.DataFrame:
    """Lay `corrected_means` out for `charts.estimates`, with the share among all labels beside it.

    Parameters
    ----------
    means : DataFrame
        From `corrected_means`.
    by : str
        Its column of groups.
    known : Series
        Share of yes among all texts of each group, where all were labelled.

    Returns
    -------
    DataFrame
        ``group kind value low high``.
    """
    kinds = {
        "lexicon alone": ("naive", "naive_low", "naive_high"),
        "labels alone": ("labels_only", "labels_only_low", "labels_only_high"),
        "corrected": ("corrected", "low", "high"),
    }
    rows = []
    for row in means.to_dict("records"):
        for kind, names in kinds.items():
            value, low, high = (row[name] for name in names)
            rows.append({"group": row[by], "kind": kind, "value": value, "low": low, "high": high})
        rows.append({"group": row[by], "kind": "all labels", "value": known[row[by]]})
    return pd.DataFrame(rows, columns=["group", "kind", "value", "low", "high"])


def correction_title(rows: pd.DataFrame) -> str:
    """Word the finding of a chart of `estimate_rows`: where correction moved the lexicon's figure most."""
    values: Any = rows.pivot_table(index="group", columns="kind", values="value", sort=False)
    gap = (values["corrected"] - values["lexicon alone"]).dropna()
    if gap.empty:
        return "Too few labels to correct any group"
    name = gap.abs().idxmax()
    if abs(gap[name]) < 0.05:
        return "Correction moves no group by more than 5 points"
    before, after = values.loc[name, "lexicon alone"], values.loc[name, "corrected"]
    return f"Correction moves “{name}” most: from {before:.0%} to {after:.0%}"


def validity_findings(scored: pd.DataFrame, agreed: pd.DataFrame, differences: pd.DataFrame) -> list[str]:
    """Say in sentences what accuracy, agreement and corrected differences found."""
    value: Any = scored.set_index(["predictor", "measure"])
    own, control = value.loc[("score", "auc")], value.loc[("outlet alone", "auc")]
    inside = value.loc[("score", "auc_within")]
    lines = [
        f"The score ranks a loaded sentence above one that is not in {own['value']:.0%} of pairs "
        f"(interval {own['low']:.0%} to {own['high']:.0%}); knowing only the outlet would do so in "
        f"{control['value']:.0%}.",
        f"Within outlets, where the name cannot help, it does so in {inside['value']:.0%} "
        f"({inside['low']:.0%} to {inside['high']:.0%}).",
        f"The two passes agree with an alpha of {agreed['alpha'].iloc[0]:.2f}.",
    ]
    changed = differences[~differences["verdict"].isin(["holds", "no clear difference either way"])]
    group = differences.columns[0]
    if changed.empty:
        lines.append("Correction changes no verdict about a group.")
    lines += [f"“{row[group]}”: {row['verdict']}." for row in changed.to_dict("records")]
    return lines
