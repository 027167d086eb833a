"""Who is being named: a table of states, parties, institutions and armed groups, and the target of every span.

A **target** is what a row of ``data/targets.csv`` names: its column ``target``. The other columns say by which words
(``alias``), in which role, and when. One rule says for whom a person counts: *a ruler is the state while ruling*
(``role`` ``ruler``, ``from``, ``to``), *and otherwise the party or body that the person speaks for* (``role``
``leader``). Who wants the persons themselves asks for them: ``Targets.load().at("person")``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from helpers._resources import data_path
from helpers._runs import Run, over_runs
from helpers._target_arrays import Compiled, compile_rows, cue_table
from helpers._target_table import COLUMNS, clean_rows, read_rows
from helpers.engine import Hits, scan
from helpers.safe import write_whole

LEVELS = ("party", "person")
TARGET_HOW = ("phrase", "clause", "sentence", "last_named", "title")


@dataclass(frozen=True)
class Targets:
    """The table of who can be named, with all its ways of being written.

    Attributes
    ----------
    rows : pandas.DataFrame
        One row per alias, columns ``target kind alias role from to person when code`` and the user's own.
        ``target`` is what is reported; `_target_table` lists each ``kind`` and ``role`` (``ignore`` marks a phrase that
        only looks like a name, "New Mexico"); ``from``, ``to`` the period in which a person ruled or spoke for the
        target; ``person`` who that is; ``when`` a condition: ``named`` counts only in an article that names the
        target otherwise too, ``alone`` only where no unknown capitalised word stands beside it ("Jordan Peterson");
        ``code`` the ISO 3166-1 alpha-3 code of a state.
    level : {"party", "person"}
        Whether a person is reported as the state or party that the person stands for, or by name.

    Notes
    -----
    Aliases match as terms of a lexicon do: capitals in an alias must be capitals in the text ("US" never matches
    "us", "Turkey" never "turkey"), the longest alias wins, a possessive ``'s`` does not matter. An acronym matches
    with and without full stops. A surname counts unless a different first name stands before it; of several persons
    with one surname, the one named in full last is meant.
    """

    rows: pd.DataFrame
    level: str = "party"
    source: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"level={self.level!r}; give one of {', '.join(map(repr, LEVELS))}")

    @classmethod
    def load(cls, path: str | Path | None = None) -> Targets:
        """Load the shipped table, or a CSV of your own.

        Parameters
        ----------
        path : str or Path, optional
            A CSV file with at least the columns ``target, kind, alias``; by default the shipped ``targets.csv``.

        Returns
        -------
        Targets
            The checked table. Join two with ``|``: an alias of the right one replaces the left one's rows for it.

        Raises
        ------
        FileNotFoundError
            There is no such file.
        ValueError
            A row is not in order; the message names file, line, column and the remedy, for the first ten faults.

        Examples
        --------
        >>> targets = Targets.load()
        >>> "Xi Jinping" in set(targets.rows[targets.rows["target"] == "China"]["alias"])
        True
        """
        return _shipped() if path is None else _from_file(Path(path))

    @classmethod
    def of(cls, rows: pd.DataFrame | Sequence[dict[str, Any]], source: str = "your rows") -> Targets:
        """Make a table from rows given in Python.

        Parameters
        ----------
        rows : DataFrame or list of dict
            At least ``target``, ``kind`` and ``alias``.
        source : str
            What error messages call it.

        Returns
        -------
        Targets
            The checked table.

        Examples
        --------
        >>> mine = Targets.of([{"target": "Acme", "kind": "institution", "alias": "Acme Corporation"}])
        >>> len(mine.rows)
        1
        """
        frame = pd.DataFrame(rows)
        return cls(clean_rows(frame, source, [f"row {i}" for i in range(len(frame))]), source=source)

    def __or__(self, other: Targets) -> Targets:
        """Join two tables; where both know an alias, the right one's rows replace the left one's."""
        if not isinstance(other, Targets):
            return NotImplemented
        kept = self.rows[~self.rows["alias"].isin(other.rows["alias"])]
        rows = pd.concat([kept, other.rows], ignore_index=True)
        added = [c for c in rows.columns if c not in COLUMNS]
        return Targets(rows[[*COLUMNS, *added]], self.level, f"{self.source} | {other.source}")

    def at(self, level: str) -> Targets:
        """Return the same table reporting at another level: ``"party"`` (default) or ``"person"``."""
        return replace(self, level=level)

    def save(self, path: str | Path) -> None:
        """Write the table as CSV, to edit it in a spreadsheet and load it again."""
        out = self.rows.copy()
        for column in ("from", "to"):
            out[column] = out[column].dt.strftime("%Y-%m-%d")
        write_whole(path, out.to_csv(index=False, lineterminator="\n"))

    @property
    def names(self) -> list[str]:
        """The targets, in the table's order."""
        return [name for name in dict.fromkeys(self.rows["target"]) if name]

    def named_by(self, alias: str) -> list[str]:
        """Return the targets that an alias can stand for, in the table's order.

        Examples
        --------
        >>> Targets.load().named_by("Kremlin")
        ['Russia']
        """
        return list(dict.fromkeys(self.rows.loc[self.rows["alias"] == alias, "target"]))

    @cached_property
    def _compiled(self) -> Compiled:
        return compile_rows(self.rows, self.level)


