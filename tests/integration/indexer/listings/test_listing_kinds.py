"""Listings of every kind, from real servers, into one timetable: names, gaps, feeds, nights, failures."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from indexer.errors import SourceUnavailable
from indexer.http import HttpClient
from indexer.listings.crawl import crawl_listings
from indexer.listings.reader import GuideReader
from indexer.regions import Region, load_region
from indexer.regions.listings import Listings, PageListings, TvmazeListings, XmltvListings
from indexer.window import day_window
from tests.integration.indexer.http.conftest import client, make_client
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import DAY, Indexer

__all__ = ["client", "make_client"]

AIRINGS = """
    SELECT channel.slug, title, lower(during), upper(during), source
    FROM airing JOIN channel ON channel.id = channel_id JOIN programme ON programme.id = programme_id
    ORDER BY channel.slug, during
"""
LINEUP = """
    SELECT slug FROM lineup JOIN channel ON channel.id = channel_id WHERE region_code = :code ORDER BY position
"""
HEALTH = "SELECT source, state FROM source_health ORDER BY source"


@pytest.fixture
def replica() -> Iterator[Replica]:
    replica = Replica()
    with replica.running():
        yield replica


class Crawler:
    """Crawls the listings of a region, all of whose sources are on the replica."""

    def __init__(self, indexer: Indexer, client: HttpClient, replica: Replica) -> None:
        self.indexer, self._replica = indexer, replica
        self._reader = GuideReader(
            client,
            indexer.storage,
            tvmaze_url=replica.url,
            programme_television_url=replica.url,
        )

    def xmltv(self, name: str, *paths: str, **options: Any) -> XmltvListings:
        return XmltvListings(name, tuple(self._replica.url + path for path in paths), **options)

    def crawl(self, region: Region, *listings: Listings, day: date = DAY) -> Counter[str]:
        region = replace(region, listings=listings or region.listings)
        window = day_window(day, 1, region.time_zone)
        context = replace(self.indexer.context(), region=region, window=window)
        counts: Counter[str] = Counter()
        crawl_listings(context, self._reader, counts)
        return counts

    def airings(self, zone: str = "Europe/Paris") -> list[tuple[str, ...]]:
        """Channel, title, start and stop by the clock of the zone, and the source."""
        clock = ZoneInfo(zone)
        return [
            (slug, title, f"{start.astimezone(clock):%d %H:%M}", f"{stop.astimezone(clock):%H:%M}", source)
            for slug, title, start, stop, source in self.indexer.rows(AIRINGS)
        ]


@pytest.fixture
def crawler(indexer: Indexer, client: HttpClient, replica: Replica) -> Crawler:
    return Crawler(indexer, client, replica)


def xmltv(*programmes: tuple[str, str, datetime, datetime], zone: str = "Europe/Paris") -> bytes:
    """A guide: (channel, title, start, stop), the channel being its name, with the offsets of the zone."""
    ids = {name: f"C{number}.example" for number, name in enumerate({channel: None for channel, *_ in programmes})}
    channels = "".join(f'<channel id="{ids[name]}"><display-name>{name}</display-name></channel>' for name in ids)
    shown = "".join(
        f'<programme channel="{ids[channel]}" start="{start.astimezone(ZoneInfo(zone)):%Y%m%d%H%M%S %z}"'
        f' stop="{stop.astimezone(ZoneInfo(zone)):%Y%m%d%H%M%S %z}"><title>{title}</title></programme>'
        for channel, title, start, stop in programmes
    )
    return f"<tv>{channels}{shown}</tv>".encode()


def at(clock: str, day: date = DAY, zone: str = "Europe/Paris") -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(zone))


def on(channel: str, title: str, start: str, stop: str) -> tuple[str, str, datetime, datetime]:
    return channel, title, at(start), at(stop)


def episode(channel: str, title: str, start: datetime, minutes: int) -> dict[str, Any]:
    """An entry of TVmaze's schedule."""
    network = {"id": sum(channel.encode()), "name": channel, "country": {"code": "FR"}}
    return {
        "id": 1, "name": "Episode", "season": 1, "number": 2, "airdate": f"{start:%Y-%m-%d}",
        "airtime": f"{start:%H:%M}", "airstamp": start.astimezone(UTC).isoformat(), "runtime": minutes,
        "show": {"id": 7, "name": title, "type": "Scripted", "network": network, "webChannel": None},
    }  # fmt: skip


