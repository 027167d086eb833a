"""Who speaks at each token: the rules for quoted, reported and scare.

The result is one label a token, so that no two rows can overlap. See `voices` for what the labels mean.
"""

from __future__ import annotations

import numpy as np

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
    ENDS_ING,
    ENDS_S,
    FIRST,
    HOLDER,
    ING,
    LABEL,
    MAKE,
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
    TITLE,
    WH,
)  # fmt: skip
from helpers._quotes import CARRIED, CLOSE, CLOSED, DEPTH, OPEN
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
    W_AND,
    W_BUT,
    W_IT,
    W_OR,
    W_THAT,
    W_THEY,
    W_TO,
    W_WHICH,
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
)  # fmt: skip
from helpers._tokens import (
    BANG,
    CLOSEB,
    CLS,
    COLON,
    COMMA,
    DASH,
    DQ,
    ELLIPSIS,
    HASH,
    KIND,
    LOW,
    OPENB,
    PARA,
    PERIOD,
    SEMI,
    WID,
    WORD,
)  # fmt: skip

NARRATOR, QUOTED, REPORTED, SCARE = 0, 1, 2, 3
W_WHETHER, W_IF, W_HOW, W_WHY, W_WHAT, W_WHERE, W_WHEN, W_OUT, W_AS, W_BY, W_OF, W_FOR, W_NOT = (
    W["whether"], W["if"], W["how"], W["why"], W["what"], W["where"], W["when"], W["out"], W["as"], W["by"],
    W["of"], W["for"], W["not"],
)  # fmt: skip
H_PRESIDENT = _cues.word_hash("president")
NOBODY = -1
UNREAD = -2  # whoever speaks depends on text that was not read
CUE = QUOTE | CLAUSE | ASK | NOUN
W_CLEAR, W_THE, W_WHILE, W_LAST, W_NEXT, W_HIS, W_HER, W_STATEMENT = (
    W["clear"], W["the"], W["while"], W["last"], W["next"], W["his"], W["her"], W["statement"],
)  # fmt: skip
SUBJECT = 6  # no verb of speech at all: the subject of a sentence that holds a quotation

PAST = 8  # tokens after a verb among which its subject may stand, the sentence's end or not
AROUND = (
    400  # tokens on each side that a verb of speech can reach, so that time stays linear in endless sentences
)


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


def _complement(tokens, v, hi, inq):
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


def _clause_end(tokens, t, hi, inq, verb_at, subordinate):
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


def _attribution_end(tokens, t, hi, inq, tells):
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
            start = _complement(tokens, v, hi, inq)
        if start >= 0 and kind != OF_NOUN and _negated(tokens, v, lo):
            continue
        if start >= 0:
            under = _is_subordinate(tokens, lo, v)
            end = _clause_end(tokens, start, hi, inq, verb_at, under)
            _mark(tokens, start, end, i, inq, label, speaker)
        elif kind == PLAIN and tokens[v, CLS] & CLAUSE and not tokens[v, CLS] & ING:
            end = _attribution_end(tokens, v + 1, hi, inq, bool(tokens[v, CLS] & TELL))
            verbs[i, V_END] = end
            if end >= 0:
                _postposed(tokens, lo, hi, v, verbs[i, V_NPA], end, i, inq, label, speaker)
        elif kind == INVERTED and tokens[v, CLS] & CLAUSE:
            _postposed(tokens, lo, hi, v, v, verbs[i, V_NPB], i, inq, label, speaker)


def _is_subordinate(tokens, lo, v):
    """Whether v stands in a clause such as "After he was told that …," before the main one."""
    opened = False
    for t in range(lo, v):
        if tokens[t, KIND] == COMMA:
            return False
        if t < lo + 3 and tokens[t, KIND] == WORD and tokens[t, CLS] & SUBORDINATOR:
            opened = True
    return opened


def _negated(tokens, v, lo):
    for t in range(max(lo, v - 3), v):
        if tokens[t, CLS] & NEG:
            return True
    return False


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
