"""Neutral baselines: counts of neutral coverage, never texts, that a rate or a share is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers._baseline_files import available, read, write
from helpers._baseline_fit import Fit, concept_shares, fit_lexicon
from helpers._baseline_terms import TermCounts, as_voices, count_terms, lacking_terms
from helpers.articles import as_articles
from helpers.lexicon import Lexicon

#: Columns of `Baseline.articles`.
COLUMNS = ("number", "words", "year", "outlet", "topic")


@dataclass(frozen=True)
class Baseline:
    """Counts of neutral coverage.

    Attributes
    ----------
    title : str
        Name for charts and reports.
    articles : DataFrame
        ``number words year outlet topic``; no text and no title.
    vocabulary : tuple of str
        Words, case kept, that stand in at least ``meta["min_articles"]`` articles, most widespread first.
    word_counts : scipy CSC array, articles x vocabulary
        How often.
    terms : tuple of TermCounts
        Exact counts of the terms of the lexicons it was built with, phrases included.
    meta : dict
        Title, source, licence, date, how it was made, lexicons with their SHA-256.
    weights : ndarray, optional
        Weight of each article (matched baselines).
    """

    title: str
    articles: pd.DataFrame
    vocabulary: tuple[str, ...]
    word_counts: sparse.csc_array
    terms: tuple[TermCounts, ...]
    meta: dict[str, Any]
    weights: np.ndarray | None = None
    _cache: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    # --- getting one ---------------------------------------------------------------------------

    @staticmethod
    def available() -> list[str]:
        """Return the names of the shipped baselines."""
        return available()

    @classmethod
    def load(cls, name_or_path: str | Path) -> Baseline:
        """Read a shipped baseline by its name, or one of your own by the path of its folder.

        Parameters
        ----------
        name_or_path : str or path
            Such as ``"news"`` (see `available`), or what `save` wrote.

        Returns
        -------
        Baseline

        Raises
        ------
        ValueError
            If there is none of that name (the known ones are named), or its files do not fit together.
        """
        parts = read(name_or_path)
        terms = tuple(TermCounts(**one) for one in parts.pop("terms"))
        return cls(**parts, terms=terms)

    def save(self, path: str | Path) -> Path:
        """Write it to a folder: ``articles.parquet``, ``words.npz``, ``terms.npz``, ``meta.json``.

        Parameters
        ----------
        path : str or path
            A folder, made if need be. The same baseline always gives the same bytes.

        Returns
        -------
        pathlib.Path
            The folder.

        Raises
        ------
        ValueError
            If it is a matched baseline, which is part of another one: save the articles' numbers instead.
        """
        if self.weights is not None:
            raise ValueError("a matched baseline is made anew for each article and is not saved")
        return write(self, Path(path))

    @classmethod
    def build(
        cls,
        articles: pd.DataFrame | Sequence[str],
        lexicon: Lexicon | Sequence[Lexicon],
        *,
        title: str,
        source: str = "",
        licence: str = "",
        min_articles: int = 5,
        made: str | None = None,
    ) -> Baseline:
        """Make a baseline of neutral articles of your own.

        Parameters
        ----------
        articles : DataFrame or list of str
            Neutral coverage; ``date``, ``outlet`` and ``topic`` are used where there are such columns.
        lexicon : Lexicon or list of Lexicon
            The lexicons it will be used with; for others it knows single words only, not phrases.
        title : str
            Name for charts and reports.
        source, licence : str
            Where the articles come from.
        min_articles : int
            A word must stand in this many articles for its counts to be kept.
        made : str, optional
            Date to note; today by default.

        Returns
        -------
        Baseline
            Holds counts only; nothing of the texts can be read from it.

        Raises
        ------
        ValueError
            If there are no articles, or they have no words.
        """
        from helpers._baseline_build import build

        lexicons = [lexicon] if isinstance(lexicon, Lexicon) else list(lexicon)
        return build(cls, as_articles(articles), lexicons, title, source, licence, min_articles, made)

    @classmethod
    def matched(
        cls,
        article: pd.DataFrame | Sequence[str] | str,
        k: int = 50,
        baseline: str | Baseline = "news",
        *,
        lexicon: Lexicon | None = None,
    ) -> Baseline:
        """Return the baseline's articles nearest in topic to an article (or to several).

        Parameters
        ----------
        article : str, list of str or DataFrame
            What to match.
        k : int
            How many neighbours of each article.
        baseline : str or Baseline
            Where to look for them.
        lexicon : Lexicon, optional
            Its terms are masked, so that an article is matched by what it is about and not by how it names
            it; by default every lexicon the baseline was built with.

        Returns
        -------
        Baseline
            With weights (cosine similarity) and ``meta["match"]``: ``k, articles, mean_similarity,
            mean_similarity_all, effective_articles, balance``. `balance` lists the article's weightiest
            words with their mean TF-IDF in the article, in the matched and in all baseline articles, but for
            words that stand in more than half of these: any article has them, whatever it is about.

        Raises
        ------
        ValueError
            If k is not positive or the article shares no word with the baseline.

        Notes
        -----
        TF-IDF (scikit-learn, sublinear) of lower-cased words, cosine similarity. The effective number of
        articles is (sum w)^2 / sum w^2 (Kish), and weights are scaled to sum to it.
        """
        from helpers._baseline_match import match

        whole = cls.load(baseline) if isinstance(baseline, str) else baseline
        return match(whole, as_articles(article), k, lexicon)

    # --- what it holds -------------------------------------------------------------------------

    @property
    def words(self) -> np.ndarray:
        """Words by article."""
        return self.articles["words"].to_numpy()

    def __len__(self) -> int:
        """Articles."""
        return len(self.articles)

    def __repr__(self) -> str:
        return f"<Baseline {self.title}: {len(self):,} articles, {int(self.words.sum()):,} words>"

    @property
    def balance(self) -> pd.DataFrame:
        """How well a matched baseline matches: ``word article matched all``, weightiest words first."""
        rows = self.meta.get("match", {}).get("balance", [])
        return pd.DataFrame(rows, columns=["word", "article", "matched", "all"])

    def spread(self) -> pd.Series:
        """Tell in how many of its articles each word stands (lower case, no "'s"); ``attrs["articles"]``: of how many."""
        from helpers._baseline_match import folded

        key = ("spread",)
        if key not in self._cache:
            names, place = folded(self.vocabulary)
            shape = (len(place), len(names))
            merge = sparse.csr_array((np.ones(len(place)), (np.arange(len(place)), place)), shape=shape)
            merged: Any = sparse.csr_array(self.word_counts) @ merge
            self._cache[key] = np.bincount(merged.indices, minlength=len(names)), names
        counts, names = self._cache[key]
        spread = pd.Series(counts, index=pd.Index(names, dtype="str"))
        spread.attrs["articles"] = len(self)
        return spread

    def coverage(self, lexicon: Lexicon, voice: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Tell for each term of a lexicon whether the baseline has its counts, and how it knows.

        Parameters
        ----------
        lexicon : Lexicon
            Any lexicon.
        voice : str or list of str, optional
            In these voices.

        Returns
        -------
        DataFrame
            ``term how``; `how` is ``exact`` (a lexicon it was built with has just these terms), ``word
            counts`` (from the words it keeps, less what longer phrases of the lexicon took), ``stored`` (as
            counted for another lexicon that has the term) or ``not stored``.
        """
        _, how = self._count(lexicon, as_voices(voice))
        return pd.DataFrame({"term": lexicon.patterns, "how": how})

    def counts(self, lexicon: Lexicon, voice: str | Sequence[str] | None = None) -> sparse.csr_array:
        """Return the counts of a lexicon's terms.

        Parameters
        ----------
        lexicon : Lexicon
            Any lexicon all of whose terms the baseline has counts of (`coverage`).
        voice : str or list of str, optional
            Only in these voices.

        Returns
        -------
        scipy CSR array
            Articles x ``lexicon.patterns``.

        Raises
        ------
        ValueError
            If there are terms it has no counts of.
        """
        matrix, how = self._count(lexicon, as_voices(voice))
        lacking = [p for p, h in zip(lexicon.patterns, how, strict=True) if h == "not stored"]
        if lacking:
            raise ValueError(lacking_terms(self.title, lexicon, lacking))
        return matrix

    def _count(self, lexicon: Lexicon, voices: tuple[str, ...] | None) -> tuple[sparse.csr_array, list[str]]:
        key = ("counts", lexicon.sha256, voices)
        if key not in self._cache:
            self._cache[key] = count_terms(self, lexicon, voices)
        return self._cache[key]

    # --- what it says of a lexicon ----------------------------------------------------------------

    def fit(self, lexicon: Lexicon, voice: str | Sequence[str] | None = None, level: float = 0.95) -> Fit:
        """Fit the models that a comparison needs.

        Parameters
        ----------
        lexicon : Lexicon
            Any lexicon that it has at least some counts of.
        voice : str or list of str, optional
            Only mentions in these voices.
        level : float
            Width of the interval of the baseline's own mean rate.

        Returns
        -------
        Fit
            See there; kept, so a second call costs nothing.

        Raises
        ------
        ValueError
            If it has no counts of any loaded term.
        """
        voices = as_voices(voice)
        key = ("fit", lexicon.sha256, voices, level)
        if key not in self._cache:
            self._cache[key] = fit_lexicon(self, lexicon, voices, level)
        return self._cache[key]

    def concepts(self, lexicon: Lexicon, voice: str | Sequence[str] | None = None) -> pd.DataFrame:
        """Return how neutral coverage names each concept.

        Parameters
        ----------
        lexicon : Lexicon
            Any lexicon.
        voice : str or list of str, optional
            Only mentions in these voices.

        Returns
        -------
        DataFrame
            ``concept loaded neutral share a b``: mentions in all of the baseline's articles (weighted where it is
            matched); loaded / (loaded + neutral), NaN where the concept is never named; the Beta(a, b) prior that
            its articles' shares give. Terms that it has no counts of count as never used (`coverage` tells which).
        """
        voices = as_voices(voice)
        key = ("concepts", lexicon.sha256, voices)
        if key not in self._cache:
            self._cache[key] = concept_shares(self, lexicon, voices)
        return self._cache[key].copy()

    def share_priors(self, lexicon: Lexicon) -> list[tuple[float, float]]:
        """Return the Beta prior of the choice share, by frame (`score(..., baseline=)` asks for it)."""
        return self.fit(lexicon).share_priors

    def mix(self, lexicon: Lexicon) -> np.ndarray:
        """Return the opportunities by (frame, concept) pair that shares are standardised to."""
        return self.fit(lexicon).mix


def main(argv: Sequence[str] | None = None) -> None:
    """Rebuild the shipped baselines: ``python -m helpers.baseline --shipped FOLDER``."""
    import argparse

    from helpers._baseline_build import build_shipped

    parser = argparse.ArgumentParser(prog="python -m helpers.baseline", description=main.__doc__)
    parser.add_argument("--shipped", metavar="FOLDER", required=True, help="where the labelled news lies")
    parser.add_argument("--to", metavar="FOLDER", help="where to write; the package's own data by default")
    arguments = parser.parse_args(argv)
    for path in build_shipped(arguments.shipped, arguments.to):
        print(path)


if __name__ == "__main__":
    main()
