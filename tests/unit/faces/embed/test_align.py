import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faces.embed.align import SIDE, TEMPLATE, align_faces, fit_similarity


@given(st.floats(-np.pi, np.pi), st.floats(0.05, 20), st.floats(-500, 500), st.floats(-500, 500))
def test_finds_the_rotation_scale_and_shift_that_were_applied(turn: float, scale: float, x: float, y: float) -> None:
    applied = np.array(
        [[scale * np.cos(turn), -scale * np.sin(turn), x], [scale * np.sin(turn), scale * np.cos(turn), y]]
    )
    moved = TEMPLATE.astype(np.float64) @ applied[:, :2].T + applied[:, 2]
    assert fit_similarity(TEMPLATE, moved) == pytest.approx(applied, rel=1e-4, abs=1e-3)


def test_never_mirrors() -> None:
    mirrored = TEMPLATE * np.array([-1, 1], np.float32)
    transform = fit_similarity(mirrored, TEMPLATE)
    assert np.linalg.det(transform[:, :2]) > 0


def test_coinciding_landmarks_are_no_error() -> None:
    points = np.full((5, 2), 30, np.float32)
    assert np.isfinite(fit_similarity(points, TEMPLATE)).all()
    assert align_faces(np.zeros((60, 60, 3), np.uint8), [points]).shape == (1, SIDE, SIDE, 3)


@pytest.mark.parametrize("degrees", [0, 30, -75, 180])
def test_a_turned_face_comes_out_upright(degrees: float) -> None:
    canvas = np.full((400, 400, 3), 255, np.uint8)
    turn = cv2.getRotationMatrix2D((200, 200), degrees, 1.7)
    points = (TEMPLATE - SIDE / 2 + 200) @ turn[:, :2].T.astype(np.float32) + turn[:, 2].astype(np.float32)
    for x, y in points:
        cv2.circle(canvas, (round(float(x)), round(float(y))), 9, (0, 0, 0), -1)
    (aligned,) = align_faces(canvas, [points])
    assert all(aligned[round(float(y)), round(float(x))].max() < 40 for x, y in TEMPLATE)
    assert aligned[2, 2].min() == 255


def test_no_faces_make_an_empty_batch() -> None:
    assert align_faces(np.zeros((60, 60, 3), np.uint8), []).shape == (0, SIDE, SIDE, 3)
