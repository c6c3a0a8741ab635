"""Moments: at which a test can begin, whatever the clock says, and that it waits for."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

TIMEOUT_S = 60.0
"""Only what never happens takes as long, even on a machine that has much else to do."""
SLOT = timedelta(minutes=30)
LEAST_LEFT = timedelta(seconds=20)


def wait_until(condition: Callable[[], object], timeout_s: float = TIMEOUT_S, pause_s: float = 0.02) -> None:
    """Wait for `condition()` to hold."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(pause_s)


def present() -> datetime:
    """This moment (UTC); no slot, and so no hour or day, ends in the next 20 s. Waits for the next slot if need be."""
    while (left := slot_of(now := datetime.now(UTC)) + SLOT - now) < LEAST_LEFT:
        time.sleep(left.total_seconds())
    return now


def slot_of(moment: datetime) -> datetime:
    """The start of the slot that `moment` is in."""
    return moment.replace(minute=moment.minute // 30 * 30, second=0, microsecond=0)
