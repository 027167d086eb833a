"""Hostile input, tried one by one, with what came of each.

python tests/hostile.py        tries all and writes docs/hostile_input.md
"""

import contextlib
import gzip
import io
import json
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd

REPO = Path(__file__).parents[1]
SCRIPTS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", '" onmouseover="alert(1)',
    "' onfocus='alert(1)' autofocus='", "<a href='javascript:alert(1)'>x</a>", "javascript:alert(1)",
    "<iframe srcdoc='<script>alert(1)</script>'>", "</style><script>alert(1)</script>", "</div></main></body>",
    "<!--", "]]>", "&lt;script&gt;", "&#0;&#x3c;b>", "<meta http-equiv=refresh content='0;url=http://example.org'>",
    "[x](javascript:alert(1))", "![x](http://example.org/x.png)", "{{7*7}}{% raw %}", "$\\href{javascript:alert(1)}{x}$",
]  # fmt: skip
FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "\t=1+1",
    "\r=1+1", "\n=1+1", " =1+1", '=HYPERLINK("http://example.org","x")', "＝1+1", '"=1+1', "=1+1;2",
]  # fmt: skip
PATHS = [
    "../../etc/passwd", "/etc/passwd", "..\\..\\x", "C:\\x", "a/b", "..", ".", "", ".hidden", "-rf", "con", "NUL.txt",
    "a\x00b", "a\nb", "~root", "$(reboot)", "`reboot`", "x" * 5000, "ä" * 300, "%2e%2e%2f", "a:b", "\u202etxt.exe",
]  # fmt: skip
ESCAPES = ["\x1b[31m", "\x1b]0;title\x07", "\x1b[2J", "\x9b31m", "\r", "\x08\x08", "\u202e", "\u2066", "\x00"]
ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Case:
    """One kind of hostile input: what it is, how many were tried, and the function that tries them."""

    what: str
    number: int
    run: Callable[[Path], str]


CASES: list[Case] = []
FUZZED = (
    "The last long run of the fuzzer (25 November 2026, 560 s, 140 s a family): 10,931 runs over 10 kinds of article files, 15,166 over "
    "4 of lexicons, 13,716 over 8 of dictionaries, 11,873 over 6 others (targets, baselines, bare text); 51,686 in all, 0 findings."
)


def case(what: str, number: int = 1):
    def keep(function: Callable[[Path], str]) -> Callable[[Path], str]:
        CASES.append(Case(what, number, function))
        return function

    return keep


class Parsed(HTMLParser):
    """What a browser would run, fetch or follow."""

    def __init__(self, text: str):
        super().__init__()
        self.bad: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "iframe", "object", "embed", "link", "base", "form", "svg", "math"):
            self.bad.append(tag)
        for name, value in attrs:
            fetches = name in ("src", "href", "action", "srcdoc", "data", "formaction", "xlink:href")
            if name.startswith("on") or (fetches and not (value or "").startswith(("#", "data:image/"))):
                self.bad.append(f"{tag} {name}={value}")
            if tag == "meta" and (name, value) == ("http-equiv", "refresh"):
                self.bad.append("refresh")


def assert_harmless(page: str) -> None:
    assert Parsed(page).bad == []


def refusal(action: Callable[[], object], *says: str) -> str:
    """Return the error's message; it must be one that the reader can act on."""
    try:
        action()
    except (ValueError, TypeError) as error:
        message = str(error)
        assert all(part in message for part in says), message
        return message
    raise AssertionError("was taken without a word")


def seconds(action: Callable[[], object]) -> float:
    """Processor time, which other programs on the machine change little."""
    start = time.process_time()
    action()
    return time.process_time() - start


def assert_linear(make: Callable[[int], Callable[[], object]], small: int, factor: int = 4) -> None:
    """Time grows no faster than the input: 4 times the input in less than 9 times the time, at best of three."""
    few, many = make(small), make(factor * small)
    few()
    one, other = [], []
    for _ in range(3):
        one.append(seconds(few))
        other.append(seconds(many))
        if min(other) < 2.25 * factor * max(min(one), 0.02):
            return
    raise AssertionError(f"{min(one):.3f} s, then {min(other):.3f} s for {factor} times as much")


