"""Synthetic evenings of television with real faces: programmes, and pictures of people in one of them.

A picture of several people is a set of faces from stills of single people, all of one programme and under the same
condition. Each face was detected in its own still, so this does not measure detection.
"""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.dataset import Probe
from gallery.search import Gallery
from gallery.types import Airing, CastMember, Vectors

START = datetime(2000, 1, 1, 20, tzinfo=UTC)
STOP = START + timedelta(minutes=30)
CAST = 10
EXTRAS = 0.15
"""The share of faces in a scene that belong to nobody in the cast."""
MOST_FACES = 4
STRANGERS = -1
"""Stands in for an airing's id when a picture shows strangers."""

_Stills: TypeAlias = dict[tuple[str | None, str], list[Probe]]


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture: its n faces, and for each the person on air that it is (None: nobody on air)."""

    embeddings: Vectors
    people: tuple[str | None, ...]
    airing: int | None
    """The id of the airing that it shows; None: none that is on."""
    condition: str


@dataclass(frozen=True, slots=True)
class Evening:
    """The airings at one moment, and pictures taken then."""

    airings: tuple[Airing, ...]
    scenes: tuple[Scene, ...]


def airing(number: int, people: Sequence[int]) -> Airing:
    """An airing that fills the whole evening, on a channel of its own."""
    cast = tuple(CastMember(person, "actor", None) for person in people)
    title = f"programme {number}"
    return Airing(number, f"channel-{number}", title, title, None, None, None, "other", START, STOP, cast)


def draw_programmes(gallery: Gallery, together: Set[str], random: Generator) -> list[Airing]:
    """Divide all enrolled people into casts of ten. Half of each cast is from `together`, as long as there are any."""
    ids = {person.name: person.id for person in gallery.people if person.references}
    ours = [ids[name] for name in sorted(together & ids.keys())]
    others = [number for name, number in sorted(ids.items()) if name not in together]
    ours, others = random.permutation(ours).tolist(), random.permutation(others).tolist()
    casts = []
    while ours or others:
        half = min(CAST // 2, len(ours))
        casts.append(ours[:half] + others[: CAST - half])
        ours, others = ours[half:], others[CAST - half :]
    return [airing(number, cast) for number, cast in enumerate(casts)]


def draw_evening(
    gallery: Gallery, probes: Sequence[Probe], random: Generator, *, scenes: int, absent: float = 0.5
) -> Evening:
    """Draw an evening with two to all of the programmes (log-uniform), and pictures taken then."""
    known = {probe.name for probe in probes if probe.name}
    programmes = draw_programmes(gallery, known, random)
    acted = [it.id for it in programmes if known & _names(gallery, it)]
    number = round(np.exp(random.uniform(np.log(2), np.log(len(programmes)))))
    on = {
        acted[int(random.integers(len(acted)))],
        *random.permutation(np.arange(len(programmes)))[: number - 1].tolist(),
    }
    drawn = draw_scenes(gallery, programmes, on, probes, random, scenes=scenes, absent=absent)
    return Evening(tuple(it for it in programmes if it.id in on), tuple(drawn))


def draw_scenes(
    gallery: Gallery,
    programmes: Sequence[Airing],
    on: Set[int],
    probes: Sequence[Probe],
    random: Generator,
    *,
    scenes: int,
    absent: float = 0.5,
) -> list[Scene]:
    """Draw pictures of one to four probes each, while the programmes with the ids `on` are on.

    `absent` is the share of pictures that show nothing that is on: half of them show strangers, half a programme that
    is not on (if there is one).
    """
    stills: _Stills = {}
    for probe in probes:
        stills.setdefault((probe.name, probe.condition), []).append(probe)
    known = {probe.name for probe in probes if probe.name}
    casts = {it.id: sorted(cast) for it in programmes if (cast := known & _names(gallery, it))}
    conditions = sorted({probe.condition for probe in probes})
    drawn = []
    for _ in range(scenes):
        condition = conditions[random.integers(len(conditions))]
        shown = _shown([it for it in casts if it in on], [it for it in casts if it not in on], absent, random)
        actors = [name for name in casts.get(shown, []) if (name, condition) in stills]
        faces = _faces(random.permutation(actors).tolist(), condition, stills, random)
        if faces:
            people = tuple(face.name if shown in on else None for face in faces)
            embeddings = np.array([face.embedding for face in faces], np.float32)
            drawn.append(Scene(embeddings, people, shown if any(people) else None, condition))
    return drawn


def _names(gallery: Gallery, programme: Airing) -> set[str]:
    cast = {member.person_id for member in programme.cast}
    return {person.name for person in gallery.people if person.id in cast}


def _shown(on: Sequence[int], off: Sequence[int], absent: float, random: Generator) -> int:
    if random.random() >= absent:
        return on[int(random.integers(len(on)))]
    return off[int(random.integers(len(off)))] if off and random.random() < 0.5 else STRANGERS


def _faces(cast: list[str], condition: str, stills: _Stills, random: Generator) -> list[Probe]:
    chosen: list[Probe] = []
    for _ in range(random.integers(1, MOST_FACES + 1)):
        name = cast.pop() if cast and random.random() >= EXTRAS else None
        among = stills.get((name, condition), [])
        chosen += [among[random.integers(len(among))]] if among else []
    return chosen
