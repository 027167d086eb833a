"""Read files of many formats into batches of rows, bounded in memory, with errors that name file and line."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa

from helpers._csv_check import check_quotation

TEXT_SUFFIXES = (".txt", ".md")
HTML_SUFFIXES = (".html", ".htm")
TABLE_SUFFIXES = (".csv", ".tsv", ".jsonl", ".parquet")
COMPRESSED = {".gz": "gzip", ".zst": "zstd"}
KNOWN = TEXT_SUFFIXES + HTML_SUFFIXES + TABLE_SUFFIXES

# What a file begins with tells what it is, whatever its name says.
_SIGNATURES = {
    b"%PDF": "a PDF file",
    b"PK\x03\x04": "a ZIP file or an Office document",
    b"\xd0\xcf\x11\xe0": "an old Office document",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"{\\rtf": "an RTF document",
    b"SQLite format 3": "an SQLite database",
    b"\x7fELF": "a program",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file without the ending .gz",
}
# UTF-32 before UTF-16: its little-endian mark begins with the other's.
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BLOCK = 1 << 20
_SAMPLE = 1 << 18
# Text seldom shrinks more than tenfold; gzip's limit is about a thousandfold.
_MOST_EXPANSION = 200
_ALWAYS_ALLOWED = 256 << 20
_TOO_LARGE = (
    "{}: unpacks to more than {} MB, {} times its size, as no text does; unpack it yourself if you trust it"
)
_PARQUET_ROWS, _PARQUET_BYTES = 500, 16 << 20


class _Bounded(io.RawIOBase):
    """A decompressing stream that stops a file which unpacks to absurd size."""

    def __init__(self, raw: IO[bytes], path: Path):
        self._raw, self._path, self._read = raw, path, 0
        self._limit = max(_ALWAYS_ALLOWED, _MOST_EXPANSION * path.stat().st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            data = self._raw.read(len(buffer))
        except (OSError, EOFError) as error:
            raise ValueError(
                f"{self._path}: cannot be decompressed, the file is damaged or cut short ({error})"
            ) from error
        self._read += len(data)
        if self._read > self._limit:
            raise ValueError(_TOO_LARGE.format(self._path, self._limit >> 20, _MOST_EXPANSION))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._raw.close()
        super().close()


def kind_of(path: Path) -> str:
    """Return the ending that decides how a file is read, without a compression ending; "" where unknown."""
    name = path.with_suffix("") if path.suffix.lower() in COMPRESSED else path
    suffix = name.suffix.lower()
    return suffix if suffix in KNOWN else ""


def bare_name(path: Path) -> str:
    """Return a path without its kind's ending and without a compression ending."""
    text = path.as_posix()
    for ending in (*COMPRESSED, *KNOWN):
        if text.lower().endswith(ending):
            text = text[: -len(ending)]
    return text


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file for reading bytes, unpacking .gz and .zst on the way."""
    compression = COMPRESSED.get(path.suffix.lower())
    if compression is None:
        return open(path, "rb")
    return io.BufferedReader(_Bounded(pa.input_stream(str(path), compression=compression), path), _BLOCK)  # type: ignore[arg-type]


def detect_encoding(path: Path, encoding: str | None = None) -> str:
    """Tell a file's character encoding.

    Parameters
    ----------
    path : pathlib.Path
        The file; compressed ones are unpacked on the way.
    encoding : str, optional
        The user's word for it, which is then only checked for being a known codec.

    Returns
    -------
    str
        A codec name. UTF-8 where the whole file is valid UTF-8; else what a byte-order mark or
        charset-normalizer says.

    Raises
    ------
    ValueError
        If the file is not text, or its encoding cannot be told.
    """
    if encoding is not None:
        try:
            "".encode(encoding)
        except LookupError:
            raise ValueError(
                f"{path}: unknown encoding {encoding!r}; try 'utf-8', 'cp1252' or 'utf-16'"
            ) from None
        return encoding
    with open_bytes(path) as stream:
        head = stream.read(_SAMPLE)
        for signature, what in _SIGNATURES.items():
            if head.startswith(signature):
                raise ValueError(f"{path}: is {what}, not text; export it as .txt, .html or .csv first")
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        if _is_utf8(head, stream):
            # What is UTF-8 to its end is text, if with odd control characters, unless it holds NULs from the start.
            if 0 in head and not _is_plain(head.partition(b"\n")[0]):
                _refuse_binary(path, head)
            return "utf-8"
    return _guess(path, head)


def _is_plain(line: bytes) -> bool:
    """Whether a line is one of words, such as a table's header, without any control character."""
    words = line.removesuffix(b"\r")
    return bool(words.strip()) and not any(code < 32 and code != 9 for code in words)


