"""The graded lexicon: hand-computed estimates, bad input, determinism, and agreement with people it did not learn from."""

import time

import numpy as np
import pandas as pd
import pytest

from helpers import Lexicon, learn_lexicon, loadedness
from helpers._learn_data import JUDGED, fifths, read_labelled
from helpers._learn_fit import PSEUDO, balanced_weights, span_evidence
from helpers._learn_ratings import as_ratings, filled_ratings
from helpers._learn_words import Encoded, Vocabulary, counts_of, marked_words, pairs_at, words_of
from helpers.learn import EMPTY_WORDS, GradedLexicon, word_ratings

AUC_FLOOR = 0.75


@pytest.fixture
def small() -> GradedLexicon:
    return GradedLexicon(
        pd.DataFrame(
            {"term": ["vile", "plan", "witch", "hunt", "witch hunt"], "weight": [2.0, -1.0, 0.5, 0.0, 3.0], "se": 0.1,
             "seen": 1, "marked": 0, "span": 0.0, "sentence": 0.0}
        )
    )  # fmt: skip


@pytest.fixture
def labelled() -> pd.DataFrame:
    loaded = ["a vile plan", "the vile liar spoke", "what a vile lie", "vile and cruel people"]
    plain = ["the plan was read", "a plan for monday", "people read the plan", "the minister spoke on monday"]
    spans = [[(t.index("vile"), t.index("vile") + 4)] for t in loaded] + [[] for _ in plain]
    return pd.DataFrame({"text": loaded + plain, "label": [1] * 4 + [0] * 4, "spans": spans})


@pytest.fixture
def vectors() -> pd.DataFrame:
    rows = {"vile": [1, 0], "cruel": [1, 0.1], "liar": [0.9, 0], "lie": [0.8, 0], "plan": [-1, 0], "monday": [-1, 0.2],
            "read": [-0.8, 0], "minister": [-1, 0], "people": [0, 1], "spoke": [0, -1], "awful": [1, 0.05]}  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def test_loadedness_is_the_sum_over_n_plus_five(small):
    got = loadedness(["Vile plan now", "nothing known"], small)
    want = [(np.exp(2) + np.exp(-1) + 1) / (3 + EMPTY_WORDS), 2 / (2 + EMPTY_WORDS)]
    assert got == pytest.approx(want)


def test_a_pair_stands_for_both_its_words_but_not_across_texts(small):
    pair, apart, split = loadedness(["witch hunt", "witch, then hunt", "hunt"], small)
    assert pair == pytest.approx(2 * np.exp(3) / 7)
    assert apart == pytest.approx((np.exp(0.5) + 1 + 1) / 8)
    assert loadedness(["a witch", "hunt it"], small)[1] == pytest.approx(2 / 7)
    assert split == pytest.approx(1 / 6)


def test_text_without_words_is_nan_and_bad_text_is_named(small):
    assert np.isnan(loadedness(["", "!!! …"], small)).all()
    assert len(loadedness([], small)) == 0
    assert loadedness("vile", small).shape == (1,)
    with pytest.raises(TypeError, match="text 1 is NoneType"):
        loadedness(["fine", None], small)  # pyright: ignore[reportArgumentType]


def test_words_hyphens_possessives_and_letters_that_grow():
    known = Vocabulary(["liar", "wing"])
    assert [known.get(w) for w in ("liar's", "left-wing", "other")] == [0, 1, -1]
    assert words_of("The Liar’s LEFT-wing") == ["the", "liar's", "left-wing"]
    assert len(words_of("İstanbul plan")) == 2
    assert marked_words("a vile plan", [(2, 6)]).tolist() == [False, True, False]


def test_pairs_do_not_cross_texts():
    encoded = Encoded(np.array([0, 1, 0, 1, -1]), np.array([0, 1, 4, 5]))
    at, which = pairs_at(encoded, np.array([0 * 2 + 1]), 2)
    assert at.tolist() == [2]
    assert which.tolist() == [0]
    assert counts_of(encoded, 2).toarray().tolist() == [[1, 0], [1, 2], [0, 0]]


def test_span_evidence_by_hand():
    n, k = np.array([[10.0, 90.0]]), np.array([[5.0, 4.0]])
    total, precision = span_evidence(n, k)
    p = 9.5 / 101
    yes, no = 5 + PSEUDO * p, 5 + PSEUDO * (1 - p)
    assert precision[0] == pytest.approx(1 / (1 / yes + 1 / no))
    assert total[0] / precision[0] == pytest.approx(np.log(yes / no) - np.log(p / (1 - p)))


