"""Job 3: gathers photos of the people in upcoming airings, and of nobody else."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import structlog

from db.engine import session as transaction
from db.queries.jobs import record_health
from db.queries.photos import PhotoRow, WantedPerson, replace_photos, set_latest_credit
from indexer.asking.subject import Subject
from indexer.errors import SourceError
from indexer.job.context import Context
from indexer.job.failures import Failures
from indexer.job.outside import Outside
from indexer.job.people import as_subjects, in_parallel, on_screen
from indexer.photos.ask import ask_for_photos
from indexer.photos.download import download_photos
from indexer.photos.pictures import PHOTO_PREFIX
from indexer.sources.photo_folder import UNREADABLE, PersonPhotos, PhotoFolder

log = structlog.get_logger(__name__)


def gather_photos(context: Context, folder: PhotoFolder | None, counts: Counter[str]) -> None:
    """Store photos of everybody on screen in the window: first those of the folder, then those of the sources."""
    people = on_screen(context)
    if folder is not None:
        _gather_from_folder(context, folder, people, counts)
    if context.outside is not None:
        gather = partial(_gather, context, context.outside)
        for tally in in_parallel(context, gather, as_subjects(context, people), "Gathering photos"):
            counts.update(tally)
    counts.update(people=len(people))


def _gather(context: Context, outside: Outside, person: Subject) -> Counter[str]:
    questions = ask_for_photos(context, outside, person)
    counts = download_photos(context, outside, person)
    if counts["missed"] or counts["repeated"]:  # sources that were not needed before may fill the gap
        if more := ask_for_photos(context, outside, person):
            counts += download_photos(context, outside, person)
        questions += more
    return counts + Counter(questions=questions)


def _gather_from_folder(
    context: Context, folder: PhotoFolder, people: Sequence[WantedPerson], counts: Counter[str]
) -> None:
    """Replace the photos of each person whom the folder has by those now in it; others keep their photos."""
    failures = Failures(counts)
    for person in context.progress.track(people, description="Reading the photo folder", total=len(people)):
        with failures.skipped(person.name):
            found = folder.photos_of(person.name_key)
            if found is not None:
                _replace_photos(context, folder, person, found, counts)
    for origin, reason in folder.ignored.items():
        log.warning("photo folder: left out", origin=origin, reason=reason)
    counts["folders_left_out"] += len(folder.ignored)
    left_out = "; ".join(f"{origin}: {reason}" for origin, reason in list(folder.ignored.items())[:10])
    with transaction(context.engine) as session:
        record_health(session, folder.name, "ok", f"Left out: {left_out}." if left_out else None)


def _replace_photos(
    context: Context, source: PhotoFolder, person: WantedPerson, found: PersonPhotos, counts: Counter[str]
) -> None:
    for origin, reason in found.ignored.items():
        level = log.warning if reason.startswith(UNREADABLE) else log.debug
        level("file ignored", origin=origin, reason=reason)
    rows = list(_store_files(context, source, found, counts))
    latest = source.credits.latest.get(person.name_key)
    with transaction(context.engine) as session:
        changes = replace_photos(session, person, source.name, rows)
        if latest is not None and asdict(latest) != person.latest_credit:
            set_latest_credit(session, person.id, asdict(latest))
    counts.update(people_found=1, photos=len(rows), ignored=len(found.ignored), **changes._asdict())


def _store_files(
    context: Context, source: PhotoFolder, found: PersonPhotos, counts: Counter[str]
) -> Iterator[PhotoRow]:
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
