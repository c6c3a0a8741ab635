"""Parity: whether the exported networks give the results of the originals, on real faces."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from faces.decode import decode
from faces.detect.boxes import Floats, square
from faces.detect.cascade import ONET_SIDE, RNET_SIDE, Cascade, cut_patches, load_cascade
from faces.detect.pyramid import build_pyramid
from faces.embed.align import align_faces
from faces.errors import ExportFailed
from faces.runtime import Batch, load_network

LARGEST_DIFFERENCE = 1e-3
"""Between the detector's outputs (confidences and logits; offsets and landmarks as fractions of the box)."""
SMALLEST_COSINES = {"facenet_smallest_cosine": 0.9999, "facenet_smallest_mixed_cosine": 0.999}
"""Between original and exported embeddings, in float32 and in this machine's mixed precision."""


class Original(Protocol):
    """A network before its export."""

    @property
    def forward(self) -> Callable[[Batch], Mapping[str, Any]]:
        """From pixels to tensors."""


def compare(originals: Mapping[str, Original], folder: Path, photos: Path) -> dict[str, float]:
    """Compare all networks on the faces of `photos/<person>/*`: figures by name.

    Raises `ExportFailed` when a figure is out of bounds.
    """
    inputs = _real_inputs(load_cascade(folder), photos)
    faces = np.concatenate(inputs["facenet"])
    figures = {"faces": float(len(faces))}
    for name in ("pnet", "rnet", "onet"):
        exported = load_network(folder / f"{name}.xml")
        figures[f"{name}_largest_difference"] = max(
            _difference(originals[name].forward(batch), exported(batch)) for batch in inputs[name]
        )
    wanted = np.asarray(originals["facenet"].forward(faces)["embedding"])
    for name, mixed in zip(SMALLEST_COSINES, (False, True), strict=True):
        embedder = load_network(folder / "facenet.xml", mixed=mixed)
        figures[name] = _smallest_cosine(wanted, embedder(faces)["embedding"])
    _check_bounds(figures)
    return figures


def _real_inputs(cascade: Cascade, photos: Path) -> dict[str, list[Batch]]:
    """The inputs that each network would get for the pictures in which a face is found."""
    inputs: dict[str, list[Batch]] = {"pnet": [], "rnet": [], "onet": [], "facenet": []}
    for path in sorted(photos.glob("*/*")):
        pixels = decode(path.read_bytes()).pixels
        if detections := cascade.detect(pixels):
            image = pixels.astype(np.float32)
            boxes = square(np.array([detection.box for detection in detections], np.float32))
            inputs["pnet"] += [level[None] for _, level in build_pyramid(image, 40.0)]
            inputs["rnet"].append(cut_patches(image, boxes, RNET_SIDE))
            inputs["onet"].append(cut_patches(image, boxes, ONET_SIDE))
            inputs["facenet"].append(align_faces(pixels, [d.landmarks for d in detections]).astype(np.float32))
    if not inputs["facenet"]:
        raise ExportFailed(f"The exported detector finds no face in any picture of {photos}.")
    return inputs


def _difference(wanted: Mapping[str, Any], found: Mapping[str, Floats]) -> float:
    return max(float(np.abs(np.asarray(wanted[name]) - found[name]).max()) for name in wanted)


def _smallest_cosine(wanted: Floats, found: Floats) -> float:
    norms = np.linalg.norm(wanted, axis=1) * np.linalg.norm(found, axis=1)
    return float(((wanted * found).sum(axis=1) / norms).min())


def _check_bounds(figures: dict[str, float]) -> None:
    bad = [
        f"{name} is {value:.6f}"
        for name, value in figures.items()
        if (name.endswith("difference") and not value <= LARGEST_DIFFERENCE)
        or (name in SMALLEST_COSINES and not value >= SMALLEST_COSINES[name])
    ]
    if bad:
        raise ExportFailed(
            f"The exported networks do not answer as the originals: {', '.join(bad)} (allowed: differences up to "
            f"{LARGEST_DIFFERENCE}, {SMALLEST_COSINES}). The installed versions may not fit together: "
            "install the project's lock."
        )
