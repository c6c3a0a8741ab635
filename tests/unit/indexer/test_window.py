import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.slots import SLOT, slot_of
from indexer.window import Window, day_window, slots

MOMENTS = st.builds(
    lambda day, hour, zone: datetime.combine(day, hour, zone),
    st.dates(date(2000, 1, 1), date(2049, 1, 1)),
    st.times(),
    st.timezones(),
)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2049, 1, 1))


def test_a_day_begins_and_ends_at_local_midnight() -> None:
    assert day_window(date(2026, 8, 20), 1, "Europe/Paris") == Window(
        datetime(2026, 8, 19, 22, tzinfo=UTC), datetime(2026, 8, 20, 22, tzinfo=UTC)
    )


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 10, 26), 24)]
)
def test_the_days_on_which_paris_changes_its_clocks_have_their_own_length(day: date, hours: int) -> None:
    window = day_window(day, 1, "Europe/Paris")

    assert window.stop - window.start == timedelta(hours=hours)
    assert len(list(slots(window))) == 2 * hours


@given(DAYS, st.integers(1, 14), st.sampled_from(sorted(available_timezones())))
def test_days_follow_one_another_without_gap_or_overlap(first: date, days: int, zone: str) -> None:
    whole = day_window(first, days, zone)
    each = [day_window(first + timedelta(days=n), 1, zone) for n in range(days)]

    assert (each[0].start, each[-1].stop) == (whole.start, whole.stop)
    assert all(one.stop == following.start for one, following in itertools.pairwise(each))


def test_no_days_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        day_window(date(2026, 8, 20), 0, "Europe/Paris")


@given(MOMENTS)
def test_every_moment_is_in_exactly_its_slot(moment: datetime) -> None:
    slot = slot_of(moment)

    assert slot <= moment < slot + SLOT
    assert slot.minute in (0, 30)
    assert slot.tzinfo is UTC
    assert slot_of(slot) == slot
    assert slot_of(slot + SLOT) == slot + SLOT


@given(MOMENTS, st.integers(1, 3 * 24 * 60))
def test_the_slots_of_a_window_are_those_that_overlap_it(start: datetime, minutes: int) -> None:
    window = Window(start.astimezone(UTC), start.astimezone(UTC) + timedelta(minutes=minutes))
    found = list(slots(window))

    assert all(window.overlaps(slot, slot + SLOT) for slot in found)
    assert not window.overlaps(found[0] - SLOT, found[0])
    assert not window.overlaps(found[-1] + SLOT, found[-1] + 2 * SLOT)
    assert all(following - slot == SLOT for slot, following in itertools.pairwise(found))


def test_what_only_touches_a_window_does_not_overlap_it() -> None:
    noon = datetime(2026, 8, 20, 12, tzinfo=UTC)
    window = Window(noon, noon + SLOT)

    assert not window.overlaps(noon - SLOT, noon)
    assert not window.overlaps(noon + SLOT, noon + 2 * SLOT)
    assert window.overlaps(noon - SLOT, noon + timedelta(seconds=1))