@cache
def _shipped() -> Targets:
    return _from_file(data_path("targets.csv"))


def _from_file(path: Path) -> Targets:
    return Targets(read_rows(path), source=str(path))


def find_targets(
    text: str,
    spans: pd.DataFrame | Sequence[tuple[int, int]],
    targets: Targets | None = None,
    *,
    title: str | None = None,
    date: Any = None,
) -> pd.DataFrame:
    """Say for each span of a text who is being named there.

    Parameters
    ----------
    text : str
        One article.
    spans : DataFrame or list of (start, end)
        Character offsets; a DataFrame has the columns ``start`` and ``end``.
    targets : Targets, optional
        Who can be named; by default the shipped table.
    title : str, optional
        The headline, asked where the text says nothing.
    date : date, optional
        The article's day, which says who ruled.

    Returns
    -------
    pandas.DataFrame
        One row per span, in the order given: ``start end target target_how``. ``target`` is missing where nothing
        can be said. ``target_how`` names the rule: ``phrase`` (in the same noun phrase: "Beijing regime", "regime
        of Assad"), ``clause`` (who does or is what the span says), ``sentence``, ``last_named`` ("his regime"),
        ``title``.

    Raises
    ------
    ValueError
        A span lies outside the text; the message names it.
    TypeError
        `text` or the spans are of another kind.

    Notes
    -----
    Acts have an agent and a patient. In "Russia's invasion of Ukraine", "the invasion of Ukraine by Russia" and
    "Russia launched an invasion of Ukraine" the span "invasion" is about Russia.

    Examples
    --------
    >>> find_targets("Russia launched its conquest of Ukraine.", [(20, 28)])
       start  end  target target_how
    0     20   28  Russia last_named
    """
    from helpers.text import check_text, sentences

    check_text(text)
    start, end = _span_arrays(spans, len(text))
    bounds = sentences(text)
    s0, s1 = bounds["start"].to_numpy(np.int64), bounds["end"].to_numpy(np.int64)
    row = np.clip(np.searchsorted(s0, start, side="right") - 1, 0, max(len(s0) - 1, 0))
    lo = s0[row] if len(s0) else np.zeros_like(start)
    hi = np.maximum(s1[row], end) if len(s0) else np.full_like(end, len(text))
    found = annotate_targets(
        [text], np.zeros(len(start), np.int64), start, end, lo, hi, targets,
        dates=None if date is None else [date], titles=None if title is None else [title],
    )  # fmt: skip
    return pd.DataFrame({"start": start, "end": end}).join(found)


def _span_arrays(spans: Any, length: int) -> tuple[np.ndarray, np.ndarray]:
    if isinstance(spans, pd.DataFrame):
        missing = [c for c in ("start", "end") if c not in spans.columns]
        if missing:
            raise ValueError(f"spans: no column {', '.join(map(repr, missing))}; it needs start and end")
        pairs = spans[["start", "end"]].to_numpy()
    else:
        pairs = list(spans)
    try:
        array = np.asarray(pairs, dtype=np.float64).reshape(-1, 2) if len(pairs) else np.empty((0, 2))
    except (ValueError, TypeError) as error:
        raise TypeError("spans: give a DataFrame with start and end, or pairs of whole numbers") from error
    for i, (a, b) in enumerate(array.tolist()):
        if not (0 <= a <= b <= length) or a != int(a) or b != int(b):
            raise ValueError(
                f"spans, row {i}: ({a:g}, {b:g}) does not lie within the text's {length:,} characters"
            )
    return array[:, 0].astype(np.int64), array[:, 1].astype(np.int64)


