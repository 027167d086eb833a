"""The paste box: what it shows, when, and that nothing pasted can run."""

import asyncio
import time

import pytest

from helpers import Baseline, Lexicon, widgets


@pytest.fixture(scope="module")
def measure():
    return Lexicon.load("geopolitics"), Baseline.load("news")


def test_shows_marks_and_scores(measure):
    shown = widgets.measured_html("The regime fell. The government stayed.", *measure)
    assert "<mark>regime</mark>" in shown
    assert "6 words" in shown
    assert "Too little text" in shown
    assert ">all<" in shown


def test_nothing_pasted_is_markup(measure):
    shown = widgets.measured_html("<script>x</script> <img src=x onerror=y> The regime.", *measure)
    assert "<script" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize("text", ["", " \n\t", "…"])
def test_nothing_to_measure_is_said(measure, text):
    shown = widgets.measured_html(text, *measure)
    assert "Paste or type" in shown or "0 words" in shown


def test_of_a_long_text_a_part_is_shown_and_all_is_scored(measure, monkeypatch):
    monkeypatch.setattr(widgets, "MOST_SHOWN", 40)
    text = "The regime fell. " * 20
    shown = widgets.measured_html(text, *measure)
    assert "first 40 of 340 letters" in shown
    assert shown.count("<mark>regime</mark>") == 2
    assert "60 words" in shown


def test_a_long_text_is_measured_while_one_types(measure):
    text = "The regime in the capital fell on Friday, and its leader fled. " * 300
    widgets.measured_html(text, *measure)  # the engine is ready, the baseline fitted
    start = time.process_time()
    assert "3,600 words" in widgets.measured_html(text, *measure)
    assert time.process_time() - start < 2


def test_follows_at_once_where_no_loop_runs(measure):
    box, shown = widgets.paste_box(*measure, "The regime").children
    assert "<mark>regime</mark>" in shown.value
    box.value = "The dictator"
    assert "<mark>dictator</mark>" in shown.value


def test_says_what_went_wrong(measure, monkeypatch):
    box, shown = widgets.paste_box(*measure, "The regime").children

    def fail(*_):
        raise ValueError("<b>no\x1b</b>")

    monkeypatch.setattr(widgets, "measured_html", fail)
    box.value = "other"
    assert "could not be measured: &lt;b&gt;no\ufffd" in shown.value


def test_waits_for_a_pause():
    done = []

    async def type_and_wait():
        later = widgets.after_pause(lambda: done.append(len(done)), 0.05)
        for _ in range(5):
            later()
            await asyncio.sleep(0.005)
        assert done == []
        await asyncio.sleep(0.2)

    asyncio.run(type_and_wait())
    assert done == [0]
