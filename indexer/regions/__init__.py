"""The regions that can be indexed: one TOML file each, in this folder."""

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources

from indexer.errors import UnknownRegion


@dataclass(frozen=True, slots=True)
class GuideSource:
    """Where a listings source publishes: a URL or a file, with `{day}` where the local day (YYYYMMDD) goes."""

    name: str
    guide: str

    def guide_for(self, day: date) -> str:
        """The URL or file for one day."""
        return self.guide.replace("{day}", f"{day:%Y%m%d}")


@dataclass(frozen=True, slots=True)
class Region:
    """A broadcast market: `listings` in order of preference; titles are taken in `language` (ISO 639-1)."""

    code: str
    name: str
    country: str
    time_zone: str
    language: str
    listings: tuple[GuideSource, ...]


def region_codes() -> list[str]:
    """The codes of all regions, sorted."""
    files = resources.files(__name__).iterdir()
    return sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


def load_region(code: str) -> Region:
    """The region with this code; `UnknownRegion` when there is none."""
    if code not in region_codes():
        raise UnknownRegion(f"There is no region {code!r}; known: {', '.join(region_codes())}.")
    data = tomllib.loads((resources.files(__name__) / f"{code}.toml").read_text(encoding="utf-8"))
    listings = tuple(GuideSource(entry["source"], entry["guide"]) for entry in data.pop("listings"))
    return Region(**data, listings=listings)
