import json
from pathlib import Path

import pytest

from faces.errors import ModelsDamaged, ModelsMissing
from faces.models.inventory import take_inventory
from faces.models.manifest import FORMAT, MANIFEST, Manifest, model_key, read_manifest


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.bin").write_bytes(b"weights")
    files = take_inventory(tmp_path)
    manifest = Manifest(
        format=FORMAT, model_key="key", facenet="net", dimension=128, versions={}, parity={}, files=files
    )
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    return tmp_path


def test_reads_a_sound_folder(folder: Path) -> None:
    assert read_manifest(folder, hashes=True)["dimension"] == 128


def test_an_empty_folder_has_no_models(tmp_path: Path) -> None:
    with pytest.raises(ModelsMissing, match="findtheactor models prepare"):
        read_manifest(tmp_path, hashes=False)


def test_another_format_counts_as_missing(folder: Path) -> None:
    (folder / MANIFEST).write_text(json.dumps({"format": FORMAT + 1}))
    with pytest.raises(ModelsMissing, match="another version"):
        read_manifest(folder, hashes=False)


@pytest.mark.parametrize("content", ["", "{", "[]", "\0", '{"format": 1}'])
def test_a_nonsense_manifest_is_a_models_error(folder: Path, content: str) -> None:
    (folder / MANIFEST).write_text(content)
    with pytest.raises((ModelsDamaged, ModelsMissing)):
        read_manifest(folder, hashes=True)


def test_a_missing_file_is_noticed(folder: Path) -> None:
    (folder / "net.bin").unlink()
    with pytest.raises(ModelsDamaged, match=r"net\.bin is missing.*findtheactor models prepare"):
        read_manifest(folder, hashes=False)


def test_a_shorter_file_is_noticed_by_its_size(folder: Path) -> None:
    (folder / "net.bin").write_bytes(b"weight")
    with pytest.raises(ModelsDamaged, match="6 bytes instead of 7"):
        read_manifest(folder, hashes=False)


def test_a_flipped_bit_is_noticed_by_the_hash(folder: Path) -> None:
    (folder / "net.bin").write_bytes(b"weighus")
    read_manifest(folder, hashes=False)
    with pytest.raises(ModelsDamaged, match="SHA-256"):
        read_manifest(folder, hashes=True)


def test_model_keys_can_be_parts_of_storage_keys() -> None:
    assert model_key("msceleb-128") == "mtcnn2-msceleb-128-aligned2"
