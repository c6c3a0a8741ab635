"""Labelled pictures of one or several people, as the benchmark asks about them."""

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.evenings import Scene, airing
from benchmarks.people import files, subfolders
from gallery.search import Gallery
from gallery.types import Airing, Vectors


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture under one condition: the faces found, and who of those enrolled is to be found."""

    embeddings: Vectors
    visible: frozenset[str]
    condition: str
    faces: int
    """How many faces can be seen in it, found or not."""
    airing: int | None = None
    """The id of its airing, where one knows it."""


@dataclass(frozen=True, slots=True)
class Label:
    """A picture on disk, and what is known of it; as in `Shot`."""

    picture: Path
    visible: frozenset[str]
    faces: int
    airing: int | None = None


See: TypeAlias = Callable[[Path, str], Vectors]
"""Gives the embeddings of the faces in a picture under a condition."""


def shots_of(labelled: Sequence[Label], see: See, conditions: Sequence[str]) -> list[Shot]:
    """Every picture under every condition."""
    return [
        Shot(see(it.picture, condition), it.visible, condition, it.faces, it.airing)
        for condition in conditions
        for it in labelled
    ]


def labels(probes: Path, pictures: int | None = None) -> list[Label]:
    """Of a folder `<name>/<picture>`, the first so many of each person, or of a CSV file with the columns `file`
    (beside the CSV), `people` (names between semicolons), `faces` (how many can be seen) and perhaps `airing`."""
    if probes.is_dir():
        people = subfolders(probes)
        return [Label(it, frozenset({person.name}), 1) for person in people for it in files(person)[:pictures]]
    with probes.open(newline="", encoding="utf-8") as text:
        return [_label(row, probes.parent) for row in csv.DictReader(text)]


def _label(row: dict[str, str], folder: Path) -> Label:
    visible = frozenset(name.strip() for name in row["people"].split(";") if name.strip())
    shown = int(row["airing"]) if row.get("airing") else None
    return Label(folder / row["file"], visible, int(row.get("faces") or len(visible)), shown)


def shots_of_scenes(scenes: Iterable[Scene]) -> list[Shot]:
    """Put-together pictures, of whose people every one was found."""
    return [
        Shot(scene.embeddings, frozenset(filter(None, scene.people)), scene.condition, len(scene.people), scene.airing)
        for scene in scenes
    ]


def read_airings(file: Path, enrolled: Gallery) -> list[Airing]:
    """From a CSV file with the columns `airing` (a number) and `person` (a name); who is not enrolled is left out."""
    ids = {person.name: person.id for person in enrolled.people}
    casts: dict[int, list[int]] = {}
    with file.open(newline="", encoding="utf-8") as text:
        for row in csv.DictReader(text):
            if row["person"] in ids:
                casts.setdefault(int(row["airing"]), []).append(ids[row["person"]])
    return [airing(number, cast) for number, cast in sorted(casts.items())]
