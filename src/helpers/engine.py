r"""The matcher: a compiled lexicon and one pass over the text's bytes.

This is the one place that says when a term matches; `text` uses the same definition of a word.

A **word** is a run of Unicode letters and digits with inner apostrophes, ``[^\W_]+(?:['’][^\W_]+)*``.
A **term** is one word or a phrase:

- letters match without regard to case, except that a letter written as a capital matches only a capital;
- ``*`` at a word's start or end stands for any run of letters and digits (not across an apostrophe), a lone
  ``*`` in a phrase for one whole word;
- between the words of a phrase may stand white space with at most one line break, or one hyphen or dash;
- straight and curly apostrophes are alike, and a possessive ``'s`` after the last word is left out of the
  match;
- of terms that overlap, the one that starts first wins, then the one that covers more text, then one without
  ``*``, then one with a capital, then the one that stands first in the lexicon.

Letters are folded one by one with `str.lower` where that gives one character, so ``İ`` and ``ß`` stay as they
are. Combining marks are not letters.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from helpers import _scan

WORD_PATTERN = r"[^\W_]+(?:['’][^\W_]+)*"
_TERM_PART = re.compile(rf"(\**)({WORD_PATTERN})(\**)|\*+")
_ASTRAY = re.compile(r"(?<=[^\W_])['’]?\*+['’]?(?=[^\W_])|(?<=[^\W_])['’]\*|\*['’](?=[^\W_])")
_LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028"
_PARAGRAPH = "\u2029"
_DASHES = "-‐‑–—"
_TASK_BYTES = 1 << 20  # the smallest piece of work worth a thread
_MOST_TASK_BYTES = 4 << 20  # what is found in one piece of work stays in the processor's cache
_MOST_INNER = 1000  # words within phrases beyond which it costs more to look at the next word than it saves
_PIECE_BYTES = 32 << 20  # lists of str are turned into bytes in pieces of about this size


@dataclass(frozen=True)
class CompiledTerms:
    """A lexicon's terms, ready to scan with; made by `compile_terms`.

    Attributes
    ----------
    terms : tuple of str
        The terms as given; a hit's ``term`` is a place in this tuple.
    """

    terms: tuple[str, ...]
    tables: _scan.Tables
    rank_term: np.ndarray

    def __reduce__(self):
        """Pickle as the terms alone: small, and independent of this version's tables."""
        return compile_terms, (self.terms,)

    def __repr__(self) -> str:
        return f"CompiledTerms({len(self.terms)} terms)"


@dataclass(frozen=True)
class Hits:
    """What `scan` found.

    Attributes
    ----------
    words : numpy.ndarray of int64
        Words of each text.
    doc, start, end, term : numpy.ndarray of int64
        One entry per hit, in the order of the texts and of the places in them: number of the text, offsets in
        characters, number of the term.
    """

    words: np.ndarray
    doc: np.ndarray
    start: np.ndarray
    end: np.ndarray
    term: np.ndarray

    def __len__(self) -> int:
        return len(self.doc)


