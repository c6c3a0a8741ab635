"""The FaceNet checkpoints that can be prepared, each pinned by SHA-256."""

import importlib.util
from dataclasses import dataclass
from typing import Any, Literal

from faces.errors import ModelsError

Standardisation = Literal["image", "fixed"]
"""`image`: subtract the picture's mean, divide by its deviation. `fixed`: (pixel - 127.5) / 127.5."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A set of FaceNet weights in Keras' HDF5 format. `url` is None for the one that comes from the package index."""

    key: str
    dimension: int
    standardisation: Standardisation
    sha256: str
    url: str | None = None


MSCELEB = Checkpoint(
    key="msceleb-128",
    dimension=128,
    standardisation="image",
    sha256="6acdd8fb3a3fb2b54257abdd1879246a3fcbe18fbe53a41c751e141abe63a0af",
)


def find_checkpoint(key: str) -> Checkpoint:
    """The checkpoint of that name. Raises `ModelsError`, with all known names, when there is none."""
    if key == MSCELEB.key:
        return MSCELEB
    released = _keras_facenet_metadata()
    if key not in released:
        known = ", ".join([MSCELEB.key, *released])
        raise ModelsError(f"There is no FaceNet checkpoint named {key!r}. Choose one of: {known}.")
    entry = released[key]
    return Checkpoint(
        key=key,
        dimension=entry["dimensions"],
        standardisation="fixed" if entry["fixed_image_standardization"] else "image",
        sha256=entry["keras_weights_sha256"],
        url=entry["keras_weights_url"],
    )


def _keras_facenet_metadata() -> dict[str, Any]:
    """Read `keras_facenet.metadata.MODEL_METADATA` without importing the package, which would import TensorFlow."""
    package = importlib.util.find_spec("keras_facenet")
    if package is None or package.submodule_search_locations is None:
        raise ModelsError("keras-facenet is not installed: install the project's `prepare` extra.")
    path = f"{package.submodule_search_locations[0]}/metadata.py"
    spec = importlib.util.spec_from_file_location("_keras_facenet_metadata", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    metadata: dict[str, Any] = module.MODEL_METADATA
    return metadata
