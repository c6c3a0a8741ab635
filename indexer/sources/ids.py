"""Reads and writes the ids in records, which have the same form for all sources (see `protocols.Ids`)."""

import re

from indexer.sources.protocols import Ids


def number_of(ids: Ids, system: str, kind: str) -> str | None:
    """The number in an id such as `people/14075`; None without an id of this system and kind.

    >>> number_of({"tvmaze": "people/14075"}, "tvmaze", "people")
    '14075'
    """
    found = re.fullmatch(rf"{kind}/(\d+)", ids.get(system, ""), re.ASCII)
    return found[1] if found else None


def imdb_id(ids: Ids, prefix: str) -> str | None:
    """The IMDb id, if it has the prefix: `tt` for a title, `nm` for a person."""
    found = re.fullmatch(rf"{prefix}\d+", ids.get("imdb", ""), re.ASCII)
    return found[0] if found else None


def present(**ids: str | None) -> dict[str, str]:
    """The ids that have a value."""
    return {system: value for system, value in ids.items() if value}
