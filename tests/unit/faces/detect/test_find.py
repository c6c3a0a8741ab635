"""When the detector looks again, and where it then places faces; the networks themselves have tests of theirs."""

from typing import Any

import cv2
import numpy as np
import pytest

from faces.detect.cascade import MAX_BOXES, Cascade, SmallestFace
from faces.detect.find import GREY, SMALLER, SURE, find_faces
from faces.effort import Effort
from faces.types import Detection, Pixels

BLUE = (0, 0, 255)


class Blobs(Cascade):
    """Finds one "face" where blue is, if that is `upright` and has `room`, and counts its looks."""

    def __init__(self, *, least: float = 0, room: bool = False, confidence: float = 1.0) -> None:
        self.least, self.room, self.confidence = least, room, confidence
        self.looks: list[SmallestFace] = []

    def compare_turns(self, pixels: Pixels, face: Detection) -> tuple[float, ...]:
        return face.confidence, 0.0, 0.0, 0.0

    def detect(
        self, pixels: Pixels, smallest: SmallestFace = SmallestFace(), most_boxes: int = MAX_BOXES
    ) -> list[Detection]:
        self.looks.append(smallest)
        rows, columns = np.nonzero((np.abs(pixels.astype(int) - BLUE) < 60).all(axis=2))
        if not len(rows) or (self.room and pixels[0, 0].tolist() != list(GREY)):
            return []
        box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        middle = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]
        face = Detection(box, np.array([middle] * 5, np.float32), self.confidence)
        return [face] if face.size >= max(smallest.of(pixels), self.least) else []


def picture(side: int, left: int = 300, top: int = 200) -> Pixels:
    pixels = np.zeros((400, 800, 3), np.uint8)
    pixels[top : top + side, left : left + side] = BLUE
    return pixels


def test_a_near_face_is_found_at_the_first_look() -> None:
    cascade = Blobs()
    assert find_faces(cascade, picture(120))[0].box == (300, 200, 420, 320)
    assert len(cascade.looks) == 1


def test_where_only_far_faces_are_found_a_second_look_is_for_smaller_ones() -> None:
    cascade = Blobs()
    assert len(find_faces(cascade, picture(60))) == 1
    assert cascade.looks == [SmallestFace(), SMALLER]


def test_a_face_too_small_for_the_first_look_is_found_by_the_second() -> None:
    assert find_faces(Blobs(), picture(18))[0].box == (300, 200, 318, 218)


@pytest.mark.parametrize("height", [300, 400, 555])
def test_a_face_that_fills_the_picture_is_found_with_room_around_it(height: int) -> None:
    pixels = np.full((height, 400, 3), BLUE, np.uint8)
    (face,) = find_faces(Blobs(room=True), pixels)
    assert face.box == pytest.approx((0, 0, 400, height), abs=1.5)
    assert face.landmarks[0] == pytest.approx([200, height / 2], abs=1.5)


class Upright(Blobs):
    """Sees only what has no slanted edge."""

    def detect(
        self, pixels: Pixels, smallest: SmallestFace = SmallestFace(), most_boxes: int = MAX_BOXES
    ) -> list[Detection]:
        found = super().detect(pixels, smallest)
        blue = (np.abs(pixels.astype(int) - BLUE) < 60).all(axis=2).sum()
        return [face for face in found if blue > 0.9 * face.size**2]


@pytest.mark.parametrize("degrees", [25.0, -25.0])
def test_a_tilted_face_is_found_in_the_turned_picture_and_placed_in_the_one_given(degrees: float) -> None:
    upright = picture(100, left=350, top=100)
    turn: Any = cv2.getRotationMatrix2D((400, 200), degrees, 1.0)
    (face,) = find_faces(Upright(), cv2.warpAffine(upright, turn, (800, 400)))
    assert face.landmarks[0] == pytest.approx(turn @ [400, 150, 1], abs=2)
    assert face.size == pytest.approx(100, abs=4)


def test_a_doubtful_face_of_a_turned_picture_is_none() -> None:
    pixels = np.full((300, 300, 3), BLUE, np.uint8)
    assert find_faces(Blobs(room=True, confidence=SURE - 0.01), pixels) == []
    assert len(find_faces(Blobs(room=True, confidence=SURE), pixels)) == 1


def test_the_looks_at_a_picture_without_faces_are_counted() -> None:
    cascade = Blobs()
    assert find_faces(cascade, np.zeros((400, 800, 3), np.uint8)) == []
    assert len(cascade.looks) == 8


class Told(Cascade):
    """Finds what it is told, most confident first."""

    def __init__(self, *boxes: tuple[float, float, float, float]) -> None:
        self.faces = [Detection(box, np.zeros((5, 2), np.float32), 1 - n / 10) for n, box in enumerate(boxes)]

    def compare_turns(self, pixels: Pixels, face: Detection) -> tuple[float, ...]:
        return face.confidence, 0.0, 0.0, 0.0

    def detect(
        self, pixels: Pixels, smallest: SmallestFace = SmallestFace(), most_boxes: int = MAX_BOXES
    ) -> list[Detection]:
        return self.faces


