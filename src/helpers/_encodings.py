"""Read lists of words whatever their encoding.

General detectors guess from the mix of letters in running text. A list of words gives them little: on
short French and Spanish lists charset-normalizer prefers a Baltic or Central European code page, which
turns è into č and ñ into ń without any error. Here the words decide: the right encoding makes words of
some language of them.
"""

from __future__ import annotations

import re
from pathlib import Path

from helpers._readers import read_text

# In this order where equally many words are known: what Windows wrote in the west comes first.
_LANGUAGES = {
    "cp1252": ("en", "fr", "de", "es", "pt", "it", "nl", "sv", "da", "nb", "fi", "is", "ca"),
    "cp1250": ("pl", "cs", "sk", "hu", "ro", "sl", "sh"),
    "cp1251": ("ru", "uk", "bg", "mk"),
    "cp1253": ("el",),
    "cp1254": ("tr",),
    "cp1257": ("lt", "lv"),
    "mac_roman": ("fr", "de", "es", "pt", "it", "sv"),
    "cp850": ("fr", "de", "es", "pt", "it", "sv"),
    "koi8_r": ("ru",),
    "iso8859_2": ("pl", "cs", "hu"),
}
_WORD = re.compile(r"[^\W\d_]+")
_MOST_WORDS = 500


def read_words(path: Path, encoding: str | None = None) -> str:
    """Return the text of a file that holds words, without a byte-order mark.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    encoding : str, optional
        Its encoding; by default UTF-8, what a byte-order mark says, or else that in which most of its words
        are known to wordfreq, or else what charset-normalizer says.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the file is not text, or its encoding cannot be told.
    """
    return read_text(path, encoding or guessed(path)).removeprefix("\ufeff")


def guessed(path: Path) -> str | None:
    """Return the encoding that has to be guessed from a file's words; None where its bytes tell it."""
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None if b"\x00" in data else guess_encoding(data)
    return None


def guess_encoding(data: bytes) -> str | None:
    """Return the encoding in which most words with letters beyond a to z are known, None if none is."""
    from wordfreq import available_languages, get_frequency_dict

    there = available_languages("small")
    best, most = None, 0
    for codec, languages in _LANGUAGES.items():
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        words = list(dict.fromkeys(w.lower() for w in _WORD.findall(text) if not w.isascii()))[:_MOST_WORDS]
        lists = [get_frequency_dict(language, "small") for language in languages if language in there]
        known = max((sum(word in one for word in words) for one in lists), default=0)
        if known > most:
            best, most = codec, known
    return best
