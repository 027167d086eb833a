"""The rules about targets, compiled by `_native`: which named party a span is about.

`settle_names` decides what each found name stands for in its article. `find_all` then reads the sentence of each span
(`_target_parse`) and asks the rules in order: the span's own noun phrase, its clause, its sentence, the party named
last. Nothing here knows any name: exchange two names of the same role and only the answer's name changes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers import _cues
from helpers import _target_words as W
from helpers._target_parse import (
    ADJECTIVE,
    ADVERB,
    BARE,
    BREAK,
    DOES,
    FINITE,
    FIRST,
    H_END,
    H_START,
    HELPER,
    HIT,
    LAST,
    NAME,
    NAMES,
    NOUN,
    OPENER,
    OTHER,
    PEOPLE,
    PERSON,
    PLACE,
    PREPOSITION,
    PRONOUN,
    ROLE,
    SHE,
    STOP,
    SUBJECT,
    TARGET,
    WHO,
    is_article,
    read_sentence,
)  # fmt: skip
from helpers._tokens import CLS as SHAPE
from helpers._tokens import END, LOWER, NUMERAL, START, UPPER, WID

# How a target was found; 0 where it was not.
NOTHING, PHRASE, CLAUSE, SENTENCE, LAST_NAMED = range(5)
MOST_BACK = 300  # names looked at before a span, so that time stays linear
REACH = 3  # sentences looked back for the party named last
KEPT = 16  # earlier sentences kept as read
UNKNOWN = -2  # a person is meant whom the table does not name
# Columns of the table of readings: what an alias may stand for.
R_TARGET, R_WHO, R_ROLE, R_SHE, R_FROM, R_TO, R_FLAGS, R_KEY = range(8)
# Bits of a reading: counts only where its target is named otherwise; only where it stands alone; a person's surname;
# a person's full name; the person rules.
IF_NAMED, IF_ALONE, SURNAME, FULL_NAME, RULES = 1, 2, 4, 8, 16
_POSS, _HYPH, _CAP = _cues.POSS, _cues.HYPH, _cues.CAP


class Page(NamedTuple):
    """What the rules read and write: the texts end to end, the names in them, tables, room for two sentences."""

    cps: np.ndarray  # int32, code points of all texts end to end
    chars: np.ndarray  # class of each character
    cues: np.ndarray  # hashed word classes
    hits: np.ndarray  # names found, in order: H_START, H_END, TARGET, WHO, ROLE, SHE
    tokens: np.ndarray  # the sentence being read
    table: np.ndarray
    tokens2: np.ndarray  # sentences before it that were read last, by the place where they begin
    table2: np.ndarray
    kept: np.ndarray  # their start, end and number of tokens
    stack: np.ndarray


def _kind(cps, i, lo, hi, chars):
    if i < lo or i >= hi:
        return 0
    c = cps[i]
    return chars[c] if c < 0x10000 else 0


def _hash(cps, a, b):
    h = 7
    for i in range(a, b):
        c = int(cps[i])
        if 65 <= c <= 90:
            c += 32
        h = (h * 257 + c) & 0xFFFFFFFFFFFFF
    return h


def look_up(table, h):
    """Row of the open-addressed table that holds the hash h, or -1."""
    size = len(table)
    slot = (h ^ (h >> 17)) & (size - 1)
    while table[slot, 0] != 0:
        if table[slot, 0] == h:
            return slot
        slot = (slot + 1) & (size - 1)
    return -1


def _word_before(cps, a, lo, hi, chars, cues):
    """Bounds of the word before a on the same line, past initials (Donald J. Trump), or (-1, -1)."""
    i = a - 1
    while True:
        if i < lo or cps[i] != 32:
            return -1, -1
        i -= 1
        if i > lo and cps[i] == 46 and _kind(cps, i - 1, lo, hi, chars) == UPPER:
            before = _kind(cps, i - 2, lo, hi, chars)
            if not LOWER <= before <= NUMERAL:
                i -= 2
                while i > lo and cps[i] == 46 and _kind(cps, i - 1, lo, hi, chars) == UPPER:
                    i -= 2  # H.W.
                continue
        break
    stop = i >= lo and cps[i] == 46
    if stop:
        i -= 1  # Mr.; any other full stop ends a sentence
    end = i + 1
    while LOWER <= _kind(cps, i, lo, hi, chars) <= NUMERAL or (
        i > lo
        and i + 1 < end
        and cps[i] in (39, 45, 0x2019)
        and LOWER <= _kind(cps, i - 1, lo, hi, chars) <= NUMERAL
    ):
        i -= 1
    if i + 1 >= end:
        return -1, -1
    if stop:
        row = look_up(cues, _hash(cps, i + 1, end))
        if row < 0 or not cues[row, 2] & W.ABBREV:
            return -1, -1
    return i + 1, end


def _neighbours(cps, a, b, lo, hi, chars, cues, firsts, alias_before):
    """What stands around a single-word name.

    Returns (first, other): the row in `firsts` of a first name before it, or -1; whether it is part of a longer,
    unknown name.
    """
    other = False
    first = -1
    start, end = _word_before(cps, a, lo, hi, chars, cues)
    if start >= 0 and _kind(cps, start, lo, hi, chars) == UPPER:
        h = _hash(cps, start, end)
        first = look_up(firsts, h)
        if look_up(cues, h) < 0 and not alias_before:
            other = True
    return first, other


def _name_follows(cps, b, lo, hi, chars, cues):
    """Whether an unknown capitalised word follows directly: Jordan Peterson, Georgia Tech."""
    if b + 1 >= hi or cps[b] != 32 or _kind(cps, b + 1, lo, hi, chars) != UPPER:
        return False
    end = b + 1
    while LOWER <= _kind(cps, end, lo, hi, chars) <= NUMERAL:
        end += 1
    return end - b > 2 and look_up(cues, _hash(cps, b + 1, end)) < 0


def settle_names(
    cps, bounds, day, hit_from, raw, pointer, readings, chars, cues, firsts, pairs, stamp, last_full, hits
):
    """Decide what each found name stands for, article by article; fill `hits`.

    `raw` has start, end and alias of each name; `readings[pointer[alias]:pointer[alias + 1]]` are what the alias may
    stand for. Of readings that fit, the one wins whose person was named in full last, then the one whose period holds
    the article's day, then a ruler, then the latest. `stamp` and `last_full` are zeros, one for each key of a reading.
    """
    for doc in range(bounds.shape[0] - 1):
        lo_hit, hi_hit = hit_from[doc], hit_from[doc + 1]
        lo, hi = bounds[doc], bounds[doc + 1]
        # who is named outright
        for i in range(lo_hit, hi_hit):
            alias = raw[i, 2]
            for r in range(pointer[alias], pointer[alias + 1]):
                flags = readings[r, R_FLAGS]
                if not flags & (IF_NAMED | IF_ALONE | SURNAME) or flags & FULL_NAME:
                    stamp[readings[r, R_KEY]] = doc + 1
        for i in range(lo_hit, hi_hit):
            alias, a, b = raw[i, 2], raw[i, 0], raw[i, 1]
            hits[i, H_START], hits[i, H_END] = a, b
            hits[i, TARGET], hits[i, WHO], hits[i, ROLE], hits[i, SHE] = -1, -1, NAME, 0
            first, other, follows, looked = -1, False, False, False
            best, best_score = -1, (-1, -1, -1, -1)
            for r in range(pointer[alias], pointer[alias + 1]):
                row = readings[r]
                flags = row[R_FLAGS]
                if row[R_TARGET] < 0:
                    continue
                if flags & (SURNAME | IF_ALONE) and not looked:
                    looked = True
                    alias_before = i > lo_hit and raw[i - 1, 1] == a - 1 and hits[i - 1, ROLE] != PERSON
                    first, other = _neighbours(cps, a, b, lo, hi, chars, cues, firsts, alias_before)
                    follows = _name_follows(cps, b, lo, hi, chars, cues)
                person_first = False
                if first >= 0 and flags & SURNAME:
                    person_first = look_up(pairs, firsts[first, 1] * 65536 + row[R_KEY] + 1) >= 0
                named = stamp[row[R_KEY]] == doc + 1
                if flags & SURNAME and other and not person_first:
                    continue
                if flags & IF_NAMED and not named and not person_first:
                    continue
                if flags & IF_ALONE and (other or follows):
                    continue
                period = 1
                if day[doc] >= 0:
                    bounded = row[R_FROM] > 0 or row[R_TO] < 1000000
                    holds = row[R_FROM] <= day[doc] <= row[R_TO]
                    period = (3 if bounded else 2) if holds else 1
                elif flags & RULES:
                    period = 2
                full = (
                    last_full[row[R_KEY]] - lo_hit
                    if row[R_WHO] >= 0 and last_full[row[R_KEY]] > lo_hit
                    else 0
                )
                score = (1 if person_first else 0, full, period, row[R_FROM])
                if score > best_score:
                    best, best_score = r, score
            if best >= 0:
                row = readings[best]
                hits[i, TARGET], hits[i, WHO] = row[R_TARGET], row[R_WHO]
                hits[i, ROLE], hits[i, SHE] = row[R_ROLE], row[R_SHE]
                if row[R_FLAGS] & FULL_NAME or best_score[0] == 1:
                    last_full[row[R_KEY]] = i + 1
                    stamp[row[R_KEY]] = doc + 1


def _put_name(names, k, both, count):
    both[count, 0], both[count, 1], both[count, 2] = names[k, 0], names[k, 1], names[k, 2]
    return count + 1


def add_acronyms(cps, bounds, stops, chars, acronyms, names, both):
    """Add the acronyms written with full stops (U.S., C.I.A.) to the names; return how many there are then.

    `names` has start, end and alias in the order of the text, `stops` the places of the full stops; `both` has room for
    all. An acronym wins over the names inside it.
    """
    count, k, doc, end = 0, 0, 0, 0
    for stop in range(len(stops) - 1):
        i = stops[stop] - 1
        if i < end or stops[stop + 1] != i + 3:
            continue
        while bounds[doc + 1] <= i:
            doc += 1
        lo, hi = bounds[doc], bounds[doc + 1]
        opens = _kind(cps, i, lo, hi, chars) == UPPER
        if i + 3 >= hi or not opens or LOWER <= _kind(cps, i - 1, lo, hi, chars) <= NUMERAL:
            continue
        h, end = 7, i
        while end + 1 < hi and cps[end + 1] == 46 and _kind(cps, end, lo, hi, chars) == UPPER:
            h = (h * 257 + (int(cps[end]) | 32)) & 0xFFFFFFFFFFFFF
            end += 2
        row = look_up(acronyms, h)
        if row >= 0 and end - i >= 4:
            while k < len(names) and names[k, 0] < i:
                count = _put_name(names, k, both, count)
                k += 1
            both[count, 0], both[count, 1], both[count, 2] = i, end, acronyms[row, 1]
            count += 1
            while k < len(names) and names[k, 0] < end:
                k += 1
    while k < len(names):
        count = _put_name(names, k, both, count)
        k += 1
    return count


def _agrees(c, hits, h):
    """Whether a word of the classes c (he, it, they, I) may stand for the hit h."""
    if hits[h, TARGET] < 0:
        return False
    person = hits[h, ROLE] == PERSON
    if c & W.FIRST:
        return True
    if c & W.HE:
        if not person:
            return False
        return hits[h, SHE] == 0 or (hits[h, SHE] == 2) == bool(c & W.SHE)
    if c & W.IT:
        return not person and hits[h, ROLE] != PEOPLE and hits[h, ROLE] != ADJECTIVE
    if c & W.THEY:
        return not person
    return True


def _stranger(tokens, table, last):
    """Whether the noun phrase that ends here is a person's name that the table does not hold: Mr. Cohen."""
    if table[last, NAMES] >= 0 or table[last, DOES] != NOUN or not tokens[last, SHAPE] & _CAP:
        return False
    first = table[last, FIRST]
    if first == last:
        return last > 0 and not tokens[last, WID]
    return bool(tokens[last - 1, SHAPE] & _CAP)


