"""The indexer's record: the runs of its jobs, the health of its sources, and what it asked them."""

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
    """What the job is doing at present, in words."""
    done: Mapped[int | None]
    """How much of it is done."""
    total: Mapped[int | None]
    """The total; None when it is unknown."""
    updated_at: Mapped[datetime | None]
    """The last heartbeat."""


class SourceHealth(Base):
    """Health of a source: how it last answered."""

    __tablename__ = "source_health"
    __table_args__ = (one_of("state", "ok", "unavailable", "blocked", "changed"),)
    source: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    """`ok`, `unavailable`, `blocked` or `changed`."""
    detail: Mapped[str | None]
    checked_at: Mapped[datetime]
    last_success_at: Mapped[datetime | None]


class SourceTally(Base):
    """How many questions a source was asked within an hour, by how they ended."""

    __tablename__ = "source_tally"
    source: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """The start of the hour."""
    answered: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    failed: Mapped[int] = mapped_column(server_default=text("0"))


class Lookup(Base):
    """A question to a source about a programme or a person. While the answer is fresh, it is not asked again."""

    __tablename__ = "lookup"
    __table_args__ = (one_of("subject", "programme", "person"),)
    subject: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True, server_default=text("''"))
    """What was asked for: an episode such as `S2E5`, `photos` or `career`; empty: everything."""
    asked_at: Mapped[datetime]
    outcome: Mapped[str]
    """`found`, or why not: `unmatched title`, `ambiguous title`, `ambiguous name`, `nothing`, `blocked`…"""
    detail: Mapped[str | None]
