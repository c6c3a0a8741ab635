"""Models made from the original weights, TensorFlow and all."""

import dataclasses
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from faces.engine import FaceEngine
from faces.errors import ExportFailed, ModelsError
from faces.models import prepare
from faces.models.checkpoints import find_checkpoint
from faces.models.inventory import file_sha256
from faces.models.manifest import read_manifest
from faces.models.parity import compare
from faces.models.prepare import demo_photos, prepare_models
from faces.runtime import Batch, Network, load_network
from tests.evening import FACENET, VAR

pytestmark = [pytest.mark.models, pytest.mark.timeout(900)]

DOWNLOADS = VAR / "downloads"


@pytest.fixture
def one_each(photos: Path, tmp_path: Path) -> Path:
    """A folder with one photo of each person of the demo."""
    folder = tmp_path / "photos" / "val"
    for person in (photos / "val").iterdir():
        (folder / person.name).mkdir(parents=True)
        shutil.copy(min(person.iterdir()), folder / person.name)
    return folder


def test_prepares_models_once_and_then_only_looks(photos: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int | None]] = []
    folder = prepare_models(tmp_path, FACENET, downloads=DOWNLOADS, progress=lambda *step: seen.append(step))
    assert folder == tmp_path / FACENET
    assert seen[-1] == ("Exporting the networks", 4, 4)
    manifest = read_manifest(folder, hashes=True)
    assert (manifest["facenet"], manifest["dimension"]) == (FACENET, 128)
    assert manifest["parity"]["faces"] >= 24
    assert manifest["parity"]["facenet_smallest_cosine"] >= 0.9999
    assert set(manifest["versions"]) == {"mtcnn", "keras-facenet", "keras", "tensorflow", "openvino"}
    assert "tensorflow" not in sys.modules

    start = time.process_time()
    prepare_models(tmp_path, FACENET, downloads=tmp_path / "no downloads")
    assert time.process_time() - start < 0.5


def test_a_512_dimensional_checkpoint_is_chosen_by_its_key(
    one_each: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The released file cannot be had everywhere: one of its layout, with weights of chance, takes its place."""
    key, weights = "20180402-114759", tmp_path / "weights.h5"
    program = (
        "import sys, h5py; from keras_facenet.inception_resnet_v1 import InceptionResNetV1\n"
        "from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group\n"
        "with h5py.File(sys.argv[1], 'w') as file: save_weights_to_hdf5_group(file, InceptionResNetV1(classes=512))"
    )
    subprocess.run([sys.executable, "-c", program, str(weights)], check=True, capture_output=True)
    pinned = dataclasses.replace(find_checkpoint(key), sha256=file_sha256(weights))
    monkeypatch.setattr(prepare, "find_checkpoint", lambda _: pinned)
    monkeypatch.setattr(prepare, "demo_photos", lambda *_: one_each.parent)
    prepare_models(tmp_path, key, downloads=DOWNLOADS, weights=weights)

    engine = FaceEngine.load(tmp_path, key)
    assert (engine.model_key, engine.dimension) == ("mtcnn2-20180402-114759-aligned2", 512)
    picture = next(one_each.glob("*/*"))
    assert engine.analyse(picture.read_bytes()).faces[0].embedding.shape == (512,)


def test_an_unknown_key_makes_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelsError, match="no FaceNet checkpoint"):
        prepare_models(tmp_path, "unknown", downloads=DOWNLOADS)
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_the_demo_has_118_photos_of_five_people(photos: Path) -> None:
    assert demo_photos(DOWNLOADS) == photos
    for part, count in (("train", 93), ("val", 25)):
        assert len(list((photos / part).iterdir())) == 5
        assert len(list((photos / part).glob("*/*.jpg"))) == count


@dataclass
class Shifted:
    """A network that answers as the exported one, but for a shift of one of its outputs."""

    network: Callable[[Batch], Mapping[str, Any]]
    output: str | None

    def forward(self, batch: Batch) -> Mapping[str, Any]:
        return {name: rows + 0.05 * (name == self.output) for name, rows in self.network(batch).items()}


@pytest.fixture(scope="module")
def networks(models_dir: Path) -> Mapping[str, Network]:
    return {name: load_network(models_dir / FACENET / f"{name}.xml") for name in ("pnet", "rnet", "onet", "facenet")}


@pytest.mark.parametrize("wrong", [None, "pnet", "rnet", "onet", "facenet"])
def test_an_export_that_answers_otherwise_is_refused(
    models_dir: Path, networks: Mapping[str, Network], one_each: Path, wrong: str | None
) -> None:
    folder = models_dir / FACENET
    outputs = {"pnet": "windows", "rnet": "face", "onet": "landmarks", "facenet": "embedding"}
    originals = {name: Shifted(networks[name], output if name == wrong else None) for name, output in outputs.items()}
    if wrong is None:
        assert compare(originals, folder, one_each)["facenet_smallest_cosine"] > 0.9999
        return
    with pytest.raises(ExportFailed, match=wrong):
        compare(originals, folder, one_each)
