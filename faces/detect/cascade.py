"""MTCNN (Zhang et al. 2016, arXiv:1604.02878): three networks, each of which refines the candidates of the one before.

The networks, thresholds and conventions are those of the `mtcnn` package 1.0.0; the pyramid is our own, because the
package's smallest face cannot be changed, and so is the cascade, because the package needs TensorFlow.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from faces.detect.boxes import Floats, shift, square, suppress
from faces.detect.mosaic import Tile, cut_strips, lay_out
from faces.detect.pyramid import WINDOW, build_pyramid
from faces.runtime import Batch, Network, load_network
from faces.types import Detection, Pixels

STRIDE = 2
PNET_CONFIDENCE, RNET_CONFIDENCE, ONET_CONFIDENCE = 0.6, 0.7, 0.8
PNET_LOGIT = math.log(PNET_CONFIDENCE / (1 - PNET_CONFIDENCE))
LEVEL_OVERLAP, OVERLAP = 0.5, 0.7
RNET_SIDE, ONET_SIDE = 24, 48
MAX_PROPOSALS = 1000
"""How many candidates of one pyramid level are kept, the most confident: bounds what a hostile picture can cost."""
MAX_BOXES = 1600
"""The same for all levels together. Of 1,730 pictures of people, two dozen have more than 500, none more than 1,300."""
LAST_PART = 8
"""The last network gets at most this part of them, 200: those pictures have at most 33 for it."""
CHUNKS = {"pnet": 1, "rnet": 16, "onet": 2}
"""How many rows of a batch (strips of the sheet, or boxes) one core processes together."""
OUTSIDE = (127.5, 127.5, 127.5)
"""The colour beyond the picture's edge: grey, which the networks scale to zero."""


@dataclass(frozen=True, slots=True)
class SmallestFace:
    """The smallest face to look for: a fraction of the picture's longer side, but at least `pixels`."""

    part: float = 1 / 32
    pixels: float = 20.0

    def of(self, image: Floats) -> float:
        """The size of that face in pixels of the image."""
        return max(self.pixels, self.part * float(max(image.shape[:2])))


