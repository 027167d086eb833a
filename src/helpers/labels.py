"""Labels that people give, in a CSV file that grows by one line a click and survives a crash.

The file is a log: nothing in it is ever changed. An undo is a line of its own. What the labels are now is worked out by
reading the log from the top.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import takewhile
from pathlib import Path

import pandas as pd

COLUMNS = ("time", "coder", "unit_id", "action", "label")
#: What a coder may be called: no sign that a spreadsheet or a file name would take for something else.
_NAME = re.compile(r"[^\W_][\w .-]{0,39}")


def check_coder(name: str) -> str:
    """Return a coder's name without white space around it.

    Raises
    ------
    ValueError
        If it is empty, longer than 40 characters, or holds other signs than letters, digits, space, ``. _ -``.
    """
    text = name.strip()
    if not _NAME.fullmatch(text):
        raise ValueError(
            f"coder {name!r}: write a name or a code of 1 to 40 letters, digits, spaces, dots or hyphens"
        )
    return text


def append_event(
    path: str | os.PathLike[str], coder: str, unit_id: str, action: str, label: str = ""
) -> None:
    """Write one line to the log, and see to it that the disk has it before returning.

    Parameters
    ----------
    path : path-like
        The log; made, with its header line, when it is missing.
    coder, unit_id : str
        Who, and about what.
    action : {"label", "undo", "skip"}
        What was done.
    label : str
        The label given.

    Notes
    -----
    The line is one write to a file opened for appending, so that several coders can write to one file, and is
    synchronised at once. A line that a crash left half is closed first, so that it spoils no other.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    line = _line([datetime.now(UTC).isoformat(timespec="seconds"), coder, unit_id, action, label])
    handle = os.open(target, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o666)
    try:
        size = os.fstat(handle).st_size
        if not size:
            line = _line(COLUMNS) + line
        elif _last_byte(handle, size) != b"\n":
            line = b"\n" + line
        if os.write(handle, line) != len(line):
            raise OSError(f"{target}: the label was not written whole; is the disk full?")
        os.fsync(handle)
    finally:
        os.close(handle)


def _last_byte(handle: int, size: int) -> bytes:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([" ".join(cell.split()) for cell in cells])
    return text.getvalue().encode("utf-8", "replace")


