"""JupyterLab and the exported pages in a real Chromium, as a reader meets them."""

import re

import browser_tools as tools
import pytest

NOTEBOOKS = sorted(path.name for path in (tools.REPO / "notebooks").glob("*.ipynb"))
START = "00_start_here.ipynb"
# Those with nothing to click.
PLAIN = [
    n for n in NOTEBOOKS if "widget-view" not in (tools.REPO / "notebooks" / n).read_text(encoding="utf-8")
]
# What libraries log where a machine is slow; it stands among the outputs and is no fault of a notebook.
SLOWNESS = re.compile(
    r" - (?:distributed|tornado|asyncio)[.\w]* - (?:INFO|WARNING) - |building the font cache"
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        tools.CHROMIUM is None, reason="no Chromium on this machine; 'apt-get install chromium' brings one"
    ),
]


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=tools.CHROMIUM, args=tools.FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on loopback, over a copy of the notebooks; gives its address, its token and its folder."""
    root = tmp_path_factory.mktemp("lab")
    tools.copy_notebooks(root, quiet=PLAIN)
    server, address, token = tools.start_lab(root)
    yield address, token, root
    server.terminate()
    server.wait(20)


class Notebooks:
    """JupyterLab in one page, where one notebook after the other is opened and run from top to bottom, each once."""

    def __init__(self, page, address: str, token: str) -> None:
        self.page, self.address, self.token = page, address, token
        self.open = ""
        self.found: dict[str, dict] = {}

    def __call__(self, name: str):
        """Return the page with a notebook that was run and is open still; another one's is closed."""
        if name != self.open:
            assert name not in self.found, f"tests that need {name} open must follow one another"
            tools.run_notebook_in(self.page, self.address, self.token, name)
            self.open, self.found[name] = name, tools.shown_by(self.page)
            tools.screenshot(self.page, name.removesuffix(".ipynb"))
        return self.page

    def ran(self, name: str) -> dict:
        """Say what a notebook showed when it had run."""
        if name not in self.found:
            self(name)
        return self.found[name]


@pytest.fixture(scope="module")
def opened(chromium, lab):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)
    yield Notebooks(context.new_page(), *lab[:2])
    context.close()


# ------------------------------------------------------------ JupyterLab
def wait_for_text(page, text: str) -> None:
    """Wait until the widgets show a text."""
    page.wait_for_function(
        "text => [...document.querySelectorAll('.jupyter-widgets')].some(e => e.textContent.includes(text))",
        arg=text,
    )


def paste(page, text: str):
    box = page.locator(".jupyter-widgets textarea").first
    box.fill(text)
    return box


def test_paste_box_follows_what_is_typed(opened):
    page = opened(START)
    paste(
        page,
        "A dictator spoke. The regime is <script>window.broken = 1</script><img src=x onerror='window.broken = 1'> here.",
    )
    wait_for_text(page, "A dictator spoke")
    marked = page.locator(".jupyter-widgets .fn-text mark").all_inner_texts()
    assert marked == ["dictator", "regime"]
    assert page.evaluate("window.broken") is None
    paste(page, "The government stayed.")
    wait_for_text(page, "3 words")
    assert page.locator(".jupyter-widgets .fn-critical.fn-mention").count() == 0
    tools.screenshot(page, "paste_box")


def test_a_long_paste_is_measured_and_can_be_taken_back(opened):
    page = opened(START)
    paste(page, "The regime in the capital fell on Friday, and its leader fled. " * 300)
    wait_for_text(page, "3,600 words")
    paste(page, "")
    wait_for_text(page, "Paste or type a text")


def test_paste_box_can_be_used_from_the_keyboard(opened):
    page = opened(START)
    box = paste(page, "The regime fell.")
    wait_for_text(page, "3 words")
    box.press("Tab")
    assert "fn-mention" in page.evaluate("document.activeElement.className")
    note = page.evaluate(
        "getComputedStyle(document.activeElement, '::before').display + document.activeElement.dataset.note"
    )
    assert note.startswith("block")
    assert "government" in note
    assert tools.violations(page, ".jupyter-widgets") == []
    tools.screenshot(page, "paste_box_keyboard")


def test_map_links_to_every_notebook(opened):
    page = opened(START)
    links = page.locator(".jp-OutputArea a").evaluate_all("all => all.map(a => a.textContent + ' ' + a.href)")
    for name in NOTEBOOKS:
        assert any(name in link or name in re.sub("%20", " ", link) for link in links), (name, links)


