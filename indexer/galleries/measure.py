"""Job 8: records, slot by slot, how many of the people on screen can now be named, for the dashboard."""

from collections import Counter

from db.engine import session as transaction
from db.queries.slot_coverage import measure_slots
from indexer.job.context import Context


def measure_coverage(context: Context, counts: Counter[str]) -> None:
    """Record the coverage of the region's slots in the window."""
    start, stop = context.window.start, context.window.stop
    with transaction(context.engine) as session:
        counts["slots"] = measure_slots(session, context.region.code, start, stop, now=context.started_at)
