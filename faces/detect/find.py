"""All the faces of a picture: at a glance, and where that finds little, by looking again.

A second look costs as much as several first ones, so it is taken only where the first one found no face, or none that
is near: those who are far away come in company, and a face that fills the picture is found when there is room around
it, for the networks learned from faces with something around them. A picture that lies on its side is turned where no
face in it is convincing as it is.
"""

import math

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.detect.boxes import suppress
from faces.detect.cascade import Cascade, SmallestFace
from faces.effort import Effort
from faces.types import Detection, Pixels

FAR = 1 / 8
"""Where no face is at least this part of the picture's longer side, there may be some too small for the first look."""
SMALLER = SmallestFace(part=1 / 64, pixels=14.2)
MARGIN = 0.25
"""Grey room on each side, in parts of the picture's longer side."""
TILTS = (-25.0, 25.0)
"""In degrees. The networks find faces up to some 40 degrees from upright."""
SURE = 0.95
"""What is seen in a turned picture must be this sure: of pictures without a face, one in ten shows something at 0.8."""
SURE_TWICE = 3.2
"""Powers of ten, at two glances together, that the last network must see in it where nothing is seen upright."""
TURNED_SURE = 0.9
"""Enough where a face is seen in the upright picture, but with much less evidence."""
QUARTERS = (1, 2, 3)
"""Turns of 90 degrees, counterclockwise."""
CERTAIN = 0.999
"""Of a face this sure it is not asked whether it would be surer in a picture that is turned."""
STANDING = 0.7
"""So much more evidence, in powers of ten, must the last network see in a face that it gets turned."""
TURNED_EVIDENCE, DOUBTED_EVIDENCE = 2.0, 0.8
"""So many times the evidence of the upright picture must the turned one have; fewer when turning the face gave more."""
SAME_FACE = 0.55
"""Boxes that share more of the smaller one are of one face; the cascade itself is as lenient as the `mtcnn` package."""
GREY = (127, 127, 127)
PIXEL_S, SMALLER_TIMES, FACE_S = 20e-9, 3.4, 1.5e-3
"""Processor time of a look: a pixel of the picture, and so many times that for smaller faces; a face that is found."""


def find_faces(cascade: Cascade, pixels: Pixels, effort: Effort | None = None) -> list[Detection]:
    """The faces of an RGB picture, in its own pixels, most confident first; each one once.

    The first look is always taken, the others as far as `effort` allows.
    """
    faces = _Looks(cascade, pixels, effort or Effort()).find()
    if len(faces) < 2:
        return faces
    boxes = np.array([face.box for face in faces], np.float32)
    confidences = np.array([face.confidence for face in faces], np.float32)
    return [faces[row] for row in suppress(boxes, confidences, SAME_FACE, "smaller")]


