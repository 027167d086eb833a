"""Draw what people are to label: sentences with context, and a sample of them stratified by score."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.articles import as_articles
from helpers.tallies import need

if TYPE_CHECKING:
    from collections.abc import Callable

#: What identifies a text to label; made by `sentences_of`, kept by everything that follows.
UNIT = "unit_id"


def sentences_of(articles: pd.DataFrame | Sequence[str] | str, *, keep: Sequence[str] = ()) -> pd.DataFrame:
    """Cut articles into sentences, each with the sentence before and after it.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    keep : sequence of str
        Columns of the articles to carry along, such as ``outlet``.

    Returns
    -------
    DataFrame
        ``unit_id doc_id start end left text right`` and the kept columns, one row a sentence. `unit_id` is
        ``doc_id:start``; `left` and `right` are the neighbouring sentences, "" at the ends.

    Raises
    ------
    ValueError
        If a column to keep is missing.

    Examples
    --------
    >>> sentences_of("The regime fell. Nobody wept.")[["unit_id", "text"]].values.tolist()
    [['text_1:0', 'The regime fell.'], ['text_1:17', 'Nobody wept.']]
    """
    from helpers.text import sentences

    frame = as_articles(articles)
    for column in keep:
        need(frame, column, "articles", "name columns that they have in keep=")
    parts = []
    for row in frame[["doc_id", "text", *keep]].to_dict("records"):
        text = row["text"]
        places = sentences(text)
        found = [text[a:b] for a, b in places.itertuples(index=False)]
        columns: dict[str, Any] = {
            "unit_id": [f"{row['doc_id']}:{start}" for start in places["start"]],
            "doc_id": row["doc_id"],
            "start": places["start"],
            "end": places["end"],
            "left": ["", *found[:-1]],
            "text": found,
            "right": [*found[1:], ""],
            **{column: row[column] for column in keep},
        }
        if found:
            parts.append(pd.DataFrame(columns))
    if not parts:
        return pd.DataFrame(columns=["unit_id", "doc_id", "start", "end", "left", "text", "right", *keep])
    return pd.concat(parts, ignore_index=True)


def draw_sample(
    units: pd.DataFrame,
    n: int = 200,
    *,
    score: str = "score",
    strata: int = 5,
    within: str | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw a sample stratified by score, so that rare high scores are judged as well as common low ones.

    Parameters
    ----------
    units : DataFrame
        Texts to choose from, with ``unit_id`` and a column of scores.
    n : int
        How many to draw; all of them where there are fewer.
    score : str
        The column of scores; rows without a score make a stratum of their own.
    strata : int
        Into how many strata the scores are cut (`cut_scores`); equal scores are never parted, so there may be
        fewer.
    within : str, optional
        Stratify inside each value of this column too, such as ``outlet``.
    seed : int
        The same seed draws the same units, whatever the order of the rows.

    Returns
    -------
    DataFrame
        Rows of `units` in random order, with ``stratum``, ``stratum_size`` and ``weight``: how many units
        each drawn one stands for (stratum size / drawn from it). Pass `weight` on to `accuracy` and
        `corrected_means`, or their figures describe the sample and not the corpus.

    Raises
    ------
    ValueError
        If a column is missing, a ``unit_id`` stands twice, or a number is not positive.

    Notes
    -----
    The strata share `n` equally, and what a small one cannot use goes to the others. Estimates weighted by
    `weight` are those of Horvitz & Thompson (1952), Journal of the American Statistical Association 47, 663-685.
    """
    for column in (UNIT, score, *([within] if within else [])):
        need(units, column, "units", "make them with sentences_of() and add the scores")
    if n < 1 or strata < 1:
        raise ValueError(f"n={n} and strata={strata} must both be at least 1")
    ids = units[UNIT].astype(str)
    if ids.duplicated().any():
        raise ValueError(f"units: unit_id {ids[ids.duplicated()].iloc[0]!r} stands twice; give each its own")
    table = units.iloc[np.argsort(ids.to_numpy(dtype=object), kind="stable")].reset_index(drop=True)
    table["stratum"] = _strata(table, score, strata, within)
    sizes = table["stratum"].value_counts().sort_index()
    table["stratum_size"] = table["stratum"].map(sizes)
    shares = dict(zip(sizes.index, allocate(sizes.to_numpy(), n), strict=True))
    rng = np.random.default_rng(seed)
    drawn = [
        rows.iloc[np.sort(rng.choice(len(rows), shares[name], replace=False))]
        for name, rows in table.groupby("stratum", sort=True)
    ]
    sample = pd.concat(drawn)
    sample["weight"] = sample["stratum_size"] / sample["stratum"].map(shares)
    return sample.iloc[rng.permutation(len(sample))].reset_index(drop=True)


def _strata(table: pd.DataFrame, score: str, strata: int, within: str | None) -> pd.Series:
    def cut(values: pd.Series) -> pd.Series:
        codes = cut_scores(values.to_numpy(dtype=float), strata)
        return pd.Series(["no score" if c < 0 else f"score {c + 1}" for c in codes], index=values.index)

    numbers = pd.to_numeric(table[score])
    if within is None:
        return cut(numbers).astype("str")
    names = table[within].map(lambda name: "–" if pd.isna(name) else str(name))
    cutter: Callable[..., Any] = cut
    return (names + ", " + numbers.groupby(names).transform(cutter)).astype("str")


def cut_scores(scores: np.ndarray, strata: int) -> np.ndarray:
    """Cut scores into strata of about equal size, from low to high, without parting equal scores.

    Parameters
    ----------
    scores : ndarray
        Scores; NaN where there is none.
    strata : int
        How many strata are wanted.

    Returns
    -------
    ndarray of int
        Stratum of each score from 0, -1 where there is none. A value so common that it fills a stratum closes
        it, so that what lies above stands apart however rare it is.

    Examples
    --------
    >>> cut_scores(np.array([0, 0, 0, 0, 0, 0, 0.5, 2.0]), 3).tolist()
    [0, 0, 0, 0, 0, 0, 1, 2]
    """
    known = ~np.isnan(scores)
    levels, rank, counts = np.unique(scores[known], return_inverse=True, return_counts=True)
    stratum = np.zeros(len(levels), dtype=int)
    current, size, left = 0, 0, int(counts.sum())
    for i, count in enumerate(counts.tolist()):
        stratum[i] = current
        size += count
        if current < strata - 1 and size >= left / (strata - current):
            current, left, size = current + 1, left - size, 0
    out = np.full(len(scores), -1)
    out[known] = stratum[rank]
    return out


def allocate(sizes: np.ndarray, n: int) -> np.ndarray:
    """Share out `n` draws over strata as equally as their sizes allow.

    Parameters
    ----------
    sizes : ndarray of int
        Units in each stratum.
    n : int
        Draws.

    Returns
    -------
    ndarray of int
        Draws from each; they add up to min(n, units). Whatever is left over goes to the first strata.

    Examples
    --------
    >>> allocate(np.array([100, 3, 50]), 20).tolist()
    [9, 3, 8]
    """
    given = np.zeros(len(sizes), dtype=int)
    left = min(n, int(sizes.sum()))
    while left:
        open_ = np.flatnonzero(given < sizes)
        step = max(left // len(open_), 1)
        for place in open_[: left if step == 1 and left < len(open_) else None]:
            more = min(step, int(sizes[place] - given[place]), left)
            given[place] += more
            left -= more
    return given
