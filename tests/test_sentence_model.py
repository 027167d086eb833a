"""The readable classifier: what it says sums up, round trips, and is fitted on nothing it is scored on."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from helpers import SentenceModel
from helpers._learn_build import ONE_SIDED, article_question, judged_articles, train
from helpers._resources import data_path
from helpers.sentence_model import sentence_features

PLAIN = "The minister met reporters on Monday."
LOADED = "These shameless lies simply disgust us!"


@pytest.fixture(scope="module")
def model() -> SentenceModel:
    return SentenceModel.load()


def test_probabilities_sum_to_one_and_order_the_obvious(model):
    chance = model.predict_proba([PLAIN, LOADED])
    assert chance.shape == (2, 2)
    assert chance.sum(1) == pytest.approx([1, 1])
    assert model.predict([PLAIN, LOADED]).tolist() == [0, 1]


@pytest.mark.parametrize("text", [PLAIN, LOADED, f"{PLAIN} {LOADED} " * 20])
def test_contributions_sum_to_the_logit(model, text):
    parts = model.explain(text)
    assert parts["feature"].iloc[0] == "intercept"
    assert parts["contribution"].sum() == pytest.approx(model.decision_function(text)[0])


def test_a_text_without_words_is_nan_and_a_bad_one_is_named(model):
    assert np.isnan(model.predict_proba(["", "…"])).all()
    assert np.isfinite(model.predict_proba(["x"])).all()
    with pytest.raises(TypeError, match="text 0 is float"):
        model.predict_proba([float("nan")])  # pyright: ignore[reportArgumentType]


def test_a_long_text_is_the_mean_of_its_sentences(model):
    sentences = [PLAIN, LOADED] * 10
    whole = sentence_features(" ".join(sentences))
    assert whole.iloc[0].to_numpy() == pytest.approx(sentence_features(sentences).mean().to_numpy())


def test_each_rating_of_the_lexicon_is_pooled_as_its_parts_are():
    table = sentence_features([PLAIN, LOADED])
    kinds = [name.removeprefix("span_") for name in map(str, table) if name.startswith("span_")]
    assert {f"{part}_{kind}" for part in ("rated_loaded", "rated_commentary") for kind in kinds} <= set(table)
    assert table["rated_loaded_highest"][1] > table["rated_loaded_highest"][0]


def test_terms_of_the_choice_lexicons_are_counted_by_stance():
    table = sentence_features(["The brutal regime fell.", "The government fell.", ""])
    assert table["choice_critical"].tolist() == pytest.approx([table["choice_critical"][0], 0, 0])
    assert table["choice_critical"][0] >= 10 * 1 / 14
    assert table["choice_neutral"][1] == pytest.approx(10 * 1 / 13)
    assert table["choice_favourable"].tolist() == [0, 0, 0]


def test_order_and_company_of_texts_do_not_matter(model):
    alone = [model.decision_function(text)[0] for text in (LOADED, PLAIN)]
    assert model.decision_function([LOADED, "", PLAIN])[[0, 2]] == pytest.approx(alone)


def test_json_round_trip_is_exact_and_small(model, tmp_path):
    text = model.to_json()
    again = SentenceModel.load(model.save(tmp_path / "model.json"))
    assert again.to_json() == text
    assert (again.predict_proba([PLAIN, LOADED]) == model.predict_proba([PLAIN, LOADED])).all()
    numbers = [column for name, column in json.loads(text)["coefficients"].items() if name != "feature"]
    assert sum(map(len, numbers)) < 1_000


@pytest.mark.parametrize("text", ["", "[]", '{"format": "other"}', "{"])
def test_other_files_are_refused(text):
    with pytest.raises(ValueError, match=r"SentenceModel\.save"):
        SentenceModel.from_json(text)


def test_fit_finds_the_feature_that_matters():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(400, 3)), columns=["a", "b", "c"])
    label = (features["b"] + rng.normal(size=400) > 0).astype(int).to_numpy()
    source = np.repeat(["x", "y"], 200)
    table = SentenceModel.fit(features, label, source, penalty=1.0).coefficients.set_index("feature")["any"]
    assert table["b"] > 3 * table[["a", "c"]].abs().max()


def test_fitted_probabilities_are_made_for_the_stated_share():
    features = pd.DataFrame({"a": np.zeros(100)})
    label = np.r_[np.ones(10), np.zeros(90)]
    fitted = SentenceModel.fit(features, label, np.repeat("x", 100), prevalence=0.3)
    assert 1 / (1 + np.exp(-fitted.questions["intercept"]["any"])) == pytest.approx(0.3, abs=0.01)


def test_each_question_has_its_own_answer():
    rng = np.random.default_rng(0)
    features = pd.DataFrame(rng.normal(size=(800, 2)), columns=["a", "b"])
    source = np.repeat(["x", "y"], 400)
    drive = np.where(source == "x", features["a"], features["b"])
    label = (drive + rng.normal(size=800) > 1).astype(int)
    fitted = SentenceModel.fit(
        features, label, source, penalty=1.0, questions={"x": ("first", 0.2), "y": ("second", 0.6)}
    )
    table = fitted.coefficients.set_index("feature")
    assert table["first"]["a"] > 3 * abs(table["first"]["b"])
    assert table["second"]["b"] > 3 * abs(table["second"]["a"])
    assert "any" not in table
    mixed, like = fitted.questions, table[["like_first", "like_second"]]
    assert mixed["share"].to_dict() == {"any": 0.4, "first": 0.2, "second": 0.6}
    assert like.to_numpy() == pytest.approx(0, abs=0.3), "sources alike: texts are asked both questions"
    # Weighted to the stated share of loaded ones, the mean probability is that share.
    scaled = (features[["a", "b"]] - table["mean"]) / table["spread"]
    logit = fitted.questions["intercept"]["first"] + scaled.to_numpy()[:400] @ table["first"].to_numpy()
    own = label[:400]
    weight = np.where(own == 1, 0.2 / own.mean(), 0.8 / (1 - own.mean()))
    assert np.average(1 / (1 + np.exp(-logit)), weights=weight) == pytest.approx(0.2, abs=0.02)
    assert fitted.questions["threshold"].between(0.05, 0.95).all()
    with pytest.raises(ValueError, match="labels of source 'x' are all the same"):
        SentenceModel.fit(
            features, np.where(source == "x", 0, label), source, questions={"x": ("first", 0.2)}
        )


def test_a_question_can_be_chosen_and_an_unknown_one_is_refused(model):
    known = list(model.questions.index)
    assert known == ["any", "biased", "lexical", "loaded", "article"]
    logits = [model.ask(name).decision_function(LOADED)[0] for name in known]
    assert len(set(np.round(logits, 6))) == len(known)
    assert SentenceModel.load(question="biased").question == "biased"
    with pytest.raises(ValueError, match="it knows any, biased"):
        model.ask("true")


def test_articles_are_asked_the_question_of_articles(model):
    article = f"{PLAIN} {LOADED} " * 10
    asked = model.ask("article")
    assert model.decision_function(article) == pytest.approx(asked.decision_function(article))
    assert model.decision_function(LOADED)[0] != pytest.approx(asked.decision_function(LOADED)[0])
    without = replace(model, questions=model.questions.drop(index="article"))
    assert without.asked(article)[["biased", "lexical", "loaded"]].to_numpy().min() > 0
    assert model.asked(article)["article"].tolist() == [1]


def test_any_question_mixes_the_others_by_hand(model):
    texts = [PLAIN, LOADED]
    shares = model.asked(texts)
    assert shares.sum(axis=1).to_numpy() == pytest.approx([1, 1])
    names = ["biased", "lexical", "loaded"]
    table = model.coefficients.set_index("feature")
    scaled = (sentence_features(texts)[table.index] - table["mean"]) / table["spread"]
    like = scaled.to_numpy() @ table[[f"like_{name}" for name in names]].to_numpy()
    like = np.exp(like + model.questions["like"][names].to_numpy())
    assert shares[names].to_numpy() == pytest.approx(like / like.sum(1, keepdims=True))
    expected = 0.0
    for name in names:
        share = model.questions["share"][name]
        shift = np.log(0.4 / 0.6) - np.log(share / (1 - share))
        expected += shares[name].to_numpy() * (model.ask(name).decision_function(texts) + shift)
    assert model.decision_function(texts) == pytest.approx(expected)
    assert model.ask("biased").asked(texts)["biased"].tolist() == [1, 1]


def test_a_text_is_asked_the_question_of_texts_like_it():
    rng = np.random.default_rng(0)
    source = np.repeat(["x", "y"], 400)
    features = pd.DataFrame({"a": rng.normal(size=800), "b": rng.normal(size=800) + 4 * (source == "y")})
    label = (features["a"] + rng.normal(size=800) > 0).astype(int).to_numpy()
    fitted = SentenceModel.fit(features, label, source, questions={"x": ("first", 0.5), "y": ("second", 0.5)})
    table, like = fitted.coefficients.set_index("feature"), fitted.questions["like"]
    far = (table["like_second"] - table["like_first"])["b"]
    assert far > 3 * abs((table["like_second"] - table["like_first"])["a"])
    assert np.isnan(like["any"])


def test_each_label_of_articles_has_the_same_say(model):
    plain, loaded = f"{PLAIN} " * 20, f"{LOADED} {PLAIN} " * 10
    texts = [plain] * 9 + [loaded] + [plain] + [loaded] * 3
    label = np.r_[np.zeros(10), np.ones(4)]
    fitted = model.with_articles(texts, label, penalty=1e4).ask("article")
    low, high = fitted.predict_proba([plain, loaded])[:, 1]
    # Of label 0 nine tenths are plain, of label 1 a quarter.
    assert low == pytest.approx(0.25 / (0.25 + 0.9), abs=1e-2)
    assert high == pytest.approx(0.75 / (0.75 + 0.1), abs=1e-2)
    shrunk = model.with_articles(texts, label, penalty=1e-6).ask("article")
    assert shrunk.predict_proba(texts)[:, 1] == pytest.approx(0.5, abs=0.01)
    with pytest.raises(ValueError, match="all the same"):
        model.with_articles(texts, np.ones(14))


@pytest.mark.parametrize("question", ["biased", "loaded", "lexical"])
def test_predict_says_yes_from_the_threshold_of_the_question(model, question):
    texts = [PLAIN, LOADED, "He simply lied!", "The plan was read.", "A shameless, cruel and stupid plot."]
    asked = model.ask(question)
    chance = asked.predict_proba(texts)[:, 1]
    assert (asked.predict(texts) == (chance >= model.questions["threshold"][question])).all()


def some_labelled() -> pd.DataFrame:
    """Sentences of two label sets and judged ones: "vile plan" is loaded, "calm plan" is not."""
    rows = []
    for source in ("babe", "ptc", "judged"):
        for i in range(24):
            loaded = i % 2
            text = (
                f"The {'vile' if loaded else 'calm'} plan of the {('mayor', 'minister')[i % 4 // 2]} was read"
            )
            spans = [(4, 8)] if loaded else []
            rows.append((source, text, loaded, spans, f"{source}{i // 4}", "X"))
    return pd.DataFrame(rows, columns=["source", "text", "label", "spans", "group", "outlet"])


def some_vectors() -> pd.DataFrame:
    words = {"vile": [1, 0], "calm": [-1, 0], "plan": [0, 1], "mayor": [0, -1], "minister": [0.1, -1], "read": [0, 0.5],
             "awful": [0.9, 0]}  # fmt: skip
    return pd.DataFrame.from_dict(words, orient="index").astype(float)


def test_a_model_is_trained_on_peoples_answers_and_its_lexicon_on_judged_sentences_too():
    labelled = some_labelled()
    model = train(labelled, some_vectors(), list(some_vectors().index))
    assert set(model.questions.index) == {"any", "biased", "loaded"}  # none of the judged
    assert model.meta == {"sentences": 72, "loaded": 36, "sources": ["babe", "judged", "ptc"]}
    table = model.lexicon.table.set_index("term")
    assert table.loc["vile", "seen"] == 36  # in all three sources
    assert table.loc["vile", "marked"] == 36
    assert (
        table["weight"]["vile"] > table["weight"]["awful"] > table["weight"]["calm"]
    )  # awful was never seen
    assert table.loc["vile plan", "seen"] == 36  # a pair seen often is a term of its own
    assert model.lexicon.score(["A vile plan"]) > model.lexicon.score(["A calm plan"])
    chance = model.predict_proba(
        ["The vile plan of the mayor was read", "The calm plan of the mayor was read"]
    )[:, 1]
    assert chance[0] > 0.5 > chance[1]


def test_judged_articles_teach_the_question_of_articles(model, tmp_path):
    nobody = judged_articles(tmp_path)
    assert nobody.empty
    assert article_question(model, nobody) is model
    known = pd.read_csv(data_path("annotations", "article_partisanship.csv"))
    score = known.set_index("doc_id").mean(axis=1)
    low, high = score.idxmin(), score.idxmax()
    text = {low: PLAIN * 20, high: LOADED * 20, "another": PLAIN}
    news = pd.DataFrame({"doc_id": list(text), "text": list(text.values()), "outlet": "X"})
    news.to_parquet(tmp_path / "outlet_articles.parquet")
    judged = judged_articles(tmp_path).set_index("doc_id")
    assert judged["label"].to_dict() == {low: 0, high: 1}
    assert (judged["score"] >= ONE_SIDED).tolist() == (judged["label"] == 1).tolist()
    taught = article_question(model, judged).ask("article")
    plain, loaded = taught.predict_proba([PLAIN * 20, LOADED * 20])[:, 1]
    assert loaded > plain
