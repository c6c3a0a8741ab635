"""Shots: labelled pictures of one or several people, under one condition."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from benchmarks.accuracy.dataset import files, normalise_name, subfolders
from benchmarks.accuracy.evenings import Scene, airing
from gallery.search import Gallery
from gallery.types import Airing, Vectors


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture under one condition: the faces found, and the people who are visible in it."""

    embeddings: Vectors
    visible: frozenset[str]
    condition: str
    faces: int
    """How many faces are visible in it, found or not."""
    airing: int | None = None
    """The id of its airing, if known."""


@dataclass(frozen=True, slots=True)
class Label:
    """A picture on disk with its labels; the fields are those of `Shot`."""

    picture: Path
    visible: frozenset[str]
    faces: int
    airing: int | None = None


Embed: TypeAlias = Callable[[Path, str], Vectors]
"""Returns the embeddings of the faces in a picture under a condition."""


def shots_of(labelled: Sequence[Label], embed: Embed, conditions: Sequence[str]) -> list[Shot]:
    """Every picture under every condition."""
    return [
        Shot(embed(it.picture, condition), it.visible, condition, it.faces, it.airing)
        for condition in conditions
        for it in labelled
    ]


def labels(probes: Path, pictures: int | None = None) -> list[Label]:
    """Read the labels of a folder `<name>/<picture>` (the first `pictures` of each person), or of a CSV file.

    The CSV file has the columns `file` (relative to it), `people` (names separated by semicolons), `faces` (how many
    are visible) and perhaps `airing`.
    """
    if probes.is_dir():
        people = subfolders(probes)
        return [
            Label(it, frozenset({normalise_name(person.name)}), 1)
            for person in people
            for it in files(person)[:pictures]
        ]
    return [_label(row, probes.parent) for row in _rows(probes, "file", "people")]


def _rows(file: Path, *needed: str) -> Iterator[dict[str, str]]:
    """The rows of a CSV file as column -> value, with column names in lower case. Empty rows are left out."""
    with file.open(newline="", encoding="utf-8-sig") as text:
        for number, row in enumerate(csv.DictReader(text), start=2):
            values = {(name or "").strip().lower(): str(value or "").strip() for name, value in row.items()}
            if missing := set(needed) - values.keys():
                raise ValueError(f"{file} has no column {', '.join(sorted(missing))}: it needs {', '.join(needed)}")
            if any(values.values()):
                yield values | {"line": f"{file}, line {number}"}


def _number(row: dict[str, str], column: str) -> int | None:
    text = row.get(column, "")
    if text and not text.isdecimal():
        raise ValueError(f"{row['line']}: {column} is {text!r}, write a whole number")
    return int(text) if text else None


def _label(row: dict[str, str], folder: Path) -> Label:
    visible = frozenset(clean for name in row["people"].split(";") if (clean := normalise_name(name)))
    faces = _number(row, "faces")
    return Label(folder / row["file"], visible, len(visible) if faces is None else faces, _number(row, "airing"))


def shots_of_scenes(scenes: Iterable[Scene]) -> list[Shot]:
    """Synthetic pictures, in which every face counts as found."""
    return [
        Shot(scene.embeddings, frozenset(filter(None, scene.people)), scene.condition, len(scene.people), scene.airing)
        for scene in scenes
    ]


def read_airings(file: Path, enrolled: Gallery) -> list[Airing]:
    """Read a CSV file with the columns `airing` (a number) and `person` (a name). Only enrolled people are kept."""
    ids = {person.name: person.id for person in enrolled.people}
    casts: dict[int, list[int]] = {}
    for row in _rows(file, "airing", "person"):
        number, name = _number(row, "airing"), normalise_name(row["person"])
        if number is not None and name in ids:
            casts.setdefault(number, []).append(ids[name])
    return [airing(number, cast) for number, cast in sorted(casts.items())]
