"""Samples, agreement, accuracy by outlet, calibration, corrected differences, stress tests, precision sheets."""

import numpy as np
import pandas as pd
import pytest
from nltk.metrics.agreement import AnnotationTask
from sklearn.metrics import f1_score, precision_score, recall_score, roc_auc_score

from helpers import validate
from helpers.accuracy import logit_interval
from helpers.agreement import alphas, coincidences
from helpers.articles import read_articles
from helpers.baseline import Baseline
from helpers.lexicon import Lexicon
from helpers.measured import (
    COLUMNS,
    correction_title,
    estimate_rows,
    goals_in_words,
    measurements,
    sample_sentences,
    simulated_coverage,
    validity_findings,
)
from helpers.mentions import find_mentions
from helpers.sampling import allocate
from helpers.scores import score


@pytest.fixture(scope="module")
def lexicon():
    return Lexicon(
        pd.DataFrame(
            {
                "term": ["government*", "regime", "junta", "clique", "tax regime"],
                "concept": "government",
                "frame": ["", "illegitimacy", "illegitimacy", "betrayal", ""],
                "stance": ["neutral", "critical", "critical", "critical", "ignore"],
            }
        )
    )


@pytest.fixture(scope="module")
def articles():
    texts = [
        "The regime fell. The regime, the regime! A junta came. Government is gone.",
        "A regime stands. A tax regime too. The government spoke.",
        "A junta, a clique, a junta. The government is there, the government of old.",
        "Governments come and go in peace.",
    ]
    frame = read_articles(texts)
    return frame.assign(outlet=["A", "A", "B", "B"])


# --- sampling ------------------------------------------------------------------------------------------


def some_units(n=400, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "unit_id": [f"u{i:04d}" for i in range(n)],
            "text": "x",
            "score": np.round(rng.exponential(1.0, n), 1) * (rng.random(n) < 0.6),
            "outlet": rng.choice(list("ABC"), n),
        }
    )


def test_sample_does_not_depend_on_the_order_of_rows():
    units = some_units()
    one = validate.draw_sample(units, 60, seed=3)
    two = validate.draw_sample(units.sample(frac=1, random_state=9), 60, seed=3)
    pd.testing.assert_frame_equal(one, two)
    assert not one["unit_id"].is_monotonic_increasing
    assert set(validate.draw_sample(units, 60, seed=4)["unit_id"]) != set(one["unit_id"])


@pytest.mark.parametrize("within", [None, "outlet"])
def test_weights_stand_for_all_units(within):
    units = some_units()
    sample = validate.draw_sample(units, 90, within=within)
    assert len(sample) == 90
    assert sample["weight"].sum() == pytest.approx(len(units))
    assert (
        sample["weight"] == sample["stratum_size"] / sample.groupby("stratum")["stratum"].transform("size")
    ).all()


@pytest.mark.slow
def test_weighted_sample_estimates_the_corpus():
    units = some_units(2000)
    sums = [
        (s["score"] * s["weight"]).sum() / s["weight"].sum()
        for s in (validate.draw_sample(units, 100, seed=seed) for seed in range(60))
    ]
    assert np.mean(sums) == pytest.approx(units["score"].mean(), rel=0.03)


def test_high_scores_are_drawn_more_often_than_they_stand():
    units = some_units(2000)
    sample = validate.draw_sample(units, 100)
    assert (sample["score"] > 0).mean() > (units["score"] > 0).mean()


def test_small_corpora_are_drawn_whole_and_equal_scores_stay_together():
    units = some_units(30).assign(score=1.0)
    sample = validate.draw_sample(units, 200)
    assert len(sample) == 30
    assert set(sample["stratum"]) == {"score 1"}
    assert (sample["weight"] == 1).all()


def test_units_without_a_score_are_drawn_too():
    units = some_units(50)
    units.loc[:9, "score"] = np.nan
    sample = validate.draw_sample(units, 30)
    assert (sample["stratum"] == "no score").any()


