from datetime import date
from zoneinfo import ZoneInfo

import pytest

from indexer.errors import UnknownRegion
from indexer.regions import GuideSource, load_region, region_codes


@pytest.mark.parametrize("code", region_codes())
def test_every_region_file_is_complete(code: str) -> None:
    region = load_region(code)

    assert region.code == code
    assert region.name
    assert len(region.country) == 2
    assert ZoneInfo(region.time_zone)
    assert region.listings


def test_an_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(UnknownRegion, match="FR"):
        load_region("XX")


def test_a_code_cannot_leave_the_folder() -> None:
    with pytest.raises(UnknownRegion):
        load_region("../regions/FR")


def test_a_guide_of_the_day_has_the_local_day_in_its_address() -> None:
    assert (
        GuideSource("x", "https://example.org/{day}.xml").guide_for(date(2026, 8, 20))
        == "https://example.org/20260820.xml"
    )
    assert GuideSource("x", "guide.xml").guide_for(date(2026, 8, 20)) == "guide.xml"
