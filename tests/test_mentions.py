"""Mentions, their context, the way back from scores, and the scikit-learn transformer."""

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from helpers import mentions
from helpers.articles import as_articles
from helpers.highlight import Highlight
from helpers.lexicon import Lexicon
from helpers.mentions import COLUMNS, find_mentions, kwic, kwic_html, mentions_of
from helpers.vectorizer import LexiconVectorizer

LEXICON = Lexicon(
    pd.DataFrame(
        [
            ("regime*", "government", "illegitimacy", "critical", 0.8),
            ("government*", "government", "", "neutral", 0.0),
            ("tax regime*", "", "", "ignore", 0.0),
            ("militia*", "armed_group", "threat", "critical", 0.5),
            ("militia*", "armed_group", "criminality", "critical", 0.6),
            ("liberators", "armed_group", "heroism", "favourable", 0.9),
            ("Communist Party", "party", "", "neutral", 0.0),
            ("communist*", "party", "ideology", "critical", 0.4),
        ],
        columns=["term", "concept", "frame", "stance", "weight"],
    )
)
ARTICLES = pd.DataFrame(
    {
        "doc_id": ["b", "a", "none", "c"],
        "title": ["Regime falls", None, "Plain", "The liberators"],
        "text": [
            "😀 The regime’s tax regime fell. The government said so.",
            "A militia backed the Communist Party. Its communist regime won.",
            "",
            "“A regime,” he said.\n\nThe militias left; the liberators came.",
        ],
        "outlet": ["x", "x", "y", "y"],
    }
)


def test_columns_offsets_and_order():
    found = find_mentions(ARTICLES, LEXICON)
    assert tuple(found.columns) == COLUMNS
    texts = dict(zip(ARTICLES["doc_id"], ARTICLES["text"], strict=True))
    assert [
        texts[d][s:e] for d, s, e in zip(found["doc_id"], found["start"], found["end"], strict=True)
    ] == list(found["text"])
    assert list(found["text"]) == [
        "regime", "government",
        "militia", "militia", "Communist Party", "communist", "regime",
        "regime", "militias", "militias", "liberators",
    ]  # fmt: skip
    assert list(found["doc_id"]) == ["b"] * 2 + ["a"] * 5 + ["c"] * 4
    assert set(found["part"]) == {"body"}
    assert "ignore" not in set(found["stance"])


def test_a_term_of_several_rows_gives_each():
    found = find_mentions(ARTICLES, LEXICON)
    militia = found[found["text"] == "militia"]
    assert list(militia["frame"]) == ["threat", "criminality"]
    assert list(militia["weight"]) == [0.5, 0.6]
    assert len(set(militia["start"])) == 1


def test_sentence_and_voice_stand_beside_the_mention():
    found = find_mentions(ARTICLES, LEXICON)
    assert all(text in sentence for text, sentence in zip(found["text"], found["sentence"], strict=True))
    first = found[found["doc_id"] == "c"].iloc[0]
    assert first["voice"] == "quoted"
    assert found.loc[found["text"] == "liberators", "voice"].tolist() == ["narrator"]


def test_annotations_can_be_left_out():
    bare, full = find_mentions(ARTICLES, LEXICON, annotate=False), find_mentions(ARTICLES, LEXICON)
    assert list(bare.columns) == [c for c in COLUMNS if c in bare]
    assert not {"sentence", "voice", "target", "speaker", "target_how"} & set(bare.columns)
    pd.testing.assert_frame_equal(bare, full[bare.columns])


