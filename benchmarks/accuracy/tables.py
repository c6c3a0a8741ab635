"""The tables of the report in Markdown, with confidence intervals."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.methods import Hit, Scores, best_scores, hits
from benchmarks.accuracy.metrics import RESAMPLES, Floats, Guesses, expected_calibration_error
from benchmarks.accuracy.shots import Shot

HEAD = (
    "people seen | found | rank 1 (95 %) | rank 3 (95 %) | FNIR at FPIR 1 % (95 %) | at 0.1 % (95 %) |\n"
    "|---|---|---|---|---|---|---|"
)
FALSE_NAMES = (0.01, 0.001)
"""The FPIRs in the tables: the shares of strangers who get a name."""


class Outcome:
    """The results for people, and the highest score of each stranger."""

    def __init__(self, results: Sequence[Hit], strangers: Sequence[float]) -> None:
        self.people = sorted({hit.person for hit in results})
        self._of = {
            person: np.array([(hit.rank, hit.score) for hit in results if hit.person == person])
            for person in self.people
        }
        self._strangers = np.array(strangers)

    def rates(self, people: Sequence[str], random: Generator | None = None) -> Floats:
        """For these people: rank 1, rank 3, and FNIR at each of `FALSE_NAMES` (NaN without strangers).

        The thresholds follow from the strangers, or, with `random`, from a bootstrap sample of them.
        """
        ranks, scores = np.concatenate([self._of[person] for person in people]).T
        strangers, misses = self._strangers, [np.nan] * len(FALSE_NAMES)
        if len(strangers):
            drawn = random.choice(strangers, len(strangers)) if random else strangers
            thresholds = np.quantile(drawn, [1 - share for share in FALSE_NAMES], method="higher")
            misses = [((ranks > 0) | (scores <= threshold)).mean() for threshold in thresholds]
        return np.array([(ranks == 0).mean(), (ranks < 3).mean(), *misses])


def tables(title: str, scores: Scores, shots: Sequence[Shot], strangers: Sequence[Shot]) -> Iterator[str]:
    """A table with a row for each condition, and one for all."""
    results = hits(shots, scores)
    yield f"\n{title}\n\n| condition | {HEAD}"
    for condition in dict.fromkeys(hit.condition for hit in results):
        those = [hit for hit in results if hit.condition == condition]
        yield row(condition, those, best_scores([it for it in strangers if it.condition == condition], scores))
    yield row("all", results, best_scores(strangers, scores))


def row(name: str, results: Sequence[Hit], strangers: Sequence[float]) -> str:
    """One row: detection, rank 1, rank 3, and FNIR at two FPIRs, by bootstrap over people and strangers."""
    if not results:
        return f"| {name} | 0 | – | – | – | – | – |"
    outcome, random = Outcome(results, strangers), np.random.default_rng(1)
    drawn = [outcome.rates(random.choice(outcome.people, len(outcome.people)), random) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    cells = " | ".join(map(_share, outcome.rates(outcome.people), low, high))
    return f"| {name} | {len(results)} | {np.mean([hit.found for hit in results]):.1%} | {cells} |"


def calibration_row(name: str, guesses: Guesses) -> str:
    """One row: the expected calibration error, by bootstrap over faces."""
    random, faces = np.random.default_rng(1), len(guesses.probability)
    drawn = [expected_calibration_error(guesses.take(random.integers(faces, size=faces))) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return f"| {name} | {faces} | {expected_calibration_error(guesses):.3f} ({low:.3f} to {high:.3f}) |"


def _share(value: float, low: float, high: float) -> str:
    return "–" if np.isnan(value) else f"{value:.1%} ({low:.1%} to {high:.1%})"
