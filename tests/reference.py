"""The matching rules once more, slow and plain, with `re`: what the engine must agree with. For tests only."""

import functools
import itertools
import re

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
BREAK = r"(?:\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028])"
BLANK = r"[^\S\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]"
JOINT = re.compile(rf"{BLANK}+(?:{BREAK}{BLANK}*)?|{BREAK}{BLANK}*|[-‐‑–—]")
TERM_PART = re.compile(rf"\*?{WORD.pattern}\*?|\*")


def fold(text):
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("’", "'")


def fits(part, word):
    """Whether one word of a term, such as `Terror*`, describes one word of a text."""
    if part == "*":
        return True
    core = part.strip("*")
    spots = range(len(word) - len(core) + 1) if part.startswith("*") else [0]
    for i in spots:
        rest = word[:i] + word[i + len(core) :]
        ends = part.endswith("*") or i + len(core) == len(word)
        same = fold(core) == fold(word[i : i + len(core)])
        capitals = all(
            fold(w) != w for c, w in zip(core, word[i:], strict=False) if fold(c) != c and c != "’"
        )
        if ends and same and capitals and not re.search("['’]", rest):
            return True
    return False


def reader(terms):
    """Return a function from a text to the number of its words and the hits (start, end, term number)."""
    parts = [TERM_PART.findall(term) for term in terms]
    free = [not any(fold(c) != c and c != "’" for c in "".join(term)) for term in parts]
    fitting = functools.cache(fits)

    @functools.cache
    def openers(word):
        """The terms whose first word this may be: each spelling is held against the terms only once."""
        forms = {word, bare(word)}
        return [t for t, term in enumerate(parts) if any(fits(term[0], form) for form in forms)]

    def longest(text, words, i):
        best = None
        for t in openers(words[i].group()):
            term, run = parts[t], words[i : i + len(parts[t])]
            gaps = [text[a.end() : b.start()] for a, b in itertools.pairwise(run)]
            if len(run) < len(term) or not all(JOINT.fullmatch(gap) for gap in gaps):
                continue
            if not all(fitting(p, w.group()) for p, w in zip(term[:-1], run[:-1], strict=True)):
                continue
            last = run[-1].group()
            whole = fitting(term[-1], last) and not (term[-1] == "*" and bare(last) != last)
            if whole or fitting(term[-1], bare(last)):
                end = run[-1].start() + len(last if whole else bare(last))
                best = min(best or (0, True, True, 0), (-end, "*" in terms[t], free[t], t))
        return best

    def read(text):
        words = list(WORD.finditer(text))
        hits, taken = [], 0
        for i, first in enumerate(words):
            best = openers(first.group()) and first.start() >= taken and longest(text, words, i)
            if best:
                hits.append((first.start(), -best[0], best[3]))
                taken = -best[0]
        return len(words), hits

    return read


def bare(word):
    """The word without a possessive."""
    return re.sub("(?<=.)['’][sS]$", "", word)


def scan(text, terms):
    """Return the number of words and the hits (start, end, term number)."""
    return reader(terms)(text)