def test_titles():
    titles = find_mentions(ARTICLES, LEXICON, part="title", annotate=False)
    assert list(zip(titles["doc_id"], titles["start"], titles["text"], strict=True)) == [
        ("b", 0, "Regime"),
        ("c", 4, "liberators"),
    ]
    everything = find_mentions(ARTICLES, LEXICON, part="all", annotate=False)
    assert len(everything) == 2 + 11
    assert list(everything[everything["doc_id"] == "b"]["part"]) == ["title", "body", "body"]
    with pytest.raises(ValueError, match="headline"):
        find_mentions(ARTICLES, LEXICON, part="headline")
    with pytest.raises(ValueError, match="title"):
        find_mentions(ARTICLES[["doc_id", "text"]], LEXICON, part="title")
    assert len(find_mentions(ARTICLES[["doc_id", "text"]], LEXICON, part="all", annotate=False)) == 11


def test_plain_strings_and_nothing():
    assert list(find_mentions("The regime.", LEXICON)["start"]) == [4]
    nothing = find_mentions(["no such word", ""], LEXICON)
    assert len(nothing) == 0
    assert tuple(nothing.columns) == COLUMNS
    with pytest.raises(TypeError, match="Lexicon"):
        find_mentions("x", ["regime"])  # type: ignore[arg-type]


def test_bad_characters_keep_offsets_right():
    text = "a\ud800 regime\x00regime 😀\u0301 regime"
    found = find_mentions([text], LEXICON, annotate=False)
    assert [text[s:e] for s, e in zip(found["start"], found["end"], strict=True)] == ["regime"] * 3
    assert list(found["text"]) == ["regime"] * 3


def test_half_a_character_in_a_sentence_of_many():
    texts = ["The regime \ud800 fell.", "A militia\udfff left; the regime stays.", "The regime."]
    found = find_mentions(texts, LEXICON)
    assert found["text"].tolist() == ["regime", "militia", "militia", "regime", "regime"]
    assert found["sentence"].tolist() == [texts[0], texts[1], texts[1], texts[1], texts[2]]
    assert kwic(texts, found)["right"].tolist()[0] == "\ud800 fell."
    assert "regime</" in Highlight(as_articles(texts).iloc[0], found).html.encode("utf-8").decode()


@pytest.mark.parametrize("part", ["body", "all"])
@pytest.mark.parametrize("kind", ["str", object])
def test_batches_do_not_matter(monkeypatch, part, kind):
    articles = pd.concat([ARTICLES] * 40, ignore_index=True).astype({"text": kind})
    articles["doc_id"] = [str(i) for i in range(len(articles))]
    articles["date"] = pd.Timestamp("2024-01-05")
    at_once = find_mentions(articles, LEXICON, part=part)
    batches = mentions._batches(articles["text"], np.repeat(np.arange(0, 160, 2), 3), 2)
    assert len(batches) == 1
    monkeypatch.setattr(mentions, "LEAST_BATCH", 150)
    monkeypatch.setattr(mentions, "MOST_BATCH", 300)
    batches = mentions._batches(articles["text"], np.repeat(np.arange(0, 160, 2), 3), 2)
    assert len(batches) > 6
    assert [n for b in batches for n in range(b.start, b.stop)] == list(range(240))
    assert all(b.start % 3 == 0 for b in batches)  # an article stands in one batch
    pd.testing.assert_frame_equal(find_mentions(articles, LEXICON, part=part), at_once)


MEASURED = """
import re
import pandas as pd
from helpers import Lexicon, find_mentions
text = "The Russian regime said on Monday that “the government” of Ukraine had left Kyiv. " + (
    "Others met at the table of a house by the sea and spoke of bread, wine and the weather. " * 40)
column = pd.concat([pd.Series([f"{text}{n}" for n in range(5_000)], dtype="str")] * 6, ignore_index=True)
articles = pd.DataFrame({"doc_id": [str(n) for n in range(len(column))], "text": column})
find_mentions(articles.head(100), Lexicon.load("geopolitics"))
size = column.str.len().sum()
status = lambda name: int(re.search(name + r":\\s+(\\d+) kB", open("/proc/self/status").read())[1]) * 1e3
open("/proc/self/clear_refs", "w").write("5")
before = status("VmRSS")
found = find_mentions(articles, Lexicon.load("geopolitics"))
assert len(found) >= 30_000, len(found)
assert found["voice"].isin(["quoted", "scare"]).any(), found["voice"].value_counts()
print((status("VmHWM") - before) / size)
"""


