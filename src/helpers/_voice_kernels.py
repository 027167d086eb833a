"""The rules about voices as one: from code points to sentences, quotations, rows of voices and annotated spans.

What stands below `_RULES` is ordinary Python; what stands above and in the modules named there is compiled by `_native`.
"""

from __future__ import annotations

import sys
from math import prod
from typing import NamedTuple

import numpy as np

from helpers import _clauses, _cues, _quoted, _quotes, _reported, _speakers, _speech, _tokens
from helpers._native import Native
from helpers._tokens import DQ, END, KIND, LOW, NEWLINE, OTHER, PARA, RSQ, SPACE, SQ, START

# Characters that are read beyond the paragraph of the last span: more than `_speakers.AHEAD` words mostly take.
BEYOND = 450
# Characters read beyond a paragraph that is read alone: more than the words mostly take that `_reported` looks past its end.
BESIDE = 75


def tables() -> tuple[np.ndarray, np.ndarray]:
    """Give the two tables every kernel reads: classes of characters, and cue words."""
    return _tokens.char_table(), _cues.cue_table()


class Room(NamedTuple):
    """Tables for a piece, used again for every piece of a batch."""

    tokens: np.ndarray
    sents: np.ndarray
    quotes: np.ndarray
    loose: np.ndarray  # marks without a partner
    names: np.ndarray
    verbs: np.ndarray  # verbs of speech
    flags: np.ndarray  # verb here? in a quotation? label, verb whose subject speaks, sentence
    vfirst: np.ndarray  # first verb of the sentence

    @classmethod
    def of(cls, size: int) -> Room:
        """Room for a piece of at most `size` characters; memory is taken only as far as it is written to.

        What stands there is anything: every rule reads only what was written for the piece at hand.
        """
        n = size + 2
        shapes = (n, 6), (n, 2), (n, 7), (2 * n,), (n, 6), (2 * n, 9), (5, n), (n + 2,)
        ends = np.cumsum([prod(shape) for shape in shapes])
        whole = np.empty(
            ends[-1], dtype=np.int64
        )  # in one block, memory is kept for the next room rather than given back
        parts = np.split(whole, ends[:-1])
        return cls(*(part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)))


def _speaker_span(tokens, verbs, who):
    if who < 0 or verbs[who, _speakers.V_A] < 0:
        return -1, -1
    return tokens[verbs[who, _speakers.V_A], START], tokens[verbs[who, _speakers.V_B] - 1, END]


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


def _annotate_span(tokens, n, sents, verbs, label, speaker, sent_of, start, end, out, k):
    """Sentence, voice and speaker of one span; the voice of most of its characters."""
    out[k, 0], out[k, 1], out[k, 2], out[k, 3], out[k, 4] = start, end, 0, -1, -1
    t = _token_at(tokens, n, start)
    if t >= n:
        return
    if sent_of[t] >= 0:
        out[k, 0] = min(start, tokens[sents[sent_of[t], 0], START])
        out[k, 1] = max(end, tokens[sents[sent_of[t], 1] - 1, END])
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
    out[k, 2] = voice
    out[k, 3], out[k, 4] = _speaker_span(tokens, verbs, speaker[t])


def _line_at(lines, place):
    """The number of the first line feed at or after the place."""
    low, high = 0, len(lines)
    while low < high:
        middle = (low + high) // 2
        if lines[middle] < place:
            low = middle + 1
        else:
            high = middle
    return low


def _stop(lines, line, end, hi):
    """Where reading may stop if nobody asks beyond `end`: a line feed well after its paragraph, or hi."""
    while line < len(lines) and lines[line] < end:
        line += 1
    if line < len(lines):
        end = lines[line] + BEYOND
        while line < len(lines) and lines[line] < end:
            line += 1
    return min(lines[line] + 1, hi) if line < len(lines) else hi


