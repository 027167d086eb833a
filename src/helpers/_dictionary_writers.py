"""Lay words in categories out in the formats of other programs. One function a format."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import yaml

from helpers._dictionary_tables import levels_of
from helpers._lexicon_files import COLUMNS, LOADED

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

#: (term, category) to (weight, stance, sentiment or None)
Cells = dict[tuple[str, str], tuple[float, str, float | None]]
Definitions = dict[str, str]

FULL = ("csv", "tsv", "json")
_WITH_WEIGHT = ("liwc22", "wordstat", "yoshikoder", "nrc", "emfd")
_WITH_STANCE = ("emfd",)
_PLAIN_WORDS = ("nrc", "emfd")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]+")


def cells_for(lexicon: Lexicon, form: str, by: str, report: list[tuple[int | None, str, str]]) -> Cells:
    """Return what a format can hold of a lexicon, and note in the report what it cannot."""
    cells: Cells = {}
    terms = lexicon.terms
    sentiments = terms["sentiment"].tolist() if "sentiment" in terms else [""] * len(terms)
    rows = zip(
        *(terms[c].tolist() for c in ("term", by, "stance", "weight")), sentiments, lexicon.lines, strict=True
    )
    for term, given, stance, weight, sentiment, line in rows:
        if form == "liwc" and re.search(r"\*(?!$)", term):
            report.append((line, term, "LIWC has * at the end of an entry only; left out"))
            continue
        category = _category(given, stance, form)
        if category != given:
            why = f"goes into the category {category!r}" + ("" if given else f", since its {by} is empty")
            report.append((line, term if not given else f"{term}: {given}", why))
        small = term.lower()
        if small != term:
            report.append((line, term, "is written in small letters: these programs ignore case"))
        if form in _PLAIN_WORDS and "*" in term:
            report.append((line, term, "programs that read such tables take * literally"))
        new = (weight, stance if form in _WITH_STANCE else "", float(sentiment) if sentiment else None)
        old = cells.setdefault((small, category), new)
        if old[:2] != new[:2]:
            report.append(
                (line, f"{term}: {category}", "stands there already; the first weight and stance count")
            )
    _note_columns(lexicon, form, by, report)
    return cells


@lru_cache(maxsize=4096)
def _category(given: str, stance: str, form: str) -> str:
    category = " ".join(_CONTROL.sub(" ", given).split())
    if form == "liwc" and category and (found := re.fullmatch(r"(\S+) \((.*)\)", category)):
        category = f"{found[1]} [{found[2]}]"  # round brackets hold a category's description there
    if form == "liwc" and category and not re.match(r"[^\d\s.:)]", category):
        category = f"category {category}"
    if form in ("nrc", "liwc22", "emfd") and (_looks_like_mark(category)):
        category = f"category {category}"
    return "/".join(levels_of(category)) if category else stance or "all"


def _looks_like_mark(category: str) -> bool:
    return category.lower() == "x" or bool(re.fullmatch(r"[-+\d.,eE]+", category))


def _note_columns(lexicon: Lexicon, form: str, by: str, report: list[tuple[int | None, str, str]]) -> None:
    terms = lexicon.terms
    carried = {"term", by, "lexicon", *(["weight"] if form in _WITH_WEIGHT else [])}
    carried |= {"stance", "sentiment"} if form in _WITH_STANCE else set()
    lost = [c for c in COLUMNS if c not in carried and c != "weight" and terms[c].ne("").any()]
    lost += [c for c in terms.columns if c not in COLUMNS and c not in carried and terms[c].ne("").any()]
    if "weight" not in carried and terms["weight"][terms["stance"].isin(LOADED)].ne(1).any():
        lost.append("weight")
    why = "the format holds words in categories only; save as .csv to keep all"
    report.extend((None, f"column {column}", why) for column in lost)


def _grouped(cells: Cells) -> dict[str, list[tuple[str, float]]]:
    groups: dict[str, list[tuple[str, float]]] = {}
    for (term, category), (weight, _, _) in cells.items():
        groups.setdefault(category, []).append((term, weight))
    return groups


def _table(rows: list[list[str]], delimiter: str) -> str:
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return stream.getvalue()


def _figure(value: float) -> str:
    return repr(int(value)) if value == int(value) else repr(value)


def _liwc(cells: Cells, title: str, definitions: Definitions) -> str:
    numbers = {category: i for i, category in enumerate(_grouped(cells), start=1)}
    words: dict[str, list[str]] = {}
    for term, category in cells:
        words.setdefault(term, []).append(str(numbers[category]))
    legend = [f"{i}\t{category}" for category, i in numbers.items()]
    entries = ["\t".join([term, *codes]) for term, codes in words.items()]
    return "\n".join(["%", *legend, "%", *entries, ""])


def _liwc22(cells: Cells, title: str, definitions: Definitions) -> str:
    columns = {category: i for i, category in enumerate(_grouped(cells), start=1)}
    weighted = any(weight != 1 for weight, _, _ in cells.values())
    rows: dict[str, list[str]] = {}
    for (term, category), (weight, _, _) in cells.items():
        row = rows.setdefault(term, [term] + [""] * len(columns))
        row[columns[category]] = repr(float(weight)) if weighted else "X"
    return _table([["DicTerm", *columns], *rows.values()], ",")


def _wordstat(cells: Cells, title: str, definitions: Definitions) -> str:
    lines: list[str] = []

    def walk(node: dict[str, Any], depth: int) -> None:
        for name, child in node.items():
            lines.append("\t" * depth + name)
            lines.extend(
                "\t" * (depth + 1) + f"{t.replace(' ', '_')} ({_figure(w)})" for t, w in child["words"]
            )
            walk(child["below"], depth + 1)

    walk(_tree(cells), 0)
    return "\n".join([*lines, ""])


def _tree(cells: Cells) -> dict[str, Any]:
    """Return categories as {name: {"words": [...], "below": {...}}}."""
    top: dict[str, Any] = {}
    for category, words in _grouped(cells).items():
        level, node = top, {}
        for name in levels_of(category):
            node = level.setdefault(name, {"words": [], "below": {}})
            level = node["below"]
        node["words"].extend(words)
    return top


def _xml_nodes(
    tree: dict[str, Any], definitions: Definitions, depth: int, above: str, scores: bool
) -> list[str]:
    lines, pad = [], "\t" * depth
    for name, child in tree.items():
        path = f"{above}/{name}" if above else name
        lines.append(f"{pad}<cnode name={quoteattr(name)} desc={quoteattr(definitions.get(path, ''))}>")
        for term, weight in child["words"]:
            score = f' score="{_figure(weight)}"' if scores and weight != 1 else ""
            lines.append(f"{pad}\t<pnode name={quoteattr(term)}{score}/>")
        lines += _xml_nodes(child["below"], definitions, depth + 1, path, scores)
        lines.append(f"{pad}</cnode>")
    return lines


def _yoshikoder(cells: Cells, title: str, definitions: Definitions) -> str:
    name = quoteattr(_CONTROL.sub(" ", title))
    nodes = _xml_nodes(_tree(cells), definitions, 2, "", True)
    opening = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<dictionary style="050805" patternengine="substring">',
    ]
    return "\n".join([*opening, f'\t<cnode name={name} desc="">', *nodes, "\t</cnode>", "</dictionary>", ""])


def _lexicoder(cells: Cells, title: str, definitions: Definitions) -> str:
    name = quoteattr(_CONTROL.sub(" ", title))
    opening = ['<?xml version="1.0" encoding="UTF-8"?>', f'<dictionary style="Lexicoder" name={name}>']
    return "\n".join([*opening, *_xml_nodes(_tree(cells), definitions, 1, "", False), "</dictionary>", ""])


def _lexicoder3(cells: Cells, title: str, definitions: Definitions) -> str:
    lines: list[str] = []
    for category, words in _grouped(cells).items():
        lines += [f"+{category}", *(term for term, _ in words)]
    return "\n".join([*lines, ""])


def _quanteda(cells: Cells, title: str, definitions: Definitions) -> str:
    def plain(node: dict[str, Any]) -> Any:
        below = {name: plain(child) for name, child in node["below"].items()}
        words: list[Any] = [term for term, _ in node["words"]]
        return [*words, below] if words and below else below or words

    data = {name: plain(node) for name, node in _tree(cells).items()}
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)


def _nrc(cells: Cells, title: str, definitions: Definitions) -> str:
    rows = [[term, category, _figure(weight)] for (term, category), (weight, _, _) in cells.items()]
    return _table(rows, "\t")


def _emfd(cells: Cells, title: str, definitions: Definitions) -> str:
    categories = list(_grouped(cells))
    columns = {category: i for i, category in enumerate(categories)}
    n, rows = len(categories), dict[str, list[str]]()
    for (term, category), (weight, stance, sentiment) in cells.items():
        row = rows.setdefault(term, [term, *["0"] * (2 * n)])
        if sentiment is None:
            sentiment = {"critical": -weight, "favourable": weight}.get(stance, 0.0)
        row[1 + columns[category]], row[1 + n + columns[category]] = (
            repr(float(weight)),
            repr(float(sentiment)),
        )
    header = ["word", *(f"{name}_p" for name in categories), *(f"{name}_sent" for name in categories)]
    return _table([header, *rows.values()], ",")


WRITERS: dict[str, Callable[[Cells, str, Definitions], str]] = {
    "liwc": _liwc,
    "liwc22": _liwc22,
    "wordstat": _wordstat,
    "yoshikoder": _yoshikoder,
    "lexicoder": _lexicoder,
    "lexicoder3": _lexicoder3,
    "quanteda": _quanteda,
    "nrc": _nrc,
    "emfd": _emfd,
}
