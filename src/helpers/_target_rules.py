"""The rules about targets, compiled by `_native`: which named party a span is about.

`_target_names` decides what each found name stands for in its article. `find_all` then reads the sentence of each span
(`_target_parse`) and asks the rules in order: the span's own noun phrase, its clause, its sentence, the party named
last (`_target_back`). Nothing here knows any name: exchange two names of the same role and only the answer's name
changes.
"""

from __future__ import annotations

from helpers import _cues
from helpers import _target_words as W
from helpers._target_back import (
    CLAUSE,
    LAST_NAMED,
    NOTHING,
    PHRASE,
    SENTENCE,
    UNKNOWN,
    antecedent,
    definite,
    further_back,
    hits_between,
    leads_verb,
    stands_for,
)
from helpers._target_parse import (
    ADJECTIVE,
    ADVERB,
    BARE,
    BREAK,
    DOES,
    FINITE,
    FIRST,
    HELPER,
    HIT,
    LAST,
    NAMES,
    OPENER,
    OTHER,
    PERSON,
    PLACE,
    PREPOSITION,
    ROLE,
    STOP,
    SUBJECT,
    TARGET,
    read_sentence,
)
from helpers._tokens import CLS as SHAPE
from helpers._tokens import END, START, WID

_HYPH = _cues.HYPH


def _named_at(tokens, table, hits, k):
    """The hit of token k if it names a party outright, else -1 (Iran-backed, anti-American)."""
    h = table[k, HIT]
    if h < 0 or hits[h, TARGET] < 0:
        return -1
    if tokens[k + 1, SHAPE] & _HYPH and tokens[k + 1, WID] & W.BACKED:
        return -1
    if k > 0 and tokens[k, SHAPE] & _HYPH and tokens[k - 1, WID] & W.ANTI:
        return -1
    return h


def _own_name(tokens, table, hits, i, j, act):
    """The party named inside the span i..j, or -1; after a preposition it is somebody else, save for `of`."""
    own = -1
    for k in range(i, j + 1):
        h = _named_at(tokens, table, hits, k)
        if h < 0:
            continue
        first = table[k, FIRST]
        if first > i and table[first - 1, DOES] == PREPOSITION and first - 1 >= i:
            if own < 0 and tokens[first - 1, WID] & W.OF and not act:
                return h
            continue
        own = h
    return own


def _agent(tokens, table, hits, n, k):
    """The party after `by` in what is left of the clause from token k on, or -1."""
    while k < n and table[k, DOES] not in (FINITE, BREAK):
        if tokens[k, WID] & W.BY and k + 1 < n and table[k + 1, FIRST] == k + 1:
            name = table[k + 1, NAMES]
            return table[name, HIT] if name >= 0 else -1
        k += 1
    return -1


def _complement(tokens, table, hits, n, k):
    """(hit, classes of the preposition) of a phrase `of X`, `in X` that starts at token k."""
    if k + 1 < n and table[k, DOES] == PREPOSITION and table[k + 1, FIRST] == k + 1:
        name = table[k + 1, NAMES]
        if name >= 0 and table[name, HIT] >= 0:
            return table[name, HIT], tokens[k, WID]
    return -1, 0


def _beside(tokens, table, hits, n, first, last):
    """The party in apposition: the dictator, Bashar al-Assad, … or Bashar al-Assad, the dictator."""
    k = last + 2
    if k < n and table[last + 1, DOES] == STOP and table[k, FIRST] == k:
        end = table[k, LAST]
        name = table[k, NAMES]
        closed = end + 1 >= n or table[end + 1, DOES] in (STOP, BREAK, OTHER)
        if closed and name == end and table[name, HIT] >= 0 and hits[table[name, HIT], ROLE] != ADJECTIVE:
            return table[name, HIT]
    if first > 1 and table[first - 1, DOES] == STOP and table[first, DOES] == OPENER:
        k = first - 2
        name = table[k, NAMES]
        if table[k, LAST] == k and name == k and table[name, HIT] >= 0:
            return table[name, HIT]
    return -1


def _by_phrase(page, n, i, j, act):
    """First rule: the party in the span's own noun phrase. Returns (hit or -1, target of the patient or -1)."""
    tokens, table, hits = page.tokens, page.table, page.hits
    h = _own_name(tokens, table, hits, i, j, act)
    if h >= 0:
        return h, -1
    first = table[i, FIRST] if table[i, FIRST] >= 0 else i
    last = table[j, LAST] if table[j, LAST] >= 0 else j
    for k in range(j + 1, last + 1):
        h = _named_at(tokens, table, hits, k)
        if h >= 0:
            # the regime Russia supports: a clause, not the regime's name
            plain = hits[h, ROLE] != ADJECTIVE and k == last and leads_verb(table, k, n)
            if not (plain and table[first, DOES] == OPENER and hits[h, ROLE] != PERSON):
                return h, -1
    opposed = tokens[last, WID] & W.OPPOSED  # Putin's puppet, Russia's enemy: not Putin, not Russia
    for k in range(i - 1, first - 1 if not opposed else i - 1, -1):
        h = _named_at(tokens, table, hits, k)
        if h >= 0:
            return h, -1
    patient = -1
    h, c = _complement(tokens, table, hits, n, last + 1)
    if act:
        if h >= 0 and c & W.OF:
            patient = hits[h, TARGET]
        agent = _agent(tokens, table, hits, n, last + 1)
        return agent, patient
    if h >= 0 and c & (W.OF | W.BY) and not opposed:
        return h, -1
    if h >= 0 and hits[h, ROLE] == PLACE and c & W.PLACED:
        return h, -1  # regime in Tehran
    return _beside(tokens, table, hits, n, first, last), -1


