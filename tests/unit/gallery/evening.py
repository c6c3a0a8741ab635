"""A small evening of television, to build galleries from."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from gallery.types import (
    Airing,
    CastMember,
    GalleryContent,
    LatestCredit,
    Person,
    Reference,
    Vectors,
)

SLOT = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after the slot's start."""
    return SLOT + timedelta(minutes=minutes)


def unit_rows(rows: Sequence[Sequence[float]] | NDArray[np.floating]) -> Vectors:
    """The rows, L2-normalised."""
    array = np.asarray(rows, dtype=np.float64)
    normalised: Vectors = (array / np.linalg.norm(array, axis=1, keepdims=True)).astype(np.float32)
    return normalised


def reference(name: str) -> Reference:
    digest = sha256(name.encode()).hexdigest()
    return Reference(digest, f"photos/{digest}", f"{name}.jpg", "CC0")


def person(identity: int, photos: int, latest: LatestCredit | None = None) -> Person:
    return Person(identity, f"Person {identity}", latest, tuple(reference(f"{identity}-{n}") for n in range(photos)))


def airing(
    identity: int,
    channel: str,
    start: float,
    stop: float,
    people: Sequence[int],
    job: str = "actor",
) -> Airing:
    """From and to in minutes after the slot's start."""
    cast = tuple(CastMember(who, job, f"Role {who}") for who in people)
    return Airing(
        identity, channel, channel.upper(), f"Title {identity}", None, None, None, "series", at(start), at(stop), cast
    )


def content(
    people: Sequence[Person], airings: Sequence[Airing], vectors: Vectors, model_key: str = "model-1"
) -> GalleryContent:
    return GalleryContent("FR", SLOT, model_key, tuple(people), tuple(airings), vectors)


def axes(count: int, dimension: int = 8) -> Vectors:
    """So many orthogonal unit vectors."""
    return np.eye(count, dimension, dtype=np.float32)


def two_programmes() -> GalleryContent:
    """Persons 1 and 2 on `one`, 3 (two photos) and 4 (none) on `two`."""
    people = [person(1, 1), person(2, 1, LatestCredit("Before", 2020, "Her", "Him")), person(3, 2), person(4, 0)]
    airings = [airing(10, "one", -30, 20, [1, 2]), airing(20, "two", 0, 60, [3, 4])]
    return content(people, airings, axes(4))