def test_an_unmarked_source_adds_nothing_and_sources_count_alike():
    n, k = np.array([[10.0, 90.0], [500.0, 500.0]]), np.array([[5.0, 4.0], [0.0, 0.0]])
    both, one = span_evidence(n, k), span_evidence(n[:1], k[:1])
    assert both[0] == pytest.approx(one[0])
    weight = balanced_weights(np.array([1, 0, 0, 1, 0]), np.array(["a", "a", "a", "b", "b"]))
    assert weight.sum() == pytest.approx(5)
    assert weight[1] + weight[2] == pytest.approx(weight[0]) == pytest.approx(weight[3])


def test_learning_ranks_words_seen_and_unseen(labelled, vectors):
    table = learn_lexicon(labelled, vectors).table.set_index("term")
    assert table["weight"].idxmax() == "vile"
    assert table["weight"]["awful"] > table["weight"]["minister"], "an unseen word takes after its vector"
    assert table["seen"]["awful"] == 0
    assert table["marked"]["vile"] == 4
    assert table["se"]["vile"] < table["se"]["awful"]
    assert table["weight"].std(ddof=0) == pytest.approx(1)


def test_a_quarter_of_a_weight_is_what_ratings_foretell(labelled, vectors):
    ratings = pd.DataFrame(
        {"word": list(vectors.index), "x": np.arange(len(vectors)) % 5, "y": np.arange(len(vectors)) % 3}
    )
    table = learn_lexicon(labelled, vectors, ratings=ratings).table
    table = table[~table["term"].str.contains(" ")]
    total, given = (table["span"] + table["sentence"]).to_numpy(), table[["rated_x", "rated_y"]].to_numpy()
    normal = given.T @ given
    wanted = 0.75 * total + 0.25 * given @ np.linalg.solve(normal, given.T @ total)
    assert table["weight"].to_numpy() == pytest.approx(wanted / wanted.std())
    plain = learn_lexicon(labelled, vectors, ratings=ratings.iloc[:0]).table
    plain = plain[~plain["term"].str.contains(" ")]
    total = (plain["span"] + plain["sentence"]).to_numpy()
    assert plain["weight"].to_numpy() == pytest.approx(total / total.std()), "no ratings, nothing to lean on"


def test_a_rating_moves_a_word_its_family_less_and_its_neighbours_least():
    words = ["vile", "other", "viles", "plan", "monday", "cruel"]
    z = np.array([[1.0], [0.0], [0.0], [-1.0], [-1.0], [1.0]])
    ratings = as_ratings(pd.DataFrame({"word": ["vile", "plan", "monday"], "loaded": [9, 0, 0]}))
    got = filled_ratings(ratings, words, z)["rated_loaded"]
    assert got["vile"] > got["viles"] > got["other"] > got["plan"]
    assert got["cruel"] > got["other"], "an unrated word takes after its vector"
    assert got["plan"] == got["monday"] == got.min()
    assert (got.mean(), got.std(ddof=0)) == pytest.approx((0, 1))
    # The vectors of viles and other are the same: viles stands half way between its family and what they foretell.
    assert got["viles"] == pytest.approx((got["vile"] + got["other"]) / 2)


def test_ratings_tell_apart_what_vectors_and_labels_do_not(labelled, vectors):
    blind = pd.DataFrame({"x": np.zeros(len(vectors))}, index=vectors.index)
    blind.loc["vile", "x"] = 1.0
    bad = {"vile": 9, "cruel": 8, "liar": 7, "awful": 8, "plan": 0, "monday": 0}
    rated = learn_lexicon(labelled, blind, ratings=pd.DataFrame({"bad": bad}))
    without = learn_lexicon(labelled, blind, ratings=pd.DataFrame())
    assert (rated.ratings, without.ratings) == (["rated_bad"], [])
    lifted, flat = (one.table.set_index("term")["weight"]["awful"] for one in (rated, without))
    assert lifted > flat, "no sentence holds awful; only its rating speaks for it"


def test_bad_ratings_say_which_word(labelled, vectors):
    twice = pd.DataFrame({"word": ["vile", "vile"], "bad": [1, 2]})
    with pytest.raises(ValueError, match="'vile' twice"):
        learn_lexicon(labelled, vectors, ratings=twice)
    with pytest.raises(ValueError, match=r"'vile': bad is 'high', no number"):
        learn_lexicon(labelled, vectors, ratings=pd.DataFrame({"bad": ["high"]}, index=["vile"]))


def test_the_shipped_ratings_are_whole():
    ratings = word_ratings()
    assert list(ratings) == ["loaded", "commentary"]
    assert ratings.index.is_unique
    assert len(ratings) >= 10_000
    assert ratings.isin(range(10)).all(axis=None)
    assert ratings["loaded"]["vile"] > ratings["loaded"]["surge"] > ratings["loaded"]["table"]


