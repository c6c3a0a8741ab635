import pytest

from api.galleries.snapshot import Region
from api.identify.place import country_names, country_of_zone, locate
from api.problems import Kind, Problem
from indexer.regions import load_region, region_codes

FRANCE = Region("FR", "France", "FR", "Europe/Paris", ())
CORSICA = Region("FR-COR", "Corse", "FR", "Europe/Paris", ())
BELGIUM = Region("BE", "Belgique", "BE", "Europe/Brussels", ())
CANARIES = Region("ES-CN", "Canarias", "ES", "Atlantic/Canary", ())
SPAIN = Region("ES", "España", "ES", "Europe/Madrid", ())
REGIONS = {region.code: region for region in (CORSICA, FRANCE, BELGIUM, CANARIES, SPAIN)}
SHIPPED = {
    code: Region(code, it.name, it.country, it.time_zone, (), it.zones)
    for code, it in ((code, load_region(code)) for code in region_codes())
}
PLACES = [
    ("FR", [
        ("Paris", 48.857, 2.352), ("Brest", 48.390, -4.490), ("Ouessant", 48.457, -5.096), ("Marseille", 43.295, 5.360),
        ("Ajaccio", 41.920, 8.730), ("Bonifacio", 41.387, 9.159), ("Strasbourg", 48.573, 7.752),
        ("Saint-Louis, by Basel", 47.590, 7.560), ("Annemasse, by Geneva", 46.193, 6.236), ("Lille", 50.630, 3.060),
        ("Longwy", 49.520, 5.760), ("Hendaye", 43.360, -1.775), ("Menton", 43.775, 7.500), ("Monaco", 43.731, 7.420),
        ("Calais", 50.951, 1.858),
    ]),
    ("FR-GP", [
        ("Pointe-à-Pitre", 16.241, -61.533), ("Marie-Galante", 15.884, -61.315), ("Terre-de-Haut", 15.867, -61.583),
    ]),
    ("FR-MQ", [("Fort-de-France", 14.604, -61.067)]),
    ("FR-GF", [
        ("Cayenne", 4.933, -52.330), ("Saint-Laurent-du-Maroni", 5.503, -54.029), ("Saint-Georges", 3.890, -51.800),
    ]),
    ("FR-RE", [("Saint-Denis", -20.879, 55.448)]),
    ("FR-YT", [("Mamoudzou", -12.780, 45.228)]),
    ("FR-PM", [("Saint-Pierre", 46.777, -56.178)]),
    ("FR-NC", [("Nouméa", -22.276, 166.458), ("Lifou", -20.920, 167.240)]),
    ("FR-PF", [("Papeete", -17.535, -149.570), ("Nuku Hiva", -8.911, -140.100), ("Rikitea", -23.120, -134.969)]),
    ("FR-WF", [("Mata-Utu", -13.283, -176.174), ("Futuna", -14.290, -178.160)]),
    ("FR-MF", [("Marigot", 18.068, -63.082)]),
    ("FR-BL", [("Gustavia", 17.896, -62.850)]),
    ("BE", [("Bruxelles", 50.850, 4.352), ("Tournai", 50.605, 3.388), ("Arlon", 49.683, 5.817)]),
    ("CH", [("Genève", 46.204, 6.143), ("Basel", 47.560, 7.589), ("Lugano", 46.004, 8.951), ("Vaduz", 47.140, 9.520)]),
    ("LU", [("Luxembourg", 49.611, 6.130), ("Esch-sur-Alzette", 49.496, 5.981)]),
    ("GB", [
        ("London", 51.507, -0.128), ("Dover", 51.127, 1.313), ("Lerwick", 60.155, -1.145), ("Derry", 54.997, -7.309),
        ("Newry", 54.176, -6.349), ("Douglas", 54.150, -4.480), ("Saint Helier", 49.187, -2.107),
    ]),
    ("IE", [("Dublin", 53.350, -6.260), ("Lifford, by Strabane", 54.832, -7.484), ("Dundalk", 54.000, -6.405)]),
    ("US-ET", [
        ("New York", 40.713, -74.006), ("Detroit", 42.331, -83.046), ("Niagara Falls", 43.095, -79.057),
        ("Indianapolis", 39.768, -86.158), ("Key West", 24.555, -81.780),
    ]),
    ("US-CT", [("Chicago", 41.880, -87.630), ("Houston", 29.760, -95.370)]),
    ("US-MT", [("Denver", 39.740, -104.990), ("El Paso", 31.760, -106.485), ("Window Rock", 35.680, -109.050)]),
    ("US-AZ", [("Phoenix", 33.450, -112.070)]),
    ("US-PT", [("Los Angeles", 34.052, -118.244), ("San Diego", 32.716, -117.161)]),
    ("US-AK", [("Anchorage", 61.218, -149.900)]),
    ("US-HI", [("Honolulu", 21.307, -157.858)]),
    ("CA-NT", [("St. John's", 47.560, -52.710)]),
    ("CA-AT", [("Halifax", 44.650, -63.570)]),
    ("CA-ET", [
        ("Toronto", 43.650, -79.380), ("Montréal", 45.500, -73.570), ("Windsor", 42.317, -83.037),
        ("Niagara", 43.090, -79.085),
    ]),
    ("CA-CT", [("Winnipeg", 49.895, -97.138)]),
    ("CA-SK", [("Regina", 50.445, -104.619)]),
    ("CA-MT", [("Calgary", 51.045, -114.070)]),
    ("CA-PT", [("Vancouver", 49.283, -123.120), ("Whitehorse", 60.720, -135.060)]),
]  # fmt: skip
SEAS = {
    "Atlantic": (0.0, -30.0), "Gulf of Lion": (43.0, 5.0), "English Channel": (50.2, -1.0), "North Sea": (56.0, 3.0),
    "Irish Sea": (53.7, -5.2), "Caribbean": (15.0, -65.0), "Pacific": (30.0, -150.0), "off Nouméa": (-24.5, 164.0),
}  # fmt: skip
FOREIGN = {
    "Berlin": (52.52, 13.40, "Germany"), "Kehl": (48.572, 7.815, "Germany"), "Ventimiglia": (43.79, 7.607, "Italy"),
    "Campione": (45.97, 8.97, "Italy"), "Irun": (43.34, -1.79, "Spain"), "Llívia": (42.465, 1.98, "Spain"),
    "Andorra": (42.506, 1.52, "Andorra"), "Philipsburg": (18.026, -63.046, "St Maarten (Dutch)"),
    "Oiapoque": (3.843, -51.835, "Brazil"), "Tijuana": (32.51, -117.03, "Mexico"),
    "Gibraltar": (36.14, -5.35, "Gibraltar"),
    "San Juan": (18.466, -66.106, "Puerto Rico"), "Kerguelen": (-49.35, 70.22, "French S. Terr."),
    "South Pole": (-90.0, 0.0, "Antarctica"),
}  # fmt: skip


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


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [pytest.param(lat, lon, code, id=f"{code} {name}") for code, places in PLACES for name, lat, lon in places],
)
def test_a_real_place_is_in_its_region(lat: float, lon: float, code: str) -> None:
    assert locate(lat, lon, SHIPPED).code == code


@pytest.mark.parametrize("point", SEAS.values(), ids=SEAS)
def test_the_open_sea_is_in_no_region(point: tuple[float, float]) -> None:
    with pytest.raises(Problem, match=r"in no country\. Send the `region`") as caught:
        locate(*point, SHIPPED)
    assert caught.value.kind is Kind.AT_SEA


@pytest.mark.parametrize(("lat", "lon", "country"), FOREIGN.values(), ids=FOREIGN)
def test_a_place_that_no_region_covers_says_its_country(lat: float, lon: float, country: str) -> None:
    with pytest.raises(Problem) as caught:
        locate(lat, lon, SHIPPED)
    assert caught.value.kind is Kind.OUTSIDE_EVERY_REGION
    assert f"lie in {country}, which no region covers" in caught.value.detail


def test_every_region_has_a_place_in_the_table() -> None:
    assert {code for code, _ in PLACES} == set(SHIPPED)


def test_every_country_of_a_zone_has_a_name() -> None:
    assert set(country_of_zone().values()) <= set(country_names())
