"""Many texts handed to the compiled rules in runs: each run is read into code points once, whoever asks about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from helpers.text import check_text, code_points

#: Texts are read in runs of about so many characters: enough work for a call, few enough that little memory is taken
#: and all threads have some.
LEAST, MOST = 100_000, 500_000


class Run(NamedTuple):
    """Some whole texts that hold spans, end to end, and those spans in the order of the text."""

    first: int  # number of the first text, among those that hold a span
    texts: list[str]
    cps: np.ndarray  # code points of all texts
    bounds: np.ndarray  # where each text begins in them, and the end of the last
    spans: np.ndarray  # positions of the spans among all that were given
    doc: np.ndarray  # of each span the number of its text within the run
    start: np.ndarray  # offsets within the span's own text
    end: np.ndarray


def over_runs(
    texts: Sequence[str],
    doc: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    work: Callable[[Run], None],
    threads: int = 2,
) -> None:
    """Do some work on all texts that hold a span, run by run.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    doc, start, end : array of int
        For each span the position of its text in `texts`, and its offsets.
    work : callable
        What to do with a `Run`; the runs share nothing, and several threads may call it at a time.
    threads : int
        How many threads may work.
    """
    if not len(doc):
        return
    order = np.lexsort((start, doc))
    wanted, local = np.unique(doc, return_inverse=True)
    local, start, end = local[order], start[order], end[order]
    chosen = [check_text(texts[d]) for d in wanted.tolist()]
    size = np.cumsum([0, *(len(text) for text in chosen)])
    run = min(max(LEAST, int(size[-1]) // (4 * threads)), MOST)
    cuts = np.unique([*np.searchsorted(size, np.arange(0, size[-1], run)), 0, len(chosen)])
    edges = np.searchsorted(local, cuts)

    def one(number: int) -> None:
        (first, last), mine = cuts[number : number + 2].tolist(), slice(edges[number], edges[number + 1])
        own = chosen[first:last]
        bounds = size[first : last + 1] - size[first]
        work(
            Run(
                first,
                own,
                code_points("".join(own)),
                bounds,
                order[mine],
                local[mine] - first,
                start[mine],
                end[mine],
            )
        )

    numbers = range(len(cuts) - 1)
    if len(numbers) < 2 or threads < 2:
        for number in numbers:
            one(number)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(one, numbers))
