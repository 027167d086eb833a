"""Comparisons: with a baseline, between groups, over time, by term; and the promises of DESIGN section 6."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from small_corpus import articles, lexicon, outlets

from helpers import _dealt, groups
from helpers._resources import data_path
from helpers.articles import read_articles
from helpers.baseline import Baseline
from helpers.compare import (
    change,
    compare_groups,
    compare_to_baseline,
    contributions,
    correct_anew,
    dispersion,
    same_event,
    swap_moves,
    swap_test,
    trend,
)
from helpers.dealing import _survival, deal_counts, deck_of
from helpers.evenness import deviation_of_proportions, top_share
from helpers.lexicon import Lexicon
from helpers.mentions import find_mentions
from helpers.models import mid_p, two_sided
from helpers.permute import label_totals, mid_p_of
from helpers.roles import roles_of
from helpers.scores import score
from helpers.strata import text_clusters

LEXICON = lexicon()
FAST = {"resamples": 300}


@pytest.fixture(scope="module")
def neutral():
    corpus = pd.concat(
        [articles(150, seed=1, outlet="N"), articles(40, seed=2, outlet="Q")], ignore_index=True
    )
    corpus.loc[::30, "text"] += ' "The dictator met a statesman," she said.'
    return Baseline.build(corpus, LEXICON, title="plain")


@pytest.fixture(scope="module")
def three():
    return outlets(60)


def row(table, frame="all", **keys):
    keep = table["frame"].eq(frame)
    for column, value in keys.items():
        keep &= table[column].eq(value)
    assert keep.sum() == 1
    return table[keep].iloc[0]


# --- against a baseline -------------------------------------------------------------------------------------


def test_ratio_percentile_and_p_by_hand(neutral):
    text = "The regime fell. " * 4 + "The government. " + "word " * 300
    result = compare_to_baseline(score(text, LEXICON), neutral)
    one, model = row(result, "illegitimacy"), neutral.fit(LEXICON).models[1]
    n = one["words"]
    assert one["ratio"] == pytest.approx((model.a + 4) / (model.b + n) / model.mean)
    below, above = (float(mid_p(4, n, model.a, model.b, upper=u)) for u in (False, True))
    assert one["percentile"] == pytest.approx(100 * below)
    assert one["p"] == pytest.approx(float(two_sided(below, above)))
    assert one["baseline_rate"] == pytest.approx(1000 * model.mean)
    assert one["low"] < one["ratio"] < one["high"]
    assert one["baseline_low"] <= one["baseline_rate"] <= one["baseline_high"]
    assert one["baseline"] == "plain"


def test_neutral_articles_fall_inside_and_hostile_ones_above(neutral):
    plain = compare_to_baseline(score(articles(80, seed=30), LEXICON), neutral)
    hostile = compare_to_baseline(score(articles(80, seed=31, factor=6), LEXICON), neutral)
    inside = plain[plain["frame"].eq("all")]["percentile"].between(5, 95)
    assert inside.mean() > 0.8
    hostile = hostile[hostile["frame"].eq("all")]
    assert hostile["ratio"].median() > 2
    assert hostile["percentile"].mean() > 85


def test_short_articles_are_pulled_to_the_baseline(neutral):
    short, long = (
        row(
            compare_to_baseline(score("regime " * k + "word " * n, LEXICON, min_words=1), neutral),
            "illegitimacy",
        )
        for k, n in ((1, 30), (20, 600))
    )
    assert short["rate"] == pytest.approx(long["rate"], rel=0.01)
    assert short["ratio"] < long["ratio"]
    assert short["high"] / short["low"] > long["high"] / long["low"]


def test_no_mention_of_a_rare_frame_says_nothing(neutral):
    one = row(compare_to_baseline(score("word " * 300, LEXICON), neutral), "heroism")
    assert one["low"] == 0
    assert one["high"] > 1
    assert not one["enough"]


def test_an_article_can_differ_from_a_baseline_that_does_not_vary():
    corpus = articles(100, seed=6)
    corpus["text"] = "chaos " + corpus["text"]
    held = Baseline.build(corpus, LEXICON, title="even")
    assert held.fit(LEXICON).models[-1].a * 50 > 300
    one = row(compare_to_baseline(score("chaos " * 30 + "word " * 300, LEXICON), held), "alarm")
    assert one["low"] > 1


def test_a_frame_that_the_baseline_never_has(neutral):
    result = compare_to_baseline(score("chaos " * 3 + "word " * 300, LEXICON), neutral)
    one = row(result, "alarm")
    assert one["baseline_rate"] == 0
    assert one["baseline_mentions"] == 0
    assert one["low"] > 1
    assert np.isinf(one["high"])
    assert one["p"] < 0.01


def test_voice_is_held_against_the_same_voice(neutral):
    text = '"The dictator is gone," he said. ' * 3 + "word " * 300
    quoted = compare_to_baseline(score(text, LEXICON, voice="quoted"), neutral)
    everything = compare_to_baseline(score(text, LEXICON), neutral)
    assert (
        row(quoted, "illegitimacy")["baseline_mentions"]
        < row(everything, "illegitimacy")["baseline_mentions"]
    )
    split = compare_to_baseline(score(text, LEXICON, by=["doc_id", "voice"]), neutral)
    assert row(split, "illegitimacy", voice="quoted")["baseline_rate"] == pytest.approx(
        row(quoted, "illegitimacy")["baseline_rate"]
    )


def test_groups_keep_their_own_interval(neutral, three):
    result = compare_to_baseline(score(three, LEXICON, by="outlet", **FAST), neutral)
    one = row(result, outlet="C")
    assert one["ratio"] == pytest.approx(one["rate"] / one["baseline_rate"])
    assert one["low"] > 1
    assert one["q"] < 0.05
    assert np.isnan(one["share_p"])
    assert 0.6 < row(result, outlet="A")["ratio"] < 1.4 < row(result, outlet="C")["ratio"]


def test_a_baseline_for_another_lexicon_flags_the_rows(neutral):
    terms = [
        ("axis of evil", "government", "ideology", "critical"),
        ("regime*", "government", "illegitimacy", "critical"),
    ]
    terms += [("government*", "government", "", "neutral")]
    mixed = Lexicon(pd.DataFrame(terms, columns=["term", "concept", "frame", "stance"]), {"name": "mixed"})
    result = compare_to_baseline(score("The regime. " + "word " * 300, mixed), neutral)
    assert np.isnan(row(result, "ideology")["ratio"])
    assert "axis of evil" in row(result, "ideology")["baseline_note"]
    assert not row(result, "ideology")["enough"]
    assert row(result, "illegitimacy")["ratio"] > 1
    assert row(result, "illegitimacy")["baseline_note"] == ""


def test_what_a_baseline_cannot_be_compared_with(neutral):
    scores = score("The regime.", LEXICON)
    bare = scores.copy()
    bare.attrs = {}
    with pytest.raises(ValueError, match="do not say which lexicon"):
        compare_to_baseline(bare, neutral)
    assert len(compare_to_baseline(bare, neutral, lexicon=LEXICON)) == len(scores)
    with pytest.raises(ValueError, match="another lexicon"):
        compare_to_baseline(scores, neutral, lexicon=LEXICON.without("chaos"))
    with pytest.raises(ValueError, match="is not in lexicon"):
        compare_to_baseline(bare, neutral, lexicon=LEXICON.without("chaos"))
    with pytest.raises(ValueError, match="keeps no targets"):
        compare_to_baseline(score("The regime.", LEXICON, target="Russia"), neutral)
    titled = pd.DataFrame({"doc_id": ["a"], "title": ["Regime"], "text": ["word"]})
    with pytest.raises(ValueError, match="body of articles"):
        compare_to_baseline(score(titled, LEXICON, part="title"), neutral)
    with pytest.raises(ValueError, match="'words' is missing"):
        compare_to_baseline(scores.drop(columns="words"), neutral)


def test_an_article_without_words_gets_no_number(neutral):
    one = row(compare_to_baseline(score("…", LEXICON), neutral))
    assert np.isnan([one["ratio"], one["p"], one["percentile"]]).all()


def test_swap_test_says_whether_the_baselines_agree(neutral):
    second = Baseline.build(articles(80, seed=8), LEXICON, title="second")
    text = "The regime fell. " * 8 + "The government. " * 2 + "word " * 200
    result = swap_test(text, LEXICON, [neutral, second])
    assert result["baseline"].unique().tolist() == ["plain", "second"]
    assert result[result["frame"].eq("illegitimacy")]["agrees"].all()
    assert not result[result["frame"].eq("euphemism")]["agrees"].any()
    with pytest.raises(ValueError, match="no baseline"):
        swap_test(text, LEXICON, [])


def test_swap_moves_by_hand(neutral):
    second = Baseline.build(articles(80, seed=8, factor=3), LEXICON, title="second")
    text = "The regime fell. " * 8 + "An invasion. " + "word " * 200
    result = swap_test(text, LEXICON, [neutral, second])
    moves = swap_moves(result)
    assert moves["frame"].is_unique
    assert set(moves["frame"]) == {"all", "illegitimacy", "aggression"}  # no row for what has no mention
    assert moves["move"].is_monotonic_decreasing
    one = row(moves, "illegitimacy")
    ratios = result[result["frame"].eq("illegitimacy")].set_index("baseline")["ratio"]
    assert [one["lowest"], one["highest"]] == [ratios["second"], ratios["plain"]]
    assert [one["lowest_under"], one["highest_under"]] == ["second", "plain"]
    assert one["move"] == pytest.approx(ratios["plain"] / ratios["second"])
    assert one["agrees"] == row(result, "illegitimacy", baseline="plain")["agrees"]


# --- groups -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def compared(three):
    return compare_groups(three, LEXICON, "outlet", **FAST)


def test_the_loaded_outlet_stands_out(compared):
    one = row(compared, outlet="C")
    assert one["low"] > 1
    assert one["difference_low"] > 0
    assert one["share_difference_low"] > 0
    assert max(one["q"], one["share_q"]) < 0.05
    assert one["ratio"] == pytest.approx(one["rate"] / one["rate_other"])
    assert one["difference"] == pytest.approx(one["rate"] - one["rate_other"])
    assert 0 < one["dispersion"] < 1
    assert 0 < one["top3_share"] <= 1


def test_rates_agree_with_score(compared, three):
    scores = score(three, LEXICON, by="outlet", **FAST)
    for column in ("rate", "rate_low", "rate_high", "share", "share_low", "share_high", "words", "mentions"):
        assert np.allclose(scores[column].astype(float), compared[column].astype(float), equal_nan=True)


def test_names_and_row_order_change_nothing_else(compared, three):
    names = {"A": "zeta", "B": "alpha", "C": "Медуза"}
    renamed = three.assign(outlet=three["outlet"].map(names)).sample(frac=1, random_state=4)
    other = compare_groups(renamed, LEXICON, "outlet", **FAST)
    expected = compared.assign(outlet=compared["outlet"].map(names))
    keys = ["outlet", "frame"]
    pd.testing.assert_frame_equal(
        other.sort_values(keys, ignore_index=True), expected.sort_values(keys, ignore_index=True)
    )


def test_the_seed_matters_little_and_the_same_seed_not_at_all(compared, three):
    again = compare_groups(three, LEXICON, "outlet", **FAST)
    pd.testing.assert_frame_equal(compared, again)
    other = compare_groups(three, LEXICON, "outlet", seed=1, **FAST)
    assert not other["rate_low"].equals(compared["rate_low"])
    assert np.allclose(other["rate_low"], compared["rate_low"], rtol=0.2, atol=0.05)


def test_a_reference_group(three):
    result = compare_groups(three, LEXICON, "outlet", reference="A", **FAST)
    one, base = row(result, outlet="C"), row(result, outlet="A")
    assert one["rate_other"] == pytest.approx(base["rate"])
    assert one["p"] < 0.05
    assert np.isnan([base["ratio"], base["p"]]).all()
    assert not base["enough"]


def test_several_columns_make_groups(three):
    result = compare_groups(three, LEXICON, ["outlet", "topic"], reference=("A", "war"), **FAST)
    assert result.columns[:3].tolist() == ["outlet", "topic", "frame"]
    assert len(result) == 9 * 6


def test_by_term(three):
    result = compare_groups(three, LEXICON, "outlet", per="term", **FAST)
    assert "term" in result.columns
    one = result[result["outlet"].eq("C") & result["term"].eq("regime*")].iloc[0]
    assert one["low"] > 1


def test_q_of_some_rows_is_corrected_for_these_only(compared):
    some = compared[compared["frame"].isin(["all", "illegitimacy"])]
    result = correct_anew(some)
    for frame in ("all", "illegitimacy"):
        p = some.loc[some["frame"].eq(frame), "p"]
        expected = stats.false_discovery_control(p.to_numpy())
        assert result.loc[result["frame"].eq(frame), "q"].tolist() == pytest.approx(expected.tolist())
    pd.testing.assert_frame_equal(result.drop(columns=["q", "share_q"]), some.drop(columns=["q", "share_q"]))
    by_term = correct_anew(some.rename(columns={"frame": "term"}))
    assert by_term["share_q"].tolist() == pytest.approx(result["share_q"].tolist())


def test_mentions_need_not_be_found_again(compared, three):
    mentions = find_mentions(three, LEXICON, annotate=False)
    pd.testing.assert_frame_equal(
        compare_groups(three, LEXICON, "outlet", mentions=mentions, **FAST), compared
    )


def test_one_article_in_two_copies_is_no_evidence_of_more():
    """Ten articles doubled: the rate stays, the interval must not treat one article's words as many."""
    corpus = outlets(25)
    one = articles(1, seed=3, outlet="C")
    one["text"] = "regime " * 200
    spiked = pd.concat([corpus[corpus["outlet"].ne("C")], articles(24, seed=5, outlet="C").tail(23), one])
    result = row(compare_groups(spiked, LEXICON, "outlet", **FAST), "illegitimacy", outlet="C")
    assert result["ratio"] > 2
    assert result["low"] < 1 or result["p"] > 0.05
    assert result["dispersion"] > 0.6


