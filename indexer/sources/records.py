"""The plain records that every source yields, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeAlias

from db.keys import storable

Kind: TypeAlias = Literal["film", "series", "other"]

LONGEST_TEXT = 250
"""In characters; a name or title beyond it is a mistake, and an index of the database may not hold it."""


_TEXTS = frozenset({str, tuple, dict})


@dataclass(frozen=True, slots=True)
class Record:
    """What a source says. Whatever that is, its texts can be stored; addresses are as long as they are."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if type(value) not in _TEXTS or not value:
                continue
            kept = _storable(value, None if name.endswith("url") else LONGEST_TEXT)
            if kept is not value:
                object.__setattr__(self, name, kept)


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
    """Somebody's part; `position` is the place in the source's list, from 0. `ids` are theirs elsewhere, by system."""

    name: str
    job: str
    role: str | None
    position: int
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AiringRecord(Record):
    """A programme on one channel, aware UTC. `stop` is None where the source leaves it to the next start."""

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
    """The listings source that said so; the crawl fills it in."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What one document of a listings source said.

    `skipped` counts the programmes that could not be used, by reason. `problem` says why the document is not whole
    (then what was complete is here); None when it is.
    """

    channels: tuple[ChannelRecord, ...]
    airings: tuple[AiringRecord, ...]
    skipped: Mapping[str, int] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class LatestCreditRecord(Record):
    """Where the viewer may have seen a person before, as a source says."""

    title: str
    year: int | None = None
    role: str | None = None
    co_star: str | None = None
