"""Stores the cast of a programme as one source gives it: people, credits, billing, and the pictures offered with it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from db.keys import fold
from db.queries.casts import ON_SCREEN, CreditKey, Place, add_billed_credits, ensure_credits, replace_billing, set_role
from db.queries.external_ids import update_programme_ids
from db.queries.identity import CreditRow, add_titles, credits_in
from db.queries.programmes import ProgrammeRow
from indexer.casts.matching import MatchedWork
from indexer.identity.resolver import PersonResolver
from indexer.identity.spelling import name_spelling
from indexer.job.offers import record_offered_photos, record_portraits
from indexer.sources.protocols import CastRecord

BILLED = 20
"""The first so many of a cast are taken to appear in every airing; of the others, only those the listing names."""


def store_cast(
    session: Session,
    programme: ProgrammeRow,
    source: str,
    part: str,
    found: MatchedWork,
    *,
    now: datetime,
    limit: int = BILLED,
    has_portraits: bool = False,
) -> None:
    """Store the cast of a programme (with `part`, the guests of an episode), and the ids and titles of the work found.

    People whom the listing names, too, keep their credit and gain their ids; of the others, the first `limit` get a
    credit. Pictures that came with the cast are recorded; with `has_portraits` they are all portraits that the source
    has of its people.
    """
    if found.programme is not None:
        update_programme_ids(session, {programme.id: found.programme.ids})
        add_titles(session, programme.id, fold(programme.titles[0]), found.programme.titles)
    cast = _each_once(found.cast)
    resolver = PersonResolver(session, now)
    resolver.load(_names(cast, found.aliases), (record.ids for record in cast), [programme.id])
    listed = {name_spelling(name) for name in programme.names}
    name_counts = Counter(name_spelling(record.name) for record in cast)
    members: list[tuple[CastRecord, int]] = []
    for place, record in enumerate(cast):
        names = (record.name, *found.aliases.get(record.name, ()))
        if place < limit or not listed.isdisjoint(map(name_spelling, names)):
            sole = name_counts[name_spelling(record.name)] == 1
            members.append((record, resolver.resolve(programme.id, names, record.ids, sole=sole)))
    members = [(record, resolver.current_id(person_id)) for record, person_id in members]
    credits = _credits(session, programme.id, members, source)
    for (record, person_id), credit_id in zip(members, credits, strict=True):
        if has_portraits:
            record_portraits(session, person_id, source, record.photos, now=now)
        if record.photos:
            record_offered_photos(session, person_id, credit_id, source, record.photos, now=now)
    replace_billing(session, programme.id, source, part, set(credits[:BILLED]))
    resolver.reconcile_names(_names(cast, found.aliases))
    add_billed_credits(session, programme.id)


def _each_once(cast: Sequence[CastRecord]) -> list[CastRecord]:
    """The cast with each person once: with their first part, and the pictures of all their parts."""
    once: dict[tuple[str, tuple[tuple[str, str], ...]], CastRecord] = {}
    for record in cast:
        key = "" if record.ids else name_spelling(record.name), tuple(sorted(record.ids.items()))
        first = once.setdefault(key, record)
        if first is not record:
            once[key] = replace(first, photos=(*first.photos, *record.photos))
    return list(once.values())


def _names(cast: Sequence[CastRecord], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    return [name for record in cast for name in (record.name, *aliases.get(record.name, ()))]


def _credits(session: Session, programme_id: int, members: Sequence[tuple[CastRecord, int]], source: str) -> list[int]:
    """The ids of the members' credits in the programme: of the credit they have, or of a new one."""
    known: dict[int, list[CreditRow]] = {}
    for credit in credits_in(session, [programme_id]):
        if credit.job in ON_SCREEN:
            known.setdefault(credit.person_id, []).append(credit)
    keys = [_key(session, programme_id, record, person_id, known.get(person_id, ())) for record, person_id in members]
    places: dict[CreditKey, Place] = {}
    for key, (record, _) in zip(keys, members, strict=True):
        place = Place(record.position, bool(record.ids))
        places[key] = place.best_of(places.get(key, place))
    ids = ensure_credits(session, places, source=source)
    return [ids[key] for key in keys]


def _key(
    session: Session, programme_id: int, record: CastRecord, person_id: int, known: Sequence[CreditRow]
) -> CreditKey:
    """The key of the person's credit: the on-screen one with this role, else their first one, else a new one.

    A first credit without a role gets this one.
    """
    if not known:
        return CreditKey(programme_id, person_id, record.job, record.role)
    credit = next((credit for credit in known if credit.role == record.role), known[0])
    if credit.role is None and record.role is not None:
        set_role(session, credit.id, record.role)
        return CreditKey(programme_id, person_id, credit.job, record.role)
    return CreditKey(programme_id, person_id, credit.job, credit.role)
