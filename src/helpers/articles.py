"""Read and check articles; what was left out and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from helpers import _readers

COLUMNS = ("doc_id", "title", "text", "outlet", "date", "author", "topic")
EXCLUSION_COLUMNS = ("source", "row", "doc_id", "reason", "detail")
#: Reasons that are remarks: the article is kept.
REMARKS = ("date not understood", "unbalanced quotation marks")
EARLIEST, LATEST_YEARS_AHEAD = pd.Timestamp("1500-01-01"), 1


def read_articles(
    source: str | Path | pd.DataFrame | Sequence[str],
    *,
    columns: Mapping[str, str] | None = None,
    encoding: str | None = None,
    progress: bool = True,
) -> pd.DataFrame:
    """Read articles from a file, a folder, a DataFrame, a list of strings or one string.

    Parameters
    ----------
    source : str, pathlib.Path, DataFrame or sequence of str
        A file (.txt, .md, .html, .csv, .tsv, .jsonl, .parquet, each also .gz or .zst), a folder of them
        (read recursively, in order of name; texts in a folder within it take that folder's name for their
        outlet, unless a web page names its own), a DataFrame, a list of texts, or one text.
        A string is a path if such a file exists or if it looks like a path; else it is the text itself.
    columns : mapping of str to str, optional
        Our column name to yours, such as ``{"text": "body", "outlet": "source"}``.
    encoding : str, optional
        Character encoding of text files; told from the bytes by default.
    progress : bool
        Show a progress bar when reading takes more than two seconds.

    Returns
    -------
    DataFrame
        One row an article: ``doc_id, title, text, outlet, date, author, topic`` and the source's other
        columns. `text` is unaltered. What was left out, and why, is in `exclusions(articles)`.

    Raises
    ------
    FileNotFoundError
        If the path does not exist.
    TypeError
        If `source` is of another type.
    ValueError
        If a file cannot be read, a column is missing, two articles share a `doc_id`, or nothing is left.

    Examples
    --------
    >>> articles = read_articles(["The regime fell.", "", "The regime fell."])
    >>> articles["doc_id"].tolist()
    ['text_1']
    >>> exclusions(articles)["reason"].tolist()
    ['empty', 'duplicate']
    """
    mapping = _check_mapping(columns)
    if isinstance(source, pd.DataFrame):
        frame = _prepare(source.copy(deep=False), "DataFrame", mapping)
    elif isinstance(source, str) and not _is_path(source):
        frame = _prepare(_texts_frame([source]), "text", {})
    elif isinstance(source, str | Path):
        frame = _read_path(Path(source), mapping, encoding, progress)
    elif isinstance(source, Sequence | pd.Series) and not isinstance(source, bytes | bytearray):
        frame = _prepare(_texts_frame(list(source)), "list", {})
    else:
        raise TypeError(
            f"articles cannot be read from {type(source).__name__}; "
            "give a path, a folder, a DataFrame, a list of str or a str"
        )
    return _clean(frame)


def exclusions(articles: pd.DataFrame) -> pd.DataFrame:
    """Return what was left out when the articles were read, and why.

    Parameters
    ----------
    articles : DataFrame
        From `read_articles`.

    Returns
    -------
    DataFrame
        One row an exclusion or a remark: ``source, row, doc_id, reason, detail, kept``. `row` counts from 1;
        `kept` is True for a remark, and remarks come last.
        Reasons: ``empty``, ``no words``, ``not text``, ``duplicate``, ``no article found`` (in a web page),
        ``unknown file type``; and, the article being kept, ``date not understood`` and ``unbalanced quotation
        marks``: so many marks found no partner, and what they may have quoted counts as the narrator's.

    Examples
    --------
    >>> exclusions(read_articles("The regime fell.")).empty
    True
    """
    noted = [*articles.attrs.get("exclusions", []), *_unbalanced(articles)]
    table = pd.DataFrame(noted, columns=list(EXCLUSION_COLUMNS))
    table = table.assign(kept=table["reason"].isin(REMARKS))
    return table.sort_values("kept", kind="stable", ignore_index=True)


def _unbalanced(articles: pd.DataFrame) -> list[dict[str, Any]]:
    """Note the articles in which quotation marks found no partner."""
    from helpers.text import count_unbalanced

    if "text" not in articles or "doc_id" not in articles:
        return []
    counts = count_unbalanced(articles["text"].tolist())
    reason = "unbalanced quotation marks"
    return [
        _exclusion(None, None, doc_id, reason, f"{count} mark{'s' * (count > 1)}, read as the narrator's")
        for doc_id, count in zip(articles["doc_id"].tolist(), counts, strict=True)
        if count
    ]


def as_articles(articles: pd.DataFrame | pd.Series | Sequence[str] | str) -> pd.DataFrame:
    """Return articles as a frame with `doc_id` and `text`, leaving nothing out.

    Public functions call this first, so that each takes a frame, a list of texts or one text.

    Parameters
    ----------
    articles : DataFrame, sequence of str or str
        A frame from `read_articles` or of one's own with ``text`` (and ``doc_id``), one row of such a frame
        (a Series), or bare texts.

    Returns
    -------
    DataFrame
        The same rows in the same order, index reset, `doc_id` made where there was none.

    Raises
    ------
    TypeError
        If a text is not a str, naming its row; or the whole is something else.
    ValueError
        If the column ``text`` is missing or two rows share a `doc_id`.
    """
    if isinstance(articles, str):
        return _texts_frame([articles])
    if isinstance(articles, pd.Series) and "text" in articles.index:
        articles = pd.DataFrame([articles.to_dict()])
    if isinstance(articles, pd.DataFrame):
        if "text" not in articles:
            raise ValueError(_missing_text(articles.columns))
        frame = articles.reset_index(drop=True)
        if "doc_id" not in frame:
            frame.insert(0, "doc_id", [f"text_{i}" for i in range(1, len(frame) + 1)])
        _refuse_twice(frame["doc_id"], "articles")
    elif isinstance(articles, Iterable) and not isinstance(articles, bytes | Mapping):
        frame = _texts_frame(list(articles))
    else:
        raise TypeError(
            f"articles must be a DataFrame, a list of str or a str, not {type(articles).__name__}"
        )
    if not isinstance(frame["text"].dtype, pd.StringDtype) or frame["text"].hasnans:
        for row, text in enumerate(frame["text"], 1):
            if not isinstance(text, str):
                raise TypeError(
                    f"row {row}: text is {type(text).__name__}, not str; "
                    "read_articles() leaves such rows out and counts them"
                )
    return frame


def _texts_frame(texts: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(
        {"doc_id": [f"text_{i}" for i in range(1, len(texts) + 1)], "text": _text_column(texts)}
    )


def _text_column(texts: list[Any]) -> pd.Series:
    try:
        return pd.Series(texts, dtype="str" if all(isinstance(t, str) for t in texts) else object)
    except (UnicodeEncodeError, ValueError):
        # Lone surrogates cannot stand in Arrow; kept as Python strings they lose nothing.
        return pd.Series(texts, dtype=object)


def _is_path(text: str) -> bool:
    if "\n" in text or "\x00" in text or len(text) > 4096:
        return False
    path = Path(text)
    try:
        if text and path.exists():
            return True
    except OSError:
        return False
    return " " not in text and bool(_readers.kind_of(path) or text.endswith("/"))


def _check_mapping(columns: Mapping[str, str] | None) -> dict[str, str]:
    mapping = dict(columns or {})
    for ours in mapping:
        if ours not in COLUMNS:
            raise ValueError(
                f"columns: {ours!r} is not one of ours ({', '.join(COLUMNS)}); write {{ours: yours}}"
            )
    return mapping


def _missing_text(names: Iterable[object]) -> str:
    shown = ", ".join(map(str, names)) or "none"
    return (
        f"column 'text' is missing (there are: {shown}); name it with columns={{'text': 'your column'}}, on the command "
        "line with --column 'text=your column'"
    )


def _read_path(path: Path, mapping: dict[str, str], encoding: str | None, progress: bool) -> pd.DataFrame:
    if not path.exists():
        raise FileNotFoundError(
            f"{path}: no such file or folder; check the spelling, or pass the text itself"
        )
    if path.is_file():
        if not _readers.kind_of(path):
            known = ", ".join(_readers.KNOWN)
            raise ValueError(
                f"{path}: unknown file type {path.suffix!r}; known are {known}, each also .gz or .zst"
            )
        return _read_file(path, path.name, mapping, encoding)
    from tqdm.auto import tqdm

    frames, left_out = [], []
    files = sorted(
        p
        for p in path.rglob("*")
        if p.is_file() and not any(s.startswith(".") for s in p.relative_to(path).parts)
    )
    for file in tqdm(files, desc="reading", unit="file", delay=2, disable=not progress):
        name = file.relative_to(path).as_posix()
        if not _readers.kind_of(file):
            left_out.append(_exclusion(name, None, None, "unknown file type", file.suffix))
            continue
        frames.append(_read_file(file, name, mapping, encoding))
    if not frames:
        raise ValueError(
            f"{path}: holds no file to read ({', '.join(_readers.KNOWN)}, each also .gz or .zst)"
        )
    frame = pd.concat(frames, ignore_index=True)
    frame.attrs["exclusions"] = left_out
    return frame


def _read_file(path: Path, name: str, mapping: dict[str, str], encoding: str | None) -> pd.DataFrame:
    kind = _readers.kind_of(path)
    if kind in _readers.TABLE_SUFFIXES:
        batches = [_prepare(raw, name, mapping) for raw in _readers.table_batches(path, encoding)]
        if not batches:
            raise ValueError(f"{path}: holds no rows; it needs one for each article")
        frame = pd.concat(batches, ignore_index=True)
        frame["_row"] = range(1, len(frame) + 1)
        made = frame["doc_id"].isna()
        frame.loc[made, "doc_id"] = [
            f"{_readers.bare_name(Path(name))}_{row}" for row in frame.loc[made, "_row"]
        ]
        return frame
    fields = (
        _readers.read_html(path, encoding)
        if kind in _readers.HTML_SUFFIXES
        else {"text": _readers.read_text(path, encoding)}
    )
    if "/" in name and not fields.get("outlet"):  # a folder of folders: one an outlet
        fields["outlet"] = name.split("/")[0]
    fields = {"doc_id": _readers.bare_name(Path(name)), **fields}
    raw = pd.DataFrame({key: pd.Series([value], dtype=object) for key, value in fields.items()})
    return _prepare(raw, name, {}).assign(_html=kind in _readers.HTML_SUFFIXES)


def _prepare(raw: pd.DataFrame, source: str, mapping: dict[str, str]) -> pd.DataFrame:
    """Give a raw frame our columns, in our order, with where each row came from."""
    for ours, yours in mapping.items():
        if yours not in raw:
            raise ValueError(
                f"{source}: column {yours!r}, named for {ours!r}, is missing "
                f"(there are: {', '.join(map(str, raw.columns))})"
            )
    taken = set(mapping.values())
    frame = raw.drop(columns=[c for c in mapping if c in raw and c not in taken])
    for ours, yours in mapping.items():
        frame[ours] = raw[yours]
    frame = frame.drop(columns=[c for c in taken if c not in mapping])
    if "text" not in frame:
        raise ValueError(f"{source}: {_missing_text(raw.columns)}")
    for column in COLUMNS:
        if column not in frame:
            frame[column] = None
    for column in ("doc_id", "title", "outlet", "author", "topic"):
        frame[column] = frame[column].map(str, na_action="ignore").astype("str")
    if frame["text"].dtype == object:
        frame["text"] = _text_column(frame["text"].tolist()).set_axis(frame.index)
    extra = [c for c in frame.columns if c not in COLUMNS]
    return frame[[*COLUMNS, *extra]].assign(_source=source, _row=range(1, len(frame) + 1))


def _exclusion(source: Any, row: Any, doc_id: Any, reason: str, detail: Any = "") -> dict[str, Any]:
    clean = [None if pd.isna(value) else value for value in (source, row, doc_id, reason, detail)]
    return dict(zip(EXCLUSION_COLUMNS, clean, strict=True))


def _note(rows: pd.DataFrame, reasons: pd.Series, details: pd.Series) -> list[dict[str, Any]]:
    columns = (rows["_source"], rows["_row"].astype(int), rows["doc_id"], reasons, details)
    return [_exclusion(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def _clean(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what is no article, note each with its reason, and check what remains."""
    noted = list(frame.attrs.get("exclusions", []))
    frame = frame.reset_index(drop=True)
    made = frame["doc_id"].isna()
    frame.loc[made, "doc_id"] = [f"text_{row}" for row in frame.loc[made, "_row"]]
    reasons, details = _reasons(frame)
    out = reasons.notna()
    for row in frame.index[out]:
        line = frame.loc[row]
        noted.append(
            _exclusion(line["_source"], int(line["_row"]), line["doc_id"], reasons[row], details[row])
        )
    kept = frame[~out] if out.any() else frame
    if kept.empty:
        counts = (
            ", ".join(f"{reason}: {n}" for reason, n in reasons.value_counts().items()) or "there are no rows"
        )
        raise ValueError(f"no article is left ({counts}); check the source and the text column")
    _refuse_twice(kept["doc_id"], "articles")
    kept = kept.assign(date=_dates(kept, noted))
    kept = kept.drop(columns=["_source", "_row", "_html"], errors="ignore").reset_index(drop=True)
    for column in kept.columns.difference(list(COLUMNS)):
        kept[column] = _numbers(kept[column])
    kept.attrs = {"exclusions": noted}
    return kept


