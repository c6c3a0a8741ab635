"""Job 3: photos of the people in upcoming airings, and of nobody else."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict

import structlog

from db.engine import session as transaction
from db.queries.jobs import record_health
from db.queries.photos import PhotoRow, WantedPerson, replace_photos, set_latest_credit, wanted_people
from indexer.errors import SourceError
from indexer.jobs.context import Context
from indexer.sources.photo_folder import PersonPhotos, PhotoFolder

log = structlog.get_logger(__name__)

PHOTO_PREFIX = "photos"


def gather_photos(context: Context, source: PhotoFolder, counts: Counter[str]) -> None:
    """Hold the source's photos of everybody on screen in the window, person by person.

    What the source no longer has of a person is let go; a person whom it does not know keeps what they have.
    """
    window = context.window
    with transaction(context.engine) as session:
        people = wanted_people(session, context.region.code, window.start, window.stop)
    for person in context.progress.track(people, description="Gathering photos", total=len(people)):
        found = source.photos_of(person.name_key)
        if found is not None:
            _hold(context, source, person, found, counts)
    with transaction(context.engine) as session:
        record_health(session, source.name, "ok", None)
    counts.update(people=len(people))


def _hold(
    context: Context, source: PhotoFolder, person: WantedPerson, found: PersonPhotos, counts: Counter[str]
) -> None:
    for origin, reason in found.ignored.items():
        log.debug("file ignored", origin=origin, reason=reason)
    rows = list(_stored(context, source, found, counts))
    latest = source.credits.latest.get(person.name_key)
    with transaction(context.engine) as session:
        changes = replace_photos(session, person, source.name, rows)
        if latest is not None and asdict(latest) != person.latest_credit:
            set_latest_credit(session, person.id, asdict(latest))
    counts.update(people_found=1, photos=len(rows), ignored=len(found.ignored), **changes._asdict())


def _stored(context: Context, source: PhotoFolder, found: PersonPhotos, counts: Counter[str]) -> Iterator[PhotoRow]:
    for photo in found.photos:
        try:
            data = photo.read()
        except SourceError as error:
            log.warning("photo unreadable", origin=photo.origin, error=str(error))
            counts["unreadable"] += 1
            continue
        sha256 = hashlib.sha256(data).hexdigest()
        key = f"{PHOTO_PREFIX}/{sha256}"
        if context.storage.size(key) != len(data):
            context.storage.put(key, data)
        yield PhotoRow(sha256, key, photo.origin, source.credits.licence)
