"""How a baseline lies on disk: four files in a folder, the same bytes for the same counts."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from helpers._resources import data_path
from helpers.safe import write_whole

if TYPE_CHECKING:
    from helpers.baseline import Baseline

FORMAT = "framing-baseline/1"
FILES = ("articles.parquet", "words.npz", "terms.npz", "meta.json")


def available() -> list[str]:
    """Return the names of the shipped baselines."""
    folder = data_path("baselines")
    return sorted(p.parent.name for p in folder.glob("*/meta.json")) if folder.is_dir() else []


def write(baseline: Baseline, folder: Path) -> Path:
    """Write a baseline to a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    # Without meta.json the folder is no baseline: an interrupted run leaves none, never a mixture of two.
    (folder / "meta.json").unlink(missing_ok=True)
    buffer = io.BytesIO()
    baseline.articles.to_parquet(buffer, index=False)
    write_whole(folder / "articles.parquet", buffer.getvalue())
    _save(folder / "words.npz", vocabulary=_text(baseline.vocabulary), **_packed(baseline.word_counts))
    arrays: dict[str, np.ndarray] = {}
    for i, one in enumerate(baseline.terms):
        arrays |= {
            f"patterns_{i}": _text(one.patterns),
            f"sha256_{i}": _text([one.lexicon_sha256]),
            f"article_{i}": one.article.astype(np.int32),
            f"term_{i}": one.term.astype(np.int32),
            f"voice_{i}": one.voice.astype(np.int8),
            f"count_{i}": _small(one.count),
        }
    _save(folder / "terms.npz", **arrays)
    meta = {"format": FORMAT, **baseline.meta, "title": baseline.title}
    text = json.dumps(meta, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    write_whole(folder / "meta.json", text)
    return folder


def read(name_or_path: str | Path) -> dict[str, Any]:
    """Read what `write` wrote."""
    folder = _folder(name_or_path)
    try:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{folder / 'meta.json'}: not JSON ({error}); build the baseline again") from None
    if not isinstance(meta, dict) or meta.pop("format", None) != FORMAT:
        raise ValueError(f'{folder / "meta.json"}: not a baseline: it lacks "format": "{FORMAT}"')
    try:
        articles = pd.read_parquet(folder / "articles.parquet")
        with np.load(folder / "words.npz", allow_pickle=False) as data:
            vocabulary = _lines(data["vocabulary"])
            counts = _unpacked(data, (len(articles), len(vocabulary)))
        with np.load(folder / "terms.npz", allow_pickle=False) as data:
            terms = [
                _checked(_term(data, i), len(articles))
                for i in range(sum(k.startswith("patterns_") for k in data.files))
            ]
    except (OSError, EOFError, KeyError, ValueError, IndexError) as error:
        raise ValueError(
            f"{folder}: its files do not fit together ({error}); copy the folder whole, or build it again"
        ) from error
    return {
        "title": meta["title"],
        "articles": articles,
        "vocabulary": tuple(vocabulary),
        "word_counts": counts,
        "terms": terms,
        "meta": meta,
    }


def _folder(name_or_path: str | Path) -> Path:
    for folder in (data_path("baselines", str(name_or_path)), Path(name_or_path)):
        if (folder / "meta.json").is_file():
            return folder
    known = ", ".join(available()) or "none"
    raise ValueError(
        f"there is no baseline {str(name_or_path)!r}; shipped are: {known}. "
        "For one of your own give the folder that Baseline.save() wrote"
    )


def _term(data: Any, i: int) -> dict[str, Any]:
    return {
        "patterns": tuple(_lines(data[f"patterns_{i}"])),
        "lexicon_sha256": _lines(data[f"sha256_{i}"])[0],
        **{key: data[f"{key}_{i}"] for key in ("article", "term", "voice", "count")},
    }


def _checked(term: dict[str, Any], articles: int) -> dict[str, Any]:
    """Return the counts of a lexicon's terms if their places lie within the tables."""
    for key, size in (("article", articles), ("term", len(term["patterns"]))):
        places = term[key]
        if len(places) and not 0 <= places.min() <= places.max() < size:
            raise ValueError(f"{key} {places.max()} of {size}")
    return term


def _save(path: Path, **arrays: np.ndarray) -> None:
    """As numpy writes it: zip entries dated 1980, so that the bytes depend on the numbers only."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    write_whole(path, buffer.getvalue())


def _text(lines: Any) -> np.ndarray:
    return np.frombuffer("\n".join(lines).encode("utf-8"), dtype=np.uint8)


def _lines(data: np.ndarray) -> list[str]:
    return data.tobytes().decode("utf-8").split("\n") if data.size else []


def _small(values: np.ndarray) -> np.ndarray:
    top = int(values.max(initial=0))
    return values.astype(np.uint8 if top < 256 else np.uint16 if top < 65536 else np.uint32)


def _packed(counts: sparse.csc_array) -> dict[str, np.ndarray]:
    """Return a CSC matrix with the row numbers of each column as steps: they compress to a quarter."""
    counts = counts.copy()
    counts.sort_indices()
    steps = np.diff(counts.indices, prepend=0)
    starts = counts.indptr[:-1][np.diff(counts.indptr) > 0]
    steps[starts] = counts.indices[starts]
    return {
        "steps": _small(steps),
        "counts": _small(counts.data),
        "per_word": _small(np.diff(counts.indptr)),
    }


def _unpacked(data: Any, shape: tuple[int, int]) -> sparse.csc_array:
    indptr = np.concatenate([[0], np.cumsum(data["per_word"], dtype=np.int64)])
    steps = data["steps"].astype(np.int64)
    walked = np.cumsum(steps)
    starts = indptr[:-1][np.diff(indptr) > 0]
    before = np.where(starts > 0, walked[starts - 1], 0)
    lengths = np.diff(indptr)[np.diff(indptr) > 0]
    indices = walked - np.repeat(before, lengths)
    counts = sparse.csc_array((data["counts"].astype(float), indices, indptr), shape=shape)
    counts.check_format(full_check=True)  # compiled code trusts these numbers
    return counts
