"""The matcher against examples worked by hand, and against the plain reference in reference.py."""

import pickle
import threading
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import reference
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from helpers import _scan, engine
from helpers.engine import CompiledTerms, compile_terms, count_words, scan


def found(text: str, *terms: str) -> list[tuple[str, str]]:
    """The places as (text of the place, term)."""
    hits = scan([text], compile_terms(terms))
    return [
        (text[s:e], terms[t])
        for s, e, t in zip(hits.start.tolist(), hits.end.tolist(), hits.term.tolist(), strict=True)
    ]


def places(text: str, *terms: str) -> list[str]:
    return [place for place, _ in found(text, *terms)]


def rows(hits, doc: int) -> list[tuple[int, int, int]]:
    mine = hits.doc == doc
    columns = (hits.start[mine].tolist(), hits.end[mine].tolist(), hits.term[mine].tolist())
    return list(zip(*columns, strict=True))


# --- Words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        (" \n\t", 0),
        ("regime", 1),
        ("The regime’s army", 3),
        ("regime-backed", 2),
        ("snake_case", 2),
        ("rock 'n' roll", 3),
        ("'quoted'", 1),
        ("don't won’t o''clock", 4),
        ("l’État c’est moi", 3),
        ("U.S. troops", 3),
        ("Привет, мир", 2),
        ("中国政府。", 1),
        ("cafe\u0301s", 2),  # a combining mark is not a letter
        ("a😀b", 2),
        ("a\x00b", 2),
        ("3,000", 2),
        ("²½Ⅷ", 1),
        ("a\u00adb", 2),
    ],
)
def test_words(text, number):
    assert count_words([text]).tolist() == [number] == [reference.scan(text, [])[0]]


def test_documents_never_join():
    texts = ["tax", "regime", "", "'s", "tax ", "regime"]
    hits = scan(texts, compile_terms(["tax regime", "regime", "taxregime"]))
    assert hits.words.tolist() == [1, 1, 0, 1, 1, 1]
    assert (hits.doc.tolist(), hits.term.tolist()) == ([1, 5], [1, 1])


