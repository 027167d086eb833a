"""Which quotation marks belong together.

Works on the tokens of `_tokens`. A mark's direction is read from its shape and from what stands beside it; a stack
pairs the marks within a paragraph; a paragraph may open a quotation again that the one before did not close.
What finds no partner is left to the narrator and listed.
"""

from __future__ import annotations

import numpy as np

from helpers._tokens import (
    BANG,
    COMMA,
    DASH,
    DQ,
    ELLIPSIS,
    END,
    KIND,
    LDQ,
    LGU,
    LOW,
    LOWER,
    LSQ,
    NEWLINE,
    NUMERAL,
    OPENB,
    PARA,
    PERIOD,
    RDQ,
    RGU,
    RSQ,
    SPACE,
    SQ,
    START,
    char_class,
)  # fmt: skip

# Columns of the quotation table: tokens of its marks (the last token inside where it stays open), offsets, depth,
# whether a closing mark was found, whether the next quotation carries it on.
OPEN, CLOSE, QSTART, QEND, DEPTH, CLOSED, CARRIED = 0, 1, 2, 3, 4, 5, 6
DEEPEST = 64
# A quotation without a mark at the head of its next paragraph is believed over this many breaks.
REACH = 6


def _is_quote(kind):
    return DQ <= kind <= LOW


def _is_single(kind):
    return SQ <= kind <= RSQ


def _before(tokens, t, cps, lo, chars):
    """Class of the character before mark t, past other marks that touch it."""
    while t > 0 and _is_quote(tokens[t - 1, KIND]) and tokens[t - 1, END] == tokens[t, START]:
        t -= 1
    return char_class(cps, tokens[t, START] - 1, lo, len(cps), chars)


def _after(tokens, t, n, cps, lo, chars):
    """Class of the character after mark t, past other marks that touch it."""
    while t + 1 < n and _is_quote(tokens[t + 1, KIND]) and tokens[t + 1, START] == tokens[t, END]:
        t += 1
    return char_class(cps, tokens[t, END], lo, len(cps), chars)


def _direction(tokens, t, n, cps, lo, chars):
    """1 for an opening mark, -1 for a closing one, 0 where only its turn can tell."""
    kind = tokens[t, KIND]
    before = _before(tokens, t, cps, lo, chars)
    after = _after(tokens, t, n, cps, lo, chars)
    left_free = before == SPACE or before == NEWLINE or before == OPENB or before == DASH
    right_free = after == SPACE or after == NEWLINE or (not (LOWER <= after <= NUMERAL) and after != OPENB)
    word_after = LOWER <= after <= NUMERAL
    if kind == LOW:
        return 1
    if kind == LDQ or kind == LGU:
        gap = after == SPACE or after == NEWLINE or after == COMMA or after == PERIOD
        return -1 if not left_free and gap else 1
    if kind == RDQ or kind == RGU:
        return 1 if left_free and before != DASH and word_after else -1
    if left_free and after != SPACE and after != NEWLINE:
        return -1 if before == DASH and not word_after else 1
    if not left_free and right_free:
        return -1
    return 0


def _find_single_close(tokens, t, n, cps, lo, chars):
    """The mark that closes the single quotation opened at t, in its paragraph, or -1: then it is an apostrophe."""
    weak, nested = -1, 0
    for j in range(t + 1, n):
        kind = tokens[j, KIND]
        if kind == PARA:
            break
        if kind == SQ and _opens_single(tokens, j, n, cps, lo, chars):
            break
        if kind == LSQ:
            nested += 1
            continue
        if kind != RSQ and kind != SQ:
            continue
        before = char_class(cps, tokens[j, START] - 1, lo, len(cps), chars)
        if before == SPACE or before == NEWLINE:
            continue
        if nested:
            nested -= 1
            continue
        if LOWER <= before <= NUMERAL and (cps[tokens[j, START] - 1] | 32) == 115:
            if weak < 0:
                weak = j  # workers’ may be a possessive
            continue
        if j > t + 1:
            return j
    return weak


def _opens_single(tokens, t, n, cps, lo, chars):
    kind = tokens[t, KIND]
    if kind == RSQ:
        return False
    before = _before(tokens, t, cps, lo, chars)
    after = _after(tokens, t, n, cps, lo, chars)
    free = before == SPACE or before == NEWLINE or before == OPENB or before == DASH
    return free and after != SPACE and after != NEWLINE and not (kind == SQ and after == NUMERAL)


def _is_inch(tokens, t, cps, lo, chars):
    """6'2" and 12" tall: a mark after a digit is a measure where nothing is open, or after feet."""
    i = tokens[t, START]
    if char_class(cps, i - 1, lo, len(cps), chars) != NUMERAL or tokens[t, KIND] == LDQ:
        return False
    j = i - 1
    while j > lo and char_class(cps, j, lo, len(cps), chars) == NUMERAL:
        j -= 1
    feet = char_class(cps, j, lo, len(cps), chars)
    return (feet == SQ or feet == RSQ) and char_class(cps, j - 1, lo, len(cps), chars) == NUMERAL


