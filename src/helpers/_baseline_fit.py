"""What a baseline says of a lexicon: models of its counts, priors of its shares, and its own uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers import intervals
from helpers._baseline_terms import count_terms, lacking_terms
from helpers.lexicon import Lexicon
from helpers.models import CountModel, fit_counts, fit_shares
from helpers.roles import Roles, roles_of

if TYPE_CHECKING:
    from helpers.baseline import Baseline


@dataclass(frozen=True)
class Fit:
    """By frame: the counts' model, the share's prior, the baseline's share, and its mean rate's interval.

    `missing` names, by frame, the loaded terms that the baseline has no counts of; `missing_neutral` the
    neutral ones. `unevenness` is 1 + the squared coefficient of variation of the articles' lengths.
    """

    roles: Roles
    models: list[CountModel]
    share_priors: list[tuple[float, float]]
    share: np.ndarray
    mix: np.ndarray
    unevenness: float
    bounds: tuple[np.ndarray, np.ndarray]
    missing: list[list[str]]
    missing_neutral: list[list[str]]


def fit_lexicon(baseline: Baseline, lexicon: Lexicon, voices: tuple[str, ...] | None, level: float) -> Fit:
    """Fit everything that a comparison with one lexicon needs; `Baseline.fit` explains."""
    matrix, how = count_terms(baseline, lexicon, voices)
    roles = roles_of(lexicon)
    lacking = np.array([h == "not stored" for h in how])
    missing = _named(lexicon, roles.loaded * lacking[:, None])
    if len(missing[0]) == int((roles.loaded[:, 0] > 0).sum()):
        raise ValueError(lacking_terms(baseline.title, lexicon, missing[0]))
    counts = np.asarray(matrix @ roles.loaded)
    models = [fit_counts(counts[:, j], baseline.words, baseline.weights) for j in range(counts.shape[1])]
    neutral = np.asarray(matrix @ roles.neutral_of_frames())
    chosen = np.asarray(matrix @ roles.chosen_of_frames())
    total = neutral + chosen
    priors = [fit_shares(chosen[:, j], total[:, j], baseline.weights) for j in range(total.shape[1])]
    w = _plain(baseline)
    by_pair = w @ np.asarray(matrix @ roles.chosen)
    by_concept = w @ np.asarray(matrix @ roles.neutral)
    bounds = _mean_interval(baseline, counts, level)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (w @ chosen) / (w @ total)
    return Fit(
        roles=roles,
        models=models,
        share_priors=priors,
        share=share,
        mix=by_pair + by_concept[roles.pairs[:, 1]],
        unevenness=1 + float(np.var(baseline.words) / np.mean(baseline.words) ** 2),
        bounds=bounds,
        missing=missing,
        missing_neutral=_named(lexicon, roles.neutral_of_frames() * lacking[:, None]),
    )


def concept_shares(baseline: Baseline, lexicon: Lexicon, voices: tuple[str, ...] | None) -> pd.DataFrame:
    """Count and fit how a baseline names each concept; `Baseline.concepts` explains."""
    matrix, _ = count_terms(baseline, lexicon, voices)
    roles = roles_of(lexicon)
    loaded = np.asarray(matrix @ np.maximum(roles.critical, roles.favourable))
    total = loaded + np.asarray(matrix @ roles.neutral)
    priors = [fit_shares(loaded[:, j], total[:, j], baseline.weights) for j in range(total.shape[1])]
    w = _plain(baseline)
    columns = {
        "concept": pd.Series(roles.concepts, dtype="str"),
        "loaded": w @ loaded,
        "neutral": w @ (total - loaded),
    }
    with np.errstate(divide="ignore", invalid="ignore"):
        columns["share"] = (w @ loaded) / (w @ total)
    columns["a"], columns["b"] = np.array(priors).reshape(-1, 2).T
    return pd.DataFrame(columns)


def _mean_interval(baseline: Baseline, counts: np.ndarray, level: float):
    """Interval of the mean rate, clustered by article; its variance is linearised, not resampled."""
    w, n, m = _plain(baseline), baseline.words.astype(float), len(baseline)
    total, words = w @ counts, float(w @ n)
    residuals = w[:, None] * (counts - np.outer(n, total / words))
    variance = (residuals**2).sum(axis=0) / words**2 * m / max(m - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.where(total > 0, (w**2 @ counts) / total, 1.0)
    size = intervals.total_size(total / scale, words / scale, variance, m, level=level)
    return intervals.clustered_rate_interval(total / scale, words / scale, size, level)


def _plain(baseline: Baseline) -> np.ndarray:
    return np.ones(len(baseline)) if baseline.weights is None else baseline.weights


def _named(lexicon: Lexicon, marks: np.ndarray) -> list[list[str]]:
    return [[lexicon.patterns[i] for i in np.flatnonzero(column)] for column in marks.T]
