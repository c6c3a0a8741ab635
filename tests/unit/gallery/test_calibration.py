from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.calibration import UNCALIBRATED, Calibration, calibration_for, measured_calibrations

CALIBRATION = Calibration(slope=20, offset=0.5, crowd=1, match=0.9, uncertain=0.4, ceiling=0.99)

similarities = st.lists(st.floats(-1, 1), min_size=1, max_size=30)


def of(values: list[float], calibration: Calibration = CALIBRATION) -> list[float]:
    rows = calibration.probabilities(np.array([values], dtype=np.float32))
    return [float(value) for value in rows[0]]


@given(similarities)
def test_probabilities_are_probabilities(values: list[float]) -> None:
    found = of(values)
    assert all(0 <= it <= 1 for it in found)
    assert sum(found) <= CALIBRATION.ceiling + 1e-9


@given(similarities)
def test_the_more_similar_candidate_is_the_more_probable_one(values: list[float]) -> None:
    found = of(values)
    order = np.argsort(np.array(values, dtype=np.float32), kind="stable")
    assert all(found[a] <= found[b] for a, b in pairwise(order))


@given(similarities, st.floats(-1, 1))
def test_one_more_candidate_makes_nobody_else_more_probable(values: list[float], another: float) -> None:
    assert all(after <= before + 1e-12 for before, after in zip(of(values), of([*values, another]), strict=False))


def test_a_near_runner_up_is_a_reason_for_doubt() -> None:
    assert of([0.8, 0.79])[0] < 0.6 < 0.9 < of([0.8, 0.2])[0]


def test_without_candidates_there_are_no_probabilities() -> None:
    assert CALIBRATION.probabilities(np.empty((3, 0), np.float32)).shape == (3, 0)


@pytest.mark.parametrize(
    ("probability", "verdict"),
    [(1.0, "match"), (0.9, "match"), (0.89, "uncertain"), (0.4, "uncertain"), (0.39, "not_in_cast")],
)
def test_the_thresholds_belong_to_the_better_verdict(probability: float, verdict: str) -> None:
    assert CALIBRATION.verdict(probability) == verdict


def test_a_model_that_nobody_has_measured_is_treated_with_caution() -> None:
    cautious = calibration_for("never-heard-of")
    assert cautious is UNCALIBRATED
    assert not cautious.measured
    crowd = [0.3] * 19
    assert cautious.verdict(of([0.8, *crowd], cautious)[0]) != "match"
    assert cautious.verdict(of([0.86, *crowd], cautious)[0]) == "match"
    assert cautious.verdict(of([0.86, 0.8, *crowd], cautious)[0]) != "match"


def test_every_measured_calibration_is_sound() -> None:
    for model_key, calibration in measured_calibrations().items():
        assert calibration_for(model_key) is calibration
        assert calibration.slope > 0
        assert -1 < calibration.offset < 1
        assert 0 < calibration.uncertain < calibration.match <= calibration.ceiling < 1
