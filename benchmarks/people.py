"""Labelled pictures on disk, as embedded faces: a folder per person, or a folder of people who are in no gallery."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from faces.engine import FaceEngine
from faces.errors import PictureError
from faces.types import Face
from gallery.search import Gallery
from gallery.select import select_faces
from gallery.types import GalleryContent, Person, Reference, Vectors

_SLOT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Probe:
    """The one face of a picture; `name` is None for somebody who is in no gallery, `kind` the folder it came from."""

    name: str | None
    kind: str
    embedding: Vectors


def load_probes(engine: FaceEngine, folder: Path) -> list[Probe]:
    """From `folder/<name>/<picture>`; a picture of no or several faces is left out, for nobody says whose they are."""
    return [
        Probe(person.name, folder.name, faces[0].embedding)
        for person in _subfolders(folder)
        for picture in _files(person)
        if len(faces := _faces(engine, picture)) == 1
    ]


def load_strangers(engine: FaceEngine, folder: Path) -> list[Probe]:
    """From `folder/<picture>`: every face is of somebody who is in no gallery."""
    return [Probe(None, folder.name, face.embedding) for picture in _files(folder) for face in _faces(engine, picture)]


def load_gallery(engine: FaceEngine, folder: Path) -> Gallery:
    """Everybody of `folder/<name>/<picture>`, enrolled as the indexer would."""
    people, vectors = [], [np.empty((0, engine.dimension), np.float32)]
    for number, person in enumerate(_subfolders(folder)):
        rows = [(str(picture), face) for picture in _files(person) for face in _faces(engine, picture)]
        embeddings = np.array([face.embedding for _, face in rows]).reshape(-1, engine.dimension)
        kept = list(select_faces(embeddings, [name for name, _ in rows], [face.quality for _, face in rows]).kept)
        references = tuple(Reference("0" * 64, "none", rows[row][0]) for row in kept)
        people.append(Person(number, person.name, None, references))
        vectors.append(embeddings[kept])
    return Gallery(GalleryContent("none", _SLOT, engine.model_key, tuple(people), (), np.concatenate(vectors)))


def _faces(engine: FaceEngine, picture: Path) -> tuple[Face, ...]:
    try:
        return engine.analyse(picture.read_bytes()).faces
    except PictureError as error:
        print(f"{picture}: left out, {error}")
        return ()


def _subfolders(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _files(folder: Path) -> Iterable[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())
