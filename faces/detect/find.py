"""All the faces of a picture: at a glance, and where that finds little, by looking again.

A second look costs as much as several first ones, so it is taken only where the first one found no face, or none that
is near: those who are far away come in company, and a face that fills the picture is found when there is room around
it, for the networks learned from faces with something around them.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.detect.boxes import suppress
from faces.detect.cascade import Cascade, SmallestFace
from faces.types import Detection, Pixels

FAR = 1 / 8
"""Where no face is at least this part of the picture's longer side, there may be some too small for the first look."""
SMALLER = SmallestFace(part=1 / 64, pixels=14.2)
MARGIN = 0.25
"""Grey room on each side, in parts of the picture's longer side."""
TURNS = (0.0, -25.0, 25.0)
"""In degrees. The networks find faces up to some 40 degrees from upright."""
SURE = 0.95
"""What is seen in a turned picture must be this sure: of pictures without a face, one in ten shows something at 0.8."""
SAME_FACE = 0.55
"""Boxes that share more of the smaller one are of one face; the cascade itself is as lenient as the `mtcnn` package."""
GREY = (127, 127, 127)


def find_faces(cascade: Cascade, pixels: Pixels) -> list[Detection]:
    """The faces of an RGB picture, in its own pixels, most confident first; each one once."""
    faces = _looked_for(cascade, pixels)
    if len(faces) < 2:
        return faces
    boxes = np.array([face.box for face in faces], np.float32)
    confidences = np.array([face.confidence for face in faces], np.float32)
    return [faces[row] for row in suppress(boxes, confidences, SAME_FACE, "smaller")]


def _looked_for(cascade: Cascade, pixels: Pixels) -> list[Detection]:
    found = cascade.detect(pixels)
    if max((face.size for face in found), default=0.0) >= FAR * max(pixels.shape[:2]):
        return found
    found = max(found, cascade.detect(pixels, SMALLER), key=len)
    return found or next((seen for degrees in TURNS if (seen := _turned(cascade, pixels, degrees))), [])


def _turned(cascade: Cascade, pixels: Pixels, degrees: float) -> list[Detection]:
    """The faces of the picture when it is turned about its middle, with room around it."""
    height, width = pixels.shape[:2]
    room = round(MARGIN * max(width, height))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += room
    size = width + 2 * room, height + 2 * room
    back = cv2.invertAffineTransform(matrix)
    seen = cascade.detect(cv2.warpAffine(pixels, matrix, size, borderValue=GREY))
    return [_moved(face, back) for face in seen if face.confidence >= SURE]


def _moved(face: Detection, matrix: NDArray[np.float64]) -> Detection:
    """The face where the (2, 3) `matrix` moves it; its box, which is a turned one there, by centre and size."""
    left, top, right, bottom = face.box
    centre = cv2.transform(np.array([[[(left + right) / 2, (top + bottom) / 2]]]), matrix)[0, 0]
    half = (right - left) / 2, (bottom - top) / 2
    x, y = (float(value) for value in centre)
    landmarks = cv2.transform(face.landmarks[np.newaxis], matrix)[0].astype(np.float32)
    return Detection((x - half[0], y - half[1], x + half[0], y + half[1]), landmarks, face.confidence)
