"""Photos of people, and the faces found in them."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from db.models.base import Base, one_of, reference, surrogate_key


class Photo(Base):
    """A picture that a source offers of a person, the terms on which we may store it, and whether we do."""

    __tablename__ = "photo"
    __table_args__ = (
        UniqueConstraint("person_id", "sha256"),
        UniqueConstraint("person_id", "origin"),
        one_of("state", "offered", "gathered", "usable", "refused"),
        CheckConstraint("(sha256 IS NULL) = (object_key IS NULL)", name="held"),
        CheckConstraint("state = 'refused' OR (sha256 IS NULL) = (state = 'offered')", name="offered"),
        one_of("kind", "portrait", "still"),
    )
    id: Mapped[int] = surrogate_key()
    person_id: Mapped[int] = reference("person.id", index=False)
    credit_id: Mapped[int] = reference("credit.id")
    """The credit that justified gathering it."""
    sha256: Mapped[str | None] = mapped_column(index=True)
    """None until the picture is stored: while it is only offered, or when it was refused before."""
    object_key: Mapped[str | None]
    source: Mapped[str]
    origin: Mapped[str]
    """Its URL, or its file name in the photo folder."""
    licence: Mapped[str | None]
    credit_line: Mapped[str | None]
    """The credit to show under it."""
    kind: Mapped[str] = mapped_column(server_default=text("'portrait'"))
    """`portrait`, or `still`: the person in a programme."""
    of: Mapped[str | None]
    """The title of the programme that a still is from."""
    state: Mapped[str]
    """`offered` (not fetched), `gathered`, `usable` (a face was enrolled) or `refused`."""
    reason: Mapped[str | None]
    """Why it was refused, or why the last download failed."""
    gathered_at: Mapped[datetime]
    """When it was downloaded; until then, when it was first offered."""
    keep_for: Mapped[timedelta | None]
    """How long its source allows us to store it."""
    expires_at: Mapped[datetime | None]


class Scan(Base):
    """A picture that was analysed with one model key, so that no picture is analysed twice, even one without a face."""

    __tablename__ = "scan"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    model_key: Mapped[str] = mapped_column(primary_key=True)
    faces: Mapped[int]
    problem: Mapped[str | None]
    """Why it could not be read, if it could not."""
    scanned_at: Mapped[datetime]


class Template(Base):
    """One embedded face of one picture."""

    __tablename__ = "template"
    __table_args__ = (UniqueConstraint("sha256", "model_key", "face"),)
    id: Mapped[int] = surrogate_key()
    sha256: Mapped[str]
    model_key: Mapped[str]
    face: Mapped[int]
    """Its number in the picture, best quality first."""
    box: Mapped[list[float]]
    confidence: Mapped[float]
    quality: Mapped[float]
    vector: Mapped[bytes]
    """float32, little-endian, L2-normalised."""