def read_events(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read the log; lines that a crash left half are left out.

    Parameters
    ----------
    path : path-like
        The log; where there is none, nothing has happened yet.

    Returns
    -------
    DataFrame
        ``time coder unit_id action label``, oldest first. ``attrs["broken"]`` counts the lines left out.

    Raises
    ------
    ValueError
        If the file is something else than such a log.
    """
    target = Path(path)
    text = target.read_bytes().decode("utf-8", "replace") if target.exists() else ""
    lines = text.split("\n")
    if text and lines[0].strip().lstrip("\ufeff") != ",".join(COLUMNS):
        raise ValueError(
            f"{target}, line 1: is not the header of a label file ({','.join(COLUMNS)}); choose another file"
        )
    whole = lines[1:-1]  # what stands after the last line end is half a line
    rows = [next(csv.reader([line]), []) for line in whole]
    good = [row for row in rows if len(row) == len(COLUMNS) and row[3] in ("label", "undo", "skip")]
    events = pd.DataFrame(good, columns=list(COLUMNS), dtype="str")
    events.attrs["broken"] = len([row for row in rows if row]) - len(good) + bool(lines[-1])
    return events


def current_labels(events: pd.DataFrame) -> pd.DataFrame:
    """Work out what each coder's labels are now.

    Parameters
    ----------
    events : DataFrame
        From `read_events`.

    Returns
    -------
    DataFrame
        ``unit_id coder label time``, one row a coder and unit, in the order in which they were given; units that
        were skipped, or whose label was undone, are left out. This is what `agreement` takes.
    """
    rows = [
        {"unit_id": unit, "coder": coder, "label": label, "time": time}
        for coder, stack in _stacks(events).items()
        for unit, (action, label, time) in _standing(stack).items()
        if action == "label"
    ]
    table = pd.DataFrame(rows, columns=["unit_id", "coder", "label", "time"], dtype="str")
    return table.sort_values(["time", "coder"], kind="stable", ignore_index=True)


def _stacks(events: pd.DataFrame) -> dict[str, list[tuple[str, str, str, str]]]:
    """Return each coder's steps that were not undone: unit, action, label, time."""
    stacks: dict[str, list[tuple[str, str, str, str]]] = {}
    for time, coder, unit, action, label in events[list(COLUMNS)].itertuples(index=False, name=None):
        stack = stacks.setdefault(coder, [])
        if action != "undo":
            stack.append((unit, action, label, time))
        elif stack:
            stack.pop()
    return stacks


def _standing(stack: list[tuple[str, str, str, str]]) -> dict[str, tuple[str, str, str]]:
    return {unit: (action, label, time) for unit, action, label, time in stack}


class Session:
    """One coder's sitting: which unit is next, labelling, skipping, undoing; every step is on the disk at once.

    Parameters
    ----------
    units : DataFrame
        ``unit_id`` and ``text``, and, where there is context, ``left`` and ``right``.
    path : path-like
        The log; several coders may share it.
    coder : str
        Who labels.
    labels : sequence of str
        The labels to choose from.

    Raises
    ------
    ValueError
        If a column is missing, a ``unit_id`` stands twice, there is no unit, fewer than two labels or one label
        twice, or the coder's name cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> units = pd.DataFrame({"unit_id": ["a", "b"], "text": ["The regime.", "The government."]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     session = Session(units, Path(folder) / "labels.csv", "Ann", ["loaded", "plain"])
    ...     session.give("loaded")
    ...     again = Session(units, Path(folder) / "labels.csv", "Ann", ["loaded", "plain"])
    >>> again.current["unit_id"], again.done
    ('b', 1)
    """

    def __init__(
        self, units: pd.DataFrame, path: str | os.PathLike[str], coder: str, labels: Sequence[str]
    ) -> None:
        self.units = check_units(units)
        self.labels = check_labels(labels)
        self.coder = check_coder(coder)
        self.path = Path(path)
        mine = _stacks(read_events(path)).get(self.coder, [])
        known = set(self.units["unit_id"])
        self._stack = [(unit, action, label, time) for unit, action, label, time in mine if unit in known]

    @property
    def total(self) -> int:
        """How many units there are."""
        return len(self.units)

    @property
    def done(self) -> int:
        """How many of them were labelled or skipped."""
        return len(_standing(self._stack))

    @property
    def current(self) -> dict | None:
        """The unit to label now; None when all is done."""
        seen = _standing(self._stack)
        waiting = self.units[~self.units["unit_id"].isin(list(seen))]
        return None if waiting.empty else waiting.iloc[0].to_dict()

    def give(self, label: str) -> None:
        """Label the current unit and go on to the next."""
        if label not in self.labels:
            raise ValueError(f"label {label!r} is not one of {', '.join(self.labels)}")
        self._step("label", label)

    def skip(self) -> None:
        """Leave the current unit without a label and go on."""
        self._step("skip", "")

    def _step(self, action: str, label: str) -> None:
        unit = self.current
        if unit is None:
            return
        append_event(self.path, self.coder, unit["unit_id"], action, label)
        self._stack.append((unit["unit_id"], action, label, ""))

    def undo(self) -> str | None:
        """Take the last step back, so that its unit comes up again; return the unit's id, None if there is none."""
        if not self._stack:
            return None
        unit, *_ = self._stack[-1]
        append_event(self.path, self.coder, unit, "undo")
        self._stack.pop()
        return unit


def check_units(units: pd.DataFrame) -> pd.DataFrame:
    """Return units with ``unit_id`` as text, after checking them; see `Session`."""
    for column in ("unit_id", "text"):
        if column not in units:
            raise ValueError(
                f"units: column {column!r} is missing (there are: {', '.join(map(str, units.columns))}); "
                "make units with sentences_of() or draw_sample()"
            )
    if units.empty:
        raise ValueError("units: there is no text to label")
    ids = units["unit_id"].astype("str")
    if ids.duplicated().any():
        raise ValueError(f"units: unit_id {ids[ids.duplicated()].iloc[0]!r} stands twice; give each its own")
    return units.assign(unit_id=[" ".join(name.split()) for name in ids]).reset_index(drop=True)


def check_labels(labels: Sequence[str]) -> list[str]:
    """Return labels as a list; two to nine different ones, so that each has a key."""
    names = list(labels)
    if isinstance(labels, str) or not 2 <= len(set(names)) == len(names) <= 9:
        raise ValueError(f"labels {labels!r}: give a list of two to nine different labels")
    return names


def keys_typed(before: str, after: str) -> tuple[int, str]:
    """Say what was typed into a field that held `before` and now holds `after`.

    Returns
    -------
    tuple of int and str
        How many characters were taken away at the end, and which were added.

    Examples
    --------
    >>> keys_typed("12", "121"), keys_typed("12", "1")
    ((0, '1'), (1, ''))
    """
    pairs = zip(before, after, strict=False)
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return len(before) - same, after[same:]
