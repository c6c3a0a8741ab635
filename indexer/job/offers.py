"""Records the pictures that sources offer of a person, also those that come with the answer to another question."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from db.queries.lookups import LookupRow, record_lookup
from db.queries.offers import Offer, delete_withdrawn_portraits, record_offers
from indexer.asking.questions import FOUND, NOTHING
from indexer.sources.protocols import PhotoRecord

PART = "photos"
"""The name of the question for photos in the `lookup` rows of a person."""
MAX_URL_CHARACTERS = 2000
"""Longer addresses are ignored: an index of the database cannot hold them."""


def record_offered_photos(
    session: Session, person_id: int, credit_id: int, source: str, photos: Iterable[PhotoRecord], *, now: datetime
) -> int:
    """Record the pictures that came with an answer of `source`: how many are new.

    Nothing is recorded of a person who opted out. Pictures without a usable address (`has_address`) are left out.
    """
    offers = [_offer(photo) for photo in photos if has_address(photo)]
    return record_offers(session, person_id, credit_id, source, offers, now=now)


def record_portraits(
    session: Session, person_id: int, source: str, photos: Iterable[PhotoRecord], *, now: datetime
) -> None:
    """Record that `source` gave all portraits that it has of a person, as if it had been asked for them."""
    portraits = [photo.url for photo in photos if photo.kind == "portrait"]
    delete_withdrawn_portraits(session, person_id, source, portraits)
    row = LookupRow(now, FOUND if portraits else NOTHING, None)
    record_lookup(session, "person", person_id, source, row, part=PART)


def has_address(photo: PhotoRecord) -> bool:
    """Whether the picture has an address that can be fetched and stored."""
    return (
        photo.url.startswith(("http://", "https://"))
        and photo.url.isprintable()
        and len(photo.url) <= MAX_URL_CHARACTERS
    )


def _offer(photo: PhotoRecord) -> Offer:
    return Offer(photo.url, photo.kind, photo.of, photo.licence, photo.credit, photo.keep_for)
