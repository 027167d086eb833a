"""Reading articles: every format, every fault, nothing lost without a reason given."""

import csv
import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import _readers
from helpers._csv_check import check_quotation
from helpers.articles import COLUMNS, as_articles, exclusions, read_articles

ROWS = [
    {"doc_id": "a", "text": "The regime fell, they said.", "outlet": "One", "date": "2024-01-05", "score": 3},
    {
        "doc_id": "b",
        "text": 'He said: "We stay."\nThen he left.',
        "outlet": "Two",
        "date": "2024-02-06",
        "score": 4,
    },
]


def write(path, rows=ROWS):
    frame = pd.DataFrame(rows)
    name = path.name.removesuffix(".gz").removesuffix(".zst")
    if name.endswith(".csv"):
        frame.to_csv(path, index=False)
    elif name.endswith(".tsv"):
        frame.to_csv(path, index=False, sep="\t")
    elif name.endswith(".jsonl"):
        frame.to_json(path, orient="records", lines=True)
    else:
        plain = path.with_name("plain.parquet")
        frame.to_parquet(plain)
        data = plain.read_bytes()
        plain.unlink()
        path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


@pytest.mark.parametrize(
    "kind", ["csv", "tsv", "jsonl", "parquet", "csv.gz", "tsv.gz", "jsonl.gz", "parquet.gz"]
)
def test_tables_of_each_kind_give_the_same_articles(tmp_path, kind):
    articles = read_articles(write(tmp_path / f"news.{kind}"))
    assert articles["doc_id"].tolist() == ["a", "b"]
    assert articles["text"].tolist() == [row["text"] for row in ROWS]
    assert articles["date"].tolist() == [pd.Timestamp("2024-01-05"), pd.Timestamp("2024-02-06")]
    assert articles["score"].tolist() == [3, 4]
    assert tuple(articles.columns[:7]) == COLUMNS
    assert exclusions(articles).empty


def test_zstd_table(tmp_path):
    import pyarrow as pa

    path = tmp_path / "news.jsonl.zst"
    with pa.CompressedOutputStream(str(path), "zstd") as out:
        out.write("\n".join(json.dumps(row) for row in ROWS).encode())
    assert read_articles(path)["text"].tolist() == [row["text"] for row in ROWS]


@pytest.mark.parametrize("kind", ["txt", "md", "txt.gz"])
def test_one_text_file_is_kept_unaltered(tmp_path, kind):
    text = "First “line”\r\n\r\nsecond — line\t\x0b end  "
    path = tmp_path / f"piece.{kind}"
    path.write_bytes(gzip.compress(text.encode()) if kind.endswith("gz") else text.encode())
    articles = read_articles(path)
    assert articles["text"][0] == text
    assert articles["doc_id"][0] == "piece"


def test_html_gives_the_article_and_not_the_page(tmp_path):
    body = "".join(
        f"<p>The government of the state met on day {i} to talk about grain and trade.</p>" for i in range(12)
    )
    head = "<html><head><title>Grain talks</title></head><body><nav>Menu Log in</nav>"
    page = f"{head}<article><h1>Grain talks</h1>{body}</article></body></html>"
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    articles = read_articles(tmp_path / "page.html")
    assert "met on day 11" in articles["text"][0]
    assert "Log in" not in articles["text"][0]
    assert articles["title"][0] == "Grain talks"


def test_empty_page_is_left_out_with_its_reason(tmp_path):
    (tmp_path / "empty.html").write_text("<html><body></body></html>")
    (tmp_path / "good.txt").write_text("The government met.")
    articles = read_articles(tmp_path)
    assert exclusions(articles)[["source", "reason"]].values.tolist() == [["empty.html", "no article found"]]


def test_folder_is_read_in_order_and_strangers_are_counted(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "two.txt").write_text("Text two.")
    (tmp_path / "one.md").write_text("# Title\n\nText one.")
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff")
    (tmp_path / ".hidden.txt").write_text("never")
    write(tmp_path / "table.csv", [{"text": "From a table."}])
    articles = read_articles(tmp_path)
    assert articles["doc_id"].tolist() == ["one", "sub/two", "table_1"]
    assert exclusions(articles)["reason"].tolist() == ["unknown file type"]


