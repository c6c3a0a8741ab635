"""Slots: half-hour windows in UTC. Each has a gallery of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

SLOT = timedelta(minutes=30)


def slot_of(moment: datetime) -> datetime:
    """The start of the slot that `moment` (aware) is in."""
    utc = moment.astimezone(UTC)
    return utc.replace(minute=utc.minute - utc.minute % 30, second=0, microsecond=0)


def slots_between(start: datetime, stop: datetime) -> Iterator[datetime]:
    """The starts of the slots that overlap [start, stop), in order."""
    slot = slot_of(start)
    while slot < stop:
        yield slot
        slot += SLOT
