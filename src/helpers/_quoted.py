"""Direct speech: which voice a quotation has and who speaks it, and how scare quotes are told from speech."""

from __future__ import annotations

from helpers import _cues
from helpers._cues import ADV, AUX, CAP, CLAUSE, CONJ, ENDS_S, ING, LABEL, PRON, QUOTE, ROLE
from helpers._quotes import CARRIED, CLOSE, CLOSED, DEPTH, OPEN
from helpers._speakers import (
    ACCORDING,
    PLAIN,
    V_A,
    V_ASKS,
    V_B,
    V_END,
    V_KIND,
    V_NPA,
    V_SENT,
    V_TOK,
    W_WHO,
    W,
)
from helpers._speech import QUOTED, SCARE, SUBJECT
from helpers._tokens import (
    BANG,
    CLS,
    COLON,
    COMMA,
    DASH,
    DQ,
    ELLIPSIS,
    KIND,
    LOW,
    PARA,
    PERIOD,
    SEMI,
    WID,
    WORD,
)

NOBODY = -1
UNREAD = -2  # whoever speaks depends on text that was not read
W_AS, W_STATEMENT = (
    W["as"], W["statement"],
)  # fmt: skip


def _verb_of_quote(tokens, sents, first, last, o, c, verbs, vfirst, tight):
    """The verb that goes with the quotation between tokens o and c: after it, else before it; -1 for none."""
    for i in range(vfirst[last], vfirst[last + 1]):
        v = verbs[i, V_TOK]
        if v < c:
            continue
        gap = 0
        for t in range(c + 1, v):
            gap += 1
            if DQ <= tokens[t, KIND] <= LOW or tokens[t, KIND] == SEMI:
                gap = 99
        kind = verbs[i, V_KIND]
        direct = (tokens[v, CLS] & QUOTE and not tokens[v, CLS] & ING) or kind == ACCORDING
        if (
            gap <= 24
            and tight
            and direct
            and (v == c + 1 or verbs[i, V_NPA] <= c + 2 or gap <= 2 or kind == ACCORDING)
        ):
            return i
        break
    for i in range(vfirst[first + 1] - 1, vfirst[first] - 1, -1):
        if verbs[i, V_TOK] < o:
            return i
    for i in range(vfirst[last], vfirst[last + 1]):
        if verbs[i, V_TOK] > c and (verbs[i, V_KIND] == ACCORDING or tight):
            return i
    return -1


def _inside(tokens, o, c):
    """Words in a quotation, and the kind of its last token."""
    words, last = 0, 0
    for t in range(o + 1, c):
        k = tokens[t, KIND]
        if k == WORD and not tokens[t, CLS] & _cues.HYPH:
            words += 1
        if not DQ <= k <= LOW:
            last = k
    return words, last


def _announces(tokens, hi, inq, verb):
    """Whether a sentence ends with its verb of speech unanswered: "Mr. Day noted in a letter Monday."."""
    v = verb[V_TOK]
    if verb[V_KIND] != PLAIN or not tokens[v, CLS] & CLAUSE or tokens[v, CLS] & ING or inq[v - 1]:
        return False
    if (verb[V_NPA] > 0 and tokens[verb[V_NPA] - 1, KIND] == COMMA) or inq[max(verb[V_NPA] - 1, 0)]:
        return False
    return verb[V_END] >= hi - 1


def _is_label(tokens, verbs, who, o):
    """Whether the quotation that opens at o is what somebody calls something: She called it “a huge mistake”."""
    v = verbs[who, V_TOK]
    if (
        verbs[who, V_KIND] != PLAIN
        or v > o
        or o - v > 12
        or not tokens[v, CLS] & LABEL
        or tokens[v, CLS] & ING
    ):
        return False
    for t in range(v + 1, o):
        if tokens[t, KIND] != WORD or (tokens[t, CLS] & (AUX | CONJ | QUOTE) and tokens[t, WID] != W_AS):
            return False
    t = v - 1
    while t > 0 and tokens[t, CLS] & (ADV | AUX) and not tokens[t, CLS] & (CAP | PRON):
        t -= 1
    return bool(tokens[t, CLS] & (CAP | PRON | ROLE | ENDS_S)) or tokens[t, WID] == W_WHO


