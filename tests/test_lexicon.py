"""The Lexicon: reading what spreadsheets make of it, faults with their place, unions, parts, checks."""

import copy
import io
import json
import pickle
import time

import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import lexicon_check
from helpers.lexicon import Lexicon
from helpers.lexicon_explain import explain_term

CSV = """term,concept,frame,stance,weight,note,camp
regime*,government,illegitimacy,critical,0.8,"says it has no right, to rule",west
strongman,ruler,illegitimacy,critical,,,west
government*,government,,neutral,,,
president*,ruler,,neutral,,,
people's government,government,euphemism,favourable,0.5,,east
tax regime,,,ignore,,,
"""
YAML = """title: Small lexicon
version: 1.0
language: en
licence: CC0-1.0
sources:
  - Written for the tests
frames:
  illegitimacy: says that somebody has no right to rule
  euphemism: calls it better than it is
concepts:
  ruler: who rules
  government: those who rule a state
"""


@pytest.fixture
def files(tmp_path):
    (tmp_path / "small.csv").write_text(CSV, encoding="utf-8")
    (tmp_path / "small.yml").write_text(YAML, encoding="utf-8")
    return tmp_path


@pytest.fixture
def small(files):
    return Lexicon.load(files / "small.csv")


def build(*rows, **meta):
    """Make a lexicon of (term, concept, frame, stance) rows."""
    columns = ["term", "concept", "frame", "stance"]
    return Lexicon(pd.DataFrame(list(rows), columns=columns, dtype=object), {"name": "test", **meta})


def found(lexicon, problem, **more):
    report = lexicon_check.check_lexicon(lexicon, **more)
    return report[report["problem"] == problem].set_index("term")


# --- reading ------------------------------------------------------------------------------------------


def test_reads_terms_and_description(small):
    terms = small.terms
    assert list(terms.columns) == ["term", "concept", "frame", "stance", "weight", "note", "lexicon", "camp"]
    assert terms["weight"].tolist() == [0.8, 1.0, 0.0, 0.0, 0.5, 0.0]
    assert terms["note"][0] == "says it has no right, to rule"
    assert (small.name, small.title, small.version, small.language) == ("small", "Small lexicon", "1.0", "en")
    assert (small.licence, small.sources, small.kind) == ("CC0-1.0", ["Written for the tests"], "choice")
    assert list(small.concepts) == ["ruler", "government"]
    assert small.frames["euphemism"] == "calls it better than it is"
    assert small.lines == (2, 3, 4, 5, 6, 7)
    assert small.patterns[0] == "regime*"
    assert len(small.compiled.terms) == len(small) == 6
    assert small.neutral_alternatives("government") == ["government"]
    assert small.alternatives("ruler", "critical") == ["strongman"]
    assert repr(small) == "<Lexicon small: 6 terms, 2 concepts, 2 frames>"


def as_semicolons(text):
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    frame["weight"] = frame["weight"].str.replace(".", ",")
    return frame.to_csv(sep=";", index=False)


@pytest.mark.parametrize(
    "data",
    [
        CSV.replace("\n", "\r\n").encode(),
        CSV.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + as_semicolons(CSV).replace("\n", "\r\n").encode(),
        b"sep=;\r\n" + as_semicolons(CSV).replace("\n", "\r\n").encode(),
        pd.read_csv(io.StringIO(CSV), dtype=str).to_csv(sep="\t", index=False).encode("utf-16"),
        CSV.replace("term,concept", "Term, Concept ").replace("critical", "Critical").encode(),
        CSV.replace("favourable", "favorable").replace("\n", "\n\n").encode(),
    ],
    ids=["crlf", "cr", "excel", "sep line", "utf-16 tabs", "capitals", "blank lines"],
)
def test_same_content_has_the_same_hash_however_it_was_saved(files, small, data):
    (files / "small.csv").write_bytes(data)
    assert Lexicon.load(files / "small.csv").sha256 == small.sha256


