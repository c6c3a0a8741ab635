"""The posterior over people and airings: all the faces of a picture belong to one airing, or to none of them.

A mixture over airings. A priori, the picture shows airing a with the probability (1 - elsewhere) · w_a, and none of the
airings (an advertisement, a person in the room) with the probability `elsewhere`. Within an airing, a face is either
unknown or one of its cast of n, all equally likely. o_i are the odds of *the same person* against *another*, given the
face's similarity to person i (`Calibration.odds`):

    evidence of a face for an airing    E_a = 1 + Σ_{i in a} o_i / n
    airing, given all faces             P(a) ∝ (1 - elsewhere) · w_a · Π_faces E_a ** together
    person, given all faces             P(i) = Σ_a P(a) · (o_i / n) / E_a

The exponent `together` is below one because the errors of faces in one picture are correlated: they share the light,
the lens and the screen. It tempers a composite likelihood (Ribatet, Cooley and Davison, Statistica Sinica 2012).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gallery.calibration import Calibration
from gallery.search import Similarities
from gallery.types import Airing

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Posterior:
    """Probabilities given all n faces: `people`, shape (n, p), and `airings`, shape (a,).

    The sums over p and over a are at most one: the rest is *nobody known* and *none of these airings*.
    """

    people: Floats
    airings: Floats


def infer_posterior(
    similarities: Similarities, airings: Sequence[Airing], priors: Sequence[float], calibration: Calibration
) -> Posterior:
    """Compute who the faces of one picture are, and which airing it shows.

    `priors` are the prior weights of the airings: only their proportions count. The order of the faces does not
    matter.
    """
    odds = calibration.odds(similarities.values)
    cast = _index_casts(similarities, airings)
    strength = odds[:, cast.column] / cast.size
    evidence = np.ones((len(odds), len(airings)))
    if cast.first.size:
        evidence[:, cast.airing[cast.first]] += np.add.reduceat(strength, cast.first, axis=1)
    shown = _posterior(np.log(evidence), np.asarray(priors, np.float64), calibration)
    people = np.zeros((odds.shape[1], len(odds)))
    np.add.at(people, cast.column, (strength * (shown / evidence)[:, cast.airing]).T)
    return Posterior(calibration.ceiling * people.T, calibration.ceiling * shown)


def prior_weights(airings: Sequence[Airing], start: datetime, stop: datetime) -> list[float]:
    """The prior weight of each airing: the share (0 to 1) of the time [start, stop) that it fills."""
    moment = stop - start
    return [max(0.0, (min(airing.stop, stop) - max(airing.start, start)) / moment) for airing in airings]


@dataclass(frozen=True, slots=True)
class _CastIndex:
    """One entry for each known person of each airing, sorted by airing. `first` is where each non-empty cast begins."""

    column: NDArray[np.intp]
    airing: NDArray[np.intp]
    size: Floats
    """Size of the whole cast on screen. People without a photo count: the face may be theirs, and is then unknown."""
    first: NDArray[np.intp]


def _index_casts(similarities: Similarities, airings: Sequence[Airing]) -> _CastIndex:
    column_of = {person.id: column for column, person in enumerate(similarities.people)}
    columns = [sorted(map(column_of.__getitem__, column_of.keys() & airing.on_screen)) for airing in airings]
    known = np.array([len(it) for it in columns], np.intp)
    sizes = np.array([len(airing.on_screen) for airing in airings], np.float64)
    return _CastIndex(
        column=np.fromiter(chain.from_iterable(columns), np.intp),
        airing=np.arange(len(airings)).repeat(known),
        size=sizes.repeat(known),
        first=(known.cumsum() - known)[known > 0],
    )


def _posterior(log_evidence: Floats, priors: Floats, calibration: Calibration) -> Floats:
    if not priors.sum() > 0:
        return np.zeros(len(priors))
    with np.errstate(divide="ignore"):
        prior = np.log((1 - calibration.elsewhere) * priors / priors.sum())
    total = np.sort(log_evidence, axis=0).sum(axis=0)  # sorted, so that the order of the faces changes no bit
    logs = np.append(prior + calibration.together * total, np.log(calibration.elsewhere))
    weights = np.exp(logs - logs.max())
    shown: Floats = weights[:-1] / weights.sum()
    return shown