@pytest.mark.parametrize(
    ("sizes", "n"), [([100, 3, 50], 20), ([1, 1, 1], 2), ([5, 5], 50), ([7], 3), ([2, 9, 4, 0], 11)]
)
def test_allocation(sizes, n):
    given = allocate(np.array(sizes), n)
    assert given.sum() == min(n, sum(sizes))
    assert (given <= sizes).all()
    assert (given >= 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n": 0}, "at least 1"),
        ({"score": "zzz"}, "zzz"),
        ({"within": "zzz"}, "zzz"),
        ({"strata": 0}, "at least 1"),
    ],
)
def test_sampling_errors(change, message):
    with pytest.raises(ValueError, match=message):
        validate.draw_sample(some_units(20), **{"n": 5, **change})


def test_a_unit_twice_is_refused():
    units = pd.concat([some_units(5), some_units(5)])
    with pytest.raises(ValueError, match="u0000"):
        validate.draw_sample(units)


def test_sentences_with_context():
    units = validate.sentences_of("One here. Two here. Three here.")
    assert units["text"].tolist() == ["One here.", "Two here.", "Three here."]
    assert units.loc[1, ["left", "right"]].tolist() == ["One here.", "Three here."]
    assert validate.sentences_of("…").empty or len(validate.sentences_of("…")) == 1


# --- agreement -----------------------------------------------------------------------------------------


def coded(rng, units=60, coders=3, labels=3, missing=0.2):
    rows = []
    for unit in range(units):
        true = rng.integers(labels)
        for coder in range(coders):
            if rng.random() >= missing:
                label = true if rng.random() < 0.7 else rng.integers(labels)
                rows.append((f"u{unit}", f"c{coder}", f"l{label}"))
    return pd.DataFrame(rows, columns=["unit_id", "coder", "label"])


@pytest.mark.parametrize("seed", range(8))
def test_alpha_is_nltks_and_the_fast_form_agrees_with_it(seed):
    labels = coded(np.random.default_rng(seed))
    reference = AnnotationTask(
        data=list(labels[["coder", "unit_id", "label"]].itertuples(index=False, name=None))
    ).alpha()
    table = validate.agreement(labels)
    assert table.loc[0, "alpha"] == pytest.approx(reference)
    parts = coincidences(labels.set_axis(["unit", "coder", "label"], axis=1))
    assert alphas(parts.sum(axis=0)) == pytest.approx(reference)
    assert table.loc[0, "low"] < reference < table.loc[0, "high"]
    assert table["coders"].tolist() == ["c0, c1, c2", "c0, c1", "c0, c2", "c1, c2"]


def test_alpha_by_hand():
    """Krippendorff 2011, nominal data of two observers with ten units: alpha = .095."""
    a, b = (
        ["0", "1", "0", "0", "0", "0", "0", "0", "1", "0"],
        ["1", "1", "1", "0", "0", "1", "0", "0", "0", "0"],
    )
    labels = pd.DataFrame({"unit_id": list(range(10)) * 2, "coder": ["a"] * 10 + ["b"] * 10, "label": a + b})
    assert validate.agreement(labels).loc[0, "alpha"] == pytest.approx(0.095, abs=0.0006)


@pytest.mark.slow
def test_alpha_interval_covers():
    rng = np.random.default_rng(1)
    big = validate.agreement(coded(rng, units=5000, coders=2, missing=0), resamples=2).loc[0, "alpha"]
    held = []
    for _ in range(80):
        row = validate.agreement(coded(rng, units=80, coders=2, missing=0), resamples=400).loc[0]
        held.append(row["low"] <= big <= row["high"])
    assert 0.89 <= np.mean(held) <= 0.99


def test_one_label_only_is_no_agreement():
    labels = pd.DataFrame({"unit_id": [1, 2, 1, 2], "coder": list("aabb"), "label": "no"})
    row = validate.agreement(labels).loc[0]
    assert np.isnan(row["alpha"])
    assert not row["enough"]
    assert row["raw"] == 1


def test_agreement_errors():
    labels = pd.DataFrame({"unit_id": [1, 1], "coder": ["a", "a"], "label": ["x", "y"]})
    with pytest.raises(ValueError, match="twice"):
        validate.agreement(labels)
    with pytest.raises(ValueError, match="two coders"):
        validate.agreement(labels.head(1))
    with pytest.raises(ValueError, match="label"):
        validate.agreement(labels.drop(columns="label"))


# --- accuracy ------------------------------------------------------------------------------------------


