"""The methods of identification that are compared, and their results on pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy.evenings import START, STOP
from benchmarks.accuracy.metrics import Guesses, interval
from benchmarks.accuracy.plots import Curve
from benchmarks.accuracy.shots import Shot
from gallery.calibration import Calibration, calibration_for
from gallery.decide import decide, search_casts
from gallery.posterior import infer_posterior, prior_weights
from gallery.search import Gallery
from gallery.types import Airing, Answers, Vectors

RANKS = 10
NEVER = 10**6
"""The rank of a person whose picture has no detected face."""

Scores: TypeAlias = Callable[[Shot], tuple[Sequence[str], NDArray[np.floating]]]
"""A method: returns the names of p people, and the score of each of the n faces for each of them, shape (n, p)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """The result for one visible person: the rank of their name (0 is the first), and its score if it is first.

    `found` is the share of the picture's faces that were found: the labels do not say which face is whose.
    """

    person: str
    condition: str
    found: float
    rank: int
    score: float


def hits(shots: Sequence[Shot], scores: Scores) -> list[Hit]:
    """The results for all enrolled and visible people, each by the face that ranks their name best."""
    result = []
    for shot in shots:
        names, values = scores(shot)
        places = (-values).argsort(axis=1, kind="stable").argsort(axis=1) if len(values) else values
        for person in shot.visible & set(names):
            column = names.index(person)
            rank = int(places[:, column].min()) if len(values) else NEVER
            first = values[places[:, column] == 0, column] if len(values) else []
            found = min(1.0, len(values) / max(shot.faces, 1))
            result.append(Hit(person, shot.condition, found, rank, float(max(first, default=-np.inf))))
    return result


def best_scores(strangers: Sequence[Shot], scores: Scores) -> list[float]:
    """The highest score of each stranger's face."""
    return [float(row.max()) for shot in strangers for row in scores(shot)[1]]


class Methods:
    """The methods that are compared, on one gallery and the airings of one evening."""

    def __init__(self, enrolled: Gallery, airings: Sequence[Airing]) -> None:
        self.gallery, self.airings = enrolled, list(airings)
        self.calibration = calibration_for(enrolled.model_key)

    def similarity(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """Each face by itself, by similarity, among all people on air."""
        found = search_casts([self.gallery], shot.embeddings, self.airings)
        return [person.name for person in found.people], found.values

    def joint(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """All faces and airings together (`gallery.posterior`)."""
        return self._infer(shot, self.airings, self.calibration)

    def narrowed(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """The same, when the caller names the right channel."""
        return self._infer(shot, [it for it in self.airings if it.id == shot.airing], self.calibration.narrowed())

    def usual(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """As `narrowed`, with the prior for a question that names no channel."""
        return self._infer(shot, [it for it in self.airings if it.id == shot.airing], self.calibration)

    def _infer(
        self, shot: Shot, on: Sequence[Airing], calibration: Calibration
    ) -> tuple[Sequence[str], NDArray[np.floating]]:
        found = search_casts([self.gallery], shot.embeddings, on)
        posterior = infer_posterior(found, on, prior_weights(on, START, STOP), calibration)
        return [person.name for person in found.people], posterior.people

    def answers(self, embeddings: Vectors) -> Answers:
        """The answers that the service gives."""
        found = search_casts([self.gallery], embeddings, self.airings)
        return decide(found, self.airings, self.calibration, priors=prior_weights(self.airings, START, STOP))


def guesses_of(shots: Sequence[Shot], scores: Scores, absent: float = 0.5) -> Guesses:
    """Every face's best guess, for the calibration error; `absent` is the total weight of faces of nobody on air."""
    probability, correct, present = [], [], []
    for shot in shots:
        names, values = scores(shot)
        for best in values.argmax(axis=1) if len(values) else []:
            correct.append(names[best] in shot.visible)
        probability += values.max(axis=1, initial=0).tolist()
        present += [bool(shot.visible)] * len(values)
    return Guesses.balanced(probability, correct, present, absent)


def match_curve(results: Sequence[Hit]) -> Curve:
    """The cumulative match curve: the share of people whose name is among the first 1, 2, … names."""
    people, curve = sorted({hit.person for hit in results}), []
    for rank in range(RANKS):
        groups = [np.array([hit.rank <= rank for hit in results if hit.person == it], float) for it in people]
        low, high = interval(groups, lambda values: float(values.mean()))
        curve.append((low, float(np.concatenate(groups).mean()), high))
    return curve