@cache
def _characters() -> np.ndarray:
    """Return small letter and kind of every character, by code point, as the scanner wants them."""
    every = np.arange(0x110000, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    kinds = np.full(0x110000, _scan.OTHER, np.int32)
    for run in re.finditer(r"[^\W_]+", every):
        kinds[run.start() : run.end()] = _scan.WORD
    for run in re.finditer(r"\s+", every):
        kinds[run.start() : run.end()] = _scan.SPACE
    for characters, kind in [
        ("'’", _scan.APOSTROPHE),
        (_DASHES, _scan.DASH),
        (_LINE_BREAKS, _scan.LINE_BREAK),
        (_PARAGRAPH, _scan.PARAGRAPH),
    ]:
        kinds[[ord(c) for c in characters]] = kind
    small = np.arange(0x110000, dtype=np.int32)
    for code, character in enumerate(every[:0x20000]):  # no script with capitals lies beyond
        lower = character.lower()
        if lower != character and len(lower) == 1:
            small[code] = ord(lower)
    small[ord("’")] = ord("'")
    return small << _scan.KIND_BITS | kinds


def _fold(word: str) -> tuple[str, tuple[int, ...]]:
    """Return the folded word and the places of its capitals."""
    folded = word.lower().replace("’", "'")
    if not word.isascii():
        small = (c.lower() for c in word)
        folded = "".join(s if len(s) == 1 else c for s, c in zip(small, word, strict=True)).replace("’", "'")
    if folded == word:
        return folded, ()
    return folded, tuple(i for i, (a, b) in enumerate(zip(word, folded, strict=True)) if a != b and a != "’")


def _parse(term: str) -> list[tuple[int, str, tuple[int, ...]] | None]:
    """Split a term into its words as (form, folded letters, places of capitals); None is a lone ``*``."""
    if not isinstance(term, str):
        raise TypeError(f"term {term!r} is {type(term).__name__}; write it as text")
    if "*" in term and _ASTRAY.search(term):
        raise ValueError(f"term {term!r}: * may stand only at the start or the end of a word, or alone")
    parts: list[tuple[int, str, tuple[int, ...]] | None] = []
    for match in _TERM_PART.finditer(term):
        before, word, after = match.groups()
        if word is None:
            parts.append(None)
            continue
        form = {
            (False, False): _scan.LITERAL,
            (False, True): _scan.STEM,
            (True, False): _scan.SUFFIX,
            (True, True): _scan.INFIX,
        }[bool(before), bool(after)]
        parts.append((form, *_fold(word)))
    if not any(parts):
        raise ValueError(f"term {term!r} has no word in it; write at least one letter or digit")
    return parts


def compile_terms(terms: Sequence[str]) -> CompiledTerms:
    """Compile terms for `scan`.

    Parameters
    ----------
    terms : sequence of str
        Words, words with ``*``, phrases; see the module's text for how they match. Their order decides
        between terms that are otherwise equal.

    Returns
    -------
    CompiledTerms
        Holds the terms and their tables; can be used from several threads and pickled.

    Raises
    ------
    ValueError
        A term has no word in it, or a ``*`` inside a word.
    TypeError
        A term is not text.

    Examples
    --------
    >>> compile_terms(["regime", "authoritarian*", "client state"])
    CompiledTerms(3 terms)
    """
    terms = tuple(terms)
    parsed = [_parse(term) for term in terms]
    wild = np.array([any(p is None or p[0] != _scan.LITERAL for p in parts) for parts in parsed], bool)
    bound = np.array([any(p is not None and p[2] for p in parts) for parts in parsed], bool)
    rank_term = np.lexsort((np.arange(len(terms)), ~bound, wild))
    patterns: dict[tuple[int, str, tuple[int, ...]], int] = {}
    singles: dict[int, int] = {}
    phrases: dict[tuple[int, ...], int] = {}
    for rank, term in enumerate(rank_term.tolist()):
        symbols = tuple(
            _scan.ANY_WORD if part is None else patterns.setdefault(part, len(patterns)) + 1
            for part in parsed[term]
        )
        if len(symbols) == 1:
            singles.setdefault(symbols[0] - 1, rank)
        else:
            phrases.setdefault(symbols, rank)
    return CompiledTerms(terms, _tables(patterns, singles, phrases), rank_term)


def _tables(patterns: dict, singles: dict, phrases: dict) -> _scan.Tables:
    """Lay the parsed lexicon out in arrays."""
    n = len(patterns)
    form = np.array([p[0] for p in patterns], np.uint8)
    roots = np.array([_scan.FORWARD, _scan.FORWARD, _scan.BACKWARD, _scan.ANYWHERE], np.int32)[form]
    spelled = [word[::-1] if f == _scan.SUFFIX else word for f, word, _ in patterns]
    letters = np.frombuffer("".join(spelled).encode("utf-32-le"), "<i4")
    phrase_symbols = np.array([s for symbols in phrases for s in symbols], np.int32)
    lengths = [len(word) for word in spelled] + [len(symbols) for symbols in phrases]
    symbols = np.concatenate([letters, phrase_symbols]).astype(np.int64)
    trie = np.empty(1 << max(4, (2 * len(symbols)).bit_length()), _scan.BRANCH)
    trie["key"], trie["pattern"], trie["phrase"] = -1, -1, _scan.NO_TERM
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    roots = np.concatenate([roots, np.full(len(phrases), _scan.PHRASES)]).astype(np.int64)
    ends = _fill_trie(symbols, bounds, roots, trie)
    trie["phrase"][ends[n:]] = list(phrases.values())
    table = np.zeros(n, _scan.PATTERN)
    table["form"] = form
    table["single"] = _scan.NO_TERM
    table["single"][list(singles)] = list(singles.values())
    table["in_phrase"][phrase_symbols[phrase_symbols > 0] - 1] = 1
    firsts = np.array([symbols[0] for symbols in phrases], np.int32)
    table["in_phrase"][firsts[firsts > 0] - 1] = 3
    table["caps_to"] = np.cumsum([len(capitals) for _, _, capitals in patterns])
    table["caps_from"][1:] = table["caps_to"][:-1]
    for p, branch in enumerate(ends[:n].tolist()):
        table["next"][p], trie["pattern"][branch] = trie["pattern"][branch], p
    spellings = [(form, word, 0 in capitals) for form, word, capitals in patterns]
    opening = set(singles) | {symbols[0] - 1 for symbols in phrases} - {-1}
    inner = {symbol - 1 for symbols in phrases for symbol in symbols[1:]} - {-1}
    opening_flags, opening_filter = _filter([spellings[p] for p in opening])
    inner_flags, inner_filter = _filter([spellings[p] for p in inner])
    # What the next word cannot rule out: terms by themselves, and words that a phrase goes on from with a lone `*`.
    alone = set(singles) | {symbols[0] - 1 for symbols in phrases if symbols[1] == _scan.ANY_WORD} - {-1}
    alone_flags, alone_filter = _filter([spellings[p] for p in alone])
    star_first = any(symbols[0] == _scan.ANY_WORD for symbols in phrases)
    blind = len(inner) > _MOST_INNER  # a look at the next word is of use where few words go on with a phrase
    return _scan.Tables(
        characters=_characters(),
        trie=trie,
        patterns=table,
        caps=np.array([i for _, _, capitals in patterns for i in capitals], np.int32),
        opening=opening_filter,
        inner=inner_filter,
        alone=alone_filter,
        opening_flags=opening_flags | _scan.EVERY_WORD * star_first,
        inner_flags=inner_flags,
        alone_flags=alone_flags | _scan.EVERY_WORD * blind,
        widest=len(phrase_symbols),
        star_first=int(star_first),
    )


def _fill_trie(symbols: np.ndarray, bounds: np.ndarray, roots: np.ndarray, trie: np.ndarray) -> np.ndarray:
    """Enter sequences of symbols into an empty trie, all of them one symbol deeper each time; tell their ends."""
    keys, node, length = trie["key"], roots.copy(), np.diff(bounds)
    order = np.argsort(-length, kind="stable")  # those that go on stand before those that have ended
    for depth in range(int(length.max(initial=0))):
        going = order[: np.count_nonzero(length > depth)]
        wanted, which = np.unique(node[going] << 24 | symbols[bounds[going] + depth], return_inverse=True)
        slots = _home(wanted, len(keys))
        left = np.arange(len(wanted))  # places that are taken are tried one after the other, as `_child` does
        while len(left):
            free = left[keys[slots[left]] < 0]
            keys[slots[free]] = wanted[free]  # of several for one place the last gets it
            left = left[keys[slots[left]] != wanted[left]]
            slots[left] = slots[left] + 1 & len(keys) - 1
        node[going] = slots[which] + 4
    return node - 4


def _home(keys: np.ndarray, size: int) -> np.ndarray:
    """Where a branch of the trie stands if the place is free; the same as `_scan._place`."""
    return (keys.astype(np.uint64) * _scan.MIX >> np.uint64(20)).astype(np.int64) & (size - 1)


def _filter(spellings: list[tuple[int, str, bool]]) -> tuple[int, np.ndarray]:
    """Make the flags and bitmaps by which words that no given pattern fits are mostly passed over.

    A pattern is given by its form, its folded letters, and whether its first letter must be a capital. A word
    with a character beyond ASCII among the bytes looked at always passes, so only plain letters are entered.
    """
    first2, last2, first4, capital4 = set(), set(), set(), set()
    next_letter = [*"abcdefghijklmnopqrstuvwxyz0123456789'", ""]
    flags = 0
    for form, word, capital in spellings:
        head, final = word[:4], word[-2:]
        heads = capital4 if capital else first4
        if form == _scan.INFIX:
            flags |= _scan.INFIXES | _scan.EVERY_WORD
        elif form == _scan.SUFFIX:
            flags |= _scan.SUFFIXES
            last2.update(
                ["'s", final] if len(final) == 2 else ["'s", final, *(chr(c) + final for c in range(128))]
            )
        elif form == _scan.LITERAL:
            heads.update([head, (head + "'s")[:4]])
        elif len(head) <= 2:
            flags |= _scan.SHORT_STEMS
            first2.update([head] if len(head) == 2 else [head, *(head + chr(c) for c in range(128))])
        else:
            heads.update([head] if len(head) == 4 else [head + letter for letter in next_letter])
    small, capitals = _as_numbers(first4), _as_numbers(first4 | capital4)
    letters = (capitals & np.uint64(0xFF)) >= np.uint64(ord("a"))
    either = np.concatenate([small, capitals[letters] - np.uint64(32)])  # names let no small letter through
    n_words = 1 << max(12, (16 * len(first4 | capital4)).bit_length() - 6)
    hashed = either * _scan.MIX >> np.uint64(40) & np.uint64(64 * n_words - 1)
    bitmaps = [
        _bitmap(_as_numbers(first2), 1024),
        _bitmap(_as_numbers(last2), 1024),
        _bitmap(hashed, n_words),
    ]
    return flags, np.concatenate(bitmaps)


def _as_numbers(strings: Iterable[str]) -> np.ndarray:
    """Read up to four folded ASCII characters as a number, the first one lowest, as the scanner does."""
    plain = [s for s in strings if s.isascii()]
    return np.array([int.from_bytes(bytes(b | 32 for b in s.encode()), "little") for s in plain], np.uint64)


def _bitmap(bits: np.ndarray, n_words: int) -> np.ndarray:
    bitmap = np.zeros(n_words, np.uint64)
    np.bitwise_or.at(bitmap, (bits >> np.uint64(6)).astype(np.int64), np.uint64(1) << (bits & np.uint64(63)))
    return bitmap


def scan(texts: Any, compiled: CompiledTerms, *, threads: int | None = None) -> Hits:
    """Count the words of texts and find every place where a term stands.

    Parameters
    ----------
    texts : Series, list of str, pyarrow Array or ChunkedArray, or one str
        The texts. Arrow-backed Series and arrays are read where they lie, without a copy.
    compiled : CompiledTerms
        From `compile_terms`.
    threads : int, optional
        Threads to use; by default one per processor that this process may use. The result does not depend
        on it.

    Returns
    -------
    Hits
        Words of each text, and document, start, end (in characters) and term of each hit.

    Raises
    ------
    ValueError
        A text is missing; the message names its row.
    TypeError
        A text is not text.

    Examples
    --------
    >>> hits = scan(["The regime’s tax regime."], compile_terms(["regime", "tax regime"]))
    >>> hits.words, hits.start, hits.end, hits.term
    (array([4]), array([ 4, 13]), array([10, 23]), array([0, 1]))
    """
    return _run(texts, compiled, True, threads)


def count_words(texts: Any, *, threads: int | None = None) -> np.ndarray:
    """Count the words of each text.

    Parameters
    ----------
    texts, threads
        As for `scan`.

    Returns
    -------
    numpy.ndarray of int64
        Number of words of each text.

    Examples
    --------
    >>> count_words(["Moscow's regime-backed militia", ""])
    array([4, 0])
    """
    return _run(texts, compile_terms(()), False, threads).words


def _run(texts: Any, compiled: CompiledTerms, matching: bool, threads: int | None) -> Hits:
    threads = threads or _processors()
    if threads < 1:
        raise ValueError(f"threads={threads}; give a whole number of at least 1")
    tasks = (task for data, offsets in _pieces(texts) for task in _split(data, offsets, threads))

    def run(task: _Task) -> tuple[np.ndarray, ...]:
        data, offsets, longest, memos = task
        try:
            memo = memos.pop()
        except IndexError:
            memo = _scan.new_memo(compiled.tables, longest)
        words, found, places = _scan.scan_documents(data, offsets, compiled.tables, memo, matching)
        memos.append(memo)
        small = (
            np.int32 if longest < 1 << 31 else np.int64
        )  # what waits for the other tasks takes half the memory
        start, end, rank = places.T.astype(small)
        return words, found, start, end, compiled.rank_term[rank].astype(np.int32)

    if threads == 1:
        done = [run(task) for task in tasks]
    else:
        with ThreadPoolExecutor(threads) as pool:
            done = list(_map_bounded(pool, run, tasks, 2 * threads))
    if not done:
        return Hits(*(np.empty(0, np.int64) for _ in range(5)))
    words, found, *places = (np.concatenate(columns, dtype=np.int64) for columns in zip(*done, strict=True))
    return Hits(words, np.repeat(np.arange(len(found)), found), *places)


def _map_bounded(pool: ThreadPoolExecutor, function: Any, items: Iterable, ahead: int) -> Iterator:
    """Map in order, taking only a few items ahead of the results, so that few lie in memory at a time."""
    waiting: list = []
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) >= ahead:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


