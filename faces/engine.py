"""Picture bytes in, faces with embeddings out."""

from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from faces.align import align_faces
from faces.cascade import Cascade, load_cascade
from faces.decode import Limits, decode
from faces.find import find_faces
from faces.manifest import read_manifest
from faces.quality import rate_quality
from faces.runtime import Network, load_network
from faces.types import Analysis, Detection, Detections, Face, Picture, Vectors
from faces.views import join_views, views_of

MOST_FACES = 16
"""Of one picture, the largest and surest: what is embedded, in one batch."""


class Stopwatch:
    """Milliseconds between calls of `lap`, by name."""

    def __init__(self) -> None:
        self._laps: dict[str, float] = {}
        self._last = perf_counter()

    def lap(self, name: str) -> None:
        """End the stage `name`, and start the next."""
        now = perf_counter()
        self._laps[name] = (now - self._last) * 1000
        self._last = now

    @property
    def laps(self) -> MappingProxyType[str, float]:
        """The stages so far."""
        return MappingProxyType(self._laps)


class FaceEngine:
    """Finds and embeds the faces of pictures. Safe to share between threads."""

    def __init__(self, cascade: Cascade, facenet: Network, *, model_key: str, dimension: int, limits: Limits) -> None:
        self._cascade, self._facenet, self._limits = cascade, facenet, limits
        self.model_key = model_key
        self.dimension = dimension

    @classmethod
    def load(
        cls,
        models_dir: Path,
        facenet: str,
        *,
        threads: int | None = None,
        limits: Limits = Limits(),
    ) -> Self:
        """The engine of prepared models, every byte of them checked; `threads` of the processor (None: all).

        Raises `ModelsError` when they are missing or damaged. Never imports TensorFlow.
        """
        folder = models_dir / facenet
        manifest = read_manifest(folder, hashes=True)
        return cls(
            load_cascade(folder, threads=threads),
            load_network(folder / "facenet.xml", threads=threads),
            model_key=manifest["model_key"],
            dimension=manifest["dimension"],
            limits=limits,
        )

    def detect(self, data: bytes) -> Detections:
        """The boxes of all faces in a JPEG, PNG or WebP file. Raises `PictureError`."""
        watch = Stopwatch()
        picture, detections = self._find(data, watch)
        found = tuple(_to_original(detection, picture) for detection in detections)
        return Detections(picture.width, picture.height, found, watch.laps)

    def analyse(self, data: bytes) -> Analysis:
        """The `MOST_FACES` best faces of a JPEG, PNG or WebP file, embedded. Raises `PictureError`."""
        watch = Stopwatch()
        picture, detections = self._find(data, watch)
        detections = sorted(detections, key=lambda d: d.size * d.confidence, reverse=True)[:MOST_FACES]
        aligned = align_faces(picture.pixels, [detection.landmarks for detection in detections])
        watch.lap("align")
        sizes = [detection.size for detection in detections]
        embeddings = join_views(self.embed(views_of(aligned, sizes)), sizes)
        watch.lap("embed")
        originals = [_to_original(detection, picture) for detection in detections]
        return Analysis(picture.width, picture.height, _rate(originals, aligned, embeddings), watch.laps)

    def embed(self, aligned: NDArray[np.uint8]) -> Vectors:
        """L2-normalised embeddings of aligned faces, in one batch; shape (n, dimension)."""
        if not len(aligned):
            return np.empty((0, self.dimension), np.float32)
        vectors = self._facenet(aligned.astype(np.float32))["embedding"]
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    def _find(self, data: bytes, watch: Stopwatch) -> tuple[Picture, list[Detection]]:
        picture = decode(data, self._limits)
        watch.lap("decode")
        detections = find_faces(self._cascade, picture.pixels)
        watch.lap("detect")
        return picture, detections


def _to_original(detection: Detection, picture: Picture) -> Detection:
    scale = picture.scale
    left, top, right, bottom = (edge / scale for edge in detection.box)
    box = (max(left, 0.0), max(top, 0.0), min(right, float(picture.width)), min(bottom, float(picture.height)))
    return Detection(box, detection.landmarks / np.float32(scale), detection.confidence)


def _rate(detections: Sequence[Detection], aligned: NDArray[np.uint8], embeddings: Vectors) -> tuple[Face, ...]:
    faces = [
        Face(detection, embedding, rate_quality(detection, pixels))
        for detection, pixels, embedding in zip(detections, aligned, embeddings, strict=True)
    ]
    return tuple(sorted(faces, key=lambda face: face.quality, reverse=True))
