"""Which faces the index knows of those that are on, and why it does not know the others."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from db.models import Airing, AiringCredit, Credit, Lineup, Person, Photo
from db.queries.casts import ON_SCREEN
from db.queries.galleries import ListedAiring, airings_on
from db.queries.photos import NO_FACE

NO_CAST = "no cast in the listing"
NO_PHOTO = "no photo"
NOT_LOOKED_AT = "photos not looked at yet"
NO_FACE_IN_ANY = "no face in the photos"
REFUSED = "photos refused"
OPTED_OUT = "opted out"


@dataclass(frozen=True, slots=True)
class PersonCoverage:
    """Somebody on screen; `reason` says why the face is not known, None when it is."""

    name: str
    role: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class AiringCoverage:
    """An airing and its cast; `reason` is `NO_CAST` when the listing names nobody."""

    channel: str
    channel_name: str
    title: str
    start: datetime
    stop: datetime
    people: tuple[PersonCoverage, ...]
    reason: str | None

    @property
    def known(self) -> int:
        """How many of the cast have a face in the index."""
        return sum(person.reason is None for person in self.people)


def airing_coverage(session: Session, region_code: str, start: datetime, stop: datetime) -> Sequence[AiringCoverage]:
    """The region's airings that overlap [start, stop), by start, with the people on screen in the order of the cast."""
    statement = (
        select(AiringCredit.airing_id, Person.id, Person.name, Credit.role, Person.opted_out)
        .join(Credit, Credit.id == AiringCredit.credit_id)
        .join(Person, Person.id == Credit.person_id)
        .join(Airing, Airing.id == AiringCredit.airing_id)
        .join(Lineup, Lineup.channel_id == Airing.channel_id)
        .where(
            Lineup.region_code == region_code,
            Airing.during.overlaps(Range(start, stop)),
            Credit.job.in_(ON_SCREEN),
        )
        .order_by(Credit.position, Credit.id)
    )
    rows = session.execute(statement).all()
    photos = _photos(session, {person_id for _, person_id, *_ in rows})
    casts: defaultdict[int, dict[int, PersonCoverage]] = defaultdict(dict)
    for airing_id, person_id, name, role, opted_out in rows:
        reason = OPTED_OUT if opted_out else _why_unknown(photos.get(person_id, {}))
        casts[airing_id].setdefault(person_id, PersonCoverage(name, role, reason))
    return [_coverage(airing, casts[airing.id]) for airing in airings_on(session, region_code, start, stop)]


def _coverage(airing: ListedAiring, cast: Mapping[int, PersonCoverage]) -> AiringCoverage:
    return AiringCoverage(
        channel=airing.channel,
        channel_name=airing.channel_name,
        title=airing.title,
        start=airing.start,
        stop=airing.stop,
        people=tuple(cast.values()),
        reason=None if cast else NO_CAST,
    )


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
    if not photos:
        return NO_PHOTO
    if "usable" in states:
        return None
    if "gathered" in states:
        return NOT_LOOKED_AT
    reasons = Counter({str(reason): count for (_, reason), count in photos.items()})
    if set(reasons) == {NO_FACE}:
        return NO_FACE_IN_ANY
    del reasons[NO_FACE]
    # The name breaks ties, so that the same photos always give the same reason.
    return f"{REFUSED}: {max(sorted(reasons), key=reasons.__getitem__)}"
