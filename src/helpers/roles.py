"""What each term of a lexicon counts for: frames, concepts, and the choices that a share is made of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
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

    def mark(which: np.ndarray) -> np.ndarray:
        column = np.zeros(len(place))
        column[rows[which]] = 1
        return column

    numbers = {name: i for i, name in enumerate(names)}
    frame_number = np.array([numbers.get(f, -1) for f in frame])
    numbers = {name: i for i, name in enumerate(concepts)}
    concept_number = np.array([numbers.get(c, -1) for c in concept])

    def of_frame(i: int) -> np.ndarray:
        return loaded if i == 0 else loaded & (frame_number == i - 1)

    alternatives = {c for c in concepts if (neutral & (concept == c)).any()}
    pairs, chosen = [], []
    for i in range(len(frames)):
        mine = of_frame(i)
        for j in np.unique(concept_number[mine]):
            if j >= 0 and concepts[j] in alternatives:
                which = mine & (concept_number == j)
                pairs.append((i, int(j)))
                chosen.append(mark(which))
    stances = {
        stance: _columns(
            [mark(terms["stance"].eq(stance).to_numpy() & (concept == c)) for c in concepts], place
        )
        for stance in ("critical", "favourable", "neutral")
    }
    return Roles(
        frames=frames,
        loaded=_columns([mark(of_frame(i)) for i in range(len(frames))], place),
        concepts=concepts,
        **stances,
        pairs=np.array(pairs, dtype=int).reshape(-1, 2),
        chosen=_columns(chosen, place),
    )


def _columns(columns: list[np.ndarray], place: dict[str, int]) -> np.ndarray:
    return np.column_stack(columns) if columns else np.zeros((len(place), 0))
