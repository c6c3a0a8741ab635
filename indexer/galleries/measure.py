"""Job 8: how much of what is on can now be named, slot by slot, for those who watch over it."""

from collections import Counter

from db.engine import session as transaction
from db.queries.slot_coverage import measure_slots
from indexer.job.context import Context


def measure_coverage(context: Context, counts: Counter[str]) -> None:
    """Record the coverage of the region's slots in the window."""
    start, stop = context.window.start, context.window.stop
    with transaction(context.engine) as session:
        counts["slots"] = measure_slots(session, context.region.code, start, stop, now=context.started_at)
