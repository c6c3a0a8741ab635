"""Finds a listed programme in one cast source: by id, else by title, kind, year and cast; in doubt, not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from db.queries.programmes import ProgrammeRow
from indexer.identity.decorations import undecorated
from indexer.identity.programmes import FOUND, ListedProgramme, candidates, choose_work
from indexer.sources.protocols import CastRecord, CastSource, ProgrammeRecord
from indexer.sources.records import Kind

COMPARED = 4
"""How many works of one title have their casts compared."""


@dataclass(frozen=True, slots=True)
class MatchedWork:
    """The work found and its cast, or why none was: `outcome`, as stored in `lookup`, and a `detail` for people."""

    outcome: str
    cast: Sequence[CastRecord] = ()
    programme: ProgrammeRecord | None = None
    detail: str | None = None
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other names of people in the cast, by the name that the source uses."""

    @property
    def names(self) -> list[str]:
        """All names of all people in the cast."""
        from_search = self.programme.cast_names if self.programme else ()
        others = (name for names in self.aliases.values() for name in names)
        return [*from_search, *(record.name for record in self.cast), *others]


def can_be_matched(programme: ProgrammeRow) -> bool:
    """Whether anything but the title identifies it: an id, its people, or that it is a film or a series."""
    return bool(programme.ids or programme.names or programme.kind != "other")


AliasesOf: TypeAlias = Callable[[Sequence[CastRecord], frozenset[str]], Mapping[str, Sequence[str]]]
"""Finds other names of the people in a cast, which is to be compared with the given names (`Aliases.of`)."""


def match_work(source: CastSource, programme: ProgrammeRow, aliases_of: AliasesOf) -> MatchedWork:
    """Find the programme in the source, and its cast. Raises what the source raises."""
    if programme.ids and (cast := source.cast(programme.ids)) is not None:
        return MatchedWork(FOUND, cast, aliases=aliases_of(cast, programme.names))
    year = programme.year or year_in_title(programme)
    listed = ListedProgramme(possible_titles(programme), programme.kind, year, programme.names, programme.ids)
    casts: list[tuple[ProgrammeRecord, MatchedWork]] = []
    for work in _search(source, listed)[:COMPARED]:
        cast = (source.cast(work.ids) or ()) if listed.names else ()
        casts.append((work, MatchedWork(FOUND, cast, work, aliases=aliases_of(cast, listed.names))))
    verdict = choose_work(listed, [(work, found.names) for work, found in casts])
    if verdict.programme is None:
        return MatchedWork(verdict.outcome, detail=verdict.detail)
    chosen = next(found for work, found in casts if work is verdict.programme)
    return chosen if listed.names else replace(chosen, cast=source.cast(verdict.programme.ids) or ())


def possible_titles(programme: ProgrammeRow) -> tuple[str, ...]:
    """Its titles as listed, then without the decorations that guides add."""
    bare = (undecorated(title)[0] for title in programme.titles)
    return tuple(dict.fromkeys((*programme.titles, *bare)))


def year_in_title(programme: ProgrammeRow) -> int | None:
    """The year that the guide writes into the title, if any."""
    return next((year for title in programme.titles if (year := undecorated(title)[1])), None)


def asked_kind(programme: ProgrammeRow | ListedProgramme) -> Kind | None:
    """The kind to search for; None for `other`, which means that the listing could not tell."""
    return None if programme.kind == "other" else programme.kind


def _search(source: CastSource, listed: ListedProgramme) -> list[ProgrammeRecord]:
    """The candidates found by the first title, the main one first, that finds any."""
    for title in listed.titles:
        if works := candidates(listed, source.search(title, kind=asked_kind(listed), year=listed.year)):
            return works
    return []
