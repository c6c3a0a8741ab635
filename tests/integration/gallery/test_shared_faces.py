"""The gallery on real faces that the project does not ship: what the calibration promises."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.dataset import (
    Probe,
    files,
    load_gallery,
    load_probes,
    load_strangers,
    photos_of,
    with_label_noise,
)
from benchmarks.accuracy.embeddings import EmbeddingCache
from benchmarks.accuracy.evenings import START, STOP, airing
from faces.engine import FaceEngine
from gallery.calibration import Calibration, calibration_for
from gallery.decide import search_casts
from gallery.posterior import infer_posterior, prior_weights
from gallery.search import Gallery
from tests.evening import FACENET, models_dir
from tests.paths import SHARED_DATA

FACES = SHARED_DATA / "faces"
PEOPLE, PICTURES, STRANGERS = 20, 3, 60

__all__ = ["models_dir"]

pytestmark = pytest.mark.shared_data


def part_of(folder: Path, copy: Path, people: int, pictures: int) -> Path:
    """A folder with links to the first pictures of the first people."""
    for person in sorted(folder.iterdir())[:people]:
        (copy / person.name).mkdir(parents=True)
        for picture in sorted(person.iterdir())[:pictures]:
            (copy / person.name / picture.name).symlink_to(picture)
    return copy


@dataclass(frozen=True)
class Measured:
    reader: EmbeddingCache
    photos: dict[str, list[Path]]
    gallery: Gallery
    calibration: Calibration
    probes: list[Probe]
    strangers: list[Probe]

    def best_guesses(
        self, pictures: list[list[Probe]], gallery: Gallery | None = None
    ) -> Iterator[tuple[Probe, str, float]]:
        """For every face of the pictures: the likeliest of twenty people in two programmes of ten."""
        airings = [airing(1, range(0, 10)), airing(2, range(10, PEOPLE))]
        for faces in pictures:
            found = search_casts([gallery or self.gallery], np.array([it.embedding for it in faces]), airings)
            people = infer_posterior(found, airings, prior_weights(airings, START, STOP), self.calibration).people
            for probe, row in zip(faces, people, strict=True):
                yield probe, found.people[row.argmax()].name, float(row.max())

    def alone(self, probes: list[Probe]) -> Iterator[tuple[Probe, str, float]]:
        return self.best_guesses([[probe] for probe in probes])


@pytest.fixture(scope="module")
def measured(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    if not FACES.is_dir():
        pytest.skip(f"the measurement data is not here ({FACES})")
    reader = EmbeddingCache(FaceEngine.load(models_dir, FACENET))
    folder = tmp_path_factory.mktemp("faces")
    photos = photos_of(part_of(FACES / "gallery", folder / "gallery", PEOPLE, 10))
    probes = load_probes(reader, part_of(FACES / "probes_photo", folder / "probes", PEOPLE, PICTURES))
    return Measured(
        reader,
        photos,
        load_gallery(reader, photos),
        calibration_for(reader.engine.model_key),
        [probe for probe in probes if probe.name in photos],
        load_strangers(reader, files(FACES / "impostors")[:STRANGERS]),
    )


def test_portraits_are_named_rightly_and_surely(measured: Measured) -> None:
    guesses = list(measured.alone(measured.probes))
    assert len(guesses) > 40
    assert np.mean([name == probe.name for probe, name, _ in guesses]) > 0.97
    assert np.median([probability for _, _, probability in guesses]) > 0.95


def test_what_is_called_a_match_is_right(measured: Measured) -> None:
    matches = [it for it in measured.alone(measured.probes) if it[2] >= measured.calibration.match]
    assert len(matches) > 0.8 * len(measured.probes)
    assert [name for _, name, _ in matches] == [probe.name for probe, _, _ in matches]


def test_strangers_are_not_named(measured: Measured) -> None:
    probabilities = [probability for _, _, probability in measured.alone(measured.strangers)]
    assert len(probabilities) >= STRANGERS
    assert max(probabilities) < measured.calibration.match
    assert np.mean([it < measured.calibration.uncertain for it in probabilities]) > 0.9


def test_the_calibration_of_the_shipped_model_is_measured(measured: Measured) -> None:
    assert measured.calibration.measured


def test_a_colleague_in_the_picture_makes_the_name_surer(measured: Measured) -> None:
    first_cast = set(list(measured.photos)[:10])
    cast = [it for it in measured.probes if it.name in first_cast]
    pairs = [[one, other] for one, other in pairwise(cast) if one.name != other.name]
    together = [probability for _, _, probability in measured.best_guesses(pairs)]
    alone = [probability for _, _, probability in measured.alone([face for pair in pairs for face in pair])]
    assert len(pairs) >= 5
    assert np.mean(together) > np.mean(alone)


def test_a_third_of_wrong_photos_in_the_gallery_costs_next_to_nothing(measured: Measured) -> None:
    dirty = load_gallery(measured.reader, with_label_noise(measured.photos, 0.3, seed=1))
    pictures = [[probe] for probe in measured.probes]
    right = [name == probe.name for probe, name, _ in measured.best_guesses(pictures, dirty)]
    assert np.mean(right) > 0.96
