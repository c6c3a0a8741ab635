from datetime import UTC, datetime, timedelta

import pytest

from api.galleries.snapshot import Channel, Region, Snapshot
from api.identify.question import Place, find_channel, find_region, read_time
from api.problems import Kind, Problem

FRANCE = Region("FR", "France", "FR", "Europe/Paris", (Channel("france-2", "France 2"), Channel("canal+", "Canal+")))
SNAPSHOT = Snapshot({"FR": FRANCE}, {})


def test_a_time_with_a_zone_becomes_utc() -> None:
    assert read_time("2026-03-01T20:50:00+01:00") == datetime(2026, 3, 1, 19, 50, tzinfo=UTC)
    assert read_time("2026-03-01T19:50Z").tzinfo is UTC


def test_no_time_means_now() -> None:
    assert abs(read_time(None) - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("2026-03-01T20:50", Kind.TIME_WITHOUT_ZONE),
        ("2026-03-01", Kind.TIME_WITHOUT_ZONE),
        ("tonight", Kind.MALFORMED_TIME),
        ("2026-02-30T20:50Z", Kind.MALFORMED_TIME),
        ("1772394600", Kind.MALFORMED_TIME),
        ("2026-03-01T20:50:00 01:00", Kind.MALFORMED_TIME),
        ("0001-01-01T00:00:00+14:00", Kind.MALFORMED_TIME),
        ("9999-12-31T23:59:59Z", Kind.MALFORMED_TIME),
    ],
)
def test_a_time_that_is_no_moment_says_why(text: str, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        read_time(text)
    assert caught.value.kind is kind


@pytest.mark.parametrize("named", ["france-2", "France 2", "  FRANCE 2 ", "canal+", "Canal+"])
def test_a_channel_is_found_by_slug_or_name(named: str) -> None:
    assert find_channel(FRANCE, named) in FRANCE.channels


@pytest.mark.parametrize("named", ["BBC One", "BBC1", "bbc 1", "bbc-one-gb", "BBC One HD"])
def test_a_channel_is_found_by_every_name_that_it_goes_by(named: str) -> None:
    one = Channel("bbc-one-gb", "BBC One", frozenset({"bbcone", "bbc1"}))
    britain = Region("GB", "United Kingdom", "GB", "Europe/London", (Channel("itv1-gb", "ITV1"), one))

    assert find_channel(britain, named) is one


def test_a_channel_of_elsewhere_is_unknown() -> None:
    with pytest.raises(Problem) as caught:
        find_channel(FRANCE, "BBC One")
    assert caught.value.kind is Kind.UNKNOWN_CHANNEL


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        (Place(None, None, None), Kind.PLACE_MISSING),
        (Place(None, "48.8", None), Kind.PLACE_INCOMPLETE),
        (Place(None, None, "2.3"), Kind.PLACE_INCOMPLETE),
        (Place("FR", "48.8", "2.3"), Kind.PLACE_AMBIGUOUS),
        (Place("XX", None, None), Kind.UNKNOWN_REGION),
        (Place(None, "north", "2.3"), Kind.IMPOSSIBLE_COORDINATES),
        (Place(None, "4e400", "2.3"), Kind.IMPOSSIBLE_COORDINATES),
    ],
)
def test_each_wrong_place_has_its_own_answer(place: Place, kind: Kind) -> None:
    with pytest.raises(Problem) as caught:
        find_region(SNAPSHOT, place)
    assert caught.value.kind is kind


def test_a_region_is_named_in_any_case() -> None:
    assert find_region(SNAPSHOT, Place("fr", None, None)) is FRANCE
