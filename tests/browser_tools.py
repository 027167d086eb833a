"""A real browser for tests: Chromium, JupyterLab on loopback, and the accessibility rules of axe."""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from helpers.pdf import find_browser

REPO = Path(__file__).parents[1]
CHROMIUM = find_browser()
AXE = REPO / ".cache" / "npm" / "node_modules" / "axe-core" / "axe.min.js"
# Flags that keep Chromium from talking to anyone by itself, and let it run as root in a container.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RUN_LIMIT = (
    600_000  # milliseconds, for a slow machine that runs other tests too; test_notebooks holds the promise
)

# Milliseconds between two looks at a page; by default Playwright looks at every frame, which makes Chromium draw them.
POLLING = 200

RUN_ALL = """async limit => {
    const app = window.jupyterapp;
    await app.commands.execute('notebook:run-all-cells');
    const kernel = app.shell.currentWidget.sessionContext.session.kernel;
    const until = Date.now() + limit;
    const busy = () => kernel.status !== 'idle' ||
        [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(e => e.textContent.includes('[*]'));
    while (busy() && Date.now() < until) await new Promise(r => setTimeout(r, 200));
    return !busy();
}"""
STATUS = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
DONE = (
    "[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')]"
    r".filter(e => /\[\d+\]/.test(e.textContent)).length"
)
OPEN_INSTEAD = """async path => {
    const app = window.jupyterapp, last = app.shell.currentWidget;
    await last.sessionContext.shutdown();
    last.dispose();
    await app.commands.execute('docmanager:open', {path});
}"""


def wait_for(url: str, seconds: float, server: subprocess.Popen, log: Path) -> None:
    """Wait until a server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            pytest.fail(f"JupyterLab ended by itself:\n{log.read_text()[-2000:]}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"JupyterLab did not answer within {seconds:.0f} s:\n{log.read_text()[-2000:]}")


def write_settings(root: Path) -> None:
    """Let JupyterLab draw every cell, and fetch no news."""
    for folder, content in {
        "notebook-extension/tracker": {
            "windowingMode": "none"
        },  # else cells out of sight are not in the page
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }.items():
        path = root / "settings" / "@jupyterlab" / f"{folder}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))


def start_lab(root: Path) -> tuple[subprocess.Popen, str, str]:
    """Start JupyterLab over a folder; return the process, its address and its token."""
    write_settings(root)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    log = root / "lab.log"
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser",
               "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", f"--IdentityProvider.token={token}",
               f"--ServerApp.root_dir={root}", f"--LabApp.user_settings_dir={root / 'settings'}",
               f"--LabApp.workspaces_dir={root / 'workspaces'}"]  # fmt: skip
    with open(log, "w") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=root)
    address = f"http://127.0.0.1:{port}"
    wait_for(f"{address}/api/status?token={token}", 90, server, log)
    return server, address, token


def run_notebook_in(page, address: str, token: str, name: str) -> None:
    """Open a notebook, in the place of one that the page holds already, let all its cells run, and save it."""
    if page.url.startswith(address):
        page.evaluate(OPEN_INSTEAD, f"notebooks/{name}")
    else:
        page.goto(f"{address}/lab/tree/notebooks/{name}?token={token}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook .jp-CodeCell")
    page.wait_for_function(f"window.jupyterapp && {STATUS}", timeout=90_000, polling=POLLING)
    assert page.evaluate(RUN_ALL, RUN_LIMIT), f"{name} did not finish within {RUN_LIMIT / 1000:.0f} s"
    page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")


def shown_by(page) -> dict:
    """Say what a notebook shows after it has run: errors, lines of warning, cells, and how many of them are done."""
    shown = {
        kind: page.locator(
            f'.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.{kind}"]'
        ).all_inner_texts()
        for kind in ("error", "stderr")
    }
    return {
        "error": shown["error"],
        "stderr": "\n".join(shown["stderr"]).splitlines(),
        "cells": page.locator(".jp-Notebook .jp-CodeCell").count(),
        "done": page.evaluate(DONE),
        "widgets": page.locator(".jupyter-widgets").count(),
    }


def screenshot(page, name: str) -> None:
    """Keep a picture where FRAMING_SCREENSHOTS asks for it, to be looked at."""
    folder = os.environ.get("FRAMING_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def violations(page, within: str = "html") -> list[str]:
    """Return what axe finds of level serious or worse, each with the first place."""
    if not AXE.is_file():
        pytest.skip("axe-core is not there; 'make test' fetches it where npm is installed")
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    # Whatever axe found in order is not wanted; to describe it takes longer than to find it.
    found = page.evaluate(
        "async where => (await axe.run(where, {resultTypes: ['violations'], selectors: false})).violations",
        within,
    )
    return [
        f"{one['impact']} {one['id']}: {len(one['nodes'])} x, first {one['nodes'][0]['html'][:300]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


def copy_notebooks(root: Path, quiet: list[str]) -> None:
    """Copy the notebooks, so that a run in the browser changes nothing in the checkout.

    Those named in `quiet` show everything and write nothing: files are other tests' matter, and take long to make.
    """
    (root / "notebooks").mkdir()
    for path in (REPO / "notebooks").glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        if path.name in quiet:
            text = re.sub(r'OUT = \\"[^"]*\\"', r'OUT = \\"\\"', text)
        (root / "notebooks" / path.name).write_text(text, encoding="utf-8")
