"""The values that this package returns: they need neither a model nor the inference runtime."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8]
"""An RGB picture, shape (height, width, 3)."""

Vectors: TypeAlias = NDArray[np.float32]
"""Row vectors, shape (n, dimension)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture, upright (EXIF orientation applied).

    `pixels` may be smaller than the original when it was shrunk while decoding;
    `width` and `height` are those of the upright original, in pixels.
    """

    pixels: Pixels
    width: int
    height: int

    @property
    def scale(self) -> float:
        """Decoded pixels per original pixel, in (0, 1]."""
        return float(self.pixels.shape[1] / self.width)


@dataclass(frozen=True, slots=True)
class Detection:
    """One face found in a picture, in pixels of the upright original.

    `box` is (left, top, right, bottom). `landmarks` has shape (5, 2): the viewer's left eye,
    right eye, nose, left and right mouth corner, each (x, y). `confidence` is the detector's, 0 to 1.
    """

    box: tuple[float, float, float, float]
    landmarks: Vectors
    confidence: float

    @property
    def size(self) -> float:
        """The longer side of the box, in original pixels."""
        left, top, right, bottom = self.box
        return max(right - left, bottom - top)


@dataclass(frozen=True, slots=True)
class Face:
    """A detection with its embedding: float32, shape (dimension,), L2-normalised.

    `quality` (0 to 1) says how well the face can be recognised: size, sharpness, frontality, confidence.
    """

    detection: Detection
    embedding: NDArray[np.float32]
    quality: float


@dataclass(frozen=True, slots=True)
class Analysis:
    """The embedded faces of one picture, best quality first, and the milliseconds of each stage by name."""

    width: int
    height: int
    faces: tuple[Face, ...]
    stage_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Detections:
    """All detected faces of one picture, most confident first, and the milliseconds of each stage by name."""

    width: int
    height: int
    detections: tuple[Detection, ...]
    stage_ms: Mapping[str, float]
