"""The documentation is true: every example runs, every public name has one, every column is in the glossary."""

import doctest
import importlib
import re

import pytest
from hostile import REPO

import helpers
from helpers._resources import data_path

REFERENCE = REPO / "docs" / "reference.md"
MODULES = sorted(
    path.stem for path in (REPO / "src" / "helpers").glob("*.py") if ">>>" in path.read_text(encoding="utf-8")
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__init__"])
def test_examples_in_docstrings_run(name):
    module = importlib.import_module(f"helpers.{name}")
    found = [test for test in doctest.DocTestFinder().find(module) if test.examples]
    assert found
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    assert [test.name for test in found if runner.run(test).failed] == []


@pytest.mark.slow
def test_examples_in_the_reference_run(monkeypatch):
    names = {"helpers_sample": data_path("samples", "samples.csv")}
    test = doctest.DocTestParser().get_doctest(
        REFERENCE.read_text(encoding="utf-8"), names, "reference.md", None, 0
    )
    said = []
    result = doctest.DocTestRunner(optionflags=OPTIONS).run(test, out=said.append)
    assert result.failed == 0, "".join(said)
    assert result.attempted > 40


def test_every_public_name_has_an_example():
    text = REFERENCE.read_text(encoding="utf-8")
    examples = "\n".join(re.findall(r"^(?:>>>|\.\.\.|    helpers\.).*$", text, re.M))
    missing = [name for name in helpers.__all__ if f"helpers.{name}" not in examples]
    assert missing == []


@pytest.fixture(scope="module")
def tables():
    articles = helpers.read_articles(data_path("samples", "samples.csv"), progress=False)
    lexicon = helpers.Lexicon.load("geopolitics")
    mentions = helpers.find_mentions(articles, lexicon)
    scores = helpers.score(articles, lexicon, mentions=mentions)
    baseline = helpers.Baseline.load("news")
    return {
        "read_articles": articles[["doc_id", "title", "text", "outlet", "date", "author", "topic"]],
        "exclusions": helpers.exclusions(articles),
        "find_mentions": mentions,
        "kwic": helpers.kwic(articles, mentions),
        "score": scores,
        "score_concepts": helpers.score_concepts(articles, lexicon, mentions=mentions),
        "compare_to_baseline": helpers.compare_to_baseline(scores, baseline),
        "swap_test": helpers.swap_test(articles.head(1), lexicon, [baseline]),
        "compare_groups": helpers.compare_groups(articles, lexicon, by="outlet", seed=0),
        "trend": helpers.trend(articles, lexicon, freq="Y"),
        "distinctive_words": helpers.distinctive_words(articles, by="outlet"),
        "contributions": helpers.contributions(articles.head(6), articles.tail(6), lexicon),
        "dispersion": helpers.dispersion(articles, lexicon),
    }


def test_every_column_is_in_the_glossary(tables):
    first = "\n".join(
        line.split("|")[1]
        for line in (REPO / "docs" / "glossary.md").read_text().splitlines()
        if line.startswith("|")
    )
    known = set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", first))
    missing = {
        f"{name}: {column}" for name, table in tables.items() for column in table if column not in known
    }
    assert missing == set()


def test_every_pin_is_plain_and_within_its_bounds():
    import tomllib

    from packaging.requirements import Requirement

    lock = [
        line
        for line in (REPO / "requirements.lock").read_text().splitlines()
        if line.strip() and line[0] not in "#-"
    ]
    pins: dict[str, list[str]] = {}
    for line in lock:
        requirement = Requirement(line)
        assert requirement.url is None
        (only,) = requirement.specifier
        assert only.operator == "=="
        pins.setdefault(re.sub(r"[-_.]+", "-", requirement.name).lower(), []).append(only.version)
    project = tomllib.loads((REPO / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    for requirement in map(Requirement, wanted):
        versions = pins[re.sub(r"[-_.]+", "-", requirement.name).lower()]
        assert all(requirement.specifier.contains(version, prereleases=True) for version in versions), (
            requirement
        )