def annotate_targets(
    texts: Sequence[str],
    doc: np.ndarray,
    start: np.ndarray,
    end: np.ndarray,
    sentence_start: np.ndarray,
    sentence_end: np.ndarray,
    targets: Targets | None = None,
    dates: Sequence[Any] | None = None,
    titles: Sequence[Any] | None = None,
    *,
    stored: pd.Series | None = None,
    threads: int = 2,
) -> pd.DataFrame:
    """Say who is being named at many spans of many texts.

    Parameters
    ----------
    texts : sequence of str
        The texts.
    doc : array of int
        For each span the position of its text in `texts`.
    start, end : array of int
        Character offsets of the spans.
    sentence_start, sentence_end : array of int
        Offsets of the sentence that each span stands in.
    targets : Targets, optional
        Who can be named; by default the shipped table.
    dates : sequence of dates, optional
        Day of each text; missing where unknown.
    titles : sequence of str, optional
        Headline of each text, asked where the text says nothing.
    stored : Series, optional
        The texts once more, as the column that they come from: names are found faster where they lie in Arrow.
    threads : int
        How many threads may work; the result does not depend on it.

    Returns
    -------
    pandas.DataFrame
        ``target target_how``, one row per span in the order given.
    """
    doc, start, end, lo, hi = (
        np.asarray(a, dtype=np.int64) for a in (doc, start, end, sentence_start, sentence_end)
    )
    search = TargetSearch(texts, doc, targets, dates, titles, stored, threads)
    over_runs(texts, doc, start, end, lambda run: search.find(run, lo[run.spans], hi[run.spans]), threads)
    return search.table()


class TargetSearch:
    """The names in all texts that hold a span; each run of them is then asked for the targets of its spans.

    Parameters
    ----------
    texts, doc, targets, dates, titles, stored, threads
        As of `annotate_targets`.
    """

    def __init__(
        self, texts: Sequence[str], doc: np.ndarray, targets: Targets | None = None,
        dates: Sequence[Any] | None = None, titles: Sequence[Any] | None = None,
        stored: pd.Series | None = None, threads: int = 2,
    ) -> None:  # fmt: skip
        _rules()  # imported once, not by two threads at a time
        self._compiled = (targets or Targets.load())._compiled
        wanted, self._doc = np.unique(doc, return_inverse=True)
        self._days = _day_numbers(dates, wanted)
        self._titles = None if titles is None else [titles[d] for d in wanted.tolist()]
        every = stored is not None and len(wanted) == len(stored)  # then there is nothing to copy
        column = [str(texts[d]) for d in wanted.tolist()] if stored is None else stored
        column = column if stored is None or every else stored.take(wanted)
        self._names = scan(column, self._compiled.terms, threads=threads)
        self._from = np.searchsorted(self._names.doc, np.arange(len(wanted) + 1))
        self.hit = np.full(len(doc), -1, dtype=np.int64)
        self.how = np.zeros(len(doc), dtype=np.int64)

    def find(self, run: Run, sentence_start: np.ndarray, sentence_end: np.ndarray) -> None:
        """Find the targets of a run's spans, given their sentences as offsets within their own texts."""
        last = run.first + len(run.texts)
        found = slice(self._from[run.first], self._from[last])
        names = _placed(self._names, found, run.bounds, run.first)
        days = self._days[run.first : last]
        self.hit[run.spans], self.how[run.spans] = _find(
            run, sentence_start, sentence_end, days, self._compiled, names
        )

    def table(self) -> pd.DataFrame:
        """Return ``target target_how`` of all spans; headlines are asked where the text said nothing."""
        compiled, hit, how = self._compiled, self.hit, self.how
        if self._titles is not None and len(hit):
            heads = [title if isinstance(title, str) else "" for title in self._titles]
            first = _first_named(heads, self._days, compiled)
            empty = hit < 0
            hit[empty] = first[self._doc[empty]]
            how[empty & (hit >= 0)] = 5
        named, rules = (pd.Series(n, dtype="str").array for n in (compiled.names, list(TARGET_HOW)))
        return pd.DataFrame(
            {"target": named.take(hit, allow_fill=True), "target_how": rules.take(how - 1, allow_fill=True)}
        )


def _day_numbers(dates: Sequence[Any] | None, wanted: np.ndarray) -> np.ndarray:
    """Days since 1970 of the wanted texts; -1 where unknown."""
    if dates is None:
        return np.full(len(wanted), -1, dtype=np.int64)
    stamps = pd.to_datetime(pd.Series(list(dates), dtype=object).iloc[wanted], errors="coerce", utc=True)
    days = (stamps - pd.Timestamp("1970-01-01", tz="UTC")).dt.days
    return days.fillna(-1).to_numpy(dtype=np.int64)


