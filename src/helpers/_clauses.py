"""Where an indirect statement begins and ends: the clause that a verb of speech governs, and the verb's own."""

from __future__ import annotations

from helpers import _cues
from helpers._cues import (
    ADV,
    ASK,
    AUX,
    BASE,
    BE,
    CAP,
    CLAUSE,
    CONJ,
    DET,
    ENDS_ED,
    ENDS_S,
    FIRST,
    ING,
    NEG,
    NOUN,
    POSS,
    PREP,
    PRON,
    QUOTE,
    ROLE,
    SAY,
    SUBORDINATOR,
    TELL,
    TIME,
    WH,
)
from helpers._speakers import W_ACCORDING, W_AND, W_BUT, W_OR, W_THAT, W_TO, W_WHICH, W_WHO, W
from helpers._tokens import (
    BANG,
    CLOSEB,
    CLS,
    COLON,
    COMMA,
    DASH,
    ELLIPSIS,
    KIND,
    OPENB,
    PERIOD,
    SEMI,
    WID,
    WORD,
)

W_AS, W_BY, W_FOR, W_IF, W_LAST, W_NEXT, W_NOT, W_OF, W_OUT, W_WHEN, W_WHETHER, W_WHILE = (
    W["as"], W["by"], W["for"], W["if"], W["last"], W["next"], W["not"], W["of"], W["out"], W["when"], W["whether"], W["while"],
)  # fmt: skip


def _skip_time(tokens, t, hi):
    """Past adverbs and dates: "said also on Tuesday that"."""
    while t < hi and tokens[t, KIND] == WORD:
        cls = tokens[t, CLS]
        span = (
            t + 1 < hi
            and tokens[t + 1, CLS] & TIME
            and (cls & DET or tokens[t, WID] == W_LAST or tokens[t, WID] == W_NEXT)
        )
        date = span or cls & TIME or (tokens[t - 1, CLS] & TIME and cls & _cues.DIGIT)
        prep = cls & PREP and t + 1 < hi and tokens[t + 1, CLS] & TIME
        adverb = cls & ADV and not cls & (DET | NEG | AUX | CAP) and tokens[t, WID] != W_NOT
        if not (date or prep or adverb or tokens[t, WID] == W_OUT):
            break
        t += 1
    return t


def _finite_ahead(tokens, t, stop, inq, over_commas):
    """Whether a finite verb follows within the clause, before another "that" or "who"."""
    quoted = 0  # words of the quotation that j is in
    for j in range(t, stop):
        if inq[j]:
            quoted += tokens[j, KIND] == WORD
            if quoted > 3 or tokens[j, CLS] & (AUX | ENDS_ED):
                return True
            continue
        quoted = 0
        if tokens[j, KIND] != WORD:
            if tokens[j, KIND] == PERIOD or (tokens[j, KIND] == COMMA and over_commas):
                continue
            return False
        word, cls = tokens[j, WID], tokens[j, CLS]
        if word == W_THAT or word == W_WHO or word == W_WHICH:
            return False
        if j > t and cls & AUX and not tokens[j - 1, WID] == W_TO:
            return True
        if j > t and cls & (ENDS_ED | ENDS_S) and tokens[j - 1, CLS] & (PRON | FIRST):
            return True
    return False


def _subject_like(tokens, t):
    cls = tokens[t, CLS]
    if tokens[t, KIND] != WORD:
        return False
    return bool(cls & (PRON | FIRST | DET | CAP | ROLE | POSS | ENDS_S)) and not cls & (TIME | ING)


def _that_ahead(tokens, t, stop, hi, inq):
    """The "that" which opens the statement after words such as "in an interview on Sunday", or -1."""
    if tokens[t, WID] == W_OF or tokens[t, WID] == W_FOR:
        return -1
    for j in range(t, stop):
        if inq[j]:
            return -1
        cls = tokens[j, CLS]
        if tokens[j, KIND] == WORD:
            if tokens[j, WID] == W_THAT:
                relative = j + 1 < hi and tokens[j + 1, CLS] & (AUX | QUOTE) and not tokens[j + 1, CLS] & NOUN
                return -1 if relative else j
            if cls & AUX or (cls & QUOTE and not cls & (NOUN | BASE)) or tokens[j, WID] == W_WHO:
                return -1
        elif tokens[j, KIND] == COMMA:
            if j + 1 < hi and tokens[j + 1, CLS] & CONJ and tokens[j + 1, WID] != W_THAT:
                return -1
        elif tokens[j, KIND] != PERIOD:
            return -1
    return -1


