"""Compiled loops of `dealing`: counts dealt out anew over articles; imported only when a test runs."""

import numba
import numpy as np


@numba.njit(nogil=True, cache=True)
def guide_of(cumulative: np.ndarray) -> np.ndarray:
    """Return, for each of n equal steps from 0 to 1, the first place whose cumulative weight reaches it."""
    n = len(cumulative)
    guide = np.zeros(n, np.int32)
    at = 0
    for step in range(n):
        while at < n - 1 and cumulative[at] < step / n:
            at += 1
        guide[step] = at
    return guide


@numba.njit(nogil=True, cache=True)
def uniform(state: np.ndarray) -> float:
    """Return the next number from 0 up to 1, and move the state on (xorshift64*, Vigna 2016)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float(np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(11))) * 1.1102230246251565e-16


@numba.njit(nogil=True, cache=True)
def smallest(values: np.ndarray, wanted: int) -> float:
    """Return the value that `wanted` of them do not pass; reorders them (quickselect)."""
    low, high, at = 0, len(values) - 1, wanted - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if at <= j:
            high = j
        elif at >= i:
            low = i
        else:
            break
    return values[at]


@numba.njit(nogil=True, cache=True)
def _race(state, weights, cells, start, stop, wanted, drawn, at, keys, spare):
    """Cells of the articles whose exponential clocks, running as fast as their weights, ring first; shuffled."""
    last = np.inf
    if wanted < stop - start:
        for i in range(start, stop):
            keys[i] = np.inf
            if weights[i] > 0:
                keys[i] = -np.log(1.0 - uniform(state)) / weights[i]
            spare[i] = keys[i]
        last = smallest(spare[start:stop], wanted)
    found = 0
    for i in range(start, stop):
        if keys[i] <= last and found < wanted:
            j = int(uniform(state) * (found + 1))
            drawn[at + found] = drawn[at + j]
            drawn[at + j] = cells[i]
            found += 1


@numba.njit(nogil=True, cache=True)
def _draw(state, cumulative, guide, sizes, start, stop, wanted, drawn, at, held):
    """Draw the same one after another, again where the place is taken: quick where few of many are wanted."""
    n = stop - start
    for cell in range(start, stop):
        held[cell] = 0
    found = 0
    while found < wanted:
        u = uniform(state)
        cell = start + guide[start + int(u * n)]
        while cumulative[cell] < u:
            cell += 1
        if held[cell] == 0 or uniform(state) * sizes[cell] >= held[cell]:
            held[cell] += 1
            drawn[at + found] = cell
            found += 1


@numba.njit(nogil=True, cache=True)
def _translated(survival, length, u, guess):
    """The smallest count from 1 on whose chance of being passed is at most `u`, at that length."""
    while guess > 1 and survival[length, guess - 1] <= u:
        guess -= 1
    while guess < survival.shape[1] - 1 and survival[length, guess] > u:
        guess += 1
    return guess


@numba.njit(nogil=True, cache=True)
def deal(
    state: np.ndarray,
    strata: tuple,
    chances: tuple,
    hands: tuple,
    cells: tuple,
    survival: np.ndarray,
    contrasts: tuple,
    groups: np.ndarray,
    pairs: np.ndarray,
) -> None:
    """Deal counts out over articles, and sum k, k^2 and k n by group, or by side of each contrast.

    `strata` part articles, cells and counts; `chances` are the articles' weights and cells, the cells'
    cumulative weights and guide, and whether to race, by stratum; `hands` are counts, their lengths, and the
    survival below and above each; `cells` are length, words, group and size; `survival` is by length and
    count; `contrasts` are groups and weights by cell. `groups` (dealings x groups x 3) or, where there are
    contrasts, `pairs` (dealings x contrasts x 6) is filled.
    """
    article_bounds, cell_bounds, hand_bounds = strata
    weights, cell_of, cumulative, guide, racing = chances
    counts, homes, low, high = hands
    length, words, codes, sizes = cells
    own, shares = contrasts
    drawn = np.empty(len(counts), np.int32)
    held = np.zeros(len(sizes), np.int32)
    keys, spare = np.zeros(len(weights)), np.empty(len(weights))
    for b in range(groups.shape[0]):
        for s in range(len(cell_bounds) - 1):
            at, wanted = hand_bounds[s], hand_bounds[s + 1] - hand_bounds[s]
            if wanted == 0:
                continue
            if racing[s]:
                start, stop = article_bounds[s], article_bounds[s + 1]
                _race(state, weights, cell_of, start, stop, wanted, drawn, at, keys, spare)
            else:
                start, stop = cell_bounds[s], cell_bounds[s + 1]
                _draw(state, cumulative, guide, sizes, start, stop, wanted, drawn, at, held)
            # The counts lie in random order; another one takes the first place drawn each time.
            hand = at + int(uniform(state) * wanted)
            for i in range(at, at + wanted):
                cell, value = drawn[i], counts[hand]
                if homes[hand] != length[cell]:
                    u = low[hand] + (high[hand] - low[hand]) * uniform(state)
                    value = _translated(survival, length[cell], u, value)
                hand = hand + 1 if hand + 1 < at + wanted else at
                k, n, code = float(value), words[cell], codes[cell]
                if len(own) == 0:
                    groups[b, code, 0] += k
                    groups[b, code, 1] += k * k
                    groups[b, code, 2] += k * n
                    continue
                for c in range(len(own)):
                    w = shares[c, cell]
                    if w == 0:
                        continue
                    side = 3
                    if own[c] == code:
                        side, w = 0, 1.0
                    pairs[b, c, side] += w * k
                    pairs[b, c, side + 1] += w * w * k * k
                    pairs[b, c, side + 2] += w * w * k * n
