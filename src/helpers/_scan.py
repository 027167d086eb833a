"""The compiled part of the matcher: one pass over the bytes of many documents.

How a document is read, in four steps of rising cost; each step lets only little through to the next.

1. `_mark_words` looks at 64 bytes at a time and sets one bit for every byte of a word. Plain letters and
   digits are told by vector comparisons; only characters beyond ASCII (a curly quote, an é) are decoded.
2. `_list_edges` turns the bits into the start and end of each word. Half their number is the word count.
3. `_keep_possible` looks up the first four bytes of each word in a small bitmap made from the lexicon, and those
   of the next word where it can but open a phrase; nearly every word ends here.
4. `_recall` asks what the lexicon says about this word. Each spelling is worked out once (`_classify`,
   through a trie) and remembered. Only for words that can open a phrase does `_longest` read on.

Everything that numba compiles lives in this one file, because numba's cache notices changes to this file
only. Hot loops take the few arrays they need rather than the whole of `Tables`: handing over a large tuple
costs more than the work on one word. Slices are copied by loops, because numba compiles their error messages
for seconds. Positions are bytes of the buffer, and a lane is 64 of them.
"""
# pyright: reportCallIssue=false, reportArgumentType=false
# numba's decorators have no types that a checker can follow.

from typing import NamedTuple

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# What a character is to the matcher (the low bits of Tables.characters).
OTHER, WORD, APOSTROPHE, DASH, SPACE, LINE_BREAK, PARAGRAPH = range(7)
KIND_BITS = 3
# What part of a word a pattern describes.
LITERAL, STEM, SUFFIX, INFIX = range(4)
# The first nodes of the trie: patterns read forward, read backward, standing anywhere; phrases of patterns.
FORWARD, BACKWARD, ANYWHERE, PHRASES = range(4)
ANY_WORD = 0  # the symbol of a lone `*` in a phrase; pattern p has the symbol p + 1
NO_TERM = np.iinfo(np.int32).max
# What a filter has to reckon with (bits of Tables.opening_flags and inner_flags).
EVERY_WORD, SHORT_STEMS, SUFFIXES, INFIXES = 1, 2, 4, 8
# A filter is three bitmaps in one array: over the first two bytes of a word (for stems of one or two
# letters), over the last two (for suffixes), over the hashed first four (for all else). Letters are folded, but
# for the first of the four: nearly every word of a text is passed over where all terms are names.
FIRST2, LAST2, FIRST4 = np.int64(0), np.int64(1024), np.int64(2048)  # numba compiles anew for each literal
ONE = np.uint64(1)
BLOCK = 8192  # bytes looked at together; a longer word makes a longer block
INLINE = 16  # words of up to so many bytes are kept in the memo itself
MEMO_BITS = 16  # spellings remembered by each thread, as a power of two
MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: Fibonacci hashing
FOLD4 = np.uint64(0x20202020)  # turns capital ASCII letters into small ones, four bytes at a time
FOLD_LATER = np.uint64(0x20202000)  # the same, but leaves the first byte as it is
HIGH4 = np.uint64(0x80808080)
# A one in each byte; a number multiplied by it has the sum of its bytes on top.
EIGHT_ONES = np.uint64(0x0101010101010101)

# A branch of the trie: parent << 24 | symbol, or -1; a pattern and the rank of a phrase that end there.
# A node's number is its place in the table + 4, for the first four are given away above.
BRANCH = np.dtype([("key", np.int64), ("pattern", np.int32), ("phrase", np.int32)])
PATTERN = np.dtype(
    [
        ("form", np.int32),
        ("next", np.int32),  # another pattern that ends at the same node, or -1
        ("single", np.int32),  # rank of the term that is this one word, or NO_TERM
        ("in_phrase", np.int32),  # 1: it stands in a phrase; 3: it opens one, too
        ("caps_from", np.int32),  # its capitals: Tables.caps[caps_from:caps_to]
        ("caps_to", np.int32),
    ]
)
# A remembered spelling (see _spell), where it stood, and its outcome's place in the arena: half a cache line.
SLOT = np.dtype(
    [("a", np.uint64), ("b", np.uint64), ("at", np.int64), ("bytes", np.int32), ("outcome", np.int32)]
)


