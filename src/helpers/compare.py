"""Comparisons: against a neutral baseline, between groups, over time, by word and by term.

The work is done in the modules that these names come from; this one is the place to import them from.
"""

from helpers.against import compare_to_baseline, swap_moves, swap_test
from helpers.between import compare_groups, correct_anew
from helpers.contributing import contributions
from helpers.distinctive import distinctive_words
from helpers.evenness import dispersion
from helpers.strata import same_event
from helpers.trends import change, trend

__all__ = [
    "change",
    "compare_groups",
    "compare_to_baseline",
    "contributions",
    "correct_anew",
    "dispersion",
    "distinctive_words",
    "same_event",
    "swap_moves",
    "swap_test",
    "trend",
]
