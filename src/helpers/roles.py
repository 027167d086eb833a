"""What each term of a lexicon counts for: frames, concepts, and the choices that a share is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers.lexicon import LOADED, Lexicon

#: The frame that counts every loaded mention.
ALL = "all"


@dataclass(frozen=True)
class Roles:
    """What each term of a lexicon counts for, as 0/1 matrices with one row a pattern (a term string).

    Attributes
    ----------
    frames : list of str
        ``all`` and every loaded frame, in the lexicon's order.
    loaded : ndarray, patterns x frames
        Patterns that carry the frame; for ``all``, any loaded pattern.
    concepts : list of str
        Every concept with a loaded or neutral term.
    critical, favourable, neutral : ndarray, patterns x concepts
        Patterns that name the concept so.
    pairs : ndarray, pairs x 2
        Places (frame, concept) of the choices that a frame's share is made of: concepts that the frame
        names and that have a neutral term, since without an alternative there is no choice.
    chosen : ndarray, patterns x pairs
        Patterns that are the loaded choice of the pair.
    """

    frames: list[str]
    loaded: np.ndarray
    concepts: list[str]
    critical: np.ndarray
    favourable: np.ndarray
    neutral: np.ndarray
    pairs: np.ndarray
    chosen: np.ndarray

    def neutral_of_frames(self) -> np.ndarray:
        """Patterns x frames: neutral terms of the concepts of each frame's pairs."""
        names = np.zeros((len(self.concepts), len(self.frames)))
        names[self.pairs[:, 1], self.pairs[:, 0]] = 1
        return _marked(self.neutral, names)

    def chosen_of_frames(self) -> np.ndarray:
        """Patterns x frames: loaded terms that the frame's share counts."""
        names = np.zeros((len(self.pairs), len(self.frames)))
        names[np.arange(len(self.pairs)), self.pairs[:, 0]] = 1
        return _marked(self.chosen, names)


def _marked(patterns: np.ndarray, names: np.ndarray) -> np.ndarray:
    """Patterns that any of the named columns marks; both are nearly empty."""
    marks: Any = sparse.csr_array(patterns) @ sparse.csr_array(names)
    return (marks.toarray() > 0).astype(float)


@lru_cache(maxsize=8)  # a stream of batches asks for the same lexicon over and over
def roles_of(lexicon: Lexicon, per: str = "frame") -> Roles:
    """Return what each pattern of a lexicon counts for.

    Parameters
    ----------
    lexicon : Lexicon
        A choice lexicon.
    per : {"frame", "term"}
        Whether rates and shares are of frames, or of each loaded term (which then stands as a frame).

    Returns
    -------
    Roles
        See there.

    Raises
    ------
    ValueError
        If no term is loaded.
    """
    terms = lexicon.terms
    place = {pattern: i for i, pattern in enumerate(lexicon.patterns)}
    rows = terms["term"].map(place).to_numpy()
    loaded = terms["stance"].isin(LOADED).to_numpy()
    if not loaded.any():
        raise ValueError(
            f"lexicon {lexicon.name!r} has no critical or favourable term, so there is nothing to score; "
            "a graded lexicon is scored by loadedness()"
        )
    neutral = terms["stance"].eq("neutral").to_numpy()
    frame, concept = terms["frame"].to_numpy(dtype=object), terms["concept"].to_numpy(dtype=object)
    if per == "term":
        frame = terms["term"].to_numpy(dtype=object)
        names = list(dict.fromkeys(frame[loaded]))
    elif per == "frame":
        names = [f for f in lexicon.frames if f != ALL and (loaded & (frame == f)).any()]
    else:
        raise ValueError(f'per={per!r} is not "frame" or "term"')
    frames = [ALL, *names]
    concepts = [c for c in lexicon.concepts if ((loaded | neutral) & (concept == c)).any()]

    of_frame = pd.Index(names).get_indexer(frame) + 1
    of_concept = pd.Index(concepts).get_indexer(concept)
    # A loaded term counts for "all", and for its own frame where that is listed.
    own = loaded & (of_frame > 0)
    counted = np.r_[np.flatnonzero(loaded), np.flatnonzero(own)]
    counts_for = np.r_[np.zeros(loaded.sum(), dtype=int), of_frame[own]]
    alternatives = np.unique(of_concept[neutral])
    choice = np.isin(of_concept[counted], alternatives[alternatives >= 0])
    pairs, pair = np.unique(
        np.column_stack([counts_for, of_concept[counted]])[choice], axis=0, return_inverse=True
    )
    stances = {}
    for stance in ("critical", "favourable", "neutral"):
        named = terms["stance"].eq(stance).to_numpy() & (of_concept >= 0)
        stances[stance] = _ones(rows[named], of_concept[named], (len(place), len(concepts)))
    return Roles(
        frames=frames,
        loaded=_ones(rows[counted], counts_for, (len(place), len(frames))),
        concepts=concepts,
        **stances,
        pairs=pairs,
        chosen=_ones(rows[counted[choice]], pair.ravel(), (len(place), len(pairs))),
    )


def _ones(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """0/1 matrix with a 1 at each listed place."""
    matrix = np.zeros(shape)
    matrix[rows, columns] = 1
    return matrix