def test_left_out_rows_are_counted_with_reason_row_and_detail():
    frame = pd.DataFrame(
        {"text": ["One text.", None, "  \n", "One text.", 7, "!!! …", b"bytes"], "doc_id": list("abcdefg")}
    )
    articles = read_articles(frame)
    assert articles["doc_id"].tolist() == ["a"]
    table = exclusions(articles)
    assert dict(zip(table["doc_id"], table["reason"], strict=True)) == {
        "b": "empty",
        "c": "empty",
        "d": "duplicate",
        "e": "not text",
        "f": "no words",
        "g": "not text",
    }
    assert table.set_index("doc_id").loc["d", "detail"] == "same text as a"
    assert table.set_index("doc_id").loc["g", "row"] == 7
    assert len(articles) + len(table) == len(frame)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=20), st.integers(), st.sampled_from(["Same text", "a b"])),
        max_size=12,
    )
)
def test_every_row_is_kept_or_accounted_for(texts):
    frame = pd.DataFrame({"text": pd.Series([*texts, "one sure text"], dtype=object)})
    articles = read_articles(frame)
    table = exclusions(articles)
    table = table[table["reason"] != "unbalanced quotation marks"]  # a remark: the article is kept
    assert len(articles) + len(table) == len(frame)
    assert not articles["text"].duplicated().any()
    kept = set(articles["doc_id"]) | set(table["doc_id"])
    assert kept == {f"text_{i}" for i in range(1, len(frame) + 1)}


def test_columns_can_be_mapped(tmp_path):
    path = write(tmp_path / "x.csv", [{"id": 7, "body": "Some text.", "text": "not this", "source": "Paper"}])
    articles = read_articles(path, columns={"doc_id": "id", "text": "body", "outlet": "source"})
    assert articles.loc[0, ["doc_id", "text", "outlet"]].tolist() == ["7", "Some text.", "Paper"]
    assert "body" not in articles


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"text": "body"}, "column 'body', named for 'text', is missing"),
        ({"txt": "x"}, "columns: 'txt' is not one of ours"),
    ],
)
def test_wrong_mapping_is_refused(columns, message):
    with pytest.raises(ValueError, match=message):
        read_articles(pd.DataFrame({"content": ["x y"]}), columns=columns)


def test_missing_text_column_names_what_there_is():
    with pytest.raises(ValueError, match=r"column 'text' is missing \(there are: content, when\).*columns="):
        read_articles(pd.DataFrame({"content": ["x y"], "when": [1]}))


def test_two_texts_under_one_doc_id_are_refused():
    with pytest.raises(ValueError, match=r"doc_id 'a' stands for several different texts \(rows 1, 3\)"):
        read_articles(pd.DataFrame({"doc_id": ["a", "b", "a"], "text": ["one", "two", "three"]}))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "cp1251", "utf-32"])
def test_encodings_are_told(tmp_path, codec):
    german = "Die Regierung erklärte, daß die Gespräche über die Grenze weitergehen. “Ja” – so hieß es. "
    russian = "Правительство заявило, что переговоры о границе продолжатся завтра в столице. "
    text = 4 * (russian if codec == "cp1251" else german)
    path = tmp_path / "news.txt"
    path.write_bytes(text.encode(codec))
    assert read_articles(path)["text"][0] == text


def test_csv_saved_by_excel_with_mark_and_semicolons(tmp_path):
    path = tmp_path / "excel.csv"
    path.write_bytes("\ufeffdoc_id;text\r\na;Erklärung, heute\r\n".encode())
    assert read_articles(path)["text"].tolist() == ["Erklärung, heute"]


def test_csv_in_windows_encoding(tmp_path):
    path = tmp_path / "excel.csv"
    rows = "".join(
        f'{i};"Die Regierung erklärte, daß die Gespräche über Öl nummer {i} weitergehen"\r\n'
        for i in range(30)
    )
    path.write_bytes(("doc_id;text\r\n" + rows).encode("cp1252"))
    assert "erklärte, daß" in read_articles(path)["text"][3]


