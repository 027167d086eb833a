"""Run notebooks with parameters, each as a whole or not at all."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from helpers._pages import WIDGET, notebook_to_html
from helpers.safe import write_whole


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
    import tempfile
    import warnings

    import papermill
    from traitlets.config import Config

    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}.part")
    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        # Each kernel gets a folder of its own for its sockets: two that start at once in one folder would choose the
        # same names and answer each other's messages.
        with tempfile.TemporaryDirectory(prefix="framing-") as sockets, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            papermill.execute_notebook(
                str(notebook),
                str(part),
                dict(parameters),
                progress_bar=progress,
                config=Config(
                    KernelManager={"transport": "ipc", "ip": f"{sockets}/kernel"},
                    # A kernel that is told to end after its last cell may log that it was interrupted: no fault.
                    NotebookClient={"extra_arguments": ["--IPKernelApp.log_level=CRITICAL"]},
                ),
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


def run_all(
    names: Sequence[str] = (),
    *,
    articles: str | None = None,
    out: Path | None = None,
    folder: Path | None = None,
) -> Iterator[tuple[Path, float]]:
    """Run notebooks one after the other, each from top to bottom in a fresh kernel.

    Parameters
    ----------
    names : sequence of str
        Only notebooks whose file name begins with one of these; all by default.
    articles : str, optional
        Articles of one's own, for the notebooks that have a parameter ``ARTICLES``.
    out : pathlib.Path, optional
        Folder for the runs. By default notebooks are replaced in place, or, with `articles`, runs and pages
        go to ``reports/notebooks``.
    folder : pathlib.Path, optional
        Where the notebooks are.

    Yields
    ------
    tuple of pathlib.Path and float
        The notebook written, and how many seconds it ran.

    Raises
    ------
    ValueError
        If no notebook's name begins so.
    RuntimeError
        If a cell fails.
    """
    from tqdm.auto import tqdm

    folder = folder or notebooks_folder()
    chosen = [p for p in sorted(folder.glob("*.ipynb")) if not names or p.name.startswith(tuple(names))]
    if not chosen:
        known = ", ".join(p.stem for p in sorted(folder.glob("*.ipynb")))
        raise ValueError(f"no notebook's name begins with {' or '.join(names)}; there are: {known}")
    if articles:
        out = out or Path("reports/notebooks")
        chosen = [path for path in chosen if has_parameter(path, "ARTICLES")]
    for path in tqdm(chosen, desc="notebooks", unit="notebook", delay=2):
        parameters = {"ARTICLES": str(Path(articles).resolve())} if articles else {}
        start = time.perf_counter()
        target = run_notebook(
            path, (out.resolve() if out else folder) / path.name, parameters, progress=False
        )
        seconds = time.perf_counter() - start
        _tidy(target, seconds)
        if out:
            notebook_to_html(target, target.with_suffix(".html"), title=headline(target))
        yield target, seconds


def has_parameter(path: Path, name: str) -> bool:
    """Return whether a notebook's parameters cell sets that name."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return any(
        "parameters" in cell["metadata"].get("tags", [])
        and re.search(rf"^{name}\b", "".join(cell["source"]), re.M)
        for cell in cells
    )


def _tidy(path: Path, seconds: float) -> None:
    """Take out what the run wrote of this machine and this minute, and put in how long it took."""
    import nbformat

    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    notebook.metadata["framing"] = {"seconds": round(seconds)}
    for cell in notebook.cells:
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        # What a library wrote to the error stream (a progress bar, a font list being made) is no result.
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
            # What a reader sees in place of something to click, until the cell is run.
            for output in cell.outputs:
                if WIDGET in output.get("data", {}):
                    output["data"]["text/plain"] = "Run this cell: here is something to click."
    write_whole(path, nbformat.writes(notebook) + "\n")


def headline(path: Path) -> str:
    """Return a notebook's title: the first line of its first text, else its name."""
    source = first_text(path)
    return source.partition("\n")[0].lstrip("# ") or path.stem


def first_text(path: Path) -> str:
    """Return a notebook's first Markdown cell."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return next(("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"), "")
