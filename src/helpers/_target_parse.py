"""How a sentence is built, by rules that `_native` compiles: what each word does, its noun phrases, and who does what.

A sentence comes in as tokens (`_tokens`) and its known names as hits. Each name becomes one token, so that long and
short names are read alike; then every word is told by its class, its ending and its place; noun phrases are marked
with the party that they stand for; and every token is linked to the noun phrase that is its subject. This is no full
parse: one pass from left to right with a small stack of clauses, wrong where English is knotty, cheap everywhere.
"""

from __future__ import annotations

from helpers import _cues
from helpers import _target_words as W
from helpers._tokens import (
    CLOSEB,
    COLON,
    COMMA,
    DASH,
    DQ,
    END,
    KIND,
    OPENB,
    PERIOD,
    RDQ,
    RSQ,
    SEMI,
    SQ,
    START,
    WID,
    WORD,
    tokenize,
)  # fmt: skip
from helpers._tokens import CLS as SHAPE

# What a token does in its sentence.
OTHER, NOUN, PARTY, PRONOUN, OPENER, PREPOSITION, FINITE, HELPER, BARE, ADVERB, JOIN, SUBORD, RELATIVE = (
    range(13)
)
STOP, QUOTE, BREAK = 13, 14, 15  # comma, quotation mark, anything stronger
# Columns of the table that read_sentence fills, one row a token. FIRST and LAST bound the noun phrase; NAMES is the
# token of the party or pronoun it stands for, or -1; SUBJECT the last token of the subject's noun phrase, or -1.
DOES, HIT, FIRST, LAST, NAMES, SUBJECT = range(6)
COLUMNS = 6
# Roles of an alias, in the hit table's column ROLE.
NAME, ADJECTIVE, PEOPLE, PLACE, PERSON, BODY = range(6)
# Columns of the hit table.
H_START, H_END, TARGET, WHO, ROLE, SHE = range(6)
LONGEST = 1200  # characters of a sentence that are read
DEEPEST = 24  # clauses within clauses
# Kinds of clause.
MAIN, THAT, WHICH, BECAUSE, SPEECH, OBJECT = range(6)

_CAP, _POSS, _HYPH, _ONE = _cues.CAP, _cues.POSS, _cues.HYPH, _cues.ONE


def join_names(tokens, n, hits, h, h_end, table):
    """Make each hit one token; return the new number of tokens. A hit's row number stands in its column HIT."""
    out, t = 0, 0
    while t < n:
        start = tokens[t, START]
        while h < h_end and hits[h, H_END] <= start:
            h += 1
        last = t
        hit = -1
        if h < h_end and hits[h, H_START] <= start and start < hits[h, H_END]:
            while last + 1 < n and tokens[last + 1, START] < hits[h, H_END]:
                last += 1
            hit = h
            h += 1
        if tokens[t, KIND] == PERIOD and out > 0 and tokens[t, START] == tokens[out - 1, END]:
            before = tokens[out - 1, SHAPE]
            if tokens[out - 1, WID] & W.ABBREV or (before & _CAP and before & _ONE):
                t += 1  # Mr. Trump, Donald J. Trump: no end of anything
                continue
        for c in range(6):
            tokens[out, c] = tokens[t, c]
        if hit >= 0:
            tokens[out, KIND] = WORD
            tokens[out, END] = tokens[last, END]
            tokens[out, SHAPE] = (tokens[t, SHAPE] & _HYPH) | (tokens[last, SHAPE] & _POSS) | _CAP
            tokens[out, WID] = 0
        table[out, HIT] = hit
        t = last + 1
        # the apostrophe of a plural possessive: Democrats' plan, the rulers’ palace
        if (
            t < n
            and (tokens[t, KIND] == SQ or tokens[t, KIND] == RSQ)
            and tokens[t, START] == tokens[out, END]
        ):
            if t + 1 < n and tokens[t + 1, KIND] == WORD and tokens[t + 1, START] > tokens[t, END]:
                tokens[out, SHAPE] |= _POSS
                t += 1
        out += 1
    return out


