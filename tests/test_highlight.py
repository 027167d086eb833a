"""The article with its mentions marked: complete, explained, and harmless whatever it holds."""

from html.parser import HTMLParser

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.highlight import Highlight, highlight
from helpers.safe import visible_text

TAGS = {"style", "div", "p", "ul", "li", "ol", "a", "mark"}
ATTRIBUTES = {"class", "dir", "id", "href", "aria-describedby", "aria-label", "data-note"}


class Page(HTMLParser):
    """What a browser would make of the HTML: tags, attributes, and the text of the article's own element."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.stack = [], [], []
        self.text, self.title, self.marks, self.notes, self.css = "", "", [], [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append((tag, attrs))
        self.attributes += attrs
        self.stack.append((tag, attrs))
        if tag == "mark":
            self.marks.append([self.stack[-2][1].get("class", ""), ""])
        if "data-note" in attrs:
            self.notes.append(attrs["data-note"])

    def handle_endtag(self, tag):
        assert self.stack[-1][0] == tag, f"</{tag}> closes {self.stack[-1][0]}"
        self.stack.pop()

    def handle_data(self, data):
        classes = [attrs.get("class") for _, attrs in self.stack]
        if self.stack and self.stack[-1][0] == "style":
            self.css += data
        if "fn-text" in classes:
            self.text += data
        if "fn-title" in classes:
            self.title += data
        if self.stack and self.stack[-1][0] == "mark":
            self.marks[-1][1] += data

    @property
    def marked(self):
        """Marked words of title and article, without those of the legend."""
        return [text for kind, text in self.marks if "fn-mention" in kind]


def mention(start, end, stance="critical", **more):
    row = {"start": start, "end": end, "term": "regime", "concept": "government", "frame": "illegitimacy"}
    return {**row, "stance": stance, "weight": 1.0, **more}


def table(*rows) -> pd.DataFrame:
    # Lone surrogates stand in object columns only; pandas' own str columns refuse them.
    columns = ["start", "end", "term", "concept", "frame", "stance", "weight"]
    return pd.DataFrame(list(rows), columns=None if rows else columns, dtype=object)


class Lexicon:
    """What highlight asks of a lexicon."""

    def neutral_alternatives(self, concept):
        return ["government", "administration", "cabinet", "leadership", "authorities", "ministers", "state"]


TEXT = "The regime fell.\r\nIts leader, a strongman, fled.\n\nThe government stayed."


def usual() -> str:
    rows = table(
        mention(4, 10, voice="narrator", speaker=None, target="China"),
        mention(32, 41, term="strongman", concept="ruler", voice="reported", speaker="Xi"),
        mention(54, 64, "neutral", term="government", frame=""),
    )
    return highlight(TEXT, rows, Lexicon(), title="News")


def test_marks_each_mention_by_stance_and_keeps_the_text():
    page = Page(usual())
    assert page.text == TEXT
    assert page.title == "News"
    legend = [["fn-critical", "critical"], ["fn-favourable", "favourable"], ["fn-neutral", "neutral"]]
    assert page.marks[:3] == legend
    assert [(kind.split()[-1], text) for kind, text in page.marks[3:]] == [
        ("fn-critical", "regime"), ("fn-critical", "strongman"), ("fn-neutral", "government"),
    ]  # fmt: skip
    assert "<mark>critical</mark> 2</li>" in usual()
    assert "<mark>favourable</mark> 0</li>" in usual()


def test_note_explains_term_concept_frame_alternatives_voice_speaker_and_target():
    first, second, third = Page(usual()).notes
    assert first.split("\n") == [
        "critical: “regime”, frame illegitimacy",
        "naming: government",
        "neutral words: government, administration, cabinet, leadership, authorities, ministers …",
        "voice: narrator",
        "target: China",
    ]
    assert "voice: reported speech (Xi)" in second
    assert "frame" not in third


def test_notes_are_reached_by_keyboard_and_listed_for_print():
    page = Page(usual())
    links = [attrs for tag, attrs in page.tags if tag == "a" and "data-note" in attrs]
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(links) == 3
    assert len(ids) == len(set(ids)) == 6
    for link in links:  # a link is in the tab order and needs no script
        assert link["href"].removeprefix("#") in ids
        assert link["aria-describedby"] in ids
    assert page.css.count("content:attr(data-note)") == 1
    assert ":focus::before{display:block}" in page.css
    assert "url(" not in page.css


def test_stances_differ_without_colour():
    css = Page(usual()).css
    for kind in ("underline dotted", "underline solid", "underline double", "underline wavy"):
        assert kind in css
    for symbol in ("\\25CB", "\\25BC", "\\25B2", "\\25C6"):
        assert f'content:"{symbol}"' in css


def test_two_highlights_on_a_page_share_no_id():
    one = highlight("The regime.", table(mention(4, 10)))
    two = highlight("The regime!", table(mention(4, 10)))
    ids = [attrs["id"] for html in (one, two) for _, attrs in Page(html).tags if "id" in attrs]
    assert len(ids) == len(set(ids)) == 4


def test_mentions_at_one_place_are_one_mark_with_both_notes():
    page = Page(highlight("a regime", table(mention(2, 8), mention(2, 8, frame="ideology", term="regime*"))))
    assert page.marked == ["regime"]
    assert page.notes[0].count("critical: ") == 2
    assert page.notes[0].count("naming: government") == 1


def test_overlapping_mentions_of_both_sides_are_marked_as_mixed():
    rows = table(mention(0, 6), mention(3, 12, "favourable"), mention(20, 22, "neutral"))
    page = Page(highlight("abcdefghijklmnopqrstuvwxyz", rows))
    assert [(kind, text) for kind, text in page.marks[4:]] == [
        ("fn-mention fn-mixed", "abcdefghijkl"), ("fn-mention fn-neutral", "uv"),
    ]  # fmt: skip
    assert page.marks[3] == ["fn-mixed", "mixed"]


def test_article_row_brings_title_and_picks_its_own_mentions():
    articles = pd.DataFrame(
        {"doc_id": ["a", "b"], "title": ["Regime", None], "text": ["The regime", "no regime"]}
    )
    rows = table(
        mention(0, 6, doc_id="a", part="title"),
        mention(4, 10, doc_id="a", part="body"),
        mention(3, 9, doc_id="b", part="body"),
    )
    page = Page(highlight(articles.iloc[0], rows))
    assert (page.title, page.text) == ("Regime", "The regime")
    assert page.marked == ["Regime", "regime"]
    other = Page(highlight(articles.iloc[[1]], rows))
    assert (other.title, other.text) == ("", "no regime")
    # Under a headline of one's own the title's offsets mean nothing.
    assert Page(highlight(articles.iloc[0], rows, title="Other")).marked == ["regime"]


def test_no_mention_says_so():
    html = highlight("Plain words.", table())
    assert "No mention" in html
    assert Page(html).text == "Plain words."
    assert Page(highlight("", table())).text == ""


def test_notebook_shows_it():
    shown = Highlight("The regime", table(mention(4, 10)))
    assert shown._repr_html_() == str(shown) == highlight("The regime", table(mention(4, 10)))


@pytest.mark.parametrize(
    ("article", "rows", "error", "says"),
    [
        ("short", table(mention(4, 10)), ValueError, "'regime' at 4–10 lies outside the text"),
        ("short", table(mention(2, 2)), ValueError, "lies outside"),
        ("text", pd.DataFrame({"start": [1]}), ValueError, "no column 'end', 'term'"),
        ("text", table(mention(0, 1, doc_id="a"), mention(0, 1, doc_id="b")), ValueError, "of 2 articles"),
        (pd.DataFrame({"text": ["a", "b"]}), table(), ValueError, "one article can be"),
        (pd.DataFrame({"text": [None]}), table(), TypeError, "must be a str"),
        (17, table(), TypeError, "not a int"),
        ({"title": "x"}, table(), TypeError, "with a 'text'"),
    ],
)
def test_wrong_input_is_named(article, rows, error, says):
    with pytest.raises(error, match=says):
        highlight(article, rows)


# ------------------------------------------------------------ hostile input
NASTY = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><b>',
    "</style>",
    "</div>",
    "&lt;",
    "&#0;",
]
NASTY += [
    "javascript:alert(1)",
    "]]>",
    "<!--",
    "\x00\x1b[31m",
    "\r\n",
    "\u202eabc\u202c",
    "\ud800",
    "ŵ",
    "مرحبا",
    "😀",
]
PIECES = st.lists(
    st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec=None), max_size=8)), max_size=12
)
HOSTILE = PIECES.map("".join)


@st.composite
def articles(draw):
    text = draw(HOSTILE)
    rows = []
    for _ in range(draw(st.integers(0, 5)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        stance = draw(st.sampled_from(["critical", "favourable", "neutral", "<i>"]))
        more = {key: draw(HOSTILE) for key in ("term", "concept", "frame", "voice", "speaker", "target")}
        rows.append(mention(start, end, stance, **more))
    return text, table(*rows), draw(HOSTILE)


class NastyLexicon:
    def neutral_alternatives(self, concept):
        return NASTY


@given(articles())
@settings(max_examples=200, deadline=None)
def test_nothing_of_the_article_becomes_markup(case):
    text, rows, title = case
    html = highlight(text, rows, NastyLexicon(), title=title)
    page = Page(html)
    assert {tag for tag, _ in page.tags} <= TAGS
    assert set(page.attributes) <= ATTRIBUTES
    assert not page.stack
    assert page.text == visible_text(text)
    assert page.title == visible_text(title)
    for tag, attrs in page.tags:
        assert tag != "a" or attrs["href"].startswith("#fn-")
        assert attrs.get("class", "fn-").startswith("fn-")
    html.encode("utf-8")


@given(articles())
@settings(max_examples=60, deadline=None)
def test_a_second_parser_agrees(case):
    from lxml import html as lxml_html

    text, rows, title = case
    tree = lxml_html.document_fromstring(f"<html><body>{highlight(text, rows, title=title)}</body></html>")
    assert {e.tag for e in tree.iter()} <= TAGS | {"html", "body"}
    (body,) = tree.find_class("fn-text")
    assert body.text_content().replace("\r", "") == visible_text(text).replace("\r", "")


def test_long_texts_take_linear_time():
    from time import process_time

    def seconds(n):
        rows = table(*(mention(i * 10, i * 10 + 6) for i in range(n)))
        start = process_time()
        html = highlight("regime is " * n, rows, Lexicon())
        assert html.count("data-note=") == n
        return process_time() - start

    seconds(100)
    assert seconds(4000) < 40 * max(seconds(400), 0.005)


def test_one_word_of_ten_million_letters():
    html = highlight("x" * 10_000_000, table(mention(9_999_990, 9_999_999)))
    assert len(html) < 10_010_000