def _by_sentence(page, n, i, skip):
    """Third rule: the sentence's first subject that is a party, else the party named nearest to the span."""
    tokens, table, hits = page.tokens, page.table, page.hits
    best, away = -1, n + 1
    for k in range(n):
        h = _named_at(tokens, table, hits, k)
        if h < 0 or hits[h, TARGET] == skip:
            continue
        last, first = table[k, LAST], table[k, FIRST]
        if last >= 0 and table[last, NAMES] == k and k < i and leads_verb(table, last, n):
            if not (first > 0 and table[first - 1, DOES] == PREPOSITION):
                return h
        distance = i - k if k < i else k - i
        if distance < away:
            best, away = h, distance
    return best


def choose(page, n, i, j, doc_lo, h0, h1, lo):
    """Ask the rules in order for the span of tokens i..j; return (hit or -1, how)."""
    tokens, table, hits = page.tokens, page.table, page.hits
    does = table[i, DOES]
    k = i
    while k < j and table[k, DOES] == ADVERB:
        k += 1
    clausal = False
    for m in range(i, j + 1):
        if table[m, DOES] == FINITE:
            clausal = True
    verbal = (
        clausal
        or table[k, DOES] in (FINITE, HELPER, BARE)
        or (does == ADVERB and k == j and table[i, FIRST] < 0)
    )
    act = False
    if not verbal:
        for k in range(i, j + 1):
            if tokens[k, WID] & W.ACT:
                act = True
    patient = -1
    if not verbal:
        h, patient = _by_phrase(page, n, i, j, act)
        if h >= 0:
            return h, PHRASE
        first = table[i, FIRST]
        if first >= 0:
            name = table[i, NAMES]
            if name >= 0 and name < i and table[name, DOES] == OPENER:  # his regime
                h = antecedent(page, n, doc_lo, h0, h1, lo, name, tokens[name, WID], patient)
                if h >= 0:
                    return h, LAST_NAMED
            c = definite(tokens, table, table[i, LAST])
            if c and j == table[i, LAST] and not (first > 0 and _after_link(tokens, table, first)):
                s = table[first, SUBJECT]
                other = patient
                if s >= 0 and s < first and table[s, NAMES] >= 0 and table[table[s, NAMES], HIT] >= 0:
                    other = hits[table[table[s, NAMES], HIT], TARGET]
                h = further_back(page, doc_lo, h0, h1, lo, W.THEY if c & W.IT else W.HE, other, True)
                if h >= 0:
                    return h, LAST_NAMED
    if verbal and _is_passive(tokens, table, i, j):
        h = _agent(tokens, table, hits, n, i)
        if h >= 0:
            return h, CLAUSE
    s = table[i, SUBJECT]
    if s >= 0 and not i <= s <= j and not (not verbal and table[i, FIRST] <= s <= table[i, LAST]):
        for _ in range(3):
            h, how = stands_for(page, n, doc_lo, h0, h1, lo, s, patient)
            if h >= 0 and hits[h, TARGET] != patient:
                return h, how
            # North Korea has missiles that threaten: who has them
            if h == UNKNOWN or table[s, SUBJECT] < 0 or table[s, SUBJECT] >= s:
                break
            s = table[s, SUBJECT]
    if verbal:
        h = _agent(tokens, table, hits, n, j + 1)
        if h >= 0:
            return h, CLAUSE
    h = _by_sentence(page, n, i, patient)
    if h >= 0:
        return h, SENTENCE
    h = further_back(page, doc_lo, h0, h1, lo, 0, patient, False)
    return (h, LAST_NAMED) if h >= 0 else (-1, NOTHING)


def _is_passive(tokens, table, i, j):
    """Whether the span says what is done to its subject (was attacked), and not what it is called."""
    for k in range(i, j + 1):
        if table[k, DOES] == BARE and not tokens[k, WID] & W.CALL and not tokens[k, WID] & W.SAY:
            b = k - 1
            while b >= 0 and table[b, DOES] == ADVERB:
                b -= 1
            return b >= 0 and bool(tokens[b, WID] & W.BE) and not _is_ing(tokens, k)
    return False


def _is_ing(tokens, k):
    return bool(tokens[k, WID] & W.VERB) and not tokens[k, WID] & W.FINITE


def _after_link(tokens, table, first):
    """Whether a linking verb stands before the phrase: is a dictator."""
    k = first - 1
    while k > 0 and table[k, DOES] == ADVERB:
        k -= 1
    return bool(tokens[k, WID] & (W.BE | W.LINK))


def find_all(page, bounds, hit_from, doc, start, end, s_start, s_end, out_hit, out_how):
    """Find the target of each span; all offsets count from the beginning of the first text."""
    read_from, read_to, n, room = -1, -1, 0, page.tokens.shape[0] - 2
    for q in range(doc.shape[0]):
        d = doc[q]
        h0, h1 = hit_from[d], hit_from[d + 1]
        lo = s_start[q]
        if s_end[q] - lo > room:  # too long to read: what stands around the span
            lo = max(lo, start[q] - room // 2)
        hi = min(s_end[q], lo + room)
        if lo != read_from or hi != read_to:
            low, high = hits_between(page.hits, h0, h1, lo, hi)
            n = read_sentence(
                page.cps,
                lo,
                hi,
                page.chars,
                page.cues,
                page.hits,
                low,
                high,
                page.tokens,
                page.table,
                page.stack,
            )
            read_from, read_to = lo, hi
        i = 0
        while i < n and page.tokens[i, END] <= start[q]:
            i += 1
        j = i
        while j + 1 < n and page.tokens[j + 1, START] < end[q]:
            j += 1
        if i < n and page.tokens[i, START] < end[q]:
            out_hit[q], out_how[q] = choose(page, n, i, j, bounds[d], h0, h1, lo)