_most_threads: int | None = None


def use_threads(number: int | None) -> None:
    """Set how many threads `scan` uses in this process where it is not told.

    Parameters
    ----------
    number : int or None
        A number of threads; None for one per processor. Worker processes that share a machine use one each.
    """
    global _most_threads
    _most_threads = number


def _processors() -> int:
    if _most_threads:
        return _most_threads
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# A piece of work: the bytes, the offsets of its documents, the length of the longest document that lies in these
# bytes, and memos of these bytes that no thread is using. Tasks hold all documents, in order.
_Task = tuple[np.ndarray, np.ndarray, int, list[_scan.Memo]]


def _split(data: np.ndarray, offsets: np.ndarray, threads: int) -> Iterator[_Task]:
    """Divide documents into tasks of about equal size, some for each thread, none needlessly small or large."""
    total = int(offsets[-1] - offsets[0])
    size = min(max(_TASK_BYTES, -(-total // (4 * threads))), _MOST_TASK_BYTES)
    cuts = np.searchsorted(offsets, offsets[0] + np.arange(1, max(1, total // size)) * size)
    longest, memos = int(np.diff(offsets).max(initial=1)), []
    for a, b in zip([0, *cuts], [*cuts, len(offsets) - 1], strict=True):
        if b > a:
            yield data, offsets[a : b + 1], longest, memos


def _pieces(texts: Any) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Turn any form of texts into runs of documents: UTF-8 bytes, and offsets into them."""
    if isinstance(texts, str):
        texts = [texts]
    if isinstance(texts, pd.Series) and isinstance(texts.dtype, pd.StringDtype | pd.ArrowDtype):
        texts = pa.chunked_array(texts.array.__arrow_array__())
    if isinstance(texts, pa.Array):
        texts = pa.chunked_array([texts])
    if isinstance(texts, pa.ChunkedArray):
        yield from _arrow_pieces(texts)
    else:
        yield from _list_pieces(texts)


def _arrow_pieces(texts: pa.ChunkedArray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    first = 0
    for chunk in texts.chunks:
        if chunk.null_count:
            row = first + chunk.is_null().to_numpy(zero_copy_only=False).argmax()
            raise ValueError(f"the text in row {row} is missing; leave the row out or give it a text")
        kind = chunk.type.value_type if pa.types.is_dictionary(chunk.type) else chunk.type
        if not (pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)):
            raise TypeError(f"the texts are {kind}; give strings")
        if not (pa.types.is_string(chunk.type) or pa.types.is_large_string(chunk.type)):
            chunk = chunk.cast(pa.large_string())
        _, at, data = chunk.buffers()
        width = np.int32 if pa.types.is_string(chunk.type) else np.int64
        if len(chunk):
            offsets = np.frombuffer(at, width)[chunk.offset : chunk.offset + len(chunk) + 1].astype(np.int64)
            yield _read_only(data), offsets
        first += len(chunk)


def _read_only(data: pa.Buffer | bytes | None) -> np.ndarray:
    """View bytes as an array that cannot be written to: one type of array, so numba compiles once."""
    array = np.frombuffer(data or b"", np.uint8)
    array.flags.writeable = False
    return array


def _list_pieces(texts: Iterable) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Encode strings piece by piece, so that no second copy of all of them is made."""
    encoded: list[bytes] = []
    size = 0
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            if text is None or text is pd.NA or text is pd.NaT or text != text:
                raise ValueError(f"the text in row {row} is missing; leave the row out or give it a text")
            raise TypeError(f"the text in row {row} is {type(text).__name__}; give a string")
        encoded.append(text.encode("utf-8", "surrogatepass"))
        size += len(encoded[-1])
        if size >= _PIECE_BYTES:
            yield _joined(encoded)
            encoded, size = [], 0
    if encoded:
        yield _joined(encoded)


def _joined(encoded: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    offsets = np.concatenate([[0], np.cumsum([len(text) for text in encoded])]).astype(np.int64)
    return _read_only(b"".join(encoded)), offsets
