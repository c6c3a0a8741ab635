"""Two ways to identify the same people, side by side: how far apart they are, and how sure that is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from benchmarks.identifying import Scores, best_scores, hits
from benchmarks.measures import RESAMPLES
from benchmarks.shots import Shot

FALSE_NAMES = 0.01


@dataclass(frozen=True, slots=True)
class Side:
    """A way to identify, and what it saw of the people and of the strangers."""

    scores: Scores
    shots: Sequence[Shot]
    strangers: Sequence[Shot]

    def under(self, condition: str) -> "Side":
        """The part of it under one condition."""
        shots, strangers = ([it for it in these if it.condition == condition] for these in (self.shots, self.strangers))
        return Side(self.scores, shots, strangers)


def differences(ours: Side, other: Side) -> Iterator[str]:
    """A table of rank 1 and FNIR, ours less the other's, with intervals by bootstrap over people and strangers."""
    yield "\n| condition | rank 1, ours - stock (95 %) | FNIR at FPIR 1 %, ours - stock (95 %) |\n|---|---|---|"
    for condition in dict.fromkeys(shot.condition for shot in ours.shots):
        yield _row(condition, ours.under(condition), other.under(condition))
    yield _row("all", ours, other)


def _row(name: str, ours: Side, other: Side) -> str:
    pair = _Outcome(ours), _Outcome(other)
    people = sorted(pair[0].of.keys() & pair[1].of.keys())
    if not people or not all(len(it.strangers) for it in pair):
        return f"| {name} | – | – |"
    random = np.random.default_rng(1)
    drawn = [_difference(pair, random.choice(people, len(people)), random) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    cells = (
        f"{100 * it:+.1f} ({100 * least:+.1f} to {100 * most:+.1f})"
        for it, least, most in zip(_difference(pair, people), low, high, strict=True)
    )
    return f"| {name} | {' | '.join(cells)} |"


class _Outcome:
    """Of each person, the scores of the pictures in which their name came first, -inf where it did not."""

    def __init__(self, side: Side) -> None:
        self.of: dict[str, list[float]] = {}
        for hit in hits(side.shots, side.scores):
            self.of.setdefault(hit.person, []).append(hit.score if hit.rank == 0 else -np.inf)
        self.strangers = np.array(best_scores(side.strangers, side.scores))

    def rates(self, people: Sequence[str], strangers: NDArray[np.floating]) -> NDArray[np.floating]:
        """Rank 1, and FNIR at the threshold that these strangers give."""
        scores = np.concatenate([self.of[person] for person in people])
        threshold = np.quantile(strangers, 1 - FALSE_NAMES, method="higher")
        return np.array([np.isfinite(scores).mean(), (scores <= threshold).mean()])


def _difference(
    pair: tuple[_Outcome, _Outcome], people: Sequence[str], random: Generator | None = None
) -> NDArray[np.floating]:
    ours, other = (
        it.rates(people, random.choice(it.strangers, len(it.strangers)) if random else it.strangers) for it in pair
    )
    return ours - other
