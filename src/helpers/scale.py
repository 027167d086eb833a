"""The same work on many processes or machines, with Dask.

Each partition is scored by `streams.score_batch`, as in one process. The lexicon is a task of its own, so each
worker receives it once. When a worker dies, Dask gives its partitions to another.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from helpers import articles as _articles
from helpers.engine import _processors
from helpers.lexicon import Lexicon
from helpers.streams import score_batch, with_words

if TYPE_CHECKING:
    import dask.dataframe as dd
    from distributed import Client, LocalCluster

_PATIENCE = 30  # seconds for the processes of a local cluster to end by themselves


@contextlib.contextmanager
def cluster(scheduler: str | None = None, *, workers: int | None = None) -> Iterator[Client]:
    """Connect to a Dask cluster, or start one on this machine for as long as the block lasts.

    Parameters
    ----------
    scheduler : str, optional
        Address of a running scheduler, such as ``tcp://10.0.0.5:8786``. Without: a cluster of processes on
        this machine, which listens to this machine only.
    workers : int, optional
        Processes of the local cluster; one per processor by default.

    Yields
    ------
    distributed.Client
        Its ``dashboard_link`` shows the work in a browser.

    Raises
    ------
    ImportError
        If Dask is not installed.
    OSError
        If no scheduler answers at the address.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise ImportError(
            "clusters need Dask; install it with: pip install 'framing-notebooks[cluster]'"
        ) from None
    if scheduler is not None:
        with Client(scheduler) as client:
            yield client
        return
    with _memory_kept():
        local = LocalCluster(
            n_workers=workers or _processors(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        )
    try:
        with Client(local) as client:
            yield client
    finally:
        _close(local)


@contextlib.contextmanager
def _memory_kept() -> Iterator[None]:
    """Start workers that keep memory for their next batch.

    Dask has workers give back every free 64 KB at once (``MALLOC_TRIM_THRESHOLD_``); each batch then waits for the
    system to hand out its arrays page by page again, which took half of all time.
    """
    from dask import config

    name = "distributed.nanny.pre-spawn-environ"
    given = config.get(name, {}) or {}
    with config.set({name: {k: v for k, v in given.items() if k != "MALLOC_TRIM_THRESHOLD_"}}):
        yield


def _close(local: LocalCluster) -> None:
    """End the processes of a local cluster, without a word: all results have been fetched by now.

    Dask gives a process four seconds to end and warns of each that it then ends itself; a busy machine takes longer.
    """
    nannies = logging.getLogger("distributed.nanny")
    level = nannies.level
    nannies.setLevel(logging.ERROR)
    try:
        local.sync(_end_workers, list(local.workers.values()))
        local.close()
    finally:
        nannies.setLevel(level)


async def _end_workers(workers: list[Any]) -> None:
    await asyncio.gather(*(worker.close(timeout=_PATIENCE) for worker in workers))


def score_distributed(
    source: dd.DataFrame | str | os.PathLike[str],
    lexicon: Lexicon,
    out: str | os.PathLike[str] | None = None,
    *,
    scheduler: str | Client | None = None,
    workers: int | None = None,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    **options: Any,
) -> pd.DataFrame | Path:
    """Score a Dask DataFrame, partition by partition, on a cluster.

    Parameters
    ----------
    source : Dask DataFrame or path
        Articles with ``doc_id`` and ``text``, or Parquet: a file, a folder, or a pattern such as ``news/*.parquet``.
        The workers read it, so its path must lead to the same files on each of their machines.
    lexicon : Lexicon
        Terms; sent to each worker once.
    out : path, optional
        Folder for the scores, one Parquet file a partition. Without, they come back as a DataFrame, which
        must then fit into memory.
    scheduler : str or distributed.Client, optional
        Address of a scheduler, or a client that is connected already; a local cluster by default.
    workers : int, optional
        Processes of the local cluster.
    columns : mapping of str to str, optional
        Our column name to yours.
    keep : sequence of str
        Columns to repeat in the result, such as ``["outlet"]``.
    **options
        ``voice, target, part, level, min_words`` as for `score`.

    Returns
    -------
    DataFrame or pathlib.Path
        Rows of `score`, in the order of the source; or the folder. Rows without a word are left out; texts that
        stand twice are not, since no worker knows what the others have read: remove them before.

    Raises
    ------
    TypeError
        If `lexicon` is not a Lexicon.
    ValueError
        If a column is missing.
    """
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon must be a Lexicon, not {type(lexicon).__name__}; Lexicon.load() reads one")
    mapping = _articles._check_mapping(columns)
    with contextlib.ExitStack() as stack:
        if scheduler is None or isinstance(scheduler, str):
            stack.enter_context(cluster(scheduler, workers=workers))
        else:
            stack.enter_context(scheduler.as_current())
        scores = lazy_scores(_renamed(_opened(source), mapping, keep), lexicon, keep=keep, **options)
        if out is None:
            return scores.compute().reset_index(drop=True)
        folder = Path(out)
        scores.to_parquet(folder, write_index=False, compute_kwargs={"retries": 2})
        return folder


def lazy_scores(
    articles: dd.DataFrame, lexicon: Lexicon, *, keep: Sequence[str] = (), **options: Any
) -> dd.DataFrame:
    """Say what is to be computed, without doing it: `map_partitions` of `streams.score_batch`.

    Parameters
    ----------
    articles : Dask DataFrame
        ``doc_id`` and ``text``, and what `keep` and `options` need.
    lexicon : Lexicon
        Terms.
    keep : sequence of str
        Columns to repeat in the result.
    **options
        As for `score`.

    Returns
    -------
    Dask DataFrame
        Rows of `score`; go on with it as with any other.
    """
    from dask.delayed import delayed

    meta = score_batch(articles._meta, lexicon, keep=keep, **options)
    sent = delayed(lexicon, pure=True, traverse=False)
    return articles.map_partitions(
        _score_partition, sent, tuple(keep), options, meta=meta, enforce_metadata=False
    )


def _score_partition(
    articles: pd.DataFrame, lexicon: Lexicon, keep: Sequence[str], options: dict[str, Any]
) -> pd.DataFrame:
    """Score one partition, in a worker: one thread, for there is a worker for each processor."""
    from helpers.engine import use_threads

    use_threads(1)
    try:
        return score_batch(with_words(articles.reset_index(drop=True)), lexicon, keep=keep, **options)
    finally:
        use_threads(None)


def _opened(source: Any) -> dd.DataFrame:
    import dask.dataframe as dd

    if isinstance(source, str | os.PathLike):
        return dd.read_parquet(os.fspath(source))
    if isinstance(source, dd.DataFrame):
        return source
    raise TypeError(
        f"articles are {type(source).__name__}; give a Dask DataFrame or the path of Parquet files "
        "(dask.dataframe.from_pandas makes one of a DataFrame)"
    )


def _renamed(frame: dd.DataFrame, mapping: dict[str, str], keep: Sequence[str]) -> dd.DataFrame:
    """Give the frame our column names, and only the columns that scores may need."""
    frame = frame.rename(columns={theirs: ours for ours, theirs in mapping.items()})
    needed = ["doc_id", "text", *keep]
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        there = ", ".join(map(str, frame.columns))
        raise ValueError(
            f"column {missing[0]!r} is missing (there are: {there}); "
            "name yours with columns={'text': 'your column'}"
        )
    return frame[[*needed, *(c for c in ("title", "date") if c in frame.columns and c not in needed)]]


def generated_articles(
    articles: int, *, partitions: int = 8, words: int = 400, seed: int = 0
) -> dd.DataFrame:
    """Make articles out of words drawn at random, partition by partition, where they are needed.

    For trying a cluster: the texts mean nothing, but have the length, the words and the terms of news.

    Parameters
    ----------
    articles, partitions, words : int
        How many articles, in how many partitions, of how many words each.
    seed : int
        Of the draw.

    Returns
    -------
    Dask DataFrame
        ``doc_id`` and ``text``.
    """
    import dask.dataframe as dd

    sizes = [articles // partitions + (i < articles % partitions) for i in range(partitions)]
    first = [sum(sizes[:i]) for i in range(partitions)]
    meta = pd.DataFrame({"doc_id": pd.Series(dtype="str"), "text": pd.Series(dtype="str")})
    return dd.from_map(_generated, first, sizes, words=words, seed=seed, meta=meta)


def _generated(first: int, n: int, words: int, seed: int) -> pd.DataFrame:
    from wordfreq import top_n_list

    vocabulary = np.array([*top_n_list("en", 3000), "regime", "government", "strongman", "invasion"])
    share = 1 / np.arange(3, len(vocabulary) + 3)  # Zipf's law
    rng = np.random.default_rng([seed, first])
    drawn = rng.choice(vocabulary, (n, words), p=share / share.sum())
    texts = [" ".join(row) + "." for row in drawn.tolist()]
    return pd.DataFrame(
        {"doc_id": [f"made_{i}" for i in range(first, first + n)], "text": texts}, dtype="str"
    )


def cost_table(
    articles_per_second: float,
    processes: int,
    *,
    sizes: Sequence[int] = (1_000_000, 100_000_000, 1_000_000_000),
    price: float = 0.05,
) -> pd.DataFrame:
    """Say what corpora would cost, from a rate that was measured.

    Parameters
    ----------
    articles_per_second : float
        Measured with all processes together.
    processes : int
        That were measured with.
    sizes : sequence of int
        Articles.
    price : float
        Of one processor for one hour.

    Returns
    -------
    DataFrame
        ``articles hours processor_hours price processors_for_one_hour``: hours as measured here, and how many
        processors would be done in one hour, if the rate of each stays what it was.

    Raises
    ------
    ValueError
        If a rate or a number is not above 0.

    Examples
    --------
    >>> cost_table(2000, 2, sizes=[7_200_000]).values.tolist()
    [[7200000.0, 1.0, 2.0, 0.1, 2.0]]
    """
    if not (articles_per_second > 0 and processes > 0):
        raise ValueError(
            f"articles_per_second={articles_per_second}, processes={processes}: give numbers above 0"
        )
    articles = np.array(sizes, np.int64)
    hours = articles / articles_per_second / 3600
    return pd.DataFrame(
        {
            "articles": articles,
            "hours": hours,
            "processor_hours": hours * processes,
            "price": hours * processes * price,
            "processors_for_one_hour": np.ceil(np.round(hours * processes, 9)).astype(np.int64),
        }
    )


def measured_rates(
    lexicon: Lexicon, client: Client, sizes: Sequence[int], *, partitions: int = 8
) -> pd.DataFrame:
    """Score generated articles in this process and on the cluster, and take the time.

    Parameters
    ----------
    lexicon : Lexicon
        Terms.
    client : distributed.Client
        Of the cluster.
    sizes : sequence of int
        Numbers of articles.
    partitions : int
        Of each.

    Returns
    -------
    DataFrame
        ``engine articles seconds mentions articles_per_second``: two rows a size. Both make the articles, too.
    """
    rows = []
    processes = len(client.scheduler_info()["workers"])
    with client.as_current():
        ways = {"one process": "sync", f"cluster of {processes}": client}
        for way in ways.values():  # start-up apart
            _loaded(generated_articles(100 * processes, partitions=2 * processes), lexicon, way)
        for size in sizes:
            for name, way in ways.items():
                begun = time.perf_counter()
                mentions = _loaded(generated_articles(size, partitions=partitions), lexicon, way)
                seconds = time.perf_counter() - begun
                rows.append((name, size, seconds, mentions, size / seconds))
    return pd.DataFrame(rows, columns=["engine", "articles", "seconds", "mentions", "articles_per_second"])


def _loaded(articles: dd.DataFrame, lexicon: Lexicon, way: Any) -> int:
    """Count the loaded mentions; the sum comes back, not the rows."""
    scores = lazy_scores(articles, lexicon)
    return int(scores[scores["frame"] == "all"]["mentions"].sum().compute(scheduler=way))
