"""Other programs' dictionary formats: what they hold comes in and goes out again, and what is lost is said."""

import ast
import re
import time

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.dictionaries import FORMATS, read_dictionary, write_dictionary
from helpers.lexicon import Lexicon


@pytest.fixture
def read(tmp_path):
    """Read a dictionary from its text; return {(term, category)} and the report as {(line, what): why}."""

    def reader(name, content, **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        lexicon, report = read_dictionary(path, **options)
        assert list(report.columns) == ["line", "what", "why"]
        assert report["line"].dropna().is_monotonic_increasing
        lines = [None if pd.isna(line) else int(line) for line in report["line"]]
        return lexicon, dict(zip(zip(lines, report["what"], strict=True), report["why"], strict=True))

    return reader


def pairs(lexicon):
    return set(zip(lexicon.terms["term"], lexicon.terms["category"], strict=True))


# --- LIWC ---------------------------------------------------------------------------------------------

LIWC = """%
1\tposemo
02\tpronoun (Words that stand for names)
125\tliking
464\tfiller
%
glad*\t1
mine\t02\t1
fond of\t1
"""


def test_liwc(read):
    lexicon, report = read("a.dic", LIWC)
    assert pairs(lexicon) == {
        ("glad*", "posemo"),
        ("mine", "pronoun"),
        ("mine", "posemo"),
        ("fond of", "posemo"),
    }
    assert report == {}
    assert lexicon.terms["stance"].tolist() == ["favourable", "critical", "favourable", "favourable"]
    assert lexicon.frames == {"posemo": "", "pronoun": "Words that stand for names"}
    assert lexicon.lines == (7, 8, 8, 9)
    assert len(lexicon.compiled.terms) == 3


@pytest.mark.parametrize(
    "text",
    [
        LIWC.replace("\n", "\r\n"),
        LIWC.replace("\n", "\t \n"),
        LIWC.replace("\n", "\n\n"),
        LIWC.replace("\n", "\r"),
        "\ufeff" + LIWC,
        LIWC.replace("\t", "   "),
        LIWC.replace("glad*\t", "GLAD* \t\t"),
        LIWC.replace("%", '"%"'),
        LIWC.replace("%\n", "", 1),
        "%".join(LIWC.rsplit("%\n", 1)).replace("%glad", "glad"),
        LIWC.replace("%\n", ""),
        "A list of words\n" + LIWC,
    ],
    ids=["crlf", "trailing tabs", "blank lines", "cr", "mark", "spaces", "capitals", "quoted %", "no first %", "no second %",
         "no %", "text before"],
)  # fmt: skip
def test_irregular_liwc_files_hold_the_same(read, text):
    lexicon, _ = read("a.dic", text)
    assert pairs(lexicon) == {
        ("glad*", "posemo"),
        ("mine", "pronoun"),
        ("mine", "posemo"),
        ("fond of", "posemo"),
    }


def test_liwc_reports_each_thing_it_cannot_carry_over(read):
    text = LIWC + (
        "like\t(02 134)125/464\t02\nkind\t<of>464/1\nwell\t(02)125\n(53)love\t1\n:)\t1\netc.\t02\nlost\t99\nalone\n"
        "glad*\t1 02\nodd\t1\tabc\nnamed\tposemo\nhot*dog\t1\nsuper\tcali!\n" + "x" * 20_000 + "\n"
    )
    lexicon, report = read("a.dic", text)
    got = pairs(lexicon)
    assert {("like", "filler"), ("like", "pronoun"), ("kind of", "filler"), ("kind", "posemo")} <= got
    assert {
        ("love", "posemo"),
        ("etc", "pronoun"),
        ("glad*", "pronoun"),
        ("named", "posemo"),
        ("odd", "posemo"),
    } <= got
    assert ("like", "liking") not in got
    assert "other category" in report[10, "like: (02 134)125/464"]
    assert "phrase 'kind of'" in report[11, "kind: <of>464/1"]
    assert "cannot be asked" in report[12, "well: (02)125"]
    assert {key for key in report if key[0] and key[0] > 12} == {
        (13, "(53)"), (14, ":)"), (15, "etc."), (16, "lost: 99"), (17, "alone"), (18, "glad*: posemo"), (19, "odd: abc"),
        (21, "hot*dog"), (22, "super: cali!"), (23, "x" * 60 + " …"),
    }  # fmt: skip
    assert "no category 99" in report[16, "lost: 99"]


def test_liwc_legend_faults_are_reported(read):
    text = "%\n1\ta\n1\tb\n2\ta\nno number\n%\nx\t1\ny\t2\n"
    lexicon, report = read("a.dic", text)
    assert pairs(lexicon) == {("x", "a"), ("y", "a")}
    assert set(report) == {(3, "1 b"), (4, "2 a"), (5, "no number")}


def test_liwc_without_a_legend_names_categories_by_number(read):
    lexicon, report = read("a.dic", "glad\t1\nmine\t2 1\n")
    assert pairs(lexicon) == {("glad", "category 1"), ("mine", "category 2"), ("mine", "category 1")}
    assert "categories are numbers" in report[1, "%"]


@pytest.mark.parametrize(
    ("codec", "words"),
    [
        ("cp1252", ["élève", "café", "fiancée", "à côté", "naïveté", "garçon", "déjà vu"]),
        ("cp1252", ["año", "régimen", "niño", "corazón", "política"]),
        ("cp1252", ["führer", "schön", "maßnahme", "größer"]),
        ("mac_roman", ["élève", "café", "à côté", "garçon", "déjà vu"]),
        ("cp1250", ["łódź", "żółw", "świat", "państwo", "reżim", "władza"]),
        ("cp1251", ["режим", "власть", "государство", "война", "правительство"]),
        ("utf-16", ["élève", "режим"]),
    ],
)
def test_liwc_in_other_encodings(read, codec, words):
    text = "%\r\n1\twords\r\n%\r\n" + "".join(f"{word}\t1\r\n" for word in words)
    lexicon, report = read("a.dic", text.encode(codec))
    assert lexicon.patterns == words
    assert set(report) == (set() if codec == "utf-16" else {(None, f"encoding {codec}")})
    assert read("a.dic", text.encode(codec), encoding=codec)[0] == lexicon


@pytest.mark.parametrize("cut", range(0, len(LIWC) + 1, 3))
def test_truncated_liwc_reads_or_says_where_it_ends(read, cut):
    try:
        lexicon, _ = read("a.dic", LIWC[:cut])
    except ValueError as error:
        assert re.search(r"a\.dic, line \d+: ", str(error))  # noqa: PT017
        assert LIWC[:cut].count("%") < 2 or "posemo" not in LIWC[:cut] or "\t1\n" not in LIWC[:cut]
    else:
        assert len(lexicon) >= 1


# --- the other formats by hand ------------------------------------------------------------------------


def test_liwc22(read):
    lexicon, report = read("a.dicx", "\ufeffDicTerm;joy;fear\r\nglad*;X;\r\nawe;x;1\r\nnone;;\r\nodd;Y;X\r\n")
    assert pairs(lexicon) == {("glad*", "joy"), ("awe", "joy"), ("awe", "fear"), ("odd", "fear")}
    assert set(report) == {(4, "none"), (5, "odd: joy")}
    weighted, report = read("b.dicx", 'DicTerm,joy,fear\n"very glad",0.5,\nawe,2,1\n')
    assert weighted.terms["weight"].tolist() == [0.25, 1.0, 0.5]
    assert weighted.terms["value"].tolist() == ["0.5", "2.0", "1.0"]
    assert set(report) == {(None, "weights")}


def test_wordstat(read):
    text = ("SOUTH\n\tBW\n\t\tBotswana (1)\n\t\tCLIENT_STATE* (2)\n\t@RULE [A NEAR B /S 5] (1)\n\tLS\n\t\tFOO NEAR BAR (1)\n"
            "                NEAR\nEMPTY\n")  # fmt: skip
    lexicon, report = read("a.cat", text)
    assert pairs(lexicon) == {("botswana", "SOUTH/BW"), ("client state*", "SOUTH/BW"), ("near", "SOUTH/LS")}
    assert lexicon.terms["level_1"].tolist() == ["SOUTH"] * 3
    assert lexicon.terms["level_2"].tolist() == ["BW", "BW", "LS"]
    assert lexicon.terms["weight"].tolist() == [0.5, 1.0, 1.0]
    assert {(5, "@RULE [A NEAR B /S 5] (1)"), (7, "FOO NEAR BAR (1)"), (9, "EMPTY")} <= set(report)


def test_yoshikoder_and_lexicoder(read):
    text = ('<?xml version="1.0"?>\n<dictionary style="050805">\n<cnode name="Title">\n<cnode name="A" desc="the first">\n'
            '<pnode name="Lamb*"/>\n<pnode name="ewe" score="0.5"/>\n<cnode name="sub"><pnode name="ram"/></cnode></cnode></cnode>'
            "</dictionary>")  # fmt: skip
    lexicon, _ = read("a.ykd", text)
    assert pairs(lexicon) == {("lamb*", "A"), ("ewe", "A"), ("ram", "A/sub")}
    assert (lexicon.title, lexicon.frames) == ("Title", {"A": "the first", "A/sub": ""})
    assert lexicon.lines == (5, 6, 7)
    text = '<dictionary name="p" patternengine="regexp"><cnode name="t"><pnode name="total"/><pnode name=" NBB "/><pnode/><x/></cnode></dictionary>'
    lexicon, report = read("a.lcd", text)
    assert pairs(lexicon) == {("total", "t"), ("nbb", "t")}
    assert {what for _, what in report} == {"regular expressions", "<pnode> without a name", "<x>", "1 terms with capitals",
                                            "1 patterns without spaces around them"}  # fmt: skip
    assert pairs(read("a.lc3", text)[0]) == pairs(lexicon)
    lexicon, report = read(
        "a.lc3", '<dictionary><pnode name="b*"/><cnode name="t"><pnode name="total"/></cnode></dictionary>'
    )
    assert pairs(lexicon) == {("total", "t")}
    assert (1, "b*") in set(report)


def test_lexicoder3(read):
    lexicon, report = read("a.lc3", "stray\n+A category\nmore\n\nlamb*\n+B\nhad\n")
    assert pairs(lexicon) == {("more", "A category"), ("lamb*", "A category"), ("had", "B")}
    assert set(report) == {(1, "stray")}


def test_quanteda(read):
    text = "A:\n  - no\n  - client_state*\n  - B: [x, yes]\n  - 1e3\nC:\nA: z\nD:\n  E:\n   - ':)'\n   - colo?r\n  ? ''\n  : w\n"
    lexicon, report = read("a.yml", text)
    assert pairs(lexicon) == {("no", "A"), ("client state*", "A"), ("x", "A/B"), ("yes", "A/B"), ("1e3", "A"), ("z", "A"),
                              ("w", "D/unnamed")}  # fmt: skip
    assert set(report) == {(6, "C"), (10, ":)"), (11, "colo?r")}


def test_emfd(read):
    text = "word,care_p,fairness_p,care_sent,fairness_sent,n\nharm,0.9,0.1,-0.8,0.2,3\njustice,0,0.7,0,0,4\nodd,,0.1,0.1,-0.1,5\n"
    lexicon, report = read("a.csv", text)
    table = lexicon.terms[["term", "frame", "stance", "weight", "sentiment"]]
    assert table.to_numpy().tolist() == [
        ["harm", "care", "critical", 0.9, "-0.8"],
        ["harm", "fairness", "favourable", 0.1, "0.2"],
        ["justice", "fairness", "critical", 0.7, "0.0"],
        ["odd", "fairness", "critical", 0.1, "-0.1"],
    ]
    assert set(report) == {(None, "column n"), (4, "odd: care")}


def test_nrc(read):
    lexicon, report = read("a.txt", "aback\tanger\t0\naback\tfear\t1\nabacus\tpositive\t1\n")
    assert pairs(lexicon) == {("aback", "fear"), ("abacus", "positive")}
    assert lexicon.terms["stance"].tolist() == ["critical", "favourable"]
    assert set(report) == {(None, "1 pairs of word and category with 0")}
    lexicon, _ = read("b.txt", "term\tscore\tdimension\noutraged\t0.964\tanger\ncalm\t0.1\tjoy\n")
    assert dict(zip(lexicon.patterns, lexicon.terms["weight"], strict=True)) == {
        "outraged": 0.964,
        "calm": 0.1,
    }
    lexicon, _ = read("c.txt", "Word\tValence\tArousal\nabc\t0.5\t0.2\ndef\t-0.3\t0\n")
    assert lexicon.terms["stance"].tolist() == ["favourable", "favourable", "critical", "critical"]
    assert lexicon.terms["weight"].tolist() == [0.5, 0.2, 0.3, 0.0]
    lexicon, report = read("d.txt", "NRC says hello\n\naback\tfear\t1\nabacus\tjoy\t1\nawe\t\t1\n")
    assert pairs(lexicon) == {("aback", "fear"), ("abacus", "joy")}
    assert set(report) == {(1, "NRC says hello"), (5, "awe")}


def test_plain_tables(read):
    assert pairs(read("a.csv", "\ufeffword;category\r\nfoo;A\r\nbar;B/C\r\n")[0]) == {
        ("foo", "A"),
        ("bar", "B/C"),
    }
    assert pairs(read("b.tsv", 'foo\tA\nthe "bar\tB\n')[0]) == {("foo", "A")}
    assert pairs(read("list.txt", "one\ntwo words\n")[0]) == {("one", "list"), ("two words", "list")}
    ours, report = read("c.csv", "sep=;\nterm;concept;frame;stance;weight\nregime;g;f;critical;0,5\n")
    assert ours.terms["weight"].tolist() == [0.5]
    assert report == {}


def test_json(read):
    lexicon, report = read("a.json", '{"A":["x","y"],"B":{"C":["z"],"w":2,"v":-4},"A":["q",3]}')
    assert pairs(lexicon) == {("x", "A"), ("y", "A"), ("z", "B/C"), ("w", "B"), ("v", "B"), ("q", "A")}
    assert {what for _, what in report} == {"A: 3", "weights"}


def test_stances(read):
    text = "%\n1\tneutral\n2\tignore\n3\tanger\n%\nx\t1\ny\t2\nz\t3\n"
    lexicon, _ = read("a.dic", text)
    assert lexicon.terms[["concept", "frame", "stance"]].to_numpy().tolist() == [
        ["neutral", "", "neutral"], ["ignore", "", "ignore"], ["anger", "anger", "critical"],
    ]  # fmt: skip
    assert set(read("a.dic", text, stance="favourable")[0].terms["stance"]) == {"favourable"}
    lexicon, report = read("a.dic", text, stance={"anger": "favourable"})
    assert pairs(lexicon) == {("z", "anger")}
    assert {what for _, what in report} == {"category neutral: 1 entries", "category ignore: 1 entries"}
    for stance, message in [({"angr": "critical"}, "no category 'angr'; did you mean 'anger'"), ("bad", "'bad' is none of"),
                            ({"anger": "bad"}, "'bad'"), ({"zzz": "critical"}, "there are neutral")]:  # fmt: skip
        with pytest.raises(ValueError, match=message):
            read("a.dic", text, stance=stance)


def test_loading_warns_of_what_is_left_out(tmp_path):
    (tmp_path / "a.dic").write_text(LIWC + ":)\t1\n")
    with pytest.warns(UserWarning, match=r"1 things are not carried over .* :\)"):
        lexicon = Lexicon.load(tmp_path / "a.dic")
    assert len(lexicon) == 4
    (tmp_path / "b.dic").write_text(LIWC)
    assert Lexicon.load(tmp_path / "b.dic").patterns == lexicon.patterns


# --- bad input ----------------------------------------------------------------------------------------

BOMB = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>\n<dictionary><cnode name="&b;"><pnode name="x"/></cnode></dictionary>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]>\n<dictionary><cnode name="x"><pnode name="&a;"/></cnode></dictionary>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.dic", "", "a.dic, line 1: ends without"),
        ("a.dic", b"\x00\x01\x02\x03" * 200, "binary file"),
        ("a.dic", "%\n1\tA\n%\nx\t9\n", "line 4: ends without"),
        ("a.dic", "%\n1\tA\n%\n:)\t1\n", "none of its 1 entries can be used"),
        ("a.ykd", BOMB, "line 1: declares XML entities"),
        ("a.lcd", OUTSIDE, "line 1: declares XML entities"),
        ("a.lcd", '<dictionary>\n<cnode name="a">\n<pnode name="x"/>', "line 3: is not valid XML"),
        ("a.lcd", "<dictionary>" + '<cnode name="a">\n' * 200_000, "line 100: is nested more than 100"),
        ("a.lcd", "<dictionary/>", "line 1: holds no pattern"),
        ("a.lcd", '<dictionary><pnode name="b*"/></dictionary>', "line 1: holds no pattern"),
        ("a.ykd", '<?xml version="1.0" encoding="nonsense"?>\n<dictionary/>', "line 1"),
        ("a.lc3", "word\n", "ends without a word under a"),
        ("a.lc3", "+\nword\n", "line 1: a category has no name"),
        ("a.cat", "", "line 1: ends without"),
        ("a.cat", "".join("\t" * i + "a\n" for i in range(200)), "line 101: is nested more than 100"),
        ("a.yml", "- a\n", "line 1: must hold categories"),
        ("a.yml", "a: [\n", "line 2: is not valid YAML"),
        ("a.yml", "a: " + "[" * 100_000, "line 1: is nested more than 50"),
        ("a.yml", "a:\n", "holds no word"),
        ("a.yml", "k0: &k0 [x]\n" + "".join(f"k{i + 1}: &k{i + 1} [{', '.join([f'*k{i}'] * 10)}]\n" for i in range(12)), "unpacks"),
        ("a.json", '{"A":\n["x"', "line 2: is not valid JSON"),
        ("a.json", "[" * 200_000, "nested too deep|not valid JSON"),
        ("a.json", '{"a":' * 150 + '["x"]' + "}" * 150, "nested more than 100"),
        ("a.json", "[1]", "line 1: must hold categories"),
        ("a.json", '{"a": []}', "holds no word"),
        ("a.txt", " \n", "line 1: is empty"),
        ("a.csv", "a,b,c,d\nx,y,z,w\n", "line 1: is no table of words"),
        ("a.xyz", "a", "the ending '.xyz' tells no format"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)  # fmt: skip