def test_adjusting_for_topic_removes_what_topic_made():
    rng = np.random.default_rng(0)
    war, trade = articles(160, seed=1, factor=5, outlet="x"), articles(160, seed=2, outlet="y")
    corpus = pd.concat([war.assign(topic="war"), trade.assign(topic="trade")], ignore_index=True)
    likely = np.where(corpus["topic"].eq("war"), 0.8, 0.2)
    corpus["outlet"] = np.where(rng.random(len(corpus)) < likely, "W", "T")
    raw = row(compare_groups(corpus, LEXICON, "outlet", **FAST), outlet="W")
    adjusted = row(compare_groups(corpus, LEXICON, "outlet", adjust_for="topic", **FAST), outlet="W")
    assert raw["low"] > 1
    assert adjusted["low"] < 1 < adjusted["high"]
    assert raw["p"] < 0.05 < adjusted["p"]
    assert adjusted["matched_articles"] == adjusted["articles"]
    paired = compare_groups(corpus, LEXICON, "outlet", reference="T", adjust_for="topic", **FAST)
    assert row(paired, outlet="W")["low"] < 1 < row(paired, outlet="W")["high"]


def test_adjusting_without_a_match_gives_no_number():
    corpus = pd.concat(
        [articles(20, outlet="A").assign(topic="a"), articles(20, outlet="B").assign(topic="b")]
    )
    one = row(compare_groups(corpus, LEXICON, "outlet", adjust_for="topic", **FAST), outlet="A")
    assert np.isnan([one["ratio"], one["p"]]).all()
    assert one["matched_articles"] == 0
    assert not one["enough"]


