"""Storing who is in a programme, as one cast source says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from db.keys import fold
from db.queries.casts import ON_SCREEN, CreditKey, Place, bill, ensure_credits, name_role, show_billed
from db.queries.external_ids import learn_programme_ids
from db.queries.identity import credits_in, learn_titles
from db.queries.programmes import ProgrammeRow
from indexer.identity.spelling import name_spelling
from indexer.jobs.register import Register
from indexer.photos.offers import note_offers
from indexer.recognition import Recognised
from indexer.sources.protocols import CastRecord

BILLED = 20
"""So many of a cast are taken to be seen in every airing; of the others, those whom the listing names."""


def store_cast(
    session: Session,
    programme: ProgrammeRow,
    source: str,
    part: str,
    found: Recognised,
    *,
    now: datetime,
) -> None:
    """Store the cast of a programme, or, with `part`, an episode's guests; and the ids and titles of the work found.

    Those whom the listing names as well keep their credit, and get their ids. Pictures that came along are noted.
    """
    if found.programme is not None:
        learn_programme_ids(session, {programme.id: found.programme.ids})
        learn_titles(session, programme.id, fold(programme.titles[0]), found.programme.titles)
    cast = _each_once(found.cast)
    register = Register(session, now)
    register.load(_names(cast, found.aliases), (record.ids for record in cast), [programme.id])
    listed = {name_spelling(name) for name in programme.names}
    times = Counter(name_spelling(record.name) for record in cast)
    billed: set[int] = set()
    for place, record in enumerate(cast):
        aliases = found.aliases.get(record.name, ())
        if place >= BILLED and listed.isdisjoint(map(name_spelling, (record.name, *aliases))):
            continue
        sole = times[name_spelling(record.name)] == 1
        person_id = register.person_of(programme.id, (record.name, *aliases), record.ids, sole=sole)
        credit_id = _credit(session, programme.id, person_id, record, source)
        note_offers(session, person_id, credit_id, source, record.photos, now=now)
        if place < BILLED:
            billed.add(credit_id)
    bill(session, programme.id, source, part, billed)
    register.settle(_names(cast, found.aliases))
    show_billed(session, programme.id)


def _each_once(cast: Sequence[CastRecord]) -> list[CastRecord]:
    """The cast, each person once: with the first of their parts, and the pictures of all."""
    once: dict[tuple[str, tuple[tuple[str, str], ...]], CastRecord] = {}
    for record in cast:
        key = "" if record.ids else name_spelling(record.name), tuple(sorted(record.ids.items()))
        first = once.setdefault(key, record)
        if first is not record:
            once[key] = replace(first, photos=(*first.photos, *record.photos))
    return list(once.values())


def _names(cast: Sequence[CastRecord], aliases: Mapping[str, Sequence[str]]) -> list[str]:
    return [name for record in cast for name in (record.name, *aliases.get(record.name, ()))]


def _credit(session: Session, programme_id: int, person_id: int, record: CastRecord, source: str) -> int:
    """The person's credit in the programme: the one they have, with the role where it had none, else a new one."""
    theirs = [credit for credit in credits_in(session, [programme_id]) if credit.person_id == person_id]
    on_screen = [credit for credit in theirs if credit.job in ON_SCREEN]
    same = [credit for credit in on_screen if credit.role is not None and credit.role == record.role]
    job, role = record.job, record.role
    if on_screen:
        known = (same or on_screen)[0]
        if known.role is None and role is not None:
            name_role(session, known.id, role)
        else:
            role = known.role
        job = known.job
    key = CreditKey(programme_id, person_id, job, role)
    place = Place(record.position, bool(record.ids))
    return ensure_credits(session, {key: place}, source=source)[key]
