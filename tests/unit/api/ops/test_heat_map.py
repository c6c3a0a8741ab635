"""Where the heat map places half hours, and what it counts in them."""

from datetime import UTC, date, datetime, timedelta

from api.ops.heat_map import HALF_HOURS, PRIME, around, by_clock, cell, days_of
from db.queries.ops.coverage import MeasuredDay, MeasuredSlot

EVENING = datetime(2026, 3, 1, 20, 30, tzinfo=UTC)


def slot(at: datetime, known: int = 3) -> MeasuredSlot:
    return MeasuredSlot("FR", at, 4, 2, 4, known, EVENING)


def test_slots_are_placed_by_the_local_clock() -> None:
    placed = by_clock([slot(EVENING), slot(EVENING + timedelta(hours=3))], "Europe/Paris")

    assert set(placed) == {date(2026, 3, 1), date(2026, 3, 2)}
    [at] = [HALF_HOURS[index] for index, found in enumerate(placed[date(2026, 3, 1)]) if found]
    assert at == "21:30"
    assert at in PRIME
    assert len(PRIME) == 8


def test_the_hour_that_comes_twice_in_autumn_is_one() -> None:
    twice = [datetime(2026, 10, 25, hour, 0, tzinfo=UTC) for hour in (0, 1)]  # 02:00 in Paris, both times
    cells = by_clock([slot(at) for at in twice], "Europe/Paris")[date(2026, 10, 25)]

    found = cells[HALF_HOURS.index("02:00")]
    assert found is not None
    assert (found.slot, found.airings) == (twice[0], 8)


def test_shares_are_of_what_there_is() -> None:
    both = cell([slot(EVENING, known=1), slot(EVENING, known=3)])
    assert both is not None
    assert (both.face_share, both.cast_share) == (0.5, 0.5)
    nobody = cell([MeasuredSlot("FR", EVENING, 0, 0, 0, 0, EVENING)])
    assert nobody is not None
    assert (nobody.face_share, nobody.cast_share) == (None, None)
    assert cell([]) is None


def test_a_day_is_all_of_it_and_its_prime_time() -> None:
    first = date(2026, 3, 1)
    rows = [MeasuredDay("FR", first, prime, 10, 5, 8, 4, EVENING) for prime in (False, True)]

    whole, empty = days_of(rows, [first, first + timedelta(days=1)])

    assert whole.whole is not None
    assert whole.prime is not None
    assert (whole.whole.airings, whole.prime.airings) == (20, 10)
    assert (empty.whole, empty.prime) == (None, None)


def test_a_span_has_the_day_of_every_zone() -> None:
    start, stop = around(date(2026, 3, 1))

    assert start <= datetime(2026, 2, 28, 10, tzinfo=UTC)  # midnight in Kiritimati
    assert stop >= datetime(2026, 3, 2, 11, tzinfo=UTC)  # the next one in Niue
