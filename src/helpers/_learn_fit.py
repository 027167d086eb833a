"""The two estimates behind a graded lexicon: log-odds of being marked, and weights that tell sentences apart."""

from __future__ import annotations

import numpy as np
from scipy import sparse

Array = np.ndarray
#: Uses of a word that a prior of base rate is worth in its own log-odds.
PSEUDO = 8.0
#: Uses of one word count at most so much in the regression on vectors: "the" is one word too.
MOST_USES = 30.0
SPAN_PENALTY, SENTENCE_PENALTY, OWN_SCALE = 3e-3, 1e-3, 10.0


def base_rates(n: Array, k: Array) -> Array:
    """Share of all words that is marked in each source, kept off 0 and 1; shape (sources,)."""
    return (k.sum(1) + 0.5) / (n.sum(1) + 1.0)


def span_evidence(n: Array, k: Array, base: tuple[Array, Array] | None = None) -> tuple[Array, Array]:
    """Pool words' log-odds of being marked over sources.

    Parameters
    ----------
    n, k : numpy.ndarray, shape (sources, words)
        Uses, and marked uses.
    base : tuple of numpy.ndarray, optional
        The n and k that the base rates come from; the same by default.

    Returns
    -------
    tuple of numpy.ndarray
        For each word the sum of log-odds ratio times precision, and the sum of precisions. Where a source never
        marked anything or never used the word it adds nothing.
    """
    total, precision = np.zeros(n.shape[1]), np.zeros(n.shape[1])
    for uses, marked, p, any_mark in zip(n, k, base_rates(*(base or (n, k))), k.sum(1) > 0, strict=True):
        if not any_mark:
            continue
        yes, no = marked + PSEUDO * p, uses - marked + PSEUDO * (1 - p)
        weight = np.where(uses > 0, 1 / (1 / yes + 1 / no), 0.0)
        total += weight * (np.log(yes / no) - np.log(p / (1 - p)))
        precision += weight
    return total, precision


def span_prior(n: Array, k: Array, z: Array) -> Array:
    """Return what words' vectors say of their log-odds of being marked, centred on the average use."""
    from sklearn.linear_model import LogisticRegression

    designs, labels, weights = [], [], []
    for c, (uses, marked) in enumerate(zip(n, k, strict=True)):
        words = np.nonzero(uses > 0)[0]
        if not len(words) or not marked.sum():
            continue
        offset = np.zeros((len(words), len(n)))
        offset[:, c] = 3.0  # hardly shrunk
        design = np.hstack([z[words], offset])
        share = np.minimum(uses[words], MOST_USES) / uses[words]
        designs += [design, design]
        labels += [np.ones(len(words)), np.zeros(len(words))]
        weights += [marked[words] * share, (uses - marked)[words] * share]
    model = LogisticRegression(C=SPAN_PENALTY, max_iter=200)
    model.fit(np.vstack(designs), np.concatenate(labels), sample_weight=np.concatenate(weights))
    prior = z @ model.coef_[0][: z.shape[1]]
    return prior - np.average(prior, weights=n.sum(0) + 0.01)


def balanced_weights(label: Array, source: Array) -> Array:
    """Weights that let each source, and each label within it, count alike; their mean is 1."""
    weight = np.zeros(len(label))
    for c in np.unique(source):
        for y in (0, 1):
            cell = np.flatnonzero(np.equal(source, c) & np.equal(label, y))
            weight[cell] = 1 / max(len(cell), 1)
    return weight * len(label) / weight.sum()


def sentence_weights(
    counts: sparse.csr_matrix, lengths: Array, z: Array, label: Array, source: Array
) -> Array:
    """Return weights of words whose sums tell loaded sentences from others; shape (words,)."""
    from sklearn.linear_model import LogisticRegression

    share = sparse.diags(1 / np.sqrt(lengths + 3.0)) @ counts
    dense = share @ z
    spread = dense.std(0)
    spread[spread == 0] = 1.0
    present = counts.copy()
    present.data = np.ones_like(present.data)
    seen = np.asarray(present.sum(0)).ravel() >= 3
    intercepts = sparse.csr_matrix(5.0 * (source[:, None] == np.unique(source)))
    design = sparse.hstack(
        [sparse.csr_matrix(dense / spread), OWN_SCALE * share[:, seen], intercepts]
    ).tocsr()
    model = LogisticRegression(C=SENTENCE_PENALTY, max_iter=200)
    model.fit(design, label, sample_weight=balanced_weights(label, source))
    found = model.coef_[0]
    weights = z @ (found[: z.shape[1]] / spread)
    weights[seen] += OWN_SCALE * found[z.shape[1] : z.shape[1] + int(seen.sum())]
    return weights
