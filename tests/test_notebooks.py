"""The notebooks: committed from a clean ordered run, no logic in cells, and they run."""

import html.parser
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import helpers
from helpers import notebooks as nb
from helpers import reporting
from helpers._pages import notebook_to_html
from helpers.notebook_runs import run_all, run_notebook
from helpers.reporting import article_title

FOLDER = Path(__file__).parents[1] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LIMIT = 60  # seconds that a notebook may take


def cells(path: Path, kind: str) -> list[dict]:
    return [c for c in json.loads(path.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == kind]


def source(cell: dict) -> str:
    return "".join(cell["source"])


@pytest.fixture(params=NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def notebook(request) -> Path:
    return request.param


def test_committed_from_one_ordered_run(notebook):
    counts = [c["execution_count"] for c in cells(notebook, "code") if source(c).strip()]
    assert counts == list(range(1, len(counts) + 1))


def test_holds_no_error_and_no_stray_output(notebook):
    outputs = [o for c in cells(notebook, "code") for o in c["outputs"]]
    assert [o.get("ename") for o in outputs if o["output_type"] == "error"] == []
    assert [o for o in outputs if o.get("name") == "stderr"] == []


def test_has_a_parameters_cell_a_question_and_a_run_time(notebook):
    assert any("parameters" in c["metadata"].get("tags", []) for c in cells(notebook, "code"))
    row = nb.notebook_map(FOLDER).set_index("notebook").loc[notebook.name]
    assert row["question"].endswith("?")
    assert 0 < row["seconds"] < LIMIT


def test_logic_lives_in_helpers(notebook):
    for cell in cells(notebook, "code"):
        text = source(cell)
        assert not re.search(r"^\s*(def|class|for|while)\b", text, re.M), text
        assert len(text.splitlines()) <= 25, text


def test_links_lead_somewhere_and_nowhere_else(notebook):
    for cell in cells(notebook, "markdown"):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", source(cell)):
            assert (FOLDER / target).exists(), target


def test_each_notebook_links_to_its_neighbours(notebook):
    place = NOTEBOOKS.index(notebook)
    text = source(cells(notebook, "markdown")[0])
    near = NOTEBOOKS[max(place - 1, 0) : place + 2]
    assert [path.name for path in near if path != notebook and f"({path.name})" not in text] == []


def test_map_names_every_notebook():
    table = nb.notebook_map(FOLDER)
    assert table["notebook"].tolist() == [path.name for path in NOTEBOOKS]
    shown = nb.map_html(
        pd.DataFrame([{"notebook": "x.ipynb", "title": "<b>", "question": "<i>?", "seconds": None}])
    )
    assert "<b>" not in shown
    assert "&lt;i&gt;?" in shown


def write_notebook(path: Path, *sources: str) -> Path:
    import nbformat

    book = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    )
    book.cells.append(nbformat.v4.new_markdown_cell("# Title\n\n**Question.** Which?"))
    first = nbformat.v4.new_code_cell("N = 1", metadata={"tags": ["parameters"]})
    book.cells += [first, *map(nbformat.v4.new_code_cell, sources)]
    nbformat.write(book, path)
    return path


@pytest.mark.slow
def test_a_failing_notebook_says_which_error_and_leaves_nothing(tmp_path):
    book = write_notebook(tmp_path / "fails.ipynb", "raise ValueError('the reason')")
    with pytest.raises(RuntimeError, match=r"fails\.ipynb: ValueError: the reason"):
        run_notebook(book, tmp_path / "out" / "run.ipynb", {}, progress=False)
    assert list((tmp_path / "out").iterdir()) == []


def test_words_chosen_sets_the_same_concept_side_by_side():
    articles = pd.DataFrame({"doc_id": ["a", "b", "c"], "outlet": ["One", "Two", "One"]})
    rows = [
        ("a", 0, 6, "Regime", "government", "critical"),
        ("a", 9, 15, "regime", "government", "critical"),
        ("a", 9, 15, "regime", "government", "critical"),  # the same place, found by a second lexicon
        ("b", 4, 14, "government", "government", "neutral"),
        ("c", 0, 10, "freedom\nfighter", "fighter", "favourable"),
        ("c", 20, 30, "government", "government", "neutral"),
    ]
    mentions = pd.DataFrame(rows, columns=["doc_id", "start", "end", "text", "concept", "stance"])
    table = nb.words_chosen(mentions, articles)
    assert table.to_dict("records") == [
        {"concept": "government", "One": "−regime ×2, government", "Two": "government"}
    ]
    every = nb.words_chosen(mentions, articles, groups=1).set_index("concept")
    assert every.loc["fighter", "One"] == "+freedom fighter"
    assert pd.isna(every.loc["fighter", "Two"])


def test_clearest_keeps_all_loaded_words_and_the_frames_farthest_from_one():
    rows = [
        ("A", "all", 1.1, 1.3, 0.01, True),
        ("A", "threat", 1.2, 9.0, 0.01, True),
        ("A", "hate", 0.0, 0.5, 0.01, True),  # half at most: as far from one as twice at least
        ("A", "doubt", 1.9, 2.1, 0.01, True),
        ("A", "greed", 5.0, 9.0, 0.20, True),
        ("A", "vanity", 5.0, 9.0, 0.01, False),
        ("B", "all", 0.9, 1.3, 0.40, True),
        ("B", "threat", 1.1, 1.2, 0.04, True),
        ("B", "hate", np.nan, np.nan, np.nan, True),
    ]
    result = pd.DataFrame(rows, columns=["outlet", "frame", "low", "high", "q", "enough"])
    chosen = result[nb.clearest(result, "outlet", each=2)]
    assert chosen[["outlet", "frame"]].values.tolist() == [
        ["A", "all"],
        ["A", "hate"],
        ["A", "doubt"],
        ["B", "threat"],
    ]
    assert not nb.clearest(result.assign(q=1.0), "outlet").any()


def test_kernels_do_not_share_a_folder_for_their_sockets_nor_print_their_log(tmp_path, capfd):
    """Two that start at once in one folder would choose the same names, and hear each other.

    A kernel that is told to end just after its last cell may log "KeyboardInterrupt caught in kernel".
    """
    code = "import json, ipykernel; print(json.load(open(ipykernel.get_connection_file()))['ip'])"
    code += "\nget_ipython().kernel.log.error('an own matter')"
    book = write_notebook(tmp_path / "one.ipynb", code)
    runs = [run_notebook(book, tmp_path / f"{i}.ipynb", {}, progress=False) for i in (1, 2)]
    assert "an own matter" not in "".join(capfd.readouterr())
    first, second = (Path("".join(cells(run, "code")[-1]["outputs"][0]["text"]).strip()) for run in runs)
    assert first.parent != second.parent
    assert not first.parent.is_relative_to(tmp_path)
    assert not first.parent.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.ipynb", "2.ipynb", "one.ipynb"]


def test_run_all_replaces_in_place_without_traces_of_the_machine(tmp_path):
    write_notebook(
        tmp_path / "01_one.ipynb", "import sys; print('se' + 'en'); print('no' + 'ise', file=sys.stderr); N"
    )
    write_notebook(tmp_path / "02_two.ipynb", "N")
    [(path, seconds)] = run_all(["01"], folder=tmp_path)
    text = path.read_text()
    assert str(tmp_path) not in text
    assert "papermill" not in text
    assert "noise" not in text
    assert "seen" in text
    assert seconds > 0
    assert nb.notebook_map(tmp_path)["seconds"].notna().tolist() == [True, False]


@pytest.mark.slow
def test_a_page_says_where_there_is_something_to_click(tmp_path):
    import nbformat

    book = nbformat.read(write_notebook(tmp_path / "w.ipynb", "box"), as_version=4)
    shown = {"text/plain": "VBox(children=(Text(value=''", "application/vnd.jupyter.widget-view+json": {}}
    bar = {**shown, "text/plain": "scoring:   0%|          | 0/1000"}
    book.cells[-1].outputs = [nbformat.v4.new_output("display_data", data) for data in (shown, bar)]
    nbformat.write(book, tmp_path / "w.ipynb")
    page = notebook_to_html(tmp_path / "w.ipynb", tmp_path / "w.html", "Title").read_text()
    assert "VBox" not in page
    assert "0%|" not in page
    assert page.count("something to click") == 1


def test_a_page_is_headed_by_its_title(tmp_path):
    title = 'A <b>&\\1 "quoted"'
    page = notebook_to_html(write_notebook(tmp_path / "w.ipynb", "1"), tmp_path / "w.html", title).read_text()
    assert re.findall("<h1.*?</h1>", page) == ["<h1>A &lt;b&gt;&amp;\\1 &quot;quoted&quot;</h1>"]


def test_how_to_run_a_notebook_is_not_told_to_readers_of_its_page(tmp_path):
    path = FOLDER / "01_one_article.ipynb"
    told = "You need not read the code"
    assert any(told in source(cell) for cell in cells(path, "markdown"))
    assert told not in notebook_to_html(path, tmp_path / "page.html", "Title").read_text()


def test_a_report_is_named_after_its_article():
    asked = ": how it names people, states and events"
    assert article_title("summit", "Talks\nend") == "Talks end" + asked
    assert article_title("summit", float("nan")) == article_title("summit", " ") == "summit" + asked
    assert len(article_title("summit", "word " * 100)) < 120 + len(asked)


def test_a_cell_not_run_yet_says_that_there_is_something_to_click(tmp_path):
    write_notebook(tmp_path / "01_one.ipynb", "import ipywidgets; ipywidgets.Button(description='go')")
    [(path, _)] = run_all(["01"], folder=tmp_path)
    [output] = cells(path, "code")[-1]["outputs"]
    assert "".join(output["data"]["text/plain"]) == "Run this cell: here is something to click."
    assert any("widget" in kind for kind in output["data"])


def test_run_all_passes_articles_to_those_that_take_them(tmp_path):
    write_notebook(tmp_path / "01_none.ipynb", "N")
    takes = write_notebook(tmp_path / "02_takes.ipynb", "print(ARTICLES)")
    takes.write_text(takes.read_text().replace("N = 1", "ARTICLES = 'samples'"))
    runs = list(run_all(articles="mine.csv", out=tmp_path / "out", folder=tmp_path))
    assert [path.name for path, _ in runs] == ["02_takes.ipynb"]
    assert "mine.csv" in (tmp_path / "out" / "02_takes.html").read_text()


def test_run_all_names_the_notebooks_there_are(tmp_path):
    write_notebook(tmp_path / "01_one.ipynb", "N")
    with pytest.raises(ValueError, match="begins with 07; there are: 01_one"):
        list(run_all(["07"], folder=tmp_path))


def test_pick_article_names_those_there_are():
    articles = pd.DataFrame({"doc_id": ["a", "b"], "text": ["x", "y"]})
    assert nb.pick_article(articles)["doc_id"].tolist() == ["a"]
    assert nb.pick_article(articles, "b")["doc_id"].tolist() == ["b"]
    assert nb.pick_article(articles, usual="b")["doc_id"].tolist() == ["b"]
    assert nb.pick_article(articles, "a", usual="b")["doc_id"].tolist() == ["a"]
    assert nb.pick_article(articles, usual="none of these")["doc_id"].tolist() == ["a"]
    with pytest.raises(ValueError, match="no article 'c'; there are: a, b"):
        nb.pick_article(articles, "c")


class Page(html.parser.HTMLParser):
    """Collects what a page would run or fetch."""

    def __init__(self, text: str):
        super().__init__()
        self.scripts, self.addresses, self.handlers, self.images = 0, [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.scripts += tag in ("script", "iframe", "object", "embed", "link")
        for name, value in attrs:
            if name.startswith("on"):
                self.handlers.append((tag, name))
            if name in ("src", "href", "action", "data") and not (value or "").startswith(
                ("#", "data:image/")
            ):
                self.addresses.append(value)
        if tag == "img":
            self.images.append(dict(attrs))


def test_too_many_articles_for_a_report_each(tmp_path):
    many = pd.DataFrame(
        {"text": [f"The government met on day {i}." for i in range(reporting.MOST_REPORTS + 1)]}
    )
    many.to_csv(tmp_path / "many.csv")
    with pytest.raises(ValueError, match="31 articles; a report each is meant for up to 30"):
        reporting.make_reports(tmp_path / "many.csv", tmp_path / "out")


HOSTILE = """<script>alert("x")</script> The regime of <img src=x onerror=alert(1)> fell. [link](javascript:alert(1))

The government said: “The dictator's regime is a rogue state.” =cmd|' /C calc'!A0 \x1b[31m The end came on Friday."""


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    article = folder / "hostile <b>.txt"
    article.write_text(HOSTILE, encoding="utf-8")
    [page] = reporting.make_reports(article, folder / "out", progress=False)
    return page


@pytest.mark.slow
def test_report_runs_nothing_and_fetches_nothing(hostile_report):
    page = Page(hostile_report.read_text(encoding="utf-8"))
    assert (page.scripts, page.handlers, page.addresses) == (0, [], [])
    assert all(len(image["alt"]) > 40 for image in page.images)
    assert len(page.images) >= 5


@pytest.mark.slow
def test_report_folder_holds_every_file(hostile_report):
    folder = hostile_report.parent
    assert folder.parent == folder.parents[1] / "out"
    figures = {path.name.partition(".")[0] for path in (folder / "figures").iterdir()}
    assert len(figures) >= 5
    for name in figures:
        found = {path.name.removeprefix(name) for path in (folder / "figures").glob(f"{name}.*")}
        assert found == {".svg", ".pdf", ".png", ".csv", ".alt.txt"}
    assert {"comparison.csv", "mentions.csv", "exclusions.csv"} <= {
        p.name for p in (folder / "tables").iterdir()
    }
    for name in ("methods.md", "provenance.json", "article.html", "report.html", "report.ipynb"):
        assert (folder / name).stat().st_size > 0
    provenance = json.loads((folder / "provenance.json").read_text())
    assert set(provenance) >= {
        "software",
        "packages",
        "date",
        "lexicon",
        "baselines",
        "articles",
        "parameters",
    }


@pytest.mark.slow
@pytest.mark.shared
def test_moscow_article_marks_what_it_should(moscow):
    """What the report's notebook shows of it, by the same calls; that a report shows them is tested above."""
    lexicon = helpers.Lexicon.load("geopolitics")
    article = helpers.read_articles(moscow)
    mentions = helpers.find_mentions(article, lexicon, part="all")
    body = mentions[mentions["part"] == "body"]
    loaded = body[body["stance"].isin(["critical", "favourable"])]
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", helpers.Highlight(article, mentions, lexicon).html, re.S)
    for text, count in {
        "regime": 2,
        "communist": 2,
        "authoritarian": 1,
        "conquest": 1,
        "de facto alliance": 1,
    }.items():
        assert loaded["text"].str.lower().str.contains(text).sum() == count, text
        assert sum(text in shown.lower() for shown in marked) >= count, text
    assert not any("Communist Party" in shown for shown in marked)
    assert not mentions["text"].str.contains("Communist Party").any()
    scores = helpers.score(article, lexicon, mentions=body)
    whole = helpers.compare_to_baseline(scores, helpers.Baseline.load("news")).set_index("frame").loc["all"]
    assert whole["low"] > 1
    assert {"China", "Russia"} <= set(mentions["target"].dropna())
