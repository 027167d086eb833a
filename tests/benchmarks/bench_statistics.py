"""Simulated corpora with known truth: do the intervals cover, do the tests err as often as they say?

``make bench-statistics``, or ``python tests/benchmarks/bench_statistics.py [data sets]``. Each promise is
checked on 2,000 data sets (p values on 4,000) drawn over the range that the issue names: 20-500 articles a group, 150-1,500 words
an article, rates of 0.1-10 per 1,000 words, negative binomial counts. Exit code 1 if a promise is not kept.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two processes share two cores

import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
from _record import record

from helpers import intervals
from helpers._baseline_fit import Fit
from helpers.against import _rates
from helpers.groups import Sheet, measure
from helpers.intervals import false_discovery
from helpers.models import fit_counts
from helpers.permute import Contrast, permutation_p
from helpers.roles import Roles

SHAPES = (0.3, 1.0, 3.0, np.inf)  # of the Gamma distribution of rates over articles; inf is Poisson
RESAMPLES = 2000
TEST_RESAMPLES = 400  # p is then a multiple of 1 / 401, none of which is .05 itself


def roles(frames: int, concepts: int) -> Roles:
    """Frames, each naming every concept: what a lexicon of one-frame terms would give."""
    pairs = np.array([(f, c) for f in range(frames) for c in range(concepts)], int).reshape(-1, 2)
    empty = np.zeros((0, 0))
    names = [f"frame {i}" for i in range(frames)]
    return Roles(names, empty, [str(c) for c in range(concepts)], empty, empty, empty, pairs, empty)


def sheet(words, mentions, loaded=None, neutral=None) -> Sheet:
    """Counts as `sheet_of` would lay them out, the first frame's pairs being `loaded`."""
    m, f = mentions.shape
    c = 0 if neutral is None else neutral.shape[1]
    chosen = np.zeros((m, f * c))
    if c:
        chosen[:, :c] = loaded
    opportunities = np.zeros((m, f)), np.zeros((m, f))
    if c:
        opportunities[0][:, 0], opportunities[1][:, 0] = neutral.sum(axis=1), loaded.sum(axis=1)
    cells = np.column_stack([words, mentions, chosen, *([] if neutral is None else [neutral])]).astype(float)
    names = np.array([f"{i:06d}" for i in range(m)], dtype=object)
    mix = np.tile(chosen[:, :c].sum(axis=0) + (neutral.sum(axis=0) if c else 0), f)
    return Sheet(names, np.arange(m), cells, *opportunities, roles(f, c), mix)


def draw(rng, m, rate, shape):
    """Words and counts of m articles."""
    words = rng.integers(150, 1501, m)
    level = rng.gamma(shape, 1 / shape, m) if np.isfinite(shape) else np.ones(m)
    return words, rng.poisson(rate / 1000 * words * level)


def settings(rng):
    """One group's size, rate and shape, over the whole range."""
    m = int(np.exp(rng.uniform(np.log(20), np.log(500))))
    rate = float(np.exp(rng.uniform(np.log(0.1), np.log(10))))
    return m, rate, float(rng.choice(SHAPES))


def group_promises(rng, n):
    """Coverage of rates, ratios and differences of two groups; the plain bootstrap's beside it."""
    rows = []
    for i in range(n):
        (m1, rate1, shape), (m2, _, _) = settings(rng), settings(rng)
        rate2 = float(np.clip(rate1 * np.exp(rng.normal(0, 0.5)), 0.1, 10))
        sides = []
        for m, rate in ((m1, rate1), (m2, rate2)):
            words, counts = draw(rng, m, rate, shape)
            one = sheet(words, counts[:, None])
            sides.append(measure(one, np.arange(m), resamples=RESAMPLES, seed=i))
        a, b = sides
        low, high = a.rate_bounds
        down, up = intervals.difference_interval(a.rate, a.rate_bounds, b.rate, b.rate_bounds)
        left, right = intervals.ratio_interval(a.median, a.rate_bounds, b.median, b.rate_bounds)
        plain = np.quantile(a.draws[:, 1] / a.draws[:, 0], [0.025, 0.975])
        truth = rate1 / 1000
        rows.append(
            {
                "expected": m1 * 0.825 * rate1,
                "articles": m1,
                "shape": shape,
                "rate": low[0] <= truth <= high[0],
                "ratio": left[0] <= rate1 / rate2 <= right[0],
                "difference": down[0] <= (rate1 - rate2) / 1000 <= up[0],
                "plain bootstrap": plain[0] <= truth <= plain[1],
            }
        )
    return pd.DataFrame(rows)


