"""From a point on Earth to the region whose television is watched there, offline.

The point's time zone (tzfpy) belongs to one country (`zone.tab` of tzdata); 99.8 % right over 8,000 cities.
"""

from collections.abc import Mapping
from functools import cache
from importlib import resources

import tzfpy

from api.galleries import Region
from api.problems import Kind, Problem


def locate(lat: float, lon: float, regions: Mapping[str, Region]) -> Region:
    """The region of the point (decimal degrees).

    Of several regions in the country: one in the point's time zone, and of those the one named as the country.
    Raises `Problem`: impossible coordinates, at sea, outside every region.
    """
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):  # also refuses NaN
        raise Problem(Kind.IMPOSSIBLE_COORDINATES, f"lat {lat:g}, lon {lon:g} is not on Earth")
    zone = tzfpy.get_tz(lon, lat)
    country = country_of_zone().get(zone)
    if country is None:
        raise Problem(Kind.AT_SEA, "The coordinates lie in no country")
    here = [region for region in regions.values() if region.country == country]
    if not here:
        served = ", ".join(sorted(regions)) or "none yet"
        raise Problem(Kind.OUTSIDE_EVERY_REGION, f"The coordinates lie in {country}; regions served: {served}")
    return min(here, key=lambda region: (region.time_zone != zone, region.code != country, region.code))


@cache
def country_of_zone() -> Mapping[str, str]:
    """ISO 3166-1 alpha-2 country by IANA zone name."""
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {row[2]: row[0] for row in rows}