def test_learning_is_deterministic_and_row_order_does_not_matter(labelled, vectors):
    first = learn_lexicon(labelled, vectors).table
    pd.testing.assert_frame_equal(first, learn_lexicon(labelled, vectors).table)
    mixed = learn_lexicon(labelled.iloc[::-1], vectors).table
    pd.testing.assert_frame_equal(first, mixed, atol=1e-3)


def test_learning_without_spans_uses_sentences_only(labelled, vectors):
    table = learn_lexicon(labelled.drop(columns="spans"), vectors).table.set_index("term")
    assert table["weight"]["vile"] > table["weight"]["plan"]
    assert table["se"].isna().all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d.drop(columns="label"), "no column label"),
        (lambda d: d.assign(label=2), "labels are 0 or 1"),
        (lambda d: d.assign(label=1), "both kinds"),
        (lambda d: d.assign(text="qqq"), "has a vector"),
    ],
)
def test_bad_labels_say_what_to_do(labelled, vectors, change, message):
    with pytest.raises(ValueError, match=message):
        learn_lexicon(change(labelled), vectors)


def test_bad_vectors_say_what_to_do(labelled):
    with pytest.raises(ValueError, match="no word"):
        learn_lexicon(labelled, {})
    with pytest.raises(ValueError, match="not finite"):
        learn_lexicon(labelled, {"vile": [np.nan]})


def test_round_trip_through_a_file_and_as_a_lexicon(tmp_path, labelled, vectors):
    learned = learn_lexicon(labelled, vectors)
    read = GradedLexicon.load(learned.save(tmp_path / "mine.csv"))
    assert read.score(labelled["text"]) == pytest.approx(learned.score(labelled["text"]), abs=0.01)
    assert read.ratings == learned.ratings
    assert learned.lexicon({"name": "mine"}).kind == "graded"
    (tmp_path / "bad.csv").write_text("term,weight\na,1\n")
    with pytest.raises(ValueError, match="no column se"):
        GradedLexicon.load(tmp_path / "bad.csv")


@pytest.mark.slow
def test_the_shipped_list_is_large_graded_apart_and_quick():
    shipped = GradedLexicon.load()
    assert shipped.table["term"].is_unique
    assert len(shipped.table) >= 20_000
    assert shipped.table["term"].str.contains(" ").sum() > 1_000
    assert Lexicon.load("loaded_language").kind == "graded"
    assert "loaded_language" not in set(Lexicon.load_all().terms["lexicon"])
    plain, loaded = loadedness(["The minister met reporters on Monday.", "These shameless lies disgust us."])
    assert loaded > 2 * plain
    text = (
        "The minister met reporters on Monday and said that the plan would be read. " * 14_000
    )  # a megabyte
    start = time.process_time()
    loadedness(text)
    assert time.process_time() - start < 1.0


def test_swapping_two_states_changes_no_score():
    text = "The {} government condemned the cowardly attack, and {} officials met on Monday."
    one, other = loadedness([text.format("Russian", "China"), text.format("Chinese", "Russia")])
    assert one == pytest.approx(other)


@pytest.fixture(scope="module")
def labelled_news(shared_data) -> pd.DataFrame:
    return read_labelled(shared_data)


@pytest.mark.slow
@pytest.mark.shared
def test_judged_sentences_are_read_where_their_articles_lie(labelled_news):
    judged = labelled_news[labelled_news["source"] == JUDGED]
    assert len(judged) > 4000
    assert judged["outlet"].nunique() == 12
    assert "Breitbart News" not in set(judged["outlet"])  # left out with BABE's Breitbart
    # A place is that of a whole sentence, a mark that of whole words in it.
    assert (judged["text"] == judged["text"].str.strip()).all()
    marked = [
        (text, a, b) for text, spans in zip(judged["text"], judged["spans"], strict=True) for a, b in spans
    ]
    assert len(marked) > 1000
    for text, a, b in marked:
        assert 0 <= a < b <= len(text)
        assert len(words_of(text[a:b])) <= 5
        assert not text[a - 1 : a + 1].isalnum() or a == 0
    # What people labelled counts with people's label alone.
    people = {" ".join(words_of(text)) for text in labelled_news["text"][labelled_news["source"] != JUDGED]}
    assert not people & {" ".join(words_of(text)) for text in judged["text"]}


@pytest.mark.slow
@pytest.mark.shared
def test_agrees_with_people_on_articles_it_did_not_learn_from(labelled_news):
    from sklearn.metrics import roc_auc_score

    every = labelled_news
    held = (every["source"].to_numpy() == "ptc") & (fifths(every["group"]) == 0)
    assert set(every["group"][held]).isdisjoint(every["group"][~held])
    score = learn_lexicon(every[~held]).score(every["text"][held])
    assert roc_auc_score(every["label"][held], score) > AUC_FLOOR
