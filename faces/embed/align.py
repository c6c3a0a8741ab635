"""Face alignment: each face is cut out upright and at a fixed size, by its five landmarks."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.types import Pixels, Vectors

SIDE = 160
"""The side of FaceNet's input, in pixels."""
TEMPLATE: Vectors = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
) * np.float32(SIDE / 112)
"""Where the landmarks are moved to: the usual 112-pixel template (InsightFace), scaled."""


def fit_similarity(source: Vectors, target: Vectors) -> NDArray[np.float64]:
    """The similarity transform, shape (2, 3), that maps `source` points to `target` points, both (n, 2).

    It minimises the squared error, in closed form (Umeyama 1991), written with complex numbers, which exclude
    reflections. When all source points coincide, the scale is zero.
    """
    from_, to = (points[:, 0].astype(np.float64) + 1j * points[:, 1] for points in (source, target))
    centred = from_ - from_.mean()
    spread = np.vdot(centred, centred).real
    turn = np.vdot(centred, to - to.mean()) / spread if spread > 0 else 0j
    shift = to.mean() - turn * from_.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def align_faces(pixels: Pixels, landmarks: Sequence[Vectors]) -> NDArray[np.uint8]:
    """Cut out the faces with these landmarks, each (5, 2) in pixels of the picture; shape (n, SIDE, SIDE, 3)."""
    faces = [_align(pixels, points) for points in landmarks]
    return np.stack(faces) if faces else np.empty((0, SIDE, SIDE, 3), np.uint8)


def _align(pixels: Pixels, landmarks: Vectors) -> Pixels:
    transform = fit_similarity(landmarks, TEMPLATE)
    aligned: Pixels = cv2.warpAffine(pixels, transform, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)
    return aligned
