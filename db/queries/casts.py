"""Writes casts: credits, their billings, and the credits of each airing. Only differences are written."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import delete, literal, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.models import Airing, AiringCredit, Billing, Credit, PersonId

ON_SCREEN = ("actor", "guest", "presenter")
"""The jobs of people whose face is visible."""


class CreditKey(NamedTuple):
    """The natural key of a credit."""

    programme_id: int
    person_id: int
    job: str
    role: str | None


class Place(NamedTuple):
    """A credit's position in the cast, and whether a source gave the person's id."""

    position: int
    identified: bool

    def best_of(self, other: "Place") -> "Place":
        """The earlier position, and identified if either is."""
        return Place(min(self.position, other.position), self.identified or other.identified)


def ensure_credits(session: Session, places: Mapping[CreditKey, Place], *, source: str) -> dict[CreditKey, int]:
    """Create missing credits, and return the ids of all. A credit keeps the best place that it was ever given."""
    known = _credits(session, places)
    missing = [
        {**key._asdict(), **place._asdict(), "source": source} for key, place in places.items() if key not in known
    ]
    if missing:
        session.execute(insert(Credit).on_conflict_do_nothing(), missing)
        known = _credits(session, places)
    better = [
        {"id": known[key][0], **place.best_of(known[key][1])._asdict()}
        for key, place in places.items()
        if place.best_of(known[key][1]) != known[key][1]
    ]
    if better:
        session.execute(update(Credit), better)
    return {key: credit_id for key, (credit_id, _) in known.items()}


def set_role(session: Session, credit_id: int, role: str) -> None:
    """Set the role of a credit that had none."""
    session.execute(update(Credit).where(Credit.id == credit_id).values(role=role))


def _credits(session: Session, keys: Iterable[CreditKey]) -> dict[CreditKey, tuple[int, Place]]:
    wanted = set(keys)
    programmes = sorted({key.programme_id for key in wanted})
    columns = (Credit.programme_id, Credit.person_id, Credit.job, Credit.role)
    rows = session.execute(
        select(*columns, Credit.id, Credit.position, Credit.identified).where(Credit.programme_id.in_(programmes))
    )
    found = {CreditKey(*row[:4]): (row[4], Place(*row[5:])) for row in rows}
    return {key: found[key] for key in wanted & found.keys()}


def replace_billing(session: Session, programme_id: int, source: str, part: str, credit_ids: Collection[int]) -> None:
    """Replace the credits that the source lists for the programme, or for the episode `part` of it."""
    said = (Billing.source == source, Billing.part == part)
    mine = select(Credit.id).where(Credit.programme_id == programme_id).scalar_subquery()
    session.execute(delete(Billing).where(*said, Billing.credit_id.in_(mine), Billing.credit_id.not_in(credit_ids)))
    new = select(Credit.id, literal(source), literal(part)).where(
        Credit.id.in_(credit_ids)
    )  # a credit may be gone since: people get merged
    session.execute(insert(Billing).from_select(["credit_id", "source", "part"], new).on_conflict_do_nothing())


def billed_credits(session: Session, programmes: Collection[int]) -> dict[tuple[int, str], set[int]]:
    """The credits that cast sources list: (programme id, part) -> credit ids."""
    rows = session.execute(
        select(Credit.programme_id, Billing.part, Billing.credit_id)
        .join(Credit, Credit.id == Billing.credit_id)
        .where(Credit.programme_id.in_(list(programmes)))
    )
    billed: dict[tuple[int, str], set[int]] = {}
    for programme_id, part, credit_id in rows:
        billed.setdefault((programme_id, part), set()).add(credit_id)
    return billed


def billing_sources(session: Session, programmes: Collection[int]) -> set[tuple[int, str, str]]:
    """Which sources have listed a cast for what: (programme id, source, part)."""
    rows = session.execute(
        select(Credit.programme_id, Billing.source, Billing.part)
        .join(Credit, Credit.id == Billing.credit_id)
        .where(Credit.programme_id.in_(list(programmes)))
        .distinct()
    )
    return {(programme_id, source, part) for programme_id, source, part in rows}


def billed_ids(session: Session, programme_id: int, source: str) -> set[tuple[str, str]]:
    """The ids (system, value) of the people whom the source lists for the whole programme."""
    people = (
        select(Credit.person_id)
        .join(Billing, Billing.credit_id == Credit.id)
        .where(Credit.programme_id == programme_id, Billing.source == source, Billing.part == "")
    )
    rows = session.execute(select(PersonId.system, PersonId.value).where(PersonId.person_id.in_(people)))
    return {(system, value) for system, value in rows}


def add_billed_credits(session: Session, programme_id: int) -> None:
    """Add the billed credits to the programme's airings: an episode's guests to airings of that episode only."""
    billed = billed_credits(session, [programme_id])
    airings = session.execute(
        select(Airing.id, Airing.season, Airing.episode).where(Airing.programme_id == programme_id)
    )
    rows = [
        {"airing_id": airing_id, "credit_id": credit_id}
        for airing_id, season, episode in airings
        for part in {"", part_of(season, episode)}
        for credit_id in sorted(billed.get((programme_id, part), ()))
    ]
    if rows:
        session.execute(insert(AiringCredit).on_conflict_do_nothing(), rows)


def part_of(season: int | None, episode: int | None) -> str:
    """An episode as named in billings and lookups; empty when the listing does not number it.

    >>> part_of(2, 5)
    'S2E5'
    """
    return "" if season is None or episode is None else f"S{season}E{episode}"


def replace_airing_credits(session: Session, casts: Mapping[int, Iterable[int]]) -> tuple[int, int]:
    """Give each airing exactly these credits (airing id -> credit ids). Returns how many were added and removed."""
    wanted = {(airing_id, credit_id) for airing_id, credits in casts.items() for credit_id in credits}
    rows = session.execute(
        select(AiringCredit.airing_id, AiringCredit.credit_id).where(AiringCredit.airing_id.in_(list(casts)))
    )
    present = {(airing_id, credit_id) for airing_id, credit_id in rows}
    if stale := sorted(present - wanted):
        session.execute(delete(AiringCredit).where(tuple_(AiringCredit.airing_id, AiringCredit.credit_id).in_(stale)))
    if new := sorted(wanted - present):
        session.execute(
            insert(AiringCredit).on_conflict_do_nothing(),
            [{"airing_id": airing_id, "credit_id": credit_id} for airing_id, credit_id in new],
        )
    return len(wanted - present), len(present - wanted)