def _ending(cps, a, b, one, two):
    """Whether the word cps[a:b] ends with the letters one, two (any case)."""
    return b - a > 3 and (cps[b - 2] | 32) == one and (cps[b - 1] | 32) == two


def _noun_before(table, k):
    """What stands before token k, past adverbs: a subject-like noun (1), a word that a noun follows (-1), else 0."""
    j = k - 1
    while j >= 0 and table[j, DOES] == ADVERB:
        j -= 1
    if j < 0:
        return 0
    does = table[j, DOES]
    if does == NOUN or does == PARTY or does == PRONOUN or does == RELATIVE:
        return 1
    if does == OPENER or does == PREPOSITION:
        return -1
    return 0


def _is_verb(cps, tokens, table, n, k, c):
    """Whether the unclear word k (a verb by list, or a word in -ed) is a verb at its place."""
    before = _noun_before(table, k)
    if before < 0 or tokens[k, SHAPE] & _HYPH:
        return False
    j = k - 1
    while j >= 0 and table[j, DOES] == ADVERB:
        j -= 1
    if j >= 0 and table[j, DOES] == PARTY and tokens[j, SHAPE] & _POSS:
        return False
    if j >= 0 and table[j, DOES] == NOUN and tokens[j, SHAPE] & _POSS:
        return False
    capital = tokens[k, SHAPE] & _CAP
    if capital and k > 0 and not (j >= 0 and table[j, DOES] == PARTY):
        return False
    nxt = tokens[k + 1, WID] if k + 1 < n else 0
    if c & W.POSSIBLE_NOUN:
        if k + 1 < n and tokens[k + 1, KIND] != WORD:
            return j >= 0 and (table[j, DOES] == PRONOUN or table[j, DOES] == HELPER)
        if nxt & W.PREP and not nxt & W.SUB and not nxt & W.TO:
            return before > 0 and table[j, DOES] == PRONOUN
        if (
            before > 0
            and k + 1 < n
            and (nxt & (W.AUX | W.VERB))
            and nxt & W.FINITE
            and not nxt & W.POSSIBLE_NOUN
        ):
            return False
        return before > 0
    return True


