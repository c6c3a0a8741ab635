"""Faces and airings weighed together."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from time import process_time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gallery.calibration import UNCALIBRATED, Calibration
from gallery.posterior import Posterior, infer_posterior, prior_weights
from gallery.search import Similarities
from gallery.types import Airing
from tests.unit.gallery.evening import airing, at, person

CALIBRATION = Calibration(slope=20, offset=0.5, elsewhere=0.5, together=0.6, match=0.9, uncertain=0.4, ceiling=0.99)

one_value = st.floats(-1, 1, width=32)
pictures = st.integers(1, 5).flatmap(
    lambda faces: st.lists(st.lists(one_value, min_size=9, max_size=9), min_size=faces, max_size=faces)
)


def similarities(rows: Sequence[Sequence[float]]) -> Similarities:
    """Of faces to the persons 1, 2, 3 …"""
    values = np.array(rows, dtype=np.float32)
    people = tuple(person(n + 1, 1) for n in range(values.shape[1]))
    return Similarities(people, values, values[:, :, np.newaxis])


def programmes(*casts: Sequence[int]) -> list[Airing]:
    return [airing(number, f"channel-{number}", 0, 60, cast) for number, cast in enumerate(casts)]


THREE = programmes([1, 2, 3], [4, 5, 6], [6, 7, 8, 9])


def believe(
    rows: Sequence[Sequence[float]], airings: Sequence[Airing] = THREE, calibration: Calibration = CALIBRATION
) -> Posterior:
    return infer_posterior(similarities(rows), airings, [1.0] * len(airings), calibration)


def alone(values: Sequence[float], calibration: Calibration = CALIBRATION) -> list[float]:
    """Of one face and one airing with all the people."""
    return believe([values], programmes(range(1, len(values) + 1)), calibration).people[0].tolist()


@given(pictures)
def test_probabilities_are_probabilities(rows: list[list[float]]) -> None:
    belief = believe(rows)
    assert belief.people.min() >= 0
    assert belief.people.sum(axis=1).max() <= CALIBRATION.ceiling + 1e-9
    assert belief.airings.min() >= 0
    assert belief.airings.sum() <= CALIBRATION.ceiling + 1e-9


@given(pictures, st.randoms(use_true_random=False))
def test_the_order_of_faces_and_of_airings_changes_nothing(
    rows: list[list[float]], random: np.random.Generator
) -> None:
    order, channels = list(range(len(rows))), list(range(3))
    random.shuffle(order)
    random.shuffle(channels)
    expected = believe(rows)
    found = believe([rows[n] for n in order], [THREE[n] for n in channels])
    assert found.people == pytest.approx(expected.people[order], abs=1e-9)
    assert found.airings == pytest.approx(expected.airings[channels], abs=1e-9)


@given(st.lists(one_value, min_size=9, max_size=9), st.integers(0, 8), st.floats(0.0625, 1, width=32))
def test_a_face_more_like_somebody_is_more_probably_them(values: list[float], column: int, more: float) -> None:
    nearer = [min(1.0, value + more) if n == column else value for n, value in enumerate(values)]
    assert believe([nearer]).people[0, column] >= believe([values]).people[0, column] - 1e-12


@given(st.lists(one_value, min_size=1, max_size=30), one_value)
def test_one_more_in_the_cast_makes_nobody_else_more_probable(values: list[float], another: float) -> None:
    independent = replace(CALIBRATION, together=1.0)
    before, after = alone(values, independent), alone([*values, another], independent)
    assert all(late <= early + 1e-12 for early, late in zip(before, after, strict=False))


def test_with_one_airing_it_is_bayes_rule() -> None:
    odds = np.exp(20 * (np.array([0.7, 0.4]) - 0.5)) / 2
    shown = 0.5 * (1 + odds.sum()) / (0.5 * (1 + odds.sum()) + 0.5)
    expected = 0.99 * shown * odds / (1 + odds.sum())
    assert alone([0.7, 0.4], replace(CALIBRATION, together=1.0)) == pytest.approx(expected.tolist())


def test_a_face_alone_cannot_tell_two_programmes_apart_but_two_can() -> None:
    unclear = [0.6, 0, 0, 0.6, 0, 0, 0, 0, 0]
    assert believe([unclear]).people[0, 0] == pytest.approx(believe([unclear]).people[0, 3])
    beside_a_colleague = believe([unclear, [0, 0.8, 0, 0, 0, 0, 0, 0, 0]])
    assert beside_a_colleague.people[0, 0] > 3 * beside_a_colleague.people[0, 3]
    assert beside_a_colleague.airings.argmax() == 0


def test_who_is_in_two_airings_is_believed_in_both() -> None:
    belief = believe([[0, 0, 0, 0, 0, 0.9, 0, 0, 0]])
    assert belief.people[0, 5] > 0.8
    assert belief.airings[1] > belief.airings[2] > 0.3 > belief.airings[0], "the smaller cast explains it better"


def test_a_picture_of_strangers_is_of_no_airing() -> None:
    belief = believe([[0.1] * 9] * 4)
    assert belief.people.max() < 0.01
    assert belief.airings.sum() <= 0.5


def test_of_a_cast_that_is_half_unknown_less_is_believed() -> None:
    values = [[0.55, 0.1]]
    known = believe(values, programmes([1, 2]))
    half_known = believe(values, programmes([1, 2, 98, 99]))
    assert half_known.people[0, 0] < known.people[0, 0]


def test_a_near_runner_up_is_a_reason_for_doubt() -> None:
    assert alone([0.8, 0.79])[0] < 0.6 < 0.9 < alone([0.8, 0.2])[0]


def test_an_unmeasured_model_names_only_what_is_obvious() -> None:
    crowd = [0.3] * 19
    assert UNCALIBRATED.verdict(alone([0.8, *crowd], UNCALIBRATED)[0]) != "match"
    assert UNCALIBRATED.verdict(alone([0.88, *crowd], UNCALIBRATED)[0]) == "match"
    assert UNCALIBRATED.verdict(alone([0.88, 0.8, *crowd], UNCALIBRATED)[0]) != "match"


def test_without_candidates_or_airings_nothing_is_believed() -> None:
    assert believe(np.empty((3, 0)).tolist(), []).people.shape == (3, 0)
    assert believe([[0.9, 0.1]], []).people.tolist() == [[0, 0]]
    nobody_known = believe(np.empty((1, 0)).tolist(), programmes([98], [99]))
    assert nobody_known.airings == pytest.approx([0.99 / 4] * 2), "as much as before"


def test_an_airing_is_expected_by_how_much_of_the_moment_it_fills() -> None:
    ending, starting = airing(1, "one", -30, 5, [1]), airing(2, "one", 5, 60, [2])
    shares = prior_weights([ending, starting], at(0), at(20))
    assert shares == pytest.approx([0.25, 0.75])
    belief = infer_posterior(similarities([[0.7, 0.7]]), [ending, starting], shares, CALIBRATION)
    assert belief.airings[1] == pytest.approx(3 * belief.airings[0])
    assert belief.people[0, 1] == pytest.approx(3 * belief.people[0, 0])
    assert prior_weights([ending], at(0), at(0) + timedelta(microseconds=1)) == [1.0]


def test_three_hundred_people_are_weighed_in_no_time() -> None:
    airings = programmes(*[range(first, first + 10) for first in range(1, 301, 10)])
    found = similarities(np.random.default_rng(1).uniform(-0.3, 0.6, (6, 300)).tolist())
    times = []
    for _ in range(20):
        started = process_time()
        infer_posterior(found, airings, [1.0] * 30, CALIBRATION)
        times.append(process_time() - started)
    assert min(times) < 0.002
