"""One function a chart: a table goes in, Axes come out; nothing is computed, shown or saved.

Every chart states its finding in the title, worded from the table, and says so where there is none; names its
measure, unit, period and size in the subtitle, and its source at the foot; draws the baseline and every
interval; tells marks apart by shape as well as colour; and is laid out in millimetres for the printed page:
``width="one"`` for one column (85 mm), ``"two"`` for two (170 mm). `alt_text` describes a chart in words.
`figures.export_figure` writes it to files.
"""

from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._chart_marks import parts_of
from helpers._chart_sheet import STYLE, figure_of
from helpers._charts_choices import concept_choices, contribution_bars
from helpers._charts_forest import groups_forest, ratio_forest, swap_test
from helpers._charts_grids import event_heatmap, target_heatmap
from helpers._charts_measured import calibration_curve, engine_speed
from helpers._charts_places import mention_positions
from helpers._charts_position import baseline_position, voices_compared
from helpers._charts_trend import trend_lines
from helpers._charts_validation import estimates
from helpers._charts_words import dispersion, distinctive_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "STYLE",
    "alt_text",
    "baseline_position",
    "calibration_curve",
    "concept_choices",
    "contribution_bars",
    "dispersion",
    "distinctive_words",
    "drawn_table",
    "engine_speed",
    "estimates",
    "event_heatmap",
    "finding",
    "groups_forest",
    "mention_positions",
    "parts_of",
    "ratio_forest",
    "swap_test",
    "target_heatmap",
    "trend_lines",
    "voices_compared",
]


def alt_text(chart: "Axes | Figure") -> str:
    """Describe a chart in words: its type, its finding, its measure, its data and its source.

    Parameters
    ----------
    chart : matplotlib.axes.Axes or matplotlib.figure.Figure
        What a function of this module returned, or a figure that holds such Axes.

    Returns
    -------
    str
        One paragraph; a figure with several charts gives them one after the other.

    Raises
    ------
    ValueError
        If no function of this module drew it.
    """
    return " ".join(dict.fromkeys(note["alt"] for note in _notes(chart)))


def finding(chart: "Axes | Figure") -> str:
    """Return a chart's title on one line (of several charts, the first's)."""
    return _notes(chart)[0]["title"]


def drawn_table(chart: "Axes | Figure") -> pd.DataFrame:
    """Return the table that a chart shows, rows in the order drawn (of several charts, the first's)."""
    return _notes(chart)[0]["data"]


def _notes(chart: "Axes | Figure") -> list[dict[str, Any]]:
    own = getattr(chart, "framing_chart", None)
    if own is not None:
        return [own]
    own_notes = (getattr(ax, "framing_chart", None) for ax in figure_of(chart).axes)
    notes = [note for note in own_notes if note is not None]
    if not notes:
        raise ValueError(
            "this figure was not drawn by helpers.charts, so it has no words of its own; pass alt=..."
        )
    return notes
