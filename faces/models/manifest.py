"""The manifest of a folder of prepared models: written last when preparing, read first when loading."""

import json
from pathlib import Path
from typing import TypedDict

from faces.errors import ModelsDamaged, ModelsMissing
from faces.models.inventory import Entry, find_damage

MANIFEST = "manifest.json"
FORMAT = 4
"""The version of the folder's format. Models of another format are prepared again."""
DETECTOR, CROP = "mtcnn2", "aligned2"
"""Versions of the detection and of the alignment: raise one when all photos should be embedded again."""
PREPARE = "Run `findtheactor models prepare`."


class Manifest(TypedDict):
    """The contents of the manifest file."""

    format: int
    model_key: str
    facenet: str
    dimension: int
    versions: dict[str, str]
    parity: dict[str, float]
    files: dict[str, Entry]


def model_key(facenet: str) -> str:
    """The model key: it names everything that an embedding depends on. Vectors of different keys are never compared."""
    return f"{DETECTOR}-{facenet}-{CROP}"


def read_manifest(folder: Path, *, hashes: bool) -> Manifest:
    """Read the manifest, and check that the folder holds every file that it lists: sizes, and with `hashes` every byte.

    Raises `ModelsMissing` or `ModelsDamaged`.
    """
    try:
        manifest: Manifest = json.loads((folder / MANIFEST).read_bytes())
    except FileNotFoundError:
        raise ModelsMissing(f"There are no prepared models in {folder}. {PREPARE}") from None
    except (OSError, ValueError) as error:
        raise ModelsDamaged(f"{folder / MANIFEST} cannot be read ({error}). {PREPARE}") from error
    if (
        not isinstance(manifest, dict)
        or manifest.get("format") != FORMAT
        or manifest.keys() != Manifest.__required_keys__
    ):
        raise ModelsMissing(f"The models in {folder} were prepared for another version. {PREPARE}")
    if damage := find_damage(folder, manifest["files"], hashes=hashes):
        raise ModelsDamaged(f"The models are damaged: {damage}. {PREPARE}")
    manifest["model_key"] = model_key(manifest["facenet"])  # older code may have prepared the same networks
    return manifest
