"""The real guides, as the regions beside France take them."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from indexer.listings.crawl import crawl_listings
from indexer.regions import load_region
from indexer.regions.listings import XmltvListings
from indexer.window import day_window
from tests.integration.indexer.rig import Indexer
from tests.paths import SHARED_DATA

GUIDES = SHARED_DATA / "guides"
FRENCH, BRITISH = "tv_guide_fr_telerama_20260820.xml", "tv_guide_uk_freeview_20260823.xml"

pytestmark = pytest.mark.shared_data

if not GUIDES.exists():
    pytest.skip(f"the measurement data is not here: no {GUIDES}", allow_module_level=True)


def crawl(indexer: Indexer, code: str, guide: str, day: date) -> dict[str, timedelta]:
    """How long each channel of the region's line-up has something on, in its own day."""
    region = replace(load_region(code), listings=(XmltvListings("guide", (str(GUIDES / guide),)),))
    window = day_window(day, 1, region.time_zone)
    crawl_listings(replace(indexer.context(), region=region, window=window), indexer.reader, Counter())
    rows = indexer.rows(
        """
        SELECT name, sum(upper(during * tstzrange(:start, :stop)) - lower(during * tstzrange(:start, :stop)))
        FROM lineup JOIN channel ON channel.id = channel_id JOIN airing USING (channel_id)
        WHERE region_code = :code AND during && tstzrange(:start, :stop) GROUP BY name, position ORDER BY position
        """,
        code=code,
        start=window.start,
        stop=window.stop,
    )
    return dict(rows)


@pytest.mark.parametrize(
    ("code", "local"), [("FR-GP", "Guadeloupe 1ère"), ("FR-MQ", "Martinique 1ère"), ("FR-GF", "Guyane 1ère")]
)
def test_the_west_indies_have_their_whole_day_in_the_guide_of_france(indexer: Indexer, code: str, local: str) -> None:
    shown = crawl(indexer, code, FRENCH, date(2026, 8, 20))

    national = {"France 2", "France 3", "France 4", "France 5", "Arte"}
    assert {local, "Franceinfo"} | national <= set(shown) <= set(load_region(code).lineup)
    assert all(shown[name] > timedelta(hours=22) for name in {local} | national)


@pytest.mark.parametrize(("code", "local"), [("FR-RE", "Réunion 1ère"), ("FR-NC", "Nouvelle-Calédonie 1ère")])
def test_territories_east_of_france_need_the_guide_of_the_day_before_as_well(
    indexer: Indexer, code: str, local: str
) -> None:
    shown = crawl(indexer, code, FRENCH, date(2026, 8, 20))

    assert local in shown
    assert timedelta(hours=6) < shown["France 2"] < timedelta(hours=22)


@pytest.mark.parametrize(
    ("code", "channels"),
    [
        ("BE", {"La Une", "Tipik", "La Trois", "RTL tvi", "RTL club", "RTL plug", "AB3 Channel", "AB Xplore", "TF1"}),
        ("CH", {"RTS 1", "RTS 2", "SRF 1", "SRF zwei", "TF1", "France 2"}),
        ("LU", {"RTL tvi", "RTL 9", "La Une", "TF1", "Arte"}),
    ],
)
def test_neighbours_take_their_channels_out_of_it(indexer: Indexer, code: str, channels: set[str]) -> None:
    shown = crawl(indexer, code, FRENCH, date(2026, 8, 20))

    assert channels <= set(shown) <= set(load_region(code).lineup)
    assert all(shown[name] > timedelta(hours=17) for name in channels)


def test_the_british_guide_names_channels_as_the_table_does(indexer: Indexer) -> None:
    shown = crawl(indexer, "GB", BRITISH, date(2026, 8, 23))

    assert {"STV", "STV+1", "5", "5USA", "More4", "Film4", "E4", "Channel 4", "Quest Red", "Sky News"} <= set(shown)
    assert len(shown) == 20
    assert ("more4-gb",) in indexer.rows("SELECT slug FROM channel")
