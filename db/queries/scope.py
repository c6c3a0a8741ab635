"""The scope of a run: the people on screen in a region for some time, or those in one programme."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import Range

from db.models import Airing, AiringCredit, Credit, Lineup
from db.queries.casts import ON_SCREEN


@dataclass(frozen=True, slots=True)
class OnAir:
    """What is on air in the region in [start, stop)."""

    region_code: str
    start: datetime
    stop: datetime


@dataclass(frozen=True, slots=True)
class InProgramme:
    """One programme, whether or not it is on air: a title prepared by hand."""

    programme_id: int


Scope: TypeAlias = OnAir | InProgramme


def credits_on_screen(scope: Scope) -> Select[Any]:
    """A query for the ids of the credits of people on screen."""
    credits = select(Credit.id).where(Credit.job.in_(ON_SCREEN))
    if isinstance(scope, InProgramme):
        return credits.where(Credit.programme_id == scope.programme_id)
    return (
        credits.join(AiringCredit, AiringCredit.credit_id == Credit.id)
        .join(Airing, Airing.id == AiringCredit.airing_id)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(Lineup.region_code == scope.region_code, Airing.during.overlaps(Range(scope.start, scope.stop)))
    )
