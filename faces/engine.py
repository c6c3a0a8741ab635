"""Picture bytes in, faces with embeddings out."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from faces.decode import Limits, decode
from faces.detect.cascade import Cascade, load_cascade
from faces.detect.find import find_faces
from faces.effort import Effort
from faces.embed.align import SIDE, align_faces
from faces.embed.quality import rate_quality
from faces.embed.views import join_views, views_of
from faces.errors import PictureError
from faces.models.manifest import read_manifest
from faces.runtime import Network, load_network
from faces.types import Analysis, Detection, Detections, Face, Picture, Vectors

MOST_FACES = 16
"""Of one picture, the largest and surest: what is embedded, in one batch. Of a burst, `Effort` may allow fewer."""
BATCH = 8
"""Faces of several pictures that are embedded together."""
AHEAD = 16
"""Pictures that are read before they are looked at, in bulk; and, of those without a face, looked at together."""

Item = TypeVar("Item")


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


@dataclass(frozen=True, slots=True)
class _Sighting:
    """The n best faces of a picture before they are embedded: in pixels of the upright original, and cut out.

    `views` has the aligned faces and after them the further views of some (`views_of`, by their `sizes` as decoded).
    """

    width: int
    height: int
    detections: list[Detection]
    sizes: list[float]
    views: NDArray[np.uint8]
    watch: Stopwatch


class FaceEngine:
    """Finds and embeds the faces of pictures. Safe to share between threads."""

    def __init__(
        self,
        cascade: Cascade,
        facenet: Network,
        *,
        model_key: str,
        dimension: int,
        limits: Limits,
        streams: int = 1,
    ) -> None:
        self._cascade, self._facenet, self._limits, self._streams = cascade, facenet, limits, streams
        self.model_key = model_key
        self.dimension = dimension

    @classmethod
    def load(
        cls,
        models_dir: Path,
        facenet: str,
        *,
        threads: int | None = None,
        streams: int = 1,
        limits: Limits = Limits(),
    ) -> Self:
        """The engine of prepared models, every byte of them checked; `threads` of the processor (None: all).

        With one stream all threads work on one picture, which is answered soonest. With as many as there are cores each
        works on its own, and most pictures a second are done: for `analyse_all`.
        All have looked at something once, which takes longer than ever after.
        Raises `ModelsError` when they are missing or damaged. Never imports TensorFlow.
        """
        folder = models_dir / facenet
        manifest = read_manifest(folder, hashes=True)
        cascade = load_cascade(folder, threads=threads)
        cascade.detect(np.zeros((720, 1280, 3), np.uint8))
        embedder = load_network(folder / "facenet.xml", mixed=True, threads=threads, streams=streams)
        embedder(np.zeros((1, SIDE, SIDE, 3), np.float32))
        return cls(
            cascade,
            embedder,
            model_key=manifest["model_key"],
            dimension=manifest["dimension"],
            limits=limits,
            streams=streams,
        )

    def detect(self, data: bytes) -> Detections:
        """The boxes of all faces in a JPEG, PNG or WebP file. Raises `PictureError`."""
        watch = Stopwatch()
        picture, detections = self._find(data, watch, Effort())
        found = tuple(_to_original(detection, picture) for detection in detections)
        return Detections(picture.width, picture.height, found, watch.laps)

    def analyse(self, data: bytes, effort: Effort | None = None) -> Analysis:
        """The `MOST_FACES` best faces of a JPEG, PNG or WebP file, embedded.

        `effort` is what it may cost together with the other pictures of a question. Raises `PictureError`.
        """
        seen = self._see(data, effort or Effort())
        embeddings = self.embed(seen.views)
        seen.watch.lap("embed")
        return _rated(seen, embeddings)

    def analyse_all(self, pictures: Iterable[bytes | PictureError]) -> Iterator[Analysis | PictureError]:
        """What `analyse` gives or raises for each picture, in their order; an error among them stays as it is.

        Their networks run in all streams at once, and the faces of several are embedded together. The caller's
        own work, to get the next picture and to use what is found, is done meanwhile: two dozen pictures are under way.
        """
        # Twice the streams: one thread prepares in Python what the networks do next for another.
        with ThreadPoolExecutor(2 * self._streams, thread_name_prefix="bulk") as workers:
            seen = (it.result() for it in _ahead((workers.submit(self._see_or_not, it) for it in pictures), AHEAD))
            embedded = (workers.submit(self._embed_all, batch) for batch in _batches(seen))
            for found in _ahead(embedded, self._streams):
                yield from found.result()

    def embed(self, aligned: NDArray[np.uint8]) -> Vectors:
        """L2-normalised embeddings of aligned faces, in one batch; shape (n, dimension)."""
        if not len(aligned):
            return np.empty((0, self.dimension), np.float32)
        vectors = self._facenet(aligned.astype(np.float32))["embedding"]
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    def _see(self, data: bytes, effort: Effort) -> _Sighting:
        watch = Stopwatch()
        picture, detections = self._find(data, watch, effort)
        most = min(MOST_FACES, effort.views)
        detections = sorted(detections, key=lambda d: d.size * d.confidence, reverse=True)[:most]
        aligned = align_faces(picture.pixels, [detection.landmarks for detection in detections])
        sizes = [detection.size for detection in detections]
        views = views_of(aligned, sizes)[: effort.views]
        watch.lap("align")
        originals = [_to_original(detection, picture) for detection in detections]
        return _Sighting(picture.width, picture.height, originals, sizes, views, watch)

    def _see_or_not(self, picture: bytes | PictureError) -> _Sighting | PictureError:
        if isinstance(picture, PictureError):
            return picture
        try:
            return self._see(picture, Effort())
        except PictureError as error:
            return error

    def _embed_all(self, seen: Sequence[_Sighting | PictureError]) -> list[Analysis | PictureError]:
        views = [it.views for it in seen if isinstance(it, _Sighting)]
        embeddings = self.embed(np.concatenate([np.empty((0, SIDE, SIDE, 3), np.uint8), *views]))
        by_picture = iter(np.split(embeddings, np.cumsum([len(it) for it in views])))
        return [_rated(it, next(by_picture)) if isinstance(it, _Sighting) else it for it in seen]

    def _find(self, data: bytes, watch: Stopwatch, effort: Effort) -> tuple[Picture, list[Detection]]:
        picture = decode(data, self._limits, effort)
        watch.lap("decode")
        detections = find_faces(self._cascade, picture.pixels, effort)
        watch.lap("detect")
        return picture, detections


def _to_original(detection: Detection, picture: Picture) -> Detection:
    scale = picture.scale
    left, top, right, bottom = (edge / scale for edge in detection.box)
    box = (max(left, 0.0), max(top, 0.0), min(right, float(picture.width)), min(bottom, float(picture.height)))
    return Detection(box, detection.landmarks / np.float32(scale), detection.confidence)


def _rated(seen: _Sighting, embeddings: Vectors) -> Analysis:
    faces = [
        Face(detection, embedding, rate_quality(detection, pixels))
        for detection, embedding, pixels in zip(
            seen.detections, join_views(embeddings, seen.sizes), seen.views, strict=False
        )
    ]
    best_first = sorted(faces, key=lambda face: face.quality, reverse=True)
    return Analysis(seen.width, seen.height, tuple(best_first), seen.watch.laps)


def _ahead(items: Iterable[Item], count: int) -> Iterator[Item]:
    """The items, up to `count` of them fetched before they are needed."""
    waiting = deque[Item]()
    for item in items:
        waiting.append(item)
        if len(waiting) > count:
            yield waiting.popleft()
    yield from waiting


def _batches(seen: Iterable[_Sighting | PictureError]) -> Iterator[list[_Sighting | PictureError]]:
    """Successive pictures, `AHEAD` at most, that have up to `BATCH` faces to embed, or one that has more."""
    batch, faces = list[_Sighting | PictureError](), 0
    for it in seen:
        more = len(it.views) if isinstance(it, _Sighting) else 0
        if batch and (faces + more > BATCH or len(batch) == AHEAD):
            yield batch
            batch, faces = [], 0
        batch.append(it)
        faces += more
    if batch:
        yield batch
