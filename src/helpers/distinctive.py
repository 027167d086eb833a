"""Words that one group uses and the others do not: log-odds with an informative Dirichlet prior."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse, special, stats

from helpers.articles import as_articles
from helpers.intervals import false_discovery
from helpers.tallies import as_list, group_codes
from helpers.text import WORD

if TYPE_CHECKING:
    from helpers.baseline import Baseline

Array = np.ndarray


def distinctive_words(
    articles: pd.DataFrame,
    by: str | Sequence[str],
    *,
    baseline: Baseline | str | None = None,
    prior_words: float = 500.0,
    min_articles: int = 5,
    ngrams: tuple[int, int] = (1, 1),
    max_words: int = 20000,
    stop_words: str | Sequence[str] | None = None,
    top: int | None = None,
) -> pd.DataFrame:
    """Find the words that set each group apart from the others.

    Parameters
    ----------
    articles : DataFrame
        With the `by` columns; articles without a value are left out, with a warning.
    by : str or list of str
        Columns that make the groups; two or more.
    baseline : Baseline or str, optional
        Its word frequencies are the prior: a Baseline, the name of a shipped one, ``"wordfreq"`` (general
        English; for bigrams the product of their words') or ``"corpus"`` (these articles, the default).
    prior_words : float
        How many words of prior evidence each group gets: the more, the further rare words are pulled to 0.
    min_articles : int
        A word must stand in at least this many articles of the group or of the others.
    ngrams : tuple of int
        ``(1, 2)`` for words and bigrams.
    max_words : int
        At most this many words, the commonest.
    stop_words : "english", "common" or list of str, optional
        Words to leave out: scikit-learn's list of function words, that and the 200 commonest words of general
        English (wordfreq), or your own.
    top : int, optional
        Keep this many of each group, greatest |z| first.

    Returns
    -------
    DataFrame
        The `by` columns, ``word count articles count_rest log_odds z p q g2 enough articles_rest z_tokens
        rate rate_rest``: one row a group and word, greatest `z` first. `log_odds` above 0: the group's word.
        `z` counts articles as the unit; `z_tokens` is Monroe et al.'s own, which takes every word as an
        independent draw. `g2` is the likelihood-ratio statistic that corpus linguistics reports: it takes
        words for independent too, so that one article full of a word makes it "significant"; it is here to
        be compared, not to be reported. `enough` is False where fewer than `min_articles` articles have the
        word on either side.

    Raises
    ------
    ValueError
        If there is one group, a column is missing, or no word is left.

    Notes
    -----
    Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16, 372-403, equations 15, 16, 22, 23:
    delta = log((y1 + a) / (n1 + A - y1 - a)) - log((y2 + a) / (n2 + A - y2 - a)), with variance
    1/(y1 + a) + 1/(y2 + a) for independent words. Here each term 1/(y + a) is multiplied by the design effect
    of its group, the variance of y over articles over what independent words would give, where that is above
    1: the linearised form of resampling articles. That variance is itself known from few articles where few
    hold the word, so delta over its standard error is referred to Student's t with `effective_articles`
    degrees of freedom (Satterthwaite's over the two groups, the part due to independent words being known),
    and `z` is the normal deviate of the same p. q by Benjamini-Hochberg over all rows.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    columns = as_list(by)
    frame = as_articles(articles)
    codes, keys = group_codes(frame, columns)
    if len(keys) < 2:
        raise ValueError(f"column {' and '.join(columns)} makes one group only; distinctive words need two")
    frame, codes = frame[codes >= 0].reset_index(drop=True), codes[codes >= 0]
    vectorizer = CountVectorizer(
        token_pattern=WORD.pattern, ngram_range=ngrams, stop_words=_stop_words(stop_words)
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your stop_words may be inconsistent")
        counts = sparse.csc_array(vectorizer.fit_transform(frame["text"].str.replace("’", "'")), dtype=float)
    names = vectorizer.get_feature_names_out()
    widespread = np.diff(counts.indptr)
    kept = np.flatnonzero(widespread >= min(min_articles, len(frame)))
    if not len(kept):
        raise ValueError(f"no word stands in {min_articles} articles; lower min_articles")
    total = np.asarray(counts.sum(axis=0)).ravel()
    order = np.lexsort([names[kept].astype(str), -total[kept]])
    kept = kept[order][:max_words]
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    counts, names = sparse.csr_array(counts[:, kept]), names[kept]
    prior = prior_words * prior_shares(names.tolist(), counts, baseline)
    tables = [
        _of_group(counts, lengths, codes == g, prior, names, min_articles).assign(
            **{c: keys[c].iloc[g] for c in columns}
        )
        for g in range(len(keys))
    ]
    result = pd.concat(tables, ignore_index=True)
    result["q"] = false_discovery(result["p"])
    result = result[[*columns, *_COLUMNS]]
    if top is not None:
        rank = result["z"].abs().groupby([result[c] for c in columns]).rank(ascending=False, method="first")
        result = result[rank <= top].reset_index(drop=True)
    result.attrs = {
        "by": columns,
        "prior_words": prior_words,
        "ngrams": list(ngrams),
        "min_articles": min_articles,
    }
    return result


def _stop_words(given: str | Sequence[str] | None) -> list[str] | str | None:
    """What `CountVectorizer` takes for stop words."""
    if given == "common":
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
        from wordfreq import top_n_list

        return sorted({*ENGLISH_STOP_WORDS, *top_n_list("en", 200)})
    return given if given is None or isinstance(given, str) else list(given)


_COLUMNS = (
    *("word", "count", "articles", "count_rest", "log_odds", "z", "p", "q", "g2", "enough"),
    *("articles_rest", "z_tokens", "rate", "rate_rest"),
)


def prior_shares(names: list[str], counts: Any, baseline: Baseline | str | None) -> Array:
    """Return how likely each word is before looking at the groups; the shares sum to 1.

    Parameters
    ----------
    names : list of str
        Words and bigrams, lower case.
    counts : scipy CSR array
        Articles x words.
    baseline : Baseline or str, optional
        As for `distinctive_words`.

    Returns
    -------
    ndarray
        Shares, all above 0: a word that the source lacks gets half of the smallest there is.
    """
    if baseline is None or baseline == "corpus":
        shares = np.asarray(counts.sum(axis=0)).ravel()
    elif baseline == "wordfreq":
        from wordfreq import word_frequency

        shares = np.array([np.prod([word_frequency(w, "en") for w in name.split(" ")]) for name in names])
    else:
        from helpers.baseline import Baseline

        held = Baseline.load(baseline) if isinstance(baseline, str) else baseline
        lower = [word.lower().replace("’", "'") for word in held.vocabulary]
        sums = pd.Series(np.asarray(held.word_counts.sum(axis=0)).ravel()).groupby(lower).sum()
        whole = float(sums.sum())
        shares = np.array([np.prod([sums.get(w, 0.0) / whole for w in name.split(" ")]) for name in names])
    positive = shares[shares > 0]
    if not len(positive):
        return np.full(len(names), 1 / len(names))
    shares = np.where(shares > 0, shares, positive.min() / 2)
    return shares / shares.sum()


def log_odds(y1: Array, n1: float, y2: Array, n2: float, prior: Array) -> tuple[Array, Array]:
    """Log-odds ratio with an informative Dirichlet prior, and its z for independent words.

    Parameters
    ----------
    y1, y2 : ndarray
        Counts of each word in the two groups.
    n1, n2 : float
        Words of each.
    prior : ndarray
        Prior counts of each word.

    Returns
    -------
    tuple of ndarray
        delta, and delta over its standard error (Monroe, Colaresi & Quinn 2008).

    Examples
    --------
    >>> delta, z = log_odds(np.array([20.0]), 1000, np.array([5.0]), 1000, np.array([1.0]))
    >>> float(delta[0].round(4)), float(z[0].round(4))
    (1.268, 2.7391)
    """
    whole = prior.sum()
    delta = np.log((y1 + prior) / (n1 + whole - y1 - prior)) - np.log(
        (y2 + prior) / (n2 + whole - y2 - prior)
    )
    return delta, delta / np.sqrt(1 / (y1 + prior) + 1 / (y2 + prior))


def likelihood_ratio(y1: Array, n1: float, y2: Array, n2: float) -> Array:
    """G2 of a word's counts in two groups: 2 sum O log(O / E) over the 2 x 2 table.

    Parameters
    ----------
    y1, y2 : ndarray
        Counts of each word.
    n1, n2 : float
        Words of each group.

    Returns
    -------
    ndarray
        As ``scipy.stats.power_divergence(table, lambda_="log-likelihood")``.
    """
    share = (y1 + y2) / (n1 + n2)
    cells = [(y1, n1 * share), (y2, n2 * share), (n1 - y1, n1 * (1 - share)), (n2 - y2, n2 * (1 - share))]
    return 2 * np.sum([special.rel_entr(seen, expected) for seen, expected in cells], axis=0)


def _of_group(counts, lengths: Array, mine: Array, prior: Array, names, min_articles: int) -> pd.DataFrame:
    one, two = counts[np.flatnonzero(mine)], counts[np.flatnonzero(~mine)]
    y1, y2 = (np.asarray(x.sum(axis=0)).ravel() for x in (one, two))
    n1, n2 = float(lengths[mine].sum()), float(lengths[~mine].sum())
    articles, articles_rest = (np.asarray((x > 0).sum(axis=0)).ravel() for x in (one, two))
    delta, z_tokens = log_odds(y1, n1, y2, n2, prior)
    z = _article_z(delta, [(one, lengths[mine], 1 / (y1 + prior)), (two, lengths[~mine], 1 / (y2 + prior))])
    table = pd.DataFrame(
        {
            "word": names,
            "count": y1.astype(int),
            "articles": articles,
            "count_rest": y2.astype(int),
            "log_odds": delta,
            "z": z,
            "p": 2 * stats.norm.sf(np.abs(z)),
            "g2": likelihood_ratio(y1, n1, y2, n2),
            "enough": np.maximum(articles, articles_rest) >= min_articles,
            "articles_rest": articles_rest,
            "z_tokens": z_tokens,
            "rate": 1000 * y1 / max(n1, 1),
            "rate_rest": 1000 * y2 / max(n2, 1),
        }
    )
    table.loc[~table["enough"], ["z", "p"]] = np.nan
    return table.sort_values(["z", "word"], ascending=[False, True], na_position="last", ignore_index=True)


def _article_z(delta: Array, sides: list[tuple[Any, Array, Array]]) -> Array:
    """Z of log-odds with articles as the unit, from each side's counts, lengths and token variance."""
    spread, uncertain = np.zeros(len(delta)), np.zeros(len(delta))
    for counts, lengths, variance in sides:
        effect = design_effect(counts, lengths)
        spread += effect * variance
        uncertain += ((effect - 1) * variance) ** 2 / effective_articles(counts, lengths)
    with np.errstate(divide="ignore"):
        freedom = np.minimum(spread**2 / uncertain, 1e6)
    t = np.abs(delta) / np.sqrt(spread)
    tail = stats.t.sf(t, freedom)
    # Wallace 1959 (Annals of Mathematical Statistics 30, 1124) where the tail is too thin for a float.
    far = np.sqrt(freedom * np.log1p(t**2 / freedom))
    z = np.where(tail > 0, stats.norm.isf(np.where(tail > 0, tail, 0.5)), far)
    return np.sign(delta) * z


def design_effect(counts: Any, lengths: Array) -> Array:
    """Variance of each word's total over articles, over what independent words would give; at least 1.

    Parameters
    ----------
    counts : scipy CSR array, articles x words
        Counts.
    lengths : ndarray
        Words of each article.

    Returns
    -------
    ndarray
        1 for a word that is spread as evenly as chance would; NaN nowhere.
    """
    m, n = counts.shape[0], float(lengths.sum())
    if m < 2 or n == 0:
        return np.ones(counts.shape[1])
    total = np.asarray(counts.sum(axis=0)).ravel()
    rate = total / n
    squares = np.asarray(counts.multiply(counts).sum(axis=0)).ravel()
    cross = np.asarray(counts.T @ lengths).ravel()
    residual = squares - 2 * rate * cross + rate**2 * float((lengths**2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = residual * m / (m - 1) / (total * (1 - rate))
    return np.maximum(np.nan_to_num(effect, nan=1.0, posinf=1.0), 1.0)


def effective_articles(counts: Any, lengths: Array) -> Array:
    """In how many articles, effectively, the variance of each word's total is seen; at least 1.

    Parameters
    ----------
    counts : scipy CSR array, articles x words
        Counts.
    lengths : ndarray
        Words of each article.

    Returns
    -------
    ndarray
        About the number of articles with the word where it is rare; about 1 where one article has most of
        it.

    Notes
    -----
    (sum e^2)^2 / sum e^4 of the residuals e = k - rate n: Satterthwaite's degrees of freedom of a sum of
    squares, as for clustered standard errors with few clusters (Bell & McCaffrey 2002, Survey Methodology
    28, 169-181).
    """
    n = float(lengths.sum())
    if counts.shape[0] < 2 or n == 0:
        return np.ones(counts.shape[1])
    rate = np.asarray(counts.sum(axis=0)).ravel() / n
    sums = []
    for power in (2, 4):
        absent = rate[counts.indices] * np.repeat(lengths, np.diff(counts.indptr))
        there = (counts.data - absent) ** power - absent**power
        found = np.bincount(counts.indices, weights=there, minlength=counts.shape[1])
        sums.append(found + rate**power * float((lengths**power).sum()))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.maximum(np.nan_to_num(sums[0] ** 2 / sums[1], nan=1.0), 1.0)
