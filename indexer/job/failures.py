"""One item never ends a job: the failure of a single person, photo, programme or object is logged and counted."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

log = structlog.get_logger(__name__)

IN_A_ROW = 5
"""After so many failures in a row it is not the items that fail, but what all of them need: the job ends."""


class Failures:
    """Lets a loop go on after items that fail; they are counted as `failed_items`."""

    def __init__(self, counts: Counter[str]) -> None:
        self._counts, self._in_a_row = counts, 0

    @contextmanager
    def skipped(self, item: object) -> Iterator[None]:
        """Do the work on one item in the block. Its error is raised only when `IN_A_ROW` items have failed in a row."""
        try:
            yield
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one item, the others are worked on
            self.note(item, error)
        else:
            self.succeeded()

    def succeeded(self) -> None:
        """Note that an item did not fail."""
        self._in_a_row = 0

    def note(self, item: object, error: Exception) -> None:
        """Log and count the error of an item; raise it when it is one too many."""
        self._in_a_row += 1
        if self._in_a_row >= IN_A_ROW:
            raise error
        self._counts["failed_items"] += 1
        log.warning("item failed", item=ascii(item), error=f"{type(error).__name__}: {error}", exc_info=error)
