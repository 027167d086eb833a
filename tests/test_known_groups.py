"""On labelled news: speed, memory, the known difference of outlets, and baselines held against themselves."""

import resource
import time

import pandas as pd
import pytest

from helpers.baseline import Baseline
from helpers.compare import compare_groups, compare_to_baseline
from helpers.lexicon import Lexicon
from helpers.scores import score
from helpers.tallies import tally

pytestmark = [pytest.mark.shared, pytest.mark.slow]


@pytest.fixture(scope="module")
def news(shared_data):
    return pd.read_parquet(shared_data / "outlet_articles.parquet")


@pytest.mark.timing  # runs by itself, without a tracer
def test_all_lexicons_over_all_outlets_in_ten_seconds_and_two_gigabytes(news):
    lexicon = Lexicon.load_all()
    hits = tally(news, lexicon)
    places = hits.counts.tocoo()
    mentions = pd.DataFrame(
        {
            "doc_id": news["doc_id"].to_numpy()[places.row].repeat(places.data.astype(int)),
            "term": pd.Series(lexicon.patterns).to_numpy()[places.col].repeat(places.data.astype(int)),
        }
    )
    mentions["start"] = range(len(mentions))
    compare_groups(news.head(200), lexicon, "outlet", resamples=10)  # compiled once, not timed
    started = time.perf_counter()
    result = compare_groups(news, lexicon, "outlet", mentions=mentions)
    assert time.perf_counter() - started < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < 2e6
    assert result["outlet"].nunique() == 12


def test_right_rated_outlets_use_these_words_more_than_centre_rated_ones(news):
    loaded = {"regime": "regime*", "illegal alien": "illegal alien*", "radical": "radical*"}
    rows = [(term, name, name, "critical") for name, term in loaded.items()]
    rows += [("government*", "regime", "", "neutral"), ("immigrant*", "illegal alien", "", "neutral")]
    rows += [("activist*", "radical", "", "neutral")]
    small = Lexicon(pd.DataFrame(rows, columns=["term", "concept", "frame", "stance"]), {"name": "known"})
    result = compare_groups(news, small, "leaning", reference="center")
    right = result[result["leaning"].eq("right")].set_index("frame")
    assert (right.loc[list(loaded), "ratio"] > 1).all()
    for name in ("illegal alien", "radical"):
        assert right.loc[name, "low"] > 1, name
        assert right.loc[name, "q"] < 0.05, name
    # In this file "regime" stands .97 times in 10,000 words on the right and .87 in the centre: 101 mentions in
    # 52 articles. Words taken for independent do not make that a difference, and neither do articles.
    assert right.loc["regime", "low"] < 1 < right.loc["regime", "high"]
    # Two thirds of the centre's stand in one magazine of world affairs. Beside the other outlets it is a difference.
    others = news[news["outlet"].ne("Christian Science Monitor")]
    result = compare_groups(others, small, "leaning", reference="center")
    regime = result[result["leaning"].eq("right") & result["frame"].eq("regime")].squeeze()
    assert regime["low"] > 1
    assert regime["q"] < 0.05


def test_the_baseline_held_against_itself_finds_no_more_than_chance(news):
    centre = news[news["leaning"].eq("center")]
    lexicon = Lexicon.load("geopolitics")
    held = Baseline.build(centre.head(1500), lexicon, title="half")
    other = compare_to_baseline(score(centre.iloc[1500:3000], lexicon), held)
    whole = other[other["frame"].eq("all")]
    assert (whole["p"] < 0.05).mean() < 0.08
    assert 0.02 < (whole["percentile"] > 95).mean() < 0.09
    assert (other["q"] < 0.05).mean() < 0.01
