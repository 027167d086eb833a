"""How well scores agree with human labels, beside what the outlet's name alone would give; calibration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from helpers.groups import chunks
from helpers.intervals import clustered_share_interval, share_interval
from helpers.tallies import need

Array = np.ndarray
#: With fewer outlets than this an interval over outlets rests on too little; `enough` is then False.
FEW_CLUSTERS = 5
#: Texts without outlets are resampled in at most this many random blocks.
MOST_BLOCKS = 500
MEASURES = ("precision", "recall", "f1", "macro_f1", "auc", "auc_within", "share_positive")


@dataclass(frozen=True)
class Labelled:
    """Labels and scores with their clusters: what every measure below is worked out from."""

    truth: Array
    score: Array
    cluster: Array
    weight: Array
    names: list[str]
    outlets: bool = True


def accuracy(
    table: pd.DataFrame,
    *,
    truth: str = "label",
    score: str = "score",
    threshold: float = 0.5,
    outlet: str | None = "outlet",
    weight: str | None = None,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold scores against human labels, and the outlet's name alone against the same labels.

    Parameters
    ----------
    table : DataFrame
        One row a text.
    truth : str
        Column of labels: 1 (or True) where people say yes, 0 where they say no. Rows without a label, or
        without a score, are left out and counted in ``attrs["left_out"]``.
    score : str
        Column of scores; higher means yes.
    threshold : float
        From this score on a text counts as a yes.
    outlet : str or None
        Column of what the texts are clustered by. Texts of one outlet resemble each other, so whole outlets
        are resampled. None: texts are independent (resampled singly, or in 500 random blocks), and no control.
    weight : str, optional
        Column of how many texts each one stands for (`draw_sample` gives it).
    level : float
        Width of the intervals.
    resamples, seed : int
        Of the bootstrap over outlets.

    Returns
    -------
    DataFrame
        ``predictor measure value low high n clusters enough``: predictors are ``score`` and, where there are
        outlets, ``outlet alone``; measures are ``precision, recall, f1, macro_f1, auc, auc_within`` (ranking of
        texts of the same outlet only) and ``share_positive``. `enough` is False with fewer than five
        clusters, where intervals over them cannot be trusted, and where a measure is not defined.

    Raises
    ------
    ValueError
        If a column is missing, a label is not 0 or 1, or only one of them occurs.

    Notes
    -----
    The control predicts a text's label by the share of yes among all labelled texts of its outlet, this text
    included: the most that knowing the outlet can give here. A score that does not beat it may only have
    learned who writes; `auc_within` cannot gain from that, and is 0.5 for the control by construction.

    Counts by outlet are one matrix (outlets x cells) and pairs of outlets another (pairs of a yes in one and a
    no in the other that the score ranks rightly); one product with the resamples' weights gives all measures.
    The interval is on the logit scale, t with clusters - 1 degrees of freedom times the bootstrap's standard
    error with the factor sqrt(C / (C - 1)), since percentile intervals over a handful of clusters are too narrow
    (Cameron, Gelbach & Miller 2008, Review of Economics and Statistics 90, 414-427).

    Examples
    --------
    >>> table = pd.DataFrame({"label": [1, 1, 0, 0, 1, 0], "score": [0.9, 0.6, 0.4, 0.7, 0.8, 0.1],
    ...                       "outlet": ["A", "A", "A", "B", "B", "B"]})
    >>> accuracy(table).head(2)[["measure", "value", "n"]].values.tolist()
    [['precision', 0.75, 6], ['recall', 1.0, 6]]
    """
    data, left_out = labelled(table, truth, score, outlet, weight)
    options = {"level": level, "resamples": resamples, "seed": seed}
    rows = _rows("score", data, threshold, options)
    if outlet is not None:
        shares = _cluster_shares(data)
        control = Labelled(data.truth, shares[data.cluster], data.cluster, data.weight, data.names)
        rows += _rows("outlet alone", control, 0.5, options)
    result = pd.DataFrame(rows)
    result.attrs = {"left_out": left_out, "threshold": threshold, "clusters": data.names}
    return result


def labelled(
    table: pd.DataFrame, truth: str, score: str, outlet: str | None, weight: str | None
) -> tuple[Labelled, int]:
    """Check a table of labels and scores; return what is complete in it, and how many rows are not.

    Parameters
    ----------
    table : DataFrame
        One row a text.
    truth, score, outlet, weight : str or None
        Its columns; see `accuracy`.

    Returns
    -------
    Labelled
        Rows with label, score and outlet.
    int
        How many rows lacked one.

    Raises
    ------
    ValueError
        Naming the column and the row.
    """
    for column in filter(None, (truth, score, outlet, weight)):
        need(table, column, "table", "name it with truth=, score=, outlet= or weight=")
    complete = table[truth].notna() & table[score].notna()
    if outlet is not None:
        complete &= table[outlet].notna()
    rows = table[complete]
    labels = as_labels(rows[truth], truth)
    weights = np.ones(len(rows)) if weight is None else rows[weight].to_numpy(dtype=float)
    if not (np.isfinite(weights) & (weights > 0)).all():
        bad = rows.index[~(np.isfinite(weights) & (weights > 0))][0]
        raise ValueError(f"row {bad}, column {weight!r}: {rows[weight][bad]} is not a positive weight")
    if labels.min(initial=1) == labels.max(initial=0):
        raise ValueError(
            f"column {truth!r}: the {len(rows)} labels are all the same, so nothing can be told apart; label more"
        )
    if outlet is None:
        blocks = min(len(rows), MOST_BLOCKS)  # more would only make the matrix of pairs large
        codes = np.random.default_rng(0).permutation(len(rows)) % blocks
        names = [f"block {i + 1}" for i in range(blocks)]
    else:
        codes, levels = pd.factorize(rows[outlet].astype(str), sort=True)
        names = levels.tolist()
    data = Labelled(labels, rows[score].to_numpy(dtype=float), codes, weights, names, outlet is not None)
    return data, int((~complete).sum())


