"""The article with its mentions marked, as HTML that is safe, needs no script and prints."""

import hashlib
import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.safe import visible_text

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

STANCES = ("critical", "favourable", "neutral")
ALTERNATIVES = 6  # neutral words named in a note

# Underline and symbol differ by stance, so that nothing hangs on colour; every colour is at least 4.5 : 1.
STYLE = """
.fn-highlight{background:#fff;color:#1a1a1a;font:1rem/1.65 Georgia,"DejaVu Serif",serif;max-width:46em;
padding:.5em 1em}
.fn-highlight .fn-title{font-weight:bold;font-size:1.25em;margin:.3em 0}
.fn-highlight .fn-legend{font:.9rem/1.5 system-ui,"DejaVu Sans",sans-serif;margin:.3em 0 1em;padding:0;
list-style:none;display:flex;flex-wrap:wrap;gap:.2em 1.4em}
.fn-highlight .fn-text,.fn-highlight .fn-title{white-space:pre-wrap;overflow-wrap:anywhere;
unicode-bidi:plaintext}
.fn-highlight .fn-mention{color:#1a1a1a;position:relative;text-decoration:none}
.fn-highlight mark{color:inherit;background:#ececec;padding:0 .1em;
text-decoration:underline dotted #595959 2px;text-underline-offset:.2em;
-webkit-print-color-adjust:exact;print-color-adjust:exact}
.fn-highlight .fn-critical mark{background:#fce4d6;text-decoration:underline solid #a34700 2px}
.fn-highlight .fn-favourable mark{background:#dcebf7;text-decoration:underline double #00598c 2px}
.fn-highlight .fn-mixed mark{background:#fff;text-decoration:underline wavy #1a1a1a 1px}
.fn-highlight mark::after{content:"\\25CB";display:inline-block;text-decoration:none;font-size:.6em;
line-height:1;vertical-align:super;margin-left:.15em}
.fn-highlight .fn-critical mark::after{content:"\\25BC"}
.fn-highlight .fn-favourable mark::after{content:"\\25B2"}
.fn-highlight .fn-mixed mark::after{content:"\\25C6"}
.fn-highlight .fn-mention::before{content:attr(data-note);display:none;position:absolute;z-index:9;left:0;
top:1.7em;width:max-content;max-width:min(22em,75vw);padding:.5em .7em;background:#fff;color:#1a1a1a;
border:1px solid #595959;border-radius:3px;box-shadow:0 2px 6px rgba(0,0,0,.25);
font:.85rem/1.4 system-ui,"DejaVu Sans",sans-serif;white-space:pre-line;text-align:start;
overflow-wrap:anywhere}
.fn-highlight .fn-mention:hover::before,.fn-highlight .fn-mention:focus::before{display:block}
.fn-highlight .fn-mention:focus{outline:2px solid #00598c;outline-offset:2px}
.fn-highlight .fn-notes{font:.9rem/1.5 system-ui,"DejaVu Sans",sans-serif;margin-top:1em}
.fn-highlight .fn-notes a{color:#00598c}
.fn-highlight .fn-notes li{overflow-wrap:anywhere;white-space:pre-line;margin:.4em 0}
@media print{.fn-highlight .fn-mention::before{display:none!important}.fn-highlight .fn-notes{columns:2;
font-size:8pt;line-height:1.35}.fn-highlight .fn-notes li{margin:.2em 0;break-inside:avoid}}
""".strip()


@dataclass(frozen=True)
class _Spot:
    """One marked place: where it is and the mentions that touch it."""

    start: int
    end: int
    rows: list[Any]

    @property
    def stance(self) -> str:
        loaded = {row["stance"] for row in self.rows} - {"neutral"}
        return loaded.pop() if len(loaded) == 1 else "mixed" if loaded else "neutral"