def test_reads_an_encoding_that_is_not_utf8(tmp_path):
    text = "term,concept,frame,stance,note\nrégime fantôche,gouvernement,illégitimité,critical,très chargé à côté\n"
    text += "gouvernement,gouvernement,,neutral,mot plutôt général où l'été dernier a été évoqué\n"
    (tmp_path / "fr.csv").write_bytes(text.encode("cp1252"))
    assert Lexicon.load(tmp_path / "fr.csv").patterns[0] == "régime fantôche"
    assert Lexicon.load(tmp_path / "fr.csv", encoding="cp1252").terms["frame"][0] == "illégitimité"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((",neutral,", ",neutrl,"), "line 4, column 'stance': 'neutrl' is none of .*did you mean 'neutral'"),
        (("0.8", "1.8"), "line 2, column 'weight': '1.8' is not a number from 0 to 1"),
        (("0.8", "much"), "line 2, column 'weight': 'much'"),
        (("0.8", "nan"), "line 2, column 'weight': 'nan'"),
        (("strongman", " "), "line 3, column 'term': is empty"),
        (("strongman", "!*"), "line 3, column 'term': '!\\*' has no letter"),
        (("strongman", "strong*man"), "line 3, column 'term': 'strong\\*man' has a \\* inside a word"),
        (
            ("strongman,ruler", "strongman,"),
            "line 3, column 'concept': is empty for the critical term 'strongman'",
        ),
        (
            ("ruler,illegitimacy", "ruler,"),
            "line 3, column 'frame': is empty for the critical term 'strongman'",
        ),
        (
            ("government*,government,,", "government*,government,euphemism,"),
            "line 4, column 'frame': .*neutral term",
        ),
        (
            ("strongman,ruler", "strongman,ruller"),
            "line 3, column 'concept': 'ruller' is not defined .*'ruler'",
        ),
        (
            ("ruler,illegitimacy", "ruler,zzz"),
            "line 3, column 'frame': 'zzz' is not defined .* add it under 'frames:'",
        ),
        (("stance", "stanze"), "line 1, column 'stance': is missing; rename 'stanze'"),
        (("term,", "camp,"), "column 'term': is missing"),
        (("weight", "note"), "column 'note': stands twice"),
        (("strongman,", "strongman,x,"), "line 3: has 8 cells where the header has 7"),
        (('"says', "says"), "line 2: has 8 cells"),
    ],
)
def test_faults_name_line_column_and_remedy(files, change, message):
    (files / "small.csv").write_text(CSV.replace(change[0], change[1], 1))
    with pytest.raises(ValueError, match=message) as error:
        Lexicon.load(files / "small.csv")
    assert "small.csv" in str(error.value)


def test_many_faults_are_told_at_once_and_counted(tmp_path):
    rows = "".join(f"w{i},c,f,wrong\n" for i in range(30))
    (tmp_path / "bad.csv").write_text("term,concept,frame,stance\n" + rows)
    with pytest.raises(ValueError, match="and 20 more like these") as error:
        Lexicon.load(tmp_path / "bad.csv")
    assert "line 11" in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("term,concept,frame,stance\n", "holds no term"),
        ('term,concept,frame,stance\n"a,b,c,neutral\n', "line"),
        ("a,b\n1,2\n", "column 'term': is missing; add it"),
    ],
)
def test_files_without_terms_are_refused(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        Lexicon.load(tmp_path / "x.csv")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("title: [a", "small.yml, line"),
        ("- a\n- b\n", "must hold 'key: value' lines"),
        ("title: a\ntitle: b\n", "line 2: 'title' stands twice"),
        ("kind: graph\n", "'graph' is not a kind"),
        ("frames: threat\n", "column 'frames': must map names to definitions"),
        ("a: " + "[" * 100_000, "nested more than 50 levels"),
        (
            "a: &a [x, x, x]\n"
            + "".join(
                f"k{i}: &k{i} [{', '.join(['*' + p] * 9)}]\n"
                for i, p in enumerate(["a", *(f"k{j}" for j in range(9))])
            ),
            "unpacks to more than",
        ),
        ("a: &a [*a]\n", "holds itself"),
    ],
)
def test_bad_descriptions_are_refused(files, text, message):
    (files / "small.yml").write_text(text)
    with pytest.raises(ValueError, match=message):
        Lexicon.load(files / "small.csv")