def test_words_across_lanes_and_blocks():
    """Lengths around the 64 bytes and the block that are looked at together."""
    for size in [
        *range(60, 70),
        *range(126, 131),
        _scan.BLOCK - 1,
        _scan.BLOCK,
        _scan.BLOCK + 1,
        3 * _scan.BLOCK,
    ]:
        for text in [
            "x" * size + " regime",
            "x " * (size // 2) + "regime’s",
            "é" * size + "-regime",
            " " * size + "regime",
        ]:
            hits = scan([text, text], compile_terms(["regime"]))
            n, want = reference.scan(text, ["regime"])
            assert hits.words.tolist() == [n, n]
            assert rows(hits, 0) == rows(hits, 1) == want != []


# --- The rules -----------------------------------------------------------------------------------------------


def test_case_is_ignored_unless_a_capital_asks_for_it():
    assert places("Regime REGIME regime reGime", "regime") == ["Regime", "REGIME", "regime", "reGime"]
    assert places("turkey Turkey TURKEY tURKEY", "Turkey") == ["Turkey", "TURKEY"]
    assert places("communist party Communist Party COMMUNIST PARTY communist Party", "Communist Party") == [
        "Communist Party",
        "COMMUNIST PARTY",
    ]
    assert places("usAID USAID UsAID usaid", "USaid") == ["USAID"]
    assert places("islamoPhobia islamophobia", "*Phobia") == ["islamoPhobia"]
    assert places("preNATOist NATO prenato", "*NATO*") == ["preNATOist", "NATO"]
    assert places("Putinism putinism", "Putin*") == ["Putinism"]


def test_folding_is_by_single_characters():
    assert places("ÉTAT État état", "état") == ["ÉTAT", "État", "état"]
    assert places("ПУТИН Путин", "путин") == ["ПУТИН", "Путин"]
    assert places("STRASSE STRAẞE straße", "straße") == ["STRAẞE", "straße"]
    assert places("İstanbul istanbul Istanbul", "istanbul") == ["istanbul", "Istanbul"]
    assert places("İstanbul istanbul", "İstanbul") == ["İstanbul"]
    assert places("\u212aelvin", "kelvin") == ["\u212aelvin"]  # the Kelvin sign folds to k
    assert places("ΛΌΓΟΣ λόγος", "λόγοσ") == ["ΛΌΓΟΣ"]  # a final sigma is a letter of its own


def test_wildcards():
    assert places("terror terrorist’s terrorists counterterror", "terror*") == [
        "terror",
        "terrorist",
        "terrorists",
    ]
    assert places("phobia islamophobia islamophobic", "*phobia") == ["phobia", "islamophobia"]
    assert places("pre-islam unislamic islam", "*islam*") == ["islam", "unislamic", "islam"]
    assert places("do don't doing", "do*") == [
        "do",
        "doing",
    ]  # a run of letters and digits holds no apostrophe
    assert places("d'ivoire ivoire", "*ivoire") == ["ivoire"]
    assert places("an 'uber' a a1", "a*", "u*") == ["an", "uber", "a", "a1"]
    assert places("x2 2x x", "*2") == ["x2"]
    assert places("Über über uber", "üb*") == ["Über", "über"]


def test_lone_star_is_one_whole_word():
    assert places("the so-called People’s Republic", "so-called *") == ["so-called People"]
    assert places("war on terror; war on o'neill now; war on. it", "war on *") == [
        "war on terror",
        "war on o'neill",
    ]
    assert places("state of the union", "state * * union", "state") == ["state of the union"]
    # The next word is looked at before a phrase is: a lone * lets any pass.
    assert places("tax regime, state of the union", "state * * union", "tax regime") == [
        "tax regime",
        "state of the union",
    ]
    assert places("the regime. a regime", "* regime") == ["the regime", "a regime"]


@pytest.mark.parametrize(
    "joint", [" ", "  ", "\t", "\u00a0", "\n", " \r\n ", "\r", "\u2028", "\u3000", *"-‐‑–—"]
)
def test_joints_that_hold(joint):
    assert places(f"a client{joint}state.", "client state", "client") == [f"client{joint}state"]
    assert places(f"a client{joint}state.", "client-state", "state") == [f"client{joint}state"]


@pytest.mark.parametrize(
    "joint",
    [
        "",
        "\n\n",
        "\r\n\r\n",
        "\n \n",
        "\r\r",
        "\u2029",
        " - ",
        "--",
        "-\n",
        ", ",
        ".",
        "_",
        "'",
        "\x00",
        "\u200b",
        "/",
    ],
)
def test_joints_that_part(joint):
    assert places(f"client{joint}state", "client state") == []


def test_apostrophes_and_possessives():
    assert places("The regime's, regime’s, REGIME’S, regimes' regime", "regime") == [
        "regime", "regime", "REGIME", "regimes"[:0] or "regime",
    ]  # fmt: skip
    assert places("people’s republic people's republic's", "people's republic") == [
        "people’s republic",
        "people's republic",
    ]
    assert places("the regime's army", "regime army") == []
    assert found("regime's regime", "regime", "regime's") == [("regime's", "regime's"), ("regime", "regime")]
    assert places("it’s it's", "it's") == ["it’s", "it's"]
    assert places("us's us’s", "us") == ["us", "us"]
    assert places("x's's", "x's") == ["x's"]
    assert places("xenophobia’s end", "*phobia") == ["xenophobia"]


def test_longest_from_the_left_wins():
    assert found("the tax regime", "regime", "tax regime") == [("tax regime", "tax regime")]
    assert found("tax regime change", "tax regime", "regime change agents", "regime change") == [
        ("tax regime", "tax regime")
    ]
    assert found("Communist Party of China", "communist*", "Communist Party of *") == [
        ("Communist Party of China", "Communist Party of *")
    ]
    assert found("communist party of China", "communist*", "Communist Party of *") == [
        ("communist", "communist*")
    ]
    assert found("a b a b c", "a b", "b a b c") == [("a b", "a b"), ("a b", "a b")]


def test_ties():
    assert found("Terror", "terror*", "Terror*", "terror", "Terror")[0][1] == "Terror"
    assert found("Terror", "terror*", "Terror*", "terror")[0][1] == "terror"
    assert found("Terror", "terror*", "Terror*")[0][1] == "Terror*"
    assert found("Terror", "terro*", "terror*")[0][1] == "terro*"
    assert found("tax regime", "tax *", "* regime", "tax-regime", "tax regime")[0][1] == "tax-regime"


def test_offsets_count_characters():
    text = "😀 “é” — Путин’s regime, İ ß 中 regime’s\x00regime"
    assert places(text, "regime", "путин") == ["Путин", "regime", "regime", "regime"]


def test_moscow_article(moscow):
    lexicon = [
        "regime",
        "communist",
        "Communist Party",
        "Communist Party of *",
        "conquest",
        "de facto alliance",
    ]
    counts = pd.Series([term for _, term in found(moscow, *lexicon)]).value_counts()
    assert counts.get("regime") == 2
    assert counts.get("de facto alliance") == counts.get("conquest") == 1
    assert_agreement([moscow], lexicon)


# --- Agreement with the reference ----------------------------------------------------------------------------

LETTERS = [*"aAbBsSiIkK1éÉжЖßẞİıΣσςابÄä中ⅷⅧ", "𝒜", "\u0301", "😀", "ǅ", "\u212a"]
BETWEEN = [
    " ", " ", " ", "  ", "\n", "\r\n", "\n\n", "\t", *"-‐‑–—_*.,'’“”", "'s", "’s", "'S", "\x00", "\x1c", "\x1f", "\x85",
    "\u00a0", "\u00ad", "\u200b", "\u2028", "\u2029", "\u3000", " - ", "\r", "\ud800",
]  # fmt: skip
WORDS = st.text(st.sampled_from(LETTERS[:6] * 4 + LETTERS), min_size=1, max_size=6)
TEXTS = st.lists(st.one_of(WORDS, st.sampled_from(BETWEEN), st.sampled_from(BETWEEN)), max_size=60).map(
    "".join
)


@st.composite
def terms(draw):
    parts = draw(st.lists(WORDS, min_size=1, max_size=3))
    for i, part in enumerate(parts):
        before, after = draw(st.sampled_from(["", "", "*"])), draw(st.sampled_from(["", "", "*", "'s", "’a"]))
        parts[i] = draw(st.sampled_from(["*", *[before + part + after] * 8]))
    return draw(st.sampled_from([" ", "-"])).join(parts)


def accepted(term: str) -> bool:
    try:
        compile_terms([term])
    except ValueError:
        return False
    return True


def assert_agreement(texts, lexicon, threads=1):
    hits = scan(texts, compile_terms(lexicon), threads=threads)
    for doc, text in enumerate(texts):
        n_words, want = reference.scan(text, lexicon)
        assert (hits.words[doc], rows(hits, doc)) == (n_words, want)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(terms().filter(accepted), max_size=12))
