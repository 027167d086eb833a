"""Fuzz every reader: whatever bytes they are given, they read them or say what is wrong with them.

python tests/fuzz/readers.py --seconds 60

A finding is any error that is not a ValueError or TypeError with a message, a hang, or more memory than 2 GB. Inputs
that made one are kept in .cache/fuzz/ and the exit code is 1.
"""

import argparse
import hashlib
import io
import os
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

KEPT = Path(__file__).parents[2] / ".cache" / "fuzz"
ARTICLES = [".txt", ".md", ".html", ".csv", ".tsv", ".jsonl", ".parquet", ".txt.gz", ".csv.zst", ".jsonl.gz"]
LEXICONS = [".csv", ".tsv", ".json", "+.yml"]
DICTIONARIES = [".dic", ".cat", ".lc3", ".ykd", ".yml", ".json", ".tsv", ".txt"]
OTHERS = ["targets.csv", "meta.json", "words.npz", "terms.npz", "articles.parquet", "text"]
TARGETS = {"articles": ARTICLES, "lexicons": LEXICONS, "dictionaries": DICTIONARIES, "others": OTHERS}


def seeds(kind: str) -> bytes:
    """Return a small good input of a kind, for the fuzzer to begin with."""
    import gzip

    import pandas as pd
    import pyarrow as pa

    table = pd.DataFrame({"text": ["The regime fell. “No,” he said."], "outlet": ["One"]})
    buffer = io.BytesIO()
    table.to_parquet(buffer)
    terms = b"term,concept,frame,stance\ngovernment,government,,neutral\nregime*,government,illegitimacy,critical\n"
    xml = b'<?xml version="1.0"?><dictionary><cnode name="a"><pnode name="b*"/><lnode name="c"/></cnode></dictionary>'
    known = {
        ".csv.zst": pa.compress(b"text,outlet\nThe regime fell.,One\n", "zstd", asbytes=True),
        ".csv": b'text,outlet\n"The regime, fell.",One\n', ".tsv": b"text\toutlet\nThe regime fell.\tOne\n",
        ".jsonl": b'{"text": "The regime fell.", "date": "2024-05-01"}\n', ".parquet": buffer.getvalue(),
        ".html": b"<html><title>T</title><p>The regime fell on Friday, said the minister of the country.</p></html>",
        ".txt.gz": gzip.compress(b"The regime fell."), ".jsonl.gz": gzip.compress(b'{"text": "x"}'), "targets.csv": b"target,kind,alias\nChina,state,Chinese\n",
        "+.yml": b"title: T\nversion: 1\nframes: {a: b}\nsources: [c]\n", ".dic": b"%\n1\tpos\n2\tneg\n%\ngood*\t1\nbad\t2 (3)1/2\n",
        ".cat": b"GOVERNMENT\n\tREGIME (1)\n\tSTATE* (2)\n", ".lc3": xml, ".ykd": xml, ".json": b'{"a": {"b": ["c*"]}}', ".yml": b"a:\n  b: [c*, d e]\n",
        "meta.json": b'{"format": "framing-baseline/1", "title": "x"}', "text": "“No,” he said. The regime’s U.S. ally (so-called) fell.".encode(),
    }  # fmt: skip
    return terms if kind == "lexicon.csv" else known.get(kind, b"The regime fell.")


def reader(target: str, kind: str, folder: Path) -> Callable[[bytes], object]:
    """Return the function that reads bytes as a file of that kind."""
    from helpers import Baseline, Lexicon, Targets, find_mentions, read_articles, read_dictionary

    path = folder / f"a{kind}"
    if target == "articles":
        return lambda data: (path.write_bytes(data), read_articles(path, progress=False))
    if target == "dictionaries":
        return lambda data: (path.write_bytes(data), read_dictionary(path))
    if target == "lexicons":
        table, beside = (folder / "l.csv", folder / "l.yml") if kind == "+.yml" else (path, path)
        if kind == "+.yml":
            table.write_text("term,concept,frame,stance\ngovernment,government,,neutral\n")
        return lambda data: (beside.write_bytes(data), Lexicon.load(table))
    if kind == "targets.csv":
        return lambda data: (path.write_bytes(data), Targets.load(path))
    if kind == "text":
        lexicon = Lexicon.load("geopolitics")
        return lambda data: find_mentions(data.decode("utf-8", "replace"), lexicon)
    import shutil

    home = folder / f"baseline-{kind}"
    shutil.copytree(Path(__file__).parents[2] / "data" / "baselines" / "news", home)
    return lambda data: ((home / kind).write_bytes(data), Baseline.load(home))