def _in_doubt(tokens, verbs, who, voice, previous):
    """Whether a quotation in a paragraph read alone may be told otherwise with the whole text.

    Its speaker may have a fuller name elsewhere; and where the quotation before it is unknown, or not told itself, that
    one may go on here, unless somebody else is named.
    """
    if who >= 0 and verbs[who, V_ASKS]:
        return True
    named = who >= 0 and verbs[who, V_A] >= 0 and tokens[verbs[who, V_A], CLS] & CAP
    return previous == UNREAD and not (voice == QUOTED and named)


def mark_quotes(
    tokens, sents, m, quotes, n_quotes, verbs, n_verbs, vfirst, label, speaker, sent_of, inq, partly
):
    """Label what stands in quotation marks, give it its speaker, and tell scare quotes from speech.

    Where the text was read `partly`, one paragraph without the names of the others, a quotation that might be told
    otherwise with all of it has the speaker `UNREAD`.
    """
    i, n = 0, len(tokens)
    for s in range(m + 1):
        while i < n_verbs and verbs[i, V_SENT] < s:
            i += 1
        vfirst[s] = i
    vfirst[m] = n_verbs
    previous, previous_end = UNREAD if partly and tokens[0, KIND] == PARA else NOBODY, -1
    carried_from = -1
    for q in range(n_quotes):
        if quotes[q, DEPTH] != 1:
            continue
        o, c = quotes[q, OPEN], quotes[q, CLOSE]
        first, last = sent_of[o], sent_of[c]
        words, end_kind = _inside(tokens, o, c + 1 - quotes[q, CLOSED])
        punctuated = end_kind == COMMA or end_kind == BANG or end_kind == PERIOD or end_kind == ELLIPSIS
        tight = punctuated or end_kind == DASH or (c + 1 < n and tokens[c + 1, KIND] == COMMA)
        who = NOBODY
        if first >= 0 and last >= 0:
            who = _verb_of_quote(tokens, sents, first, last, o, c, verbs, vfirst, tight)
        whole = first >= 0 and (o == sents[first, 0]) and (last < 0 or c >= sents[last, 1] - 2)
        same = previous_end >= 0 and o - previous_end < 60
        if (
            who < 0
            and whole
            and first > 0
            and vfirst[first] > 0
            and verbs[vfirst[first] - 1, V_SENT] == first - 1
        ):
            v = vfirst[first] - 1
            if tokens[sents[first - 1, 1] - 1, KIND] == COLON or _announces(
                tokens, sents[first - 1, 1], inq, verbs[v]
            ):
                who = v
        if who < 0 and same and (whole or carried_from >= 0 or tight):
            who = previous
        if who >= 0 and verbs[who, V_KIND] == SUBJECT and words < 4:
            who = NOBODY
        if (
            carried_from >= 0
            and previous >= 0
            and verbs[previous, V_A] >= 0
            and (who < 0 or not tokens[max(verbs[who, V_A], 0), CLS] & CAP)
        ):
            who = previous
        if (
            who >= 0
            and previous >= 0
            and who != previous
            and verbs[previous, V_A] >= 0
            and verbs[who, V_A] >= 0
        ):
            if verbs[who, V_B] - verbs[who, V_A] == 1 and tokens[verbs[who, V_A], WID] == W_STATEMENT:
                who = previous  # “…,” the statement went on
        opens = o == 0 or tokens[o - 1, KIND] in (COLON, PARA) or (tokens[o - 1, KIND] == COMMA and who >= 0)
        utterance = whole or (punctuated and who >= 0 and (opens or o == sents[max(first, 0), 0]))
        voice = QUOTED if words > 3 or utterance or quotes[q, CARRIED] or carried_from >= 0 else SCARE
        if voice == SCARE and who >= 0 and _is_label(tokens, verbs, who, o):
            voice = QUOTED
        doubt = partly and _in_doubt(tokens, verbs, who, voice, previous)
        for t in range(o, c + 1):
            label[t] = voice
            speaker[t] = UNREAD if doubt else who
        if carried_from >= 0 and who >= 0:  # a speaker named at the end speaks from the beginning
            for t in range(carried_from, o):
                if label[t] == QUOTED and speaker[t] < 0:
                    speaker[t] = who
        if doubt:
            previous = UNREAD
        elif voice == QUOTED:
            previous, previous_end = who, c
        carried_from = (carried_from if carried_from >= 0 else o) if quotes[q, CARRIED] else -1