def test_named_encoding_is_used_and_checked(tmp_path):
    path = tmp_path / "x.txt"
    path.write_bytes("Größe des Régime".encode("cp1252"))
    assert read_articles(path, encoding="cp1252")["text"][0] == "Größe des Régime"
    with pytest.raises(ValueError, match="unknown encoding 'klingon'"):
        read_articles(path, encoding="klingon")
    with pytest.raises(ValueError, match=r"byte 2 is not valid utf-8"):
        read_articles(path, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"%PDF-1.7 ...", "is a PDF file"),
        ("a.txt", bytes(range(256)) * 40, "binary file|encoding cannot be told"),
        ("a.csv", b"", "is empty"),
        ("a.csv", b"doc_id,text\n", "holds no rows"),
        ("a.csv", b"doc_id,text\n1,a,b\n", r"row 2 has 3 cells, the header has 2"),
        ("a.csv", b"text,text\na,b\n", "names 'text' twice"),
        (
            "a.csv",
            b'outlet,text\nA,"Never closed.\nB,Second.\n',
            "line 2, before 'Never closed.', is never closed",
        ),
        (
            "a.csv",
            b'text,outlet\n"First, fell.,A\n"Second.",B\n',
            "line 2, .* is closed in line 3, but 'Second",
        ),
        ("a.csv", b'outlet,text\rA,Good.\rB,"Never closed.\r', "line 3, .* is never closed"),
        ("a.tsv", b'outlet\ttext\nA\t"No," he said.\n', r"but ' he said.' follows .*sep='\\t', quoting=3"),
        ("a.csv", 'text;outlet\n"Größe.;A\n'.encode("utf-16"), "line 2, before 'Größe.;A', is never closed"),
        ("a.csv.gz", gzip.compress(mtime=0, data=b'text\n"Never closed.\n'), "line 2, .* is never closed"),
        ("a.jsonl", b'{"text": "x"}\n{"text": \n', "line 2 is not valid JSON"),
        ("a.jsonl", b"[1, 2]\n", "line 1 holds list"),
        ("a.jsonl", b"[" * 100_000, "line 1 is not valid JSON"),
        ("a.parquet", b"PAR1 cut short", "is not a whole Parquet file"),
        ("a.txt", b"", "no article is left \\(empty: 1\\)"),
        ("a.docx", b"PK", "unknown file type '.docx'"),
        ("a.txt.gz", b"\x1f\x8b\x08\x00 cut", "cannot be decompressed"),
    ],
)
def test_bad_files_are_refused_by_name(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ValueError, match=message) as caught:
        read_articles(path)
    assert name in str(caught.value) or "no article is left" in str(caught.value)


def test_quotation_marks_within_texts_are_kept(tmp_path):
    path = tmp_path / "marks.csv"
    texts = ['He said "no".', '"No," he said, and "yes".', '""', 'Two\nlines, "both" his.', '4 x 6" big']
    pd.DataFrame({"text": [f"{text} {n}" for n, text in enumerate(texts)]}).to_csv(path, index=False)
    with open(path, "a") as more:
        more.write('A 4" nail "and" more\n"Blanks behind"  \n')
    expected = [f"{text} {n}" for n, text in enumerate(texts)] + ['A 4" nail "and" more', "Blanks behind  "]
    assert read_articles(path)["text"].tolist() == expected


@given(st.text(alphabet='a",\n', max_size=14), st.integers(0, 14))
def test_quotation_marks_are_judged_as_by_a_strict_reader(text, cut):
    """Python's own reader, made strict, is the reference; blocks may be cut anywhere."""
    blocks = [text.encode()[:cut], text.encode()[cut:]]
    try:
        list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        with pytest.raises(ValueError, match="the quotation mark in line"):
            check_quotation(Path("a.csv"), blocks, "utf-8", ",")
    else:
        check_quotation(Path("a.csv"), blocks, "utf-8", ",")


def test_missing_path_and_wrong_type():
    with pytest.raises(FileNotFoundError, match="no such file"):
        read_articles("nowhere/news.csv")
    with pytest.raises(TypeError, match="cannot be read from int"):
        read_articles(7)  # type: ignore[arg-type]


def test_folder_without_articles(tmp_path):
    with pytest.raises(ValueError, match="holds no file to read"):
        read_articles(tmp_path)


def test_gzip_bomb_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(_readers, "_ALWAYS_ALLOWED", 1 << 20)
    path = tmp_path / "bomb.txt.gz"
    path.write_bytes(gzip.compress(b"a " * (8 << 20), 9))
    with pytest.raises(ValueError, match="unpacks to more than"):
        read_articles(path)


def test_dates_that_cannot_be_read_are_noted_and_the_article_kept():
    frame = pd.DataFrame(
        {
            "text": ["one a", "two b", "three c", "four d"],
            "date": ["2024-03-01", "soon", "0001-01-01", "2999-01-01"],
        }
    )
    articles = read_articles(frame)
    assert articles["date"].notna().tolist() == [True, False, False, False]
    assert exclusions(articles)["detail"].tolist() == [
        "soon (article kept)",
        "0001-01-01 (article kept)",
        "2999-01-01 (article kept)",
    ]


def test_dates_with_zones_and_real_datetimes_agree():
    real = pd.DataFrame({"text": ["a b"], "date": pd.to_datetime(["2024-03-01 12:00"])})
    zoned = pd.DataFrame({"text": ["a b"], "date": ["2024-03-01T14:00+02:00"]})
    assert (
        read_articles(real)["date"][0] == read_articles(zoned)["date"][0] == pd.Timestamp("2024-03-01 12:00")
    )


def test_names_that_look_like_numbers_stay_names(tmp_path):
    path = write(tmp_path / "x.csv", [{"doc_id": "007", "text": "a b", "code": "012", "n": "12"}])
    articles = read_articles(path)
    assert articles.loc[0, ["doc_id", "code", "n"]].tolist() == ["007", "012", 12]


def test_strings_are_paths_only_where_they_look_like_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "news.txt").write_text("From the file.")
    assert read_articles("news.txt")["text"][0] == "From the file."
    assert read_articles("See news.txt for more.")["text"][0] == "See news.txt for more."


