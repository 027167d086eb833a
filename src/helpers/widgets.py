"""Things to click in a notebook: the paste box."""

from __future__ import annotations

import asyncio
import html
from collections.abc import Callable
from typing import TYPE_CHECKING

from helpers.against import compare_to_baseline
from helpers.highlight import Highlight
from helpers.mentions import find_mentions
from helpers.report import html_table
from helpers.safe import safe_text
from helpers.scores import score

if TYPE_CHECKING:
    from ipywidgets import VBox

    from helpers.baseline import Baseline
    from helpers.lexicon import Lexicon

PAUSE = 0.25  # seconds without a keystroke before the text is measured
MOST_SHOWN = 60_000  # letters shown with their marks; the scores are always those of the whole text

_SHOWN = {
    "frame": "Frame", "mentions": "Mentions", "rate": "Per 1,000 words", "baseline_rate": "Baseline",
    "ratio": "Ratio", "low": "from", "high": "to", "enough": "Enough text",
}  # fmt: skip
# Its own colours, so that it can be read in JupyterLab's dark theme too.
SCORES_STYLE = (
    "<style>.fn-scores{background:#fff;color:#1a1a1a;padding:.5em 1em}.fn-scores table{border-collapse:collapse}"
    ".fn-scores caption{text-align:left;padding:.3em 0}.fn-scores th,.fn-scores td{padding:.15em .7em .15em 0;"
    "text-align:left;border-bottom:1px solid #c8c8c8}.fn-scores .number{text-align:right}</style>"
)


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
        HTML; frames without a mention are left out of the table, except for the row of all frames. Of a long text
        the first `MOST_SHOWN` letters are shown; the scores are those of the whole.
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
        f"{words:,} words, against {baseline.title}. From and to: the ratio's 95% interval.",
    )
    few = "" if bool(comparison["enough"].iloc[0]) else "<p>Too little text for a firm statement.</p>"
    cut, rest = len(text), ""
    if len(text) > MOST_SHOWN:
        mentions = mentions[mentions["end"] <= MOST_SHOWN]
        cut = MOST_SHOWN
        rest = f"<p>Shown are the first {cut:,} of {len(text):,} letters; the scores are those of all.</p>"
    marked = Highlight(text[:cut], mentions, lexicon).html
    return f'{SCORES_STYLE}<div class="fn-scores">{table}{few}{rest}</div>{marked}'


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
        The box and, below it, the result, which follows when no key was struck for `PAUSE` seconds.
    """
    import ipywidgets

    box = ipywidgets.Textarea(
        text,
        placeholder="Paste an article here",
        description="Text",
        layout=ipywidgets.Layout(width="100%", height="11em"),
    )
    shown = ipywidgets.HTML(measured_html(text, lexicon, baseline))

    def show() -> None:
        try:
            shown.value = measured_html(box.value, lexicon, baseline)
        except Exception as error:  # a widget's errors go to a log that nobody reads
            shown.value = f"<p>This text could not be measured: {html.escape(safe_text(str(error)))}</p>"

    later = after_pause(show)
    box.observe(lambda change: later(), "value")
    return ipywidgets.VBox([box, shown])


def after_pause(action: Callable[[], None], seconds: float = PAUSE) -> Callable[[], None]:
    """Return a function that runs `action` once no further call has come for that long.

    Parameters
    ----------
    action : callable
        What to do.
    seconds : float
        How long to wait for a further call.

    Returns
    -------
    callable
        Where no event loop runs, as in a plain script, it runs `action` at once.
    """
    waiting: list[asyncio.TimerHandle] = []

    def call() -> None:
        while waiting:
            waiting.pop().cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            action()
        else:
            waiting.append(loop.call_later(seconds, action))

    return call
