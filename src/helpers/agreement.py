"""How far coders agree: Krippendorff's alpha with its interval, for all of them and for each pair."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from helpers.groups import chunks
from helpers.tallies import need

Array = np.ndarray


def agreement(
    labels: pd.DataFrame,
    *,
    unit: str = "unit_id",
    coder: str = "coder",
    label: str = "label",
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
    min_units: int = 10,
) -> pd.DataFrame:
    """Measure how far coders agree: all of them, then each pair.

    Parameters
    ----------
    labels : DataFrame
        One row a label: who gave which label to which unit. Missing labels may be left out or empty.
    unit, coder, label : str
        Names of the columns.
    level : float
        Width of the interval.
    resamples, seed : int
        Of the bootstrap over units.
    min_units : int
        With fewer units that two coders labelled, `enough` is False.

    Returns
    -------
    DataFrame
        ``coders units labels raw alpha low high enough``. `raw` is the share of pairs of labels of the same
        unit that are the same; `alpha` is 1 for full agreement and 0 for what chance would give. Where only one
        label was ever given alpha is undefined: NaN, and `enough` False.

    Raises
    ------
    ValueError
        If a column is missing, one coder labelled a unit twice, or there is only one coder.

    Notes
    -----
    Krippendorff (2004), Content Analysis, ch. 11: alpha = 1 - D_o / D_e for nominal labels, by nltk's
    ``AnnotationTask``; units that one coder labelled do not count. The interval resamples units: each unit's
    coincidences are one row, so that one product of weights and rows gives all resamples (Hayes &
    Krippendorff 2007, Communication Methods and Measures 1, 77-89, resample pairs; units keep the labels of
    one unit together). Krippendorff takes .8 as good and .667 as the least for tentative conclusions.

    Examples
    --------
    >>> labels = pd.DataFrame({"unit_id": [1, 2, 3, 4] * 2, "coder": ["a"] * 4 + ["b"] * 4,
    ...                        "label": ["yes", "no", "no", "no", "yes", "no", "no", "yes"]})
    >>> agreement(labels)[["coders", "raw", "alpha"]].round(3).values.tolist()
    [['a, b', 0.75, 0.533]]
    """
    for column in (unit, coder, label):
        need(labels, column, "labels", "name it with unit=, coder= or label=")
    table = labels[[unit, coder, label]].dropna().astype("str")
    table = table[table[label] != ""]
    twice = table[table.duplicated([unit, coder])]
    if len(twice):
        who, what = twice[coder].iloc[0], twice[unit].iloc[0]
        raise ValueError(f"labels: coder {who!r} labelled unit {what!r} twice; keep the last label only")
    names = sorted(table[coder].unique())
    if len(names) < 2:
        raise ValueError(f"agreement needs two coders; the labels are of {len(names)}: {', '.join(names)}")
    groups = [tuple(names), *([] if len(names) == 2 else combinations(names, 2))]
    rows = []
    for who in groups:
        here = table[table[coder].isin(who)].set_axis(["unit", "coder", "label"], axis=1)
        rows.append({"coders": ", ".join(who), **_agreed(here, level, resamples, seed, min_units)})
    return pd.DataFrame(rows)


def _agreed(table: pd.DataFrame, level: float, resamples: int, seed: int, min_units: int) -> dict:
    parts = coincidences(table)
    units = len(parts)
    total = parts.sum(axis=0)
    alpha, low, high = float("nan"), float("nan"), float("nan")
    if units and int((total.sum(axis=1) > 0).sum()) > 1:
        alpha = _nltk_alpha(table)
        draws = alphas(_resampled(parts, resamples, seed))
        tail = (1 - level) / 2
        low, high = np.nanquantile(draws, [tail, 1 - tail]) if units > 1 else (low, high)
    return {
        "units": units,
        "labels": round(float(total.sum())),
        "raw": float(np.trace(total) / total.sum()) if units else float("nan"),
        "alpha": alpha,
        "low": float(low),
        "high": float(high),
        "enough": units >= min_units and not np.isnan(alpha),
    }


def _nltk_alpha(table: pd.DataFrame) -> float:
    from nltk.metrics.agreement import AnnotationTask

    triples = list(table[["coder", "unit", "label"]].itertuples(index=False, name=None))
    return float(AnnotationTask(data=triples).alpha())


def coincidences(table: pd.DataFrame) -> Array:
    """Return each unit's coincidences of labels.

    Parameters
    ----------
    table : DataFrame
        ``unit coder label``, one row a label.

    Returns
    -------
    ndarray, units x labels x labels
        For a unit with m labels, each ordered pair of different coders' labels counts 1 / (m - 1); units with
        one label are left out. The sum over units is Krippendorff's coincidence matrix.
    """
    counts = pd.crosstab(table["unit"], table["label"]).to_numpy(dtype=float)
    counts = counts[counts.sum(axis=1) >= 2]
    m = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - np.einsum("ui,ij->uij", counts, np.eye(counts.shape[1]))
    return pairs / np.maximum(m - 1, 1)[:, None, None]


def alphas(totals: Array) -> Array:
    """Return nominal alpha of coincidence matrices.

    Parameters
    ----------
    totals : ndarray, ... x labels x labels
        Coincidence matrices.

    Returns
    -------
    ndarray
        1 - D_o / D_e with D_o = 1 - trace / n and D_e = 1 - sum n_c (n_c - 1) / (n (n - 1)); NaN where only
        one label occurs.
    """
    of_label = totals.sum(axis=-1)
    n = of_label.sum(axis=-1)
    observed = 1 - np.trace(totals, axis1=-2, axis2=-1) / n
    expected = 1 - (of_label * (of_label - 1)).sum(axis=-1) / (n * (n - 1))
    one = (of_label > 0).sum(axis=-1) < 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(one, np.nan, 1 - observed / expected)


def _resampled(parts: Array, resamples: int, seed: int) -> Array:
    units = len(parts)
    flat = parts.reshape(units, -1)
    rng = np.random.default_rng(seed)
    totals = np.empty((resamples, flat.shape[1]))
    for rows in chunks(resamples, units):
        size = rows.stop - rows.start
        totals[rows] = rng.multinomial(units, np.full(units, 1 / units), size=size) @ flat
    return totals.reshape(resamples, *parts.shape[1:])
