"""Matching keys: names that are spelled differently by different sources get the same key."""

import hashlib
import re
import unicodedata

# Letters that Unicode does not decompose, but that people type without their stroke or ligature.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "’": "'", "‘": "'"}
)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` without what PostgreSQL cannot store: NUL, and unpaired surrogates."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def fold(text: str) -> str:
    """`text` for matching: lower case, no accents, single spaces, trimmed. Folding twice changes nothing.

    >>> fold("  Zoé   Saldaña ")
    'zoe saldana'
    """
    # Compatibility forms can contain capitals, and case folding can produce characters to decompose: hence both, twice.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(plain.split())


def slug(text: str) -> str:
    """A channel's name folded to `[a-z0-9+-]`: `France 2` is `france-2`, `Canal+` is `canal+`.

    A name in another script would lose its letters: it gets a short hash of them, so that such names stay different.
    """
    folded = fold(text)
    readable = re.sub(r"[^a-z0-9+]+", "-", folded).strip("-")
    if not readable or any(letter.isalnum() and not letter.isascii() for letter in folded):
        return f"{readable}-{hashlib.sha256(folded.encode()).hexdigest()[:8]}".strip("-")
    return readable


def channel_key(name: str) -> str:
    """The key that all spellings of a channel's name share: its slug without separators and without `HD`.

    >>> channel_key("TF 1 HD"), channel_key("Canal +")
    ('tf1', 'canal+')
    """
    return re.sub(r"(?:-(?:f?hd|uhd|4k|sd))+$", "", slug(name)).replace("-", "")


def richness(text: str) -> tuple[int, int, str]:
    """A sort key for spellings that fold to the same text, the best last: sources drop accents and add capitals, rarely
    the reverse.

    >>> max("ZOE SALDANA", "Zoe Saldana", "Zoé Saldana", key=richness)
    'Zoé Saldana'
    """
    return sum(not letter.isascii() for letter in text), sum(letter.islower() for letter in text), text