def test_what_was_left_out_stands_before_what_was_remarked_on():
    articles = read_articles(["“So it began.", "", "“Or “not.", "Plain."])
    table = exclusions(articles)
    assert table[["reason", "kept"]].values.tolist() == [
        ["empty", False],
        ["unbalanced quotation marks", True],
        ["unbalanced quotation marks", True],
    ]
    assert table["detail"].tolist()[1:] == [
        "1 mark, read as the narrator's",
        "2 marks, read as the narrator's",
    ]


def test_exclusions_survive_writing_and_reading_parquet(tmp_path):
    articles = read_articles(["A text.", ""])
    articles.to_parquet(tmp_path / "kept.parquet")
    assert exclusions(pd.read_parquet(tmp_path / "kept.parquet"))["reason"].tolist() == ["empty"]


@pytest.mark.parametrize(
    "odd", ["nul \x00 inside", "lone \ud800 surrogate", "\u202eright to left שלום", "emoji 👩‍👩‍👧 e\u0301"]
)
def test_odd_texts_are_kept_unaltered(odd):
    assert read_articles([odd, "plain"])["text"].tolist() == [odd, "plain"]
    assert as_articles([odd])["text"].tolist() == [odd]


def test_as_articles_takes_what_public_functions_take():
    assert as_articles("One text.")["doc_id"].tolist() == ["text_1"]
    assert as_articles(["a", ""])["text"].tolist() == ["a", ""]
    frame = pd.DataFrame({"text": ["a"]}, index=[9])
    assert as_articles(frame)["doc_id"].tolist() == ["text_1"]
    row = pd.DataFrame({"doc_id": ["a", "b"], "text": ["one", "two"], "words": [1, 1]}).iloc[1]
    assert as_articles(row).to_dict("records") == [{"doc_id": "b", "text": "two", "words": 1}]
    assert frame.columns.tolist() == ["text"]


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (3, TypeError, "must be a DataFrame"),
        (b"x", TypeError, "must be a DataFrame"),
        (["a", None], TypeError, "row 2: text is NoneType"),
        (pd.DataFrame({"body": ["a"]}), ValueError, "column 'text' is missing"),
        (
            pd.DataFrame({"doc_id": ["a", "a"], "text": ["x", "y"]}),
            ValueError,
            "stands for several different texts",
        ),
    ],
)
def test_as_articles_refuses(bad, error, message):
    with pytest.raises(error, match=message):
        as_articles(bad)


@pytest.mark.slow
def test_a_large_table_is_not_held_three_times(tmp_path):
    text = "The government of the state met today to talk about grain, trade and the long border. " * 60
    path = tmp_path / "large.csv"
    rows = 20_000
    with open(path, "w", encoding="utf-8") as out:
        out.write("doc_id,text\n")
        out.writelines(f'{i},"{i} {text}"\n' for i in range(rows))
    # In a process of its own: Arrow tells the highest that a process ever held.
    script = (
        "import sys, tracemalloc, pyarrow as pa\n"
        "from helpers import read_articles\n"
        "pool = pa.default_memory_pool()\n"
        "read_articles(sys.argv[2])  # what is imported when first needed is no part of it\n"
        "before = pool.bytes_allocated()\n"
        "tracemalloc.start()\n"
        "articles = read_articles(sys.argv[1])\n"
        "print(len(articles), pool.max_memory() - before + tracemalloc.get_traced_memory()[1])\n"
    )
    command = [sys.executable, "-c", script, str(path), str(write(tmp_path / "small.csv"))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    read, peak = map(int, done.stdout.split())
    assert read == rows
    assert path.stat().st_size < peak < 3 * path.stat().st_size


@pytest.mark.parametrize(
    ("name", "content"),
    [("cut.tsv", "doc_id\ttext\na\tThe regime fell.\n"), ("cut.jsonl", '{"text": "The regime fell."}\n')],
)
def test_a_table_cut_inside_a_character_says_so(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content.encode("utf-16") + b"\n")
    with pytest.raises(ValueError, match=rf"{name}: is not valid utf-16.*write the file again") as caught:
        read_articles(path)
    assert type(caught.value) is ValueError


def test_a_parquet_text_that_is_no_utf8_is_refused(tmp_path):
    import pyarrow as pa
    from pyarrow import parquet

    wrong = pa.array([b"The regime \xff fell."], pa.binary()).view(pa.string())
    parquet.write_table(pa.table({"doc_id": ["a"], "text": wrong}), tmp_path / "wrong.parquet")
    with pytest.raises(ValueError, match=r"wrong\.parquet: is not a whole Parquet file .*[Uu][Tt][Ff]"):
        read_articles(tmp_path / "wrong.parquet")