def labelled_texts(rng, outlets=12, each=40, spread=0.8, signal=1.0):
    lean = rng.normal(0, spread, outlets)
    outlet = np.repeat(np.arange(outlets), each)
    truth = (rng.random(outlets * each) < 1 / (1 + np.exp(-lean[outlet]))).astype(int)
    mark = np.round(signal * truth + rng.normal(0, 1, len(truth)), 1)
    return pd.DataFrame({"label": truth, "score": mark, "outlet": [f"o{i:02d}" for i in outlet]})


def values(table, predictor="score"):
    return table[table["predictor"] == predictor].set_index("measure")["value"]


@pytest.mark.parametrize("seed", range(4))
def test_measures_are_scikit_learns(seed):
    rng = np.random.default_rng(seed)
    table = labelled_texts(rng)
    weights = rng.uniform(0.5, 3, len(table))
    got = values(validate.accuracy(table.assign(w=weights), threshold=0.5, weight="w", resamples=20))
    said = table["score"] >= 0.5
    for name, function in (("precision", precision_score), ("recall", recall_score), ("f1", f1_score)):
        assert got[name] == pytest.approx(function(table["label"], said, sample_weight=weights))
    assert got["macro_f1"] == pytest.approx(
        f1_score(table["label"], said, average="macro", sample_weight=weights)
    )
    assert got["auc"] == pytest.approx(roc_auc_score(table["label"], table["score"], sample_weight=weights))


def test_auc_within_outlets_by_hand():
    table = pd.DataFrame({"label": [1, 0, 1, 0], "score": [0.9, 0.8, 0.2, 0.3], "outlet": list("AABB")})
    assert values(validate.accuracy(table))["auc_within"] == 0.5  # right in A, wrong in B
    assert values(validate.accuracy(table))["auc"] == 0.5


@pytest.mark.slow
def test_resamples_are_what_a_loop_over_outlets_gives():
    rng = np.random.default_rng(5)
    table = labelled_texts(rng, outlets=6)
    draws = []
    parts = dict(list(table.groupby("outlet")))
    for weights in np.random.default_rng(0).multinomial(6, np.full(6, 1 / 6), size=300):
        drawn = pd.concat([parts[f"o{i:02d}"] for i, times in enumerate(weights) for _ in range(times)])
        draws.append(roc_auc_score(drawn["label"], drawn["score"]))
    row = validate.accuracy(table, resamples=300).set_index(["predictor", "measure"]).loc[("score", "auc")]
    assert (row["low"], row["high"]) == pytest.approx(
        logit_interval(row["value"], np.array(draws), 6, len(table), 0.95)
    )


def test_control_knows_the_outlet_and_nothing_else():
    rng = np.random.default_rng(2)
    table = labelled_texts(rng, spread=3.0, signal=0.0)
    scores = validate.accuracy(table)
    assert values(scores)["auc"] == pytest.approx(0.5, abs=0.08)
    assert values(scores, "outlet alone")["auc"] > 0.75
    assert values(scores, "outlet alone")["auc_within"] == 0.5


@pytest.mark.slow
def test_intervals_over_outlets_cover():
    truth = roc_auc_score(
        *(lambda t: (t["label"], t["score"]))(labelled_texts(np.random.default_rng(0), outlets=4000))
    )
    held, naive = [], []
    rng = np.random.default_rng(8)
    for _ in range(200):
        table = labelled_texts(rng, outlets=8, each=25)
        row = (
            validate.accuracy(table, resamples=300).set_index(["predictor", "measure"]).loc[("score", "auc")]
        )
        held.append(row["low"] <= truth <= row["high"])
        naive.append(row["clusters"])
    assert np.mean(held) >= 0.92
    assert set(naive) == {8}


def test_few_outlets_are_not_enough():
    table = labelled_texts(np.random.default_rng(0), outlets=4)
    assert not validate.accuracy(table)["enough"].any()
    assert validate.accuracy(table, outlet=None).set_index("measure").loc["auc", "enough"]


def test_without_outlets_there_is_no_control_and_no_within():
    table = labelled_texts(np.random.default_rng(0), outlets=2, each=600)
    result = validate.accuracy(table, outlet=None)
    assert set(result["predictor"]) == {"score"}
    assert np.isnan(values(result)["auc_within"])
    assert values(result)["auc"] == pytest.approx(roc_auc_score(table["label"], table["score"]))


