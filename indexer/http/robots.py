"""Robots.txt (RFC 9309), read by Protego."""

from functools import lru_cache

from protego import Protego

from indexer.errors import SourceBlocked

MAX_BYTES = 1 << 20
"""The standard asks for half of it."""

_LONGEST_DELAY_S = 60.0


@lru_cache(maxsize=256)
def parse(content: bytes) -> Protego:
    """The rules in a robots.txt; lines that make no sense are passed over."""
    return Protego.parse(content.decode("utf-8", "replace"))


def check(rules: Protego, url: str, robot: str) -> None:
    """Raise `SourceBlocked` when `robot` may not fetch `url`."""
    if not rules.can_fetch(url, robot):
        raise SourceBlocked(f"The robots.txt of this site does not let us fetch {url}.")


def delay_s(rules: Protego, robot: str) -> float:
    """How long the site wants us to wait between two requests (`Crawl-delay`, a minute at most)."""
    return min(rules.crawl_delay(robot) or 0.0, _LONGEST_DELAY_S)
