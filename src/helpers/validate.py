"""Is a lexicon's result to be trusted? Samples, agreement, accuracy, corrected differences, stress tests.

Human labels decide. `sentences_of` and `draw_sample` draw what to label, `helpers.annotator.Annotator` collects the
labels inside JupyterLab, `agreement` says how far coders agree, `accuracy` and `calibration` how far scores agree
with them, always beside what the outlet's name alone would give; `corrected_means` and `corrected_differences` take
the lexicon's errors out of group figures. `stress_test` asks on which terms a result rests, `precision_sheet` and
`read_precision` how often each term is used in the lexicon's sense.
"""

from helpers.accuracy import accuracy, calibration
from helpers.agreement import agreement
from helpers.corrected import corrected_differences, corrected_means
from helpers.precision import precision_sheet, read_precision
from helpers.probabilities import cross_fitted, score_units
from helpers.sampling import draw_sample, sentences_of
from helpers.stress import StressTest, stress_test
from helpers.suggest import suggest_from_log_odds, suggest_from_vectors

__all__ = [
    "StressTest",
    "accuracy",
    "agreement",
    "calibration",
    "corrected_differences",
    "corrected_means",
    "cross_fitted",
    "draw_sample",
    "precision_sheet",
    "read_precision",
    "score_units",
    "sentences_of",
    "stress_test",
    "suggest_from_log_odds",
    "suggest_from_vectors",
]
