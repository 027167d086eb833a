"""Labels on disk, undo, several coders, crashes; the annotator's widgets without a browser."""

import csv
import os
import subprocess
import sys
import textwrap

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import labels as log
from helpers.annotator import Annotator, unit_html
from helpers.labels import Session, append_event, check_coder, current_labels, keys_typed, read_events

NAMES = ["loaded", "not loaded"]


@pytest.fixture
def units():
    return pd.DataFrame({"unit_id": ["a", "b", "c"], "text": ["One.", "Two.", "Three."]})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "labels.csv"


def given_labels(path):
    table = current_labels(read_events(path))
    return {(row.coder, row.unit_id): row.label for row in table.itertuples()}


def test_every_click_is_on_the_disk_before_the_next(units, path, monkeypatch):
    synced = []
    real = os.fsync
    monkeypatch.setattr(log.os, "fsync", lambda handle: (synced.append(handle), real(handle))[1])
    session = Session(units, path, "Ann", NAMES)
    for i, label in enumerate(["loaded", "not loaded", "loaded"], 1):
        session.give(label)
        assert len(path.read_text().splitlines()) == i + 1
        assert len(synced) == i
    assert session.current is None
    assert given_labels(path) == {("Ann", "a"): "loaded", ("Ann", "b"): "not loaded", ("Ann", "c"): "loaded"}


def test_undo_brings_the_unit_back_and_keeps_the_history(units, path):
    session = Session(units, path, "Ann", NAMES)
    session.give("loaded")
    session.skip()
    assert session.undo() == "b"
    assert session.undo() == "a"
    assert session.undo() is None
    session.give("not loaded")
    assert given_labels(path) == {("Ann", "a"): "not loaded"}
    assert read_events(path)["action"].tolist() == ["label", "skip", "undo", "undo", "label"]


def test_coders_do_not_meddle_with_each_other(units, path):
    ann, bob = Session(units, path, "Ann", NAMES), Session(units, path, "Bob", NAMES)
    ann.give("loaded")
    bob.give("not loaded")
    ann.give("loaded")
    assert bob.undo() == "a"
    assert given_labels(path) == {("Ann", "a"): "loaded", ("Ann", "b"): "loaded"}
    assert Session(units, path, "Bob", NAMES).current["unit_id"] == "a"


@pytest.mark.parametrize("cut", range(1, 40, 3))
def test_a_line_cut_by_a_crash_costs_that_line_only(units, path, cut):
    session = Session(units, path, "Ann", NAMES)
    session.give("loaded")
    whole = path.read_bytes()
    session.give("loaded")
    path.write_bytes(path.read_bytes()[: len(whole) + cut])
    again = Session(units, path, "Ann", NAMES)
    assert again.current["unit_id"] == "b"
    again.give("not loaded")
    assert given_labels(path) == {("Ann", "a"): "loaded", ("Ann", "b"): "not loaded"}


