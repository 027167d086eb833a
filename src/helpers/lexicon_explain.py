"""Explain a lexicon: what a term is, which terms stand in a text and why, what a concept has and lacks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._lexicon_files import LOADED

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

_CHOICES = ("critical", "neutral", "favourable")


def explain_term(lexicon: Lexicon, term: str) -> pd.DataFrame:
    """Say what a term is.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon.
    term : str
        A term, written as in the lexicon.

    Returns
    -------
    pandas.DataFrame
        One row per entry of the term: ``term, concept, concept_means, frame, frame_means, stance, weight,
        note``, then what else a writer could have chosen: ``critical, neutral, favourable``; ``lexicon``.

    Raises
    ------
    ValueError
        If the lexicon does not have the term.
    """
    wanted = " ".join(term.split())
    rows = lexicon.terms[lexicon.terms["term"].eq(wanted)]
    if rows.empty:
        raise ValueError(
            f"the lexicon {lexicon.name!r} has no term {wanted!r}; give a term as it stands in lexicon.terms"
        )
    table = rows[["term", "concept", "frame", "stance", "weight", "note"]].reset_index(drop=True)
    table.insert(2, "concept_means", [lexicon.concepts.get(name, "") for name in table["concept"]])
    table.insert(4, "frame_means", [lexicon.frames.get(name, "") for name in table["frame"]])
    for stance in ("critical", "neutral", "favourable"):
        others = [lexicon.alternatives(name, stance) if name else [] for name in table["concept"]]
        own = wanted.replace("*", "").strip()
        table[stance] = [", ".join(word for word in words if word != own) for words in others]
    table["lexicon"] = rows["lexicon"].to_numpy()
    return table


def explain_text(lexicon: Lexicon, text: str) -> pd.DataFrame:
    """Say which terms stand where in a text, and which longer term or ignore phrase silenced the others.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon.
    text : str
        Any text.

    Returns
    -------
    pandas.DataFrame
        One row per place and entry, in the order of the text: ``start, end, text, term, concept, frame,
        stance, counted`` (True where it is a mention), ``silenced_by`` (the term that won instead, or
        the term itself for an ignore phrase, "" where counted).
    """
    from helpers.engine import compile_terms, scan

    patterns = _candidates(lexicon.patterns, text)
    if not patterns:
        return _explained([], lexicon, text)
    hits = scan([text], compile_terms(patterns))
    won = sorted(zip(hits.start.tolist(), hits.end.tolist(), hits.term.tolist(), strict=True))
    places = [(start, end, patterns[term], "") for start, end, term in won]
    for number, term in enumerate(patterns):
        alone = scan([text], compile_terms([term]))
        for start, end in zip(alone.start.tolist(), alone.end.tolist(), strict=True):
            winner = next((w for s, e, w in won if s < end and start < e), None)
            if winner is not None and winner != number:
                places.append((start, end, term, patterns[winner]))
    return _explained(places, lexicon, text)


def _candidates(patterns: list[str], text: str) -> list[str]:
    """Return the terms whose every word, as far as it is written out, stands somewhere in the text."""
    lower = text.lower().replace("’", "'")
    found = []
    for term in patterns:
        parts = re.findall(r"[^\W_]+", term.lower().replace("’", "'"))
        if all(part in lower for part in parts):
            found.append(term)
    return found


def _explained(places: list[tuple[int, int, str, str]], lexicon: Lexicon, text: str) -> pd.DataFrame:
    entries = lexicon.terms[["term", "concept", "frame", "stance"]]
    table = pd.DataFrame(places, columns=["start", "end", "term", "silenced_by"])
    table = table.astype({"start": "int64", "end": "int64", "term": "str", "silenced_by": "str"})
    table = table.merge(entries, on="term", how="left", validate="many_to_many")
    ignore = table["stance"].eq("ignore")
    table["silenced_by"] = table["silenced_by"].mask(ignore & table["silenced_by"].eq(""), table["term"])
    table["counted"] = table["silenced_by"].eq("")
    spans = zip(table["start"], table["end"], strict=True)
    table["text"] = pd.Series([text[start:end] for start, end in spans], dtype="str", index=table.index)
    order = ["start", "end", "text", "term", "concept", "frame", "stance", "counted", "silenced_by"]
    return table.sort_values(["start", "end"], kind="stable", ignore_index=True)[order]


def symmetry_table(lexicon: Lexicon, camp: str = "camp") -> pd.DataFrame:
    """Say for each concept (and camp) how many terms of each stance there are, and what is lacking.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon.
    camp : str
        The column that says whose wording a term is. Where the lexicon has it, every concept has a row
        for every camp, so that what a camp lacks is seen; terms without a camp stand in rows with "".

    Returns
    -------
    pandas.DataFrame
        ``concept``, the camp column where there is one, ``critical, neutral, favourable`` (numbers of
        terms), ``critical_terms, neutral_terms, favourable_terms`` (the terms themselves) and ``lacks``
        (stances without a term; for a camp's row only loaded ones, since neutral terms are everybody's, and
        for the row of no camp only neutral ones, since loaded terms are some camp's).

    Notes
    -----
    A lexicon is even-handed in a concept if every camp that has loaded words for it is there and none has only
    one stance because nobody looked. "Lacks" is a question to the lexicon's author, not an error: some camps
    have no praise for some things.

    Examples
    --------
    >>> terms = pd.DataFrame({"term": ["migrant", "illegal alien", "dreamer"], "concept": "border_crosser",
    ...                       "frame": ["", "criminality", "heroism"], "camp": ["", "closed", "open"],
    ...                       "stance": ["neutral", "critical", "favourable"]})
    >>> from helpers import Lexicon
    >>> symmetry_table(Lexicon(terms))[["camp", "critical", "neutral", "favourable", "lacks"]].values.tolist()
    [['', 0, 1, 0, ''], ['closed', 1, 0, 0, 'favourable'], ['open', 0, 0, 1, 'critical']]
    """
    terms = lexicon.terms
    terms = terms[terms["concept"].ne("") & terms["stance"].isin([*LOADED, "neutral"])]
    has_camp = camp in terms.columns
    camps = sorted(set(terms[camp])) if has_camp else [""]
    rows = []
    groups = dict(list(terms.groupby(["concept", camp] if has_camp else ["concept"], sort=False)))
    for concept in dict.fromkeys(terms["concept"]):
        for one in camps:
            group = groups.get((concept, one) if has_camp else (concept,), terms.iloc[:0])
            lists = {s: list(dict.fromkeys(group["term"][group["stance"].eq(s)])) for s in _CHOICES}
            needed = LOADED if one else ("neutral",) if has_camp else _CHOICES
            row = {"concept": concept, **({camp: one} if has_camp else {})}
            row |= {stance: len(found) for stance, found in lists.items()}
            row |= {f"{stance}_terms": ", ".join(found) for stance, found in lists.items()}
            rows.append(row | {"lacks": ", ".join(stance for stance in needed if not lists[stance])})
    columns = [
        "concept",
        *([camp] if has_camp else []),
        *_CHOICES,
        *(f"{c}_terms" for c in _CHOICES),
        "lacks",
    ]
    return pd.DataFrame(rows, columns=columns)


def symmetry_lines(table: pd.DataFrame, *, camp: str = "camp", terms: bool = False) -> list[str]:
    """Write a symmetry table as lines to read: a line a concept, below it one for each camp with terms.

    Parameters
    ----------
    table : DataFrame
        From `symmetry_table`.
    camp : str
        The column of camps, if there is one.
    terms : bool
        Name the terms too.

    Returns
    -------
    list of str
        Camps without a loaded term for a concept share one line, "no loaded term".
    """
    lines = []
    for concept, group in table.groupby("concept", sort=False):
        rows = group.to_dict("records")
        shared = [row for row in rows if not row.get(camp)]
        for row in shared or [dict.fromkeys(_CHOICES, 0) | {"lacks": ""}]:
            lines += [f"{concept}: {_counted(row)}", *(_named_terms(row, 4) if terms else ())]
        camps = [row for row in rows if row.get(camp)]
        for row in camps:
            if any(row[stance] for stance in _CHOICES):
                lines += [f"    {row[camp]}: {_counted(row)}", *(_named_terms(row, 8) if terms else ())]
        silent = [str(row[camp]) for row in camps if not any(row[stance] for stance in _CHOICES)]
        if silent:
            lines.append(f"    no loaded term: {', '.join(silent)}")
    return lines


def _counted(row: Mapping[Any, Any]) -> str:
    counts = ", ".join(f"{row[stance]} {stance}" for stance in _CHOICES if row[stance]) or "no term"
    return counts + (f"; lacks {row['lacks']}" if row["lacks"] else "")


def _named_terms(row: Mapping[Any, Any], indent: int) -> list[str]:
    return [f"{' ' * indent}{stance}: {row[f'{stance}_terms']}" for stance in _CHOICES if row[stance]]
