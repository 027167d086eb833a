"""Each chart: what was drawn, where, and what its title says, against tables whose answer is known."""

import math

import gallery
import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt

from helpers import _chart_findings as findings
from helpers import _chart_marks as marks
from helpers import _chart_words as words
from helpers import charts
from helpers._charts_measured import spread
from helpers._charts_trend import own_scales

matplotlib.use("Agg")
SOURCE = "test"


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def parts(ax, name):
    return charts.parts_of(ax, name)


def texts(ax, name):
    return [text.get_text() for text in parts(ax, name)]


def segments(ax, name="interval"):
    """Ends of horizontal lines."""
    return [tuple(np.asarray(line.get_xdata(), float)) for line in parts(ax, name)]


def position_row(frame="ideology", **changes):
    row = {
        "doc_id": "a", "frame": frame, "words": 1000, "mentions": 8.0, "rate": 8.0, "rate_low": 4.0, "rate_high": 15.0,
        "baseline_rate": 2.0, "baseline_low": 0.0, "baseline_high": 5.0, "ratio": 3.5, "low": 1.8, "high": 6.0,
        "percentile": 99.0, "p": 0.001, "q": 0.004, "enough": True, "baseline": "News",
    }  # fmt: skip
    return {**row, **changes}


def position(*rows):
    return pd.DataFrame(list(rows))


UNCLEAR = {"low": 0.5, "high": 1.8, "ratio": 0.9, "q": 0.8}
BELOW = {"low": 0.1, "high": 0.7, "ratio": 0.3, "q": 0.01, "percentile": 3.0}


# ------------------------------------------------------------ against the baseline
def test_baseline_position_draws_band_tick_interval_and_mark():
    table = position(position_row(), position_row("threat", rate=1.0, rate_low=0.2, rate_high=3.0, **UNCLEAR))
    ax = charts.baseline_position(table, source=SOURCE)
    assert segments(ax) == [(4.0, 15.0), (0.2, 3.0)]
    assert [mark.get_xdata()[0] for mark in parts(ax, "mark")] == [8.0, 1.0]
    assert [(band.get_x(), band.get_width()) for band in parts(ax, "band")] == [(0.0, 5.0)] * 2
    assert [tuple(tick.get_xdata()) for tick in parts(ax, "baseline")] == [(2.0, 2.0)] * 2
    assert texts(ax, "label") == ["Ideology", "Threat"]
    assert texts(ax, "value") == ["8 in 1,000 words, 99th percentile"] * 2
    assert [mark.get_marker() for mark in parts(ax, "mark")] == ["D", "o"]
    subtitle = " ".join(texts(ax, "subtitle"))
    assert "per 1,000 words" in subtitle
    assert "Baseline: News" in subtitle
    assert ax.get_xlim()[0] == 0
    assert ax.get_xlim()[1] > 15


@pytest.mark.parametrize(
    ("rows", "title"),
    [
        ([position_row()], "Ideology stands clearly above the baseline"),
        ([position_row(), position_row("threat")], "Ideology and threat stand clearly above the baseline"),
        ([position_row(**UNCLEAR)], "No frame stands clearly above or below the baseline"),
        ([position_row(q=0.2)], "No frame stands clearly above or below the baseline"),
        ([position_row(**BELOW)], "Ideology stands clearly below the baseline"),
        (
            [position_row("all"), position_row("threat"), position_row(**UNCLEAR)],
            "Loaded words stand clearly above the baseline, most of all threat",
        ),
        ([position_row("all"), position_row(**UNCLEAR)], "Loaded words stand clearly above the baseline"),
        (
            [position_row(), position_row("alarm", **BELOW)],
            "Ideology stands clearly above and alarm stands clearly below the baseline",
        ),
        ([position_row(enough=False)], "Too little text to say where any frame stands against the baseline"),
        (
            [position_row(baseline_rate=0.0, low=math.nan, high=math.nan, enough=False)],
            "The baseline does not say where any frame stands",
        ),
        (
            [position_row(name) for name in ("war", "alarm", "c", "d", "e")],
            "War, alarm and 3 more stand clearly above the baseline",
        ),
    ],
)
def test_title_states_the_finding(rows, title):
    assert charts.finding(charts.baseline_position(position(*rows), source=SOURCE)) == title
    assert charts.finding(charts.ratio_forest(position(*rows), source=SOURCE)) == title


def test_too_little_text_is_said_and_not_drawn():
    table = position(position_row(), position_row("threat", enough=False))
    ax = charts.baseline_position(table, source=SOURCE)
    assert len(parts(ax, "mark")) == 1
    assert [text.strip() for text in texts(ax, "too-little")] == ["too little text"]
    assert len(parts(ax, "band")) == 2


def test_a_frame_that_the_baseline_lacks_keeps_its_own_rate():
    none = {"low": math.nan, "high": math.nan, "ratio": math.nan, "percentile": math.nan, "enough": False}
    one = position_row("doubt", baseline_rate=0.0, baseline_high=math.nan, **none)
    other = position_row("alarm", baseline_note="the baseline has no counts of 1 terms: x", **none)
    ax = charts.baseline_position(position(position_row(), one, other), source=SOURCE)
    said = " ".join(texts(ax, "value"))
    assert "8 in 1,000 words, not in the baseline" in said
    assert "8 in 1,000 words, baseline lacks some terms" in said
    assert len(parts(ax, "mark")) == 3
    forest = charts.ratio_forest(position(position_row(), one, other), source=SOURCE)
    assert [t.strip() for t in texts(forest, "too-little")] == [
        "not in the baseline",
        "baseline lacks some terms",
    ]
    blank = position_row("alarm", rate_low=math.nan)
    assert [
        t.strip() for t in texts(charts.baseline_position(position(blank), source=SOURCE), "too-little")
    ] == ["not known"]


def test_frames_without_a_mention_are_left_out_and_counted_unless_that_says_something():
    rows = [position_row()]
    rows += [position_row(name, mentions=0.0, rate=0.0, **UNCLEAR) for name in ("threat", "alarm")]
    rows += [position_row("doubt", mentions=0.0, rate=0.0, **BELOW)]
    ax = charts.baseline_position(position(*rows), source=SOURCE)
    assert texts(ax, "label") == ["Ideology", "Doubt"]
    assert "2 frames without a mention are left out" in " ".join(texts(ax, "subtitle"))


