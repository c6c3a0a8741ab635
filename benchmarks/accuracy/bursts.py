"""Bursts: what several pictures of the same moment gain, and what it gains when the caller names the channel."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from api.identify.look import MAX_FRAMES
from benchmarks.accuracy.dataset import files
from benchmarks.accuracy.embeddings import CLEAN, EmbeddedFaces, EmbeddingCache
from benchmarks.accuracy.methods import Methods, best_scores, guesses_of, hits
from benchmarks.accuracy.metrics import Guesses, expected_calibration_error, interval, precision
from benchmarks.accuracy.shots import Shot
from benchmarks.accuracy.tables import HEAD, row
from gallery.tracks import link_faces, pool_embeddings
from gallery.types import Vectors

FRAMES = 3
ABSENT = 0.2
"""The share of pictures that show something else than the channel that the caller named."""


class Bursts:
    """A `FaceReader` that reads bursts of `FRAMES` frames as the service does, instead of single pictures.

    All faces of a burst count as in the same place, as one face is when only the hand shakes. Only faces found in the
    first frame count, so that each has a counterpart among the single pictures. The later frames are of the same
    picture under other random noise, or, with `others`, of other pictures of the same person.
    """

    def __init__(self, reader: EmbeddingCache, others: Mapping[Path, Sequence[Path]] | None = None) -> None:
        self._reader, self._others = reader, others or {}

    def read(self, path: Path, condition: str = CLEAN) -> EmbeddedFaces:
        """See `EmbeddingCache.read`: the faces of the first frame, pooled over the burst. Clean pictures are single."""
        first = self._reader.read(path, condition)
        if condition == CLEAN:
            return first
        others = self._others.get(path, [path] * (FRAMES - 1))
        frames = [first, *(self._reader.read(other, condition, frame) for frame, other in enumerate(others, start=1))]
        return replace(first, embeddings=_pooled([it.embeddings for it in frames])[: len(first.embeddings)])


def _pooled(frames: Sequence[Vectors]) -> Vectors:
    embeddings = np.concatenate(frames)
    of_frame = [number for number, faces in enumerate(frames) for _ in faces]
    return pool_embeddings(embeddings, link_faces(embeddings, np.zeros((len(embeddings), 4)), of_frame))


def other_pictures(people: Sequence[Path]) -> dict[Path, list[Path]]:
    """For each picture in these folders, the next ones of the same person, cyclically."""
    pictures = [files(person)[:FRAMES] for person in people]
    return {
        its[n]: (its[n + 1 :] + its[:n])[: FRAMES - 1]
        for its in pictures
        if len(its) >= FRAMES
        for n in range(len(its))
    }


def compare_bursts(title: str, methods: Methods, one: Sequence[Shot], burst: Sequence[Shot], strangers: Sequence[Shot],
          burst_strangers: Sequence[Shot]) -> Iterator[str]:  # fmt: skip
    """Compare single pictures with bursts of the same pictures; `strangers` are not enrolled."""
    yield f"\n{title}: what a burst is worth\n\n| | {HEAD}"
    single, several = hits(one, methods.joint), hits(burst, methods.joint)
    yield row("one frame", single, best_scores(strangers, methods.joint))
    yield row(f"{FRAMES} frames", several, best_scores(burst_strangers, methods.joint))
    told = [shot for shot in one if shot.airing is not None], [shot for shot in burst if shot.airing is not None]
    if all(told):
        yield row("one frame, channel told", hits(told[0], methods.narrowed), [])
        yield row(f"{FRAMES} frames, channel told", hits(told[1], methods.narrowed), [])
    wrong = np.array([[hit.rank > 0 for hit in results] for results in (single, several)], float).T
    people = np.array([hit.person for hit in single])
    low, high = interval([wrong[people == person] for person in np.unique(people)], _errors_removed)
    yield f"\nErrors gone: {_errors_removed(wrong):.0%} ({low:.0%} to {high:.0%}) of {wrong[:, 0].sum():.0f}."
    for name, shots in (("one frame", [*one, *strangers]), (f"{FRAMES} frames", [*burst, *burst_strangers])):
        yield _calibration(name, guesses_of(shots, methods.joint), methods)


def compare_priors(methods: Methods, shots: Sequence[Shot]) -> Iterator[str]:
    """The calibration when the caller named the channel, and was wrong in one picture of five, with either prior."""
    for name, told in (
        ("told, with the prior for it", methods.narrowed),
        ("told, with the usual prior", methods.usual),
    ):
        guesses = guesses_of(
            [_named_airing(number, shot, methods) for number, shot in enumerate(shots)], told, absent=ABSENT
        )
        yield _calibration(name, guesses, methods)


def costs(methods: Methods, shots: Sequence[Shot]) -> Iterator[str]:
    """The milliseconds of each additional step, for one picture or burst."""
    faces = [shot.embeddings for shot in shots[:200]]
    ways: dict[str, Callable[[Vectors], object]] = {
        f"link and pool {FRAMES} frames": lambda it: _pooled([it] * FRAMES),
        f"link and pool {MAX_FRAMES} frames": lambda it: _pooled([it] * MAX_FRAMES),
        "decide": methods.answers,
    }
    yield "\n| addition | ms |\n|---|---|"
    for name, work in ways.items():
        yield f"| {name} | {np.median([_milliseconds(work, it) for it in faces]):.2f} |"


def _milliseconds(work: Callable[[Vectors], object], faces: Vectors) -> float:
    started = perf_counter()
    work(faces)
    return (perf_counter() - started) * 1000


def _errors_removed(wrong: Vectors) -> float:
    return float(1 - wrong[:, 1].sum() / max(wrong[:, 0].sum(), 1))


def _named_airing(number: int, shot: Shot, methods: Methods) -> Shot:
    """The shot with the airing that the caller names: for a picture of something else, a wrong one."""
    return shot if shot.airing is not None else replace(shot, airing=methods.airings[number % len(methods.airings)].id)


def _calibration(name: str, guesses: Guesses, methods: Methods) -> str:
    named = guesses.probability >= methods.calibration.match
    return (
        f"- {name}: expected calibration error {expected_calibration_error(guesses):.3f}; `match` for "
        f"{named[guesses.present].mean():.1%} of the faces of people on and {named[~guesses.present].mean():.2%} of "
        f"others, {precision(guesses, methods.calibration.match):.2%} of them right"
    )
