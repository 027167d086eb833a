"""Verbs of speech and who their subjects are.

Names are found by their capitals, never by a list. A verb's subject is looked for on its left (also past an
appositive between commas), or on its right where the order is inverted; pronouns go to the last person who spoke
or was named; a surname is given in the fullest form that stands before it.
"""

from __future__ import annotations

import numpy as np

from helpers import _cues
from helpers._cues import (
    ADV,
    ALLCAP,
    ASK,
    AUX,
    BASE,
    CAP,
    CLAUSE,
    CONJ,
    DET,
    DIGIT,
    FIRST,
    ING,
    NEG,
    NOUN,
    ONE,
    ORG,
    PARTICLE,
    POSS,
    PREP,
    PRON,
    QUOTE,
    ROLE,
    STARTER,
    TIME,
    TITLE,
)  # fmt: skip
from helpers._tokens import (
    CLOSEB,
    CLS,
    COMMA,
    DASH,
    END,
    HASH,
    KIND,
    OPENB,
    PARA,
    PERIOD,
    START,
    WID,
    WORD,
)

W = _cues.WID
W_AND, W_BUT, W_OR, W_WHO, W_WHICH, W_BY, W_TO, W_THAT = (
    W["and"], W["but"], W["or"], W["who"], W["which"], W["by"], W["to"], W["that"],
)  # fmt: skip
W_ACCORDING, W_BE, W_BEEN, W_IS, W_WAS, W_HE, W_SHE, W_IT, W_THEY, W_ON = (
    W["according"], W["be"], W["been"], W["is"], W["was"], W["he"], W["she"], W["it"], W["they"], W["on"],
)  # fmt: skip
# Columns of the table of verbs: its token, its sentence, first and last-but-one token of its subject's noun phrase,
# first token of the name and the token after it (-1 where nobody is named), kind, where its attribution ends if no statement
# follows it (-1 where one does), and whether the name depends on what stands elsewhere.
V_TOK, V_SENT, V_NPA, V_NPB, V_A, V_B, V_KIND, V_END, V_ASKS = 0, 1, 2, 3, 4, 5, 6, 7, 8
PLAIN, INVERTED, ACCORDING, OF_NOUN, PASSIVE, SELF = 0, 1, 2, 3, 4, 5
# Columns of the table of names.
N_A, N_B, N_FIRST, N_LAST, N_PERSON, N_TITLE = 0, 1, 2, 3, 4, 5
# A longer name explains a shorter one before it only so many tokens ahead: Trump, in the next sentences Donald Trump, but
# not the Trump Tower at the end of the article.
AHEAD = 60


def _joined(tokens, t):
    """Whether word t goes on the name of the word before it: "John F. Kennedy", "al-Assad"."""
    gap = tokens[t, START] - tokens[t - 1, END]
    return gap <= 1 or (gap <= 3 and tokens[t - 1, KIND] == WORD)


def _is_date(tokens, t, hi):
    """Whether the word is a date rather than the name Day, May or March."""
    cls = tokens[t, CLS]
    if not cls & TIME:
        return False
    return not cls & _cues.DATED or (t + 1 < hi and bool(tokens[t + 1, CLS] & DIGIT))


def name_end(tokens, t, hi):
    """The token after the name that begins at t (t itself where none does)."""
    cls = tokens[t, CLS]
    if tokens[t, KIND] != WORD or not cls & CAP or cls & (PRON | FIRST) or _is_date(tokens, t, hi):
        return t
    if cls & TIME and (t == 0 or tokens[t - 1, CLS] & PREP or tokens[t - 1, KIND] != WORD):
        return t
    end = t + 1
    while end < hi:
        if tokens[end - 1, CLS] & POSS:
            return end
        k, c = tokens[end, KIND], tokens[end, CLS]
        if k == PERIOD:  # after an initial or a title
            short = (
                tokens[end - 1, CLS] & (ONE | TITLE | _cues.ABBR)
                and tokens[end, START] == tokens[end - 1, END]
            )
            if not (short and end + 1 < hi and tokens[end + 1, CLS] & CAP and tokens[end + 1, KIND] == WORD):
                return end
            end += 1
            continue
        if k != WORD or not _joined(tokens, end):
            return end
        if c & CAP and not _is_date(tokens, end, hi) and not (c & PRON and not c & _cues.HYPH):
            end += 1
        elif c & PARTICLE and end + 1 < hi and tokens[end + 1, CLS] & CAP and tokens[end + 1, KIND] == WORD:
            end += 2
        else:
            return end
    return end


