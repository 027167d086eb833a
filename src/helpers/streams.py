"""Score corpora that do not fit into memory: read in batches, write as it goes, go on after an interruption.

Every batch becomes one finished file in a folder beside the result. A run that was interrupted, killed or ran
out of disk leaves those files; the same call again goes on behind them. Batches are cut alike on every run, so
nothing is lost and nothing stands there twice. In the end the files are joined and the folder is removed.
"""

from __future__ import annotations

import contextlib
import errno
import io
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from helpers import _readers, articles
from helpers._seen import Seen
from helpers.engine import count_words
from helpers.lexicon import Lexicon
from helpers.safe import safe_csv, write_whole
from helpers.scores import score

#: Text read into one batch, about, in bytes.
BATCH_BYTES = 8 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Streamed:
    """What `score_dataset` did.

    Attributes
    ----------
    path : pathlib.Path
        The file of scores.
    articles, left_out : int
        Articles scored, and rows left out because they hold no word or repeat the text of an earlier row.
    resumed : int
        Batches that an earlier, interrupted run had finished.
    duplicates : int
        How many of `left_out` repeat an earlier text.
    """

    path: Path
    articles: int
    left_out: int
    resumed: int
    duplicates: int = 0


def score_dataset(
    source: str | os.PathLike[str],
    lexicon: Lexicon,
    out: str | os.PathLike[str],
    *,
    columns: Mapping[str, str] | None = None,
    keep: Sequence[str] = (),
    encoding: str | None = None,
    rows: int = 2_000,
    progress: bool = True,
    **options: Any,
) -> Streamed:
    """Score a corpus of any size, article by article, with bounded memory.

    Parameters
    ----------
    source : path
        A .parquet, .jsonl, .csv or .tsv file (each also .gz or .zst), or a folder of them, read in order of
        name.
    lexicon : Lexicon
        Terms.
    out : path
        File to write: .parquet, .csv or .jsonl. Until it is whole, a folder ``NAME.parts`` stands beside it.
    columns : mapping of str to str, optional
        Our column name to yours, such as ``{"text": "body"}``.
    keep : sequence of str
        Columns of the source to repeat in the result, such as ``["outlet", "date"]``.
    encoding : str, optional
        Of text files; told from the bytes by default.
    rows : int
        Most articles in a batch; fewer where they are long.
    progress : bool
        Show a progress bar.
    **options
        ``voice, target, part, level, min_words`` as for `score`.

    Returns
    -------
    Streamed
        The path, and how many articles were scored and left out.

    Raises
    ------
    FileNotFoundError
        If the source does not exist.
    OSError
        If the disk is full; what was finished is kept.
    ValueError
        If a file is damaged or a column is missing, or parts of another run lie there.

    Notes
    -----
    Rows are those of `score`, in the order of the source. Rows without a word, and rows whose text is letter for
    letter that of an earlier row, are left out, as by `read_articles`. To know the texts again, sixteen bytes are
    remembered of each: 160 MB for ten million articles. Where a run goes on that was interrupted, the texts of its
    finished batches are read once more for that.

    Examples
    --------
    >>> score_dataset("corpus.parquet", Lexicon.load("geopolitics"), "scores.parquet")  # doctest: +SKIP
    Streamed(path=PosixPath('scores.parquet'), articles=1000000, left_out=12, resumed=0, duplicates=3)
    """
    source, out = Path(source), Path(out)
    if not isinstance(lexicon, Lexicon):
        raise TypeError(f"lexicon must be a Lexicon, not {type(lexicon).__name__}; Lexicon.load() reads one")
    if out.suffix not in _JOINERS:
        raise ValueError(
            f"{out}: scores are written as {', '.join(_JOINERS)}; end the name with one of these"
        )
    if rows < 1:
        raise ValueError(f"rows={rows}; give a whole number of at least 1")
    mapping = articles._check_mapping(columns)
    files = _files(source)
    settings = {
        "columns": mapping,
        "keep": list(keep),
        "encoding": encoding,
        "rows": rows,
        "options": options,
        "duplicates": "left out",
    }
    parts = _Parts(out, _fingerprint(files, lexicon, settings))
    done, finished, left_out, doubled = parts.finished()
    wanted, seen = _wanted(keep, options), Seen()
    read = _read_all(files, mapping, wanted, encoding, rows)
    try:
        with _bar(files, progress, finished + left_out) as bar:
            for number, batch in enumerate(read):
                readable = with_words(batch)
                fresh = seen.fresh(readable["text"])
                if number < done:
                    continue
                kept = readable if fresh.all() else readable[fresh].reset_index(drop=True)
                table = score_batch(kept, lexicon, keep=keep, **options)
                twice = len(readable) - len(kept)
                parts.write(number, table, len(kept), len(batch) - len(kept), twice)
                finished, left_out = finished + len(kept), left_out + len(batch) - len(kept)
                doubled += twice
                bar.update(len(batch))
        if not finished:
            raise ValueError(f"{source}: holds no article with a word in it; check the text column")
        parts.join()
    except KeyboardInterrupt:
        raise KeyboardInterrupt(f"interrupted after {finished:,} articles; {parts.advice()}") from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise OSError(
            error.errno,
            f"{out}: cannot be written, the disk or the file-size limit is full ({error.strerror}). "
            f"{finished:,} articles were scored and are kept; make room, then {parts.advice()}",
        ) from error
    return Streamed(out, finished, left_out, done, doubled)