def test_order_is_all_then_high_to_low_then_too_little_with_ties_as_they_came():
    ratios = {"b": 2.0, "all": 1.0, "c": 2.0, "d": 5.0, "e": 9.0}
    rows = [position_row(name, ratio=ratio, enough=name != "e") for name, ratio in ratios.items()]
    ax = charts.ratio_forest(position(*rows), source=SOURCE)
    assert texts(ax, "label") == ["All loaded words", "D", "B", "C", "E"]


def test_rows_beyond_the_top_are_counted():
    rows = [position_row(f"frame_{i}", ratio=9.0 - i) for i in range(6)]
    ax = charts.ratio_forest(position(*rows), source=SOURCE, top=2)
    assert texts(ax, "label") == ["Frame 0", "Frame 1"]
    assert "The first 2 of 6 frames; all are in the table" in " ".join(texts(ax, "subtitle"))
    assert len(parts(charts.ratio_forest(position(*rows), source=SOURCE, top=None), "mark")) == 6


def test_ratio_forest_has_a_log_axis_and_a_line_at_one():
    ax = charts.ratio_forest(position(position_row(), position_row("x", **BELOW)), source=SOURCE)
    assert ax.get_xscale() == "log"
    assert list(parts(ax, "baseline")[0].get_xdata()) == [1.0, 1.0]
    assert texts(ax, "baseline-label") == ["baseline"]
    assert sorted(segments(ax)) == [(0.1, 0.7), (1.8, 6.0)]
    assert texts(ax, "value")[0] == "×3.5 (1.8–6.0), 8 mentions"
    assert [tick.get_text() for tick in ax.get_xticklabels()].count("1") == 1


def test_interval_beyond_the_axis_ends_in_an_arrow():
    ax = charts.ratio_forest(position(position_row(low=0.0, high=math.inf, q=0.9)), source=SOURCE)
    assert len(parts(ax, "beyond")) == 2
    (ends,) = segments(ax)
    assert ends == pytest.approx(ax.get_xlim())


def test_several_articles_are_told_apart_by_name():
    rows = [
        position_row(doc_id=name, frame=frame) for name in ("First", "Second") for frame in ("all", "threat")
    ]
    ax = charts.ratio_forest(position(*rows), source=SOURCE)
    assert "First · threat" in texts(ax, "label")
    assert "2 articles, 2,000 words" in " ".join(texts(ax, "subtitle"))
    one = charts.ratio_forest(position(*rows[::2]), source=SOURCE)
    assert texts(one, "label") == ["First", "Second"]


# ------------------------------------------------------------ groups
@pytest.mark.parametrize(
    ("measure", "line", "value"),
    [
        ("ratio", 1.0, "×3.2 (2.2–4.8), 22 mentions"),
        ("difference", 0.0, "2.2 (1.8–2.7), 22 mentions"),
        ("share_difference", 0.0, "13 points (3–23), 22 mentions"),
    ],
)
def test_groups_forest_by_measure(measure, line, value):
    ax = charts.groups_forest(gallery.groups("usual"), source=SOURCE, measure=measure)
    assert parts(ax, "baseline")[0].get_xdata()[0] == line
    assert texts(ax, "value")[0] == value
    assert texts(ax, "baseline-label") == ["the rest"]
    assert charts.finding(ax).startswith("The Herald")
    assert ax.get_xlim()[0] < line < ax.get_xlim()[1]


def test_shares_are_judged_by_the_q_of_shares_and_rates_by_that_of_rates():
    table = gallery.groups("usual").head(2).assign(q=[0.9, 0.001], share_q=[0.001, 0.9], enough=True)
    for low in ("low", "difference_low", "share_difference_low"):
        table[low] = 1.1
    for high in ("high", "difference_high", "share_difference_high"):
        table[high] = 1.9
    first, second = table["outlet"]
    for measure, told in (("share_difference", first), ("ratio", second), ("difference", second)):
        ax = charts.groups_forest(table, source=SOURCE, measure=measure)
        assert charts.finding(ax) == f"{told} stands clearly above the rest", measure


def test_a_forest_of_frames_names_them_as_a_sentence_does():
    table = gallery.groups("usual").head(2).assign(outlet="late", frame=["threat", "alarm"], q=0.001)
    ax = charts.groups_forest(table, source=SOURCE, frame=None, against="the earlier span")
    assert charts.finding(ax) == "Threat and alarm stand clearly above the earlier span"


def test_a_forest_says_what_clearly_means_and_where_nothing_was_found():
    table = gallery.groups("usual")
    assert "q, corrected for the number of rows, is below 0.05" in " ".join(
        texts(charts.groups_forest(table, source=SOURCE), "subtitle")
    )
    plain = " ".join(texts(charts.groups_forest(table.drop(columns="q"), source=SOURCE), "subtitle"))
    assert "corrected" not in plain
    none = table.assign(frame="threat", mentions=0, enough=False)
    assert charts.finding(charts.groups_forest(none, source=SOURCE, frame="threat")) == (
        "Threat: no mention in any group"
    )


def test_a_number_is_not_parted_from_what_it_counts():
    for n in range(1, 19):
        table = gallery.groups("usual").assign(words=10**6 + n)
        ax = charts.groups_forest(table, source=SOURCE, period="x" * n, width="one")
        assert not [line for line in texts(ax, "subtitle") if line[-1].isdigit() and "0.05" not in line]


def test_names_of_groups_keep_their_letters():
    table = gallery.groups("usual").assign(outlet=["iNews", "BBC", "the sun", "x_y", "Ö"])
    ax = charts.groups_forest(table, source=SOURCE, against="Reuters")
    assert texts(ax, "label")[:2] == ["iNews", "BBC"]
    assert charts.finding(ax) == "INews and BBC stand clearly above Reuters"


def test_a_group_with_nothing_to_compare_with_has_a_bound_and_no_point():
    rows = [
        ("A", 2, math.inf, 0.9, math.inf, 0.2),
        ("B", 0, 0.0, 0.0, 1.2, 0.4),
        ("C", 9, 2.0, 1.5, 3.0, 0.01),
    ]
    table = pd.DataFrame(rows, columns=["outlet", "mentions", "ratio", "low", "high", "q"])
    table.insert(1, "frame", "alarm")
    ax = charts.groups_forest(table.assign(words=900, enough=True), source=SOURCE, frame="alarm")
    said = " ".join(texts(ax, "value"))
    assert said == (
        "at least ×0.90, 2 mentions, none to compare with ×2.0 (1.5–3.0), 9 mentions at most ×1.2, 0 mentions"
    )
    assert len(parts(ax, "mark")) == 1
    assert charts.finding(ax) == "Alarm: C stands clearly above the rest"


