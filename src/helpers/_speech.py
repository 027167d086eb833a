"""Verbs of speech and their speakers, by name where that can be told.

Every token gets one label, so that no two rows can overlap; `_reported` and `_quoted` give them. See `voices` for what
the labels mean.
"""

from __future__ import annotations

import numpy as np

from helpers._cues import (
    ADV,
    ASK,
    AUX,
    BE,
    CAP,
    CLAUSE,
    DET,
    FIRST,
    HOLDER,
    ING,
    MAKE,
    NOUN,
    POSS,
    PREP,
    PRON,
    QUOTE,
    ROLE,
    TIME,
    TITLE,
)
from helpers._speakers import (
    ACCORDING,
    INVERTED,
    N_A,
    N_B,
    N_PERSON,
    N_TITLE,
    OF_NOUN,
    PASSIVE,
    PLAIN,
    SELF,
    V_A,
    V_ASKS,
    V_B,
    V_END,
    V_KIND,
    V_NPA,
    V_NPB,
    V_SENT,
    V_TOK,
    W_ACCORDING,
    W_IT,
    W_THAT,
    W_THEY,
    W_TO,
    W_WHO,
    W,
    _phrase_start,
    first_subject,
    fullest,
    is_governed,
    is_verb,
    name_end,
    subject_left,
    subject_right,
)
from helpers._tokens import CLS, COMMA, DASH, HASH, KIND, PERIOD, WID, WORD

NARRATOR, QUOTED, REPORTED, SCARE = 0, 1, 2, 3
CUE = QUOTE | CLAUSE | ASK | NOUN
SUBJECT = 6  # no verb of speech at all: the subject of a sentence that holds a quotation
# Tokens on each side that a verb of speech can reach, so that time stays linear in endless sentences.
AROUND = 400
W_CLEAR, W_HER, W_HIS, W_THE = (
    W["clear"], W["her"], W["his"], W["the"],
)  # fmt: skip


def find_verbs(tokens, sents, m, inq, names, n_names, verbs, verb_at):
    """Fill the table of verbs of speech outside quotations, speakers resolved; return how many."""
    count = np.int64(0)
    npr, out = np.zeros(2, np.int64), np.zeros(2, np.int64)
    topic = np.int64(-1)  # the name of the person the text is about just now
    for s in range(m):
        lo, hi = sents[s, 0], sents[s, 1]
        before = count
        quoting = False
        for t in range(lo, hi):
            if inq[t]:
                quoting = True
                continue
            if not tokens[t, CLS] & CUE and tokens[t, WID] != W_ACCORDING and tokens[t, WID] != W_CLEAR:
                continue
            near, far = max(lo, t - AROUND), min(hi, t + AROUND)
            kind = _verb_kind(tokens, t, near, far, inq, npr, out, verb_at)
            if kind < 0:
                continue
            asks = out[0] >= 0 and _asks(tokens, out[0], out[1])
            if out[0] >= 0:
                if not _resolve(tokens, names, n_names, inq, near, t, topic, out):
                    kind = SELF
            count = _put_verb(verbs, count, t, s, npr, out)
            verbs[count - 1, V_KIND], verbs[count - 1, V_ASKS] = kind, asks
            if out[0] >= 0 and kind != SELF:
                i = _first_from(names, n_names, out[0])
                if i < n_names and names[i, N_A] == out[0] and names[i, N_PERSON]:
                    topic = i
        if quoting and count == before and not inq[lo]:
            first_subject(tokens, lo, hi, inq, out)
            asks = out[0] >= 0 and _asks(tokens, out[0], out[1])
            if out[0] >= 0 and _resolve(tokens, names, n_names, inq, lo, hi, topic, out):
                count = _put_verb(verbs, count, lo, s, npr, out)
                verbs[count - 1, V_KIND], verbs[count - 1, V_ASKS] = SUBJECT, asks
        if count == before or verbs[count - 1, V_KIND] == SUBJECT:
            first_subject(tokens, lo, hi, inq, out)
            if out[0] >= 0 and not tokens[out[0], CLS] & (PRON | FIRST):
                _resolve(tokens, names, n_names, inq, lo, hi, topic, out)
            i = _first_from(names, n_names, max(out[0], 0))
            if out[0] >= 0 and i < n_names and names[i, N_A] == out[0] and names[i, N_PERSON]:
                topic = i
            elif out[0] < 0 or not tokens[out[0], CLS] & (PRON | FIRST):
                topic = _topic(tokens, names, n_names, inq, lo, hi, topic)
    return count


def _put_verb(verbs, count, t, s, npr, out):
    row = verbs[count]
    row[V_TOK], row[V_SENT], row[V_NPA], row[V_NPB] = t, s, npr[0], npr[1]
    row[V_A], row[V_B], row[V_END] = out[0], out[1], -1
    return count + 1


