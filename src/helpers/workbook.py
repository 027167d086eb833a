"""Tables as an Excel workbook: a sheet a table, no cell that a spreadsheet would run."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.safe import safe_table, safe_text, write_whole

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 1_048_575  # what a sheet holds below its heading
MOST_COLUMNS = 16_384
MOST_LETTERS = 32_767  # what a cell holds
SHEET_NAME = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")


def write_workbook(
    path: str | os.PathLike[str],
    tables: Mapping[str, pd.DataFrame],
    captions: Mapping[str, str] | None = None,
    *,
    made: datetime | None = None,
) -> Path:
    """Write tables as an Excel workbook: first a list of what it holds, then a sheet a table.

    Parameters
    ----------
    path : path-like
        The file to write, ending in ``.xlsx``.
    tables : mapping of str to pandas.DataFrame
        Tables by name; the index is not written.
    captions : mapping of str to str, optional
        What each table holds, by name; shown in the list.
    made : datetime.datetime, optional
        Date to put into the file; by default `helpers.report.today`.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    ValueError
        If there is no table, or a table has more columns than a sheet.

    Notes
    -----
    Every text cell goes through `safe_table`: one that a spreadsheet would take for a formula stands behind an
    apostrophe. Numbers stay numbers, dates dates, truth values truth values, and missing values are empty cells.
    A table longer than a sheet is cut, and the list says so, as it does for a text longer than a cell; the CSV
    files hold everything. The same tables give the same bytes.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_workbook(Path(folder) / "tables.xlsx", {"counts": pd.DataFrame({"n": [1]})}).name
    'tables.xlsx'
    """
    from openpyxl import Workbook

    from helpers.report import today

    if not tables:
        raise ValueError("tables: there is none; a workbook needs one at least")
    book = Workbook()
    contents: Any = book.active
    contents.title = "contents"
    listed = []
    for title, (name, table) in zip(_sheet_names(tables), tables.items(), strict=True):
        remark = _fill(book.create_sheet(title), table, name)
        listed.append((title, len(table), (captions or {}).get(name, ""), remark))
    heads = ["sheet", "rows", "what it holds", "remark"]
    _fill(contents, pd.DataFrame(listed, columns=heads, dtype=object), "contents")
    moment = (made or today()).replace(tzinfo=None)
    book.properties.creator = "framing-notebooks"
    book.properties.created = moment
    buffer = io.BytesIO()
    book.save(buffer)
    return write_whole(path, _same_bytes(buffer.getvalue(), moment))


def _sheet_names(names: Iterable[str]) -> list[str]:
    """Names that a sheet may have: short, no two alike whatever their case."""
    taken, found = {"contents", "history"}, []  # Excel keeps "history" for itself
    for name in names:
        stem = _NOT_IN_SHEET_NAMES.sub("_", safe_text(name)).strip() or "table"
        title, number = stem[:SHEET_NAME], 1
        while title.casefold() in taken:
            number += 1
            end = f" {number}"
            title = stem[: SHEET_NAME - len(end)] + end
        taken.add(title.casefold())
        found.append(title)
    return found


def _fill(sheet: Worksheet, table: pd.DataFrame, name: str) -> str:
    """Put a table into a sheet, and return what had to be left out."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    if table.shape[1] > MOST_COLUMNS:
        raise ValueError(
            f"table {name!r} has {table.shape[1]:,} columns and a sheet holds {MOST_COLUMNS:,}; "
            "choose columns, or use the CSV file"
        )
    remarks = []
    if len(table) > MOST_ROWS:
        remarks.append(f"the first {MOST_ROWS:,} of {len(table):,} rows; the CSV file holds all")
    safe = safe_table(table.head(MOST_ROWS))
    long = False
    sheet.append(list(safe.columns))
    for row in safe.itertuples(index=False, name=None):
        cells = [_cell(value) for value in row]
        long = long or any(isinstance(cell, str) and len(cell) > MOST_LETTERS for cell in cells)
        sheet.append([cell[:MOST_LETTERS] if isinstance(cell, str) else cell for cell in cells])
    if long:
        remarks.append(f"texts longer than {MOST_LETTERS:,} letters are cut; the CSV file holds them whole")
    for place in range(1, table.shape[1] + 1):
        cell = sheet.cell(1, place)
        cell.font, cell.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        shown = [len(str(c.value)) for c in sheet[get_column_letter(place)][:50] if c.value is not None]
        sheet.column_dimensions[get_column_letter(place)].width = min(max([8, *shown]) + 2, 60)
    sheet.freeze_panes = "A2"
    return "; ".join(remarks)


def _cell(value: Any) -> Any:
    """Return what a cell can hold: text, a finite number, a truth value or a date; nothing for what is missing."""
    if value is None or (not isinstance(value, (str, list, tuple, dict, set)) and pd.isna(value)):
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, pd.Timestamp):
        value = value.tz_localize(None).to_pydatetime() if value.tz else value.to_pydatetime()
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return str(value)
    return value if isinstance(value, (str, bool, int, float, datetime, date)) else str(value)


def _same_bytes(content: bytes, moment: datetime) -> bytes:
    """Write the archive anew without the minute of its making."""
    stamp = f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            fixed = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fixed, data)
    return out.getvalue()