def lexicon(note: str = "", title: str = "Hostile"):
    from helpers import Lexicon

    rows = [
        ("government", "government", "", "neutral", note),
        ("regime", "government", "illegitimacy", "critical", note),
    ]
    terms = pd.DataFrame(rows, columns=["term", "concept", "frame", "stance", "note"])
    return Lexicon(terms, {"name": "hostile", "title": title, "version": "1", "sources": [title]})


# ------------------------------------------------------------ pages
@case(
    "scripts, handlers, `javascript:` links, broken markup in an article's text, title and outlet",
    len(SCRIPTS),
)
def scripts_in_articles(folder: Path) -> str:
    from helpers import Highlight, Report, find_mentions, kwic, kwic_html, read_articles

    for nasty in SCRIPTS:
        row = {
            "doc_id": nasty,
            "title": f"The regime {nasty}",
            "outlet": nasty,
            "text": f"{nasty} The regime {nasty} fell.",
        }
        articles = read_articles(pd.DataFrame([row]))
        mentions = find_mentions(articles, lexicon(), part="all")
        assert len(mentions) == 2
        report = Report(folder / "out")
        marked = Highlight(articles, mentions, lexicon()).html
        report.page("article.html", marked, nasty)
        for page in (
            marked, (folder / "out" / "article.html").read_text(), report.table(articles, nasty, nasty),
            str(kwic_html(kwic(articles, mentions))), report.text("m.md", nasty), report.json("p.json", {nasty: nasty}),
        ):  # fmt: skip
            assert_harmless(page)
    return "shown as text; no element, handler or address of it reaches a page"


@case("the same in a lexicon's notes, title, concepts and frames, which go into tooltips", len(SCRIPTS))
def scripts_in_lexicons(folder: Path) -> str:
    from helpers import Highlight

    for nasty in SCRIPTS:
        columns = ["start", "end", "term", "concept", "frame", "stance", "voice", "speaker", "target"]
        row = [4, 10, nasty, nasty, nasty, nasty, nasty, nasty, nasty]
        assert_harmless(
            Highlight("The regime fell.", pd.DataFrame([row], columns=columns, dtype=object)).html
        )
        made = lexicon(note=nasty, title=nasty)
        for name in ("_repr_html_", "explain_html"):
            if hasattr(made, name):
                assert_harmless(getattr(made, name)() or "")
    return "shown as text"


@case("the same in what a notebook prints, exported as a page", len(SCRIPTS))
def scripts_in_notebooks(folder: Path) -> str:
    import nbformat

    from helpers._pages import notebook_to_html

    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_markdown_cell("# Title\n\n## Part")]
    for nasty in SCRIPTS:
        out = nbformat.v4.new_output("execute_result", {"text/plain": nasty})
        book.cells.append(nbformat.v4.new_code_cell(f"# {nasty}", outputs=[out], execution_count=1))
    nbformat.write(book, folder / "b.ipynb")
    page = notebook_to_html(folder / "b.ipynb", folder / "b.html", SCRIPTS[0]).read_text()
    assert_harmless(page)
    assert "default-src 'none'" in page
    return "shown as text; the page also forbids scripts and addresses by its content policy"


@case("the same, pasted into the box of the first notebook", len(SCRIPTS))
def scripts_in_the_paste_box(folder: Path) -> str:
    from helpers import Baseline, Lexicon
    from helpers.widgets import measured_html

    measure = Lexicon.load("geopolitics"), Baseline.load("news")
    for nasty in SCRIPTS:
        assert_harmless(measured_html(f"The regime {nasty} fell.", *measure))
    return "shown as text"


@case("a saved web page with scripts, a redirect and handlers, read as an article")
def web_page(folder: Path) -> str:
    from helpers import read_articles

    body = "".join(
        f"<p>The government of the country met on day {i} and spoke for an hour. {SCRIPTS[i]}</p>"
        for i in range(9)
    )
    (folder / "a.html").write_text(
        f"<html><head><title>News</title><script>alert(1)</script></head><body>{body}</body></html>"
    )
    text = read_articles(folder / "a.html")["text"].iloc[0]
    assert "government" in text
    assert "<script>alert" not in text.split("day 0")[0]
    return "the text is read, nothing is run or fetched"


