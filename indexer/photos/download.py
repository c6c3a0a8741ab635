"""Fetching the pictures of a person that are worth holding, and letting go of those that better ones replace."""

from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from db.engine import session as transaction
from db.queries.listings import write_alone
from db.queries.offers import OfferedPhoto, hold_photo, let_go, miss_photo, photos_of
from db.queries.opt_outs import has_opted_out
from indexer.asking.circuit_breakers import CircuitOpen
from indexer.asking.subject import Subject
from indexer.errors import AddressRefused, NotFound, SourceBlocked, SourceError, TooLarge
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.photos.choice import by_preference
from indexer.photos.pictures import NotAPicture, Picture, fetch, picture_in

log = structlog.get_logger(__name__)

RENEWED_BEFORE = timedelta(days=14)
"""A picture that its source lets us keep for a time is fetched again so long before it expires."""
_FINAL = (NotAPicture, NotFound, TooLarge, SourceBlocked, AddressRefused)
"""What another try tomorrow would meet again."""


def download_photos(context: Context, outside: Outside, person: Subject) -> Counter[str]:
    """Fetch what is missing of the person's pictures, best first, until they have enough: what was done, counted.

    Each picture is recorded when it is in storage, so that a run that dies has lost one at most. Those that did not
    come from the web count, and stay.
    """
    with transaction(context.engine) as session:
        photos = photos_of(session, person.id)
    on_web = [photo for photo in photos if photo.origin.startswith(("http://", "https://"))]
    room = outside.photos_per_person - (len(photos) - len(on_web))
    sources = [source.name for source in outside.sources.photos]
    preferred = by_preference(on_web, sources, person.on_screen, outside.photos_per_person)
    counts: Counter[str] = Counter()
    held: set[int] = set()
    for photo in preferred:
        if len(held) < room and _is_held(context, outside, photo, counts):
            held.add(photo.id)
    surplus = [photo.id for photo in preferred if photo.object_key and photo.id not in held]
    if surplus:
        with transaction(context.engine) as session:
            write_alone(session)
            let_go(session, surplus)
    counts["removed"] += len(surplus)
    return counts


def _is_held(context: Context, outside: Outside, photo: OfferedPhoto, counts: Counter[str]) -> bool:
    """Whether the picture is in storage, after fetching it where it is not, or is about to expire."""
    in_storage = photo.object_key is not None and context.storage.size(photo.object_key) is not None
    if photo.state == "refused" or (in_storage and not _expires_soon(photo, context.started_at)):
        return in_storage
    with transaction(context.engine) as session:
        if has_opted_out(session, photo.person_id):
            return False
    host = urlsplit(photo.origin).netloc
    try:
        data = outside.host_breakers.call(host, lambda: fetch(outside.http, photo.origin))
        picture = picture_in(data)
    except CircuitOpen:
        counts["put_off"] += 1
        return in_storage
    except SourceError as error:
        counts["missed"] += 1
        log.info("photo missed", origin=photo.origin, error=str(error))
        with transaction(context.engine) as session:
            write_alone(session)
            miss_photo(session, photo.id, str(error), refused=isinstance(error, _FINAL))
        return in_storage
    return _keep(context, photo, picture, counts)


def _keep(context: Context, photo: OfferedPhoto, picture: Picture, counts: Counter[str]) -> bool:
    if context.storage.size(picture.key) != len(picture.data):
        context.storage.put(picture.key, picture.data)
    with transaction(context.engine) as session:
        write_alone(session)
        held = hold_photo(session, photo.id, picture.sha256, picture.key, now=context.started_at)
    counts["repeated" if not held else "renewed" if photo.object_key else "added"] += 1
    return held


def _expires_soon(photo: OfferedPhoto, now: datetime) -> bool:
    return photo.expires_at is not None and photo.expires_at - now < RENEWED_BEFORE
