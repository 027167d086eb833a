"""Who is named: hand-made cases, the table, what users add, properties, human annotation."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers import Targets, find_mentions, find_targets, score
from helpers.lexicon import Lexicon

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))


def named(text, word, **options):
    """Target and rule for the first place of a word."""
    start = text.index(word)
    row = find_targets(text, [(start, start + len(word))], **options).iloc[0]
    return (row["target"] if isinstance(row["target"], str) else None), row["target_how"]


@pytest.mark.parametrize(
    ("text", "word", "target", "how"),
    [
        ("The Beijing regime threatened Taiwan.", "regime", "China", "phrase"),
        ("Visitors to communist China were few.", "communist", "China", "phrase"),
        ("The regime of Bashar al-Assad fell.", "regime", "Syria", "phrase"),
        ("Russia's invasion of Ukraine began.", "invasion", "Russia", "phrase"),
        ("The invasion of Ukraine by Russia began.", "invasion", "Russia", "phrase"),
        ("Russia launched an invasion of Ukraine.", "invasion", "Russia", "clause"),
        ("Iran is, of course, a dictatorship.", "dictatorship", "Iran", "clause"),
        ("Xi Jinping spoke. His regime will stay.", "regime", "China", "last_named"),
        ("The “U.S. regime” is what he called it.", "regime", "United States", "phrase"),
    ],
)
def test_who_is_named(text, word, target, how):
    assert named(text, word) == (target, how)


def test_nothing_is_said_where_nobody_is_named_and_the_title_is_asked_last():
    assert named("The regime fell.", "regime")[0] is None
    assert named("The regime fell.", "regime", title="Turmoil in Iran") == ("Iran", "title")


def test_a_capital_where_others_meet_counts_only_where_its_state_is_named_otherwise():
    assert named("The talks in Vienna gave the regime time.", "regime")[0] is None
    assert named("Austria spoke. Vienna's regime of checks began.", "regime")[0] == "Austria"
    assert named("Moscow's regime sent envoys to Vienna.", "regime") == ("Russia", "phrase")


def test_rulers_count_for_their_state_while_they_rule():
    text = "Trump’s regime, critics said, was doomed."
    assert named(text, "regime", date="2018-05-01")[0] == "United States"
    assert named(text, "regime", date="2022-05-01")[0] == "Republican Party"


def test_the_table_is_as_wide_as_promised():
    rows = Targets.load().rows
    states = rows[rows["kind"] == "state"]
    by_role = states.groupby("target")["role"].agg(set)
    assert (by_role.map(lambda roles: {"name", "adjective", "capital"} <= roles)).sum() >= 60
    assert states.loc[states["role"] == "ruler", "target"].nunique() >= 60
    ruling = rows[rows["role"] == "ruler"]
    assert ruling["from"].notna().mean() > 0.9
    for kind, at_least in (("party", 10), ("institution", 20), ("armed_group", 15)):
        assert rows.loc[rows["kind"] == kind, "target"].nunique() >= at_least


def test_users_add_rows_and_files(tmp_path):
    rows = [{"target": "Ruritania", "kind": "state", "alias": "Ruritania"}]
    own = Targets.load() | Targets.of(rows)
    assert named("Ruritania is a dictatorship.", "dictatorship", targets=own) == ("Ruritania", "clause")
    Targets.of(rows).save(tmp_path / "mine.csv")
    assert Targets.load(tmp_path / "mine.csv").names == ["Ruritania"]
    (tmp_path / "bad.csv").write_text("target,kind,alias\nX,planet,Mars\n,state,Y\n")
    with pytest.raises(ValueError, match=r"line 2.*planet(.|\n)*line 3"):
        Targets.load(tmp_path / "bad.csv")


def test_persons_by_name_on_request():
    assert named("Xi Jinping is a tyrant.", "tyrant", targets=Targets.load().at("person"))[0] == "Xi Jinping"
    with pytest.raises(ValueError, match="level"):
        Targets.load().at("planet")


def test_spans_that_do_not_fit_are_named():
    with pytest.raises(ValueError, match="row 1"):
        find_targets("Iran.", [(0, 4), (3, 99)])
    with pytest.raises(ValueError, match="start"):
        find_targets("Iran.", pd.DataFrame({"from": [0]}))
    with pytest.raises(TypeError, match="pairs"):
        find_targets("Iran.", [("a", "b")])  # pyright: ignore[reportArgumentType]
    assert find_targets("Iran.", []).empty
    assert find_targets("Iran.", pd.DataFrame({"start": [0], "end": [4]}))["target"].tolist() == ["Iran"]


PARTS = st.sampled_from(
    ["Russia ", "Iran’s ", "the regime ", "his ", "attacked ", "invasion of ", "Xi Jinping ", "U.S. ", "said that ", "by ",
     ", ", ". ", "\n\n", "“", "”", '"', "who ", "is ", "a dictator ", "called ", "-backed ", "anti-", "🙂", "\0", "(", "—"]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=150), st.lists(PARTS, max_size=50).map("".join)), st.data())
def test_any_text_and_any_spans_give_an_answer_or_none(text, data):
    ends = st.integers(0, len(text))
    spans = [tuple(sorted(pair)) for pair in data.draw(st.lists(st.tuples(ends, ends), max_size=5))]
    found = find_targets(text, spans)
    assert list(zip(found["start"], found["end"], strict=True)) == spans
    assert found["target"].isna().equals(found["target_how"].isna())
    assert set(found["target"].dropna()) <= set(Targets.load().names)


SENTENCES = st.sampled_from(
    ["{A} is a dictatorship.", "The {A} regime attacked {B}.", "The regime in {B} fell.", "{A}'s invasion of {B} began.",
     "{B} said that {A} was an aggressor.", "“{A} is a threat,” an official of {B} said.", "Its puppet government stayed.",
     "{A} and {B} met, and the regime stood.", "Terrorists backed by {B} killed many in {A}."]
)  # fmt: skip
# States whose names, as words, begin alike for an article's sake and have no other meaning.
STATES = st.sampled_from(
    ["Russia", "Ukraine", "China", "Poland", "Japan", "Germany", "France", "Brazil", "Kenya"]
)


@settings(max_examples=15, deadline=None)
@given(st.lists(SENTENCES, min_size=1, max_size=6), st.lists(STATES, min_size=2, max_size=2, unique=True))
def test_swapping_two_states_swaps_their_rows_and_nothing_else(parts, pair):
    a, b = pair
    lexicon = Lexicon.load("geopolitics")
    one, two = (" ".join(parts).replace("{A}", x).replace("{B}", y) for x, y in ((a, b), (b, a)))
    swapped = {a: b, b: a}
    left, right = find_mentions(one, lexicon), find_mentions(two, lexicon)
    kept = ["term", "concept", "frame", "stance", "voice", "target_how"]
    assert left[kept].astype(str).equals(right[kept].astype(str))
    assert (
        left["target"].map(lambda t: swapped.get(t, t)).astype(object).fillna("").tolist()
        == right["target"].fillna("").tolist()
    )
    scores = [
        score(text, lexicon, by=["target"]).set_index(["target", "frame"])["mentions"].to_dict()
        for text in (one, two)
    ]
    renamed = {(swapped.get(target, target), frame): n for (target, frame), n in scores[0].items()}
    assert renamed.keys() == scores[1].keys()
    assert all(renamed[key] == scores[1][key] for key in renamed)


@pytest.mark.slow
@pytest.mark.shared
def test_newswcl50(shared_data):
    import bench_targets

    table = bench_targets.newswcl50(shared_data, [0, 1, 2, 3, 4], Targets.load())
    asked = bench_targets.judged(table)
    assert len(asked) > 700
    assert asked["ok"].mean() >= 0.70


@pytest.mark.slow
@pytest.mark.shared
def test_newsmtsc(shared_data):
    import bench_targets

    pairs = bench_targets.newsmtsc(shared_data, Targets.load())
    assert len(pairs) > 300
    assert np.mean(pairs["target"] == pairs["marked"]) > 0.6


def test_a_column_that_stands_twice_is_named(tmp_path):
    path = tmp_path / "targets.csv"
    path.write_text("target,kind,alias,alias\nChina,state,China,Beijing\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"targets\.csv: column 'alias' stands there twice"):
        Targets.load(path)


@pytest.mark.parametrize("left", [-1, *range(16)])
def test_what_stood_in_memory_before_decides_nothing(left, monkeypatch):
    """A name at a sentence's end, a phrase at its start: the rules once looked at rows that nobody had written."""
    text = "The Kremlin told Iran that its regime was doomed. He hated the dictators in Iran"
    spans = [(text.index(word), text.index(word) + len(word)) for word in ("regime", "dictators")]
    alone = find_targets(text, spans)
    empty = np.empty

    def dirty(shape, dtype=float):
        array = empty(shape, dtype)
        if array.dtype == np.int64:
            array[...] = left
        return array

    monkeypatch.setattr(np, "empty", dirty)
    pd.testing.assert_frame_equal(find_targets(text, spans), alone)
    assert alone["target"].tolist() == ["Russia", "Iran"]
