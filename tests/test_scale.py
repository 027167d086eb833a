"""The same work on a Dask cluster: the same rows, whatever the partitions and whoever dies."""

import os
import signal
import time

import numpy as np
import pandas as pd
import pytest

from helpers import Lexicon, score, score_distributed

dd = pytest.importorskip("dask.dataframe")
scale = pytest.importorskip("helpers.scale")

TERMS = {
    "term": ["government*", "regime*", "strongman", "president"],
    "concept": ["government", "government", "ruler", "ruler"],
    "frame": ["", "illegitimacy", "illegitimacy", ""],
    "stance": ["neutral", "critical", "critical", "neutral"],
}
LEXICON = Lexicon(pd.DataFrame(TERMS))


def made(n: int) -> pd.DataFrame:
    rng = np.random.default_rng(5)
    words = np.array(["regime", "government", "the", "Präsident", "president", "strongman", "said", "of"])
    texts = [" ".join(rng.choice(words, rng.integers(1, 60))) for _ in range(n)]
    texts[n // 2] = ""
    return pd.DataFrame(
        {"doc_id": [f"a{i}" for i in range(n)], "text": texts, "outlet": [f"o{i % 3}" for i in range(n)]}
    )


def expected(frame: pd.DataFrame) -> pd.DataFrame:
    want = score(frame[frame["text"] != ""].reset_index(drop=True), LEXICON)
    want.attrs = {}
    return want


@pytest.fixture(scope="module")
def client():
    with scale.cluster(workers=2) as client:
        yield client


def slowly(frame: pd.DataFrame, seconds: float) -> pd.DataFrame:
    time.sleep(seconds)
    return frame


@pytest.mark.parametrize("partitions", [1, 4, 37])
def test_rows_are_those_of_one_process(client, partitions):
    frame = made(200)
    spread = dd.from_pandas(frame, npartitions=partitions, sort=False)
    got = score_distributed(spread, LEXICON, scheduler=client, keep=["outlet"])
    outlets = frame.set_index("doc_id")["outlet"]
    assert got["outlet"].tolist() == outlets[got["doc_id"]].tolist()
    pd.testing.assert_frame_equal(got.drop(columns="outlet"), expected(frame))


def test_from_parquet_to_parquet_by_address(client, tmp_path):
    frame = made(120)
    (tmp_path / "in").mkdir()
    for i in range(3):
        part = frame.iloc[40 * i : 40 * i + 40].rename(columns={"text": "body"})
        part.to_parquet(tmp_path / "in" / f"{i}.parquet", index=False)
    address = client.scheduler.address
    assert "127.0.0.1" in address
    out = score_distributed(
        tmp_path / "in", LEXICON, tmp_path / "out", scheduler=address, columns={"text": "body"}
    )
    assert out == tmp_path / "out"
    pd.testing.assert_frame_equal(pd.read_parquet(out), expected(frame))


def test_a_partition_without_a_word(client):
    frame = pd.DataFrame({"doc_id": ["a", "b"], "text": ["…", "the regime"]})
    got = score_distributed(dd.from_pandas(frame, npartitions=2, sort=False), LEXICON, scheduler=client)
    pd.testing.assert_frame_equal(got, expected(frame.tail(1).reset_index(drop=True)))


def test_the_lexicon_is_one_task(client):
    """It stands in the graph once, and not in every partition's task."""
    lazy = scale.lazy_scores(dd.from_pandas(made(200), npartitions=20, sort=False), LEXICON)
    graph = dict(lazy.__dask_graph__())
    holders = [key for key, task in graph.items() if "Lexicon" in repr(task)]
    assert len(holders) == 1


def test_a_killed_worker_loses_nothing(client):
    frame = made(200)
    spread = dd.from_pandas(frame, npartitions=20, sort=False)
    slow = spread.map_partitions(slowly, 0.15, meta=spread._meta)
    lazy = scale.lazy_scores(slow, LEXICON)
    before = client.run(os.getpid)
    future = client.compute(lazy)
    time.sleep(0.6)
    victim = next(iter(before.values()))
    os.kill(victim, signal.SIGKILL)
    assert not future.done()
    got = future.result(timeout=60).reset_index(drop=True)
    pd.testing.assert_frame_equal(got, expected(frame))
    client.wait_for_workers(2, timeout=30)
    assert victim not in client.run(os.getpid).values()


def test_a_local_cluster_of_its_own_listens_to_this_machine_only():
    with scale.cluster(workers=1) as client:
        assert client.dashboard_link.startswith("http://127.0.0.1:")
        assert client.scheduler.address.startswith("tcp://127.0.0.1:")
        assert [w["nthreads"] for w in client.scheduler_info()["workers"].values()] == [1]


def test_workers_keep_memory_for_the_next_batch(client):
    """Dask's own setting makes them give it back at once, and take twice the time."""
    settings = client.run(os.environ.get, "MALLOC_TRIM_THRESHOLD_")
    assert set(settings.values()) == {os.environ.get("MALLOC_TRIM_THRESHOLD_")}
    assert set(client.run(os.environ.get, "OMP_NUM_THREADS").values()) == {"1"}


def stay_long() -> None:
    """Keep a worker's process alive after it was told to end, as a slow machine does."""
    import atexit

    atexit.register(time.sleep, 5)  # Dask warns after 4


def test_a_local_cluster_closes_without_a_warning(caplog, capfd):
    with caplog.at_level("WARNING"), scale.cluster(workers=1) as client:
        (pid,) = client.run(os.getpid).values()
        client.run(stay_long)
    assert not [record.getMessage() for record in caplog.records]
    assert "WARNING" not in capfd.readouterr().err
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("frame", "options", "error", "message"),
    [
        (made(9)[["doc_id"]], {}, ValueError, "column 'text' is missing"),
        (made(9), {"keep": ["author"]}, ValueError, "column 'author' is missing"),
        (made(9), {"columns": {"body": "text"}}, ValueError, "'body' is not one of ours"),
    ],
)
def test_what_is_missing_is_named(client, frame, options, error, message):
    with pytest.raises(error, match=message):
        score_distributed(dd.from_pandas(frame, npartitions=2), LEXICON, scheduler=client, **options)