@example(["a’'b a'’b a''b", "a’b’s’s"], ["a'b", "a*", "b's", "*s"])
@example(["aa ab abb", "AA’S"], ["a*", "aa*", "aaa*", "*a", "*a*", "*b*", "A*", "aA*"])
def test_agrees_with_the_reference(texts, lexicon):
    assert_agreement(texts, lexicon)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.lists(st.text(max_size=8).filter(accepted), max_size=8))
def test_agrees_on_any_unicode(text, lexicon):
    assert_agreement([text, "", text], lexicon)


@pytest.mark.parametrize(
    ("text", "lexicon"),
    [
        ("Режим Путина; режимом, РЕЖИМА — режим-марионетка", ["режим*", "режим марионетка", "Путин*"]),
        ("Το καθεστώς, ΚΑΘΕΣΤΩΣ του Άσαντ", ["καθεστώς", "άσαντ", "καθεσ*"]),
        ("النظام السوري، نظام الأسد", ["النظام السوري", "نظام *", "*نظام"]),
        ("Das Regime, Unrechtsregimes, Größe GRÖSSE Maß", ["*regime*", "größe", "maß", "unrechts*"]),
        ("政权 政府，政权", ["政权", "*府"]),
        ("नमस्ते दुनिया", ["दुनिया", "*स*"]),
    ],
)
def test_agrees_in_other_scripts(text, lexicon):
    assert_agreement([text], lexicon)
    assert rows(scan([text], compile_terms(lexicon)), 0)


