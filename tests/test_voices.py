"""Who speaks: hand-made cases, text that is broken, properties, human annotation."""

import re
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from helpers import exclusions, find_mentions, read_articles, voices
from helpers.lexicon import Lexicon
from helpers.text import quotations, sentences, unbalanced_quotations
from helpers.voice import annotate_voices

sys.path.insert(0, str(Path(__file__).parent / "benchmarks"))


def told(text):
    """The rows of `voices` as (passage, voice, speaker or None)."""
    rows = voices(text)
    return [(text[a:b], voice, speaker if isinstance(speaker, str) else None)
            for a, b, voice, speaker in rows.itertuples(index=False)]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The regime fell in June.", []),
        ('"The regime will fall soon," Ann Baker said.', [('"The regime will fall soon,"', "quoted", "Ann Baker")]),
        ("Putin said that the regime had attacked.", [("the regime had attacked", "reported", "Putin")]),
        ("The regime has fallen, officials said.", [("The regime has fallen", "reported", "officials")]),
        ("According to the ministry, the regime fell.", [("the regime fell", "reported", "ministry")]),
        ("The regime fell in June, according to Ann Baker.", [("The regime fell in June", "reported", "Ann Baker")]),
        ("They want a “multipolar world order” instead.", [("“multipolar world order”", "scare", None)]),
        ("Ann Baker spoke. She called it “a huge mistake” for all.", [("“a huge mistake”", "quoted", "Ann Baker")]),
        ("They declared a “no limits” pact before the attack.", [("“no limits”", "scare", None)]),
        ("“Go,” Mr. Baker told us. “And do not come back here.”",
         [("“Go,”", "quoted", "Baker"), ("“And do not come back here.”", "quoted", "Baker")]),
    ],
)  # fmt: skip
def test_who_speaks(text, expected):
    assert told(text) == expected


def test_a_speaker_with_a_comma_in_the_name_is_no_fault():
    rows = told("“We will never yield to them,” said Martin King, Jr., the mayor.")
    assert rows[0][:2] == ("“We will never yield to them,”", "quoted")
    assert "King" in rows[0][2]


def test_a_whole_article_in_one_quotation_is_quoted():
    text = "“" + "The regime fell and nobody wept for it. " * 300 + "”"
    found = find_mentions(text, Lexicon.load("geopolitics"))
    assert set(found["voice"]) == {"quoted"}


def test_quotations_five_deep_are_one_passage():
    text = "He said: “One ‘two “three ‘four “five” four’ three” two’ one and so on.”"
    assert quotations(text)["depth"].max() == 5
    assert [row[1] for row in told(text)] == ["quoted"]


def test_a_mark_without_a_partner_leaves_the_words_to_the_narrator_and_is_counted():
    text = 'He spoke. "The regime will fall soon, he went on.\n\nThe dictator stays in power.'
    assert told(text) == []
    assert len(unbalanced_quotations(text)) == 1
    articles = read_articles([text, "“All is well here today,” he said."])
    left = exclusions(articles)
    assert left["reason"].tolist() == ["unbalanced quotation marks"]
    assert left["doc_id"].tolist() == [articles["doc_id"][0]]
    assert left["detail"][0].startswith("1 ")


def test_titles_have_voices_of_their_own():
    articles = read_articles("x").assign(title="Regime will “fall”, says minister", text="The regime stands.")
    found = find_mentions(articles, Lexicon.load("geopolitics"), part="all")
    assert set(found["part"]) == {"title", "body"}
    assert found.loc[found["part"] == "title", "voice"].notna().all()


WORDS = st.sampled_from(
    ['"', "“", "”", "‘", "’", "'", "«", "»", "„", "``", "''", "said", "that", "Ann", "Baker", "he", "regime", ",", ".",
     ". ", "\n\n", "\n", " ", " ", "according to", "claimed", "(", ")", "—", "…", "?", "6'2\"", "\0", "🙂", "́", "\r\n"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=60).map("".join)))
@example("")
@example('"' * 500)
@example("’" * 500)
@example("“" * 200 + "a" + "”" * 200)
@example("\ud800 said that \udfff")
def test_rows_are_sorted_in_range_and_never_overlap(text):
    rows = voices(text)
    last = 0
    for start, end, voice in rows[["start", "end", "voice"]].itertuples(index=False):
        assert last <= start < end <= len(text)
        assert voice in ("quoted", "reported", "scare")
        last = end
    bounds = sentences(text)
    assert (bounds["start"] < bounds["end"]).all()
    assert len(unbalanced_quotations(text)) <= len(text)