class _Looks:
    """The looks at one picture. What they cost is estimated, not measured: the answer must not depend on the load."""

    def __init__(self, cascade: Cascade, pixels: Pixels, effort: Effort) -> None:
        self._cascade, self._pixels = cascade, pixels
        self._left_s, self._most_boxes = effort.looking_s, effort.boxes

    def find(self) -> list[Detection]:
        """The faces, some of them perhaps twice."""
        found = self._look(self._pixels)
        if max((face.size for face in found), default=0.0) < FAR * max(self._pixels.shape[:2]):
            found = max(found, self._look_if_allowed(self._pixels, SMALLER), key=len)
        found = found or self._tilted(0.0)
        found = self._upright_or_turned(found)
        return found or next((seen for degrees in TILTS if (seen := self._tilted(degrees))), [])

    def _look(self, pixels: Pixels, smallest: SmallestFace = SmallestFace()) -> list[Detection]:
        seen = self._cascade.detect(pixels, smallest, self._most_boxes)
        self._left_s -= _cost_s(pixels.size // 3, smallest) + len(seen) * FACE_S
        return seen

    def _look_if_allowed(self, pixels: Pixels, smallest: SmallestFace = SmallestFace()) -> list[Detection]:
        return self._look(pixels, smallest) if _cost_s(pixels.size // 3, smallest) <= self._left_s else []

    def _upright_or_turned(self, found: list[Detection]) -> list[Detection]:
        """What was `found`, or what is seen in the picture turned by a quarter, a half or three quarters, if that is
        much more convincing."""
        best = max(found, key=_evidence, default=None)
        doubted = best is not None and best.confidence < CERTAIN and self._is_surer_turned(best)
        if best and best.confidence >= SURE and not doubted:
            return found
        seen = {quarters: self._quartered(quarters) for quarters in QUARTERS}
        quarters, turned = max(seen.items(), key=lambda it: max(map(_evidence, it[1]), default=0.0))
        face = max(turned, key=_evidence, default=None)
        if face is None or not (self._outdoes(face, best, doubted) if best else self._is_sure(face, quarters)):
            return found
        return turned

    def _is_surer_turned(self, face: Detection) -> bool:
        upright, *turned = self._cascade.compare_turns(self._pixels, face)
        return _digits(max(turned)) > _digits(upright) + STANDING

    def _is_sure(self, face: Detection, quarters: int) -> bool:
        """Whether that is a face which is seen only in the picture turned by so many quarters."""
        if face.confidence < SURE:
            return False
        again = self._cascade.compare_turns(self._pixels, face)[quarters]
        return _digits(face.confidence) + _digits(again) >= SURE_TWICE

    def _outdoes(self, face: Detection, upright: Detection, doubted: bool) -> bool:
        times = DOUBTED_EVIDENCE if doubted else TURNED_EVIDENCE
        return face.confidence >= TURNED_SURE and _evidence(face) > times * _evidence(upright)

    def _quartered(self, quarters: int) -> list[Detection]:
        """The faces of the picture when it is turned by so many quarters, in the picture as it is."""
        height, width = self._pixels.shape[:2]
        turned = np.ascontiguousarray(np.rot90(self._pixels, quarters))
        back = np.array(
            {
                1: [[0, -1, width], [1, 0, 0]],
                2: [[-1, 0, width], [0, -1, height]],
                3: [[0, 1, 0], [-1, 0, height]],
            }[quarters],
            np.float64,
        )
        return [_moved(face, back) for face in self._look_if_allowed(turned)]

    def _tilted(self, degrees: float) -> list[Detection]:
        """The faces of the picture when it is turned about its middle, with room around it."""
        height, width = self._pixels.shape[:2]
        room = round(MARGIN * max(width, height))
        size = width + 2 * room, height + 2 * room
        if _cost_s(size[0] * size[1]) > self._left_s:
            return []
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
        matrix[:, 2] += room
        back = cv2.invertAffineTransform(matrix)
        seen = self._look(cv2.warpAffine(self._pixels, matrix, size, borderValue=GREY))
        return [_moved(face, back) for face in seen if face.confidence >= SURE]


def _cost_s(pixels: int, smallest: SmallestFace = SmallestFace()) -> float:
    return pixels * PIXEL_S * (SMALLER_TIMES if smallest is SMALLER else 1)


def _digits(confidence: float) -> float:
    """How sure a network is, as the number of nines: 1 for 0.9, 2 for 0.99, at most 4."""
    return -math.log10(1 - confidence + 1e-4)


def _evidence(face: Detection) -> float:
    """How convincing a face is: sure, and large."""
    return _digits(face.confidence) * math.sqrt(face.size)


def _moved(face: Detection, matrix: NDArray[np.float64]) -> Detection:
    """The face where the (2, 3) `matrix` moves it. Its box is moved by its centre: a tilted one stays as large, and one
    on its side is turned."""
    left, top, right, bottom = face.box
    centre = cv2.transform(np.array([[[(left + right) / 2, (top + bottom) / 2]]]), matrix)[0, 0]
    half = (right - left) / 2, (bottom - top) / 2
    if abs(matrix[0, 1]) > abs(matrix[0, 0]):
        half = half[::-1]
    x, y = (float(value) for value in centre)
    landmarks = cv2.transform(face.landmarks[np.newaxis], matrix)[0].astype(np.float32)
    return Detection((x - half[0], y - half[1], x + half[0], y + half[1]), landmarks, face.confidence)