def _word_does(cps, tokens, table, n, k):
    """What the word at token k does, given what the words before it do."""
    c = tokens[k, WID]
    if table[k, HIT] >= 0:
        return PARTY
    shape = tokens[k, SHAPE]
    if shape & _POSS and c & (W.HE | W.IT | W.THEY | W.FIRST) and not c & W.POSSP:
        return PRONOUN
    a, b = tokens[k, START], tokens[k, END]
    nxt = tokens[k + 1, WID] if k + 1 < n else 0
    nxt_word = k + 1 < n and tokens[k + 1, KIND] == WORD
    if c & W.TO:
        verb = nxt & W.VERB or (nxt & W.AUX and not nxt & W.FINITE) or nxt & W.ADV
        return HELPER if verb and not nxt & W.DET else PREPOSITION
    if c & W.SUB and c & W.REL:  # that
        before = _noun_before(table, k)
        if before > 0:
            follows = nxt & (W.FINITE | W.AUX) and not nxt & W.POSSIBLE_NOUN
            return RELATIVE if follows else SUBORD
        if k > 0 and table[k - 1, DOES] >= FINITE and table[k - 1, DOES] <= ADVERB:
            return SUBORD
        return OPENER if nxt_word and not nxt & (W.FINITE | W.DET | W.POSSP) else PRONOUN
    if c & W.SUB and c & W.PREP:  # for, as, after, before, since, until
        return SUBORD if not nxt & W.VERB or nxt & W.FINITE else PREPOSITION
    if c & W.POSSP:
        if c & W.OBJP:  # her: before a noun or alone
            noun = nxt_word and not nxt & (W.PREP | W.ADV | W.CONJ | W.DET | W.SUB | W.AUX)
            return OPENER if noun else PRONOUN
        if c & W.REL:
            return RELATIVE
        return OPENER
    if c & (W.HE | W.IT | W.THEY | W.FIRST | W.OBJP):
        return PRONOUN
    if c & (W.DET | W.NUM):
        return OPENER
    if c & W.REL:
        return RELATIVE
    if c & W.AUX:
        return HELPER
    if c & W.PREP:
        return PREPOSITION
    if c & W.CONJ:
        return JOIN
    if c & W.SUB:
        return SUBORD
    if c & W.ADV:
        return ADVERB
    helped = k > 0 and (
        table[k - 1, DOES] == HELPER
        or (table[k - 1, DOES] == ADVERB and k > 1 and table[k - 2, DOES] == HELPER)
    )
    if c & W.VERB:
        if not c & W.FINITE:  # in -ing
            before = _noun_before(table, k)
            return NOUN if before < 0 and table[k - 1, DOES] == OPENER and nxt_word else BARE
        if helped:
            return BARE
        return FINITE if _is_verb(cps, tokens, table, n, k, c) else NOUN
    if shape & _CAP and k > 0:
        return NOUN
    if _ending(cps, a, b, 108, 121):  # -ly
        return ADVERB
    if _ending(cps, a, b, 101, 100) and b - a > 4:  # -ed
        if helped:
            return BARE
        return FINITE if _is_verb(cps, tokens, table, n, k, c) else NOUN
    if _ending(cps, a, b, 110, 103) and b - a > 5 and (cps[b - 3] | 32) == 105:  # -ing
        return BARE if helped or _noun_before(table, k) >= 0 else NOUN
    return NOUN


def tell_words(cps, tokens, table, n):
    """Fill the column DOES."""
    for k in range(n):
        kind = tokens[k, KIND]
        table[k, FIRST], table[k, LAST], table[k, NAMES], table[k, SUBJECT] = -1, -1, -1, -1
        if kind == WORD:
            table[k, DOES] = _word_does(cps, tokens, table, n, k)
        elif kind == COMMA:
            table[k, DOES] = STOP
        elif DQ <= kind <= RDQ:
            table[k, DOES] = QUOTE
        elif kind == COLON or kind == SEMI or kind == DASH or kind == OPENB or kind == CLOSEB:
            table[k, DOES] = BREAK
        else:
            table[k, DOES] = OTHER


def _in_phrase(does):
    return does == NOUN or does == PARTY or does == OPENER


def _party_of(tokens, table, hits, first, last):
    """Token of the party that the noun phrase first..last stands for, or -1."""
    party, own = -1, -1
    for k in range(first, last + 1):
        if table[k, HIT] >= 0 and hits[table[k, HIT], TARGET] >= 0:
            # Iran-backed rebels, anti-American rulers: not of the party that the word names
            if k + 1 <= last and tokens[k + 1, SHAPE] & _HYPH and tokens[k + 1, WID] & W.BACKED:
                continue
            if k > first and tokens[k, SHAPE] & _HYPH and tokens[k - 1, WID] & W.ANTI:
                continue
            # of two names side by side the later one is the person: Chinese leader Xi; but Israel's ally Russia too
            party = k
        elif table[k, DOES] == OPENER and tokens[k, WID] & W.POSSP:
            own = k
    return party if party >= 0 else own


