"""The Lexicon: terms with the concept, frame and stance of each; read, check, combine, explain, save."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from functools import cached_property, reduce
from operator import or_
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._lexicon_files import (
    COLUMNS,
    KINDS,
    LOADED,
    STANCES,
    Problems,
    clean_meta,
    clean_terms,
    find_file,
    parse_json,
    read_meta,
    read_table,
    write_files,
)
from helpers._lexicon_parts import chosen, merged_meta, rows_of
from helpers._resources import data_path

if TYPE_CHECKING:
    from helpers.engine import CompiledTerms

__all__ = ["COLUMNS", "KINDS", "LOADED", "STANCES", "Lexicon"]

_JSON_FORMAT = "framing-lexicon/1"
_SAME = ["term", "concept", "frame", "stance"]


class Lexicon:
    """A table of terms that name things in a critical, neutral or favourable way.

    A lexicon never changes: every method that would alter it returns a new one, and two lexicons with
    the same content are equal and have the same `sha256`.

    Parameters
    ----------
    terms : pandas.DataFrame
        One row per entry. Required columns ``term, concept, frame, stance``; optional ``weight, note,
        lexicon``; further columns are kept, as text. ``stance`` is ``critical``, ``neutral``,
        ``favourable`` or ``ignore``. An empty weight means 1 for a loaded term and 0 for any other.
        A term may stand in several rows: a place then gives one mention for each.
    meta : mapping, optional
        ``name, title, version, language, licence, sources, kind, frames, concepts`` and whatever else
        is worth keeping. ``frames`` and ``concepts`` map names to definitions; where ``concepts`` (or
        ``frames``) is given, every term's concept (or frame) must be among them. ``kind`` is
        ``"choice"`` (default: terms compared with their neutral alternatives) or ``"graded"`` (a weight
        for each word, any finite number; concept, frame and stance may then be empty).

    Raises
    ------
    TypeError
        If `terms` is not a DataFrame.
    ValueError
        Naming file or row, column, value and remedy, for every kind of fault at once (the first ten).

    Examples
    --------
    >>> lexicon = Lexicon(pd.DataFrame({
    ...     "term": ["government*", "regime*"], "concept": "government",
    ...     "frame": ["", "illegitimacy"], "stance": ["neutral", "critical"]}), {"name": "small"})
    >>> lexicon
    <Lexicon small: 2 terms, 1 concept, 1 frame>
    >>> lexicon.neutral_alternatives("government")
    ['government']
    """

    _terms: pd.DataFrame
    _meta: dict[str, Any]
    _lines: tuple[int | None, ...]

    def __init__(self, terms: pd.DataFrame, meta: Mapping[str, Any] | None = None):
        if not isinstance(terms, pd.DataFrame):
            raise TypeError(
                "terms must be a DataFrame with the columns term, concept, frame, stance, "
                f"not {type(terms).__name__}; read a file with Lexicon.load(path)"
            )
        labels = [f"row {label}" for label in terms.index]
        self._fill(terms, meta or {}, [None] * len(terms), Problems("terms", labels))

    def _fill(self, terms, meta, lines, problems: Problems) -> None:
        cleaned = clean_meta(meta, problems)
        table = clean_terms(terms, cleaned, problems)
        problems.raise_if_any()
        self.__dict__.update(_terms=table, _meta=cleaned, _lines=tuple(lines))

    @classmethod
    def _trusted(cls, terms: pd.DataFrame, meta: dict[str, Any], lines: list[int | None]) -> Lexicon:
        """Build from rows that have been checked before."""
        if terms.empty:
            raise ValueError("no term is left; a lexicon needs at least one")
        new = cls.__new__(cls)
        new.__dict__.update(_terms=terms.reset_index(drop=True), _meta=meta, _lines=tuple(lines))
        return new

    def __setattr__(self, key: str, value: object) -> None:
        raise AttributeError(f"a Lexicon never changes; make a new one instead of setting {key!r}")

    # --- reading ---------------------------------------------------------------------------------

    @classmethod
    def available(cls) -> list[str]:
        """Return the names of the lexicons that are shipped, in alphabetical order."""
        return sorted(path.stem for path in data_path("lexicons").glob("*.csv"))

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str], *, encoding: str | None = None) -> Lexicon:
        """Read a shipped lexicon by its name, or any file that holds one.

        Parameters
        ----------
        name_or_path : str or path
            A name that `available` lists, or a file: .csv or .tsv with the columns of this class (its
            title, definitions and so on stand in a .yml or .yaml file of the same name beside it), .json
            as `to_json` writes it, or a dictionary of another program as
            `helpers.dictionaries.read_dictionary` reads it.
        encoding : str, optional
            The file's encoding, where detecting it fails.

        Returns
        -------
        Lexicon

        Raises
        ------
        ValueError
            If there is no such lexicon (the known ones are named), or naming file, line, column and
            remedy for what is wrong in it.

        Notes
        -----
        The CSV may begin with a byte-order mark, be separated by commas, semicolons or tabs, use any
        line end, and write weights with a decimal comma: what spreadsheets make of it.
        """
        path = find_file(name_or_path, cls.available())
        if path.suffix.lower() in (".csv", ".tsv"):
            return cls._from_csv(path, encoding)
        from helpers.dictionaries import load_dictionary

        return load_dictionary(path, encoding)

    @classmethod
    def _from_csv(cls, path: Path, encoding: str | None) -> Lexicon:
        meta = read_meta(path)
        terms, lines = read_table(path, encoding)
        return cls._from_rows(terms, meta, lines, str(path))

    @classmethod
    def _from_rows(cls, terms: pd.DataFrame, meta: Mapping[str, Any], lines: list, source: str) -> Lexicon:
        """Build from rows of a file, so that errors and `check` can name its lines."""
        new = cls.__new__(cls)
        new._fill(terms, meta, lines, Problems(source, [f"line {line}" for line in lines]))
        return new

    @classmethod
    def load_all(cls) -> Lexicon:
        """Return the union of all shipped choice lexicons (graded ones, such as loaded_language, stay out).

        Returns
        -------
        Lexicon
            Its terms say in the column ``lexicon`` where each came from.
        """
        kinds = {
            name: read_meta(data_path("lexicons", f"{name}.csv")).get("kind") for name in cls.available()
        }
        names = [name for name, kind in kinds.items() if kind in (None, "", "choice")]
        if not names:
            raise ValueError(f"no lexicon is shipped in {data_path('lexicons')}; reinstall the package")
        return reduce(or_, map(cls.load, names))

    @classmethod
    def from_json(cls, text: str) -> Lexicon:
        """Return the lexicon that `to_json` wrote: the same content, hence the same `sha256`.

        Raises
        ------
        ValueError
            If the text is not JSON, or not a lexicon.
        """
        terms, meta = parse_json(text, _JSON_FORMAT)
        return cls(terms, meta)

    # --- what it holds ---------------------------------------------------------------------------

    @property
    def terms(self) -> pd.DataFrame:
        """The entries: ``term, concept, frame, stance, weight, note, lexicon`` and further columns."""
        return self._terms.copy(deep=False)  # copy-on-write: changing the copy leaves this one alone

    @property
    def meta(self) -> dict[str, Any]:
        """A copy of everything that is known about the lexicon as a whole."""
        return json.loads(json.dumps(self._meta))

    @property
    def name(self) -> str:
        """Short name, as `load` takes it."""
        return self._meta["name"]

    @property
    def title(self) -> str:
        """Title for charts and reports."""
        return self._meta["title"]

    @property
    def version(self) -> str:
        """Version, as text; "" where none is given, as for `language` and `licence`."""
        return self._meta["version"]

    @property
    def language(self) -> str:
        """Language code of the terms."""
        return self._meta["language"]

    @property
    def licence(self) -> str:
        """Licence of the terms."""
        return self._meta["licence"]

    @property
    def kind(self) -> str:
        """``"choice"`` or ``"graded"``."""
        return self._meta["kind"]

    @property
    def sources(self) -> list[Any]:
        """Where the terms come from."""
        return self.meta["sources"]

    @property
    def frames(self) -> dict[str, str]:
        """Frames that terms carry, with their definitions ("" where none is given), in the YAML's order."""
        return self._named("frames", "frame")

    @property
    def concepts(self) -> dict[str, str]:
        """Concepts that terms name, with their definitions ("" where none is given), in the YAML's order."""
        return self._named("concepts", "concept")

    def _named(self, key: str, column: str) -> dict[str, str]:
        used = dict.fromkeys(self._terms[column].tolist())
        defined: dict[str, str] = self._meta[key]
        order = [name for name in defined if name in used] + [name for name in used if name not in defined]
        return {name: defined.get(name, "") for name in order if name}

    @property
    def lines(self) -> tuple[int | None, ...]:
        """For each row of `terms` the line of the CSV it was read from, None where it was not read."""
        return self._lines

    @cached_property
    def patterns(self) -> list[str]:
        """The different term strings, in the order in which they first stand in the lexicon."""
        return list(dict.fromkeys(self._terms["term"].tolist()))

    @cached_property
    def compiled(self) -> CompiledTerms:
        """`patterns`, compiled for the matcher; made once."""
        from helpers.engine import compile_terms

        return compile_terms(self.patterns)

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content (`to_json`), whatever the file's encoding, separators and line ends were."""
        return hashlib.sha256(self.to_json().encode("ascii")).hexdigest()

    def to_json(self) -> str:
        """Return everything as one line of JSON, the same for the same content; `from_json` reads it."""
        columns = {column: self._terms[column].tolist() for column in self._terms.columns}
        data = {"format": _JSON_FORMAT, "meta": self._meta, "terms": columns}
        return json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the terms to a CSV file and the rest to a YAML file beside it.

        Parameters
        ----------
        path : str or path
            Where the .csv goes; the YAML file has the same name with the ending .yml. Each is complete
            or not there at all: they are written under another name and then moved into place.

        Returns
        -------
        pathlib.Path
            The CSV file's path. Loading it gives an equal lexicon.

        Raises
        ------
        ValueError
            If the path does not end in .csv.
        """
        target = Path(path)
        if target.suffix.lower() != ".csv":
            raise ValueError(
                f"a lexicon is saved as .csv, not {target.suffix or target.name!r}; "
                "for other formats use helpers.dictionaries.write_dictionary"
            )
        write_files(self._terms, self._meta, target)
        return target

    # --- parts and unions ------------------------------------------------------------------------

    def __or__(self, other: Lexicon) -> Lexicon:
        """Return the union: all entries of this one, then those of the other that are not yet there.

        An entry is there already when term, concept, frame and stance are the same; the left one's
        weight and note then stand. Definitions that differ are both kept.
        """
        if not isinstance(other, Lexicon):
            return NotImplemented
        if self.kind != other.kind:
            raise ValueError(
                f"{self.name!r} is a {self.kind} lexicon and {other.name!r} a {other.kind} one; "
                "their weights mean different things, so use each on its own"
            )
        both = pd.concat([self._terms, other._terms], ignore_index=True)
        extra = [column for column in both.columns if column not in COLUMNS]
        both[extra] = both[extra].fillna("")
        keep = ~both.duplicated(_SAME)
        lines = [line for line, kept in zip(self._lines + other._lines, keep, strict=True) if kept]
        return self._trusted(both[keep], merged_meta(self, other), lines)

    def only(
        self,
        frames: str | Iterable[str] | None = None,
        concepts: str | Iterable[str] | None = None,
        stance: str | Iterable[str] | None = None,
    ) -> Lexicon:
        """Return the part of the lexicon with these frames, concepts or stances.

        Parameters
        ----------
        frames, concepts, stance : str or list of str, optional
            What to keep. Neutral terms stay for each concept that the frames name, since choice shares
            need them; `ignore` phrases always stay, since they silence what only looks like a term.

        Returns
        -------
        Lexicon

        Raises
        ------
        ValueError
            For a name that the lexicon does not have (the known ones are named), or if nothing is left.

        Notes
        -----
        Matching is longest first, so a place that a removed phrase covered may now hold a shorter term.
        """
        keep, note = rows_of(self, frames, concepts, stance)
        return self._part(keep, note) if note else self

    def without(self, terms: str | Iterable[str]) -> Lexicon:
        """Return the lexicon without some terms (all entries of each).

        Raises
        ------
        ValueError
            For a term that the lexicon does not have, or if nothing is left.
        """
        drop = chosen(terms, self.patterns, "term")
        return self._part(~self._terms["term"].isin(drop), f"without {'|'.join(drop)}") if drop else self

    def _part(self, keep: pd.Series, note: str) -> Lexicon:
        meta = self.meta
        meta["derived"] = [*meta.get("derived", []), note]
        lines = [line for line, kept in zip(self._lines, keep, strict=True) if kept]
        return self._trusted(self._terms[keep], meta, lines)

    def neutral_alternatives(self, concept: str) -> list[str]:
        """Return the neutral terms of a concept as a writer would use them (without ``*``)."""
        return self.alternatives(concept, "neutral")

    def alternatives(self, concept: str, stance: str) -> list[str]:
        """Return the terms of a concept with a stance, without ``*``, in the lexicon's order."""
        chosen = self._terms["concept"].eq(concept) & self._terms["stance"].eq(stance)
        return list(dict.fromkeys(term.replace("*", "").strip() for term in self._terms["term"][chosen]))

    # --- looking closer --------------------------------------------------------------------------

    def check(self) -> pd.DataFrame:
        """Return what may be wrong with the lexicon; see `helpers.lexicon_check.check_lexicon`."""
        from helpers.lexicon_check import check_lexicon

        return check_lexicon(self)

    def explain(self, term_or_text: str) -> pd.DataFrame:
        """Say what a term is, or which terms stand in a text and what silenced the others.

        See `helpers.lexicon_explain.explain_term` and `helpers.lexicon_explain.explain_text`.
        """
        from helpers.lexicon_explain import explain_term, explain_text

        known = " ".join(term_or_text.split()) in self.patterns
        return explain_term(self, term_or_text) if known else explain_text(self, term_or_text)

    def symmetry(self) -> pd.DataFrame:
        """Say what each concept has and lacks; see `helpers.lexicon_explain.symmetry_table`."""
        from helpers.lexicon_explain import symmetry_table

        return symmetry_table(self)

    def __len__(self) -> int:
        return len(self._terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lexicon) and self.sha256 == other.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __getstate__(self) -> dict[str, Any]:
        # Copies go to other processes: the compiled form is made anew there.
        return {key: value for key, value in self.__dict__.items() if key != "compiled"}

    def __repr__(self) -> str:
        counts = [(len(self.patterns), "term"), (len(self.concepts), "concept"), (len(self.frames), "frame")]
        return (
            f"<Lexicon {self.name}: " + ", ".join(f"{n:,} {word}{'s' * (n != 1)}" for n, word in counts) + ">"
        )
