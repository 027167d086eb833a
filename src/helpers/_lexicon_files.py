"""How a lexicon lies on disk: its CSV and YAML files, and the checks that every row must pass."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from helpers._encodings import read_words
from helpers._resources import data_path
from helpers.safe import write_whole

COLUMNS = ("term", "concept", "frame", "stance", "weight", "note", "lexicon")
REQUIRED = ("term", "concept", "frame", "stance")
STANCES = ("critical", "neutral", "favourable", "ignore")
LOADED = ("critical", "favourable")
KINDS = ("choice", "graded")
META = ("name", "title", "version", "language", "licence", "kind", "sources", "frames", "concepts")

# The words of a term are found as in a text: a run of letters and digits (see helpers.text.WORD).
_WORD_CHARACTER = re.compile(r"[^\W_]")
# As helpers.engine has it: * stands at the start or the end of a word, or alone.
_STAR_ASTRAY = re.compile(r"(?<=[^\W_])['’]?\*+['’]?(?=[^\W_])|(?<=[^\W_])['’]\*|\*['’](?=[^\W_])")
_SPELLINGS = {"favorable": "favourable", "favor": "favourable", "favour": "favourable"}
_YAML_DEPTH, _YAML_NODES = 50, 5_000_000


class Problems:
    """Collects faults, so that a user sees ten at once instead of one at each attempt."""

    def __init__(self, source: str, labels: list[str]):
        self.source, self.labels, self.messages = source, labels, []

    def add(self, row: int | None, column: str, message: str) -> None:
        """Note a fault in a row (None: in the whole) and column."""
        where = [self.source] if row is None else [self.source, self.labels[row]]
        self.messages.append(f"{', '.join(where)}{f', column {column!r}' if column else ''}: {message}")

    def raise_if_any(self) -> None:
        """Raise one ValueError that lists the first ten faults."""
        if self.messages:
            more = len(self.messages) - 10
            raise ValueError(
                "\n".join(self.messages[:10]) + (f"\n… and {more:,} more like these" if more > 0 else "")
            )


# --- reading ------------------------------------------------------------------------------------------


def find_file(name_or_path: str | os.PathLike[str], shipped: list[str]) -> Path:
    """Return the file of a shipped lexicon's name, or of a path."""
    text = os.fspath(name_or_path)
    if text in shipped:
        return data_path("lexicons", f"{text}.csv")
    path = Path(text)
    if path.is_file():
        return path
    close = get_close_matches(text, shipped, 1)
    hint = f"; did you mean {close[0]!r}?" if close else "."
    raise ValueError(
        f"there is no lexicon {text!r}{hint} Known ones: {', '.join(shipped) or 'none'}. "
        "To read your own, give the path of a file that is there, such as 'my_lexicon.csv'."
    )


def parse_json(text: str, form: str) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the terms and the description in the JSON of a lexicon."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not the JSON of a lexicon: {error}") from None
    if not isinstance(data, dict) or data.get("format") != form:
        raise ValueError(f'this JSON is not a lexicon: it lacks "format": "{form}"')
    if not isinstance(data.get("terms"), dict) or not isinstance(data.get("meta"), dict):
        raise ValueError('this JSON is not a lexicon: it needs the objects "meta" and "terms"')
    try:
        return pd.DataFrame(data["terms"], dtype=object), data["meta"]
    except ValueError as error:
        raise ValueError(f"this JSON is not a lexicon: its columns do not fit together ({error})") from None


def delimiter_of(line: str) -> str:
    """Return the separator of a header line: comma, semicolon or tab, whichever it holds most of."""
    return max(",;\t", key=line.count)


