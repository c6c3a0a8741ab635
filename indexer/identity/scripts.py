"""The scripts in which names are written: Latin, Cyrillic, Han…"""

import unicodedata
from collections.abc import Iterable


def scripts_of(names: Iterable[str]) -> frozenset[str]:
    """The scripts of the letters, as Unicode names them.

    >>> sorted(scripts_of(["Чулпан Хаматова", "Zoë"]))
    ['CYRILLIC', 'LATIN']
    """
    letters = {letter for name in names for letter in name if letter.isalpha()}
    return frozenset(unicodedata.name(letter, "UNNAMED").split()[0].split("-")[0] for letter in letters)
