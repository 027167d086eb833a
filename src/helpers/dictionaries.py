"""Read and write the dictionary formats of other programs, with a report of what does not carry over."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from helpers._dictionary_readers import Parsed, problems_of
from helpers._dictionary_tables import READERS, table_rows
from helpers._dictionary_writers import FULL, WRITERS, Cells, cells_for
from helpers._encodings import guessed
from helpers._lexicon_files import LOADED, REQUIRED, STANCES, write_files
from helpers.lexicon import Lexicon
from helpers.safe import write_whole

__all__ = ["FORMATS", "load_dictionary", "read_dictionary", "write_dictionary"]

#: Format names and the file endings that stand for them.
FORMATS: dict[str, tuple[str, ...]] = {
    "liwc": (".dic",),
    "liwc22": (".dicx",),
    "wordstat": (".cat",),
    "yoshikoder": (".ykd",),
    "lexicoder": (".lcd",),
    "lexicoder3": (".lc3",),
    "quanteda": (".yml", ".yaml"),
    "emfd": (),
    "nrc": (".txt",),
    "csv": (".csv",),
    "tsv": (".tsv", ".tab"),
    "json": (".json",),
}
_POLARITY = {
    **{stance: stance for stance in STANCES},
    **{"positive": "favourable", "negative": "critical", "posemo": "favourable", "negemo": "critical"},
}
_REPORT = ["line", "what", "why"]


def read_dictionary(
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    stance: str | Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> tuple[Lexicon, pd.DataFrame]:
    """Read another program's dictionary as a lexicon.

    Parameters
    ----------
    path : str or path
        The file.
    format : str, optional
        One of `FORMATS`: ``liwc`` (.dic of LIWC 2001 to 2015), ``liwc22`` (.dicx), ``wordstat`` (.cat),
        ``yoshikoder`` (.ykd), ``lexicoder`` (.lcd), ``lexicoder3`` (.lc3), ``quanteda`` (YAML), ``emfd``
        (word and columns care_p …, care_sent …), ``nrc`` (word, emotion, 0 or 1 or a number; or one
        column an emotion), ``csv``, ``tsv`` (our own columns, or any table of words and categories),
        ``json`` (ours, or an object of categories). By default the file's ending tells.
    stance : str or mapping, optional
        Other programs' categories have no stance. A stance for all of them, or a mapping from category
        to stance, which reads only the categories that it names. By default categories named positive,
        negative, posemo, negemo or after a stance have theirs, numbers below and above zero (and eMFD's
        sentiments) are critical and favourable, and everything else is critical.
    encoding : str, optional
        The file's encoding, where detecting it fails.

    Returns
    -------
    lexicon : Lexicon
        Each category is a concept, and the frame of its loaded terms. Further columns: ``category``;
        ``level_1, level_2 …`` where categories are nested (the category joins them with slashes);
        ``value``, the number as it stood in the file (``weight`` is its size, divided by the greatest
        where that is over 1); ``sentiment`` for eMFD.
    report : pandas.DataFrame
        ``line, what, why``: all that is not carried over, or not as it was. Empty where all is.

    Raises
    ------
    ValueError
        Naming file, line and remedy, if the file cannot be read as what it should be.

    Notes
    -----
    These programs ignore case, so terms are read in small letters; underscores are spaces. Terms that the
    matcher cannot find (emoticons, ``*`` or ``?`` within a word, rules) are left out and reported. XML
    that declares entities, YAML whose aliases multiply and anything nested over 100 levels is refused.
    """
    path = Path(path)
    chosen = _format(path, format)
    if not path.is_file():
        raise ValueError(f"there is no file {path}; check the path")
    if chosen in ("csv", "tsv") and _is_ours(path, encoding):
        return Lexicon._from_csv(path, encoding), _report([])
    if chosen == "json":
        text = path.read_bytes()
        if b'"framing-lexicon/' in text[:200]:
            return Lexicon.from_json(text.decode("utf-8-sig")), _report([])
    guess = None if encoding or chosen in ("yoshikoder", "lexicoder") else guessed(path)  # XML tells its own
    parsed = READERS[chosen](path, encoding or guess)
    if guess:
        parsed.lost(
            None, f"encoding {guess}", "is what most words look right in; name another with encoding="
        )
    return _lexicon(parsed, path.stem, stance), _report(parsed.report)


def load_dictionary(path: str | os.PathLike[str], encoding: str | None = None) -> Lexicon:
    """Read a dictionary of another program as `Lexicon.load` does: with a warning for what is left out."""
    lexicon, report = read_dictionary(path, encoding=encoding)
    if len(report):
        first = report.iloc[0]
        warnings.warn(
            f"{path}: {len(report):,} things are not carried over as they were, the first: {first['what']} "
            f"({first['why']}). helpers.dictionaries.read_dictionary returns the whole report.",
            stacklevel=3,
        )
    return lexicon


def write_dictionary(
    lexicon: Lexicon, path: str | os.PathLike[str], format: str | None = None, *, by: str = "frame"
) -> pd.DataFrame:
    """Write a lexicon in another program's format.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon.
    path : str or path
        The file to write; it is written whole or not at all.
    format : str, optional
        One of `FORMATS`; by default the file's ending tells. ``csv``, ``tsv`` (with a .yml beside it) and
        ``json`` hold everything; the others hold words in categories, some with a number.
    by : str
        The column that gives the categories: ``"frame"``, ``"concept"``, ``"stance"``, or any other.
        Slashes in a category make levels where the format has them. A term for which it is empty goes
        into a category named after its stance.

    Returns
    -------
    pandas.DataFrame
        ``line, what, why``: all that the format cannot hold. ``line`` is that of the lexicon's CSV.

    Raises
    ------
    ValueError
        If format or column are unknown, or no term can be written.
    """
    target = Path(path)
    chosen = _format(target, format)
    if chosen == "json":
        write_whole(target, lexicon.to_json() + "\n")
        return _report([])
    if chosen in FULL:
        write_files(lexicon.terms, lexicon.meta, target, separator="," if chosen == "csv" else "\t")
        return _report([])
    if by not in lexicon.terms.columns:
        raise ValueError(
            f"the lexicon has no column {by!r}; categories can come from {list(lexicon.terms.columns)}"
        )
    report: list[tuple[int | None, str, str]] = []
    cells: Cells = cells_for(lexicon, chosen, by, report)
    if not cells:
        raise ValueError(
            f"{target}: no term of {lexicon.name!r} can be written in the format {chosen}: {report[:3]}"
        )
    definitions = {**lexicon.concepts, **lexicon.frames}
    write_whole(target, WRITERS[chosen](cells, lexicon.title, definitions))
    return _report(report)


def _format(path: Path, format: str | None) -> str:
    if format is not None:
        if format not in FORMATS:
            close = get_close_matches(format, FORMATS, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise ValueError(f"there is no format {format!r}{hint} Known ones: {', '.join(FORMATS)}")
        return format
    for name, endings in FORMATS.items():
        if path.suffix.lower() in endings:
            return name
    known = ", ".join(ending for endings in FORMATS.values() for ending in endings)
    raise ValueError(
        f"{path}: the ending {path.suffix!r} tells no format; name it with format=, or use one of {known}"
    )


def _is_ours(path: Path, encoding: str | None) -> bool:
    for _, cells in table_rows(path, encoding, 3):  # the header may stand behind Excel's "sep=;"
        header = {cell.strip("\ufeff").lower() for cell in cells}
        if "term" in header and len(header & set(REQUIRED)) > 1:
            return True
    return False


def _report(rows: list[tuple[int | None, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=_REPORT)
    table = table.astype({"line": "Int64", "what": "str", "why": "str"})
    return table.sort_values("line", kind="stable", ignore_index=True)


# --- from entries to a lexicon ------------------------------------------------------------------------


def _lexicon(parsed: Parsed, name: str, stance: str | Mapping[str, str] | None) -> Lexicon:
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    lines: list[int | None] = []
    stances = _stances(parsed, stance)
    lowered = 0
    for place, (line, raw, levels, value) in enumerate(parsed.entries):
        term = _term(parsed, line, raw)
        category = "/".join(levels)
        named = stances[place] if term else None
        if term is None or named is None:
            continue
        key = (term, category, named)
        if key in rows:
            parsed.lost(line, f"{term}: {category}", "stands twice; the first counts")
            continue
        lowered += term != " ".join(raw.split()).replace("_", " ")
        sentiment = parsed.sentiments.get(place)
        rows[key] = {"levels": levels, "value": value, "sentiment": sentiment}
        lines.append(line)
    if lowered:
        parsed.lost(
            None, f"{lowered:,} terms with capitals", "are read in small letters, as their program does"
        )
    if not rows:
        raise ValueError(
            f"{parsed.source}: none of its {len(parsed.entries):,} entries can be used: {parsed.report[:3]}"
        )
    frame = _frame(parsed, rows)
    meta: dict[str, Any] = {"name": name, "title": parsed.title or name}
    if parsed.definitions:
        meta["frames"] = {
            one: parsed.definitions.get(one, "") for one in dict.fromkeys(frame["frame"]) if one
        }
        meta["concepts"] = {one: parsed.definitions.get(one, "") for one in dict.fromkeys(frame["concept"])}
    return Lexicon._from_rows(frame, meta, lines, parsed.source)


def _term(parsed: Parsed, line: int | None, raw: str) -> str | None:
    term = " ".join(raw.replace("_", " ").split()).lower()
    if len(term) > 2 and term.endswith(".") and term[:-1].replace(" ", "").isalpha():
        parsed.lost(line, raw, "is carried over without its full stop")
        term = term[:-1]
    for problem in problems_of(term):
        parsed.lost(line, raw, problem)
        return None
    return term


def _stances(parsed: Parsed, stance: str | Mapping[str, str] | None) -> list[str | None]:
    """Return the stance of each entry, None for those of categories that a mapping leaves out."""
    names = ["/".join(levels) for _, _, levels, _ in parsed.entries]
    given = [stance] if isinstance(stance, str) else list((stance or {}).values())
    for wrong in (one for one in given if one not in STANCES):
        raise ValueError(f"stance {wrong!r} is none of {', '.join(STANCES)}")
    if isinstance(stance, str):
        return [stance] * len(names)
    if stance is None:
        return _default_stances(parsed, names)
    for unknown in (one for one in stance if one not in names):
        close = get_close_matches(unknown, names, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"there are {', '.join(dict.fromkeys(names))}"
        raise ValueError(f"{parsed.source} has no category {unknown!r}; {hint}")
    for left in dict.fromkeys(name for name in names if name not in stance):
        parsed.lost(
            None, f"category {left}: {names.count(left):,} entries", "the mapping stance= does not name it"
        )
    return [stance.get(name) for name in names]


def _default_stances(parsed: Parsed, names: list[str]) -> list[str | None]:
    signed = any(value is not None and value < 0 for _, _, _, value in parsed.entries)
    found: list[str | None] = []
    for place, (_, _, levels, value) in enumerate(parsed.entries):
        sign = parsed.sentiments.get(place, value if signed else None)
        by_name = _POLARITY.get(levels[-1].lower(), "critical")
        found.append(by_name if not sign else "favourable" if sign > 0 else "critical")
    return found


def _frame(parsed: Parsed, rows: dict[tuple[str, str, str], dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=["term", "category", "stance"], dtype=object)
    frame["concept"] = frame["category"]
    frame["frame"] = frame["category"].where(frame["stance"].isin(LOADED), "")
    extras = list(rows.values())
    depth = max(len(extra["levels"]) for extra in extras)
    if depth > 1:
        for level in range(depth):
            cells = [extra["levels"][level] if level < len(extra["levels"]) else "" for extra in extras]
            frame[f"level_{level + 1}"] = cells
    values = [extra["value"] for extra in extras]
    greatest = max((abs(value) for value in values if value is not None), default=0.0)
    if greatest:
        scale = max(1.0, greatest)
        if scale > 1:
            parsed.lost(
                None,
                "weights",
                f"are divided by {scale:g} to lie within 0 and 1; value holds them as they were",
            )
        frame["weight"] = ["" if value is None else repr(abs(value) / scale) for value in values]
        frame["value"] = ["" if value is None else repr(value) for value in values]
    if parsed.sentiments:
        frame["sentiment"] = ["" if e["sentiment"] is None else repr(e["sentiment"]) for e in extras]
    return frame
