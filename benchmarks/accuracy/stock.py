"""The stock pipeline: `mtcnn` and `keras-facenet`, used as in their READMEs. Imports TensorFlow.

It calls `FaceNet.extract` on the picture, and takes the nearest photo by `FaceNet.compute_distance`. keras-facenet
would download its weights; here it gets those of the same network that our models were prepared from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from keras_facenet import FaceNet
from mtcnn import MTCNN
from numpy.typing import NDArray

from benchmarks.accuracy.embeddings import CLEAN, EmbeddedFaces, EmbeddingCache
from benchmarks.accuracy.shots import Shot
from benchmarks.rivals.stock import embedder
from faces.decode import Limits, decode
from faces.models.checkpoints import MSCELEB
from faces.models.weights import find_weights
from faces.types import Analysis, Detection, Face

_NO_LANDMARKS = np.zeros((5, 2), np.float32)


class StockEngine:
    """The two packages in place of a `FaceEngine`, with the weights in the folder `downloads`."""

    model_key = "stock"
    dimension = MSCELEB.dimension

    def __init__(self, downloads: Path) -> None:
        self._facenet = embedder(find_weights(MSCELEB, downloads, None, lambda *_: None))
        FaceNet._mtcnn = MTCNN()  # keras-facenet would import it from mtcnn.mtcnn, which mtcnn 1.0 does not have

    def analyse(self, data: bytes) -> Analysis:
        """The faces found, largest first, without landmarks. Raises `PictureError`."""
        pixels = decode(data, Limits()).pixels
        found = sorted(self._facenet.extract(pixels), key=lambda it: -it["box"][2] * it["box"][3])
        faces = [_face(it["box"], it["confidence"], it["embedding"]) for it in found]
        return Analysis(pixels.shape[1], pixels.shape[0], tuple(faces), {})


def _face(box: Sequence[int], confidence: float, embedding: NDArray[np.float32]) -> Face:
    left, top, width, height = box
    detection = Detection((left, top, left + width, top + height), _NO_LANDMARKS, confidence)
    return Face(detection, embedding / max(float(np.linalg.norm(embedding)), 1e-9), confidence)


class StockFaces:
    """The stock pipeline's faces in place of ours: a row of zeros for each face that only `ours` found."""

    def __init__(self, ours: EmbeddingCache, stock: EmbeddingCache) -> None:
        self._ours, self._stock = ours, stock

    def read(self, path: Path, condition: str = CLEAN) -> EmbeddedFaces:
        """As many faces as ours has: the largest ones of the stock pipeline."""
        ours = self._ours.read(path, condition)
        embeddings = np.zeros_like(ours.embeddings)
        found = self._stock.read(path, condition).embeddings[: len(embeddings)]
        embeddings[: len(found)] = found
        return replace(ours, embeddings=embeddings)


class StockGallery:
    """The largest face of every photo, by person."""

    def __init__(self, reader: EmbeddingCache, photos: Mapping[str, Sequence[Path]]) -> None:
        """`reader` must be that of a `StockEngine`."""
        rows = [(name, found) for name, own in photos.items() for it in own if len(found := reader.read(it).embeddings)]
        self.names = sorted(photos)
        self._vectors = np.array([embeddings[0] for _, embeddings in rows])
        self._owner = np.array([self.names.index(name) for name, _ in rows])

    def scores(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """The similarity of n faces to the nearest photo of each of p people, shape (n, p), without rows of zeros."""
        faces = shot.embeddings[shot.embeddings.any(axis=1)]
        similarities = np.full((len(self.names), len(faces)), -1, np.float32)
        np.maximum.at(similarities, self._owner, self._vectors @ faces.T)
        return self.names, similarities.T