def test_text_that_is_none_is_refused():
    with pytest.raises(TypeError, match="str"):
        voices(None)  # pyright: ignore[reportArgumentType]


@pytest.mark.shared
def test_human_annotation_of_quotations_and_speakers(shared_data):
    import bench_voices

    figures = bench_voices.basil(shared_data)
    assert figures["quoted"] >= 0.95
    assert figures["surname of persons"] >= 0.80


@pytest.mark.shared
def test_own_annotation_of_indirect_speech_on_the_half_not_looked_at(shared_data):
    import bench_voices

    assert bench_voices.agreement(shared_data)["kappa"] >= 0.8
    assert bench_voices.reported(shared_data, "test")["words F1"] >= 0.85


@pytest.mark.slow
@pytest.mark.parametrize(
    "clause",
    [
        "Putin said that the regime in Iran fell and ",
        'he said "the regime" and ',
        "(the regime of Iran said ",
        "regime of the ",
    ],
)
def test_time_is_linear_in_a_sentence_without_end(clause):
    """Endless sentences, as in lists and tables: four times the text takes no more than about four times as long."""
    lexicon = Lexicon.load("geopolitics")
    find_mentions(clause, lexicon)

    def seconds(repeats: int) -> float:
        begun = time.process_time()
        found = find_mentions(clause * repeats, lexicon)
        assert len(found) >= repeats
        return time.process_time() - begun

    one = min(seconds(1_500) for _ in range(2))
    assert seconds(6_000) < 7 * max(one, 0.05)