@pytest.mark.parametrize(
    ("label", "message"),
    [(["yes", 0, 1, 0], "row 0"), ([2, 0, 1, 0], "row 0"), ([1, 1, 1, 1], "all the same")],
)
def test_labels_that_cannot_be_used(label, message):
    table = pd.DataFrame({"label": label, "score": [0.1, 0.2, 0.3, 0.4], "outlet": list("AABB")})
    with pytest.raises(ValueError, match=message):
        validate.accuracy(table)


def test_rows_without_a_label_are_left_out_and_counted():
    table = labelled_texts(np.random.default_rng(0))
    table["label"] = table["label"].astype(float)
    table.loc[:9, "label"] = np.nan
    assert validate.accuracy(table).attrs["left_out"] == 10


def test_calibration_of_a_true_probability():
    rng = np.random.default_rng(3)
    p = rng.random(4000)
    table = pd.DataFrame(
        {"label": (rng.random(4000) < p).astype(int), "probability": p, "outlet": rng.integers(0, 20, 4000)}
    )
    bins = validate.calibration(table)
    assert len(bins) == 10
    assert ((bins["low"] <= bins["predicted"]) & (bins["predicted"] <= bins["high"])).mean() >= 0.8
    assert bins["n"].sum() == 4000
    assert bins.attrs["error"] < 0.03
    wrong = validate.calibration(table.assign(probability=p**3))
    assert wrong.attrs["error"] > 0.1
    with pytest.raises(ValueError, match="probabilities"):
        validate.calibration(table.assign(probability=p * 2))


def test_probabilities_of_an_outlet_do_not_see_its_labels():
    table = labelled_texts(np.random.default_rng(4), outlets=5)
    first = validate.cross_fitted(table)
    mine = table["outlet"] == "o00"
    turned = table.assign(label=np.where(mine, 1 - table["label"], table["label"]))
    second = validate.cross_fitted(turned)
    pd.testing.assert_series_equal(first[mine], second[mine])
    assert not np.allclose(first[~mine], second[~mine])


# --- corrected differences -----------------------------------------------------------------------------


def group(rng, name, yes, sens, spec, labels, texts):
    truth = (rng.random(labels + texts) < yes).astype(float)
    said = np.where(truth == 1, rng.random(labels + texts) < sens, rng.random(labels + texts) > spec)
    shown = np.where(np.arange(labels + texts) < labels, truth, np.nan)
    return pd.DataFrame({"outlet": name, "label": shown, "prediction": said.astype(float)})


def test_corrected_mean_is_ppi_pys():
    ppi_py = pytest.importorskip("ppi_py")
    rng = np.random.default_rng(0)
    table = group(rng, "A", 0.3, 0.8, 0.9, 80, 500)
    row = validate.corrected_means(table, "outlet").loc[0]
    known = table["label"].notna()
    y, f, rest = (
        table["label"][known].to_numpy(),
        table["prediction"][known].to_numpy(),
        table["prediction"][~known].to_numpy(),
    )
    assert row["corrected"] == pytest.approx(
        float(np.squeeze(ppi_py.ppi_mean_pointestimate(y, f, rest, lam=row["trust"])))
    )
    own = ppi_py.ppi_mean_pointestimate(y, f, rest)
    assert row["corrected"] == pytest.approx(float(np.squeeze(own)), abs=0.01)
    low, high = ppi_py.ppi_mean_ci(y, f, rest, alpha=0.05)
    assert (row["low"], row["high"]) == pytest.approx((float(low[0]), float(high[0])), abs=0.015)
    assert row["naive"] == pytest.approx(table["prediction"].mean())
    assert row["high"] - row["low"] < row["labels_only_high"] - row["labels_only_low"]


@pytest.mark.slow
def test_corrected_intervals_hold_what_they_promise_and_naive_ones_do_not():
    result = simulated_coverage(400, seed=4).set_index("method")
    assert 0.93 <= result.loc["corrected", "share"] <= 0.97
    assert result.loc["naive", "share"] < 0.1
    assert abs(result.loc["corrected", "error"]) < 0.01


