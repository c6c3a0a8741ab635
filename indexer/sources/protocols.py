"""The protocols that sources of casts, photos, careers and people implement, and the records that they return.

A source fetches through the one HTTP client, and parses in pure functions (`parse…(bytes) -> records`). Its methods
raise `SourceUnavailable`, `SourceBlocked` or `PageChanged`; they never return an empty list for a failure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, Protocol, TypeAlias

from indexer.sources.records import CreditRecord, Kind, LatestCreditRecord, Record

PhotoKind: TypeAlias = Literal["portrait", "still"]

Ids: TypeAlias = Mapping[str, str]
"""External ids by system: `imdb` (`tt…`, `nm…`), `tmdb` (`tv/1396`, `movie/603`, `person/33`), `tvmaze` (`shows/82`,
`people/14075`), `wikidata` (`Q20145`), `allocine` (`film/564`, `series/223`, `personne/49`)."""


@dataclass(frozen=True, slots=True)
class ProgrammeRecord(Record):
    """A work as a source knows it. `titles` has the main one first; `cast_names` come with a search result."""

    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    ids: Ids
    cast_names: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoRecord(Record):
    """A picture of a person, not yet fetched. A `still` shows them in the programme titled `of`, as a TV would."""

    url: str
    kind: PhotoKind
    licence: str | None
    credit: str | None
    """The credit line: whom to name as its author or source."""
    width: int | None = None
    height: int | None = None
    keep_for: timedelta | None = None
    """How long the source allows us to keep it; None without a limit."""
    of: str | None = None


@dataclass(frozen=True, slots=True)
class CastRecord(CreditRecord):
    """A credit, with the pictures that come in the same answer."""

    photos: tuple[PhotoRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRecord(Record):
    """A person as a source knows them; `names` has the main one first."""

    names: tuple[str, ...]
    ids: Ids
    photos: tuple[PhotoRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PastCredit:
    """A part, past or upcoming. `dated` is as exact as the source is; a year alone becomes its first of January."""

    credit: LatestCreditRecord
    dated: date
    programme_ids: Ids = field(default_factory=dict)


class CastSource(Protocol):
    """Knows who plays in what."""

    name: str
    knows_guests: bool
    """Whether it distinguishes the guests of an episode from the cast of the series."""
    cast_has_portraits: bool
    """Whether a cast comes with all portraits that the source has of its people, so that it need not be asked again."""

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Works with a title like `title`, best first; the caller decides which of them is meant."""

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The on-screen cast, most important first; None when the source uses none of the systems in `ids`."""


class PhotoSource(Protocol):
    """Has pictures of people."""

    name: str

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """Pictures of the person, best first; None when `ids` and `names` do not identify them for this source."""


class CareerSource(Protocol):
    """Knows the past parts of a person."""

    name: str

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """On-screen parts, newest first; None when the source uses none of the systems in `ids`."""


class PersonSource(Protocol):
    """Knows which ids in several systems belong to the same person."""

    name: str

    def person(self, ids: Ids) -> PersonRecord | None:
        """The person who has one of `ids`; None when nobody has, or several people have."""
