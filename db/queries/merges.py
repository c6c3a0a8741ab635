"""Merges of two people who are one, and undoing them when that was wrong."""

from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from db.errors import MergeNotUndone
from db.models import (
    Airing,
    AiringCredit,
    Base,
    Billing,
    Credit,
    Person,
    PersonAlias,
    PersonId,
    PersonMerge,
    Photo,
    Programme,
)
from db.queries.identity import add_names, reassign_credits

Row: TypeAlias = dict[str, Any]
"""A row as `to_jsonb` gives it."""


def merge_was_undone(session: Session, one: int, other: int) -> bool:
    """Whether a merge of these two was undone. They must not be merged again."""
    pairs = or_(
        (PersonMerge.kept_id == one) & (PersonMerge.gone_id == other),
        (PersonMerge.kept_id == other) & (PersonMerge.gone_id == one),
    )
    return session.scalar(select(exists().where(pairs, PersonMerge.undone_at.is_not(None)))) is True


def active_merge(session: Session, gone_id: int) -> int | None:
    """The merge that removed this person, unless it was undone."""
    merge = select(PersonMerge.id).where(PersonMerge.gone_id == gone_id, PersonMerge.undone_at.is_(None))
    return session.scalar(merge.order_by(PersonMerge.id.desc()).limit(1))


def merge_people(session: Session, kept_id: int, gone_id: int, *, reason: str, at: datetime) -> int:
    """Merge two people: the ids, names, credits and photos of `gone_id` go to `kept_id`. Returns the id of the merge.

    Where both have an id in one system, or the same photo, the kept person's stays.
    """
    before = _snapshot(session, kept_id, gone_id)
    merge = PersonMerge(kept_id=kept_id, gone_id=gone_id, reason=reason, before=before, merged_at=at)
    session.add(merge)
    session.flush()
    kept, gone = session.get_one(Person, kept_id), session.get_one(Person, gone_id)
    names = [gone.name, *(alias["name"] for alias in before["aliases"])]
    learnt = add_names(session, kept_id, names)
    kept.opted_out = kept.opted_out or gone.opted_out
    kept.latest_credit = kept.latest_credit or gone.latest_credit
    _give_ids(session, kept_id, gone_id)
    _give_photos(session, kept_id, gone_id)
    twins = reassign_credits(session, [credit["id"] for credit in before["credits"]], kept_id)
    merge.before = {**before, "learnt": learnt, "twins": {str(k): v for k, v in twins.items()}}
    session.delete(gone)
    session.flush()
    return merge.id


def undo_merge(session: Session, merge_id: int, *, at: datetime) -> int:
    """Undo a merge, and return the id of the restored person. The two will not be merged again.

    What was added since the merge stays with the kept person. An opt-out applies to both. Raises `MergeNotUndone`.
    """
    merge = session.get(PersonMerge, merge_id)
    if merge is None or merge.undone_at is not None:
        raise MergeNotUndone(f"Merge {merge_id} {'was undone before' if merge else 'is not known'}: see person_merge.")
    if session.get(Person, merge.kept_id) is None:
        raise MergeNotUndone(f"Person {merge.kept_id} was merged into another since: undo that merge first.")
    gone, kept = merge.before["gone"], session.get_one(Person, merge.kept_id)
    _restore(session, Person, {**gone, "opted_out": gone["opted_out"] or kept.opted_out})
    _take_back_names_and_ids(session, merge)
    for credit in merge.before["credits"]:
        _take_back(session, Credit, merge, credit, exists().where(Programme.id == credit["programme_id"]))
    _take_back_airings(session, merge.before)
    for photo in merge.before["photos"]:
        _take_back(session, Photo, merge, photo, exists().where(Credit.id == photo["credit_id"]))
    merge.undone_at = at
    session.flush()
    session.expire_all()
    return merge.gone_id


def _snapshot(session: Session, kept_id: int, gone_id: int) -> Row:
    credits = select(Credit.id).where(Credit.person_id.in_((kept_id, gone_id)))
    return {
        "gone": _rows(session, Person, Person.id == gone_id)[0],
        "ids": _rows(session, PersonId, PersonId.person_id == gone_id),
        "aliases": _rows(session, PersonAlias, PersonAlias.person_id == gone_id),
        "credits": _rows(session, Credit, Credit.person_id == gone_id),
        "airing_credits": _rows(session, AiringCredit, AiringCredit.credit_id.in_(credits)),
        "billings": _rows(session, Billing, Billing.credit_id.in_(credits)),
        "photos": _rows(session, Photo, Photo.person_id == gone_id),
    }


