"""Measure how news text names people, states and events, and how far that is from neutral naming.

Names are imported when first used, so that ``import helpers`` costs nothing.
"""

from importlib import import_module as _import_module
from typing import Any as _Any

__version__ = "0.1.0"

# Where each public name lives.
_HOMES = {
    "annotator": ("Annotator",),
    "articles": ("exclusions", "read_articles"),
    "baseline": ("Baseline",),
    "compare": (
        "change",
        "compare_groups",
        "compare_to_baseline",
        "contributions",
        "dispersion",
        "distinctive_words",
        "same_event",
        "swap_test",
        "trend",
    ),
    "dictionaries": ("read_dictionary", "write_dictionary"),
    "figures": ("export_figure",),
    "highlight": ("Highlight",),
    "learn": ("GradedLexicon", "learn_lexicon", "loadedness"),
    "lexicon": ("Lexicon",),
    "mentions": ("find_mentions", "kwic", "kwic_html", "mentions_of"),
    "targets": ("Targets", "find_targets"),
    "report": ("Report", "provenance"),
    "scale": ("score_distributed",),
    "sentence_model": ("SentenceModel",),
    "scores": ("score", "score_concepts"),
    "streams": ("score_dataset",),
    "voice": ("voices",),
    "vectorizer": ("LexiconVectorizer",),
    "wording": ("methods_paragraph",),
    "workbench": ("Workbench",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = ("charts", "validate")

__all__ = sorted([*_HOME_OF, *_MODULES])  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> _Any:
    """Import a public name when it is first asked for (PEP 562)."""
    if name in _MODULES:
        return _import_module(f"helpers.{name}")
    if name not in _HOME_OF:
        raise AttributeError(f"helpers has no name {name!r}; there are: {', '.join(__all__)}")
    value = getattr(_import_module(f"helpers.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