def mark_phrases(tokens, table, hits, n):
    """Fill FIRST, LAST and NAMES of each noun phrase."""
    k = 0
    while k < n:
        if table[k, DOES] == PRONOUN:
            table[k, FIRST], table[k, LAST], table[k, NAMES] = k, k, k
            k += 1
            continue
        if not _in_phrase(table[k, DOES]):
            k += 1
            continue
        last = k
        while last + 1 < n:
            nxt = last + 1
            if not _in_phrase(table[nxt, DOES]):
                break
            # a new phrase begins at an article, or at a pronoun of possession
            if (
                table[nxt, DOES] == OPENER
                and tokens[nxt, WID] & (W.DET | W.POSSP)
                and table[last, DOES] != OPENER
            ):
                break
            last = nxt
        party = _party_of(tokens, table, hits, k, last)
        for j in range(k, last + 1):
            table[j, FIRST], table[j, LAST], table[j, NAMES] = k, last, party
        k = last + 1
    # regime of Bashar al-Assad, people of Iran, leaders in Tehran: the phrase takes the party of what follows
    for j in range(n - 1, -1, -1):
        if table[j, LAST] == j and table[j, NAMES] < 0 and table[j, DOES] == NOUN:
            nxt = j + 2
            if nxt < n and tokens[j + 1, WID] & W.OF and not tokens[j, WID] & (W.OPPOSED | W.ACT):
                if table[nxt, FIRST] == nxt and table[nxt, NAMES] >= 0:
                    for i in range(table[j, FIRST], j + 1):
                        table[i, NAMES] = table[nxt, NAMES]


def _subject_here(depth, subj, verb, kind, waits):
    """The subject that holds at this depth of the stack."""
    d = depth
    while d >= 0:
        if verb[d] and subj[d] >= 0:
            return subj[d]
        if not verb[d] and waits[d] >= 0:
            return waits[d]
        if kind[d] != SPEECH and kind[d] != BECAUSE:
            return -1
        d -= 1
    return -1


def link_subjects(tokens, table, n, subj, verb, kind, waits):
    """Fill the column SUBJECT with one walk over a stack of clauses (the last four are its columns)."""
    depth, speech, after, called, first_subject = 0, -1, -1, 0, -1
    subj[0], verb[0], kind[0], waits[0] = -1, 0, MAIN, -1
    k = 0
    while k < n:
        does, c = table[k, DOES], tokens[k, WID]
        if table[k, FIRST] == k:  # a noun phrase
            last = table[k, LAST]
            if called & W.CALL and after == k - 1 and tokens[k, WID] & W.DET and depth + 1 < DEEPEST:
                depth += 1  # called X a puppet
                subj[depth], verb[depth], kind[depth], waits[depth] = after, 1, OBJECT, -1
                called = 0
            governed = k > 0 and table[k - 1, DOES] == PREPOSITION
            if called & W.CALL and governed and after < 0 and tokens[k - 1, WID] & W.TO:
                governed = False  # referred to X as
            here = _subject_here(depth, subj, verb, kind, waits)
            for j in range(k, last + 1):
                table[j, SUBJECT] = here
            if not governed:
                if not verb[depth] and waits[depth] < 0:
                    waits[depth] = last
                elif verb[depth]:
                    after = last
            k = last + 1
            continue
        push = -1
        new_subject, new_verb = -1, 0
        if does == FINITE or (does == HELPER and c & W.FINITE):
            if not verb[depth]:
                if waits[depth] >= 0 or kind[depth] == MAIN:
                    subj[depth] = waits[depth]
                verb[depth], waits[depth] = 1, -1
            elif after >= 0 and _touches(table, after, k):
                push, new_subject, new_verb = THAT, after, 1
        elif does == SUBORD or does == RELATIVE:
            if does == RELATIVE:
                push = WHICH
                who = k - 1
                while who >= 0 and table[who, DOES] in (STOP, PREPOSITION):
                    who -= 1
                takes = k + 1 < n and table[k + 1, DOES] in (FINITE, HELPER, ADVERB)
                if takes and who >= 0 and table[who, LAST] == who:
                    new_subject, new_verb = who, 1
            else:
                push = BECAUSE if k == 0 or c & W.PREP or not c & W.REL else THAT
        elif does == BREAK and (k < 4 or tokens[k, KIND] == SEMI or tokens[k, KIND] == COLON):
            # WASHINGTON — the president said; he is ill; she is well: another clause begins
            depth = speech + 1 if speech >= 0 else 0
            subj[depth], verb[depth], waits[depth] = -1, 0, -1
        elif does == STOP or does == BREAK:
            if depth > 0 and kind[depth] != SPEECH:
                back = kind[depth] == WHICH or kind[depth] == OBJECT or kind[depth] == BECAUSE
                if back and (verb[depth] or kind[depth] != WHICH):
                    depth -= 1
        elif does == QUOTE:
            if speech >= 0:
                depth, speech = speech, -1
            else:
                speech = depth
                push = SPEECH
        charge = after == k - 1 and _opens_charge(tokens, table, n, k, called)
        if after >= 0 and table[k, FIRST] < 0 and charge:
            push, new_subject, new_verb = OBJECT, after, 1
            called = 0
        if push >= 0 and depth + 1 < DEEPEST:
            depth += 1
            subj[depth], verb[depth], kind[depth], waits[depth] = new_subject, new_verb, push, -1
            after = -1
        table[k, SUBJECT] = _subject_here(depth, subj, verb, kind, waits)
        if does == FINITE or does == BARE:
            passive = does == BARE and _after_be(tokens, table, k)
            called = c & (W.CALL | W.CONTROL) if not passive else 0
            after = -1
        elif does == JOIN:
            called = 0
        if first_subject < 0 and depth == 0 and verb[0]:
            first_subject = subj[0]
        k += 1
    # While raising hopes, Trump said: what stands before the subject without one of its own has it too
    for k in range(first_subject if first_subject >= 0 else 0):
        if table[k, SUBJECT] < 0 and k < table[first_subject, FIRST]:
            table[k, SUBJECT] = first_subject


