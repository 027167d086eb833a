"""Tokens and sentences of one piece of text, by rules that `_native` compiles.

A text comes in as an array of code points, so every offset is a character offset. A token is a row of six
integers: kind, start, end, class bits and word id (`_cues`), hash. Spaces and hyphens inside words are no tokens;
a paragraph break is one.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from helpers import _cues

# Character classes; punctuation classes are token kinds too.
OTHER, LOWER, UPPER, NUMERAL, SPACE, NEWLINE = 0, 1, 2, 3, 4, 5
PERIOD, BANG, ELLIPSIS, COMMA, SEMI, COLON, DASH, OPENB, CLOSEB = 6, 7, 8, 9, 10, 11, 12, 13, 14
DQ, LDQ, RDQ, SQ, LSQ, RSQ, LGU, RGU, LOW = 15, 16, 17, 18, 19, 20, 21, 22, 23
PARA, HYPHEN, WORD = 24, 25, 26
# Columns of the token table.
KIND, START, END, CLS, WID, HASH = 0, 1, 2, 3, 4, 5

_PUNCTUATION = {
    PERIOD: ".。", BANG: "!?！？؟", ELLIPSIS: "…", COMMA: ",，،", SEMI: ";；", COLON: ":：", DASH: "—–―", OPENB: "([{",
    CLOSEB: ")]}", DQ: '"＂', LDQ: "“‟", RDQ: "”", SQ: "'", LSQ: "‘‛‚", RSQ: "’", LGU: "«‹", RGU: "»›", LOW: "„",
    HYPHEN: "-‐‑", NEWLINE: "\n\u2028\u2029\x0b\x0c",
}  # fmt: skip


@cache
def char_table() -> np.ndarray:
    """Class of each character of the basic plane (the others are `OTHER`: no cue stands there)."""
    chars = np.array([chr(code) for code in range(0x10000)])
    upper = np.char.isupper(chars) | np.char.istitle(chars)
    letters = np.where(np.char.isalpha(chars), LOWER, NUMERAL)
    other = np.where(np.char.isspace(chars), SPACE, 0)
    words = np.where(upper, UPPER, letters)
    table = np.where(np.char.isalnum(chars), words, other).astype(np.uint8)
    for kind, chars in _PUNCTUATION.items():
        for char in chars:
            table[ord(char)] = kind
    return table


_I, _M = _cues.WID["i"], _cues.word_hash("m")


def char_class(cps, i, lo, hi, chars):
    """Class of the character at i; what lies outside the piece counts as a line break."""
    if i < lo or i >= hi:
        return NEWLINE
    c = cps[i]
    return chars[c] if c < 0x10000 else OTHER


def is_alnum(cps, i, chars):
    """Whether a letter or digit stands at i."""
    return i < len(cps) and cps[i] < 0x10000 and LOWER <= chars[cps[i]] <= NUMERAL


def is_hard_wrapped(cps, lo, hi, chars, lines, at):
    """Whether single line breaks run through sentences, as in agency copy of 1987.

    `lines` are the places of all line feeds, `at` the number of the first that is not before lo.
    """
    soft, single = 0, 0
    while at < len(lines) and lines[at] < hi:
        i = lines[at]
        at += 1
        blank = at < len(lines) and lines[at] == i + 1  # told without a look at the text: most lines are
        if i > lo and i + 1 < hi and not blank and not (at > 1 and lines[at - 2] == i - 1):
            after = char_class(cps, i + 1, lo, hi, chars)
            before = char_class(cps, i - 1, lo, hi, chars)
            if after != NEWLINE and before != NEWLINE:
                single += 1
                if after == LOWER and before != PERIOD and before != BANG and before != COLON:
                    soft += 1
    return soft >= 2 and soft * 5 >= single


def _suffix(cps, start, i):
    """Flags for the ending of the word from start to i, told without jumps: which ending comes next is hard to guess."""
    one, two, three = cps[i - 1], cps[max(i - 2, start)], cps[max(i - 3, start)]
    plural = (one == 115) & (two != 115) & (two != 117) & (two != 105)  # not "previous", "press", "this"
    past, going = (two == 101) & (one == 100), (three == 105) & (two == 110) & (one == 103)
    return plural * _cues.ENDS_S | past * _cues.ENDS_ED | going * _cues.ENDS_ING


def _read_word(cps, i, hi, chars, cues, row):
    """Read the word that starts at i into a row of tokens; return its end. Inner apostrophes belong to it."""
    start, last = i, i
    h, stem = 7, 0
    while i < hi:
        c = cps[i]
        if not 97 <= c <= 122:  # anything but the plain small letters that most of a text is
            k = chars[c] if c < 0x10000 else OTHER
            if (k == SQ or k == RSQ) and is_alnum(cps[:hi], i + 1, chars):
                stem, last = h, i
                c = 39
            elif not LOWER <= k <= NUMERAL:
                break
            elif 65 <= c <= 90:
                c += 32
        h = (h * 257 + c) & 0xFFFFFFFFFFFFF
        i += 1
    flags = 0
    if stem and i - last == 2 and (cps[i - 1] == 115 or cps[i - 1] == 83):
        flags = _cues.POSS
        h = stem
    if not 97 <= cps[start] <= 122:
        flags |= _shape(cps, start, i, chars)
    flags |= (i - start == 1) * _cues.ONE | (i - start > 3) * _suffix(cps, start, i)
    slot = (h ^ (h >> 17)) & (len(cues) - 1)
    while min(
        cues[slot, 0] ^ h, cues[slot, 0]
    ):  # neither the word nor empty: one jump, which is hardly ever taken
        slot = (slot + 1) & (len(cues) - 1)
    flags |= cues[slot, 1]  # an empty row has none
    row[KIND], row[START], row[END], row[CLS], row[WID], row[HASH] = WORD, start, i, flags, cues[slot, 2], h
    return i


def _shape(cps, start, end, chars):
    """Flags for capitals and digits in the word."""
    letters, capitals, digits = 0, 0, 0
    for i in range(start, end):
        k = chars[cps[i]] if cps[i] < 0x10000 else OTHER
        letters += LOWER <= k <= NUMERAL
        capitals += k == UPPER
        digits += k == NUMERAL
    flags = _cues.CAP if chars[cps[start]] == UPPER else 0
    if letters > 1 and capitals == letters:
        flags |= _cues.ALLCAP
    if digits == letters:
        flags |= _cues.DIGIT
    return flags


def _read_break(cps, i, hi, chars, wrapped):
    """Read white space from i: (its end, whether it breaks the paragraph)."""
    lines, indent = 0, 0
    while i < hi:
        c = cps[i]
        k = chars[c] if c < 0x10000 else OTHER
        if k == NEWLINE or (c == 13 and not (i + 1 < hi and cps[i + 1] == 10)):
            lines += 1
            indent = 0
        elif k == SPACE:
            indent += 1
        else:
            break
        i += 1
    return i, lines > 1 or (lines == 1 and (not wrapped or indent > 1))


def tokenize(cps, lo, hi, wrapped, chars, cues, tokens):
    """Fill `tokens` from cps[lo:hi]; return how many there are."""
    n, i = np.int64(0), lo
    while i < hi:
        c = cps[i]
        k = chars[c] if c < 0x10000 else OTHER
        if LOWER <= k <= NUMERAL:
            joined = i > lo and cps[i - 1] < 0x10000 and chars[cps[i - 1]] == HYPHEN and n > 0
            joined = joined and tokens[n - 1, END] == i - 1 and tokens[n - 1, KIND] == WORD
            i = _read_word(cps, i, hi, chars, cues, tokens[n])
            if joined:
                tokens[n, CLS] |= _cues.HYPH
            n += 1
            continue
        if c == 32 and i + 1 < hi and 33 <= cps[i + 1] < 128:  # a lone space
            i += 1
            continue
        if k == SPACE or k == NEWLINE:
            start = i
            i, breaks = _read_break(cps, i, hi, chars, wrapped)
            if breaks:
                _put(tokens, n, k, start, i)
                tokens[n, KIND] = PARA
                n += 1
            continue
        end = i + 1
        if k == HYPHEN:
            # a hyphen between spaces, or two of them, is a dash; inside a word it is nothing
            while end < hi and cps[end] == c:
                end += 1
            after = char_class(cps, end, lo, hi, chars)
            spaced = char_class(cps, i - 1, lo, hi, chars) == SPACE and after == SPACE
            if end - i > 1 or spaced:
                _put(tokens, n, k, i, end)
                tokens[n, KIND] = DASH
                n += 1
        elif k == PERIOD:
            while end < hi and cps[end] == c:
                end += 1
            _put(tokens, n, k, i, end)
            if end > i + 1:
                tokens[n, KIND] = ELLIPSIS
            n += 1
        elif (k == SQ or c == 96) and end < hi and cps[end] == c:
            end += 1
            _put(tokens, n, k, i, end)  # `` and '' of typewriters
            tokens[n, KIND] = LDQ if c == 96 else DQ
            n += 1
        else:
            _put(tokens, n, k, i, end)
            n += 1
        i = end
    return n


def _put(tokens, n, kind, start, end):
    tokens[n, KIND], tokens[n, START], tokens[n, END] = kind, start, end
    tokens[n, CLS], tokens[n, WID], tokens[n, HASH] = 0, 0, 0


def _closes(kind):
    return (
        kind == RDQ or kind == RSQ or kind == RGU or kind == CLOSEB or kind == DQ or kind == SQ or kind == LDQ
    )


def _is_clock(h):
    """Whether the last letter of a dotted pair is the m of a.m. and p.m., which may end a sentence."""
    return h == _M


def _is_abbreviation(tokens, t, first, starter, digit):
    """Whether the period at token t belongs to the word before it, given the word after."""
    word = tokens[t - 1, CLS]
    if tokens[t - 1, KIND] != WORD or tokens[t - 1, END] != tokens[t, START]:
        return False
    if word & _cues.ABBR and not (word & _cues.HYPH):
        return True
    if word & _cues.NUMABBR:
        return digit
    if word & _cues.ABBR2 and (
        word & (_cues.CAP | _cues.ONE) or tokens[t - 1, END] - tokens[t - 1, START] < 6
    ):
        return not starter
    if word & _cues.ONE:
        if word & _cues.DIGIT:
            return t - 1 == first
        dotted = t > 2 and tokens[t - 2, KIND] == PERIOD and tokens[t - 2, END] == tokens[t - 1, START]
        if dotted and not (word & _cues.CAP) and not _is_clock(tokens[t - 1, HASH]):
            return True  # e.g., i.e.
        if tokens[t - 1, WID] == _I and not dotted and t > 1 and not (tokens[t - 2, CLS] & _cues.CAP):
            return False  # so do I.
        return not starter
    return bool(word & _cues.DIGIT) and t - 1 == first  # a list number opens its paragraph


def _speech_follows(tokens, t, n):
    """Whether a verb of speech stands in the next few words: “Why?” Mr. Day asked."""
    for j in range(t, min(t + 5, n)):
        if tokens[j, KIND] != WORD and tokens[j, KIND] != PERIOD:
            return False
        if tokens[j, CLS] & _cues.QUOTE and not (tokens[j, CLS] & _cues.CAP):
            return True
    return False


def _ends_sentence(tokens, t, n, first, cps, chars):
    """If a sentence that began at token `first` ends with token t: the first token after it, else 0."""
    kind = tokens[t, KIND]
    after = t + 1
    while after < n and _closes(tokens[after, KIND]) and tokens[after, START] == tokens[after - 1, END]:
        k = tokens[after, KIND]
        if k == LDQ or k == DQ or k == SQ:  # an opening mark after a missing space?
            if is_alnum(cps, tokens[after, END], chars):
                break
        after += 1
    quoted = after > t + 1
    if after >= n or tokens[after, KIND] == PARA:
        return after
    nxt = after  # the word that would begin the next sentence, past opening marks
    while nxt < n and ((tokens[nxt, KIND] >= DQ and tokens[nxt, KIND] <= LOW) or tokens[nxt, KIND] == OPENB):
        nxt += 1
    if nxt >= n or tokens[nxt, KIND] == PARA:
        return after
    if tokens[nxt, KIND] != WORD:
        return after if kind == BANG and tokens[nxt, KIND] == DASH else 0
    cls = tokens[nxt, CLS]
    glued = tokens[after, START] == tokens[after - 1, END]
    capital = bool(cls & _cues.CAP)
    digit = bool(cls & _cues.DIGIT)
    starter = capital and bool(cls & _cues.STARTER)
    if glued and nxt == after:
        # order.Xi’s: a lower-case word, a period, a capitalised word
        prev = tokens[t - 1, CLS] if t > first else 0
        plain = (
            t > first and tokens[t - 1, KIND] == WORD and not (prev & (_cues.CAP | _cues.ONE | _cues.DIGIT))
        )
        long = tokens[nxt, END] - tokens[nxt, START] > 1 and not (cls & _cues.ALLCAP)
        return after if (plain or quoted) and capital and long else 0
    if not capital and not digit and nxt == after:
        return 0
    if not capital and not digit:
        return after if kind != ELLIPSIS and quoted else 0
    if kind == PERIOD and t > first and _is_abbreviation(tokens, t, first, starter, digit):
        return 0
    if kind == ELLIPSIS and not quoted:
        return after if starter or nxt > after else 0
    if quoted and nxt == after and kind != PERIOD and _speech_follows(tokens, after, n):
        return 0
    return after


def split_sentences(tokens, n, cps, chars, sents):
    """Fill `sents` with (first token, token after the last); return how many."""
    count, first, t = np.int64(0), np.int64(0), np.int64(0)
    while t < n:
        kind = tokens[t, KIND]
        if kind == PARA:
            if t > first:
                sents[count, 0], sents[count, 1] = first, t
                count += 1
            first = t + 1
        elif kind == PERIOD or kind == BANG or kind == ELLIPSIS:
            after = _ends_sentence(tokens, t, n, first, cps, chars)
            if after:
                sents[count, 0], sents[count, 1] = first, after
                count += 1
                first = after
                t = after
                continue
        t += 1
    if n > first:
        sents[count, 0], sents[count, 1] = first, n
        count += 1
    return count
