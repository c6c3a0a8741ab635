"""The rules that the content of a gallery must satisfy, and its canonical order."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from gallery.index import MAX_DIMENSION, are_normalised
from gallery.types import Airing, GalleryContent, Person

_SHA256 = re.compile(r"[0-9a-f]{64}")


def check_content(content: GalleryContent, error: type[Exception]) -> None:
    """Raise `error` with the first rule that the content breaks, if any."""
    for problem in _problems(content):
        raise error(f"the gallery of {content.region} at {content.slot}: {problem}")


def canonical(content: GalleryContent) -> GalleryContent:
    """The same content in canonical order, so that equal content gives equal bytes.

    People are sorted by id, airings by start, channel and id, and all times are in UTC. The order of a person's
    references and of an airing's cast has a meaning, and is kept.
    """
    order = sorted(range(len(content.people)), key=lambda n: content.people[n].id)
    rows = np.split(content.vectors, np.cumsum([len(person.references) for person in content.people])[:-1])
    return replace(
        content,
        slot=content.slot.astimezone(UTC),
        people=tuple(content.people[n] for n in order),
        airings=tuple(sorted(map(_in_utc, content.airings), key=lambda it: (it.start, it.channel, it.id))),
        vectors=np.concatenate([rows[n] for n in order]) if order else content.vectors,
    )


def _in_utc(airing: Airing) -> Airing:
    return replace(airing, start=airing.start.astimezone(UTC), stop=airing.stop.astimezone(UTC))


def _problems(content: GalleryContent) -> Iterator[str]:
    if not (content.region and content.model_key):
        yield "it names no region or no model key"
    if not _is_aware(content.slot):
        yield "its slot has no time zone"
    yield from _problems_of_vectors(content)
    yield from _problems_of_people(content.people)
    known = {person.id for person in content.people}
    for airing in content.airings:
        yield from _problems_of_airing(airing, known)
    yield from _repeated("airing", [airing.id for airing in content.airings])


def _problems_of_vectors(content: GalleryContent) -> Iterator[str]:
    vectors = content.vectors
    if vectors.ndim != 2 or vectors.dtype != np.float32 or not 0 < vectors.shape[1] <= MAX_DIMENSION:
        yield f"its vectors are {vectors.dtype} of shape {vectors.shape}, not float32 rows"
    references = sum(len(person.references) for person in content.people)
    if references != len(vectors):
        yield f"it has {len(vectors)} vectors for {references} references"
    if not are_normalised(vectors):
        yield "some vectors are not finite and L2-normalised"


def _problems_of_people(people: tuple[Person, ...]) -> Iterator[str]:
    yield from _repeated("person", [person.id for person in people])
    for person in people:
        if not person.name:
            yield f"person {person.id} has no name"
        for reference in person.references:
            if not _SHA256.fullmatch(reference.sha256):
                yield f"person {person.id} has a reference without a SHA-256"


def _problems_of_airing(airing: Airing, known: set[int]) -> Iterator[str]:
    if not (_is_aware(airing.start) and _is_aware(airing.stop) and airing.start < airing.stop):
        yield f"airing {airing.id} runs from {airing.start} to {airing.stop}"
    for member in airing.cast:
        if member.person_id not in known:
            yield f"person {member.person_id} is in the cast of airing {airing.id} but not among the people"


def _repeated(what: str, ids: list[int]) -> Iterator[str]:
    for identity, times in Counter(ids).items():
        if times > 1:
            yield f"{what} {identity} occurs {times} times"


def _is_aware(time: datetime) -> bool:
    return time.tzinfo is not None and time.utcoffset() is not None
