"""The compiled entry point: from code points to sentences, quotations, rows of voices and annotated spans.

Only it is kept on disk by numba; the rules it calls are compiled into it. numba notices a change in the file of
an entry point but not in the files of what it calls, so the entry is made with a stamp of all those files.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from helpers import _cues, _quotes, _speakers, _speech, _tokens
from helpers._tokens import END, KIND, PARA, START, _jit


def tables() -> tuple[np.ndarray, np.ndarray]:
    """Give the two tables every kernel reads: classes of characters, and cue words."""
    return _tokens.char_table(), _cues.cue_table()


@_jit
def _workspace(size):
    """Arrays for a piece of at most `size` characters, used again for every text of a batch."""
    n = size + 2
    return (
        np.empty((n, 6), np.int64),  # tokens
        np.empty((n, 2), np.int64),  # sentences
        np.empty((n, 7), np.int64),  # quotations
        np.empty(2 * n, np.int64),  # marks without a partner
        np.empty((n, 6), np.int64),  # names
        np.empty((2 * n, 9), np.int64),  # verbs of speech
        np.empty((5, n), np.int64),  # verb here? in a quotation? label, verb whose subject speaks, sentence
        np.empty(n + 2, np.int64),  # first verb of the sentence
    )


@_jit
def _speaker_span(tokens, verbs, who):
    if who < 0 or verbs[who, _speakers.V_A] < 0:
        return -1, -1
    return tokens[verbs[who, _speakers.V_A], START], tokens[verbs[who, _speakers.V_B] - 1, END]


@_jit
def _token_at(tokens, n, place):
    """The first token that ends after the place."""
    lo, hi = 0, n
    while lo < hi:
        mid = (lo + hi) // 2
        if tokens[mid, END] <= place:
            lo = mid + 1
        else:
            hi = mid
    return lo


@_jit
def _annotate_span(tokens, n, sents, verbs, label, speaker, sent_of, start, end, out):
    """Sentence, voice and speaker of one span; the voice of most of its characters."""
    out[0], out[1], out[2], out[3], out[4] = start, end, 0, -1, -1
    t = _token_at(tokens, n, start)
    if t >= n:
        return
    if sent_of[t] >= 0:
        out[0] = min(start, tokens[sents[sent_of[t], 0], START])
        out[1] = max(end, tokens[sents[sent_of[t], 1] - 1, END])
    w0, w1, w2, w3 = 0, 0, 0, 0
    u = t
    while u < n and tokens[u, START] < end:
        size = min(tokens[u, END], end) - max(tokens[u, START], start)
        w0 += size * (label[u] == 0)
        w1 += size * (label[u] == 1)
        w2 += size * (label[u] == 2)
        w3 += size * (label[u] == 3)
        u += 1
    most = max(w0, w1, w2, w3)
    if w0 == most:
        return
    voice = 1 if w1 == most else 2 if w2 == most else 3
    while t < u - 1 and label[t] != voice:
        t += 1
    out[2] = voice
    out[3], out[4] = _speaker_span(tokens, verbs, speaker[t])


@_jit
def _voice_rows(tokens, n, verbs, label, speaker):
    """Rows (start, end, voice, speaker start, speaker end) of what is not the narrator's."""
    rows = np.empty((n + 1, 5), np.int64)
    count, t = 0, 0
    while t < n:
        first = t
        t += 1
        if label[first] == 0 or tokens[first, KIND] == PARA:
            continue
        while t < n and label[t] == label[first] and speaker[t] == speaker[first] and tokens[t, KIND] != PARA:
            t += 1
        rows[count, 0], rows[count, 1], rows[count, 2] = (
            tokens[first, START],
            tokens[t - 1, END],
            label[first],
        )
        rows[count, 3], rows[count, 4] = _speaker_span(tokens, verbs, speaker[first])
        count += 1
    return rows[:count].copy()


@_jit
def _edges(tokens, first, last, count):
    """Rows (start, end) of token ranges whose last token is included."""
    rows = np.empty((count, 2), np.int64)
    for i in range(count):
        rows[i, 0], rows[i, 1] = tokens[first[i], START], tokens[last[i], END]
    return rows


def _build(stamp: int) -> Any:
    """Compile the entry point; the stamp is part of what numba files it under."""

    @njit(cache=True, nogil=True)
    def analyse(cps, bounds, first_span, starts, ends, chars, cues, out):
        """Read the pieces cps[bounds[i]:bounds[i+1]] and fill `out` for the spans of each.

        Returns the tables of the last piece: sentences (start, end), quotations (as in `_quotes`), loose marks
        (start, end), voices (start, end, voice, speaker start, speaker end). One function does it all because
        numba compiles every rule again into each entry point.
        """
        longest = stamp * 0
        for i in range(len(bounds) - 1):
            longest = max(longest, bounds[i + 1] - bounds[i])
        tokens, sents, quotes, loose, names, verbs, flags, vfirst = _workspace(longest)
        verb_at, inq, label, speaker, sent_of = flags[0], flags[1], flags[2], flags[3], flags[4]
        n = m = n_quotes = lost = stamp * 0
        n_verbs = stamp * 0
        for i in range(len(bounds) - 1):
            if first_span[i + 1] == first_span[i] and len(out):
                continue
            lo, hi = bounds[i], bounds[i + 1]
            wrapped = _tokens.is_hard_wrapped(cps, lo, hi, chars)
            n = _tokens.tokenize(cps, lo, hi, wrapped, chars, cues, tokens)
            m = _tokens.split_sentences(tokens, n, cps[:hi], chars, sents)
            n_quotes, lost = _quotes.pair_quotes(tokens, n, cps[:hi], lo, chars, quotes, loose)
            _quotes.sort_quotes(quotes, n_quotes)
            _quotes.mark_tokens(tokens, n, sents, m, quotes, n_quotes, flags)
            n_names = _speakers.find_names(tokens, n, sents, m, names)
            n_verbs = _speech.find_verbs(tokens[:n], sents, m, inq, names, n_names, verbs, verb_at)
            _speech.mark_reported(tokens[:n], sents, inq, verbs, n_verbs, verb_at, label, speaker)
            _speech.mark_quotes(
                tokens[:n], sents, m, quotes, n_quotes, verbs, n_verbs, vfirst, label, speaker, sent_of, inq
            )
            for k in range(first_span[i], first_span[i + 1]):
                _annotate_span(tokens, n, sents, verbs, label, speaker, sent_of, starts[k], ends[k], out[k])
        loose[:lost].sort()
        return (
            _edges(tokens, sents[:, 0], sents[:, 1] - 1, m),
            quotes[:n_quotes].copy(),
            _edges(tokens, loose, loose, lost),
            _voice_rows(tokens, n, verbs, label, speaker) if len(out) == 0 else np.empty((0, 5), np.int64),
        )

    return analyse


def read(cps: np.ndarray, lo: int, hi: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sentences, quotations, loose marks and voices of one piece (see `analyse`)."""
    none = np.zeros(2, dtype=np.int64)
    bounds = np.array([lo, hi], dtype=np.int64)
    return analyse(cps, bounds, none, none[:0], none[:0], *tables(), np.zeros((0, 5), dtype=np.int64))


def _stamp() -> int:
    """A checksum of every file that is compiled into the entry points."""
    modules = (_cues, _tokens, _quotes, _speakers, _speech)
    return zlib.crc32(b"".join(Path(module.__file__ or "").read_bytes() for module in modules))


analyse = _build(_stamp())