def share_promises(rng, n):
    """Coverage of choice shares pooled over three concepts, and of their differences."""
    rows = []
    for i in range(n):
        sides, truths = [], []
        mix = rng.dirichlet(np.ones(3) * 3)
        per_article = float(np.exp(rng.uniform(np.log(0.5), np.log(8))))
        spread = float(rng.choice((2.0, 8.0, 50.0)))
        base = rng.uniform(0.03, 0.6, 3)
        for side in range(2):
            m = int(np.exp(rng.uniform(np.log(20), np.log(500))))
            means = np.clip(base + (rng.normal(0, 0.05) if side else 0), 0.02, 0.9)
            level = rng.gamma(1.5, 1 / 1.5, (m, 1))
            total = rng.poisson(per_article * mix * level)
            p = rng.beta(means * spread, (1 - means) * spread, (m, 3))
            loaded = rng.binomial(total, p)
            words = rng.integers(150, 1501, m)
            one = sheet(words, loaded.sum(axis=1)[:, None], loaded, total - loaded)
            one = replace(one, mix=mix)
            sides.append(measure(one, np.arange(m), resamples=RESAMPLES, seed=i))
            truths.append(float(mix @ means))
        (a, b), (x, y) = sides, truths
        down, up = intervals.difference_interval(a.share, a.share_bounds, b.share, b.share_bounds)
        rows.append(
            {
                "articles": a.articles,
                "share": a.share_bounds[0][0] <= x <= a.share_bounds[1][0],
                "share difference": down[0] <= x - y <= up[0],
            }
        )
    return pd.DataFrame(rows)


def article_promise(rng, n):
    """Coverage of one article's ratio to a baseline of 50-500 articles that it comes from."""
    rows = []
    for _ in range(n):
        rate = float(np.exp(rng.uniform(np.log(0.5), np.log(10))))
        shape = float(rng.choice((0.5, 1.0, 3.0)))
        m = int(np.exp(rng.uniform(np.log(50), np.log(500))))
        words, counts = draw(rng, m, rate, shape)
        model = fit_counts(counts, words)
        own = rate / 1000 * rng.gamma(shape, 1 / shape)
        length = int(rng.integers(150, 1501))
        k = rng.poisson(own * length)
        total, n_words = counts.sum(), words.sum()
        variance = ((counts - words * total / n_words) ** 2).sum() / n_words**2 * m / (m - 1)
        size = intervals.total_size(total, n_words, variance, m)
        bounds = intervals.clustered_rate_interval(np.array([total]), n_words, size)
        fit = Fit(roles(1, 0), [model], [(0.5, 0.5)], np.zeros(1), np.zeros(0), 1.2, bounds, [[]], [[]])
        row = pd.DataFrame({"mentions": [k], "words": [length]})
        made = _rates(row, fit, np.array([0]), np.ones(1), 0.95)
        rows.append(
            {
                "ratio to baseline": made["low"][0] <= own / (rate / 1000) <= made["high"][0],
                "p < .05": made["p"][0] < 0.05,
            }
        )
    return pd.DataFrame(rows)