@pytest.mark.slow
@pytest.mark.shared
def test_agrees_on_news(shared_data):
    every = pd.read_parquet(shared_data / "outlet_articles.parquet", columns=["text"])["text"]
    texts = every[1::6].reset_index(drop=True)  # the reference is slow
    lexicon = [
        "regime",
        "regime change",
        "Communist Party of *",
        "*phobia",
        "terror*",
        "people's republic",
        "so-called *",
    ]
    hits, read = scan(texts, compile_terms(lexicon)), reference.reader(lexicon)
    places = list(zip(hits.start.tolist(), hits.end.tolist(), hits.term.tolist(), strict=True))
    starts = np.searchsorted(hits.doc, np.arange(len(texts) + 1))
    assert len(texts) == 1207
    assert set(hits.term.tolist()) == set(range(len(lexicon)))
    for doc, text in enumerate(texts):
        assert (hits.words[doc], places[starts[doc] : starts[doc + 1]]) == read(text)


# --- Forms of input ------------------------------------------------------------------------------------------

NEWS = ["The regime’s “tax regime”.", "", "Über-Regime 😀 regime", "no match"]
TERMS = ["regime", "tax regime"]
WANT = [(0, 4, 10, 0), (0, 14, 24, 1), (2, 5, 11, 0), (2, 14, 20, 0)]


@pytest.mark.parametrize(
    "texts",
    [
        NEWS,
        tuple(NEWS),
        np.array(NEWS, dtype=object),
        pd.Series(NEWS),
        pd.Series(NEWS, dtype=object),
        pd.Series(NEWS, dtype="string[pyarrow]"),
        pd.Series(NEWS, dtype=pd.ArrowDtype(pa.large_string())),
        pd.Series(NEWS, index=[9, 9, 1, 0]),
        pd.Series(["x", *NEWS, "y"]).iloc[1:-1],
        pa.array(NEWS),
        pa.array(NEWS, pa.large_string()),
        pa.array(NEWS, pa.string_view()),
        pa.array(NEWS).dictionary_encode(),
        pa.array(["pad", *NEWS, "regime"]).slice(1, 4),
        pa.chunked_array([NEWS[:1], [], NEWS[1:]]),
        pa.table({"text": NEWS})["text"],
    ],
    ids=lambda texts: f"{type(texts).__name__} {getattr(texts, 'dtype', getattr(texts, 'type', ''))}",
)
def test_forms_of_input(texts):
    hits = scan(texts, compile_terms(TERMS))
    assert list(zip(hits.doc, hits.start, hits.end, hits.term, strict=True)) == WANT
    assert hits.words.tolist() == [4, 0, 3, 2]
    assert len(hits) == 4


def test_one_string_is_one_text():
    assert scan("the regime", compile_terms(TERMS)).words.tolist() == [2]


def test_nothing_to_read():
    for texts in (
        [],
        pd.Series([], dtype="str"),
        pa.array([], pa.string()),
        pa.chunked_array([], pa.string()),
    ):
        hits = scan(texts, compile_terms(TERMS))
        assert [len(column) for column in (hits.words, hits.doc, hits.start, hits.end, hits.term)] == [0] * 5
    assert count_words([""]).tolist() == [0]
    assert len(scan(NEWS, compile_terms([]))) == 0


