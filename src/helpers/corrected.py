"""Group means and differences corrected for a lexicon's errors, with the help of some human labels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.accuracy import as_labels
from helpers.intervals import false_discovery
from helpers.tallies import need

Array = np.ndarray
#: With fewer labels than this in a group, `enough` is False.
FEW_LABELS = 20


@dataclass(frozen=True)
class Mean:
    """A mean with its variance and degrees of freedom."""

    value: float
    variance: float
    degrees: float

    def interval(self, level: float) -> tuple[float, float]:
        """Return low and high by Student's t."""
        if not np.isfinite(self.variance) or self.degrees < 1:
            return float("nan"), float("nan")
        reach = stats.t.ppf((1 + level) / 2, self.degrees) * np.sqrt(self.variance)
        return self.value - reach, self.value + reach


def corrected_means(
    table: pd.DataFrame,
    by: str,
    *,
    truth: str = "label",
    prediction: str = "prediction",
    weight: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate how often people would say yes in each group, from a lexicon's verdict on all texts and labels of some.

    Parameters
    ----------
    table : DataFrame
        One row a text of the corpus, labelled or not.
    by : str
        Column of groups, such as ``outlet``.
    truth : str
        Column of labels: 1, 0, or missing where nobody labelled the text.
    prediction : str
        Column of what the lexicon says of each text: 0 or 1, or a probability; 0 to 1 in any case.
    weight : str, optional
        How many texts each labelled one stands for (`draw_sample` gives it), where labels were not drawn
        at random within groups.
    level : float
        Width of the intervals.

    Returns
    -------
    DataFrame
        The `by` column, ``texts labels naive naive_low naive_high labels_only labels_only_low labels_only_high
        corrected low high trust enough``: one row a group. `naive` is the mean prediction, `labels_only` that
        of the labels, `corrected` joins both; `trust` is how far predictions were relied on (0 to 1, chosen
        from the data). `enough` is False with fewer than 20 labels in the group; its interval says how little
        that is.

    Raises
    ------
    ImportError
        If the package ppi-python is not there.
    ValueError
        If a column is missing, a label is not 0 or 1, or a prediction is missing.

    Notes
    -----
    Prediction-powered inference (Angelopoulos et al. 2023, Science 382, 669-674) with power tuning
    (Angelopoulos, Duchi & Zrnic 2023): corrected = mean(trust f, unlabelled) + mean(Y - trust f, labelled), by
    ``ppi_py.ppi_mean_pointestimate``. With weights: design-based supervised learning (Egami et al. 2023),
    the mean over all texts of trust f + w (Y - trust f), the second part where there is a label. Intervals
    by Student's t with labels - 1 degrees of freedom, since a normal interval is too narrow for few labels.
    The naive interval knows nothing of the lexicon's errors: it is shown to be compared, not to be used.
    """
    frame = _checked(table, by, truth, prediction, weight)
    rows = []
    for name, rows_of in frame.groupby("group", sort=True):
        rows.append({by: name, **_row(rows_of, level)})
    return pd.DataFrame(rows)


def corrected_differences(
    table: pd.DataFrame,
    by: str,
    *,
    reference: object = None,
    truth: str = "label",
    prediction: str = "prediction",
    weight: str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Estimate how groups differ, corrected for the lexicon's errors, beside the naive difference.

    Parameters
    ----------
    table, by, truth, prediction, weight, level
        As for `corrected_means`.
    reference : object, optional
        The group to compare with; by default each is held against all the others together.

    Returns
    -------
    DataFrame
        The `by` column, ``against naive naive_low naive_high corrected low high p q verdict enough``. `verdict`
        says in words whether correction changes what the naive difference suggests.

    Raises
    ------
    ValueError
        As `corrected_means`; or if there are fewer than two groups, or no such reference.

    Notes
    -----
    Groups are independent samples: variances add; degrees of freedom by Welch and Satterthwaite. q by
    Benjamini-Hochberg over the rows.
    """
    frame = _checked(table, by, truth, prediction, weight)
    groups = sorted(frame["group"].unique())
    if len(groups) < 2:
        raise ValueError(f"column {by!r} makes one group only; a difference needs two")
    if reference is not None and reference not in groups:
        raise ValueError(f"there is no group {reference!r} in column {by!r}; there are {', '.join(groups)}")
    rows = []
    for name in groups:
        if name == reference:
            continue
        one = frame[frame["group"] == name]
        two = frame[frame["group"] == reference] if reference is not None else frame[frame["group"] != name]
        against = str(reference) if reference is not None else "the others"
        rows.append({by: name, "against": against, **_difference(one, two, level)})
    result = pd.DataFrame(rows)
    result["q"] = false_discovery(result["p"])
    order = ["naive", "naive_low", "naive_high", "corrected", "low", "high", "p", "q", "verdict", "enough"]
    return result[[by, "against", *order]]


def _checked(table: pd.DataFrame, by: str, truth: str, prediction: str, weight: str | None) -> pd.DataFrame:
    for column in filter(None, (by, truth, prediction, weight)):
        need(table, column, "table", "name it with by=, truth=, prediction= or weight=")
    rows = table[table[by].notna()].reset_index(drop=True)
    guess: Any = pd.to_numeric(rows[prediction], errors="coerce").astype(float)
    if guess.isna().any():
        bad = guess.index[guess.isna()][0]
        raise ValueError(f"row {bad}, column {prediction!r}: {rows[prediction][bad]!r} is not a number")
    if ((guess < 0) | (guess > 1)).any():
        bad = guess.index[((guess < 0) | (guess > 1)).to_numpy()][0]
        raise ValueError(f"row {bad}, column {prediction!r}: {guess[bad]} is not between 0 and 1")
    label = pd.Series(np.nan, index=rows.index)
    known = rows[truth].notna()
    label[known] = as_labels(rows.loc[known, truth], truth)
    weights = np.nan if weight is None else rows[weight].astype(float).where(known)
    return pd.DataFrame({"group": rows[by].astype(str), "truth": label, "guess": guess, "weight": weights})


def _row(rows: pd.DataFrame, level: float) -> dict[str, Any]:
    naive, labels, corrected, trust = _means(rows)
    count = int(rows["truth"].notna().sum())
    out: dict[str, Any] = {"texts": len(rows), "labels": count}
    for name, mean in (("naive", naive), ("labels_only", labels), ("corrected", corrected)):
        low, high = np.clip(mean.interval(level), 0.0, 1.0).tolist()
        ends = ("low", "high") if name == "corrected" else (f"{name}_low", f"{name}_high")
        out |= {name: mean.value, ends[0]: low, ends[1]: high}
    return {**out, "trust": trust, "enough": count >= FEW_LABELS}


def _means(rows: pd.DataFrame) -> tuple[Mean, Mean, Mean, float]:
    """Return naive mean, mean of labels, corrected mean, and the trust in predictions."""
    guess = rows["guess"].to_numpy()
    known = rows["truth"].notna().to_numpy()
    naive = _mean(guess)
    n = int(known.sum())
    missing = Mean(float("nan"), float("nan"), 0)
    if n < 2:
        return naive, missing, missing, float("nan")
    truth, seen, rest = rows["truth"].to_numpy()[known], guess[known], guess[~known]
    if rows["weight"].notna().any():
        labels, corrected, trust = _designed(truth, seen, guess, known, rows["weight"].to_numpy()[known])
        return naive, _never_sure(labels, truth), _never_sure(corrected, truth), trust
    labels = _never_sure(_mean(truth), truth)
    if len(rest) < 2:
        return naive, labels, labels, 0.0
    trust = _trust(truth, seen, rest)
    value = _ppi().ppi_mean_pointestimate(truth, seen, rest, lam=trust)
    variance = trust**2 * _mean(rest).variance + _mean(truth - trust * seen).variance
    return naive, labels, _never_sure(Mean(float(np.squeeze(value)), variance, n - 1), truth), trust


def _never_sure(mean: Mean, truth: Array) -> Mean:
    """Where all labels are the same their variance says nothing; take that of half a label more of each kind."""
    if np.ptp(truth):
        return mean
    share = (truth.sum() + 0.5) / (len(truth) + 1)
    return replace(mean, variance=max(mean.variance, float(share * (1 - share) / len(truth))))


def _trust(truth: Array, seen: Array, rest: Array) -> float:
    """Power tuning: the trust that makes the corrected mean's variance smallest, kept within 0 and 1."""
    spread = np.var(np.concatenate([seen, rest]), ddof=1)
    if spread == 0:
        return 0.0
    covariance = np.cov(truth, seen, ddof=1)[0, 1]
    return float(np.clip(covariance / spread / (1 + len(truth) / len(rest)), 0.0, 1.0))


def _designed(
    truth: Array, seen: Array, guess: Array, known: Array, weight: Array
) -> tuple[Mean, Mean, float]:
    """Corrected mean where labels were drawn with known, unequal chances."""
    n, texts = len(truth), len(guess)
    weight = weight * texts / weight.sum()  # the drawn ones stand for all texts of the group
    centre = np.average(truth, weights=weight)
    residual = weight * (truth - centre) * n / texts
    labels = Mean(float(centre), float(np.var(residual, ddof=1) / n), n - 1)
    spread = np.average((seen - np.average(seen, weights=weight)) ** 2, weights=weight)
    covariance = np.average((truth - centre) * (seen - np.average(seen, weights=weight)), weights=weight)
    trust = float(np.clip(covariance / spread, 0.0, 1.0)) if spread > 0 else 0.0
    pseudo = trust * guess
    pseudo[known] += weight * (truth - trust * seen)
    error = weight * (truth - trust * seen - np.average(truth - trust * seen, weights=weight)) * n / texts
    variance = trust**2 * np.var(guess, ddof=1) / texts + np.var(error, ddof=1) / n
    return labels, Mean(float(pseudo.mean()), float(variance), n - 1), trust


def _mean(values: Array) -> Mean:
    n = len(values)
    return Mean(float(values.mean()), float(np.var(values, ddof=1) / n) if n > 1 else float("nan"), n - 1)


def _difference(one: pd.DataFrame, two: pd.DataFrame, level: float) -> dict[str, Any]:
    first, second = _means(one), _means(two)
    naive, corrected = _minus(first[0], second[0]), _minus(first[2], second[2])
    naive_low, naive_high = naive.interval(level)
    low, high = corrected.interval(level)
    p = float("nan")
    if corrected.variance > 0:
        p = float(2 * stats.t.sf(abs(corrected.value) / np.sqrt(corrected.variance), corrected.degrees))
    labels = min(int(rows["truth"].notna().sum()) for rows in (one, two))
    return {
        "naive": naive.value, "naive_low": naive_low, "naive_high": naive_high, "corrected": corrected.value,
        "low": low, "high": high, "p": p, "verdict": _verdict((naive_low, naive_high), (low, high)),
        "enough": labels >= FEW_LABELS,
    }  # fmt: skip


def _minus(one: Mean, two: Mean) -> Mean:
    variance = one.variance + two.variance
    parts = [m.variance**2 / m.degrees for m in (one, two) if m.degrees > 0 and m.variance > 0]
    degrees = variance**2 / sum(parts) if parts and np.isfinite(variance) else 0.0
    return Mean(one.value - two.value, variance, degrees)


def _verdict(naive: tuple[float, float], corrected: tuple[float, float]) -> str:
    def side(bounds: tuple[float, float]) -> int:
        return 1 if bounds[0] > 0 else -1 if bounds[1] < 0 else 0

    if np.isnan(corrected[0]):
        return "too few labels to say"
    before, after = side(naive), side(corrected)
    if before == after:
        return "holds" if after else "no clear difference either way"
    if not after:
        return "not clear once corrected"
    return "clear only once corrected" if not before else "turns round once corrected"


def _ppi() -> Any:
    try:
        import ppi_py
    except ImportError:
        raise ImportError(
            "correcting for a lexicon's errors needs the package ppi-python; "
            "install it with: pip install 'framing-notebooks[learn]'"
        ) from None
    return ppi_py