def test_groups_forest_names_what_is_wrong():
    table = gallery.groups("usual")
    with pytest.raises(ValueError, match="measure: one of ratio, difference, share_difference, not 'mean'"):
        charts.groups_forest(table, source=SOURCE, measure="mean")
    with pytest.raises(ValueError, match="frame: 'alarm' is not in the table; it has all"):
        charts.groups_forest(table, source=SOURCE, frame="alarm")
    every = charts.groups_forest(pd.concat([table, table.assign(frame="threat")]), source=SOURCE, frame=None)
    assert "The Herald · threat" in texts(every, "label")
    one = charts.groups_forest(table.assign(frame="threat"), source=SOURCE, frame="threat")
    assert "mentions of the frame threat" in " ".join(texts(one, "subtitle"))


@pytest.mark.parametrize(
    ("ratios", "title"),
    [
        ([2.0, 3.0], "The result holds under all 2 baselines: clearly above"),
        (
            [2.0, 1.0],
            "The result depends on the baseline: clearly above under 1, not clearly different under 1 of 2",
        ),
        ([2.0], "Only one baseline: nothing to swap it with"),
        ([math.nan, math.nan], "Too little text to compare under any baseline"),
        ([2.0, math.nan], "The result depends on the baseline: clearly above under 1 of 2"),
    ],
)
def test_swap_test_says_whether_the_result_holds(ratios, title):
    table = pd.DataFrame({"baseline": ["A", "B"][: len(ratios)], "frame": "all", "ratio": ratios})
    table = table.assign(low=table["ratio"] * 0.7, high=table["ratio"] * 1.5)
    ax = charts.swap_test(table, source=SOURCE)
    assert charts.finding(ax) == title
    assert texts(ax, "label") == ["A", "B"][: len(ratios)]


def test_swap_test_of_all_frames_names_them():
    table = pd.concat([gallery.swapped("usual"), gallery.swapped("usual").assign(frame="threat")])
    assert "Wikinews · threat" in texts(charts.swap_test(table, source=SOURCE, frame=None), "label")
    assert len(parts(charts.swap_test(table, source=SOURCE), "mark")) == 4


# ------------------------------------------------------------ voices
def voices(narrator, other, name="quoted", **more):
    rows = []
    for voice, (rate, low, high) in (("narrator", narrator), (name, other)):
        rows += [(voice, frame, 900, 5.0, rate, low, high) for frame in ("all", "threat")]
    columns = ["voice", "frame", "words", "mentions", "rate", "rate_low", "rate_high"]
    return pd.DataFrame(rows, columns=columns).assign(**more)


@pytest.mark.parametrize(
    ("table", "title"),
    [
        (
            voices((9, 7, 11), (2, 1, 3)),
            "The narrator has more of the loaded words, most of all threat, than the people quoted",
        ),
        (
            voices((2, 1, 3), (9, 7, 11)),
            "The people quoted have more of the loaded words, most of all threat, than the narrator",
        ),
        (
            voices((2, 1, 3), (9, 7, 11), "reported"),
            "Reported speech has more of the loaded words, most of all threat, than the narrator",
        ),
        (voices((2, 1, 5), (4, 2, 7)), "No clear difference between the narrator and the people quoted"),
        (
            voices((2, 1, 5), (4, 2, 7), enough=False),
            "Too little text to compare the narrator with the people quoted",
        ),
        (
            voices((2, 1, 5), (4, 2, 7)).query("voice == 'narrator'"),
            "Only one voice speaks: there is nothing to compare",
        ),
        (voices((2, 1, 5), (4, 2, 7)).iloc[:0], "No voice to compare"),
    ],
)
def test_voices_compared_states_the_difference(table, title):
    assert charts.finding(charts.voices_compared(table, source=SOURCE)) == title


def test_voices_stand_on_lines_of_their_own_with_baseline():
    ax = charts.voices_compared(voices((9, 7, 11), (2, 1, 3), baseline_rate=4.0), source=SOURCE)
    assert segments(ax) == [(7, 11), (1, 3)] * 2
    ys = [mark.get_ydata()[0] for mark in parts(ax, "mark")]
    assert len(set(ys)) == 4
    assert [mark.get_marker() for mark in parts(ax, "mark")] == ["o", "D"] * 2
    assert [tick.get_xdata()[0] for tick in parts(ax, "baseline")] == [4.0, 4.0]
    assert texts(ax, "value")[:2] == ["narrator 9.0 (5)", "people quoted 2.0 (5)"]


def test_voices_with_words_of_their_own_are_compared_by_how_often():
    """Per 1,000 words of the whole text a voice that speaks more has more: that is not using them more often."""
    table = voices((9, 7, 11), (2, 1, 3))
    table["words"] = [700, 700, 200, 200]
    own = charts.voices_compared(table, source=SOURCE)
    assert charts.finding(own) == (
        "The narrator uses loaded words, most of all threat, more often than the people quoted"
    )
    whole = charts.voices_compared(voices((9, 7, 11), (2, 1, 3)), source=SOURCE)
    assert "words of the whole text" in " ".join(texts(whole, "subtitle"))
    assert "whole text" not in " ".join(texts(own, "subtitle"))


def test_voices_with_nothing_to_show_share_a_line():
    rows = [voices((9, 7, 11), (2, 1, 3), name).iloc[2:] for name in ("quoted", "reported", "scare")]
    table = pd.concat([voices((9, 7, 11), (2, 1, 3)).iloc[:2], *rows], ignore_index=True)
    silent = (table["voice"] != "narrator") & (table["frame"] == "threat")
    table["enough"] = ~silent
    table.loc[silent, "mentions"] = 0
    ax = charts.voices_compared(table, source=SOURCE)
    assert texts(ax, "value")[-2:] == ["narrator 9.0 (5)", "3 other voices – (0)"]
    assert len(texts(ax, "too-little")) == 1


def test_one_frame_without_all_is_named_in_the_title():
    table = voices((9, 7, 11), (2, 1, 3)).query("frame == 'threat'")
    assert charts.finding(charts.voices_compared(table, source=SOURCE)) == (
        "The narrator has more of the words of threat than the people quoted"
    )