def trim_name(tokens, a, b):
    """Leave titles in front out of the name [a, b): "Prime Minister Benjamin Netanyahu"."""
    start = a
    if tokens[b - 1, CLS] & ORG:
        while start < b - 1 and tokens[start, CLS] & (DET | STARTER):
            start += 1
        return start
    while (
        start < b - 1 and tokens[start, CLS] & (PREP | CONJ | ADV | AUX | NEG) and tokens[start, KIND] == WORD
    ):
        start += 1
    for t in range(start, b - 1):
        if tokens[t, CLS] & (TITLE | DET | STARTER) and tokens[t + 1, KIND] != WORD:
            start = t + 2
        elif tokens[t, CLS] & (TITLE | DET | STARTER | ROLE):
            start = t + 1
    return start if start < b else a


def _personal(names, i, titled, company):
    """2 for a name with a title, 1 for one of several words or the surname of such a one before it, else 0."""
    if titled or company:
        return 2 if titled and not company else 0
    if names[i, N_B] - names[i, N_A] > 1:
        return 1
    for j in range(i - 1, max(-1, i - 200), -1):
        if names[j, N_LAST] == names[i, N_LAST] or names[j, N_FIRST] == names[i, N_LAST]:
            return 1 if names[j, N_PERSON] else 0
    return 0


def find_names(tokens, n, sents, m, names):
    """Fill the table of names in the order of the text; return how many."""
    count = np.int64(0)
    for s in range(m):
        t, hi = sents[s, 0], sents[s, 1]
        first = t
        while t < hi:
            b = name_end(tokens, t, hi) if tokens[t, CLS] & CAP else t
            if b == t:
                t += 1
                continue
            a = trim_name(tokens, t, b)
            last = tokens[b - 1, CLS]
            opener = t == first and b - t == 1 and last & (STARTER | ADV | DET | PREP | CONJ | AUX | QUOTE)
            if not opener and not (b - a == 1 and last & (DET | CONJ | PREP | PRON | NEG)):
                names[count, N_A], names[count, N_B] = a, b
                names[count, N_FIRST], names[count, N_LAST] = tokens[a, HASH], tokens[b - 1, HASH]
                titled = a > t
                names[count, N_TITLE] = tokens[a - 1, HASH] if titled else 0
                if titled and tokens[a - 1, KIND] == PERIOD:
                    names[count, N_TITLE] = tokens[a - 2, HASH]
                company = last & ORG or (a > 0 and tokens[a - 1, CLS] & DET) or (last & ALLCAP and b - a == 1)
                names[count, N_PERSON] = _personal(names, count, titled, bool(company))
                count += 1
            t = b
    return count


def fullest(tokens, names, count, a, b, out):
    """Put into out the fullest form of the name [a, b): a longer one that begins or ends with it, before it or soon after."""
    out[0], out[1] = a, b
    if b - a > 1 or a < 0:
        return
    h = tokens[a, HASH]
    found, begun = -1, -1
    for i in range(count):
        if names[i, N_LAST] != h and names[i, N_FIRST] != h:
            continue
        if names[i, N_A] > a and (found >= 0 or begun >= 0 or names[i, N_A] > a + AHEAD):
            break
        if 2 <= names[i, N_B] - names[i, N_A] <= 5:
            if names[i, N_LAST] == h:
                found = i
            elif begun < 0:
                begun = i
    found = found if found >= 0 else begun
    if found >= 0:
        out[0], out[1] = names[found, N_A], names[found, N_B]


def is_governed(tokens, lo, t):
    """Whether a preposition governs the noun phrase that begins at or shortly before t."""
    j = t - 1
    while j >= lo and t - j < 6 and tokens[j, KIND] == WORD:
        cls = tokens[j, CLS]
        if cls & CONJ:
            return False
        if cls & PREP:
            return tokens[j, WID] != W_TO or j + 1 == t
        if cls & (AUX | PRON | FIRST):
            return False
        if cls & DET:
            return (
                j > lo
                and tokens[j - 1, KIND] == WORD
                and bool(tokens[j - 1, CLS] & PREP)
                and (not tokens[j - 1, CLS] & CONJ)
            )
        j -= 1
    return False


