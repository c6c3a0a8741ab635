"""Metrics of identification, with confidence intervals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

BINS = 10
RESAMPLES = 1000


@dataclass(frozen=True, slots=True)
class Guesses:
    """The best guess for each of n faces: its probability, whether it is correct, and whether the person is on air."""

    probability: Floats
    correct: Flags
    present: Flags
    weights: Floats

    @classmethod
    def balanced(
        cls, probability: Sequence[float], correct: Sequence[bool], present: Sequence[bool], absent: float = 0.5
    ) -> Self:
        """Guesses where the faces of people who are not on air have the total weight `absent`, the others the rest."""
        here = np.array(present, bool)
        weights = np.where(here, (1 - absent) / max(here.sum(), 1), absent / max((~here).sum(), 1))
        return cls(np.array(probability, float), np.array(correct, bool), here, weights)

    def take(self, rows: NDArray[np.intp]) -> "Guesses":
        """The guesses in these rows, which may repeat."""
        return Guesses(self.probability[rows], self.correct[rows], self.present[rows], self.weights[rows])


def precision(guesses: Guesses, threshold: float) -> float:
    """The share of correct guesses among those that are at least this probable; 1 if there is none."""
    named = guesses.probability >= threshold
    return float(np.average(guesses.correct[named], weights=guesses.weights[named])) if named.any() else 1.0


def miss_rate(guesses: Guesses, false_names: float) -> float:
    """FNIR at an FPIR of `false_names` (ISO/IEC 19795-1).

    That is the share of faces that are not named correctly, at the threshold at which the share `false_names` of the
    faces of absent people gets a name.
    """
    absent = guesses.probability[~guesses.present]
    threshold = float(np.quantile(absent, 1 - false_names, method="higher")) if len(absent) else 0.0
    right = guesses.correct & (guesses.probability > threshold)
    return float(1 - right[guesses.present].mean())


def reliability(guesses: Guesses) -> list[tuple[float, float, float]]:
    """For each of ten equal bins that is not empty: mean probability, share of right guesses, weight."""
    bin_of = np.minimum((guesses.probability * BINS).astype(int), BINS - 1)
    rows = []
    for number in range(BINS):
        here = bin_of == number
        weight = guesses.weights[here].sum()
        if weight > 0:
            means = (
                np.average(of[here], weights=guesses.weights[here]) for of in (guesses.probability, guesses.correct)
            )
            rows.append((*(float(mean) for mean in means), float(weight / guesses.weights.sum())))
    return [(mean, share, weight) for mean, share, weight in rows]


def expected_calibration_error(guesses: Guesses) -> float:
    """Mean distance between probability and frequency over equal bins (Guo et al., 2017, arXiv:1706.04599)."""
    return sum(weight * abs(mean - share) for mean, share, weight in reliability(guesses))


def interval(groups: Sequence[Floats], of: Callable[[Floats], float], seed: int = 1) -> tuple[float, float]:
    """The 95 % bootstrap interval of a metric over values in groups (one for each person or picture).

    Whole groups are drawn with replacement: the pictures of one person are not independent (Efron, 1979).
    """
    random = np.random.default_rng(seed)
    draws = (random.integers(len(groups), size=len(groups)) for _ in range(RESAMPLES))
    values = [of(np.concatenate([groups[number] for number in draw])) for draw in draws]
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
