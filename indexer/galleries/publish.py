"""Job 7: reads the new galleries back from storage, then makes all of them current at once."""

from collections import Counter

from db.engine import session as transaction
from db.queries.publishing import publish, withdraw
from gallery.artefact import unpack
from gallery.errors import GalleryError
from indexer.errors import GalleryDamaged
from indexer.galleries.build import Built
from indexer.job.context import Context
from storage.base import ObjectNotFound, ObjectTooLarge


def publish_galleries(context: Context, built: Built, counts: Counter[str]) -> None:
    """Verify the galleries, then move the region's current pointers in one transaction.

    Raises `GalleryDamaged`, and moves no pointer, when a gallery does not read back as it was written.
    """
    for release in context.progress.track(built.releases, description="Verifying galleries", total=len(built.releases)):
        check_stored(context, release.object_key, release.sha256, f"of {release.slot:%Y-%m-%d %H:%M} UTC")
    code, model_key = context.region.code, context.faces.model_key
    with transaction(context.engine) as session:
        publish(session, code, model_key, built.releases, built_at=context.started_at)
        withdraw(session, code, model_key, built.empty_slots)
    counts.update(published=len(built.releases), withdrawn=len(built.empty_slots))


def check_stored(context: Context, object_key: str, sha256: str, what: str) -> None:
    """Read a gallery back from storage; `GalleryDamaged` when it is not what was written. `what` names it there."""
    try:
        unpack(
            lambda key, most: context.storage.get(key, max_bytes=most),
            object_key,
            sha256,
            model_key=context.faces.model_key,
        )
    except (GalleryError, ObjectNotFound, ObjectTooLarge) as error:
        raise GalleryDamaged(
            f"The gallery {what} does not read back from storage: {error}. "
            "Nothing was published; check the storage, and index again."
        ) from error
