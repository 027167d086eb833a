"""The difference of two rates or shares taken apart by term; the parts add up to the whole exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from helpers.lexicon import LOADED, Lexicon
from helpers.roles import roles_of
from helpers.tallies import Tally, as_list, group_codes, tally


def contributions(
    articles_a: pd.DataFrame | Sequence[str] | str,
    articles_b: pd.DataFrame | Sequence[str] | str | None = None,
    lexicon: Lexicon | None = None,
    *,
    by: str | Sequence[str] | None = None,
    frame: str = "all",
    measure: str = "rate",
    part: str = "body",
    mentions: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Take the difference of two rates (or shares) apart by term.

    Parameters
    ----------
    articles_a, articles_b : DataFrame, list of str or str
        Two sets of articles; or one, with `by`.
    lexicon : Lexicon
        Terms.
    by : str or list of str, optional
        Columns of `articles_a`: each group against all the others together.
    frame : str
        Only terms of this frame; ``all`` takes every loaded one.
    measure : {"rate", "share"}
        Mentions per 1,000 words, or the choice share (pooled over concepts).
    part : {"body", "title", "all"}
        Part of the articles.
    mentions : DataFrame, optional
        From `find_mentions`, of all these articles.

    Returns
    -------
    DataFrame
        The `by` columns, ``term concept frame stance count_a count_b rate_a rate_b difference part``: one
        row for each term that stands on either side, greatest difference first. `rate_a` and `rate_b` are
        per 1,000 words (measure="share": per opportunity), `difference` their difference, whose sum is the
        difference of the two groups, and `part` the part of that sum (NaN where it is 0).
        ``attrs["totals"]`` lists, for each group, both sides' rate and their difference.

    Raises
    ------
    ValueError
        For an unknown frame or measure, no words, or if neither `articles_b` nor `by` is given (or both).
    TypeError
        If no lexicon is given.

    Notes
    -----
    Rate: d_t = 1000 (k_at / n_a - k_bt / n_b). Share: d_t = k_at / T_a - k_bt / T_b over loaded terms t, T
    being loaded and neutral mentions of the frame's concepts. A place with two loaded entries counts once,
    under the first.
    """
    if measure not in ("rate", "share"):
        raise ValueError(f'measure={measure!r} is not "rate" or "share"')
    if (articles_b is None) == (by is None):
        raise ValueError("give either a second set of articles, or `by` columns of one set")
    if lexicon is None:
        raise TypeError("contributions() needs a lexicon")
    if by is None:
        assert articles_b is not None
        one, two = (_side(_own(a, mentions), lexicon, part) for a in (articles_a, articles_b))
        tables, totals = [_parts(one, two, lexicon, frame, measure)], [{}]
    else:
        columns = as_list(by)
        counted = tally(articles_a, lexicon, mentions=mentions, part=part)
        codes, keys = group_codes(counted.articles, columns)
        if len(keys) < 2:
            raise ValueError(f"column {' and '.join(columns)} makes one group only; contributions need two")
        tables, totals = [], []
        for g in range(len(keys)):
            sides = (
                counted.take(np.flatnonzero(codes == g)),
                counted.take(np.flatnonzero((codes >= 0) & (codes != g))),
            )
            table = _parts(*sides, lexicon, frame, measure)
            key = {c: keys[c].iloc[g] for c in columns}
            for place, (column, value) in enumerate(key.items()):
                table.insert(place, column, value)
            tables.append(table)
            totals.append({str(c): str(v) for c, v in key.items()})
    result = pd.concat(tables, ignore_index=True)
    result.attrs = {
        "totals": [{**key, **t.attrs["total"]} for key, t in zip(totals, tables, strict=True)],
        "measure": measure,
        "frame": frame,
    }
    return result


def _own(articles: Any, mentions: pd.DataFrame | None) -> tuple[Any, pd.DataFrame | None]:
    if mentions is None:
        return articles, None
    return articles, mentions[mentions["doc_id"].isin(articles["doc_id"])]


def _side(given: tuple[Any, pd.DataFrame | None], lexicon: Lexicon, part: str) -> Tally:
    return tally(given[0], lexicon, mentions=given[1], part=part)


def _parts(one: Tally, two: Tally, lexicon: Lexicon, frame: str, measure: str) -> pd.DataFrame:
    roles = roles_of(lexicon)
    if frame not in roles.frames:
        raise ValueError(
            f"frame {frame!r} is not in lexicon {lexicon.name!r}; there are: {', '.join(roles.frames)}"
        )
    f = roles.frames.index(frame)
    chosen = (roles.loaded if measure == "rate" else roles.chosen_of_frames())[:, f] > 0
    counts = [np.asarray(side.counts.sum(axis=0)).ravel() for side in (one, two)]
    whole = [float(side.words.sum()) for side in (one, two)]
    if measure == "share":
        neutral = roles.neutral_of_frames()[:, f]
        whole = [float(k[chosen].sum() + k @ neutral) for k in counts]
    if not all(whole):
        what = "words" if measure == "rate" else "mentions, loaded or neutral, of the frame's concepts"
        raise ValueError(f"one of the two sides has no {what}; there is nothing to compare")
    scale = 1000.0 if measure == "rate" else 1.0
    entries = lexicon.terms[lexicon.terms["stance"].isin(LOADED)]
    if frame != "all":
        entries = entries[entries["frame"].eq(frame)]
    entries = entries.drop_duplicates("term").set_index("term")[["concept", "frame", "stance"]]
    rows = np.flatnonzero(chosen & (counts[0] + counts[1] > 0))
    names = [lexicon.patterns[i] for i in rows]
    table = entries.loc[names].rename_axis("term").reset_index()
    table["count_a"], table["count_b"] = (k[rows].astype(int) for k in counts)
    table["rate_a"], table["rate_b"] = (scale * k[rows] / w for k, w in zip(counts, whole, strict=True))
    table["difference"] = table["rate_a"] - table["rate_b"]
    difference = float(table["difference"].sum())
    table["part"] = table["difference"] / difference if difference else np.nan
    size = table["difference"].abs()
    order = np.lexsort([table["term"].to_numpy(dtype=str), -size.to_numpy()])
    table = table.iloc[order].reset_index(drop=True)
    table.attrs["total"] = {
        "rate_a": scale * float(counts[0][chosen].sum()) / whole[0],
        "rate_b": scale * float(counts[1][chosen].sum()) / whole[1],
        "difference": difference,
    }
    return table
