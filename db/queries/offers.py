"""The pictures that sources offer of a person: noted first, then held one by one."""

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
    """A picture as its source offers it; `origin` is its URL, `of` the programme that a still is from."""

    origin: str
    kind: str
    of: str | None
    licence: str | None
    credit_line: str | None
    keep_for: timedelta | None


class OfferedPhoto(NamedTuple):
    """A picture of a person, held or not."""

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
    """Note what `source` offers of a person because of a credit (if it is gone, of another): how many are new.

    Of those that are known, licence and terms are brought up to date, and one that was not to be had is on offer
    again. Nothing is noted of somebody who opted out.
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
    """Forget the portraits of `source` that it does not offer any more (all but the `offered` origins): how many."""
    gone = delete(Photo).where(
        Photo.person_id == person_id,
        Photo.source == source,
        Photo.kind == "portrait",
        Photo.origin.not_in(list(offered)),
    )
    return len(session.execute(gone.returning(Photo.id)).all())


def photos_of(session: Session, person_id: int) -> Sequence[OfferedPhoto]:
    """All that is noted of a person, in the order in which it was; nothing once they themselves have opted out."""
    columns = [getattr(Photo, field) for field in OfferedPhoto._fields]
    wanted = select(*columns).join(Person, Person.id == Photo.person_id).where(Person.id == person_id)
    rows = session.execute(wanted.where(~Person.opted_out).order_by(Photo.id))
    return [OfferedPhoto(*row) for row in rows]


def record_download(session: Session, photo_id: int, sha256: str, object_key: str, *, now: datetime) -> bool:
    """Record that a picture was fetched; False when it has been forgotten in between, or is held already."""
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
    """Record why a picture was not to be had: when it is `refused`, it is not tried again until offered anew.

    One that is held stays until it expires.
    """
    missed = update(Photo).where(Photo.id == photo_id, Photo.sha256.is_(None))
    session.execute(missed.values(reason=reason, state="refused" if refused else "offered"))


def release_photos(session: Session, photo_ids: Collection[int]) -> None:
    """Hold these pictures no longer; they are still on offer."""
    released = update(Photo).where(Photo.id.in_(list(photo_ids)))
    session.execute(released.values(state="offered", reason=None, sha256=None, object_key=None, expires_at=None))


def titles_on_screen(session: Session, scope: Scope) -> Mapping[int, set[str]]:
    """In what people are seen in the scope: person id -> the titles, all that are known, folded."""
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
    """Whether they have not opted out; they cannot, nor get another picture, until this transaction ends."""
    left_out = session.scalar(select(opted_out()).where(Person.id == person_id).with_for_update())
    return left_out is False
