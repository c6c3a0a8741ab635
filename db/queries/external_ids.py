"""The ids of programmes and people in the large databases."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db.models import Person, Programme


def learn_ids(session: Session, table: type[Programme] | type[Person], heard: Mapping[int, Mapping[str, str]]) -> None:
    """Add what was heard (row id -> system -> id) to what is known; where they differ, the newer counts."""
    rows = session.execute(select(table.id, table.external_ids).where(table.id.in_(list(heard))))
    news = [
        {"id": row_id, "external_ids": {**known, **heard[row_id]}}
        for row_id, known in rows
        if {**known, **heard[row_id]} != known
    ]
    if news:
        session.execute(update(table), news)
