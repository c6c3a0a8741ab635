"""Finding the work that a listed programme is, in one source: by id, else by all that is known of it, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from db.queries.programmes import ProgrammeRow
from indexer.identity.programmes import FOUND, Listed, Verdict, choose, plausible
from indexer.sources.protocols import CastRecord, CastSource, ProgrammeRecord

COMPARED = 4
"""The casts of so many works of one title are compared."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The work and its cast, or why it cannot be told (`outcome`, as lookups call it, and a `detail` for people)."""

    outcome: str
    cast: Sequence[CastRecord] = ()
    programme: ProgrammeRecord | None = None
    detail: str | None = None
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other names of people in the cast, by the name that the source gives them."""


def can_be_recognised(programme: ProgrammeRow) -> bool:
    """Whether anything tells it from others of its title: an id, its people, or that it is a film or a series."""
    return bool(programme.ids or programme.names or programme.kind != "other")


def recognise(source: CastSource, programme: ProgrammeRow) -> Recognised:
    """The cast of the programme as the source knows it. Raises what the source raises."""
    if programme.ids and (cast := source.cast(programme.ids)) is not None:
        return Recognised(FOUND, cast)
    listed = Listed(programme.titles, programme.kind, programme.year, programme.names, programme.ids)
    works = _search(source, listed)[:COMPARED]
    casts: dict[int, Sequence[CastRecord]] = {}
    if listed.names:
        casts = {place: source.cast(work.ids) or () for place, work in enumerate(works)}
    names = [[*work.cast_names, *(record.name for record in casts.get(place, ()))] for place, work in enumerate(works)]
    return _recognised(source, works, casts, choose(listed, list(zip(works, names, strict=True))))


def _recognised(
    source: CastSource,
    works: Sequence[ProgrammeRecord],
    casts: dict[int, Sequence[CastRecord]],
    verdict: Verdict,
) -> Recognised:
    if verdict.programme is None:
        return Recognised(verdict.outcome, detail=verdict.detail)
    place = works.index(verdict.programme)
    cast = casts[place] if place in casts else source.cast(verdict.programme.ids) or ()
    return Recognised(verdict.outcome, cast, verdict.programme)


def _search(source: CastSource, listed: Listed) -> list[ProgrammeRecord]:
    """What could be it: looked for by its main title, then by the others."""
    kind = None if listed.kind == "other" else listed.kind
    for title in listed.titles:
        if works := plausible(listed, source.search(title, kind=kind, year=listed.year)):
            return works
    return []