class Tables(NamedTuple):
    """A compiled lexicon as plain arrays. Terms go by rank: of two that fit alike, the lower wins."""

    characters: np.ndarray  # int32 by code point: its small letter << KIND_BITS | its kind
    trie: np.ndarray  # BRANCH, a hash table with open addressing; its size is a power of two
    patterns: np.ndarray  # PATTERN
    caps: np.ndarray  # int32, positions of capitals within a pattern
    opening: np.ndarray  # uint64, filter for words that may begin a term
    inner: np.ndarray  # uint64, filter for words that may stand later in a phrase
    alone: np.ndarray  # uint64, filter for words that may begin a term whatever the next word is
    opening_flags: int
    inner_flags: int
    alone_flags: int  # EVERY_WORD, too, where a look at the next word would not help
    widest: int  # how many phrase nodes can be alive at once
    star_first: int  # whether a phrase begins with a lone `*`


class Memo(NamedTuple):
    """What a thread remembers about spellings, and its scratch space."""

    slots: np.ndarray  # SLOT, two by two; bytes 0 is an empty slot
    # int64: outcomes, each: rank of single term, flags (1: it fits without the possessive only; 2: the word may
    # open a phrase), n, n symbols (see _note)
    arena: np.ndarray
    state: np.ndarray  # int64: how much of the arena is used; serial of the last matching
    seen: np.ndarray  # int64 by pattern: the serial that last noted it
    # int32: letters of a word, small letter << 1 | whether it was a capital. There is room for the longest
    # document, but memory is taken only as far as words reach.
    folded: np.ndarray
    alive: np.ndarray  # int64: phrase nodes reached before and after a word, half of the array each
    lanes: np.ndarray  # uint64, 3 rows: bits of a block's words, apostrophes and bytes beyond ASCII
    edges: np.ndarray  # int64: start, end, start, end … of a block's words
    kept: np.ndarray  # int64: places among the edges of words that may begin a term
    tail: np.ndarray  # uint8: the last lane of the buffer


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
    """Read eight bytes from i on as one number, the first byte lowest."""

    def codegen(context, builder, signature, args):
        data = context.make_array(signature.args[0])(context, builder, args[0]).data
        loaded = builder.load(builder.bitcast(builder.gep(data, [args[1]]), ir.IntType(64).as_pointer()))
        loaded.align = 1
        return loaded

    return types.uint64(buf, types.int64), codegen


@intrinsic
def _lowest_bit(typingctx, x):
    """Find the lowest bit that is set."""

    def codegen(context, builder, signature, args):
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), codegen


