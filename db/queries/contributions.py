"""Contributions: questions whose pictures are kept with consent, until they expire or the sender deletes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Contribution, Person, PersonMerge
from db.queries.opt_outs import opted_out


class ContributionRow(NamedTuple):
    """A contribution; see `db.models.Contribution`."""

    id: str
    object_keys: list[str]
    secret_sha256: str
    region_code: str | None
    at: datetime | None
    model_key: str
    named: list[int]
    kept_at: datetime
    expires_at: datetime


def record_contribution(session: Session, row: ContributionRow) -> None:
    """Record that pictures are about to be stored under the row's id."""
    session.execute(insert(Contribution).values(row._asdict()))


def pictures_kept(session: Session) -> int:
    """How many pictures are kept now."""
    return session.scalar(select(func.coalesce(func.sum(func.cardinality(Contribution.object_keys)), 0))) or 0


def contribution_keys(session: Session, contribution_id: str, secret_sha256: str) -> Sequence[str] | None:
    """The object keys of the contribution with this id and secret; None when there is none."""
    return session.scalar(
        select(Contribution.object_keys).where(
            Contribution.id == contribution_id, Contribution.secret_sha256 == secret_sha256
        )
    )


def due_contributions(session: Session, now: datetime) -> dict[str, Sequence[str]]:
    """The contributions to delete, as id -> object keys: expired, or suggesting a person who has opted out since."""
    merged = exists().where(PersonMerge.kept_id == Person.id, PersonMerge.gone_id == Contribution.named.any_())
    merged = merged.correlate(Person, Contribution)
    named = select(Person.id).where(opted_out(), merged | (Person.id == Contribution.named.any_()))
    due = select(Contribution.id, Contribution.object_keys)
    due = due.where((Contribution.expires_at <= now) | named.exists()).order_by(Contribution.id)
    return {row[0]: row[1] for row in session.execute(due)}


def delete_contribution(session: Session, contribution_id: str) -> None:
    """Delete the row of a contribution. Its pictures must have been deleted before."""
    session.execute(delete(Contribution).where(Contribution.id == contribution_id))
