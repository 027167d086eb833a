"""JupyterLab and the exported pages in a real Chromium, as a reader meets them."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
NOTEBOOKS = sorted((REPO / "notebooks").glob("*.ipynb"))
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Flags that keep Chromium from talking to anyone by itself, and let it run as root in a container.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
RUN_LIMIT = 120_000  # milliseconds for a notebook, on a machine that runs other tests beside it

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="no Chromium on this machine; 'apt-get install chromium' brings one"
    ),
]


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def wait_for(url: str, seconds: float, server: subprocess.Popen, log: Path) -> None:
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


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab on loopback, over a copy of the notebooks; gives its address with the token."""
    root = tmp_path_factory.mktemp("lab")
    shutil.copytree(
        REPO / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints")
    )
    settings = root / "settings" / "@jupyterlab"
    for folder, content in {
        "notebook-extension/tracker": {
            "windowingMode": "none"
        },  # else cells out of sight are not in the page
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }.items():
        path = settings / f"{folder}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
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
    try:
        wait_for(f"{address}/api/status?token={token}", 60, server, log)
        yield address, token, root
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def page(chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 1000})
    context.set_default_timeout(60_000)
    yield context.new_page()
    context.close()


def open_notebook(page, lab, name: str):
    """Open a notebook and run all its cells; wait until the kernel has nothing left to do."""
    address, token, _ = lab
    page.goto(f"{address}/lab/tree/notebooks/{name}?token={token}&reset")
    page.wait_for_selector(".jp-NotebookPanel .jp-Notebook")
    page.wait_for_function("window.jupyterapp && document.querySelector('.jp-Notebook .jp-CodeCell')")
    page.wait_for_function(
        "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'",
        timeout=60_000,
    )
    done = page.evaluate(
        """async limit => {
            const app = window.jupyterapp;
            await app.commands.execute('notebook:run-all-cells');
            const kernel = app.shell.currentWidget.sessionContext.session.kernel;
            const until = Date.now() + limit;
            const busy = () => kernel.status !== 'idle' ||
                [...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].some(e => e.textContent.includes('[*]'));
            while (busy() && Date.now() < until) await new Promise(r => setTimeout(r, 200));
            return !busy();
        }""",
        RUN_LIMIT,
    )
    assert done, f"{name} did not finish within {RUN_LIMIT / 1000:.0f} s"


def screenshot(page, name: str) -> None:
    """Keep a picture where FRAMING_SCREENSHOTS asks for it, to be looked at."""
    folder = os.environ.get("FRAMING_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_every_notebook_runs_in_jupyterlab(page, lab, name):
    open_notebook(page, lab, name)
    errors = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.error"]')
    assert [errors.nth(i).inner_text() for i in range(errors.count())] == []
    stderr = page.locator('.jp-OutputArea-output[data-mime-type="application/vnd.jupyter.stderr"]')
    assert [stderr.nth(i).inner_text() for i in range(stderr.count())] == []
    code = page.locator(".jp-Notebook .jp-CodeCell").count()
    ran = page.evaluate(
        r"[...document.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].filter(e => /\[\d+\]/.test(e.textContent)).length"
    )
    assert ran == code
    screenshot(page, name.removesuffix(".ipynb"))


def test_paste_box_follows_what_is_typed(page, lab):
    open_notebook(page, lab, "00_start_here.ipynb")
    box = page.locator(".widget-textarea textarea, .jupyter-widgets textarea").first
    box.wait_for()
    box.fill("A dictator spoke. The regime is <script>window.broken = 1</script> here.")
    shown = page.locator(".jupyter-widgets mark, .jupyter-widgets [data-stance]")
    page.wait_for_function(
        "[...document.querySelectorAll('.jupyter-widgets')].some(e => e.textContent.includes('A dictator spoke'))"
    )
    assert shown.count() >= 2
    assert page.evaluate("window.broken") is None
    box.fill("")
    page.wait_for_function(
        "[...document.querySelectorAll('.jupyter-widgets')].some(e => e.textContent.includes('Paste or type a text'))"
    )
    screenshot(page, "paste_box")
