"""The tables. Postgres is the truth: every artefact can be rebuilt from these rows. All times are aware UTC."""

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import DateTime, Float, Integer, Text

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


JOBS = (
    "actor", "guest", "presenter", "commentator",
    "director", "writer", "adapter", "producer", "composer", "editor",
)  # fmt: skip
"""The jobs of a credit, as XMLTV names them."""


class Base(DeclarativeBase):
    """Maps Python types to the column types used throughout."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text,
        int: Integer,
        float: Float,
        bytes: LargeBinary,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        list[str]: ARRAY(Text),
        list[float]: ARRAY(Float),
        Range[datetime]: TSTZRANGE,
    }


def surrogate_key() -> Mapped[int]:
    """A bigint identity primary key."""
    return mapped_column(BigInteger, Identity(), primary_key=True)


def one_of(column: str, *values: str) -> CheckConstraint:
    """A check that the column holds one of `values`; it is named after the column."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def reference(target: str, *, index: bool = True) -> Mapped[int]:
    """A foreign key that goes away with its target."""
    return mapped_column(BigInteger, ForeignKey(target, ondelete="CASCADE"), index=index)


class Region(Base):
    """A broadcast market."""

    __tablename__ = "region"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    country: Mapped[str]
    """ISO 3166-1 alpha-2."""
    time_zone: Mapped[str]
    """IANA name, used for the region's days."""
    zones: Mapped[list[str]] = mapped_column(server_default=text("'{}'::text[]"))
    """All its time zones (IANA): a point in one of them is in the region."""


class Channel(Base):
    """A channel, known to its listings sources by ids of their own."""

    __tablename__ = "channel"
    id: Mapped[int] = surrogate_key()
    slug: Mapped[str] = mapped_column(unique=True)
    """The name folded to `[a-z0-9+-]`, by which sources and callers meet: `france-2`, `canal+`. Beyond the French
    market its market follows: `itv1-gb`."""
    name: Mapped[str]
    icon_url: Mapped[str | None]


class ChannelAlias(Base):
    """Another name of a channel; two markets can mean two channels by it."""

    __tablename__ = "channel_alias"
    channel_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """The name as `db.keys.channel_key` folds it."""


