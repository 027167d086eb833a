"""Readers on damaged copies of good files: they read them or say what is wrong. `make fuzz` searches further."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))
import readers

KINDS = [(target, kind) for target, kinds in readers.TARGETS.items() for kind in kinds if kind != "text"]
NASTY = [
    b"",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b"\n",
    b"\r",
    b",",
    b"{",
    b"[",
    b"&",
    b"<",
    b"%",
    b"\t",
    b"\xed\xa0\x80",
    b"=" * 300,
    b"9" * 400,
]


@st.composite
def damage(draw):
    """Return a function that damages bytes: cut, doubled or overwritten in some places."""
    steps = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(NASTY)), max_size=4))
    cut = draw(st.one_of(st.just(1.0), st.floats(0, 1)))

    def apply(data: bytes) -> bytes:
        for place, over, put in steps:
            at = int(place * len(data))
            data = data[:at] + put + data[at + over :]
        return data[: int(cut * len(data))]

    return apply


@pytest.mark.parametrize(("target", "kind"), KINDS, ids=[f"{t}{k}" for t, k in KINDS])
def test_damaged_files_are_read_or_refused(target, kind, tmp_path):
    read = readers.reader(target, kind, tmp_path)
    seed = readers.seeds("lexicon.csv" if target == "lexicons" and kind == ".csv" else kind)

    @given(st.one_of(damage().map(lambda apply: apply(seed)), st.binary(max_size=200)))
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    def check(data):
        assert readers.attempt(read, data) is None

    check()


def test_an_error_that_is_no_message_is_a_finding():
    def fail(data):
        raise KeyError("x")

    assert "KeyError at test_fuzz.py" in readers.attempt(fail, b"")
    assert readers.attempt(lambda data: bytes.fromhex("zz"), b"") is None
    assert "UnicodeDecodeError" in readers.attempt(lambda data: b"\xff".decode("ascii"), b"")
