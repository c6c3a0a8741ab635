"""IMDb's datasets as a source of careers: the first question reads the past parts of everybody in the run."""

from collections.abc import Collection, Mapping, Sequence
from threading import Lock

from indexer.sources.ids import imdb_id
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.protocols import Ids, PastCredit


class ImdbCareers:
    """A source of careers for the people with the ids `wanted` (`nm…`); it knows nothing of others."""

    name = ImdbDatasets.name

    def __init__(self, datasets: ImdbDatasets, wanted: Collection[str]) -> None:
        self._datasets, self._wanted = datasets, wanted
        self._parts: Mapping[str, Sequence[PastCredit]] | None = None
        self._lock = Lock()

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """On-screen parts, newest first, dated by year; None without an IMDb id."""
        person = imdb_id(ids, "nm")
        if person is None:
            return None
        with self._lock:
            if self._parts is None:
                self._parts = self._datasets.past_credits(self._wanted)
        return self._parts.get(person, ())
