"""A lexicon being edited: rows that can be changed, switched off and back on, measured, and saved as a new version."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pandas as pd

from helpers.lexicon import Lexicon
from helpers.mentions import find_mentions, kwic
from helpers.report import today
from helpers.safe import safe_name
from helpers.scores import score

EDITABLE = ("term", "concept", "frame", "stance", "weight", "note")
_KEY = ["term", "concept", "frame", "stance"]


class Draft:
    """A lexicon being edited.

    Parameters
    ----------
    lexicon : Lexicon
        The version to start from; it stays as it is.
    articles : DataFrame
        Articles to try it on, from `read_articles`.

    Attributes
    ----------
    start : Lexicon
        The version started from.
    rows : DataFrame
        All rows, with a column ``on``; the index never changes, so it can name a row.

    Examples
    --------
    >>> draft = Draft(Lexicon(pd.DataFrame({
    ...     "term": ["government*", "regime*"], "concept": "government", "frame": ["", "illegitimacy"],
    ...     "stance": ["neutral", "critical"]})), pd.DataFrame({"doc_id": ["a"], "text": ["The regime, the junta."]}))
    >>> row = draft.add(term="junta*", concept="government", frame="illegitimacy", stance="critical")
    >>> draft.measured().loc[0, ["mentions_before", "mentions"]].tolist()
    [1, 2]
    """

    def __init__(self, lexicon: Lexicon, articles: pd.DataFrame) -> None:
        self.start = lexicon
        self.articles = articles
        self.rows = lexicon.terms.assign(on=True)
        self._before: pd.DataFrame | None = None

    def _changed(self, rows: pd.DataFrame) -> None:
        """Take over changed rows, if they still make a lexicon."""
        meta = self._meta(rows)
        Lexicon(rows.drop(columns="on"), meta)  # a row that is off may come on again, so it is checked too
        if not rows["on"].any():
            raise ValueError("no term is left; a lexicon needs at least one")
        self.rows = rows

    def _meta(self, rows: pd.DataFrame) -> dict[str, Any]:
        """Return the description, with new concepts and frames added so that they may be used."""
        meta = self.start.meta
        for key, column in (("concepts", "concept"), ("frames", "frame")):
            if meta[key]:
                meta[key] |= {name: "" for name in rows[column].unique() if name and name not in meta[key]}
        return meta

    def set(self, row: int, **values: Any) -> None:
        """Change cells of a row.

        Raises
        ------
        ValueError
            If there is no such row or column, or the lexicon would be wrong with it; nothing has then changed.
        """
        if row not in self.rows.index:
            raise ValueError(f"there is no row {row}; it may have been removed")
        for column in values:
            if column not in EDITABLE and column != "on":
                raise ValueError(f"column {column!r} cannot be edited; there are {', '.join(EDITABLE)}")
        rows = self.rows.astype(dict.fromkeys(values, object)) if values else self.rows
        rows = rows.copy()
        for column, value in values.items():
            rows.loc[row, column] = value
        self._changed(_typed(rows))

    def add(self, **values: object) -> int:
        """Add a row and return its number; raises ValueError as `set` does, and for an entry that is there."""
        row = int(self.rows.index.max()) + 1 if len(self.rows) else 0
        given: dict[str, object] = dict.fromkeys(self.rows.columns, "")
        given |= {
            "weight": values.get("weight", ""),
            "lexicon": self.start.name,
            "on": True,
        }
        unknown = set(values) - set(EDITABLE)
        if unknown:
            raise ValueError(f"column {min(unknown)!r} cannot be edited; there are {', '.join(EDITABLE)}")
        given |= values
        there = (self.rows[_KEY].astype(str) == pd.Series({k: str(given[k]).strip() for k in _KEY})).all(
            axis=1
        )
        if there.any():
            raise ValueError(f"term {given['term']!r} is there already with this concept, frame and stance")
        new = pd.DataFrame([given], index=[row]).astype(object)
        self._changed(_typed(pd.concat([self.rows.astype(object), new])))
        return row

    def remove(self, row: int) -> None:
        """Remove a row; raises ValueError if there is no such row, or none would be left."""
        if row not in self.rows.index:
            raise ValueError(f"there is no row {row}; it may have been removed")
        self._changed(self.rows.drop(index=row))

    def switch(self, row: int, on: bool) -> None:
        """Switch a row on or off: off, it is not counted, but stays in the table."""
        self.set(row, on=bool(on))

    def lexicon(self) -> Lexicon:
        """Return the lexicon of the rows that are on."""
        meta = self._meta(self.rows)
        return Lexicon(self.rows[self.rows["on"]].drop(columns="on"), meta)

    def find(self, text: str = "", *, concept: str = "", stance: str = "") -> pd.DataFrame:
        """Return the rows whose term, frame or note holds a text, of a concept and a stance; the nearest first."""
        rows = self.rows
        keep = pd.Series(True, index=rows.index)
        rank = pd.Series(0, index=rows.index)
        if text.strip():
            wanted = text.strip().lower()
            columns = [
                rows[c].str.lower().str.contains(wanted, regex=False) for c in ("term", "frame", "note")
            ]
            keep &= columns[0] | columns[1] | columns[2]
            bare = rows["term"].str.lower().str.replace("*", "", regex=False)
            rank = (
                3
                - columns[0].astype(int)
                - bare.str.startswith(wanted).astype(int)
                - bare.eq(wanted).astype(int)
            )
        if concept:
            keep &= rows["concept"] == concept
        if stance:
            keep &= rows["stance"] == stance
        return rows.loc[rank[keep].sort_values(kind="stable").index]

    def in_context(self, row: int, *, most: int = 20, width: int = 60) -> pd.DataFrame:
        """Show where a row's term stands in the articles, as `kwic` does."""
        term = str(self.rows.loc[row, "term"])
        rows = self.rows.assign(on=self.rows["on"] | (self.rows.index == row))
        lexicon = Lexicon(rows[rows["on"]].drop(columns="on"), self._meta(rows))
        found = find_mentions(self.articles, lexicon, annotate=False)
        found = found[(found["term"] == term) & (found["stance"] == self.rows.loc[row, "stance"])]
        return kwic(self.articles, found.drop_duplicates(["doc_id", "start"]).head(most), width=width)

    def measured(self) -> pd.DataFrame:
        """Score all articles together before and after the changes.

        Returns
        -------
        DataFrame
            ``frame mentions_before mentions rate_before rate_before_low rate_before_high rate rate_low rate_high
            share_before share share_low share_high``; a frame that one side lacks has missing values there. With
            one article only its own interval is taken, which knows nothing of other articles.
        """
        if self._before is None:
            self._before = _measure(self.articles, self.start)
        now = _measure(self.articles, self.lexicon())
        both = self._before.merge(now, on="frame", how="outer", suffixes=("_before", ""), sort=False)
        order = {frame: place for place, frame in enumerate([*self._before["frame"], *now["frame"]][::-1])}
        both = both.assign(_place=both["frame"].map(lambda frame: -order[frame]))
        both = both.sort_values("_place", kind="stable").drop(columns="_place").reset_index(drop=True)
        return both.rename(
            columns={"rate_low_before": "rate_before_low", "rate_high_before": "rate_before_high"}
        )

    def changes(self) -> pd.DataFrame:
        """Return what differs from the version started from: ``change term concept frame stance detail``."""
        return lexicon_changes(self.start, self.lexicon())

    def save(
        self, folder: str | os.PathLike[str], *, version: str = "", note: str = "", name: str = ""
    ) -> Path:
        """Save as a new version beside the old one, with a line in its changelog.

        Parameters
        ----------
        folder : path-like
            Where ``NAME-VERSION.csv`` and ``NAME-VERSION.yml`` go.
        version : str
            By default the next one: 1.2.0 after 1.1.x.
        note : str
            Why; it stands in the changelog, before the counts of terms added, removed and changed.
        name : str
            Name of the lexicon; the old one's by default.

        Returns
        -------
        pathlib.Path
            The CSV file.

        Raises
        ------
        ValueError
            If nothing changed, or the version is the old one.
        FileExistsError
            If the file is there already.
        """
        changes = self.changes()
        if changes.empty:
            raise ValueError("nothing changed, so there is no new version to save")
        version = version.strip() or next_version(self.start.version)
        if version == self.start.version:
            raise ValueError(f"version {version} is the one started from; give the new one another number")
        meta = self._meta(self.rows)
        meta["version"], meta["name"] = version, name.strip() or self.start.name
        meta["date"] = today().date().isoformat()
        old = meta.get("changelog") or []
        line = changelog_line(version, meta["date"], note, changes)
        meta["changelog"] = [line, *([old] if isinstance(old, str) else old)]
        rows = self.rows[self.rows["on"]].drop(columns="on")
        path = Path(folder) / f"{safe_name(meta['name'] + '-' + version)}.csv"
        if path.exists():
            raise FileExistsError(f"{path} is there already; give another version")
        return Lexicon(rows.assign(lexicon=meta["name"]), meta).save(path)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    """Give changed rows their types back; an empty weight is left to the lexicon's rule."""
    rows = rows.copy()
    loaded = rows["stance"].isin(["critical", "favourable"])
    weights = pd.to_numeric(rows["weight"], errors="coerce")
    empty = rows["weight"].astype(str).str.strip().isin(["", "nan", "None"])
    wrong = weights.isna() & ~empty
    if wrong.any():
        raise ValueError(f"weight {rows['weight'][wrong].iloc[0]!r} is not a number from 0 to 1")
    rows["weight"] = weights.fillna(loaded.astype(float)).astype(float)
    rows["on"] = rows["on"].astype(bool)
    rows["term"] = [" ".join(str(term).split()) for term in rows["term"]]
    others = [column for column in rows.columns if column not in ("weight", "on")]
    rows[others] = rows[others].astype("str")
    return rows


