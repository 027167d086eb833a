"""The same work on many processes or machines, with Dask.

Each partition is scored by `streams.score_batch`, as in one process. The lexicon is a task of its own, so each
worker receives it once. When a worker dies, Dask gives its partitions to another.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers import articles as _articles
from helpers.engine import _processors
from helpers.lexicon import Lexicon
from helpers.streams import score_batch, with_words

if TYPE_CHECKING:
    import dask.dataframe as dd
    from distributed import Client


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
    with (
        LocalCluster(
            n_workers=workers or _processors(),
            threads_per_worker=1,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
        ) as local,
        Client(local) as client,
    ):
        yield client


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
        Rows of `score`, in the order of the source; or the folder.

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
