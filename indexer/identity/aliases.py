"""The other names of people in a cast: those that are stored, and, across scripts, those that sources know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from db.engine import session as transaction
from db.queries.identity import matching_people
from indexer.errors import SourceError
from indexer.identity.programmes import overlap
from indexer.identity.scripts import scripts_of
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.sources.protocols import CastRecord

LEADS = 3
"""So many people of a cast in another script than the listing's are asked about: one in common is enough."""


@dataclass(slots=True)
class Aliases:
    """Answers for one run: nobody is asked about twice."""

    context: Context
    outside: Outside
    _asked: dict[tuple[tuple[str, str], ...], tuple[str, ...]] = field(default_factory=dict)

    def of(self, cast: Sequence[CastRecord], listed: frozenset[str]) -> dict[str, tuple[str, ...]]:
        """Name in the cast -> other names. `listed` are the names in the listing that they are to be compared with."""
        aliases = self._stored(cast)
        names = [*(record.name for record in cast), *(name for known in aliases.values() for name in known)]
        if listed and not overlap(listed, names) and scripts_of(listed).isdisjoint(scripts_of(names)):
            leads = [record for record in cast if record.ids][:LEADS]
            aliases |= {record.name: found for record in leads if (found := self._asked_about(record))}
        return aliases

    def _stored(self, cast: Sequence[CastRecord]) -> dict[str, tuple[str, ...]]:
        pairs = {pair: record.name for record in cast for pair in record.ids.items()}
        if not pairs:
            return {}
        with transaction(self.context.engine) as session:
            people = matching_people(session, sorted(pairs), ())
        return {pairs[pair]: person.names for person in people for pair in person.ids.items() if pair in pairs}

    def _asked_about(self, record: CastRecord) -> tuple[str, ...]:
        key = tuple(sorted(record.ids.items()))
        if key not in self._asked:
            self._asked[key] = self._names(record.ids)
        return self._asked[key]

    def _names(self, ids: Mapping[str, str]) -> tuple[str, ...]:
        for source in self.outside.sources.people:
            try:
                person = self.outside.breakers.call(source.name, partial(source.person, ids))
            except SourceError:  # recorded by `asking`; without other names, nobody is in common
                continue
            if person is not None and person.names:
                return tuple(person.names)
        return ()