def test_adjusting_for_the_words_of_the_texts(three):
    assert set(text_clusters(three, LEXICON)) == {0}  # nothing but words that all articles share
    about = {"war": " Soldiers and tanks.", "trade": " Tariffs and ports.", "sport": " Goals and strikers."}
    three = three.assign(text=three["text"] + three["topic"].map(about))
    first = text_clusters(three, LEXICON)
    assert pd.crosstab(first, three["topic"]).gt(0).sum(axis=1).eq(1).all()
    assert (text_clusters(three.iloc[::-1], LEXICON)[::-1] == first).all()
    result = compare_groups(three, LEXICON, "outlet", adjust_for="text", **FAST)
    assert row(result, outlet="C")["low"] > 1
    # Beside another column it means the same, and where that says nothing more, no article is lost.
    both = compare_groups(three, LEXICON, "outlet", adjust_for=["topic", "text"], **FAST)
    drawn = [
        "p",
        "q",
        "share_p",
        "share_q",
    ]  # permutations are drawn stratum by stratum, in the strata's order
    pd.testing.assert_frame_equal(both.drop(columns=drawn), result.drop(columns=drawn))
    whole = compare_groups(three.assign(desk="one"), LEXICON, "outlet", adjust_for=["desk", "text"], **FAST)
    pd.testing.assert_frame_equal(whole, result)


