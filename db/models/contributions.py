"""Pictures that their senders let us keep."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base


class Contribution(Base):
    """A question whose asker lets its pictures be kept for a time: the only trace that a question ever leaves."""

    __tablename__ = "contribution"
    id: Mapped[str] = mapped_column(primary_key=True)
    """Random."""
    object_keys: Mapped[list[str]]
    """Of its pictures in storage, which are written after this row and deleted before it: none is ever lost."""
    secret_sha256: Mapped[str]
    """Of the secret that only the asker has: who knows it may take the pictures back."""
    region_code: Mapped[str | None]
    at: Mapped[datetime | None]
    """The moment that was asked about."""
    model_key: Mapped[str]
    named: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """The ids of the people whom the answer suggested, so that one who opts out is forgotten here too."""
    kept_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