def test_bad_files_are_refused_with_their_line(read, name, content, message):
    start = time.process_time()
    with pytest.raises(ValueError, match=message):
        read(name, content)
    assert time.process_time() - start < 10


def test_unknown_names_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"no format 'liwk'; did you mean 'liwc'\? Known ones: liwc, liwc22"):
        read_dictionary(tmp_path / "x.dic", "liwk")
    with pytest.raises(ValueError, match="there is no file"):
        read_dictionary(tmp_path / "x.dic")


# --- writing ------------------------------------------------------------------------------------------


@pytest.fixture
def lexicon():
    rows = [
        ("regime*", "government", "illegitimacy", "critical", 0.8, "a note"), ("government", "government", "", "neutral", 0, ""),
        ("Communist Party", "party", "", "ignore", 0, ""), ("*phobia", "fear", "threat", "critical", 1, ""),
    ]  # fmt: skip
    return Lexicon(
        pd.DataFrame(rows, columns=["term", "concept", "frame", "stance", "weight", "note"]), {"name": "mine"}
    )


def test_writing_reports_what_the_format_cannot_hold(lexicon, tmp_path):
    report = write_dictionary(lexicon, tmp_path / "a.dic")
    assert set(report["what"]) == {"*phobia", "government", "Communist Party", "column concept", "column stance",
                                   "column note", "column weight"}  # fmt: skip
    assert (tmp_path / "a.dic").read_text() == (
        "%\n1\tillegitimacy\n2\tneutral\n3\tignore\n%\nregime*\t1\ngovernment\t2\ncommunist party\t3\n"
    )
    report = write_dictionary(lexicon, tmp_path / "a.txt", by="concept")
    assert "take * literally" in " ".join(report["why"])
    assert "column weight" not in set(report["what"])
    assert (tmp_path / "a.txt").read_text().splitlines()[0] == "regime*\tgovernment\t0.8"
    with pytest.raises(ValueError, match="no column 'colour'"):
        write_dictionary(lexicon, tmp_path / "a.dic", by="colour")
    with pytest.raises(ValueError, match="no term of 'mine' can be written"):
        write_dictionary(lexicon.only(frames="threat").without("Communist Party"), tmp_path / "b.dic")
    assert not (tmp_path / "b.dic").exists()


