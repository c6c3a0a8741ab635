"""The ground truth: a synthetic world of works and people, derived from guides, and which source knows what.

The same guides give the same world. It has gaps on purpose: the kinds of gaps take turns over the people and the works,
so that even a small guide has all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from itertools import count
from typing import Literal, NamedTuple

from db.keys import fold
from indexer.sources.records import AiringRecord, CreditRecord, Kind

ON_SCREEN = ("actor", "guest", "presenter")
BORN = 1990
"""The first year of works whose year no listing gives."""
PROFILES = (1, 2, 0, 3, 1, 9)
"""How many portraits TMDB has, of one person after the other."""
NAMESAKE_EVERY, GUEST_EVERY, PART_OF_MANY = 40, 3, 6

Source = Literal["tmdb", "tvmaze", "wikidata"]
Pictures = Literal["some", "none", "gone at tmdb", "one broken"]


class PersonCoverage(NamedTuple):
    """Which sources know a person, and which pictures they have."""

    known_to: tuple[Source, ...]
    pictures: Pictures = "some"


PERSON_COVERAGES = (
    PersonCoverage(("tmdb", "tvmaze", "wikidata")),
    PersonCoverage(("tmdb", "tvmaze", "wikidata")),
    PersonCoverage(("tmdb", "wikidata")),
    PersonCoverage(("tvmaze", "wikidata")),
    PersonCoverage(("tmdb", "tvmaze")),
    PersonCoverage(("tmdb", "tvmaze", "wikidata"), "none"),
    PersonCoverage(("tmdb",)),
    PersonCoverage(()),
    PersonCoverage(("tmdb", "tvmaze", "wikidata"), "gone at tmdb"),
    PersonCoverage(("tmdb", "tvmaze", "wikidata"), "one broken"),
)


class WorkCoverage(Enum):
    """Which sources know a work, and how well."""

    BOTH = "by both"
    TMDB_ONLY = "by TMDB only"
    TVMAZE_ONLY = "by TVmaze only"
    OTHER_TITLE = "by both, under another title"
    TWIN = "by both, and so is another of its title"
    NO_CAST = "by both, without a cast"
    NONE = "by none"


WORK_COVERAGES = (
    WorkCoverage.BOTH,
    WorkCoverage.TMDB_ONLY,
    WorkCoverage.BOTH,
    WorkCoverage.TVMAZE_ONLY,
    WorkCoverage.OTHER_TITLE,
    WorkCoverage.TWIN,
    WorkCoverage.NO_CAST,
    WorkCoverage.NONE,
)
"""The coverage of one work after the other."""


@dataclass(frozen=True, slots=True)
class Human:
    """A real person, as opposed to a `Person` in the index."""

    number: int
    name: str
    coverage: PersonCoverage

    @property
    def ids(self) -> dict[str, str]:
        """Their id in each source that knows them. The number ranges of the sources do not overlap."""
        ids = {"tmdb": f"person/{100_000 + self.number}", "tvmaze": f"people/{200_000 + self.number}"}
        ids["wikidata"] = f"Q{300_000 + self.number}"
        return {system: ids[system] for system in self.coverage.known_to}

    @property
    def profiles(self) -> int:
        """How many portraits of them TMDB has."""
        return PROFILES[self.number % len(PROFILES)] if self.coverage.pictures != "none" else 0


class Part(NamedTuple):
    """A human and their role."""

    human: Human
    role: str


@dataclass(slots=True)
class Work:
    """A film, or a series with all its episodes; `guests` by (season, episode)."""

    number: int
    title: str
    kind: Kind
    year: int
    coverage: WorkCoverage
    cast: list[Part] = field(default_factory=list)
    guests: dict[tuple[int, int], list[Part]] = field(default_factory=dict)

    @property
    def known_as(self) -> str:
        """Its title at the sources."""
        return f"The original of {self.title}" if self.coverage is WorkCoverage.OTHER_TITLE else self.title

    def is_known_to(self, source: str) -> bool:
        """Whether the source has the work. TVmaze has no films."""
        hole = {"tmdb": WorkCoverage.TVMAZE_ONLY, "tvmaze": WorkCoverage.TMDB_ONLY}[source]
        return self.coverage not in (hole, WorkCoverage.NONE) and (source == "tmdb" or self.kind != "film")

    def cast_at(self, source: str) -> list[Part]:
        """The cast that the source lists, in order."""
        there = self.is_known_to(source) and self.coverage is not WorkCoverage.NO_CAST
        return [part for part in self.cast if source in part.human.coverage.known_to] if there else []


class World:
    """All works and people; `works[number]` and `people[number]`."""

    def __init__(self) -> None:
        self.works: list[Work] = []
        self.people: list[Human] = []
        self._by_title: dict[str, list[Work]] = {}

    def search(self, title: str, source: str) -> list[Work]:
        """The works with this title that the source has."""
        return [work for work in self._by_title.get(fold(title), ()) if work.is_known_to(source)]

    def meant_by(self, title: str, kind: Kind, year: int | None) -> Work | None:
        """The work that a listing means. When a listing says `other`, it may mean the series or film of that title."""
        works = self._by_title.get(fold(title), ())
        fitting = [work for work in works if work.kind != "film" or year in (None, work.year)]
        kinds = ("series", "film", "other") if kind == "other" else (kind,)
        return next((work for kind in kinds for work in fitting if work.kind == kind), None)

    def add_work(self, title: str, kind: Kind, year: int, coverage: WorkCoverage) -> Work:
        """Add a work to the world."""
        work = Work(len(self.works), title, kind, year, coverage)
        self.works.append(work)
        self._by_title.setdefault(fold(title), []).append(work)
        return work

    def add_human(self, name: str, coverage: PersonCoverage) -> Human:
        """Add a human to the world."""
        self.people.append(Human(len(self.people), name, coverage))
        return self.people[-1]


def make_world(airings: Sequence[AiringRecord]) -> World:
    """Derive the world from these airings."""
    world = World()
    coverages = (PERSON_COVERAGES[place % len(PERSON_COVERAGES)] for place in count())
    named = {fold(credit.name): credit.name for airing in airings for credit in _on_screen(airing)}
    listed = {key: world.add_human(named[key], next(coverages)) for key in sorted(named)}
    for airing in sorted(airings, key=_order):
        work = world.meant_by(airing.title, airing.kind, airing.year) or _new_work(world, airing, coverages)
        _add_cast(work, airing, listed)
        _add_guests(world, work, airing, coverages)
    _add_namesakes(world, list(listed.values()))
    return world


def _order(airing: AiringRecord) -> tuple[bool, str, int, datetime]:
    """A sort key: clear films and series come first, and the first year of a series before the others."""
    return airing.kind == "other", fold(airing.title), airing.year or 9999, airing.start


def _on_screen(airing: AiringRecord) -> Iterator[CreditRecord]:
    return (credit for credit in airing.credits if credit.job in ON_SCREEN)


def _new_work(world: World, airing: AiringRecord, coverages: Iterator[PersonCoverage]) -> Work:
    """Add the work of an airing, with two people whom no listing names, and perhaps another work of the same title."""
    coverage = WORK_COVERAGES[len(world.works) % len(WORK_COVERAGES)]
    work = world.add_work(airing.title, airing.kind, airing.year or BORN, coverage)
    work.cast += _extras(world, f"of {airing.title} {work.number}", coverages)
    if coverage is WorkCoverage.TWIN:
        twin = world.add_work(airing.title, airing.kind, work.year - 1, WorkCoverage.BOTH)
        twin.cast += _extras(world, f"of another {airing.title}", coverages)
    return work


def _extras(world: World, whose: str, coverages: Iterator[PersonCoverage]) -> list[Part]:
    return [Part(world.add_human(f"{name} {whose}", next(coverages)), f"{name}'s part") for name in ("Ada", "Bo")]


def _add_cast(work: Work, airing: AiringRecord, listed: Mapping[str, Human]) -> None:
    """Add the listed people to the cast. A part without a role in the listing gets one."""
    there = {part.human.number: place for place, part in enumerate(work.cast)}
    for credit in _on_screen(airing):
        human = listed[fold(credit.name)]
        if human.number not in there:
            there[human.number] = len(work.cast)
            work.cast.append(Part(human, credit.role or f"The {human.name} part"))


def _add_guests(world: World, work: Work, airing: AiringRecord, coverages: Iterator[PersonCoverage]) -> None:
    if airing.season is None or airing.episode is None or (airing.season, airing.episode) in work.guests:
        return
    episode = airing.season, airing.episode
    work.guests[episode] = []
    if sum(episode) % GUEST_EVERY == 0:
        guest = world.add_human(f"Guest {airing.season} {airing.episode} of {airing.title}", next(coverages))
        work.guests[episode] = [Part(guest, "A visitor")]


def _add_namesakes(world: World, listed: Sequence[Human]) -> None:
    """Add namesakes of some people, each in a work in which the other is not."""
    works = [work for work in world.works if work.coverage is WorkCoverage.BOTH]
    for place, human in enumerate(listed[::NAMESAKE_EVERY]):
        work = works[place * 7 % len(works)]
        if all(part.human.name != human.name for part in _everybody(work)):
            work.cast.insert(2, Part(world.add_human(human.name, PERSON_COVERAGES[0]), "Somebody else"))


def _everybody(work: Work) -> Iterable[Part]:
    return [*work.cast, *(part for guests in work.guests.values() for part in guests)]
