"""Other names of the people in a cast: those stored, and, where a listing uses another script, those at sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from db.engine import session as transaction
from db.queries.identity import matching_people
from indexer.errors import SourceError
from indexer.identity.programmes import count_shared_names
from indexer.identity.scripts import scripts_of
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.sources.protocols import CastRecord

LEADS = 3
"""For so many people of a cast, sources are asked for names in the listing's script: one match is enough."""


@dataclass(slots=True)
class Aliases:
    """Looks up other names during one run, and asks about each person once."""

    context: Context
    outside: Outside
    _cache: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = field(default_factory=dict)

    def of(self, cast: Sequence[CastRecord], listed: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """Name in the cast -> other names. `listed` are the listing's names, with which they will be compared."""
        aliases = self._stored(cast)
        names = [*(record.name for record in cast), *(name for known in aliases.values() for name in known)]
        if listed and not count_shared_names(listed, names) and scripts_of(listed).isdisjoint(scripts_of(names)):
            leads = [record for record in cast if record.ids][:LEADS]
            aliases |= {record.name: found for record in leads if (found := self._looked_up(record))}
        return aliases

    def _stored(self, cast: Sequence[CastRecord]) -> dict[str, tuple[str, ...]]:
        pairs = {pair: record.name for record in cast for pair in record.ids.items()}
        if not pairs:
            return {}
        with transaction(self.context.engine) as session:
            people = matching_people(session, sorted(pairs), ())
        return {pairs[pair]: person.names for person in people for pair in person.ids.items() if pair in pairs}

    def _looked_up(self, record: CastRecord) -> tuple[str, ...]:
        key = tuple(sorted(record.ids.items()))
        if key not in self._cache:
            self._cache[key] = self._names(record.ids)
        return self._cache[key]

    def _names(self, ids: Mapping[str, str]) -> tuple[str, ...]:
        for source in self.outside.sources.people:
            try:
                person = self.outside.breakers.call(source.name, partial(source.person, ids))
            except SourceError:  # recorded by the circuit breakers; without other names there is simply no match
                continue
            if person is not None and person.names:
                return tuple(person.names)
        return ()