def test_description_may_list_names_only_and_have_one_source(files):
    (files / "small.yml").unlink()
    (files / "small.yaml").write_text(
        "concepts: [government, ruler]\nsources: a book\nreviewed: 2024-01-01\nempty:\n"
    )
    lexicon = Lexicon.load(files / "small.csv")
    assert lexicon.concepts == {"government": "", "ruler": ""}
    assert lexicon.sources == ["a book"]
    assert (lexicon.meta["reviewed"], lexicon.meta["empty"]) == ("2024-01-01", "")


def test_shipped_names(monkeypatch, files):
    monkeypatch.setattr("helpers.lexicon.data_path", lambda *parts: files.joinpath(*parts[1:]))
    monkeypatch.setattr("helpers._lexicon_files.data_path", lambda *parts: files.joinpath(*parts[1:]))
    (files / "other.csv").write_text("term,concept,frame,stance\njunta,government,illegitimacy,critical\n")
    (files / "graded.csv").write_text("term,concept,frame,stance,weight\nvile,,,,-2.5\n")
    (files / "graded.yml").write_text("kind: graded\n")
    assert Lexicon.available() == ["graded", "other", "small"]
    assert Lexicon.load("small").name == "small"
    assert Lexicon.load("graded").terms["weight"].tolist() == [-2.5]
    both = Lexicon.load_all()
    assert set(both.terms["lexicon"]) == {"other", "small"}
    with pytest.raises(ValueError, match=r"'smal'; did you mean 'small'\? Known ones: graded, other, small"):
        Lexicon.load("smal")
    with pytest.raises(ValueError, match="Known ones"):
        Lexicon.load("no/such.csv")
    with pytest.raises(ValueError, match="a graded one"):
        Lexicon.load("small") | Lexicon.load("graded")
    for path in files.iterdir():
        path.unlink()
    with pytest.raises(ValueError, match="no lexicon is shipped"):
        Lexicon.load_all()


@pytest.mark.slow
def test_every_shipped_lexicon_loads_and_has_no_error():
    for name in Lexicon.available():
        lexicon = Lexicon.load(name)
        assert lexicon.name == name
        assert Lexicon.from_json(lexicon.to_json()) == lexicon
        report = lexicon.check()
        assert report[report["severity"] == "error"].empty, report.head(10).to_string()


def test_a_stray_quotation_mark_does_not_swallow_the_rest(tmp_path):
    (tmp_path / "x.csv").write_text(
        'term,concept,frame,stance,note\na,b,,neutral,ok\nc,b,,neutral,"open\nd,b,,neutral,\n'
    )
    with pytest.raises(ValueError, match=r"x\.csv, line 3: .* quotation mark"):
        Lexicon.load(tmp_path / "x.csv")


def test_from_a_frame():
    with pytest.raises(TypeError, match="must be a DataFrame"):
        Lexicon([("a", "b")])
    with pytest.raises(ValueError, match="column 'stance': is missing"):
        Lexicon(pd.DataFrame({"term": ["a"], "concept": ["b"], "frame": [""]}))
    with pytest.raises(ValueError, match="terms, row 7, column 'stance'"):
        Lexicon(pd.DataFrame({"term": ["a"], "concept": ["b"], "frame": [None], "stance": ["x"]}, index=[7]))
    with pytest.raises(ValueError, match="half a character"):
        build(("a\ud800", "b", "", "neutral"))
    lexicon = Lexicon(
        pd.DataFrame({"term": ["a"], "concept": ["b"], "frame": [None], "stance": ["neutral"], "seen": [3]})
    )
    assert lexicon.terms["seen"].tolist() == ["3"]
    assert lexicon.lines == (None,)


