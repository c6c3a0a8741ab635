"""The data set: labelled pictures on disk, in a folder for each person, or a folder of strangers."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.accuracy.embeddings import CLEAN, EmbeddedFaces, EmbeddingCache
from gallery.search import Gallery
from gallery.select import misattributed_rows, select_faces
from gallery.types import GalleryContent, Person, Reference, Vectors

_SLOT = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Probe:
    """The only face of a picture; `name` is None for a stranger, `kind` is the folder that it came from."""

    name: str | None
    kind: str
    embedding: Vectors
    condition: str = CLEAN


class FaceReader(Protocol):
    """Reads the faces of pictures: `EmbeddingCache`, `bursts.Bursts` or `stock.StockFaces`."""

    def read(self, path: Path, condition: str = CLEAN) -> EmbeddedFaces:
        """The faces of a picture."""


def load_probes(
    reader: FaceReader,
    folder: Path,
    conditions: Sequence[str] = (CLEAN,),
    pictures: int | None = None,
    names: Set[str] | None = None,
) -> list[Probe]:
    """Read `folder/<name>/<picture>`: the first `pictures` of each person in `names` (None: all pictures, all people).

    Pictures without a face or with several are left out, because the labels do not say whose they are.
    """
    return [
        Probe(normalise_name(person.name), folder.name, faces[0], condition)
        for condition in conditions
        for person in subfolders(folder)
        if names is None or normalise_name(person.name) in names
        for picture in files(person)[:pictures]
        if len(faces := reader.read(picture, condition).embeddings) == 1
    ]


def load_strangers(reader: FaceReader, pictures: Iterable[Path], conditions: Sequence[str] = (CLEAN,)) -> list[Probe]:
    """Read pictures in which all faces are of people who are not enrolled."""
    return [
        Probe(None, picture.parent.name, face, condition)
        for condition in conditions
        for picture in pictures
        for face in reader.read(picture, condition).embeddings
    ]


def photos_of(folder: Path, crowd: Sequence[Path] = ()) -> dict[str, list[Path]]:
    """The photos in `folder/<name>/<picture>`, by name. Each picture of `crowd` is another person, with one photo."""
    return {normalise_name(person.name): files(person) for person in subfolders(folder)} | {
        it.stem: [it] for it in crowd
    }


def with_label_noise(photos: Mapping[str, list[Path]], share: float, seed: int) -> dict[str, list[Path]]:
    """Replace this share of the photos of each person who has several by photos of other people."""
    random = np.random.default_rng(seed)

    def replace(name: str, own: list[Path]) -> list[Path]:
        others = [photo for other in photos if other != name for photo in photos[other]]
        wrong = set(random.permutation(len(own))[: round(share * len(own))].tolist()) if len(own) > 1 else set()
        return [others[random.integers(len(others))] if n in wrong else photo for n, photo in enumerate(own)]

    return {name: replace(name, own) for name, own in photos.items()}


def load_gallery(reader: EmbeddingCache, photos: Mapping[str, Sequence[Path]]) -> Gallery:
    """Enrol all people, as the indexer would."""
    kept: dict[str, list[Path]] = {}
    faces: dict[str, Vectors] = {}
    for name, pictures in photos.items():
        found = [(picture, reader.read(picture)) for picture in pictures]
        shown = [picture for picture, look in found for _ in look.sizes]
        embeddings = np.concatenate(
            [np.empty((0, reader.engine.dimension), np.float32), *(it.embeddings for _, it in found)]
        )
        rows = select_faces(embeddings, list(map(str, shown)), [float(q) for _, it in found for q in it.qualities]).kept
        kept[name], faces[name] = [shown[row] for row in rows], embeddings[list(rows)]
    numbers = list(photos)
    wrong = misattributed_rows({n: faces[name] for n, name in enumerate(numbers) if len(faces[name])})
    for number, others in wrong.items():
        name = numbers[number]
        kept[name] = [picture for row, picture in enumerate(kept[name]) if row not in others]
        faces[name] = np.delete(faces[name], others, axis=0)
    people = tuple(
        Person(number, name, None, tuple(Reference("0" * 64, "none", str(picture)) for picture in kept[name]))
        for number, name in enumerate(numbers)
    )
    vectors = np.concatenate([np.empty((0, reader.engine.dimension), np.float32), *faces.values()])
    return Gallery(GalleryContent("none", _SLOT, reader.engine.model_key, people, (), vectors))


def split_in_half(names: Iterable[str]) -> tuple[set[str], set[str]]:
    """Split the names into two halves, by the order of their hashes."""
    order = sorted(set(names), key=lambda name: sha256(name.encode()).digest())
    return set(order[::2]), set(order[1::2])


def subfolders(folder: Path) -> list[Path]:
    """The folders of the people in a folder."""
    return sorted(path for path in folder.iterdir() if path.is_dir())


def files(folder: Path) -> list[Path]:
    """The pictures of a person, without hidden files."""
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def normalise_name(name: str) -> str:
    """A name in a form that can be compared between folders and tables: NFC, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())
