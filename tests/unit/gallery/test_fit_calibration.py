"""The fit, on similarities whose true probabilities are known."""

import numpy as np
import pytest

from benchmarks.fit_calibration import (
    MATCH_PRECISION,
    Outcomes,
    Trial,
    draw_trials,
    expected_calibration_error,
    fit,
    judge,
    precision,
)


def simulated(seed: int, people: int = 40, faces: int = 600) -> list[Trial]:
    """Similarities as Bayes would have them: normal, of equal spread, 0.7 to oneself and 0.1 to others."""
    random = np.random.default_rng(seed)
    owner = random.integers(-1, people, faces)
    similarities = random.normal(0.1, 0.15, (faces, people))
    known = owner >= 0
    similarities[known, owner[known]] += 0.6
    kinds = np.where(known, "known", "stranger")
    return draw_trials(similarities.astype(np.float32), owner, kinds, seed)


def test_the_fitted_probabilities_are_frequencies_on_other_faces() -> None:
    calibration = fit(simulated(1))
    outcomes = judge(calibration, simulated(2))
    assert expected_calibration_error(outcomes) < 0.02
    assert precision(outcomes, calibration.match) > MATCH_PRECISION - 0.01
    assert calibration.slope == pytest.approx(0.6 / 0.15**2, rel=0.25), "the slope of the log-likelihood ratio"


def test_in_every_trial_half_of_the_weight_is_on_faces_of_the_gallery() -> None:
    for trial in simulated(3):
        assert trial.weights[trial.right >= 0].sum() == pytest.approx(0.5)
        assert trial.weights.sum() == pytest.approx(1)


def outcomes(probability: list[float], correct: list[bool]) -> Outcomes:
    n = len(correct)
    return Outcomes(np.array(probability), np.array(correct), np.ones(n, bool), np.full(n, "x"), np.ones(n))


def test_the_calibration_error_is_the_distance_of_probability_and_frequency() -> None:
    assert expected_calibration_error(outcomes([0.75] * 4, [True, True, True, False])) == pytest.approx(0)
    assert expected_calibration_error(outcomes([0.95, 0.95], [True, False])) == pytest.approx(0.45)
    assert expected_calibration_error(outcomes([1.0, 0.0], [False, True])) == pytest.approx(1)


def test_precision_counts_only_what_is_named() -> None:
    some = outcomes([0.95, 0.9, 0.5], [True, False, False])
    assert precision(some, 0.9) == pytest.approx(0.5)
    assert precision(some, 0.95) == 1
    assert precision(some, 0.99) == 1
