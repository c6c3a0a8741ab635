"""The stock pipeline: `mtcnn` and `keras-facenet`, used as their READMEs use them. Imports TensorFlow.

`FaceNet.extract` on the picture, then the nearest photo by `FaceNet.compute_distance`. keras-facenet would download its
weights; here it gets those that the models were prepared from, which are of the same network.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from keras_facenet import FaceNet
from mtcnn import MTCNN
from numpy.typing import NDArray

from benchmarks.looks import CLEAN, Looks
from benchmarks.rivals.stock import embedder
from benchmarks.screens import TV_FACE, simulate
from benchmarks.shots import Shot
from faces.checkpoints import MSCELEB
from faces.decode import Limits, decode
from faces.weights import find_weights
from gallery.types import Vectors


class Stock:
    """The two packages with the weights of `downloads`; sizes for the simulation come from `looks`."""

    def __init__(self, downloads: Path, looks: Looks) -> None:
        self._looks = looks
        self._facenet = embedder(find_weights(MSCELEB, downloads, None, lambda *_: None))
        FaceNet._mtcnn = MTCNN()  # with the name that mtcnn 1.0 has; keras-facenet still imports it from mtcnn.mtcnn

    def faces(self, picture: Path, condition: str = CLEAN) -> Vectors:
        """L2-normalised embeddings of the faces that it finds in the picture, the largest first."""
        pixels = decode(picture.read_bytes(), Limits()).pixels
        if condition != CLEAN:
            sizes = self._looks.at(picture).sizes
            pixels = simulate(condition, pixels, float(sizes.max()) if len(sizes) else TV_FACE, picture.name)
        detections = self._facenet.extract(pixels)
        detections.sort(key=lambda found: -found["box"][2] * found["box"][3])
        rows = np.array([found["embedding"] for found in detections], np.float32).reshape(-1, MSCELEB.dimension)
        normalised: Vectors = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        return normalised


class StockGallery:
    """Every photo's largest face, by person."""

    def __init__(self, stock: Stock, photos: Mapping[str, Sequence[Path]]) -> None:
        rows = [(name, found[0]) for name, own in photos.items() for it in own if len(found := stock.faces(it))]
        self.names = sorted(photos)
        self._vectors = np.array([vector for _, vector in rows])
        self._owner = np.array([self.names.index(name) for name, _ in rows])

    def scores(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """Of n faces to p people: the nearest photo's similarity, shape (n, p)."""
        similarities = np.full((len(self.names), len(shot.embeddings)), -1, np.float32)
        np.maximum.at(similarities, self._owner, self._vectors @ shot.embeddings.T)
        return self.names, similarities.T
