"""Asks the photo sources about a person, and records the pictures that they offer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from db.engine import session as transaction
from db.queries.listings import lock_writes
from db.queries.lookups import lookups, record_lookup
from db.queries.offers import OfferedPhoto, delete_withdrawn_portraits, photos_of
from db.queries.opt_outs import has_opted_out
from indexer.asking.questions import UNKNOWN, Reply, ask, is_due
from indexer.asking.subject import Subject
from indexer.identity.namesakes import look_up_ids
from indexer.job.context import Context
from indexer.job.offers import PART, has_address, record_offered_photos
from indexer.job.outside import Outside
from indexer.sources.protocols import PhotoRecord, PhotoSource

FRESH_FOR = timedelta(days=30)


def ask_for_photos(context: Context, outside: Outside, person: Subject) -> int:
    """Ask the sources in order until enough pictures of the person are on offer: how many questions that took.

    A source is asked again when its answer is stale, or some hours after it failed. Where a source cannot tell which
    person is meant and more pictures are needed, other sources are asked for the ids that it needs.
    """
    questions = _ask_all(context, outside, person)
    if person.ids and _lacks_ids(context, outside, person):
        ids = look_up_ids(context, outside, person.id, person.name)
        if ids and ids != person.ids:
            questions += _ask_all(context, outside, replace(person, ids=ids))
    return questions


def _ask_all(context: Context, outside: Outside, person: Subject) -> int:
    with transaction(context.engine) as session:
        if has_opted_out(session, person.id):
            return 0
        asked = lookups(session, "person", [person.id])
        on_offer = _on_offer(photos_of(session, person.id))
    questions = 0
    for source in outside.sources.photos:
        row = asked.get((person.id, source.name, PART))
        if row is None and len(on_offer) >= outside.photos_per_person:
            continue
        if is_due(row, person, context.started_at, fresh_for=FRESH_FOR):
            reply = ask(outside.breakers, source.name, person, partial(source.photos, person.ids, (person.name,)))
            questions += reply.was_asked
            if reply.is_worth_recording(row):
                on_offer.update(photo.url for photo in _record(context, source, person, reply))
    return questions


def _lacks_ids(context: Context, outside: Outside, person: Subject) -> bool:
    with transaction(context.engine) as session:
        asked = lookups(session, "person", [person.id])
        on_offer = _on_offer(photos_of(session, person.id))
    rows = (asked.get((person.id, source.name, PART)) for source in outside.sources.photos)
    unknown = any(row is not None and row.outcome == UNKNOWN for row in rows)
    return unknown and len(on_offer) < outside.photos_per_person


def _on_offer(photos: Sequence[OfferedPhoto]) -> set[str]:
    """The addresses of the pictures that count as on offer; none when all were examined and none shows the person."""
    available = [photo for photo in photos if photo.state != "refused" or photo.object_key]
    if all(photo.state == "refused" for photo in available):
        return set()
    return {photo.origin for photo in available}


def _record(context: Context, source: PhotoSource, person: Subject, reply: Reply[PhotoRecord]) -> Sequence[PhotoRecord]:
    now, photos = context.started_at, reply.records and list(filter(has_address, reply.records))
    with transaction(context.engine) as session:
        lock_writes(session)  # another run may merge two people
        record_lookup(session, "person", person.id, source.name, reply.row(now), part=PART)
        if photos is not None:
            delete_withdrawn_portraits(session, person.id, source.name, [photo.url for photo in photos])
            record_offered_photos(session, person.id, person.credit_id, source.name, photos, now=now)
    return photos or ()