def _carries_on(tokens, t, n, cps, lo, chars):
    """What becomes of a quotation open at the paragraph break t: 1 opened again, 2 runs on, 0 lost."""
    breaks = 0
    first = True
    for j in range(t, n):
        kind = tokens[j, KIND]
        if kind == PARA:
            breaks += 1
        elif _is_quote(kind) and not _is_single(kind):
            turn = _direction(tokens, j, n, cps, lo, chars)
            if first:
                return 1 if turn >= 0 else 2
            return 2 if turn < 0 and breaks <= REACH else 0
        elif not (_is_quote(kind) and first):
            first = False
            if breaks > REACH:
                return 0
    return 0


def _starts_sentence(tokens, t):
    if t == 0:
        return True
    kind = tokens[t - 1, KIND]
    return kind == PARA or kind == PERIOD or kind == BANG or kind == ELLIPSIS


def _emit(quotes, count, tokens, first, last, depth):
    quotes[count, OPEN], quotes[count, CLOSE] = first, last
    quotes[count, QSTART], quotes[count, QEND] = tokens[first, START], tokens[last, END]
    quotes[count, DEPTH], quotes[count, CLOSED], quotes[count, CARRIED] = depth, 1, 0
    return count + 1


def pair_quotes(tokens, n, cps, lo, chars, quotes, loose):
    """Fill `quotes` and the tokens of unpaired marks, `loose`; return how many of each."""
    count, lost, depth = np.int64(0), np.int64(0), np.int64(0)
    stack = np.zeros(DEEPEST, np.int64)
    mate = np.zeros(DEEPEST, np.int64)  # where the single mark at this depth is closed
    for t in range(DEEPEST):
        mate[t] = -1
    paragraphs = False
    for t in range(n):
        kind = tokens[t, KIND]
        if kind == PARA:
            paragraphs = True
            if depth:
                fate = _carries_on(tokens, t, n, cps, lo, chars)
                while depth > 1 or (depth and fate != 2):
                    depth -= 1
                    if depth == 0 and fate == 1:
                        count = _emit(quotes, count, tokens, stack[0], t - 1, depth + 1)
                        quotes[count - 1, CLOSED], quotes[count - 1, CARRIED] = 0, 1
                    else:
                        loose[lost] = stack[depth]
                        lost += 1
            continue
        if not _is_quote(kind):
            continue
        if _is_single(kind):
            if depth and mate[depth - 1] == t:
                depth -= 1
                count = _emit(quotes, count, tokens, stack[depth], t, depth + 1)
            elif depth < DEEPEST and _opens_single(tokens, t, n, cps, lo, chars):
                close = _find_single_close(tokens, t, n, cps, lo, chars)
                if close >= 0:
                    stack[depth], mate[depth] = t, close
                    depth += 1
            continue
        turn = _direction(tokens, t, n, cps, lo, chars)
        if turn <= 0 and _is_inch(tokens, t, cps, lo, chars):
            continue
        level = depth  # the double mark that this one could close
        while level and mate[level - 1] >= 0:
            level -= 1
        if turn < 0 or (turn == 0 and level):
            if level == 0:
                if char_class(cps, tokens[t, START] - 1, lo, len(cps), chars) != NUMERAL:
                    loose[lost] = t
                    lost += 1
                continue
            while depth > level:
                depth -= 1
                mate[depth] = -1
            depth -= 1
            count = _emit(quotes, count, tokens, stack[depth], t, depth + 1)
            continue
        if depth == 1 and mate[0] < 0 and _starts_sentence(tokens, t):
            # opened again at the head of a sentence: carried on where the text has no paragraphs, else lost
            if tokens[t - 1, KIND] == PARA or not paragraphs:
                count = _emit(quotes, count, tokens, stack[0], t - 1 - (tokens[t - 1, KIND] == PARA), depth)
                quotes[count - 1, CLOSED], quotes[count - 1, CARRIED] = 0, 1
            else:
                loose[lost] = stack[0]
                lost += 1
            depth = 0
        if depth < DEEPEST:
            stack[depth], mate[depth] = t, -1
            depth += 1
    while depth:
        depth -= 1
        if mate[depth] < 0:
            loose[lost] = stack[depth]
            lost += 1
    return count, lost


def sort_quotes(quotes, count):
    """Put quotations in the order of their opening marks; nested ones come before what holds them."""
    for i in range(1, count):
        j = i
        while j > 0 and quotes[j - 1, OPEN] > quotes[j, OPEN]:
            for c in range(quotes.shape[1]):
                quotes[j - 1, c], quotes[j, c] = quotes[j, c], quotes[j - 1, c]
            j -= 1


def mark_tokens(tokens, n, sents, m, quotes, count, flags):
    """Reset the flags of each token: verb here, in a quotation, label, speaker, sentence."""
    for t in range(n + 2):
        flags[0, t] = flags[1, t] = flags[2, t] = 0
        flags[3, t] = flags[4, t] = -1
    for q in range(count):
        if quotes[q, DEPTH] == 1:
            for t in range(quotes[q, OPEN], quotes[q, CLOSE] + 1):
                flags[1, t] = 1
    for s in range(m):
        for t in range(sents[s, 0], sents[s, 1]):
            flags[4, t] = s