def test_charts_of_one_article_refuse_several():
    table = pd.concat([voices((9, 7, 11), (2, 1, 3), doc_id=name) for name in "ab"])
    with pytest.raises(ValueError, match="2 articles"):
        charts.voices_compared(table, source=SOURCE)
    targets = pd.concat([gallery.by_target("usual").assign(doc_id=name) for name in "ab"])
    with pytest.raises(ValueError, match="2 articles"):
        charts.target_heatmap(targets, source=SOURCE)
    with pytest.raises(ValueError, match="the mentions are of 2"):
        charts.mention_positions(
            gallery.mentions("usual").assign(doc_id=list("ab") * 7), gallery.TEXT, source=SOURCE
        )


# ------------------------------------------------------------ choices, parts, words, dispersion
def choices(**changes):
    row = {"concept": "ruler", "critical": 3, "neutral": 5, "favourable": 2, "share": 0.5, "share_low": 0.2}
    return pd.DataFrame([{**row, "share_high": 0.8, "enough": True, "baseline_share": 0.1, **changes}])


def test_concept_choices_bars_are_the_counts():
    ax = charts.concept_choices(choices(), source=SOURCE)
    bars = parts(ax, "bar")
    assert [round(bar.get_width(), 6) for bar in bars] == [0.3, 0.2, 0.5]
    assert bars[1].get_x() == pytest.approx(0.3)
    assert segments(ax) == [(0.2, 0.8)]
    assert parts(ax, "baseline")[0].get_xdata()[0] == 0.1
    assert texts(ax, "value") == ["50% (20–80%)", "3 critical, 2 favourable, 5 neutral"]


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Ruler is clearly named more often in loaded words than in the baseline"),
        ({"baseline_share": 0.9}, "Ruler is clearly named less often in loaded words than in the baseline"),
        (
            {"baseline_share": 0.5},
            "5 of 10 namings are loaded; no single concept differs clearly from the baseline",
        ),
        (
            {"share_q": 0.06},
            "5 of 10 namings are loaded; no single concept differs clearly from the baseline",
        ),
        (
            {"share_q": 0.04, "baseline_share": 0.3},
            "Ruler is clearly named more often in loaded words than in the baseline",
        ),
        ({"enough": False}, "Too little text to say how any concept is named"),
        ({"baseline_share": math.nan}, "No concept is clearly named in loaded words more often than not"),
        (
            {"baseline_share": math.nan, "share_low": 0.6},
            "Ruler is clearly named more often in loaded words than not",
        ),
        (
            {"baseline_share": math.nan, "share_high": 0.4},
            "Ruler is clearly named in neutral words more often than not",
        ),
    ],
)
def test_concept_choices_states_the_finding(changes, title):
    assert charts.finding(charts.concept_choices(choices(**changes), source=SOURCE)) == title


def test_concepts_never_named_are_not_drawn():
    table = pd.concat([choices(), choices(concept="border", critical=0, neutral=0, favourable=0)])
    assert texts(charts.concept_choices(table, source=SOURCE), "label") == ["Ruler"]


def difference(*parts_):
    rows = [(f"t{i}", 3, 1, part) for i, part in enumerate(parts_)]
    return pd.DataFrame(rows, columns=["term", "count_a", "count_b", "part"])


def test_contribution_bars_add_up_with_the_rest_in_one_row():
    values = [2.0, -1.0, 0.5, 0.25, -0.125]
    ax = charts.contribution_bars(difference(*values), source=SOURCE, names=("A", "B"), top=2)
    *shown, total = [bar.get_width() * (1 if bar.get_x() >= 0 else -1) for bar in parts(ax, "bar")]
    assert shown == pytest.approx([2.0, -1.0, 0.625])
    assert total == pytest.approx(sum(values)) == pytest.approx(sum(shown))
    assert texts(ax, "label") == ["“t0”", "“t1”", "3 other terms", "All terms together"]
    assert texts(ax, "value")[0] == "+2.0 (3 : 1)"
    assert texts(ax, "value")[2] == "+0.62 (9 : 3)"


@pytest.mark.parametrize(
    ("values", "title"),
    [
        ([2.0, 1.0], "A has 3.0 loaded mentions per 1,000 words more than B, 100% of it from “t0” and “t1”"),
        ([-2.0], "B has 2.0 loaded mentions per 1,000 words more than A, 100% of it from “t0”"),
        (
            [3.0, -2.0, 0.5],
            "A has 1.5 loaded mentions per 1,000 words more than B, most of all “t0” and “t2”",
        ),
        ([1.0, -1.0], "A and B use loaded words equally often"),
        # Terms that others are as large as are not picked by their place in the table.
        (
            [2.0, 1.0, 1.0],
            "A has 4.0 loaded mentions per 1,000 words more than B, 50% of it from “t0”",
        ),
        ([1.0, 1.0, 1.0], "A has 3.0 loaded mentions per 1,000 words more than B, spread over 3 terms"),
        ([], "No loaded mention in A or in B"),
    ],
)
def test_contribution_bars_state_the_difference(values, title):
    assert charts.finding(charts.contribution_bars(difference(*values), source=SOURCE)) == title


def test_contribution_bars_take_difference_where_there_is_no_part():
    table = difference(1.0, 2.0).rename(columns={"part": "difference"})
    assert charts.finding(charts.contribution_bars(table, source=SOURCE)).startswith("A has 3.0")
    with pytest.raises(ValueError, match="'difference' or 'part'"):
        charts.contribution_bars(table.drop(columns="difference"), source=SOURCE)


def test_distinctive_words_by_group_with_intervals_from_z():
    table = pd.DataFrame(
        [
            ("B", "wall", 9, 5, 1.0, 4.0, 0.01),
            ("A", "regime", 8, 4, 2.0, 1.0, 0.6),
            ("A", "rest", 2, 2, -1.0, -3.0, 0.01),
        ],
        columns=["outlet", "word", "count", "articles", "log_odds", "z", "q"],
    )
    ax = charts.distinctive_words(table, source=SOURCE)
    assert texts(ax, "heading") == ["A", "B"]
    assert texts(ax, "label") == ["regime", "wall"]
    assert segments(ax)[1] == pytest.approx((1 - 1.96 / 4, 1 + 1.96 / 4))
    assert charts.finding(ax) == "Words that stand out clearly in 1 group: first of all “wall” in B"
    assert [mark.get_marker() for mark in parts(ax, "mark")] == ["o", "D"]
    own = charts.distinctive_words(table.assign(low=0.3, high=3.0, q=0.5), source=SOURCE)
    assert segments(own) == [(0.3, 3.0)] * 2
    assert charts.finding(own) == "No word stands out clearly in any group; the nearest is “wall” in B"


