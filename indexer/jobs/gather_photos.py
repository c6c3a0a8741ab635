"""Job 3: photos of the people in upcoming airings, and of nobody else."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial

import structlog

from db.engine import session as transaction
from db.queries.external_ids import person_ids_elsewhere
from db.queries.jobs import record_health
from db.queries.offers import titles_on_screen
from db.queries.photos import PhotoRow, WantedPerson, replace_photos, set_latest_credit, wanted_people
from indexer.errors import SourceError
from indexer.jobs.context import Context, Outside
from indexer.photos.holding import hold_photos
from indexer.photos.offers import Somebody, ask_for_photos
from indexer.photos.pictures import PHOTO_PREFIX
from indexer.sources.photo_folder import PersonPhotos, PhotoFolder

log = structlog.get_logger(__name__)

WORKERS = 8
"""People looked after at a time; the pace of each host is the client's business."""


def gather_photos(context: Context, folder: PhotoFolder | None, counts: Counter[str]) -> None:
    """Hold photos of everybody on screen in the window: those of the folder, then those of the sources outside."""
    window = context.window
    with transaction(context.engine) as session:
        people = wanted_people(session, context.region.code, window.start, window.stop)
    if folder is not None:
        _take_from_folder(context, folder, people, counts)
    if context.outside is not None:
        _gather_outside(context, context.outside, people, counts)
    counts.update(people=len(people))


def _gather_outside(context: Context, outside: Outside, people: Sequence[WantedPerson], counts: Counter[str]) -> None:
    wanted = _described(context, people)
    bind = partial(structlog.contextvars.bind_contextvars, **structlog.contextvars.get_contextvars())
    pool = ThreadPoolExecutor(WORKERS, initializer=bind)
    try:
        done = pool.map(partial(_gather_for, context, outside), wanted)
        for tally in context.progress.track(done, description="Gathering photos", total=len(wanted)):
            counts.update(tally)
    finally:
        pool.shutdown(cancel_futures=True)
    with transaction(context.engine) as session:
        for source, state, detail in outside.asking.health():
            record_health(session, source, state, detail)


def _gather_for(context: Context, outside: Outside, person: Somebody) -> Counter[str]:
    questions = ask_for_photos(context, outside, person)
    return hold_photos(context, outside, person) + Counter(questions=questions)


def _described(context: Context, people: Sequence[WantedPerson]) -> list[Somebody]:
    window = context.window
    with transaction(context.engine) as session:
        ids = person_ids_elsewhere(session, [person.id for person in people])
        titles = titles_on_screen(session, context.region.code, window.start, window.stop)
    return [
        Somebody(
            id=person.id,
            credit_id=person.credit_id,
            names=(person.name,),
            ids=ids.get(person.id, {}),
            on_screen=frozenset(titles.get(person.id, ())),
        )
        for person in people
    ]


def _take_from_folder(
    context: Context, folder: PhotoFolder, people: Sequence[WantedPerson], counts: Counter[str]
) -> None:
    """What the folder no longer has of a person is let go; a person whom it does not know keeps what they have."""
    for person in context.progress.track(people, description="Reading the photo folder", total=len(people)):
        found = folder.photos_of(person.name_key)
        if found is not None:
            _take(context, folder, person, found, counts)
    with transaction(context.engine) as session:
        record_health(session, folder.name, "ok", None)


def _take(
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
