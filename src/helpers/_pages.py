"""Turn a notebook that has been run into one page that opens without a network."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

from helpers.report import page_style
from helpers.safe import safe_text, write_whole

_CONTENTS = '<nav class="contents" aria-label="Contents"><strong>Contents</strong><ol>{}</ol></nav>'
WIDGET = "application/vnd.jupyter.widget-view+json"
_INTERACTIVE = '<p class="interactive">In JupyterLab there is something to click here.</p>'


def notebook_to_html(notebook: Path, out: Path, title: str) -> Path:
    """Turn a notebook that has been run into one HTML file: no script, no address outside itself.

    Parameters
    ----------
    notebook : pathlib.Path
        A notebook with its outputs.
    out : pathlib.Path
        The page to write.
    title : str
        The page's title, which stands as its first heading, too, in place of the notebook's.

    Returns
    -------
    pathlib.Path
        `out`.
    """
    import nbformat
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="report",
        extra_template_basedirs=[str(Path(__file__).parent / "templates")],
        embed_images=True,
    )
    resources = {
        "report_title": safe_text(title),
        "report_style": page_style(),
        "report_contents": "@@contents@@",
    }
    run = nbformat.read(notebook, as_version=4)
    for cell in run.cells:
        if cell.cell_type == "markdown":
            cell.source = _without_notebook_links(cell.source)
        if cell.cell_type == "code":
            cell.outputs = [_without_widget(output) for output in cell.outputs if not _is_bar(output)]
    body, _ = exporter.from_notebook_node(run, resources=resources)
    named = f"<h1>{html.escape(safe_text(title))}</h1>"
    body = re.sub(r"<h1\b.*?</h1>", lambda _: named, body, count=1, flags=re.DOTALL)
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body)
    contents = _CONTENTS.format(
        "".join(f'<li><a href="#{anchor}">{text}</a></li>' for anchor, text in headings)
    )
    return write_whole(out, body.replace("@@contents@@", contents if headings else "", 1))


def _without_widget(output: Any) -> Any:
    """Say of something to click that it is there, where a page can only name it."""
    if WIDGET in output.get("data", {}) and "text/html" not in output["data"]:
        output["data"] = {"text/html": _INTERACTIVE}
    return output


def _is_bar(output: Any) -> bool:
    """Tell whether an output is a progress bar: a widget whose words are a bar and not a widget's name."""
    data = output.get("data", {})
    return WIDGET in data and "%|" in "".join(data.get("text/plain", ""))


def _without_notebook_links(source: str) -> str:
    """Take out links between notebooks, which lead nowhere from a page that is sent to somebody."""
    link = r"\[([^\]]*)\]\([^)\s]*\.ipynb[^)]*\)"
    lines = [
        re.sub(link, r"\1", line)
        for line in source.split("\n")
        if not re.fullmatch(rf"\s*{link}(?:\s*·\s*{link})*\s*", line)
    ]
    return "\n".join(lines)
