"""The kind of work (film, series or other) by the categories that a listing gives."""

import re
from collections.abc import Sequence

from db.keys import fold
from indexer.sources.records import Kind

_FILM = frozenset({"film", "films", "telefilm", "telefilms", "movie", "movies", "cinema"})
_SERIES = frozenset({"serie", "series", "feuilleton", "feuilletons", "soap", "sitcom", "telenovela", "miniserie"})


def kind_of(categories: Sequence[str], *, has_number: bool) -> Kind:
    """The kind, from categories in French or English; without categories, an episode number means a series."""
    words = {word for category in categories for word in re.split(r"[^a-z]+", fold(category))}
    if words & _FILM:
        return "film"
    if words & _SERIES or (has_number and not categories):
        return "series"
    return "other"
