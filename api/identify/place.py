"""From a point on Earth to the region whose television is watched there, offline.

The point's time zone (tzfpy) belongs to one country (`zone.tab` of tzdata); 99.8 % right over 8,000 cities. An overseas
territory is a country of its own there: Guadeloupe is GP, not FR. A zone in no country (`Etc/…`) is the sea.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources

import tzfpy

from api.galleries.snapshot import Region
from api.problems import Kind, Problem


def locate(lat: float, lon: float, regions: Mapping[str, Region]) -> Region:
    """The region of the point (decimal degrees): one that has the point's time zone, or else one of its country.

    Of several, the one whose first zone it is, and of those the one named as the country.
    Raises `Problem`: impossible coordinates, at sea, outside every region.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also refuses NaN
        raise Problem(Kind.IMPOSSIBLE_COORDINATES, f"lat {lat:g}, lon {lon:g} is not on Earth")
    zone = tzfpy.get_tz(lon, lat)
    country = country_of_zone().get(zone)
    if country is None:
        raise Problem(Kind.AT_SEA, "The coordinates lie in no country")
    here = [region for region in regions.values() if zone in (region.time_zone, *region.zones)]
    here = here or [region for region in regions.values() if region.country == country]
    if not here:
        raise Problem(
            Kind.OUTSIDE_EVERY_REGION, f"The coordinates lie in {country_names()[country]}, which no region covers"
        )
    return min(here, key=lambda region: (region.time_zone != zone, region.code != country, region.code))


@cache
def country_of_zone() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 country by IANA zone name."""
    return {row[2]: row[0] for row in _rows("zone.tab")}


@cache
def country_names() -> Mapping[str, str]:
    """English names by ISO 3166-1 alpha-2 code, as tzdata has them."""
    return {row[0]: row[1] for row in _rows("iso3166.tab")}


def _rows(table: str) -> Iterator[list[str]]:
    text = resources.files("tzdata").joinpath("zoneinfo", table).read_text(encoding="utf-8")
    return (line.split("\t") for line in text.splitlines() if line and not line.startswith("#"))
