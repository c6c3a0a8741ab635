import pytest

from api.galleries import Region
from api.place import country_of_zone, locate
from api.problems import Kind, Problem

FRANCE = Region("FR", "France", "FR", "Europe/Paris", ())
CORSICA = Region("FR-COR", "Corse", "FR", "Europe/Paris", ())
BELGIUM = Region("BE", "Belgique", "BE", "Europe/Brussels", ())
CANARIES = Region("ES-CN", "Canarias", "ES", "Atlantic/Canary", ())
SPAIN = Region("ES", "España", "ES", "Europe/Madrid", ())
REGIONS = {region.code: region for region in (CORSICA, FRANCE, BELGIUM, CANARIES, SPAIN)}


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        (48.8566, 2.3522, "FR"),
        (50.8503, 4.3517, "BE"),
        (41.93, 8.74, "FR"),
        (28.12, -15.43, "ES-CN"),
        (40.42, -3.70, "ES"),
    ],
)
def test_a_city_is_in_the_region_of_its_country(lat: float, lon: float, code: str) -> None:
    assert locate(lat, lon, REGIONS).code == code


@pytest.mark.parametrize(
    ("lat", "lon", "kind"),
    [
        (0.0, -30.0, Kind.AT_SEA),
        (43.0, 5.0, Kind.AT_SEA),
        (90.0, 0.0, Kind.AT_SEA),
        (51.5, -0.12, Kind.OUTSIDE_EVERY_REGION),
        (-90.0, 0.0, Kind.OUTSIDE_EVERY_REGION),
        (90.01, 0.0, Kind.IMPOSSIBLE_COORDINATES),
        (0.0, -180.5, Kind.IMPOSSIBLE_COORDINATES),
        (float("nan"), 2.0, Kind.IMPOSSIBLE_COORDINATES),
        (48.0, float("inf"), Kind.IMPOSSIBLE_COORDINATES),
    ],
)
def test_a_point_without_a_region_says_why(lat: float, lon: float, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        locate(lat, lon, REGIONS)
    assert caught.value.kind is kind


def test_every_zone_has_a_country_of_two_letters() -> None:
    countries = country_of_zone()
    assert len(countries) > 300
    assert all(len(code) == 2 and code.isupper() for code in countries.values())
