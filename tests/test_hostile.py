"""Hostile input does nothing, is told about, or is read in linear time; and the page that says so is true."""

import re

import hostile
import pytest

PAGE = hostile.REPO / "docs" / "hostile_input.md"


@pytest.mark.slow
@pytest.mark.parametrize("one", hostile.CASES, ids=[one.run.__name__ for one in hostile.CASES])
def test_hostile_input(one, tmp_path):
    outcome = one.run(tmp_path)
    assert f"| {one.what} | {one.number} | {outcome} |" in PAGE.read_text(encoding="utf-8")


def test_the_page_counts_what_was_tried():
    total = sum(one.number for one in hostile.CASES)
    assert f"{total} inputs in {len(hostile.CASES)} kinds" in PAGE.read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_measures_find_planted_faults():
    for bad in ("<script>", "<a href='javascript:x'>", "<p onclick=x>", "<img src=http://x>"):
        with pytest.raises(AssertionError):
            hostile.assert_harmless(bad)
    with pytest.raises(AssertionError, match="for 4 times as much"):
        hostile.assert_linear(lambda n: lambda: [0 for _ in range(n) for _ in range(n)], 1_000)
    with pytest.raises(AssertionError, match="without a word"):
        hostile.refusal(lambda: None)


def test_sources_neither_evaluate_nor_unpickle():
    pattern = re.compile(
        r"(?<![\w.])(?:eval|exec|compile)\(|import pickle|pickle\.|\bmarshal\b|\bshelve\b|joblib|yaml\.(?:unsafe_|full_)?load\(|Loader=(?![\w.]*Safe)|os\.system|shell=True|allow_pickle=True"
    )
    found = {
        f"{path.name}: {hit}"
        for path in (hostile.REPO / "src").rglob("*.py")
        for hit in pattern.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set()