@pytest.mark.slow
@pytest.mark.skipif(
    not os.path.exists("/proc/self/clear_refs"), reason="peak memory is read from Linux' /proc"
)
def test_mentions_of_many_articles_take_little_memory():
    """About 110 MB of text in six pieces, with voices and targets; Arrow may copy a whole column at one take."""
    ran = subprocess.run([sys.executable, "-c", MEASURED], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert float(ran.stdout) < 1


def test_threads_do_not_matter():
    many = pd.concat(
        [ARTICLES.assign(doc_id=ARTICLES["doc_id"] + str(i)) for i in range(20)], ignore_index=True
    )
    pd.testing.assert_frame_equal(
        find_mentions(many, LEXICON, threads=1), find_mentions(many, LEXICON, threads=3)
    )


def test_kwic():
    found = find_mentions(ARTICLES, LEXICON, annotate=False)
    lines = kwic(ARTICLES, found, width=12)
    assert list(lines.columns) == ["doc_id", "left", "text", "right", "term", "stance", "frame", "start"]
    assert lines.iloc[0][["left", "text", "right"]].tolist() == ["😀 The", "regime", "’s tax"]
    assert len(lines.sort_values(["right", "left"])) == len(found)
    titles = kwic(ARTICLES, find_mentions(ARTICLES, LEXICON, part="all", annotate=False))
    assert titles.iloc[0][["left", "text", "right"]].tolist() == ["", "Regime", "falls"]
    with pytest.raises(ValueError, match="'b'"):
        kwic(ARTICLES.iloc[1:], found)


@pytest.mark.parametrize(
    ("width", "left", "right"),
    [
        (40, "One of the cold men said the", "and its friends fell."),
        (25, "of the cold men said the", "and its friends fell."),
        (24, "the cold men said the", "and its friends fell."),
        (9, "said the", "and its"),
        (4, "the", "and"),
        (3, "", ""),
        (0, "", ""),
    ],
)
def test_kwic_cuts_no_word(width, left, right):
    text = "One of the cold men said the regime and its friends fell."
    line = kwic(text, find_mentions(text, LEXICON, annotate=False), width=width).iloc[0]
    assert (line["left"], line["right"]) == (left, right)


def test_kwic_html_escapes_everything():
    nasty = pd.DataFrame(
        {"doc_id": ["<i>&\"'"], "text": ["<script>alert(1)</script> regime <b onload='x'>&amp;"]}
    )
    page = kwic_html(kwic(nasty, find_mentions(nasty, LEXICON)))
    assert "<script" not in page
    assert "<i>" not in page
    assert "<b onload" not in page
    assert "&amp;amp;" in page
    assert page.count("<tr>") == 2


@pytest.mark.parametrize("by", [None, ["outlet"]])
@pytest.mark.parametrize("filters", [{}, {"voice": "narrator"}, {"voice": "quoted"}])
def test_every_score_leads_to_its_mentions(by, filters):
    from helpers.scores import score

    scores = score(ARTICLES, LEXICON, by=by, **filters)
    found = find_mentions(ARTICLES, LEXICON, part="all")
    assert scores["mentions"].sum() > 0
    for i in range(len(scores)):
        behind = mentions_of(scores.iloc[[i]], found, ARTICLES)
        assert len(behind.drop_duplicates(["doc_id", "part", "start"])) == scores["mentions"].iloc[i]
        assert set(behind["stance"]) <= {"critical", "favourable"}
    row = scores[scores["frame"] == "all"].iloc[0]
    assert (
        len(mentions_of(row, found, ARTICLES).drop_duplicates(["doc_id", "part", "start"])) >= row["mentions"]
    )


def test_mentions_of_needs_the_grouping_column():
    from helpers.scores import score

    scores = score(ARTICLES, LEXICON, by=["outlet"])
    with pytest.raises(ValueError, match="outlet"):
        mentions_of(scores, find_mentions(ARTICLES, LEXICON))


# --- The transformer -----------------------------------------------------------------------------------------


def test_vectorizer_counts():
    vectorizer = LexiconVectorizer(LEXICON)
    counts = vectorizer.fit_transform(ARTICLES["text"])
    names = list(vectorizer.get_feature_names_out())
    assert names == ["regime*", "government*", "militia*", "liberators", "Communist Party", "communist*"]
    assert counts.format == "csr"
    assert np.issubdtype(counts.dtype, np.integer)
    assert counts.toarray().tolist() == [[1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 1, 1], [0] * 6, [1, 0, 1, 1, 0, 0]]


@pytest.mark.parametrize(
    ("by", "names", "first"),
    [
        ("frame", ["illegitimacy", "threat", "criminality", "heroism", "ideology"], [1, 1, 1, 0, 1]),
        ("concept", ["government", "armed_group", "party"], [1, 1, 2]),
        ("stance", ["critical", "neutral", "favourable"], [3, 1, 0]),
    ],
)
def test_vectorizer_by(by, names, first):
    vectorizer = LexiconVectorizer(LEXICON, by=by).fit(ARTICLES["text"])
    assert list(vectorizer.get_feature_names_out()) == names
    assert vectorizer.transform([ARTICLES["text"][1]]).toarray().tolist() == [first]


def test_vectorizer_rate():
    rates = LexiconVectorizer(LEXICON, rate=True).fit_transform(["the regime fell today", ""])
    assert rates.toarray()[:, 0].tolist() == [250.0, 0.0]


def test_vectorizer_agrees_with_mentions():
    found = find_mentions(ARTICLES, LEXICON, annotate=False).drop_duplicates(["doc_id", "start", "term"])
    table = found.groupby(["doc_id", "term"], observed=True).size()
    vectorizer = LexiconVectorizer(LEXICON).fit([])
    counts = vectorizer.transform(ARTICLES["text"]).toarray()
    for i, doc_id in enumerate(ARTICLES["doc_id"]):
        for j, term in enumerate(vectorizer.get_feature_names_out()):
            assert counts[i, j] == table.get((doc_id, term), 0)


def test_vectorizer_is_a_good_citizen():
    vectorizer = LexiconVectorizer(LEXICON, by="frame")
    copy = clone(vectorizer)
    assert copy.get_params() == vectorizer.get_params()
    model = make_pipeline(vectorizer, LogisticRegression()).fit(list(ARTICLES["text"]), [1, 1, 0, 1])
    assert model.predict(["the regime"]).shape == (1,)
    with pytest.raises(ValueError, match="wing"):
        LexiconVectorizer(LEXICON, by="wing").fit(["x"])
    with pytest.raises(ValueError, match="one string"):
        LexiconVectorizer(LEXICON).fit("one text")


def test_vectorizer_gives_pandas():
    table = LexiconVectorizer(LEXICON).set_output(transform="pandas").fit_transform(ARTICLES["text"])
    assert isinstance(table, pd.DataFrame)
    assert table.loc[1, "Communist Party"] == 1


@pytest.mark.parametrize(
    "check",
    [
        "check_estimator_cloneable",
        "check_estimator_repr",
        "check_estimator_tags_renamed",
        "check_get_params_invariance",
        "check_mixin_order",
        "check_no_attributes_set_in_init",
        "check_parameters_default_constructible",
        "check_set_params",
        "check_valid_tag_types",
    ],
)
def test_vectorizer_passes_the_checks_that_apply_to_text(check):
    """Checks of scikit-learn that fit no table of numbers; `check_estimator` itself leaves text out."""
    from sklearn.utils import estimator_checks

    getattr(estimator_checks, check)("LexiconVectorizer", LexiconVectorizer(LEXICON))
