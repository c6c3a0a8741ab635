"""The embedded faces of pictures on disk, under simulated conditions, cached across runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.frames import without_faces
from benchmarks.accuracy.screens import TV_FACE, simulate
from faces.decode import Limits, decode
from faces.errors import PictureError
from faces.types import Analysis, Pixels
from gallery.types import Vectors

CLEAN = "clean"
"""The condition of an unchanged picture."""


@dataclass(frozen=True, slots=True)
class EmbeddedFaces:
    """The n faces of a picture, best quality first: embeddings (n, dimension), qualities and sizes (n,)."""

    embeddings: Vectors
    qualities: NDArray[np.float32]
    sizes: NDArray[np.float32]


class Engine(Protocol):
    """Detects and embeds faces: `faces.engine.FaceEngine`, or `stock.StockEngine`."""

    model_key: str
    dimension: int

    def analyse(self, data: bytes) -> Analysis:
        """The faces of a picture file."""


class EmbeddingCache:
    """An engine with a cache, which `save` writes to a file if one is given.

    A simulation depends on the sizes of the faces. `simulated_as` is the cache that provides these sizes, so that two
    engines get the same simulated pictures.
    """

    def __init__(self, engine: Engine, file: Path | None = None, simulated_as: "EmbeddingCache | None" = None) -> None:
        self.engine = engine
        self._simulated_as = simulated_as or self
        self._file = file
        self._rows: dict[str, NDArray[np.float32]] = {}
        if file and file.is_file():
            with np.load(file) as archive:
                self._rows = dict(archive)

    def read(self, path: Path, condition: str = CLEAN, frame: int = 0) -> EmbeddedFaces:
        """The faces of a picture, or of a later `frame` of a burst. Prints a note about a file that it cannot read."""
        key = f"{self.engine.model_key} {condition} {path.resolve()}{f' {frame}' if frame else ''}"
        if key not in self._rows:
            self._rows[key] = self._embed(path, condition, frame)
        return _from_rows(self._rows[key])

    def without_faces(self, path: Path) -> EmbeddedFaces:
        """The false detections in a picture after its faces were painted over."""
        try:
            data = path.read_bytes()
            faces = [face.detection for face in self.engine.analyse(data).faces]
            pixels = without_faces(decode(data, Limits()).pixels, faces)
            return _from_rows(self._analyse(_png(pixels)))
        except (PictureError, OSError):
            return _from_rows(np.empty((0, 2 + self.engine.dimension), np.float32))

    def save(self) -> None:
        """Write the cache to the file."""
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            np.savez(self._file, **self._rows)  # type: ignore[arg-type]  # numpy's stub reads them as its options

    def _embed(self, path: Path, condition: str, frame: int) -> NDArray[np.float32]:
        try:
            if condition == CLEAN:
                return self._analyse(path.read_bytes())
            sizes = self._simulated_as.read(path).sizes
            pixels = decode(path.read_bytes(), Limits()).pixels
            largest = float(sizes.max()) if len(sizes) else TV_FACE
            return self._analyse(_png(simulate(condition, pixels, largest, path.name, frame)))
        except (PictureError, OSError) as error:
            print(f"{path}: left out, {error}")
            return np.empty((0, 2 + self.engine.dimension), np.float32)

    def _analyse(self, data: bytes) -> NDArray[np.float32]:
        rows = [[face.quality, face.detection.size, *face.embedding] for face in self.engine.analyse(data).faces]
        return np.array(rows, np.float32).reshape(-1, 2 + self.engine.dimension)


def _from_rows(rows: NDArray[np.float32]) -> EmbeddedFaces:
    return EmbeddedFaces(rows[:, 2:], rows[:, 0], rows[:, 1])


def _png(pixels: Pixels) -> bytes:
    return cv2.imencode(".png", pixels[:, :, ::-1])[1].tobytes()
