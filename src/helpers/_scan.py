"""The compiled part of the matcher: one pass over the bytes of many documents.

How a document is read, in four steps of rising cost; each step lets only little through to the next.

1. `_mark_words` looks at 64 bytes at a time and sets one bit for every byte of a word. Plain letters and digits are
   told apart by vector comparisons; only the characters beyond ASCII (a curly quote, an é) are decoded one by one.
2. `_list_edges` turns the bits into the start and end of each word. Half their number is the word count.
3. `_may_match` looks the first four bytes of a word up in a small bitmap made from the lexicon; nearly every word
   ends here.
4. `_lookup` asks what the lexicon says about this word. Each spelling is worked out once (`_classify`, through a
   trie) and remembered. Only for words that can open a phrase does `_longest` read on.

Everything that numba compiles lives in this one file, because numba's cache notices changes to this file only. Array
indices are bytes of the buffer unless a name says `lane` (64 bytes) or `char`.
"""

from typing import NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# What a character is to the matcher (the values of Tables.kinds).
OTHER, WORD, APOSTROPHE, DASH, SPACE, LINE_BREAK, PARAGRAPH = range(7)
# What part of a word a pattern describes.
LITERAL, STEM, SUFFIX, INFIX = range(4)
# The first nodes of the trie: patterns read forward, read backward, standing anywhere; phrases of patterns.
FORWARD, BACKWARD, ANYWHERE, PHRASES = range(4)
ANY_WORD = 0  # the symbol of a lone `*` in a phrase; pattern p has the symbol p + 1
NO_TERM = np.iinfo(np.int32).max
BLOCK = 8192  # bytes looked at together; a longer word makes a longer block
MEMO_BITS = 15  # spellings remembered by each thread, as a power of two
ONE = np.uint64(1)
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing
FOLD4 = np.uint64(0x20202020)  # turns capital ASCII letters into small ones, four bytes at a time
HIGH4 = np.uint64(0x80808080)


class Tables(NamedTuple):
    """A compiled lexicon as plain arrays."""

    kinds: np.ndarray  # uint8 by code point
    lower: np.ndarray  # int32 by code point, below 0x20000
    trie_keys: np.ndarray  # int64, node << 24 | symbol; -1 is an empty slot
    trie_next: np.ndarray  # int32, the node that the key leads to
    node_pattern: np.ndarray  # int32 by node: a pattern that ends there, or -1
    node_phrase: np.ndarray  # int32 by node: rank of the phrase that ends there, or NO_TERM
    next_pattern: np.ndarray  # int32 by pattern: another pattern that ends at the same node, or -1
    form: np.ndarray  # uint8 by pattern: LITERAL, STEM, SUFFIX or INFIX
    length: np.ndarray  # int32 by pattern, in characters
    single: np.ndarray  # int32 by pattern: rank of the term that is this one word, or NO_TERM
    in_phrase: np.ndarray  # uint8 by pattern
    caps_from: np.ndarray  # int64 by pattern + 1: where its capitals stand in `caps`
    caps: np.ndarray  # int32, positions of capitals within a pattern
    first4: np.ndarray  # uint64 bitmap over hashed first four bytes
    first2: np.ndarray  # uint64 bitmap over first two bytes, for stems of one or two letters
    last2: np.ndarray  # uint64 bitmap over last two bytes, for suffixes
    flags: np.ndarray  # uint8: see the names below
    rank_term: np.ndarray  # int32 by rank: the term's number in the lexicon


# Tables.flags
EVERY_WORD, SHORT_STEMS, SUFFIXES, INFIXES, STAR_FIRST = range(5)


class Memo(NamedTuple):
    """What a thread remembers about spellings, and its scratch space."""

    hash: np.ndarray  # uint64 by slot
    at: np.ndarray  # int64 by slot: where the spelling stands in the buffer
    size: np.ndarray  # int64 by slot, bytes; 0 is empty
    outcome: np.ndarray  # int64 by slot: place in `arena`
    arena: np.ndarray  # int64: rank of single term, its possessive flag, n, then n symbols << 1 | possessive
    state: np.ndarray  # int64: [arena used, serial of the last classification]
    seen: np.ndarray  # int64 by pattern: the serial that last matched it
    nodes: np.ndarray  # int32 (2, n): phrase nodes alive before and after a word


