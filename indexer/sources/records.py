"""The records that every source returns, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from db.keys import storable

Kind: TypeAlias = Literal["film", "series", "other"]

LONGEST_TEXT = 250
"""In characters. A longer name or title is a mistake, and an index of the database may not be able to hold it."""


_TEXTS = frozenset({str, tuple, dict})


@dataclass(frozen=True, slots=True)
class Record:
    """Base of all records: makes their texts storable, and truncates all but addresses to `LONGEST_TEXT`."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if type(value) not in _TEXTS or not value:
                continue
            cleaned = _storable(value, None if name.endswith("url") else LONGEST_TEXT)
            if cleaned is not value:
                object.__setattr__(self, name, cleaned)


def _storable(value: Any, longest: int | None) -> Any:
    match value:
        case str():
            return storable(value)[:longest]
        case tuple() if value and isinstance(value[0], str):
            return tuple(_storable(text, longest) for text in value)
        case Mapping() if value:
            return {key: _storable(text, longest) for key, text in value.items()}
    return value


@dataclass(frozen=True, slots=True)
class ChannelRecord(Record):
    """A channel as a source names it; `id` is the source's own."""

    id: str
    name: str
    icon_url: str | None = None


@dataclass(frozen=True, slots=True)
class CreditRecord(Record):
    """A person's part in a programme; `position` in the source's list is from 0; `ids` are external ids."""

    name: str
    job: str
    role: str | None
    position: int
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AiringRecord(Record):
    """A programme on one channel; times are aware UTC. `stop` is None where it is implied by the next start."""

    channel: str
    start: datetime
    stop: datetime | None
    title: str
    kind: Kind
    year: int | None = None
    episode_title: str | None = None
    season: int | None = None
    episode: int | None = None
    credits: tuple[CreditRecord, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    """The name of the listings source; the crawl fills it in."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The content of one document of a listings source.

    `skipped` counts the programmes that could not be used, by reason. `problem` says why the document is incomplete, in
    which case its complete part is here; None when it is complete. `repaired` counts the places that were damaged and
    could be mended, by kind.
    """

    channels: tuple[ChannelRecord, ...]
    airings: tuple[AiringRecord, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None
    repaired: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LatestCreditRecord(Record):
    """The part in which the viewer may have seen a person before, as a source gives it."""

    title: str
    year: int | None = None
    role: str | None = None
    co_star: str | None = None
