from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.calibration import UNCALIBRATED, Calibration, calibration_for, measured_calibrations

CALIBRATION = Calibration(slope=20, offset=0.5, elsewhere=0.5, together=0.6, match=0.9, uncertain=0.4, ceiling=0.99)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_the_more_similar_face_has_the_better_odds(one: float, other: float) -> None:
    less, more = np.sort(np.array([one, other], dtype=np.float32))
    assert CALIBRATION.odds(less) <= CALIBRATION.odds(more)


def test_at_the_offset_a_similarity_says_nothing() -> None:
    assert CALIBRATION.odds(np.array([0.5], np.float32)) == pytest.approx(1)


def test_being_told_moves_only_the_prior_and_by_what_was_expected() -> None:
    told = CALIBRATION.narrowed()
    assert replace(told, elsewhere=CALIBRATION.elsewhere) == CALIBRATION
    assert replace(CALIBRATION, elsewhere=0.25).narrowed().elsewhere == pytest.approx(0.2), "a quarter becomes a fifth"
    assert 0.5 < replace(CALIBRATION, elsewhere=0.95).narrowed().elsewhere < 0.95


def test_odds_never_overflow() -> None:
    steep = replace(CALIBRATION, slope=1e6)
    assert np.isfinite(steep.odds(np.array([-1, 1], np.float32)) ** 2).all()


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


def test_every_measured_calibration_is_sound() -> None:
    for model_key, calibration in measured_calibrations().items():
        assert calibration_for(model_key) is calibration
        assert calibration.slope > 0
        assert -1 < calibration.offset < 1
        assert 0 < calibration.elsewhere < 1
        assert 0 < calibration.together <= 1
        assert 0 < calibration.uncertain < calibration.match <= calibration.ceiling < 1
