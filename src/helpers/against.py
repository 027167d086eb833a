"""Scores held against a neutral baseline: ratio, interval, percentile, p and q."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import special, stats

from helpers._baseline_fit import Fit
from helpers.baseline import Baseline
from helpers.intervals import false_discovery, rate_median, ratio_interval
from helpers.lexicon import Lexicon
from helpers.models import mid_p, two_sided
from helpers.scores import score
from helpers.tallies import as_list, need

#: What the middle of a baseline's articles is: between these quantiles.
MIDDLE = (0.05, 0.95)
#: A baseline is never worth more than this many words of evidence about the one article held against it.
MOST_PRIOR_WORDS = 20_000.0
_ORDER = (
    *("baseline_rate", "baseline_low", "baseline_high", "baseline_share", "ratio", "low", "high"),
    *("percentile", "p", "q", "enough", "baseline", "share_percentile", "share_p", "share_q"),
    *("baseline_mentions", "baseline_note"),
)
_RATES = ("baseline_rate", "baseline_low", "baseline_high", "ratio", "low", "high", "percentile", "p")
_SHARES = ("baseline_share", "share_percentile", "share_p")
CONCEPTS_NEEDED = ("concept", "loaded", "neutral", "share", "enough")
NEEDED = ("frame", "words", "mentions", "neutral", "share", "enough")


def compare_to_baseline(
    scores: pd.DataFrame,
    baseline: Baseline | str = "news",
    *,
    lexicon: Lexicon | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Hold scores against a neutral baseline.

    Parameters
    ----------
    scores : DataFrame
        From `score`, of articles or of groups, or from `score_concepts`. If it was made with ``voice=``, or `by`
        holds ``voice``, the baseline's mentions in the same voice are taken.
    baseline : Baseline or str
        Or the name of a shipped one.
    lexicon : Lexicon, optional
        The lexicon of the scores, where ``scores.attrs`` got lost (read back from a file, say).
    level : float
        Width of the intervals.

    Returns
    -------
    DataFrame
        The columns of `scores`, then
        ``baseline_rate``: mean rate of the baseline per 1,000 words (0 if the frame never stands there);
        ``baseline_low, baseline_high``: the rates between which the middle 90% of baseline articles of this
        length fall;
        ``baseline_share``: its choice share;
        ``ratio, low, high``: how many times the baseline's rate, with interval;
        ``percentile``: of baseline articles of this length, how many percent have a lower rate;
        ``p, q``: chance of a rate as unlike the baseline's in an article drawn from it, two-sided, and the
        same corrected for the number of rows (Benjamini-Hochberg);
        ``baseline``: its title;
        ``share_percentile, share_p, share_q``: the same for the choice share (of articles; a group's share
        depends on its mix of concepts, and `compare_groups` standardises both sides);
        ``baseline_mentions``: how many mentions the baseline's rate rests on;
        ``baseline_note``: what cannot be said, and why ("" otherwise).
        Rows of which the baseline lacks counts have NaN, `enough` False, and say so in ``baseline_note``.
        Of a table of concepts only what concerns shares is added: ``baseline_share share_percentile share_p share_q
        baseline``.

    Raises
    ------
    ValueError
        If a column is missing, the scores are of one target or of titles (the baseline keeps neither), or the
        baseline has no counts for the lexicon.

    Notes
    -----
    The baseline's counts give rate ~ Gamma(a, b) by maximum likelihood (`models.fit_counts`).
    Article: ratio = (a + k)/(b + n) / (a/b), the posterior mean rate over the baseline's mean; its interval
    joins the posterior's and that of the baseline's mean (`intervals.ratio_interval`), so that fifty matched
    articles promise less than five thousand. A prior is never worth more than MOST_PRIOR_WORDS, or no article
    could differ from a baseline whose own articles happen not to. The upper bound is that of a shape of at
    least 1/2 (Jeffreys): with the tiny shapes of rare frames, the posterior of an article without a mention
    would all but rule out the baseline's mean, which the article gives no ground for. Percentile is the mid-p
    of k under the negative binomial of length n. Group of m articles: the group's own rate and clustered
    interval over the baseline's mean, and p for the sum of m such counts (their lengths as uneven as the
    baseline's). Shares: beta-binomial with the baseline's Beta prior.
    """
    held = Baseline.load(baseline) if isinstance(baseline, str) else baseline
    of_concepts = "concept" in scores and "frame" not in scores
    for column in CONCEPTS_NEEDED if of_concepts else NEEDED:
        need(scores, column, "scores", f"make them with score{'_concepts' if of_concepts else ''}()")
    used = _lexicon_of(scores, lexicon)
    _same_part(scores)
    if of_concepts:
        return _compare_concepts(scores, held, used)
    result = scores.copy()
    rows: list[pd.DataFrame] = []
    for index, voice in _by_voice(scores):
        rows.append(_compare(scores.loc[index], held, used, voice, level))
    new = pd.concat(rows).reindex(result.index)
    for column in new:
        if column != "enough":
            result[column] = new[column]
    result["enough"] = scores["enough"].astype(bool) & new["enough"].astype(bool)
    result["q"] = false_discovery(result["p"])
    result["share_q"] = false_discovery(result["share_p"])
    first = [c for c in scores.columns if c not in _ORDER]
    result = result[[*first, *_ORDER]]
    result.attrs = {**scores.attrs, "baseline": held.title, "baseline_meta": held.meta}
    return result


