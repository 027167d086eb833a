"""Parse tables of words: .dicx, NRC and eMFD tables, lists of words with categories."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from helpers import _dictionary_readers as readers
from helpers._dictionary_readers import Parsed, number, text_lines
from helpers._lexicon_files import csv_rows, delimiter_of


def table_rows(path: Path, encoding: str | None, limit: int | None = None) -> list[tuple[int, list[str]]]:
    """Return the (first) rows of a table separated by tabs, semicolons or commas, with their lines."""
    lines = text_lines(path, encoding)[:limit]
    sample = [line for line in lines if line.strip()][:200]
    if not sample:
        raise ValueError(f"{path}, line 1: is empty")
    # Introductions stand before some tables: the separator is what most lines have.
    delimiter = max("\t;,", key=lambda d: (sum(d in line for line in sample), d == delimiter_of(sample[0])))
    try:
        rows = csv_rows("\n".join(lines), str(path), delimiter)
    except ValueError:  # a stray quotation mark: then quotation marks are characters like others here
        rows = [(n, line.split(delimiter)) for n, line in enumerate(lines, start=1) if line.strip()]
    return [(line, [cell.strip() for cell in cells]) for line, cells in rows]


def read_table_file(path: Path, encoding: str | None) -> Parsed:
    """Read a table of words: one column a category, or word, category and number; NRC, eMFD, .dicx, lists."""
    parsed = Parsed(str(path))
    rows = _same_width(parsed, table_rows(path, encoding))
    width = len(rows[0][1])
    if width == 1:
        return _word_list(parsed, rows, path.stem)
    header, body = _header(rows)
    numeric = [c for c in range(1, width) if body and _all_marks(body, c)]
    if header and any(name.endswith("_p") for name in header):
        return _emfd(parsed, header, body)
    if header and (len(numeric) == width - 1 or header[0].lower() == "dicterm"):
        return _wide(parsed, header, body)
    if width in (2, 3) and len(numeric) == width - 2:
        return _long(parsed, body, numeric)
    raise parsed.error(
        rows[0][0],
        "is no table of words this program knows; it reads word + category (+ number), or word + one column "
        "of numbers or X a category with a header line",
    )


def _same_width(parsed: Parsed, rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    if not rows:
        raise parsed.error(1, "holds no word")
    widths = [len(cells) for _, cells in rows]
    usual = max(set(widths), key=widths.count)
    kept = []
    for line, cells in rows:
        if len(cells) > usual and not any(cells[usual:]):
            cells = cells[:usual]
        if len(cells) < usual and kept:
            cells = [*cells, *[""] * (usual - len(cells))]
        if len(cells) == usual:
            kept.append((line, cells))
        else:
            parsed.lost(line, " ".join(cells)[:80], f"has {len(cells)} cells where the table has {usual}")
    return kept


def _is_mark(cell: str) -> bool:
    return cell.lower() in ("", "x") or number(cell) is not None


def _all_marks(body: list[tuple[int, list[str]]], column: int) -> bool:
    # Few values stand in the many cells of such a column, so each is looked at once.
    return all(map(_is_mark, {cells[column] for _, cells in body}))


def _header(rows: list[tuple[int, list[str]]]) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Split off a header line: it has words where others have numbers or X, or a known first cell."""
    first, rest = rows[0][1], rows[1:]
    named = first[0].lower() in (
        "word",
        "words",
        "term",
        "terms",
        "dicterm",
        "token",
        "english word",
        "english (en)",
    )
    marks = bool(rest) and any(not _is_mark(first[c]) and _all_marks(rest, c) for c in range(1, len(first)))
    return (first, rest) if named or marks else ([], rows)


def _word_list(parsed: Parsed, rows: list[tuple[int, list[str]]], category: str) -> Parsed:
    for line, cells in rows:
        parsed.add(line, cells[0], (category,))
    return parsed


def _wide(parsed: Parsed, header: list[str], body: list[tuple[int, list[str]]]) -> Parsed:
    names = [name or f"column {c + 1}" for c, name in enumerate(header)]
    different = set().union(*({cells[c] for _, cells in body} for c in range(1, len(header))))
    binary = {cell.lower() for cell in different} <= {"", "x", "0", "1"}
    for line, cells in body:
        before = len(parsed.entries)
        for column, cell in enumerate(cells):
            if not cell or not column:  # most cells of a wide table are empty
                continue
            name = names[column]
            if not _is_mark(cell):
                parsed.lost(line, f"{cells[0]}: {name}", f"{cell!r} is neither X nor a number")
            elif not (binary and cell == "0"):
                value = None if binary or cell in "xX" else number(cell)
                parsed.add(line, cells[0], levels_of(name), value)
        if len(parsed.entries) == before:
            parsed.lost(line, cells[0], "has no category")
    return parsed


def _long(parsed: Parsed, body: list[tuple[int, list[str]]], numeric: list[int]) -> Parsed:
    category = next(c for c in range(1, len(body[0][1])) if c not in numeric)
    values = {cells[numeric[0]] for _, cells in body} if numeric else set()
    binary, zeros = values <= {"0", "1", ""}, 0
    for line, cells in body:
        value = number(cells[numeric[0]]) if numeric else None
        if not cells[category]:
            parsed.lost(line, cells[0], "has no category")
        elif binary and value == 0:
            zeros += 1
        else:
            parsed.add(line, cells[0], levels_of(cells[category]), None if binary else value)
    if zeros:
        parsed.lost(
            None,
            f"{zeros:,} pairs of word and category with 0",
            "0 says that the word is not in the category",
        )
    return parsed


def _emfd(parsed: Parsed, header: list[str], body: list[tuple[int, list[str]]]) -> Parsed:
    """Read word, care_p … (probabilities) and care_sent … (sentiments) columns."""
    columns = {name: c for c, name in enumerate(header)}
    foundations = [name.removesuffix("_p") for name in header if name.endswith("_p")]
    used = {0, *(columns[f"{f}_p"] for f in foundations), *(columns.get(f"{f}_sent", 0) for f in foundations)}
    for name in (name for c, name in enumerate(header) if c not in used):
        parsed.lost(None, f"column {name}", "is neither a probability (…_p) nor a sentiment (…_sent)")
    for line, cells in body:
        for name in foundations:
            value = number(cells[columns[f"{name}_p"]])
            sentiment = number(cells[columns[f"{name}_sent"]]) if f"{name}_sent" in columns else None
            if value is None:
                parsed.lost(line, f"{cells[0]}: {name}", "has no number")
            elif value:
                if sentiment is not None:
                    parsed.sentiments[len(parsed.entries)] = sentiment
                parsed.add(line, cells[0], (name,), value)
    return parsed


@lru_cache(maxsize=4096)  # few categories, many words
def levels_of(category: str) -> tuple[str, ...]:
    """Return the levels of a category written with slashes; one level where a part would be empty."""
    parts = tuple(" ".join(part.split()) for part in category.split("/"))
    return parts if all(parts) else (" ".join(category.split()),)


READERS: dict[str, Callable[[Path, str | None], Parsed]] = {
    "liwc": readers.read_liwc,
    "liwc22": read_table_file,
    "wordstat": readers.read_wordstat,
    "yoshikoder": readers.read_yoshikoder,
    "lexicoder": readers.read_xml,
    "lexicoder3": readers.read_lexicoder3,
    "quanteda": readers.read_quanteda,
    "emfd": read_table_file,
    "nrc": read_table_file,
    "csv": read_table_file,
    "tsv": read_table_file,
    "json": readers.read_json,
}