@pytest.mark.slow
def test_labels_drawn_by_score_are_weighed_back():
    rng = np.random.default_rng(6)
    held, naive = [], []
    for _ in range(120):
        table = group(rng, "A", 0.2, 0.7, 0.85, 900, 0).assign(unit_id=lambda t: t.index.astype(str))
        table["score"] = table["prediction"]
        sample = validate.draw_sample(table, 100, strata=2, seed=int(rng.integers(1 << 30)))
        part = table.drop(columns="label").merge(
            sample[["unit_id", "label", "weight"]], on="unit_id", how="left"
        )
        row = validate.corrected_means(part, "outlet", weight="weight").loc[0]
        held.append(row["low"] <= 0.2 <= row["high"])
        naive.append(sample["label"].mean())
    assert 0.91 <= np.mean(held) <= 0.995
    assert np.mean(naive) > 0.3  # the sample itself has far more loaded texts than the corpus


def test_useless_predictions_are_not_trusted():
    rng = np.random.default_rng(7)
    row = validate.corrected_means(group(rng, "A", 0.3, 0.5, 0.5, 200, 2000), "outlet").loc[0]
    assert row["trust"] < 0.2
    assert row["corrected"] == pytest.approx(row["labels_only"], abs=0.03)


def test_labels_all_the_same_are_no_certainty():
    table = pd.DataFrame({"outlet": "A", "label": [0.0] * 10 + [np.nan] * 50, "prediction": 0.0})
    row = validate.corrected_means(table, "outlet").loc[0]
    assert row["corrected"] == 0
    assert row["high"] > 0.05
    assert not row["enough"]


def test_difference_against_the_others_and_a_reference():
    rng = np.random.default_rng(9)
    table = pd.concat([group(rng, n, y, 0.8, 0.9, 150, 600) for n, y in (("A", 0.5), ("B", 0.2), ("C", 0.2))])
    others = validate.corrected_differences(table, "outlet").set_index("outlet")
    assert others.loc["A", "verdict"] == "holds"
    assert others.loc["A", "low"] > 0
    assert others["against"].unique().tolist() == ["the others"]
    fixed = validate.corrected_differences(table, "outlet", reference="B")
    assert fixed["outlet"].tolist() == ["A", "C"]
    with pytest.raises(ValueError, match="no group 'Z'"):
        validate.corrected_differences(table, "outlet", reference="Z")
    with pytest.raises(ValueError, match="one group"):
        validate.corrected_differences(table[table["outlet"] == "A"], "outlet")


def test_a_difference_that_is_the_lexicons_error_goes_away():
    rng = np.random.default_rng(10)
    table = pd.concat(
        [group(rng, "A", 0.3, 0.9, 0.95, 150, 1500), group(rng, "B", 0.3, 0.9, 0.70, 150, 1500)]
    )
    row = validate.corrected_differences(table, "outlet", reference="A").loc[0]
    assert row["naive_low"] > 0.1
    assert row["verdict"] == "not clear once corrected"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prediction": "x"}, "not a number"),
        ({"prediction": 1.5}, "between 0 and 1"),
        ({"label": 3}, "not a label"),
    ],
)
def test_corrected_errors(change, message):
    table = group(np.random.default_rng(0), "A", 0.3, 0.8, 0.9, 10, 10).astype(object)
    table.loc[0, list(change)] = list(change.values())
    with pytest.raises(ValueError, match=message):
        validate.corrected_means(table, "outlet")


# --- stress test ---------------------------------------------------------------------------------------


def test_leave_one_out_by_hand(articles, lexicon):
    test = validate.stress_test(articles, lexicon, by="outlet")
    terms = test.terms.set_index("term")
    assert terms["mentions"].to_dict() == {"regime": 4, "junta": 3, "clique": 1}
    assert terms["share"].tolist() == [0.5, 0.375, 0.125]
    words = score(articles, lexicon, by=[])["words"].iloc[0]
    assert terms.loc["regime", "rate_without"] == pytest.approx(1000 * 4 / words)
    # A has 5 mentions in 24 words, B 3 in 21: without regime the order turns round, without clique it stays
    assert terms["order_kept"].to_dict() == {"regime": False, "junta": True, "clique": True}


