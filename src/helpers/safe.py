"""Make text from strangers safe to show, to name a file with, and to open in a spreadsheet."""

import hashlib
import os
import re
import tempfile
import unicodedata
from pathlib import Path

import numpy as np
import pandas as pd

# What can move a terminal's cursor, hide or reorder letters: C0 and C1 controls, bidirectional overrides and
# isolates, and halves of surrogate pairs. Tab and newline are left to the caller.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e\ud800-\udfff\ufffe\uffff]")
# A spreadsheet takes a cell for a formula when it starts with one of these; the wide forms count too, since
# some programs fold them to the narrow ones on import.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?")
_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{i}" for p in ("com", "lpt") for i in range(10))}


def safe_text(text: str) -> str:
    r"""Replace every character that is not to be shown as it is by the replacement character, one for one.

    Parameters
    ----------
    text : str
        Any text: a title, an outlet, a term.

    Returns
    -------
    str
        Text of the same length without control characters, bidirectional overrides and lone surrogates.
        Tabs and newlines stay.

    Examples
    --------
    >>> safe_text("a\x1b[31mb")
    'a�[31mb'
    """
    return _UNSAFE.sub("\ufffd", text)


def visible_text(text: str) -> str:
    r"""Make what cannot be seen visible, one character for one, and leave all else as it is.

    Parameters
    ----------
    text : str
        An article, whose offsets must stay right.

    Returns
    -------
    str
        Text of the same length: control characters as their pictures (U+2400 and on), lone surrogates and
        bidirectional overrides as the replacement character. Tabs, line ends, and the marks and isolates that
        right-to-left writing needs stay.

    Examples
    --------
    >>> visible_text("a\x00b\x1bc")
    'a␀b␛c'
    """
    return _INVISIBLE.sub(lambda match: _picture(match.group()), text)


def _picture(char: str) -> str:
    code = ord(char)
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def safe_cell(value: object) -> object:
    r"""Neutralise a cell that a spreadsheet would run as a formula.

    Parameters
    ----------
    value : object
        One cell of a table.

    Returns
    -------
    object
        `value` itself, unless it is text starting with ``=``, ``+``, ``-``, ``@``, a tab or a line end; then
        the same text behind an apostrophe, which spreadsheets show as text. Numbers written as text stay.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-3.5"), safe_cell("-cmd"), safe_cell(-3)
    ("'=1+1", '-3.5', "'-cmd", -3)
    """
    if not isinstance(value, str):
        return value
    text = safe_text(value)
    if _FORMULA.match(text) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """Neutralise the formulas in a table's text cells and column names.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table.

    Returns
    -------
    pandas.DataFrame
        A copy in which every text cell went through `safe_cell`; numbers and dates are as they were.
    """
    out = table.copy()
    for place, kind in enumerate(table.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)):
            cells = [safe_cell(cell) for cell in table.iloc[:, place].astype(object)]
            out.isetitem(
                place, np.array([*cells, None], dtype=object)[:-1]
            )  # an array of cells, never of arrays
    out.columns = [safe_cell(str(name)) for name in table.columns]
    return out


def safe_csv(table: pd.DataFrame) -> str:
    r"""Write a table as CSV text that no spreadsheet will run.

    Parameters
    ----------
    table : pandas.DataFrame
        Any table; its index is not written.

    Returns
    -------
    str
        CSV with a header line, ``\n`` line ends, empty cells for missing values, the same on every run.

    Examples
    --------
    >>> safe_csv(pd.DataFrame({"outlet": ["=cmd|'/c calc'!A1"], "rate": [-1.5]}))
    "outlet,rate\n'=cmd|'/c calc'!A1,-1.5\n"
    """
    return safe_table(table).to_csv(index=False, lineterminator="\n")


def safe_name(name: object, *, fallback: str = "unnamed", length: int = 80) -> str:
    """Turn any text into a file name that stays in its folder.

    Parameters
    ----------
    name : object
        A doc_id, a title, a group's name.
    fallback : str, default "unnamed"
        Name to use where nothing usable is left.
    length : int, default 80
        Longest name wanted, in bytes of UTF-8.

    Returns
    -------
    str
        Letters, digits, ``-``, ``_`` and inner dots. A name that had to be changed ends with eight
        hexadecimal digits made from the original, so that two different names do not fall on one file.

    Examples
    --------
    >>> safe_name("moscow_summit")
    'moscow_summit'
    >>> safe_name("../../etc/passwd")
    'etc_passwd-3754d6cb'
    """
    original = str(name)
    text = re.sub(r"[^\w.-]|\.{2,}", "_", unicodedata.normalize("NFC", original))
    text = text.strip(".-")  # no hidden files, and nothing that a program would take for an option
    if text != original:
        text = re.sub(r"_{2,}", "_", text).strip("._-")
    if text.split(".")[0].casefold() in _RESERVED:
        text = "_" + text
    changed = not text or text != original or len(text.encode("utf-8")) > length
    if not changed:
        return text
    mark = hashlib.sha256(original.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    stem = text.encode("utf-8")[: length - 9].decode("utf-8", "ignore").rstrip("._-") or fallback
    return f"{stem}-{mark}"


def write_whole(path: str | os.PathLike[str], content: str | bytes) -> Path:
    r"""Write a file so that it is there whole or not at all.

    Parameters
    ----------
    path : path-like
        Where the file is to be; its folder is made when it is missing.
    content : str or bytes
        What to write; text is written as UTF-8 with ``\n`` line ends.

    Returns
    -------
    pathlib.Path
        The path written.

    Notes
    -----
    The content goes to a temporary file in the same folder, which is then renamed: a run that is interrupted
    leaves the old file or none, never half of one.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        umask = os.umask(0)
        os.umask(umask)
        os.chmod(temporary, 0o666 & ~umask)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return target