@pytest.mark.filterwarnings("ignore:.*left out")
@pytest.mark.parametrize(
    ("change_to", "options", "message"),
    [
        ({"outlet": "A"}, {}, "one group only"),
        ({}, {"by": "party"}, "'party' is missing"),
        ({}, {"reference": "Z"}, "reference 'Z' is not among"),
        ({}, {"adjust_for": "party"}, "'party' is missing"),
        ({}, {"adjust_for": "outlet"}, "makes the groups itself"),
        ({"outlet": None}, {}, "no article has a value"),
        ({}, {"per": "word"}, "per='word'"),
    ],
)
def test_bad_groups_are_named(three, change_to, options, message):
    with pytest.raises(ValueError, match=message):
        compare_groups(three.assign(**change_to), LEXICON, **{"by": "outlet", **options}, resamples=50)


def test_a_group_of_one_article_is_flagged(three):
    alone = three.assign(outlet=three["outlet"].where(three.index > 0, "alone"))
    one = row(compare_groups(alone, LEXICON, "outlet", **FAST), outlet="alone")
    assert np.isnan([one["low"], one["p"], one["difference_low"], one["share_difference_low"]]).all()
    assert not one["enough"]


@pytest.mark.slow
def test_a_corpus_compared_with_itself_finds_nothing():
    """Forty splits of one corpus: p below .05 about as often as it says, and nothing survives correction."""
    corpus = articles(80, seed=12)
    rng = np.random.default_rng(1)
    p, discoveries = [], 0
    for seed in range(40):
        corpus["half"] = rng.permutation(np.repeat(["a", "b"], 40))
        result = compare_groups(corpus, LEXICON, "half", reference="a", seed=seed, resamples=200)
        p.append(row(result, half="b")["p"])
        discoveries += bool((result["q"] < 0.05).any())
    assert np.mean(np.array(p) < 0.05) <= 0.15
    assert discoveries <= 6
    assert 0.3 < np.mean(p) < 0.7


