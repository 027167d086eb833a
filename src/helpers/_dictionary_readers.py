"""Parse the dictionary files of other programs into entries: term, category, number and line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from helpers._lexicon_files import load_yaml, read_words

_DEPTH = 100
_LONGEST = 10_000
_NUMBER = re.compile(r"\s*[-+]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][-+]?\d+)?\s*$")


@dataclass
class Parsed:
    """What a file holds: entries, category definitions, a title, and what could not be carried over."""

    source: str
    title: str = ""
    entries: list[tuple[int | None, str, tuple[str, ...], float | None]] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)
    report: list[tuple[int | None, str, str]] = field(default_factory=list)
    sentiments: dict[int, float] = field(default_factory=dict)

    def add(self, line: int | None, term: str, category: tuple[str, ...], value: float | None = None) -> None:
        """Note a term in a category (its levels, outermost first), with a number where there is one."""
        self.entries.append((line, term, category, value))

    def lost(self, line: int | None, what: str, why: str) -> None:
        """Note something that is not carried over, or not as it was."""
        self.report.append((line, what, why))

    def error(self, line: int, message: str) -> ValueError:
        """Return the error that stops reading at a line."""
        return ValueError(f"{self.source}, line {line}: {message}")


def number(text: str) -> float | None:
    """Return the number that a cell holds (decimal point or comma), None where it holds none."""
    if not _NUMBER.match(text):
        return None
    return float(text.replace(",", "."))


def text_lines(path: Path, encoding: str | None) -> list[str]:
    """Return the lines of a text file, whatever its encoding and line ends."""
    text = read_words(path, encoding)
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


# --- LIWC .dic ----------------------------------------------------------------------------------------

_LEGEND = re.compile(r"\s*(\d+)[\s.:)]+(\D.*?)\s*$")
_CODES = re.compile(
    r"^(.*?\S)\s+((?:\([^)]*\)\S*|<[^>]*>\S*|\d[\d/]*)(?:\s+(?:\([^)]*\)\S*|<[^>]*>\S*|\d[\d/]*))*)\s*$"
)
_CODE = re.compile(r"\([^)]*\)\S*|<[^>]*>\S*|\S+")
_CONDITION = re.compile(r"(?:\((?P<near>[^)]*)\)|<(?P<next>[^>]*)>)(?P<then>\d*)(?:/(?P<other>\d+))?$")


def read_liwc(path: Path, encoding: str | None) -> Parsed:
    """Read a LIWC 2001, 2007 or 2015 .dic: a legend of numbered categories, then words with the numbers."""
    parsed, lines = Parsed(str(path)), text_lines(path, encoding)
    names, start = _legend(parsed, lines)
    for index in range(start, len(lines)):
        if lines[index].strip():
            _liwc_line(parsed, index + 1, lines[index], names)
    if not parsed.entries:
        line = max((i + 1 for i, text in enumerate(lines) if text.strip()), default=1)
        raise parsed.error(
            line, "ends without a word that has a category; is the file cut short, or not LIWC's?"
        )
    return parsed


def _legend(parsed: Parsed, lines: list[str]) -> tuple[dict[int, str], int]:
    """Return the category names by number, and the index of the first line after the legend."""
    marks = [i for i, line in enumerate(lines) if line.strip().strip("\"'") == "%"][:2]
    if len(marks) == 2:
        begin, end = marks[0] + 1, marks[1]
        for index in (i for i in range(marks[0]) if lines[i].strip()):
            parsed.lost(index + 1, lines[index].strip(), "stands before the legend of categories")
    else:
        begin = marks[0] + 1 if marks and not any(map(_LEGEND.match, lines[: marks[0]])) else 0
        end = begin
        while end < len(lines) and (not lines[end].strip() or _LEGEND.match(lines[end])):
            end += 1
        told = any(map(_LEGEND.match, lines[begin:end]))
        why = "the two % lines around the legend of categories are not there; "
        parsed.lost(begin + 1, "%", why + ("its numbers tell it" if told else "categories are numbers here"))
    names: dict[int, str] = {}
    for index in range(begin, end):
        found = _LEGEND.match(lines[index])
        if found:
            _legend_entry(parsed, names, index + 1, int(found[1]), found[2])
        elif lines[index].strip():
            parsed.lost(index + 1, lines[index].strip(), "is no 'number name' line of the legend")
    stop = end + 1 if end in marks else end
    return names, stop


def _legend_entry(parsed: Parsed, names: dict[int, str], line: int, code: int, name: str) -> None:
    described = re.fullmatch(r"(\S+)\s+\((.*)\)", name)
    name, definition = (described[1], described[2]) if described else (" ".join(name.split()), "")
    if code in names and names[code] != name:
        parsed.lost(line, f"{code} {name}", f"the number {code} means {names[code]!r} already")
    elif name in names.values():
        if code not in names:
            parsed.lost(line, f"{code} {name}", "two categories have this name; they are one here")
            names[code] = name
    else:
        names[code] = name
        if definition:
            parsed.definitions[name] = definition


def _liwc_line(parsed: Parsed, line: int, text: str, names: dict[int, str]) -> None:
    if len(text) > _LONGEST:
        parsed.lost(line, f"{text[:60]} …", f"is longer than {_LONGEST:,} characters")
        return
    if "\t" in text.strip():
        word, _, codes = text.strip().partition("\t")
    elif found := _CODES.match(text):
        word, codes = found[1], found[2]
    else:
        word, codes = text.strip(), ""
    word = word.strip()
    leading = re.match(r"\((?:[\d\s]*)\)\s*", word)
    if leading and leading.end() < len(word):
        parsed.lost(line, leading[0].strip(), f"a condition before {word[leading.end() :]!r} is left out")
        word = word[leading.end() :]
    codes = codes.strip()
    if not codes:
        parsed.lost(line, word, "has no category")
    for code in _CODE.findall(codes):
        if code.isdecimal():
            _liwc_entry(parsed, line, word, int(code), names)
        elif condition := _CONDITION.match(code):
            _liwc_condition(parsed, line, word, code, condition, names)
        elif code in names.values():
            parsed.add(line, word, (code,))
        else:
            parsed.lost(line, f"{word}: {code}", "is no number of a category")


def _liwc_entry(parsed: Parsed, line: int, word: str, code: int, names: dict[int, str]) -> None:
    if code in names:
        parsed.add(line, word, (names[code],))
    elif names:
        parsed.lost(line, f"{word}: {code}", f"there is no category {code} in the legend")
    else:
        parsed.add(line, word, (f"category {code}",))


def _liwc_condition(
    parsed: Parsed, line: int, word: str, code: str, found: re.Match, names: dict[int, str]
) -> None:
    """Carry over what a condition allows: <of> as a phrase; (02 134)125/464 only with its last category."""
    if found["next"] and found["then"]:
        for following in found["next"].split():
            _liwc_entry(parsed, line, f"{word} {following}", int(found["then"]), names)
        parsed.lost(line, f"{word}: {code}", f"is carried over as the phrase '{word} {found['next']}'")
    else:
        why = f"whether a word of ({found['near'] or found['next']}) stands nearby cannot be asked here"
        parsed.lost(
            line, f"{word}: {code}", why + ("; it counts as its other category" if found["other"] else "")
        )
    if found["other"]:
        _liwc_entry(parsed, line, word, int(found["other"]), names)


# --- indented and plain text --------------------------------------------------------------------------

_WEIGHTED = re.compile(r"(.*\S)\s*\(\s*([-+]?[\d.,]+)\s*\)$")
# Phrases are written with underscores, so a word between spaces is an operator.
_RULE = re.compile(r"^[@\[]|\S\s+(?:NEAR|BEFORE|AFTER|AND|OR|NOT)\s+\S")


def read_wordstat(path: Path, encoding: str | None) -> Parsed:
    """Read a WordStat .cat: categories indented under each other, words with (weight), NEAR rules."""
    parsed, lines = Parsed(str(path)), text_lines(path, encoding)
    full = [(i + 1, _indent(text), text.strip()) for i, text in enumerate(lines) if text.strip()]
    stack: list[tuple[int, str]] = []
    for place, (line, indent, text) in enumerate(full):
        while stack and stack[-1][0] >= indent:
            stack.pop()
        deeper = place + 1 < len(full) and full[place + 1][1] > indent
        weighted = _WEIGHTED.match(text)
        path_here = tuple(name for _, name in stack)
        if deeper:
            if len(stack) >= _DEPTH:
                raise parsed.error(line, f"is nested more than {_DEPTH} levels deep; flatten it")
            stack.append((indent, text))
        elif _RULE.search(text):
            parsed.lost(
                line, text, "is a rule about words near each other, which a list of terms cannot hold"
            )
        elif path_here:
            word, value = (weighted[1], number(weighted[2])) if weighted else (text, None)
            parsed.add(line, word.replace("_", " "), path_here, value)
        else:
            parsed.lost(
                line, text, "is a category without a word" if not weighted else "is a word without a category"
            )
    if not parsed.entries:
        raise parsed.error(full[-1][0] if full else 1, "ends without a word indented under a category")
    return parsed


def _indent(text: str) -> int:
    return len(text.expandtabs(8)) - len(text.expandtabs(8).lstrip())


def read_lexicoder3(path: Path, encoding: str | None) -> Parsed:
    """Read a Lexicoder 3 file: +category lines, each followed by its words; or the older XML."""
    lines = text_lines(path, encoding)
    if next((text for text in lines if text.strip()), "").lstrip().startswith("<"):
        return read_xml(path, encoding)
    parsed, category = Parsed(str(path)), ""
    for index, text in enumerate(lines):
        if text.startswith("+"):
            category = " ".join(text[1:].split())
            if not category:
                raise parsed.error(index + 1, "a category has no name; write it behind the +")
        elif text.strip() and category:
            parsed.add(index + 1, text.strip(), (category,))
        elif text.strip():
            parsed.lost(index + 1, text.strip(), "stands before the first +category line")
    if not parsed.entries:
        raise parsed.error(len(lines), "ends without a word under a +category line")
    return parsed


# --- XML ----------------------------------------------------------------------------------------------


class _Nodes:
    """Receives a dictionary's XML tags one by one: cnode is a category, pnode a pattern."""

    def __init__(self, parsed: Parsed):
        self.parsed, self.levels, self.depth = parsed, [], 0
        self.line: Callable[[], int] = lambda: 0
        self.spaced, self.at = 0, 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth, self.at = self.depth + 1, self.line()
        if self.depth > _DEPTH:
            raise self.parsed.error(self.line(), f"is nested more than {_DEPTH} levels deep; flatten it")
        name = " ".join((attributes.get("name") or "").split())
        if tag == "dictionary":
            self.parsed.title = name
            if attributes.get("patternengine") in ("regexp", "regex"):
                self.parsed.lost(
                    self.line(), "regular expressions", "its patterns are read as words with * wildcards"
                )
        elif tag == "cnode":
            self.levels.append(name or "unnamed")
            if description := (attributes.get("desc") or "").strip():
                self.parsed.definitions["/".join(self.levels)] = description
        elif tag == "pnode" and name and not self.levels:
            self.parsed.lost(self.line(), name, "has no category")
        elif tag == "pnode" and name:
            self.spaced += attributes["name"] != attributes["name"].strip()
            score = attributes.get("score")
            self.parsed.add(self.line(), name, tuple(self.levels), number(score) if score else None)
        else:
            what = f"<{tag}>" if tag != "pnode" else "<pnode> without a name"
            self.parsed.lost(self.line(), what, "is no dictionary, category (cnode) or pattern (pnode)")

    def end(self, tag: str) -> None:
        self.depth -= 1
        if tag == "cnode" and self.levels:
            self.levels.pop()

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...