@pytest.mark.parametrize(
    "texts", [["a", None], ["a", np.nan], pd.Series(["a", None]), pa.array(["a", None]), ["a", pd.NA]]
)
def test_a_missing_text_is_named(texts):
    with pytest.raises(ValueError, match="row 1 is missing"):
        scan(texts, compile_terms(TERMS))


def test_what_is_not_text():
    with pytest.raises(TypeError, match="row 0 is int"):
        count_words([3])
    with pytest.raises(TypeError, match="int64"):
        count_words(pa.array([3]))
    with pytest.raises(ValueError, match="threads"):
        count_words(["a"], threads=-1)


def test_lone_surrogates_are_no_letters():
    text = "a\ud800regime\udfff's"
    hits = scan([text], compile_terms(["regime"]))
    assert (hits.words.tolist(), rows(hits, 0)) == ([3], [(2, 8, 0)])


def test_bytes_that_are_not_utf8_stay_within_their_text():
    data = np.frombuffer(b"regime \xff\xc3 regime\xe2\x80\xf0" + b"regime", np.uint8)
    offsets = np.array([0, len(data) - 6, len(data)], np.int64)
    tables = compile_terms(["regime"]).tables
    words, n_hits, _ = _scan.scan_documents(data, offsets, tables, _scan.new_memo(tables, len(data)), True)
    assert (words.tolist(), n_hits.tolist()) == ([2, 1], [2, 1])


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_threads_do_not_change_the_result(threads, monkeypatch):
    monkeypatch.setattr(engine, "_TASK_BYTES", 64)
    monkeypatch.setattr(engine, "_PIECE_BYTES", 200)
    texts = [f"{i} {text} {'regime ' * (i % 5)}" for i in range(60) for text in NEWS]
    for form in (texts, pd.Series(texts), pa.chunked_array([texts[:7], texts[7:]])):
        one, many = (
            scan(form, compile_terms(TERMS), threads=1),
            scan(form, compile_terms(TERMS), threads=threads),
        )
        for name in ("words", "doc", "start", "end", "term"):
            np.testing.assert_array_equal(getattr(one, name), getattr(many, name))