@pytest.mark.slow
def test_time_is_linear_in_one_article_of_many_megabytes():
    """One article of 8 MB takes about four times as long as one of 2 MB, sentence, voice, speaker and target included."""
    lexicon = Lexicon.load("geopolitics")
    paragraph = (
        "Putin said on Monday that the regime in Iran had failed. “Our government,” Ann Day added, “is strong.” "
        "According to officials, its leader was a dictator; the invasion of Ukraine went on.\n\n"
    )
    find_mentions(paragraph, lexicon)

    def seconds(characters: int) -> float:
        text = paragraph * (characters // len(paragraph))
        begun = time.process_time()
        found = find_mentions(text, lexicon)
        taken = time.process_time() - begun
        assert text[found["start"].iloc[-1] : found["end"].iloc[-1]] == found["text"].iloc[-1]
        assert (
            found["target"].iloc[-1] == found["target"].iloc[found["start"].searchsorted(len(paragraph)) - 1]
        )
        return taken

    assert seconds(8_000_000) < 7 * max(seconds(2_000_000), 0.05)


def test_what_stood_in_the_rooms_before_does_not_matter(monkeypatch):
    """The tables are not cleared between texts: rules read only what was written for the text at hand."""
    from helpers import _voice_kernels, targets

    texts = [
        'BAGHDAD — "We will not go," Prime Minister Ann Day said on Monday.\n\nDay added that the regime of Iran lied.',
        "Officials said the “axis” had failed. According to Mr. Lee, it was Russia’s invasion, and his government’s.",
    ]
    starts = [np.arange(0, len(text) - 3, 3) for text in texts]
    doc = np.repeat([0, 1], [len(s) for s in starts])
    start = np.concatenate(starts)

    def read():
        rows = annotate_voices(texts, doc, start, start + 3)
        bounds = rows["sentence_start"], rows["sentence_end"]
        return rows.join(targets.annotate_targets(texts, doc, start, start + 3, *bounds))

    clean = read()
    rng = np.random.default_rng(3)

    def littered(shape, dtype):
        return rng.integers(-5, 60, shape).astype(dtype)

    for module in (_voice_kernels, targets):
        monkeypatch.setattr(module, "np", _With(empty=littered))
    pd.testing.assert_frame_equal(read(), clean)
    assert clean["speaker"].notna().any()
    assert clean["target"].notna().any()


class _With:
    """numpy with other functions of some names."""

    def __init__(self, **functions):
        self.functions = functions

    def __getattr__(self, name):
        return self.functions.get(name) or getattr(np, name)


def test_a_longer_name_explains_a_shorter_one_before_it_only_where_it_is_near():
    said, rest = "Trump said the plan had failed.", " The plan was read again by all of them there." * 8
    assert voices(f"{said} Donald Trump then left.")["speaker"].tolist() == ["Donald Trump"]
    assert voices(f"{said}{rest} Visitors came to the Trump Tower.")["speaker"].tolist() == ["Trump"]


PARAGRAPHS = st.sampled_from([
    "Trump said the plan had failed.", "He called it “a huge mistake” on Monday.", "“We will not go,” she said.",
    "“It was never ours.", "“It was theirs, Ann Day said.", "and so it ended,” said Mr. Lee of Texas.", "“Go.” ‘Stay.’ \"So",
    "Donald Trump and Ann Day met. According to officials, nothing came of it.", "Nobody wept. " * 50,
    "Visitors came to the Trump Tower. " * 20, "He said that she had left. " * 20, "Day, the mayor of Lee, noted in a letter:",
])  # fmt: skip


# A quotation that goes on beyond what is read at first; a fuller name that stands there, few long words away; a span
# that reaches beyond its paragraph.
@example(["“It was never ours.", "Nobody wept. " * 50, "and so it ended,” said Mr. Lee."], "\n\n", 0.0)
@example(["Trump said the plan had failed.", "internationalization " * 23, "Donald Trump left."], "\n", 0.04)
@example(
    ["Donald Trump and Ann Day met. According to officials, nothing came of it.", "Trump said the plan had failed."],
    "\n\n", 0.7,
)  # fmt: skip
@example(
    ["Donald Trump and Ann Day met. According to officials, nothing came of it.", "Trump said the plan had failed."],
    " \r\n", 0.7,
)  # fmt: skip
@settings(max_examples=200, deadline=None)
@given(
    st.lists(PARAGRAPHS, min_size=2, max_size=9),
    st.sampled_from(["\n", "\n\n", " \r\n", "\n  \n"]),
    st.floats(0, 1),
)
def test_that_an_article_is_read_only_as_far_as_needed_changes_nothing(parts, between, until):
    """A span is told the same whether or not another span, at the end, has the whole article read."""
    text = between.join(parts)
    last = int(until * (len(text) - 5))
    start = np.append(np.arange(0, last + 1, 7), len(text) - 4)
    doc = np.zeros(len(start), dtype=np.int64)
    whole = annotate_voices([text], doc, start, start + 4).iloc[:-1]
    alone = annotate_voices([text], doc[:-1], start[:-1], start[:-1] + 4)
    pd.testing.assert_frame_equal(alone, whole, check_dtype=False)


def told_by_the_whole(cut, rows, at):
    """Sentence, voice and speaker of the word's letter at `at`, by the sentences and voices of the whole text."""
    inside = cut[(cut["start"] <= at) & (at < cut["end"])].iloc[0]
    row = rows[(rows["start"] <= at) & (at < rows["end"])]
    voice, speaker = row[["voice", "speaker"]].iloc[0] if len(row) else ("narrator", None)
    return inside["start"], inside["end"], voice, speaker if isinstance(speaker, str) else None


# What stands elsewhere and counts: a quotation lost after one that is carried on, a mark that closes what an earlier
# paragraph opened, the office of somebody named before, a name after a verb that ends its paragraph, a fuller name.
@pytest.mark.slow
@example(
    ["“No. He talked.", "“The rich will, Ann Day said.", "Many took it. “Trump Might Hike” was next."], "\n\n"
)
@example(["She said: “Go.", "and stay,” and left.", "The “axis” fell, Mr. Lee of Texas said."], "\n")
@example(["Mr. Lee met Senator Ann Day.", "The old senator said that it was over."], "\n")
@example(["The plan had failed “long ago” said", "internationalization " * 5 + "Trump left."], "\n")
@example(["Trump said the plan had failed.", "internationalization " * 23, "Donald Trump left."], "\n")
@settings(max_examples=150, deadline=None)
@given(st.lists(PARAGRAPHS, min_size=1, max_size=9), st.sampled_from(["\n", "\n\n", " \r\n", "\n  \n", "\r"]))
def test_a_span_is_told_from_its_paragraph_as_from_the_whole_text(parts, between):
    text = between.join(parts)
    starts = np.array([word.start() for word in re.finditer(r"[^\W\d_]+", text)], dtype=np.int64)
    starts = starts[:: max(len(starts) // 40, 1)]
    alone = annotate_voices([text] * len(starts), np.arange(len(starts)), starts, starts + 1)
    found = [(a, b, v, s if isinstance(s, str) else None) for a, b, v, s in alone.itertuples(index=False)]
    cut, rows = sentences(text), voices(text)
    assert found == [told_by_the_whole(cut, rows, at) for at in starts.tolist()]
