"""Job 8: records, slot by slot, how many of the people on screen can now be named, and notices channels that are no
longer listed."""

from collections import Counter

import structlog

from db.engine import session as transaction
from db.queries.slot_coverage import measure_slots
from indexer.galleries.coverage import unlisted_channels
from indexer.job.context import Context

log = structlog.get_logger(__name__)


def measure_coverage(context: Context, counts: Counter[str]) -> None:
    """Record the coverage of the region's slots in the window, and count the channels that no source lists any more."""
    start, stop = context.window.start, context.window.stop
    with transaction(context.engine) as session:
        counts["slots"] = measure_slots(session, context.region.code, start, stop, now=context.started_at)
        unlisted = unlisted_channels(session, context.region, context.started_at)
    if unlisted:
        counts["unlisted_channels"] = len(unlisted)
        log.warning("channels no longer listed", channels=[channel.name for channel in unlisted])