def score_batch(
    batch: pd.DataFrame, lexicon: Lexicon, *, keep: Sequence[str] = (), **options: Any
) -> pd.DataFrame:
    """Score some articles; what streams and clusters do with each batch.

    Parameters
    ----------
    batch : DataFrame
        ``doc_id`` and ``text``, and what `keep` and `options` need; may be empty.
    lexicon : Lexicon
        Terms.
    keep : sequence of str
        Columns to repeat in the result, after ``doc_id``.
    **options
        As for `score`.

    Returns
    -------
    DataFrame
        Rows of `score`, always with the same columns and types.

    Raises
    ------
    ValueError
        As `score`.
    """
    empty = len(batch) == 0
    if empty:
        batch = pd.DataFrame(
            {c: pd.Series(["x"], dtype="str") for c in {*batch.columns, "doc_id", "text", *keep}}
        )
    table = score(batch, lexicon, **options)
    table.attrs = {}
    table["doc_id"] = table["doc_id"].astype("str")
    per_article = np.repeat(np.arange(len(batch)), len(table) // len(batch))
    for place, name in enumerate(keep, 1):
        kept: Any = batch[name].iloc[per_article]
        table.insert(
            place, name, kept.astype("str").array if pd.api.types.is_string_dtype(kept) else kept.array
        )
    return table.iloc[:0] if empty else table


def with_words(batch: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose text is text with a word in it.

    Parameters
    ----------
    batch : DataFrame
        With a column ``text``.

    Returns
    -------
    DataFrame
        Some of its rows, numbered anew.
    """
    text = batch["text"]
    if text.isna().any() or not isinstance(text.dtype, pd.StringDtype):
        text = text.where(text.map(lambda value: isinstance(value, str)), "")
    some = count_words(text) > 0
    return batch if some.all() else batch[some].reset_index(drop=True)


# --- Reading -------------------------------------------------------------------------------------------------


def _files(source: Path) -> list[Path]:
    if not source.exists():
        raise FileNotFoundError(f"{source}: no such file or folder; check the spelling")
    if source.is_file():
        if _readers.kind_of(source) not in _readers.TABLE_SUFFIXES:
            raise ValueError(
                f"{source}: a corpus is read from {', '.join(_readers.TABLE_SUFFIXES)}, each also .gz or .zst; "
                "read other files with read_articles()"
            )
        return [source]
    files = sorted(
        p for p in source.rglob("*") if p.is_file() and _readers.kind_of(p) in _readers.TABLE_SUFFIXES
    )
    if not files:
        raise ValueError(f"{source}: holds no {', '.join(_readers.TABLE_SUFFIXES)} file")
    return files


def _wanted(keep: Sequence[str], options: Mapping[str, Any]) -> list[str]:
    """Our columns that the scores need; all others stay unread."""
    names = ["doc_id", "text", *keep]
    if options.get("part", "body") != "body" or options.get("voice") or options.get("target"):
        names += ["title", "date"]
    return list(dict.fromkeys(names))


def _read_all(
    files: list[Path], mapping: dict[str, str], wanted: list[str], encoding: str | None, rows: int
) -> Iterator[pd.DataFrame]:
    """Yield batches with our columns."""
    for path in files:
        first = 1
        for batch in _batches(path, mapping, wanted, encoding, rows):
            yield _named(batch, path, first, mapping, wanted)
            first += len(batch)


def _batches(
    path: Path, mapping: dict[str, str], wanted: list[str], encoding: str | None, rows: int
) -> Iterator[pd.DataFrame]:
    if _readers.kind_of(path) == ".parquet" and path.suffix.lower() not in _readers.COMPRESSED:
        yield from _parquet_batches(path, [mapping.get(name, name) for name in wanted], rows)
        return
    yield from _readers.table_batches(path, encoding, rows)


def _parquet_batches(path: Path, names: list[str], rows: int) -> Iterator[pd.DataFrame]:
    damaged = f"{path}: is not a whole Parquet file ({{}}); write or fetch it again"
    try:
        file = parquet.ParquetFile(path, buffer_size=1 << 20, pre_buffer=False)
    except (pa.ArrowInvalid, OSError) as error:
        raise ValueError(damaged.format(error)) from None
    with file:
        there = [name for name in names if name in file.schema_arrow.names]
        groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
        most = max((g.total_byte_size / max(g.num_rows, 1) for g in groups), default=0)
        size = max(1, min(rows, int(BATCH_BYTES / max(most, 1))))
        try:
            for batch in file.iter_batches(batch_size=size, columns=there):
                yield batch.to_pandas()
                del batch  # else its pages stay beside the next one's
                pa.default_memory_pool().release_unused()
        except (pa.ArrowInvalid, OSError) as error:
            raise ValueError(damaged.format(error)) from None


def _named(
    raw: pd.DataFrame, path: Path, first: int, mapping: dict[str, str], wanted: list[str]
) -> pd.DataFrame:
    """Give a batch our column names; make a doc_id where there is none, as `read_articles` does."""
    frame = pd.DataFrame(index=raw.index)
    for name in wanted:
        theirs = mapping.get(name, name)
        if theirs in raw:
            frame[name] = raw[theirs]
        elif name == "text":
            raise ValueError(f"{path}: {articles._missing_text(raw.columns)}")
        elif name in mapping or name not in ("doc_id", "title", "date"):
            there = ", ".join(map(str, raw.columns))
            raise ValueError(f"{path}: column {theirs!r} is missing (there are: {there})")
    bare = _readers.bare_name(Path(path.name))
    made = pd.Series([f"{bare}_{i}" for i in range(first, first + len(raw))])
    given = frame["doc_id"].map(str, na_action="ignore") if "doc_id" in frame else made
    frame["doc_id"] = given.where(given.notna(), made).astype("str")
    twice = frame["doc_id"][frame["doc_id"].duplicated()]
    if len(twice):
        raise ValueError(
            f"{path}: doc_id {twice.iloc[0]!r} stands twice, the second time in row {first + twice.index[0]:,}; "
            "give each article its own doc_id"
        )
    return frame


def _bar(files: list[Path], progress: bool, done: int) -> Any:
    from tqdm.auto import tqdm

    total = None
    if all(path.suffix.lower() == ".parquet" for path in files):
        with contextlib.suppress(pa.ArrowInvalid, OSError):
            total = sum(parquet.read_metadata(path).num_rows for path in files)
    return tqdm(desc="scoring", unit=" articles", total=total, initial=done, disable=not progress, delay=1)


# --- Writing -------------------------------------------------------------------------------------------------


def _fingerprint(files: list[Path], lexicon: Lexicon, settings: dict[str, Any]) -> dict[str, Any]:
    """What has to be the same for a run to go on where another one stopped."""
    stats = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    return json.loads(json.dumps({"files": stats, "lexicon": lexicon.sha256, **settings}, default=str))


class _Parts:
    """The folder of finished batches beside the result."""

    def __init__(self, out: Path, job: dict[str, Any]) -> None:
        self.out, self.folder = out, out.with_name(out.name + ".parts")
        note = self.folder / "job.json"
        if note.exists():
            if json.loads(note.read_text(encoding="utf-8")) != job:
                raise ValueError(
                    f"{self.folder}: holds parts of a run with another source, lexicon or settings; "
                    "finish that run, or delete the folder to begin anew"
                )
        else:
            write_whole(note, json.dumps(job))

    def path(self, number: int) -> Path:
        return self.folder / f"{number:07}.parquet"

    def finished(self) -> tuple[int, int, int, int]:
        """Return how many batches are finished, and their articles scored, left out, and duplicates among these."""
        number, scored, left_out, doubled = 0, 0, 0, 0
        while self.path(number).exists():
            try:
                note = parquet.read_schema(self.path(number)).metadata
            except (pa.ArrowInvalid, OSError):  # a power cut can leave a file without its content
                break
            scored, left_out = scored + int(note[b"articles"]), left_out + int(note[b"left_out"])
            number, doubled = number + 1, doubled + int(note[b"duplicates"])
        return number, scored, left_out, doubled

    def write(self, number: int, table: pd.DataFrame, scored: int, left_out: int, doubled: int) -> None:
        """Write a batch so that its file is there whole or not at all."""
        content = pa.Table.from_pandas(table, preserve_index=False)
        note = {"articles": str(scored), "left_out": str(left_out), "duplicates": str(doubled)}
        content = content.replace_schema_metadata({**(content.schema.metadata or {}), **note})
        buffer = io.BytesIO()
        parquet.write_table(content, buffer, compression="zstd")
        write_whole(self.path(number), buffer.getvalue())

    def join(self) -> None:
        """Put the batches together, one after the other; then remove their folder."""
        paths = sorted(self.folder.glob("*.parquet"))
        temporary = self.folder / ("joined" + self.out.suffix)
        try:
            with open(temporary, "wb") as file:
                _JOINERS[self.out.suffix](paths, file)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        os.replace(temporary, self.out)
        shutil.rmtree(self.folder)

    def advice(self) -> str:
        return f"run the same again and it goes on from there (finished batches lie in {self.folder})"


def _join_parquet(paths: list[Path], file: IO[bytes]) -> None:
    # The first batch may have a column without any value, whose type only a later one tells.
    schemas = [_plain_schema(path) for path in paths]
    schema = pa.unify_schemas(schemas, promote_options="permissive")
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        for path in paths:
            table = parquet.read_table(path)
            if len(table):
                writer.write_table(table.replace_schema_metadata(None).cast(schema))


def _plain_schema(path: Path) -> pa.Schema:
    return parquet.read_schema(path).remove_metadata()


def _join_csv(paths: list[Path], file: IO[bytes]) -> None:
    for number, path in enumerate(paths):
        text = safe_csv(pd.read_parquet(path))
        file.write((text if number == 0 else text.partition("\n")[2]).encode("utf-8", "replace"))


def _join_jsonl(paths: list[Path], file: IO[bytes]) -> None:
    for path in paths:
        table = pd.read_parquet(path)
        if len(table):
            file.write(table.to_json(orient="records", lines=True, date_format="iso").encode("utf-8"))


_JOINERS: dict[str, Callable[[list[Path], IO[bytes]], None]] = {
    ".parquet": _join_parquet,
    ".csv": _join_csv,
    ".jsonl": _join_jsonl,
}
