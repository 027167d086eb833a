"""Streams: the rows of `score`, in bounded memory, whatever happens on the way."""

import errno
import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from itertools import pairwise

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from pyarrow import parquet

from helpers import Lexicon, cli, read_articles, score, score_dataset, streams
from helpers._seen import Seen

LEXICON = Lexicon(
    pd.DataFrame(
        {
            "term": ["government*", "regime*", "strongman", "president"],
            "concept": ["government", "government", "ruler", "ruler"],
            "frame": ["", "illegitimacy", "illegitimacy", ""],
            "stance": ["neutral", "critical", "critical", "neutral"],
        }
    )
)


def made(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    words = np.array(
        ["regime", "government", "the", "Präsident", "president", "strongman", "said", "“so”", "of"]
    )
    texts = [" ".join([*rng.choice(words, rng.integers(1, 80)), str(i)]) for i in range(n)]
    return pd.DataFrame(
        {"doc_id": [f"a{i}" for i in range(n)], "text": texts, "outlet": [f"o{i % 3}" for i in range(n)]}
    )


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "corpus.parquet"
    made(1000).to_parquet(path, row_group_size=300)
    return path


def run(source, out, **options):
    return score_dataset(source, LEXICON, out, progress=False, **options)


def read(path) -> pd.DataFrame:
    return pd.read_parquet(path)


# --- The same rows as in one call ----------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 61, 5000])
def test_rows_are_those_of_score(corpus, tmp_path, rows):
    n = 1000 if rows > 1 else 20
    if n < 1000:
        made(n).to_parquet(corpus)
    done = run(corpus, tmp_path / "s.parquet", rows=rows)
    assert (done.articles, done.left_out, done.resumed) == (n, 0, 0)
    want = score(made(n), LEXICON)
    want.attrs = {}
    pd.testing.assert_frame_equal(read(done.path), want)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["corpus.parquet", "s.parquet"]


def write(frame: pd.DataFrame, path) -> None:
    ending = path.name.partition(".")[2]
    if ending.startswith("jsonl"):
        data = frame.to_json(orient="records", lines=True, force_ascii=False).encode()
    elif ending.startswith("parquet"):
        sink = pa.BufferOutputStream()
        parquet.write_table(pa.Table.from_pandas(frame), sink)
        data = sink.getvalue().to_pybytes()
    else:
        data = frame.to_csv(index=False, sep="\t" if ending.startswith("tsv") else ",").encode()
    if ending.endswith("gz"):
        data = gzip.compress(data)
    if ending.endswith("zst"):
        data = pa.compress(data, codec="zstd", asbytes=True)
    path.write_bytes(data)


@pytest.mark.parametrize(
    "name",
    [
        "n.parquet",
        "n.jsonl",
        "n.csv",
        "n.tsv",
        "n.jsonl.gz",
        "n.csv.gz",
        "n.csv.zst",
        "n.jsonl.zst",
        "n.parquet.zst",
    ],
)
def test_every_form_gives_the_same(tmp_path, name):
    frame = made(150)
    write(frame, tmp_path / name)
    done = run(tmp_path / name, tmp_path / "s.parquet", rows=40, keep=["outlet"])
    got = read(done.path)
    assert got.groupby("doc_id", sort=False)["outlet"].first().tolist() == frame["outlet"].tolist()
    want = score(frame, LEXICON)
    want.attrs = {}
    pd.testing.assert_frame_equal(got.drop(columns="outlet"), want)


def test_a_folder_is_one_corpus(tmp_path):
    frame = made(90)
    (tmp_path / "in").mkdir()
    for i in range(3):
        write(frame.iloc[30 * i : 30 * i + 30].reset_index(drop=True), tmp_path / "in" / f"{i}.csv")
    (tmp_path / "in" / "readme.txt").write_text("not a table")
    run(tmp_path / "in", tmp_path / "s.parquet", rows=16)
    assert read(tmp_path / "s.parquet")["doc_id"].unique().tolist() == frame["doc_id"].tolist()


def test_other_names_ids_that_are_missing_and_rows_without_words(tmp_path):
    pd.DataFrame({"body": ["the regime", None, "…", "", "a president"]}).to_parquet(tmp_path / "n.parquet")
    done = run(tmp_path / "n.parquet", tmp_path / "s.parquet", columns={"text": "body"}, rows=2)
    assert (done.articles, done.left_out) == (2, 3)
    alone = read_articles(tmp_path / "n.parquet", columns={"text": "body"})
    assert read(done.path)["doc_id"].unique().tolist() == alone["doc_id"].tolist() == ["n_1", "n_5"]


@pytest.mark.parametrize("rows", [1, 2, 3, 50])
@pytest.mark.parametrize("stop", [None, 1])
def test_texts_that_stand_twice_count_once(tmp_path, monkeypatch, rows, stop):
    """As `read_articles` has it, within a batch, between batches, and after an interruption."""
    texts = [
        "the regime",
        "a president",
        "the regime",
        "…",
        "The regime",
        "a president",
        "the regime",
        "a new one",
    ]
    pd.DataFrame({"text": texts}).to_parquet(tmp_path / "n.parquet")
    if stop is not None and rows <= 3:
        with monkeypatch.context() as patched:
            stop_at(patched, stop, KeyboardInterrupt())
            with pytest.raises(KeyboardInterrupt):
                run(tmp_path / "n.parquet", tmp_path / "s.parquet", rows=rows)
    done = run(tmp_path / "n.parquet", tmp_path / "s.parquet", rows=rows)
    assert (done.articles, done.left_out, done.duplicates) == (4, 4, 3)
    alone = read_articles(tmp_path / "n.parquet")
    assert read(done.path)["doc_id"].unique().tolist() == alone["doc_id"].tolist()


def test_what_was_seen_is_known_over_many_batches():
    rng = np.random.default_rng(1)
    seen, known = Seen(), set()
    for size in [0, 1, 500, 3, 1, 1, 1, 700, 40, 40, 40]:
        texts = [str(n) for n in rng.integers(0, 1500, size)]
        want = []
        for text in texts:
            want.append(text not in known)
            known.add(text)
        assert seen.fresh(texts).tolist() == want
        assert len(seen) == len(known)
    sizes = [len(first) for first, _ in seen._runs]
    assert all(a > 2 * b for a, b in pairwise(sizes))


def test_voice_and_target_are_those_of_score(tmp_path):
    frame = pd.DataFrame(
        {
            "doc_id": ["a", "b"],
            "text": [
                "“The regime must go,” Putin said. The regime stayed.",
                "China’s regime. The government of China.",
            ],
        }
    )
    frame.to_parquet(tmp_path / "n.parquet")
    for options in ({"voice": "quoted"}, {"target": "China"}):
        run(tmp_path / "n.parquet", tmp_path / "s.parquet", **options)
        got, want = read(tmp_path / "s.parquet"), score(frame, LEXICON, **options)
        assert got["mentions"].tolist() == want["mentions"].tolist()
        assert 0 < got["mentions"].sum() < 6


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_other_outputs(corpus, tmp_path, ending):
    run(corpus, tmp_path / f"s.{ending}", rows=300)
    path = tmp_path / f"s.{ending}"
    got = pd.read_csv(path) if ending == "csv" else pd.read_json(path, lines=True)
    want = score(made(1000), LEXICON)
    assert got["doc_id"].tolist() == want["doc_id"].tolist()
    np.testing.assert_allclose(got["share_high"], want["share_high"], rtol=1e-9)


def test_command_line(corpus, tmp_path, capsys):
    out = tmp_path / "s.parquet"
    assert cli.main(["score", str(corpus), "--out", str(out)]) == cli.OK
    want = score(made(1000), Lexicon.load("geopolitics"))
    assert read(out)["mentions"].tolist() == want["mentions"].tolist()
    assert capsys.readouterr().out == ""


# --- Interruptions -------------------------------------------------------------------------------------------


def stop_at(monkeypatch, number: int, error: BaseException):
    """Let the writing of that batch fail, with nothing of it written."""
    whole = streams.write_whole

    def writing(path, content):
        if path.name == f"{number:07}.parquet":
            raise error
        return whole(path, content)

    monkeypatch.setattr(streams, "write_whole", writing)


@pytest.mark.parametrize("number", [0, 3, 9])
def test_ctrl_c_loses_and_doubles_nothing(corpus, tmp_path, monkeypatch, number):
    out = tmp_path / "s.parquet"
    with monkeypatch.context() as patched:
        stop_at(patched, number, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt, match=f"after {100 * number:,} articles; run the same again"):
            run(corpus, out, rows=100)
    assert not out.exists()
    done = run(corpus, out, rows=100)
    assert (done.articles, done.resumed) == (1000, number)
    want = score(made(1000), LEXICON)
    assert read(out)["doc_id"].tolist() == want["doc_id"].tolist()
    assert read(out)["mentions"].tolist() == want["mentions"].tolist()
    assert not (tmp_path / "s.parquet.parts").exists()


def test_ctrl_c_on_the_command_line_says_what_was_kept(corpus, tmp_path, monkeypatch, capsys):
    stop_at(monkeypatch, 0, KeyboardInterrupt())
    assert cli.main(["score", str(corpus), "--out", str(tmp_path / "s.parquet")]) == cli.INTERRUPTED
    assert "run the same again" in capsys.readouterr().err


SCRIPT = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background has it ignored
import sys, pandas as pd
from helpers import streams
from helpers.lexicon import Lexicon
lexicon = Lexicon(pd.read_json(sys.argv[3]).astype(str))
streams.score_dataset(sys.argv[1], lexicon, sys.argv[2], rows=40, progress=False)
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_killed_process_goes_on_where_it_stopped(tmp_path, how):
    source, out, terms = tmp_path / "c.parquet", tmp_path / "s.parquet", tmp_path / "terms.json"
    made(1200).to_parquet(source)
    LEXICON.terms[["term", "concept", "frame", "stance"]].to_json(terms)
    command = [sys.executable, "-c", SCRIPT, source, out, terms]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    parts = tmp_path / "s.parquet.parts"
    deadline = time.monotonic() + 60
    while len(list(parts.glob("0*.parquet"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    assert process.wait(60) != 0
    kept = len(list(parts.glob("0*.parquet")))
    assert 3 <= kept < 30
    assert not out.exists()
    assert subprocess.run(command, check=False).returncode == 0
    want = score(made(1200), LEXICON)
    assert read(out)["doc_id"].tolist() == want["doc_id"].tolist()
    assert read(out)["mentions"].tolist() == want["mentions"].tolist()


def test_a_part_that_lost_its_content_is_made_again(corpus, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        stop_at(patched, 5, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(corpus, tmp_path / "s.parquet", rows=100)
    (tmp_path / "s.parquet.parts" / "0000003.parquet").write_bytes(b"")
    assert run(corpus, tmp_path / "s.parquet", rows=100).resumed == 3
    assert read(tmp_path / "s.parquet")["doc_id"].nunique() == 1000


def test_another_source_or_lexicon_does_not_go_on_with_these_parts(corpus, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        stop_at(patched, 2, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            run(corpus, tmp_path / "s.parquet", rows=100)
    with pytest.raises(ValueError, match="another source, lexicon or settings"):
        run(corpus, tmp_path / "s.parquet", rows=101)
    made(999).to_parquet(corpus)
    with pytest.raises(ValueError, match="delete the folder"):
        run(corpus, tmp_path / "s.parquet", rows=100)


# --- Disks and files that fail -------------------------------------------------------------------------------


def test_a_full_disk_says_what_was_kept(corpus, tmp_path, monkeypatch):
    with monkeypatch.context() as patched:
        stop_at(patched, 4, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(OSError, match="disk or the file-size limit is full") as caught:
            run(corpus, tmp_path / "s.parquet", rows=100)
    assert caught.value.errno == errno.ENOSPC
    assert "400 articles were scored and are kept; make room" in str(caught.value)
    assert run(corpus, tmp_path / "s.parquet", rows=100).resumed == 4
    assert read(tmp_path / "s.parquet")["doc_id"].nunique() == 1000


def test_a_file_size_limit_while_joining(corpus, tmp_path):
    """A real failing write: parts are small enough for the limit, the joined file is not."""
    out = tmp_path / "s.parquet"
    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, old[1]))
    try:
        with pytest.raises(OSError, match="1,000 articles were scored and are kept"):
            run(corpus, out, rows=100)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
    assert not out.exists()
    assert len(list((tmp_path / "s.parquet.parts").glob("*.parquet"))) >= 10
    done = run(corpus, out, rows=100)
    assert done.articles == read(out)["doc_id"].nunique() == 1000


def test_a_full_device(corpus, tmp_path):
    """/dev/full fails every write, as a full disk does."""
    if not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    with (
        pytest.raises(OSError, match="No space left") as caught,
        open("/dev/full", "wb", buffering=0) as file,
    ):
        streams._join_csv([_part(tmp_path)], file)
    assert caught.value.errno in streams._FULL


def _part(folder):
    score(made(3), LEXICON).to_parquet(folder / "one.parquet")
    return folder / "one.parquet"


def test_a_parquet_file_cut_short(corpus, tmp_path):
    corpus.write_bytes(corpus.read_bytes()[:-40])
    with pytest.raises(ValueError, match=r"corpus\.parquet: is not a whole Parquet file"):
        run(corpus, tmp_path / "s.parquet")


def test_a_parquet_file_with_a_damaged_middle_keeps_what_came_before(tmp_path):
    path = tmp_path / "n.parquet"
    made(900).to_parquet(path, row_group_size=300, compression="zstd")
    data, place = bytearray(path.read_bytes()), parquet.read_metadata(path).row_group(2).column(1)
    at = place.dictionary_page_offset or place.data_page_offset
    data[at : at + place.total_compressed_size] = b"\xff" * place.total_compressed_size
    path.write_bytes(data)
    with pytest.raises(ValueError, match="is not a whole Parquet file"):
        run(path, tmp_path / "s.parquet", rows=100)
    assert len(list((tmp_path / "s.parquet.parts").glob("*.parquet"))) >= 5


def test_a_gzip_file_cut_short(tmp_path):
    write(made(3000), tmp_path / "n.jsonl.gz")
    (tmp_path / "n.jsonl.gz").write_bytes((tmp_path / "n.jsonl.gz").read_bytes()[:-500])
    with pytest.raises(ValueError, match="damaged or cut short"):
        run(tmp_path / "n.jsonl.gz", tmp_path / "s.parquet")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"columns": {"text": "body"}}, "column 'text' is missing"),
        ({"keep": ["author"]}, "column 'author' is missing"),
        ({"rows": 0}, "rows=0"),
    ],
)
def test_what_is_missing_is_named(corpus, tmp_path, options, message):
    with pytest.raises(ValueError, match=message):
        run(corpus, tmp_path / "s.parquet", **options)


def test_wrong_names_and_types(corpus, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.parquet: no such file"):
        run(tmp_path / "nowhere.parquet", tmp_path / "s.parquet")
    with pytest.raises(ValueError, match="scores are written as"):
        run(corpus, tmp_path / "s.xlsx")
    (tmp_path / "a.txt").write_text("the regime")
    with pytest.raises(ValueError, match="read other files with read_articles"):
        run(tmp_path / "a.txt", tmp_path / "s.parquet")
    with pytest.raises(TypeError, match="must be a Lexicon"):
        score_dataset(corpus, "geopolitics", tmp_path / "s.parquet")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"holds no \.csv"):
        run(tmp_path / "empty", tmp_path / "s.parquet")


def test_an_id_that_stands_twice_in_a_batch(tmp_path):
    made(50).assign(doc_id=[f"a{i % 49}" for i in range(50)]).to_parquet(tmp_path / "n.parquet")
    with pytest.raises(ValueError, match="doc_id 'a0' stands twice, the second time in row 50"):
        run(tmp_path / "n.parquet", tmp_path / "s.parquet")


def test_a_corpus_without_a_word(tmp_path):
    pd.DataFrame({"text": ["", "…"]}).to_parquet(tmp_path / "n.parquet")
    with pytest.raises(ValueError, match="no article with a word"):
        run(tmp_path / "n.parquet", tmp_path / "s.parquet")


# --- Memory --------------------------------------------------------------------------------------------------

MEASURED = """
import json, re, sys
from helpers import Lexicon, score_dataset
done = score_dataset(sys.argv[1], Lexicon.load("geopolitics"), sys.argv[2], progress=False)
print(json.dumps([done.articles, int(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="peak memory is read from Linux' /proc")
def test_memory_is_bounded(tmp_path):
    """300 MB of text in one row group, which a reader might be tempted to take whole."""
    text = "The regime and its government said that the president had left the capital for the summit. " * 700
    number = pa.array(range(4_800)).cast(pa.string())
    table = pa.table({"doc_id": number, "text": pc.binary_join_element_wise(number, text, " ")})
    assert table.nbytes > 300e6
    parquet.write_table(table, tmp_path / "n.parquet", row_group_size=4_800, use_dictionary=False)
    del table
    command = [sys.executable, "-c", MEASURED, tmp_path / "n.parquet", tmp_path / "s.parquet"]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    scored, kilobytes = json.loads(ran.stdout)
    assert scored == 4_800
    assert kilobytes < 600_000, f"{kilobytes / 1000:.0f} MB"