def page(*programmes: tuple[str, str]) -> bytes:
    """A channel's day on programme-television.org: (start, title)."""
    items = "".join(
        f'<li class="tvgrid-broadcast__item"><div class="tvgrid-broadcast__details-time">{start}</div>'
        f'<div class="tvgrid-broadcast__details-title">{title}</div>'
        '<div class="tvgrid-broadcast__subdetails">60mn | Série</div></li>'
        for start, title in programmes
    )
    return f"<html><body><ul>{items}</ul></body></html>".encode()


FRANCE = replace(load_region("FR"), lineup=("TF1", "France 2"))
DAY_LONG = tuple(on("TF1", f"Show {hour}", f"{hour:02}:00", f"{hour:02}:59") for hour in range(24))


def test_two_guides_that_name_a_channel_differently_mean_one_channel(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    replica.put("/telerama", xmltv(on("TF1", "Journal", "20:00", "20:50"), on("BFM TV", "Infos", "20:00", "21:00")))
    replica.put("/xmltvfr", xmltv(on("TF 1 HD", "Film", "21:00", "23:00"), on("BFMTV", "Débat", "21:00", "22:00")))

    crawler.crawl(FRANCE, crawler.xmltv("first", "/telerama"))
    crawler.crawl(FRANCE, crawler.xmltv("second", "/xmltvfr"))

    assert [row[:2] for row in crawler.airings()] == [
        ("bfm-tv", "Infos"), ("bfm-tv", "Débat"), ("tf1", "Journal"), ("tf1", "Film"),
    ]  # fmt: skip
    assert indexer.rows(LINEUP, code="FR") == [("tf1",), ("bfm-tv",)]
    assert indexer.rows("SELECT name FROM channel ORDER BY name") == [("BFM TV",), ("TF1",)]


def test_the_next_guide_fills_what_the_first_does_not_know_and_replaces_nothing(
    crawler: Crawler, replica: Replica
) -> None:
    replica.put("/first", xmltv(*DAY_LONG, on("France 2", "Midi", "12:00", "13:00")))
    replica.put(
        "/second",
        xmltv(
            on("TF1", "Other", "20:00", "20:50"),
            on("France2", "Matin", "08:00", "12:05"),  # five minutes too long
            on("France2", "Other", "12:15", "12:45"),
            on("France2", "Film", "21:00", "23:00"),
            on("Télé Bidule", "Bazar", "21:00", "23:00"),
        ),
    )

    crawler.crawl(FRANCE, crawler.xmltv("first", "/first"), crawler.xmltv("second", "/second"))

    assert [row[1:] for row in crawler.airings() if row[0] == "france-2"] == [
        ("Matin", "20 08:00", "12:00", "second"),
        ("Midi", "20 12:00", "13:00", "first"),
        ("Film", "20 21:00", "23:00", "second"),
    ]
    assert {row[0] for row in crawler.airings()} == {"tf1", "france-2"}
    assert {row[4] for row in crawler.airings() if row[0] == "tf1"} == {"first"}


def test_a_guide_without_gaps_leaves_the_others_in_peace(crawler: Crawler, replica: Replica) -> None:
    replica.put("/first", xmltv(*DAY_LONG))

    crawler.crawl(replace(FRANCE, lineup=("TF1",)), crawler.xmltv("first", "/first"), TvmazeListings("tvmaze", "FR"))

    assert replica.paths == ["/first"]


def test_tvmaze_and_the_pages_are_asked_for_what_is_lacking(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    lineup = replace(FRANCE, lineup=("TF1", "France 2", "M6"))
    pages = PageListings("programme-television", {"tf1": "TF1", "m6": "M6"})
    replica.put("/first", xmltv(*DAY_LONG))
    replica.put("/tv/chaines/m6/", page(("20h00", "Le 20 heures"), ("21h10", "Série")))
    schedule = [
        episode("TF1", "Not here", at("20:00"), 60),
        episode("France 2", "Astrid", at("21:05"), 55),
        episode("Arte", "Not wanted", at("21:05"), 55),
    ]
    replica.put("/schedule", json.dumps(schedule).encode(), country="FR", date="2026-08-20")

    crawler.crawl(lineup, crawler.xmltv("first", "/first"), pages, TvmazeListings("tvmaze-schedule", "FR"))

    assert [row for row in crawler.airings() if row[0] != "tf1"] == [
        ("france-2", "Astrid", "20 21:05", "22:00", "tvmaze-schedule"),
        ("m6", "Le 20 heures", "20 20:00", "21:00", "programme-television"),
        ("m6", "Série", "20 21:10", "22:10", "programme-television"),
    ]
    assert replica.paths == ["/first", "/tv/chaines/m6/", "/schedule"]
    assert indexer.rows(HEALTH) == [("first", "ok"), ("programme-television", "ok"), ("tvmaze-schedule", "ok")]
    assert indexer.rows(LINEUP, code="FR") == [("tf1",), ("france-2",), ("m6",)]


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [(403, b"no", "blocked"), (404, b"none", "unavailable"), (200, b"<html><body>New!</body></html>", "changed")],
)
def test_each_failure_is_recorded_as_what_it_is_and_the_next_source_answers(
    indexer: Indexer, crawler: Crawler, replica: Replica, status: int, body: bytes, state: str
) -> None:
    replica.put("/first", body, status=status)
    replica.put("/second", xmltv(*DAY_LONG))

    crawler.crawl(FRANCE, crawler.xmltv("first", "/first"), crawler.xmltv("second", "/second"))

    assert len(crawler.airings()) == 24
    assert indexer.rows(HEALTH) == [("first", state), ("second", "ok")]


def test_a_guide_that_moved_is_found_at_its_other_address(indexer: Indexer, crawler: Crawler, replica: Replica) -> None:
    replica.put("/raw/guide", xmltv(*DAY_LONG))

    crawler.crawl(FRANCE, crawler.xmltv("guide", "/guide", "/raw/guide"))

    assert len(crawler.airings()) == 24
    assert indexer.rows(HEALTH) == [("guide", "ok")]


def test_a_host_that_blocks_is_not_asked_at_another_address(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    replica.put("/guide", b"no", status=403)
    replica.put("/raw/guide", xmltv(*DAY_LONG))

    with pytest.raises(SourceUnavailable, match="403"):
        crawler.crawl(FRANCE, crawler.xmltv("guide", "/guide", "/raw/guide"))

    assert replica.paths == ["/guide"]
    assert indexer.rows(HEALTH) == [("guide", "blocked")]


def test_the_night_comes_from_the_guide_of_the_day_before(crawler: Crawler, replica: Replica) -> None:
    yesterday, today = DAY - timedelta(days=1), DAY
    evening = ("TF1", "Hier soir", at("20:00", yesterday), at("22:00", yesterday))
    replica.put(f"/{yesterday:%Y%m%d}", xmltv(evening, on("TF1", "Nuit", "01:00", "06:00")))
    replica.put(f"/{today:%Y%m%d}", xmltv(on("TF1", "Matin", "06:00", "12:00"), on("TF1", "Soir", "12:00", "23:59")))

    crawler.crawl(FRANCE, crawler.xmltv("guide", "/{day}", day_begins=6))

    assert [row[1] for row in crawler.airings()] == ["Nuit", "Matin", "Soir"]


def test_a_territory_takes_its_line_up_out_of_the_guide_of_france(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    guide = xmltv(
        on("Guadeloupe 1ère", "Journal", "23:30", "23:59"),
        on("France 2", "Film", "21:00", "23:00"),
        on("TF1", "Série", "21:00", "22:00"),
        on("Réunion 1ère", "Autre", "21:00", "22:00"),
    )
    replica.put("/20260820", guide)
    tomorrow = DAY + timedelta(days=1)
    replica.put("/20260821", xmltv(("France 2", "Nuit", at("01:00", tomorrow), at("02:00", tomorrow))))
    source = crawler.xmltv("guide", "/{day}", zone="Europe/Paris")

    crawler.crawl(load_region("FR-GP"), source)
    crawler.crawl(replace(FRANCE, lineup=()), source)

    assert [row[:2] for row in crawler.airings()] == [
        ("france-2", "Film"), ("france-2", "Nuit"), ("guadeloupe-1ere", "Journal"),
        ("reunion-1ere", "Autre"), ("tf1", "Série"),
    ]  # fmt: skip
    assert indexer.rows(LINEUP, code="FR-GP") == [("guadeloupe-1ere",), ("france-2",)]
    assert indexer.rows("SELECT count(*) FROM channel WHERE slug = 'france-2'") == [(1,)]
    assert ("Journal", "20 17:30", "17:59") in [row[1:4] for row in crawler.airings("America/Guadeloupe")]


def test_networks_are_on_at_their_hour_in_every_zone_and_live_channels_at_the_same_moment(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    eastern = "America/New_York"
    schedule = [
        episode("NBC", "Law & Order", at("20:00", zone=eastern), 60),
        episode("CNN", "Tonight", at("21:00", zone=eastern), 60),
    ]
    replica.put("/schedule", json.dumps(schedule).encode(), country="US", date="2026-08-20")
    replica.put("/schedule", b"[]", date="2026-08-21")

    for code in ("US-ET", "US-CT", "US-MT", "US-PT"):
        crawler.crawl(load_region(code))

    found = {row[0]: row[1:4] for row in crawler.airings(eastern)}
    assert found == {
        "nbc-us": ("Law & Order", "20 20:00", "21:00"),
        "nbc-us-mt": ("Law & Order", "20 21:00", "22:00"),
        "nbc-us-pt": ("Law & Order", "20 23:00", "00:00"),
        "cnn-us": ("Tonight", "20 21:00", "22:00"),
    }
    assert indexer.rows(LINEUP, code="US-CT") == [("nbc-us",), ("cnn-us",)]
    assert indexer.rows(LINEUP, code="US-PT") == [("nbc-us-pt",), ("cnn-us",)]


def test_a_line_up_of_which_nothing_is_listed_is_no_empty_evening(crawler: Crawler, replica: Replica) -> None:
    replica.put("/guide", xmltv(*DAY_LONG))

    with pytest.raises(SourceUnavailable, match="No source lists region FR-RE"):
        crawler.crawl(replace(load_region("FR-RE"), lineup=("Réunion 1ère",)), crawler.xmltv("guide", "/guide"))


NIGHTS = [
    ("FR", date(2026, 3, 29), 23), ("FR", date(2026, 10, 25), 25), ("GB", date(2026, 3, 29), 23),
    ("GB", date(2026, 10, 25), 25), ("US-ET", date(2026, 3, 8), 23), ("US-ET", date(2026, 11, 1), 25),
    ("US-PT", date(2026, 11, 1), 25), ("CA-NT", date(2026, 3, 8), 23), ("CA-NT", date(2026, 11, 1), 25),
    ("FR-RE", date(2026, 10, 25), 24),
]  # fmt: skip


@pytest.mark.parametrize(("code", "day", "hours"), NIGHTS)
def test_no_minute_is_lost_or_told_twice_when_clocks_change(
    crawler: Crawler, replica: Replica, code: str, day: date, hours: int
) -> None:
    region = replace(load_region(code), lineup=(), only_lineup=False)
    window = day_window(day, 1, region.time_zone)
    minute = timedelta(minutes=1)
    starts = [window.start + 20 * n * minute for n in range(hours * 3)]
    programmes = [("One", f"At {n}", start, start + 20 * minute) for n, start in enumerate(starts)]
    replica.put("/guide", xmltv(*programmes, zone=region.time_zone))

    counts = crawler.crawl(region, crawler.xmltv("guide", "/guide"), day=day)

    stored = [(title, start, stop) for _, title, start, stop, _ in crawler.indexer.rows(AIRINGS)]
    assert stored == [(title, start, stop) for _, title, start, stop in programmes]
    assert counts["added"] == hours * 3
    assert counts["dropped_repeated"] == 0


IDS = "SELECT id, source, lower(during), upper(during) FROM airing ORDER BY id"


def test_regions_that_share_a_channel_do_not_undo_each_others_work(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    replica.put("/telerama", xmltv(on("TF1", "Matin", "06:00", "12:00"), on("TF1", "Après-midi", "12:00", "18:00")))
    replica.put("/france", xmltv(on("TF1", "Film", "20:00", "22:00"), on("TF1", "Nuit", "22:00", "23:30")))
    replica.put("/belgium", xmltv(on("TF1", "Série", "21:00", "23:00"), on("TF1", "Journal", "18:00", "20:00")))
    shared = crawler.xmltv("xmltv-telerama", "/telerama")
    france = shared, crawler.xmltv("xmltv-fr", "/france")
    belgium = shared, crawler.xmltv("xmltv-catchup-be", "/belgium")

    crawler.crawl(load_region("FR"), *france)
    crawler.crawl(load_region("BE"), *belgium)
    settled = indexer.rows(IDS)

    for _ in range(2):
        for code, sources in (("FR", france), ("BE", belgium), ("LU", (shared,))):
            counts = crawler.crawl(load_region(code), *sources)
            assert (counts["added"], counts["removed"]) == (0, 0), code
    assert indexer.rows(IDS) == settled
    assert {"Journal", "Matin", "Après-midi"} < {row[1] for row in crawler.airings()}


def test_two_regions_that_prefer_different_sources_agree_on_a_shared_channel(
    indexer: Indexer, crawler: Crawler, replica: Replica
) -> None:
    replica.put("/france", xmltv(on("TF1", "Film", "20:00", "22:00")))
    replica.put("/belgium", xmltv(on("TF1", "Série", "20:30", "22:30"), on("TF1", "Débat", "22:30", "23:30")))
    france, belgium = crawler.xmltv("xmltv-telerama", "/france"), crawler.xmltv("xmltv-telerama-be", "/belgium")

    crawler.crawl(load_region("BE"), belgium, france)
    crawler.crawl(load_region("LU"), france, belgium)
    crawler.crawl(load_region("BE"), belgium, france)
    settled = indexer.rows(IDS)

    for _ in range(2):
        crawler.crawl(load_region("LU"), france, belgium)
        crawler.crawl(load_region("BE"), belgium, france)
    assert indexer.rows(IDS) == settled


def test_what_its_source_takes_off_a_shared_channel_goes_whoever_else_receives_it(
    crawler: Crawler, replica: Replica
) -> None:
    early, film = on("TF1", "Matin", "06:00", "12:00"), on("TF1", "Film", "20:00", "22:00")
    replica.put("/telerama", xmltv(early))
    replica.put("/france", xmltv(film, on("TF1", "Retiré", "22:00", "23:00"), on("TF1", "Nuit", "23:00", "23:50")))
    shared = crawler.xmltv("xmltv-telerama", "/telerama")
    france = shared, crawler.xmltv("xmltv-fr", "/france", zone="UTC")
    crawler.crawl(load_region("FR"), *france)
    crawler.crawl(load_region("LU"), shared)
    assert [row[1] for row in crawler.airings()] == ["Matin", "Film", "Retiré", "Nuit"]

    replica.put("/france", xmltv(film, on("TF1", "Nuit", "23:00", "23:50")))
    crawler.crawl(load_region("LU"), shared)
    assert "Retiré" in [row[1] for row in crawler.airings()]
    crawler.crawl(load_region("FR"), shared, replace(france[1], guides=(f"{france[1].guides[0]}?again",)))

    assert [row[1] for row in crawler.airings()] == ["Matin", "Film", "Nuit"]


def test_a_source_that_fails_takes_nothing_back(crawler: Crawler, replica: Replica) -> None:
    replica.put("/good", xmltv(on("TF1", "Film", "20:00", "22:00")))
    replica.put("/other", xmltv(on("TF1", "Autre", "20:30", "22:00"), on("TF1", "Nuit", "22:00", "23:00")))
    telerama = crawler.xmltv("xmltv-telerama", "/good")
    crawler.crawl(FRANCE, telerama)

    crawler.crawl(
        FRANCE, replace(telerama, guides=(f"{telerama.guides[0]}-gone",)), crawler.xmltv("xmltv-fr", "/other")
    )

    assert [row[1] for row in crawler.airings()] == ["Film", "Nuit"]


def test_a_guide_by_hand_is_believed_and_stands_back_for_the_regions_own(crawler: Crawler, replica: Replica) -> None:
    replica.put("/own", xmltv(on("TF1", "Film", "20:00", "22:00")))
    replica.put("/hand", xmltv(on("TF1", "Autre", "20:30", "22:30")))
    own, by_hand = crawler.xmltv("xmltv-telerama", "/own"), crawler.xmltv("xmltv", "/hand")
    crawler.crawl(FRANCE, own)

    crawler.crawl(FRANCE, by_hand)
    assert [row[1] for row in crawler.airings()] == ["Autre"]
    crawler.crawl(FRANCE, own)
    assert [row[1] for row in crawler.airings()] == ["Film"]
