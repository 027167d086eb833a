"""What several test modules share."""

import gc
import importlib
import os
import pkgutil
import sys
import threading
from pathlib import Path

import pytest

import helpers

REPO = Path(__file__).parents[1]
# Begun first they run beside all others; begun last they alone would be waited for.
LONGEST = (
    "test_browser.py", "test_notebooks.py", "test_gallery.py", "test_learn.py", "test_validate.py", "test_hostile.py",
    "test_scale.py", "test_streams.py", "test_figures.py", "test_lexicon.py", "test_targets.py", "test_voices.py", "test_engine.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first, in whose order 'make test' deals them out; trace no line a thousand times.

    Tracing makes code two or three times as slow. Tests that run the same lines over and over (generated inputs,
    simulations, large inputs) are left out of it: coverage counts what the other tests reach, and is a lower bound.
    """
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))
    for item in items:
        over_and_over = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
        apart = item.get_closest_marker("slow") or item.get_closest_marker("browser")  # runs mostly elsewhere
        if (over_and_over or apart) and not item.get_closest_marker("traced"):
            item.add_marker("no_cover")


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item):
    """Trace nothing where 'no_cover' says so: in a worker of xdist, pytest-cov stops one of two that trace."""
    if not item.get_closest_marker("no_cover"):
        return (yield)
    traces = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type]
    try:
        return (yield)
    finally:
        sys.settrace(traces[0])
        threading.settrace(traces[1])  # type: ignore[arg-type]


@pytest.fixture(scope="session", autouse=True)
def _every_module_is_imported_under_tracing():
    """Lines that run on import count, whichever test comes first."""
    for module in pkgutil.iter_modules(helpers.__path__):
        if not module.name.startswith("__"):
            importlib.import_module(f"helpers.{module.name}")


@pytest.fixture(scope="module", autouse=True)
def _what_earlier_modules_keep_is_not_searched_for_garbage():
    """Lexicons and baselines stay in memory, and each full collection would look at all of them again."""
    gc.collect()
    gc.freeze()


def shared_folder() -> Path:
    """Where labelled news for measuring lies, beside the project unless FRAMING_SHARED says otherwise."""
    return Path(os.environ.get("FRAMING_SHARED", REPO.parent / "shared"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    folder = shared_folder() / "data"
    if not folder.is_dir():
        pytest.skip(f"labelled news is not there ({folder}); set FRAMING_SHARED to where it is")
    return folder


@pytest.fixture(scope="session")
def moscow() -> str:
    path = shared_folder() / "articles" / "moscow_summit.txt"
    if not path.is_file():
        pytest.skip(f"the Moscow article is not there ({path}); set FRAMING_SHARED to where it is")
    return path.read_text(encoding="utf-8")
