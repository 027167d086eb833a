"""A workbench for lexicons: edit terms, read them in context, switch them off, watch the score, save a version."""

from __future__ import annotations

import html
import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.drafts import Draft, next_version
from helpers.lexicon import STANCES, Lexicon
from helpers.mentions import kwic_html
from helpers.report import format_number, html_table
from helpers.suggest import suggest_from_log_odds, suggest_from_vectors
from helpers.widgets import SCORES_STYLE

if TYPE_CHECKING:
    from ipywidgets import HBox, VBox

PAGE = 8  # rows shown at a time
MOST_LINES = 20  # places shown of a term


def score_html(measured: pd.DataFrame, articles: int) -> str:
    """Return `Draft.measured` as an HTML table: frames with a mention, before and now, with intervals."""

    def cell(row: Mapping[Any, Any], name: str, low: str, high: str) -> str:
        if pd.isna(row[name]):
            return "–"
        return f"{format_number(row[name])} ({format_number(row[low])} to {format_number(row[high])})"

    rows = [
        {
            "Frame": row["frame"],
            "Mentions before": row["mentions_before"],
            "now": row["mentions"],
            "Rate before (interval)": cell(row, "rate_before", "rate_before_low", "rate_before_high"),
            "Rate now (interval)": cell(row, "rate", "rate_low", "rate_high"),
            "Choice share before": _share(row["share_before"]),
            "Choice share now": _share(row["share"]),
        }
        for row in measured.to_dict("records")
        if row["frame"] == "all" or max(_zero(row["mentions_before"]), _zero(row["mentions"])) > 0
    ]
    table = pd.DataFrame(rows).astype({"Mentions before": "Int64", "now": "Int64"})
    caption = f"All {articles:,} articles together; loaded mentions per 1,000 words."
    return f'{SCORES_STYLE}<div class="fn-scores">{html_table(table, "Scores.", caption)}</div>'


def _zero(value: float) -> float:
    return 0.0 if pd.isna(value) else float(value)


def _share(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.0%}"


