"""From a score to a probability: how likely people are to say yes at that score, learned from other outlets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers.accuracy import labelled
from helpers.lexicon import LOADED, Lexicon


def score_units(units: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    """Give each text of a sample what a choice lexicon says of it.

    Parameters
    ----------
    units : DataFrame
        ``unit_id`` and ``text``, from `sentences_of`.
    lexicon : Lexicon
        A choice lexicon.

    Returns
    -------
    DataFrame
        `units` with ``mentions`` (places with a loaded term), ``score`` (the sum of their weights) and
        ``prediction`` (1 where there is one, else 0).
    """
    from helpers.mentions import find_mentions

    texts = units[["unit_id", "text"]].rename(columns={"unit_id": "doc_id"})
    found = find_mentions(texts, lexicon, annotate=False)
    places = found[found["stance"].isin(LOADED)].drop_duplicates(["doc_id", "start"])
    ids = units["unit_id"].astype(str)
    count = ids.map(places["doc_id"].value_counts()).fillna(0).astype(int)
    weight = ids.map(places.groupby("doc_id")["weight"].sum()).fillna(0.0)
    return units.assign(mentions=count, score=weight.astype(float), prediction=(count > 0).astype(int))


def cross_fitted(
    table: pd.DataFrame,
    scores: str | Sequence[str] = "score",
    *,
    truth: str = "label",
    outlet: str = "outlet",
) -> pd.Series:
    """Turn scores into probabilities, those of each outlet learned from the labels of all the others.

    Parameters
    ----------
    table : DataFrame
        One row a text.
    scores : str or list of str
        Columns of scores.
    truth, outlet : str
        Columns of labels (1, 0, or missing) and of outlets.

    Returns
    -------
    Series
        Probability of a yes for each row, on the index of `table`; NaN where a score is missing. Since whole
        outlets are left out, no text is predicted by its neighbours.

    Raises
    ------
    ValueError
        If there are fewer than two outlets with both labels among the others' texts.

    Notes
    -----
    Logistic regression on standardised scores (scikit-learn, C = 1).
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    columns = [scores] if isinstance(scores, str) else list(scores)
    labelled(table, truth, columns[0], outlet, None)  # raises where something is missing or wrong
    complete = table[columns].notna().all(axis=1)
    known = complete & table[truth].notna()
    out = pd.Series(np.nan, index=table.index, name="probability")
    for name in table[outlet].dropna().unique():
        there = table[outlet] == name
        train, test = known & ~there, complete & there
        if table.loc[train, truth].nunique() < 2:
            raise ValueError(
                f"without outlet {name!r} no text, or every text, is labelled 1; label texts of more outlets"
            )
        if test.any():
            model = make_pipeline(StandardScaler(), LogisticRegression())
            model.fit(table.loc[train, columns].to_numpy(float), table.loc[train, truth].to_numpy(int))
            out[test] = model.predict_proba(table.loc[test, columns].to_numpy(float))[:, 1]
    return out
