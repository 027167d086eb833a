"""Check a lexicon: duplicates, hidden and useless terms, wildcards that catch other words, uneven sides."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from helpers._lexicon_files import LOADED
from helpers._resources import data_path

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

REPORT = ["problem", "severity", "term", "line", "detail", "remedy"]
_SEVERITIES = ("error", "warning", "info")
_JOINT = re.compile(r"[\s\-‐‑–—]+")
# Stands where a wildcard stands in an example of a term; no word begins or ends like it.
_FILLER = "qzx"
# What may follow a word without making another word of it (English). "terrorize" and "authority" are
# not "terror" and "author" with such an ending, "terrorists" and "authorship" are.
_ENDINGS = frozenset(
    (
        *("", "e", "s", "es", "'s", "d", "ed", "ing", "ings", "er", "ers", "ly", "like", "ness", "al", "ial"),
        *("ism", "isms", "ist", "ists", "istic", "ian", "ians", "ship", "ships", "dom", "hood"),
    )
)
_Y_ENDINGS = frozenset(("y", "ies", "ied", "ying"))
_DOUBLING = frozenset(("ed", "ing", "er", "ers"))
_PERSONS = ("ruler", "leader", "minister")  # roles of names in the table of targets

Finding = tuple[
    str, str, int, str, str
]  # problem, severity, row of the terms table (-1: none), detail, remedy


def check_lexicon(lexicon: Lexicon, top: int = 50_000, targets: str | Path | None = None) -> pd.DataFrame:
    """Return what may be wrong with a lexicon.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon; `Lexicon.check` passes itself.
    top : int
        How many of the commonest words (wordfreq) to try wildcards on.
    targets : path, optional
        The table of targets that says what names and adjectives of states are; the shipped
        ``targets.csv`` by default. Where there is none, that check is left out.

    Returns
    -------
    pandas.DataFrame
        One row per finding, gravest first: ``problem, severity`` (``error``: figures would be wrong,
        ``warning``: look at it, ``info``: worth knowing), ``term``, ``line`` of the CSV (NA for a
        lexicon that was not read from one), ``detail, remedy``.

    Notes
    -----
    *Hidden* and *never matches* are measured, not guessed: an example of each term (wildcards filled
    in) is matched against the whole lexicon. *Catches other words*: every word of the top list that a
    wildcard term wins is compared with its head (the term without ``*`` if that is a word, else the
    commonest word caught) and with the other terms of its concept; a word is another word unless the two
    differ by an inflection or by an ending that keeps the sense (-ism, -ist, -ship, …). Shares are of
    the caught words' frequencies. Endings are English; for other languages this check is left out.
    """
    effects = _effects(lexicon)
    found: list[Finding] = [
        *_duplicates(lexicon),
        *_formulas(lexicon),
        *_hidden(lexicon, effects),
        *_redundant(lexicon, effects),
    ]
    if lexicon.kind == "choice":
        found += [*_concepts(lexicon), *_unused(lexicon), *_idle_ignores(lexicon)]
        found += [*_wildcards(lexicon, top), *_state_names(lexicon, targets)]
    terms = lexicon.terms["term"].tolist()
    rows = [
        (
            problem,
            severity,
            terms[row] if row >= 0 else "",
            lexicon.lines[row] if row >= 0 else None,
            detail,
            remedy,
            row,
        )
        for problem, severity, row, detail, remedy in found
    ]
    rows.sort(key=lambda r: (_SEVERITIES.index(r[1]), r[0], r[6]))
    table = pd.DataFrame([row[:6] for row in rows], columns=REPORT)
    text = [column for column in REPORT if column != "line"]
    return table.astype({**dict.fromkeys(text, "str"), "line": "Int64"})


def _row_of(lexicon: Lexicon) -> dict[str, int]:
    """Return the first row of each term."""
    rows: dict[str, int] = {}
    for row, term in enumerate(lexicon.terms["term"].tolist()):
        rows.setdefault(term, row)
    return rows


def _effects(lexicon: Lexicon) -> dict[str, frozenset[int]]:
    """Return what a match of each term would count as: the numbers of its kinds of entry."""
    terms = lexicon.terms
    kinds = terms.groupby(["concept", "frame", "stance", "weight"], sort=False).ngroup()
    effects: dict[str, set[int]] = defaultdict(set)
    for term, kind in zip(terms["term"].tolist(), kinds.tolist(), strict=True):
        effects[term].add(kind)
    return {term: frozenset(entries) for term, entries in effects.items()}


def _at(lexicon: Lexicon, row: int) -> str:
    line = lexicon.lines[row]
    return f"row {row}" if line is None else f"line {line}"


def _duplicates(lexicon: Lexicon) -> Iterator[Finding]:
    terms = lexicon.terms
    first: dict[tuple, int] = {}
    stances: dict[tuple, int] = {}
    several: dict[str, int] = {}
    stances_of = terms["stance"].tolist()
    cells = zip(*(terms[c].tolist() for c in ("term", "concept", "frame", "stance")), strict=True)
    for row, (term, concept, frame, stance) in enumerate(cells):
        same = first.setdefault((term, concept, frame, stance), row)
        other = stances.setdefault((term, concept), row)
        before = several.setdefault(term, row)
        if same != row:
            detail = f"stands in {_at(lexicon, same)} already, with the same concept, frame and stance"
            yield "duplicate", "error", row, detail, "delete one of the two rows"
        elif stances_of[other] != stance:
            detail = f"is {stance} here and {stances_of[other]} in {_at(lexicon, other)}, for one concept"
            yield (
                "two stances",
                "warning",
                row,
                detail,
                "keep the stance that it mostly has, or write longer phrases",
            )
        elif before != row:
            detail = f"stands in {_at(lexicon, before)} too: each place counts once for each entry"
            yield "several entries", "info", row, detail, "keep both only if each place should count as both"


def _formulas(lexicon: Lexicon) -> Iterator[Finding]:
    for row, term in enumerate(lexicon.terms["term"].tolist()):
        if term[0] in "=+-@":
            detail = f"begins with {term[0]!r}: a spreadsheet takes it for a formula"
            yield "looks like a formula", "error", row, detail, "delete the sign; it is not matched anyway"


def _example(term: str) -> str:
    return term.replace("*", _FILLER)


def _hidden(lexicon: Lexicon, effects: dict[str, frozenset[int]]) -> Iterator[Finding]:
    from helpers.engine import scan

    patterns, rows = lexicon.patterns, _row_of(lexicon)
    hits = scan([_example(term) for term in patterns], lexicon.compiled)
    winners: dict[int, int] = {}
    for doc, term in zip(hits.doc.tolist(), hits.term.tolist(), strict=True):
        if term == doc or doc not in winners:
            winners[doc] = term
    for number, term in enumerate(patterns):
        winner = winners.get(number)
        if winner is None:
            detail = f"does not match even its own example {_example(term)!r}"
            remedy = "write words, joined by spaces or hyphens and nothing else"
            yield "never matches", "error", rows[term], detail, remedy
        elif winner != number:
            other = patterns[winner]
            same = effects[other] == effects[term]
            detail = f"wherever it could match, {other!r} ({_at(lexicon, rows[other])}) wins"
            effect = (
                "; it counts as the same, so nothing is lost" if same else "; it counts as something else"
            )
            remedy = "delete it" if same else "make one of the two more specific, or put this one first"
            yield "hidden", "warning" if same else "error", rows[term], detail + effect, remedy


def _redundant(lexicon: Lexicon, effects: dict[str, frozenset[int]]) -> Iterator[Finding]:
    rows = _row_of(lexicon)
    shapes = {tuple(_JOINT.split(term.replace("’", "'"))): term for term in reversed(lexicon.patterns)}
    wild = {word for shape in shapes for word in shape if "*" in word}
    plain = {word for shape in shapes for word in shape}
    for shape, term in reversed(shapes.items()):
        for position, word in enumerate(shape):
            for wider in _wider(word, wild, plain):
                other = shapes.get((*shape[:position], wider, *shape[position + 1 :]))
                if other is not None and other != term and effects[other] == effects[term]:
                    detail = f"{other!r} ({_at(lexicon, rows[other])}) catches it too and counts as the same"
                    yield (
                        "redundant",
                        "warning",
                        rows[term],
                        detail,
                        "delete it, or give it an effect of its own",
                    )
                    break


def _wider(word: str, wild: set[str], plain: set[str]) -> Iterator[str]:
    """Return the words of other terms that catch everything that this word catches."""
    if (lower := word.lower()) != word and lower in plain:
        yield lower
    if not wild:
        return
    for form in dict.fromkeys((word, lower)):
        heads = form.rstrip("*")
        for length in range(len(heads) + (form == heads), 0, -1):
            if (wider := heads[:length] + "*") in wild and wider != word:
                yield wider
        tails = form.lstrip("*")
        for start in range(len(tails)):
            if (wider := "*" + tails[start:]) in wild and wider != word:
                yield wider
    if "*" in wild and word != "*":
        yield "*"


def _concepts(lexicon: Lexicon) -> Iterator[Finding]:
    terms = lexicon.terms
    stance_of = terms["stance"].tolist()
    for concept in lexicon.concepts:
        rows = terms.index[terms["concept"].eq(concept)]
        stances = set(terms["stance"][rows])
        loaded = [row for row in rows if stance_of[row] in LOADED]
        if loaded and "neutral" not in stances:
            names = ", ".join(terms["term"].iloc[loaded[:5]])
            detail = f"{concept!r} has loaded terms ({names} …) and no neutral one: it has no choice share"
            yield (
                "no neutral term",
                "warning",
                loaded[0],
                detail,
                f"add the plain word for {concept!r}, stance neutral",
            )
        for has, lacks in (LOADED, LOADED[::-1]):
            if has in stances and lacks not in stances:
                detail = f"{concept!r} has {has} terms and no {lacks} one"
                remedy = f"add {lacks} terms if writers use any, so that both sides' wording is counted"
                yield "one-sided", "info", loaded[0], detail, remedy


def _unused(lexicon: Lexicon) -> Iterator[Finding]:
    meta = lexicon.meta
    for key, used in (("frames", lexicon.frames), ("concepts", lexicon.concepts)):
        for name in (name for name in meta[key] if name not in used):
            yield (
                "unused definition",
                "info",
                -1,
                f"{key[:-1]} {name!r} is defined and no term has it",
                "delete it",
            )


def _idle_ignores(lexicon: Lexicon) -> Iterator[Finding]:
    from helpers.engine import compile_terms, scan

    terms = lexicon.terms
    ignored = terms["stance"].eq("ignore")
    counted = list(dict.fromkeys(terms["term"][~ignored]))
    known, term_of = set(counted), terms["term"].tolist()
    rows = [row for row in terms.index[ignored] if term_of[row] not in known]
    if not rows or not counted:
        return
    hits = scan([_example(term_of[row]) for row in rows], compile_terms(counted))
    busy = set(hits.doc.tolist())
    for number, row in enumerate(rows):
        if number not in busy:
            detail = "holds no term of this lexicon, so it silences nothing here"
            yield "idle ignore", "info", row, detail, "keep it only if another lexicon needs it"


# --- wildcards ----------------------------------------------------------------------------------------


def _wildcards(lexicon: Lexicon, top: int) -> Iterator[Finding]:
    from helpers.engine import scan

    single = {i: t for i, t in enumerate(lexicon.patterns) if "*" in t and not _JOINT.search(t)}
    if not single or lexicon.language[:2].lower() not in ("", "en"):
        return
    from wordfreq import get_frequency_dict, top_n_list

    words = top_n_list("en", top)
    frequency = get_frequency_dict("en")
    # A term with a capital meets words with one.
    spellings = words if all(t == t.lower() for t in single.values()) else words + [w.title() for w in words]
    hits = scan(spellings, lexicon.compiled)
    caught: dict[int, list[str]] = defaultdict(list)
    for doc, term, start, end in zip(
        *(a.tolist() for a in (hits.doc, hits.term, hits.start, hits.end)), strict=True
    ):
        if term in single and start == 0 and end == len(spellings[doc]):
            caught[term].append(words[doc % len(words)])
    rows, terms = _row_of(lexicon), lexicon.terms
    concept_of = terms["concept"].tolist()
    by_concept = terms.groupby("concept")["term"].agg(set).to_dict()
    for number, matched in caught.items():
        term = single[number]
        heads = [t.strip("*").lower() for t in by_concept[concept_of[rows[term]]] if t != term]
        finding = _other_words(term, sorted(set(matched), key=lambda w: (-frequency[w], w)), heads, frequency)
        if finding:
            yield "catches other words", "warning", rows[term], *finding


def _other_words(
    term: str, words: list[str], heads: list[str], frequency: dict[str, float]
) -> tuple[str, str] | None:
    """Say which of the words that a wildcard caught are other words than it means; None if none is."""
    base = term.strip("*").lower()
    related = [one for one in heads if one.startswith(base)]
    if base in words or not related:
        related.append(base if base in words else words[0])
    other = [word for word in words if not any(same_family(word, one) for one in related)]
    if not other:
        return None
    total = sum(frequency[word] for word in words)
    parts = [f"{word} ({frequency[word] * 1e6:.2g} per million)" for word in other[:8]]
    share = sum(frequency[word] for word in other) / total
    more = f" and {len(other) - 8} more" if len(other) > 8 else ""
    kept = [word for word in words if word not in other]
    detail = (
        f"besides {', '.join(kept[:6])} it catches {', '.join(parts)}{more}: "
        f"{share:.0%} of the uses of the {len(words)} common words that it catches"
    )
    return detail, f"write the forms out ({', '.join(kept[:4])}), or add ignore terms for the other words"


def same_family(word: str, head: str) -> bool:
    """Tell whether two English words differ only by inflection or by an ending that keeps the sense.

    Examples
    --------
    >>> same_family("terrorists", "terror"), same_family("terrorize", "terror")
    (True, False)
    >>> same_family("regimes", "regime"), same_family("regiment", "regime")
    (True, False)
    """
    shared = 0
    for a, b in zip(word, head, strict=False):
        if a != b:
            break
        shared += 1
    for length in range(shared, 2, -1):
        one, two = word[length:], head[length:]
        if {one, two} == {"", "e"}:  # coup and coupe, plan and plane
            continue
        if all(end in _ENDINGS for end in (one, two)) or all(end in _Y_ENDINGS for end in (one, two)):
            return True
        doubled = word[length - 1]
        if two == "" and one[:1] == doubled and one[1:] in _DOUBLING:
            return True
    return False


# --- state names --------------------------------------------------------------------------------------


def _state_aliases(path: Path) -> tuple[list[str], set[str]]:
    """Return what names a state, and which of it are names of persons."""
    table = pd.read_csv(path, dtype="str", keep_default_na=False)
    states = table[table["kind"].eq("state")]
    if "when" in states.columns:  # "South" names a state only where it stands alone and the state was named
        states = states[~states["when"].str.contains("alone")]
    if "role" not in states.columns:
        return list(dict.fromkeys(states["alias"])), set()
    person = states["role"].isin(_PERSONS)
    persons = set(states["alias"][person]) - set(states["alias"][~person])
    return list(dict.fromkeys(states["alias"])), persons


def _state_names(lexicon: Lexicon, targets: str | Path | None) -> Iterator[Finding]:
    from helpers.engine import compile_terms, scan

    path = Path(targets) if targets is not None else data_path("targets.csv")
    if not path.is_file():
        return
    aliases, persons = _state_aliases(path)
    if not aliases:
        return
    patterns, rows = lexicon.patterns, _row_of(lexicon)
    examples = [_example(term) for term in patterns]
    hits = scan(examples + [text.title() for text in examples], compile_terms(aliases))
    named = {
        doc % len(patterns): aliases[term]
        for doc, term in zip(hits.doc.tolist(), hits.term.tolist(), strict=True)
        # "russian puppet" names a state in small letters too, "major donors" no Mr Major
        if doc < len(patterns) or aliases[term] not in persons
    }
    stance_of = lexicon.terms["stance"].tolist()
    for number, alias in sorted(named.items()):
        ignored = stance_of[rows[patterns[number]]] == "ignore"
        detail = f"holds the state name {alias!r}: scores would change if two states' names were swapped"
        remedy = "replace the name by '*', which stands for any one word" if ignored else "leave the name out"
        yield "names a state", "error", rows[patterns[number]], detail, remedy
    hits = scan(aliases, lexicon.compiled)
    seen = set(named)
    for doc, term, start, end in zip(
        *(a.tolist() for a in (hits.doc, hits.term, hits.start, hits.end)), strict=True
    ):
        whole = end - start == len(aliases[doc])
        if term not in seen and (whole or stance_of[rows[patterns[term]]] in LOADED):
            seen.add(term)
            detail = f"matches {'' if whole else 'inside '}the state name {aliases[doc]!r}"
            remedy = f"write the forms out, or add the ignore term {aliases[doc]!r} to the lexicon"
            yield (
                "matches a state name",
                "error" if whole else "warning",
                rows[patterns[term]],
                detail,
                remedy,
            )