def as_labels(values: pd.Series, name: str) -> Array:
    """Return labels as 0.0 and 1.0.

    Parameters
    ----------
    values : Series
        Numbers or truth values.
    name : str
        The column's name, for the error.

    Returns
    -------
    ndarray of float
        0 and 1.

    Raises
    ------
    ValueError
        Naming the first row that holds something else.
    """
    numbers: Any = pd.to_numeric(values, errors="coerce").astype(float)
    wrong = ~numbers.isin([0.0, 1.0])
    if wrong.any():
        row = values.index[wrong.to_numpy()][0]
        raise ValueError(
            f"row {row}, column {name!r}: {values[row]!r} is not a label; write 1 for yes and 0 for no "
            "(map your own words first)"
        )
    return numbers.to_numpy()


def _cluster_shares(data: Labelled) -> Array:
    total = np.bincount(data.cluster, weights=data.weight, minlength=len(data.names))
    positive = np.bincount(data.cluster, weights=data.weight * data.truth, minlength=len(data.names))
    return positive / total


def _rows(predictor: str, data: Labelled, threshold: float, options: dict[str, Any]) -> list[dict]:
    cells, pairs = cluster_cells(data, threshold), cluster_pairs(data)
    clusters = len(cells)
    values = measures(np.ones((1, clusters)), cells, pairs)
    if not data.outlets:
        values["auc_within"] = np.array([np.nan])
    draws = {name: [] for name in MEASURES}
    rng = np.random.default_rng(options["seed"])
    for part in chunks(options["resamples"], clusters):
        size = part.stop - part.start
        weights = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=size).astype(float)
        for name, drawn in measures(weights, cells, pairs).items():
            draws[name].append(drawn)
    n = len(data.truth)
    rows = []
    for name in MEASURES:
        value = float(values[name][0])
        low, high = logit_interval(value, np.concatenate(draws[name]), clusters, n, options["level"])
        known = not np.isnan(value)
        rows.append(
            {"predictor": predictor, "measure": name, "value": value, "low": low, "high": high, "n": n,
             "clusters": clusters, "enough": known and clusters >= FEW_CLUSTERS}
        )  # fmt: skip
    return rows


def cluster_cells(data: Labelled, threshold: float) -> Array:
    """Return clusters x (true positives, false positives, false negatives, true negatives), weighted."""
    said = data.score >= threshold
    yes = data.truth == 1
    kinds = (said & yes, said & ~yes, ~said & yes, ~said & ~yes)
    size = len(data.names)
    return np.column_stack([np.bincount(data.cluster, data.weight * k, minlength=size) for k in kinds])


def cluster_pairs(data: Labelled) -> Array:
    """Return for each pair of clusters how many pairs of a yes and a no the score ranks rightly.

    Parameters
    ----------
    data : Labelled
        Labels and scores.

    Returns
    -------
    ndarray, clusters x clusters
        Weight of pairs of a yes in the row's cluster and a no in the column's, ties counted half.
    """
    size = len(data.names)
    levels, rank = np.unique(data.score, return_inverse=True)
    no, yes = data.truth == 0, data.truth == 1
    below = np.zeros((len(levels) + 1, size))
    np.add.at(below, (rank[no] + 1, data.cluster[no]), data.weight[no])
    at = below[1:].copy()
    cumulative = below.cumsum(axis=0)[:-1]
    won = cumulative[rank[yes]] + at[rank[yes]] / 2
    pairs = np.zeros((size, size))
    np.add.at(pairs, data.cluster[yes], won * data.weight[yes][:, None])
    return pairs


