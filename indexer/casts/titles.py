"""Searches the cast sources for a title, and merges what several of them know of the same work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from indexer.errors import NotFound, SourceError, TitleNotFound
from indexer.identity.people import ids_conflict
from indexer.identity.programmes import count_shared_names
from indexer.identity.spelling import title_spelling
from indexer.job.outside import Outside
from indexer.sources.protocols import CastSource, ProgrammeRecord
from indexer.sources.records import Kind
from indexer.sources.registry import CASTS

CASTS_COMPARED = 5
"""How many works of a source have their casts fetched: the cast tells works with the same title apart."""
YEAR_TOLERANCE = 1


@dataclass(frozen=True, slots=True)
class Match:
    """A work, merged from all `sources` that know it; `cast` holds names, the most important first."""

    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    ids: Mapping[str, str]
    cast: tuple[str, ...]
    sources: tuple[str, ...]

    def is_called(self, title: str) -> bool:
        """Whether `title` is one of its titles, compared by their folded spelling."""
        return title_spelling(title) in map(title_spelling, self.titles)


@dataclass(frozen=True, slots=True)
class TitleSearch:
    """The result of a search: the works found, best first, and the error of each source that failed."""

    title: str
    matches: tuple[Match, ...]
    failures: Mapping[str, str]

    @property
    def unambiguous(self) -> Match | None:
        """The only work with that title, or the only one found; None when several are possible."""
        called = [match for match in self.matches if match.is_called(self.title)] or self.matches
        return called[0] if len(called) == 1 else None


def find_title(outside: Outside, title: str, *, kind: Kind | None = None, year: int | None = None) -> TitleSearch:
    """Search every cast source for the title. Raises `TitleNotFound`, with the reasons, when none knows it."""
    failures: dict[str, str] = {}
    matches: list[Match] = []
    for source in outside.sources.casts:
        try:
            works = outside.breakers.call(source.name, partial(source.search, title, kind=kind, year=year))
        except NotFound:
            continue
        except SourceError as error:
            failures[source.name] = str(error)
            continue
        fitting = [_match(source, work) for work in works if _fits(work, kind, year)]
        matches += _with_casts(outside, source, title, fitting)
    if not matches:
        raise TitleNotFound(_nothing_found(outside, title, failures))
    together = merge_matches(matches)
    return TitleSearch(title, tuple(sorted(together, key=lambda match: not match.is_called(title))), failures)


def merge_matches(matches: Iterable[Match]) -> list[Match]:
    """The matches, with those that are the same work merged into one.

    Two are the same work when they share an id, or when title, kind and year agree and their casts have a name in
    common; never when they have different ids of the same system.
    """
    together: list[Match] = []
    for match in matches:
        place = len(together)
        while (same := next((n for n, known in enumerate(together) if _are_same(known, match)), None)) is not None:
            place, match = min(place, same), _merged(together.pop(same), match)
        together.insert(place, match)
    return together


def _fits(work: ProgrammeRecord, kind: Kind | None, year: int | None) -> bool:
    right_year = year is None or work.year is None or abs(work.year - year) <= YEAR_TOLERANCE
    return right_year and kind in (None, work.kind)


def _match(source: CastSource, work: ProgrammeRecord) -> Match:
    return Match(work.titles, work.kind, work.year, work.ids, work.cast_names, (source.name,))


def _with_casts(outside: Outside, source: CastSource, title: str, matches: Sequence[Match]) -> list[Match]:
    """The matches that have exactly this title, else all of them, with their casts fetched."""
    called = [match for match in matches if match.is_called(title)]
    return [replace(match, cast=_cast(outside, source, match)) for match in (called or matches)[:CASTS_COMPARED]]


def _cast(outside: Outside, source: CastSource, match: Match) -> tuple[str, ...]:
    try:
        cast = outside.breakers.call(source.name, partial(source.cast, match.ids))
    except SourceError:  # recorded by the circuit breakers; the title can be prepared from another source
        return match.cast
    return tuple(dict.fromkeys(record.name for record in cast or ())) or match.cast


def _are_same(one: Match, other: Match) -> bool:
    if ids_conflict(one.ids, other.ids):
        return False
    if not one.ids.items().isdisjoint(other.ids.items()):
        return True
    same_title = any(one.is_called(title) for title in other.titles)
    same_year = one.year is not None and other.year is not None and abs(one.year - other.year) <= YEAR_TOLERANCE
    return same_title and same_year and one.kind == other.kind and count_shared_names(one.cast, other.cast) > 0


def _merged(one: Match, other: Match) -> Match:
    return Match(
        titles=tuple(dict.fromkeys(one.titles + other.titles)),
        kind=one.kind,
        year=one.year or other.year,
        ids={**other.ids, **one.ids},
        cast=one.cast or other.cast,
        sources=one.sources + other.sources,
    )


def _nothing_found(outside: Outside, title: str, failures: Mapping[str, str]) -> str:
    asked = [source.name for source in outside.sources.casts]
    left_out = outside.sources.left_out
    lacking = [f"{name} was not asked: {lack}." for name, lack in left_out.items() if name in CASTS]
    if not asked:
        return " ".join(["No cast source is configured; see FTA_SOURCES.", *lacking])
    failed = [f"{name} failed: {problem}" for name, problem in failures.items()]
    knows = [name for name in asked if name not in failures]
    nothing = [f"Nothing called “{title}” is known to {', '.join(knows)}: try the original title."] if knows else []
    return " ".join([*nothing, *failed, *lacking])
