"""Photos of the people in upcoming airings, and the faces found in them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, exists, func, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session

from db.models import (
    Airing,
    AiringCredit,
    Credit,
    Lookup,
    Person,
    PersonMerge,
    Photo,
    PreparedGallery,
    Scan,
    Template,
)
from db.queries.opt_outs import opted_out
from db.queries.scope import Scope, credits_on_screen


class WantedPerson(NamedTuple):
    """A person in an upcoming airing; `credit_id` is the credit that justifies looking for their face."""

    id: int
    name: str
    name_key: str
    latest_credit: dict[str, Any] | None
    credit_id: int


class PhotoRow(NamedTuple):
    """A photo as a source gives it."""

    sha256: str
    object_key: str
    origin: str
    licence: str | None


class PhotoChanges(NamedTuple):
    """How many photos were added and removed."""

    added: int
    removed: int


class FaceRow(NamedTuple):
    """One embedded face: number `face` of its picture; `vector` is float32, little-endian, L2-normalised."""

    face: int
    box: list[float]
    confidence: float
    quality: float
    vector: bytes


def wanted_people(session: Session, scope: Scope) -> Sequence[WantedPerson]:
    """The people on screen in the scope, by folded name, without those who opted out."""
    rows = session.execute(
        select(Person.id, Person.name, Person.name_key, Person.latest_credit, func.min(Credit.id))
        .join(Credit, Credit.person_id == Person.id)
        .where(Credit.id.in_(credits_on_screen(scope)), ~opted_out())
        .group_by(Person.id)
        .order_by(Person.name_key, Person.id)
    )
    return [WantedPerson(*row) for row in rows]


def set_latest_credit(session: Session, person_id: int, latest_credit: Mapping[str, Any] | None) -> None:
    """Store the person's latest credit, unless they opted out."""
    told = update(Person).where(Person.id == person_id, ~opted_out())
    session.execute(told.values(latest_credit=None if latest_credit is None else dict(latest_credit)))


def replace_photos(session: Session, person: WantedPerson, source: str, rows: Iterable[PhotoRow]) -> PhotoChanges:
    """Replace the person's photos of this source by `rows`. Photos that exist already keep their row and state."""
    wanted = {row.sha256: row for row in rows}
    held = select(Photo.id, Photo.sha256, Photo.source, Photo.origin).where(
        Photo.person_id == person.id, Photo.sha256.is_not(None)
    )
    present = {row.sha256: row for row in session.execute(held)}
    gone = {
        sha256: row.id
        for sha256, row in present.items()
        if row.source == source and (sha256 not in wanted or wanted[sha256].origin != row.origin)
    }
    new = [row for sha256, row in wanted.items() if sha256 not in present or sha256 in gone]
    if gone:
        session.execute(delete(Photo).where(Photo.id.in_(gone.values())))
    if new:
        given = {"person_id": person.id, "credit_id": person.credit_id, "source": source, "state": "gathered"}
        gathered_at = datetime.now(UTC)
        session.execute(insert(Photo), [{**given, **row._asdict(), "gathered_at": gathered_at} for row in new])
    return PhotoChanges(len(new), len(gone))


def unscanned_photos(session: Session, scope: Scope, model_key: str) -> dict[str, str]:
    """The pictures of wanted people that this model has not analysed: sha256 -> object key."""
    scanned = exists().where(Scan.sha256 == Photo.sha256, Scan.model_key == model_key)
    wanted = (
        select(Person.id)
        .join(Credit, Credit.person_id == Person.id)
        .where(Credit.id.in_(credits_on_screen(scope)), ~opted_out())
    )
    rows = session.execute(
        select(Photo.sha256, Photo.object_key)
        .where(Photo.person_id.in_(wanted), Photo.sha256.is_not(None), ~scanned)
        .distinct()
        .order_by(Photo.sha256)
    )
    return {str(sha256): str(key) for sha256, key in rows}


def record_scan(
    session: Session, sha256: str, model_key: str, faces: Sequence[FaceRow], problem: str | None = None
) -> None:
    """Record the faces that the model found in a picture, or why it could not be read. An earlier record stays."""
    scan = {"sha256": sha256, "model_key": model_key, "faces": len(faces), "problem": problem}
    session.execute(insert(Scan).values(**scan, scanned_at=datetime.now(UTC)).on_conflict_do_nothing())
    if faces:
        key = {"sha256": sha256, "model_key": model_key}
        session.execute(insert(Template).on_conflict_do_nothing(), [{**key, **face._asdict()} for face in faces])


