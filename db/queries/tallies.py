"""Tallies: how many questions each source was asked, hour by hour."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import SourceTally


class SourceHour(NamedTuple):
    """The questions to a source in the hour from `hour` on, by how they ended."""

    source: str
    hour: datetime
    answered: int
    refused: int
    failed: int


def add_tallies(session: Session, hours: Iterable[SourceHour]) -> None:
    """Add these counts to the stored ones."""
    for row in hours:
        statement = insert(SourceTally).values(**row._asdict())
        added = {ending: SourceTally.__table__.c[ending] + statement.excluded[ending] for ending in row._fields[2:]}
        session.execute(statement.on_conflict_do_update(constraint="pk_source_tally", set_=added))