def _rows(session: Session, table: type[Base], where: ColumnElement[bool]) -> list[Row]:
    rows = select(table).where(where).subquery("whole_row")
    return list(session.scalars(select(func.to_jsonb(literal_column("whole_row"), type_=JSONB)).select_from(rows)))


def _give_ids(session: Session, kept_id: int, gone_id: int) -> None:
    systems = select(PersonId.system).where(PersonId.person_id == kept_id)
    mine = (PersonId.person_id == gone_id, PersonId.system.not_in(systems.scalar_subquery()))
    session.execute(update(PersonId).where(*mine).values(person_id=kept_id))


def _give_photos(session: Session, kept_id: int, gone_id: int) -> None:
    held = select(Photo.sha256).where(Photo.person_id == kept_id, Photo.sha256.is_not(None)).scalar_subquery()
    origins = select(Photo.origin).where(Photo.person_id == kept_id).scalar_subquery()
    same = or_(Photo.sha256.in_(held), Photo.origin.in_(origins))
    session.execute(delete(Photo).where(Photo.person_id == gone_id, same))
    session.execute(update(Photo).where(Photo.person_id == gone_id).values(person_id=kept_id))


def _restore(session: Session, table: type[Base], row: Row) -> None:
    """Insert a row as `to_jsonb` gave it, unless it exists."""
    name = table.__tablename__
    record = f"jsonb_populate_record(NULL::{name}, CAST(:row AS jsonb))"
    statement = text(f"INSERT INTO {name} SELECT * FROM {record} ON CONFLICT DO NOTHING")
    session.execute(statement.bindparams(bindparam("row", type_=JSONB)), {"row": row})


def _take_back_names_and_ids(session: Session, merge: PersonMerge) -> None:
    learnt = (PersonAlias.person_id == merge.kept_id, PersonAlias.name_key.in_(merge.before["learnt"]))
    session.execute(delete(PersonAlias).where(*learnt))
    for row in merge.before["ids"]:
        theirs = (PersonId.system == row["system"], PersonId.value == row["value"])
        session.execute(delete(PersonId).where(*theirs, PersonId.person_id == merge.kept_id))
        _restore(session, PersonId, row)
    for row in merge.before["aliases"]:
        _restore(session, PersonAlias, row)


def _take_back(
    session: Session, table: type[Credit] | type[Photo], merge: PersonMerge, row: Row, parent: ColumnElement[bool]
) -> None:
    """Give a row back to the person who had it, or insert it again if the row that it refers to still exists."""
    session.execute(
        update(table)
        .where(table.id == row["id"], table.person_id == merge.kept_id)
        .values({"person_id": merge.gone_id} | ({"credit_id": row["credit_id"]} if table is Photo else {}))
    )
    if session.scalar(select(parent)):
        _restore(session, table, row)


def _take_back_airings(session: Session, before: Row) -> None:
    """Move airings and billings that a credit got from an absorbed one back to the restored one."""
    for table in (AiringCredit, Billing):
        rows = before[f"{table.__tablename__}s"]
        for gone, twin in before["twins"].items():
            own = [row for row in rows if row["credit_id"] == twin]
            for row in (row for row in rows if row["credit_id"] == int(gone)):
                if {**row, "credit_id": twin} not in own:
                    same = [column == {**row, "credit_id": twin}[column.key] for column in table.__table__.columns]
                    session.execute(delete(table).where(*same))
                if _parents_exist(session, table, row):
                    _restore(session, table, row)


def _parents_exist(session: Session, table: type[AiringCredit] | type[Billing], row: Row) -> bool:
    """Whether everything that the row refers to still exists."""
    wanted = [exists().where(Credit.id == row["credit_id"])]
    if table is AiringCredit:
        wanted.append(exists().where(Airing.id == row["airing_id"]))
    return session.scalar(select(and_(*wanted))) is True
