import cv2
import numpy as np
import pytest

from faces.embed.align import SIDE, TEMPLATE
from faces.embed.quality import frontality, rate_quality
from faces.types import Detection, Pixels

SHARP: Pixels = np.random.default_rng(1).integers(0, 256, (SIDE, SIDE, 3), np.uint8)


def detection(size: float = 120, confidence: float = 1.0, nose_x: float | None = None) -> Detection:
    landmarks = TEMPLATE.copy()
    if nose_x is not None:
        landmarks[2, 0] = nose_x
    return Detection((0, 0, size, size), landmarks, confidence)


def test_a_large_sharp_frontal_sure_face_is_nearly_perfect() -> None:
    assert rate_quality(detection(), SHARP) > 0.95


@pytest.mark.parametrize(
    ("worse", "pixels"),
    [
        (detection(size=30), SHARP),
        (detection(confidence=0.8), SHARP),
        (detection(nose_x=60), SHARP),
        (detection(), cv2.GaussianBlur(SHARP, (0, 0), 6)),
    ],
    ids=["small", "unsure", "turned", "blurred"],
)
def test_each_shortcoming_costs(worse: Detection, pixels: Pixels) -> None:
    assert 0 < rate_quality(worse, pixels) < rate_quality(detection(), SHARP) - 0.1


def test_a_profile_is_not_frontal() -> None:
    assert frontality(detection(nose_x=20)) == 0.0


def test_coinciding_eyes_are_not_frontal() -> None:
    assert frontality(Detection((0, 0, 9, 9), np.zeros((5, 2), np.float32), 1.0)) == 0.0
