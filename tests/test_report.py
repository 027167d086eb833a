"""Report folders, tables as HTML, findings in words, provenance."""

import html.parser
import json

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers import charts, wording
from helpers.lexicon import Lexicon
from helpers.report import SHOWN_ROWS, Report, format_number, html_table, page_style, provenance, today

NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "=cmd|' /C calc'!A0",
    "\x1b[31m",
]


class Tags(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("nasty", NASTY)
def test_strangers_text_in_a_table_stays_text(nasty):
    shown = Tags(html_table(pd.DataFrame({nasty: [nasty]}), "Table 1.", nasty))
    assert shown.tags == {"table", "caption", "b", "thead", "tr", "th", "tbody", "td"}
    assert shown.attributes <= {"scope", "class", "colspan"}


def test_table_shows_missing_numbers_dates_and_truth_in_words():
    table = pd.DataFrame(
        {
            "a": [1234, 5],
            "b": [0.123456, float("nan")],
            "c": [True, False],
            "d": pd.to_datetime(["2024-01-02", None]),
        }
    )
    text = html_table(table, "Table 1.", "Caption")
    for cell in ("1,234", "0.123", "–", ">yes<", ">no<", "2024-01-02"):
        assert cell in text
    assert text.count('class="number"') == 6


def test_empty_table_says_so():
    assert "nothing to show" in html_table(pd.DataFrame({"a": []}), "Table 1.", "None")


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9))
def test_numbers_are_readable_and_near(value):
    text = format_number(value)
    assert "e" not in text
    if not text.startswith("<"):
        assert float(text.replace(",", "")) == pytest.approx(value, rel=0.006)


def test_report_writes_whole_tables_and_shows_some_columns(tmp_path):
    report = Report(tmp_path / "out")
    shown = report.table(
        pd.DataFrame({"rate": [1.23456789], "x": ["=1+1"]}), "../rates", "Rates.", show={"rate": "Rate"}
    )
    written = list((tmp_path / "out" / "tables").glob("*.csv"))
    assert len(written) == 1
    assert written[0].read_text() == "rate,x\n1.23456789,'=1+1\n"
    assert ">Rate<" in shown
    assert "1+1" not in shown
    assert "Table 1." in shown
    assert "Table 2." in report.table(pd.DataFrame({"n": [1]}), "n", "N.")


def test_a_long_table_is_whole_in_its_file_and_short_on_the_page(tmp_path):
    long = pd.DataFrame({"n": range(1234)})
    shown = Report(tmp_path).table(long, "many", "Counted.")
    assert shown.count("<tr>") == 1 + SHOWN_ROWS
    assert f"Counted. The first {SHOWN_ROWS} of 1,234 rows; tables/many.csv has all." in shown
    assert len(pd.read_csv(tmp_path / "tables" / "many.csv")) == 1234
    assert "The first 2 of 1,234 rows; the table itself has all." in Report("").table(long, "n", "N.", most=2)
    assert "The first" not in Report("").table(long.head(SHOWN_ROWS), "few", "Counted.")


def test_report_without_folder_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = Report("")
    report.table(pd.DataFrame({"n": [1]}), "n", "N.")
    report.text("methods.md", "words")
    report.json("provenance.json", {"a": 1})
    assert list(tmp_path.iterdir()) == []


def test_a_long_list_is_whole_in_the_file_and_short_on_the_page(tmp_path):
    content = {"articles": [{"doc_id": f"a{i}"} for i in range(4000)], "few": [1, 2]}
    shown = Report(tmp_path).json("provenance.json", content)
    assert json.loads((tmp_path / "provenance.json").read_text()) == content
    assert "and 3,995 more, all in provenance.json" in shown
    assert len(shown) < 1000


def test_small_numbers_are_escaped_in_tables(tmp_path):
    assert ">&lt; 0.0001<" in Report(tmp_path).table(pd.DataFrame({"q": [1e-9]}), "q", "Q.")


@pytest.fixture
def choices() -> pd.DataFrame:
    return pd.DataFrame(
        {"concept": ["ruler"], "critical": [2], "neutral": [1], "favourable": [0], "loaded": [2], "share": [2 / 3],
         "share_low": [0.2], "share_high": [0.95], "enough": [True]}
    )  # fmt: skip


def test_report_figure_has_caption_alt_text_and_all_files(choices, tmp_path):
    from matplotlib import pyplot as plt

    before = plt.get_fignums()
    report = Report(tmp_path, source="Source: a <test>")
    shown = report.figure(
        charts.concept_choices(choices, source=report.source), "choices", "Choices & counts.", choices
    )
    assert plt.get_fignums() == before
    endings = sorted(path.suffix for path in (tmp_path / "figures").iterdir())
    assert endings == [".csv", ".pdf", ".png", ".svg", ".txt"]
    assert "<b>Figure 1.</b> Choices &amp; counts." in shown
    alt = (tmp_path / "figures" / "01_choices.alt.txt").read_text().strip()
    assert len(alt) > 40
    assert Tags(shown).tags == {"figure", "img", "figcaption", "b"}


@pytest.mark.slow
def test_figures_of_an_earlier_run_in_another_order_are_removed_and_nothing_else(choices, tmp_path):
    def run(*names: str) -> list[str]:
        report = Report(tmp_path)
        for name in names:
            report.figure(charts.concept_choices(choices, source="none"), name, "Caption", choices)
        return sorted({path.name.split(".")[0] for path in (tmp_path / "figures").iterdir()})

    own = tmp_path / "figures" / "01_first.txt"
    assert run("first", "second", "third") == ["01_first", "02_second", "03_third"]
    own.write_text("a reader's own note")
    assert run("second", "first") == ["01_first", "01_second", "02_first", "03_third"]
    assert own.read_text() == "a reader's own note"
    assert {p.name for p in own.parent.glob("01_first*")} == {"01_first.txt"}
    assert run("twice", "twice") == ["01_first", "01_twice", "02_twice", "03_third"]


