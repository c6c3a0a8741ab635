"""The gallery on real faces that the project does not ship: what the calibration promises."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.people import Probe, load_gallery, load_probes, load_strangers
from faces.engine import FaceEngine
from gallery.calibration import Calibration, calibration_for
from gallery.search import Gallery
from tests.evening import FACENET, models_dir

FACES = Path(__file__).parents[4] / "shared" / "data" / "faces"
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
    gallery: Gallery
    calibration: Calibration
    probes: list[Probe]
    strangers: list[Probe]

    def best_guesses(self, probes: list[Probe]) -> Iterator[tuple[Probe, str, float]]:
        found = self.gallery.search(np.array([it.embedding for it in probes]), range(PEOPLE))
        probabilities = self.calibration.probabilities(found.values)
        for probe, row in zip(probes, probabilities, strict=True):
            yield probe, found.people[row.argmax()].name, float(row.max())


@pytest.fixture(scope="module")
def measured(models_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Measured:
    if not FACES.is_dir():
        pytest.skip(f"the measurement data is not here ({FACES})")
    engine = FaceEngine.load(models_dir, FACENET)
    folder = tmp_path_factory.mktemp("faces")
    strangers = folder / "strangers"
    strangers.mkdir()
    for picture in sorted((FACES / "impostors").iterdir())[:STRANGERS]:
        (strangers / picture.name).symlink_to(picture)
    enrolled = load_gallery(engine, part_of(FACES / "gallery", folder / "gallery", PEOPLE, 10))
    names = {person.name for person in enrolled.people}
    probes = load_probes(engine, part_of(FACES / "probes_photo", folder / "probes", PEOPLE, PICTURES))
    return Measured(
        enrolled,
        calibration_for(engine.model_key),
        [probe for probe in probes if probe.name in names],
        load_strangers(engine, strangers),
    )


def test_portraits_are_named_rightly_and_surely(measured: Measured) -> None:
    guesses = list(measured.best_guesses(measured.probes))
    assert len(guesses) > 40
    assert np.mean([name == probe.name for probe, name, _ in guesses]) > 0.97
    assert np.median([probability for _, _, probability in guesses]) > 0.95


def test_what_is_called_a_match_is_right(measured: Measured) -> None:
    matches = [it for it in measured.best_guesses(measured.probes) if it[2] >= measured.calibration.match]
    assert len(matches) > 0.8 * len(measured.probes)
    assert [name for _, name, _ in matches] == [probe.name for probe, _, _ in matches]


def test_strangers_are_not_named(measured: Measured) -> None:
    probabilities = [probability for _, _, probability in measured.best_guesses(measured.strangers)]
    assert len(probabilities) >= STRANGERS
    assert max(probabilities) < measured.calibration.match
    assert np.mean([it < measured.calibration.uncertain for it in probabilities]) > 0.9


def test_the_calibration_of_the_shipped_model_is_measured(measured: Measured) -> None:
    assert measured.calibration.measured
