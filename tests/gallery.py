"""Every chart, drawn from invented tables in easy and hard cases: for the gallery tests and the gallery page.

python tests/gallery.py          writes docs/gallery.md and docs/gallery/*.png
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from helpers import charts

REPO = Path(__file__).parents[1]
SOURCE = "invented figures, for showing the chart"
FRAMES = ["ideology", "illegitimacy", "aggression", "collusion", "threat", "alarm", "euphemism"]
LONG = "The Very Long-Winded Provincial Morning Herald and Evening Intelligencer of Upper Lusatia"
CASES = ["usual", "long", "many", "one", "none", "ties", "huge"]


def names(case: str, usual: list[str]) -> list[str]:
    """Names of rows in a case."""
    if case == "long":
        return [f"{LONG} {i}" for i in range(1, 4)] + [
            "Donaudampfschifffahrtsgesellschaftskapitänswitwenverein",
            "$x^2$ & <b>",
        ]
    if case == "many":
        return [f"Outlet number {i}" for i in range(1, 36)]
    return usual[:1] if case == "one" else [] if case == "none" else usual


def counts(case: str, n: int) -> np.ndarray:
    """Mentions of rows in a case."""
    if case == "ties":
        return np.full(n, 4.0)
    size = 30_000_000 if case == "huge" else 17
    return np.floor(size * 0.72 ** np.arange(n) * (1 + 0.3 * np.cos(np.arange(n))))


def _words(case: str) -> int:
    return 2_345_678_901 if case == "huge" else 851


def comparison(case: str) -> pd.DataFrame:
    """As compare_to_baseline returns it."""
    frames = names(case, ["all", *FRAMES]) if case != "long" else ["all", *names(case, [])]
    n = len(frames)
    k, words = counts(case, n), _words(case)
    rate = 1000 * k / words
    base = np.maximum(rate * (0.35 + 0.9 * (np.arange(n) % 4 == 3) + 0.4 * (np.arange(n) % 3 == 2)), 0.3)
    ratio = (rate + 0.2) / (base + 0.2)
    table = pd.DataFrame(
        {
            "doc_id": "a", "frame": frames, "words": words, "mentions": k, "rate": rate,
            "rate_low": rate * 0.55, "rate_high": rate * 1.7 + 0.5, "baseline_rate": base, "baseline_low": base * 0.2,
            "baseline_high": base * 2 + 0.8, "ratio": ratio, "low": ratio * 0.55, "high": ratio * 1.6,
            "percentile": np.clip(50 + 40 * np.log(np.maximum(ratio, 0.1)), 0.1, 99.9), "p": 0.01, "q": 0.01,
            "enough": np.arange(n) % 6 != 5, "baseline": "Centre-rated news 2012–2022",
        }
    )  # fmt: skip
    if case == "ties":
        table[["ratio", "low", "high", "rate", "rate_low", "rate_high"]] = [1.0, 0.6, 1.7, 4.7, 2.0, 9.0]
    return table


def concepts(case: str) -> pd.DataFrame:
    """As score_concepts returns it."""
    rows = names(case, ["government", "ruler", "armed_group", "use_of_force", "alliance", "border"])
    n = len(rows)
    critical = counts(case, n)
    neutral, favourable = np.floor(critical * 0.8 + 2), np.floor(critical * 0.2)
    share = (critical + favourable + 0.5) / (critical + favourable + neutral + 1)
    return pd.DataFrame(
        {
            "doc_id": "a", "concept": rows, "critical": critical, "neutral": neutral, "favourable": favourable,
            "loaded": critical + favourable, "share": share, "share_low": share * 0.6,
            "share_high": np.minimum(share * 1.4, 1), "enough": np.arange(n) != 4, "baseline_share": share * 0.5,
        }
    )  # fmt: skip


def groups(case: str) -> pd.DataFrame:
    """As compare_groups returns it."""
    rows = names(case, ["The Herald", "Daily Observer", "National Wire", "Evening Standard", "Radio One"])
    n = len(rows)
    k = counts(case, n)
    ratio = np.full(n, 1.0) if case == "ties" else 3.2 * 0.6 ** np.arange(n)
    return pd.DataFrame(
        {
            "outlet": rows, "frame": "all", "articles": 120, "words": _words(case) * 100, "mentions": k,
            "rate": 1000 * k / _words(case), "rate_low": 1.0, "rate_high": 2.0, "ratio": ratio, "low": ratio * 0.7,
            "high": ratio * 1.5, "difference": ratio - 1, "difference_low": ratio - 1.4, "difference_high": ratio - 0.5,
            "share": 0.4, "share_difference": np.log(ratio) / 9, "share_difference_low": np.log(ratio) / 9 - 0.1,
            "share_difference_high": np.log(ratio) / 9 + 0.1, "p": 0.01, "q": 0.02, "enough": np.arange(n) % 5 != 4,
        }
    )  # fmt: skip


def swapped(case: str) -> pd.DataFrame:
    """One result under each baseline."""
    rows = names(case, ["News 2012–2022", "Wikinews", "Reuters 1987", "Nearest 200 articles"])
    ratio = np.full(len(rows), 1.0) if case == "ties" else 3.1 * 0.8 ** np.arange(len(rows))
    return pd.DataFrame(
        {
            "baseline": rows, "frame": "all", "words": _words(case), "mentions": 15.0, "ratio": ratio,
            "low": ratio * 0.6, "high": ratio * 1.6, "enough": True,
        }
    )  # fmt: skip


def by_voice(case: str) -> pd.DataFrame:
    """As score(..., by="voice") returns it."""
    frames = names(case, ["all", *FRAMES[:4]])
    parts = []
    for i, voice in enumerate(
        ["narrator", "quoted"] if case != "many" else ["narrator", "quoted", "reported", "scare"]
    ):
        k = counts(case, len(frames)) // (i + 1)
        rate = 1000 * k / _words(case)
        spread = 0.9 if case == "usual" and i == 0 else 0.5
        parts.append(
            pd.DataFrame(
                {
                    "voice": voice, "frame": frames, "words": _words(case), "mentions": k, "rate": rate,
                    "rate_low": rate * spread, "rate_high": rate * 1.08 + 0.4, "enough": np.arange(len(frames)) != 3 + i,
                    "baseline_rate": rate * 0.5 + 0.3,
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def by_target(case: str) -> pd.DataFrame:
    """As score(..., by="target") returns it."""
    targets = names(case, ["China", "Russia", "United States", "Chinese Communist Party", "NATO"])
    frames = ["all", *FRAMES] if case not in ("one", "long") else ["all", *names(case, FRAMES)]
    rows = []
    for i, target in enumerate(targets):
        for j, frame in enumerate(frames):
            k = 4.0 if case == "ties" else float(counts(case, 9)[min(i + j, 8)]) // (1 + j % 3)
            rate = 1000 * k / _words(case)
            rows.append(
                (target, frame, _words(case), k, rate, rate * 0.4, rate * 1.9 + 0.6, (i + j) % 7 != 6)
            )
    columns = ["target", "frame", "words", "mentions", "rate", "rate_low", "rate_high", "enough"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(baseline_rate=1.4, baseline="Centre-rated news") if case == "usual" else table


def by_event(case: str) -> pd.DataFrame:
    """As score(..., by=["event", "outlet"]) returns it."""
    outlets = names(case, ["The Herald", "Daily Observer", "National Wire", "Radio One"])
    events = ["Summit in Moscow", "Border clash of May", "Election night"][: 1 if case == "one" else 3]
    if case == "long":
        events = [f"Event: {LONG}", "Election night"]
    rows = []
    for i, event in enumerate(events):
        for j, outlet in enumerate(outlets):
            if (i, j) == (1, 2):
                continue
            rate = 4.0 if case == "ties" else (1e4 if case == "huge" else 9.0) / (1 + (i + 2 * j) % 5)
            rows.append((event, outlet, 3000, rate * 3, rate, (i + j) % 4 != 3, 2.1))
    columns = ["event", "outlet", "words", "mentions", "rate", "enough", "baseline_rate"]
    return pd.DataFrame(rows, columns=columns)


TEXT = "\n\n".join(" ".join(f"word{i}" for i in range(60)) for _ in range(8))


def mentions(case: str) -> pd.DataFrame:
    """As find_mentions returns it, for TEXT."""
    n = {"one": 1, "none": 0, "many": 120}.get(case, 14)
    starts = np.linspace(0, len(TEXT) - 10, n).astype(int) ** 2 // max(len(TEXT), 1)
    if case == "ties":
        starts[:] = 400
    terms = [
        "regime",
        "authoritarian powers",
        "communist China",
        "conquest",
        "government",
        "de facto alliance",
    ]
    if case == "long":
        terms = [LONG, "regime"]
    frames = ["illegitimacy", "ideology", "ideology", "aggression", "", "collusion"]
    stances = ["critical", "critical", "favourable", "critical", "neutral", "critical"]
    return pd.DataFrame(
        {
            "doc_id": "a", "start": starts, "end": starts + 5, "text": [terms[i % len(terms)] for i in range(n)],
            "frame": [frames[i % 6] for i in range(n)], "stance": [stances[i % 6] for i in range(n)], "part": "body",
        }
    )  # fmt: skip


def trend(case: str) -> pd.DataFrame:
    """As trend returns it."""
    periods = pd.date_range(
        "2014-01-01",
        periods={"one": 1, "none": 0, "many": 150}.get(case, 10),
        freq="YS" if case != "many" else "MS",
    )
    frames = (
        ["all"]
        if case in ("one", "none")
        else ["all", *FRAMES]
        if case == "many"
        else ["all", "ideology", "aggression"]
    )
    frames = names(case, []) if case == "long" else frames
    n = len(periods)
    parts = []
    for j, frame in enumerate(frames):
        rate = (
            np.full(n, 4.0)
            if case == "ties"
            else (6e5 if case == "huge" else 6) * (1 + 0.4 * np.sin(np.arange(n) * 0.9 + j)) / (j + 1)
        )
        parts.append(
            pd.DataFrame(
                {
                    "period": periods, "frame": frame, "articles": 40, "words": 30_000, "mentions": rate * 30,
                    "rate": rate, "rate_low": rate * 0.7, "rate_high": rate * 1.35, "share": 0.4, "share_low": 0.3,
                    "share_high": 0.5, "enough": np.arange(n) % 7 != 5,
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def parts(case: str) -> pd.DataFrame:
    """As contributions returns it."""
    terms = names(case, ["regime", "government*", "strongman", "de facto alliance", "operation", "communist"])
    a = counts(case, len(terms))
    b = a[::-1].copy() if case != "ties" else a.copy()
    rate_a, rate_b = 1000 * a / _words(case), 1000 * b / _words(case)
    return pd.DataFrame(
        {
            "term": terms, "concept": "government", "frame": "illegitimacy", "stance": "critical", "count_a": a,
            "count_b": b, "rate_a": rate_a, "rate_b": rate_b, "difference": rate_a - rate_b, "part": rate_a - rate_b,
        }
    )  # fmt: skip


def words(case: str) -> pd.DataFrame:
    """As distinctive_words of the comparisons returns it."""
    rows = []
    for group in names(case, ["The Herald", "Daily Observer", "National Wire"])[:9]:
        for i, word in enumerate(
            ["regime", "crackdown", "so-called government", "people’s republic", "hundred"]
        ):
            z = 3.0 if case == "ties" else 6.0 / (i + 1)
            rows.append(
                (group, word, counts(case, 5)[i], 30 * (i + 1), 40, 1.6 / (i + 1), z, 0.01 if z > 2 else 0.3)
            )
    columns = ["outlet", "word", "count", "articles", "count_rest", "log_odds", "z", "q"]
    return pd.DataFrame(rows, columns=columns)


def spread(case: str) -> pd.DataFrame:
    """Dispersion of terms."""
    terms = names(case, ["regime", "strongman", "de facto alliance", "communist", "conquest"])
    n = len(terms)
    dp = np.full(n, 0.5) if case == "ties" else np.linspace(0.2, 0.97, n)
    return pd.DataFrame(
        {
            "term": terms,
            "mentions": counts(case, n),
            "articles": 1 + counts(case, n) // 2,
            "dispersion": dp,
            "expected": dp * 0.6,
        }
    )


def bins(case: str) -> pd.DataFrame:
    """Calibration of a classifier."""
    n = {"one": 1, "none": 0, "many": 30}.get(case, 8)
    predicted = np.linspace(0.06, 0.94, n) if n > 1 else np.full(n, 0.4)
    observed = predicted if case == "ties" else np.clip(predicted**1.3, 0, 1)
    return pd.DataFrame(
        {
            "predicted": predicted, "observed": observed, "low": np.clip(observed - 0.08, 0, 1),
            "high": np.clip(observed + 0.08, 0, 1), "n": 10**9 if case == "huge" else 120,
        }
    )  # fmt: skip


def speeds(case: str) -> pd.DataFrame:
    """Benchmark of matchers."""
    rows = []
    engines = names(case, ["re module", "Aho–Corasick", "this engine"])[:9]
    for j, engine in enumerate(engines):
        for size in (1, 10, 100, 1000):
            seconds = (
                size * (1.0 if case == "ties" else 4.0 / (j + 1) ** 2) * (1e6 if case == "huge" else 0.1)
            )
            rows.append((engine, size, seconds, seconds * 0.8, seconds * 1.25))
    return pd.DataFrame(rows, columns=["engine", "megabytes", "seconds", "low", "high"])


def estimated(case: str) -> pd.DataFrame:
    """Estimates of two kinds by group."""
    groups_ = names(case, ["The Herald", "Daily Observer", "National Wire"])
    rows = []
    for i, group in enumerate(groups_):
        for j, kind in enumerate(["naive", "corrected"]):
            value = 0.3 if case == "ties" else 0.5 / (1 + i + 0.3 * j)
            low, high = (np.nan, np.nan) if i % 4 == 3 else (value * 0.7, min(value * 1.3, 1.0))
            rows.append((group, kind, np.nan if i % 4 == 3 else value, low, high))
    return pd.DataFrame(rows, columns=["group", "kind", "value", "low", "high"])


CHARTS: dict[str, Callable[[str], tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]]] = {
    "baseline_position": lambda c: (charts.baseline_position, (comparison(c),), {}),
    "ratio_forest": lambda c: (charts.ratio_forest, (comparison(c),), {}),
    "concept_choices": lambda c: (charts.concept_choices, (concepts(c),), {}),
    "mention_positions": lambda c: (charts.mention_positions, (mentions(c), TEXT), {}),
    "voices_compared": lambda c: (charts.voices_compared, (by_voice(c),), {}),
    "target_heatmap": lambda c: (charts.target_heatmap, (by_target(c),), {"intervals": c == "ties"}),
    "groups_forest": lambda c: (
        charts.groups_forest,
        (groups(c),),
        {"frame": "all" if c != "none" else None},
    ),
    "groups_difference": lambda c: (
        charts.groups_forest,
        (groups(c),),
        {"frame": None, "measure": "share_difference"},
    ),
    "trend_lines": lambda c: (charts.trend_lines, (trend(c),), {}),
    "contribution_bars": lambda c: (
        charts.contribution_bars,
        (parts(c),),
        {"names": ("The Herald", "Daily Observer")},
    ),
    "distinctive_words": lambda c: (charts.distinctive_words, (words(c),), {}),
    "event_heatmap": lambda c: (charts.event_heatmap, (by_event(c),), {}),
    "swap_test": lambda c: (charts.swap_test, (swapped(c),), {}),
    "calibration_curve": lambda c: (charts.calibration_curve, (bins(c),), {}),
    "dispersion": lambda c: (charts.dispersion, (spread(c),), {}),
    "estimates": lambda c: (
        charts.estimates,
        (estimated(c),),
        {"title": "Corrected shares lie below the naive ones", "measure": "Share of sentences, by group"},
    ),
    "engine_speed": lambda c: (charts.engine_speed, (speeds(c),), {}),
}


def draw(name: str, case: str, width: str) -> Any:
    """Draw one chart in one case at one width."""
    function, arguments, options = CHARTS[name](case)
    return function(*arguments, **{"source": SOURCE, "width": width, **options})


def every(cases: list[str] = CASES) -> Iterator[tuple[str, str, str]]:
    """List every chart, case and width."""
    for name in CHARTS:
        for case in cases:
            for width in ("one", "two"):
                yield name, case, width


def write_page(folder: Path = REPO / "docs", names: Iterable[str] = CHARTS) -> Path:
    """Write the gallery page and its pictures."""
    from matplotlib import pyplot as plt

    from helpers.figures import picture
    from helpers.safe import write_whole

    lines = [
        "# Gallery",
        "",
        "Every chart of `helpers.charts` at two columns (170 mm) and at one (85 mm), from invented figures. "
        "This page is made by `python tests/gallery.py`; the tests draw the same charts with long names, many rows, "
        "one row, none, ties and huge counts.",
        "",
    ]
    for name in names:
        lines += [f"## {name}", ""]
        for width in ("two", "one"):
            ax = draw(name, "usual", width)
            write_whole(folder / "gallery" / f"{name}_{width}.png", picture(ax, "png", dpi=110))
            alt = charts.alt_text(ax).replace("[", "(").replace("]", ")")
            lines.append(f"![{alt}](gallery/{name}_{width}.png)")
            plt.close(ax.figure)
        lines += [""]
    return write_whole(folder / "gallery.md", "\n".join(lines))


def write_first_screen(folder: Path = REPO / "docs") -> Path:
    """Draw the README's picture: one of the sample articles against the shipped baseline."""
    from matplotlib import pyplot as plt

    import helpers
    from helpers.figures import picture
    from helpers.safe import write_whole

    articles = helpers.read_articles(REPO / "data" / "samples" / "samples.csv")
    article = articles[articles["doc_id"] == "iran_2015_hostile_west"]
    scores = helpers.score(article, helpers.Lexicon.load("geopolitics"))
    comparison = helpers.compare_to_baseline(scores, helpers.Baseline.load("news"))
    ax = charts.baseline_position(
        comparison, source="Source: sample article iran_2015_hostile_west; lexicon geopolitics; baseline news"
    )
    path = write_whole(folder / "first_screen.png", picture(ax, "png", dpi=110))
    plt.close(ax.figure)
    return path


if __name__ == "__main__":
    import matplotlib

    matplotlib.use("Agg")
    print(write_page())
    print(write_first_screen())
