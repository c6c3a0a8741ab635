"""The last job for a title prepared by hand: builds its gallery, reads it back, and publishes it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from db.engine import session as transaction
from db.keys import fold
from db.queries.galleries import CastRow
from db.queries.prepared import PreparedRelease, first_expiry, programme_cast, publish_prepared
from gallery.artefact import pack
from gallery.prepared import prepared_content
from gallery.types import CastMember, GalleryContent, LatestCredit, Person
from indexer.errors import NothingToPrepare
from indexer.galleries.build import store_objects
from indexer.galleries.enrol import Enrolment, enrol
from indexer.galleries.publish import check_stored
from indexer.job.context import Context


@dataclass(frozen=True, slots=True)
class Title:
    """The programme to prepare, as stored."""

    id: int
    title: str
    kind: str
    year: int | None


def publish_title(context: Context, title: Title, counts: Counter[str]) -> GalleryContent:
    """Build and publish a gallery of everybody on screen in the programme: its content.

    Raises `NothingToPrepare` when nobody is on screen, and `GalleryDamaged` when storage does not return what was
    written.
    """
    with transaction(context.engine) as session:
        cast = programme_cast(session, title.id)
        people = {member.person_id for member in cast}
        enrolment = enrol(context, session, people)
        expires_at = first_expiry(session, people)
    if not cast:
        raise NothingToPrepare(f"Nobody is known to be on screen in “{title.title}”.")
    content = _content(context, title, cast, enrolment)
    packed = pack(content)
    counts["objects"] = store_objects(context.storage, packed)
    check_stored(context, packed.manifest_key, packed.manifest_sha256, f"of “{title.title}”")
    release = PreparedRelease(
        programme_id=title.id,
        object_key=packed.manifest_key,
        sha256=packed.manifest_sha256,
        people=len(content.people),
        templates=len(content.vectors),
        size_bytes=packed.size_bytes,
        expires_at=expires_at,
    )
    with transaction(context.engine) as session:
        publish_prepared(session, content.model_key, release, built_at=context.started_at)
    counts.update(people=len(content.people), known_faces=len(enrolment.references))
    return content


def _content(context: Context, title: Title, cast: Sequence[CastRow], enrolment: Enrolment) -> GalleryContent:
    members = {member.person_id: member for member in reversed(cast)}
    people = tuple(_person(member, title, enrolment) for _, member in sorted(members.items()))
    return prepared_content(
        title.id,
        title.title,
        title.kind,
        model_key=context.faces.model_key,
        cast=tuple(CastMember(member.person_id, member.job, member.role) for member in cast),
        people=people,
        vectors=enrolment.stacked(people, context.faces.dimension),
    )


def _person(member: CastRow, title: Title, enrolment: Enrolment) -> Person:
    """The person with their latest credit, unless that is in the prepared title itself."""
    latest = LatestCredit(**member.latest_credit) if member.latest_credit else None
    elsewhere = latest if latest and fold(latest.title) != fold(title.title) else None
    return Person(member.person_id, member.name, elsewhere, enrolment.references.get(member.person_id, ()))
