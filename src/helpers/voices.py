"""Who speaks where in a text: narrator, quoted, reported or scare, with the speaker."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from helpers.text import _kernels, check_text, code_points, pieces

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
    rows = [_kernels().voice_rows(cps, lo, hi, *_kernels().tables()) for lo, hi in pieces(text)]
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
    texts: Sequence[str], doc: np.ndarray, start: np.ndarray, end: np.ndarray, *, threads: int = 2
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
    doc = np.asarray(doc, dtype=np.int64)
    start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    out = np.zeros((len(doc), 5), dtype=np.int64)
    out[:, 3:] = -1
    order = np.argsort(doc, kind="stable")
    if len(doc):
        parts = _share(doc[order], max(1, threads))
        work = [(texts, doc, start, end, order[a:b], out) for a, b in parts]
        if len(work) == 1:
            _annotate(*work[0])
        else:
            with ThreadPoolExecutor(len(work)) as pool:
                list(pool.map(lambda job: _annotate(*job), work))
    named = np.flatnonzero(out[:, 3] >= 0)
    speaker = np.full(len(doc), None, dtype=object)
    speaker[named] = _speakers([texts[d] for d in doc[named].tolist()], out[named, 3], out[named, 4])
    return pd.DataFrame(
        {
            "sentence_start": out[:, 0],
            "sentence_end": out[:, 1],
            "voice": pd.Series(np.array(VOICES, dtype=object)[out[:, 2]], dtype="str"),
            "speaker": pd.Series(speaker, dtype="str"),
        }
    )


def _share(docs: np.ndarray, parts: int) -> list[tuple[int, int]]:
    """Cut the sorted spans into runs of whole documents."""
    edges = [0]
    for k in range(1, parts):
        edges.append(int(np.searchsorted(docs, docs[len(docs) * k // parts])))
    edges.append(len(docs))
    return [(a, b) for a, b in zip(edges, edges[1:], strict=False) if b > a]


def _annotate(
    texts: Sequence[str], doc: np.ndarray, start: np.ndarray, end: np.ndarray, order: np.ndarray, out: np.ndarray
) -> None:
    """Fill `out` for the spans in `order`, text by text; several short texts go in one array."""
    kernels = _kernels()
    tables = kernels.tables()
    docs, first = np.unique(doc[order], return_index=True)
    bounds = [*first.tolist(), len(order)]
    for k, d in enumerate(docs.tolist()):
        spans = order[bounds[k] : bounds[k + 1]]
        text = texts[d]
        cps = code_points(text)
        for lo, hi in pieces(text):
            inside = spans[(start[spans] >= lo) & ((start[spans] < hi) | (hi == len(text)))]
            if len(inside):
                out[inside] = kernels.annotate_piece(cps, lo, hi, start[inside], end[inside], *tables)
