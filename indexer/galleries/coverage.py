"""How much of what is on the index can name, slot by slot."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from db.engine import session as transaction
from db.queries.coverage import AiringCoverage, airing_coverage
from gallery.slots import SLOT
from indexer.window import Window, slots


@dataclass(frozen=True, slots=True)
class SlotCoverage:
    """Half an hour: how many airings, how many of them with a cast, how many people, and how many faces known."""

    slot: datetime
    airings: int
    with_cast: int
    people: int
    known: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is on in a region and window, and whose faces are known. Plain values: `dataclasses.asdict` reads it."""

    region: str
    start: datetime
    stop: datetime
    slots: Sequence[SlotCoverage]
    airings: Sequence[AiringCoverage]


def measure_coverage(engine: Engine, region_code: str, window: Window) -> Coverage:
    """The coverage of the region in the window, from what is stored; nobody is counted twice in one slot."""
    with transaction(engine) as session:
        airings = airing_coverage(session, region_code, window.start, window.stop)
    by_slot = [_slot_coverage(slot, airings) for slot in slots(window)]
    return Coverage(region_code, window.start, window.stop, by_slot, airings)


def _slot_coverage(slot: datetime, airings: Sequence[AiringCoverage]) -> SlotCoverage:
    span = Window(slot, slot + SLOT)
    on = [airing for airing in airings if span.overlaps(airing.start, airing.stop)]
    reasons = {person.name: person.reason for airing in on for person in airing.people}
    known = sum(reason is None for reason in reasons.values())
    return SlotCoverage(slot, len(on), sum(bool(airing.people) for airing in on), len(reasons), known)
