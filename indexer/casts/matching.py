"""Finding the work that a listed programme is, in one source: by id, else by all that is known of it, or not at all."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from db.queries.programmes import ProgrammeRow
from indexer.identity.decorations import undecorated
from indexer.identity.programmes import FOUND, ListedProgramme, candidates, choose_work
from indexer.sources.protocols import CastRecord, CastSource, ProgrammeRecord
from indexer.sources.records import Kind

COMPARED = 4
"""The casts of so many works of one title are compared."""


@dataclass(frozen=True, slots=True)
class MatchedWork:
    """The work and its cast, or why it cannot be told (`outcome`, as lookups call it, and a `detail` for people)."""

    outcome: str
    cast: Sequence[CastRecord] = ()
    programme: ProgrammeRecord | None = None
    detail: str | None = None
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Other names of people in the cast, by the name that the source gives them."""

    @property
    def names(self) -> list[str]:
        """All names of all people in it."""
        at_once = self.programme.cast_names if self.programme else ()
        others = (name for names in self.aliases.values() for name in names)
        return [*at_once, *(record.name for record in self.cast), *others]


def can_be_matched(programme: ProgrammeRow) -> bool:
    """Whether anything tells it from others of its title: an id, its people, or that it is a film or a series."""
    return bool(programme.ids or programme.names or programme.kind != "other")


AliasesOf: TypeAlias = Callable[[Sequence[CastRecord], frozenset[str]], Mapping[str, Sequence[str]]]
"""The other names of people in a cast that is to be compared with these names."""


def match_work(source: CastSource, programme: ProgrammeRow, aliases_of: AliasesOf) -> MatchedWork:
    """The cast of the programme as the source knows it. Raises what the source raises."""
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
    """Its titles as they are listed, then without what guides write around them."""
    bare = (undecorated(title)[0] for title in programme.titles)
    return tuple(dict.fromkeys((*programme.titles, *bare)))


def year_in_title(programme: ProgrammeRow) -> int | None:
    """The year that the guide gives with the title only."""
    return next((year for title in programme.titles if (year := undecorated(title)[1])), None)


def asked_kind(programme: ProgrammeRow | ListedProgramme) -> Kind | None:
    """The kind that a search is narrowed to: `other` is only what the listing could not tell."""
    return None if programme.kind == "other" else programme.kind


def _search(source: CastSource, listed: ListedProgramme) -> list[ProgrammeRecord]:
    """What could be it: looked for by its main title, then by the others."""
    for title in listed.titles:
        if works := candidates(listed, source.search(title, kind=asked_kind(listed), year=listed.year)):
            return works
    return []