def _placed(hits: Hits, which: slice, bounds: np.ndarray, first: int) -> np.ndarray:
    """Rows of start, end and alias of some names, their places counted from the beginning of the text `first`."""
    shift = bounds[hits.doc[which] - first]
    return np.stack([hits.start[which] + shift, hits.end[which] + shift, hits.term[which]], axis=1)


def _names_in(
    cps: np.ndarray, bounds: np.ndarray, days: np.ndarray, compiled: Compiled, raw: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Settle the names of some texts, rows as from `_placed`: hit_from, hits."""
    from helpers._tokens import char_table

    rules = _rules()
    raw = _with_acronyms(cps, bounds, raw, compiled.acronyms)
    hit_from = np.searchsorted(raw[:, 0], bounds).astype(np.int64)
    hits = np.zeros((len(raw), 6), dtype=np.int64)
    stamp, last_full = np.zeros((2, compiled.n_keys + 1), dtype=np.int64)
    rules.settle_names(
        cps, bounds, days, hit_from, raw, compiled.pointer, compiled.readings, char_table(), cue_table(),
        compiled.firsts, compiled.pairs, stamp, last_full, hits,
    )  # fmt: skip
    return hit_from, hits


def _with_acronyms(cps: np.ndarray, bounds: np.ndarray, raw: np.ndarray, acronyms: np.ndarray) -> np.ndarray:
    """Add the acronyms that are written with full stops to the names found; they win over names inside them."""
    from helpers._tokens import char_table

    stops = np.flatnonzero(cps == ord(".")).astype(np.int64, copy=False)
    both = np.empty((len(raw) + len(stops) // 2, 3), dtype=np.int64)
    return both[: _rules().add_acronyms(cps, bounds, stops, char_table(), acronyms, raw, both)]


class _Rules(NamedTuple):
    """The rules that are asked from here, as machine code."""

    add_acronyms: Any
    settle_names: Any
    find_all: Any


@cache
def _rules() -> _Rules:
    from helpers import (
        _cues,
        _target_back,
        _target_names,
        _target_parse,
        _target_rules,
        _target_words,
        _tokens,
    )
    from helpers._native import Native

    modules = (_cues, _tokens, _target_words, _target_parse, _target_names, _target_back, _target_rules)
    rules = _target_names.add_acronyms, _target_names.settle_names, _target_rules.find_all
    return _Rules(*(Native(rule, *modules) for rule in rules))


def _find(
    run: Run, lo: np.ndarray, hi: np.ndarray, days: np.ndarray, compiled: Compiled, names: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Find the targets of the spans of a run in the sentences lo..hi; `names` as from `_placed`."""
    from helpers import _target_back as B
    from helpers import _target_parse as P
    from helpers._tokens import char_table

    hit_from, hits = _names_in(run.cps, run.bounds, days, compiled, names)
    start, end, lo, hi = (run.bounds[run.doc] + a for a in (run.start, run.end, lo, hi))
    room = P.LONGEST + 2

    page = B.Page(
        run.cps, char_table(), cue_table(), hits,
        np.empty((room, 6), np.int64), np.empty((room, P.COLUMNS), np.int64),
        np.empty((B.KEPT, room, 6), np.int64), np.empty((B.KEPT, room, P.COLUMNS), np.int64),
        np.full((B.KEPT, 3), -1, np.int64), np.empty((4, P.DEEPEST), np.int64),
    )  # fmt: skip
    found, rule = np.full(len(run.doc), -1, np.int64), np.zeros(len(run.doc), np.int64)
    _rules().find_all(page, run.bounds, hit_from, run.doc, start, end, lo, hi, found, rule)
    return np.where(found >= 0, hits[found, P.TARGET] if len(hits) else -1, -1), rule


def _first_named(heads: list[str], days: np.ndarray, compiled: Compiled) -> np.ndarray:
    """The first target named in each headline, or -1."""
    from helpers import _target_parse as P
    from helpers.text import code_points

    bounds = np.cumsum([0, *map(len, heads)], dtype=np.int64)
    found = scan(heads, compiled.terms, threads=1)
    names = _placed(found, slice(None), bounds, 0)
    hit_from, hits = _names_in(code_points("".join(heads)), bounds, days, compiled, names)
    known = np.flatnonzero(hits[:, P.TARGET] >= 0)
    at = np.searchsorted(known, hit_from[:-1])
    there = at < np.searchsorted(known, hit_from[1:])
    first = np.full(len(heads), -1, dtype=np.int64)
    first[there] = hits[known[at[there]], P.TARGET]
    return first
