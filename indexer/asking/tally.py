"""The tally of questions to sources, by hour and by how they ended."""

from collections import Counter
from datetime import UTC, datetime
from threading import Lock

from db.queries.tallies import SourceHour
from indexer.errors import NotFound, SourceBlocked, SourceError


class Tally:
    """Counts questions by source and hour. Thread-safe."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, datetime, str]] = Counter()
        self._lock = Lock()

    def note(self, source: str, error: SourceError | None = None) -> None:
        """Count a question that has just ended, with this error or well."""
        hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        with self._lock:
            self._counts[source, hour, _ending(error)] += 1

    def drain(self) -> list[SourceHour]:
        """Return the counts since the last call, and start anew."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        hours = sorted({(source, hour) for source, hour, _ in counts})
        return [
            SourceHour(*key, *(counts[*key, ending] for ending in ("answered", "refused", "failed"))) for key in hours
        ]


def _ending(error: SourceError | None) -> str:
    if error is None or isinstance(error, NotFound):
        return "answered"
    return "refused" if isinstance(error, SourceBlocked) else "failed"