class Workbench:
    """A widget to work on a lexicon with.

    Parameters
    ----------
    lexicon : Lexicon
        The version to start from; it stays as it is.
    articles : DataFrame
        Articles to try it on, from `read_articles`.
    folder : path-like
        Where new versions are saved.

    Attributes
    ----------
    draft : Draft
        What the widget edits; it can be used from code too.

    Notes
    -----
    Everything can be reached with the tabulator key. Each change is tried at once: what would make the lexicon
    wrong is refused with the reason, and the row stays as it was.

    Examples
    --------
    >>> terms = pd.DataFrame({"term": ["government*", "regime"], "concept": "government",
    ...                       "frame": ["", "illegitimacy"], "stance": ["neutral", "critical"]})
    >>> articles = pd.DataFrame({"doc_id": ["a"], "text": ["The regime fell; the junta did not."]})
    >>> bench = Workbench(Lexicon(terms), articles)
    >>> bench.concept.value, bench.stance.value, bench.new.value = "government", "critical", "junta"
    >>> bench.add.click()
    >>> bench.draft.measured().loc[0, ["mentions_before", "mentions"]].tolist()
    [1, 2]
    """

    def __init__(
        self, lexicon: Lexicon, articles: pd.DataFrame, folder: str | os.PathLike[str] = "."
    ) -> None:
        self.draft = Draft(lexicon, articles)
        self.folder = folder
        self._page = 0
        self.widget = self._build()
        self._refresh()
        self._list()

    def _build(self) -> VBox:
        import ipywidgets as w

        start = self.draft.start
        self.search = w.Text("", description="Find", placeholder="part of a term", continuous_update=False)
        self.concept = w.Dropdown(
            options=[("every concept", ""), *((c, c) for c in start.concepts)], description="Concept"
        )
        self.stance = w.Dropdown(
            options=[("every stance", ""), *((s, s) for s in STANCES)], description="Stance"
        )
        self.back, self.forward = w.Button(description="← earlier"), w.Button(description="later →")
        self.place = w.HTML()
        self.table = w.VBox([])
        self.new = w.Text("", description="New term", placeholder="a word, word* or phrase")
        self.add = w.Button(description="Add")
        self.message = w.HTML()
        self.scores, self.lines = (
            w.HTML(),
            w.HTML("<p>Press <i>Show</i> beside a term to read it in context.</p>"),
        )
        self.near, self.frequent = (
            w.Button(description="From word vectors"),
            w.Button(description="From log-odds"),
        )
        self.suggestions = w.VBox([])
        self.version = w.Text(next_version(start.version), description="Version")
        self.note = w.Text(
            "", description="Why", placeholder="one line for the changelog", layout=w.Layout(width="36em")
        )
        self.save = w.Button(description="Save as new version", layout=w.Layout(width="auto"))
        for box in (self.search, self.concept, self.stance):
            box.observe(lambda _: self._turn(-self._page), "value")
        self.back.on_click(lambda _: self._turn(-1))
        self.forward.on_click(lambda _: self._turn(1))
        self.add.on_click(lambda _: self._add(self.new.value))
        self.near.on_click(lambda _: self._suggest(self._from_vectors))
        self.frequent.on_click(lambda _: self._suggest(self._from_log_odds))
        self.save.on_click(lambda _: self._save())

        def row(*parts: Any) -> HBox:
            return w.HBox(list(parts), layout=w.Layout(flex_flow="row wrap", align_items="center"))

        return w.VBox(
            [
                row(self.search, self.concept, self.stance),
                w.HTML("<b>on · term · concept · frame · stance · weight</b>"),
                self.table,
                row(self.back, self.forward, self.place),
                row(self.new, self.add, w.HTML("takes the concept and stance chosen above")),
                self.message,
                self.scores,
                self.lines,
                row(w.HTML("<b>Suggest terms</b>"), self.near, self.frequent),
                self.suggestions,
                row(self.version, self.note, self.save),
            ]
        )

    # --- the table ---------------------------------------------------------------------------------

    def _turn(self, pages: int) -> None:
        self._page = max(0, self._page + pages)
        self._list()

    def _list(self) -> None:
        """Show the page of rows that the filters leave."""
        rows = self.draft.find(
            self.search.value, concept=self.concept.value or "", stance=self.stance.value or ""
        )
        last = max(0, (len(rows) - 1) // PAGE)
        self._page = min(self._page, last)
        shown = rows.iloc[self._page * PAGE : (self._page + 1) * PAGE]
        self.table.children = tuple(
            self._row(int(i), row) for i, row in zip(shown.index, shown.to_dict("records"), strict=True)
        )
        self.back.disabled, self.forward.disabled = self._page == 0, self._page == last
        self.place.value = (
            f"{len(rows):,} of {len(self.draft.rows):,} rows; page {self._page + 1} of {last + 1}"
        )

    def _row(self, number: int, row: Mapping[Any, Any]) -> HBox:
        import ipywidgets as w

        def narrow(width: str) -> Any:
            return w.Layout(width=width)

        on = w.Checkbox(value=bool(row["on"]), description="on", indent=False, layout=narrow("3.5em"))
        start = self.draft.start
        cells: dict[str, Any] = {
            "term": w.Text(row["term"], continuous_update=False, layout=narrow("13em")),
            "concept": w.Combobox(value=row["concept"], options=list(start.concepts), layout=narrow("10em")),
            "frame": w.Combobox(value=row["frame"], options=list(start.frames), layout=narrow("9em")),
            "stance": w.Dropdown(value=row["stance"], options=list(STANCES), layout=narrow("7em")),
            "weight": w.BoundedFloatText(row["weight"], min=0, max=1, step=0.1, layout=narrow("5em")),
        }
        for name, cell in cells.items():
            # A label without width: there is no room for it, and screen readers need one.
            cell.description, cell.style = name, {"description_width": "0px"}
            if name in ("concept", "frame"):
                cell.continuous_update = False
        show = w.Button(description="Show", layout=narrow("4.5em"), tooltip=f"Show {row['term']} in context")
        gone = w.Button(description="Remove", layout=narrow("6.5em"), tooltip=f"Remove {row['term']}")
        for name, cell in cells.items():
            cell.observe(lambda change, name=name: self._edit(number, name, change["new"]), "value")
        on.observe(lambda change: self._try(lambda: self.draft.switch(number, change["new"])), "value")
        show.on_click(lambda _: self._show(number))
        gone.on_click(lambda _: self._try(lambda: self.draft.remove(number), listing=True))
        return w.HBox([on, *cells.values(), show, gone], layout=w.Layout(flex_flow="row wrap"))

    def _edit(self, number: int, name: str, value: object) -> None:
        if self.draft.rows.loc[number, name] != value and not self._try(
            lambda: self.draft.set(number, **{name: value})
        ):
            message = self.message.value
            self._list()  # the row as it still is
            self.message.value = message

    def _add(self, term: str) -> None:
        stance, concept = self.stance.value or "critical", self.concept.value or ""
        frame = ""
        if stance in ("critical", "favourable"):
            rows = self.draft.find(concept=concept, stance=stance)
            frame = str(rows["frame"].mode().iloc[0]) if len(rows) else ""
        values = {"term": term, "concept": concept, "stance": stance, "frame": frame}
        if self._try(lambda: self.draft.add(**values), listing=True):
            self.new.value = ""

    def _try(self, change: Callable[[], object], *, listing: bool = False) -> bool:
        """Make a change and show what follows from it, or say why it cannot be made."""
        try:
            change()
        except ValueError as error:
            self._say(str(error))
            return False
        self._say("")
        self._refresh()
        if listing:
            self._list()
        return True

    def _say(self, text: str) -> None:
        self.message.value = f'<span role="status">{html.escape(text)}</span>'

    def _refresh(self) -> None:
        self.scores.value = score_html(self.draft.measured(), len(self.draft.articles))

    def _show(self, number: int) -> None:
        lines = self.draft.in_context(number, most=MOST_LINES)
        term = html.escape(str(self.draft.rows.loc[number, "term"]))
        if lines.empty:
            self.lines.value = f"<p><b>{term}</b> does not stand in these articles.</p>"
        else:
            self.lines.value = (
                f"<p><b>{term}</b> in context, at most {MOST_LINES} places:</p>{kwic_html(lines)}"
            )

    # --- suggestions and saving --------------------------------------------------------------------

    def _from_vectors(self) -> pd.DataFrame:
        concept, stance = self.concept.value or "", self.stance.value or ""
        table = suggest_from_vectors(self.draft.lexicon(), concept=concept, stance=stance, top=12)
        pairs = zip(table["nearest"], table["similarity"], strict=True)
        return table.assign(why=[f"near {near} ({value:.2f})" for near, value in pairs])

    def _from_log_odds(self) -> pd.DataFrame:
        table = suggest_from_log_odds(self.draft.articles, self.draft.lexicon(), top=12)
        rows = zip(table["count"], table["count_rest"], table["z"], strict=True)
        return table.assign(
            why=[f"{a} times near loaded words, {b} elsewhere (z {z:.1f})" for a, b, z in rows]
        )

    def _suggest(self, source: Callable[[], pd.DataFrame]) -> None:
        import ipywidgets as w

        try:
            table = source()
        except (ImportError, ValueError) as error:
            self.suggestions.children = (w.HTML(f'<span role="status">{html.escape(str(error))}</span>'),)
            return
        rows = []
        for word, why in zip(table["word"], table["why"], strict=True):
            take = w.Button(description=f"Take {word}", layout=w.Layout(width="14em"))
            take.on_click(lambda _, word=word: setattr(self.new, "value", word))
            rows.append(w.HBox([take, w.HTML(html.escape(why))]))
        self.suggestions.children = tuple(rows) or (w.HTML("Nothing to suggest."),)

    def _save(self) -> None:
        try:
            path = self.draft.save(self.folder, version=self.version.value, note=self.note.value)
        except (ValueError, OSError) as error:
            self._say(str(error))
            return
        self._say(f"Saved {path.name} and {path.with_suffix('.yml').name}.")

    def _repr_mimebundle_(self, **kwargs: object) -> object:
        return self.widget._repr_mimebundle_(**kwargs)