def test_label_totals_are_plain_sums():
    from scipy import sparse

    rng = np.random.default_rng(0)
    cells = rng.poisson(0.5, (30, 7)).astype(float)
    labels = rng.integers(0, 3, (5, 30)).astype(np.int32)
    sums = label_totals(sparse.csr_array(cells), labels, [0, 2])
    for b in range(5):
        for i, g in enumerate((0, 2)):
            assert (sums[b, i] == cells[labels[b] == g].sum(axis=0)).all()


def _own_counts(words, counts, codes, strata=None, resamples=4000):
    return deal_counts(deck_of(words, codes, strata), counts, 2, None, resamples, (1, 2, 3))[:, 0]


def test_dealing_among_articles_of_one_length_is_the_permutation_of_labels():
    counts = np.array([5, 0, 1, 0, 2, 0, 0, 0])
    codes = np.array([0, 0, 0, 1, 1, 1, 1, 1])
    sums = _own_counts(np.full(8, 100), counts, codes)
    drawn = np.array([counts[list(c)].sum() for c in combinations(range(8), 3)])
    for total in range(9):
        assert (sums[:, 0] == total).mean() == pytest.approx((drawn == total).mean(), abs=0.025)
    assert (sums[:, 2] == 100 * sums[:, 0]).all()


def test_dealing_follows_the_words_of_the_articles_and_stays_in_its_stratum():
    words, codes = np.repeat([100, 1000], 50), np.repeat([0, 1], 50)
    counts = np.zeros(100, dtype=int)
    counts[[3, 60, 70, 80]] = 1
    assert _own_counts(words, counts, codes)[:, 0].mean() == pytest.approx(4 / 11, abs=0.05)
    strata = np.tile([0, 1], 50)
    counts[:] = 0
    counts[strata == 1] = 2
    alone = deal_counts(deck_of(words, strata, strata), counts, 2, None, 20, (0,))
    assert (alone[:, 0, 0] == 0).all()
    assert (alone[:, 1, 0] > 0).all()


def test_dealing_keeps_the_negative_binomial_of_each_length():
    rng = np.random.default_rng(5)
    words, codes = np.repeat([200, 1000], 400), np.repeat([0, 1], 400)
    counts = rng.poisson(0.003 * words * rng.gamma(1.0, 1.0, 800))
    sums = _own_counts(words, counts, codes, resamples=500)
    expected = counts.sum() * 200 / 1200
    assert sums[:, 0].mean() == pytest.approx(expected, rel=0.1)
    rate = expected / 400
    assert sums[:, 1].mean() == pytest.approx(400 * (rate + rate**2 * 2), rel=0.2)


def test_survival_of_counts_equals_scipy():
    words, rate, dispersion = np.array([100.0, 1000.0]), 0.004, 0.7
    table = _survival(words, rate, dispersion, 200)
    for i, n in enumerate(words):
        law = stats.nbinom(1 / dispersion, 1 / (1 + dispersion * rate * n))
        assert table[i, :20] == pytest.approx(law.sf(np.arange(20)) / law.sf(0), rel=1e-9)
    law = stats.poisson(rate * words[1])
    assert _survival(words, rate, 0.0, 200)[1, :15] == pytest.approx(
        law.sf(np.arange(15)) / law.sf(0), rel=1e-9
    )


def test_compiled_dealing_does_what_python_does(monkeypatch):
    """The same draws, with the compiled loops and without."""
    rng = np.random.default_rng(0)
    words, codes = rng.integers(100, 900, 40), rng.integers(0, 2, 40)
    strata = rng.integers(0, 2, 40)
    for rate in (0.0005, 0.02):
        counts = rng.poisson(rate * words)
        counts[0] += 1
        weights = np.where(strata == 1, 0.5, 1.0)[None, :]
        for contrasts in (None, (np.array([1]), weights)):
            deck = deck_of(words, codes, strata)
            fast = deal_counts(deck, counts, 2, contrasts, 15, (7,))
            with monkeypatch.context() as patch, np.errstate(over="ignore"):
                for name in ("guide_of", "uniform", "smallest", "_race", "_draw", "_translated", "deal"):
                    patch.setattr(_dealt, name, getattr(_dealt, name).py_func)
                assert np.allclose(deal_counts(deck, counts, 2, contrasts, 15, (7,)), fast)


def test_p_counts_what_was_seen_and_half_of_what_is_equal():
    drawn = np.array([[1.0, 1.0], [-2.0, np.nan], [3.0, 0.5], [0.0, 0.1]])
    assert mid_p_of(np.array([2.0, 1.0]), drawn).tolist() == [(1 + 0.5 + 1) / 5, (0 + 0.5 + 1) / 4]
    assert np.isnan(mid_p_of(np.array([np.nan]), drawn[:, :1])[0])


