"""Two systems on the same people: their differences, with confidence intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.accuracy.methods import Scores, best_scores, hits
from benchmarks.accuracy.metrics import RESAMPLES
from benchmarks.accuracy.shots import Shot
from benchmarks.accuracy.tables import Outcome


@dataclass(frozen=True, slots=True)
class System:
    """A way to identify, with the pictures of people and of strangers that it is measured on."""

    scores: Scores
    shots: Sequence[Shot]
    strangers: Sequence[Shot]

    def under(self, condition: str) -> "System":
        """The system, measured under one condition only."""
        shots, strangers = ([it for it in these if it.condition == condition] for these in (self.shots, self.strangers))
        return System(self.scores, shots, strangers)

    def outcome(self) -> Outcome:
        """The outcome for all people and strangers."""
        return Outcome(hits(self.shots, self.scores), best_scores(self.strangers, self.scores))


def differences(ours: System, other: System) -> Iterator[str]:
    """A table of the differences in rank 1 and FNIR, in points, with bootstrap intervals over people and strangers."""
    yield "\n| condition | rank 1, ours - stock (95 %) | FNIR at FPIR 1 %, ours - stock (95 %) |\n|---|---|---|"
    for condition in dict.fromkeys(shot.condition for shot in ours.shots):
        yield _row(condition, ours.under(condition).outcome(), other.under(condition).outcome())
    yield _row("all", ours.outcome(), other.outcome())


def _row(name: str, ours: Outcome, other: Outcome) -> str:
    people = sorted(set(ours.people) & set(other.people))
    random, drawn = np.random.default_rng(1), []
    for _ in range(RESAMPLES if people else 0):
        some = random.choice(people, len(people))
        drawn.append(ours.rates(some, random) - other.rates(some, random))
    difference = ours.rates(people) - other.rates(people) if people else np.full(3, np.nan)
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0) if drawn else (difference, difference)
    return f"| {name} | {' | '.join(_points(difference[n], low[n], high[n]) for n in (0, 2))} |"


def _points(value: float, low: float, high: float) -> str:
    return "–" if np.isnan(value) else f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"
