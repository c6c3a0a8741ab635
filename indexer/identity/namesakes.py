"""Resolves namesakes: asks sources for further ids of people who share a name, and merges two who share an id."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from db.engine import session as transaction
from db.queries.external_ids import person_external_ids
from db.queries.identity import PersonRow, identified_namesakes
from db.queries.listings import lock_writes
from db.queries.lookups import LookupRow, lookups, record_lookup
from indexer.asking.circuit_breakers import CircuitOpen
from indexer.errors import NotFound, SourceError
from indexer.identity.resolver import PersonResolver
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.sources.protocols import PersonRecord, PersonSource

PART = "ids"
"""The name of this question in the `lookup` rows of a person."""
FRESH_FOR = timedelta(days=90)
FOUND, NOTHING = "found", "nothing"


def resolve_namesakes(context: Context, outside: Outside, counts: Counter[str]) -> None:
    """Ask sources for further ids of everybody on screen who shares their name with another identified person.

    Two people who turn out to be the same are merged; the name is then unambiguous again.
    """
    asked: set[tuple[int, str]] = set()
    while question := _next_question(context, outside, asked):
        person, source = question
        asked.add((person.id, source.name))
        _ask(context, outside, source, person, counts)


def look_up_ids(context: Context, outside: Outside, person_id: int, name: str) -> Mapping[str, str]:
    """All ids of one person, after asking the sources for further ones where that is due.

    The result is empty when the answer shows that they are another stored person: the two are merged then, and
    `person_id` no longer exists.
    """
    for source in outside.sources.people:
        with transaction(context.engine) as session:
            row = lookups(session, "person", [person_id]).get((person_id, source.name, PART))
            ids = person_external_ids(session, [person_id]).get(person_id)
        if ids and _is_due(row, context.started_at):
            _ask(context, outside, source, PersonRow(person_id, (name,), ids), Counter())
    with transaction(context.engine) as session:
        return person_external_ids(session, [person_id]).get(person_id, {})


def _next_question(
    context: Context, outside: Outside, asked: set[tuple[int, str]]
) -> tuple[PersonRow, PersonSource] | None:
    """The next person and source to ask; read from the database each time, since each answer may merge two people."""
    with transaction(context.engine) as session:
        people = identified_namesakes(session, context.scope)
        known = lookups(session, "person", [person.id for person in people])
    for person in people:
        for source in outside.sources.people:
            row = known.get((person.id, source.name, PART))
            if (person.id, source.name) not in asked and _is_due(row, context.started_at):
                return person, source
    return None


def _is_due(row: LookupRow | None, now: datetime) -> bool:
    return row is None or row.outcome not in (FOUND, NOTHING) or now - row.asked_at >= FRESH_FOR


def _ask(context: Context, outside: Outside, source: PersonSource, person: PersonRow, counts: Counter[str]) -> None:
    now = context.started_at
    found: PersonRecord | None = None
    try:
        found = outside.breakers.call(source.name, lambda: source.person(person.ids))
        row = LookupRow(now, FOUND if found else NOTHING, None)
    except CircuitOpen:
        return
    except NotFound:
        row = LookupRow(now, NOTHING, None)
    except SourceError as error:
        row = LookupRow(now, error.state, str(error))
    with transaction(context.engine) as session:
        lock_writes(session)
        record_lookup(session, "person", person.id, source.name, row, part=PART)
        if found is not None:
            _learn(PersonResolver(session, now), person, found)
    counts[f"namesakes_{row.outcome}"] += 1


def _learn(resolver: PersonResolver, person: PersonRow, found: PersonRecord) -> None:
    resolver.load((*person.names, *found.names), (person.ids, found.ids), ())
    resolver.learn(person.id, found.ids, found.names)
    resolver.reconcile_names((*person.names, *found.names))
