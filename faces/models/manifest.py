"""What a folder of prepared models is: written last when preparing, read first when loading."""

import json
from pathlib import Path
from typing import TypedDict

from faces.errors import ModelsDamaged, ModelsMissing
from faces.models.inventory import Entry, find_damage

MANIFEST = "manifest.json"
FORMAT = 4
"""Of the folder; models of another format are prepared anew."""
DETECTOR, CROP = "mtcnn2", "aligned2"
"""Versions of detection and of what is embedded of a face: raise them when photos should be looked at anew."""
PREPARE = "Run `findtheactor models prepare`."


class Manifest(TypedDict):
    """The manifest file."""

    format: int
    model_key: str
    facenet: str
    dimension: int
    versions: dict[str, str]
    parity: dict[str, float]
    files: dict[str, Entry]


def model_key(facenet: str) -> str:
    """Names all that an embedding depends on; vectors of different keys never meet."""
    return f"{DETECTOR}-{facenet}-{CROP}"


def read_manifest(folder: Path, *, hashes: bool) -> Manifest:
    """The manifest of a folder that holds all that it lists, by size or, with `hashes`, to the byte.

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