def _reasons(frame: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    from helpers.engine import count_words

    reasons = pd.Series(None, index=frame.index, dtype=object)
    details: pd.Series[Any] = pd.Series("", index=frame.index, dtype=object)
    text = frame["text"]
    html = (
        frame["_html"].fillna(False).astype(bool) if "_html" in frame else pd.Series(False, index=frame.index)
    )
    missing = text.isna()
    reasons[missing] = "empty"
    reasons[missing & html] = "no article found"
    if text.dtype == object:
        wrong = ~missing & ~text.map(lambda value: isinstance(value, str))
        reasons[wrong] = "not text"
        details[wrong] = [type(value).__name__ for value in text[wrong]]
    readable = reasons.isna()
    # A filter copies all texts: done only where there is something to filter.
    words = count_words(text if readable.all() else text[readable])
    for row in reasons.index[readable][words == 0]:
        reasons[row] = "no words" if text[row].strip() else "empty"
    first: dict[bytes, str] = {}
    for row, (usable, doc_id, value) in enumerate(zip(reasons.isna(), frame["doc_id"], text, strict=True)):
        if usable:
            digest = _digest(value)
            if digest in first:
                reasons[row], details[row] = "duplicate", f"same text as {first[digest]}"
            else:
                first[digest] = doc_id
    return reasons, details


def _digest(text: str) -> bytes:
    """Sixteen bytes that stand for a text, to find duplicates without holding it twice."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _refuse_twice(doc_ids: pd.Series, what: str) -> None:
    twice = doc_ids[doc_ids.duplicated(keep=False)]
    if len(twice):
        name = twice.iloc[0]
        rows = ", ".join(str(i + 1) for i in twice.index[twice == name][:4])
        raise ValueError(
            f"{what}: doc_id {name!r} stands for several different texts (rows {rows}); "
            "give each article its own doc_id"
        )


def _dates(frame: pd.DataFrame, noted: list[dict[str, Any]]) -> pd.Series:
    raw = frame["date"]
    if not pd.api.types.is_datetime64_any_dtype(raw):
        parsed = pd.to_datetime(raw, errors="coerce", format="mixed", utc=True)
    else:
        parsed = pd.to_datetime(raw, utc=True)
    parsed = parsed.dt.tz_localize(None)
    latest = pd.Timestamp.now() + pd.DateOffset(years=LATEST_YEARS_AHEAD)
    parsed = parsed.where(parsed.between(EARLIEST, latest))
    odd = raw.notna() & parsed.isna()
    details = raw[odd].map(lambda value: f"{value!s:.40} (article kept)")
    noted += _note(frame[odd], pd.Series("date not understood", index=details.index), details)
    return parsed


def _numbers(column: pd.Series) -> pd.Series:
    """Turn a column of strings into numbers where every value is one ("007" is a name, not a number)."""
    if not isinstance(column.dtype, pd.StringDtype):
        return column
    given = column.dropna()
    if given.empty or given.str.match(r"[+-]?0\d").any():
        return column
    numbers = pd.to_numeric(given, errors="coerce")
    return column if numbers.isna().any() else pd.to_numeric(column)
