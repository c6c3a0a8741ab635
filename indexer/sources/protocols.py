"""What a source of casts, photos or past credits is asked, and what it answers.

Every source keeps `fetch` (through the one HTTP client) apart from pure `parse…(bytes) -> records` functions. Any
method raises `SourceUnavailable`, `SourceBlocked` or `PageChanged`, and never answers a failure with an empty list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal, Protocol, TypeAlias

from indexer.sources.records import CreditRecord, Kind, LatestCreditRecord, Record

PhotoKind: TypeAlias = Literal["portrait", "still"]

Ids: TypeAlias = Mapping[str, str]
"""Ids elsewhere by system: `imdb` (`tt…`, `nm…`), `tmdb` (`tv/1396`, `movie/603`, `person/33`), `tvmaze` (`shows/82`,
`people/14075`), `wikidata` (`Q20145`), `allocine` (`film/564`, `series/223`, `personne/49`)."""


@dataclass(frozen=True, slots=True)
class ProgrammeRecord(Record):
    """A work as a source knows it. `titles` has the main one first; `cast_names` are those it names at once."""

    titles: tuple[str, ...]
    kind: Kind
    year: int | None
    ids: Ids
    cast_names: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PhotoRecord(Record):
    """A picture of a person, not yet fetched. A `still` shows them in the programme `of`, as a TV would."""

    url: str
    kind: PhotoKind
    licence: str | None
    credit: str | None
    """Whom to name under it."""
    width: int | None = None
    height: int | None = None
    keep_for: timedelta | None = None
    """How long the source allows us to keep it."""
    of: str | None = None


@dataclass(frozen=True, slots=True)
class CastRecord(CreditRecord):
    """A credit with the pictures that come in the same answer."""

    photos: tuple[PhotoRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRecord(Record):
    """A person as a source knows them: `names` the main one first."""

    names: tuple[str, ...]
    ids: Ids
    photos: tuple[PhotoRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class PastCredit:
    """A part in the past or to come, dated as exactly as the source does (a year alone is its first of January)."""

    credit: LatestCreditRecord
    dated: date
    programme_ids: Ids = field(default_factory=dict)


class CastSource(Protocol):
    """Knows who plays in what."""

    name: str
    knows_guests: bool
    """Whether it tells an episode's guests from the cast of the series."""
    cast_has_portraits: bool
    """Whether a cast comes with all the portraits that it has of those in it: then it need not be asked for them."""

    def search(self, title: str, *, kind: Kind | None = None, year: int | None = None) -> Sequence[ProgrammeRecord]:
        """Works whose title is like `title`, best first; the caller decides whether one is the same."""

    def cast(self, ids: Ids, *, season: int | None = None, episode: int | None = None) -> Sequence[CastRecord] | None:
        """The on-screen cast, most important first; None when none of `ids` is of this source's systems."""


class PhotoSource(Protocol):
    """Has pictures of people."""

    name: str

    def photos(self, ids: Ids, names: Sequence[str]) -> Sequence[PhotoRecord] | None:
        """Pictures of the person, best first; None when they cannot be told from others by what is given."""


class CareerSource(Protocol):
    """Knows what a person did before."""

    name: str

    def past_credits(self, ids: Ids) -> Sequence[PastCredit] | None:
        """On-screen parts, newest first; None when none of `ids` is of this source's systems."""


class PersonSource(Protocol):
    """Knows which ids elsewhere are the same person's."""

    name: str

    def person(self, ids: Ids) -> PersonRecord | None:
        """The one person with one of `ids`; None when there is none, or when two of them claim it."""