# Helpers are compiled into the function that calls them, and cached with it. None makes an array, and all are told
# so: counting references to the arrays that they are handed would cost more than their work, threads would wait
# for one another over it, and code that makes arrays takes numba seconds to compile.
_bare = {"nogil": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
_inner = njit(_nrt=False, **_bare)
_inline = njit(_nrt=False, forceinline=True, **_bare)


@_inline
def _load_upto8(buf, i, n):
    """Read the n bytes from i on, at most 8, as one number; bytes after them are zero."""
    if i + 8 <= buf.size:
        x = _load8(buf, i)
        return x if n >= 8 else x & ((ONE << np.uint64(8 * n)) - ONE)
    x = np.uint64(0)
    for k in range(min(n, 8)):
        x |= np.uint64(buf[i + k]) << np.uint64(8 * k)
    return x


@_inner
def _decode(buf, i, stop):
    """Read the code point at i and its number of bytes; a byte that is not UTF-8 counts as one character."""
    c = np.int64(buf[i])
    if c < 0xC0:
        return c, 1
    n = 2 if c < 0xE0 else 3 if c < 0xF0 else 4
    if i + n > stop:
        return np.int64(0x80), 1
    c &= 0x7F >> n
    for k in range(1, n):
        if buf[i + k] & 0xC0 != 0x80:
            return np.int64(0x80), 1
        c = c << 6 | np.int64(buf[i + k]) & 0x3F
    return min(c, 0x10FFFF), n


@_inner
def _kind_at(buf, i, stop, characters):
    if i >= stop:
        return OTHER, 1
    c, n = _decode(buf, i, stop)
    return characters[c] & ((1 << KIND_BITS) - 1), n


@_inner
def _block_end(buf, start, stop):
    """Find where to cut: before a plain character that no word contains, some BLOCK bytes on."""
    if stop - start <= BLOCK:
        return stop
    i = start + BLOCK
    while i > start and not _separates(buf[i]):
        i -= 1
    if i == start:
        i = start + BLOCK
        while i < stop and not _separates(buf[i]):
            i += 1
    return i


@_inline
def _separates(c):
    return (c < 48 and c != 39) or c == 95 or 57 < c < 65


@_inner
def _mark_words(buf, start, stop, characters, lanes, tail):
    """Set a bit in the first row of `lanes` for every byte from start to stop that belongs to a word; return how many."""
    n_lanes = (stop - start + 63) >> 6
    any_high = np.uint64(0)
    for lane in range(n_lanes):
        i = start + (lane << 6)
        if i + 64 <= buf.size:
            word, apostrophe, high = _alnum_mask(buf, i), _apostrophe_mask(buf, i), _high_mask(buf, i)
        else:
            for k in range(64):
                tail[k] = buf[i + k] if i + k < stop else 0
            word, apostrophe, high = _alnum_mask(tail, 0), _apostrophe_mask(tail, 0), _high_mask(tail, 0)
        if stop - i < 64:
            valid = (ONE << np.uint64(stop - i)) - ONE
            word, apostrophe, high = word & valid, apostrophe & valid, high & valid
        lanes[0, lane], lanes[1, lane], lanes[2, lane] = word, apostrophe, high
        any_high |= high
    if any_high:
        _mark_beyond_ascii(buf, start, stop, characters, lanes, n_lanes)
    before = np.uint64(0)
    for lane in range(n_lanes):
        word, apostrophe = lanes[0, lane], lanes[1, lane]
        if apostrophe:
            after = lanes[0, lane + 1] << np.uint64(63) if lane + 1 < n_lanes else np.uint64(0)
            word |= apostrophe & (word << ONE | before >> np.uint64(63)) & (word >> ONE | after)
            lanes[0, lane] = word
        before = word
    return n_lanes


@_inner
def _mark_beyond_ascii(buf, start, stop, characters, lanes, n_lanes):
    for lane in range(n_lanes):
        high = lanes[2, lane]
        while high:
            offset = (lane << 6) + _lowest_bit(high)
            high &= high - ONE
            i = start + offset
            if buf[i] < 0xC0:
                continue
            kind, n = _kind_at(buf, i, stop, characters)
            if kind == APOSTROPHE and offset > 0:  # a curly one joins where letters stand on both sides
                before = lanes[0, (offset - 1) >> 6] >> np.uint64((offset - 1) & 63) & ONE
                if before and _kind_at(buf, i + n, stop, characters)[0] == WORD:
                    kind = WORD
            if kind == WORD:
                for k in range(offset, offset + n):
                    lanes[0, k >> 6] |= ONE << np.uint64(k & 63)


@_inner
def _list_edges(lanes, n_lanes, size, edges):
    """Write start, end, start, end … of the words, in bytes from the start of the block; return how many."""
    n = 0
    carry = np.uint64(0)
    for lane in range(n_lanes):
        word = lanes[0, lane]
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


@_inner
def _has(bitmaps, base, key):
    return bitmaps[base + np.int64(key >> np.uint64(6))] >> (key & np.uint64(63)) & ONE != 0


@_inline
def _possible(buf, s, e, bitmaps, flags):
    """Tell by a few bytes of a word whether a pattern of the filter may fit it; yes where in doubt."""
    n = min(e - s, 4)
    x = _load_upto8(buf, s, n)
    inside = (ONE << np.uint64(8 * n)) - ONE
    spread = np.uint64((bitmaps.size - FIRST4) * 64 - 1)
    key = (x | FOLD_LATER) & inside
    keep = _has(bitmaps, FIRST4, (key * MIX >> np.uint64(40)) & spread) | (x & HIGH4 != 0)
    if flags:
        if flags & SHORT_STEMS:
            keep |= _has(bitmaps, FIRST2, (x | FOLD4) & inside & np.uint64(0xFFFF))
        if flags & SUFFIXES:
            n = min(e - s, 2)
            x = _load_upto8(buf, e - n, n)
            keep |= _has(bitmaps, LAST2, x | FOLD4 >> np.uint64(32 - 8 * n)) | (x & HIGH4 != 0)
        keep |= flags & EVERY_WORD != 0
    return keep


@_inner
def _keep_possible(
    buf, start, edges, n_edges, kept, opening, alone, inner, opening_flags, alone_flags, inner_flags
):
    """Drop the words that no term can begin with; return how many edges stay.

    Of words that are no term by themselves only those stay whose next word can go on with a phrase ("the" opens many),
    and the last of the block, whose next is not known. Numbers of words are put together first, so that nothing has
    to be guessed by the processor.
    """
    n = 0
    for i in range(0, n_edges, 2):
        kept[n] = i
        n += _possible(buf, start + edges[i], start + edges[i + 1], opening, opening_flags)
    if not alone_flags & EVERY_WORD:
        found, n = n, 0
        for k in range(found):
            i = kept[k]
            after = min(i + 2, n_edges - 2)
            keep = _possible(buf, start + edges[i], start + edges[i + 1], alone, alone_flags) | (after == i)
            keep |= _possible(buf, start + edges[after], start + edges[after + 1], inner, inner_flags)
            kept[n] = i
            n += keep
    for k in range(n):
        i = kept[k]
        edges[2 * k], edges[2 * k + 1] = edges[i], edges[i + 1]
    return 2 * n


@_inline
def _place(key, size):
    return np.int64(np.uint64(key) * MIX >> np.uint64(20)) & (size - 1)


@_inline
def _child(trie, node, symbol):
    """Follow the trie; -1 where it has no such branch."""
    key = node << 24 | symbol
    slot = _place(key, trie.size)
    while trie[slot].key != key:
        if trie[slot].key < 0:
            return np.int64(-1)
        slot = (slot + 1) & (trie.size - 1)
    return slot + 4


@_inner
def _note(first, allowed, folded, begin, possessive, patterns, caps, memo):
    """Add the patterns that end at a branch, and fit, to the outcome that is being made at the arena's end.

    `allowed` has a bit for each form that fits here. A symbol stands in the arena as 2 * symbol, plus 1 where
    the pattern fits only without the possessive.
    """
    arena, o, serial = memo.arena, memo.state[0], memo.state[1]
    p = first
    while p >= 0:
        pattern = patterns[p]
        fits = allowed >> pattern.form & 1 and memo.seen[p] != serial
        for k in range(pattern.caps_from, pattern.caps_to):
            fits = fits and folded[begin + caps[k]] & 1
        if fits:
            memo.seen[p] = serial
            if pattern.single < arena[o] and (arena[o + 1] & 1 == possessive or arena[o] == NO_TERM):
                arena[o], arena[o + 1] = pattern.single, arena[o + 1] & 2 | possessive
            if pattern.in_phrase:
                arena[o + 1] |= pattern.in_phrase & 2
                arena[o + 3 + arena[o + 2]] = 2 * (p + 1) + possessive
                arena[o + 2] += 1
        p = np.int64(pattern.next)


@_inner
def _match_spelling(folded, n, possessive, lex, memo):
    """Note every pattern that fits the first n letters of a word."""
    memo.state[1] += 1
    first, last = n, -1  # apostrophe: a wildcard runs over letters and digits only
    for i in range(n):
        if folded[i] >> 1 == 39:
            first, last = min(first, i), i
    flags = lex.opening_flags | lex.inner_flags
    begins = min(first + 1, n) if flags & INFIXES else 0
    for walk in range(-2, begins):  # once forward, once backward, then forward from each letter
        if walk == -1 and not flags & SUFFIXES:
            continue
        root = FORWARD if walk == -2 else BACKWARD if walk == -1 else ANYWHERE
        start = n - 1 if walk == -1 else max(walk, 0)
        node, i = np.int64(root), start
        while 0 <= i < n:
            node = _child(lex.trie, node, np.int64(folded[i] >> 1))
            if node < 0:
                break
            pattern = np.int64(lex.trie[node - 4].pattern)
            if pattern >= 0:
                begin, end = min(start, i), max(start, i) + 1
                before, after = begin <= first, end > last
                allowed = (
                    (begin == 0 and end == n) << LITERAL
                    | (begin == 0 and after) << STEM
                    | (end == n and before) << SUFFIX
                    | (before and after) << INFIX
                )
                _note(pattern, allowed, folded, begin, possessive, lex.patterns, lex.caps, memo)
            i += -1 if walk == -1 else 1


@_inner
def _fold_word(buf, s, e, characters, folded):
    """Write the letters of a word; return how many."""
    n = 0
    while s < e:
        c, size = _decode(buf, s, e)
        small = characters[c] >> KIND_BITS
        folded[n] = small << 1 | (small != c)
        s += size
        n += 1
    return n


@_inner
def _forget(slots):
    for k in range(len(slots)):
        slots[k].bytes = 0


@_inner
def _classify(buf, s, e, lex, memo):
    """Work out what the lexicon says about one word; return the place of the answer in the arena."""
    arena, state, folded = memo.arena, memo.state, memo.folded
    if state[0] + 3 + 2 * lex.patterns.size > arena.size:  # forget everything rather than grow without bound
        _forget(memo.slots)
        state[0] = 3
    n = _fold_word(buf, s, e, lex.characters, folded)
    o = state[0]
    arena[o], arena[o + 1], arena[o + 2] = NO_TERM, 0, 0
    forms = 2 if n > 2 and folded[n - 1] >> 1 == 115 and folded[n - 2] >> 1 == 39 else 1
    for possessive in range(forms):
        _match_spelling(folded, n - 2 * possessive, possessive, lex, memo)
    if arena[o] == NO_TERM and arena[o + 2] == 0:
        return np.int64(0)
    state[0] = o + 3 + arena[o + 2]
    return o


@_inline
def _same_bytes(buf, a, b, n):
    for k in range(0, n, 8):
        if _load_upto8(buf, a + k, n - k) != _load_upto8(buf, b + k, n - k):
            return False
    return True


@_inline
def _spell(buf, s, n):
    """Put a word of n bytes into two numbers: the bytes themselves up to INLINE of them, else two hashes."""
    if n <= 8:
        return _load_upto8(buf, s, n), np.uint64(0)
    if n <= INLINE:
        return _load8(buf, s), _load_upto8(buf, s + 8, n - 8)
    a, b = np.uint64(n), np.uint64(0)
    for k in range(0, n, 8):
        a = (a ^ _load_upto8(buf, s + k, n - k)) * MIX
        a ^= a >> np.uint64(29)
        b += a
    return a, b


@_inline
def _pair(a, b):
    """Tell the first of the two slots where a spelling may stand."""
    return np.int64((a ^ b * MIX) * MIX >> np.uint64(65 - MEMO_BITS)) << 1


@_inline
def _recall(buf, s, n, a, b, slots):
    """Look a spelling up in the memo: place of its outcome in the arena, or -1 where it is not known."""
    pair = _pair(a, b)
    for k in range(pair, pair + 2):
        slot = slots[k]
        if (
            slot.a == a
            and slot.b == b
            and slot.bytes == n
            and (n <= INLINE or _same_bytes(buf, slot.at, s, n))
        ):
            return np.int64(slot.outcome)
    return np.int64(-1)


@_inner
def _learn(buf, s, e, a, b, lex, memo):
    """Work out a spelling's outcome and keep it in the memo, in the place of the older of two."""
    outcome = _classify(buf, s, e, lex, memo)
    pair = _pair(a, b)
    newer, older = memo.slots[pair], memo.slots[pair + 1]
    older.a, older.b, older.at = newer.a, newer.b, newer.at
    older.bytes, older.outcome = newer.bytes, newer.outcome
    newer.a, newer.b, newer.at = a, b, s
    newer.bytes, newer.outcome = e - s, outcome
    return outcome


@_inner
def _without_possessive(buf, s, e):
    """Find the end of the word when a final 's or ’s is left out."""
    if e - s < 3 or (buf[e - 1] | 32) != 115:
        return e
    if buf[e - 2] == 39:
        return e - 2
    if e - s > 4 and buf[e - 4] == 0xE2 and buf[e - 3] == 0x80 and buf[e - 2] == 0x99:
        return e - 4
    return e


@_inner
def _next_joined(buf, e, stop, characters):
    """Find the start of the word that a phrase may go on with after e, over a dash or white space; or -1."""
    breaks, i = 0, e
    while i < stop:
        kind, n = _kind_at(buf, i, stop, characters)
        if kind == WORD:
            return i if i > e else -1
        if kind == DASH and i == e:
            return i + n if _kind_at(buf, i + n, stop, characters)[0] == WORD else -1
        if kind == LINE_BREAK:
            breaks += not (buf[i] == 10 and i > e and buf[i - 1] == 13)
        if breaks > 1 or kind not in (SPACE, LINE_BREAK):
            return -1
        i += n
    return -1


@_inner
def _word_end(buf, s, stop, characters):
    """Find the end of the word that starts at s, read character by character."""
    i = s
    while i < stop:
        kind, n = _kind_at(buf, i, stop, characters)
        if kind != WORD and not (kind == APOSTROPHE and _kind_at(buf, i + n, stop, characters)[0] == WORD):
            break
        i += n
    return i


@_inner
def _longest(buf, s, e, stop, o, lex, memo):
    """Find end and rank of the longest term that begins with the word s..e, whose outcome is o."""
    arena, trie, half = memo.arena, lex.trie, memo.alive.size // 2
    best_end, best_rank = np.int64(-1), arena[o]
    if best_rank != NO_TERM:
        best_end = _without_possessive(buf, s, e) if arena[o + 1] & 1 else e
    row, n_alive = 0, 1
    memo.alive[0] = PHRASES
    while True:
        alive, fresh = row * half, (1 - row) * half
        bare = _without_possessive(buf, s, e)
        n_fresh = 0
        for node_at in range(n_alive):
            for k in range(-1, arena[o + 2]):  # a lone `*`, then the patterns that fit the word
                symbol = arena[o + 3 + k] if k >= 0 else np.int64(2 * ANY_WORD)
                node = _child(trie, memo.alive[alive + node_at], symbol >> 1)
                if node < 0:
                    continue
                end = bare if k < 0 or symbol & 1 else e
                rank = np.int64(trie[node - 4].phrase)
                if rank != NO_TERM and (end > best_end or (end == best_end and rank < best_rank)):
                    best_end, best_rank = end, rank
                if not symbol & 1:
                    memo.alive[fresh + n_fresh] = node
                    n_fresh += 1
        s = _next_joined(buf, e, stop, lex.characters) if n_fresh else -1
        if s < 0:
            return best_end, best_rank
        e, o = _word_end(buf, s, stop, lex.characters), np.int64(0)
        if _possible(buf, s, e, lex.inner, lex.inner_flags):
            a, b = _spell(buf, s, e - s)
            o = _recall(buf, s, e - s, a, b, memo.slots)
            if o < 0:
                o = _learn(buf, s, e, a, b, lex, memo)
        row, n_alive = 1 - row, n_fresh


@_inner
def _match_block(buf, start, stop, n_edges, resume, lex, memo, places, n_places):
    """Find the terms among the words of a block; return how many places are known, and where the last ends.

    Places are rows of start, end (bytes) and rank; there is room for one for each word.
    """
    slots, arena, edges = memo.slots, memo.arena, memo.edges
    for i in range(0, n_edges, 2):
        s, e = start + edges[i], start + edges[i + 1]
        if s < resume:
            continue
        a, b = _spell(buf, s, e - s)
        o = _recall(buf, s, e - s, a, b, slots)
        if o < 0:
            o = _learn(buf, s, e, a, b, lex, memo)
        if o == 0 and not lex.star_first:
            continue
        rank, end = arena[o], e
        if arena[o + 1] & 2 or lex.star_first:
            end, rank = _longest(buf, s, e, stop, o, lex, memo)
        elif arena[o + 1] & 1:
            end = _without_possessive(buf, s, e)
        if rank != NO_TERM:
            places[n_places, 0], places[n_places, 1], places[n_places, 2] = s, end, rank
            n_places += 1
            resume = end
    return n_places, resume


@_inline
def _count_continuation(buf, start, stop):
    """Count the bytes that are not the first of their character."""
    n = 0
    for i in range(start, stop, 8):
        x = _load_upto8(buf, i, stop - i)
        n += np.int64((x >> np.uint64(7) & ~x >> np.uint64(6) & EIGHT_ONES) * EIGHT_ONES >> np.uint64(56))
    return n


@_inner
def _to_characters(buf, document, hits, first, stop):
    """Turn the places of one document, rows first to stop of the hits, from bytes of the buffer to its characters."""
    counted, extra = document, 0
    for i in range(first, stop):
        for side in range(2):
            at = hits[i, side]
            extra += _count_continuation(buf, counted, at)
            counted = at
            hits[i, side] = at - document - extra


def new_memo(lex: Tables, longest: int) -> Memo:
    """Make an empty memo for documents of at most `longest` bytes; it belongs to one buffer and one thread."""
    arena = np.empty((4 << MEMO_BITS) + 2 * lex.patterns.size, np.int64)
    arena[:3] = NO_TERM, 0, 0
    return Memo(
        slots=np.zeros(1 << MEMO_BITS, SLOT),
        arena=arena,
        state=np.array([3, 0], np.int64),
        seen=np.zeros(lex.patterns.size, np.int64),
        folded=np.empty(longest, np.int32),
        alive=np.empty(2 * (lex.widest + 1), np.int64),
        lanes=np.empty((3, BLOCK // 64 + 1), np.uint64),
        edges=np.empty(BLOCK + 2, np.int64),
        kept=np.empty(BLOCK // 2 + 2, np.int64),
        tail=np.empty(64, np.uint8),
    )


@njit(cache=True, nogil=True, _nrt=False)
def _scan_documents(buf, offsets, first, lex, memo, matching, words, found, hits, n_hits):
    """Scan documents from number `first` on, as long as there is room.

    Returns the number of the document that there was no room for (or of documents), the hits so far, and how many
    bytes the block has that needs more room, or 0 where the hits need it.
    """
    for d in range(first, offsets.size - 1):
        start, stop = offsets[d], offsets[d + 1]
        resume, n_places = start, n_hits  # of one type throughout, or numba compiles twice
        words[d] = 0
        while start < stop:
            end = _block_end(buf, start, stop)
            if end - start + 2 > memo.edges.size:
                return d, n_hits, end - start
            n_lanes = _mark_words(buf, start, end, lex.characters, memo.lanes, memo.tail)
            n_edges = _list_edges(memo.lanes, n_lanes, end - start, memo.edges)
            words[d] += n_edges // 2
            if matching:
                if not lex.opening_flags & EVERY_WORD:
                    n_edges = _keep_possible(
                        buf, start, memo.edges, n_edges, memo.kept, lex.opening, lex.alone, lex.inner,
                        lex.opening_flags, lex.alone_flags, lex.inner_flags,
                    )  # fmt: skip
                if n_places + n_edges // 2 > len(hits):
                    return d, n_hits, np.int64(0)
                n_places, resume = _match_block(buf, start, stop, n_edges, resume, lex, memo, hits, n_places)
            start = end
        if n_places > n_hits:
            _to_characters(buf, offsets[d], hits, n_hits, n_places)
        found[d] = n_places - n_hits
        n_hits = n_places
    return offsets.size - 1, n_hits, np.int64(0)


def scan_documents(
    buf: np.ndarray, offsets: np.ndarray, lex: Tables, memo: Memo, matching: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Count the words and find the terms of documents that lie end to end in a buffer.

    Document d is the bytes ``offsets[d]`` to ``offsets[d + 1]``. Returns by document the number of words and
    of hits, and one row per hit: start, end (characters of the document) and the term's rank. A document that
    the arrays have no room for is begun again with larger ones.
    """
    n = len(offsets) - 1
    words, found = np.zeros(n, np.int64), np.zeros(n, np.int64)
    hits = np.empty((max(BLOCK, int(offsets[-1] - offsets[0]) >> 6), 3), np.int64)
    d, n_hits = 0, 0
    while True:
        d, n_hits, block = _scan_documents(buf, offsets, d, lex, memo, matching, words, found, hits, n_hits)
        if d == n:
            return words, found, hits[:n_hits]
        if block:
            memo = memo._replace(
                lanes=np.empty((3, block // 64 + 1), np.uint64),
                edges=np.empty(block + 2, np.int64),
                kept=np.empty(block // 2 + 2, np.int64),
            )
        else:
            larger = np.empty((4 * len(hits), 3), np.int64)
            larger[:n_hits] = hits[:n_hits]
            hits = larger
