"""Who speaks where in a text: narrator, quoted, reported or scare, with the speaker."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from helpers._runs import Run, over_runs
from helpers.text import PIECE, _kernels, check_text, code_points, pieces

VOICES = ("narrator", "quoted", "reported", "scare")


def voices(text: str) -> pd.DataFrame:
    """Find who speaks where: one row per passage that is not the narrator's.

    Parameters
    ----------
    text
        One article.

    Returns
    -------
    DataFrame
        ``start end voice speaker``, sorted, never overlapping. ``voice`` is ``quoted``, ``reported`` or ``scare``;
        ``speaker`` is the name in its fullest form near by, a noun phrase ("officials"), or missing.

    Examples
    --------
    >>> voices('Officials said the plan had failed. "I agree," Ann Day said.')[["voice", "speaker"]]
          voice    speaker
    0  reported  Officials
    1    quoted    Ann Day
    """
    check_text(text)
    cps = code_points(text)
    rows = [_kernels().read(cps, lo, hi)[3] for lo, hi in pieces(text)]
    table = np.concatenate(rows)
    return pd.DataFrame(
        {
            "start": table[:, 0],
            "end": table[:, 1],
            "voice": pd.Series([VOICES[v] for v in table[:, 2]], dtype="str"),
            "speaker": pd.Series(_speakers([text] * len(table), table[:, 3], table[:, 4]), dtype="str"),
        }
    )


def _speakers(texts: Sequence[str], starts: np.ndarray, ends: np.ndarray) -> list[str | None]:
    out: list[str | None] = []
    for text, a, b in zip(texts, starts.tolist(), ends.tolist(), strict=True):
        if a < 0:
            out.append(None)
            continue
        name = " ".join(text[a:b].split())
        out.append(name[:-2] if name.endswith(("'s", "’s")) else name)
    return out


def annotate_voices(
    texts: list[str], doc: np.ndarray, start: np.ndarray, end: np.ndarray, *, threads: int = 2
) -> pd.DataFrame:
    """Sentence, voice and speaker of each span, for many spans in many texts.

    Parameters
    ----------
    texts
        The texts.
    doc
        For each span the position of its text in `texts`.
    start, end
        Character offsets of the spans.
    threads
        How many threads may work.

    Returns
    -------
    DataFrame
        ``sentence_start sentence_end voice speaker``, one row per span in the order given.
    """
    doc, start, end = (np.asarray(a, dtype=np.int64) for a in (doc, start, end))
    out = empty_marks(len(doc))
    over_runs(texts, doc, start, end, lambda run: mark_voices(run, out), threads)
    return voices_of(texts, doc, out)


def empty_marks(spans: int) -> np.ndarray:
    """Return room for what `mark_voices` finds; shape (spans, 5)."""
    _kernels()  # imported once, not by two threads at a time
    return np.zeros((spans, 5), dtype=np.int64)


def voices_of(texts: list[str], doc: np.ndarray, marks: np.ndarray) -> pd.DataFrame:
    """Return the table of `annotate_voices` for what `mark_voices` found."""
    named = np.flatnonzero(marks[:, 3] >= 0)
    speaker = np.full(len(doc), None, dtype=object)
    speaker[named] = _speakers([texts[d] for d in doc[named].tolist()], marks[named, 3], marks[named, 4])
    return pd.DataFrame(
        {
            "sentence_start": marks[:, 0],
            "sentence_end": marks[:, 1],
            "voice": pd.Categorical(VOICES, categories=VOICES).take(marks[:, 2]),
            "speaker": pd.Series(speaker, dtype="str"),
        }
    )


def mark_voices(run: Run, out: np.ndarray) -> None:
    """Put sentence (start, end), voice and speaker (start, end) of a run's spans into their rows, in one compiled call."""
    shift, longest = run.bounds[run.doc], int(np.diff(run.bounds).max())
    doc, lo = np.arange(len(run.bounds)), np.int64(0)
    if longest > PIECE:  # most texts are one piece
        cut = [(number, at) for number, text in enumerate(run.texts) for at, _ in pieces(text)]
        doc, lo = np.array([*cut, (len(run.texts), 0)], dtype=np.int64).T
    bounds = run.bounds[doc] + lo
    spans = np.searchsorted(run.doc * (longest + 1) + run.start, doc * (longest + 1) + lo)
    found = np.zeros((len(run.doc), 5), dtype=np.int64)
    _kernels().annotate(run.cps, bounds, spans, run.start + shift, run.end + shift, found)
    found[:, :2] -= shift[:, None]
    found[:, 3:] = np.where(found[:, 3:] >= 0, found[:, 3:] - shift[:, None], -1)
    out[run.spans] = found