class Highlight:
    """An article with its mentions marked, which a notebook shows as such.

    Parameters
    ----------
    article : str, Series, mapping or DataFrame of one row
        The article's text, or its row of the articles table.
    mentions : pandas.DataFrame
        Its mentions, as `find_mentions` returns them; those of other articles in the table are left out.
    lexicon : Lexicon, optional
        Where the neutral alternatives in the notes come from.
    title : str, optional
        Headline to show above; by default the article's own, with its mentions marked.

    Attributes
    ----------
    html : str
        The HTML.

    Examples
    --------
    >>> table = pd.DataFrame({"start": [4], "end": [10], "term": ["regime"], "concept": ["government"],
    ...     "frame": ["illegitimacy"], "stance": ["critical"]})
    >>> shown = Highlight("The regime fell.", table)
    >>> "<mark>regime</mark>" in shown.html
    True
    """

    def __init__(
        self,
        article: "str | Mapping[str, Any] | pd.Series | pd.DataFrame",
        mentions: pd.DataFrame,
        lexicon: "Lexicon | None" = None,
        *,
        title: str | None = None,
    ) -> None:
        self.html = highlight(article, mentions, lexicon, title=title)

    def _repr_html_(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.html


def highlight(
    article: "str | Mapping[str, Any] | pd.Series | pd.DataFrame",
    mentions: pd.DataFrame,
    lexicon: "Lexicon | None" = None,
    *,
    title: str | None = None,
) -> str:
    """Return an article as HTML with each mention marked by stance and explained by a note.

    Parameters
    ----------
    article : str, Series, mapping or DataFrame of one row
        The article's text, or its row of the articles table (doc_id, title, text).
    mentions : pandas.DataFrame
        Its mentions, as `find_mentions` returns them: start, end, term, concept, frame, stance, and where
        there are such voice, speaker, target, part, doc_id. Rows of other articles are left out.
    lexicon : Lexicon, optional
        Where the neutral alternatives in the notes come from.
    title : str, optional
        Headline to show above; by default the article's own, with its mentions (part "title") marked.

    Returns
    -------
    str
        A ``<div>`` with its style. Each mention is a link to its note below, and shows the note when the
        pointer or the keyboard's focus is on it. Stances differ by underline and symbol as well as colour.

    Raises
    ------
    ValueError
        If a mention lies outside the text, or the table holds several articles and `article` does not say
        which.

    Notes
    -----
    Everything that comes from outside is escaped; no script, no event handler, no address outside the page.
    Control characters are shown as pictures (`visible_text`), so each character keeps its place. Mentions
    that share a place or overlap are marked as one, with a note for each.
    """
    text, own_title, doc_id = _article(article)
    table = _of_article(mentions, doc_id)
    headline = own_title if title is None else title
    part = table["part"].fillna("body") if "part" in table else pd.Series("body", index=table.index)
    body = _spots(table[part == "body"], text, "text")
    # Offsets of the title's mentions count in the article's own title, and in no other.
    above = _spots(table[part == "title"], own_title, "title") if headline == own_title and own_title else []
    mark = hashlib.sha256(f"{doc_id}\0{text}\0{headline}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
    spots = [*above, *body]
    notes = [_note(spot, lexicon) for spot in spots]
    names = [f"fn-{mark}-{place}" for place in range(1, len(spots) + 1)]
    cut = len(above)
    pieces = ["<style>", STYLE, '</style><div class="fn-highlight">']
    if headline:
        pieces += [
            '<p class="fn-title" dir="auto">',
            _marked(headline, above, notes[:cut], names[:cut]),
            "</p>",
        ]
    pieces += [
        _legend(spots),
        '<div class="fn-text" dir="auto">',
        _marked(text, body, notes[cut:], names[cut:]),
        "</div>",
        _notes(notes, names),
        "</div>",
    ]
    return "".join(pieces)


# ------------------------------------------------------------ what is to be shown
def _article(article: Any) -> tuple[str, str, Any]:
    """Take text, title and doc_id out of what was given."""
    if isinstance(article, str):
        return article, "", None
    if isinstance(article, pd.DataFrame):
        if len(article) != 1:
            raise ValueError(
                f"article: one article can be highlighted at a time, and the table has {len(article)} rows; "
                "pass one row, e.g. articles.iloc[0]"
            )
        article = article.iloc[0]
    if not isinstance(article, (Mapping, pd.Series)) or "text" not in article:
        raise TypeError(
            f"article: a text, or a row of the articles table with a 'text', not a {type(article).__name__}"
        )
    text, title = article["text"], article.get("title")
    if not isinstance(text, str):
        raise TypeError(f"article: its text must be a str, not a {type(text).__name__}")
    return text, title if isinstance(title, str) else "", article.get("doc_id")


def _of_article(mentions: pd.DataFrame, doc_id: Any) -> pd.DataFrame:
    missing = [c for c in ("start", "end", "term", "concept", "frame", "stance") if c not in mentions]
    if missing:
        raise ValueError(
            f"mentions: no column {', '.join(map(repr, missing))}; pass what find_mentions returns"
        )
    if "doc_id" not in mentions:
        return mentions
    if doc_id is not None:
        return mentions[mentions["doc_id"] == doc_id]
    if len(mentions["doc_id"].unique()) > 1:
        raise ValueError(
            f"mentions: they are of {mentions['doc_id'].nunique()} articles; pass those of one, "
            "or the article's row of the articles table instead of its text"
        )
    return mentions


def _spots(mentions: pd.DataFrame, text: str, name: str) -> list[_Spot]:
    """Merge mentions that share a place or overlap."""
    spots: list[_Spot] = []
    for row in mentions.sort_values(["start", "end"], kind="stable").to_dict("records"):
        start, end = int(row["start"]), int(row["end"])
        if not 0 <= start < end <= len(text):
            raise ValueError(
                f"mentions: {row['term']!r} at {start}–{end} lies outside the {name}, which has {len(text)} "
                "characters; were they found in another version of it?"
            )
        if spots and start < spots[-1].end:
            last = spots[-1]
            spots[-1] = _Spot(last.start, max(last.end, end), [*last.rows, row])
        else:
            spots.append(_Spot(start, end, [row]))
    return spots


def _note(spot: _Spot, lexicon: "Lexicon | None") -> str:
    """Say in words what the lexicon takes a place for."""
    entries = []
    for concept, rows in groupby(spot.rows, key=lambda row: _word(row["concept"])):
        found = list(rows)
        lines = [f"{_word(row['stance'])}: “{_word(row['term'])}”" + _claim(row) for row in found]
        lines.append(f"naming: {concept.replace('_', ' ')}" if concept else "naming: no concept")
        neutral = lexicon.neutral_alternatives(concept) if lexicon is not None and concept else []
        if neutral:
            more = "" if len(neutral) <= ALTERNATIVES else " …"
            lines.append("neutral words: " + ", ".join(neutral[:ALTERNATIVES]) + more)
        entries.append("\n".join(dict.fromkeys(lines)))
    return "\n".join([*dict.fromkeys(entries), *_where(spot.rows[0])])


def _claim(row: Mapping[str, Any]) -> str:
    return f", frame {_word(row['frame']).replace('_', ' ')}" if _word(row["frame"]) else ""


def _where(row: Mapping[str, Any]) -> list[str]:
    voice, speaker, target = (_word(row.get(name)) for name in ("voice", "speaker", "target"))
    lines = []
    if voice:
        spoken = {"scare": "in scare quotes", "reported": "reported speech"}.get(voice, voice)
        lines.append(f"voice: {spoken}" + (f" ({speaker})" if speaker else ""))
    return [*lines, f"target: {target}"] if target else lines


def _word(value: Any) -> str:
    """Return a cell as text; missing is empty."""
    return value if isinstance(value, str) else "" if value is None or pd.isna(value) else str(value)


# ------------------------------------------------------------ HTML
def _escape(text: str) -> str:
    """Escape text for HTML; a carriage return must be written as a reference to survive parsing."""
    return html.escape(visible_text(text)).replace("\r", "&#13;")


def _marked(text: str, spots: Sequence[_Spot], notes: Sequence[str], names: Sequence[str]) -> str:
    pieces = []
    place = 0
    for spot, note, name in zip(spots, notes, names, strict=True):
        pieces.append(_escape(text[place : spot.start]))
        kind = spot.stance if spot.stance in (*STANCES, "mixed") else "neutral"
        label = _escape(note).replace("\n", "&#10;")
        pieces.append(
            f'<a class="fn-mention fn-{kind}" id="{name}" href="#{name}-note" aria-describedby="{name}-note" '
            f'data-note="{label}"><mark>{_escape(text[spot.start : spot.end])}</mark></a>'
        )
        place = spot.end
    return "".join([*pieces, _escape(text[place:])])


def _legend(spots: Sequence[_Spot]) -> str:
    counts = {kind: sum(spot.stance == kind for spot in spots) for kind in (*STANCES, "mixed")}
    if not spots:
        return '<p class="fn-legend">No mention of the lexicon’s terms</p>'
    items = [
        f'<li class="fn-{kind}"><mark>{kind}</mark> {number:,}</li>'
        for kind, number in counts.items()
        if number or kind != "mixed"
    ]
    return f'<ul class="fn-legend">{"".join(items)}</ul>'


def _notes(notes: Sequence[str], names: Sequence[str]) -> str:
    """List the notes below the text: what screen readers read, paper shows and a tap leads to."""
    if not notes:
        return ""
    items = [
        f'<li id="{name}-note">{_escape(note)} <a href="#{name}" aria-label="back to the mention">↩</a></li>'
        for note, name in zip(notes, names, strict=True)
    ]
    return f'<div class="fn-notes"><p>Mentions in order</p><ol>{"".join(items)}</ol></div>'
