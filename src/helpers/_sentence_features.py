"""What the readable classifier looks at: pooled weights of the graded lexicon, choices of words, devices of style."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers._learn_words import WORD, Encoded, check_texts
from helpers.devices import devices
from helpers.learn import EMPTY_WORDS, GradedLexicon

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

_PARTS = ("span", "sentence")
#: A text of more words than this is read sentence by sentence, and its features are the sentences' means.
LONGEST_SENTENCE = 80
_ENDS = re.compile(r"(?<=[.!?”\"])\s+(?=[“\"'‘(A-Z])|\n+")


def _pooled(values: np.ndarray, encoded: Encoded) -> dict[str, np.ndarray]:
    """Ways to make one number of a text's word weights; 0 for a text without words."""
    n, rows = encoded.lengths, encoded.rows
    total = lambda x: np.bincount(rows, x, len(n))  # noqa: E731
    size = np.maximum(n, 1)
    order = np.lexsort((-values, rows))
    rank = np.arange(len(values)) - encoded.starts[:-1][rows]
    ranked = values[order]
    top = [np.where(n > i, np.bincount(rows[rank == i], ranked[rank == i], len(n)), 0.0) for i in range(3)]
    return {
        "mean": total(values) / size,
        "sum_by_root": total(values) / np.sqrt(n + 3.0),
        "mean_exp_half": np.log((total(np.exp(0.5 * values)) + 1) / (n + 1)),
        "loadedness": np.log((total(np.exp(np.clip(values, -8, 8))) + 0.1) / (n + EMPTY_WORDS)),
        "highest": top[0],
        "second": top[1],
        "third": top[2],
        "share_above_1": total(values > 1) / size,
        "above_1": np.log1p(total(values > 1)),
        "above_2": np.log1p(total(values > 2)),
        "share_below_-1": total(values < -1) / size,
    }


def _in_sentences(texts: list[str]) -> tuple[list[str], np.ndarray]:
    """Cut long texts into sentences; return the pieces and the number of the text that each is of."""
    pieces, owner = [], []
    for i, text in enumerate(texts):
        cut = [text]
        if text.count(" ") > LONGEST_SENTENCE:
            cut = [part for part in _ENDS.split(text) if WORD.search(part)] or [text]
        pieces += cut
        owner += [i] * len(cut)
    return pieces, np.array(owner, int)


@lru_cache(maxsize=1)
def _choices() -> Lexicon:
    from helpers.lexicon import Lexicon

    return Lexicon.load_all()


def choice_features(texts: list[str]) -> pd.DataFrame:
    """Return how many terms of the choice lexicons stand in each text, by stance.

    Returns
    -------
    pandas.DataFrame
        One row a text; ``choice_critical, choice_neutral, choice_favourable``: k terms among n words as
        10 k / (n + 10), as in `helpers.devices`.
    """
    from helpers.mentions import find_mentions

    names = [str(i) for i in range(len(texts))]
    found = find_mentions(pd.DataFrame({"doc_id": names, "text": texts}), _choices(), annotate=False)
    row = found["doc_id"].astype(int).to_numpy()
    words = np.array([len(WORD.findall(text)) for text in texts])
    counted = {
        stance: np.bincount(row[(found["stance"] == stance).to_numpy(bool)], minlength=len(texts))
        for stance in ("critical", "neutral", "favourable")
    }
    return pd.DataFrame({f"choice_{stance}": 10 * k / (words + 10) for stance, k in counted.items()})


def sentence_features(texts: Iterable[str] | str, lexicon: GradedLexicon | None = None) -> pd.DataFrame:
    """Return what the classifier looks at: pooled weights of the graded lexicon, and devices of style.

    Parameters
    ----------
    texts : iterable of str, or str
        Sentences or articles.
    lexicon : GradedLexicon, optional
        The shipped one by default.

    Returns
    -------
    pandas.DataFrame
        One row a text; ``span_mean`` … ``sentence_share_below_-1``, the same of each rating that the lexicon holds
        (``rated_loaded_mean`` …), then ``choice_critical``, ``choice_neutral``,
        ``choice_favourable`` (terms of the shipped choice lexicons) and the devices (`helpers.devices`). A text of
        more than 80 words is cut into sentences, and its values are their means.
    """
    whole = check_texts(texts)
    listed, owner = _in_sentences(whole)
    graded = lexicon or GradedLexicon.load()
    encoded = graded.vocabulary.encode(listed)
    pools = {
        f"{part}_{name}": column
        for part in (*_PARTS, *graded.ratings)
        for name, column in _pooled(graded.values(encoded, part), encoded).items()
    }
    table = pd.concat([pd.DataFrame(pools), choice_features(listed), devices(listed)], axis=1)
    return table if len(listed) == len(whole) else table.groupby(owner).mean().reset_index(drop=True)
