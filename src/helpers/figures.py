"""Figures to files: SVG, PDF and PNG with their data and alt text, byte for byte the same on each run."""

import hashlib
import html
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_sheet import STYLE, figure_of
from helpers.charts import alt_text, finding
from helpers.safe import safe_csv, safe_name, safe_text, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PNG_DPI = 200


def export_figure(
    chart: "Axes | Figure",
    path_stem: str | os.PathLike[str],
    data: pd.DataFrame,
    *,
    alt: str | None = None,
    close: bool = False,
) -> dict[str, Path]:
    """Write a chart as SVG, PDF and PNG, its data as CSV and its alt text, side by side.

    Parameters
    ----------
    chart : matplotlib.axes.Axes or matplotlib.figure.Figure
        What a function of `helpers.charts` returned, or any other figure.
    path_stem : path-like
        Folder and name without ending. The name goes through `safe_name`, so it may be made from a doc_id or
        an outlet; the folder is yours.
    data : pandas.DataFrame
        The table behind the chart; cells that a spreadsheet would run are neutralised.
    alt : str, optional
        Words for those who cannot see the chart; by default those the chart function attached.
    close : bool, default False
        Close the figure afterwards, for loops that draw many.

    Returns
    -------
    dict of str to pathlib.Path
        The files written, by kind: ``svg``, ``pdf``, ``png`` (200 dpi), ``csv``, ``alt``.

    Raises
    ------
    ValueError
        If the chart has no alt text of its own and none is given.

    Notes
    -----
    No date, no program version and no random id goes into a file, so the same chart gives the same bytes. PDF
    embeds the letters that it uses (Type 42); SVG draws letters as outlines and carries the words as title and
    description. Each file is written under another name and then renamed, so an interruption leaves none half
    written.
    """
    figure = figure_of(chart)
    words = clean_alt(alt if alt is not None else alt_text(chart))
    if not words:
        raise ValueError("alt: say in words what the figure shows, for those who cannot see it")
    table = safe_csv(data)
    name = Path(path_stem).name
    stem = Path(path_stem).with_name(safe_name(name, fallback="figure", length=100))
    contents = {kind: picture(figure, kind, alt=words) for kind in ("svg", "pdf", "png")}
    paths = {kind: write_whole(f"{stem}.{kind}", content) for kind, content in contents.items()}
    paths["csv"] = write_whole(f"{stem}.csv", table)
    paths["alt"] = write_whole(f"{stem}.alt.txt", words + "\n")
    if close:
        from matplotlib import pyplot as plt

        plt.close(figure)
    return paths


def picture(chart: "Axes | Figure", kind: str, *, dpi: int = PNG_DPI, alt: str | None = None) -> bytes:
    """Return a chart as the bytes of an ``svg``, ``pdf`` or ``png`` file.

    Parameters
    ----------
    chart : matplotlib.axes.Axes or matplotlib.figure.Figure
        What to draw.
    kind : {"svg", "pdf", "png"}
        The format.
    dpi : int, default 200
        Dots per inch of a PNG.
    alt : str, optional
        Words to put into the file; by default the chart's own, where it has such.

    Returns
    -------
    bytes
        The file's content, the same each time for the same chart.
    """
    from matplotlib import pyplot as plt

    if kind not in ("svg", "pdf", "png"):
        raise ValueError(f"kind: 'svg', 'pdf' or 'png', not {kind!r}")
    figure = figure_of(chart)
    title, words = _own_words(chart)
    words = clean_alt(alt) if alt is not None else words
    title = title or words[:100]
    empty: dict[str, str | None] = {
        "svg": {"Date": None, "Creator": None, "Format": None, "Type": None},
        "pdf": {"Creator": None, "Producer": None, "CreationDate": None, "Title": title, "Subject": words},
        "png": {"Software": None, "Title": title, "Description": words},
    }[kind]  # type: ignore[assignment]
    # Level 9 takes four times as long as 6 and saves one byte in a hundred.
    packing: dict[str, Any] = {"pil_kwargs": {"compress_level": 6}} if kind == "png" else {}
    buffer = io.BytesIO()
    with plt.style.context(STYLE):
        figure.savefig(buffer, format=kind, dpi=dpi, metadata=empty, bbox_inches=None, **packing)
    content = buffer.getvalue()
    return _describe_svg(content.decode("utf-8"), title, words).encode("utf-8") if kind == "svg" else content


def clean_alt(text: str) -> str:
    """Put alt text on one line, without characters that a file or a screen reader chokes on."""
    return " ".join(safe_text(text).split())


def _own_words(chart: "Axes | Figure") -> tuple[str, str]:
    try:
        return finding(chart), clean_alt(alt_text(chart))
    except ValueError:
        return "", ""


def _describe_svg(svg: str, title: str, words: str) -> str:
    """Put title and description into an SVG, so that it can be read out wherever it is shown."""
    svg = svg[svg.index("<svg") :]  # without the DOCTYPE, which names a page on the net that nobody needs
    head = '<?xml version="1.0" encoding="utf-8"?>\n'
    if not words:
        return head + svg
    mark = hashlib.sha256(words.encode()).hexdigest()[:10]
    end = svg.index(">")
    head += f'{svg[:end]} role="img" aria-labelledby="title-{mark} words-{mark}">'
    inner = (
        f'\n <title id="title-{mark}">{html.escape(title)}</title>'
        f'\n <desc id="words-{mark}">{html.escape(words)}</desc>'
    )
    return head + inner + svg[end + 1 :]