def _measure(articles: pd.DataFrame, lexicon: Lexicon) -> pd.DataFrame:
    if not lexicon.terms["stance"].isin(["critical", "favourable"]).any():
        columns = ["frame", "mentions", "rate", "rate_low", "rate_high", "share", "share_low", "share_high"]
        return pd.DataFrame(columns=columns)
    table = score(articles, lexicon, by=None if len(articles) == 1 else [])
    return table[["frame", "mentions", "rate", "rate_low", "rate_high", "share", "share_low", "share_high"]]


def next_version(version: str) -> str:
    """Return the version after one: its second number goes up.

    Examples
    --------
    >>> next_version("1.0.0"), next_version("2"), next_version("")
    ('1.1.0', '2.1', '0.1.0')
    """
    parts = re.findall(r"\d+", version)
    if not parts:
        return "0.1.0"
    numbers = [int(part) for part in parts[:3]]
    numbers = [*numbers, 0] if len(numbers) == 1 else numbers
    return ".".join(str(n) for n in [numbers[0], numbers[1] + 1, *[0] * (len(numbers) - 2)])


def lexicon_changes(old: Lexicon, new: Lexicon) -> pd.DataFrame:
    """Say how one version of a lexicon differs from another.

    Parameters
    ----------
    old, new : Lexicon
        The versions.

    Returns
    -------
    DataFrame
        ``change term concept frame stance detail``: ``added``, ``removed``, or ``changed`` (same term, concept,
        frame and stance; `detail` names the cells that differ).
    """
    one, two = (table.terms.drop_duplicates(_KEY).set_index(_KEY) for table in (old, new))
    rows = [("removed", *key, "") for key in one.index.difference(two.index, sort=False)]
    rows += [("added", *key, "") for key in two.index.difference(one.index, sort=False)]
    shared = two.index.intersection(one.index, sort=False)
    for column in ("weight", "note"):
        a, b = one.loc[shared, column], two.loc[shared, column]
        differ = shared[(a != b).to_numpy()]
        rows += [("changed", *key, f"{column}: {a[key]} → {b[key]}") for key in differ]
    return pd.DataFrame(rows, columns=["change", *_KEY, "detail"])


def changelog_line(version: str, date: str, note: str, changes: pd.DataFrame) -> str:
    """Return the line of the changelog: version, date, why, and what.

    Examples
    --------
    >>> changes = pd.DataFrame({"change": ["added", "added", "removed"], "term": ["a", "b", "c"]})
    >>> changelog_line("1.1.0", "2026-01-02", "More rulers.", changes)
    '1.1.0 (2026-01-02): More rulers. Added 2: a, b. Removed 1: c.'
    """
    parts: list[str] = []
    for kind in ("added", "removed", "changed"):
        terms = list(dict.fromkeys(changes.loc[changes["change"] == kind, "term"]))
        if terms:
            more = f" and {len(terms) - 8} more" if len(terms) > 8 else ""
            parts.append(f"{kind.capitalize()} {len(terms)}: {', '.join(terms[:8])}{more}.")
    why = " ".join(note.split())
    why = why if not why or why.endswith((".", "!", "?")) else why + "."
    return f"{version} ({date}): " + " ".join(filter(None, [why, *parts]))