def _leads_verb(table, last, n):
    """Whether a verb follows the noun phrase that ends here, so that it is a subject."""
    k = last + 1
    while k < n and table[k, DOES] == ADVERB:
        k += 1
    return k < n and (table[k, DOES] == FINITE or table[k, DOES] == HELPER)


def _within(tokens, table, hits, n, c, before, skip):
    """The hit among the tokens before `before` that a word of classes c may mean: the last subject, else the last."""
    plain = -1
    for k in range(before - 1, -1, -1):
        if table[k, LAST] != k:
            continue
        if c & W.HE and _stranger(tokens, table, k):
            if _leads_verb(table, k, n):
                return UNKNOWN
            continue
        name = table[k, NAMES]
        if name < 0 or table[name, HIT] < 0:
            continue
        h = table[name, HIT]
        if not _agrees(c, hits, h) or hits[h, TARGET] == skip:
            continue
        first = table[k, FIRST]
        if _leads_verb(table, k, n) and not (first > 0 and table[first - 1, DOES] == PREPOSITION):
            return h
        if plain < 0:
            plain = h
    return plain


def _main_subject(tokens, table, hits, n, c, skip):
    """The hit that a sentence is about, for a word of classes c in a later one; UNKNOWN for a stranger."""
    for k in range(n):
        if table[k, LAST] != k or not _leads_verb(table, k, n):
            continue
        if table[k, FIRST] > 0 and table[table[k, FIRST] - 1, DOES] == PREPOSITION:
            continue
        if table[k, DOES] == PRONOUN and tokens[k, WID] & c & (W.HE | W.IT | W.THEY):
            return -3  # the same pronoun: look further back
        if c & W.HE and _stranger(tokens, table, k):
            return UNKNOWN
        name = table[k, NAMES]
        if name >= 0 and table[name, HIT] >= 0:
            h = table[name, HIT]
            if _agrees(c, hits, h) and hits[h, TARGET] != skip:
                return h
    return _within(tokens, table, hits, n, c, n, skip)


