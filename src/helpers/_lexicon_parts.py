"""Parts and unions of lexicons, as rows to keep and descriptions to go with them."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers._lexicon_files import STANCES

if TYPE_CHECKING:
    from helpers.lexicon import Lexicon

Names = str | Iterable[str] | None


def rows_of(lexicon: Lexicon, frames: Names, concepts: Names, stance: Names) -> tuple[pd.Series, str]:
    """Return which rows `Lexicon.only` keeps, and a note that says so ("" where nothing was asked)."""
    terms = lexicon.terms
    keep = pd.Series(True, index=terms.index)
    notes = []
    if frames is not None:
        wanted = chosen(frames, lexicon.frames, "frame")
        named = terms["frame"].isin(wanted)
        keep &= named | (terms["stance"].eq("neutral") & terms["concept"].isin(terms["concept"][named]))
        notes.append(f"frames={'|'.join(wanted)}")
    if concepts is not None:
        wanted = chosen(concepts, lexicon.concepts, "concept")
        keep &= terms["concept"].isin(wanted)
        notes.append(f"concepts={'|'.join(wanted)}")
    if stance is not None:
        wanted = chosen(stance, STANCES, "stance")
        keep &= terms["stance"].isin(wanted)
        notes.append(f"stance={'|'.join(wanted)}")
    return keep | terms["stance"].eq("ignore"), f"only {', '.join(notes)}" if notes else ""


def chosen(wanted: str | Iterable[str], known: Iterable[str], what: str) -> list[str]:
    """Return the wanted names as a list; a ValueError for one that is not known."""
    names, known = [wanted] if isinstance(wanted, str) else list(wanted), dict.fromkeys(known)
    for name in names:
        if name not in known:
            close = get_close_matches(str(name), known, 1)
            hint = f"; did you mean {close[0]!r}?" if close else f"; there are {', '.join(list(known)[:20])}"
            raise ValueError(f"the lexicon has no {what} {name!r}{hint}")
    return names


def merged_meta(a: Lexicon, b: Lexicon) -> dict[str, Any]:
    """Return the description of a union; nothing that either says is lost."""
    one, two = a.meta, b.meta
    merged = {**two, **one}
    for key in ("name", "title", "version", "language", "licence"):
        joint = "+" if key == "name" else " + "
        parts = [part for text in (one[key], two[key]) for part in text.split(joint) if part]
        merged[key] = joint.join(dict.fromkeys(parts))
    for key in ("sources", "derived"):
        if key in merged:
            left = one.get(key, [])
            merged[key] = left + [item for item in two.get(key, []) if item not in left]
    for key, used in (("frames", {**a.frames, **b.frames}), ("concepts", {**a.concepts, **b.concepts})):
        merged[key] = {**two[key], **one[key]}
        for name, definition in two[key].items():
            if definition not in merged[key][name]:
                merged[key][name] = " / ".join(filter(None, (merged[key][name], definition)))
        order = [*one[key], *two[key], *(used if merged[key] else [])]  # if one side lists them, all must be
        merged[key] = {name: merged[key].get(name, "") for name in dict.fromkeys(order)}
    return merged
