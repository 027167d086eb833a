"""What each name found in an article stands for: rules that `_native` compiles.

Of a name's readings in the target table `settle_names` chooses one, by what else the article names; acronyms written
with full stops join the names before. Nothing here knows any name.
"""

from __future__ import annotations

from helpers import _target_words as W
from helpers._target_parse import H_END, H_START, NAME, PERSON, ROLE, SHE, TARGET, WHO
from helpers._tokens import LOWER, NUMERAL, UPPER

# Columns of the table of readings: what an alias may stand for.
R_TARGET, R_WHO, R_ROLE, R_SHE, R_FROM, R_TO, R_FLAGS, R_KEY = range(8)
# Bits of a reading: counts only where its target is named otherwise; only where it stands alone; a person's surname;
# a person's full name; the person rules.
IF_NAMED, IF_ALONE, SURNAME, FULL_NAME, RULES = 1, 2, 4, 8, 16


def kind_at(cps, i, lo, hi, chars):
    """Class of the character at i; 0 outside lo..hi."""
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
        if i > lo and cps[i] == 46 and kind_at(cps, i - 1, lo, hi, chars) == UPPER:
            before = kind_at(cps, i - 2, lo, hi, chars)
            if not LOWER <= before <= NUMERAL:
                i -= 2
                while i > lo and cps[i] == 46 and kind_at(cps, i - 1, lo, hi, chars) == UPPER:
                    i -= 2  # H.W.
                continue
        break
    stop = i >= lo and cps[i] == 46
    if stop:
        i -= 1  # Mr.; any other full stop ends a sentence
    end = i + 1
    while LOWER <= kind_at(cps, i, lo, hi, chars) <= NUMERAL or (
        i > lo
        and i + 1 < end
        and cps[i] in (39, 45, 0x2019)
        and LOWER <= kind_at(cps, i - 1, lo, hi, chars) <= NUMERAL
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
    if start >= 0 and kind_at(cps, start, lo, hi, chars) == UPPER:
        h = _hash(cps, start, end)
        first = look_up(firsts, h)
        if look_up(cues, h) < 0 and not alias_before:
            other = True
    return first, other


def _name_follows(cps, b, lo, hi, chars, cues):
    """Whether an unknown capitalised word follows directly: Jordan Peterson, Georgia Tech."""
    if b + 1 >= hi or cps[b] != 32 or kind_at(cps, b + 1, lo, hi, chars) != UPPER:
        return False
    end = b + 1
    while LOWER <= kind_at(cps, end, lo, hi, chars) <= NUMERAL:
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
        opens = kind_at(cps, i, lo, hi, chars) == UPPER
        if i + 3 >= hi or not opens or LOWER <= kind_at(cps, i - 1, lo, hi, chars) <= NUMERAL:
            continue
        h, end = 7, i
        while end + 1 < hi and cps[end + 1] == 46 and kind_at(cps, end, lo, hi, chars) == UPPER:
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