def _compare_concepts(scores: pd.DataFrame, baseline: Baseline, lexicon: Lexicon) -> pd.DataFrame:
    """Hold the choice shares of concepts against the baseline's."""
    parts = []
    single = "doc_id" in scores.attrs.get("by", ["doc_id"])
    for index, voice in _by_voice(scores):
        rows = scores.loc[index]
        known = baseline.concepts(lexicon, voice).set_index("concept").reindex(rows["concept"])
        total = (rows["loaded"] + rows["neutral"]).to_numpy(float)
        percentile, p = _share_tails(rows["loaded"].to_numpy(float), total, known["a"], known["b"])
        told = rows["enough"].to_numpy(bool) & known["share"].notna().to_numpy() & single
        columns = {
            "baseline_share": known["share"].where(rows["enough"].to_numpy(bool)).to_numpy(),
            "share_percentile": np.where(told, percentile, np.nan),
            "share_p": np.where(told, p, np.nan),
        }
        parts.append(pd.DataFrame(columns, index=index))
    result = scores.join(pd.concat(parts))
    result["share_q"] = false_discovery(result["share_p"])
    result["baseline"] = baseline.title
    result.attrs = {**scores.attrs, "baseline": baseline.title, "baseline_meta": baseline.meta}
    return result


def _share_tails(loaded: np.ndarray, total: np.ndarray, a: Any, b: Any) -> tuple[np.ndarray, np.ndarray]:
    """Percentile (mid-p) and two-sided p of choices under the baseline's beta-binomial."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    same = stats.betabinom.pmf(loaded, total, a, b)
    below = stats.betabinom.cdf(loaded - 1, total, a, b) + same / 2
    above = stats.betabinom.sf(loaded, total, a, b) + same / 2
    return 100 * below, two_sided(below, above)


def _lexicon_of(scores: pd.DataFrame, lexicon: Lexicon | None) -> Lexicon:
    text = scores.attrs.get("lexicon")
    if lexicon is None and text is None:
        raise ValueError(
            "these scores do not say which lexicon they were made with (the table was read from a file, or "
            "merged); pass it: compare_to_baseline(scores, baseline, lexicon=lexicon)"
        )
    used = lexicon if lexicon is not None else Lexicon.from_json(str(text))
    if lexicon is not None and text is not None and Lexicon.from_json(str(text)).sha256 != lexicon.sha256:
        raise ValueError(
            f"the scores were made with another lexicon than {lexicon.name!r}; "
            "leave lexicon= out, or score again"
        )
    return used


def _same_part(scores: pd.DataFrame) -> None:
    filters = scores.attrs.get("filters", {})
    if filters.get("target") or "target" in scores or "speaker" in scores:
        raise ValueError(
            "a baseline keeps no targets or speakers, so scores of one cannot be held against it like with "
            "like; score without target=, or compare groups of articles with compare_groups()"
        )
    if filters.get("part", "body") != "body" or "part" in scores:
        raise ValueError("a baseline counts the body of articles, not titles; score with part='body'")


def _by_voice(scores: pd.DataFrame) -> Iterator[tuple[pd.Index, list[str] | None]]:
    if "voice" in scores:
        for voice, rows in scores.groupby("voice", sort=True):
            yield rows.index, [str(voice)]
        silent = scores.index[scores["voice"].isna()]
        if len(silent):
            yield silent, None
        return
    voices = scores.attrs.get("filters", {}).get("voice")
    yield scores.index, as_list(voices) if voices else None


def _compare(
    scores: pd.DataFrame, baseline: Baseline, lexicon: Lexicon, voice: Sequence[str] | None, level: float
) -> pd.DataFrame:
    fit = baseline.fit(lexicon, voice, level)
    place = {frame: j for j, frame in enumerate(fit.roles.frames)}
    unknown = [f for f in scores["frame"] if f not in place]
    if unknown:
        raise ValueError(
            f"scores: frame {unknown[0]!r} is not in lexicon {lexicon.name!r}; score again with it"
        )
    frame = scores["frame"].map(place).to_numpy()
    articles = scores["articles"].to_numpy() if "articles" in scores else np.ones(len(scores))
    columns = {**_rates(scores, fit, frame, articles, level), **_shares(scores, fit, frame, articles)}
    table = pd.DataFrame(columns, index=scores.index)
    table["baseline"] = baseline.title
    table["baseline_mentions"] = np.array([m.mentions for m in fit.models])[frame]
    notes = [_note(fit, j) for j in range(len(place))]
    table["baseline_note"] = np.array([note for note, _, _ in notes], dtype=object)[frame]
    no_rate = np.array([r for _, r, _ in notes])[frame]
    no_share = np.array([s for _, _, s in notes])[frame]
    table.loc[no_rate, [*_RATES, "baseline_mentions"]] = np.nan
    table.loc[no_share, list(_SHARES)] = np.nan
    table["enough"] = ~no_rate & ~no_share
    return table


def _note(fit: Fit, j: int) -> tuple[str, bool, bool]:
    """Say what of a frame the baseline has no counts of: for rates, for shares."""
    loaded, neutral = fit.missing[j], fit.missing_neutral[j]
    if not loaded and not neutral:
        return "", False, False
    shown = ", ".join([*loaded, *neutral][:3]) + (" …" if len(loaded) + len(neutral) > 3 else "")
    return f"the baseline has no counts of {len(loaded) + len(neutral)} terms: {shown}", bool(loaded), True


def _rates(
    scores: pd.DataFrame, fit: Fit, frame: np.ndarray, articles: np.ndarray, level: float
) -> dict[str, Any]:
    a, b = (np.array([getattr(m, key) for m in fit.models])[frame] for key in "ab")
    some = np.array([m.mentions > 0 for m in fit.models])[frame]
    k, n = scores["mentions"].to_numpy(float), scores["words"].to_numpy(float)
    middle, bounds = _own_interval(scores, a, b, articles, level)
    mean, mean_bounds = a / b, (fit.bounds[0][frame], fit.bounds[1][frame])
    low, high = ratio_interval(middle, bounds, mean, mean_bounds)
    together = np.where(articles < 2, 1.0, articles / fit.unevenness)
    size, worth = a * together, b * together
    below, above = mid_p(k, n, size, worth), mid_p(k, n, size, worth, upper=True)
    spread = [stats.nbinom.ppf(q, size, worth / (worth + n)) for q in MIDDLE]
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = {
            "baseline_rate": np.where(some, 1000 * mean, 0.0),
            "baseline_low": 1000 * spread[0] / n,
            "baseline_high": 1000 * spread[1] / n,
            "ratio": np.where(articles < 2, middle, k / n) / mean,
            "low": low,
            "high": high,
            "percentile": 100 * below,
            "p": two_sided(below, above),
        }
    return {key: np.where(n > 0, value, np.nan) for key, value in columns.items()}


def _own_interval(
    scores: pd.DataFrame, a: np.ndarray, b: np.ndarray, articles: np.ndarray, level: float
) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Middle and interval of the rate per word: the posterior of an article, the group's own of a group."""
    k, n = scores["mentions"].to_numpy(float), scores["words"].to_numpy(float)
    tail = (1 - level) / 2
    worth = np.minimum(b, MOST_PRIOR_WORDS)
    a, b = a * worth / b, worth
    own = [
        (a + k) / (b + n),
        special.gammaincinv(a + k, tail) / (b + n),
        special.gammaincinv(np.maximum(a, 0.5) + k, 1 - tail) / (b + n),
    ]
    own[1] = np.where((k == 0) & (a < 0.5), 0.0, own[1])
    group = articles >= 2
    if group.any():
        rate, low, high = (scores[c].to_numpy(float) / 1000 for c in ("rate", "rate_low", "rate_high"))
        rate = np.where(k > 0, rate, rate_median(0, np.maximum(n, 1), np.inf))
        own = [np.where(group, g, o) for g, o in zip((rate, low, high), own, strict=True)]
    return own[0], (own[1], own[2])


