"""Robots.txt (RFC 9309), read by Protego."""

from functools import lru_cache

from protego import Protego

from indexer.errors import SourceBlocked

MAX_BYTES = 1 << 20
"""Twice what the standard asks a crawler to read at least."""

_LONGEST_DELAY_S = 60.0


@lru_cache(maxsize=256)
def parse(content: bytes) -> Protego:
    """The rules in a robots.txt; invalid lines are ignored."""
    return Protego.parse(content.decode("utf-8", "replace"))


def check(rules: Protego, url: str, product_token: str) -> None:
    """Raise `SourceBlocked` when the rules for `product_token` forbid `url`."""
    if not rules.can_fetch(url, product_token):
        raise SourceBlocked(f"The robots.txt of this site does not let us fetch {url}.")


def delay_s(rules: Protego, product_token: str) -> float:
    """The site's `Crawl-delay` between two requests: 0 without one, a minute at most."""
    return min(rules.crawl_delay(product_token) or 0.0, _LONGEST_DELAY_S)
