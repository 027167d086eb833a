"""Find every mention, with its sentence, voice and target."""

from __future__ import annotations

import html
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers.articles import as_articles
from helpers.engine import _processors, scan
from helpers.lexicon import LOADED, Lexicon
from helpers.safe import safe_text

if TYPE_CHECKING:
    from helpers.targets import Targets

SENTENCE_SIDE = 1_000  # characters of a sentence kept on each side of a mention
PARTS = {"body": ("body",), "title": ("title",), "all": ("title", "body")}
KEYS = ("doc_id", "start", "end", "text", "term", "concept", "frame", "stance", "weight")
NOTES = ("sentence", "voice", "target", "speaker", "target_how")
COLUMNS = (*KEYS, *NOTES, "part", "lexicon")

#: Mentions are read in batches whose texts have about so many characters: few enough that the strings made of them take
#: little memory, enough for a call, and all threads have some.
LEAST_BATCH, MOST_BATCH = 100_000, 2_000_000


def find_mentions(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    *,
    part: str = "body",
    annotate: bool = True,
    targets: Targets | None = None,
    threads: int | None = None,
) -> pd.DataFrame:
    """Find every place where a term of the lexicon stands.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        Terms.
    part : {"body", "title", "all"}
        Where to look: in ``text``, in ``title``, or in both.
    annotate : bool
        Say for each mention its sentence, voice, speaker and target too.
    targets : Targets, optional
        Who can be named; by default the shipped table.
    threads : int, optional
        How many threads may work; all by default. The result does not depend on it.

    Returns
    -------
    DataFrame
        ``doc_id start end text term concept frame stance weight sentence voice target speaker target_how
        part lexicon``, in the order of the articles and of their text. `start` and `end` are character
        offsets into the unaltered part, so that ``text[start:end]`` is the mention. A term that stands in
        several rows of the lexicon gives a row for each. Without `annotate`, the columns from `sentence` to
        `target_how` are left out.

    Raises
    ------
    TypeError
        If something is not articles or not a Lexicon.
    ValueError
        For an unknown part, or a part that the articles do not have.

    Examples
    --------
    >>> found = find_mentions("The regime’s end.", Lexicon(pd.DataFrame({
    ...     "term": ["regime"], "concept": "government", "frame": "illegitimacy", "stance": "critical"})))
    >>> found[["start", "end", "text", "stance"]].values.tolist()
    [[4, 10, 'regime', 'critical']]
    """
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon must be a Lexicon, not {type(lexicon).__name__}; Lexicon.load() reads one")
    if part not in PARTS:
        raise ValueError(f"part {part!r} is not one of {', '.join(PARTS)}")
    frame = as_articles(articles)
    found = [
        _in_part(frame, lexicon, name, annotate, targets, threads)
        for name in PARTS[part]
        if name == "body" or "title" in frame or part == "title"
    ]
    if len(found) == 1:
        return found[0].drop(columns="_doc")
    both = pd.concat(found, ignore_index=True).sort_values("_doc", kind="stable", ignore_index=True)
    return both.drop(columns="_doc")


def _in_part(
    frame: pd.DataFrame,
    lexicon: Lexicon,
    part: str,
    annotate: bool,
    targets: Targets | None,
    threads: int | None,
) -> pd.DataFrame:
    column = "text" if part == "body" else "title"
    if column not in frame:
        raise ValueError(f"the articles have no column {column!r}; find mentions with part='body'")
    texts = frame[column]
    if part == "title":
        texts = texts.astype(object).where(texts.notna(), "")
    hits = scan(texts, lexicon.compiled, threads=threads)
    row, entry = entries_of(lexicon, hits.term)
    doc, start, end = hits.doc[row], hits.start[row], hits.end[row]
    terms = lexicon.terms
    columns: dict[str, Any] = {"doc_id": frame["doc_id"].take(doc).array, "start": start, "end": end}
    told = _told(frame, texts, doc, start, end, part, annotate, targets, threads or _processors())
    columns["text"] = told["text"]
    for name in ("term", "concept", "frame", "stance"):
        columns[name] = pd.Categorical(terms[name]).take(entry)
    columns["weight"] = terms["weight"].to_numpy()[entry]
    columns |= {name: told[name] for name in NOTES if annotate}
    columns["part"] = pd.Categorical([part]).take(np.zeros(len(doc), np.int8))
    columns["lexicon"] = pd.Categorical(terms["lexicon"]).take(entry)
    columns["_doc"] = doc
    return pd.DataFrame(columns)