def test_page_holds_no_address_and_forbids_script(tmp_path):
    Report(tmp_path).page("text.html", "<p>x</p>", NASTY[0])
    page = (tmp_path / "text.html").read_text()
    assert "default-src 'none'" in page
    assert "script" not in Tags(page).tags
    assert "http" not in page.replace("http-equiv", "")
    assert "http" not in page_style()


@pytest.fixture
def lexicon():
    terms = pd.DataFrame(
        [("regime", "government", "illegitimacy", "critical"), ("government", "government", "", "neutral"),
         ("tax regime", "", "", "ignore"), ("strongman", "ruler", "illegitimacy", "critical"), ("leader", "ruler", "", "neutral")],
        columns=["term", "concept", "frame", "stance"],
    )  # fmt: skip
    return Lexicon(terms, {"name": "tiny", "title": "Tiny", "version": "1.2.3"})


def comparison(**changes) -> pd.DataFrame:
    row = {
        "doc_id": "a", "frame": "all", "words": 500, "mentions": 5, "rate": 10.0, "rate_low": 4.0, "rate_high": 21.0,
        "enough": True, "baseline": "Plain news", "baseline_rate": 2.0, "ratio": 4.2, "low": 1.8, "high": 8.0,
        "percentile": 98.5, "p": 0.004, "q": 0.008,
    }  # fmt: skip
    other = {**row, "frame": "illegitimacy", "mentions": 3, "ratio": 5.5, "low": 1.6}
    return pd.DataFrame([{**row, **changes}, {**other, **changes, "frame": "illegitimacy"}])


def mentions(n: int = 3) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "doc_id": "a", "part": "body", "start": range(n), "end": range(1, n + 1), "stance": "critical",
            "voice": (["narrator", "narrator", "quoted"] * n)[:n], "target": (["China", "Russia", None] * n)[:n],
        }
    )  # fmt: skip


def test_the_ends_of_percentiles_are_open():
    for value, said in ((99.97, "above 99.9"), (0.02, "below 0.1"), (98.5, "98.5")):
        assert f"(percentile {said}, p" in wording.findings(comparison(percentile=value), mentions())[1]


def test_findings_say_what_the_table_says():
    said = " ".join(wording.findings(comparison(), mentions()))
    for part in ("5 loaded mentions in 500 words", "4 to 21", "above neutral coverage", "percentile 98.5", "illegitimacy (3 mentions",
                 "2 are in the narrator's own voice and 1 is inside quotations", "China (1) and Russia (1); for 1 mention it could not"):  # fmt: skip
        assert part in said


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"low": 0.7, "q": 0.4}, "includes 1"),
        ({"low": 0.1, "high": 0.6}, "stands below neutral coverage"),
        ({"ratio": float("nan")}, "no baseline to hold this against"),
        ({"enough": False}, "too little text"),
        ({"words": 0}, "holds no words"),
    ],
)
def test_findings_do_not_claim_what_is_not_there(changes, words):
    said = " ".join(wording.findings(comparison(**changes), mentions(0)))
    assert words in said
    assert "Of the" not in said


def test_findings_without_named_target():
    said = wording.findings(comparison(), mentions(2).assign(target=None))
    assert "For none of them could be told who is being named." in said


def test_findings_speak_of_one_article():
    with pytest.raises(ValueError, match="2 rows with frame 'all'"):
        wording.findings(pd.concat([comparison(), comparison()]), mentions())


class Coverage:
    """Stands for a baseline where only its description is needed."""

    title = "Plain news"
    articles = pd.DataFrame({"year": [2012, 2020]})
    words = pd.Series([3_999_000, 1000]).to_numpy()
    meta = {"source": "made up", "match": {"k": 5, "balance": [1]}}  # noqa: RUF012

    def __len__(self):
        return 4774


def test_methods_paragraph_computes_its_numbers(lexicon):
    articles = pd.DataFrame({"doc_id": ["a"], "text": ["x"]})
    text = wording.methods_paragraph(articles, lexicon, comparison(), Coverage(), left_out=2)
    for part in ("1 article (500 words; 2 left out)", "version 1.2.3", lexicon.sha256[:12], "5 terms in 2 concepts",
                 "2 critical, 0 favourable and 2 neutral terms, and 1 phrases", "4,774 articles", "2012–2020", "2 rows"):  # fmt: skip
        assert part in text


def test_provenance_is_json_and_names_the_article_by_its_hash(lexicon, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    articles = pd.DataFrame({"doc_id": ["a"], "text": ["abc"]})
    parameters = {"ARTICLE": "/home/her name/x.txt", "LEXICON": "geopolitics", "MATCHED": 100}
    found = json.loads(json.dumps(provenance(articles, lexicon, [Coverage()], parameters)))
    assert found["parameters"] == {**parameters, "ARTICLE": "x.txt"}
    assert (
        found["articles"][0]["sha256"] == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )
    assert found["lexicon"]["sha256"] == lexicon.sha256
    assert found["date"] == "1970-01-01T00:00:00+00:00"
    assert found["packages"]["pandas"] == pd.__version__
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert today().year >= 2026
