"""A small lexicon and simulated articles that the tests of comparisons share."""

import numpy as np
import pandas as pd

from helpers.lexicon import Lexicon

TERMS = [
    ("government*", "government", "", "neutral"),
    ("regime*", "government", "illegitimacy", "critical"),
    ("tax regime*", "", "", "ignore"),
    ("president*", "ruler", "", "neutral"),
    ("dictator*", "ruler", "illegitimacy", "critical"),
    ("statesman", "ruler", "heroism", "favourable"),
    ("attack*", "force", "", "neutral"),
    ("invasion*", "force", "aggression", "critical"),
    ("special operation*", "force", "euphemism", "favourable"),
    ("chaos", "mood", "alarm", "critical"),
]


def lexicon() -> Lexicon:
    """Four concepts, the last without a neutral term, and five frames."""
    table = pd.DataFrame(TERMS, columns=["term", "concept", "frame", "stance"])
    return Lexicon(table, {"name": "small", "title": "Small"})


WORDS = {"government": 3, "president": 3, "attack": 2, "regime": 1, "dictator": 0.6, "invasion": 0.5}


def articles(m=60, seed=0, factor=1.0, outlet="A", length=(150, 400)) -> pd.DataFrame:
    """Articles of filler with terms strewn in; `factor` multiplies the loaded ones."""
    rng = np.random.default_rng(seed)
    filler = np.array(
        [
            "the",
            "of",
            "and",
            "was",
            "said",
            "on",
            "in",
            "to",
            "market",
            "city",
            "river",
            "people",
            "day",
            "report",
            "found",
        ]
    )
    texts = []
    for _ in range(m):
        n = int(rng.integers(*length))
        words = rng.choice(filler, n).astype(object)
        level = rng.gamma(2.0, 0.5)
        for term, rate in WORDS.items():
            loaded = term in ("regime", "dictator", "invasion")
            count = rng.poisson(rate * (factor if loaded else 1) * level * n / 400)
            words[rng.integers(0, n, count)] = term
        texts.append(" ".join(words) + ".")
    dates = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 700, m), unit="D")
    topics = rng.choice(["war", "trade", "sport"], m)
    return pd.DataFrame(
        {
            "doc_id": [f"{outlet}_{i:03d}" for i in range(m)],
            "text": texts,
            "outlet": outlet,
            "date": dates,
            "topic": topics,
        }
    )


def outlets(m=60, factors=(1.0, 1.0, 3.0), seed=0) -> pd.DataFrame:
    """Three outlets, the last of which uses loaded terms `factors[2]` times as often."""
    return pd.concat(
        [articles(m, seed + i, f, name) for i, (name, f) in enumerate(zip("ABC", factors, strict=True))],
        ignore_index=True,
    )
