"""Figures to files, and strangers' text kept from doing harm in them."""

import csv
import hashlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import gallery
import matplotlib
import numpy as np
import pandas as pd
import pytest
from defusedxml import ElementTree
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from PIL import Image

from helpers import charts
from helpers.figures import export_figure, picture
from helpers.safe import safe_cell, safe_csv, safe_name, safe_table, safe_text, visible_text, write_whole

matplotlib.use("Agg")
HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture
def chart():
    return gallery.draw("ratio_forest", "usual", "two")


# ------------------------------------------------------------ export
def test_writes_every_kind_with_data_and_words(chart, tmp_path):
    table = charts.drawn_table(chart)
    paths = export_figure(chart, tmp_path / "forest", table)
    assert {kind: path.name for kind, path in paths.items()} == {
        "svg": "forest.svg", "pdf": "forest.pdf", "png": "forest.png", "csv": "forest.csv", "alt": "forest.alt.txt",
    }  # fmt: skip
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(path.name for path in paths.values())
    assert paths["alt"].read_text(encoding="utf-8") == charts.alt_text(chart) + "\n"
    back = pd.read_csv(paths["csv"])
    assert list(back["frame"]) == list(table["frame"])
    np.testing.assert_allclose(back["ratio"], table["ratio"])


def test_png_has_200_dots_an_inch_at_170_mm(chart, tmp_path):
    image = Image.open(export_figure(chart, tmp_path / "a", pd.DataFrame())["png"])
    assert image.width == pytest.approx(170 / 25.4 * 200, abs=1)
    assert image.info["dpi"][0] == pytest.approx(200, abs=0.1)
    assert image.info["Description"] == charts.alt_text(chart)
    assert "Software" not in image.info


def test_svg_carries_its_words_and_names_no_page_on_the_net(chart, tmp_path):
    path = export_figure(chart, tmp_path / "a", pd.DataFrame())["svg"]
    root = ElementTree.parse(path).getroot()
    space = "{http://www.w3.org/2000/svg}"
    assert root.get("role") == "img"
    title, words = root.find(f"{space}title"), root.find(f"{space}desc")
    assert root.get("aria-labelledby") == f"{title.get('id')} {words.get('id')}"
    assert (title.text, words.text) == (charts.finding(chart), charts.alt_text(chart))
    text = path.read_text(encoding="utf-8")
    assert "<!DOCTYPE" not in text
    assert not re.findall(r'(?:href|src)="(?!#)', text)
    assert not root.findall(f".//{space}text")  # letters are outlines: no font is needed


def test_pdf_embeds_whole_fonts_and_no_date(chart, tmp_path):
    content = export_figure(chart, tmp_path / "a", pd.DataFrame())["pdf"].read_bytes()
    assert b"/FontFile2" in content  # TrueType program, as Type 42 fonts have
    assert b"/Type3" not in content
    assert b"/CreationDate" not in content
    assert b"/Producer" not in content


@pytest.mark.slow
def test_same_bytes_on_each_run_and_hash_seed(tmp_path):
    script = (
        "import matplotlib; matplotlib.use('Agg'); import gallery; from helpers import charts\n"
        "from helpers.figures import export_figure; import sys\n"
        "for name in ('baseline_position', 'target_heatmap', 'trend_lines'):\n"
        "    ax = gallery.draw(name, 'usual', 'one')\n"
        "    export_figure(ax, sys.argv[1] + '/' + name, charts.drawn_table(ax), close=True)\n"
    )
    digests = []
    for seed, when in (("0", "0"), ("4711", "1700000000")):
        folder = tmp_path / seed
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "SOURCE_DATE_EPOCH": when,
            "PYTHONPATH": str(HERE),
        }
        subprocess.run([sys.executable, "-c", script, str(folder)], check=True, env=environment, cwd=HERE)
        digests.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())})
    assert len(digests[0]) == 15
    assert digests[0] == digests[1]


@pytest.mark.slow
def test_same_bytes_when_written_twice(chart, tmp_path):
    one = export_figure(chart, tmp_path / "a", pd.DataFrame())
    two = export_figure(chart, tmp_path / "b", pd.DataFrame())
    for kind in one:
        assert one[kind].read_bytes() == two[kind].read_bytes()


def test_hostile_names_and_cells_do_no_harm(chart, tmp_path):
    table = pd.DataFrame(
        {"=outlet": ["=cmd|'/c calc'!A1", "@SUM(1)", "plain", None], "rate": [-1.5, 2, 3, np.nan]}
    )
    folder = tmp_path / "figures"
    paths = export_figure(chart, folder / "..\x1b[31m=evil<script>", table)
    assert {path.parent for path in paths.values()} == {folder}
    assert [p.name for p in tmp_path.iterdir()] == ["figures"]
    rows = list(csv.reader(io.StringIO(paths["csv"].read_text(encoding="utf-8"))))
    assert rows == [
        ["'=outlet", "rate"],
        ["'=cmd|'/c calc'!A1", "-1.5"],
        ["'@SUM(1)", "2.0"],
        ["plain", "3.0"],
        ["", ""],
    ]


