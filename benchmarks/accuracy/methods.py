"""The ways to identify that are compared, and what each makes of pictures."""

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
"""The rank of a name that is never said, for no face was found."""

Scores: TypeAlias = Callable[[Shot], tuple[Sequence[str], NDArray[np.floating]]]
"""A way to identify: the names of p people, and how much each of the n faces reader like them, shape (n, p)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """What became of one visible person: the rank of their name (0 is the first), and its score if it came first.

    `found` is the share of the picture's faces that were found, for nobody says which of them is whose.
    """

    person: str
    condition: str
    found: float
    rank: int
    score: float


def hits(shots: Sequence[Shot], scores: Scores) -> list[Hit]:
    """Of everybody who is enrolled and can be seen, by the face that says their name earliest."""
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
    """How much each face of somebody who is in no gallery reader like anybody."""
    return [float(row.max()) for shot in strangers for row in scores(shot)[1]]


class Methods:
    """The ways to identify that are compared, on one gallery and the programmes of one evening."""

    def __init__(self, enrolled: Gallery, airings: Sequence[Airing]) -> None:
        self.gallery, self.airings = enrolled, list(airings)
        self.calibration = calibration_for(enrolled.model_key)

    def similarity(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """Each face by itself, among all who are on."""
        found = search_casts([self.gallery], shot.embeddings, self.airings)
        return [person.name for person in found.people], found.values

    def joint(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """Faces and airings together."""
        return self._weighed(shot, self.airings, self.calibration)

    def narrowed(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """The same, and the caller says which channel it is."""
        return self._weighed(shot, [it for it in self.airings if it.id == shot.airing], self.calibration.narrowed())

    def usual(self, shot: Shot) -> tuple[Sequence[str], NDArray[np.floating]]:
        """As `narrowed`, with the prior of when nothing is told."""
        return self._weighed(shot, [it for it in self.airings if it.id == shot.airing], self.calibration)

    def _weighed(
        self, shot: Shot, on: Sequence[Airing], calibration: Calibration
    ) -> tuple[Sequence[str], NDArray[np.floating]]:
        found = search_casts([self.gallery], shot.embeddings, on)
        belief = infer_posterior(found, on, prior_weights(on, START, STOP), calibration)
        return [person.name for person in found.people], belief.people

    def answers(self, embeddings: Vectors) -> Answers:
        """As the service gives them."""
        found = search_casts([self.gallery], embeddings, self.airings)
        return decide(found, self.airings, self.calibration, priors=prior_weights(self.airings, START, STOP))


def guesses_of(shots: Sequence[Shot], scores: Scores, absent: float = 0.5) -> Guesses:
    """Every face's best guess, for the calibration error; that share of the weight is on pictures of nobody on."""
    probability, correct, present = [], [], []
    for shot in shots:
        names, values = scores(shot)
        for best in values.argmax(axis=1) if len(values) else []:
            correct.append(names[best] in shot.visible)
        probability += values.max(axis=1, initial=0).tolist()
        present += [bool(shot.visible)] * len(values)
    return Guesses.balanced(probability, correct, present, absent)


def match_curve(results: Sequence[Hit]) -> Curve:
    """The share of people whose name is among the first 1, 2, … names."""
    people, curve = sorted({hit.person for hit in results}), []
    for rank in range(RANKS):
        groups = [np.array([hit.rank <= rank for hit in results if hit.person == it], float) for it in people]
        low, high = interval(groups, lambda values: float(values.mean()))
        curve.append((low, float(np.concatenate(groups).mean()), high))
    return curve