def _settled(tokens, n, quotes, n_quotes, lost, end):
    """The end of the paragraph of `end`, as a token, if nothing after the n tokens read can change what stands before; else -1.

    What is read must hold all names that may explain a shorter one, and no quotation may be open or in doubt.
    """
    t = _token_at(tokens, n, end)
    while t < n and not (tokens[t, KIND] == PARA and tokens[t, START] >= end):
        t += 1
    if lost or t + _speakers.AHEAD + 1 >= n:
        return -1
    for q in range(n_quotes):
        if quotes[q, _quotes.OPEN] < t and quotes[q, _quotes.DEPTH] == 1:
            carried = quotes[q, _quotes.CARRIED] and (q + 1 >= n_quotes or quotes[q + 1, _quotes.OPEN] > t)
            if carried or quotes[q, _quotes.CLOSE] >= t:
                return -1
    return t


def _read_marks(cps, lo, hi, wrapped, chars, cues, room):
    """Fill tokens, sentences and quotations of cps[lo:hi]; return how many there are, and how many loose marks."""
    tokens, sents, quotes = room.tokens, room.sents, room.quotes
    n = _tokenize(cps, lo, hi, wrapped, chars, cues, tokens)
    m = _tokens.split_sentences(tokens, n, cps[:hi], chars, sents)
    n_quotes, lost = _quotes.pair_quotes(tokens, n, cps[:hi], lo, chars, quotes, room.loose)
    _quotes.sort_quotes(quotes, n_quotes)
    return n, m, n_quotes, lost


def _next_mark(cps, i, hi, chars):
    """The place of the first double quotation mark, of any shape, at or after i; hi where there is none."""
    while i < hi:
        c = cps[i]
        if c != 32 and not 97 <= c <= 122:
            k = chars[c] if c < 0x10000 else OTHER
            if DQ <= k <= LOW and not SQ <= k <= RSQ:
                return i
            if (k == SQ or c == 96) and i + 1 < hi and cps[i + 1] == c:  # `` and '' of typewriters
                return i
        i += 1
    return hi


def _surely_opens(cps, mark, lo, hi, chars):
    """Whether a mark of any shape opens a quotation: after white space and before a word."""
    before = _tokens.char_class(cps, mark - 1, lo, hi, chars)
    return (before == SPACE or before == NEWLINE) and _tokens.is_alnum(cps[:hi], mark + 1, chars)


def _read_paragraph(cps, lo, hi, begin, close, chars, cues, room):
    """Fill the tables of the paragraph from the line feed `begin` (or lo) to the line feed `close` (or hi) of the piece lo..hi.

    No name is looked for, so speakers are as they stand at their verbs. Returns the number of tokens as far as `close`,
    with the one that ends the paragraph, or -1 where a quotation goes beyond the paragraph or a rule might look further than was read.
    """
    tokens, quotes, flags = room.tokens, room.quotes, room.flags
    stop = min(close + BESIDE, hi)
    n = _tokenize(cps, begin, stop, False, chars, cues, tokens)
    last = _token_at(tokens, n, close)
    if stop < hi and n - last < _reported.PAST + 2:  # the last token may be a part of one
        return -1
    m = _tokens.split_sentences(tokens, last, cps[:hi], chars, room.sents)
    n_quotes, lost = _quotes.pair_quotes(tokens, last, cps[:hi], lo, chars, quotes, room.loose)
    if lost:
        return -1
    _quotes.mark_tokens(tokens, n, room.sents, m, quotes, n_quotes, flags)
    n_verbs = _speech.find_verbs(tokens[:n], room.sents, m, flags[1], room.names, 0, room.verbs, flags[0])
    _reported.mark_reported(
        tokens[:n], room.sents, flags[1], room.verbs, n_verbs, flags[0], flags[2], flags[3]
    )
    if n_quotes:
        _quoted.mark_quotes(
            tokens[:n], room.sents, m, quotes, n_quotes, room.verbs, n_verbs, room.vfirst, flags[2], flags[3],
            flags[4], flags[1], True,
        )  # fmt: skip
    return min(last + 1, n)


def _is_told(tokens, n, verbs, flags, start, end):
    """Whether a span's paragraph alone tells its voice and speaker: nobody whose name may stand elsewhere."""
    t = _token_at(tokens, n, start)
    if t >= n:
        return False
    while t < n and tokens[t, START] < end:
        who = flags[3, t]
        if flags[2, t] and (who == _quoted.UNREAD or (who >= 0 and verbs[who, _speakers.V_ASKS])):
            return False
        t += 1
    return True