def test_variants_are_scores_without_the_terms(articles, lexicon):
    test = validate.stress_test(articles, lexicon, top=2)
    whole = test.variants[test.variants["frame"] == "all"].set_index("variant")
    assert whole["mentions"].tolist() == [8, 4, 1]
    assert whole["left_out"].tolist() == ["", "regime", "regime, junta"]
    expected = score(articles, lexicon.without(["regime", "junta"]), by=[]).iloc[0]
    for column in ("rate", "rate_low", "rate_high", "share"):
        assert whole[column].iloc[-1] == pytest.approx(expected[column])


def test_coverage_and_senses(articles, lexicon):
    test = validate.stress_test(articles, lexicon)
    coverage = test.coverage.set_index("frame")
    assert coverage.loc["illegitimacy", ["terms", "seen", "mentions", "articles"]].tolist() == [2, 2, 7, 3]
    assert coverage.loc["all", "effective_terms"] == pytest.approx(1 / (0.5**2 + 0.375**2 + 0.125**2))
    senses = test.senses.set_index("term")
    assert senses.loc["regime", ["silenced", "mentions"]].tolist() == [1, 4]
    assert senses.loc["regime", "silenced_share"] == pytest.approx(0.2)


@pytest.mark.slow
def test_stress_against_a_baseline_takes_the_terms_out_there_too():
    articles = read_articles(
        ["The regime and the junta met. " * 20, "The government and the tyrants met. " * 20]
    )
    test = validate.stress_test(articles, Lexicon.load("geopolitics"), baseline=Baseline.load("news"))
    whole = test.variants[test.variants["frame"] == "all"]
    assert {"ratio", "low", "high", "baseline_rate"} <= set(whole.columns)
    assert whole["baseline_rate"].is_monotonic_decreasing


def test_nothing_to_stress(lexicon):
    with pytest.raises(ValueError, match="no loaded term"):
        validate.stress_test("Rain fell.", lexicon)


# --- precision sheets ----------------------------------------------------------------------------------


def test_sheet_comes_back_filled_in(articles, lexicon, tmp_path):
    mentions = find_mentions(articles, lexicon, annotate=False)
    path = tmp_path / "sheet.csv"
    sheet = validate.precision_sheet(articles, mentions, path, per_term=3)
    assert sheet["term"].value_counts().to_dict() == {"regime": 3, "junta": 3, "clique": 1}
    with pytest.raises(FileExistsError):
        validate.precision_sheet(articles, mentions, path)
    filled = pd.read_csv(path)
    filled["correct"] = filled["term"].map({"regime": "Yes", "junta": "n", "clique": ""})
    path.write_bytes(
        filled.to_csv(index=False, sep=";", lineterminator="\r\n").encode("utf-8-sig")
    )  # as Excel does
    table = validate.read_precision(path, mentions).set_index("term")
    assert table.loc["regime", ["judged", "correct", "precision"]].tolist() == [3, 3, 1.0]
    assert table.loc["junta", "precision"] == 0
    assert np.isnan(table.loc["clique", "precision"])
    assert table.loc["all", "precision"] == pytest.approx(4 / 7)  # weighed by mentions: 4 regime, 3 junta
    assert table.loc["all", "low"] < 4 / 7 < table.loc["all", "high"]
    stressed = validate.stress_test(articles, lexicon, precision=validate.read_precision(path))
    assert stressed.terms.set_index("term")["precision"].to_dict()["junta"] == 0


