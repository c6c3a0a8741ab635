"""Asking the photo sources about a person, and noting what they offer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.queries.lookups import LookupRow, lookups, record_lookup
from db.queries.offers import Offer, OfferedPhoto, offer_photos, photos_of, withdraw_portraits
from indexer.asking import NotAsked
from indexer.errors import NotFound, SourceError
from indexer.jobs.context import Context, Outside
from indexer.sources.protocols import PhotoRecord, PhotoSource

PART = "photos"
"""What a lookup of photos is called, beside others about the same person."""
FOUND, NOTHING, UNKNOWN = "found", "nothing", "not told apart by what is known of them"
ANSWERS_FRESH_FOR = timedelta(days=30)
FAILURES_FRESH_FOR = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person as a source is asked about them. `credit_id` is the credit that justifies asking."""

    id: int
    credit_id: int
    names: tuple[str, ...]
    ids: Mapping[str, str]
    on_screen: frozenset[str] = frozenset()
    """The titles, folded, of what they are about to be seen in."""


def note_offers(
    session: Session, person_id: int, credit_id: int, source: str, photos: Iterable[PhotoRecord], *, now: datetime
) -> int:
    """Note the pictures that came with an answer of `source`: how many are new. Nothing of who opted out."""
    return offer_photos(session, person_id, credit_id, source, [_offer(photo) for photo in photos], now=now)


def ask_for_photos(context: Context, outside: Outside, person: Somebody) -> int:
    """Ask the sources in their order until the person has pictures enough; how many questions that were.

    One that answered is asked again when its answer is stale, one that failed some hours later.
    """
    with transaction(context.engine) as session:
        asked = lookups(session, "person", [person.id])
        on_offer = _on_offer(photos_of(session, person.id))
    questions = 0
    for source in outside.sources.photos:
        row = asked.get((person.id, source.name, PART))
        if row is None and len(on_offer) >= outside.photos_per_person:
            continue
        if row is None or _is_due(row, person, context.started_at):
            questions += 1
            on_offer.update(photo.url for photo in _ask(context, outside, source, person))
    return questions


def _on_offer(photos: Sequence[OfferedPhoto]) -> set[str]:
    """The origins of the pictures that count: none where all were looked at, and none of them shows the person."""
    can_be_had = [photo for photo in photos if photo.state != "refused" or photo.object_key]
    if all(photo.state == "refused" for photo in can_be_had):
        return set()
    return {photo.origin for photo in can_be_had}


def _is_due(row: LookupRow, person: Somebody, now: datetime) -> bool:
    age = now - row.asked_at
    if row.outcome == UNKNOWN and row.detail != _known(person):
        return True
    return age >= (ANSWERS_FRESH_FOR if row.outcome in (FOUND, NOTHING, UNKNOWN) else FAILURES_FRESH_FOR)


def _ask(context: Context, outside: Outside, source: PhotoSource, person: Somebody) -> Sequence[PhotoRecord]:
    try:
        photos = outside.asking.ask(source.name, lambda: source.photos(person.ids, person.names))
    except NotAsked:
        return ()
    except NotFound:
        photos = ()
    except SourceError as error:
        _record(context, source, person, error.state, str(error))
        return ()
    if photos is None:
        _record(context, source, person, UNKNOWN, _known(person))
    else:
        _record(context, source, person, FOUND if photos else NOTHING, None, photos)
    return photos or ()


def _record(
    context: Context,
    source: PhotoSource,
    person: Somebody,
    outcome: str,
    detail: str | None,
    photos: Sequence[PhotoRecord] | None = None,
) -> None:
    now = context.started_at
    with transaction(context.engine) as session:
        record_lookup(session, "person", person.id, source.name, LookupRow(now, outcome, detail), part=PART)
        if photos is not None:
            withdraw_portraits(session, person.id, source.name, [photo.url for photo in photos])
            note_offers(session, person.id, person.credit_id, source.name, photos, now=now)


def _known(person: Somebody) -> str:
    return " ".join(f"{system}={value}" for system, value in sorted(person.ids.items())) or "no ids"


def _offer(photo: PhotoRecord) -> Offer:
    return Offer(photo.url, photo.kind, photo.of, photo.licence, photo.credit, photo.keep_for)