def test_writing_says_when_two_entries_become_one(tmp_path):
    rows = [("x", "c", "f", "critical", 1.0), ("x", "d", "f", "critical", 0.5)]
    two = Lexicon(pd.DataFrame(rows, columns=["term", "concept", "frame", "stance", "weight"]))
    report = write_dictionary(two, tmp_path / "a.dicx")
    assert "stands there already" in report.set_index("what").loc["x: f", "why"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "json"])
def test_our_own_formats_hold_everything(lexicon, tmp_path, ending):
    assert write_dictionary(lexicon, tmp_path / f"a.{ending}").empty
    again, report = read_dictionary(tmp_path / f"a.{ending}")
    assert again == lexicon
    assert report.empty
    assert Lexicon.load(tmp_path / f"a.{ending}") == lexicon


WORD = st.text(st.characters(categories=["Ll", "Nd"], max_codepoint=0x24F), min_size=1, max_size=6).filter(
    lambda word: word == word.lower()
)
TERM = st.builds(
    lambda words, star: " ".join(words) + star,
    st.lists(WORD, min_size=1, max_size=3),
    st.sampled_from(["", "*"]),
)
PART = st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x2FFF), min_size=1, max_size=6)
CATEGORY = st.lists(PART, min_size=1, max_size=2).map(" ".join)
PLAIN_PART = st.text(st.sampled_from("abcxyzABCé012 -_&<>\"'%+#:(),[]"), min_size=1, max_size=8)