def test_one_compiled_lexicon_serves_many_threads():
    compiled, results = compile_terms(TERMS), []
    workers = [
        threading.Thread(target=lambda: results.append(len(scan(NEWS * 50, compiled)))) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [200] * 4


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_arrow_memory_is_read_where_it_lies(kind):
    series = pd.Series(["the regime " * 10] * 20, dtype=pd.ArrowDtype(kind))
    chunk = series.array.__arrow_array__().chunk(0)
    ((data, offsets),) = engine._pieces(series)
    assert data.ctypes.data == chunk.buffers()[2].address
    assert offsets[-1] - offsets[0] == 20 * 110


# --- Terms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("term", ["", " ", "*", "* *", "—", "**", "_", "😀"])
def test_a_term_without_a_word(term):
    with pytest.raises(ValueError, match="no word"):
        compile_terms(["regime", term])


@pytest.mark.parametrize("term", ["wom*n", "a*b*", "*'s", "o'*", "terror*ist party"])
def test_a_star_inside_a_word(term):
    with pytest.raises(ValueError, match="start or the end"):
        compile_terms([term])


def test_a_term_that_is_not_text():
    with pytest.raises(TypeError, match="NoneType"):
        compile_terms([None])  # type: ignore[list-item]


def test_compiled_terms_travel():
    compiled = compile_terms(TERMS)
    copy = pickle.loads(pickle.dumps(compiled))
    assert isinstance(copy, CompiledTerms)
    assert copy.terms == compiled.terms == tuple(TERMS)
    assert repr(copy) == "CompiledTerms(2 terms)"
    np.testing.assert_array_equal(scan(NEWS, copy).start, scan(NEWS, compiled).start)


# --- Large and hostile input ---------------------------------------------------------------------------------


def test_a_forgetful_memo_changes_nothing():
    """More spellings than the memo holds, all of them terms, in two rounds."""
    words = [f"a{i:x}" for i in range(90_000)]
    hits = scan([" ".join(words * 2)], compile_terms([*words[::3], "a1 a2", "a*"]))
    assert len(hits) == 2 * len(words) - 2
    assert np.bincount(hits.term, minlength=30_002)[:30_000].tolist() == [2, *[2] * 29_999]


def test_many_overlapping_wildcards():
    stems = sorted({f"{i:04x}"[:k] for i in range(0, 65536, 5) for k in (2, 3, 4)})
    lexicon = [f"*{s}" if i % 3 == 0 else f"{s}*" if i % 3 == 1 else f"*{s}*" for i, s in enumerate(stems)]
    assert_agreement(["ab12 0000ffff x9 deadbeef’s " * 2], lexicon[:: max(1, len(lexicon) // 2000)])
    assert len(scan(["deadbeef " * 500], compile_terms(lexicon))) == 500


def test_one_huge_word_and_one_huge_text():
    word = "é" * 400_000
    hits = scan([f"{word} regime", "the regime " * 200_000], compile_terms(["regime", "é*", "*z"]))
    assert hits.words.tolist() == [2, 400_000]
    assert np.bincount(hits.doc).tolist() == [2, 200_000]
    assert rows(hits, 0) == [(0, 400_000, 1), (400_001, 400_007, 0)]
    assert hits.start[-1] == 199_999 * 11 + 4


def seconds_of(function) -> float:
    start = time.process_time()
    function()
    return time.process_time() - start


@pytest.mark.slow
def test_time_grows_with_the_text_and_not_with_the_lexicon():
    """200,000 terms, a quarter of them wildcards that overlap: compiled and used in bounded time."""
    forms = ("{}", "{}*", "{} {}", "{}")
    lexicon = [forms[i % 4].format(f"w{i:05x}", f"w{i + 1:05x}") for i in range(200_000)]
    start = time.process_time()
    compiled = compile_terms(lexicon)
    assert time.process_time() - start < 20
    text = " ".join(f"w{i:05x}" for i in range(0, 200_000, 3))
    scan([text], compiled)
    one, four = (seconds_of(lambda n=n: scan([text] * n, compiled, threads=1)) for n in (1, 4))
    assert four < 6 * max(one, 0.02)
    stand_alone = [i for i in range(0, 200_000, 3) if i % 4 != 2]  # no phrase's second word follows its first
    assert len(scan([text], compiled)) == len(stand_alone) == 50_000


def test_time_is_linear_under_overlapping_wildcards():
    """50,000 wildcards such that very many fit one word."""
    stems = [f"*{'ab' * (i % 40)}{i:x}*" for i in range(25_000)]
    stems += [f"{'ab' * (i % 40)}{i:x}*" for i in range(25_000)]
    compiled = compile_terms(stems)
    words = ["ab" * 60 + f"{i:x}" for i in range(2_000)]
    scan(["regime"], compiled)
    once, twice = (seconds_of(lambda n=n: scan([" ".join(words[:n])], compiled)) for n in (1_000, 2_000))
    assert twice < 4 * max(once, 0.02)


def test_one_article_of_many_megabytes():
    """A single text far larger than the pieces of work: in proportion to its length."""
    sentence = "The regime and the government said so; naïve “regime” talk went on and on in the capital. "
    compiled = compile_terms(TERMS)
    small, large = sentence * 20_000, sentence * 160_000
    scan([small], compiled)
    times = [seconds_of(lambda text=text: scan([text], compiled)) for text in (small, large)]
    assert times[1] < 16 * max(times[0], 0.01)
    hits = scan([large], compiled)
    assert len(hits) == 320_000
    assert large[hits.start[-1] : hits.end[-1]] == "regime"
