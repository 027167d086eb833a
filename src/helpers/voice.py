"""Who speaks where in a text: narrator, quoted, reported or scare, with the speaker."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from helpers.text import _kernels, check_text, code_points, pieces

# Texts are handed to the compiled code in runs of about this many characters, which stay in the processor's cache.
BATCH = 250_000
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
    doc = np.asarray(doc, dtype=np.int64)
    start, end = np.asarray(start, dtype=np.int64), np.asarray(end, dtype=np.int64)
    out = np.zeros((len(doc), 5), dtype=np.int64)
    order = np.lexsort((start, doc))
    jobs = [(texts, doc[part], start[part], end[part]) for part in _batches(texts, doc, order)]
    if len(jobs) < 2 or threads < 2:
        results = [_annotate(*job) for job in jobs]
    else:
        _kernels()  # imported once, not by two threads at a time
        with ThreadPoolExecutor(threads) as pool:
            results = list(pool.map(lambda job: _annotate(*job), jobs))
    if results:
        out[order] = np.concatenate(results)
    named = np.flatnonzero(out[:, 3] >= 0)
    speaker = np.full(len(doc), None, dtype=object)
    speaker[named] = _speakers([texts[d] for d in doc[named].tolist()], out[named, 3], out[named, 4])
    return pd.DataFrame(
        {
            "sentence_start": out[:, 0],
            "sentence_end": out[:, 1],
            "voice": pd.Categorical(VOICES, categories=VOICES).take(out[:, 2]),
            "speaker": pd.Series(speaker, dtype="str"),
        }
    )


def _batches(texts: list[str], doc: np.ndarray, order: np.ndarray) -> list[np.ndarray]:
    """Cut the ordered spans into runs of whole texts."""
    docs, first = np.unique(doc[order], return_index=True)
    if not len(docs):
        return []
    size = np.cumsum([len(texts[d]) for d in docs.tolist()])
    cuts = first[1:][np.diff(size // BATCH) > 0]
    return np.split(order, cuts)


def _annotate(texts: list[str], doc: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Annotate the spans of a run of texts, sorted by text and start, in one compiled call."""
    kernels = _kernels()
    docs, first = np.unique(doc, return_index=True)
    chosen = [check_text(texts[d]) for d in docs.tolist()]
    length = np.array([len(text) for text in chosen])
    offset = np.concatenate([[0], np.cumsum(length)])
    shift = np.repeat(offset[:-1], np.diff([*first.tolist(), len(doc)]))
    cut = [
        (at + lo, lo == 0)
        for at, text in zip(offset.tolist(), chosen, strict=False)
        for lo, _ in pieces(text)
    ]
    bounds = np.array([*(at for at, _ in cut), offset[-1]], dtype=np.int64)
    spans = np.searchsorted(start + shift, bounds)
    spans[np.flatnonzero([*(opens for _, opens in cut), False])] = first
    spans[-1] = len(doc)
    out = np.zeros((len(doc), 5), dtype=np.int64)
    kernels.annotate(code_points("".join(chosen)), bounds, spans, start + shift, end + shift, out)
    out[:, :2] -= shift[:, None]
    out[:, 3:] = np.where(out[:, 3:] >= 0, out[:, 3:] - shift[:, None], -1)
    return out
