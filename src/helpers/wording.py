"""Findings and methods in words, every number computed; nothing here says more than the tables do."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import pandas as pd

from helpers.report import Html, describe_baseline, format_number

if TYPE_CHECKING:
    from helpers.baseline import Baseline
    from helpers.lexicon import Lexicon

LOADED = ("critical", "favourable")


def findings(comparison: pd.DataFrame, mentions: pd.DataFrame, *, q_below: float = 0.05) -> list[str]:
    """Say in sentences what a comparison of one article with a baseline found, and where it found nothing.

    Parameters
    ----------
    comparison : DataFrame
        From `compare_to_baseline`: the rows of one article or group.
    mentions : DataFrame
        From `find_mentions`, of the same article or group.
    q_below : float
        A frame is named as standing out where its q is below this and its interval excludes 1.

    Returns
    -------
    list of str
        Sentences, the main finding first.

    Raises
    ------
    ValueError
        If the comparison has no row for the frame ``all``.
    """
    whole = comparison[comparison["frame"] == "all"]
    if len(whole) != 1:
        raise ValueError(
            f"findings speak of one article or group; the comparison has {len(whole)} rows with frame 'all'"
        )
    row = whole.iloc[0]
    if not row["words"]:
        return ["The text holds no words, so nothing can be said."]
    sentences = [_rate_sentence(row), _position_sentence(row)]
    frames = comparison[comparison["frame"] != "all"]
    sentences.append(_frames_sentence(frames, q_below))
    loaded = mentions[mentions["stance"].isin(LOADED)].drop_duplicates(["doc_id", "part", "start", "end"])
    return [*sentences, *_voice_sentences(loaded), *_target_sentences(loaded)]


def _rate_sentence(row: pd.Series) -> str:
    few = "" if row["enough"] else " That is too little text for a firm statement."
    return (
        f"{_count(row['mentions'], 'loaded mention')} in {row['words']:,} words: "
        f"{format_number(row['rate'])} per 1,000 words "
        f"(95% interval {format_number(row['rate_low'])} to {format_number(row['rate_high'])}).{few}"
    )


def _position_sentence(row: pd.Series) -> str:
    if pd.isna(row["ratio"]):
        return "There is no baseline to hold this against."
    where = "includes 1, so it does not stand apart from neutral coverage"
    if row["low"] > 1:
        where = "lies above 1, so it stands above neutral coverage"
    elif row["high"] < 1:
        where = "lies below 1, so it stands below neutral coverage"
    return (
        f"Neutral coverage ({row['baseline']}) has {format_number(row['baseline_rate'])} per 1,000 words. "
        f"The ratio is {format_number(row['ratio'])}; its interval, {format_number(row['low'])} to "
        f"{format_number(row['high'])}, {where} (percentile {_percentile(row['percentile'])}, "
        f"p {_p(row['p'])}, q {_p(row['q'])})."
    )


def _percentile(value: float) -> str:
    """Write a percentile, whose ends are open: an article beyond all of the baseline is not its hundredth."""
    return "above 99.9" if value > 99.9 else "below 0.1" if value < 0.1 else format_number(value)


def _frames_sentence(frames: pd.DataFrame, q_below: float) -> str:
    above = frames[frames["enough"] & (frames["low"] > 1) & (frames["q"] < q_below)]
    if above.empty:
        return f"No single frame stands clearly above the baseline (q < {q_below:g} and interval above 1)."
    parts = [
        f"{row['frame']} ({_count(row['mentions'], 'mention')}, {format_number(row['ratio'])} times the baseline's "
        "rate)"
        for row in above.sort_values("ratio", ascending=False).to_dict("records")
    ]
    return f"Frames that stand above the baseline: {_listed(parts)}."


def _voice_sentences(loaded: pd.DataFrame) -> list[str]:
    if loaded.empty:
        return []
    counts = loaded["voice"].value_counts()
    counts = counts[counts > 0]
    parts = [
        f"{count} {'is' if count == 1 else 'are'} {_VOICES.get(str(voice), str(voice))}"
        for voice, count in counts.items()
    ]
    return [f"Of the {_count(len(loaded), 'loaded mention')}, {_listed(parts)}."]


_VOICES = {
    "narrator": "in the narrator's own voice",
    "quoted": "inside quotations",
    "reported": "in reported speech",
    "scare": "set off by quotation marks in the narrator's sentence",
}


def _target_sentences(loaded: pd.DataFrame) -> list[str]:
    if loaded.empty:
        return []
    named = loaded["target"].dropna()
    if named.empty:
        return ["For none of them could be told who is being named."]
    counts = named.value_counts()
    counts = counts[counts > 0]
    parts = [f"{target} ({count})" for target, count in counts.head(5).items()]
    open_cases = len(loaded) - len(named)
    rest = f"; for {_count(open_cases, 'mention')} it could not be told" if open_cases else ""
    return [f"They name {_listed(parts)}{rest}."]


def caution(comparison: pd.DataFrame, swapped: pd.DataFrame, left_out: pd.DataFrame) -> list[str]:
    """Say what a result does not show, and how firm it is under other baselines.

    Parameters
    ----------
    comparison : DataFrame
        From `compare_to_baseline`.
    swapped : DataFrame
        From `swap_test`.
    left_out : DataFrame
        From `exclusions`.

    Returns
    -------
    list of str
        Sentences.
    """
    whole = swapped[swapped["frame"] == "all"]
    above = int((whole["low"] > 1).sum())
    row = comparison[comparison["frame"] == "all"].iloc[0]
    return [
        f"Under {above} of {_count(len(whole), 'baseline')} the whole interval of the ratio lies above 1; "
        "the ratios run from "
        f"{format_number(whole['ratio'].min())} to {format_number(whole['ratio'].max())}.",
        f"It rests on {_count(row['mentions'], 'loaded mention')} in {int(row['words']):,} words; "
        f"{_gone(left_out):,} texts of the source were left out.",
        "A high rate is not a verdict: a loaded word may be deserved, quoted, or the plainest word for the "
        "thing.",
        "The lexicon knows words, not irony or argument; what it does not list is not counted.",
        "A single article says nothing about its outlet. To compare outlets, use many articles.",
    ]


def bullets(sentences: list[str]) -> Html:
    """Show sentences as a list."""
    return Html("<ul class='findings'>" + "".join(f"<li>{html.escape(s)}</li>" for s in sentences) + "</ul>")


def _gone(left_out: pd.DataFrame | int) -> int:
    """How many texts are gone; a remark about a text that was kept does not count."""
    return left_out if isinstance(left_out, int) else int((~left_out["kept"]).sum())


def methods_paragraph(
    articles: pd.DataFrame,
    lexicon: Lexicon,
    comparison: pd.DataFrame,
    baseline: Baseline,
    *,
    left_out: pd.DataFrame | int = 0,
) -> str:
    """Return a methods paragraph that can be pasted into a paper, every number computed.

    Parameters
    ----------
    articles : DataFrame
        What was measured.
    lexicon : Lexicon
        The lexicon used.
    comparison : DataFrame
        From `compare_to_baseline`.
    baseline : Baseline
        The baseline compared with.
    left_out : DataFrame or int
        From `exclusions`, or how many texts were left out when reading.

    Returns
    -------
    str
        Markdown, a paragraph on what was counted and one on inference.
    """
    from helpers import __version__

    whole = comparison[comparison["frame"] == "all"]
    about = describe_baseline(baseline)
    stances = lexicon.terms.drop_duplicates("term")["stance"].value_counts()
    counted = (
        f"We measured {_count(len(articles), 'article')} ({int(whole['words'].sum()):,} words; "
        f"{_gone(left_out)} left out) with "
        f"framing-notebooks {__version__} and the lexicon “{lexicon.title}”, version {lexicon.version} "
        f"(SHA-256 {lexicon.sha256[:12]}…), which holds {len(lexicon.patterns):,} terms in "
        f"{len(lexicon.concepts)} concepts: "
        f"{stances.get('critical', 0)} critical, {stances.get('favourable', 0)} favourable and "
        f"{stances.get('neutral', 0)} "
        f"neutral terms, and {stances.get('ignore', 0)} phrases that only look like terms. A word is a run "
        "of letters and digits "
        "with inner apostrophes; matching ignores case except for terms written with a capital, and the "
        "longest term wins. "
        "The rate is the number of loaded (critical or favourable) mentions per 1,000 words; the choice "
        "share is "
        "loaded / (loaded + neutral) mentions of the same concepts."
    )
    tests = len(comparison)
    compared = (
        f"Rates were compared with the baseline “{about['title']}” ({about['articles']:,} articles, "
        f"{about['words']:,} words"
        f"{_period(about)}). The numbers of loaded mentions in its articles were fitted by a negative "
        "binomial with article length "
        "as exposure (maximum likelihood), which gives a gamma prior for an article's rate; the ratio is "
        "the posterior mean rate "
        "over the baseline's mean rate, its 95% interval is that of the posterior, and the percentile and "
        "the two-sided p are "
        "mid-p values of the observed count under the baseline's distribution at that length. "
        f"q values control the false-discovery rate over the {tests} rows of the table (Benjamini–Hochberg). "
        "The measure is of wording: it does not say whether a word is deserved, and it is no verdict on "
        "author or outlet."
    )
    return f"{counted}\n\n{compared}"


def _period(about: dict) -> str:
    years = about.get("years")
    return f", {years[0]}–{years[1]}" if years else ""


def _count(number: float, noun: str) -> str:
    return f"{int(number):,} {noun}{'' if number == 1 else 's'}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