def test_dispersion_calls_only_frequent_terms_uneven():
    table = pd.DataFrame(
        {
            "term": ["often", "once", "even"],
            "mentions": [9, 1, 8],
            "articles": [2, 1, 8],
            "dispersion": [0.9, 0.99, 0.1],
        }
    )
    ax = charts.dispersion(table, source=SOURCE)
    assert charts.finding(ax) == "“often” stands mostly in a few articles"
    assert [mark.get_xdata()[0] for mark in parts(ax, "mark")] == [0.9, 0.1, 0.99]
    assert texts(ax, "value")[-1] == "1 mention in 1 article"
    even = charts.dispersion(table.iloc[1:], source=SOURCE)
    assert charts.finding(even) == "No term with five mentions or more has a DP of 0.80 or above"
    lacking = charts.dispersion(table.assign(enough=False), source=SOURCE)
    assert charts.finding(lacking) == "Too little text to say how evenly any term is spread"
    assert len(texts(lacking, "too-little")) == 3
    bounds = table.assign(dispersion_low=0.05, dispersion_high=0.95, expected=0.3)
    assert segments(charts.dispersion(bounds, source=SOURCE)) == [(0.05, 0.95)] * 3
    by = pd.concat([table.assign(outlet=o) for o in "AB"])[["outlet", *table.columns]]
    assert "A · often" in texts(charts.dispersion(by, source=SOURCE), "label")


# ------------------------------------------------------------ heat maps
def test_target_heatmap_counts_shades_and_too_little_text():
    table = pd.DataFrame(
        [
            ("China", "all", 500, 6, 12.0, 8.0, 16.0, True), ("China", "threat", 500, 6, 12.0, 6.0, 20.0, True),
            ("Russia", "all", 500, 1, 2.0, 0.1, 5.0, True), ("Russia", "threat", 500, 1, 2.0, 0.1, 5.0, False),
        ],
        columns=["target", "frame", "words", "mentions", "rate", "rate_low", "rate_high", "enough"],
    )  # fmt: skip
    ax = charts.target_heatmap(table, source=SOURCE, intervals=True)
    assert texts(ax, "value") == ["6", "8.0–16.0", "6", "6.0–20.0", "1", "0.10–5.0", "1"]
    assert len(parts(ax, "cell")) == 3
    assert len([p for p in parts(ax, "too-little") if p.get_hatch()]) == 1
    dark, *_, light = [marks.luminance(cell.get_facecolor()) for cell in parts(ax, "cell")]
    assert dark < light
    assert (
        charts.finding(ax)
        == "6 of 7 loaded mentions with a known target concern China, most often as threat (6)"
    )
    written = [part.get_text() for part in parts(ax, "key") if hasattr(part, "get_text")]
    assert written == ["too little text"]


@pytest.mark.parametrize(
    ("mentions", "low", "title"),
    [
        ([3, 3], 0.1, "No target stands out: China and Russia have 3 loaded mentions each"),
        (
            [4, 3],
            0.1,
            "4 of 7 loaded mentions with a known target concern China, not clearly more than Russia (3)",
        ),
        ([4, 3], 9.0, "4 of 7 loaded mentions with a known target concern China"),
        ([1, 0], 9.0, "1 of 1 loaded mention with a known target concerns China"),
        ([0, 0], 0.0, "No target is named in loaded words"),
    ],
)
def test_target_heatmap_states_the_finding(mentions, low, title):
    table = pd.DataFrame(
        {"target": ["China", "Russia"], "frame": "all", "mentions": mentions, "rate": mentions}
    )
    table = table.assign(rate_low=[low, 0.0], rate_high=[20.0, 5.0])
    assert charts.finding(charts.target_heatmap(table, source=SOURCE)) == title


def test_heat_map_leaves_out_columns_without_room_and_says_so():
    ax = charts.event_heatmap(gallery.by_event("many"), source=SOURCE, width="one")
    subtitle = " ".join(texts(ax, "subtitle"))
    shown = int(subtitle.split("The first ")[1].split(" of 35 outlets")[0])
    assert ax.get_xlim() == (0, shown)
    assert 3 <= shown < 35


def test_event_heatmap_shows_the_events_that_most_outlets_cover():
    told = [("a", "X", 0), ("b", "X", 1), ("b", "Y", 0), ("c", "X", 9), ("d", "Y", 3), ("d", "X", 3)]
    table = pd.DataFrame(told, columns=["event", "outlet", "mentions"]).assign(rate=1.0, enough=True)
    ax = charts.event_heatmap(table, source=SOURCE, top=3)
    assert [name for name in texts(ax, "label") if name in "ABCD"] == ["B", "C", "D"]
    assert "3 of 4 events with most outlets, then most mentions" in " ".join(texts(ax, "subtitle"))


def test_event_heatmap_rates_gaps_and_baseline():
    ax = charts.event_heatmap(gallery.by_event("usual"), source=SOURCE)
    assert (
        len(parts(ax, "cell")) + len([p for p in parts(ax, "too-little") if hasattr(p, "get_hatch")])
        == 11 + 4
    )
    assert texts(ax, "value")[-4:] == ["2.1"] * 4
    assert charts.finding(ax) == "The Herald has the highest rate on 2 of 3 events"


@pytest.mark.parametrize(
    ("rates", "title"),
    [
        ([[2, 1], [1, 2]], "On each of the 2 events a different outlet has the highest rate: A and B"),
        ([[2, 1], [1, 2], [2, 1], [1, 2]], "No outlet has the highest rate on most of the 4 events"),
        ([[2, 2]], "No event on which one outlet’s rate is the highest"),
        ([[2, 1]], "A has the highest rate on 1 of 1 event"),
    ],
)
def test_event_heatmap_states_the_finding(rates, title):
    rows = [
        (f"e{i}", "AB"[j], 5, float(r), "all") for i, line in enumerate(rates) for j, r in enumerate(line)
    ]
    table = pd.DataFrame(rows, columns=["event", "outlet", "mentions", "rate", "frame"])
    assert charts.finding(charts.event_heatmap(table, source=SOURCE)) == title
    said = charts.finding(charts.event_heatmap(table.assign(enough=False), source=SOURCE))
    assert said == "Too little text to compare outlets on any event"