def _byte_mask(*ranges: tuple[int, int]):
    """Make a function (buffer, i) -> 64 bits, one for each byte from i on that lies in one of the ranges."""

    @intrinsic
    def mask(typingctx, buf, i):
        def codegen(context, builder, signature, args):
            data = context.make_array(signature.args[0])(context, builder, args[0]).data
            vector = ir.VectorType(ir.IntType(8), 64)
            loaded = builder.load(builder.bitcast(builder.gep(data, [args[1]]), vector.as_pointer()))
            loaded.align = 1
            found = None
            for low, high in ranges:
                shifted = builder.sub(loaded, ir.Constant(vector, [low] * 64))
                inside = builder.icmp_unsigned("<", shifted, ir.Constant(vector, [high - low + 1] * 64))
                found = inside if found is None else builder.or_(found, inside)
            return builder.bitcast(found, ir.IntType(64))

        return types.uint64(buf, types.int64), codegen

    return mask


_alnum_mask = _byte_mask((48, 57), (65, 90), (97, 122))
_apostrophe_mask = _byte_mask((39, 39))
_high_mask = _byte_mask((128, 255))


@intrinsic
def _load8(typingctx, buf, i):
    """Eight bytes from i on as one number, the first byte lowest."""

    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        loaded = builder.load(builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return types.uint64(buf, types.int64), codegen


@intrinsic
def _lowest_bit(typingctx, x):
    """Place of the lowest bit that is set."""

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


@njit(cache=True, nogil=True)
def _load_upto8(buf, i, n):
    """The n <= 8 bytes from i on as one number; bytes after them are zero."""
    if i + 8 <= buf.size:
        x = _load8(buf, i)
        return x if n >= 8 else x & ((ONE << np.uint64(8 * n)) - ONE)
    x = np.uint64(0)
    for k in range(n):
        x |= np.uint64(buf[i + k]) << np.uint64(8 * k)
    return x


@njit(cache=True, nogil=True)
def _decode(buf, i, stop):
    """The code point at i and its number of bytes; a byte that is not UTF-8 is a character of its own."""
    c = np.int64(buf[i])
    if c < 0xC0:
        return c, 1
    n = 2 if c < 0xE0 else 3 if c < 0xF0 else 4
    if i + n > stop:
        return np.int64(0x80), 1
    c &= 0x7F >> n
    for k in range(1, n):
        c = c << 6 | np.int64(buf[i + k]) & 0x3F
    return min(c, 0x10FFFF), n


@njit(cache=True, nogil=True)
def _is_word_at(buf, i, stop, lex):
    if i >= stop:
        return False
    c, _ = _decode(buf, i, stop)
    return lex.kinds[c] == WORD


@njit(cache=True, nogil=True)
def _block_end(buf, start, stop):
    """Where to cut: before a plain character that no word contains, at most BLOCK bytes on if there is one."""
    if stop - start <= BLOCK:
        return stop
    for i in range(start + BLOCK, start, -1):
        if _separates(buf[i]):
            return i
    for i in range(start + BLOCK, stop):
        if _separates(buf[i]):
            return i
    return stop


@njit(cache=True, nogil=True)
def _separates(c):
    return c < 48 and c != 39 or c == 95 or 57 < c < 65


@njit(cache=True, nogil=True)
def _mark_words(buf, start, stop, lex, marks, apostrophes, highs, tail):
    """Set a bit in `marks` for every byte between start and stop that belongs to a word."""
    n_lanes = (stop - start + 63) >> 6
    any_high = np.uint64(0)
    for lane in range(n_lanes):
        i = start + (lane << 6)
        if i + 64 <= buf.size:
            word, apostrophe, high = _alnum_mask(buf, i), _apostrophe_mask(buf, i), _high_mask(buf, i)
        else:
            tail[:] = 0
            tail[: stop - i] = buf[i:stop]
            word, apostrophe, high = _alnum_mask(tail, 0), _apostrophe_mask(tail, 0), _high_mask(tail, 0)
        if stop - i < 64:
            valid = (ONE << np.uint64(stop - i)) - ONE
            word, apostrophe, high = word & valid, apostrophe & valid, high & valid
        marks[lane], apostrophes[lane], highs[lane] = word, apostrophe, high
        any_high |= high
    if any_high:
        _mark_beyond_ascii(buf, start, stop, lex, marks, highs, n_lanes)
    before = np.uint64(0)
    for lane in range(n_lanes):
        word = marks[lane]
        if apostrophes[lane]:
            after = marks[lane + 1] << np.uint64(63) if lane + 1 < n_lanes else np.uint64(0)
            joins = (word << ONE | before >> np.uint64(63)) & (word >> ONE | after)
            word |= apostrophes[lane] & joins
            marks[lane] = word
        before = word
    return n_lanes


@njit(cache=True, nogil=True)
def _mark_beyond_ascii(buf, start, stop, lex, marks, highs, n_lanes):
    for lane in range(n_lanes):
        high = highs[lane]
        while high:
            offset = (lane << 6) + _lowest_bit(high)
            high &= high - ONE
            i = start + offset
            if buf[i] < 0xC0:
                continue
            c, n = _decode(buf, i, stop)
            kind = lex.kinds[c]
            if kind == APOSTROPHE:  # a curly one; it joins where word characters stand on both sides
                joins = (
                    offset > 0
                    and marks[(offset - 1) >> 6] >> np.uint64((offset - 1) & 63) & ONE
                    and _is_word_at(buf, i + n, stop, lex)
                )
                kind = WORD if joins else OTHER
            if kind == WORD:
                for k in range(offset, offset + n):
                    marks[k >> 6] |= ONE << np.uint64(k & 63)


@njit(cache=True, nogil=True)
def _list_edges(marks, n_lanes, size, edges):
    """Write start, end, start, end … of the words, in bytes from the start of the block."""
    n = 0
    carry = np.uint64(0)
    for lane in range(n_lanes):
        word = marks[lane]
        turns = word ^ (word << ONE | carry)
        carry = word >> np.uint64(63)
        base = lane << 6
        while turns:
            edges[n] = base + _lowest_bit(turns)
            n += 1
            turns &= turns - ONE
    if n & 1:
        edges[n] = size
        n += 1
    return n


@njit(cache=True, nogil=True)
def _has(bitmap, key):
    return bitmap[np.int64(key >> np.uint64(6))] >> (key & np.uint64(63)) & ONE


@njit(cache=True, nogil=True)
def hash4(x, size):
    """Place of four folded bytes in a bitmap of `size` words of 64 bits (a power of two)."""
    return (x * MIX >> np.uint64(32)) & np.uint64(size * 64 - 1)


@njit(cache=True, nogil=True)
def _may_match(buf, s, e, lex):
    """Tell by a few bytes of a word whether a term can begin with it; yes where in doubt."""
    n = min(e - s, 4)
    x = _load_upto8(buf, s, n)
    if x & HIGH4:
        return True
    x |= FOLD4
    if n < 4:
        x &= (ONE << np.uint64(8 * n)) - ONE
    if _has(lex.first4, hash4(x, lex.first4.size)):
        return True
    if lex.flags[SHORT_STEMS] and _has(lex.first2, x & np.uint64(0xFFFF)):
        return True
    if lex.flags[SUFFIXES]:
        n = min(e - s, 2)
        x = _load_upto8(buf, e - n, n)
        return (x & HIGH4) != 0 or _has(lex.last2, x | (FOLD4 >> np.uint64(32 - 8 * n))) != 0
    return False


@njit(cache=True, nogil=True)
def _child(keys, nexts, node, symbol):
    """Follow the trie; -1 where it has no such branch."""
    key = np.int64(node) << 24 | np.int64(symbol)
    mask = keys.size - 1
    slot = np.int64(np.uint64(key) * MIX >> np.uint64(20)) & mask
    while keys[slot] != key:
        if keys[slot] < 0:
            return np.int64(-1)
        slot = (slot + 1) & mask
    return np.int64(nexts[slot])


@njit(cache=True, nogil=True)
def build_trie(symbols, bounds, roots, keys, nexts):
    """Enter sequences into an empty trie; return the node where each ends, and the number of nodes."""
    keys[:] = -1
    ends = np.empty(roots.size, np.int32)
    n_nodes = np.int64(4)
    mask = keys.size - 1
    for i in range(roots.size):
        node = np.int64(roots[i])
        for k in range(bounds[i], bounds[i + 1]):
            child = _child(keys, nexts, node, symbols[k])
            if child < 0:
                key = node << 24 | np.int64(symbols[k])
                slot = np.int64(np.uint64(key) * MIX >> np.uint64(20)) & mask
                while keys[slot] >= 0:
                    slot = (slot + 1) & mask
                child = n_nodes
                n_nodes += 1
                keys[slot], nexts[slot] = key, child
            node = child
        ends[i] = node
    return ends, n_nodes


@njit(cache=True, nogil=True)
def _capitals_stand(lex, pattern, capital, at):
    for k in range(lex.caps_from[pattern], lex.caps_from[pattern + 1]):
        if not capital[at + lex.caps[k]]:
            return False
    return True


@njit(cache=True, nogil=True)
def _note(lex, memo, pattern, possessive):
    """Add a pattern that fits the word to the outcome under construction, which begins at the arena's end."""
    serial = memo.state[1]
    if memo.seen[pattern] == serial:
        return
    memo.seen[pattern] = serial
    o = memo.state[0]
    arena = memo.arena
    if (arena[o + 1] == possessive or arena[o] == NO_TERM) and lex.single[pattern] < arena[o]:
        arena[o] = lex.single[pattern]
        arena[o + 1] = possessive
    if lex.in_phrase[pattern]:
        arena[o + 3 + arena[o + 2]] = np.int64(pattern + 1) << 1 | possessive
        arena[o + 2] += 1


@njit(cache=True, nogil=True)
def _match_spelling(folded, capital, n, possessive, lex, memo):
    """Note every pattern that fits the first n characters of a folded word."""
    memo.state[1] += 1
    first_apostrophe, last_apostrophe = n, -1
    for i in range(n):
        if folded[i] == 39:
            first_apostrophe, last_apostrophe = min(first_apostrophe, i), i
    node = np.int64(FORWARD)
    for i in range(n):
        node = _child(lex.trie_keys, lex.trie_next, node, folded[i])
        if node < 0:
            break
        p = lex.node_pattern[node]
        while p >= 0:
            fits = i + 1 == n if lex.form[p] == LITERAL else last_apostrophe <= i
            if fits and _capitals_stand(lex, p, capital, 0):
                _note(lex, memo, p, possessive)
            p = lex.next_pattern[p]
    if lex.flags[SUFFIXES]:
        node = np.int64(BACKWARD)
        for i in range(n - 1, -1, -1):
            node = _child(lex.trie_keys, lex.trie_next, node, folded[i])
            if node < 0:
                break
            p = lex.node_pattern[node]
            while p >= 0:
                if first_apostrophe >= i and _capitals_stand(lex, p, capital, i):
                    _note(lex, memo, p, possessive)
                p = lex.next_pattern[p]
    if lex.flags[INFIXES]:
        for start in range(min(first_apostrophe + 1, n)):
            node = np.int64(ANYWHERE)
            for i in range(start, n):
                node = _child(lex.trie_keys, lex.trie_next, node, folded[i])
                if node < 0:
                    break
                p = lex.node_pattern[node]
                while p >= 0:
                    if last_apostrophe <= i and _capitals_stand(lex, p, capital, start):
                        _note(lex, memo, p, possessive)
                    p = lex.next_pattern[p]


@njit(cache=True, nogil=True)
def _classify(buf, s, e, lex, memo):
    """Work out what the lexicon says about one word; return the place of the answer in the arena."""
    room = 3 + 2 * lex.form.size
    if memo.state[0] + room > memo.arena.size:  # forget everything rather than grow without bound
        memo.size[:] = 0
        memo.state[0] = 3
    folded = np.empty(e - s, np.int32)
    capital = np.empty(e - s, np.bool_)
    n, i = 0, s
    while i < e:
        c, size = _decode(buf, i, e)
        i += size
        low = np.int64(lex.lower[c]) if c < lex.lower.size else c
        if lex.kinds[c] == APOSTROPHE:
            low = 39
        folded[n], capital[n] = low, low != c
        n += 1
    o = memo.state[0]
    memo.arena[o], memo.arena[o + 1], memo.arena[o + 2] = NO_TERM, 0, 0
    _match_spelling(folded, capital, n, 0, lex, memo)
    if n > 2 and folded[n - 1] == 115 and folded[n - 2] == 39:
        _match_spelling(folded, capital, n - 2, 1, lex, memo)
    if memo.arena[o] == NO_TERM and memo.arena[o + 2] == 0:
        return np.int64(0)
    memo.state[0] = o + 3 + memo.arena[o + 2]
    return o


@njit(cache=True, nogil=True)
def _lookup(buf, s, e, lex, memo):
    """Place in the arena of what the lexicon says about a word; 0 where it says nothing."""
    n = e - s
    h = np.uint64(n)
    for k in range(0, n, 8):
        h = (h ^ _load_upto8(buf, s + k, n - k)) * MIX
        h ^= h >> np.uint64(29)
    slot = np.int64(h * MIX >> np.uint64(64 - MEMO_BITS))
    if memo.hash[slot] == h and memo.size[slot] == n:
        at, same = memo.at[slot], True
        for k in range(0, n, 8):
            if _load_upto8(buf, s + k, n - k) != _load_upto8(buf, at + k, n - k):
                same = False
                break
        if same:
            return memo.outcome[slot]
    outcome = _classify(buf, s, e, lex, memo)
    memo.hash[slot], memo.at[slot], memo.size[slot], memo.outcome[slot] = h, s, n, outcome
    return outcome


@njit(cache=True, nogil=True)
def _without_possessive(buf, s, e):
    """End of the word when a final 's or ’s is left out."""
    if e - s < 3 or (buf[e - 1] | 32) != 115:
        return e
    if buf[e - 2] == 39:
        return e - 2
    if e - s > 4 and buf[e - 4] == 0xE2 and buf[e - 3] == 0x80 and buf[e - 2] == 0x99:
        return e - 4
    return e


@njit(cache=True, nogil=True)
def _next_joined(buf, e, stop, lex):
    """Start of the word that a phrase may go on with after e, or -1: one dash or white space lies between."""
    breaks, dashes, i = 0, 0, e
    while i < stop:
        c, n = _decode(buf, i, stop)
        kind = lex.kinds[c]
        if kind == WORD:
            return i if i > e else -1
        if kind == DASH and i == e:
            dashes = 1
        elif kind == LINE_BREAK and not dashes:
            breaks += not (c == 10 and i > e and buf[i - 1] == 13)
            if breaks > 1:
                return -1
        elif kind != SPACE or dashes:
            return -1
        i += n
    return -1


@njit(cache=True, nogil=True)
def _word_end(buf, s, stop, lex):
    """End of the word that starts at s, read character by character."""
    i = s
    while i < stop:
        c, n = _decode(buf, i, stop)
        kind = lex.kinds[c]
        if kind != WORD and not (kind == APOSTROPHE and _is_word_at(buf, i + n, stop, lex)):
            break
        i += n
    return i


@njit(cache=True, nogil=True)
def _longest(buf, s, e, stop, o, lex, memo):
    """End and rank of the longest term that begins with the word s..e, whose outcome is o."""
    best_end, best_rank = np.int64(-1), np.int64(memo.arena[o])
    if best_rank != NO_TERM:
        best_end = _without_possessive(buf, s, e) if memo.arena[o + 1] else e
    alive, fresh = memo.nodes[0], memo.nodes[1]
    alive[0] = PHRASES
    n_alive = 1
    while True:
        bare = _without_possessive(buf, s, e)
        n_fresh = 0
        for a in range(n_alive):
            for k in range(-1, memo.arena[o + 2]):
                symbol = memo.arena[o + 3 + k] if k >= 0 else np.int64(ANY_WORD << 1)
                node = _child(lex.trie_keys, lex.trie_next, alive[a], symbol >> 1)
                if node < 0:
                    continue
                end = bare if k < 0 or symbol & 1 else e
                rank = np.int64(lex.node_phrase[node])
                if rank != NO_TERM and (end > best_end or (end == best_end and rank < best_rank)):
                    best_end, best_rank = end, rank
                if not symbol & 1:
                    fresh[n_fresh] = node
                    n_fresh += 1
        if n_fresh == 0:
            return best_end, best_rank
        s = _next_joined(buf, e, stop, lex)
        if s < 0:
            return best_end, best_rank
        e = _word_end(buf, s, stop, lex)
        o = _lookup(buf, s, e, lex, memo)
        alive, fresh, n_alive = fresh, alive, n_fresh


@njit(cache=True, nogil=True)
def _count_continuation(buf, start, stop):
    """How many bytes are not the first of their character."""
    n = 0
    for i in range(start, stop):
        n += (buf[i] & 0xC0) == 0x80
    return n


@njit(cache=True, nogil=True)
def _new_memo(lex):
    size = 1 << MEMO_BITS
    memo = Memo(
        np.empty(size, np.uint64),
        np.empty(size, np.int64),
        np.zeros(size, np.int64),
        np.empty(size, np.int64),
        np.empty(4 * size + 2 * lex.form.size, np.int64),
        np.zeros(2, np.int64),
        np.zeros(lex.form.size, np.int64),
        np.empty((2, lex.node_phrase.size), np.int32),
    )
    memo.arena[0], memo.arena[1], memo.arena[2] = NO_TERM, 0, 0
    memo.state[0] = 3
    return memo


@njit(cache=True, nogil=True)
def scan_documents(buf, offsets, lex, matching):
    """Count the words and find the terms of documents that lie end to end in a buffer.

    Document d is the bytes ``offsets[d]`` to ``offsets[d + 1]``. Returns the words of each document and an array with
    one row per hit: document, start, end (characters of the document) and term.
    """
    n_documents = offsets.size - 1
    words = np.zeros(n_documents, np.int64)
    hits = np.empty((64, 4), np.int64)
    n_hits = 0
    memo = _new_memo(lex)
    marks = np.empty(BLOCK // 64 + 1, np.uint64)
    apostrophes, highs = np.empty_like(marks), np.empty_like(marks)
    edges = np.empty(BLOCK + 2, np.int64)
    tail = np.empty(64, np.uint8)
    for d in range(n_documents):
        start, stop = offsets[d], offsets[d + 1]
        resume = counted = start  # bytes before `resume` are taken; characters are counted up to `counted`
        extra = 0  # continuation bytes before `counted`
        while start < stop:
            end = _block_end(buf, start, stop)
            if (end - start) // 64 + 1 > marks.size:
                marks = np.empty((end - start) // 64 + 1, np.uint64)
                apostrophes, highs = np.empty_like(marks), np.empty_like(marks)
                edges = np.empty(end - start + 2, np.int64)
            n_lanes = _mark_words(buf, start, end, lex, marks, apostrophes, highs, tail)
            n_edges = _list_edges(marks, n_lanes, end - start, edges)
            words[d] += n_edges // 2
            for i in range(0, n_edges if matching else 0, 2):
                s, e = start + edges[i], start + edges[i + 1]
                if not (lex.flags[EVERY_WORD] or _may_match(buf, s, e, lex)):
                    continue
                o = _lookup(buf, s, e, lex, memo)
                if (o == 0 and not lex.flags[STAR_FIRST]) or s < resume:
                    continue
                found, rank = _longest(buf, s, e, stop, o, lex, memo)
                if found < 0:
                    continue
                if n_hits == len(hits):
                    larger = np.empty((2 * n_hits, 4), np.int64)
                    larger[:n_hits] = hits
                    hits = larger
                extra += _count_continuation(buf, counted, s)
                inside = _count_continuation(buf, s, found)
                hits[n_hits, 0] = d
                hits[n_hits, 1] = s - offsets[d] - extra
                hits[n_hits, 2] = found - offsets[d] - extra - inside
                hits[n_hits, 3] = lex.rank_term[rank]
                n_hits += 1
                extra += inside
                resume = counted = found
            start = end
    return words, hits[:n_hits]