def measures(weights: Array, cells: Array, pairs: Array) -> dict[str, Array]:
    """Work out all measures for each row of cluster weights.

    Parameters
    ----------
    weights : ndarray, resamples x clusters
        How often each cluster was drawn.
    cells, pairs : ndarray
        From `cluster_cells` and `cluster_pairs`.

    Returns
    -------
    dict of str to ndarray
        By measure; NaN where it is not defined.
    """
    tp, fp, fn, tn = (weights @ cells).T
    positive, negative = cells[:, 0] + cells[:, 2], cells[:, 1] + cells[:, 3]
    with np.errstate(divide="ignore", invalid="ignore"):
        f1, f0 = 2 * tp / (2 * tp + fp + fn), 2 * tn / (2 * tn + fp + fn)
        ranked = np.einsum("bc,bc->b", weights @ pairs, weights)
        return {
            "precision": tp / (tp + fp),
            "recall": tp / (tp + fn),
            "f1": f1,
            "macro_f1": (f1 + f0) / 2,
            "auc": ranked / ((weights @ positive) * (weights @ negative)),
            "auc_within": (weights @ np.diag(pairs)) / (weights @ (positive * negative)),
            "share_positive": (tp + fn) / (tp + fp + fn + tn),
        }


def logit_interval(value: float, draws: Array, clusters: int, n: int, level: float) -> tuple[float, float]:
    """Interval of a share-like measure from its resamples, on the logit scale.

    Parameters
    ----------
    value : float
        The estimate, 0 to 1.
    draws : ndarray
        The same of each resample; NaN where it was not defined.
    clusters, n : int
        Clusters resampled, and texts.
    level : float
        Width.

    Returns
    -------
    tuple of float
        Low, high; NaN with fewer than two clusters.
    """
    draws = draws[~np.isnan(draws)]
    if np.isnan(value) or clusters < 2 or len(draws) < 2:
        return float("nan"), float("nan")
    edge = 0.5 / max(n, 1)

    def logit(x: Array | float) -> Array:
        inside = np.clip(x, edge, 1 - edge)
        return np.log(inside / (1 - inside))

    spread = np.std(logit(draws)) * np.sqrt(clusters / (clusters - 1))
    reach = stats.t.ppf((1 + level) / 2, clusters - 1) * spread
    low, high = (1 / (1 + np.exp(-(logit(value) + side * reach))) for side in (-1, 1))
    return float(min(low, value)), float(max(high, value))


def calibration(
    table: pd.DataFrame,
    *,
    truth: str = "label",
    score: str = "probability",
    outlet: str | None = "outlet",
    weight: str | None = None,
    bins: int = 10,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 0,
) -> pd.DataFrame:
    """Hold predicted probabilities against how often people say yes: the table of `charts.calibration_curve`.

    Parameters
    ----------
    table, truth, outlet, weight, level, resamples, seed
        As for `accuracy`.
    score : str
        Column of probabilities, 0 to 1.
    bins : int
        Into how many bins of about equal size the texts are put; equal probabilities stay together.

    Returns
    -------
    DataFrame
        ``predicted observed low high n clusters``, one row a bin: mean probability, and share of yes with its
        interval. ``attrs["error"]`` is the mean of |observed - predicted|, weighted by bin size (expected
        calibration error), ``attrs["brier"]`` the mean squared error.

    Raises
    ------
    ValueError
        As `accuracy`; and for a value that is no probability.

    Notes
    -----
    Where a bin holds texts of five outlets or more its interval is clustered by outlet
    (`intervals.clustered_share_interval`); with fewer, texts count as independent (Jeffreys' Beta interval).
    """
    data, left_out = labelled(table, truth, score, outlet, weight)
    if data.score.min() < 0 or data.score.max() > 1:
        raise ValueError(
            f"column {score!r} holds {data.score.min():.3g} to {data.score.max():.3g}, not probabilities of 0 to 1"
        )
    codes = pd.qcut(data.score, min(bins, len(data.score)), labels=False, duplicates="drop")
    codes = np.zeros(len(data.score), int) if np.isnan(codes).all() else codes.astype(int)
    rows = [_bin(data, codes == code, level, resamples, seed) for code in np.unique(codes)]
    result = pd.DataFrame(rows)
    gap = (result["observed"] - result["predicted"]).abs()
    result.attrs = {
        "error": float(np.average(gap, weights=result["n"])),
        "brier": float(np.average((data.score - data.truth) ** 2, weights=data.weight)),
        "left_out": left_out,
    }
    return result


def _bin(data: Labelled, here: Array, level: float, resamples: int, seed: int) -> dict[str, Any]:
    weight, truth = data.weight[here], data.truth[here]
    codes, cluster = np.unique(data.cluster[here], return_inverse=True)
    clusters, n = len(codes), int(here.sum())
    share = float(np.average(truth, weights=weight))
    most = float(weight.sum() ** 2 / (weight**2).sum())
    if FEW_CLUSTERS <= clusters < n:
        yes, all_ = np.bincount(cluster, weight * truth), np.bincount(cluster, weight)
        rng = np.random.default_rng(seed)
        drawn = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=resamples)
        spread = np.var((drawn @ yes) / (drawn @ all_)) * clusters / (clusters - 1)
        low, high = clustered_share_interval(share, spread, most, clusters, level)
    else:
        low, high = share_interval(share * most, most, level=level)
    predicted = float(np.average(data.score[here], weights=weight))
    bounds = {"low": float(low), "high": float(high)}
    return {"predicted": predicted, "observed": share, **bounds, "n": n, "clusters": clusters}