def _speaker(tokens, table, hits, n):
    """The hit that is said to speak in this sentence, or -1."""
    for k in range(n):
        if not (tokens[k, WID] & W.SAY and table[k, DOES] == FINITE):
            continue
        who = table[k, SUBJECT]
        if who < 0 and k + 1 < n and table[k + 1, FIRST] == k + 1:
            who = table[k + 1, LAST]
        if who >= 0 and table[who, NAMES] >= 0 and table[table[who, NAMES], HIT] >= 0:
            return table[table[who, NAMES], HIT]
    return -1


def _sentence_before(cps, lo, end, chars):
    """Start of the sentence that ends before `end`."""
    i = end - 1
    while i > lo and not LOWER <= _kind(cps, i, lo, end, chars) <= NUMERAL:
        i -= 1
    while i > lo:
        c = cps[i - 1]
        if c == 10:
            break
        if c in (33, 46, 63) and _kind(cps, i, lo, end, chars) not in (LOWER, NUMERAL, UPPER):
            j = i - 2  # the word before the full stop: abbreviations and initials do not end a sentence
            while j >= lo and LOWER <= _kind(cps, j, lo, end, chars) <= NUMERAL:
                j -= 1
            if c != 46 or i - 2 - j > 3:
                break
        i -= 1
    return i


