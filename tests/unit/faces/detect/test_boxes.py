import numpy as np
import pytest

from faces.detect.boxes import overlaps, shift, square, suppress

BOXES = np.array([[0, 0, 10, 10], [0, 0, 10, 5], [100, 100, 110, 110]], np.float32)


def test_overlaps_are_shares_of_the_union_or_of_the_smaller() -> None:
    assert overlaps(BOXES) == pytest.approx(np.array([[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]]))
    assert overlaps(BOXES, "smaller")[0, 1] == pytest.approx(1.0)


def test_an_empty_box_overlaps_nothing() -> None:
    boxes = np.array([[5, 5, 5, 5], [0, 0, 10, 10]], np.float32)
    assert (overlaps(boxes)[0] == 0).all()


def test_suppress_keeps_the_most_confident_of_those_that_overlap() -> None:
    confidences = np.array([0.7, 0.9, 0.8], np.float32)
    assert suppress(BOXES, confidences, 0.4).tolist() == [1, 2]
    assert suppress(BOXES, confidences, 0.6).tolist() == [1, 2, 0]


def test_a_box_that_fell_still_fells_others() -> None:
    chain = np.array([[0, 0, 10, 10], [3, 0, 13, 10], [6, 0, 16, 10]], np.float32)
    assert suppress(chain, np.array([0.9, 0.8, 0.7], np.float32), 0.5).tolist() == [0]


def test_suppress_takes_no_boxes() -> None:
    assert suppress(np.empty((0, 4), np.float32), np.empty(0, np.float32), 0.5).tolist() == []


def test_square_keeps_the_centre_and_the_longer_side() -> None:
    assert square(np.array([[0, 10, 20, 20]], np.float32)).tolist() == [[0, 5, 20, 25]]


def test_shift_moves_by_parts_of_the_size() -> None:
    moved = shift(np.array([[0, 0, 9, 19]], np.float32), np.array([[0.1, 0.1, -0.1, 0.2]], np.float32))
    assert moved == pytest.approx(np.array([[1, 2, 8, 23]]))