def test_a_mouth_that_was_taken_for_a_face_of_its_own_is_none() -> None:
    face, mouth, neighbour = (100, 100, 260, 300), (150, 240, 240, 340), (230, 100, 400, 300)
    assert [it.box for it in find_faces(Told(face, mouth, neighbour), picture(0))] == [face, neighbour]


class Lying(Cascade):
    """A face that stands in the picture when this is turned counterclockwise by so many `quarters`: there, all of
    RED is one. Upright and otherwise turned, something else is taken for a face with the confidence `wrong`."""

    def __init__(
        self, quarters: int, *, right: float, wrong: float = 0.0, turns: tuple[float, ...] = (1, 0, 0, 0)
    ) -> None:
        self.quarters, self.right, self.wrong, self.turns = quarters, right, wrong, turns
        self.looks = 0

    def compare_turns(self, pixels: Pixels, face: Detection) -> tuple[float, ...]:
        return self.turns

    def detect(
        self, pixels: Pixels, smallest: SmallestFace = SmallestFace(), most_boxes: int = MAX_BOXES
    ) -> list[Detection]:
        self.looks += 1
        confidence = self.right if np.array_equal(pixels, np.rot90(scene(), self.quarters)) else self.wrong
        if not confidence:
            return []
        rows, columns = np.nonzero((pixels == RED).all(axis=2))
        box = (float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1))
        x, y, width = (box[0] + box[2]) / 2, box[1], box[2] - box[0]
        eyes_to_mouth = [
            [x - width / 4, y],
            [x + width / 4, y],
            [x, y],
            [x - width / 4, box[3]],
            [x + width / 4, box[3]],
        ]
        return [Detection(box, np.array(eyes_to_mouth, np.float32), confidence)]


RED = (255, 0, 0)


def scene() -> Pixels:
    """A tall red thing in the lower right of a wide picture; no turn of it is like another."""
    pixels = np.zeros((400, 800, 3), np.uint8)
    pixels[150:350, 560:680] = RED
    return pixels


@pytest.mark.parametrize(("quarters", "mouth"), [(1, (560, 250)), (2, (620, 150)), (3, (680, 250))])
def test_a_face_on_its_side_is_found_and_placed_in_the_picture_as_it_was_sent(
    quarters: int, mouth: tuple[float, float]
) -> None:
    (face,) = find_faces(Lying(quarters, right=0.99, turns=(0.1, 0.99, 0.99, 0.99)), scene())
    assert face.box == pytest.approx((560, 150, 680, 350))
    assert face.landmarks[3:].mean(axis=0) == pytest.approx(mouth), "the mouth is where the picture shows it"


def test_a_doubtful_face_does_not_stop_the_turned_looks_and_loses_to_a_much_surer_one() -> None:
    (face,) = find_faces(Lying(1, right=0.999, wrong=0.9), scene())
    assert face.confidence == 0.999
    (face,) = find_faces(Lying(1, right=0.97, wrong=0.9), scene())
    assert face.confidence == 0.9, "not much surer"


def test_a_convincing_face_is_not_looked_for_in_turned_pictures() -> None:
    cascade = Lying(0, right=0.97)
    assert len(find_faces(cascade, scene())) == 1
    assert cascade.looks == 1


def test_a_face_that_the_last_network_finds_surer_when_turned_is_doubted() -> None:
    cascade = Lying(1, right=0.995, wrong=0.98, turns=(0.8, 0.99, 0.1, 0.1))
    (face,) = find_faces(cascade, scene())
    assert face.confidence == 0.995
    assert find_faces(Lying(1, right=0.995, wrong=0.98, turns=(0.8, 0.9, 0.1, 0.1)), scene())[0].confidence == 0.98


def test_what_is_seen_only_in_a_turned_picture_must_be_sure() -> None:
    glances = (0.1, 0.99, 0.1, 0.1)
    assert len(find_faces(Lying(1, right=SURE, turns=glances), scene())) == 1
    assert find_faces(Lying(1, right=SURE - 0.01, turns=glances), scene()) == []
    assert find_faces(Lying(3, right=SURE, turns=glances), scene()) == [], "not at a second glance"


def test_the_frames_of_a_burst_share_what_looking_may_cost() -> None:
    nothing = np.zeros((1200, 1600, 3), np.uint8)
    alone, of_eight, cascade = Blobs(), Blobs(), Blobs()
    assert find_faces(alone, nothing) == find_faces(of_eight, nothing, Effort(8)) == []
    assert len(alone.looks) == 8
    assert len(of_eight.looks) < 4
    assert find_faces(cascade, np.zeros((4000, 4000, 3), np.uint8), Effort(8)) == []
    assert len(cascade.looks) == 1, "the first look is always taken"