class Cascade:
    """The three networks, one after the other. Safe to share between threads."""

    def __init__(self, pnet: Network, rnet: Network, onet: Network) -> None:
        self._pnet, self._rnet, self._onet = pnet, rnet, onet

    def detect(
        self, pixels: Pixels, smallest: SmallestFace = SmallestFace(), max_boxes: int = MAX_BOXES
    ) -> list[Detection]:
        """The faces of an RGB picture, in its own pixels, most confident first; at most an eighth of `max_boxes`."""
        image = pixels.astype(np.float32)
        boxes = self._propose(image, smallest.of(image), max_boxes)
        if len(boxes):
            boxes = self._refine(image, boxes)[: max_boxes // LAST_PART]
        return self._describe(image, boxes) if len(boxes) else []

    def compare_turns(self, pixels: Pixels, face: Detection) -> tuple[float, ...]:
        """How sure the last network is of a face as it is, and of the same when the picture is turned by 90, 180 and
        270 degrees, counterclockwise."""
        (patch,) = cut_patches(pixels, square(np.array([face.box], np.float32)), ONET_SIDE)
        turned = np.array([np.rot90(patch, quarters) for quarters in range(4)], np.float32)
        return tuple(map(float, self._onet(turned)["face"]))

    def _propose(self, image: Floats, smallest: float, max_boxes: int) -> Floats:
        levels = build_pyramid(image, smallest)
        if not levels:
            return np.empty((0, 4), np.float32)
        sheet, tiles = lay_out(levels)
        strips = self._pnet(cut_strips(sheet))["windows"]
        windows = strips.reshape(-1, *strips.shape[2:])
        most = min(MAX_PROPOSALS, max_boxes)
        found = [_read_windows(windows, tile, most) for tile in tiles]
        boxes = np.vstack([boxes for boxes, _ in found])
        confidences = np.hstack([confidences for _, confidences in found])
        if len(boxes) > max_boxes:
            best = np.argpartition(-confidences, max_boxes)[:max_boxes]
            boxes, confidences = boxes[best], confidences[best]
        return square(boxes[suppress(boxes, confidences, OVERLAP)])

    def _refine(self, image: Floats, boxes: Floats) -> Floats:
        outputs = self._rnet(cut_patches(image, boxes, RNET_SIDE))
        sure = outputs["face"] > RNET_CONFIDENCE
        boxes = shift(boxes, outputs["box"])[sure]
        return square(boxes[suppress(boxes, outputs["face"][sure], OVERLAP)])

    def _describe(self, image: Floats, boxes: Floats) -> list[Detection]:
        outputs = self._onet(cut_patches(image, boxes, ONET_SIDE))
        sure = outputs["face"] > ONET_CONFIDENCE
        confidences, landmarks = outputs["face"][sure], _place(outputs["landmarks"], boxes)[sure]
        boxes = shift(boxes, outputs["box"])[sure]
        kept = suppress(boxes, confidences, OVERLAP, "smaller")
        return list(_detections(image.shape, boxes[kept], landmarks[kept], confidences[kept]))


def load_cascade(folder: Path, *, threads: int | None = None) -> Cascade:
    """The cascade of a folder of prepared models; `threads` as in `load_network`."""
    pnet, rnet, onet = (
        load_network(folder / f"{name}.xml", chunk=chunk, threads=threads) for name, chunk in CHUNKS.items()
    )
    return Cascade(pnet, rnet, onet)


def _read_windows(windows: Floats, tile: Tile, most: int) -> tuple[Floats, Floats]:
    """The windows of one tile that may hold a face, `most` at most, in pixels of the picture, and their confidences."""
    place = windows[tile.top // STRIDE :, tile.left // STRIDE :][: _windows(tile.height), : _windows(tile.width)]
    rows, columns = _most_confident(place[..., -1], PNET_LOGIT, most)
    corners = STRIDE * np.stack([columns, rows, columns, rows], axis=1).astype(np.float32)
    corners += np.array([1, 1, WINDOW, WINDOW], np.float32)  # counted from one, as the networks were trained
    best = place[rows, columns]
    boxes = (corners + (WINDOW - 1) * best[:, :4]) / np.float32(tile.scale)
    confidences = (1 / (1 + np.exp(-best[:, 4]))).astype(np.float32)
    kept = suppress(boxes, confidences, LEVEL_OVERLAP)
    return boxes[kept], confidences[kept]


def _windows(side: int) -> int:
    """How many windows the first network has along a side: a filter of 3, a stride of 2, two filters of 3."""
    return (side - 1) // 2 - 4


def _most_confident(face: Floats, threshold: float, most: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    rows, columns = np.nonzero(face > threshold)
    if len(rows) > most:
        best = np.argpartition(-face[rows, columns], most)[:most]
        rows, columns = rows[best], columns[best]
    return rows, columns


def cut_patches(image: Floats | Pixels, boxes: Floats, side: int) -> Batch:
    """The boxes' contents at `side` x `side` pixels, shape (n, side, side, 3).

    Samples single points, as `tf.image.crop_and_resize` does: the networks were trained on such crops.
    """
    height, width = image.shape[:2]
    inner = np.array([(width - 1) / width, (height - 1) / height], np.float32)
    start, end = boxes[:, :2] * inner, boxes[:, 2:] * inner
    steps = np.linspace(0, 1, side, dtype=np.float32)
    points = start[:, None, :] + steps[None, :, None] * (end - start)[:, None, :]
    shape = (len(boxes), side, side)
    xs = np.broadcast_to(points[:, None, :, 0], shape).reshape(-1, side)
    ys = np.broadcast_to(points[:, :, None, 1], shape).reshape(-1, side)
    return np.concatenate(list(_sample(image, xs, ys))).reshape(*shape, 3)


def _sample(image: Floats | Pixels, xs: Floats, ys: Floats) -> Iterable[Floats]:
    most_rows = 32_000  # OpenCV's limit is 32,767
    for first in range(0, len(xs), most_rows):
        rows = slice(first, first + most_rows)
        yield cv2.remap(image, xs[rows], ys[rows], cv2.INTER_LINEAR, borderValue=OUTSIDE)


def _place(landmarks: Floats, boxes: Floats) -> Floats:
    """Convert landmarks from fractions of the box (five x, then five y) to pixels; shape (n, 5, 2)."""
    points = landmarks.reshape(-1, 2, 5).transpose(0, 2, 1)
    sizes = boxes[:, 2:] - boxes[:, :2] + 1
    placed: Floats = points * sizes[:, None] + boxes[:, None, :2] - 1
    return placed


def _detections(shape: tuple[int, ...], boxes: Floats, landmarks: Floats, confidences: Floats) -> Iterable[Detection]:
    height, width = shape[:2]
    limits = np.array([width, height, width, height], np.float32)
    for box, points, confidence in zip(np.clip(boxes, 0, limits), landmarks, confidences, strict=True):
        left, top, right, bottom = (float(edge) for edge in box)
        yield Detection(box=(left, top, right, bottom), landmarks=points, confidence=float(confidence))
