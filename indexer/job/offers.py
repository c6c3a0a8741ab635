"""Noting the pictures that sources offer of a person, whichever question they came with."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from db.queries.lookups import LookupRow, record_lookup
from db.queries.offers import Offer, offer_photos, withdraw_portraits
from indexer.asking.questions import FOUND, NOTHING
from indexer.sources.protocols import PhotoRecord

PART = "photos"
"""What a lookup of photos is called, beside others about the same person."""
MAX_URL_CHARACTERS = 2000
"""In characters; sources that invent longer ones are not worth it, and an index of the database cannot hold them."""


def record_offers(
    session: Session, person_id: int, credit_id: int, source: str, photos: Iterable[PhotoRecord], *, now: datetime
) -> int:
    """Note the pictures that came with an answer of `source`: how many are new. Nothing of who opted out.

    What has no address that can be asked and stored is left out.
    """
    offers = [_offer(photo) for photo in photos if has_address(photo)]
    return offer_photos(session, person_id, credit_id, source, offers, now=now)


def record_portraits(
    session: Session, person_id: int, source: str, photos: Iterable[PhotoRecord], *, now: datetime
) -> None:
    """Remember that `source` told of all portraits that it has of a person, as if it had been asked for them."""
    portraits = [photo.url for photo in photos if photo.kind == "portrait"]
    withdraw_portraits(session, person_id, source, portraits)
    row = LookupRow(now, FOUND if portraits else NOTHING, None)
    record_lookup(session, "person", person_id, source, row, part=PART)


def has_address(photo: PhotoRecord) -> bool:
    """Whether the picture has an address that can be asked for and stored."""
    return (
        photo.url.startswith(("http://", "https://"))
        and photo.url.isprintable()
        and len(photo.url) <= MAX_URL_CHARACTERS
    )


def _offer(photo: PhotoRecord) -> Offer:
    return Offer(photo.url, photo.kind, photo.of, photo.licence, photo.credit, photo.keep_for)