def csv_rows(text: str, source: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """Return the non-empty rows of a CSV text with the line on which each begins."""
    csv.field_size_limit(1 << 24)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise ValueError(
                f"{source}, line {line}: {error}; a quotation mark is left open or stands alone in this row"
            ) from None
        if cells is None:
            return rows
        if "".join(cells).strip():
            rows.append((line, cells))
        line = reader.line_num + 1


def read_table(path: Path, encoding: str | None = None) -> tuple[pd.DataFrame, list[int]]:
    """Read a lexicon's CSV as text cells; return it with the line of each row."""
    text = read_words(path, encoding).replace("\r\n", "\n").replace("\r", "\n")
    declared = re.match(r'"?sep=(.)"?\n', text)  # what Excel writes to tell itself the separator
    body = text[declared.end() :] if declared else text
    first = next((line for line in body.split("\n") if line.strip()), "")
    if not first:
        raise ValueError(f"{path}: is empty; it needs a header line with {', '.join(REQUIRED)}")
    rows = csv_rows(body, str(path), declared[1] if declared else delimiter_of(first))
    if not rows:
        raise ValueError(f"{path}: holds no words; it needs a header line with {', '.join(REQUIRED)}")
    skipped = 1 if declared else 0
    header = [cell.strip().lower() for cell in rows[0][1]]
    _check_header(path, rows[0][0] + skipped, header)
    width = len(header)
    problems = Problems(str(path), [f"line {line + skipped}" for line, _ in rows])
    for row, (_, cells) in enumerate(rows):
        if len(cells) > width and "".join(cells[width:]).strip():
            problems.add(
                row,
                "",
                f"has {len(cells)} cells where the header has {width}; "
                "put quotation marks around a cell that holds the separator",
            )
    problems.raise_if_any()
    cells = [row if len(row) == width else (row + [""] * width)[:width] for _, row in rows[1:]]
    columns = list(zip(*cells, strict=True)) if cells else [()] * width
    frame = pd.DataFrame(
        {name: list(column) for name, column in zip(header, columns, strict=True) if name}, dtype=object
    )
    return frame, [line + skipped for line, _ in rows[1:]]


def _check_header(path: Path, line: int, header: list[str]) -> None:
    problems = Problems(str(path), [f"line {line}"])
    for name in REQUIRED:
        if name not in header:
            close = get_close_matches(name, header, 1)
            hint = f"rename {close[0]!r}" if close else "add it to the header line"
            problems.add(0, name, f"is missing; {hint} (there are {', '.join(header[:12])})")
    for name in {name for name in header if name and header.count(name) > 1}:
        problems.add(0, name, "stands twice in the header; rename one")
    problems.raise_if_any()


def read_meta(path: Path) -> dict[str, Any]:
    """Read the YAML file beside a lexicon's CSV; without one, only the name is known."""
    for ending in (".yml", ".yaml"):
        beside = path.with_suffix(ending)
        if beside.is_file():
            data = plain(load_yaml(read_words(beside), str(beside)), str(beside))
            if not isinstance(data, dict):
                raise ValueError(f"{beside}: must hold 'key: value' lines such as 'title: My lexicon'")
            return {"name": path.stem, **data}
    return {"name": path.stem}


def load_yaml(text: str, source: str) -> yaml.Node | None:
    """Parse YAML to nodes, which know their lines; refuse what unpacks to absurd size or depth."""
    SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for event in yaml.parse(text, Loader=SafeLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _YAML_DEPTH:
                    line = event.start_mark.line + 1
                    raise ValueError(
                        f"{source}, line {line}: is nested more than {_YAML_DEPTH} levels deep; flatten it"
                    )
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        node = yaml.compose(text, Loader=SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or error
        raise ValueError(
            f"{source}{where}: is not valid YAML ({what}); quote text that holds ': ' or '#'"
        ) from None
    if node is not None and _size(node, {}, source) > _YAML_NODES:
        raise ValueError(
            f"{source}: unpacks to more than {_YAML_NODES:,} entries; its aliases (*name) multiply"
        )
    return node


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _size(node: yaml.Node, known: dict[int, int], source: str) -> int:
    # Counts what aliases would unpack to without unpacking them. -1 marks a node that is being counted.
    if not isinstance(node, yaml.CollectionNode):
        return 1
    size = known.get(id(node))
    if size is None:
        known[id(node)] = -1
        size = known[id(node)] = 1 + sum(_size(child, known, source) for child in _children(node))
    if size < 0:
        raise ValueError(
            f"{source}, line {node.start_mark.line + 1}: an alias (*name) holds itself; write it out"
        )
    return size


def plain(node: yaml.Node | None, source: str) -> Any:
    """Return a YAML node as dicts, lists and text: 1.0, no and 2024-01-01 stay as they are written."""
    if node is None:
        return None
    if isinstance(node, yaml.SequenceNode):
        return [plain(child, source) for child in node.value]
    if not isinstance(node, yaml.MappingNode):
        return "" if node.tag == "tag:yaml.org,2002:null" else node.value
    result: dict[str, Any] = {}
    for key, value in node.value:
        name = str(key.value)
        if name in result:
            line = key.start_mark.line + 1
            raise ValueError(f"{source}, line {line}: {name!r} stands twice; keep one, or rename it")
        result[name] = plain(value, source)
    return result


# --- cleaning -----------------------------------------------------------------------------------------


def clean_meta(meta: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Return a lexicon's description with every field there, in one order, all text."""
    given = {str(key): _as_text(value) for key, value in meta.items()}
    name = str(given.get("name") or "lexicon")
    defaults: dict[str, Any] = {
        "name": name,
        "title": name,
        "kind": "choice",
        "sources": [],
        "frames": {},
        "concepts": {},
    }
    cleaned = {key: given.get(key) or defaults.get(key, "") for key in META}
    cleaned.update({key: value for key, value in given.items() if key not in META})
    if isinstance(cleaned["sources"], (str, dict)):
        cleaned["sources"] = [cleaned["sources"]]
    for key in ("frames", "concepts"):
        if isinstance(cleaned[key], list):
            cleaned[key] = {str(item): "" for item in cleaned[key]}
        if not isinstance(cleaned[key], dict):
            problems.add(None, key, "must map names to definitions, as in 'frames: {threat: says that …}'")
            cleaned[key] = {}
        cleaned[key] = {item: " ".join(str(text).split()) for item, text in cleaned[key].items()}
    if cleaned["kind"] not in KINDS:
        problems.add(None, "kind", f"{cleaned['kind']!r} is not a kind of lexicon; use {' or '.join(KINDS)}")
    return cleaned


def _as_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _as_text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_as_text(item) for item in value]
    return "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def clean_terms(terms: pd.DataFrame, meta: dict[str, Any], problems: Problems) -> pd.DataFrame:
    """Return the terms with all columns in order and every cell in its type; note what is wrong."""
    for column in (column for column in REQUIRED if column not in terms.columns):
        problems.add(None, column, f"is missing; add it (there are {', '.join(map(str, terms.columns))})")
    if terms.empty:
        problems.add(None, "", "holds no term; a lexicon needs at least one")
    problems.raise_if_any()
    cells = {str(column): _text_cells(terms[column]) for column in terms.columns}
    for column in ("concept", "frame", "note"):
        cells.setdefault(column, [""] * len(terms))
    cells["term"] = [" ".join(term.split()) for term in cells["term"]]
    cells["stance"] = [_SPELLINGS.get(stance.lower(), stance.lower()) for stance in cells["stance"]]
    cells["lexicon"] = [text or meta["name"] for text in cells.get("lexicon", [""] * len(terms))]
    weights = _weights(cells.get("weight", [""] * len(terms)), cells["stance"], meta["kind"], problems)
    _check_rows(cells, meta, problems)
    problems.raise_if_any()
    order = [*COLUMNS, *(column for column in cells if column not in COLUMNS)]
    table = {
        c: pd.Series(weights if c == "weight" else cells[c], dtype="float64" if c == "weight" else "str")
        for c in order
    }
    return pd.DataFrame(table)


def _text_cells(column: pd.Series) -> list[str]:
    values = column.tolist()
    if set(map(type, values)) != {str}:
        missing = column.isna().tolist()
        values = ["" if gone else str(value) for value, gone in zip(values, missing, strict=True)]
    if any("\r" in text for text in values):
        values = [text.replace("\r\n", "\n").replace("\r", "\n") for text in values]
    return [text.strip() for text in values]


def _weights(cells: list[str], stances: list[str], kind: str, problems: Problems) -> list[float]:
    weights = []
    for row, (cell, stance) in enumerate(zip(cells, stances, strict=True)):
        if not cell:
            weights.append(1.0 if stance in LOADED else 0.0)
            continue
        try:
            weight = float(cell.replace(",", ".") if "." not in cell else cell)
        except ValueError:
            weight = math.nan
        if not math.isfinite(weight) or (kind == "choice" and not 0 <= weight <= 1):
            allowed = "a number from 0 to 1" if kind == "choice" else "a finite number"
            problems.add(row, "weight", f"{cell!r} is not {allowed}; correct it, or leave it empty")
        weights.append(weight)
    return weights


def _check_rows(cells: dict[str, list[str]], meta: dict[str, Any], problems: Problems) -> None:
    choice = meta["kind"] == "choice"
    allowed = STANCES if choice else (*STANCES, "")
    rows = zip(cells["term"], cells["concept"], cells["frame"], cells["stance"], strict=True)
    for row, (term, concept, frame, stance) in enumerate(rows):
        if not term:
            problems.add(row, "term", "is empty; write a term, or delete the row")
        elif not _WORD_CHARACTER.search(term):
            problems.add(
                row, "term", f"{term!r} has no letter or digit in it, so it can never match; delete it"
            )
        elif "*" in term and _STAR_ASTRAY.search(term):
            problems.add(
                row, "term", f"{term!r} has a * inside a word; put it at the start or end, or leave it out"
            )
        if stance not in allowed:
            close = get_close_matches(stance, STANCES, 1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            problems.add(row, "stance", f"{stance!r} is none of {', '.join(STANCES)}{hint}")
        elif choice:
            if stance != "ignore" and not concept:
                problems.add(
                    row, "concept", f"is empty for the {stance} term {term!r}; say what the term names"
                )
            if stance in LOADED and not frame:
                problems.add(
                    row, "frame", f"is empty for the {stance} term {term!r}; say what claim it carries"
                )
            if stance == "neutral" and frame:
                problems.add(
                    row,
                    "frame",
                    f"is {frame!r} for the neutral term {term!r}; empty it, or change the stance",
                )
        for column, name in (("concept", concept), ("frame", frame)):
            defined = meta[f"{column}s"]
            if name and defined and name not in defined:
                close = get_close_matches(name, defined, 1)
                hint = (
                    f"did you mean {close[0]!r}?" if close else f"add it under '{column}s:' in the YAML file"
                )
                problems.add(row, column, f"{name!r} is not defined in the YAML file; {hint}")
    for column, values in cells.items():
        try:
            "".join(values).encode()
        except UnicodeEncodeError:
            row = next(i for i, value in enumerate(values) if value.encode(errors="ignore").decode() != value)
            problems.add(row, column, "holds half a character (a lone surrogate); type it again")


# --- writing ------------------------------------------------------------------------------------------


def write_files(terms: pd.DataFrame, meta: dict[str, Any], path: Path, separator: str = ",") -> None:
    """Write CSV and YAML, each first under another name and then moved into place."""
    columns = [c for c in terms.columns if c != "lexicon" or (terms["lexicon"] != meta["name"]).any()]
    description = {key: value for key, value in meta.items() if value or key in ("name", "title")}
    text = yaml.safe_dump(description, sort_keys=False, allow_unicode=True, width=110)
    if plain(load_yaml(text, "description"), "description") != description:
        # Unescaped, YAML folds rare characters (NEL, line separators) into blanks.
        text = yaml.safe_dump(description, sort_keys=False, allow_unicode=False, width=110)
    write_whole(path.with_suffix(".yml"), text)
    write_whole(path, terms[columns].to_csv(index=False, lineterminator="\n", sep=separator))