# ------------------------------------------------------------ spreadsheets, files, terminal
@case("spreadsheet formulas in any cell or heading of a CSV file", len(FORMULAS))
def formulas_in_csv(folder: Path) -> str:
    from helpers.report import Report

    for nasty in FORMULAS:
        Report(folder).table(pd.DataFrame({nasty: [nasty], "outlet": [nasty]}), "t", "c")
        import csv

        for row in csv.reader(io.StringIO((folder / "tables" / "t.csv").read_text(), newline="")):
            assert not any(re.match(r"[=+\-@\t\r\n＝]|\s+[=+\-@]", cell) for cell in row), row
    return "stand behind an apostrophe"


@case("spreadsheet formulas in a workbook", len(FORMULAS))
def formulas_in_workbooks(folder: Path) -> str:
    import openpyxl

    from helpers.workbook import write_workbook

    tables = {text: pd.DataFrame({text: [text]}) for text in FORMULAS}
    book = openpyxl.load_workbook(
        write_workbook(folder / "t.xlsx", tables, dict(zip(FORMULAS, FORMULAS, strict=True)))
    )
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > 4 * len(FORMULAS)
    assert all(
        cell.data_type != "f" and not str(cell.value).lstrip().startswith(("=", "@")) for cell in cells
    )
    return "are text behind an apostrophe; no cell is a formula"


@case("`../`, absolute and reserved names, NUL, 5,000 letters as a doc_id, outlet or figure name", len(PATHS))
def names_of_files(folder: Path) -> str:
    from matplotlib import pyplot as plt

    from helpers import Report, charts
    from helpers.safe import safe_name

    home = folder / "deep" / "report"
    report = Report(home)
    for nasty in PATHS:
        report.table(pd.DataFrame({"n": [1]}), nasty, nasty)
        report.text(nasty, "x")
        assert (home / safe_name(nasty)).resolve().parent == home.resolve()
    swapped = {
        "baseline": ["a"],
        "frame": ["all"],
        "words": [900],
        "mentions": [3],
        "ratio": [1.0],
        "low": [0.5],
        "high": [2.0],
        "enough": [True],
    }
    for nasty in PATHS[:3]:
        report.figure(
            charts.swap_test(pd.DataFrame(swapped), source="s"), nasty, nasty, pd.DataFrame(swapped)
        )
    plt.close("all")
    assert [p.name for p in folder.iterdir()] == ["deep"]
    assert [p.name for p in (folder / "deep").iterdir()] == ["report"]
    return "made into a name that stays in the report's folder; two names never share a file"


@case("terminal escapes in file names, titles and error messages", len(ESCAPES))
def escapes(folder: Path) -> str:
    from helpers import cli

    for nasty in ESCAPES:
        good = folder / f"a{nasty.replace(chr(0), '')}.csv"
        good.write_text("text,outlet\nThe regime fell.,One\n,Two\n")
        table = folder / "lexicon.csv"
        table.write_text(
            f"term,concept,frame,stance\ngovernment,government,,neutral\nre{nasty}gime,government,x,critical\n"
        )
        for words in (
            ["score", str(good)], ["score", f"none{nasty.replace(chr(0), '')}.csv"], ["score", str(good), "--column", f"text={nasty}"],
            ["lexicon", "check", str(table)], ["report", f"x{nasty.replace(chr(0), '')}.txt"], ["notebooks", nasty],
        ):  # fmt: skip
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                cli.main(words)
            assert not ESCAPE.search(out.getvalue() + err.getvalue()), (words, out.getvalue(), err.getvalue())
    return "replaced by � before anything reaches the terminal"


# ------------------------------------------------------------ bombs
@case("a gzip file of 1 MB that unpacks to 1 GB")
def gzip_bomb(folder: Path) -> str:
    from helpers import read_articles

    path = folder / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a " * (1 << 23), 9) * 64)
    assert path.stat().st_size < 1_100_000
    refusal(lambda: read_articles(path), "unpacks to more than")
    return "refused: unpacks to more than 200 times its size"