def _annotate_near(cps, lo, hi, lines, first, last, starts, ends, chars, cues, room, out):
    """Fill `out` for spans of a piece whose own paragraph tells all, from the last on as long as there are such.

    A quotation that was opened before runs into the paragraph only if the next double mark is not an opening one
    (`_quotes`). Returns the number of the first span that is told; none of those before it is.
    """
    mark, searched, k = hi, hi, last  # the first mark from `searched` on
    while k > first:
        line = _line_at(lines, starts[k - 1])
        begin = max(lines[line - 1], lo) if line > 0 else lo
        close = min(lines[line], hi) if line < len(lines) else hi
        if close < ends[k - 1]:  # the span goes on in another paragraph
            return k
        if begin < searched:
            found = _next_mark(cps, begin, searched, chars)
            mark, searched = found if found < searched else mark, begin
        if mark < hi and not _surely_opens(cps, mark, lo, hi, chars):
            return k
        n = _read_paragraph(cps, lo, hi, begin, close, chars, cues, room)
        if n < 0:
            return k
        inside = True
        while inside:
            k -= 1
            if not _is_told(room.tokens, n, room.verbs, room.flags, starts[k], ends[k]):
                return k + 1
            _annotate_span(
                room.tokens, n, room.sents, room.verbs, room.flags[2], room.flags[3], room.flags[4], starts[k],
                ends[k], out, k,
            )  # fmt: skip
            inside = k > first and starts[k - 1] > begin and ends[k - 1] <= close
    return k


def _tokenize(cps, lo, hi, wrapped, chars, cues, tokens):
    """Fill tokens of cps[lo:hi]; what stands after the last, and before the first, is nothing."""
    n = _tokens.tokenize(cps, lo, hi, wrapped, chars, cues, tokens)
    for column in range(tokens.shape[1]):
        tokens[n, column] = tokens[n + 1, column] = tokens[len(tokens) - 1, column] = 0
    return n


def _read_piece(cps, lo, hi, end, wrapped, lines, line, chars, cues, room):
    """Fill the tables of one piece as far as `end` needs; return how many tokens, sentences, quotations and loose marks."""
    tokens, sents, quotes, verbs, flags = room.tokens, room.sents, room.quotes, room.verbs, room.flags
    verb_at, inq, label, speaker, sent_of = flags[0], flags[1], flags[2], flags[3], flags[4]
    stop, until = hi if wrapped else _stop(lines, line, end, hi), -1
    n, m, n_quotes, lost = _read_marks(cps, lo, stop, wrapped, chars, cues, room)
    if stop < hi:
        until = _settled(tokens, n, quotes, n_quotes, lost, end)
        if until < 0:
            n, m, n_quotes, lost = _read_marks(cps, lo, hi, wrapped, chars, cues, room)
    _quotes.mark_tokens(tokens, n, sents, m, quotes, n_quotes, flags)
    n_names = _speakers.find_names(tokens, n, sents, m, room.names)
    if until >= 0:  # names are wanted beyond, speech is not
        while m > 0 and sents[m - 1, 0] >= until:
            m -= 1
        while n_quotes > 0 and quotes[n_quotes - 1, _quotes.OPEN] >= until:
            n_quotes -= 1
    n_verbs = _speech.find_verbs(tokens[:n], sents, m, inq, room.names, n_names, verbs, verb_at)
    _reported.mark_reported(tokens[:n], sents, inq, verbs, n_verbs, verb_at, label, speaker)
    _quoted.mark_quotes(
        tokens[:n],
        sents,
        m,
        quotes,
        n_quotes,
        verbs,
        n_verbs,
        room.vfirst,
        label,
        speaker,
        sent_of,
        inq,
        False,
    )
    return n, m, n_quotes, lost


