"""Job 6: builds one gallery per slot: the airings that overlap it, the people on screen in them, and their faces."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from db.engine import session as transaction
from db.keys import fold
from db.queries.galleries import CastRow, ListedAiring, airings_on, casts_on
from db.queries.publishing import Release, current_manifests
from gallery.artefact import PackedGallery, pack
from gallery.slots import SLOT
from gallery.types import Airing, CastMember, GalleryContent, LatestCredit, Person
from indexer.careers.latest_credits import LatestCredits
from indexer.galleries.enrol import Enrolment, enrol
from indexer.job.context import Context
from indexer.job.failures import Failures
from indexer.window import Window, slots
from storage.base import Storage

LOOK_BACK = timedelta(days=14)
"""How far back our own index is searched for a person's latest credit."""


@dataclass(frozen=True, slots=True)
class Built:
    """The galleries to publish, and the slots whose published gallery is now empty and must be withdrawn."""

    releases: tuple[Release, ...]
    empty_slots: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class _Inputs:
    """What the galleries of one run are built from."""

    airings: Sequence[ListedAiring]
    casts: Mapping[int, Sequence[CastRow]]
    enrolment: Enrolment
    latest: LatestCredits


def build_galleries(context: Context, counts: Counter[str]) -> Built:
    """Pack the gallery of every slot in the window, and store the objects that are not in storage yet.

    The same rows give the same bytes, so an unchanged gallery is recognised by its hash and not published again. A
    slot whose gallery cannot be built or stored keeps the one that it has.
    """
    wanted = list(slots(context.window))
    with transaction(context.engine) as session:
        inputs = _load(context, session, Window(wanted[0], wanted[-1] + SLOT))
        published = current_manifests(session, context.region.code, context.faces.model_key, wanted)
    releases, empty = [], []
    failures = Failures(counts)
    for slot in context.progress.track(wanted, description="Building galleries", total=len(wanted)):
        with failures.skipped(f"gallery of {slot:%Y-%m-%d %H:%M} UTC"):
            content = _content(context, inputs, slot)
            if not content.airings:
                empty.append(slot)
                continue
            packed = pack(content)
            counts["objects"] += store_objects(context.storage, packed)
            if published.get(slot) != packed.manifest_sha256:
                releases.append(_release(content, packed))
    counts.update(galleries=len(wanted) - len(empty), changed=len(releases), empty=len(empty))
    counts.update(people=len(_people(inputs.casts)), known_faces=len(inputs.enrolment.references))
    return Built(tuple(releases), tuple(slot for slot in empty if slot in published))


def _load(context: Context, session: Session, span: Window) -> _Inputs:
    code, since = context.region.code, span.start - LOOK_BACK
    airings = airings_on(session, code, since, span.stop)
    casts: defaultdict[int, list[CastRow]] = defaultdict(list)
    for member in casts_on(session, code, since, span.stop):
        casts[member.airing_id].append(member)
    latest = LatestCredits(airings, casts)
    on = [airing for airing in airings if span.overlaps(airing.start, airing.stop)]
    on_casts = {airing.id: casts[airing.id] for airing in on}
    return _Inputs(on, on_casts, enrol(context, session, _people(on_casts)), latest)


def _people(casts: Mapping[int, Iterable[CastRow]]) -> set[int]:
    return {member.person_id for cast in casts.values() for member in cast}


def _content(context: Context, inputs: _Inputs, slot: datetime) -> GalleryContent:
    window = Window(slot, slot + SLOT)
    airings = [airing for airing in inputs.airings if window.overlaps(airing.start, airing.stop)]
    titles: defaultdict[int, list[str]] = defaultdict(list)
    members: dict[int, CastRow] = {}
    for airing in airings:
        for member in inputs.casts[airing.id]:
            members[member.person_id] = member
            titles[member.person_id].append(airing.title)
    people = tuple(_person(member, inputs, slot, titles[person_id]) for person_id, member in sorted(members.items()))
    return GalleryContent(
        region=context.region.code,
        slot=slot,
        model_key=context.faces.model_key,
        people=people,
        airings=tuple(_airing(airing, inputs.casts[airing.id]) for airing in airings),
        vectors=inputs.enrolment.stacked(people, context.faces.dimension),
    )


def _person(member: CastRow, inputs: _Inputs, slot: datetime, on_now: Collection[str]) -> Person:
    """The person with their latest credit: the sources' one, or ours where that is in a title they are in now."""
    credit = LatestCredit(**member.latest_credit) if member.latest_credit else None
    if credit is None or fold(credit.title) in set(map(fold, on_now)):
        credit = inputs.latest.before(member.person_id, slot, on_now)
    return Person(member.person_id, member.name, credit, inputs.enrolment.references.get(member.person_id, ()))


def _airing(airing: ListedAiring, cast: Sequence[CastRow]) -> Airing:
    members = tuple(CastMember(member.person_id, member.job, member.role) for member in cast)
    described = airing._asdict()
    del described["year"]
    return Airing(**described, cast=members)


def store_objects(storage: Storage, packed: PackedGallery) -> int:
    """Store those of the gallery's objects that are missing: how many."""
    missing = {key: data for key, data in packed.objects.items() if storage.size(key) != len(data)}
    for key, data in missing.items():
        storage.put(key, data)
    return len(missing)


def _release(content: GalleryContent, packed: PackedGallery) -> Release:
    return Release(
        slot=content.slot,
        object_key=packed.manifest_key,
        sha256=packed.manifest_sha256,
        people=len(content.people),
        templates=len(content.vectors),
        airings=len(content.airings),
        size_bytes=packed.size_bytes,
    )