@case("a Zstandard file of 100 kB that unpacks to 1 GB")
def zstd_bomb(folder: Path) -> str:
    import pyarrow as pa

    from helpers import read_articles

    path = folder / "bomb.csv.zst"
    one = pa.compress(b"a " * (1 << 23), "zstd", asbytes=True)
    path.write_bytes(pa.compress(b"text\n", "zstd", asbytes=True) + one * 64)
    assert path.stat().st_size < 150_000
    refusal(lambda: read_articles(path), "unpacks to more than")
    return "refused: unpacks to more than 200 times its size"


@case("a Parquet file of 30 kB whose 20,000 rows share one text of 100 kB")
def parquet_bomb(folder: Path) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    from helpers import read_articles

    same = pa.DictionaryArray.from_arrays(pa.array([0] * 20_000, pa.int32()), pa.array(["a " * 50_000]))
    parquet.write_table(
        pa.table({"text": same.cast(pa.dictionary(pa.int32(), pa.string()))}),
        folder / "bomb.parquet",
        compression="zstd",
    )
    assert (folder / "bomb.parquet").stat().st_size < 200_000
    refusal(lambda: read_articles(folder / "bomb.parquet"), "unpacks to more than")
    return "refused: unpacks to more than 200 times its size"


XML = '<?xml version="1.0"?><!DOCTYPE d [{}]><dictionary>{}</dictionary>'


@case("XML dictionaries: entities that double 30 times, an entity from a file, 100,000 nested elements", 3)
def xml_bombs(folder: Path) -> str:
    from helpers import read_dictionary

    double = '<!ENTITY e0 "x">' + "".join(f'<!ENTITY e{i} "&e{i - 1};&e{i - 1};">' for i in range(1, 31))
    for content in (
        XML.format(double, "&e30;"), XML.format('<!ENTITY f SYSTEM "file:///etc/passwd">', "&f;"),
        "<dictionary>" + "<cnode name='a'>" * 100_000 + "</cnode>" * 100_000 + "</dictionary>",
    ):  # fmt: skip
        for ending in (".lc3", ".ykd"):
            path = folder / f"a{ending}"
            path.write_text(content)
            message = refusal(lambda path=path: read_dictionary(path))
            assert "root:" not in message
    return "refused, naming the file"


@case(
    "YAML beside a lexicon: references that double 30 times, a tag that would run a command, 10,000 levels", 3
)
def yaml_bombs(folder: Path) -> str:
    from helpers import Lexicon

    double = "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 31))
    (folder / "l.csv").write_text("term,concept,frame,stance\ngovernment,government,,neutral\n")
    made = folder / "made"
    for content in (double, "title: " + "[" * 10_000):
        (folder / "l.yml").write_text(content)
        refusal(lambda: Lexicon.load(folder / "l.csv"), "l.yml")
    (folder / "l.yml").write_text(f"title: !!python/object/apply:os.system ['touch {made}']")
    assert "touch" in str(Lexicon.load(folder / "l.csv").title)
    assert not made.exists()
    return "the first and the last are refused, naming the file; the tag is taken for plain text and runs nothing"


@case("JSON of 200,000 nested brackets, as articles, as a lexicon and as a dictionary", 3)
def deep_json(folder: Path) -> str:
    from helpers import Lexicon, read_articles, read_dictionary

    deep = "[" * 200_000 + "]" * 200_000
    (folder / "a.jsonl").write_text('{"text": ' + deep + "}\n")
    (folder / "l.json").write_text(deep)
    refusal(lambda: read_articles(folder / "a.jsonl"))
    refusal(lambda: Lexicon.load(folder / "l.json"))
    refusal(lambda: read_dictionary(folder / "l.json", format="json"))
    return "refused, naming the file and the line"


@case("a web page of 50,000 nested elements")
def deep_html(folder: Path) -> str:
    from helpers import read_articles

    (folder / "a.html").write_text("<div>" * 50_000 + "The regime fell." + "</div>" * 50_000)
    refusal(lambda: read_articles(folder / "a.html"))
    return "refused: no article is found in it"