def _hits_between(hits, h0, h1, start, end):
    """Range of the hits of one article (h0..h1) that lie in start..end."""
    return _first_over(hits, H_END, h0, h1, start + 1), _first_over(hits, H_START, h0, h1, end)


def _first_over(hits, column, low, high, value):
    """The first of the rows low..high whose column is not below the value."""
    while low < high:
        middle = (low + high) // 2
        if hits[middle, column] < value:
            low = middle + 1
        else:
            high = middle
    return low


def _further_back(page, doc_lo, h0, h1, lo, c, skip, anywhere):
    """The hit that a word of classes c means, in the sentences before the one that starts at lo; -1 or UNKNOWN."""
    end = lo
    for _ in range(REACH):
        if end <= doc_lo:
            return -1
        farthest = max(
            doc_lo, end - page.tokens2.shape[1] + 2
        )  # a sentence without end is not read to its start
        start = _sentence_before(page.cps, farthest, end, page.chars)
        low, high = _hits_between(page.hits, h0, h1, start, end)
        if high > low or c & W.HE:
            slot = (start >> 4) % KEPT
            tokens, table = page.tokens2[slot], page.table2[slot]
            if page.kept[slot, 0] != start or page.kept[slot, 1] != end:
                page.kept[slot, 2] = read_sentence(
                    page.cps,
                    start,
                    end,
                    page.chars,
                    page.cues,
                    page.hits,
                    low,
                    high,
                    tokens,
                    table,
                    page.stack,
                )
                page.kept[slot, 0], page.kept[slot, 1] = start, end
            m = page.kept[slot, 2]
            if c & W.FIRST:
                h = _speaker(tokens, table, page.hits, m)
            else:
                h = _main_subject(tokens, table, page.hits, m, c, skip)
            if h >= 0 or h == UNKNOWN:
                return h
        end = start
    if not anywhere:
        return -1
    low, high = _hits_between(page.hits, h0, h1, doc_lo, lo)
    for h in range(high - 1, max(low, high - MOST_BACK) - 1, -1):
        if _agrees(c, page.hits, h) and page.hits[h, TARGET] != skip:
            return h
    return -1


