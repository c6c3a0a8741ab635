"""External ids (IMDb, TMDB, TVmaze, Wikidata) in the links that listings contain."""

import re

_PATTERNS = {
    "imdb": re.compile(r"imdb\.com/(?:[a-z]{2}/)?(?:title|name)/((?:tt|nm)\d+)"),
    "tmdb": re.compile(r"themoviedb\.org/((?:movie|tv|person)/\d+)"),
    "tvmaze": re.compile(r"tvmaze\.com/((?:shows|people)/\d+)"),
    "wikidata": re.compile(r"wikidata\.org/(?:wiki|entity)/(Q\d+)"),
}


def external_id(url: str) -> tuple[str, str] | None:
    """The system and the id that a link points to, such as `("imdb", "tt0133093")`; None for any other link."""
    for system, pattern in _PATTERNS.items():
        if found := pattern.search(url):
            return system, found[1]
    return None
