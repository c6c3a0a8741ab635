"""Uploaded pictures that are kept for a time, because the person who sent them agreed."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Contribution(Base):
    """A question whose pictures are kept for a time, with consent. No other question leaves a trace."""

    __tablename__ = "contribution"
    id: Mapped[str] = mapped_column(primary_key=True)
    """Random."""
    object_keys: Mapped[list[str]]
    """Where its pictures are stored: written after this row and deleted before it, so that none is orphaned."""
    secret_sha256: Mapped[str]
    """The hash of a secret that only the sender has, and with which the pictures can be deleted."""
    region_code: Mapped[str | None]
    at: Mapped[datetime | None]
    """The time that the question was about."""
    model_key: Mapped[str]
    named: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """The ids of the people whom the answer suggested: when one of them opts out, the pictures are deleted."""
    kept_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