def _is_utf8(head: bytes, stream: IO[bytes]) -> bool:
    import codecs

    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(head)
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _guess(path: Path, head: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    if best is None and b"\x00" not in head:
        # The sample may be plain ASCII with the odd character far behind it: look where that stands.
        with open_bytes(path) as stream:
            best = from_bytes(b"".join(line for line in stream if not line.isascii())[:_SAMPLE]).best()
    if best is None:
        _refuse_binary(path, head)
        raise ValueError(
            f"{path}: its encoding cannot be told; save the file as UTF-8, or name its encoding, such as "
            "read_articles(..., encoding='cp1252')"
        )
    _refuse_binary(path, head.decode(best.encoding, errors="ignore").encode())
    return best.encoding


def _refuse_binary(path: Path, head: bytes) -> None:
    control = sum(head.count(code) for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b\x00")
    if control + head.count(0) // 8 > 2 + len(head) // 50:
        raise ValueError(f"{path}: is a binary file, not text; export it as .txt, .html or .csv first")


def read_text(path: Path, encoding: str | None = None) -> str:
    """Return a text file's content, unaltered (line ends too), whatever its encoding."""
    codec = detect_encoding(path, encoding)
    with open_bytes(path) as stream:
        data = stream.read()
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: byte {error.start:,} is not valid {codec}; name the right one with encoding="
        ) from None


def read_html(path: Path, encoding: str | None = None) -> dict[str, object]:
    """Return the article in a saved web page: its text, and title, outlet, author, date where told."""
    import trafilatura

    page = read_text(path, encoding)
    found = (
        trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
        if page.strip()
        else None
    )
    if found is None:
        return {"text": None}
    fields = found if isinstance(found, dict) else found.as_dict()
    names = {"text": "text", "title": "title", "outlet": "sitename", "author": "author", "date": "date"}
    return {ours: fields.get(theirs) for ours, theirs in names.items()}


def _csv_batches(path: Path, encoding: str | None, rows: int) -> Iterator[pd.DataFrame]:
    from pyarrow import csv

    codec = detect_encoding(path, encoding)
    with open_bytes(path) as stream:
        head = stream.read(_SAMPLE).decode(codec, errors="ignore").lstrip("\ufeff")
    if not head.strip():
        raise ValueError(f"{path}: is empty; it needs a header line and a row for each article")
    first = head.splitlines()[0]
    delimiter = "\t" if kind_of(path) == ".tsv" else max(",;\t|", key=first.count)
    with open_bytes(path) as stream:
        check_quotation(path, iter(partial(stream.read, _BLOCK), b""), codec, delimiter)
    broken: list[str] = []

    def note(row) -> str:
        broken.append(
            f"row {row.number} has {row.actual_columns} {'cell' if row.actual_columns == 1 else 'cells'}, "
            f"the header has {row.expected_columns}"
        )
        return "skip"

    read = csv.ReadOptions(
        use_threads=False, block_size=8 << 20, encoding="utf-8" if codec == "utf-8-sig" else codec
    )
    parse = csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note)
    with open_bytes(path) as stream:
        names = _csv_names(path, first, delimiter)
        types = csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        )
        try:
            # pyarrow reads a plain file by itself: of a Python stream it would keep every block in memory.
            plain = path.suffix.lower() not in COMPRESSED
            for batch in csv.open_csv(str(path) if plain else stream, read, parse, types):
                if broken:
                    break
                for start in range(0, batch.num_rows, rows):
                    yield batch.slice(start, rows).to_pandas()
        except pa.ArrowInvalid as error:
            raise ValueError(f"{path}: cannot be read as a table: {error}") from None
    if broken:
        more = f", and {len(broken) - 3} more" if len(broken) > 3 else ""
        raise ValueError(
            f"{path}: {'; '.join(broken[:3])}{more}. "
            f"A text that holds {delimiter!r} or a line break must stand in double quotes"
        )