@case("files that are not what they say: empty, binary, cut short, wrong encoding, NUL bytes", 12)
def damaged_files(folder: Path) -> str:
    from helpers import read_articles

    buffer = io.BytesIO()
    pd.DataFrame({"text": ["The regime fell."] * 50}).to_parquet(buffer)
    whole = buffer.getvalue()
    for name, content in {
        "a.txt": b"", "b.txt": bytes(range(256)) * 40, "c.csv": b"", "d.csv": b"text,outlet\na,b,c\n", "e.parquet": whole[:-40],
        "f.parquet": b"", "g.jsonl": b'{"text": ', "h.txt.gz": gzip.compress(b"The regime fell. " * 99)[:-20], "i.txt.gz": b"no",
        "j.csv": b"text,text\na,b\n", "k.jsonl": b"17\n", "l.parquet": whole[:50] + b"\xff" * 40 + whole[90:],
    }.items():  # fmt: skip
        (folder / name).write_bytes(content)
        message = refusal(lambda name=name: read_articles(folder / name))
        assert name in message or "(empty: 1)" in message
    return "refused, naming the file and what is wrong with it"


@case("tables in which a quotation mark is never closed, or closes a cell in the middle of its text", 4)
def stray_quotation_marks(folder: Path) -> str:
    from helpers import read_articles

    for name, content in {
        "a.csv": 'outlet,text\nOne,"Never closed.\n' + "Two,Another text.\n" * 1_000,
        "b.csv": 'text,outlet\n"First, fell.,One\n"Second.",Two\n',
        "c.tsv": 'outlet\ttext\nOne\t"No," he said.\n',
        "d.csv": 'text\n"' + "x" * 5_000_000,
    }.items():
        (folder / name).write_text(content)
        refusal(lambda name=name: read_articles(folder / name), name, "the quotation mark in line 2")
    return "refused, naming the file and the line; no row is swallowed, no mark dropped"


@case("a tampered baseline: broken JSON, arrays that do not fit, an array that would need unpickling", 3)
def baselines(folder: Path) -> str:
    import shutil

    import numpy as np

    from helpers import Baseline

    home = folder / "b"
    for change in ("json", "counts", "objects"):
        shutil.copytree(REPO / "data" / "baselines" / "news", home)
        if change == "json":
            (home / "meta.json").write_text("{")
        elif change == "counts":
            pd.DataFrame({"year": [2000]}).to_parquet(home / "articles.parquet")
        else:
            np.savez(home / "words.npz", vocabulary=np.array([{}], dtype=object))
        refusal(lambda: Baseline.load(home), str(home))
        shutil.rmtree(home)
    return "refused, naming the folder; nothing is unpickled"


# ------------------------------------------------------------ time and memory
def _measure(text: str) -> Callable[[], object]:
    from helpers import find_mentions, score

    lex = lexicon()
    return lambda: score(text, lex, mentions=find_mentions(text, lex))


@case("one word of 10 million letters")
def long_word(folder: Path) -> str:
    from helpers import Highlight, find_mentions, read_articles

    text = "x" * 10_000_000 + " regime"
    (folder / "a.txt").write_text(text)
    articles = read_articles(folder / "a.txt")
    mentions = find_mentions(articles, lexicon())
    assert mentions["start"].tolist() == [10_000_001]
    assert len(Highlight(articles, mentions).html) < 10_010_000
    assert_linear(lambda n: _measure("x" * n), 1_000_000)
    return "read, measured and shown in time that grows with its length"


REPEATED = [
    "“", "”", '"', "'", "(", "((a", "a'", "a-", "said ", "he said, ", "“a” said ", ". ", "A. ", "\n", "\r\n\r\n", "“said” ", "Mr. ", "U.S. ", "x said “", ", who said, ", "in Beijing and ", "é", "\u0301", "\ufeff", "🙂", "=",
]  # fmt: skip


@case(
    "texts of one thing over and over (quotation marks, brackets, “said”, full stops, combining marks …), 50 to 200 kB",
    len(REPEATED),
)
def repeated_text(folder: Path) -> str:
    for piece in REPEATED:
        assert_linear(lambda n, piece=piece: _measure((piece * n)[:n]), 50_000)
    return "time grows with the length, not with its square"