def _verb_kind(tokens, t, lo, hi, inq, npr, out, verb_at):
    """What the word t does for speech (-1 nothing); its subject's phrase into npr, the speaker into out."""
    cls, word = tokens[t, CLS], tokens[t, WID]
    follows = t + 1 < hi and not inq[t + 1] and tokens[t + 1, KIND] == WORD
    if word == W_ACCORDING and follows and tokens[t + 1, WID] == W_TO:
        subject_right(tokens, t + 1, hi, inq, npr, out)
        return ACCORDING
    that = follows and tokens[t + 1, WID] == W_THAT
    if word == W_CLEAR and that and t > lo and tokens[t - 1, CLS] & MAKE:
        subject_left(tokens, lo, t - 1, inq, npr, out)
        return OF_NOUN
    if not cls & CUE:
        return -1
    if not cls & (QUOTE | CLAUSE | ASK) or not is_verb(tokens, t, lo):
        if (
            not cls & NOUN
            or not that
            or (t + 2 < hi and tokens[t + 2, CLS] & (AUX | QUOTE) and not inq[t + 2])
        ):
            return -1
        _owner(tokens, lo, t, npr, out)
        return OF_NOUN
    verb_at[t] = 1
    subject_left(tokens, lo, t, inq, npr, out)
    if t > lo and tokens[t - 1, CLS] & BE and not cls & ING:
        out[0] = out[1] = -1
        return PASSIVE
    heads = t == lo or inq[t - 1] or tokens[t - 1, KIND] == COMMA or tokens[t - 1, KIND] == DASH
    if not heads or cls & ING or not follows:
        return PLAIN
    if tokens[t + 1, CLS] & (PREP | TIME | ADV) and not tokens[t + 1, CLS] & (CAP | ROLE | DET):
        return PLAIN
    left = out[0], out[1], npr[0], npr[1]
    subject_right(tokens, t, hi, inq, npr, out)
    b = npr[1]
    closed = b >= hi or inq[b] or tokens[b, KIND] != WORD or tokens[b, WID] == W_WHO
    if out[0] >= 0 and (closed or t == lo or inq[t - 1] or left[0] < 0):
        return INVERTED
    out[0], out[1], npr[0], npr[1] = left
    return PLAIN


def _owner(tokens, lo, t, npr, out):
    """Whose claim: "his claim that", "the minister’s claim that"."""
    npr[0], npr[1], out[0], out[1] = t, t, -1, -1
    for j in range(t - 1, max(lo - 1, t - 4), -1):
        if tokens[j, KIND] != WORD:
            return
        if tokens[j, WID] == W_HIS or tokens[j, WID] == W_HER:
            out[0], out[1] = j, j + 1
            return
        if tokens[j, CLS] & POSS:
            a = j
            while a > lo and name_end(tokens, a - 1, j + 1) == j + 1:
                a -= 1
            out[0], out[1] = (a, j + 1) if tokens[j, CLS] & CAP else (_phrase_start(tokens, lo, j), j + 1)
            return


def _asks(tokens, a, b):
    """Whether `_resolve` looks elsewhere for the name of the phrase [a, b): for a pronoun, an office, a single name."""
    if b - a > 1:
        return bool(tokens[b - 1, CLS] & HOLDER)
    word = tokens[a, WID]
    return bool(tokens[a, CLS] & (PRON | CAP | HOLDER)) or word == W_HIS or word == W_HER


def _resolve(tokens, names, n_names, inq, lo, t, topic, out):
    """Turn a pronoun, an office or a surname into the fullest name; return whether it is not the author's own "I"."""
    a, b = out[0], out[1]
    cls, word = tokens[a, CLS], tokens[a, WID]
    if b - a == 1 and cls & FIRST:
        out[0] = out[1] = -1
        return False
    found = -1
    if b - a == 1 and (cls & PRON or word == W_HIS or word == W_HER):
        out[0] = out[1] = -1
        if word != W_IT and word != W_THEY:
            found = _topic(tokens, names, n_names, inq, lo, a, topic)
    elif tokens[b - 1, CLS] & HOLDER and not tokens[b - 1, CLS] & CAP and a > 0 and _definite(tokens, a):
        found = topic
        known = _first_from(names, n_names, t)
        for i in range(known - 1, max(-1, known - 1 - AROUND), -1):
            if names[i, N_TITLE] == tokens[b - 1, HASH]:
                found = i
                break
    if found >= 0:
        out[0], out[1] = names[found, N_A], names[found, N_B]
    if out[0] >= 0 and tokens[out[0], CLS] & CAP:
        fullest(tokens, names, n_names, out[0], out[1], out)
    return True


def _definite(tokens, a):
    """Whether "the" stands before the phrase."""
    return tokens[a - 1, WID] == W_THE and tokens[a - 1, KIND] == WORD


def _topic(tokens, names, n_names, inq, lo, at, topic):
    """The name (row of `names`) a pronoun at token `at` stands for: the first subject of its sentence, else topic."""
    i = _first_from(names, n_names, lo)
    while i < n_names and names[i, N_A] < at:
        a, b = names[i, N_A], names[i, N_B]
        if names[i, N_PERSON] and not inq[a] and not tokens[b - 1, CLS] & POSS:
            start = a
            while (
                start > lo
                and names[i, N_TITLE]
                and tokens[start - 1, CLS] & (CAP | TITLE) | (tokens[start - 1, KIND] == PERIOD)
            ):
                start -= 1
            if not is_governed(tokens, lo, start):
                return i
        i += 1
    return topic


def _first_from(names, n_names, token):
    """The first name that begins at or after the token."""
    lo, hi = 0, n_names
    while lo < hi:
        mid = (lo + hi) // 2
        if names[mid, N_A] < token:
            lo = mid + 1
        else:
            hi = mid
    return lo