def _csv_names(path: Path, first: str, delimiter: str) -> list[str]:
    import csv

    names = next(csv.reader([first], delimiter=delimiter))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{path}: the header names {twice[0]!r} twice; rename one of the columns")
    return names


def _jsonl_batches(path: Path, encoding: str | None, rows: int) -> Iterator[pd.DataFrame]:
    codec = detect_encoding(path, encoding)
    records: list[dict] = []
    with open_bytes(path) as stream, io.TextIOWrapper(stream, codec, newline="\n") as lines:  # type: ignore[arg-type]
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                if "\\ud" in line.lower():  # half a surrogate pair is no character
                    whole = json.dumps(record, ensure_ascii=False)
                    record = json.loads(re.sub("[\ud800-\udfff]", "\ufffd", whole))
            except (json.JSONDecodeError, RecursionError) as error:
                raise ValueError(
                    f"{path}: line {number} is not valid JSON ({error}); each line must hold one object"
                ) from None
            if not isinstance(record, dict):
                raise ValueError(
                    f"{path}: line {number} holds {type(record).__name__}, not an object with named fields"
                )
            records.append(record)
            if len(records) == rows:
                yield pd.DataFrame(records)
                records = []
    if records:
        yield pd.DataFrame(records)


def _parquet_batches(path: Path, encoding: str | None, rows: int) -> Iterator[pd.DataFrame]:
    from pyarrow import parquet

    unpacked = 0
    try:
        if path.suffix.lower() in COMPRESSED:
            with open_bytes(path) as stream:
                file = parquet.ParquetFile(io.BytesIO(stream.read()))
        else:
            file = parquet.ParquetFile(path, memory_map=True)
        waiting: list[pa.RecordBatch] = []
        limit = max(_ALWAYS_ALLOWED, _MOST_EXPANSION * path.stat().st_size)
        # Few rows at a time: a column that repeats one long text is small in the file and huge in memory.
        for batch in file.iter_batches(batch_size=min(rows, _PARQUET_ROWS)):
            batch = _without_codes(batch)
            batch.validate(full=True)  # a damaged file may hold texts that are no UTF-8
            unpacked += batch.nbytes
            if unpacked > limit:
                raise ValueError(_TOO_LARGE.format(path, limit >> 20, _MOST_EXPANSION))
            waiting.append(batch)
            if sum(map(len, waiting)) >= rows or sum(one.nbytes for one in waiting) > _PARQUET_BYTES:
                yield _as_frame(waiting)
                waiting = []
        if waiting:
            yield _as_frame(waiting)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise ValueError(f"{path}: is not a whole Parquet file ({error}); write or fetch it again") from None


def _as_frame(batches: list[pa.RecordBatch]) -> pd.DataFrame:
    """Return batches as a frame; what pandas once noted in the file is not trusted, nor its index wanted."""
    table = pa.Table.from_batches(batches).replace_schema_metadata(None)
    kept = [name for name in table.column_names if not re.fullmatch(r"__index_level_\d+__", name)]
    return table.select(kept).to_pandas(ignore_metadata=True)


def _without_codes(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Write out columns that are kept as codes of a dictionary."""
    plain = {
        place: batch.column(place).dictionary_decode()
        for place, field in enumerate(batch.schema)
        if pa.types.is_dictionary(field.type)
    }
    if not plain:
        return batch
    columns = [plain.get(place, column) for place, column in enumerate(batch.columns)]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


_BATCHES: dict[str, Callable[[Path, str | None, int], Iterator[pd.DataFrame]]] = {
    ".csv": _csv_batches,
    ".tsv": _csv_batches,
    ".jsonl": _jsonl_batches,
    ".parquet": _parquet_batches,
}


def table_batches(path: Path, encoding: str | None = None, rows: int = 10_000) -> Iterator[pd.DataFrame]:
    """Yield the rows of a .csv, .tsv, .jsonl or .parquet file, some at a time, under the file's own names.

    Raises
    ------
    ValueError
        If the file is damaged, naming the file and the row or line.
    """
    try:
        yield from _BATCHES[kind_of(path)](path, encoding, rows)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: is not valid {error.encoding} ({error.reason}); write the file again, or name its encoding"
        ) from None
