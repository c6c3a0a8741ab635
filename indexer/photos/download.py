"""Downloads the preferred pictures of a person, and removes those that better ones replace."""

from collections import Counter
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog

from db.engine import session as transaction
from db.queries.listings import lock_writes
from db.queries.offers import OfferedPhoto, photos_of, record_download, record_download_failure, release_photos
from db.queries.opt_outs import has_opted_out
from indexer.asking.circuit_breakers import CircuitOpen
from indexer.asking.subject import Subject
from indexer.errors import AddressRefused, NotFound, SourceBlocked, SourceError, TooLarge
from indexer.job.context import Context
from indexer.job.outside import Outside
from indexer.photos.choice import by_preference
from indexer.photos.pictures import NotAPicture, Picture, fetch, picture_in

log = structlog.get_logger(__name__)

RENEW_BEFORE = timedelta(days=14)
"""A picture that its source lets us keep only for a time is fetched again this long before it expires."""
_PERMANENT_FAILURES = (NotAPicture, NotFound, TooLarge, SourceBlocked, AddressRefused)
"""Failures after which another attempt would be useless."""


def download_photos(context: Context, outside: Outside, person: Subject) -> Counter[str]:
    """Download the person's preferred pictures, best first, until enough are stored: counts of what was done.

    Each picture is recorded as soon as it is in storage, so that a run that is killed loses one at most. Pictures from
    the photo folder count as well, and stay.
    """
    with transaction(context.engine) as session:
        photos = photos_of(session, person.id)
    on_web = [photo for photo in photos if photo.origin.startswith(("http://", "https://"))]
    wanted = outside.photos_per_person - (len(photos) - len(on_web))
    sources = [source.name for source in outside.sources.photos]
    preferred = by_preference(on_web, sources, person.on_screen, outside.photos_per_person)
    counts: Counter[str] = Counter()
    stored: set[int] = set()
    for photo in preferred:
        if len(stored) < wanted and _ensure_stored(context, outside, photo, counts):
            stored.add(photo.id)
    surplus = [photo.id for photo in preferred if photo.object_key and photo.id not in stored]
    if surplus:
        with transaction(context.engine) as session:
            lock_writes(session)
            release_photos(session, surplus)
    counts["removed"] += len(surplus)
    return counts


def _ensure_stored(context: Context, outside: Outside, photo: OfferedPhoto, counts: Counter[str]) -> bool:
    """Download the picture where it is not in storage or about to expire: whether it is in storage then."""
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
            lock_writes(session)
            record_download_failure(session, photo.id, str(error), refused=isinstance(error, _PERMANENT_FAILURES))
        return in_storage
    return _store(context, photo, picture, counts)


def _store(context: Context, photo: OfferedPhoto, picture: Picture, counts: Counter[str]) -> bool:
    if context.storage.size(picture.key) != len(picture.data):
        context.storage.put(picture.key, picture.data)
    with transaction(context.engine) as session:
        lock_writes(session)
        held = record_download(session, photo.id, picture.sha256, picture.key, now=context.started_at)
    counts["repeated" if not held else "renewed" if photo.object_key else "added"] += 1
    return held


def _expires_soon(photo: OfferedPhoto, now: datetime) -> bool:
    return photo.expires_at is not None and photo.expires_at - now < RENEW_BEFORE
