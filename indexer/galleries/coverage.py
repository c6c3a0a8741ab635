"""How much of what is on the index can name, slot by slot, and which channels are no longer listed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.queries.coverage import AiringCoverage, airing_coverage
from db.queries.stale_channels import first_crawl, last_listed, source_details
from gallery.slots import SLOT
from indexer.listings.channels import market
from indexer.regions import Region, load_region
from indexer.window import Window, slots

UNLISTED_AFTER = timedelta(days=7)
"""A channel of the line-up that no source has listed for so long is an alarm."""


@dataclass(frozen=True, slots=True)
class SlotCoverage:
    """Half an hour: how many airings, how many of them with a cast, how many people, and how many faces known."""

    slot: datetime
    airings: int
    with_cast: int
    people: int
    known: int


@dataclass(frozen=True, slots=True)
class UnlistedChannel:
    """A channel of the region's line-up that no source has listed for a week; `last_listed` is None if none ever did.

    It is an alarm: the channel may have another name since, or be gone.
    """

    name: str
    last_listed: datetime | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is on in a region and window, and whose faces are known. Plain values: `dataclasses.asdict` reads it.

    `source_details` says what was damaged in the listings that were read last, or why one could not be read.
    """

    region: str
    start: datetime
    stop: datetime
    slots: Sequence[SlotCoverage]
    airings: Sequence[AiringCoverage]
    unlisted_channels: Sequence[UnlistedChannel]
    source_details: Mapping[str, str]


def measure_coverage(engine: Engine, region_code: str, window: Window, *, now: datetime | None = None) -> Coverage:
    """The coverage of the region in the window, from what is stored; nobody is counted twice in one slot."""
    region = load_region(region_code)
    with transaction(engine) as session:
        airings = airing_coverage(session, region_code, window.start, window.stop)
        unlisted = unlisted_channels(session, region, now or datetime.now(UTC))
        details = source_details(session, [source.name for source in region.listings])
    by_slot = [_slot_coverage(slot, airings) for slot in slots(window)]
    return Coverage(region_code, window.start, window.stop, by_slot, airings, unlisted, details)


def unlisted_channels(session: Session, region: Region, now: datetime) -> list[UnlistedChannel]:
    """The channels of the line-up that no source has listed for `UNLISTED_AFTER`, by name.

    There are none before the region has been indexed for that long.
    """
    since = now - UNLISTED_AFTER
    first = first_crawl(session, region.code)
    if first is None or first > since:
        return []
    names = market(region.market)
    slugs = {name: {names.slug(name), names.slug(name, feed=region.code)} for name in region.lineup}
    stops = last_listed(session, {slug for both in slugs.values() for slug in both})
    last = {
        name: max((stops[slug] for slug in either if slug in stops), default=None) for name, either in slugs.items()
    }
    return [UnlistedChannel(name, stop) for name, stop in sorted(last.items()) if stop is None or stop < since]


def _slot_coverage(slot: datetime, airings: Sequence[AiringCoverage]) -> SlotCoverage:
    span = Window(slot, slot + SLOT)
    on = [airing for airing in airings if span.overlaps(airing.start, airing.stop)]
    reasons = {person.name: person.reason for airing in on for person in airing.people}
    known = sum(reason is None for reason in reasons.values())
    return SlotCoverage(slot, len(on), sum(bool(airing.people) for airing in on), len(reasons), known)