def test_a_killed_process_loses_nothing(units, path):
    script = textwrap.dedent(f"""
        import os, signal, pandas as pd
        from helpers.labels import Session
        units = pd.DataFrame({{"unit_id": ["a", "b", "c"], "text": ["One.", "Two.", "Three."]}})
        session = Session(units, {str(path)!r}, "Ann", {NAMES!r})
        session.give("loaded"); session.give("not loaded")
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == -9
    assert Session(units, path, "Ann", NAMES).current["unit_id"] == "c"


def test_two_processes_write_to_one_file_without_mixing_lines(path):
    script = "from helpers.labels import append_event\nfor i in range(150): append_event({!r}, {!r}, str(i), 'label', 'x' * 50)"
    runs = [subprocess.Popen([sys.executable, "-c", script.format(str(path), who)]) for who in ("Ann", "Bob")]
    assert [run.wait() for run in runs] == [0, 0]
    events = read_events(path)
    assert events.groupby("coder").size().to_dict() == {"Ann": 150, "Bob": 150}


def test_a_full_disk_is_said_and_the_unit_stays(units, path, monkeypatch):
    tool = Annotator(units, path, NAMES, coder="Ann")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(log.os, "write", full)
    tool.buttons[0].click()
    assert "No space left" in tool.state.value
    assert tool.session.current["unit_id"] == "a"
    monkeypatch.undo()
    tool.buttons[0].click()
    assert given_labels(path) == {("Ann", "a"): "loaded"}


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.sampled_from(["loaded", "not loaded", "skip", "undo"])),
        max_size=30,
    )
)
@settings(max_examples=40, deadline=None)
def test_resuming_at_any_point_is_as_if_never_interrupted(tmp_path_factory, steps):
    path = tmp_path_factory.mktemp("log") / "labels.csv"
    units = pd.DataFrame({"unit_id": list("abcdef"), "text": list("abcdef")})
    kept = {who: Session(units, path, who, NAMES) for who in "AB"}
    for who, step in steps:
        fresh = Session(units, path, who, NAMES)
        assert fresh.current == kept[who].current
        assert fresh.done == kept[who].done
        act = kept[who]
        act.undo() if step == "undo" else act.skip() if step == "skip" else act.give(step)


def test_a_file_that_is_no_log_is_refused_and_left_alone(units, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("something,else\n1,2\n")
    with pytest.raises(ValueError, match=r"mine\.csv, line 1"):
        Annotator(units, path, NAMES, coder="Ann")
    assert path.read_text() == "something,else\n1,2\n"


@pytest.mark.parametrize("name", ["", "   ", "=1+1", "a,b", "a\nb", "x" * 41, "-rf"])
def test_names_that_would_spoil_the_file_are_refused(name):
    with pytest.raises(ValueError, match="coder"):
        check_coder(name)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"text": ["a"]}), "unit_id"),
        (pd.DataFrame({"unit_id": ["a"]}), "text"),
        (pd.DataFrame({"unit_id": ["a", "a"], "text": ["x", "y"]}), "twice"),
        (pd.DataFrame({"unit_id": [], "text": []}), "no text"),
    ],
)
def test_units_that_cannot_be_labelled(frame, message, path):
    with pytest.raises(ValueError, match=message):
        Session(frame, path, "Ann", NAMES)


@pytest.mark.parametrize("wrong", ["loaded", ["one"], ["a", "a"], list("abcdefghij")])
def test_labels_that_have_no_key(units, path, wrong):
    with pytest.raises(ValueError, match="labels"):
        Annotator(units, path, wrong)


def test_ids_with_commas_quotes_and_line_ends_come_back(path):
    odd = pd.DataFrame({"unit_id": ['a,"b"', "c\nd", "é=1"], "text": ["x", "y", "z"]})
    session = Session(odd, path, "Ann", NAMES)
    for _ in range(3):
        session.give("loaded")
    assert Session(odd, path, "Ann", NAMES).current is None
    with path.open(newline="", encoding="utf-8") as file:
        assert all(len(row) == 5 for row in csv.reader(file))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "1", (0, "1")),
        ("1", "12u", (0, "2u")),
        ("12", "1", (1, "")),
        ("12", "", (2, "")),
        ("12", "13", (1, "3")),
    ],
)
def test_keys_typed(before, after, expected):
    assert keys_typed(before, after) == expected


def test_keys_label_skip_and_undo(units, path):
    tool = Annotator(units, path, NAMES, coder="Ann")
    tool.keys.value = "1"
    tool.keys.value = "1s2"  # two keys in one message, as when someone types faster than the kernel answers
    assert given_labels(path) == {("Ann", "a"): "loaded", ("Ann", "c"): "not loaded"}
    tool.keys.value = "1s"  # backspace
    assert given_labels(path) == {("Ann", "a"): "loaded"}
    tool.keys.value = "1su9x"
    assert tool.session.current["unit_id"] == "b"
    assert "1 of 3 done" in tool.state.value


def test_widget_without_a_coder_says_so_and_writes_nothing(units, path):
    tool = Annotator(units, path, NAMES)
    tool.keys.value = "1"
    assert "name" in tool.state.value
    assert not path.exists()
    assert all(button.disabled for button in tool.buttons)
    tool.coder.value = "=cmd"
    assert "coder" in tool.state.value
    tool.coder.value = "Ann"
    tool.buttons[1].click()
    tool.coder.value = "Bob"
    assert tool.bar.value == 0
    tool.undo.click()
    assert tool.labels()[["unit_id", "coder", "label"]].values.tolist() == [["a", "Ann", "not loaded"]]


def test_finished(units, path):
    tool = Annotator(units, path, NAMES, coder="Ann")
    tool.keys.value = "111"
    assert "All done" in tool.text.value
    tool.buttons[0].click()
    assert len(tool.labels()) == 3


def test_text_is_shown_not_run():
    shown = unit_html(
        {"text": "<script>alert(1)</script>\x1b\u202e", "left": '"><img src=x onerror=1>', "right": None}
    )
    assert "<script" not in shown
    assert "<img" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_broken_lines_are_counted(path):
    append_event(path, "Ann", "a", "label", "loaded")
    with path.open("a") as file:
        file.write("half,a,line\nand another")
    events = read_events(path)
    assert len(events) == 1
    assert events.attrs["broken"] == 2
