"""What is kept of the frames of a burst."""

from datetime import UTC, datetime

import numpy as np
import pytest

from api.identify.look import Look, look_of
from faces.types import Analysis, Detection, Face
from tests.unit.gallery.evening import axes

AT = datetime(2026, 3, 14, 20, 0, tzinfo=UTC)
ANNE, BILL, CARA = range(3)


def face(who: int, left: float = 100, quality: float = 0.5, confidence: float = 0.9) -> Face:
    detection = Detection((left, 50, left + 80, 150), np.zeros((5, 2), np.float32), confidence)
    return Face(detection, axes(3)[who], quality)


def looked(*frames: list[Face]) -> Look:
    return look_of([Analysis(640, 360, tuple(faces), {}) for faces in frames], AT, dimension=8)


def who(look: Look) -> list[int]:
    return look.embeddings.argmax(axis=1).tolist()


def test_the_frame_with_the_best_faces_is_shown_and_who_is_in_it_comes_first() -> None:
    look = looked([face(CARA, quality=0.9)], [face(ANNE, quality=0.5), face(BILL, left=400, quality=0.6)])
    assert look.shown == 1
    assert who(look) == [BILL, ANNE, CARA]


def test_a_face_is_boxed_in_the_frame_shown_even_if_another_one_is_better() -> None:
    look = looked([face(ANNE, left=90, quality=0.9)], [face(ANNE, confidence=0.8), face(BILL, left=400)])
    [anne] = [seen for seen, name in zip(look.faces, who(look), strict=True) if name == ANNE]
    assert [view.frame for view in anne.views] == [1, 0]
    assert (anne.views[0].box[0], anne.confidence, anne.quality) == (100, 0.8, 0.9)


def test_a_cut_leaves_two_scenes_and_a_blank_frame_none() -> None:
    look = looked([face(ANNE)], [], [face(ANNE)], [face(BILL)])
    scenes = {name: seen.scene for seen, name in zip(look.faces, who(look), strict=True)}
    assert scenes[ANNE] != scenes[BILL]
    assert len(look.frames) == 4


def test_frames_without_a_face_are_a_look_at_nobody() -> None:
    look = looked([], [])
    assert (look.shown, look.faces, look.embeddings.shape) == (0, (), (0, 8))


def test_what_is_decided_first_is_what_can_be_sealed() -> None:
    noisy = Face(face(ANNE).detection, np.full(8, 1 / np.sqrt(8), np.float32), 0.5)
    pooled = looked([noisy]).embeddings
    assert np.array_equal(pooled, pooled.astype(np.float16))
    assert np.linalg.norm(pooled) == pytest.approx(1, abs=1e-3)
