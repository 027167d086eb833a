"""Which texts a stream has met already, in sixteen bytes a text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from helpers.articles import _digest


class Seen:
    """Checksums of the texts met so far.

    They lie in sorted runs, each more than twice as long as the next, so that looking up and adding take time that
    grows with the logarithm of their number only, and memory stays at sixteen bytes a text (twice that while two
    runs are joined).
    """

    def __init__(self) -> None:
        self._runs: list[tuple[np.ndarray, np.ndarray]] = []  # first and second half of the checksums

    def __len__(self) -> int:
        return sum(len(first) for first, _ in self._runs)

    def fresh(self, texts: Iterable[str]) -> np.ndarray:
        """Tell for each text whether it is the first of its kind, and remember it.

        Parameters
        ----------
        texts : iterable of str
            The next texts of the stream.

        Returns
        -------
        ndarray of bool
            False where the same text was met before, in this call or an earlier one.
        """
        digests = np.frombuffer(b"".join(_digest(text) for text in texts), np.uint64).reshape(-1, 2)
        order = np.lexsort((np.arange(len(digests)), digests[:, 1], digests[:, 0]))
        ordered = digests[order]
        alone = np.ones(len(digests), dtype=bool)
        alone[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)  # of several alike the earliest stays
        for first, second in self._runs:
            place = np.minimum(np.searchsorted(first, ordered[:, 0]), len(first) - 1)
            alone &= (first[place] != ordered[:, 0]) | (second[place] != ordered[:, 1])
        self._add(ordered[alone])
        fresh = np.zeros(len(digests), dtype=bool)
        fresh[order] = alone
        return fresh

    def _add(self, ordered: np.ndarray) -> None:
        if not len(ordered):
            return
        self._runs.append((ordered[:, 0].copy(), ordered[:, 1].copy()))
        while len(self._runs) > 1 and len(self._runs[-2][0]) <= 2 * len(self._runs[-1][0]):
            (first, second), (more, rest) = self._runs[-2:]
            first, second = np.concatenate([first, more]), np.concatenate([second, rest])
            order = np.argsort(first, kind="stable")
            self._runs[-2:] = [(first[order], second[order])]