def null_p(rng, n):
    """Permutation p of two groups that do not differ: of rates and of shares."""
    rows = []
    for i in range(n):
        (m1, rate, shape), (m2, _, _) = settings(rng), settings(rng)
        words, counts = draw(rng, m1 + m2, rate, shape)
        total = rng.poisson(3 * rng.gamma(1.5, 1 / 1.5, (m1 + m2, 1)) * np.array([0.5, 0.3, 0.2]))
        loaded = rng.binomial(total, rng.beta(1.5, 6, (m1 + m2, 1)))
        one = sheet(words, counts[:, None], loaded, total - loaded)
        codes = (np.arange(m1 + m2) >= m1).astype(int)
        p, share_p = permutation_p(one, codes, [Contrast(0)], resamples=TEST_RESAMPLES, seed=i)
        rows.append({"p rate": p[0, 0], "p share": share_p[0, 0], "expected": m1 * 0.825 * rate})
    return pd.DataFrame(rows)


def null_uneven(rng, n):
    """The same where articles of the two sides differ fourfold in length, and rates are 0.1-1 per 1,000 words.

    Labels are then not exchangeable, and few mentions decide. Opportunities grow with the article.
    """
    rows = []
    for i in range(n):
        (m1, _, shape), (m2, _, _) = settings(rng), settings(rng)
        rate = float(np.exp(rng.uniform(np.log(0.1), np.log(1))))
        short, long = rng.integers(150, 376, m1), rng.integers(600, 1501, m2)
        words = np.concatenate([short, long])
        level = rng.gamma(shape, 1 / shape, m1 + m2) if np.isfinite(shape) else np.ones(m1 + m2)
        counts = rng.poisson(rate / 1000 * words * level)
        total = rng.poisson(
            3 * words[:, None] / 825 * rng.gamma(1.5, 1 / 1.5, (m1 + m2, 1)) * np.array([0.5, 0.3, 0.2])
        )
        loaded = rng.binomial(total, rng.beta(1.5, 6, (m1 + m2, 1)))
        one = sheet(words, counts[:, None], loaded, total - loaded)
        codes = (np.arange(m1 + m2) >= m1).astype(int)
        p, share_p = permutation_p(one, codes, [Contrast(0)], resamples=TEST_RESAMPLES, seed=i)
        rows.append({"p rate": p[0, 0], "p share": share_p[0, 0], "expected": short.sum() / 1000 * rate})
    return pd.DataFrame(rows)


def discoveries(rng, n, frames=60, true=5):
    """Sixty frames of which five differ threefold: realised false-discovery rate and power at q < .05."""
    rows = []
    for i in range(n):
        m = int(rng.integers(40, 101))
        words = rng.integers(150, 1501, 2 * m)
        rates = np.exp(rng.uniform(np.log(0.1), np.log(10), frames))
        shape = rng.choice((0.3, 1.0, 3.0), frames)
        effect = np.ones(frames)
        effect[:true] = rng.choice((3.0, 1 / 3), true)
        level = rng.gamma(shape, 1 / shape, (2 * m, frames))
        factor = np.where(np.arange(2 * m)[:, None] < m, effect, 1.0)
        counts = rng.poisson(rates / 1000 * words[:, None] * level * factor)
        codes = (np.arange(2 * m) >= m).astype(int)
        p, _ = permutation_p(sheet(words, counts), codes, [Contrast(0)], resamples=500, seed=i)
        found = false_discovery(p[0]) < 0.05
        rows.append({"false": found[true:].sum() / max(found.sum(), 1), "power": found[:true].mean()})
    return pd.DataFrame(rows)


def in_parts(function: Callable, n: int, pool: ProcessPoolExecutor, parts: int = 8) -> list[Future]:
    """Start n data sets in parts, each with its own seed, so that both cores work and the result is the same."""
    seeds = np.random.SeedSequence([20, *function.__name__.encode()]).spawn(parts)
    sizes = [len(x) for x in np.array_split(np.arange(n), parts)]
    return [
        pool.submit(function, np.random.default_rng(s), k) for s, k in zip(seeds, sizes, strict=True) if k
    ]