def _touches(table, after, k):
    """Whether nothing but adverbs stands between the noun phrase that ends at `after` and the verb k."""
    j = k - 1
    while j > after and (table[j, DOES] == ADVERB or table[j, DOES] == HELPER):
        j -= 1
    return j == after


def _after_be(tokens, table, k):
    j = k - 1
    while j >= 0 and table[j, DOES] == ADVERB:
        j -= 1
    return j >= 0 and bool(tokens[j, WID] & W.BE)


def _opens_charge(tokens, table, n, k, called):
    """Whether token k opens what is said of the object: accused X *of*, defended X *as a*, urged X *to*."""
    c = tokens[k, WID]
    if c & W.AS and k + 1 < n and (table[k + 1, DOES] == QUOTE or is_article(tokens, k + 1)):
        return True
    if called & W.CONTROL and c & W.TO and table[k, DOES] == HELPER:
        return True
    return bool(called & W.CALL) and bool(c & (W.OF | W.SUB | W.PREP)) and not c & W.TO


def is_article(tokens, k):
    """Whether the token is `a` or `an`."""
    return bool(tokens[k, WID] & W.DET) and tokens[k, END] - tokens[k, START] < 3


def _blank(tokens, table, k):
    for c in range(6):
        tokens[k, c], table[k, c] = 0, -1


def read_sentence(cps, lo, hi, chars, cues, hits, h, h_end, tokens, table, stack):
    """Read cps[lo:hi] whose names are the hits h..h_end; return the number of tokens."""
    n = tokenize(cps, lo, hi, False, chars, cues, tokens)
    n = join_names(tokens, n, hits, h, h_end, table)
    for k in range(n, n + 2):  # what stands after the sentence, and before it (the last row), is nothing
        _blank(tokens, table, k)
    _blank(tokens, table, len(tokens) - 1)
    tell_words(cps, tokens, table, n)
    mark_phrases(tokens, table, hits, n)
    link_subjects(tokens, table, n, stack[0], stack[1], stack[2], stack[3])
    return n