def _shares(scores: pd.DataFrame, fit: Fit, frame: np.ndarray, articles: np.ndarray) -> dict[str, Any]:
    a, b = np.array(fit.share_priors).T[:, frame]
    neutral = scores["neutral"].to_numpy(float)
    total = neutral + scores["mentions"].to_numpy(float)
    if "opportunities" in scores:
        total = scores["opportunities"].to_numpy(float)
    percentile, p = _share_tails(total - neutral, total, a, b)
    known = (total > 0) & (articles < 2)
    return {
        "baseline_share": fit.share[frame],
        "share_percentile": np.where(known, percentile, np.nan),
        "share_p": np.where(known, p, np.nan),
    }


def swap_test(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    baselines: Sequence[Baseline | str] | None = None,
    *,
    by: str | Sequence[str] | None = None,
    k: int = 50,
    **options: Any,
) -> pd.DataFrame:
    """Compare the same scores with every baseline, to see how far the result hangs on which one is taken.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        Terms.
    baselines : sequence of Baseline or str, optional
        By default each shipped one, and the nearest `k` articles of ``news`` in topic.
    by : str or list of str, optional
        As for `score`.
    k : int
        Neighbours of each article in the matched baseline; 0 leaves it out.
    **options
        Passed to `score` (``voice=``, ``mentions=`` …).

    Returns
    -------
    DataFrame
        The rows of `compare_to_baseline` for each baseline, one below the other, with ``agrees``: whether all
        baselines put the ratio on the same side of 1 and none of their intervals reaches across.

    Raises
    ------
    ValueError
        If there is no baseline.
    """
    scores = score(articles, lexicon, by=by, **options)
    chosen: list[Baseline | str] = list(Baseline.available() if baselines is None else baselines)
    if baselines is None and k and "news" in chosen:
        chosen.append(Baseline.matched(articles, k=k, baseline="news", lexicon=lexicon))
    if not chosen:
        raise ValueError("there is no baseline; build one with Baseline.build(neutral_articles, lexicon)")
    tables = [compare_to_baseline(scores, one) for one in chosen]
    result = pd.concat(tables, ignore_index=True)
    keys = list(scores.columns[: list(scores.columns).index("frame") + 1])
    groups = result.groupby(keys, sort=False, dropna=False)
    above, below = groups["low"].transform("min") > 1, groups["high"].transform("max") < 1
    known = groups["low"].transform("count") == len(chosen)
    result["agrees"] = known & (above | below)
    return result