@case("one sentence of 50 kB with 2,380 mentions")
def long_sentence(folder: Path) -> str:
    from helpers import find_mentions

    text = ("The regime said that " * 2_381)[:50_000]
    find_mentions("The regime said that it fell.", lexicon())
    assert seconds(lambda: find_mentions(text, lexicon())) < 10
    assert find_mentions(text, lexicon())["sentence"].str.len().max() < 2_100
    return "measured within ten seconds (time grows faster than the length of one sentence); each mention keeps 1,000 characters on a side"


@case("a lexicon of 50,000 overlapping wildcards and phrases")
def many_wildcards(folder: Path) -> str:
    from helpers import Lexicon, find_mentions

    def of(n: int):
        words = [
            "a" * (i % 60 + 1) + format(i, "x").translate(str.maketrans("0123456789", "ghijklmnop"))
            for i in range(n)
        ]
        terms = pd.DataFrame({"term": [w + "*" for w in words] + [f"{w}* {w}* {w}*" for w in words]})
        return Lexicon(terms.assign(concept="c", frame="f", stance="critical"), {"name": "many"})

    text = "aaaaaaaaaaaab aaaaagz aaaah " * 2_000
    assert_linear(lambda n: lambda: find_mentions(text, of(n), annotate=False), 2_500, factor=4)
    found = find_mentions(text, of(25_000), annotate=False)
    assert len(found) <= 3 * len(text)
    return "loaded and matched in time that grows with its size"


@case("unpaired surrogates, NUL, direction marks and unassigned characters in text, titles and names", 8)
def odd_characters(folder: Path) -> str:
    from helpers import Highlight, find_mentions, read_articles, score

    for char in ("\ud800", "\x00", "\u202e", "\ufffe", "\U0010ffff", "\u0600", "\ufeff", "\u200d"):
        record = {
            "doc_id": f"a{char}",
            "title": char,
            "text": f"The {char} regime{char} fell. The regime {char}.",
        }
        (folder / "a.jsonl").write_text(json.dumps(record) + "\n")
        articles = read_articles(folder / "a.jsonl")
        text = articles["text"].iloc[0]
        mentions = find_mentions(articles, lexicon())
        assert len(mentions) >= 1
        assert all(
            text[a:b] == t
            for a, b, t in zip(mentions["start"], mentions["end"], mentions["text"], strict=True)
        )
        Highlight(articles, mentions).html.encode("utf-8")
        assert score(articles, lexicon(), mentions=mentions)["words"].iloc[0] >= 5
    return "measured, with offsets that are right, and shown"


@case("a table of 4,000 columns, and a row of one cell of 20 MB", 2)
def odd_tables(folder: Path) -> str:
    from helpers import read_articles

    (folder / "wide.csv").write_text(
        "text," + ",".join(f"c{i}" for i in range(4_000)) + "\nThe regime fell." + "," * 4_000 + "\n"
    )
    assert read_articles(folder / "wide.csv").shape[1] > 4_000
    (folder / "long.csv").write_text('text,outlet\n"' + "The regime fell. " * 1_200_000 + '",One\n')
    refusal(lambda: read_articles(folder / "long.csv"), "long.csv")
    return "the first is read, the second refused, naming the file"


def page() -> str:
    """Run every case and return the table of outcomes."""
    lines = [
        "# Hostile input", "",
        "Everything read is untrusted. Each row was tried by `tests/hostile.py`, which also writes this page; the tests try all "
        "of them again and compare what came of it with what stands here.", "",
        "| what was tried | inputs | what came of it |", "|---|---|---|",
    ]  # fmt: skip
    for one in CASES:
        with tempfile.TemporaryDirectory() as folder:
            lines.append(f"| {one.what} | {one.number} | {one.run(Path(folder))} |")
    total = sum(one.number for one in CASES)
    lines += [
        "",
        f"{total} inputs in {len(CASES)} kinds. Property tests and `make fuzz` try more.",
        "",
        FUZZED,
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (REPO / "docs" / "hostile_input.md").write_text(page(), encoding="utf-8")