@given(st.floats(0, 1))
def test_words_on_any_shade_can_be_read(share):
    colour = marks.shade(share, 1.0)
    light = marks.luminance(colour)
    ink = 1.0 if marks.contrasting(colour) == "white" else 0.0
    high, low = max(light, ink), min(light, ink)
    assert (high + 0.05) / (low + 0.05) >= 4.5


# ------------------------------------------------------------ positions
def test_mention_positions_count_words_and_thirds():
    text = "One two regime four.\n\nFive six seven regime nine. The government"
    rows = [
        (text.index("regime"), "regime", "illegitimacy", "critical"),
        (text.rindex("regime"), "regime", "illegitimacy", "critical"),
    ]
    rows += [(text.index("government"), "government", "", "neutral")]
    table = pd.DataFrame(rows, columns=["start", "text", "frame", "stance"])
    ax = charts.mention_positions(table, text, source=SOURCE)
    assert [mark.get_xdata()[0] for mark in parts(ax, "mark")] == [3, 8, 11]
    assert [mark.get_marker() for mark in parts(ax, "mark")] == ["v", "v", "o"]
    assert ax.get_xlim() == (0, 11)
    assert texts(ax, "baseline-label") == ["first third: 1", "middle: 1", "last third: 0"]
    assert [line.get_xdata()[0] for line in parts(ax, "baseline")] == pytest.approx([11 / 3, 22 / 3])
    assert texts(ax, "name") == ["regime", "regime", "government"]
    assert list(ax.get_xticks(minor=True)) == [4]
    assert texts(ax, "label") == ["Illegitimacy", "Neutral namings"]


@pytest.mark.parametrize(
    ("starts", "title"),
    [
        ([0, 1, 2, 59], "3 of 4 loaded mentions stand in the article’s first third"),
        ([0, 30, 59], "The loaded mentions are spread over the article; no third holds more than half"),
        ([59], "One loaded mention, in the last third of the article"),
        ([], "No loaded mention in this article"),
    ],
)
def test_mention_positions_state_where(starts, title):
    table = pd.DataFrame(
        {"start": starts, "text": "a", "frame": "threat", "stance": "critical", "part": "body"}
    )
    text = "a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d"
    table["start"] = table["start"].astype(int) // 2 * 2
    extra = pd.DataFrame(
        {"start": [2], "text": "T", "frame": "threat", "stance": "critical", "part": "title"}
    )
    if starts == [0, 1, 2, 59]:
        table["start"] = [0, 2, 4, 58]
    assert charts.finding(charts.mention_positions(pd.concat([table, extra]), text, source=SOURCE)) == title


def test_a_text_without_words_can_be_drawn():
    table = gallery.mentions("none")
    assert (
        charts.finding(charts.mention_positions(table, "…", source=SOURCE))
        == "No loaded mention in this article"
    )


# ------------------------------------------------------------ time
def series(values, told=None, **more):
    n = len(values)
    rate = np.asarray(values, float)
    table = pd.DataFrame({"period": pd.date_range("2000-01-01", periods=n, freq="YS"), "frame": "all"})
    return table.assign(
        rate=rate, rate_low=rate * 0.8, rate_high=rate * 1.2, enough=told or [True] * n, **more
    )


def test_trend_lines_break_where_there_is_too_little_text():
    ax = charts.trend_lines(series([1, 2, 3, 4], [True, False, True, True], baseline_rate=2.0), source=SOURCE)
    (panel,) = ax.child_axes
    (path,) = parts(panel, "path")
    np.testing.assert_array_equal(path.get_ydata(), [1, np.nan, 3, 4])
    (gaps,) = parts(panel, "too-little")
    assert len(gaps.get_xdata()) == 1
    (ends,) = parts(panel, "interval")
    heights = [segment[:, 1] for segment in ends.get_segments()]
    np.testing.assert_allclose(heights, [(0.8, 1.2), (2.4, 3.6), (3.2, 4.8)])
    assert parts(panel, "baseline")[0].get_ydata()[0] == 2.0
    assert charts.finding(ax) == "Of 3 periods, 2 clearly above and 1 clearly below the baseline"
    assert "2000 to 2003" in " ".join(texts(ax, "subtitle"))


def test_one_wide_interval_does_not_flatten_the_rest():
    table = series([1, 2, 3])
    table["rate_high"] = [1.5, 90.0, 4.0]
    (panel,) = charts.trend_lines(table, source=SOURCE).child_axes
    top = panel.get_ylim()[1]
    assert 4 < top < 9
    (arrows,) = parts(panel, "beyond")
    assert arrows.get_ydata().tolist() == [top]
    # Panels whose intervals reach as far are still held against one another on one scale.
    two = pd.concat([table.assign(party="A"), table.assign(party="B", rate=table["rate"] / 9)])
    two = two[["party", *table.columns]]
    heights = {panel.get_ylim() for panel in charts.trend_lines(two, source=SOURCE, baseline=1.0).child_axes}
    assert heights == {panel.get_ylim()}


@pytest.mark.parametrize(
    ("table", "options", "line", "title"),
    [
        (series([2, 2]), {"baseline": 2.0}, 2.0, "No period differs clearly from the baseline"),
        (series([2, 2]), {"baseline": {"all": 9}}, 9.0, "Of 2 periods, 2 clearly below the baseline"),
        (
            series([2, 4], mentions=[2, 4], words=1000),
            {},
            3.0,
            "Of 2 periods, 1 clearly above and 1 clearly below the mean of all periods",
        ),
        (
            series([2, 4]),
            {},
            3.0,
            "Of 2 periods, 1 clearly above and 1 clearly below the mean of all periods",
        ),
        (series([2, 4], [False, False]), {}, 3.0, "Too little text in every period"),
    ],
)
def test_trend_lines_reference(table, options, line, title):
    ax = charts.trend_lines(table, source=SOURCE, **options)
    assert parts(ax.child_axes[0], "baseline")[0].get_ydata()[0] == line
    assert charts.finding(ax) == title