def first_subject(tokens, lo, hi, inq, out):
    """The first pronoun, name or speaking noun of [lo, hi) that no preposition governs."""
    out[0], out[1] = -1, -1
    t = lo
    while t < hi:
        if inq[t] or tokens[t, KIND] != WORD:
            t += 1
            continue
        cls = tokens[t, CLS]
        if not cls & (PRON | FIRST | CAP | ROLE):
            t += 1
            continue
        b = name_end(tokens, t, hi)
        if b > t:
            start = trim_name(tokens, t, b)
            plain = b - start == 1 and tokens[b - 1, CLS] & (STARTER | PREP | CONJ | DET | ADV)
            if not plain and not is_governed(tokens, lo, t):
                out[0], out[1] = start, b
                return
            t = b
            continue
        pronoun = cls & (PRON | FIRST) and tokens[t, WID] != W_IT
        if (pronoun or (cls & ROLE and tokens[t, WID] != W_WHO)) and not is_governed(tokens, lo, t):
            out[0], out[1] = t if pronoun else _phrase_start(tokens, lo, t), t + 1
            return
        t += 1


def _phrase_start(tokens, lo, t):
    """The first word of the noun phrase that ends with t, its article left out."""
    a = t
    while a > lo and tokens[a - 1, KIND] == WORD and t - a < 5:
        if (
            tokens[a - 1, CLS] & (DET | PREP | CONJ | AUX | QUOTE | PRON | TIME | NEG)
            or tokens[a - 1, WID] > 0
        ):
            break
        a -= 1
    return a


def _pick_head(tokens, a, b, out):
    """The speaker in the noun phrase [a, b): the name that is its head, else the phrase without its article."""
    out[0], out[1] = -1, -1
    while a < b and (tokens[a, KIND] != WORD or tokens[a, CLS] & ADV):
        a += 1
    head = b
    for t in range(a + 1, b):
        if tokens[t, CLS] & PREP and not tokens[t, CLS] & CAP:
            head = t
            break
    lead = a
    if a < b and tokens[a, CLS] & PREP:  # In a statement Mr. Day said
        lead = head
        head = b
    t, start, end = lead, -1, -1
    while t < head:
        e = name_end(tokens, t, head)
        if e > t:
            start, end = t, e
            t = e
        else:
            t += 1
    if end >= 0 and end == head:
        start = trim_name(tokens, start, end)
        single = end - start == 1 and tokens[start, CLS] & (DET | STARTER | PREP | CONJ) and start == a
        if not (single and not tokens[start, CLS] & ORG):
            out[0], out[1] = start, end
            return
    if a < b and tokens[a, CLS] & PREP:
        a = _phrase_start(tokens, a, b - 1)
        out[0], out[1] = a, b
        return
    if a < b - 1 and tokens[a, CLS] & DET and not tokens[a, CLS] & ROLE:
        a += 1
    lone = (
        b - a == 1 and tokens[a, CLS] & (DET | CONJ | AUX | PREP | TIME | FIRST) and not tokens[a, CLS] & ROLE
    )
    if a < b and b - a <= 14 and not lone:
        out[0], out[1] = a, b


def _np_left(tokens, lo, j, inq):
    """First token of the noun phrase that ends with token j."""
    a = j
    while a >= lo and not inq[a]:
        k, cls = tokens[a, KIND], tokens[a, CLS]
        if k == PERIOD:
            if not (a > lo and tokens[a - 1, CLS] & (ONE | TITLE | _cues.ABBR | _cues.ABBR2)):
                break
        elif k == CLOSEB or k == OPENB:
            pass
        elif (
            k != WORD
            or cls & (AUX | NEG)
            or tokens[a, WID] == W_THAT
            or (cls & CONJ and not (tokens[a, WID] == W_AND and a > lo and tokens[a - 1, CLS] & (CAP | ROLE)))
            or (cls & (PRON | FIRST) and a < j)
            or (cls & QUOTE and not cls & (CAP | BASE | NOUN | ROLE) and a < j)
        ):
            break
        a -= 1
    return a + 1


