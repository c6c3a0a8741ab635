"""Do the exported networks answer as the originals do? Asked with real faces, when models are prepared."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from faces.align import align_faces
from faces.boxes import Floats, square
from faces.cascade import ONET_SIDE, RNET_SIDE, Cascade, cut_patches, load_cascade
from faces.decode import decode
from faces.errors import ExportFailed
from faces.pyramid import build_pyramid
from faces.runtime import Batch, load_network
from faces.types import Detection, Pixels

LARGEST_DIFFERENCE = 1e-3
"""Between the detector's outputs (confidences; offsets and landmarks in parts of the box)."""
SMALLEST_COSINE = 0.999
"""Between embeddings."""


class Original(Protocol):
    """A network before its export."""

    @property
    def answer(self) -> Callable[[Batch], Mapping[str, Any]]:
        """From pixels to tensors."""


def compare(originals: Mapping[str, Original], folder: Path, photos: Path) -> dict[str, float]:
    """Figures by name over the faces of `photos/<person>/*`; raises `ExportFailed` when one is out of bounds."""
    inputs = _real_inputs(load_cascade(folder), photos)
    figures = {"faces": float(len(inputs["facenet"][0]))}
    for name in ("pnet", "rnet", "onet"):
        exported = load_network(folder / f"{name}.xml")
        figures[f"{name}_largest_difference"] = max(
            _difference(originals[name].answer(batch), exported(batch)) for batch in inputs[name]
        )
    embedder = load_network(folder / "facenet.xml", exact=False)
    (batch,) = inputs["facenet"]
    wanted = np.asarray(originals["facenet"].answer(batch)["embedding"])
    figures["facenet_smallest_cosine"] = _smallest_cosine(wanted, embedder(batch)["embedding"])
    _judge(figures)
    return figures


def _real_inputs(cascade: Cascade, photos: Path) -> dict[str, list[Batch]]:
    pictures = [decode(path.read_bytes()).pixels for path in sorted(photos.glob("*/*"))]
    found = [(pixels, cascade.detect(pixels)) for pixels in pictures]
    found = [(pixels, detections) for pixels, detections in found if detections]
    if not found:
        raise ExportFailed(f"The exported detector finds no face in any of the {len(pictures)} pictures of {photos}.")
    return {
        "pnet": [next(build_pyramid(pixels, 40.0))[None] for pixels, _ in found],
        "rnet": [cut_patches(pixels, _boxes(detections), RNET_SIDE) for pixels, detections in found],
        "onet": [cut_patches(pixels, _boxes(detections), ONET_SIDE) for pixels, detections in found],
        "facenet": [np.concatenate([_aligned(pixels, detections) for pixels, detections in found])],
    }


def _boxes(detections: list[Detection]) -> Floats:
    return square(np.array([detection.box for detection in detections], np.float32))


def _aligned(pixels: Pixels, detections: list[Detection]) -> Batch:
    return align_faces(pixels, [detection.landmarks for detection in detections])


def _difference(wanted: Mapping[str, Any], found: Mapping[str, Floats]) -> float:
    return max(float(np.abs(np.asarray(wanted[name]) - found[name]).max()) for name in wanted)


def _smallest_cosine(wanted: Floats, found: Floats) -> float:
    norms = np.linalg.norm(wanted, axis=1) * np.linalg.norm(found, axis=1)
    return float(((wanted * found).sum(axis=1) / norms).min())


def _judge(figures: dict[str, float]) -> None:
    bad = [
        f"{name} is {value:.6f}"
        for name, value in figures.items()
        if (name.endswith("difference") and not value <= LARGEST_DIFFERENCE)
        or (name.endswith("cosine") and not value >= SMALLEST_COSINE)
    ]
    if bad:
        raise ExportFailed(
            f"The exported networks do not answer as the originals: {', '.join(bad)} (allowed: differences up to "
            f"{LARGEST_DIFFERENCE}, cosines from {SMALLEST_COSINE}). The installed versions may not fit together: "
            "install the project's lock."
        )
