"""Stress tests of a lexicon: on which terms a result rests, and what is left without them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from helpers.articles import as_articles
from helpers.engine import compile_terms, scan
from helpers.lexicon import LOADED, Lexicon
from helpers.roles import roles_of
from helpers.scores import score
from helpers.tallies import Tally, as_list, group_codes, tally

if TYPE_CHECKING:
    from helpers.baseline import Baseline

Array = np.ndarray


@dataclass(frozen=True)
class StressTest:
    """What `stress_test` found, as tables.

    Attributes
    ----------
    terms : DataFrame
        ``term stance frames mentions articles share cumulative rate_without change order_kept precision``:
        one row a loaded term that stands in the articles, commonest first. `share` is of all loaded mentions,
        `change` how far the rate moves without the term (-0.2: a fifth lower), `order_kept` whether the groups
        keep their order by rate.
    variants : DataFrame
        Scores with all terms, and without the commonest one and the commonest few: ``variant left_out`` and
        the columns of `score` (of the comparison, where there is a baseline).
    coverage : DataFrame
        ``frame terms seen mentions articles articles_share top_term top_share top_three_share effective_terms``:
        how many of the frame's terms stand in the articles at all, and how even they are; `effective_terms` is
        1 / sum of squared shares.
    senses : DataFrame
        ``term reason entries ignore_phrases silenced silenced_share precision low high judged``: terms with
        several senses, because they stand in several entries of the lexicon, or because longer phrases that
        hold them are ignored; `silenced` counts the places that such phrases took.
    precision : DataFrame
        From `read_precision`, where it was given; empty otherwise.
    """

    terms: pd.DataFrame
    variants: pd.DataFrame
    coverage: pd.DataFrame
    senses: pd.DataFrame
    precision: pd.DataFrame


def stress_test(
    articles: pd.DataFrame | Sequence[str] | str,
    lexicon: Lexicon,
    *,
    by: str | Sequence[str] | None = None,
    mentions: pd.DataFrame | None = None,
    part: str = "body",
    voice: str | Sequence[str] | None = None,
    baseline: Baseline | None = None,
    precision: pd.DataFrame | None = None,
    top: int = 3,
    seed: int = 0,
) -> StressTest:
    """Find out on which terms a result rests, and what is left without them.

    Parameters
    ----------
    articles : DataFrame, list of str or str
        Articles.
    lexicon : Lexicon
        The lexicon to test.
    by : str or list of str, optional
        Columns of groups; by default all articles are one group.
    mentions : DataFrame, optional
        From `find_mentions` with the same articles and lexicon.
    part, voice : str
        As for `score`.
    baseline : Baseline, optional
        Hold each variant against it.
    precision : DataFrame, optional
        From `read_precision`: how often each term was used in the lexicon's sense.
    top : int
        How many of the commonest terms to leave out together.
    seed : int
        Of the intervals' bootstrap.

    Returns
    -------
    StressTest
        Tables; see there.

    Raises
    ------
    ValueError
        If no loaded term stands in the articles.

    Notes
    -----
    Leaving a term out takes away its mentions and nothing else: a shorter term inside a phrase that was left
    out does not come up in its place.

    Examples
    --------
    >>> lexicon = Lexicon(pd.DataFrame({
    ...     "term": ["government*", "regime*", "junta*"], "concept": "government",
    ...     "frame": ["", "illegitimacy", "illegitimacy"], "stance": ["neutral", "critical", "critical"]}))
    >>> test = stress_test(["The regime fell. The regime!", "A junta, a government."], lexicon)
    >>> test.terms[["term", "mentions", "change"]].round(2).values.tolist()
    [['regime*', 2, -0.67], ['junta*', 1, -0.33]]
    """
    frame = as_articles(articles)
    counted = tally(frame, lexicon, mentions=mentions, part=part, voice=voice)
    keys = [] if by is None else as_list(by)
    codes = np.zeros(len(frame), int) if not keys else group_codes(frame, keys)[0]
    terms = _terms(counted, codes)
    if terms.empty:
        raise ValueError(
            f"no loaded term of lexicon {lexicon.name!r} stands in the {len(frame):,} articles; "
            "there is nothing to stress"
        )
    judged = pd.DataFrame() if precision is None else precision
    known = {} if judged.empty else dict(zip(judged["term"], judged["precision"], strict=True))
    terms["precision"] = terms["term"].map(known).astype(float)
    by_words = {"by": keys, "part": part, "voice": voice, "seed": seed}
    variants = _variants(frame, counted, terms["term"].tolist(), top, baseline, by_words)
    return StressTest(terms, variants, _coverage(counted), _senses(frame, counted, part, judged), judged)


def _terms(counted: Tally, codes: Array) -> pd.DataFrame:
    """One row a loaded term: share, and the rate (and the groups' order) without it."""
    roles = roles_of(counted.lexicon)
    loaded = roles.loaded[:, 0] > 0
    counts = counted.counts[codes >= 0]
    kept = codes[codes >= 0]
    groups = int(kept.max(initial=0)) + 1
    words = np.bincount(kept, counted.words[codes >= 0], minlength=groups)
    total = np.asarray(counts.sum(axis=0)).ravel()
    articles = np.asarray((counts > 0).sum(axis=0)).ravel()
    order = np.flatnonzero(loaded & (total > 0))
    patterns = np.array(counted.lexicon.patterns, dtype=object)
    order = order[np.lexsort([patterns[order].astype(str), -total[order]])]
    everything, all_words = float(total[loaded].sum()), float(words.sum())
    by_group = np.vstack(
        [np.asarray(counts[np.flatnonzero(kept == g)].sum(axis=0)).ravel() for g in range(groups)]
    )
    full = by_group[:, loaded].sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        without = (full[:, None] - by_group[:, order]) / words[:, None]
        ranking = np.argsort(full / words, kind="stable")
    same = (np.diff(without[ranking], axis=0) >= 0).all(axis=0)
    entries = counted.lexicon.terms
    entries = entries[entries["stance"].isin(LOADED)].groupby("term", sort=False)
    about = entries.agg({"stance": _joined, "frame": _joined})
    names = patterns[order]
    share = total[order] / max(everything, 1)
    return pd.DataFrame(
        {
            "term": names.astype(str),
            "stance": about.loc[names, "stance"].to_numpy(),
            "frames": about.loc[names, "frame"].to_numpy(),
            "mentions": total[order].astype(int),
            "articles": articles[order].astype(int),
            "share": share,
            "cumulative": share.cumsum(),
            "rate_without": 1000 * (everything - total[order]) / max(all_words, 1),
            "change": -share,
            "order_kept": same if groups > 1 else np.ones(len(order), bool),
        }
    )


def _joined(values: pd.Series) -> str:
    return ", ".join(dict.fromkeys(values))


def _variants(frame, counted: Tally, ranked: list[str], top: int, baseline, options) -> pd.DataFrame:
    """Scores with all terms, without the commonest, and without the commonest few."""
    tables = []
    for count in dict.fromkeys((0, 1, top)):
        gone = ranked[:count]
        if len(gone) == len(ranked) or len(gone) < count:
            continue
        lexicon = counted.lexicon.without(gone) if gone else counted.lexicon
        places = _as_mentions(counted, set(gone))
        narrowed = {key: value for key, value in options.items() if key != "voice"}
        table = score(frame, lexicon, mentions=places, **narrowed)
        if baseline is not None:
            from helpers.against import compare_to_baseline

            table = compare_to_baseline(table, baseline, lexicon=lexicon)
        name = "all terms" if not gone else "without the commonest" + (f" {count}" if count > 1 else "")
        tables.append(table.assign(variant=name, left_out=", ".join(gone)))
    result = pd.concat(tables, ignore_index=True)
    return result[["variant", "left_out", *(c for c in result if c not in ("variant", "left_out"))]]


def _as_mentions(counted: Tally, gone: set[str]) -> pd.DataFrame:
    """Turn counts back into as many rows of mentions, without some terms."""
    places = counted.counts.tocoo()
    times = places.data.astype(int)
    doc, term = np.repeat(places.coords[0], times), np.repeat(places.coords[1], times)
    names = np.array(counted.lexicon.patterns, dtype=object)[term]
    table = pd.DataFrame(
        {"doc_id": counted.articles["doc_id"].to_numpy()[doc], "start": np.arange(len(doc)), "term": names}
    )
    return table[~table["term"].isin(gone)]


def _coverage(counted: Tally) -> pd.DataFrame:
    roles = roles_of(counted.lexicon)
    patterns = np.array(counted.lexicon.patterns, dtype=object)
    total = np.asarray(counted.counts.sum(axis=0)).ravel()
    rows = []
    for place, name in enumerate(roles.frames):
        mine = np.flatnonzero(roles.loaded[:, place])
        counts = np.sort(total[mine])[::-1]
        mentions = float(counts.sum())
        shares = counts / mentions if mentions else np.full(len(counts), np.nan)
        having = int((np.asarray(counted.counts[:, mine].sum(axis=1)).ravel() > 0).sum())
        rows.append(
            {
                "frame": name,
                "terms": len(mine),
                "seen": int((counts > 0).sum()),
                "mentions": int(mentions),
                "articles": having,
                "articles_share": having / len(counted.words),
                "top_term": str(patterns[mine[np.argmax(total[mine])]]) if mentions else "",
                "top_share": float(shares[0]),
                "top_three_share": float(shares[:3].sum()),
                "effective_terms": float(1 / (shares**2).sum()) if mentions else float("nan"),
            }
        )
    return pd.DataFrame(rows)


def _senses(frame: pd.DataFrame, counted: Tally, part: str, judged: pd.DataFrame) -> pd.DataFrame:
    """Terms in several entries, and terms that ignored phrases take places from."""
    lexicon = counted.lexicon
    terms = lexicon.terms
    real = terms[terms["stance"] != "ignore"]
    entries = real.drop_duplicates(["term", "concept", "stance"]).groupby("term").size()
    phrases = list(dict.fromkeys(terms.loc[terms["stance"] == "ignore", "term"]))
    holders = _holders(lexicon, phrases)
    total = np.asarray(counted.counts.sum(axis=0)).ravel()
    seen = dict(zip(lexicon.patterns, total, strict=True))
    taken = _phrase_counts(frame, lexicon, phrases, part)
    known = (
        {}
        if judged.empty
        else judged.set_index("term")[["precision", "low", "high", "judged"]].to_dict("index")
    )
    rows = []
    for term in dict.fromkeys(real["term"]):
        silencing = holders.get(term, [])
        silenced = sum(taken.get(phrase, 0) for phrase in silencing)
        if entries[term] < 2 and not silencing:
            continue
        if not silenced and not seen.get(term):
            continue
        reasons = [f"{entries[term]} entries"] if entries[term] > 1 else []
        reasons += [f"{len(silencing)} ignored phrases hold it"] if silencing else []
        note = known.get(term, {"precision": np.nan, "low": np.nan, "high": np.nan, "judged": 0})
        whole = silenced + seen.get(term, 0)
        rows.append(
            {"term": term, "reason": "; ".join(reasons), "entries": int(entries[term]),
             "ignore_phrases": len(silencing), "mentions": int(seen.get(term, 0)), "silenced": int(silenced),
             "silenced_share": silenced / whole if whole else float("nan"), **note}
        )  # fmt: skip
    columns = ["term", "reason", "entries", "ignore_phrases", "mentions", "silenced", "silenced_share"]
    table = pd.DataFrame(rows, columns=[*columns, "precision", "low", "high", "judged"])
    return table.sort_values(["silenced", "term"], ascending=[False, True], ignore_index=True)


def _holders(lexicon: Lexicon, phrases: list[str]) -> dict[str, list[str]]:
    """Return for each term the ignored phrases that hold it."""
    real = list(dict.fromkeys(lexicon.terms.loc[lexicon.terms["stance"] != "ignore", "term"]))
    if not phrases:
        return {}
    plain = [phrase.replace("*", "") for phrase in phrases]
    hits = scan(plain, compile_terms(real))
    found: dict[str, list[str]] = {}
    for doc, term in zip(hits.doc.tolist(), hits.term.tolist(), strict=True):
        found.setdefault(real[term], []).append(phrases[doc])
    return {term: list(dict.fromkeys(names)) for term, names in found.items()}


def _phrase_counts(frame: pd.DataFrame, lexicon: Lexicon, phrases: list[str], part: str) -> dict[str, int]:
    if not phrases:
        return {}
    column = "title" if part == "title" else "text"
    hits = scan(frame[column].fillna(""), lexicon.compiled)
    counts = np.bincount(hits.term, minlength=len(lexicon.patterns))
    everything = dict(zip(lexicon.patterns, counts.tolist(), strict=True))
    return {phrase: everything[phrase] for phrase in phrases}