def _antecedent(page, n, doc_lo, h0, h1, lo, at, c, skip):
    """The hit that the pronoun or definite phrase at token `at` stands for; -1 or UNKNOWN where none."""
    tokens, table, hits = page.tokens, page.table, page.hits
    if c & W.FIRST:
        h = _speaker(tokens, table, hits, n)
        if h >= 0:
            return h
    else:
        s = table[at, SUBJECT]
        if s >= 0 and s < at and tokens[at, WID] & W.POSSP and not (table[at, FIRST] <= s <= table[at, LAST]):
            name = table[s, NAMES]
            if name >= 0 and table[name, HIT] >= 0:
                h = table[name, HIT]
                if _agrees(c, hits, h) and hits[h, TARGET] != skip:
                    return h
        h = _within(tokens, table, hits, n, c, at, skip)
        if h != -1:
            return h
    return _further_back(page, doc_lo, h0, h1, lo, c, skip, True)


def _definite(tokens, table, last):
    """Classes of the pronoun that a definite phrase of office or body works like: the president, that country."""
    first = table[last, FIRST]
    if first < 0 or table[last, NAMES] >= 0 or table[first, DOES] != OPENER or is_article(tokens, first):
        return 0
    if tokens[last, SHAPE] & _CAP and first + 1 < last:
        return 0
    for k in range(last, first, -1):  # the president; the president's demands
        if k == last or tokens[k, SHAPE] & _POSS:
            c = tokens[k, WID]
            if c & (W.RULER | W.BODY):
                return W.HE if c & W.RULER else W.IT
    return 0


def _stands_for(page, n, doc_lo, h0, h1, lo, last, skip):
    """(hit, how) for the noun phrase that ends at token `last`; the hit is -1 or UNKNOWN where none."""
    tokens, table = page.tokens, page.table
    name = table[last, NAMES]
    if name >= 0:
        if table[name, HIT] >= 0:
            return table[name, HIT], CLAUSE
        return _antecedent(page, n, doc_lo, h0, h1, lo, name, tokens[name, WID], skip), LAST_NAMED
    if _stranger(tokens, table, last):
        return UNKNOWN, NOTHING
    c = _definite(tokens, table, last)
    if c:
        return _antecedent(page, n, doc_lo, h0, h1, lo, table[last, FIRST], c, skip), LAST_NAMED
    return -1, NOTHING


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
            plain = hits[h, ROLE] != ADJECTIVE and k == last and _leads_verb(table, k, n)
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
        if last >= 0 and table[last, NAMES] == k and k < i and _leads_verb(table, last, n):
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
                h = _antecedent(page, n, doc_lo, h0, h1, lo, name, tokens[name, WID], patient)
                if h >= 0:
                    return h, LAST_NAMED
            c = _definite(tokens, table, table[i, LAST])
            if c and j == table[i, LAST] and not (first > 0 and _after_link(tokens, table, first)):
                s = table[first, SUBJECT]
                other = patient
                if s >= 0 and s < first and table[s, NAMES] >= 0 and table[table[s, NAMES], HIT] >= 0:
                    other = hits[table[table[s, NAMES], HIT], TARGET]
                h = _further_back(page, doc_lo, h0, h1, lo, W.THEY if c & W.IT else W.HE, other, True)
                if h >= 0:
                    return h, LAST_NAMED
    if verbal and _is_passive(tokens, table, i, j):
        h = _agent(tokens, table, hits, n, i)
        if h >= 0:
            return h, CLAUSE
    s = table[i, SUBJECT]
    if s >= 0 and not i <= s <= j and not (not verbal and table[i, FIRST] <= s <= table[i, LAST]):
        for _ in range(3):
            h, how = _stands_for(page, n, doc_lo, h0, h1, lo, s, patient)
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
    h = _further_back(page, doc_lo, h0, h1, lo, 0, patient, False)
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
            low, high = _hits_between(page.hits, h0, h1, lo, hi)
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