def test_terms_without_a_mention_get_no_row(three):
    extra = pd.DataFrame(
        [("qwerty", "ruler", "insult", "critical")], columns=["term", "concept", "frame", "stance"]
    )
    wider = LEXICON | Lexicon(extra, {"name": "extra"})
    result = compare_groups(three, wider, "outlet", per="term", **FAST)
    assert "qwerty" not in set(result["term"])
    narrow = compare_groups(three, LEXICON, "outlet", per="term", **FAST)
    assert result.attrs["terms_without_mention"] == narrow.attrs["terms_without_mention"] + 1
    shown = ["outlet", "term", "mentions", "ratio", "low", "high", "p", "share", "share_p"]
    pd.testing.assert_frame_equal(result[shown], narrow[shown])


def test_a_frame_without_neutral_terms_has_rates(three):
    bare = Lexicon(LEXICON.terms[LEXICON.terms["stance"].eq("critical")], {"name": "bare"})
    one = row(compare_groups(three, bare, "outlet", **FAST), "illegitimacy", outlet="C")
    assert one["enough"]
    assert one["low"] > 1
    assert np.isnan(one["share"])


def test_top_terms_share_by_hand(three):
    roles = roles_of(LEXICON)
    totals = np.zeros(len(LEXICON.patterns))
    for term, count in (("regime*", 5), ("dictator*", 3), ("invasion*", 1), ("chaos", 1)):
        totals[LEXICON.patterns.index(term)] = count
    assert top_share(totals, roles)[0] == pytest.approx(9 / 10)
    assert top_share(totals, roles, top=1)[roles.frames.index("illegitimacy")] == pytest.approx(5 / 8)
    assert np.isnan(top_share(totals, roles)[roles.frames.index("heroism")])


@pytest.mark.slow
def test_shares_without_a_difference_are_rarely_called_different_at_unequal_lengths():
    """Opportunities grow with the article, which leaves the shorter side fewer: 60 runs, p below .05 in few."""
    rng, low = np.random.default_rng(8), 0
    for seed in range(60):
        words = np.concatenate([rng.integers(150, 376, 30), rng.integers(600, 1501, 90)])
        total = rng.poisson(words / 400 * rng.gamma(1.5, 1 / 1.5, 120))
        loaded = rng.binomial(total, rng.beta(1.5, 6, 120))
        rows = [
            {
                "doc_id": f"{i:03d}",
                "text": "regime " * a + "government " * (t - a) + "plain " * int(n),
                "side": "ab"[i >= 30],
            }
            for i, (n, t, a) in enumerate(zip(words, total, loaded, strict=True))
        ]
        result = compare_groups(pd.DataFrame(rows), LEXICON, "side", resamples=99, seed=seed)
        low += row(result, "illegitimacy", side="a")["share_p"] < 0.05
    assert low <= 9


# --- dispersion, time, contributions, events ----------------------------------------------------------------


def test_dispersion_by_hand():
    words = np.array([100, 100, 200])
    even, one = np.array([[1], [1], [2]]), np.array([[4], [0], [0]])
    assert deviation_of_proportions(even, words)[0] == pytest.approx(0)
    assert deviation_of_proportions(one, words)[0] == pytest.approx(1)
    assert np.isnan(deviation_of_proportions(np.zeros((3, 1)), words)[0])
    assert np.isnan(deviation_of_proportions(np.ones((1, 1)), np.array([5]))[0])


def test_dispersion_table(three):
    table = dispersion(three, LEXICON, by="outlet")
    one = table[table["outlet"].eq("A") & table["term"].eq("regime*")].iloc[0]
    assert 1 <= one["articles"] <= 60
    assert 0 < one["largest_article"] <= 1
    assert dispersion(three, LEXICON)["mentions"].sum() == table["mentions"].sum()


def test_trend_has_every_period_and_gaps(three):
    some = three[three["date"].dt.month.ne(6)]
    table = trend(some, LEXICON, "M", min_words=200, **FAST)
    months = table["period"].drop_duplicates()
    assert months.is_monotonic_increasing
    gap = row(table, period=pd.Timestamp("2020-06-01"))
    assert gap["articles"] == gap["words"] == 0
    assert np.isnan(gap["rate"])
    assert not gap["enough"]
    assert table["mentions"].sum() == score(some, LEXICON)["mentions"].sum()
    split = trend(
        some, LEXICON, "Y", by="outlet", mentions=find_mentions(some, LEXICON, annotate=False), **FAST
    )
    assert split.columns[:4].tolist() == ["period", "outlet", "frame", "articles"]
    assert split["mentions"].sum() == table["mentions"].sum()


