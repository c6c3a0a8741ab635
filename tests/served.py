"""A served evening, for the tests of the API and of the pages: real faces, a real database, a real HTTP server."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import numpy as np
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, update

from api.app import create_app
from api.connections import server_config
from api.services import running
from api.settings import ApiSettings
from db.engine import session
from db.models import Channel, GalleryRelease, Lineup, Region
from faces.engine import FaceEngine
from gallery.artefact import PackedGallery, pack
from gallery.types import Airing, CastMember, GalleryContent, LatestCredit, Person, Reference
from storage.base import Storage
from tests.moments import SLOT, present, slot_of, wait_until

KNOWN = {
    "ben_afflek": Person(
        1, "Ben Affleck", LatestCredit("The Accountant 2", 2025, "Christian Wolff", "Jon Bernthal"), ()
    ),
    "elton_john": Person(2, "Elton John", LatestCredit("Never Too Late", 2024), ()),
    "jerry_seinfeld": Person(3, "Jerry Seinfeld", LatestCredit("Unfrosted", 2024, "Bob Cabana"), ()),
    "madonna": Person(4, "Madonna", None, ()),
    "mindy_kaling": Person(5, "Mindy Kaling", LatestCredit("Velma", 2023, "Velma Dinkley"), ()),
}
UNKNOWN = (Person(6, "Alan Arkin", None, ()), Person(7, "Michael Richards", None, ()))
PHOTOS_A_PERSON = 8


def current_slot() -> datetime:
    """The start of the slot of this moment, which does not end at once."""
    return slot_of(present())


class Enrolled:
    """The five people of the demo photos with their photos and vectors."""

    def __init__(self, engine: FaceEngine, train: Path) -> None:
        self.model_key = engine.model_key
        self.objects: dict[str, bytes] = {}
        self.people: list[Person] = []
        vectors = []
        for folder, person in KNOWN.items():
            references = []
            for photo in sorted((train / folder).iterdir())[:PHOTOS_A_PERSON]:
                data = photo.read_bytes()
                faces = engine.analyse(data).faces
                if faces:
                    references.append(self._keep(data))
                    vectors.append(faces[0].embedding)
            self.people.append(replace(person, references=tuple(references)))
        self.vectors = np.array(vectors, np.float32)

    def _keep(self, data: bytes) -> Reference:
        digest = sha256(data).hexdigest()
        self.objects[f"photos/{digest}"] = data
        return Reference(digest, f"photos/{digest}", "demo photos", "CC BY-SA 4.0")

    def content(self, slot: datetime) -> GalleryContent:
        """A slot in which all of them are on, each in one programme, with two people who have no photo."""
        return GalleryContent("FR", slot, self.model_key, (*self.people, *UNKNOWN), airings(slot), self.vectors)

    def content_without_faces(self, slot: datetime) -> GalleryContent:
        """The same slot before any photo was found."""
        people = tuple(replace(person, references=()) for person in self.people)
        return replace(self.content(slot), people=(*people, *UNKNOWN), vectors=self.vectors[:0])


def airings(slot: datetime) -> tuple[Airing, ...]:
    """What is on: three programmes on three channels."""

    def airing(number: int, channel: str, name: str, title: str, kind: str, *cast: CastMember) -> Airing:
        return Airing(number, channel, name, title, None, None, None, kind, slot, slot + SLOT, cast)

    return (
        airing(
            11, "france-2", "France 2", "Argo", "film",
            CastMember(1, "actor", "Tony Mendez"), CastMember(6, "actor", "Lester Siegel"),
            CastMember(1, "director", None),
        ),
        airing(
            12, "tf1", "TF1", "Seinfeld", "series",
            CastMember(3, "actor", "Jerry"), CastMember(7, "actor", "Cosmo Kramer"),
        ),
        airing(
            13, "canal+", "Canal+", "La nuit des concerts", "other",
            CastMember(2, "guest", None), CastMember(4, "guest", None), CastMember(5, "presenter", None),
        ),
    )  # fmt: skip


def add_region(engine: Engine) -> None:
    """Region FR with three channels that have something on, and one that has nothing."""
    named = {"france-2": "France 2", "tf1": "TF1", "canal+": "Canal+", "arte": "Arte"}
    with session(engine) as opened:
        opened.add(Region(code="FR", name="France", country="FR", time_zone="Europe/Paris"))
        channels = [Channel(slug=slug, name=name) for slug, name in named.items()]
        opened.add_all(channels)
        opened.flush()
        opened.add_all(
            Lineup(region_code="FR", channel_id=channel.id, position=place) for place, channel in enumerate(channels)
        )


def publish(engine: Engine, storage: Storage, content: GalleryContent) -> PackedGallery:
    """Write the gallery's objects and make it current."""
    packed = pack(content)
    for key, data in packed.objects.items():
        storage.put(key, data)
    point_to(engine, content, packed.manifest_key, packed.manifest_sha256, packed.size_bytes)
    return packed


def publish_now(engine: Engine, storage: Storage, enrolled: Enrolled) -> None:
    """Make a region where everybody is on in this slot, and in the next one: this one may end while the test runs."""
    add_region(engine)
    slot = current_slot()
    for start in (slot, slot + SLOT):
        publish(engine, storage, enrolled.content(start))


def point_to(engine: Engine, content: GalleryContent, key: str, digest: str, size_bytes: int = 1) -> None:
    """Make the release with that manifest the current one of its slot."""
    with session(engine) as opened:
        same_slot = (GalleryRelease.region_code == content.region, GalleryRelease.slot == content.slot)
        opened.execute(update(GalleryRelease).where(*same_slot).values(state="previous"))
        opened.add(
            GalleryRelease(
                region_code=content.region,
                slot=content.slot,
                model_key=content.model_key,
                object_key=key,
                sha256=digest,
                people=len(content.people),
                templates=len(content.vectors),
                airings=len(content.airings),
                size_bytes=size_bytes,
                built_at=datetime.now(UTC),
                state="current",
            )
        )


@contextmanager
def serving(app: FastAPI, settings: ApiSettings | None = None) -> Iterator[str]:
    """The base URL of `app`, served by uvicorn on a free port of this machine."""
    server = uvicorn.Server(server_config(app, settings or ApiSettings(), host="127.0.0.1", port=0))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert server.started, "the server did not start; the log says why"
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=20)


@contextmanager
def serving_api(settings: ApiSettings) -> Iterator[str]:
    """The base URL of the API with these settings."""
    with running(settings) as services, serving(create_app(services), settings) as url:
        yield url


def probes(val: Path) -> Mapping[str, list[Path]]:
    """The photos to ask about, by the name to be answered."""
    return {person.name: sorted((val / folder).iterdir()) for folder, person in KNOWN.items()}