def test_sheet_is_safe_to_open(lexicon, tmp_path):
    articles = read_articles(["=cmd|' /C calc'!A0 regime =1+1"])
    validate.precision_sheet(articles, find_mentions(articles, lexicon, annotate=False), tmp_path / "s.csv")
    text = (tmp_path / "s.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd" in text
    assert ",=" not in text


def test_rare_terms_come_before_a_second_of_a_common_one(articles, lexicon):
    mentions = find_mentions(articles, lexicon, annotate=False)
    sheet = validate.precision_sheet(articles, mentions, most=3)
    assert sorted(sheet["term"]) == ["clique", "junta", "regime"]


def test_a_verdict_that_is_neither_yes_nor_no(articles, lexicon, tmp_path):
    sheet = validate.precision_sheet(articles, find_mentions(articles, lexicon, annotate=False))
    sheet.loc[1, "correct"] = "perhaps so"
    sheet.to_csv(tmp_path / "s.csv", index=False)
    with pytest.raises(ValueError, match=r"line 3, column 'correct': 'perhaps so'"):
        validate.read_precision(tmp_path / "s.csv")
    with pytest.raises(ValueError, match="header"):
        validate.read_precision(sheet.drop(columns="correct"))


# --- what benchmarks measured, and the labelled sentences ------------------------------------------------


def test_files_of_benchmarks_are_read_and_missing_ones_are_said(tmp_path):
    pd.DataFrame([["a", 0.91, 0.8, 0.95, 10, ">= 0.9", "yes", "BASIL"], ["b", 1, None, None, None, "<= 0.5", "no", ""]],
                 columns=list(COLUMNS)).to_csv(tmp_path / "annotation.csv", index=False)  # fmt: skip
    table = measurements(tmp_path)
    assert len(table) == 6
    lines = goals_in_words(table)
    assert lines[0] == "Voices and targets: 1 of 2 goals met; short of it: b."
    assert "not measured on this machine: make bench" in lines[-1]
    many = pd.DataFrame({"benchmark": "Speed", "measure": list("abcde"), "value": 1.0, "met": "no"})
    assert goals_in_words(many) == ["Speed: 0 of 5 goals met; short of it: a; b; c; and 2 more."]
    assert table["value"].isna().sum() == 4
    (tmp_path / "engine.csv").write_text("measure,value\nx,1\n")
    with pytest.raises(ValueError, match=r"engine\.csv"):
        measurements(tmp_path)


def test_shipped_labels_fit_the_shipped_sentences():
    units, labels = sample_sentences()
    assert set(labels["unit_id"]) == set(units["unit_id"])
    assert labels["coder"].value_counts().tolist() == [len(units)] * 2
    assert validate.agreement(labels).loc[0, "alpha"] > 0.667


def test_findings_are_worded_from_the_tables():
    rows = estimate_rows(
        pd.DataFrame([{"g": "x", "naive": 0.8, "naive_low": 0.7, "naive_high": 0.9, "labels_only": 0.5,
                       "labels_only_low": 0.3, "labels_only_high": 0.7, "corrected": 0.6, "low": 0.5, "high": 0.7}]),
        "g", pd.Series({"x": 0.55}),
    )  # fmt: skip
    assert correction_title(rows) == "Correction moves “x” most: from 80% to 60%"
    table = labelled_texts(np.random.default_rng(0))
    said = validity_findings(
        validate.accuracy(table), pd.DataFrame({"alpha": [0.5]}),
        pd.DataFrame({"g": ["x"], "verdict": ["not clear once corrected"]}),
    )  # fmt: skip
    assert said[-1] == "“x”: not clear once corrected."
    assert len(said) == 4


def test_benchmarks_keep_their_figures(tmp_path):
    import importlib.util
    from pathlib import Path

    spec = importlib.util.spec_from_file_location(
        "_record", Path(__file__).parent / "benchmarks" / "_record.py"
    )
    record = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(record)
    rows = [
        {"measure": "a, with a comma", "value": 0.91, "goal": ">= 0.9", "n": 3},
        {"measure": "b", "value": 0.5, "goal": "0.93 to 0.97"},
        {"measure": "c", "value": float("nan"), "goal": "<= 3"},
        {"measure": "d", "value": 2},
    ]
    path = record.record("annotation", rows, tmp_path)
    assert path.read_bytes() == record.record("annotation", rows, tmp_path).read_bytes()
    table = measurements(tmp_path).head(4)
    assert table["met"].tolist() == ["yes", "no", "no", ""]
    assert table["measure"].iloc[0] == "a, with a comma"
    with pytest.raises(ValueError, match="colour"):
        record.record("x", [{"measure": "a", "value": 1, "colour": "red"}], tmp_path)
    with pytest.raises(ValueError, match="goal"):
        record.record("x", [{"measure": "a", "value": 1, "goal": "good"}], tmp_path)


@pytest.mark.shared
def test_on_babe_the_outlets_name_alone_goes_far(shared_data):
    babe = pd.read_parquet(shared_data / "babe.parquet")
    babe["length"] = babe["text"].str.len()
    table = validate.accuracy(babe, score="length", threshold=150)
    assert 0.70 <= values(table, "outlet alone")["macro_f1"] <= 0.76
    assert values(table)["auc"] < values(table, "outlet alone")["auc"]
    assert not table["enough"].any()  # four outlets
