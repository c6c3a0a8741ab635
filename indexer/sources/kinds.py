"""What kind of work a listing means, by the categories that it gives."""

import re
from collections.abc import Sequence

from db.keys import fold
from indexer.sources.records import Kind

_FILM = frozenset({"film", "films", "telefilm", "telefilms", "movie", "movies", "cinema"})
_SERIES = frozenset({"serie", "series", "feuilleton", "feuilletons", "soap", "sitcom", "telenovela", "miniserie"})


def kind_of(categories: Sequence[str], *, has_number: bool) -> Kind:
    """Film, series or other, from categories in French or English; an episode number alone says series."""
    words = {word for category in categories for word in re.split(r"[^a-z]+", fold(category))}
    if words & _FILM:
        return "film"
    if words & _SERIES or (has_number and not categories):
        return "series"
    return "other"