def test_trend_lines_by_group_frame_and_share():
    table = pd.concat([series([1, 2]).assign(outlet=o, frame=f) for o in "AB" for f in ("all", "threat")])
    table = table.assign(share=0.5, share_low=0.4, share_high=0.6)
    before = table[["outlet", *[c for c in table.columns if c != "outlet"]]]
    for each in (table, before):
        ax = charts.trend_lines(each, source=SOURCE, measure="share")
        assert len(ax.child_axes) == 4
        assert texts(ax, "heading")[1] == "A · Threat"
    assert len(charts.trend_lines(before, source=SOURCE, frame="all").child_axes) == 2
    assert "The first 3 of 4 panels" in " ".join(
        texts(charts.trend_lines(before, source=SOURCE, top=3), "subtitle")
    )
    with pytest.raises(ValueError, match="frame: 'alarm' is not in the table"):
        charts.trend_lines(before, source=SOURCE, frame="alarm")
    with pytest.raises(ValueError, match="measure: 'rate' or 'share'"):
        charts.trend_lines(before, source=SOURCE, measure="mean")
    with pytest.raises(ValueError, match="no value for the frame 'threat'"):
        charts.trend_lines(before, source=SOURCE, baseline={"all": 1.0})


def test_panels_of_unlike_height_have_scales_of_their_own():
    low, high = series([1, 1]).assign(frame="threat"), series([90, 90])
    ax = charts.trend_lines(pd.concat([low, high]), source=SOURCE)
    tops = [panel.get_ylim()[1] for panel in ax.child_axes]
    assert tops[1] > 50 * tops[0]
    assert "Each panel has its own scale" in " ".join(texts(ax, "subtitle"))
    assert not own_scales([])


@pytest.mark.parametrize(
    ("freq", "n", "said", "label"),
    [
        ("D", 20, "01 Mar 2021 to 20 Mar 2021", "Mar 2021"),
        ("MS", 9, "Mar 2021 to Nov 2021", "2021"),
        ("YS", 30, "2022 to 2051", "20"),
        ("MS", 1, "Mar 2021", "2021"),
    ],
)
def test_time_axis_has_readable_ticks(freq, n, said, label):
    periods = pd.date_range("2021-03-01", periods=n, freq=freq)
    ax = charts.trend_lines(series([2] * n).assign(period=periods), source=SOURCE)
    assert said in " ".join(texts(ax, "subtitle"))
    labels = [tick.get_text() for tick in ax.child_axes[0].get_xticklabels()]
    assert labels
    assert all(label in text for text in labels)


# ------------------------------------------------------------ measurements
def test_calibration_curve_against_the_diagonal():
    table = pd.DataFrame(
        {"predicted": [0.2, 0.8], "observed": [0.2, 0.5], "low": [0.1, 0.4], "high": [0.3, 0.6], "n": 50}
    )
    ax = charts.calibration_curve(table, source=SOURCE)
    assert charts.finding(ax) == "Predicted and observed differ clearly in 1 of 2 bins"
    assert list(parts(ax, "baseline")[0].get_xdata()) == [0, 1]
    assert len(parts(ax, "interval")[0].get_segments()) == 2
    fine = charts.calibration_curve(table.iloc[:1], source=SOURCE)
    assert charts.finding(fine) == "Predicted and observed agree in all 1 bins"
    two = pd.concat([table.assign(model="a"), table.assign(model="b")])
    shapes = [mark.get_marker() for mark in parts(charts.calibration_curve(two, source=SOURCE), "mark")]
    assert len(set(shapes)) == 2
    many = pd.concat([table.assign(model=str(i)) for i in range(5)])
    with pytest.raises(ValueError, match="at most 4 models, not 5"):
        charts.calibration_curve(many, source=SOURCE)


def test_engine_speed_names_lines_and_states_the_factor():
    ax = charts.engine_speed(gallery.speeds("usual"), source=SOURCE)
    assert charts.finding(ax) == "This engine is 9.0 times as fast as re module at 1,000 megabytes"
    assert ax.get_xscale() == ax.get_yscale() == "log"
    assert sorted(texts(ax, "name")) == ["Aho–Corasick", "re module", "this engine"]
    # Each name has its mark; a line leads to it only where its points reach the right.
    lines = {
        name: [a for a in ax.artists + ax.lines if a.get_label() == name]
        for name in ("_key", "_mark", "_lead")
    }
    keys, marks = (sorted(a.get_marker() for a in lines[name]) for name in ("_key", "_mark"))
    assert keys == marks
    assert len(lines["_key"]) == len(lines["_lead"]) == 3
    alone = gallery.speeds("usual").drop_duplicates("engine").iloc[1:]
    short = charts.engine_speed(
        pd.concat([gallery.speeds("usual").query("engine == 'this engine'"), alone]), source=SOURCE
    )
    assert sum(a.get_label() == "_lead" for a in short.artists + short.lines) == 1
    table = gallery.speeds("usual")
    next_best = charts.engine_speed(table, source=SOURCE, baseline="this engine")
    assert charts.finding(next_best).startswith(
        "This engine is 2.2 times as fast as Aho–Corasick, the second,"
    )
    with pytest.raises(ValueError, match="baseline: 'x' is not in column 'engine'"):
        charts.engine_speed(table, source=SOURCE, baseline="x")
    apart = table[(table["engine"] != "this engine") | (table["megabytes"] == 1000)].query(
        "engine != 'Aho–Corasick'"
    )
    apart = apart[(apart["engine"] == "this engine") | (apart["megabytes"] < 1000)]
    assert charts.finding(charts.engine_speed(apart, source=SOURCE)).startswith(
        "The engines were not measured"
    )
    close = table.assign(megabytes=3.0, seconds=2.2, low=2.0, high=2.4)
    assert [t.get_text() for t in charts.engine_speed(close, source=SOURCE).get_xticklabels()] == ["3"]


@given(
    st.lists(st.tuples(st.floats(0, 300), st.floats(5, 30)), max_size=8).map(sorted),
)
def test_labels_spread_apart_keep_order_and_never_touch(wanted):
    heights = [height for _, height in wanted]
    placed = spread([want for want, _ in wanted], heights, 300.0)
    for i in range(len(placed) - 1):
        assert placed[i + 1] - placed[i] >= (heights[i] + heights[i + 1]) / 2 - 1e-6
    assert all(p + h / 2 <= 300 + 1e-6 for p, h in zip(placed, heights, strict=True))
    assert all(p - h / 2 >= -1e-6 for p, h in zip(placed, heights, strict=True))


# ------------------------------------------------------------ place, width, words
def test_given_axes_are_used_and_their_place_is_kept():
    figure, (one, two) = plt.subplots(2, 1, figsize=(7, 16))
    before = two.get_position()
    first = charts.ratio_forest(gallery.comparison("usual"), source=SOURCE, ax=one)
    charts.baseline_position(gallery.comparison("usual"), source=SOURCE, ax=two)
    assert first is one
    assert len(figure.axes) == 2
    after = two.get_position()
    assert after.x0 >= before.x0
    assert after.y1 <= before.y1
    assert charts.alt_text(figure).count("Source: test") == 2
    from test_gallery import faults

    assert faults(figure) == []