def test_figure_of_ones_own_needs_words(tmp_path):
    figure, ax = plt.subplots()
    ax.plot([1, 2])
    with pytest.raises(ValueError, match="pass alt="):
        export_figure(figure, tmp_path / "a", pd.DataFrame())
    with pytest.raises(ValueError, match="say in words"):
        export_figure(figure, tmp_path / "a", pd.DataFrame(), alt="  ")
    paths = export_figure(ax, tmp_path / "a", pd.DataFrame(), alt="A line & <b>.\nTwo", close=True)
    assert paths["alt"].read_text(encoding="utf-8") == "A line & <b>. Two\n"
    assert (
        ElementTree.parse(paths["svg"])
        .getroot()
        .find("{http://www.w3.org/2000/svg}desc")
        .text.endswith("Two")
    )
    assert not plt.fignum_exists(figure.number)
    assert b"<svg" in picture(figure, "svg")


def test_wrong_things_are_named():
    with pytest.raises(ValueError, match="'svg', 'pdf' or 'png', not 'gif'"):
        picture(plt.figure(), "gif")
    with pytest.raises(TypeError, match="figure or Axes"):
        picture("a chart", "png")  # type: ignore[arg-type]


# ------------------------------------------------------------ whole or not at all
def test_interrupted_writing_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "new" / "a.txt"
    write_whole(path, "old")

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("helpers.safe.os.replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in path.parent.iterdir()] == ["a.txt"]


def test_written_files_have_ordinary_rights(tmp_path):
    path = write_whole(tmp_path / "a", b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    plain = tmp_path / "b"
    plain.write_text("x")
    assert path.stat().st_mode == plain.stat().st_mode


def test_lone_surrogates_can_be_written(tmp_path):
    assert write_whole(tmp_path / "a", "x\ud800y").read_text(encoding="utf-8") == "x?y"


# ------------------------------------------------------------ text, cells and names
ANY = st.text(st.characters(codec=None), max_size=60)  # lone surrogates and controls included


@given(ANY)
def test_safe_text_keeps_the_length_and_no_control(text):
    out = safe_text(text)
    assert len(out) == len(text)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", out)
    assert [b for a, b in zip(text, out, strict=True) if a.isalnum()] == [a for a in text if a.isalnum()]


@given(ANY)
def test_visible_text_keeps_places_and_marks_of_writing(text):
    out = visible_text(text)
    assert len(out) == len(text)
    out.encode("utf-8")
    for before, after in zip(text, out, strict=True):
        assert before == after or not before.isprintable()


@given(ANY)
def test_no_cell_starts_a_formula(text):
    out = str(safe_cell(text))
    assert safe_cell(out) == out or out.startswith("'")
    if not re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?%?", out):
        assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", out)
    assert out.removeprefix("'").endswith(safe_text(text)[1:].removeprefix("'"))


@pytest.mark.parametrize("value", [3, -2.5, None, True, pd.Timestamp("2024-01-01")])
def test_cells_that_are_no_text_stay(value):
    assert safe_cell(value) is value


def test_table_keeps_numbers_dates_and_categories():
    table = pd.DataFrame(
        {
            "n": [1, -2],
            "day": pd.to_datetime(["2024-01-01", None]),
            "kind": pd.Categorical(["=a", "b"]),
            "ok": [True, False],
        }
    )
    out = safe_table(table)
    assert list(out["kind"]) == ["'=a", "b"]
    pd.testing.assert_frame_equal(out[["n", "day", "ok"]], table[["n", "day", "ok"]])
    assert list(table["kind"]) == ["=a", "b"]
    assert safe_csv(table) == "n,day,kind,ok\n1,2024-01-01,'=a,True\n-2,,b,False\n"


def test_table_with_two_columns_of_one_name_and_cells_that_are_lists():
    table = pd.DataFrame([["=x", ["=y"]]], columns=["a", "a"])
    assert safe_table(table).iloc[0].tolist() == ["'=x", ["=y"]]


@given(ANY)
@settings(max_examples=300)
def test_names_stay_in_their_folder(name):
    out = safe_name(name)
    assert re.fullmatch(r"[\w.-]+", out)
    assert not out.startswith((".", "-"))
    assert ".." not in out
    assert Path(out).name == out
    assert len(out.encode("utf-8")) <= 80


@given(ANY, ANY)
def test_two_names_do_not_fall_on_one_file(one, two):
    if one != two:
        assert safe_name(one) != safe_name(two)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("moscow_summit", "moscow_summit"),
        ("a.b-c", "a.b-c"),
        ("München 1", r"München_1-\w{8}"),
        ("con", r"_con-\w{8}"),
        ("", r"unnamed-\w{8}"),
        ("..", r"unnamed-\w{8}"),
        ("a/../b", r"a_b-\w{8}"),
        ("x" * 300, r"x{71}-\w{8}"),
        (7, "7"),
    ],
)
def test_names_are_readable(name, expected):
    assert re.fullmatch(expected, safe_name(name))