# --- what it promises ---------------------------------------------------------------------------------

WORDS = st.text(st.characters(categories=["L", "N"], max_codepoint=0x2FFF), min_size=1, max_size=8)
TERMS = st.builds(
    lambda words, end: " ".join(words) + end,
    st.lists(WORDS, min_size=1, max_size=3),
    st.sampled_from(["", "*"]),
)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)
NOTES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@st.composite
def lexicons(draw):
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        stance = draw(st.sampled_from(["critical", "neutral", "favourable", "ignore"]))
        frame = draw(NAMES) if stance in ("critical", "favourable") else ""
        weight = draw(st.floats(0, 1))
        rows.append((draw(TERMS), draw(NAMES), frame, stance, weight, draw(NOTES), draw(NOTES)))
    columns = ["term", "concept", "frame", "stance", "weight", "note", "camp"]
    meta = {
        "name": draw(NAMES),
        "title": draw(NOTES),
        "version": draw(NOTES),
        "sources": draw(st.lists(NOTES, max_size=2)),
    }
    if draw(st.booleans()):
        meta["concepts"] = {row[1]: draw(NOTES) for row in rows}
    return Lexicon(pd.DataFrame(rows, columns=columns), meta)


@settings(max_examples=80, deadline=None)
@given(lexicon=lexicons())
def test_json_round_trip_is_exact(lexicon):
    again = Lexicon.from_json(lexicon.to_json())
    assert again.to_json() == lexicon.to_json()
    assert again.sha256 == lexicon.sha256
    pd.testing.assert_frame_equal(again.terms, lexicon.terms)


# Nothing but control characters in a note, with NULs among them and without.
@example(
    Lexicon(
        pd.DataFrame(
            {"term": ["a"], "concept": ["b"], "frame": [""], "stance": ["neutral"], "note": ["\x1a\x00" * 99]}
        )
    )
)
@example(
    Lexicon(
        pd.DataFrame(
            {"term": ["a"], "concept": ["b"], "frame": [""], "stance": ["neutral"], "note": ["\x1a\x1f" * 9]}
        )
    )
)
@settings(max_examples=80, deadline=None)
@given(lexicon=lexicons())
def test_saved_lexicon_loads_equal(tmp_path_factory, lexicon):
    path = tmp_path_factory.mktemp("saved") / "my lexicon.csv"
    assert lexicon.save(path) == path
    assert Lexicon.load(path).to_json() == lexicon.to_json()
    assert sorted(p.name for p in path.parent.iterdir()) == ["my lexicon.csv", "my lexicon.yml"]


@settings(max_examples=40, deadline=None)
@given(a=lexicons(), b=lexicons())
def test_union_holds_every_entry_once(a, b):
    entries = ["term", "concept", "frame", "stance"]
    union = a | b
    expected = {tuple(row) for one in (a, b) for row in one.terms[entries].itertuples(index=False)}
    rows = [tuple(row) for row in union.terms[entries].itertuples(index=False)]
    assert set(rows) == expected
    assert len(rows) == len(expected)
    assert (union | b) == (union | union | b)
    assert Lexicon.from_json(union.to_json()) == union


def test_union_keeps_what_both_say(small):
    other = build(
        ("junta", "government", "coup", "critical"),
        ("regime*", "government", "illegitimacy", "critical"),
        concepts={"government": "another meaning"},
        title="Other",
        version="2",
    )
    union = small | other
    assert union.name == "small+test"
    assert union.title == "Small lexicon + Other"
    assert union.concepts["government"] == "those who rule a state / another meaning"
    assert union.frames["coup"] == ""
    assert union.terms["weight"][0] == 0.8
    assert union.terms["lexicon"].tolist() == ["small"] * 6 + ["test"]
    assert union.lines[-1] is None
    with pytest.raises(TypeError):
        small | 3


