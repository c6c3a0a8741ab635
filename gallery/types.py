"""The values that a gallery holds and returns. They need neither a model nor a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""L2-normalised row vectors, shape (n, dimension)."""

Verdict: TypeAlias = Literal["match", "uncertain", "not_in_cast"]

ON_SCREEN = frozenset({"actor", "guest", "presenter"})
"""The jobs of people whose face is visible; others, such as a director, are credited too."""


@dataclass(frozen=True, slots=True)
class LatestCredit:
    """A part in which the viewer may have seen the person before."""

    title: str
    year: int | None = None
    role: str | None = None
    co_star: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """The photo behind one vector: which picture to show, and whom to credit."""

    sha256: str
    object_key: str
    origin: str
    licence: str | None = None


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Person:
    """A person credited in the slot; `references` has one entry per vector (none: the face is not known)."""

    id: int
    name: str
    latest_credit: LatestCredit | None
    references: tuple[Reference, ...]


@dataclass(frozen=True, slots=True)
class CastMember:
    """A person's part in an airing."""

    person_id: int
    job: str
    role: str | None


@dataclass(frozen=True)
class Airing:
    """A programme on one channel, from `start` to `stop` (aware UTC), with those on screen."""

    id: int
    channel: str
    """The channel's slug."""
    channel_name: str
    title: str
    episode_title: str | None
    season: int | None
    episode: int | None
    kind: str
    start: datetime
    stop: datetime
    cast: tuple[CastMember, ...]

    @cached_property
    def on_screen(self) -> frozenset[int]:
        """The ids of the cast members whose face is visible."""
        return frozenset(member.person_id for member in self.cast if member.job in ON_SCREEN)


@dataclass(frozen=True, slots=True)
class GalleryContent:
    """Everything that goes into one (region, slot) gallery.

    `vectors` has one row per reference, in the order of `people` and of their references.
    """

    region: str
    slot: datetime
    """Start of the half-open 30-minute window, aware UTC."""
    model_key: str
    people: tuple[Person, ...]
    airings: tuple[Airing, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with the similarity of a probe to them (cosine, -1 to 1) and the reference that matched best."""

    person: Person
    similarity: float
    reference: Reference
    reference_similarity: float


@dataclass(frozen=True, slots=True)
class Appearance:
    """An airing in which the candidate is on screen, and their part in it."""

    airing: Airing
    member: CastMember


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A candidate with the `probability` (0 to 1) that the face is this person."""

    candidate: Candidate
    probability: float
    appearances: tuple[Appearance, ...]


@dataclass(frozen=True, slots=True)
class Showing:
    """An airing with the `probability` (0 to 1) that the picture shows it, given all of its faces."""

    airing: Airing
    probability: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The decision for one face: suggestions best first (three at most).

    Unless `calibrated`, the probabilities are cautious guesses, because this model key has not been measured. The
    `showings` (three at most, the most probable first) are of the whole picture, and the same for all of its faces.
    """

    verdict: Verdict
    suggestions: tuple[Suggestion, ...]
    calibrated: bool
    showings: tuple[Showing, ...] = ()


Answers: TypeAlias = Sequence[Answer]
