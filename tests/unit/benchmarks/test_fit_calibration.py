"""The fit and its measures, on faces whose true probabilities are known."""

import numpy as np
import pytest

from benchmarks.accuracy.dataset import Probe, split_in_half
from benchmarks.accuracy.evenings import Scene, draw_evening, draw_programmes
from benchmarks.accuracy.fit_calibration import MATCH_PRECISION, Trial, fit, judge, trials_of
from benchmarks.accuracy.metrics import (
    Guesses,
    expected_calibration_error,
    interval,
    miss_rate,
    precision,
    reliability,
)
from gallery.search import Gallery
from tests.unit.gallery.evening import content, person, unit_rows

DIMENSION = 48
PEOPLE = 40


def simulated(seed: int) -> tuple[Gallery, list[Probe]]:
    """People in random directions of space, seen with noise; half of them, and some strangers, are probes."""
    random = np.random.default_rng(seed)
    centres = unit_rows(random.normal(size=(PEOPLE + 60, DIMENSION)))
    gallery = Gallery(content([person(n, 1) for n in range(PEOPLE)], [], centres[:PEOPLE]))
    probes = []
    for number in [*range(0, PEOPLE, 2), *range(PEOPLE, PEOPLE + 60)]:
        name = f"Person {number}" if number < PEOPLE else None
        seen = unit_rows(centres[number] + random.normal(0, 0.17, size=(6, DIMENSION)))
        probes += [Probe(name, "simulated", face, f"noise {n % 2}") for n, face in enumerate(seen)]
    return gallery, probes


def trials(seed: int) -> list[Trial]:
    gallery, probes = simulated(seed)
    random = np.random.default_rng(seed)
    return trials_of(gallery, [draw_evening(gallery, probes, random, scenes=30) for _ in range(8)])


def test_the_fitted_probabilities_are_frequencies_on_other_faces() -> None:
    calibration = fit(trials(1))
    guesses = judge(calibration, trials(2))
    assert guesses.correct[guesses.present].mean() > 0.9
    assert expected_calibration_error(guesses) < 0.05
    assert precision(guesses, calibration.match) > MATCH_PRECISION - 0.02


def test_everybody_is_in_one_programme_and_half_of_a_cast_can_be_probed() -> None:
    gallery, probes = simulated(3)
    known = {probe.name for probe in probes if probe.name}
    programmes = draw_programmes(gallery, known, np.random.default_rng(3))
    cast = [member.person_id for programme in programmes for member in programme.cast]
    assert sorted(cast) == list(range(PEOPLE))
    assert [sum(member.person_id % 2 == 0 for member in it.cast) for it in programmes] == [5, 5, 5, 5]


def scenes(absent: float) -> list[Scene]:
    gallery, probes = simulated(4)
    evening = draw_evening(gallery, probes, np.random.default_rng(4), scenes=200, absent=absent)
    casts = {it.id: {f"Person {member.person_id}" for member in it.cast} for it in evening.airings}
    for scene in evening.scenes:
        assert set(scene.people) - {None} <= (casts[scene.airing] if scene.airing is not None else set())
        assert len(scene.people) == len(scene.embeddings) >= 1
    return list(evening.scenes)


def test_a_scene_is_of_one_programme_that_is_on_or_of_none() -> None:
    assert all(scene.airing is None for scene in scenes(absent=1.0))
    assert sum(scene.airing is not None for scene in scenes(absent=0.0)) > 150
    assert 60 < sum(scene.airing is not None for scene in scenes(absent=0.5)) < 140


def test_in_two_are_halves_that_do_not_depend_on_the_order() -> None:
    names = [f"name {n}" for n in range(11)]
    one, other = split_in_half(names)
    assert one | other == set(names)
    assert not one & other
    assert len(one) == 6
    assert split_in_half(reversed(names)) == (one, other)


def guesses(probability: list[float], correct: list[bool], present: list[bool] | None = None) -> Guesses:
    return Guesses.balanced(probability, correct, present or [True] * len(correct))


def test_the_calibration_error_is_the_distance_of_probability_and_frequency() -> None:
    assert expected_calibration_error(guesses([0.75] * 4, [True, True, True, False])) == pytest.approx(0)
    assert expected_calibration_error(guesses([0.95, 0.95], [True, False])) == pytest.approx(0.45)
    assert expected_calibration_error(guesses([1.0, 0.0], [False, True])) == pytest.approx(1)
    assert reliability(guesses([0.9, 0.92], [True, False])) == [pytest.approx((0.91, 0.5, 1))]


def test_precision_counts_only_what_is_named() -> None:
    some = guesses([0.95, 0.9, 0.5], [True, False, False])
    assert precision(some, 0.9) == pytest.approx(0.5)
    assert precision(some, 0.95) == 1
    assert precision(some, 0.99) == 1


def test_the_miss_rate_is_of_those_not_above_the_allowed_share_of_strangers() -> None:
    strangers = [n / 100 for n in range(100)]
    present = [True, True, True, *[False] * 100]
    some = guesses([0.999, 0.5, 1.0, *strangers], [True, True, False, *[False] * 100], present)
    assert miss_rate(some, 0.01) == pytest.approx(2 / 3), "one is below the threshold, one is wrong"
    assert miss_rate(some, 0.6) == pytest.approx(1 / 3)


def test_the_interval_covers_the_measure_and_narrows_with_more_people() -> None:
    random = np.random.default_rng(5)
    few = [random.uniform(size=4) for _ in range(10)]
    many = [random.uniform(size=4) for _ in range(400)]
    (low, high), (lower, upper) = (interval(it, lambda values: float(values.mean())) for it in (few, many))
    assert low < 0.5 < high
    assert 0 < upper - lower < (high - low) / 2


def test_those_present_and_those_absent_weigh_the_same() -> None:
    some = guesses([0.5] * 5, [True] * 5, [True, False, False, False, False])
    assert some.weights[some.present].sum() == pytest.approx(some.weights[~some.present].sum())
