"""Normalised spellings for comparing: sources differ in accents, capitals, punctuation and initials."""

import re

from db.keys import fold

_AND = frozenset({"&", "and", "et"})
_APOSTROPHE_OR_DOT = re.compile(r"['.·]")
_INITIALS = re.compile(r"\b(\w) (?=\w\b)")


def title_spelling(title: str) -> str:
    """A title for comparing: its words, without accents, punctuation and *and*.

    >>> title_spelling("Joséphine, ange gardien") == title_spelling("JOSEPHINE ANGE GARDIEN")
    True
    """
    folded = fold(title)
    words = [word for word in re.split(r"[^\w&]+|_", folded) if word and word not in _AND]
    return " ".join(words) or folded


def name_spelling(name: str) -> str:
    """A name for comparing: without accents, dots and hyphens, and with initials joined.

    >>> name_spelling("J. K. Simmons") == name_spelling("JK Simmons")
    True
    """
    folded = fold(name)
    words = " ".join(re.split(r"[^\w]+|_", _APOSTROPHE_OR_DOT.sub(" ", folded))).strip()
    return _INITIALS.sub(r"\1", words) or folded
