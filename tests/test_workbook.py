"""Workbooks: what is in the tables is in the sheets, and no cell can run."""

import datetime
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import workbook
from helpers.workbook import write_workbook


def read(path):
    return openpyxl.load_workbook(path)


def cells(sheet):
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_tables_come_back_as_they_were(tmp_path):
    table = pd.DataFrame(
        {
            "outlet": ["Herald", None], "n": [3, 4], "rate": [1.5, np.nan], "enough": [True, False],
            "day": pd.to_datetime(["2024-05-01", None]),
        }
    )  # fmt: skip
    book = read(write_workbook(tmp_path / "t.xlsx", {"scores": table}, {"scores": "Rates."}))
    assert book.sheetnames == ["contents", "scores"]
    assert cells(book["contents"])[1] == ["scores", 2, "Rates.", None]
    day = datetime.datetime(2024, 5, 1)
    assert cells(book["scores"]) == [
        ["outlet", "n", "rate", "enough", "day"], ["Herald", 3, 1.5, True, day], [None, 4, None, False, None],
    ]  # fmt: skip
    assert book["scores"].freeze_panes == "A2"


@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                [
                    "=1+1",
                    "+A1",
                    "-cmd|'/c calc'!A0",
                    "@SUM(A1)",
                    "\t=1",
                    "\r\n=1",
                    " =1",
                    "＝1+1",
                    "\x1b[31m",
                    "\ud800",
                ]
            ),
            st.text(max_size=10),
        ),
        min_size=1,
        max_size=8,
    )
)
@settings(max_examples=40, deadline=None)
def test_no_cell_is_a_formula_whatever_it_holds(tmp_path_factory, values):
    path = tmp_path_factory.mktemp("book") / "t.xlsx"
    # pandas itself takes half a surrogate pair as a column's name only in an index of objects.
    table = pd.DataFrame(
        [[value] for value in values], columns=pd.Index([values[-1]], dtype=object), dtype=object
    )
    book = read(write_workbook(path, {values[0]: table}, {values[0]: values[-1]}))
    for sheet in book:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type != "f"
            assert not str(cell.value or "").lstrip().startswith(("=", "@"))
    assert book.worksheets[1].max_row == len(values) + 1


def test_sheets_have_names_that_excel_takes_and_no_two_alike(tmp_path):
    names = ["a/b", "A_b", "x" * 40, "x" * 50, "", "contents", "History"]
    made = {name: pd.DataFrame({"n": [i]}) for i, name in enumerate(names)}
    book = read(write_workbook(tmp_path / "t.xlsx", made))
    assert len({name.casefold() for name in book.sheetnames}) == len(names) + 1
    assert all(0 < len(name) <= 31 for name in book.sheetnames)
    assert [sheet["A2"].value for sheet in book.worksheets[1:]] == list(range(len(names)))


def test_what_a_sheet_cannot_hold_is_cut_and_said(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    table = pd.DataFrame({"text": ["x" * 40_000, *"abcd"]})
    book = read(write_workbook(tmp_path / "t.xlsx", {"long": table}))
    assert book["long"].max_row == 4
    assert len(book["long"]["A2"].value) == 32_767
    assert "first 3 of 5 rows" in book["contents"]["D2"].value
    assert "are cut" in book["contents"]["D2"].value
    with pytest.raises(ValueError, match="16,385 columns"):
        write_workbook(tmp_path / "w.xlsx", {"wide": pd.DataFrame(np.zeros((1, 16_385)))})
    with pytest.raises(ValueError, match="there is none"):
        write_workbook(tmp_path / "w.xlsx", {})


def test_odd_values_become_text(tmp_path):
    table = pd.DataFrame(
        {"v": pd.Series([float("inf"), ["a"], {"b": 1}, np.int64(3), pd.NaT, 2 + 1j], dtype=object)}
    )
    book = read(write_workbook(tmp_path / "t.xlsx", {"odd": table}))
    assert [row[0] for row in cells(book["odd"])[1:]] == ["inf", "['a']", "{'b': 1}", 3, None, "(2+1j)"]


def test_same_bytes_each_time_and_no_clock(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    table = {"scores": pd.DataFrame({"n": [1]})}
    one = write_workbook(tmp_path / "1.xlsx", table).read_bytes()
    assert one == write_workbook(tmp_path / "2.xlsx", table).read_bytes()
    with zipfile.ZipFile(tmp_path / "1.xlsx") as file:
        core = file.read("docProps/core.xml").decode()
        assert {entry.date_time[0] for entry in file.infolist()} == {1980}
    assert core.count("1970-01-02") == 2


def test_report_writes_tables_and_data_of_figures_into_one(tmp_path):
    from helpers.report import Report

    report = Report(tmp_path)
    assert "No workbook" in report.workbook()
    report.table(pd.DataFrame({"n": [1]}), "counts", "How many.")
    assert "1 sheets" in report.workbook()
    book = read(tmp_path / "tables.xlsx")
    assert book.sheetnames == ["contents", "Table 1 counts"]
    assert book["contents"]["C2"].value == "How many."
    assert "No workbook" in Report("").workbook()
