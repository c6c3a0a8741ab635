"""The works that cast sources know under a title: found, told apart, and those of several sources put together."""

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
"""Of so many works that a source names, the cast is asked for: it tells works of one title apart."""
YEAR_TOLERANCE = 1


@dataclass(frozen=True, slots=True)
class Match:
    """A work as the `sources` that know it describe it together; `cast` has names, the most important first."""

    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    ids: Mapping[str, str]
    cast: tuple[str, ...]
    sources: tuple[str, ...]

    def is_called(self, title: str) -> bool:
        """Whether that is one of its titles, however written."""
        return title_spelling(title) in map(title_spelling, self.titles)


@dataclass(frozen=True, slots=True)
class TitleSearch:
    """The works found, best first, and what went wrong with the sources that did not answer."""

    title: str
    matches: tuple[Match, ...]
    failures: Mapping[str, str]

    @property
    def unambiguous(self) -> Match | None:
        """The one that must be meant: the only one of that title, or the only one at all."""
        called = [match for match in self.matches if match.is_called(self.title)] or self.matches
        return called[0] if len(called) == 1 else None


def find_title(outside: Outside, title: str, *, kind: Kind | None = None, year: int | None = None) -> TitleSearch:
    """Ask every cast source for the title. Raises `TitleNotFound`, which says why, when none knows it."""
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
    """The same matches, those of one work as one.

    They are of one work when they share an id, or when title, kind and year agree and somebody is in both casts; never
    when they have different ids of one system.
    """
    together: list[Match] = []
    for match in matches:
        place = len(together)
        while (same := next((n for n, known in enumerate(together) if _are_same(known, match)), None)) is not None:
            place, match = min(place, same), _joined(together.pop(same), match)
        together.insert(place, match)
    return together


def _fits(work: ProgrammeRecord, kind: Kind | None, year: int | None) -> bool:
    right_year = year is None or work.year is None or abs(work.year - year) <= YEAR_TOLERANCE
    return right_year and kind in (None, work.kind)


def _match(source: CastSource, work: ProgrammeRecord) -> Match:
    return Match(work.titles, work.kind, work.year, work.ids, work.cast_names, (source.name,))


def _with_casts(outside: Outside, source: CastSource, title: str, matches: Sequence[Match]) -> list[Match]:
    """Those of the very title, or else all, with their casts."""
    called = [match for match in matches if match.is_called(title)]
    return [replace(match, cast=_cast(outside, source, match)) for match in (called or matches)[:CASTS_COMPARED]]


def _cast(outside: Outside, source: CastSource, match: Match) -> tuple[str, ...]:
    try:
        cast = outside.breakers.call(source.name, partial(source.cast, match.ids))
    except SourceError:  # it can be prepared from another source; that one failed is in the health of the sources
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


def _joined(one: Match, other: Match) -> Match:
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