def swap_moves(swapped: pd.DataFrame) -> pd.DataFrame:
    """Tell how far each ratio moves when the baseline is swapped, the furthest first.

    Parameters
    ----------
    swapped : DataFrame
        From `swap_test`.

    Returns
    -------
    DataFrame
        One row for each article or group, and frame, that has a mention: the keys, ``frame mentions lowest
        lowest_under highest highest_under move agrees``; `move` is the highest ratio over the lowest (infinite where
        a baseline gives no finite one), and ``lowest_under`` and ``highest_under`` say with which baseline they come.
    """
    keys = list(swapped.columns[: list(swapped.columns).index("frame") + 1])
    known = swapped[(swapped["mentions"] > 0) & swapped["ratio"].notna()].reset_index(drop=True)
    groups = known.groupby(keys, sort=False, dropna=False)
    first, last = (
        known.loc[groups["ratio"].agg(which)].reset_index(drop=True) for which in ("idxmin", "idxmax")
    )
    moves = first[[*keys, "mentions"]].assign(
        lowest=first["ratio"],
        lowest_under=first["baseline"],
        highest=last["ratio"],
        highest_under=last["baseline"],
        move=last["ratio"] / first["ratio"],
        agrees=first["agrees"],
    )
    return moves.sort_values("move", ascending=False, kind="stable", ignore_index=True)