def subject_left(tokens, lo, v, inq, npr, out):
    """The subject on the left of the verb v, its sentence beginning at lo: noun phrase into npr, speaker into out."""
    j = v - 1
    npr[0], npr[1], out[0], out[1] = v, v, -1, -1
    while j >= lo and not inq[j] and tokens[j, KIND] == WORD:
        cls = tokens[j, CLS]
        skip = cls & (AUX | NEG) or (cls & ADV and not cls & CAP) or (cls & TIME and j > lo)
        if not (skip or (tokens[j, WID] == W_ON and tokens[j + 1, CLS] & TIME)):
            break
        j -= 1
    if j < lo or inq[j]:
        npr[0] = j + 1
        return
    if tokens[j, KIND] == WORD and (tokens[j, WID] == W_WHO or tokens[j, WID] == W_WHICH) and j > lo:
        j -= 1 + (tokens[j - 1, KIND] == COMMA)
        if j < lo or inq[j]:
            return
    k = tokens[j, KIND]
    if k == CLOSEB:
        while j > lo and tokens[j, KIND] != OPENB:
            j -= 1
        j -= 1
        if j < lo:
            return
        k = tokens[j, KIND]
    start = lo  # where the clause with the subject may begin
    for t in range(j, lo - 1, -1):
        if inq[t] or tokens[t, KIND] == DASH or tokens[t, KIND] == PARA:
            start = t + 1
            break
    linked = k == WORD and tokens[j, CLS] & CONJ and not tokens[j, CLS] & (ROLE | PRON)
    governed = k == WORD and tokens[v, CLS] & ING and tokens[j, CLS] & PREP  # stopped short of saying that
    if k == COMMA or linked or governed or (tokens[v, CLS] & ING and k != WORD):
        first_subject(tokens, start, j, inq, out)
        npr[0] = start if out[0] < 0 else out[0]
        while npr[0] > start and tokens[npr[0] - 1, KIND] != COMMA:
            npr[0] -= 1
        return
    if k != WORD and k != PERIOD:
        npr[0] = j + 1
        return
    a = _np_left(tokens, start, j, inq)
    npr[0], npr[1] = a, j + 1
    if a > j:
        first_subject(tokens, start, j + 1, inq, out)
        return
    if tokens[j, CLS] & (PRON | FIRST):
        out[0], out[1] = j, j + 1
        return
    _pick_head(tokens, a, j + 1, out)


def subject_right(tokens, v, hi, inq, npr, out):
    """The subject on the right of the verb or preposition v."""
    t = v + 1
    while t < hi and tokens[t, KIND] == WORD and tokens[t, CLS] & ADV and not tokens[t, CLS] & (CAP | DET):
        t += 1
    b = t
    while b < hi and not inq[b]:
        k, cls = tokens[b, KIND], tokens[b, CLS]
        if k == PERIOD:
            if not tokens[b - 1, CLS] & (ONE | TITLE | _cues.ABBR | _cues.ABBR2) or b + 1 >= hi:
                break
        elif (
            k != WORD
            or (b > t and (cls & TIME or cls & AUX or tokens[b, WID] == W_WHO or cls & (PRON | FIRST)))
            or (b > t and cls & CONJ and tokens[b, WID] != W_AND)
        ):
            break
        b += 1
    npr[0], npr[1] = t, b
    out[0], out[1] = -1, -1
    if b > t:
        if tokens[t, CLS] & (PRON | FIRST):
            out[0], out[1] = t, t + 1
            npr[1] = t + 1
            return
        e = b
        for j in range(t + 1, b):  # a name first: "said Debora Plunkett of Harvard"
            if tokens[j, CLS] & PREP and tokens[j - 1, CLS] & CAP:
                e = j
                break
        _pick_head(tokens, t, e, out)


def is_verb(tokens, t, lo):
    """Whether the word t, which can be a verb of speech, is one here rather than a noun or a participle."""
    cls = tokens[t, CLS]
    if not cls & (QUOTE | CLAUSE | ASK) or (cls & CAP and t > lo):
        return False
    if cls & ING and not cls & (NOUN | BASE):
        return not (t > lo and tokens[t - 1, CLS] & DET)
    if t == lo:
        return not cls & BASE and not cls & CAP
    before = tokens[t - 1, CLS]
    if tokens[t - 1, KIND] != WORD:
        if cls & NOUN and not (t + 1 < len(tokens) and tokens[t + 1, CLS] & CAP):
            return False
        return not (cls & BASE and tokens[t - 1, KIND] != COMMA)
    if before & POSS or tokens[t, CLS] & _cues.HYPH:
        return False
    if before & (DET | PREP) and not before & (PRON | ROLE | ADV):
        return tokens[t - 1, WID] == W_TO and bool(cls & BASE)
    if cls & (BASE | NOUN):
        j = t - 1
        while j > lo and tokens[j, CLS] & ADV and tokens[j, KIND] == WORD:
            j -= 1
        before = tokens[j, CLS]
        if (
            t + 1 < len(tokens)
            and tokens[t + 1, WID] == W_THAT
            and tokens[t + 1, KIND] == WORD
            and before & _cues.ENDS_S
        ):
            return True
        subject = before & (PRON | FIRST | ROLE | CAP | AUX | NEG) or tokens[j, WID] == W_WHO
        return bool(subject) or bool(cls & BASE and not cls & NOUN and before & (_cues.ENDS_S | CONJ))
    return True
