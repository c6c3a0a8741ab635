"""Coverage: which people on screen have a known face, and why the others do not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from db.models import Airing, AiringCredit, Credit, Lookup, Person, PersonId, Photo
from db.queries.galleries import ListedAiring, airings_on
from db.queries.opt_outs import opted_out
from db.queries.photos import NO_FACE
from db.queries.scope import OnAir, credits_on_screen

NO_CAST = "no cast in the listing"
NO_PHOTO = "no photo"
NOT_LOOKED_AT = "photos not looked at yet"
NOT_FETCHED = "photos not fetched yet"
NOT_HAD = "photos not to be had"
NO_FACE_IN_ANY = "no face in the photos"
REFUSED = "photos refused"
OPTED_OUT = "opted out"
AMBIGUOUS_NAME = "ambiguous name"
AMBIGUOUS_TITLE = "ambiguous title"
UNMATCHED_TITLE = "unmatched title"


FAILED = ("blocked", "changed", "unavailable")
"""The states of `source_health` in which a source gave no answer."""


@dataclass(frozen=True, slots=True)
class PersonCoverage:
    """A person on screen; `reason` says why the face is not known (None: it is known)."""

    id: int
    name: str
    role: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class AiringCoverage:
    """An airing and its cast; `reason` says why no face in it is known (None: one is known)."""

    id: int
    channel: str
    channel_name: str
    title: str
    start: datetime
    stop: datetime
    people: tuple[PersonCoverage, ...]
    known: int
    """How many of the cast have a face in the index."""
    reason: str | None


def airing_coverage(session: Session, region_code: str, start: datetime, stop: datetime) -> Sequence[AiringCoverage]:
    """The region's airings that overlap [start, stop), by start, with the people on screen in the order of the cast."""
    airings = airings_on(session, region_code, start, stop)
    on_screen = credits_on_screen(OnAir(region_code, start, stop))
    statement = (
        select(AiringCredit.airing_id, Person.id, Person.name, Credit.role, opted_out())
        .join(Credit, Credit.id == AiringCredit.credit_id)
        .join(Person, Person.id == Credit.person_id)
        .where(AiringCredit.airing_id.in_([airing.id for airing in airings]), Credit.id.in_(on_screen))
        .order_by(Credit.position, Credit.id)
    )
    rows = session.execute(statement).all()
    people = {person_id for _, person_id, *_ in rows}
    photos, ambiguous, silent = _photos(session, people), _ambiguous(session, people), _silent(session, people)
    unmatched = _unmatched(session, [airing.id for airing in airings])
    casts: defaultdict[int, dict[int, PersonCoverage]] = defaultdict(dict)
    for airing_id, person_id, name, role, is_out in rows:
        reason = OPTED_OUT if is_out else _why_unknown(photos.get(person_id, {}))
        if reason == NO_PHOTO:
            no_photo = f"{NO_PHOTO}, {silent[person_id]}" if person_id in silent else NO_PHOTO
            reason = AMBIGUOUS_NAME if person_id in ambiguous else unmatched.get(airing_id, no_photo)
        casts[airing_id].setdefault(person_id, PersonCoverage(person_id, name, role, reason))
    return [_coverage(airing, casts[airing.id], unmatched.get(airing.id, NO_CAST)) for airing in airings]


def _coverage(airing: ListedAiring, cast: Mapping[int, PersonCoverage], why_no_cast: str) -> AiringCoverage:
    return AiringCoverage(
        id=airing.id,
        channel=airing.channel,
        channel_name=airing.channel_name,
        title=airing.title,
        start=airing.start,
        stop=airing.stop,
        people=tuple(cast.values()),
        known=sum(person.reason is None for person in cast.values()),
        reason=_commonest(person.reason for person in cast.values()) if cast else why_no_cast,
    )