def read_xml(path: Path, encoding: str | None = None) -> Parsed:
    """Read a Yoshikoder .ykd or Lexicoder .lcd file."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parsed = Parsed(str(path))
    nodes = _Nodes(parsed)
    parser = DefusedXMLParser(target=nodes, encoding=encoding)
    nodes.line = lambda: parser.parser.CurrentLineNumber
    try:
        parser.feed(path.read_bytes())
        parser.close()
    except ParseError as error:
        raise parsed.error(error.position[0], f"is not valid XML ({error}); is the file cut short?") from None
    except DefusedXmlException:
        raise parsed.error(
            nodes.line(),
            "declares XML entities, as files do that unpack to absurd size; delete its <!ENTITY lines",
        ) from None
    except LookupError as error:
        raise parsed.error(1, f"{error}; save the file as UTF-8") from None
    if not parsed.entries:
        raise parsed.error(nodes.at, "holds no pattern: no <pnode name=…> within a <cnode name=…>")
    if 0 < nodes.spaced < len(parsed.entries):
        what = f"{len(parsed.entries) - nodes.spaced:,} patterns without spaces around them"
        parsed.lost(None, what, "Lexicoder finds these inside longer words too; here they are whole words")
    return parsed


def read_yoshikoder(path: Path, encoding: str | None) -> Parsed:
    """Read a Yoshikoder .ykd, whose one outermost category is only the dictionary's title."""
    parsed = read_xml(path, encoding)
    outer = {category[:1] for _, _, category, _ in parsed.entries}
    if len(outer) == 1 and all(len(category) > 1 for _, _, category, _ in parsed.entries):
        title = outer.pop()[0]
        parsed.title = title
        parsed.entries = [(line, term, category[1:], value) for line, term, category, value in parsed.entries]
        cut = len(title) + 1
        parsed.definitions = {
            name[cut:]: text for name, text in parsed.definitions.items() if len(name) > cut
        }
    return parsed