def complement(tokens, v, hi, inq):
    """First token of the indirect statement that the verb v governs, or -1."""
    cls = tokens[v, CLS]
    if v + 1 >= hi or not cls & (CLAUSE | ASK):
        return -1
    t = _skip_time(tokens, v + 1, hi)
    if t >= hi:
        return -1
    if inq[t]:
        return -1
    k, word = tokens[t, KIND], tokens[t, WID]
    if k == COMMA and t + 1 < hi and tokens[t + 1, KIND] == WORD:
        for j in range(t + 1, min(t + 11, hi - 1)):  # said, however, that; said Friday, May 2, that
            if tokens[j, KIND] == WORD and tokens[j, WID] == W_THAT:
                return j + 1 if tokens[j - 1, KIND] == COMMA else -1
            if inq[j] or tokens[j, CLS] & (AUX | QUOTE):
                break
        return -1
    if k != WORD:
        return -1
    if word == W_THAT:
        relative = cls & NOUN and t + 1 < hi and tokens[t + 1, CLS] & (AUX | QUOTE) and not inq[t + 1]
        return t + 1 if t + 1 < hi and not relative else -1
    if tokens[t, CLS] & WH and not (word == W_IF and not cls & ASK):
        return t
    if word == W_TO and not cls & TELL:
        that = _that_ahead(tokens, t, min(t + 9, hi), hi, inq)
        return that + 1 if that >= 0 else -1
    if word == W_BY or word == W_AS or word == W_AND or word == W_BUT or word == W_OR:
        return -1
    if cls & TELL:
        return _after_hearer(tokens, t, hi, inq, v > 0 and bool(tokens[v - 1, CLS] & BE))
    prepositional = tokens[t, CLS] & PREP and not tokens[t, CLS] & CAP
    if prepositional or cls & ASK:
        that = _that_ahead(tokens, t, min(t + 14, hi), hi, inq)
        if that >= 0 and prepositional:
            return that + 1
        for j in range(t, min(t + 8, hi)):
            if (
                cls & ASK
                and tokens[j, KIND] == WORD
                and (tokens[j, WID] == W_WHETHER or tokens[j, WID] == W_IF)
            ):
                return j
            if tokens[j, KIND] == COMMA:
                break
    if prepositional and not (cls & SAY and _clause_after_phrase(tokens, t, hi, inq)):
        return -1
    if cls & SAY:
        return t if _finite_ahead(tokens, t, min(t + 30, hi), inq, bool(cls & SAY)) or hi - t > 5 else -1
    if (
        cls & CLAUSE
        and _subject_like(tokens, t)
        and _finite_ahead(tokens, t, min(t + 12, hi), inq, bool(cls & SAY))
    ):
        return t
    return -1


def _clause_after_phrase(tokens, t, hi, inq):
    """Whether "said in 2016 he would" has a clause after its prepositional phrase."""
    for j in range(t + 1, min(t + 12, hi - 1)):
        if tokens[j, KIND] != WORD or inq[j]:
            return False
        if tokens[j, CLS] & (PRON | FIRST) and tokens[j + 1, CLS] & (AUX | ENDS_ED | ENDS_S):
            return True
        if tokens[j, CLS] & AUX:
            return True
    return False


