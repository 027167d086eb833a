"""Making baselines: counts of words and of lexicon terms, by article."""

from __future__ import annotations

import datetime
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers._baseline_terms import TermCounts
from helpers._resources import data_path
from helpers.baseline import Baseline
from helpers.engine import scan
from helpers.lexicon import Lexicon
from helpers.tallies import VOICES, words_of
from helpers.text import WORD
from helpers.voice import annotate_voices

SHIPPED = {
    "news": {
        "title": "plain US news reporting",
        "source": (
            "Associated Press, Christian Science Monitor, NPR and Reuters 2012-2020, rated centre by "
            "AllSides (Article-Bias-Prediction, Baly et al. 2020), and Wikinews (MEANTIME, GUM)"
        ),
        "licence": "counts only; the texts belong to their publishers (Wikinews: CC BY)",
    },
    "reuters_1987": {
        "title": "Reuters newswire of 1987",
        "source": "Reuters-21578 (Lewis 1997)",
        "licence": "counts only; the texts are free for research",
    },
}


def build(
    cls: type[Baseline],
    articles: pd.DataFrame,
    lexicons: Sequence[Lexicon],
    title: str,
    source: str,
    licence: str,
    min_articles: int,
    made: str | None,
) -> Baseline:
    """Count; `Baseline.build` explains."""
    if not len(articles):
        raise ValueError("a baseline needs articles; read some neutral coverage with read_articles()")
    if not lexicons:
        raise ValueError("a baseline is built for at least one lexicon; pass Lexicon.load('geopolitics')")
    for one in lexicons:
        if not isinstance(one, Lexicon):
            raise TypeError(f"lexicon must be a Lexicon or a list of them, not {type(one).__name__}")
    words = words_of(articles)
    if not words.sum():
        raise ValueError("no article has a word in it; check the text column")
    articles = articles[words > 0].reset_index(drop=True)
    vocabulary, counts = _count_words(articles["text"], min_articles)
    meta = {
        "title": title,
        "source": source,
        "licence": licence,
        "made": made or datetime.datetime.now(datetime.UTC).date().isoformat(),
        "how": "Baseline.build",
        "articles": len(articles),
        "articles_without_words": int((words == 0).sum()),
        "words": int(words.sum()),
        "min_articles": min_articles,
        "lexicons": [{"name": x.name, "version": x.version, "sha256": x.sha256} for x in lexicons],
    }
    table = _table(articles, words[words > 0])
    terms = tuple(_count_terms(articles, x) for x in lexicons)
    return cls(title, table, tuple(vocabulary), counts, terms, meta)


def _table(articles: pd.DataFrame, words: np.ndarray) -> pd.DataFrame:
    dates = articles["date"] if "date" in articles else pd.Series(pd.NaT, index=articles.index)
    years = pd.to_datetime(dates, errors="coerce", format="mixed").dt.year
    table = pd.DataFrame({"number": np.arange(len(articles)), "words": words, "year": years.astype("Int16")})
    for column in ("outlet", "topic"):
        values = articles[column] if column in articles else pd.Series(pd.NA, index=articles.index)
        table[column] = values.astype("str").where(values.notna() & values.astype("str").ne(""), None)
    return table


def _count_words(texts: pd.Series, min_articles: int) -> tuple[list[str], sparse.csc_array]:
    from sklearn.feature_extraction.text import CountVectorizer

    least = min(min_articles, len(texts))
    vectorizer = CountVectorizer(lowercase=False, token_pattern=WORD.pattern)
    counts = sparse.csc_array(vectorizer.fit_transform(texts))
    names = vectorizer.get_feature_names_out()
    articles = np.diff(counts.indptr)
    kept = np.flatnonzero(articles >= least)
    kept = kept[np.argsort(-articles[kept], kind="stable")]
    return names[kept].tolist(), sparse.csc_array(counts[:, kept], dtype=float)


