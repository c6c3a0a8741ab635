"""The face engine: picture bytes in, faces with embeddings out."""

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

MAX_FACES = 16
"""How many faces of one picture are embedded, in one batch: the largest and most confident. A burst may allow fewer."""
BATCH = 8
"""How many faces of several pictures are embedded together."""
PREFETCH = 16
"""In bulk: how many pictures are read ahead of detection, and how many at most form one batch for the embedding."""

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
class _AlignedFaces:
    """The n best faces of a picture, detected and aligned, not yet embedded.

    `detections` are in pixels of the upright original, `sizes` in decoded pixels. `views` holds the aligned faces, and
    after them the mirror images of the small ones (`views_of`).
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
        """Load prepared models, check every byte of them, and run each network once, since the first run is slow.

        The engine uses `threads` threads (None: one a core). With one stream, all threads work on the same picture,
        which gives the lowest latency. With a stream a core, each works on a picture of its own, which gives the
        highest throughput: for `analyse_all`.
        Raises `ModelsError` when models are missing or damaged. Never imports TensorFlow.
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
        """The `MAX_FACES` best faces of a JPEG, PNG or WebP file, embedded.

        `effort` is what it may cost together with the other pictures of a question. Raises `PictureError`.
        """
        aligned = self._align(data, effort or Effort())
        embeddings = self.embed(aligned.views)
        aligned.watch.lap("embed")
        return _analysis(aligned, embeddings)

    def analyse_all(self, pictures: Iterable[bytes | PictureError]) -> Iterator[Analysis | PictureError]:
        """For each picture, in order, what `analyse` returns or raises. An error among the pictures is passed on.

        The networks run in all streams at once, and the faces of several pictures are embedded together. The caller
        reads the next pictures and uses the results meanwhile: about two dozen pictures are in progress at a time.
        """
        # Twice the streams: while one thread's networks run, another prepares the next input in Python.
        with ThreadPoolExecutor(2 * self._streams, thread_name_prefix="bulk") as workers:
            aligned = (
                it.result() for it in _prefetched((workers.submit(self._try_align, it) for it in pictures), PREFETCH)
            )
            embedded = (workers.submit(self._embed_all, batch) for batch in _batches(aligned))
            for found in _prefetched(embedded, self._streams):
                yield from found.result()

    def embed(self, aligned: NDArray[np.uint8]) -> Vectors:
        """The L2-normalised embeddings of aligned faces, computed in one batch; shape (n, dimension)."""
        if not len(aligned):
            return np.empty((0, self.dimension), np.float32)
        vectors = self._facenet(aligned.astype(np.float32))["embedding"]
        normalised: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return normalised

    def _align(self, data: bytes, effort: Effort) -> _AlignedFaces:
        watch = Stopwatch()
        picture, detections = self._find(data, watch, effort)
        most = min(MAX_FACES, effort.views)
        detections = sorted(detections, key=lambda d: d.size * d.confidence, reverse=True)[:most]
        aligned = align_faces(picture.pixels, [detection.landmarks for detection in detections])
        sizes = [detection.size for detection in detections]
        views = views_of(aligned, sizes)[: effort.views]
        watch.lap("align")
        originals = [_to_original(detection, picture) for detection in detections]
        return _AlignedFaces(picture.width, picture.height, originals, sizes, views, watch)

    def _try_align(self, picture: bytes | PictureError) -> _AlignedFaces | PictureError:
        if isinstance(picture, PictureError):
            return picture
        try:
            return self._align(picture, Effort())
        except PictureError as error:
            return error

    def _embed_all(self, aligned: Sequence[_AlignedFaces | PictureError]) -> list[Analysis | PictureError]:
        views = [it.views for it in aligned if isinstance(it, _AlignedFaces)]
        embeddings = self.embed(np.concatenate([np.empty((0, SIDE, SIDE, 3), np.uint8), *views]))
        by_picture = iter(np.split(embeddings, np.cumsum([len(it) for it in views])))
        return [_analysis(it, next(by_picture)) if isinstance(it, _AlignedFaces) else it for it in aligned]

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


def _analysis(aligned: _AlignedFaces, embeddings: Vectors) -> Analysis:
    faces = [
        Face(detection, embedding, rate_quality(detection, pixels))
        for detection, embedding, pixels in zip(
            aligned.detections, join_views(embeddings, aligned.sizes), aligned.views, strict=False
        )
    ]
    best_first = sorted(faces, key=lambda face: face.quality, reverse=True)
    return Analysis(aligned.width, aligned.height, tuple(best_first), aligned.watch.laps)


def _prefetched(items: Iterable[Item], count: int) -> Iterator[Item]:
    """Iterate over the items, with up to `count` of them fetched in advance."""
    waiting = deque[Item]()
    for item in items:
        waiting.append(item)
        if len(waiting) > count:
            yield waiting.popleft()
    yield from waiting


def _batches(aligned: Iterable[_AlignedFaces | PictureError]) -> Iterator[list[_AlignedFaces | PictureError]]:
    """Group successive pictures: at most `PREFETCH` of them, with at most `BATCH` views, or one picture with more."""
    batch, faces = list[_AlignedFaces | PictureError](), 0
    for it in aligned:
        more = len(it.views) if isinstance(it, _AlignedFaces) else 0
        if batch and (faces + more > BATCH or len(batch) == PREFETCH):
            yield batch
            batch, faces = [], 0
        batch.append(it)
        faces += more
    if batch:
        yield batch
