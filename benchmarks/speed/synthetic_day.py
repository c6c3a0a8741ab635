"""A synthetic day of one region, published as the indexer would do it, for the API under test.

Every slot has 300 people with ten photos each, out of 1,500 people of the day. Their vectors are random: the names in
the answers mean nothing, but the work is the same as with real ones.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import numpy as np
from sqlalchemy import Engine

from db.engine import session
from db.models import Channel, Lineup, Region
from db.queries.publishing import Release, publish
from faces.models.manifest import model_key
from gallery.artefact import pack
from gallery.slots import SLOT, slot_of
from gallery.types import Airing, CastMember, GalleryContent, LatestCredit, Person, Reference, Vectors
from storage.base import Storage

REGION = "FR"
CHANNELS = 30
PEOPLE, PHOTOS, PEOPLE_OF_A_DAY = 300, 10, 1500
FACENET, DIMENSION = "msceleb-128", 128
MODEL_KEY = model_key(FACENET)


def draw_vectors(count: int, dimension: int = DIMENSION, seed: int = 0) -> Vectors:
    """L2-normalised rows, shape (count, dimension)."""
    rows = np.random.default_rng(seed).standard_normal((count, dimension), np.float32)
    normalised: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return normalised


def slot_content(slot: datetime, first: int, people: int = PEOPLE, photos: int = PHOTOS) -> GalleryContent:
    """The gallery of a slot with `people` from number `first` on, ten a programme, all of them on screen."""
    cast = tuple(_person(number, photos) for number in range(first, first + people))
    vectors = np.concatenate([draw_vectors(photos, seed=person.id) for person in cast])
    airings = tuple(_airing(number, slot, cast[number::CHANNELS]) for number in range(CHANNELS))
    return GalleryContent(REGION, slot, MODEL_KEY, cast, airings, vectors)


def publish_day(database: Engine, storage: Storage, *, before: timedelta, after: timedelta) -> datetime:
    """Publish the galleries of the slots around now, and return the start of the present slot."""
    now = datetime.now(UTC)
    present = slot_of(now)
    releases = [_store(storage, content) for content in _contents(present - before, present + after)]
    with session(database) as opened:
        opened.add(Region(code=REGION, name="France", country="FR", time_zone="Europe/Paris"))
        channels = [Channel(slug=f"channel-{number}", name=f"Channel {number}") for number in range(CHANNELS)]
        opened.add_all(channels)
        opened.flush()
        opened.add_all(Lineup(region_code=REGION, channel_id=it.id, position=n) for n, it in enumerate(channels))
        publish(opened, REGION, MODEL_KEY, releases, built_at=now)
    return present


def _contents(start: datetime, stop: datetime) -> Iterator[GalleryContent]:
    for number in range((stop - start) // SLOT):
        yield slot_content(start + number * SLOT, number * 30 % (PEOPLE_OF_A_DAY - PEOPLE))


def _store(storage: Storage, content: GalleryContent) -> Release:
    packed = pack(content)
    for key, data in packed.objects.items():
        storage.put(key, data)
    return Release(
        content.slot,
        packed.manifest_key,
        packed.manifest_sha256,
        len(content.people),
        len(content.vectors),
        len(content.airings),
        packed.size_bytes,
    )


def _person(number: int, photos: int) -> Person:
    digests = [sha256(f"{number} {photo}".encode()).hexdigest() for photo in range(photos)]
    references = tuple(Reference(it, f"photos/{it}", "benchmark", "CC0") for it in digests)
    return Person(number + 1, f"Person {number}", LatestCredit("A film", 2025, "A role", "A co-star"), references)


def _airing(number: int, slot: datetime, cast: tuple[Person, ...]) -> Airing:
    channel, name = f"channel-{number}", f"Channel {number}"
    identity = int(slot.timestamp()) // 1800 * 100 + number
    members = tuple(CastMember(person.id, "actor", f"Role of {person.name}") for person in cast)
    return Airing(identity, channel, name, f"Film {number}", None, None, None, "film", slot, slot + SLOT, members)