def attempt(read: Callable[[bytes], object], data: bytes) -> str | None:
    """Return what went wrong, as type and place, or None where the reader did as it should."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read(data)
    except (ValueError, TypeError) as error:
        # A UnicodeError or a message of some library's insides is no message to a reader.
        return None if str(error).strip() and not isinstance(error, UnicodeError) else where(error)
    except BaseException as error:  # what a reader may not do is just what we look for
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        return where(error)
    return None


def where(error: BaseException) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}: {str(error)[:200]}"


def keep(target: str, kind: str, fault: str, data: bytes) -> Path:
    """Keep an input that made a finding, one for each place."""
    mark = hashlib.sha256(fault.partition(": ")[0].encode()).hexdigest()[:10]
    path = KEPT / "findings" / f"{target}-{kind.strip('.+')}-{mark}"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(data)
        path.with_name(path.name + ".why").write_text(f"{fault}\n", encoding="utf-8")
    return path


def fuzz(target: str, seconds: int) -> None:
    """Fuzz one family of readers in this process; atheris ends the process when the time is over."""
    import atheris

    with atheris.instrument_imports(include=["helpers._readers", "helpers._dictionary_readers", "helpers._lexicon_files",
                                             "helpers._encodings", "helpers.articles", "helpers.dictionaries"]):  # fmt: skip
        import helpers.articles
        import helpers.dictionaries  # noqa: F401
    kinds = TARGETS[target]
    folder = Path(tempfile.mkdtemp(prefix="framing-fuzz-"))
    readers = [reader(target, kind, folder) for kind in kinds]
    corpus = folder / "corpus"
    corpus.mkdir()
    for place, kind in enumerate(kinds):
        seed = seeds("lexicon.csv" if target == "lexicons" and kind == ".csv" else kind)
        (corpus / str(place)).write_bytes(bytes([place]) + seed)

    def one(data: bytes) -> None:
        if data:
            place = data[0] % len(kinds)
            fault = attempt(readers[place], data[1:])
            if fault:
                keep(target, kinds[place], fault, data[1:])

    artifacts = KEPT / "findings" / f"{target}-"
    artifacts.parent.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds}", "-timeout=20", "-rss_limit_mb=2048", "-max_len=8192", "-verbosity=0", "-print_final_stats=1",
               f"-artifact_prefix={artifacts}", "-use_value_profile=1"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="for all families together")
    parser.add_argument("--target", choices=TARGETS, help="only this family, in this process")
    options = parser.parse_args()
    if options.target:
        fuzz(options.target, options.seconds)
        return 0
    before = set((KEPT / "findings").glob("*"))
    share = max(options.seconds // len(TARGETS), 5)
    for target in TARGETS:
        command = [sys.executable, __file__, "--target", target, "--seconds", str(share)]
        run = subprocess.run(
            command, capture_output=True, text=True, env={**os.environ, "TQDM_DISABLE": "1"}, check=False
        )
        runs = [
            line.split(":")[-1].strip()
            for line in run.stderr.splitlines()
            if "number_of_executed_units" in line
        ]
        print(
            f"{target}: {len(TARGETS[target])} kinds of input, {runs[0] if runs else 'no'} runs in {share} s, exit code {run.returncode}"
        )
        if run.returncode:
            print(run.stderr[-3000:])
            (KEPT / "findings").mkdir(parents=True, exist_ok=True)
            (KEPT / "findings" / f"{target}-ended.why").write_text(
                f"exit code {run.returncode}\n{run.stderr[-3000:]}"
            )
    found = sorted(path for path in set((KEPT / "findings").glob("*")) - before if path.suffix == ".why")
    for path in found:
        print(f"finding {path.name}: {path.read_text(encoding='utf-8').splitlines()[0]}")
    print(f"{len(found)} findings")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
