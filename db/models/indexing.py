"""What the indexer did and asked: its runs, its sources and its questions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of, surrogate_key


class JobRun(Base):
    """One run of one job."""

    __tablename__ = "job_run"
    __table_args__ = (one_of("state", "running", "done", "failed", "interrupted"),)
    id: Mapped[int] = surrogate_key()
    run_id: Mapped[str] = mapped_column(index=True)
    """Shared by the jobs of one indexing run."""
    job: Mapped[str]
    region_code: Mapped[str | None]
    state: Mapped[str]
    """`running`, `done`, `failed`, or `interrupted` (its process died)."""
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    counts: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'::jsonb"))
    error: Mapped[str | None]
    doing: Mapped[str | None]
    """What it goes through just now, in words."""
    done: Mapped[int | None]
    """How much of that."""
    total: Mapped[int | None]
    """Of how much; None when that is not known."""
    updated_at: Mapped[datetime | None]
    """The last sign of life."""


class SourceHealth(Base):
    """How a source last answered."""

    __tablename__ = "source_health"
    __table_args__ = (one_of("state", "ok", "unavailable", "blocked", "changed"),)
    source: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    """`ok`, `unavailable`, `blocked` or `changed`."""
    detail: Mapped[str | None]
    checked_at: Mapped[datetime]
    last_success_at: Mapped[datetime | None]


class SourceTally(Base):
    """How often a source was asked within an hour, and how that ended."""

    __tablename__ = "source_tally"
    source: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """Its beginning."""
    answered: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))


class Lookup(Base):
    """What a source was asked about a programme or a person, so that nothing is asked twice while that is fresh."""

    __tablename__ = "lookup"
    __table_args__ = (one_of("subject", "programme", "person"),)
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    """The episode, such as `S2E5`, or what else was asked apart (`photos`, `career`); empty: all there is."""
    asked_at: Mapped[datetime]
    outcome: Mapped[str]
    """`found`, or why not: `unmatched title`, `ambiguous title`, `ambiguous name`, `nothing`, `blocked`…"""
    detail: Mapped[str | None]
