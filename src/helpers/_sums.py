"""Compiled sums of sparse rows by label; imported only when a permutation test runs."""

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def sum_by_label(
    data: np.ndarray, indices: np.ndarray, indptr: np.ndarray, labels: np.ndarray, sums: np.ndarray
) -> None:
    """Add each row of a CSR matrix to the sums of its label, for each labelling; label -1 is left out."""
    for b in range(labels.shape[0]):
        for row in range(labels.shape[1]):
            group = labels[b, row]
            if group < 0:
                continue
            for at in range(indptr[row], indptr[row + 1]):
                sums[b, group, indices[at]] += data[at]
