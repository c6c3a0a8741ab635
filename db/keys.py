"""Keys by which names from different sources meet."""

import hashlib
import re
import unicodedata

# Letters that Unicode does not decompose, but that people type without their stroke or ligature.
_PLAIN = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "þ": "th", "’": "'", "‘": "'"}
)


_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def storable(text: str) -> str:
    """`text` without what no database keeps: NUL, and halves of characters."""
    return _UNSTORABLE.sub("", text) if _UNSTORABLE.search(text) else text


def fold(text: str) -> str:
    """`text` for matching: lower case, no accents, single spaces, trimmed. Folding twice changes nothing.

    >>> fold("  Zoé   Saldaña ")
    'zoe saldana'
    """
    # Compatibility forms can themselves hold capitals, and folding case can decompose again: hence both, twice.
    lowered = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold()).casefold()
    plain = "".join(letter for letter in lowered if not unicodedata.combining(letter)).translate(_PLAIN)
    return " ".join(plain.split())


def slug(text: str) -> str:
    """A channel's name folded to `[a-z0-9+-]`: `France 2` is `france-2`, `Canal+` is `canal+`.

    A name that would lose its letters (another script) keeps a short hash of them, so that two such names stay two.
    """
    folded = fold(text)
    readable = re.sub(r"[^a-z0-9+]+", "-", folded).strip("-")
    if not readable or any(letter.isalnum() and not letter.isascii() for letter in folded):
        return f"{readable}-{hashlib.sha256(folded.encode()).hexdigest()[:8]}".strip("-")
    return readable


def channel_key(name: str) -> str:
    """By what the spellings of a channel's name meet: its slug without separators and without `HD`.

    >>> channel_key("TF 1 HD"), channel_key("Canal +")
    ('tf1', 'canal+')
    """
    return re.sub(r"(?:-(?:f?hd|uhd|4k|sd))+$", "", slug(name)).replace("-", "")


def richness(text: str) -> tuple[int, int, str]:
    """Orders spellings that fold to one key, the best last: accents get lost and capitals added, not the reverse.

    >>> max("ZOE SALDANA", "Zoe Saldana", "Zoé Saldana", key=richness)
    'Zoé Saldana'
    """
    return sum(not letter.isascii() for letter in text), sum(letter.islower() for letter in text), text
