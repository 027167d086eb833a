"""The compiled entry points: from code points to rows of voices, and to annotated spans."""

from __future__ import annotations

import numpy as np

from helpers import _cues, _quotes, _speakers, _speech, _tokens
from helpers._tokens import END, KIND, PARA, START, _jit


def tables():
    """The two tables every kernel reads: classes of characters, and cue words."""
    return _tokens.char_table(), _cues.cue_table()


@_jit
def sentence_rows(cps, lo, hi, chars, cues):
    """Rows (start, end) of the sentences of a piece."""
    tokens, n, sents, m = _sentences(cps, lo, hi, chars, cues)
    rows = np.empty((m, 2), np.int64)
    for s in range(m):
        rows[s, 0], rows[s, 1] = tokens[sents[s, 0], START], tokens[sents[s, 1] - 1, END]
    return rows


@_jit
def _sentences(cps, lo, hi, chars, cues):
    tokens = np.empty((hi - lo + 2, 6), np.int64)
    wrapped = _tokens.is_hard_wrapped(cps, lo, hi, chars)
    n = _tokens.tokenize(cps, lo, hi, wrapped, chars, cues, tokens)
    sents = np.empty((n + 2, 2), np.int64)
    return tokens, n, sents, _tokens.split_sentences(tokens, n, cps, chars, sents)


@_jit
def _quotes_of(tokens, n, cps, chars):
    quotes = np.empty((n + 2, 7), np.int64)
    loose = np.empty(2 * n + 2, np.int64)
    count, lost = _quotes.pair_quotes(tokens, n, cps, chars, quotes, loose)
    quotes = quotes[:count]
    return quotes[np.argsort(quotes[:, _quotes.OPEN])], loose[:lost]


@_jit
def quote_rows(cps, lo, hi, chars, cues):
    """Rows (start, end, depth, closed) of the quotations, and (start, end) of the marks without a partner."""
    tokens, n, _sents, _m = _sentences(cps, lo, hi, chars, cues)
    quotes, loose = _quotes_of(tokens, n, cps, chars)
    lost = np.empty((len(loose), 2), np.int64)
    loose.sort()
    for i in range(len(loose)):
        lost[i, 0], lost[i, 1] = tokens[loose[i], START], tokens[loose[i], END]
    return quotes[:, _quotes.QSTART : _quotes.CLOSED + 1].copy(), lost


@_jit
def label_tokens(cps, lo, hi, chars, cues):
    """Everything about the piece cps[lo:hi]: tokens, sentences, labels, speakers."""
    tokens, n, sents, m = _sentences(cps, lo, hi, chars, cues)
    quotes, _ = _quotes_of(tokens, n, cps, chars)
    n_quotes = len(quotes)
    inq = np.zeros(n + 1, np.uint8)
    for q in range(n_quotes):
        if quotes[q, _quotes.DEPTH] == 1:
            for t in range(quotes[q, _quotes.OPEN], quotes[q, _quotes.CLOSE] + 1):
                inq[t] = 1
    sent_of = np.full(n + 1, -1, np.int64)
    for s in range(m):
        for t in range(sents[s, 0], sents[s, 1]):
            sent_of[t] = s
    names = np.empty((n // 2 + 2, 6), np.int64)
    n_names = _speakers.find_names(tokens, n, sents, m, names)
    verbs = np.empty((n // 2 + 2, 7), np.int64)
    verb_at = np.zeros(n + 1, np.uint8)
    n_verbs = _speech.find_verbs(tokens, sents, m, inq, names, n_names, verbs, verb_at)
    label = np.zeros(n + 1, np.uint8)
    speaker = np.full(n + 1, -1, np.int64)
    _speech.mark_reported(tokens, sents, inq, verbs, n_verbs, verb_at, label, speaker)
    _speech.mark_quotes(
        tokens, n, sents, m, quotes, n_quotes, verbs, n_verbs, names, n_names, label, speaker, sent_of, inq
    )
    return tokens[:n], sents[:m], label[:n], speaker[:n], verbs[:n_verbs], sent_of


@_jit
def _speaker_span(tokens, verbs, who):
    if who < 0 or verbs[who, _speakers.V_A] < 0:
        return -1, -1
    return tokens[verbs[who, _speakers.V_A], START], tokens[verbs[who, _speakers.V_B] - 1, END]


@_jit
def voice_rows(cps, lo, hi, chars, cues):
    """Rows (start, end, voice, speaker start, speaker end) of the passages that are not the narrator's."""
    tokens, sents, label, speaker, verbs, sent_of = label_tokens(cps, lo, hi, chars, cues)
    n = len(tokens)
    rows = np.empty((n + 1, 5), np.int64)
    count = 0
    t = 0
    while t < n:
        if label[t] == 0 or tokens[t, KIND] == PARA:
            t += 1
            continue
        first = t
        while t + 1 < n and label[t + 1] == label[first] and speaker[t + 1] == speaker[first] and tokens[t + 1, KIND] != PARA:
            t += 1
        a, b = _speaker_span(tokens, verbs, speaker[first])
        rows[count, 0], rows[count, 1], rows[count, 2] = tokens[first, START], tokens[t, END], label[first]
        rows[count, 3], rows[count, 4] = a, b
        count += 1
        t += 1
    return rows[:count]


@_jit
def annotate_piece(cps, lo, hi, starts, ends, chars, cues):
    """Rows (sentence start, sentence end, voice, speaker start, speaker end) of the spans."""
    tokens, sents, label, speaker, verbs, sent_of = label_tokens(cps, lo, hi, chars, cues)
    n = len(tokens)
    out = np.zeros((len(starts), 5), np.int64)
    for i in range(len(starts)):
        out[i, 0], out[i, 1], out[i, 3], out[i, 4] = starts[i], ends[i], -1, -1
        t = np.searchsorted(tokens[:, END], starts[i], side="right")
        if t >= n:
            continue
        weight = np.zeros(4, np.int64)
        best = t
        u = t
        while u < n and tokens[u, START] < ends[i]:
            size = min(tokens[u, END], ends[i]) - max(tokens[u, START], starts[i])
            weight[label[u]] += size
            u += 1
        voice = 0
        for v in range(1, 4):
            if weight[v] > weight[voice]:
                voice = v
        while best < u - 1 and label[best] != voice:
            best += 1
        out[i, 2] = voice if u > t else 0
        if out[i, 2]:
            out[i, 3], out[i, 4] = _speaker_span(tokens, verbs, speaker[best])
        s = sent_of[t]
        if s >= 0:
            out[i, 0], out[i, 1] = tokens[sents[s, 0], START], tokens[sents[s, 1] - 1, END]
    return out
