"""Measures face detection: recall by condition and false detections, beside `mtcnn` at its defaults.

    python -m benchmarks.accuracy.detection --faces DIR [--stock] [--frames 20]

`DIR` holds `gallery`, `probes_photo` and `probes_tv_still` of `<name>/<picture>`. The frames are synthetic
(`benchmarks.accuracy.frames`), and always the same. The last row is of real pictures whose faces were painted over.
"""

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

import numpy as np

from benchmarks.accuracy.frames import CONDITIONS, Condition, Frame, Portrait, draw_frames, without_faces
from faces.decode import decode
from faces.detect.cascade import Cascade, load_cascade
from faces.detect.find import find_faces
from faces.embed.quality import frontality
from faces.types import Pixels

Detector: TypeAlias = Callable[[Pixels], Sequence[tuple[float, float, float]]]
"""Returns (x, y, size) of each face in a picture: its centre, and the longer side of its box, in pixels."""
OFF, SIZES = 0.5, (0.45, 2.2)
"""How far a detection may be from the centre of the face, as a fraction of its size, and the allowed size ratio."""


@dataclass(slots=True)
class Tally:
    """Counts of the detections in some frames."""

    faces: int = 0
    found: int = 0
    doubles: int = 0
    no_faces: int = 0
    seconds: float = 0.0
    frames: int = 0

    def add(self, frame: Frame, detector: Detector) -> None:
        """Detect the faces of one more frame, and count the result."""
        start = perf_counter()
        detections = detector(frame.pixels)
        self.seconds += perf_counter() - start
        hits = np.zeros(len(frame.faces), int)
        for x, y, size in detections:
            near = [n for n, face in enumerate(frame.faces) if _is_at(face, x, y, size)]
            hits[near[:1]] += 1
            self.no_faces += not near
        self.faces += len(hits)
        self.found += int((hits > 0).sum())
        self.doubles += int(np.maximum(hits - 1, 0).sum())
        self.frames += 1

    def row(self, name: str) -> str:
        """A row of the table."""
        recall = f"{self.found / self.faces:.1%}" if self.faces else "–"
        return f"| {name} | {self.faces} | {recall} | {self.doubles} | {self.no_faces} | {self.ms:.0f} |"

    @property
    def ms(self) -> float:
        """Milliseconds a frame."""
        return 1000 * self.seconds / max(self.frames, 1)


def _is_at(face: np.ndarray, x: float, y: float, size: float) -> bool:
    return bool(np.hypot(x - face[0], y - face[1]) < OFF * face[2] and SIZES[0] < size / face[2] < SIZES[1])


def measure(detectors: dict[str, Detector], conditions: Sequence[tuple[str, list[Frame]]]) -> Iterator[str]:
    """A table for each detector."""
    for name, detector in detectors.items():
        yield f"\n| {name} | faces | found | doubles | no faces | ms |\n|---|---|---|---|---|---|"
        for condition, frames in conditions:
            tally = Tally()
            for frame in frames:
                tally.add(frame, detector)
            yield tally.row(condition)


class Ours:
    """The product's detector; with `first_pass`, the first pass only."""

    def __init__(self, cascade: Cascade, *, first_pass: bool = False) -> None:
        self._cascade, self._first_pass = cascade, first_pass

    def __call__(self, pixels: Pixels) -> list[tuple[float, float, float]]:
        """See `Detector`."""
        found = self._cascade.detect(pixels) if self._first_pass else find_faces(self._cascade, pixels)
        return [_place(it.box) for it in found]


class Stock:
    """The `mtcnn` package at its defaults. Imports TensorFlow."""

    def __init__(self) -> None:
        from mtcnn import MTCNN

        self._mtcnn = MTCNN()

    def __call__(self, pixels: Pixels) -> list[tuple[float, float, float]]:
        """See `Detector`."""
        rows = self._mtcnn.detect_faces(pixels, box_format="xyxy")
        return [_place(row["box"]) for row in rows]


def _place(box: Sequence[float]) -> tuple[float, float, float]:
    left, top, right, bottom = box
    return (left + right) / 2, (top + bottom) / 2, max(right - left, bottom - top)


def read_pictures(faces: Path, cascade: Cascade) -> tuple[list[Portrait], list[Pixels]]:
    """Portraits from pictures with a single face, and wide pictures with their faces painted over."""
    portraits, scenes = [], []
    for folder in ("probes_tv_still", "probes_photo"):
        for path in sorted((faces / folder).glob("*/*"))[::3]:
            pixels = decode(path.read_bytes()).pixels
            found = find_faces(cascade, pixels)
            height, width = pixels.shape[:2]
            if len(found) == 1 and 48 <= found[0].size < 0.55 * min(height, width):
                portraits.append(Portrait(pixels, found[0], frontality(found[0])))
            if folder == "probes_tv_still" and width > height and all(it.size < 0.35 * height for it in found):
                scenes.append(without_faces(pixels, found))
    return portraits, scenes


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True)
    parser.add_argument("--stock", action="store_true", help="beside the mtcnn package (TensorFlow)")
    parser.add_argument("--frames", type=int, default=20, help="of each condition")
    parser.add_argument("--models", type=Path, default=Path("var/models/msceleb-128"))
    options = parser.parse_args()
    cascade = load_cascade(options.models)
    portraits, scenes = read_pictures(options.faces, cascade)
    conditions = [(it.name, list(_drawn(it, portraits, scenes, options.frames))) for it in CONDITIONS]
    conditions.append(("no faces", [Frame(pixels, np.empty((0, 3))) for pixels in scenes]))
    detectors: dict[str, Detector] = {"ours": Ours(cascade), "ours, first look": Ours(cascade, first_pass=True)}
    if options.stock:
        detectors["stock"] = Stock()
    for line in measure(detectors, conditions):
        print(line, flush=True)


def _drawn(
    condition: Condition, portraits: Sequence[Portrait], scenes: Sequence[Pixels], count: int
) -> Iterator[Frame]:
    return draw_frames(condition, portraits, scenes, np.random.default_rng(7), count)


if __name__ == "__main__":
    main()