def test_json_that_is_no_lexicon_is_refused():
    for text in ("{", "[]", '{"format": "framing-lexicon/1"}', "[" * 100_000):
        with pytest.raises(ValueError, match="JSON"):
            Lexicon.from_json(text)
    data = {"format": "framing-lexicon/1", "meta": {}, "terms": {"term": ["a"], "stance": ["x", "y"]}}
    with pytest.raises(ValueError, match="do not fit"):
        Lexicon.from_json(json.dumps(data))


def test_it_never_changes(small):
    before = small.sha256
    terms = small.terms
    terms.loc[0, "term"] = "changed"
    small.meta["title"] = "changed"
    small.sources.append("changed")
    with pytest.raises(AttributeError, match="never changes"):
        small.title = "changed"  # type: ignore[misc]
    assert Lexicon.from_json(small.to_json()).sha256 == before
    assert small.patterns[0] == "regime*"
    assert {small: 1}[copy.deepcopy(small)] == 1
    assert pickle.loads(pickle.dumps(small)) == small
    assert small != "small"


def test_save_refuses_other_endings_and_keeps_the_lexicon_column(small, tmp_path):
    with pytest.raises(ValueError, match=r"saved as \.csv"):
        small.save(tmp_path / "x.xlsx")
    union = small | build(("junta", "government", "coup", "critical"))
    assert Lexicon.load(union.save(tmp_path / "union.csv")) == union


