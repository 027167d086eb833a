"""Whom a pronoun or a definite phrase means: rules that `_native` compiles, which look back for the party named last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from helpers import _cues
from helpers import _target_words as W
from helpers._target_names import kind_at
from helpers._target_parse import (
    ADJECTIVE,
    ADVERB,
    DOES,
    FINITE,
    FIRST,
    H_END,
    H_START,
    HELPER,
    HIT,
    LAST,
    NAMES,
    NOUN,
    OPENER,
    PEOPLE,
    PERSON,
    PREPOSITION,
    PRONOUN,
    ROLE,
    SHE,
    SUBJECT,
    TARGET,
    is_article,
    read_sentence,
)
from helpers._tokens import CLS as SHAPE
from helpers._tokens import LOWER, NUMERAL, UPPER, WID

# How a target was found; 0 where it was not.
NOTHING, PHRASE, CLAUSE, SENTENCE, LAST_NAMED = range(5)
MOST_BACK = 300  # names looked at before a span, so that time stays linear
REACH = 3  # sentences looked back for the party named last
KEPT = 16  # earlier sentences kept as read
UNKNOWN = -2  # a person is meant whom the table does not name
_CAP, _POSS = _cues.CAP, _cues.POSS


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


def is_stranger(tokens, table, last):
    """Whether the noun phrase that ends here is a person's name that the table does not hold: Mr. Cohen."""
    if table[last, NAMES] >= 0 or table[last, DOES] != NOUN or not tokens[last, SHAPE] & _CAP:
        return False
    first = table[last, FIRST]
    if first == last:
        return last > 0 and not tokens[last, WID]
    return bool(tokens[last - 1, SHAPE] & _CAP)


def leads_verb(table, last, n):
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
        if c & W.HE and is_stranger(tokens, table, k):
            if leads_verb(table, k, n):
                return UNKNOWN
            continue
        name = table[k, NAMES]
        if name < 0 or table[name, HIT] < 0:
            continue
        h = table[name, HIT]
        if not _agrees(c, hits, h) or hits[h, TARGET] == skip:
            continue
        first = table[k, FIRST]
        if leads_verb(table, k, n) and not (first > 0 and table[first - 1, DOES] == PREPOSITION):
            return h
        if plain < 0:
            plain = h
    return plain


def _main_subject(tokens, table, hits, n, c, skip):
    """The hit that a sentence is about, for a word of classes c in a later one; UNKNOWN for a stranger."""
    for k in range(n):
        if table[k, LAST] != k or not leads_verb(table, k, n):
            continue
        if table[k, FIRST] > 0 and table[table[k, FIRST] - 1, DOES] == PREPOSITION:
            continue
        if table[k, DOES] == PRONOUN and tokens[k, WID] & c & (W.HE | W.IT | W.THEY):
            return -3  # the same pronoun: look further back
        if c & W.HE and is_stranger(tokens, table, k):
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
    while i > lo and not LOWER <= kind_at(cps, i, lo, end, chars) <= NUMERAL:
        i -= 1
    while i > lo:
        c = cps[i - 1]
        if c == 10:
            break
        if c in (33, 46, 63) and kind_at(cps, i, lo, end, chars) not in (LOWER, NUMERAL, UPPER):
            j = i - 2  # the word before the full stop: abbreviations and initials do not end a sentence
            while j >= lo and LOWER <= kind_at(cps, j, lo, end, chars) <= NUMERAL:
                j -= 1
            if c != 46 or i - 2 - j > 3:
                break
        i -= 1
    return i


def hits_between(hits, h0, h1, start, end):
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


def further_back(page, doc_lo, h0, h1, lo, c, skip, anywhere):
    """The hit that a word of classes c means, in the sentences before the one that starts at lo; -1 or UNKNOWN."""
    end = lo
    for _ in range(REACH):
        if end <= doc_lo:
            return -1
        farthest = max(
            doc_lo, end - page.tokens2.shape[1] + 2
        )  # a sentence without end is not read to its start
        start = _sentence_before(page.cps, farthest, end, page.chars)
        low, high = hits_between(page.hits, h0, h1, start, end)
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
    low, high = hits_between(page.hits, h0, h1, doc_lo, lo)
    for h in range(high - 1, max(low, high - MOST_BACK) - 1, -1):
        if _agrees(c, page.hits, h) and page.hits[h, TARGET] != skip:
            return h
    return -1


def antecedent(page, n, doc_lo, h0, h1, lo, at, c, skip):
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
    return further_back(page, doc_lo, h0, h1, lo, c, skip, True)


def definite(tokens, table, last):
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


def stands_for(page, n, doc_lo, h0, h1, lo, last, skip):
    """(hit, how) for the noun phrase that ends at token `last`; the hit is -1 or UNKNOWN where none."""
    tokens, table = page.tokens, page.table
    name = table[last, NAMES]
    if name >= 0:
        if table[name, HIT] >= 0:
            return table[name, HIT], CLAUSE
        return antecedent(page, n, doc_lo, h0, h1, lo, name, tokens[name, WID], skip), LAST_NAMED
    if is_stranger(tokens, table, last):
        return UNKNOWN, NOTHING
    c = definite(tokens, table, last)
    if c:
        return antecedent(page, n, doc_lo, h0, h1, lo, table[last, FIRST], c, skip), LAST_NAMED
    return -1, NOTHING
