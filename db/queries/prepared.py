"""Prepared galleries: those of titles that were prepared by hand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Credit, Person, Photo, PreparedGallery, Programme, ProgrammeTitle
from db.queries.galleries import CastRow
from db.queries.opt_outs import opted_out
from db.queries.scope import InProgramme, credits_on_screen


@dataclass(frozen=True, slots=True)
class PreparedProgramme:
    """A prepared programme (`titles`: the main one first), and where the manifest of its gallery is."""

    programme_id: int
    titles: tuple[str, ...]
    kind: str
    year: int | None
    object_key: str
    sha256: str
    size_bytes: int


class PreparedRelease(NamedTuple):
    """A programme's gallery in storage; `expires_at` is when the first of its photos must be deleted."""

    programme_id: int
    object_key: str
    sha256: str
    people: int
    templates: int
    size_bytes: int
    expires_at: datetime | None


def prepared_programmes(session: Session, model_key: str) -> Sequence[PreparedProgramme]:
    """Every programme that has a gallery of the model key, by title and id."""
    rows = session.execute(
        select(Programme, PreparedGallery)
        .join(PreparedGallery, PreparedGallery.programme_id == Programme.id)
        .where(PreparedGallery.model_key == model_key)
        .order_by(Programme.title_key, Programme.id)
    ).all()
    titles = _other_titles(session, [programme.id for programme, _ in rows])
    return [
        PreparedProgramme(
            programme_id=programme.id,
            titles=(programme.title, *titles.get(programme.id, ())),
            kind=programme.kind,
            year=programme.year,
            object_key=gallery.object_key,
            sha256=gallery.sha256,
            size_bytes=gallery.size_bytes,
        )
        for programme, gallery in rows
    ]


def _other_titles(session: Session, programme_ids: Collection[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(ProgrammeTitle.programme_id, ProgrammeTitle.title)
        .where(ProgrammeTitle.programme_id.in_(programme_ids))
        .order_by(ProgrammeTitle.programme_id, ProgrammeTitle.title_key)
    )
    found: dict[int, list[str]] = {}
    for programme_id, title in rows:
        found.setdefault(programme_id, []).append(title)
    return found


def programme_cast(session: Session, programme_id: int) -> Sequence[CastRow]:
    """The people on screen in the programme, by position in the cast, without those who opted out.

    The programme's id stands in for the airing's.
    """
    rows = session.execute(
        select(Credit.programme_id, Person.id, Person.name, Person.latest_credit, Credit.job, Credit.role)
        .join(Person, Person.id == Credit.person_id)
        .where(Credit.id.in_(credits_on_screen(InProgramme(programme_id))), ~opted_out())
        .order_by(Credit.position, Credit.id)
    )
    return [CastRow(*row) for row in rows]


def first_expiry(session: Session, people: Collection[int]) -> datetime | None:
    """When the first photo of these people must be deleted; None when all may be kept."""
    return session.scalar(
        select(func.min(Photo.expires_at)).where(Photo.person_id.in_(people), Photo.state == "usable")
    )


def publish_prepared(session: Session, model_key: str, release: PreparedRelease, *, built_at: datetime) -> None:
    """Publish this as the programme's gallery, in place of the previous one."""
    values = {**release._asdict(), "model_key": model_key, "built_at": built_at}
    statement = insert(PreparedGallery).values(values)
    session.execute(statement.on_conflict_do_update(constraint="pk_prepared_gallery", set_=values))


def purge_expired_prepared(session: Session, now: datetime) -> int:
    """Delete the galleries that have expired. Returns how many."""
    gone = delete(PreparedGallery).where(PreparedGallery.expires_at <= now).returning(PreparedGallery.programme_id)
    return len(session.execute(gone).all())