def _after_hearer(tokens, t, hi, inq, passive):
    """The statement after the person told: "told reporters (that) he would"."""
    for j in range(t, min(t + 14, hi)):
        if inq[j] or (tokens[j, KIND] != WORD and tokens[j, KIND] != COMMA and tokens[j, KIND] != PERIOD):
            return -1
        word, cls = tokens[j, WID], tokens[j, CLS]
        if word == W_THAT:
            return j + 1 if j + 1 < hi else -1
        if cls & WH and word != W_WHO and word != W_IF:
            return j
        if word == W_TO and j + 1 < hi and tokens[j + 1, CLS] & (BASE | AUX):
            return -1
        if tokens[j, KIND] == COMMA and j > t + 6:
            return -1
        if (j > t or passive) and cls & (PRON | FIRST) and j + 1 < hi and tokens[j + 1, KIND] == WORD:
            if not tokens[j - 1, CLS] & PREP and not tokens[j + 1, CLS] & PREP:
                return j
        if (j > t or passive) and cls & DET and not tokens[j - 1, CLS] & PREP:
            return j if _finite_ahead(tokens, j, min(j + 8, hi), inq, bool(cls & SAY)) else -1
        if (
            j > t
            and tokens[j - 1, CLS] & ENDS_S
            and cls & CAP
            and _finite_ahead(tokens, j, min(j + 6, hi), inq, bool(cls & SAY))
        ):
            return j
        if cls & AUX:
            return -1
    return -1


def clause_end(tokens, t, hi, inq, verb_at, subordinate):
    """The token after the indirect statement that begins at t in a sentence that ends at hi."""
    depth = 0
    for j in range(t, hi):
        if inq[j]:
            continue
        k = tokens[j, KIND]
        if k == OPENB:
            depth += 1
        elif k == CLOSEB:
            depth -= 1
            if depth < 0:
                return j
        elif k == SEMI or (k == DASH and depth == 0 and j > t) or (k == COLON and j + 1 < hi and inq[j + 1]):
            return j
        elif k == COMMA and j + 1 < hi and j > t:
            if verb_at[j + 1]:
                return j
            if subordinate:
                return j
            nxt = tokens[j + 1, WID]
            if nxt == W_ACCORDING or nxt == W_BUT or nxt == W_WHILE:
                return j
            if (tokens[j + 1, WID] == W_AND) and _new_statement(tokens, j + 2, hi, inq, verb_at):
                return j
        elif (
            tokens[j, WID] == W_AND
            and verb_at[min(j + 1, hi - 1)]
            and not tokens[min(j + 1, hi - 1), CLS] & BASE
        ):
            return j
    return hi


def _new_statement(tokens, t, hi, inq, verb_at):
    """Whether a new subject with its own verb of speech follows "and"."""
    for j in range(t, min(t + 7, hi)):
        if inq[j] or tokens[j, KIND] != WORD or tokens[j, WID] == W_THAT:
            return False
        if verb_at[j]:
            return True
    return False


def attribution_end(tokens, t, hi, inq, tells):
    """After "…, she said Tuesday in a statement": the token where the attribution ends, or -1 if words go on."""
    t = _skip_time(tokens, t, hi)
    start = t
    while t < hi and not inq[t]:
        k, cls = tokens[t, KIND], tokens[t, CLS]
        if k == COMMA or k == DASH or k == SEMI:
            return t
        if k == PERIOD or k == BANG or k == ELLIPSIS:
            if t == hi - 1 or (t + 1 < hi and inq[t + 1]):
                return t
        elif k != WORD and k != OPENB and k != CLOSEB:
            return t
        elif k == WORD:
            if tells and t < start + 7 and not cls & (AUX | PRON | FIRST):
                tells = tells and not cls & PREP
            elif t == start and not cls & (PREP | CONJ | TIME) and tokens[t, WID] != W_WHEN:
                return -1
            if t - start > 22 or (tells and cls & (AUX | FIRST)):
                return -1
        t += 1
    return t


def is_subordinate(tokens, lo, v):
    """Whether v stands in a clause such as "After he was told that …," before the main one."""
    opened = False
    for t in range(lo, v):
        if tokens[t, KIND] == COMMA:
            return False
        if t < lo + 3 and tokens[t, KIND] == WORD and tokens[t, CLS] & SUBORDINATOR:
            opened = True
    return opened


def is_negated(tokens, v, lo):
    for t in range(max(lo, v - 3), v):
        if tokens[t, CLS] & NEG:
            return True
    return False
