"""Pages as PDF: printed where there is a Chromium, a clear message where there is none."""

import re
import sys

import pytest

from helpers import pdf
from helpers.pdf import find_browser, html_to_pdf

PAGE = (
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Report</title></head>'
    '<body><h1>Report</h1><p style="break-after:page">One</p><h2>Part</h2><img src="http://example.org/x.png"></body></html>'
)


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "report.html"
    path.write_text(PAGE)
    return path


def no_browser(monkeypatch):
    monkeypatch.delenv("FRAMING_BROWSER", raising=False)
    monkeypatch.setattr(pdf, "BROWSERS", ("no-such-browser",))


def test_without_a_browser_it_says_what_to_do(page, monkeypatch):
    no_browser(monkeypatch)
    with pytest.raises(RuntimeError, match=r"needs Chromium or Chrome, and none was found.*FRAMING_BROWSER"):
        html_to_pdf(page)
    assert sorted(p.name for p in page.parent.iterdir()) == ["report.html"]


def test_without_a_page_it_says_which(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"gone\.html: there is no such page"):
        html_to_pdf(tmp_path / "gone.html")


def script(tmp_path, monkeypatch, body):
    path = tmp_path / "browser"
    path.write_text(f"#!{sys.executable}\n{body}\n")
    path.chmod(0o755)
    monkeypatch.setenv("FRAMING_BROWSER", str(path))


def test_a_browser_that_fails_leaves_the_old_file(page, tmp_path, monkeypatch):
    script(tmp_path, monkeypatch, "import sys; sys.exit('no display')")
    page.with_suffix(".pdf").write_bytes(b"old")
    with pytest.raises(RuntimeError, match="ended with code 1 and printed nothing: no display"):
        html_to_pdf(page)
    assert page.with_suffix(".pdf").read_bytes() == b"old"


def test_a_browser_that_hangs_is_ended(page, tmp_path, monkeypatch):
    script(tmp_path, monkeypatch, "import time; time.sleep(60)")
    monkeypatch.setattr(pdf, "LIMIT", 0.5)
    with pytest.raises(RuntimeError, match="did not print the page within"):
        html_to_pdf(page)


def test_half_a_pdf_is_none(page, tmp_path, monkeypatch):
    body = "import sys; p = [a for a in sys.argv if a.startswith('--print-to-pdf=')][0][15:]; open(p, 'w').write('no')"
    script(tmp_path, monkeypatch, body)
    with pytest.raises(RuntimeError, match="printed nothing"):
        html_to_pdf(page)
    assert not page.with_suffix(".pdf").exists()


@pytest.mark.browser
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine")
def test_prints_pages_with_bookmarks_and_the_date_asked_for(page, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    made = html_to_pdf(page)
    content = made.read_bytes()
    assert made == page.with_suffix(".pdf")
    assert len(re.findall(rb"/Type /Page\b", content)) == 2
    assert b"/Outlines" in content
    assert b"/CreationDate (D:19700101000000" in content
    assert content == html_to_pdf(page, page.with_name("again.pdf")).read_bytes()