# --- YAML and JSON ------------------------------------------------------------------------------------


def read_quanteda(path: Path, encoding: str | None) -> Parsed:
    """Read a quanteda YAML file: categories, nested or not, with lists of patterns."""
    parsed = Parsed(str(path))
    node = load_yaml(read_words(path, encoding), str(path))
    if not isinstance(node, yaml.MappingNode):
        raise parsed.error(1, "must hold categories: 'category: [word, other word]'")
    _yaml_words(parsed, node, ())
    if not parsed.entries:
        raise parsed.error(node.end_mark.line + 1, "holds no word")
    return parsed


def _yaml_words(parsed: Parsed, node: yaml.Node, levels: tuple[str, ...]) -> None:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _yaml_words(parsed, value, (*levels, " ".join(str(key.value).split()) or "unnamed"))
    elif isinstance(node, yaml.SequenceNode):
        for child in node.value:
            _yaml_words(parsed, child, levels)
    elif str(node.value).strip() in ("", "~"):
        parsed.lost(line, "/".join(levels), "is a category without a word")
    else:
        parsed.add(line, str(node.value), levels)


def read_json(path: Path, encoding: str | None) -> Parsed:
    """Read a JSON object of categories, nested or not, with lists of words or {word: number}."""
    parsed = Parsed(str(path))
    try:
        data = json.loads(read_words(path, encoding), object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise parsed.error(error.lineno, f"is not valid JSON ({error.msg}); is the file cut short?") from None
    except RecursionError:
        raise parsed.error(1, "is nested too deep; flatten it") from None
    if not isinstance(data, _Pairs):
        raise parsed.error(1, 'must hold categories: {"category": ["word", "other word"]}')
    _json_words(parsed, data, ())
    if not parsed.entries:
        raise parsed.error(1, "holds no word")
    return parsed


class _Pairs(list):
    """A JSON object as key and value pairs, so that a key that stands twice loses nothing."""


def _json_words(parsed: Parsed, data: Any, levels: tuple[str, ...]) -> None:
    if len(levels) > _DEPTH:
        raise parsed.error(1, f"is nested more than {_DEPTH} levels deep; flatten it")
    if isinstance(data, _Pairs):
        for key, value in data:
            if isinstance(value, (int, float)) and not isinstance(value, bool) and levels:
                parsed.add(None, key, levels, float(value))
            else:
                _json_words(parsed, value, (*levels, " ".join(key.split()) or "unnamed"))
    elif isinstance(data, list):
        for item in data:
            _json_words(parsed, item, levels)
    elif isinstance(data, str) and data.strip():
        parsed.add(None, data, levels)
    else:
        parsed.lost(None, f"{'/'.join(levels)}: {data!r}", "is not a word")


def problems_of(term: str) -> Iterator[str]:
    """Say why a term of another program cannot be matched here."""
    if not re.search(r"[^\W_]", term):
        yield "has no letter or digit, and only words are matched here"
    elif astray := re.search(r"[^\w\s*'’‐‑–—-]", term):
        yield f"holds {astray[0]!r}: only words, joined by spaces or hyphens, are matched here"
    elif re.search(r"[^\W_]['’]?\*+['’]?[^\W_]|[^\W_]['’]\*|\*['’][^\W_]", term):
        yield "has a * inside a word, which is matched at a word's start or end only"