def test_axes_without_room_are_refused_with_the_room_needed():
    _, ax = plt.subplots(figsize=(3, 1))
    with pytest.raises(ValueError, match=r"needs Axes at least \d+ mm high, and these are \d+ by \d+ mm"):
        charts.ratio_forest(gallery.comparison("usual"), source=SOURCE, ax=ax)
    ax.remove()
    with pytest.raises(ValueError, match="taken out of their figure"):
        charts.ratio_forest(gallery.comparison("usual"), source=SOURCE, ax=ax)


@pytest.mark.parametrize("width", ["three", 20, True, None])
def test_widths_that_no_page_has_are_refused(width):
    with pytest.raises(ValueError, match="width: 'one'"):
        charts.ratio_forest(gallery.comparison("usual"), source=SOURCE, width=width)


def test_width_in_millimetres():
    ax = charts.ratio_forest(gallery.comparison("usual"), source=SOURCE, width=120)
    assert ax.get_figure().get_size_inches()[0] * 25.4 == pytest.approx(120)


@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_every_chart_needs_a_source_and_its_table(name):
    function, arguments, options = gallery.CHARTS[name]("usual")
    with pytest.raises(TypeError, match="source"):
        function(*arguments, **options)
    with pytest.raises(ValueError, match="say where the figures come from"):
        function(*arguments, source=" ", **options)
    with pytest.raises(TypeError, match="draws a pandas DataFrame"):
        function([1, 2], *arguments[1:], source=SOURCE, **options)
    with pytest.raises(ValueError, match="has no column"):
        function(pd.DataFrame({"x": [1]}), *arguments[1:], source=SOURCE, **options)


@pytest.mark.parametrize("name", list(gallery.CHARTS))
def test_the_table_is_left_as_it_was_and_titles_can_be_ones_own(name):
    function, arguments, options = gallery.CHARTS[name]("usual")
    before = arguments[0].copy()
    ax = function(*arguments, **{**options, "source": "Source: given", "title": "My own $x^2$ <title>"})
    pd.testing.assert_frame_equal(arguments[0], before)
    assert charts.finding(ax) == "My own $x^2$ <title>"
    assert texts(ax, "source") == ["Source: given"]
    assert not ax.title.get_parse_math()
    assert isinstance(charts.drawn_table(ax), pd.DataFrame)
    assert plt.get_fignums()  # made, not shown and not closed


def test_charts_of_others_have_no_words():
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=r"not drawn by helpers\.charts"):
        charts.alt_text(ax)


def test_hostile_names_are_drawn_harmlessly():
    table = gallery.groups("usual").assign(outlet=["\x1b[31mred", "$\\frac{", "a\nb", "", "x" * 5000])
    ax = charts.groups_forest(table, source="a\x00b")
    assert texts(ax, "label")[:4] == ["�[31mred", "$\\frac{", "a b", "(no name)"]
    assert texts(ax, "source") == ["Source: a�b"]
    ax.get_figure().canvas.draw()


# ------------------------------------------------------------ words
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.0421, "0.042"),
        (0.5, "0.50"),
        (4.25, "4.2"),
        (42.2, "42.2"),
        (1234.5, "1,234"),
        (-3.2, "−3.2"),
        (math.nan, "–"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (1e-05, "<0.001"),
    ],
)
def test_numbers_have_the_digits_a_reader_needs(value, text):
    assert words.number(value) == text


def test_small_words():
    assert words.number(2.0, signed=True) == "+2.0"
    assert [words.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 21, 100)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "21st",
        "100th",
    ]
    assert [words.percent(v) for v in (0, 0.004, 0.38, 1, -0.04, math.nan)] == [
        "0%",
        "0.4%",
        "38%",
        "100%",
        "−4%",
        "–",
    ]
    assert words.count(math.nan) == "–"
    assert words.span_text(-1.0, 2.0) == "−1.0 to 2.0"
    assert words.humanise(None) == words.humanise(math.nan) == "(not known)"
    assert words.humanise(pd.Timestamp("2024-02-03")) == "2024-02-03"
    assert words.in_sentence("NATO") == "NATO"
    assert findings.join("a.", "", "b") == "a. b"


@pytest.mark.filterwarnings("ignore:Glyph")  # letters that the font lacks are measured as a box
@given(st.text(max_size=80), st.floats(30, 300), st.integers(1, 4))
@example("0\xa00", 30.0, 1)
@settings(max_examples=60, deadline=None)
def test_wrapped_lines_fit_and_lose_nothing_without_an_ellipsis(text, width, most):
    whole = words.wrap(text, width)
    assert all(words.text_width(line) <= width or len(line) == 1 for line in whole)
    wanted = words.clean_lines(text).replace(words.NBSP, " ")  # drawn as a space that was not broken at
    assert "".join(whole).replace(" ", "") == wanted.replace(" ", "")
    cut = words.wrap(text, width, most=most)
    assert len(cut) <= most
    assert cut == whole if len(whole) <= most else any("…" in line for line in cut)
    assert all(words.text_width(line) <= width * 1.01 or len(line) == 1 for line in cut)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(60, 400))
@settings(max_examples=100, deadline=None)
def test_ticks_never_touch(low, span, width):
    ticks, labels = marks.linear_ticks(low, low + span, width)
    assert len(ticks) == len(labels) == len(set(labels))
    places = [(tick - low) / span * width if span else 0.0 for tick in ticks]
    for i in range(len(ticks) - 1):
        half = (words.text_width(labels[i]) + words.text_width(labels[i + 1])) / 2
        assert places[i + 1] - places[i] >= half


@given(st.floats(1e-9, 1.0), st.floats(1.0, 1e9), st.floats(60, 400))
@settings(max_examples=100, deadline=None)
def test_ratio_ticks_hold_one_and_never_touch(low, high, width):
    low, high = min(low, 0.5), max(high, 2.0)
    ticks, labels = marks.ratio_ticks(low, high, width)
    assert 1.0 in ticks
    places = [math.log(t / low) / math.log(high / low) * width for t in ticks]
    for i in range(len(ticks) - 1):
        half = (words.text_width(labels[i]) + words.text_width(labels[i + 1])) / 2
        assert places[i + 1] - places[i] >= half
