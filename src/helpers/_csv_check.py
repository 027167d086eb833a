"""Check a table's quotation marks before it is read: one that is never closed would swallow the rows behind it.

Table readers forgive too much here. After a mark that opens a cell and is never closed, the rest of the file
becomes one text; a mark that closes a cell in the middle of a text is dropped. Both alter articles without a word.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_BLOCK = 1 << 20
_SHOWN = 40
# What a cell in quotation marks holds: anything, a mark in it doubled.
_INSIDE = re.compile(rb'[^"]*+(?:""[^"]*+)*+')
_CLOSING = re.compile(rb'" *+')  # the mark that closes a cell; blanks behind it do no harm
_LINE_END = re.compile(rb"\r\n|\n|\r")
# Codecs in which these marks are the bytes of ASCII, so that bytes can be searched as they are.
_AS_ASCII = re.compile(r"utf[-_]?8|ascii|latin|iso[-_]?8859|cp125|windows", re.I)
_REMEDY = (
    'Within a cell that stands in quotation marks, double each mark of the text (""). If marks mean nothing special '
    "in this file, read it as read_articles(pandas.read_csv(path, sep={!r}, quoting=3))"
)


def check_quotation(path: Path, blocks: Iterable[bytes], codec: str, delimiter: str) -> None:
    r"""Refuse a table in which a quotation mark opens a cell and does not close it properly.

    Parameters
    ----------
    path : pathlib.Path
        The file's name, for the message.
    blocks : iterable of bytes
        The file's content, in order.
    codec : str
        Its encoding.
    delimiter : str
        What separates cells: one ASCII character.

    Raises
    ------
    ValueError
        If a mark that opens a cell is never closed, or text follows where it closes; names the line.

    Examples
    --------
    >>> check_quotation(Path("a.csv"), [b'text\n"He said ""no""."\n'], "utf-8", ",")
    >>> check_quotation(Path("a.csv"), [b'text\n"The regime fell.\n'], "utf-8", ",")
    Traceback (most recent call last):
    ValueError: a.csv: the quotation mark in line 2, before 'The regime fell.', is never closed...
    """
    scan = _Scan(path, delimiter)
    for block in _as_ascii(blocks, codec):
        scan.feed(block)
    scan.end()


def _as_ascii(blocks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Give the content in an encoding in which quotation marks, delimiters and line ends are single bytes."""
    if _AS_ASCII.match(codec):
        yield from blocks
        return
    decoder = codecs.getincrementaldecoder(codec)(errors="replace")
    for block in blocks:
        yield decoder.decode(block).encode("utf-8", "replace")


class _Scan:
    """Where in a table the marks open and close cells; fed with blocks cut anywhere."""

    def __init__(self, path: Path, delimiter: str):
        self._path, self._delimiter = path, delimiter
        self._ends = {b"\n", b"\r", delimiter.encode()}
        self._rest, self._last, self._first = b"", b"", True
        self._feeds = self._returns = 0
        self._open: tuple[int, bytes] | None = None  # line and first words of the cell that is open

    def feed(self, block: bytes) -> None:
        """Read on; the last bytes wait where what follows decides what they mean."""
        data = self._rest + block
        if self._first and data:
            data, self._first = data.removeprefix(codecs.BOM_UTF8), False
        self._rest = self._read(data, final=False)

    def end(self) -> None:
        """Read what waits, and refuse a cell that is open."""
        self._read(self._rest, final=True)
        if self._open is not None:
            self._fail("is never closed, so that all rows behind it would be one text")

    def _read(self, data: bytes, final: bool) -> bytes:
        """Read what can be told; return the bytes that must wait."""
        at = 0
        while at < len(data):
            if self._open is None:
                at = self._outside(data, at)
                continue
            stop = _INSIDE.match(data, at).end()  # type: ignore[union-attr]
            self._pass(data, at, stop)
            if stop == len(data):
                break
            behind = _CLOSING.match(data, stop).end()  # type: ignore[union-attr]
            if behind == len(data) and not final:
                return data[stop:]  # the mark may be the first of two
            if behind < len(data) and data[behind : behind + 1] not in self._ends:
                words = _show(data[stop + 1 : stop + 1 + 4 * _SHOWN])
                self._fail(f"is closed in line {self._at_line():,}, but {words} follows in the same cell")
            self._open, self._last, at = None, b'"', stop + 1
        return b""

    def _outside(self, data: bytes, at: int) -> int:
        """Go to behind the next mark, or to the end; a mark opens a cell only where a cell begins."""
        found = data.find(b'"', at)
        stop = len(data) if found < 0 else found
        self._pass(data, at, stop)
        if found < 0:
            return stop
        if self._last == b"" or self._last in self._ends:
            self._open = self._at_line(), data[found + 1 : found + 1 + 4 * _SHOWN]
        self._last = b'"'
        return found + 1

    def _pass(self, data: bytes, start: int, stop: int) -> None:
        """Count the lines of what was read, and remember its last byte."""
        if stop > start:
            self._feeds += data.count(b"\n", start, stop)
            self._returns += data.count(b"\r", start, stop)
            self._last = data[stop - 1 : stop]

    def _at_line(self) -> int:
        return 1 + max(self._feeds, self._returns)  # old files end lines by returns alone

    def _fail(self, what: str) -> None:
        line, words = self._open or (self._at_line(), b"")
        raise ValueError(
            f"{self._path}: the quotation mark in line {line:,}, before {_show(words)}, {what}. "
            + _REMEDY.format(self._delimiter)
        )


def _show(words: bytes) -> str:
    text = _LINE_END.split(words, maxsplit=1)[0].decode("utf-8", "replace")
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")