def test_wrong_types(client):
    with pytest.raises(TypeError, match="give a Dask DataFrame"):
        score_distributed(made(3), LEXICON, scheduler=client)
    with pytest.raises(TypeError, match="must be a Lexicon"):
        score_distributed(dd.from_pandas(made(3), npartitions=1), "geopolitics", scheduler=client)


def test_generated_articles_are_the_same_whatever_draws_them(client):
    lazy = scale.generated_articles(50, partitions=3, words=20, seed=1)
    with client.as_current():
        far = lazy.compute()
    near = lazy.compute(scheduler="sync")
    assert far["text"].tolist() == near["text"].tolist()
    assert far["doc_id"].tolist() == [f"made_{i}" for i in range(50)]
    assert far["text"].nunique() == 50
    assert set(far["text"].str.count(" ") + 1) == {20}


def test_measured_rates_count_the_same_everywhere(client):
    rates = scale.measured_rates(LEXICON, client, [60, 120], partitions=4)
    assert rates["engine"].tolist() == ["one process", "cluster of 2"] * 2
    assert rates["mentions"].tolist()[::2] == rates["mentions"].tolist()[1::2]
    assert (rates["articles_per_second"] * rates["seconds"]).round().tolist() == [60, 60, 120, 120]


def test_costs_by_hand():
    costs = scale.cost_table(1000, 4, sizes=[3_600_000, 36_000_000], price=0.1)
    assert costs["hours"].tolist() == [1, 10]
    assert costs["processor_hours"].tolist() == [4, 40]
    assert costs["price"].tolist() == pytest.approx([0.4, 4])
    assert costs["processors_for_one_hour"].tolist() == [4, 40]
    with pytest.raises(ValueError, match="above 0"):
        scale.cost_table(0, 1)
