"""The table of targets as arrays, for the rules of `_target_names`; and the words that these and `_target_parse` know."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from helpers.engine import CompiledTerms, compile_terms

_FOREVER = 1_000_000  # days since 1970: no end


@dataclass(frozen=True)
class Compiled:
    """The table as arrays for `_target_names`."""

    terms: CompiledTerms
    names: np.ndarray  # what is reported, by number
    pointer: np.ndarray
    readings: np.ndarray
    firsts: np.ndarray  # hashed first names: (hash, number)
    pairs: np.ndarray  # hashed (first name, person)
    acronyms: np.ndarray  # hashed acronyms: (hash, alias)
    n_keys: int


def _hashed(pairs: dict[int, int]) -> np.ndarray:
    """Open-addressed table with rows of hash and value, at most half full."""
    size = 1 << max(4, math.ceil(math.log2(2 * len(pairs) + 1)))
    table = np.zeros((size, 2), dtype=np.int64)
    for key, value in pairs.items():
        slot = (key ^ (key >> 17)) & (size - 1)
        while table[slot, 0]:
            slot = (slot + 1) & (size - 1)
        table[slot] = key, value
    return table


def _plain(alias: str) -> str:
    """The alias as the engine looks for it: dotted acronyms without their full stops."""
    return re.sub(r"\b(?:\w\.){2,}", lambda m: m[0].replace(".", ""), alias).strip()


def compile_rows(rows: pd.DataFrame, level: str) -> Compiled:
    """Lay checked rows out in arrays; `level` says whether persons are reported by their own names."""
    from helpers import _target_names as N
    from helpers import _target_parse as P
    from helpers._cues import word_hash

    aliases = list(dict.fromkeys(_plain(a) for a in rows["alias"]))
    place = {alias: i for i, alias in enumerate(aliases)}
    roles = {
        "adjective": P.ADJECTIVE, "demonym": P.PEOPLE, "party_member": P.PEOPLE, "capital": P.PLACE, "seat": P.PLACE,
        "ruler": P.PERSON, "minister": P.PERSON, "leader": P.PERSON,
    }  # fmt: skip
    names: dict[str, int] = {}
    keys: dict[str, int] = {}
    firsts: dict[int, int] = {}
    pairs: dict[int, int] = {}
    out: list[list[list[int]]] = [[] for _ in aliases]
    epoch = pd.Timestamp("1970-01-01")
    starts = rows["from"].sub(epoch).dt.days.fillna(0).astype(int).tolist()
    ends = rows["to"].sub(epoch).dt.days.fillna(_FOREVER).astype(int).tolist()
    for row, start, end in zip(rows.to_dict("records"), starts, ends, strict=True):
        alias, person = _plain(row["alias"]), row["person"]
        ignored = row["role"] == "ignore"
        said = person if level == "person" and person else row["target"]
        number = -1 if ignored else names.setdefault(said, len(names))
        key = keys.setdefault(f"person {person}" if person else f"target {row['target']}", len(keys))
        words = re.findall(r"[^\W_]+(?:['’][^\W_]+)*", alias)
        flags = sum({"named": N.IF_NAMED, "alone": N.IF_ALONE}[w] for w in row["when"].split())
        is_person = row["role"] in ("ruler", "minister", "leader") or row["kind"] == "person"
        if is_person and not ignored:
            flags |= N.RULES if row["role"] == "ruler" else 0
            full = _is_full(alias, person)
            flags |= N.FULL_NAME if full else N.SURNAME
            if full and len(words) > 1:
                first = firsts.setdefault(word_hash(words[0].lower().replace("’", "'")), len(firsts))
                pairs[first * 65536 + key + 1] = 1
        role = P.PERSON if is_person else roles.get(row["role"], P.NAME if row["kind"] == "state" else P.BODY)
        out[place[alias]].append([number, key if person else -1, role, 0, start, end, flags, key])
    readings = np.array([r for group in out for r in group], dtype=np.int64).reshape(-1, 8)
    pointer = np.concatenate([[0], np.cumsum([len(group) for group in out])]).astype(np.int64)
    acronyms = {word_hash(a.lower()): i for i, a in enumerate(aliases) if re.fullmatch(r"[A-Z]{2,5}", a)}
    return Compiled(
        compile_terms(aliases), np.array(list(names), dtype=object), pointer, readings, _hashed(firsts),
        _hashed(pairs), _hashed(acronyms), len(keys),
    )  # fmt: skip


def _is_full(alias: str, person: str) -> bool:
    """Whether an alias is a person's full name: more than the surname, or a name that stands for one person only."""
    return (len(alias.split()) > 1 and (alias == person or alias.split()[0][0].isupper())) or alias.isupper()


@cache
def cue_table() -> np.ndarray:
    """Hashed word classes; contractions stand beside the words that they shorten."""
    from helpers._cues import word_hash
    from helpers._target_words import word_classes

    classes = dict(word_classes())
    for word in ["i", "he", "she", "it", "they", "we", "you", "who", "that", "there"]:
        for tail in ("'re", "'ve", "'ll", "'d", "'m"):
            classes[word + tail] = classes.get(word, 0)
    size = 16384
    table = np.zeros((size, 3), dtype=np.int64)
    for word, bits in classes.items():
        h = word_hash(word)
        slot = (h ^ (h >> 17)) & (size - 1)
        while table[slot, 0]:
            slot = (slot + 1) & (size - 1)
        table[slot] = h, 0, bits
    return table
