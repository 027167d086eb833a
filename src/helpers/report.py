"""Figures and tables to files, the methods paragraph, the findings in words, provenance."""

from __future__ import annotations

import hashlib
import html
import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.charts import alt_text
from helpers.figures import clean_alt, export_figure, picture
from helpers.safe import safe_csv, safe_name, safe_text, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from helpers.baseline import Baseline
    from helpers.lexicon import Lexicon

_KINDS = (".svg", ".pdf", ".png", ".csv", ".alt.txt")  # endings of a figure's files
SHOWN_ENTRIES = 5  # of a list in a JSON file, on the page
SHOWN_ROWS = 200  # of a table on the page; its file has all
PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "nltk", "numba", "pyarrow", "matplotlib")


class Html(str):
    """HTML that notebooks show as such."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        return str(self)


class Report:
    """A folder that figures, tables and texts are written to, each shown in the notebook as it is written.

    Parameters
    ----------
    folder : path-like
        Where the files go; made when it is missing. An empty string writes nothing and only shows.
    source : str
        The line at the foot of each figure.

    Examples
    --------
    >>> report = Report("")
    >>> report.table(pd.DataFrame({"n": [1]}), "counts", "How many.")[:20]
    '<table><caption><b>T'
    """

    def __init__(self, folder: str | os.PathLike[str], source: str = "") -> None:
        self.folder = Path(folder) if str(folder) else None
        self.source = source
        self._figures = 0
        self._tables = 0
        self._stems: set[str] = set()
        self._kept: dict[str, tuple[pd.DataFrame, str]] = {}

    def figure(self, ax: Axes, name: str, caption: str, data: pd.DataFrame) -> Html:
        """Write a chart as SVG, PDF and PNG with its data as CSV and its alt text, close it, and show it.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            From a function of `helpers.charts`.
        name : str
            File name without ending.
        caption : str
            What the reader sees there; the figure's number is put before it.
        data : DataFrame
            The table that was drawn.

        Returns
        -------
        Html
            The figure with its caption and alt text.
        """
        import base64

        from matplotlib import pyplot as plt

        self._figures += 1
        self._kept[f"Fig {self._figures} {name}"] = (data, caption)
        stem = f"{self._figures:02d}_{safe_name(name)}"
        if self.folder:
            folder = self.folder / "figures"
            _remove_older(folder, stem, self._stems)
            self._stems.add(stem)
            content = export_figure(ax, folder / stem, data)["svg"].read_bytes()
        else:
            content = picture(ax, "svg")
        shown, alt = base64.b64encode(content).decode("ascii"), clean_alt(alt_text(ax))
        plt.close(ax.get_figure(root=True))  # type: ignore[arg-type]
        return Html(
            f'<figure><img alt="{html.escape(alt)}" src="data:image/svg+xml;base64,{shown}">'
            f"<figcaption><b>Figure {self._figures}.</b> {html.escape(caption)}</figcaption></figure>"
        )

    def table(
        self,
        table: pd.DataFrame,
        name: str,
        caption: str,
        *,
        show: Mapping[str, str] | None = None,
        rows: Any = None,
        most: int = SHOWN_ROWS,
    ) -> Html:
        """Write a table as CSV, whole and unrounded, and show it, or a part of it, rounded.

        Of a long table the first rows are shown, and how many there are is said.

        Parameters
        ----------
        table : DataFrame
            What to write.
        name : str
            File name without ending.
        caption : str
            What the reader sees there; the table's number is put before it.
        show : mapping of str to str, optional
            The columns to show, and the heading of each; all columns by default.
        rows : boolean Series or array, optional
            The rows to show; all by default.
        most : int
            How many of them to show at most.

        Returns
        -------
        Html
            The table with its caption.
        """
        self._tables += 1
        self._kept[f"Table {self._tables} {name}"] = (table, caption)
        file = f"tables/{safe_name(name)}.csv"
        if self.folder:
            write_whole(self.folder / file, safe_csv(table))
        shown = table if rows is None else table[rows]
        shown = shown if show is None else shown[list(show)].rename(columns=dict(show))
        if len(shown) > most:
            where = file if self.folder else "the table itself"
            caption += f" The first {most} of {len(shown):,} rows; {where} has all."
        return Html(html_table(shown.head(most), f"Table {self._tables}.", caption))

    def workbook(self, name: str = "tables.xlsx") -> Html:
        """Write all tables so far, and the data of all figures, as an Excel workbook, and say where it is.

        Parameters
        ----------
        name : str
            File name.

        Returns
        -------
        Html
            A sentence that names the file and counts its sheets.
        """
        from helpers.workbook import write_workbook

        if self.folder is None or not self._kept:
            return Html("<p>No workbook was written.</p>")
        write_workbook(
            self.folder / safe_name(name),
            {key: table for key, (table, _) in self._kept.items()},
            {key: caption for key, (_, caption) in self._kept.items()},
        )
        return Html(
            f"<p>The tables and the data of the figures are in the workbook <code>{html.escape(safe_name(name))}"
            f"</code>: {len(self._kept)} sheets and a list of them.</p>"
        )

    def text(self, name: str, content: str) -> Html:
        """Write a text file, such as ``methods.md``, and show it."""
        if self.folder:
            write_whole(self.folder / safe_name(name), content.rstrip() + "\n")
        return Html("".join(f"<p>{html.escape(p)}</p>" for p in content.strip().split("\n\n")))

    def json(self, name: str, content: Mapping[str, Any]) -> Html:
        """Write a JSON file, such as ``provenance.json``, and show it; of long lists the page shows the first rows.

        Parameters
        ----------
        name : str
            File name.
        content : mapping
            What to write, whole.

        Returns
        -------
        Html
            The same to read; lists of more than `SHOWN_ENTRIES` entries are cut there, and a line says how many
            more stand in the file.
        """
        write = partial(json.dumps, indent=2, ensure_ascii=False, sort_keys=False)
        if self.folder:
            write_whole(self.folder / safe_name(name), write(content) + "\n")
        short = {
            key: [
                *value[:SHOWN_ENTRIES],
                f"… and {len(value) - SHOWN_ENTRIES:,} more, all in {safe_name(name)}",
            ]
            if isinstance(value, list) and len(value) > SHOWN_ENTRIES
            else value
            for key, value in content.items()
        }
        return Html(f"<pre>{html.escape(write(short))}</pre>")

    def page(self, name: str, body: str, title: str) -> None:
        """Write a stand-alone HTML page around `body`, which must be safe HTML already."""
        if self.folder:
            page = (
                '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
                '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
                f"style-src 'unsafe-inline'\"><title>{html.escape(safe_text(title))}</title>"
                f"<style>{page_style()}</style></head><body><main>{body}</main></body></html>"
            )
            write_whole(self.folder / safe_name(name), page)


def _remove_older(folder: Path, stem: str, kept: set[str]) -> None:
    """Remove what an earlier run wrote as the figure of this number, or as this figure under another number."""
    number, _, name = stem.partition("_")
    for path in folder.glob("[0-9][0-9]_*"):
        other, dot, rest = path.name.partition(".")
        same = other.startswith(f"{number}_") or other[3:] == name
        if same and other != stem and other not in kept and dot + rest in _KINDS:
            path.unlink()


def html_table(table: pd.DataFrame, number: str, caption: str) -> str:
    """Return a table as HTML: everything escaped, numbers rounded for reading and set to the right.

    Parameters
    ----------
    table : DataFrame
        What to show; its index is not.
    number, caption : str
        "Table 1." and what it holds.

    Returns
    -------
    str
        A ``<table>`` element.
    """
    numeric = [
        pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind) for kind in table.dtypes
    ]
    wide = [
        not is_number and table.iloc[:, i].astype(str).str.len().max() > 80
        for i, is_number in enumerate(numeric)
    ]
    mark = [
        ' class="number"' if is_number else ' class="wide"' if is_wide else ""
        for is_number, is_wide in zip(numeric, wide, strict=True)
    ]
    head = "".join(
        f'<th scope="col"{m}>{_cell(name)}</th>' for name, m in zip(table.columns, mark, strict=True)
    )
    rows = (
        "".join(f"<td{m}>{_cell(value)}</td>" for value, m in zip(row, mark, strict=True))
        for row in table.itertuples(index=False, name=None)
    )
    body = (
        "".join(f"<tr>{row}</tr>" for row in rows)
        or f'<tr><td colspan="{max(len(mark), 1)}">nothing to show</td></tr>'
    )
    return (
        f"<table><caption><b>{html.escape(number)}</b> {html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return "–"
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, float):
        return html.escape(format_number(value))
    return html.escape(safe_text(f"{value:,}" if isinstance(value, int) else str(value)))


def format_number(value: float) -> str:
    """Write a number for reading: three significant digits, thousands apart, never in powers of ten.

    Examples
    --------
    >>> format_number(1234.5), format_number(12.34), format_number(0.0456), format_number(0.0000012)
    ('1,234', '12.3', '0.0456', '< 0.0001')
    >>> format_number(float("inf"))
    '∞'
    """
    if value != value:
        return "–"
    size = abs(value)
    if size == float("inf"):
        return "∞" if value > 0 else "−∞"
    if 0 < size < 0.0001:
        return "< 0.0001"
    if size >= 1000 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"


def provenance(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    baselines: Iterable[Baseline],
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Return what a reader needs to get the same figures again.

    Parameters
    ----------
    articles : DataFrame
        What was measured.
    lexicon : Lexicon
        The lexicon used.
    baselines : iterable of Baseline
        The baselines compared with.
    parameters : mapping
        The notebook's parameters; of an absolute path the file's name is kept.

    Returns
    -------
    dict
        Lexicon title, version and SHA-256; baselines; each article's SHA-256; package versions; parameters;
        date (UTC; taken from ``SOURCE_DATE_EPOCH`` where that is set).
    """
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in articles["text"]]
    return {
        "software": {
            "framing-notebooks": metadata.version("framing-notebooks"),
            "python": platform.python_version(),
        },
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "date": today().isoformat(),
        "lexicon": {
            "title": lexicon.title,
            "version": lexicon.version,
            "terms": len(lexicon.patterns),
            "sha256": lexicon.sha256,
            "licence": lexicon.licence,
        },
        "baselines": [describe_baseline(baseline) for baseline in baselines],
        "articles": [
            {"doc_id": doc_id, "characters": len(text), "sha256": digest}
            for doc_id, text, digest in zip(articles["doc_id"], articles["text"], digests, strict=True)
        ],
        "parameters": {name: _without_folder(value) for name, value in parameters.items()},
    }


