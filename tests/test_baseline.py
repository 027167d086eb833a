"""Baselines: what is stored, that it is exact, how other lexicons are counted, and the match by topic."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.stats import betabinom
from sklearn.preprocessing import normalize
from small_corpus import articles, lexicon, outlets

from helpers import _baseline_match
from helpers._baseline_build import build_shipped, shipped_articles
from helpers.against import compare_to_baseline
from helpers.baseline import Baseline, main
from helpers.lexicon import Lexicon
from helpers.scores import score, score_concepts
from helpers.tallies import tally

LEXICON = lexicon()


@pytest.fixture(scope="module")
def corpus():
    extra = articles(20, seed=9, outlet="D")
    extra["text"] = "A special operation and a tax regime. " + extra["text"]
    extra.loc[0, "text"] += ' "The dictator fell," she said.'
    return pd.concat([outlets(30), extra], ignore_index=True)


@pytest.fixture(scope="module")
def built(corpus):
    return Baseline.build(corpus, LEXICON, title="test news", source="made up", licence="none")


def other(*rows, drop=()):
    table = LEXICON.terms[["term", "concept", "frame", "stance"]]
    table = table[~table["term"].isin(drop)]
    new = pd.DataFrame(rows, columns=table.columns)
    return Lexicon(pd.concat([table, new], ignore_index=True), {"name": "other"})


def test_it_holds_counts_and_no_text(corpus, built, tmp_path):
    folder = built.save(tmp_path / "b")
    assert sorted(p.name for p in folder.iterdir()) == [
        "articles.parquet",
        "meta.json",
        "terms.npz",
        "words.npz",
    ]
    assert built.articles.columns.tolist() == ["number", "words", "year", "outlet", "topic"]
    assert set(built.articles["outlet"]) == set("ABCD")
    assert set(built.articles["year"]) <= {2020, 2021}
    for path in folder.iterdir():
        assert corpus["text"].iloc[0][:40].encode() not in path.read_bytes()
    widespread = (built.word_counts > 0).sum(axis=0)
    assert widespread.min() >= 5


def test_counts_are_those_of_the_articles(corpus, built):
    assert abs(built.counts(LEXICON) - tally(corpus, LEXICON).counts).sum() == 0
    assert (built.words == tally(corpus, LEXICON).words).all()
    assert set(built.coverage(LEXICON)["how"]) == {"exact"}


def test_voices_are_kept_apart(corpus, built):
    quoted = built.counts(LEXICON, voice="quoted")
    assert quoted.sum() == 1
    rest = built.counts(LEXICON, voice=["narrator", "reported", "scare"])
    assert abs(quoted + rest - built.counts(LEXICON)).sum() == 0
    with pytest.raises(ValueError, match="voice 'loud'"):
        built.counts(LEXICON, voice="loud")


def test_save_and_load_give_the_same(built, tmp_path):
    back = Baseline.load(built.save(tmp_path / "one"))
    assert abs(back.word_counts - built.word_counts).sum() == 0
    assert back.vocabulary == built.vocabulary
    assert abs(back.counts(LEXICON) - built.counts(LEXICON)).sum() == 0
    assert back.meta["lexicons"][0]["sha256"] == LEXICON.sha256
    pd.testing.assert_frame_equal(back.articles, built.articles)
    again = back.save(tmp_path / "two")
    for path in again.iterdir():
        assert path.read_bytes() == (tmp_path / "one" / path.name).read_bytes()


def test_the_same_terms_in_another_lexicon_are_exact(built):
    renamed = Lexicon(LEXICON.terms.assign(note="x"), {"name": "renamed"})
    assert set(built.coverage(renamed)["how"]) == {"exact"}


def test_single_words_of_another_lexicon_come_from_the_word_counts(corpus, built):
    more = other(("market*", "market", "alarm", "critical"), ("city", "market", "", "neutral"))
    how = built.coverage(more).set_index("term")["how"]
    assert how["market*"] == how["city"] == "word counts"
    assert abs(built.counts(more) - tally(corpus, more).counts).sum() == 0


def test_longer_phrases_take_their_words(corpus, built):
    more = other(("operation*", "force", "alarm", "critical"))
    assert abs(built.counts(more) - tally(corpus, more).counts).sum() == 0
    column = more.patterns.index("operation*")
    assert built.counts(more)[:, [column]].sum() == 0


def test_phrases_that_are_not_stored_are_an_error_not_a_number(built):
    more = other(("city market", "market", "alarm", "critical"), ("market*", "market", "alarm", "critical"))
    how = built.coverage(more).set_index("term")["how"]
    assert how["city market"] == how["market*"] == "not stored"
    with pytest.raises(ValueError, match=r"has no counts of 2 of the 12 terms.*'city market'"):
        built.counts(more)


def test_a_lexicon_without_any_counts_is_refused(built):
    rows = [("axis of evil", "x", "alarm", "critical"), ("group of states", "x", "", "neutral")]
    strange = Lexicon(pd.DataFrame(rows, columns=["term", "concept", "frame", "stance"]), {"name": "strange"})
    with pytest.raises(ValueError, match="no counts of 1 of the 2 terms of 'strange'"):
        built.fit(strange)


def test_fit_by_frame(built):
    fit = built.fit(LEXICON)
    assert fit is built.fit(LEXICON)
    counts = built.counts(LEXICON) @ fit.roles.loaded
    rates = counts.sum(axis=0) / built.words.sum()
    for model, rate, low, high in zip(fit.models, rates, *fit.bounds, strict=True):
        assert low <= model.mean <= high
        if rate:
            assert model.mean == pytest.approx(rate, rel=0.1)
    assert fit.share[0] == pytest.approx(
        float((built.counts(LEXICON) @ fit.roles.chosen_of_frames())[:, 0].sum())
        / float(
            (built.counts(LEXICON) @ (fit.roles.chosen_of_frames() + fit.roles.neutral_of_frames()))[
                :, 0
            ].sum()
        )
    )


def test_concepts_are_held_against_its_own_shares(corpus, built):
    known = built.concepts(LEXICON).set_index("concept")
    counted = score_concepts(corpus, LEXICON).groupby("concept")[["loaded", "neutral"]].sum()
    assert known[["loaded", "neutral"]].sort_index().equals(counted.sort_index().astype(float))
    assert (
        known["share"].dropna() == (known["loaded"] / (known["loaded"] + known["neutral"])).dropna()
    ).all()
    own = score_concepts("The regime fell. The regime rose. The regime stood.", LEXICON)
    held = compare_to_baseline(own, built).set_index("concept")
    row, prior = held.loc["government"], known.loc["government"]
    assert row["baseline_share"] == prior["share"]
    same = betabinom.pmf(3, 3, prior["a"], prior["b"])
    assert row["share_percentile"] == pytest.approx(100 * (1 - same / 2))
    assert row["share_p"] == pytest.approx(min(1, 2 * same / 2))
    assert held.loc[~held["enough"], ["baseline_share", "share_p", "share_q"]].isna().all().all()
    assert (held["share_q"].dropna() >= held["share_p"].dropna()).all()
    grouped = compare_to_baseline(score_concepts(outlets(10), LEXICON, by="outlet", resamples=50), built)
    assert grouped["share_p"].isna().all()
    assert grouped["baseline_share"].notna().any()
    with pytest.raises(ValueError, match="loaded"):
        compare_to_baseline(own.drop(columns="loaded"), built)


def test_scores_take_its_prior_and_mix(built):
    text = "The regime fell. " + "word " * 200
    alone, pulled = score(text, LEXICON), score(text, LEXICON, baseline=built)
    assert alone["share"].iloc[0] == 1
    assert pulled["share"].iloc[0] < 0.9
    grouped = score(outlets(10), LEXICON, by="outlet", baseline=built, resamples=100)
    assert grouped["share"].notna().any()


def test_matched_finds_the_topic_and_masks_the_naming():
    sport, war = (articles(40, seed=s, outlet=o) for s, o in ((1, "S"), (2, "W")))
    sport["text"] += " The goalkeeper and the striker played football in the stadium."
    war["text"] += " The soldiers and the tanks crossed the river near the front."
    held = Baseline.build(pd.concat([sport, war], ignore_index=True), LEXICON, title="two topics")
    text = "The regime sent soldiers and tanks over the front. The dictator and his regime. " * 3
    near = Baseline.matched(text, k=20, baseline=held, lexicon=LEXICON)
    assert set(near.articles["outlet"]) == {"W"}
    match = near.meta["match"]
    assert match["mean_similarity"] > match["mean_similarity_all"]
    assert 1 < match["effective_articles"] <= 20
    assert near.weights.sum() == pytest.approx(match["effective_articles"])
    assert not set(near.balance["word"]) & {"regime", "dictator", "government"}
    assert (near.balance["matched"] >= near.balance["all"]).mean() > 0.5
    renamed = Baseline.matched(text.replace("regime", "government"), k=20, baseline=held, lexicon=LEXICON)
    assert renamed.articles["number"].tolist() == near.articles["number"].tolist()
    with pytest.raises(ValueError, match="made anew"):
        near.save("nowhere")


def test_matched_by_several_articles_counts_how_many_neighbours_that_is_worth():
    """Kish: neighbours shared by several articles weigh more, and are worth fewer than there are."""
    sport, war = (articles(40, seed=s, outlet=o) for s, o in ((1, "S"), (2, "W")))
    sport["text"] += " The goalkeeper and the striker played football in the stadium."
    war["text"] += " The soldiers and the tanks crossed the river near the front."
    held = Baseline.build(pd.concat([sport, war], ignore_index=True), LEXICON, title="two topics")
    texts = [
        "Soldiers and tanks crossed the front.",
        "The tanks crossed the river.",
        "Football in the stadium.",
    ]
    near = Baseline.matched(texts, k=7, baseline=held, lexicon=LEXICON)
    match, weights = near.meta["match"], near.weights
    assert match["effective_articles"] == pytest.approx(weights.sum() ** 2 / (weights**2).sum())
    assert 7 < match["effective_articles"] < match["articles"] <= 21


def test_matched_takes_the_nearest_of_all(monkeypatch):
    """Against sorting every similarity, in several blocks, with ties at the last place."""
    rng = np.random.default_rng(4)
    vectors = sparse.random_array((60, 30), density=0.4, rng=rng, format="csr")
    vectors = sparse.csr_array(normalize(sparse.vstack([vectors, vectors[:20]])))
    asked = sparse.csr_array(normalize(sparse.random_array((17, 30), density=0.4, rng=rng, format="csr")))
    monkeypatch.setattr(_baseline_match, "_PAIRS", 400)
    monkeypatch.setattr(_baseline_match, "_COMMON", 0.4)
    similarity = (asked @ vectors.T).toarray().round(12)
    nearest = np.argsort(-similarity, axis=1, kind="stable")[:, :7]
    expected = np.zeros(80)
    np.add.at(expected, nearest.ravel(), np.take_along_axis(similarity, nearest, axis=1).ravel())
    weights, found = _baseline_match._neighbours(asked, vectors, 7)
    assert weights == pytest.approx(expected)
    assert found["nearest"] == pytest.approx(expected.sum())
    assert found["all"] == pytest.approx(similarity.sum())
    assert found["itself"] == 0


def test_matched_leaves_the_article_itself_out(corpus, built):
    near = Baseline.matched(corpus["text"].iloc[3], k=10, baseline=built)
    assert 3 not in near.articles["number"].tolist()
    assert near.meta["match"]["left_out_as_itself"] >= 1
    assert near.counts(LEXICON).shape[0] == len(near)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda b: Baseline.load("nothing"), ValueError, "no baseline 'nothing'; shipped are"),
        (lambda b: Baseline.matched("soldiers", k=0, baseline=b), ValueError, "k=0"),
        (lambda b: Baseline.matched("привет мир", baseline=b), ValueError, "shares no word"),
        (lambda b: Baseline.build([], LEXICON, title="x"), ValueError, "needs articles"),
        (lambda b: Baseline.build(["…"], LEXICON, title="x"), ValueError, "no article has a word"),
        (lambda b: Baseline.build(["a"], [], title="x"), ValueError, "at least one lexicon"),
        (lambda b: Baseline.build(["a"], ["geopolitics"], title="x"), TypeError, "must be a Lexicon"),
    ],
)
def test_bad_input_is_named(built, call, error, message):
    with pytest.raises(error, match=message):
        call(built)


@pytest.mark.parametrize("damage", ["json", "format", "words", "articles"])
def test_damaged_files_are_named(built, tmp_path, damage):
    folder = built.save(tmp_path / "b")
    if damage == "json":
        (folder / "meta.json").write_text("{")
    elif damage == "format":
        (folder / "meta.json").write_text(json.dumps({"title": "x"}))
    else:
        (folder / f"{damage}.{'npz' if damage == 'words' else 'parquet'}").write_bytes(b"")
    with pytest.raises(ValueError, match=r"not JSON|not a baseline|do not fit together"):
        Baseline.load(folder)


def test_the_shipped_build_is_one_command_and_repeatable(tmp_path, capsys):
    news = articles(15).assign(leaning="center")
    news.loc[:2, "leaning"] = "left"
    (tmp_path / "data").mkdir()
    news.to_parquet(tmp_path / "data" / "outlet_articles.parquet")
    articles(8, seed=5, outlet="W").drop(columns="outlet").to_parquet(tmp_path / "data" / "wikinews.parquet")
    wire = articles(9, seed=6, outlet="R").assign(date="26-FEB-1987 15:01:01.79")
    wire.to_parquet(tmp_path / "data" / "reuters_1987.parquet")
    one = build_shipped(tmp_path, tmp_path / "one", [LEXICON])
    two = build_shipped(tmp_path / "data", tmp_path / "two", [LEXICON])
    for a, b in zip(one, two, strict=True):
        for path in a.iterdir():
            assert path.read_bytes() == (b / path.name).read_bytes()
    loaded = [Baseline.load(path) for path in one]
    assert [len(b) for b in loaded] == [20, 9]
    assert loaded[1].articles["year"].tolist() == [1987] * 9
    stamp = tmp_path / "one" / "news" / "meta.json"
    stamp.write_text(stamp.read_text().replace(loaded[0].meta["made"], "2001-01-01"))
    build_shipped(tmp_path, tmp_path / "one", [LEXICON])
    assert Baseline.load(tmp_path / "one" / "news").meta["made"] == "2001-01-01"
    with pytest.raises(FileNotFoundError, match=r"holds no outlet_articles\.parquet"):
        main(["--shipped", str(tmp_path / "none")])


def test_the_shipped_ones_are_small_and_named():
    assert Baseline.available() == ["news", "reuters_1987"]
    for name in Baseline.available():
        held = Baseline.load(name)
        assert len(held) > 4000
        assert held.articles.columns.tolist() == ["number", "words", "year", "outlet", "topic"]
        assert held.meta["source"]
        assert held.meta["licence"]


@pytest.mark.shared
def test_the_shipped_words_are_those_of_the_articles(shared_data):
    held = Baseline.load("news")
    source = shipped_articles("news", shared_data)
    assert len(held) == len(source)
    sample = np.arange(0, len(source), 400)
    one = Lexicon(
        pd.DataFrame(
            [("government*", "g", "", "neutral"), ("militant*", "g", "x", "critical")],
            columns=["term", "concept", "frame", "stance"],
        ),
        {"name": "pair"},
    )
    counted = tally(source.iloc[sample].reset_index(drop=True), one)
    assert (counted.words == held.words[sample]).all()
    assert abs(counted.counts - held.counts(one)[sample]).sum() == 0