def _count_terms(articles: pd.DataFrame, lexicon: Lexicon) -> TermCounts:
    hits = scan(articles["text"], lexicon.compiled)
    marks = annotate_voices(articles["text"].tolist(), hits.doc, hits.start, hits.end)
    voice = pd.Index(VOICES).get_indexer(pd.Index(marks["voice"]))
    keys = pd.DataFrame({"article": hits.doc, "term": hits.term, "voice": voice})
    counts = keys.groupby(["article", "term", "voice"], sort=True).size()
    index = counts.index.to_frame(index=False)
    return TermCounts(
        patterns=tuple(lexicon.patterns),
        lexicon_sha256=lexicon.sha256,
        article=index["article"].to_numpy(dtype=np.int64),
        term=index["term"].to_numpy(dtype=np.int64),
        voice=index["voice"].to_numpy(dtype=np.int64),
        count=counts.to_numpy(),
    )


def shipped_articles(name: str, folder: str | Path) -> pd.DataFrame:
    """Read the articles of a shipped baseline from the folder of the labelled news.

    Parameters
    ----------
    name : str
        ``news`` or ``reuters_1987``.
    folder : str or path
        Where ``outlet_articles.parquet``, ``wikinews.parquet`` and ``reuters_1987.parquet`` lie.

    Returns
    -------
    DataFrame
        ``doc_id text outlet date topic``; texts that occur twice are kept once.
    """
    folder = Path(folder)
    if name == "news":
        centre = pd.read_parquet(folder / "outlet_articles.parquet").query("leaning == 'center'")
        wikinews = pd.read_parquet(folder / "wikinews.parquet").assign(outlet="Wikinews")
        articles = pd.concat([centre, wikinews], ignore_index=True)
    else:
        articles = pd.read_parquet(folder / "reuters_1987.parquet").assign(outlet="Reuters")
        articles["date"] = articles["date"].str.strip().str.split(" ").str[0]
    articles = articles[~articles["text"].duplicated()]
    return articles[["doc_id", "text", "outlet", "date", "topic"]].reset_index(drop=True)


def build_shipped(
    shared: str | Path, to: str | Path | None = None, lexicons: Sequence[Lexicon] | None = None
) -> list[Path]:
    """Build the shipped baselines again: after a lexicon has changed, or to check how they were made.

    Parameters
    ----------
    shared : str or path
        The folder of the labelled news (its ``data`` folder is found too).
    to : str or path, optional
        Where to write; the package's own ``data/baselines`` by default.
    lexicons : sequence of Lexicon, optional
        Every shipped choice lexicon, and their union, by default.

    Returns
    -------
    list of pathlib.Path
        The folders. The same articles and lexicons give the same bytes; the date of making is kept where
        nothing has changed.

    Raises
    ------
    FileNotFoundError
        If the articles are not there.
    """
    folder = Path(shared)
    if not (folder / "outlet_articles.parquet").is_file():
        folder = folder / "data"
    if not (folder / "outlet_articles.parquet").is_file():
        raise FileNotFoundError(
            f"{Path(shared)}: holds no outlet_articles.parquet; name the folder of the labelled news"
        )
    target = Path(to) if to is not None else data_path("baselines")
    if lexicons is None:
        shipped = [x for x in map(Lexicon.load, Lexicon.available()) if x.kind == "choice"]
        lexicons = [*shipped, Lexicon.load_all()] if len(shipped) > 1 else shipped
    paths = []
    for name, facts in SHIPPED.items():
        built = Baseline.build(
            shipped_articles(name, folder),
            lexicons,
            title=facts["title"],
            source=facts["source"],
            licence=facts["licence"],
        )
        built.meta.update(
            name=name, how="framing baseline build-shipped", made=_date(target / name, built.meta)
        )
        paths.append(built.save(target / name))
    return paths


def _date(folder: Path, meta: dict[str, Any]) -> str:
    """Return the date noted before if everything else that is noted is as it was."""
    try:
        old = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return meta["made"]
    same = all(
        old.get(key) == meta[key] for key in ("articles", "words", "min_articles", "lexicons", "source")
    )
    return old["made"] if same and "made" in old else meta["made"]
