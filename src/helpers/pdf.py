"""A page as PDF, printed by the Chromium that is on the machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from helpers.safe import write_whole

# Names under which Chromium and its kin are found, the plainest first.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
# Flags that keep the browser from talking to anyone and from asking anything.
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--generate-pdf-document-outline",
    "--no-pdf-header-footer",
)
LIMIT = 120  # seconds for one page


def find_browser() -> str | None:
    """Return the path of a Chromium, or None where there is none; ``FRAMING_BROWSER`` names another one."""
    own = os.environ.get("FRAMING_BROWSER")
    return shutil.which(own) if own else next(filter(None, map(shutil.which, BROWSERS)), None)


def html_to_pdf(page: str | os.PathLike[str], out: str | os.PathLike[str] | None = None) -> Path:
    """Print a page of this project as PDF, with headless Chromium and without a network.

    Parameters
    ----------
    page : path-like
        An HTML file, such as ``report.html``.
    out : path-like, optional
        The file to write; by default beside the page, ending in ``.pdf``.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    RuntimeError
        If no Chromium is found, or it does not print the page; the message says what to do.
    FileNotFoundError
        If there is no such page.

    Notes
    -----
    Headings become bookmarks and figures keep their alt text. The file's date is that of `helpers.report.today`.
    The environment variable ``FRAMING_BROWSER`` names another browser of the Chromium family.

    Examples
    --------
    >>> from pathlib import Path
    >>> html_to_pdf(Path("no_such_page.html"))
    Traceback (most recent call last):
    ...
    FileNotFoundError: no_such_page.html: there is no such page to print
    """
    source = Path(page)
    if not source.is_file():
        raise FileNotFoundError(f"{source}: there is no such page to print")
    browser = find_browser()
    if browser is None:
        raise RuntimeError(
            f"{source}: printing a PDF needs Chromium or Chrome, and none was found (looked for "
            f"{', '.join(BROWSERS)}). Install one (Debian: 'apt-get install chromium'), or name one in the "
            "environment variable FRAMING_BROWSER, or open the page in any browser and print it to a file"
        )
    with tempfile.TemporaryDirectory(prefix="framing-pdf-", ignore_cleanup_errors=True) as scratch:
        printed = Path(scratch) / "page.pdf"
        _print(browser, source.resolve(), printed, Path(scratch) / "profile")
        return write_whole(out or source.with_suffix(".pdf"), _redated(printed.read_bytes()))


def _print(browser: str, source: Path, printed: Path, profile: Path) -> None:
    command = [browser, *FLAGS, f"--user-data-dir={profile}", f"--print-to-pdf={printed}", source.as_uri()]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium will not start for root with it, as in containers
    try:
        run = subprocess.run(command, capture_output=True, timeout=LIMIT, check=False)
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{source}: {browser} did not print the page within {LIMIT} seconds") from None
    except OSError as error:
        raise RuntimeError(f"{source}: {browser} could not be started: {error}") from error
    if not printed.is_file() or not printed.read_bytes().startswith(b"%PDF"):
        said = run.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise RuntimeError(
            f"{source}: {browser} ended with code {run.returncode} and printed nothing: {' | '.join(said)}"
        )


def _redated(content: bytes) -> bytes:
    """Set the dates in a PDF to that of `helpers.report.today`; no byte moves, so its tables stay right."""
    from helpers.report import today

    stamp = f"D:{today():%Y%m%d%H%M%S}".encode()
    return re.sub(rb"(/(?:Creation|Mod)Date \()D:\d{14}", rb"\g<1>" + stamp, content)
