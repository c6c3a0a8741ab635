from datetime import UTC, date, datetime
from importlib import resources
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

import pytest

from indexer.errors import UnknownRegion
from indexer.listings.channels import market
from indexer.regions import Region, load_region, region_codes
from indexer.regions.listings import TvmazeListings, XmltvListings, days_of, read_listings
from indexer.settings import SourceName
from indexer.window import Window, day_window

TABLES = resources.files("tzdata").joinpath("zoneinfo")
REGIONS = {code: load_region(code) for code in region_codes()}


def rows(table: str) -> list[list[str]]:
    text = TABLES.joinpath(table).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


COUNTRIES = {row[0] for row in rows("iso3166.tab")}
ZONES_OF = {country: {row[2] for row in rows("zone.tab") if row[0] == country} for country in COUNTRIES}


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_a_region_file_is_complete(region: Region) -> None:
    assert region.name
    assert region.country in COUNTRIES
    assert region.zones
    assert set(region.zones) <= available_timezones()
    assert region.zones[0] in ZONES_OF[region.country]
    assert ZoneInfo(region.time_zone)
    assert len(region.language) == 2
    assert region.listings
    assert len({source.name for source in region.listings}) == len(region.listings)
    assert set(region.sources) <= set(get_args(SourceName))
    assert region.sources
    for source in region.listings:
        if isinstance(source, XmltvListings):
            assert all(guide.startswith("https://") for guide in source.guides)
        if isinstance(source, TvmazeListings):
            assert source.country in COUNTRIES
        if source.zone is not None:
            assert source.zone in available_timezones()
        assert 0 <= source.day_begins < 24
        if source.feed is not None:
            assert source.feed.zone in available_timezones()


@pytest.mark.parametrize("code", region_codes())
def test_the_file_of_a_region_is_named_by_its_code(code: str) -> None:
    assert load_region(code).code == code


@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_a_line_up_names_channels_as_the_table_of_its_market_does(region: Region) -> None:
    known = market(region.market)

    assert [known.name(name) for name in region.lineup] == list(region.lineup)
    assert len(set(region.lineup)) == len(region.lineup)
    assert not region.only_lineup or region.lineup
    assert set(known.names.values()) >= set(region.lineup)


def test_no_time_zone_is_in_two_regions() -> None:
    zones = [zone for region in REGIONS.values() for zone in region.zones]

    assert len(zones) == len(set(zones))


@pytest.mark.parametrize("country", sorted({region.country for region in REGIONS.values()}))
def test_every_time_zone_of_a_country_is_in_a_region(country: str) -> None:
    assert ZONES_OF[country] <= {zone for region in REGIONS.values() for zone in region.zones}


@pytest.mark.parametrize(
    "code",
    [
        "FR", "FR-GP", "FR-MQ", "FR-GF", "FR-RE", "FR-YT", "FR-PM", "FR-NC", "FR-PF", "FR-WF", "FR-MF", "FR-BL",
        "BE", "CH", "LU", "GB", "IE", "US-ET", "US-CT", "US-MT", "US-AZ", "US-PT", "US-AK", "US-HI",
        "CA-NT", "CA-AT", "CA-ET", "CA-CT", "CA-SK", "CA-MT", "CA-PT",
    ],
)  # fmt: skip
def test_the_regions_of_the_start_are_there(code: str) -> None:
    assert code in REGIONS


def test_an_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(UnknownRegion, match="FR"):
        load_region("XX")


def test_a_code_cannot_leave_the_folder() -> None:
    with pytest.raises(UnknownRegion):
        load_region("../regions/FR")


def test_a_guide_of_the_day_has_the_day_in_its_addresses() -> None:
    source = XmltvListings("x", ("https://example.org/{day}.xml", "guide.xml"))

    assert source.addresses(date(2026, 8, 20)) == ("https://example.org/20260820.xml", "guide.xml")


def test_an_unknown_kind_of_listings_is_refused() -> None:
    with pytest.raises(ValueError, match="teletext"):
        read_listings({"kind": "teletext"})


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("FR", [19, 20]),  # the file of the 19th goes on until the morning of the 20th
        ("FR-GP", [20]),
        ("FR-RE", [19, 20]),
        ("FR-NC", [19, 20]),
        ("FR-PF", [20, 21]),
        ("BE", [19, 20]),
        ("GB", [19, 20]),  # in UTC, also in summer
    ],
)
def test_a_guide_is_asked_for_the_days_of_its_own_zone(code: str, days: list[int]) -> None:
    region = REGIONS[code]
    window = day_window(date(2026, 8, 20), 1, region.time_zone)

    asked = list(days_of(region.listings[0], window, region.time_zone))

    assert asked == [date(2026, 8, day) for day in days]


@pytest.mark.parametrize(("code", "days"), [("US-ET", [20]), ("US-CT", [20, 21]), ("US-MT", [20, 21]), ("US-PT", [20])])
def test_a_feed_by_the_clock_is_asked_for_the_days_that_it_shows(code: str, days: list[int]) -> None:
    region = REGIONS[code]
    window = day_window(date(2026, 8, 20), 1, region.time_zone)
    [tvmaze] = [source for source in region.listings if isinstance(source, TvmazeListings)]

    assert list(days_of(tvmaze, window, region.time_zone)) == [date(2026, 8, day) for day in days]


def test_a_window_that_ends_at_midnight_does_not_ask_for_the_next_day() -> None:
    source = XmltvListings("x", ("{day}",))
    window = Window(datetime(2026, 8, 19, 22, tzinfo=UTC), datetime(2026, 8, 20, 22, tzinfo=UTC))

    assert list(days_of(source, window, "Europe/Paris")) == [date(2026, 8, 20)]
