"""Things to click in a notebook: the paste box."""

from __future__ import annotations

from typing import TYPE_CHECKING

from helpers.against import compare_to_baseline
from helpers.highlight import Highlight
from helpers.mentions import find_mentions
from helpers.report import html_table
from helpers.scores import score

if TYPE_CHECKING:
    from ipywidgets import VBox

    from helpers.baseline import Baseline
    from helpers.lexicon import Lexicon

_SHOWN = {
    "frame": "Frame", "mentions": "Mentions", "rate": "Per 1,000 words", "baseline_rate": "Baseline",
    "ratio": "Ratio", "low": "from", "high": "to", "enough": "Enough text",
}  # fmt: skip


def measured_html(text: str, lexicon: Lexicon, baseline: Baseline) -> str:
    """Return a text with its mentions marked and its scores against a baseline, as safe HTML.

    Parameters
    ----------
    text : str
        What was pasted.
    lexicon : Lexicon
        The lexicon to use.
    baseline : Baseline
        The baseline to compare with.

    Returns
    -------
    str
        HTML; frames without a mention are left out of the table, except for the row of all frames.
    """
    if not text.strip():
        return "<p>Paste or type a text above.</p>"
    mentions = find_mentions(text, lexicon)
    comparison = compare_to_baseline(score(text, lexicon, mentions=mentions), baseline)
    shown = comparison[(comparison["mentions"] > 0) | (comparison["frame"] == "all")]
    words = int(comparison["words"].iloc[0])
    table = html_table(
        shown[list(_SHOWN)].rename(columns=_SHOWN),
        "Scores.",
        f"{words:,} words, against {baseline.title}.",
    )
    return table + Highlight(text, mentions, lexicon).html


def paste_box(lexicon: Lexicon, baseline: Baseline, text: str = "") -> VBox:
    """Return a box to paste a text into, which shows it marked and scored as one types.

    Parameters
    ----------
    lexicon : Lexicon
        The lexicon to use.
    baseline : Baseline
        The baseline to compare with.
    text : str
        What stands in the box at first.

    Returns
    -------
    ipywidgets.VBox
        The box and, below it, the result.
    """
    import ipywidgets

    box = ipywidgets.Textarea(
        text,
        placeholder="Paste an article here",
        description="Text",
        layout=ipywidgets.Layout(width="100%", height="11em"),
    )
    shown = ipywidgets.HTML(measured_html(text, lexicon, baseline))

    def show(change) -> None:
        shown.value = measured_html(change["new"], lexicon, baseline)

    box.observe(show, "value")
    return ipywidgets.VBox([box, shown])