def purge_idle_photos(session: Session, since: datetime) -> int:
    """Delete the photos, gathered before `since`, of people who have been in no airing since then and are in no
    prepared gallery. Returns how many; `purge_photos` then deletes their faces."""
    credited = Credit.person_id == Photo.person_id
    on_air = exists().where(
        credited,
        AiringCredit.credit_id == Credit.id,
        Airing.id == AiringCredit.airing_id,
        func.upper(Airing.during) > since,
    )
    prepared = exists().where(credited, PreparedGallery.programme_id == Credit.programme_id)
    idle = delete(Photo).where(Photo.gathered_at < since, ~on_air, ~prepared)
    forgotten = session.execute(idle.returning(Photo.person_id, Photo.source)).all()
    _forget_lookups(session, {(person_id, source) for person_id, source in forgotten})
    return len(forgotten)


def _forget_lookups(session: Session, forgotten: Collection[tuple[int, str]]) -> None:
    """Delete what was asked about these people at these sources, so that they may be asked again at once."""
    if forgotten:
        about = tuple_(Lookup.subject_id, Lookup.source).in_(forgotten)
        session.execute(delete(Lookup).where(Lookup.subject == "person", about))


def purge_photos(session: Session, now: datetime) -> int:
    """Delete expired photos and those of people who opted out, and faces without a photo. Returns how many photos.

    The lookups of a deleted photo's source are deleted too, so that it may be asked again at once.
    """
    forgotten_people = select(Person.id).where(opted_out())
    gone = delete(Photo).where((Photo.expires_at <= now) | Photo.person_id.in_(forgotten_people))
    forgotten = session.execute(gone.returning(Photo.person_id, Photo.source)).all()
    _forget_lookups(session, {(person_id, source) for person_id, source in forgotten})
    session.execute(delete(Lookup).where(Lookup.subject == "person", Lookup.subject_id.in_(forgotten_people)))
    for table in (Template, Scan):
        session.execute(delete(table).where(~exists().where(Photo.sha256 == table.sha256)))
    session.execute(update(Person).where(opted_out()).values(latest_credit=None))
    merged = update(PersonMerge).where(PersonMerge.kept_id.in_(forgotten_people))
    session.execute(merged.values(before=PersonMerge.before.op("||")(literal({"photos": []}, JSONB))))
    return len(forgotten)


def photo_keys(session: Session) -> set[str]:
    """The object keys of all stored photos."""
    return set(session.scalars(select(Photo.object_key).where(Photo.object_key.is_not(None)).distinct()))


class EnrolableFace(NamedTuple):
    """A face in a photo of a person."""

    person_id: int
    photo_id: int
    sha256: str
    object_key: str
    origin: str
    licence: str | None
    credit_line: str | None
    quality: float
    vector: bytes


def enrolable_faces(session: Session, people: Iterable[int], model_key: str, now: datetime) -> Sequence[EnrolableFace]:
    """All faces in the unexpired photos of these people, in a fixed order. People who opted out are left out."""
    rows = session.execute(
        select(
            Photo.person_id,
            Photo.id,
            Photo.sha256,
            Photo.object_key,
            Photo.origin,
            Photo.licence,
            Photo.credit_line,
            Template.quality,
            Template.vector,
        )
        .join(Template, and_(Template.sha256 == Photo.sha256, Template.model_key == model_key))
        .join(Person, Person.id == Photo.person_id)
        .where(Person.id.in_(list(people)), ~opted_out())
        .where(Photo.expires_at.is_(None) | (Photo.expires_at > now))
        .order_by(Photo.person_id, Photo.sha256, Template.face)
    )
    return [EnrolableFace._make(row) for row in rows]


class PhotoVerdict(NamedTuple):
    """The verdict on a photo: `usable` without a reason, or `refused` with one."""

    state: str
    reason: str | None


def faceless_photos(session: Session, people: Iterable[int], model_key: str) -> dict[int, PhotoVerdict]:
    """The photos of these people in which the model found no face, or that it could not read."""
    rows = session.execute(
        select(Photo.id, Scan.problem)
        .join(Scan, and_(Scan.sha256 == Photo.sha256, Scan.model_key == model_key))
        .where(Photo.person_id.in_(list(people)), Scan.faces == 0)
    )
    return {photo_id: PhotoVerdict("refused", problem or NO_FACE) for photo_id, problem in rows}


NO_FACE = "no face was found in it"


def record_verdicts(session: Session, verdicts: Mapping[int, PhotoVerdict]) -> int:
    """Store the verdicts on photos (by id) that differ. Returns how many."""
    rows = session.execute(select(Photo.id, Photo.state, Photo.reason).where(Photo.id.in_(list(verdicts))))
    changed = [
        {"id": photo_id, **verdicts[photo_id]._asdict()}
        for photo_id, state, reason in rows
        if (state, reason) != verdicts[photo_id]
    ]
    if changed:
        session.execute(update(Photo), changed)
    return len(changed)