def lines(n: int) -> list[tuple[str, float, float, float, bool]]:
    """Every promise: what, measured, lowest and highest allowed, and whether it is one we make."""
    functions = (group_promises, share_promises, article_promise, null_p, null_uneven, discoveries)
    with ProcessPoolExecutor(2) as pool:
        # A rate of 5% of 2,000 is known to a point only; the p values get twice as many.
        sizes = [2 * n if function in (null_p, null_uneven) else n for function in functions]
        started = [in_parts(f, size, pool) for f, size in zip(functions, sizes, strict=True)]
        groups, shares, article, null, uneven, found = (
            pd.concat([part.result() for part in parts], ignore_index=True) for parts in started
        )
    table = [
        (f"95% interval, {c}", groups[c].mean(), 0.93, 0.97, True) for c in ("rate", "ratio", "difference")
    ]
    table += [
        (f"95% interval, {c}", shares[c].mean(), 0.93, 0.97, True) for c in ("share", "share difference")
    ]
    table += [
        ("95% interval, article's ratio to baseline", article["ratio to baseline"].mean(), 0.93, 0.97, True)
    ]
    for name, some in (
        ("under 5 mentions expected", groups["expected"] < 5),
        ("5-50 expected", groups["expected"].between(5, 50)),
        ("over 50 expected", groups["expected"] > 50),
        ("20-40 articles", groups["articles"] < 40),
        ("articles very uneven (shape .3)", groups["shape"] == 0.3),
    ):
        for c in ("rate", "ratio", "difference"):
            table.append((f"   {c}, {name} (n={some.sum()})", groups.loc[some, c].mean(), 0.93, 0.97, False))
    table += [
        (
            "   for comparison: plain percentile bootstrap, rate",
            groups["plain bootstrap"].mean(),
            0.93,
            0.97,
            False,
        )
    ]
    rare = groups["expected"] < 5
    table += [
        (
            "   the same, under 5 mentions expected",
            groups.loc[rare, "plain bootstrap"].mean(),
            0.93,
            0.97,
            False,
        )
    ]
    table += [
        (f"no difference: {c} < .05", (null[c] < 0.05).mean(), 0.04, 0.06, True)
        for c in ("p rate", "p share")
    ]
    rare = null["expected"] < 5
    table += [
        ("   p rate, under 5 mentions expected", (null.loc[rare, "p rate"] < 0.05).mean(), 0.04, 0.06, False)
    ]
    table += [
        (
            f"no difference, articles four times as long: {c} < .05",
            (uneven[c] < 0.05).mean(),
            0.04,
            0.06,
            True,
        )
        for c in ("p rate", "p share")
    ]
    for name, some in (("under 5", uneven["expected"] < 5), ("5 or more", uneven["expected"] >= 5)):
        value = (uneven.loc[some, "p rate"] < 0.05).mean()
        table.append((f"   p rate, {name} mentions expected (n={some.sum()})", value, 0.04, 0.06, False))
    table += [("   article against its own baseline, p < .05", article["p < .05"].mean(), 0.0, 0.06, True)]
    table += [("false discoveries at q < .05, 5 of 60 true", found["false"].mean(), 0.0, 0.05, True)]
    table += [("   power there, threefold effects", found["power"].mean(), 0.0, 1.0, False)]
    return table


def main() -> int:
    """Print the table; 1 if a promise is not kept."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    started = time.perf_counter()
    table = lines(n)
    kept = True
    print(f"{'promise':58} {'measured':>9}  {'allowed':>11}")
    for name, value, low, high, binding in table:
        good = low <= value <= high
        kept &= good or not binding
        mark = ("kept" if good else "NOT KEPT") if binding else ""
        print(f"{name:58} {value:9.3f}  {low:.2f} - {high:.2f}  {mark}")
    source = f"{n:,} simulated data sets, negative binomial counts"
    kept_rows = [
        {
            "measure": name.strip(),
            "value": value,
            "n": 2 * n if "no difference" in name or name.startswith("   p rate") else n,
            "goal": f"{low:g} to {high:g}" if binding else None,
            "source": source,
        }
        for name, value, low, high, binding in table
    ]
    if n >= 1000:  # a quick look leaves recorded figures as they are
        record("statistics", kept_rows)
    print(f"{n:,} data sets each, twice as many for p, {time.perf_counter() - started:.0f} s")
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