def test_change_between_two_spans(three):
    three = three.assign(date=pd.Timestamp("2020-03-01"))
    three.loc[three["outlet"].eq("C"), "date"] = pd.Timestamp("2021-03-01")
    mentions = find_mentions(three, LEXICON, annotate=False)
    spans = {"before": ("2020-01-01", "2020-12-31"), "after": ("2021-01-01", "2021-12-31")}
    one = row(change(three, LEXICON, **spans, mentions=mentions, **FAST))
    assert one["low"] > 1
    assert one["p"] < 0.05
    assert one["span"] == "2021-01-01 to 2021-12-31"
    with pytest.raises(ValueError, match="no article falls between"):
        change(three, LEXICON, ("2019-01-01", "2019-02-01"), spans["after"])
    with pytest.raises(ValueError, match="overlap"):
        change(three, LEXICON, spans["after"], ("2021-06-01", "2022-01-01"))
    with pytest.raises(ValueError, match="not a pair of dates"):
        change(three, LEXICON, ("soon", "later"), spans["after"])
    with pytest.raises(ValueError, match="must not come after"):
        change(three, LEXICON, ("2020-12-31", "2020-01-01"), spans["after"])


@pytest.mark.parametrize("value", ["year 1", "0001-01-01", "2050-01-01", "12/34/5678"])
def test_dates_that_cannot_be_are_named(three, value):
    bad = three.assign(date=three["date"].astype("str"))
    bad.loc[5, "date"] = value
    for function in (lambda: trend(bad, LEXICON), lambda: same_event(bad)):
        with pytest.raises(ValueError, match="the first is 'A_005'"):
            function()


def test_missing_dates_and_frequencies(three):
    with pytest.raises(ValueError, match="'date' is missing"):
        trend(three.drop(columns="date"), LEXICON)
    with pytest.raises(ValueError, match="no article has a date"):
        trend(three.assign(date=pd.NaT), LEXICON)
    with pytest.raises(ValueError, match="freq='hour'"):
        trend(three, LEXICON, "hour")
    with pytest.raises(ValueError, match="'party' is missing"):
        trend(three, LEXICON, by="party")
    some = three.copy()
    some.loc[:4, "date"] = pd.NaT
    with pytest.warns(UserWarning, match="5 of 180 articles have no date"):
        trend(some, LEXICON, "Y", **FAST)


@pytest.mark.parametrize("measure", ["rate", "share"])
@pytest.mark.parametrize("frame", ["all", "illegitimacy"])
def test_contributions_add_up_exactly(three, measure, frame):
    parts = contributions(three, lexicon=LEXICON, by="outlet", measure=measure, frame=frame)
    for total in parts.attrs["totals"]:
        own = parts[parts["outlet"].eq(total["outlet"])]
        assert own["difference"].sum() == pytest.approx(total["rate_a"] - total["rate_b"], abs=1e-12)
        assert own["part"].sum() == pytest.approx(1)
    sizes = parts[parts["outlet"].eq("C")]["difference"].abs()
    assert sizes.is_monotonic_decreasing


