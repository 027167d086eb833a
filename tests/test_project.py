"""The house itself: two install files that agree, no address where none belongs, docs that name what is there."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import audit
import pytest
import yaml

REPO = Path(__file__).parents[1]
CARD_PACKAGES = ("jupyterlab", "scikit-learn", "nltk", "matplotlib", "pandas")


def split(requirement: str) -> tuple[str, str]:
    """Name in lower case and version bounds, extras left off."""
    found = re.fullmatch(r"([A-Za-z0-9_.-]+?)(?:\[[^]]*\])?((?:[<>=!~].*)?)", requirement.strip())
    assert found, requirement
    return found[1].lower(), found[2]


@pytest.fixture(scope="module")
def project() -> dict:
    return tomllib.loads((REPO / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def requirements(project) -> dict[str, str]:
    extras = [line for extra in project["optional-dependencies"].values() for line in extra]
    return dict(split(line) for line in [*project["dependencies"], *extras])


def test_environment_and_pyproject_say_the_same(requirements):
    lines = yaml.safe_load((REPO / "environment.yml").read_text())["dependencies"]
    pip = next(line["pip"] for line in lines if isinstance(line, dict))
    conda = [line for line in lines if isinstance(line, str)]
    named = dict(
        split(line)
        for line in [*conda, *pip]
        if line not in ("pip", "make", "-e .") and not line.startswith("python>")
    )
    assert named == requirements


def test_environment_needs_the_same_python(project):
    lines = yaml.safe_load((REPO / "environment.yml").read_text())["dependencies"]
    assert f"python{project['requires-python']}" in lines


def test_environment_takes_conda_forge_only():
    assert yaml.safe_load((REPO / "environment.yml").read_text())["channels"] == ["conda-forge", "nodefaults"]


def test_jupyterlab_is_set_up_to_ask_nobody_for_news():
    told = subprocess.run(
        ["make", "--dry-run", "--always-make", "lab"], cwd=REPO, capture_output=True, text=True, check=True
    ).stdout
    assert '"@jupyterlab/apputils-extension:announcements"' in told
    assert told.index("labextension disable") < told.index("jupyter lab ")


def test_the_card_is_kept(requirements):
    assert set(CARD_PACKAGES) <= set(requirements)
    for place in ("notebooks", "data", "src/helpers", "environment.yml", "tests"):
        assert (REPO / place).exists(), place


def test_lock_holds_every_requirement_and_no_address(requirements):
    lock = (REPO / "requirements.lock").read_text()
    locked = {line.split("==")[0].split("[")[0] for line in lock.splitlines() if "==" in line}
    assert set(requirements) <= locked
    assert not re.search(r"://|--index|--find-links", lock)


def test_every_dependency_earns_a_line_in_contributing(requirements):
    text = (REPO / "CONTRIBUTING.md").read_text().lower()
    assert [name for name in requirements if f"`{name}`" not in text] == []


def test_import_is_quick_quiet_and_reads_no_file():
    code = (
        "import time, sys; start = time.process_time(); import helpers; took = time.process_time() - start;"
        "heavy = {'pandas', 'numba', 'sklearn', 'matplotlib', 'scipy', 'dask'} & set(sys.modules);"
        "assert took < 0.5, took; assert not heavy, heavy"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=REPO)
    assert run.returncode == 0, run.stderr
    assert run.stdout == run.stderr == ""


def test_every_public_name_can_be_had_and_is_documented():
    import helpers

    assert helpers.__all__ == sorted(helpers.__all__)
    for name in helpers.__all__:
        assert getattr(helpers, name).__doc__, name
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = helpers.no_such_name  # type: ignore[attr-defined]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, cwd=REPO)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [REPO / name for name in listed.stdout.split("\0") if name and (REPO / name).is_file()]


def test_no_path_of_one_machine_stands_anywhere():
    pattern = re.compile(rb"/(?:work|root|home/[a-z]+)/[\w.]")
    assert [str(path) for path in tracked() if pattern.search(path.read_bytes())] == []


def test_no_source_evaluates_or_unpickles():
    pattern = re.compile(r"\b(?:eval|exec)\(|\bpickle\b|yaml\.load\(|allow_pickle=True|shell=True")
    sources = [path for path in tracked() if path.suffix == ".py" and "src" in path.parts]
    assert [str(path) for path in sources if pattern.search(path.read_text())] == []


def test_changelog_and_citation_know_the_version(project):
    assert f"## {project['version']}" in (REPO / "CHANGELOG.md").read_text()
    assert yaml.safe_load((REPO / "CITATION.cff").read_text())["version"] == project["version"]


def test_audit_names_known_vulnerabilities_and_says_what_was_not_looked_up():
    lost = {
        "name": "zipp",
        "skip_reason": "Dependency not found on PyPI and could not be audited: zipp (4.1.2)",
    }
    fault = {"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": [], "description": "…"}
    sound, faulty = ({"name": n, "version": "1.0", "vulns": v} for n, v in (("a", []), ("b", [fault])))
    lines, known = audit.told({"dependencies": [lost, sound, faulty], "fixes": []})
    assert known == 1
    assert lines == [
        "b 1.0: PYSEC-1, mended in 1.1",
        "2 of 3 pinned packages looked up, 1 known vulnerabilities",
    ]
    lines, known = audit.told({"dependencies": [lost], "fixes": []})
    assert known == 0
    assert "no package could be looked up" in lines[-1]