def test_workbench_moves_the_score_and_takes_terms(opened):
    page = opened("06_lexicon_workbench.ipynb")
    bench = page.locator(".jupyter-widgets").filter(has=page.get_by_text("Save as new version")).first
    before = bench.inner_text()
    page.get_by_label("Find", exact=True).fill("regime")
    page.get_by_label("Find", exact=True).press("Enter")
    show = page.get_by_title("Show regime in context", exact=True)
    show.first.click()
    page.wait_for_function(
        "[...document.querySelectorAll('.jupyter-widgets')].some(e => e.textContent.includes('regime in context'))"
    )
    before = page.locator(".jupyter-widgets table", has_text="Mentions before").first.inner_text()
    page.locator(".jupyter-widgets .widget-hbox", has=show).last.locator("input[type=checkbox]").uncheck()
    page.wait_for_function(
        "before => ![...document.querySelectorAll('.jupyter-widgets table')].some(e => e.innerText === before)",
        arg=before,
    )
    page.get_by_label("New term").fill("<b>tyranny</b>*")
    page.get_by_role("button", name="Add", exact=True).click()
    page.wait_for_selector(".jupyter-widgets span[role=status]")
    assert page.locator(".jupyter-widgets b", has_text="tyranny").count() == 0
    assert tools.violations(page, ".jupyter-widgets") == []
    show.first.scroll_into_view_if_needed()
    tools.screenshot(page, "workbench")


def test_annotator_labels_undoes_and_keeps_every_click(opened, lab):
    page = opened("08_validation_and_limits.ipynb")
    coder = page.get_by_label("Coder")
    coder.fill("ann")
    coder.press("Enter")
    status = page.locator(".jupyter-widgets span[role=status]")
    page.get_by_role("button", name="1 loaded").click()
    status.get_by_text("1 of").wait_for()
    keys = page.get_by_label("Keys")
    keys.press("2")
    status.get_by_text("2 of").wait_for()
    keys.press("u")
    status.get_by_text("Undone").wait_for()
    assert status.inner_text().startswith("1 of")
    assert tools.violations(page, ".jupyter-widgets") == []
    coder.scroll_into_view_if_needed()
    tools.screenshot(page, "annotator")
    log = (lab[2] / "reports" / "validation" / "labels.csv").read_text(encoding="utf-8")
    assert len(log.splitlines()) == 4  # a heading, two labels, one undoing
    assert "not loaded" in log


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_every_notebook_runs_in_jupyterlab(opened, name):
    found = opened.ran(name)
    assert found["error"] == []
    assert [line for line in found["stderr"] if line.strip() and not SLOWNESS.search(line)] == []
    assert found["done"] == found["cells"] > 0
    assert bool(found["widgets"]) == (name not in PLAIN)


# ------------------------------------------------------------ exported pages
@pytest.fixture(scope="module")
def exported(tmp_path_factory, lab, opened):
    """Give a notebook, as it was run and saved in JupyterLab, as a page."""
    from helpers._pages import notebook_to_html

    folder = tmp_path_factory.mktemp("pages")
    pages = {}

    def get(name: str):
        if name not in pages:
            opened.ran(name)
            pages[name] = notebook_to_html(lab[2] / "notebooks" / name, folder / f"{name}.html", name)
        return pages[name]

    return get


@pytest.fixture
def offline(chromium):
    context = chromium.new_context(viewport={"width": 1100, "height": 900}, offline=True)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    context.close()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_exported_page_asks_nobody_and_is_accessible(exported, offline, name):
    offline.goto(exported(name).as_uri())
    offline.wait_for_load_state("networkidle")
    asked = [url for url in offline.asked if not url.startswith(("data:", exported(name).as_uri()))]
    assert asked == []
    tools.screenshot(offline, f"page_{name.removesuffix('.ipynb')}")
    broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
    assert offline.evaluate(broken) == 0
    assert tools.violations(offline) == []


@pytest.mark.parametrize("name", NOTEBOOKS[:2])
def test_exported_page_can_be_used_from_the_keyboard(exported, offline, name):
    offline.goto(exported(name).as_uri())
    offline.keyboard.press("Tab")
    assert offline.evaluate("document.activeElement.className") == "skip"
    offline.keyboard.press("Enter")
    assert offline.url.endswith("#content")
    seen = set()
    for _ in range(60):
        offline.keyboard.press("Tab")
        seen.add(offline.evaluate("document.activeElement.tagName + '.' + document.activeElement.className"))
    assert any(item.startswith("SUMMARY") for item in seen)


@pytest.mark.parametrize("width", [360, 1400])
def test_exported_page_needs_no_sideways_scrolling(exported, chromium, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    page.goto(exported("01_one_article.ipynb").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    tools.screenshot(page, f"page_{width}")
    page.close()
