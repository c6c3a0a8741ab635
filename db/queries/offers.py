"""Offers: the pictures that sources offer of a person, recorded first and downloaded later, one by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Credit, Person, Photo, Programme, ProgrammeTitle
from db.queries.opt_outs import opted_out
from db.queries.scope import Scope, credits_on_screen

SAME_PICTURE = "the same picture as another photo"


class Offer(NamedTuple):
    """A picture that a source offers; `origin` is its URL, `of` the programme that a still is from."""

    origin: str
    kind: str
    of: str | None
    licence: str | None
    credit_line: str | None
    keep_for: timedelta | None


class OfferedPhoto(NamedTuple):
    """A recorded picture of a person; `object_key` is None unless it is stored."""

    id: int
    person_id: int
    source: str
    origin: str
    kind: str
    of: str | None
    state: str
    object_key: str | None
    expires_at: datetime | None


def record_offers(
    session: Session, person_id: int, credit_id: int, source: str, offers: Sequence[Offer], *, now: datetime
) -> int:
    """Record what `source` offers of a person. Returns how many pictures are new.

    The credit justifies them; if it no longer exists, another credit of the person does. For known pictures,
    licence and terms are updated, and one whose download was refused is on offer again. Nothing is recorded for a
    person who opted out.
    """
    theirs = select(Credit.id).where(Credit.person_id == person_id)
    credit = session.scalar(theirs.order_by(Credit.id != credit_id, Credit.id).limit(1))
    if not offers or credit is None or not _lock_unless_opted_out(session, person_id):
        return 0
    known = set(session.scalars(select(Photo.origin).where(Photo.person_id == person_id)))
    noted = {"person_id": person_id, "credit_id": credit, "source": source, "state": "offered", "gathered_at": now}
    statement = insert(Photo)
    terms = {field: statement.excluded[field] for field in ("kind", "of", "licence", "credit_line", "keep_for")}
    statement = statement.on_conflict_do_update(
        constraint="uq_photo_person_id_origin", set_=terms, where=Photo.source == source
    )
    by_origin = {offer.origin: offer for offer in reversed(offers)}
    session.execute(statement, [{**noted, **offer._asdict()} for offer in reversed(by_origin.values())])
    again = update(Photo).where(
        Photo.person_id == person_id, Photo.origin.in_(by_origin), Photo.state == "refused", Photo.sha256.is_(None)
    )
    session.execute(again.values(state="offered"))
    return len(by_origin.keys() - known)


def delete_withdrawn_portraits(session: Session, person_id: int, source: str, offered: Collection[str]) -> int:
    """Delete the portraits that `source` no longer offers: all but the `offered` origins. Returns how many."""
    gone = delete(Photo).where(
        Photo.person_id == person_id,
        Photo.source == source,
        Photo.kind == "portrait",
        Photo.origin.not_in(list(offered)),
    )
    return len(session.execute(gone.returning(Photo.id)).all())


def photos_of(session: Session, person_id: int) -> Sequence[OfferedPhoto]:
    """All recorded pictures of a person, the oldest first; none when this very person opted out."""
    columns = [getattr(Photo, field) for field in OfferedPhoto._fields]
    wanted = select(*columns).join(Person, Person.id == Photo.person_id).where(Person.id == person_id)
    rows = session.execute(wanted.where(~Person.opted_out).order_by(Photo.id))
    return [OfferedPhoto(*row) for row in rows]


def record_download(session: Session, photo_id: int, sha256: str, object_key: str, *, now: datetime) -> bool:
    """Record that a picture was downloaded and stored. False when it is not wanted any more, or a duplicate."""
    photo = session.get(Photo, photo_id)
    if photo is None or not _lock_unless_opted_out(session, photo.person_id):
        return False
    same = select(Photo.id).where(Photo.person_id == photo.person_id, Photo.sha256 == sha256, Photo.id != photo_id)
    if session.scalar(same) is not None:
        photo.state, photo.reason, photo.sha256, photo.object_key = "refused", SAME_PICTURE, None, None
        return False
    if photo.sha256 != sha256:
        photo.state, photo.reason, photo.sha256, photo.object_key = "gathered", None, sha256, object_key
    photo.gathered_at = now
    photo.expires_at = now + photo.keep_for if photo.keep_for else None
    return True


def record_download_failure(session: Session, photo_id: int, reason: str, *, refused: bool) -> None:
    """Record why a download failed. When `refused`, it is not tried again until the picture is offered again.

    A picture that is stored already stays until it expires.
    """
    missed = update(Photo).where(Photo.id == photo_id, Photo.sha256.is_(None))
    session.execute(missed.values(reason=reason, state="refused" if refused else "offered"))


def release_photos(session: Session, photo_ids: Collection[int]) -> None:
    """Mark these pictures as not stored. They remain on offer."""
    released = update(Photo).where(Photo.id.in_(list(photo_ids)))
    session.execute(released.values(state="offered", reason=None, sha256=None, object_key=None, expires_at=None))


def titles_on_screen(session: Session, scope: Scope) -> Mapping[int, set[str]]:
    """The programmes that people are on screen in, within the scope: person id -> all known titles, folded."""
    seen = (
        select(Credit.person_id, Programme.title_key, ProgrammeTitle.title_key)
        .join(Programme, Programme.id == Credit.programme_id)
        .outerjoin(ProgrammeTitle, ProgrammeTitle.programme_id == Programme.id)
        .where(Credit.id.in_(credits_on_screen(scope)))
        .distinct()
    )
    titles: dict[int, set[str]] = {}
    for person_id, *keys in session.execute(seen):
        titles.setdefault(person_id, set()).update(key for key in keys if key is not None)
    return titles


def _lock_unless_opted_out(session: Session, person_id: int) -> bool:
    """Whether the person has not opted out. Locks their row, so that neither this nor their photos change."""
    left_out = session.scalar(select(opted_out()).where(Person.id == person_id).with_for_update())
    return left_out is False
