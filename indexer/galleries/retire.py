"""Job 9: deletes what is past, expired, or of people who opted out. Replaced galleries stay, for a rollback."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import structlog

from db.engine import session as transaction
from db.queries.contributions import delete_contribution, due_contributions
from db.queries.jobs import purge_history
from db.queries.locks import exclusive_lock
from db.queries.lookups import delete_orphaned_lookups
from db.queries.opt_outs import OptedOut, all_opted_out
from db.queries.photos import photo_keys, purge_photos
from db.queries.prepared import purge_expired_prepared
from db.queries.publishing import LiveGallery, delete_galleries, live_galleries, purge_retired, retire_before
from gallery.artefact import unpack
from gallery.errors import GalleryError
from gallery.manifest import MAX_MANIFEST_BYTES, decode_manifest, object_key
from gallery.slots import slot_of
from indexer.job.context import Context
from indexer.job.failures import Failures
from indexer.listings.reader import RAW_PREFIX, first_read_on
from indexer.photos.pictures import PHOTO_PREFIX
from storage.base import ObjectNotFound, ObjectTooLarge

log = structlog.get_logger(__name__)

KEEP_PAST = timedelta(hours=24)
"""How long the galleries of past slots stay; the API looks back a few hours."""
KEEP_RUNS = timedelta(days=30)
"""How long the rows of a run stay."""
KEEP_GUIDES = timedelta(days=14)
"""How long the raw guides stay in storage."""
GRACE = timedelta(hours=1)
"""How long a replaced gallery stays, so that an API that is loading it can finish."""
OBJECTS = "objects"
"""The lock on stored objects: runs share it while they write objects that no row refers to yet; a sweep needs it
exclusively."""


def retire_galleries(context: Context, counts: Counter[str]) -> None:
    """Retire past galleries, then delete the rows that are no longer needed, then the objects without a row."""
    # Galleries in this run's own window stay, so that a day of the past can be indexed.
    past = min(slot_of(context.started_at - KEEP_PAST), slot_of(context.window.start))
    with transaction(context.engine) as session:
        counts["past"] = retire_before(session, context.region.code, past)
        counts["prepared"] = purge_expired_prepared(session, context.started_at)
        counts["photos"] = purge_photos(session, context.started_at)
    _forget_opted_out(context, counts)
    _forget_contributions(context, counts)
    with transaction(context.engine) as session:
        counts["releases"] = purge_retired(session, context.started_at - GRACE)
        counts["runs"] = purge_history(session, datetime.now(UTC) - KEEP_RUNS)
        counts["lookups"] = delete_orphaned_lookups(session)
    counts["guides"] = _forget_guides(context, counts)
    with exclusive_lock(context.engine, OBJECTS) as hold:
        if hold is not None:
            _sweep(context, counts)
        else:
            log.info("objects not swept: another run is writing some")


def _forget_opted_out(context: Context, counts: Counter[str]) -> None:
    """Delete every gallery that shows somebody who opted out, also of other regions, prepared, or for a rollback."""
    with transaction(context.engine) as session:
        opted_out = all_opted_out(session)
        live = live_galleries(session) if opted_out.people else []
    showing = [gallery.object_key for gallery in live if _shows(context, gallery, opted_out)]
    with transaction(context.engine) as session:
        delete_galleries(session, showing)
    counts["opted_out"] = len(showing)


def _forget_contributions(context: Context, counts: Counter[str]) -> None:
    """Delete the pictures that users let us keep for a time, once that time is over."""
    with transaction(context.engine) as session:
        due = due_contributions(session, context.started_at)
    failures = Failures(counts)
    for contribution_id, keys in due.items():
        with failures.skipped(contribution_id):
            for key in keys:
                context.storage.delete(key)
            with transaction(context.engine) as session:
                delete_contribution(session, contribution_id)
    counts["contributions"] = len(due)


def _forget_guides(context: Context, counts: Counter[str]) -> int:
    """Delete the raw guides that are older than `KEEP_GUIDES`, and those without a date in their key."""
    oldest = (context.started_at - KEEP_GUIDES).date()
    days = {key: first_read_on(key) for key in context.storage.keys(f"{RAW_PREFIX}/")}
    return _delete_all(context, [key for key, day in days.items() if day is None or day < oldest], counts)


def _shows(context: Context, live: LiveGallery, opted_out: OptedOut) -> bool:
    try:
        gallery = unpack(lambda key, most: context.storage.get(key, max_bytes=most), live.object_key, live.sha256)
    except (GalleryError, ObjectNotFound, ObjectTooLarge) as error:
        log.warning("gallery unreadable", key=live.object_key, error=str(error))
        return False
    return any(opted_out.covers(person.id, person.name) for person in gallery.people)


def _sweep(context: Context, counts: Counter[str]) -> None:
    with transaction(context.engine) as session:
        photos, live = photo_keys(session), live_galleries(session)
    try:
        kept = set(_object_keys(context, live))
    except (GalleryError, ObjectNotFound, ObjectTooLarge) as error:
        # Without the manifest its objects are unknown, so none is deleted.
        log.warning("objects not swept: a manifest cannot be read", error=str(error))
        return
    counts["swept_galleries"] = _delete(context, object_key(""), kept, counts)
    counts["swept_photos"] = _delete(context, f"{PHOTO_PREFIX}/", photos, counts)


def _object_keys(context: Context, live: Iterable[LiveGallery]) -> Iterator[str]:
    for release in live:
        parts = decode_manifest(context.storage.get(release.object_key, max_bytes=MAX_MANIFEST_BYTES)).parts
        yield release.object_key
        yield from (object_key(part.sha256) for part in (parts.index, parts.people, parts.airings))


def _delete(context: Context, prefix: str, kept: set[str], counts: Counter[str]) -> int:
    return _delete_all(context, [key for key in context.storage.keys(prefix) if key not in kept], counts)


def _delete_all(context: Context, keys: Iterable[str], counts: Counter[str]) -> int:
    """How many of the objects were deleted; one that cannot be is left to the next run."""
    failures, deleted = Failures(counts), 0
    for key in keys:
        with failures.skipped(key):
            context.storage.delete(key)
            deleted += 1
    return deleted