def test_only_and_without(small):
    part = small.only(frames="illegitimacy")
    assert part.patterns == ["regime*", "strongman", "government*", "president*", "tax regime"]
    assert part.lines == (2, 3, 4, 5, 7)
    assert small.only(frames=["euphemism"]).patterns == ["government*", "people's government", "tax regime"]
    assert small.only(concepts="ruler").patterns == ["strongman", "president*", "tax regime"]
    assert small.only(stance=["neutral"]).patterns == ["government*", "president*", "tax regime"]
    assert small.only() is small
    assert small.without([]) is small
    assert "strongman" not in small.without("strongman").patterns
    assert small.only(concepts="ruler").without("strongman").meta["derived"] == [
        "only concepts=ruler",
        "without strongman",
    ]
    for call, message in [
        (lambda: small.only(frames="euphemisms"), "no frame 'euphemisms'; did you mean 'euphemism'"),
        (lambda: small.only(concepts="zzz"), "no concept 'zzz'; there are ruler, government"),
        (lambda: small.only(stance="bad"), "no stance 'bad'"),
        (lambda: small.without("strongmen"), "no term 'strongmen'; did you mean 'strongman'"),
        (lambda: small.without(small.patterns), "no term is left"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()


# --- checking -----------------------------------------------------------------------------------------


def test_check_finds_duplicates_and_two_stances(files):
    (files / "small.yml").unlink()
    rows = "regime*,government,illegitimacy,critical,1,,\nregime*,government,pride,favourable,1,,\nregime*,state,x,critical,1,,\n"
    (files / "small.csv").write_text(CSV + rows)
    report = Lexicon.load(files / "small.csv").check()
    assert list(report.columns) == ["problem", "severity", "term", "line", "detail", "remedy"]
    at = dict(zip(report["problem"], report["line"], strict=True))
    assert at["duplicate"] == 8
    assert at["two stances"] == 9
    assert at["several entries"] == 10
    assert report["severity"].tolist() == sorted(report["severity"], key=["error", "warning", "info"].index)
    assert "line 2" in report["detail"][report["problem"] == "duplicate"].iloc[0]


def test_check_finds_terms_that_never_match_or_are_hidden():
    lexicon = build(
        ("state-backed", "a", "f", "critical"), ("state backed", "a", "g", "favourable"), ("U.S. puppet", "a", "f", "critical"),
        ("regim*", "a", "f", "critical"), ("regime*", "a", "f", "critical"), ("regimes", "a", "f", "critical"),
        ("regimen", "a", "", "neutral"), ("Client state", "a", "f", "critical"), ("client state", "a", "f", "critical"),
        ("*baiting", "a", "f", "critical"), ("red-baiting", "a", "f", "critical"), ("* of terror", "a", "f", "critical"),
        ("reign of terror", "a", "f", "critical"),
    )  # fmt: skip
    hidden = found(lexicon, "hidden")
    assert hidden["severity"].to_dict() == {"state backed": "error", "regime*": "warning"}
    assert list(found(lexicon, "never matches").index) == ["U.S. puppet"]
    assert set(found(lexicon, "redundant").index) == {"regime*", "regimes", "Client state", "reign of terror"}


def test_check_finds_uneven_concepts():
    lexicon = build(
        ("a", "one", "f", "critical"),
        ("b", "two", "f", "favourable"),
        ("c", "two", "", "neutral"),
        concepts={"one": "", "two": "", "three": ""},
    )
    assert list(found(lexicon, "no neutral term").index) == ["a"]
    assert set(found(lexicon, "one-sided").index) == {"a", "b"}
    assert "three" in found(lexicon, "unused definition")["detail"].iloc[0]


def test_check_finds_formulas_and_idle_ignores():
    lexicon = build(
        ("=evil", "a", "f", "critical"),
        ("@home", "a", "", "neutral"),
        ("lunch box", "", "", "ignore"),
        ("evil twin", "", "", "ignore"),
    )
    assert set(found(lexicon, "looks like a formula").index) == {"=evil", "@home"}
    assert list(found(lexicon, "idle ignore").index) == ["lunch box"]


def test_wildcards_that_catch_other_words():
    lexicon = build(
        ("terror*", "a", "f", "critical"), ("author*", "b", "f", "critical"), ("strongman", "b", "f", "critical"),
        ("dictator*", "b", "f", "critical"), ("regim*", "c", "f", "critical"), ("regime", "c", "g", "critical"),
        ("Coup*", "c", "f", "critical"),
    )  # fmt: skip
    report = found(lexicon, "catches other words")
    assert set(report.index) == {"terror*", "author*", "regim*", "Coup*"}
    assert "terrorize" in report.loc["terror*", "detail"]
    assert "authority" in report.loc["author*", "detail"]
    assert "regiment" in report.loc["regim*", "detail"]
    assert "couple" in report.loc["Coup*", "detail"]
    assert (report["severity"] == "warning").all()


def test_words_that_another_entry_names_are_no_longer_held_against_a_wildcard():
    rows = [("terror*", "a", "f", "critical")]
    rows += [
        (f"terrori{z}{end}", "", "", "ignore") for z in "zs" for end in ("e", "es", "ed", "ing", "er", "ers")
    ]
    assert found(build(*rows), "catches other words").empty


def test_other_languages_are_not_held_against_english_words():
    assert found(build(("terror*", "a", "f", "critical"), language="de"), "catches other words").empty


@pytest.mark.parametrize(
    ("word", "head", "same"),
    [("terrorists", "terror", True), ("terrorize", "terror", False), ("regimes", "regime", True), ("regiment", "regime", False),
     ("banned", "ban", True), ("banana", "ban", False), ("colonies", "colony", True), ("coupe", "coup", False),
     ("invaders", "invaded", True), ("invasive", "invasion", False), ("authority", "author", False)],
)  # fmt: skip
def test_same_family(word, head, same):
    assert lexicon_check.same_family(word, head) is same


def test_check_finds_state_names(tmp_path):
    (tmp_path / "targets.csv").write_text(
        "target,kind,alias\nRussia,state,Russia\nRussia,state,Russian\nUS,state,US\nUS,state,US government\nIran,state,Iran\n"
        "Kim,person,Kim\nPA,state,Palestinian Authority\nVietnam,state,Vietnam\n"
    )
    lexicon = build(
        ("russian puppet*", "a", "f", "critical"), ("us versus them", "a", "f", "critical"), ("Communist Party of Vietnam", "", "", "ignore"),
        ("irani*", "a", "f", "critical"), ("iran*", "a", "f", "critical"), ("author*", "a", "f", "critical"),
        ("government*", "a", "", "neutral"), ("kim dynasty", "a", "f", "critical"),
    )  # fmt: skip
    names = found(lexicon, "names a state", targets=tmp_path / "targets.csv")
    assert set(names.index) == {"russian puppet*", "Communist Party of Vietnam"}
    assert "'*'" in names.loc["Communist Party of Vietnam", "remedy"]
    matched = found(lexicon, "matches a state name", targets=tmp_path / "targets.csv")
    assert matched["severity"].to_dict() == {"iran*": "error", "author*": "warning"}
    (tmp_path / "targets.csv").write_text("target,kind,alias\n")
    assert found(lexicon, "names a state", targets=tmp_path / "targets.csv").empty
    assert found(lexicon, "names a state", targets=tmp_path / "none.csv").empty


def test_a_sound_lexicon_has_no_findings():
    lexicon = build(
        ("junta", "a", "f", "critical"),
        ("leadership", "a", "", "neutral"),
        ("guardians", "a", "g", "favourable"),
    )
    assert lexicon.check().empty
    assert list(lexicon.check().columns) == lexicon_check.REPORT


def test_graded_lexicons_are_checked_for_spelling_only():
    lexicon = Lexicon(
        pd.DataFrame(
            {"term": ["vile", "vile", "nice"], "weight": [2, 2, -1], "concept": "", "frame": "", "stance": ""}
        ),
        {"kind": "graded"},
    )
    assert lexicon.check()["problem"].tolist() == ["duplicate"]


@pytest.mark.slow
def test_200_000_terms_in_a_few_seconds(tmp_path):
    n = 200_000
    terms = [f"word{i}x" if i % 10 else f"wor{i}*" for i in range(n)]
    frame = pd.DataFrame({"term": terms, "concept": "c", "frame": "f", "stance": "critical", "weight": 0.5})
    frame.to_csv(tmp_path / "big.csv", index=False)
    start = time.process_time()
    lexicon = Lexicon.load(tmp_path / "big.csv")
    loaded = time.process_time() - start
    assert len(lexicon) == n
    report = lexicon.check()
    checked = time.process_time() - start - loaded
    assert set(report["problem"]) == {"hidden", "redundant", "no neutral term", "one-sided"}
    # Processor time, generous: what is not linear takes hours.
    assert loaded < 6, loaded
    assert checked < 60, checked


# --- explaining ---------------------------------------------------------------------------------------


def test_explain_a_term(small):
    table = small.explain("regime*")
    row = table.iloc[0]
    assert len(table) == 1
    assert row["concept_means"] == "those who rule a state"
    assert row["frame_means"].startswith("says that")
    assert (row["critical"], row["neutral"], row["favourable"]) == ("", "government", "people's government")
    assert small.explain("tax regime").iloc[0]["neutral"] == ""
    with pytest.raises(ValueError, match="no term 'nothing'"):
        explain_term(small, "nothing")


def test_explain_a_text(small):
    text = "The people’s government of the regime-backed strongman has a tax regime."
    table = small.explain(text)
    assert [text[s:e] for s, e in zip(table["start"], table["end"], strict=True)] == table["text"].tolist()
    assert table[["text", "term", "counted", "silenced_by"]].to_numpy().tolist() == [
        ["people’s government", "people's government", True, ""],
        ["government", "government*", False, "people's government"],
        ["regime", "regime*", True, ""],
        ["strongman", "strongman", True, ""],
        ["tax regime", "tax regime", False, "tax regime"],
        ["regime", "regime*", False, "tax regime"],
    ]
    assert small.explain("Nothing here.").empty
    assert small.explain("").empty


@settings(max_examples=40, deadline=None)
@given(
    words=st.lists(
        st.sampled_from(
            ["the", "tax", "regime", "regimes", "strongman", "people's", "government", "of", "x"]
        ),
        max_size=12,
    )
)
def test_explained_mentions_are_those_the_matcher_finds(words):
    from helpers.engine import scan

    lexicon = build(
        ("regime*", "a", "f", "critical"),
        ("regime", "b", "g", "critical"),
        ("tax regime", "", "", "ignore"),
        ("people's government", "a", "g", "favourable"),
        ("government", "a", "", "neutral"),
    )
    text = " ".join(words)
    table = lexicon.explain(text) if text not in lexicon.patterns else None
    if table is None:
        return
    hits = scan([text], lexicon.compiled)
    wins = table[table["counted"] | (table["silenced_by"] == table["term"])]
    assert [(s, e, lexicon.patterns[t]) for s, e, t in zip(hits.start, hits.end, hits.term, strict=True)] == [
        (row.start, row.end, row.term) for row in wins.itertuples()
    ]


def test_symmetry_table(small):
    table = small.symmetry().set_index(["concept", "camp"])
    assert len(table) == 2 * 3
    assert table.loc[("government", "west"), "critical"] == 1
    assert table.loc[("government", "west"), "lacks"] == "favourable"
    assert table.loc[("government", "east"), "favourable_terms"] == "people's government"
    assert table.loc[("ruler", "east"), "lacks"] == "critical, favourable"
    assert table.loc[("ruler", ""), "neutral_terms"] == "president*"
    assert table.loc[("ruler", ""), "lacks"] == ""  # loaded terms are some camp's
    plain = Lexicon(small.terms.drop(columns="camp")).symmetry()
    assert plain["lacks"].tolist() == ["", "favourable"]
    assert list(plain.columns)[:4] == ["concept", "critical", "neutral", "favourable"]


def test_symmetry_lines_name_each_camp_once(small):
    from helpers.lexicon_explain import symmetry_lines

    lines = symmetry_lines(small.symmetry(), terms=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("ruler: "))
    assert lines[start:] == [
        "ruler: 1 neutral",
        "    neutral: president*",
        "    west: 1 critical; lacks favourable",
        "        critical: strongman",
        "    no loaded term: east",
    ]
    assert "    west: 1 critical; lacks favourable" in lines
    assert "        favourable: people's government" in lines
    plain = symmetry_lines(Lexicon(small.terms.drop(columns="camp")).symmetry())
    assert plain[-1] == "ruler: 1 critical, 1 neutral; lacks favourable"


def test_symmetry_of_a_graded_lexicon_has_no_row_but_its_columns():
    from helpers.lexicon_explain import symmetry_lines

    table = Lexicon(pd.DataFrame({"term": ["vile"], "concept": [""], "frame": [""], "stance": [""], "weight": [1.5]}),
                    {"name": "own", "kind": "graded"}).symmetry()  # fmt: skip
    assert table.empty
    assert {"concept", "critical", "lacks"} <= set(table.columns)
    assert symmetry_lines(table) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["geopolitics", "migration", "parties_and_ideology", "reporting_verbs"])
def test_no_camp_stands_without_loaded_words(name):
    lexicon = Lexicon.load(name)
    table = lexicon.symmetry()
    by_camp = table.groupby("camp")[["critical", "favourable"]].sum()
    assert (by_camp.drop(index="").sum(axis=1) > 0).all()
    neutral = table[table["camp"].eq("")].set_index("concept")["neutral"]
    assert neutral.gt(0).all()
    assert len(table) == table["concept"].nunique() * table["camp"].nunique()