def _told(
    frame: pd.DataFrame, texts: pd.Series, doc: np.ndarray, start: np.ndarray, end: np.ndarray,
    part: str, annotate: bool, targets: Targets | None, threads: int,
) -> pd.DataFrame:  # fmt: skip
    """Tell of places, in order of their texts, what is read there: the words, and the notes if they are wanted."""
    if annotate:
        _ready()
    asked = ("date", "title") if part == "body" else ("date",)  # a headline is not asked about itself
    known = frame[[name for name in asked if name in frame]]

    def one(some: slice) -> pd.DataFrame:
        wanted, local = np.unique(doc[some], return_inverse=True)
        near = slice(wanted[0], wanted[-1] + 1) if len(wanted) else slice(0, 0)
        rows = wanted - near.start
        held = texts.iloc[near].take(rows)  # Arrow may copy all that it takes from, so it is shown little
        pages: list[str] = held.tolist()
        told = {"text": _strings(_slices(pages, local, start[some], end[some]))}
        if annotate:
            about = known.iloc[near].take(rows)
            told |= _notes(held, pages, about, local, start[some], end[some], targets)
        return pd.DataFrame(told)

    batches = _batches(texts, doc, threads)
    with ThreadPoolExecutor(min(threads, len(batches))) as pool:
        return pd.concat(pool.map(one, batches), ignore_index=True)


