"""What several test modules share."""

import os
from pathlib import Path

import pytest

REPO = Path(__file__).parents[1]
# Begun first they run beside all others; begun last they alone would be waited for.
# (Not test_streams: test_articles measures the peak of memory that a process reached, and goes before it.)
LONGEST = ("test_browser.py", "test_notebooks.py", "test_gallery.py", "test_validate.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; 'make test' deals files out in this order."""
    place = {name: number for number, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.name, len(LONGEST)))


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
