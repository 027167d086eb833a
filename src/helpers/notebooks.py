"""Run notebooks with parameters, and turn a run into one page that opens without a network."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from helpers.report import page_style
from helpers.safe import safe_text, write_whole

_CONTENTS = '<nav class="contents" aria-label="Contents"><strong>Contents</strong><ol>{}</ol></nav>'


def notebooks_folder() -> Path:
    """Return the folder of the notebooks: in the checkout, or inside an installed wheel."""
    installed = Path(__file__).parent / "_notebooks"
    return installed if installed.is_dir() else Path(__file__).parents[2] / "notebooks"


def run_notebook(notebook: Path, out: Path, parameters: Mapping[str, Any], *, progress: bool = True) -> Path:
    """Run a notebook from top to bottom with parameters, and write the run.

    Parameters
    ----------
    notebook : pathlib.Path
        The notebook; it has a cell tagged ``parameters``.
    out : pathlib.Path
        Where the notebook with its outputs goes.
    parameters : mapping
        Values for names in that cell.
    progress : bool
        Show a bar, a step a cell.

    Returns
    -------
    pathlib.Path
        `out`.

    Raises
    ------
    RuntimeError
        If a cell fails; the message is that cell's error.
    """
    import logging
    import warnings

    import papermill

    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            papermill.execute_notebook(
                str(notebook),
                str(part),
                dict(parameters),
                progress_bar=progress,
                cwd=str(notebook.parent),
                kernel_name="python3",
            )
    except papermill.PapermillExecutionError as error:
        raise RuntimeError(f"{notebook.name}: {error.ename}: {error.evalue}") from error
    finally:
        # The file is renamed only when it is whole; a failed run leaves nothing behind.
        if part.exists() and not _is_whole(part):
            part.unlink()
    os.replace(part, out)
    return out


def _is_whole(path: Path) -> bool:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return all(not any(o["output_type"] == "error" for o in cell.get("outputs", [])) for cell in cells)


def notebook_to_html(notebook: Path, out: Path, title: str) -> Path:
    """Turn a notebook that has been run into one HTML file: no script, no address outside itself.

    Parameters
    ----------
    notebook : pathlib.Path
        A notebook with its outputs.
    out : pathlib.Path
        The page to write.
    title : str
        The page's title.

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
    body, _ = exporter.from_notebook_node(nbformat.read(notebook, as_version=4), resources=resources)
    headings = re.findall(r'<h2 id="([^"]+)">(.*?)<a class="anchor-link"', body)
    contents = _CONTENTS.format(
        "".join(f'<li><a href="#{anchor}">{text}</a></li>' for anchor, text in headings)
    )
    return write_whole(out, body.replace("@@contents@@", contents if headings else "", 1))
