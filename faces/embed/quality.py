"""Face quality: how well a face can be recognised."""

import cv2
import numpy as np

from faces.types import Detection, Pixels

FULL_SIZE = 80.0
"""In original pixels: a larger face is not recognised better."""
FULL_SHARPNESS = 12.0
"""Standard deviation of the Laplacian of an aligned face: a sharper face is not recognised better."""


def rate_quality(detection: Detection, aligned: Pixels) -> float:
    """Quality from 0 to 1: detector confidence x sqrt(size x sharpness x frontality), each of them from 0 to 1.

    The square root keeps one bad property from hiding the others.
    """
    size = min(1.0, detection.size / FULL_SIZE)
    sharpness = min(1.0, _sharpness(aligned) / FULL_SHARPNESS)
    return float(detection.confidence * np.sqrt(size * sharpness * frontality(detection)))


def frontality(detection: Detection) -> float:
    """1 when the nose is midway between the eyes, 0 when it is beyond one of them (a profile view)."""
    left_eye, right_eye, nose = detection.landmarks[:3]
    axis = right_eye - left_eye
    length = float(axis @ axis)
    if length == 0:
        return 0.0
    along = float((nose - left_eye) @ axis) / length
    return max(0.0, 1.0 - 2 * abs(along - 0.5))


def _sharpness(aligned: Pixels) -> float:
    grey = cv2.cvtColor(aligned, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std())
