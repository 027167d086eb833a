"""Devices of style: what a sentence does beside its choice of words, counted so that a reader can check it.

Each device is a named list of words or one mark on the page: boosters, hedges, scare quotes, exclamation marks,
rhetorical questions, attributions, figures. None of them is bias; together they tell commentary from plain reporting.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd

__all__ = ["DEVICES", "WORD_DEVICES", "device_names", "devices", "find_devices"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

#: Devices that are lists of words (lower case, straight apostrophe).
WORD_DEVICES: dict[str, str] = {
    "booster": "absolutely actually altogether certainly clearly completely definitely downright entirely ever exactly "
    "extremely frankly fully highly incredibly indeed literally merely obviously of-course only outright plainly precisely "
    "purely quite really simply so totally truly undoubtedly utterly very wholly just even especially",
    "hedge": "about almost apparently approximately around could likely may maybe might nearly partly perhaps possible "
    "possibly potential potentially probably rather relatively roughly seem seemed seemingly seems somewhat suggest "
    "suggested suggests typically unclear would",
    "generaliser": "all always any anyone anything constantly each endless endlessly entire every everybody everyone "
    "everything everywhere forever never nobody none nothing nowhere whole",
    "obligation": "must need needs ought should shouldn't shall demand demands deserve deserves required duty",
    "i_me": "i i'm i've i'd i'll me my mine myself",
    "we_us": "we we're we've we'd we'll us our ours ourselves let's",
    "you": "you you're you've you'd you'll your yours yourself",
    "they_them": "they they're they've they'd they'll them their theirs themselves",
    "he_she": "he he's he'd she she's she'd him his her hers himself herself",
    "negation": "no not nor neither cannot can't don't doesn't didn't won't wouldn't isn't aren't wasn't weren't hasn't "
    "haven't hadn't couldn't ain't without",
    "contrast": "but however yet although though despite instead while whereas nevertheless nonetheless still rather",
    "cause": "because thus therefore hence since consequently why",
    "condition": "if unless whether otherwise",
    "plain_speech": "said says say told tells according stated added announced asked reported reports wrote spoke "
    "statement spokesman spokeswoman spokesperson interview confirmed noted",
    "loaded_speech": "claimed claims claim claiming admitted admits insisted insists alleged boasted bragged conceded "
    "confessed declared denounced blasted slammed ripped attacked mocked railed ranted scoffed sneered touted vowed warned "
    "accused blamed condemned decried lashed lambasted berated bashed bemoaned gushed hailed lauded praised slams rips "
    "blasts mocks touts argued argues argue asserted contended complained",
    "evaluation": "unfortunately sadly thankfully hopefully surprisingly shockingly ironically curiously conveniently "
    "predictably inevitably naturally supposedly allegedly reportedly notoriously famously infamously rightly wrongly "
    "sure bizarrely remarkably amazingly disturbingly worse worst better best",
    "demonstrative": "this these that's such those here there",
    "more_most": "more most less least further",
    "month_or_day": "january february march april june july august september october november december monday tuesday "
    "wednesday thursday friday saturday sunday yesterday today week month year years months weeks days",
    "title": "mr mrs ms dr sen rep gov president senator representative minister secretary governor judge justice",
    "many_few": "many few some several others much lot lots million millions billion billions hundreds thousands dozens",
    "question_word": "what why how who whose",
    "passive_or_perfect": "been being were was had has have",
}
_FORMS = {
    "ly_adverb": re.compile(r"[a-z]{3,}ly$"),
    "superlative": re.compile(r"[a-z]{3,}est$"),
    "ism_ist": re.compile(r"[a-z]{2,}(?:ism|isms|ist|ists|istic)$"),
    "judging_suffix": re.compile(r"[a-z]{3,}(?:ous|ful|less|ish|esque|able|ible)$"),
    "abstract_noun": re.compile(r"[a-z]{3,}(?:tion|tions|ment|ments|ness|ity|ities|ship)$"),
    "past_or_participle": re.compile(r"[a-z]{3,}ed$"),
    "ing_form": re.compile(r"[a-z]{3,}ing$"),
}
_NOT_LY = frozenset(
    [
        "only",
        "early",
        "family",
        "likely",
        "daily",
        "weekly",
        "monthly",
        "elderly",
        "supply",
        "reply",
        "apply",
        "italy",
        "july",
        "assembly",
    ]
)
_NOT_EST = frozenset(
    [
        "interest",
        "west",
        "test",
        "request",
        "protest",
        "latest",
        "arrest",
        "invest",
        "forest",
        "honest",
        "guest",
        "midwest",
    ]
)
_MARKS = {
    "question_mark": re.compile(r"\?"),
    "exclamation": re.compile(r"!"),
    "ellipsis": re.compile(r"\.\.\.|…"),
    "dash": re.compile(r"[—–]|\s--?\s"),
    "colon_semicolon": re.compile(r"[:;]"),
    "comma": re.compile(","),
    "parenthesis": re.compile(r"\("),
    "money_or_percent": re.compile(r"[$€£%]"),
    "so_called": re.compile(r"\bso[ -]called\b", re.I),
    "of_course": re.compile(r"\bof course\b|\bin fact\b|\bno doubt\b|\bat all\b|\bafter all\b", re.I),
    "hyphenated": re.compile(r"[a-z]-[a-z]"),
}
_QUOTED = re.compile(r"[“\"]([^“”\"]*)[”\"]|[“\"]([^“”\"]*)$|^([^“”\"]*)[”\"]")
_SHAPES = (
    "number", "contraction", "capitalised", "shouted", "long_word", "quoted_share", "scare_quote", "quotation",
    "words_log", "word_length", "no_full_stop", "opens_with_conjunction",
)  # fmt: skip
_OPENERS = frozenset(["and", "but", "so", "or", "yet", "because"])

#: Names of all devices in the order of the columns, without the lexicon's.
DEVICES: tuple[str, ...] = (*WORD_DEVICES, *_FORMS, *_MARKS, *_SHAPES)
_INDEX = {name: i for i, name in enumerate(DEVICES)}
_LISTS: dict[str, list[int]] = {}
for _name, _list in WORD_DEVICES.items():
    for _word in _list.split():
        _LISTS.setdefault(_word, []).append(_INDEX[_name])
_MARK_ITEMS = [(_INDEX[name], rule) for name, rule in _MARKS.items()]
_I = {name: _INDEX[name] for name in _SHAPES}


def device_names() -> list[str]:
    """Return the names of the devices in column order.

    Returns
    -------
    list of str
        One name a column of :func:`devices`.

    Examples
    --------
    >>> device_names()[:2]
    ['booster', 'hedge']
    """
    return list(DEVICES)


@lru_cache(maxsize=200_000)
def _kinds(word: str) -> tuple[int, ...]:
    """Columns to which one lower-case word counts."""
    found = list(_LISTS.get(word, ()))
    if word not in _NOT_LY and word not in _NOT_EST:
        found += [_INDEX[name] for name, rule in _FORMS.items() if rule.search(word)]
    if "'" in word and not word.endswith("'s"):
        found.append(_I["contraction"])
    if any(c.isdigit() for c in word):
        found.append(_I["number"])
    if len(word) >= 10:
        found.append(_I["long_word"])
    return tuple(found)


def _quotes(text: str) -> tuple[int, int, int]:
    """Words inside quotation marks, quotations of one to three words, longer quotations."""
    if '"' not in text and "“" not in text and "”" not in text:
        return 0, 0, 0
    inside = scare = longer = 0
    for match in _QUOTED.finditer(text):
        n = len(_WORD.findall(match.group(match.lastindex or 0)))
        inside += n
        scare += 1 <= n <= 3
        longer += n > 3
    return inside, scare, longer


def _one(text: str, row: np.ndarray) -> None:
    words = _WORD.findall(text)
    n = len(words)
    capitals = shouted = 0
    for i, word in enumerate(words):
        if word[0].isupper():
            capitals += i > 0
            shouted += len(word) > 3 and word.isupper()
        for kind in _kinds(word.lower().replace("’", "'")):
            row[kind] += 1
    for kind, rule in _MARK_ITEMS:
        row[kind] += len(rule.findall(text))
    inside, scare, longer = _quotes(text)
    row[_I["capitalised"]], row[_I["shouted"]] = capitals, shouted
    row[_I["scare_quote"]], row[_I["quotation"]] = scare, longer
    row /= n + 10.0
    row *= 10.0
    row[_I["quoted_share"]] = inside / (n + 1.0)
    row[_I["words_log"]] = math.log(n + 1.0)
    row[_I["word_length"]] = sum(map(len, words)) / n if n else 0.0
    row[_I["no_full_stop"]] = not text.rstrip(" \n\"'”’)").endswith((".", "!", "?", "…"))
    row[_I["opens_with_conjunction"]] = bool(words) and words[0].lower() in _OPENERS


def devices(texts: Iterable[str]) -> pd.DataFrame:
    """Count devices of style in each text.

    Parameters
    ----------
    texts : iterable of str
        Sentences or articles.

    Returns
    -------
    pandas.DataFrame
        One row a text, one column a device (:func:`device_names`). Counts k of a text of n words stand as
        ``10 k / (n + 10)``: near the count in a sentence of few words, ten times the share of words in an article.
        ``quoted_share`` is a share of words, ``words_log`` the logarithm of n + 1, ``word_length`` letters a word,
        ``no_full_stop`` and ``opens_with_conjunction`` are 0 or 1.

    Raises
    ------
    TypeError
        If one text is not a string; the message names its position.

    Examples
    --------
    >>> d = devices(["He simply lied!", "The minister said on Monday that 3 ships left."])
    >>> d["exclamation"].round(2).tolist()
    [0.77, 0.0]
    """
    listed = list(texts)
    values = np.zeros((len(listed), len(DEVICES)))
    for i, text in enumerate(listed):
        if not isinstance(text, str):
            raise TypeError(f"text {i} is {type(text).__name__}, not str; leave out empty rows first")
        _one(text, values[i])
    return pd.DataFrame(values, columns=list(DEVICES))


def find_devices(text: str) -> pd.DataFrame:
    """Show which words of a text count as which device.

    Parameters
    ----------
    text : str
        One text.

    Returns
    -------
    pandas.DataFrame
        ``start``, ``end``, ``text``, ``device``, in the order of the text; devices of the whole text (its length, its
        share of quotation) have no place and do not stand here.

    Examples
    --------
    >>> find_devices("He simply lied!")[["text", "device"]].values.tolist()
    [['He', 'he_she'], ['simply', 'booster'], ['simply', 'ly_adverb'], ['!', 'exclamation']]
    """
    rows = []
    for i, match in enumerate(_WORD.finditer(text)):
        word = match.group()
        kinds = [DEVICES[k] for k in _kinds(word.lower().replace("’", "'"))]
        if word[0].isupper() and i:
            kinds.append("capitalised")
        if len(word) > 3 and word.isupper():
            kinds.append("shouted")
        rows += [(match.start(), match.end(), word, kind) for kind in kinds]
    for kind, rule in _MARKS.items():
        rows += [(m.start(), m.end(), m.group(), kind) for m in rule.finditer(text)]
    for match in _QUOTED.finditer(text) if any(c in text for c in '"“”') else ():
        n = len(_WORD.findall(match.group(match.lastindex or 0)))
        if n:
            rows.append((match.start(), match.end(), match.group(), "scare_quote" if n <= 3 else "quotation"))
    return pd.DataFrame(sorted(rows), columns=["start", "end", "text", "device"])