def _batches(texts: pd.Series, doc: np.ndarray, threads: int) -> list[slice]:
    """Divide places into runs of whole texts, each of about as many characters; one run at least."""
    wanted, first = np.unique(doc, return_index=True)
    if not len(wanted):
        return [slice(0, 0)]
    before = np.cumsum(texts.str.len().to_numpy(np.int64)[wanted])
    size = min(max(LEAST_BATCH, before[-1] // (4 * threads)), MOST_BATCH)
    cuts = first[np.flatnonzero(np.diff(before // size)) + 1].tolist()
    return [slice(a, b) for a, b in zip([0, *cuts], [*cuts, len(doc)], strict=True)]


def entries_of(lexicon: Lexicon, term: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each hit the entries of its term that are not `ignore`: positions of hits, and of entries."""
    terms = lexicon.terms
    ids = pd.Index(lexicon.patterns).get_indexer(pd.Index(terms["term"]))
    kept = np.flatnonzero((terms["stance"] != "ignore").to_numpy())
    order = kept[np.argsort(ids[kept], kind="stable")]
    first = np.searchsorted(ids[order], np.arange(len(lexicon.patterns) + 1))
    count = np.diff(first)[term]
    row = np.repeat(np.arange(len(term)), count)
    within = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return row, order[first[term[row]] + within]


def _slices(pages: list[str], doc: np.ndarray, start: np.ndarray, end: np.ndarray) -> list[str]:
    return [pages[d][s:e] for d, s, e in zip(doc.tolist(), start.tolist(), end.tolist(), strict=True)]


def _strings(values: list[str]) -> Any:
    try:
        return pd.array(values, dtype="str")
    except (UnicodeEncodeError, ValueError):  # lone surrogates cannot stand in Arrow
        return pd.Series(values, dtype=object)  # of an array a table would try once more


def _ready() -> None:
    """Load the rules of voices and targets before threads ask for them."""
    from helpers import targets, voice

    targets._rules()
    voice.empty_marks(0)


def _notes(
    held: pd.Series, pages: list[str], about: pd.DataFrame,
    doc: np.ndarray, start: np.ndarray, end: np.ndarray, targets: Targets | None,
) -> dict[str, Any]:  # fmt: skip
    """Look for sentence, voice, speaker and target around the mentions only.

    `held` and `pages` are the texts with a mention, as a column and as Python strings; `about` their dates and titles.
    """
    from helpers._runs import Run, over_runs
    from helpers.targets import TargetSearch
    from helpers.voice import empty_marks, mark_voices, voices_of

    dates = about["date"].tolist() if "date" in about else None
    titles = about["title"].tolist() if "title" in about else None
    search = TargetSearch(pages, doc, targets, dates, titles, held, 1)
    marks = empty_marks(len(doc))
    first, last = np.zeros_like(start), np.zeros_like(end)

    def note(run: Run) -> None:
        mark_voices(run, marks)
        mine = run.spans
        # Of "sentences" without end, as in lists and tables, what stands near counts: time and memory stay linear.
        first[mine] = np.maximum(marks[mine, 0], start[mine] - SENTENCE_SIDE)
        last[mine] = np.minimum(marks[mine, 1], end[mine] + SENTENCE_SIDE)
        search.find(run, first[mine], last[mine])

    over_runs(pages, doc, start, end, note, 1)
    voices, named = voices_of(pages, doc, marks), search.table()
    return {
        "sentence": _strings(_slices(pages, doc, first, last)),
        "voice": voices["voice"].array,
        "target": named["target"].array,
        "speaker": voices["speaker"].array,
        "target_how": named["target_how"].array,
    }


def kwic(
    articles: pd.DataFrame | Sequence[str] | str, mentions: pd.DataFrame, *, width: int = 60
) -> pd.DataFrame:
    """Show mentions in context, one line a mention: key word in context.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        The articles.
    mentions : DataFrame
        From `find_mentions` with these articles, or some of its rows.
    width : int
        Characters to show on each side, at most: a word that this would cut is left out.

    Returns
    -------
    DataFrame
        ``doc_id left text right term stance frame start``, in the order of `mentions`; white space in the
        context is folded. Sort it by ``right`` or ``left`` to see patterns.

    Raises
    ------
    ValueError
        If a mention's article is not among the articles.
    """
    frame = as_articles(articles).set_index("doc_id")
    unknown = mentions.loc[~mentions["doc_id"].isin(frame.index), "doc_id"]
    if len(unknown):
        raise ValueError(
            f"mentions: doc_id {unknown.iloc[0]!r} is not among the articles; pass the same articles"
        )
    left, right = [], []
    parts = mentions["part"] if "part" in mentions else ["body"] * len(mentions)
    texts = {
        name: frame[column] for name, column in (("body", "text"), ("title", "title")) if column in frame
    }
    for doc_id, start, end, part in zip(
        mentions["doc_id"], mentions["start"], mentions["end"], parts, strict=True
    ):
        text = texts[part][doc_id]
        left.append(
            " ".join(_whole_words(text[max(0, start - width - 1) : start][::-1], width)[::-1].split())
        )
        right.append(" ".join(_whole_words(text[end : end + width + 1], width).split()))
    lines = mentions[["doc_id", "text", "term", "stance", "frame", "start"]].reset_index(drop=True)
    lines.insert(1, "left", _strings(left))
    lines.insert(3, "right", _strings(right))
    return lines


def _whole_words(text: str, width: int) -> str:
    """Return the first characters of a text, without a word that is cut; all of them where nothing else is left."""
    if len(text) <= width or text[width].isspace():
        return text[:width]
    whole = text[:width].rstrip()
    cut = max((i for i, char in enumerate(whole) if char.isspace()), default=-1)
    return text[:width] if len(whole) < width or cut < 0 else whole[:cut]


def kwic_html(lines: pd.DataFrame) -> str:
    """Return `kwic` lines as an HTML table with the mentions one below the other; everything escaped."""
    rows = "".join(
        f'<tr><td>{_show(row.doc_id)}</td><td style="text-align:right">{_show(row.left)}</td>'
        f'<td><b>{_show(row.text)}</b></td><td style="text-align:left">{_show(row.right)}</td></tr>'
        for row in lines.itertuples()
    )
    head = "<tr><th>Article</th><th>Left</th><th>Mention</th><th>Right</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _show(text: object) -> str:
    return html.escape(safe_text(str(text)))


def mentions_of(
    rows: pd.DataFrame | pd.Series, mentions: pd.DataFrame, articles: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the loaded mentions behind rows of scores: the trail from a number to its sentences.

    Parameters
    ----------
    rows : DataFrame or Series
        Rows of `score` or of a comparison (one row as a Series).
    mentions : DataFrame
        From `find_mentions` with the same articles and lexicon.
    articles : DataFrame, optional
        The articles; needed where the rows are groups by a column of theirs, such as ``outlet``.

    Returns
    -------
    DataFrame
        Rows of `mentions`; for each row of scores as many distinct places as its column ``mentions`` says.

    Raises
    ------
    ValueError
        If a grouping column is found neither in the mentions nor in the articles.
    """
    table = rows.to_frame().T if isinstance(rows, pd.Series) else rows
    filters = rows.attrs.get("filters") or {}
    keys = list(table.columns[: list(table.columns).index("frame")])
    found = mentions[mentions["stance"].isin(LOADED)]
    for name in ("voice", "target"):
        if filters.get(name) is not None:
            wanted = filters[name]
            found = found[found[name].isin([wanted] if isinstance(wanted, str) else wanted)]
    if filters.get("part", "all") != "all" and "part" in found:
        found = found[found["part"] == filters["part"]]
    values = {key: found[key] if key in found else _of_articles(key, found, articles) for key in keys}
    chosen = pd.Series(False, index=found.index)
    for row in table.to_dict("records"):
        here = pd.Series(True, index=found.index)
        for key in keys:
            here &= values[key].isna() if pd.isna(row[key]) else values[key].astype(object) == row[key]
        chosen |= here & (True if row["frame"] == "all" else found["frame"].astype(object) == row["frame"])
    return found[chosen]


def _of_articles(key: str, mentions: pd.DataFrame, articles: pd.DataFrame | None) -> pd.Series:
    if articles is None or key not in articles:
        raise ValueError(
            f"column {key!r} is not among the mentions'; pass the articles that have it with articles="
        )
    return mentions["doc_id"].map(articles.set_index("doc_id")[key])
