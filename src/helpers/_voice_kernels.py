"""The compiled entry points: from code points to sentences, quotations, rows of voices and annotated spans.

Only these are kept on disk by numba; the rules they call are compiled into them. numba notices a change in the file
of an entry point but not in the files of what it calls, so the entries are made with a stamp of all those files.
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
        np.empty((2 * n, 7), np.int64),  # verbs of speech
        np.empty(n, np.uint8),  # verb here?
        np.empty(n, np.uint8),  # inside a quotation?
        np.empty(n, np.uint8),  # label
        np.empty(n, np.int64),  # verb whose subject speaks
        np.empty(n, np.int64),  # sentence of the token
        np.empty(n + 2, np.int64),  # first verb of the sentence
    )


@_jit
def _split(cps, lo, hi, chars, cues, work):
    """Tokens and sentences of a piece: how many there are of each."""
    wrapped = _tokens.is_hard_wrapped(cps, lo, hi, chars)
    n = _tokens.tokenize(cps, lo, hi, wrapped, chars, cues, work[0])
    return n, _tokens.split_sentences(work[0], n, cps[:hi], chars, work[1])


@_jit
def _pair(cps, lo, hi, chars, n, work):
    """Quotations of a piece in order of their opening marks: how many, and how many loose marks."""
    quotes = work[2]
    count, lost = _quotes.pair_quotes(work[0], n, cps[:hi], lo, chars, quotes, work[3])
    for i in range(1, count):  # nearly sorted: nested ones come before what holds them
        j = i
        while j > 0 and quotes[j - 1, _quotes.OPEN] > quotes[j, _quotes.OPEN]:
            for c in range(quotes.shape[1]):
                quotes[j - 1, c], quotes[j, c] = quotes[j, c], quotes[j - 1, c]
            j -= 1
    return count, lost


@_jit
def _label(cps, lo, hi, chars, cues, work):
    """Everything about the piece cps[lo:hi], into the work arrays: how many tokens."""
    tokens, sents, quotes, _, names, verbs, verb_at, inq, label, speaker, sent_of, vfirst = work
    n, m = _split(cps, lo, hi, chars, cues, work)
    n_quotes, _ = _pair(cps, lo, hi, chars, n, work)
    for t in range(n + 1):
        verb_at[t] = inq[t] = label[t] = 0
        speaker[t] = sent_of[t] = -1
    for q in range(n_quotes):
        if quotes[q, _quotes.DEPTH] == 1:
            for t in range(quotes[q, _quotes.OPEN], quotes[q, _quotes.CLOSE] + 1):
                inq[t] = 1
    for s in range(m):
        for t in range(sents[s, 0], sents[s, 1]):
            sent_of[t] = s
    n_names = _speakers.find_names(tokens, n, sents, m, names)
    n_verbs = _speech.find_verbs(tokens[:n], sents, m, inq, names, n_names, verbs, verb_at)
    _speech.mark_reported(tokens[:n], sents, inq, verbs, n_verbs, verb_at, label, speaker)
    _speech.mark_quotes(tokens[:n], sents, m, quotes, n_quotes, verbs, n_verbs, vfirst, label, speaker, sent_of, inq)
    return n


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
def _annotate_span(n, start, end, work, out):
    """Sentence, voice and speaker of one span; the voice of most of its characters."""
    tokens, sents, _, _, _, verbs, _, _, label, speaker, sent_of, _ = work
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


def _build(stamp: int) -> Any:
    """Compile the entry points; the stamp is part of what numba files them under."""
    keep = njit(cache=True, nogil=True)

    @keep
    def sentence_rows(cps, lo, hi, chars, cues):
        """Rows (start, end) of the sentences of a piece."""
        work = _workspace(hi - lo + stamp * 0)
        _n, m = _split(cps, lo, hi, chars, cues, work)
        rows = np.empty((m, 2), np.int64)
        for s in range(m):
            rows[s, 0] = work[0][work[1][s, 0], START]
            rows[s, 1] = work[0][work[1][s, 1] - 1, END]
        return rows

    @keep
    def quote_rows(cps, lo, hi, chars, cues):
        """Rows (start, end, depth, closed) of the quotations, and (start, end) of the loose marks."""
        work = _workspace(hi - lo + stamp * 0)
        tokens, quotes = work[0], work[2]
        n = _split(cps, lo, hi, chars, cues, work)[0]
        count, lost = _pair(cps, lo, hi, chars, n, work)
        loose = np.sort(work[3][:lost])
        rows = np.empty((lost, 2), np.int64)
        for i in range(lost):
            rows[i, 0], rows[i, 1] = tokens[loose[i], START], tokens[loose[i], END]
        return quotes[:count, _quotes.QSTART : _quotes.CLOSED + 1].copy(), rows

    @keep
    def voice_rows(cps, lo, hi, chars, cues):
        """Rows (start, end, voice, speaker start, speaker end) of what is not the narrator's."""
        work = _workspace(hi - lo + stamp * 0)
        n = _label(cps, lo, hi, chars, cues, work)
        tokens, label, speaker = work[0], work[8], work[9]
        rows = np.empty((n + 1, 5), np.int64)
        count, t = 0, 0
        while t < n:
            first = t
            t += 1
            if label[first] == 0 or tokens[first, KIND] == PARA:
                continue
            while t < n and label[t] == label[first] and speaker[t] == speaker[first] and tokens[t, KIND] != PARA:
                t += 1
            row = rows[count]
            row[0], row[1], row[2] = tokens[first, START], tokens[t - 1, END], label[first]
            row[3], row[4] = _speaker_span(tokens, work[5], speaker[first])
            count += 1
        return rows[:count].copy()

    @keep
    def annotate_pieces(cps, bounds, first_span, starts, ends, chars, cues, out):
        """Fill `out` for spans sorted by piece: piece i is cps[bounds[i]:bounds[i+1]]."""
        longest = stamp * 0
        for i in range(len(bounds) - 1):
            longest = max(longest, bounds[i + 1] - bounds[i])
        work = _workspace(longest)
        for i in range(len(bounds) - 1):
            if first_span[i + 1] > first_span[i]:
                n = _label(cps, bounds[i], bounds[i + 1], chars, cues, work)
                for k in range(first_span[i], first_span[i + 1]):
                    _annotate_span(n, starts[k], ends[k], work, out[k])

    return sentence_rows, quote_rows, voice_rows, annotate_pieces


def _stamp() -> int:
    """A checksum of every file that is compiled into the entry points."""
    modules = (_cues, _tokens, _quotes, _speakers, _speech)
    return zlib.crc32(b"".join(Path(module.__file__ or "").read_bytes() for module in modules))


sentence_rows, quote_rows, voice_rows, annotate_pieces = _build(_stamp())
