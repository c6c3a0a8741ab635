"""Who is in what: credits, their billings by cast sources, and the credits of each airing."""

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from db.models.base import Base, one_of, reference, surrogate_key
from db.models.people import Person
from db.models.programmes import Programme

JOBS = (
    "actor", "guest", "presenter", "commentator",
    "director", "writer", "adapter", "producer", "composer", "editor",
)  # fmt: skip
"""The jobs of a credit, as XMLTV names them."""


class Credit(Base):
    """A person's part in a programme."""

    __tablename__ = "credit"
    __table_args__ = (
        UniqueConstraint("programme_id", "person_id", "job", "role", postgresql_nulls_not_distinct=True),
        one_of("job", *JOBS),
    )
    id: Mapped[int] = surrogate_key()
    programme_id: Mapped[int] = reference("programme.id", index=False)
    person_id: Mapped[int] = reference("person.id")
    job: Mapped[str]
    """One of `JOBS`: `actor`, `guest`, `presenter` are on screen; `director` and other crew are not."""
    role: Mapped[str | None]
    """The character, where the source names it."""
    position: Mapped[int]
    source: Mapped[str]
    identified: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a source gave the person's id. Otherwise the person was matched by name alone."""
    person: Mapped[Person] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")


class Billing(Base):
    """A cast source lists a credit for the whole programme (`part` is empty) or for one episode (`S2E5`)."""

    __tablename__ = "billing"
    credit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("credit.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)


class AiringCredit(Base):
    """A credit that applies to an airing, by its listing or by a billing: guests are not in every episode."""

    __tablename__ = "airing_credit"
    airing_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("airing.id", ondelete="CASCADE"), primary_key=True)
    credit_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("credit.id", ondelete="CASCADE"), primary_key=True, index=True
    )
