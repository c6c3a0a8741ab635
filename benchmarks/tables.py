"""The benchmark's tables, in Markdown."""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.identifying import Hit, Scores, best_scores, hits
from benchmarks.measures import interval
from benchmarks.shots import Shot

HEAD = "people seen | found | rank 1 (95 %) | rank 3 | FNIR at FPIR 1 % | at 0.1 % |\n|---|---|---|---|---|---|---|"


def tables(title: str, scores: Scores, shots: Sequence[Shot], strangers: Sequence[Shot]) -> Iterator[str]:
    """A table with a line for each condition, and one for all."""
    results = hits(shots, scores)
    yield f"\n{title}\n\n| condition | {HEAD}"
    for condition in dict.fromkeys(hit.condition for hit in results):
        those = [hit for hit in results if hit.condition == condition]
        yield row(condition, those, best_scores([it for it in strangers if it.condition == condition], scores))
    yield row("all", results, best_scores(strangers, scores))


def row(name: str, results: Sequence[Hit], strangers: Sequence[float]) -> str:
    """One line of a table: detection, rank 1 with its interval, rank 3, and FNIR at two FPIRs."""
    if not results:
        return f"| {name} | 0 | – | – | – | – | – |"
    people = sorted({hit.person for hit in results})
    groups = [np.array([hit.rank == 0 for hit in results if hit.person == person], float) for person in people]
    low, high = interval(groups, lambda values: float(values.mean()))
    ranks = np.array([hit.rank for hit in results])
    misses = " | ".join(_missed(results, strangers, share) for share in (0.01, 0.001))
    found = np.mean([hit.found for hit in results])
    first = f"{(ranks == 0).mean():.1%} ({low:.1%} to {high:.1%})"
    return f"| {name} | {len(results)} | {found:.1%} | {first} | {(ranks < 3).mean():.1%} | {misses} |"


def _missed(results: Sequence[Hit], strangers: Sequence[float], share: float) -> str:
    if not strangers:
        return "–"
    threshold = np.quantile(strangers, 1 - share, method="higher")
    return f"{np.mean([not (hit.rank == 0 and hit.score > threshold) for hit in results]):.1%}"
