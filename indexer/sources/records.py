"""The plain records that every source yields, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["film", "series", "other"]


@dataclass(frozen=True, slots=True)
class ChannelRecord:
    """A channel as a source names it; `id` is the source's own."""

    id: str
    name: str
    icon_url: str | None = None


@dataclass(frozen=True, slots=True)
class CreditRecord:
    """Somebody's part; `position` is the place in the source's list, from 0. `ids` are theirs elsewhere, by system."""

    name: str
    job: str
    role: str | None
    position: int
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AiringRecord:
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
class LatestCreditRecord:
    """Where the viewer may have seen a person before, as a source says."""

    title: str
    year: int | None = None
    role: str | None = None
    co_star: str | None = None
