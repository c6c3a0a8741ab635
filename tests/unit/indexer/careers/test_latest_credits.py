from datetime import UTC, datetime, timedelta

from db.queries.galleries import CastRow, ListedAiring
from gallery.types import LatestCredit
from indexer.careers.latest_credits import LatestCredits

NOON = datetime(2026, 8, 20, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def airing(number: int, title: str, start: datetime) -> ListedAiring:
    return ListedAiring(number, "one", "One", title, None, None, None, "film", 2020, start, start + HOUR)


def member(airing_id: int, person_id: int, name: str, role: str) -> CastRow:
    return CastRow(airing_id, person_id, name, None, "actor", role)


AIRINGS = [airing(1, "Old", NOON - 5 * HOUR), airing(2, "Recent", NOON - 3 * HOUR), airing(3, "Now", NOON)]
CASTS = {
    1: [member(1, 7, "Ana", "a"), member(1, 8, "Bo", "b")],
    2: [member(2, 8, "Bo", "c"), member(2, 7, "Ana", "d"), member(2, 7, "Ana", "twin")],
    3: [member(3, 7, "Ana", "e")],
}


def test_the_last_that_is_over_counts_with_the_first_billed_other() -> None:
    latest = LatestCredits(AIRINGS, CASTS)

    assert latest.before(7, NOON, ["Now"]) == LatestCredit("Recent", 2020, "d", "Bo")
    assert latest.before(8, NOON, []) == LatestCredit("Recent", 2020, "c", "Ana")


def test_what_they_are_in_now_is_no_news() -> None:
    assert LatestCredits(AIRINGS, CASTS).before(7, NOON, ["Recent", "Now"]) == LatestCredit("Old", 2020, "a", "Bo")


def test_nothing_before_is_nothing() -> None:
    latest = LatestCredits(AIRINGS, CASTS)

    assert latest.before(7, NOON - 5 * HOUR, []) is None
    assert latest.before(99, NOON, []) is None


def test_somebody_alone_has_no_co_star() -> None:
    assert LatestCredits(AIRINGS, CASTS).before(7, NOON + HOUR, []) == LatestCredit("Now", 2020, "e", None)