def test_contributions_of_two_sets_by_hand():
    a, b = "regime regime dictator word word", "regime word word word word"
    parts = contributions(a, b, LEXICON).set_index("term")
    assert parts.loc["regime*", ["count_a", "count_b"]].tolist() == [2, 1]
    assert parts.loc["regime*", "difference"] == pytest.approx(1000 * (2 / 5 - 1 / 5))
    assert parts.loc["dictator*", "difference"] == pytest.approx(200)
    same = contributions(a, a, LEXICON)
    assert same["difference"].eq(0).all()
    assert same["part"].isna().all()
    frames = [pd.DataFrame({"doc_id": [n], "text": [t]}) for n, t in (("x", a), ("y", b))]
    found = find_mentions(pd.concat(frames, ignore_index=True), LEXICON, annotate=False)
    assert contributions(*frames, LEXICON, mentions=found)["difference"].sum() == pytest.approx(400)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: contributions("a", "b", LEXICON, measure="x"), ValueError, "measure='x'"),
        (lambda: contributions("a", None, LEXICON), ValueError, "second set"),
        (lambda: contributions("a", "b"), TypeError, "needs a lexicon"),
        (lambda: contributions("a", "b", LEXICON, frame="x"), ValueError, "frame 'x'"),
        (lambda: contributions("…", "b", LEXICON), ValueError, "has no words"),
        (lambda: contributions(articles(3), lexicon=LEXICON, by="outlet"), ValueError, "one group only"),
    ],
)
def test_bad_contributions_are_named(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_same_event_groups_by_words_and_date():
    stories = {
        "flood": "The flood broke the dam near Riverton and the mayor of Riverton ordered people to leave.",
        "vote": "Senators rejected the pipeline bill after a filibuster by Senator Marlow over the pipeline.",
    }
    rows = []
    for i, (name, text) in enumerate(stories.items()):
        for outlet in "XYZ":
            extra = f" {outlet} reporters wrote this about it on the day."
            rows.append((f"{name}_{outlet}", text + extra, outlet, f"2021-05-{3 + i:02d}"))
    rows.append(("flood_late", stories["flood"] + " Much later.", "X", "2021-09-01"))
    rows.append(("lonely", "A recipe for bread with seeds and honey.", "Y", "2021-05-03"))
    rows.append(("undated", stories["flood"], "W", None))
    table = pd.DataFrame(rows, columns=["doc_id", "text", "outlet", "date"])
    result = same_event(table).set_index("doc_id")
    assert result.loc[["flood_X", "flood_Y", "flood_Z"], "event"].tolist() == [1, 1, 1]
    assert result.loc[["vote_X", "vote_Y", "vote_Z"], "event"].tolist() == [2, 2, 2]
    assert result.loc[["flood_late", "lonely", "undated"], "event"].isna().all()
    assert result.loc["flood_X", "event_outlets"] == 3
    assert result.loc["vote_X", "event_name"].endswith("(May 2021)")
    assert "pipeline" in result.loc["vote_X", "event_name"]
    mixed = same_event(table.iloc[::-1]).set_index("doc_id")["event"]
    assert mixed.reindex(result.index).equals(result["event"])
    with pytest.raises(ValueError, match="no article has a date"):
        same_event(table.assign(date=None))


def pairs_found(articles: pd.DataFrame, truth: pd.Series, **options) -> tuple[float, float]:
    """Precision and recall of pairs of articles that `same_event` links."""
    found = same_event(articles, **options).set_index("doc_id")["event"].loc[articles["doc_id"]]
    number = found.astype("float").to_numpy()
    real = truth.to_numpy()[:, None] == truth.to_numpy()[None, :]
    said = number[:, None] == number[None, :]
    upper = np.triu(np.ones_like(real), 1).astype(bool)
    right = (said & real & upper).sum()
    return right / max((said & upper).sum(), 1), right / (real & upper).sum()


def test_same_event_on_the_samples():
    samples = read_articles(data_path("samples", "samples.csv"))
    told = samples.drop(columns="event")
    precision, recall = pairs_found(told, samples["event"])
    assert precision == 1
    assert recall > 0.3
    assert pairs_found(told, samples["event"], similarity=0.1) == (1, 1)


@pytest.mark.shared
def test_same_event_finds_the_triplets_of_three_outlets(shared_data):
    """BASIL: sixty stories, each told by three outlets; as they were dated, and all moved into one week."""
    sentences = pd.read_parquet(shared_data / "basil_sentences.parquet").query("not is_title")
    told = sentences.groupby("article_id", sort=False).agg(
        text=("text", "\n".join),
        outlet=("outlet", "first"),
        date=("date", "first"),
        story=("triplet", "first"),
    )
    told = told.reset_index().rename(columns={"article_id": "doc_id"})
    precision, recall = pairs_found(told.drop(columns="story"), told["story"])
    assert precision > 0.95
    assert recall > 0.9
    dates = pd.to_datetime(told["date"])
    week = pd.Timestamp("2015-03-02") + (dates - dates.groupby(told["story"]).transform("min"))
    precision, recall = pairs_found(told.drop(columns="story").assign(date=week), told["story"])
    assert precision > 0.9
    assert recall > 0.9


def test_many_terms_are_compared_in_parts(three, monkeypatch):
    """The same rows, however many terms are taken at a time."""
    whole = compare_groups(three, LEXICON, "outlet", per="term", **FAST)
    monkeypatch.setattr(groups, "_FRAMES", 2)
    pd.testing.assert_frame_equal(compare_groups(three, LEXICON, "outlet", per="term", **FAST), whole)


def test_a_single_mention_where_articles_are_shorter_is_no_more_than_its_words_say():
    texts = ["The dictator " + "plain " * 98, *["plain " * 100] * 9, *["plain " * 1000] * 10]
    table = pd.DataFrame(
        {"doc_id": [f"{i:02d}" for i in range(20)], "text": texts, "outlet": ["A"] * 10 + ["B"] * 10}
    )
    found = row(compare_groups(table, LEXICON, "outlet", resamples=4000), outlet="A")
    # One mention falls into A with its part of the words, 1,000 of 11,000; there, no permutation is greater, and
    # those in A are equal: mid-p is 1 / 22. Were labels permuted instead, none would be equal, and p 0.0001.
    assert found["mentions"] == 1
    assert found["p"] == pytest.approx(1 / 22, abs=0.01)
