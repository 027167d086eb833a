"""Indirect speech: which words are the statement of a verb of speech."""

from __future__ import annotations

from helpers._clauses import attribution_end, clause_end, complement, is_negated, is_subordinate
from helpers._cues import AUX, CAP, CLAUSE, ENDS_ED, ENDS_ING, ENDS_S, ING, PRON, QUOTE, ROLE, TELL
from helpers._speakers import (
    ACCORDING,
    INVERTED,
    OF_NOUN,
    PASSIVE,
    PLAIN,
    SELF,
    V_END,
    V_KIND,
    V_NPA,
    V_NPB,
    V_SENT,
    V_TOK,
    W_AND,
    W_BUT,
    W_THAT,
    W_WHICH,
    W_WHO,
    W,
)
from helpers._speech import AROUND, REPORTED, SUBJECT
from helpers._tokens import CLOSEB, CLS, COMMA, DASH, KIND, OPENB, SEMI, WID, WORD

PAST = 8  # tokens after a verb among which its subject may stand, the sentence's end or not
W_AS, W_WHEN = (
    W["as"], W["when"],
)  # fmt: skip


def _mark(tokens, a, b, who, inq, label, speaker):
    """Label the words [a, b) as reported, the marks at their edges left out."""
    while b > a and tokens[b - 1, KIND] != WORD and not inq[b - 1] and tokens[b - 1, KIND] != CLOSEB:
        b -= 1
    if b > a and tokens[b - 1, KIND] == CLOSEB and not inq[b - 1]:  # an aside in brackets at the end
        opener = b - 1
        while opener > a and tokens[opener, KIND] != OPENB:
            opener -= 1
        b = opener if opener > a else b
    while a < b and tokens[a, KIND] != WORD and not inq[a]:
        a += 1
    for t in range(a, b):
        if not inq[t]:
            label[t] = REPORTED
            speaker[t] = who


def _can_speak(tokens, a, v):
    """Whether a name, a pronoun or a speaking noun stands in [a, v), or right after v where the order is inverted."""
    for t in range(a, v if v > a else min(v + PAST, len(tokens))):
        if tokens[t, CLS] & (CAP | PRON | ROLE) or (tokens[t, CLS] & ENDS_S and t == v - 1):
            return True
    return False


def _postposed(tokens, lo, hi, v, npa, end, who, inq, label, speaker):
    """Mark the statement before "…, officials said", and what goes on after it in the same clause."""
    cut = npa - 1
    if cut < lo or (tokens[cut, KIND] != COMMA and tokens[cut, KIND] != DASH and not inq[cut]):
        return
    if not _can_speak(tokens, npa, v):
        return
    if inq[cut]:
        t = cut
        while t > lo and inq[t]:
            t -= 1
        if tokens[t, KIND] != WORD:
            return
    words, finite = 0, False
    for t in range(lo, cut):
        if not inq[t] and tokens[t, KIND] == WORD:
            words += 1
            finite = finite or bool(tokens[t, CLS] & (AUX | ENDS_ED | ENDS_S))
    first = lo
    while first < cut and (
        tokens[first, KIND] != WORD or tokens[first, WID] == W_BUT or tokens[first, WID] == W_AND
    ):
        first += 1
    if (
        words < 2
        or tokens[first, WID] == W_WHEN
        or tokens[first, WID] == W_AS
        or (tokens[first, CLS] & QUOTE and words < 6)
    ):
        return
    goes_on = False
    if end + 1 < hi and tokens[end, KIND] == COMMA:
        nxt, cls = tokens[end + 1, WID], tokens[end + 1, CLS]
        narrated = cls & (ENDS_ING | ING) or inq[end + 1] or nxt == W_WHO or nxt == W_WHICH or nxt == W_AS
        narrated = narrated or nxt == W_BUT or nxt == W_WHEN
        goes_on = not narrated
    if (words >= 4 and finite) or goes_on:
        for t in range(cut - 1, lo - 1, -1):  # not over the statement of another speaker
            if label[t] == REPORTED or (not inq[t] and tokens[t, KIND] == SEMI):
                first = max(first, t + 1)
                break
        _mark(tokens, first, cut, who, inq, label, speaker)
        if goes_on:
            _mark(tokens, end + 1, hi, who, inq, label, speaker)


def _according(tokens, lo, hi, v, npb, who, inq, label, speaker):
    """Mark what is told "according to" somebody whose name ends before npb."""
    before = v - 1
    while before >= lo and (tokens[before, KIND] != WORD or tokens[before, WID] == W_AND):
        before -= 1
    comma = npb
    while comma < hi and tokens[comma, KIND] != COMMA and not inq[comma]:
        comma += 1
    if (
        before < lo
        or tokens[v - 1, WID] == W_AND
        or tokens[v - 1, WID] == W_BUT
        or tokens[v - 1, WID] == W_THAT
    ):  # at the head of its clause
        if comma < hi:
            _mark(tokens, comma + (tokens[comma, KIND] == COMMA), hi, who, inq, label, speaker)
        return
    first = lo
    for t in range(v - 1, lo - 1, -1):
        if tokens[t, KIND] == SEMI and not inq[t]:
            first = t + 1
            break
    _mark(tokens, first, v, who, inq, label, speaker)
    if tokens[v - 1, KIND] == COMMA and comma + 1 < hi and comma <= npb + 1:
        cls = tokens[comma + 1, CLS]
        if not cls & ENDS_ING and tokens[comma + 1, WID] != W_WHO and tokens[comma + 1, WID] != W_WHICH:
            _mark(tokens, comma + 1, hi, who, inq, label, speaker)


def mark_reported(tokens, sents, inq, verbs, n_verbs, verb_at, label, speaker):
    """Label the indirect statements of every verb of speech."""
    for i in range(n_verbs):
        v, s, kind = verbs[i, V_TOK], verbs[i, V_SENT], verbs[i, V_KIND]
        lo, hi = max(sents[s, 0], v - AROUND), min(sents[s, 1], v + AROUND)
        if kind == SELF or kind == SUBJECT:
            continue
        if kind == ACCORDING:
            _according(tokens, lo, hi, v, verbs[i, V_NPB], i, inq, label, speaker)
            continue
        start = v + 2 if kind == OF_NOUN else -1
        if kind == PLAIN or kind == PASSIVE:
            start = complement(tokens, v, hi, inq)
        if start >= 0 and kind != OF_NOUN and is_negated(tokens, v, lo):
            continue
        if start >= 0:
            under = is_subordinate(tokens, lo, v)
            end = clause_end(tokens, start, hi, inq, verb_at, under)
            _mark(tokens, start, end, i, inq, label, speaker)
        elif kind == PLAIN and tokens[v, CLS] & CLAUSE and not tokens[v, CLS] & ING:
            end = attribution_end(tokens, v + 1, hi, inq, bool(tokens[v, CLS] & TELL))
            verbs[i, V_END] = end
            if end >= 0:
                _postposed(tokens, lo, hi, v, verbs[i, V_NPA], end, i, inq, label, speaker)
        elif kind == INVERTED and tokens[v, CLS] & CLAUSE:
            _postposed(tokens, lo, hi, v, v, verbs[i, V_NPB], i, inq, label, speaker)