@st.composite
def dictionaries(draw):
    keys = draw(
        st.lists(st.tuples(TERM, st.one_of(CATEGORY, PLAIN_PART)), min_size=1, max_size=8, unique=True)
    )
    rows = [(term, "c", category, draw(st.sampled_from(["critical", "favourable"])), draw(st.sampled_from([1.0, 0.5, 0.25])))
            for term, category in keys if category.strip()]  # fmt: skip
    rows = rows or [("x", "c", "y", "critical", 1.0)]
    return Lexicon(
        pd.DataFrame(rows, columns=["term", "concept", "frame", "stance", "weight"]), {"name": "generated"}
    )


def normal(category):
    parts = [" ".join(part.split()) for part in category.split("/")]
    return "/".join(parts) if all(parts) else " ".join(category.split())


@pytest.mark.traced
@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("csv", "tsv", "json")])
@settings(max_examples=25, deadline=None)
@given(lexicon=dictionaries())
def test_round_trip(tmp_path_factory, form, lexicon):
    path = tmp_path_factory.mktemp("written") / f"x{(FORMATS[form] or ('.csv',))[0]}"
    report = write_dictionary(lexicon, path, form)
    again, _ = read_dictionary(path, form)
    moved = dict(zip(report["what"], report["why"], strict=True))
    expected: dict[tuple[str, str], float] = {}
    for row in lexicon.terms.itertuples():
        new = re.search(r"goes into the category (.*)", moved.get(f"{row.term}: {row.frame}", ""))
        category = ast.literal_eval(new[1]) if new else normal(row.frame)
        expected.setdefault((row.term, category), row.weight)
    got = dict(
        zip(
            zip(again.terms["term"], again.terms["category"], strict=True), again.terms["weight"], strict=True
        )
    )
    assert set(got) == set(expected)
    if form in ("liwc22", "wordstat", "yoshikoder", "nrc", "emfd"):
        assert got == expected


