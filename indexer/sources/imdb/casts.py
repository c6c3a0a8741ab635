"""IMDb's datasets as a source of casts: the first question reads the casts of all programmes in the run."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from indexer.sources.ids import imdb_id
from indexer.sources.imdb.datasets import ImdbDatasets
from indexer.sources.imdb.rows import Wanted
from indexer.sources.protocols import CastRecord, Ids, ProgrammeRecord
from indexer.sources.records import Kind


class ImdbCasts:
    """A source of casts for the titles `wanted` and the works with the `title_ids` (`tt…`); it knows no others."""

    name = ImdbDatasets.name
    knows_guests = False
    cast_has_portraits = False

    def __init__(self, datasets: ImdbDatasets, wanted: Iterable[Wanted], title_ids: Iterable[str]) -> None:
        self._datasets, self._wanted, self._title_ids = datasets, tuple(wanted), frozenset(title_ids)

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Films and series with this title, in IMDb or originally, the likeliest first."""
        return self._titles.get(Wanted(title, kind, year), ())

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The on-screen cast of the work; None without an IMDb id."""
        title_id = imdb_id(ids, "tt")
        return None if title_id is None else self._casts.get(title_id, ())

    @cached_property
    def _titles(self) -> Mapping[Wanted, Sequence[ProgrammeRecord]]:
        return self._datasets.find_titles(self._wanted)

    @cached_property
    def _casts(self) -> Mapping[str, Sequence[CastRecord]]:
        found = {record.ids["imdb"] for records in self._titles.values() for record in records}
        return self._datasets.casts(found | self._title_ids)