class Lineup(Base):
    """A channel that a region receives."""

    __tablename__ = "lineup"
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"), primary_key=True)
    channel_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("channel.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    position: Mapped[int]


class Programme(Base):
    """A work: a film, a series, a programme. Episodes are told apart on the airing."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("title_key", "kind", "year", postgresql_nulls_not_distinct=True),
        one_of("kind", "film", "series", "other"),
    )
    id: Mapped[int] = surrogate_key()
    title: Mapped[str]
    title_key: Mapped[str]
    """The title folded for matching: lower case, no accents, single spaces."""
    kind: Mapped[str]
    """`film`, `series` or `other`."""
    year: Mapped[int | None]


class ProgrammeTitle(Base):
    """Another title of a programme: abroad, or the original."""

    __tablename__ = "programme_title"
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    title_key: Mapped[str] = mapped_column(primary_key=True, index=True)
    title: Mapped[str]


class ProgrammeId(Base):
    """A programme's id in a large database. Two programmes share one where listings describe one work differently."""

    __tablename__ = "programme_id"
    __table_args__ = (Index("ix_programme_id_system_value", "system", "value"),)
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    system: Mapped[str] = mapped_column(primary_key=True)
    """`imdb`, `tmdb`, `tvmaze`, `wikidata`, `allocine`…"""
    value: Mapped[str]


class Airing(Base):
    """A programme on one channel from start to stop. Two airings of one channel cannot overlap."""

    __tablename__ = "airing"
    __table_args__ = (
        ExcludeConstraint(("channel_id", "="), ("during", "&&"), name="ex_airing_channel_during", using="gist"),
        CheckConstraint("NOT (isempty(during) OR lower_inf(during) OR upper_inf(during))", name="bounded"),
        CheckConstraint("lower_inc(during) AND NOT upper_inc(during)", name="half_open"),
        Index("ix_airing_during", "during", postgresql_using="gist"),
    )
    id: Mapped[int] = surrogate_key()
    channel_id: Mapped[int] = reference("channel.id", index=False)
    programme_id: Mapped[int] = reference("programme.id")
    during: Mapped[Range[datetime]]
    episode_title: Mapped[str | None]
    season: Mapped[int | None]
    episode: Mapped[int | None]
    source: Mapped[str]
    """The listings source that said so."""
    crawled_at: Mapped[datetime]
    channel: Mapped[Channel] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")


class Person(Base):
    """Somebody who is credited. Two people may share a name; of those without any id, only one has it."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_opted_out", "id", postgresql_where=text("opted_out")),)
    id: Mapped[int] = surrogate_key()
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(index=True)
    """The name folded for matching: lower case, no accents, single spaces."""
    latest_credit: Mapped[dict[str, Any] | None]
    """Where the viewer may have seen them before: `{title, year, role, co_star}`."""
    opted_out: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether they said so; who else is left out for it, `db.queries.opt_outs` says."""


class PersonAlias(Base):
    """Another name of a person: another spelling, another script."""

    __tablename__ = "person_alias"
    person_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name_key: Mapped[str] = mapped_column(primary_key=True, index=True)
    name: Mapped[str]


class PersonId(Base):
    """A person's id in a large database: nobody else's, and the only one they have there."""

    __tablename__ = "person_id"
    __table_args__ = (UniqueConstraint("person_id", "system"),)
    system: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = reference("person.id", index=False)


class PersonMerge(Base):
    """Two people who turned out to be one: what is needed to part them again."""

    __tablename__ = "person_merge"
    id: Mapped[int] = surrogate_key()
    kept_id: Mapped[int] = mapped_column(BigInteger, index=True)
    gone_id: Mapped[int] = mapped_column(BigInteger, index=True)
    reason: Mapped[str]
    before: Mapped[dict[str, Any]]
    """Both people's rows as they were."""
    merged_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    """Once undone, the two are never merged again."""


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
    """Whether a source gave the person's id; else only the name says that it is them."""
    person: Mapped[Person] = relationship(lazy="raise")
    programme: Mapped[Programme] = relationship(lazy="raise")


class Billing(Base):
    """A cast source's word that a credit is for the whole programme (`part` is empty) or one episode (`S2E5`)."""

    __tablename__ = "billing"
    credit_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("credit.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)


class AiringCredit(Base):
    """A credit for this very airing, by its listing or a billing (an episode's guests are not in every episode)."""

    __tablename__ = "airing_credit"
    airing_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("airing.id", ondelete="CASCADE"), primary_key=True)
    credit_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("credit.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Photo(Base):
    """A picture that a source offers of a person, with what allows us to hold it, and whether we do."""

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
    """None while it is only offered, and when it was refused before it was held."""
    object_key: Mapped[str | None]
    source: Mapped[str]
    origin: Mapped[str]
    """Where it came from: a URL, or a file name in the photo folder."""
    licence: Mapped[str | None]
    credit_line: Mapped[str | None]
    """Whom to name under it."""
    kind: Mapped[str] = mapped_column(server_default=text("'portrait'"))
    """`portrait`, or `still`: the person in a programme."""
    of: Mapped[str | None]
    """The title of the programme that a still is from."""
    state: Mapped[str]
    """`offered` (not fetched), `gathered`, `usable` (a face was enrolled) or `refused`."""
    reason: Mapped[str | None]
    """Why it was refused, or not to be had when it was last tried."""
    gathered_at: Mapped[datetime]
    """When it was fetched; until then, when it was offered."""
    keep_for: Mapped[timedelta | None]
    """How long its source allows us to keep it."""
    expires_at: Mapped[datetime | None]


class Scan(Base):
    """A picture that was looked at with one model key: nothing is ever embedded twice, also when it had no face."""

    __tablename__ = "scan"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    model_key: Mapped[str] = mapped_column(primary_key=True)
    faces: Mapped[int]
    problem: Mapped[str | None]
    """Why it could not be read, if so."""
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


class GalleryRelease(Base):
    """A published gallery. The `current` row of a (region, slot, model key) is the pointer that queries follow."""

    __tablename__ = "gallery_release"
    __table_args__ = (
        Index(
            "uq_gallery_release_current",
            "model_key",
            "slot",
            "region_code",
            unique=True,
            postgresql_where=text("state = 'current'"),
        ),
        Index("ix_gallery_release_region_code_slot", "region_code", "slot"),
        one_of("state", "current", "previous", "retired"),
        CheckConstraint("slot = date_bin('30 minutes', slot, 'epoch'::timestamptz)", name="slot"),
    )
    id: Mapped[int] = surrogate_key()
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"))
    slot: Mapped[datetime]
    """Start of the half-open 30-minute window."""
    model_key: Mapped[str]
    object_key: Mapped[str]
    """The manifest's key in storage."""
    sha256: Mapped[str]
    """Of the manifest, which carries those of its parts."""
    people: Mapped[int]
    templates: Mapped[int]
    airings: Mapped[int]
    size_bytes: Mapped[int]
    built_at: Mapped[datetime]
    state: Mapped[str]
    """`current`, `previous` (kept for a rollback) or `retired`."""


class PreparedGallery(Base):
    """The gallery of one programme, prepared by hand and outside the schedule. A new one takes the place of the old."""

    __tablename__ = "prepared_gallery"
    programme_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("programme.id", ondelete="CASCADE"), primary_key=True
    )
    model_key: Mapped[str] = mapped_column(primary_key=True)
    object_key: Mapped[str]
    """The manifest's key in storage."""
    sha256: Mapped[str]
    """Of the manifest, which carries those of its parts."""
    people: Mapped[int]
    templates: Mapped[int]
    size_bytes: Mapped[int]
    built_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    """When the first of its photos must be let go, and the gallery with it."""


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


class SlotCoverage(Base):
    """How much of what is on in a region in half an hour can be named, as its last indexing run measured it."""

    __tablename__ = "slot_coverage"
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[datetime] = mapped_column(primary_key=True)
    """Start of the half-open 30-minute window."""
    airings: Mapped[int]
    with_cast: Mapped[int]
    """Airings of which somebody on screen is known by name."""
    people: Mapped[int]
    """People on screen, each once."""
    known: Mapped[int]
    """Those of them whose face is known."""
    measured_at: Mapped[datetime]


class OpsOrder(Base):
    """What somebody ordered at the operations dashboard, which changes nothing itself: the indexer carries it out."""

    __tablename__ = "ops_order"
    __table_args__ = (
        one_of("kind", "retry", "rollback", "opt_out", "part"),
        one_of("state", "pending", "running", "done", "failed"),
        Index(
            "uq_ops_order_pending",
            "kind",
            "region_code",
            "slot",
            "airing_id",
            "person_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_ops_order_requested_at", "requested_at"),
    )
    id: Mapped[int] = surrogate_key()
    kind: Mapped[str]
    """`retry` (ask the sources again), `rollback` (of a region's last publication), `opt_out` (of a person) or `part`
    (two people whom a merge made one; `person_id` is of the one who had gone)."""
    region_code: Mapped[str | None]
    slot: Mapped[datetime | None]
    """Start of the half-open 30-minute window."""
    airing_id: Mapped[int | None] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigInteger)
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    """`pending`, `running`, `done` or `failed`. The same order is not filed twice while it is pending."""
    message: Mapped[str | None]
    """What came of it, or why it waits."""
    finished_at: Mapped[datetime | None]
