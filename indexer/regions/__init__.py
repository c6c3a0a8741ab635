"""The regions that can be indexed: one TOML file each, in this folder."""

import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

from indexer.errors import UnknownRegion
from indexer.regions.listings import Listings, read_listings


@dataclass(frozen=True, slots=True)
class Region:
    """A broadcast market. Its days are those of the first of its `zones`; titles come in `language` (ISO 639-1).

    `listings` and `sources` (of casts, photos and careers, named as in `FTA_SOURCES`) are in order of preference.
    """

    code: str
    name: str
    country: str
    """ISO 3166-1 alpha-2; an overseas territory has its own."""
    zones: tuple[str, ...]
    """IANA names; a place in one of these time zones belongs to the region."""
    language: str
    market: str
    """The table of `channels.toml` with the region's channel names: within a market, one name is one channel."""
    listings: tuple[Listings, ...]
    sources: tuple[str, ...]
    lineup: tuple[str, ...] = ()
    """The names of channels that are certainly received, in display order."""
    only_lineup: bool = False
    """Whether channels outside the line-up are ignored."""

    @property
    def time_zone(self) -> str:
        """The zone that defines the region's days."""
        return self.zones[0]


def region_codes() -> list[str]:
    """The codes of all regions, sorted."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def load_region(code: str) -> Region:
    """The region with this code; `UnknownRegion` when there is none."""
    if code not in region_codes():
        raise UnknownRegion(f"There is no region {code!r}; known: {', '.join(region_codes())}.")
    data = tomllib.loads((resources.files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    listings = tuple(read_listings(entry) for entry in data.pop("listings"))
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    return Region(**values, listings=listings)