def _annotate(cps, lines, bounds, first_span, starts, ends, chars, cues, room, out):
    """Read the pieces cps[bounds[i]:bounds[i+1]] and fill `out` for the spans of each.

    `lines` are the places of the line feeds. Pieces without a span are passed over, unless there is none at all. A
    span is told from its own paragraph if that will do; else its piece is read from the start, no further than the last
    such span needs. Returns what `_read_piece` says of the last.
    """
    n, m, n_quotes, lost, line = 0, 0, 0, 0, 0
    for i in range(len(bounds) - 1):
        if first_span[i + 1] == first_span[i] and len(out) > 0:
            continue
        lo, hi = bounds[i], bounds[i + 1]
        while line < len(lines) and lines[line] < lo:
            line += 1
        wrapped = _tokens.is_hard_wrapped(cps, lo, hi, chars, lines, line)
        first, last, end = first_span[i], first_span[i + 1], hi if len(out) == 0 else lo
        if len(out) > 0 and not wrapped:
            last = _annotate_near(cps, lo, hi, lines, first, last, starts, ends, chars, cues, room, out)
            if last == first:
                continue
        for k in range(first, last):
            end = max(end, ends[k])
        n, m, n_quotes, lost = _read_piece(cps, lo, hi, end, wrapped, lines, line, chars, cues, room)
        for k in range(first, last):
            _annotate_span(
                room.tokens, n, room.sents, room.verbs, room.flags[2], room.flags[3], room.flags[4], starts[k],
                ends[k], out, k,
            )  # fmt: skip
    return n, m, n_quotes, lost


_RULES = (_cues, _tokens, _quotes, _speakers, _speech, _clauses, _reported, _quoted, sys.modules[__name__])
_natively = Native(_annotate, *_RULES)


def annotate(
    cps: np.ndarray,
    bounds: np.ndarray,
    first_span: np.ndarray,
    starts: np.ndarray,
    ends: np.ndarray,
    out: np.ndarray,
) -> None:
    """Fill `out` (sentence start, end, voice, speaker start, end) for the spans of each piece of a batch."""
    longest = int(np.diff(bounds).max(initial=0))
    _natively(cps, _line_feeds(cps), bounds, first_span, starts, ends, *tables(), Room.of(longest), out)


def _line_feeds(cps: np.ndarray) -> np.ndarray:
    return np.flatnonzero(cps == 10).astype(np.int64, copy=False)


def read(cps: np.ndarray, lo: int, hi: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sentences (start, end), quotations (see `_quotes`), loose marks (start, end) and voices of one piece.

    A row of voices has start, end, voice, and start and end of the speaker's name or -1.
    """
    room = Room.of(hi - lo)
    none = np.zeros(2, dtype=np.int64)
    bounds, out = np.array([lo, hi], dtype=np.int64), np.zeros((0, 5), dtype=np.int64)
    n, m, n_quotes, lost = _natively(
        cps, _line_feeds(cps), bounds, none, none[:0], none[:0], *tables(), room, out
    )
    loose = np.sort(room.loose[:lost])
    tokens, sents = room.tokens, room.sents
    return (
        np.stack([tokens[sents[:m, 0], START], tokens[sents[:m, 1] - 1, END]], axis=1),
        room.quotes[:n_quotes],
        tokens[loose][:, [START, END]],
        _voice_rows(room, n),
    )


def _voice_rows(room: Room, n: int) -> np.ndarray:
    """Runs of tokens of one voice and speaker that are not the narrator's; a paragraph's end ends a run."""
    kind, label, speaker = room.tokens[:n, KIND], room.flags[2, :n], room.flags[3, :n]
    told = (label > 0) & (kind != PARA)
    joined = np.zeros(n, dtype=bool)  # goes on with the token before
    joined[1:] = (
        told[1:]
        & told[:-1]
        & (label[1:] == label[:-1])
        & ((speaker[1:] == speaker[:-1]) | (speaker[1:] < 0) & (speaker[:-1] < 0))
    )
    first = np.flatnonzero(told & ~joined)
    last = np.flatnonzero(told & ~np.append(joined[1:], False))
    who = np.maximum(speaker[first], 0)
    named = (speaker[first] >= 0) & (room.verbs[who, _speakers.V_A] >= 0)
    begin = room.tokens[np.where(named, room.verbs[who, _speakers.V_A], 0), START]
    end = room.tokens[np.where(named, room.verbs[who, _speakers.V_B] - 1, 0), END]
    columns = [
        room.tokens[first, START],
        room.tokens[last, END],
        label[first],
        np.where(named, begin, -1),
        np.where(named, end, -1),
    ]
    return np.stack(columns, axis=1)