@settings(max_examples=4, deadline=None)
@given(lexicon=dictionaries())
def test_writing_what_was_read_gives_the_same_file(tmp_path_factory, lexicon):
    folder = tmp_path_factory.mktemp("twice")
    for form, endings in FORMATS.items():
        if form in ("csv", "tsv", "json"):
            continue
        ending = (endings or (".csv",))[0]
        write_dictionary(lexicon, folder / f"one{ending}", form)
        once, _ = read_dictionary(folder / f"one{ending}", form)
        write_dictionary(once, folder / f"two{ending}", form, by="category")
        twice, _ = read_dictionary(folder / f"two{ending}", form)
        assert pairs(twice) == pairs(once)


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=200), form=st.sampled_from(sorted(FORMATS)))
def test_any_bytes_are_read_or_refused_with_a_reason(tmp_path_factory, data, form):
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_bytes(data)
    try:
        lexicon, _ = read_dictionary(path, form)
    except ValueError as error:
        assert "x.csv" in str(error) or "lexicon" in str(error)  # noqa: PT017
    else:
        assert len(lexicon) >= 1


@settings(max_examples=100, deadline=None)
@given(
    text=st.text(st.sampled_from("ab1%\t\n ,;:*()<>/[]{}\"'@+-&xX0.5"), max_size=80),
    form=st.sampled_from(sorted(FORMATS)),
)
def test_any_text_is_read_or_refused_with_a_reason(tmp_path_factory, text, form):
    path = tmp_path_factory.mktemp("any") / "x.csv"
    path.write_text(text)
    try:
        lexicon, _ = read_dictionary(path, form)
    except ValueError as error:
        assert "x.csv" in str(error) or "lexicon" in str(error)  # noqa: PT017
    else:
        assert len(lexicon) >= 1


def large(n: int) -> Lexicon:
    frame = pd.DataFrame({"term": [f"word{i}" for i in range(n)], "concept": "c", "frame": [f"f{i % 50}" for i in range(n)],
                          "stance": "critical"})  # fmt: skip
    return Lexicon(frame)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ending", "n"),
    [("dic", 200_000), *((ending, 20_000) for ending in ("dicx", "cat", "ykd", "lc3", "yml", "txt"))],
)
def test_many_entries(tmp_path, ending, n):
    """One format with 200,000 entries; the others with as many as tell linear time from quadratic."""
    written = large(n)
    start = time.process_time()
    write_dictionary(written, tmp_path / f"a.{ending}")
    lexicon, _ = read_dictionary(tmp_path / f"a.{ending}")
    assert len(lexicon) == n
    assert time.process_time() - start < n / 3_000  # generous: what is not linear takes far longer