def _commonest(reasons: Iterable[str | None]) -> str | None:
    """The most frequent reason; None when a person has none."""
    counted = Counter(reasons)
    return None if None in counted else max(sorted(map(str, counted)), key=counted.__getitem__)


def _ambiguous(session: Session, people: set[int]) -> set[int]:
    """The people without an id who share their name with somebody who has one."""
    other = aliased(Person)
    held = exists().where(PersonId.person_id == Person.id)
    shared = exists().where(other.name_key == Person.name_key, other.id != Person.id, PersonId.person_id == other.id)
    return set(session.scalars(select(Person.id).where(Person.id.in_(people), ~held, shared)))


def _silent(session: Session, people: set[int]) -> dict[int, str]:
    """For each person the photo source that failed, and how: it might have had a photo."""
    rows = session.execute(
        select(Lookup.subject_id, Lookup.source, Lookup.outcome)
        .where(Lookup.subject == "person", Lookup.part == "photos", Lookup.subject_id.in_(people))
        .where(Lookup.outcome.in_(FAILED))
        .order_by(Lookup.source.desc())
    )
    return {person_id: f"{source} {outcome}" for person_id, source, outcome in rows}


def _unmatched(session: Session, airings: Sequence[int]) -> dict[int, str]:
    """Why no cast source knows the programme of an airing: airing id -> reason, where all sources asked failed to."""
    rows = session.execute(
        select(Airing.id, Lookup.source, Lookup.outcome)
        .join(Lookup, (Lookup.subject == "programme") & (Lookup.subject_id == Airing.programme_id))
        .where(Airing.id.in_(airings), Lookup.part == "")
        .order_by(Lookup.source)
    )
    outcomes: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for airing_id, source, outcome in rows:
        outcomes[airing_id].setdefault(outcome, source)
    return {airing_id: reason for airing_id, known in outcomes.items() if (reason := _why_unmatched(known))}


def _why_unmatched(sources: Mapping[str, str]) -> str | None:
    """`sources` is outcome -> source. A failure comes first: that source might have known the programme."""
    if "found" in sources:
        return None
    failed = [f"{sources[outcome]} {outcome}" for outcome in FAILED if outcome in sources]
    unmatched = [outcome for outcome in (AMBIGUOUS_TITLE, UNMATCHED_TITLE) if outcome in sources]
    return next(iter([*failed, *unmatched]), None)


def _photos(session: Session, people: set[int]) -> dict[int, dict[tuple[str, str | None], int]]:
    """How many photos each person has, by state and reason."""
    counted = select(Photo.person_id, Photo.state, Photo.reason, func.count()).where(Photo.person_id.in_(people))
    photos: defaultdict[int, dict[tuple[str, str | None], int]] = defaultdict(dict)
    for person_id, state, reason, count in session.execute(
        counted.group_by(Photo.person_id, Photo.state, Photo.reason)
    ):
        photos[person_id][state, reason] = count
    return photos


def _why_unknown(photos: Mapping[tuple[str, str | None], int]) -> str | None:
    states = {state for state, _ in photos}
    if states <= {"offered"}:
        return _why_not_fetched([reason for _, reason in photos])
    if "usable" in states:
        return None
    if "gathered" in states:
        return NOT_LOOKED_AT
    reasons = Counter({str(reason): count for (state, reason), count in photos.items() if state == "refused"})
    if set(reasons) == {NO_FACE}:
        return NO_FACE_IN_ANY
    del reasons[NO_FACE]
    # The name breaks ties, so that the same photos always give the same reason.
    return f"{REFUSED}: {max(sorted(reasons), key=reasons.__getitem__)}"


def _why_not_fetched(reasons: Sequence[str | None]) -> str:
    """`reasons` has one entry for each photo on offer (None: not tried yet)."""
    if not reasons:
        return NO_PHOTO
    failures = sorted(reason for reason in reasons if reason is not None)
    return f"{NOT_HAD}: {failures[0]}" if failures else NOT_FETCHED
