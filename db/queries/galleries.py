"""Reads what a gallery is made of: the airings of a region, and who is on screen in each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from db.models import Airing, AiringCredit, Channel, Credit, Lineup, Person, Programme
from db.queries.casts import ON_SCREEN
from db.queries.opt_outs import opted_out


class ListedAiring(NamedTuple):
    """An airing with its channel and programme."""

    id: int
    channel: str
    channel_name: str
    title: str
    episode_title: str | None
    season: int | None
    episode: int | None
    kind: str
    year: int | None
    start: datetime
    stop: datetime


class CastRow(NamedTuple):
    """A person on screen in an airing."""

    airing_id: int
    person_id: int
    name: str
    latest_credit: dict[str, Any] | None
    job: str
    role: str | None


def airings_on(session: Session, region_code: str, start: datetime, stop: datetime) -> Sequence[ListedAiring]:
    """The region's airings that overlap [start, stop), by start, then in the order of the line-up."""
    rows = session.execute(
        select(
            Airing.id,
            Channel.slug,
            Channel.name,
            Programme.title,
            Airing.episode_title,
            Airing.season,
            Airing.episode,
            Programme.kind,
            Programme.year,
            func.lower(Airing.during),
            func.upper(Airing.during),
        )
        .join(Channel, Channel.id == Airing.channel_id)
        .join(Programme, Programme.id == Airing.programme_id)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(Lineup.region_code == region_code, Airing.during.overlaps(Range(start, stop)))
        .order_by(func.lower(Airing.during), Lineup.position, Airing.id)
    )
    return [ListedAiring(*row) for row in rows]


def casts_on(session: Session, region_code: str, start: datetime, stop: datetime) -> Sequence[CastRow]:
    """The people on screen in these airings, by airing and position in the cast. People who opted out are left out."""
    rows = session.execute(
        select(AiringCredit.airing_id, Person.id, Person.name, Person.latest_credit, Credit.job, Credit.role)
        .join(Credit, Credit.id == AiringCredit.credit_id)
        .join(Person, Person.id == Credit.person_id)
        .join(Airing, Airing.id == AiringCredit.airing_id)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(
            Lineup.region_code == region_code,
            Airing.during.overlaps(Range(start, stop)),
            Credit.job.in_(ON_SCREEN),
            ~opted_out(),
        )
        .order_by(AiringCredit.airing_id, Credit.position, Credit.id)
    )
    return [CastRow(*row) for row in rows]
