"""Words, sentences and quotations of a text, as character offsets into the unaltered text.

One definition of a word serves counting and matching alike: a run of Unicode letters and digits with inner
apostrophes. Hyphens and underscores separate, so "regime-backed" holds the word "regime".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_MARK = re.compile("[\"＂“‟”„«»‹›‘‛‚`]|''")
# A text longer than this is read in pieces, cut at line breaks, so that memory stays bounded.
PIECE = 400_000


def count_words(text: str) -> int:
    """Count the words of a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    int
        How many words there are by `WORD`.

    Examples
    --------
    >>> count_words("The regime-backed militia didn’t stop.")
    6
    """
    return sum(1 for _ in WORD.finditer(check_text(text)))


def words(text: str) -> pd.DataFrame:
    """List the words of a text.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    DataFrame
        ``start end word``, one row per word in order; ``text[start:end] == word``.

    Examples
    --------
    >>> words("Putin’s Russia")["word"].tolist()
    ['Putin’s', 'Russia']
    """
    found = [(m.start(), m.end(), m.group()) for m in WORD.finditer(check_text(text))]
    frame = pd.DataFrame(found, columns=["start", "end", "word"])
    return frame.astype({"start": "int64", "end": "int64", "word": object if _has_surrogate(text) else "str"})


def sentences(text: str) -> pd.DataFrame:
    """Find the sentences of a text.

    A sentence ends at ``. ! ?`` where no abbreviation, initial, decimal or ellipsis explains the mark, after the
    quotation marks and brackets that close there, and always at the end of a paragraph: a blank line, or a single
    line break unless the text is hard-wrapped (as agency copy of 1987 is: single line breaks inside sentences).
    A missing space after the full stop ("order.Xi’s") is forgiven.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    DataFrame
        ``start end``, one row per sentence in order, white space at the edges left out. Every word lies in
        exactly one sentence.

    Notes
    -----
    The rules are our own closed lists rather than a trained model: Punkt (Kiss & Strunk 2006) learns
    abbreviations from the text at hand and needs far more of it than one article.

    Examples
    --------
    >>> text = "The U.S. met Mr. Xi on Jan. 5. It ended."
    >>> [text[a:b] for a, b in sentences(text).itertuples(index=False)]
    ['The U.S. met Mr. Xi on Jan. 5.', 'It ended.']
    """
    cps = code_points(check_text(text))
    rows = [_kernels().read(cps, lo, hi)[0] for lo, hi in pieces(text)]
    return pd.DataFrame(np.concatenate(rows), columns=["start", "end"])


def quotations(text: str) -> pd.DataFrame:
    """Find what stands in quotation marks.

    Straight and curly double marks, single marks (told from apostrophes), guillemets and low marks („“) are paired
    within a paragraph, nested to any sensible depth. Where a paragraph opens a quotation again that the one before
    did not close, each paragraph's part is a row, and all but the last have ``closed`` False.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    DataFrame
        ``start end depth closed`` in order of start; the marks are inside the span; depth 1 is the outermost.

    See Also
    --------
    unbalanced_quotations : the marks that found no partner.

    Examples
    --------
    >>> text = 'She said: “He told me, ‘Go.’”'
    >>> quotations(text).values.tolist()
    [[10, 29, 1, True], [23, 28, 2, True]]
    """
    cps = code_points(check_text(text))
    rows = [_kernels().read(cps, lo, hi)[1][:, 2:6] for lo, hi in pieces(text)]
    frame = pd.DataFrame(np.concatenate(rows), columns=["start", "end", "depth", "closed"])
    return frame.astype({"closed": bool})


def unbalanced_quotations(text: str) -> pd.DataFrame:
    """Find quotation marks without a partner; the words after them stay the narrator's.

    Parameters
    ----------
    text
        Any text.

    Returns
    -------
    DataFrame
        ``start end mark``, one row per mark. Apostrophes and measures (6'2") are not among them.

    Examples
    --------
    >>> unbalanced_quotations("He said: “Go. And left.")["start"].tolist()
    [9]
    """
    cps = code_points(check_text(text))
    rows = [_kernels().read(cps, lo, hi)[2] for lo, hi in pieces(text)]
    frame = pd.DataFrame(np.concatenate(rows), columns=["start", "end"])
    frame["mark"] = pd.Series([text[a:b] for a, b in frame.itertuples(index=False)], dtype="str")
    return frame


def count_unbalanced(texts: Iterable[str]) -> list[int]:
    """Count the quotation marks without a partner in each of many texts.

    Parameters
    ----------
    texts
        Texts.

    Returns
    -------
    list of int
        One number a text: the rows that `unbalanced_quotations` would have.

    Examples
    --------
    >>> count_unbalanced(["He said: “Go. And left.", "He said: “Go.”", "He left."])
    [1, 0, 0]
    """
    counts = []
    for text in texts:
        read = isinstance(text, str) and _MARK.search(text)  # without a mark there is nothing to read
        cut = [_kernels().read(code_points(text), lo, hi)[2] for lo, hi in pieces(text)] if read else []
        counts.append(sum(len(rows) for rows in cut))
    return counts


def check_text(text: object) -> str:
    """Give the text back, or say what to give instead."""
    if not isinstance(text, str):
        raise TypeError(f"a text must be a str, not {type(text).__name__}; give one article's text")
    return text


def code_points(text: str) -> np.ndarray:
    """Give the text as an array of code points, so that array indices are character offsets."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def pieces(text: str) -> list[tuple[int, int]]:
    """Cut a very long text at paragraph breaks, else at line breaks, else at spaces."""
    out, start = [], 0
    while len(text) - start > PIECE:
        for mark in ("\n\n", "\n", " "):
            cut = text.rfind(mark, start + PIECE // 2, start + PIECE)
            if cut >= 0:
                break
        else:
            cut = start + PIECE
        out.append((start, cut))
        start = cut
    return [*out, (start, len(text))]


@cache
def _kernels() -> Any:
    """Load the compiled rules when first needed: numba takes a moment to import."""
    from helpers import _voice_kernels

    return _voice_kernels


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= char <= "\udfff" for char in text)