def _without_folder(value: Any) -> Any:
    """A file's name instead of its whole path, which would say who measured and not what: that says the SHA-256."""
    return Path(value).name if isinstance(value, str) and Path(value).is_absolute() else value


def describe_baseline(baseline: Baseline) -> dict[str, Any]:
    """Return a baseline's title, size, years, source, licence and date of making."""
    years = baseline.articles["year"].dropna().astype(int)
    match = {key: value for key, value in baseline.meta.get("match", {}).items() if key != "balance"}
    return {
        "title": baseline.title,
        "articles": len(baseline),
        "words": int(baseline.words.sum()),
        "years": [int(years.min()), int(years.max())] if len(years) else None,
        **{key: baseline.meta[key] for key in ("source", "licence", "made") if baseline.meta.get(key)},
        **({"match": match} if match else {}),
    }


def today() -> datetime:
    """Return now in UTC, or what ``SOURCE_DATE_EPOCH`` says, so that a report can be made again as it was."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC).replace(microsecond=0)


def page_style() -> str:
    """Return the style sheet that all pages carry within themselves."""
    from pygments.formatters import HtmlFormatter

    own = (Path(__file__).parent / "templates" / "report" / "style.css").read_text(encoding="utf-8")
    return own + HtmlFormatter(style="friendly_grayscale", nobackground=True).get_style_defs(".highlight")
