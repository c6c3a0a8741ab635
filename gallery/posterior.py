"""The programme as evidence: all the faces of a picture belong to one airing, or to none of those that are on.

A mixture over airings. Before any face is seen, airing a has the probability (1 - elsewhere) · share_a, and the picture
is of none of them (an advertisement, somebody in the room) with the probability `elsewhere`. In an airing, a face is of
nobody known, or of one of its cast of n, each as likely; o_i are the odds of *the same person* against *another* that
the face's similarity to person i gives (`Calibration.odds`):

    evidence of a face for an airing    E_a = 1 + Σ_{i in a} o_i / n
    airing, given all faces             P(a) ∝ (1 - elsewhere) · share_a · Π_faces E_a ** together
    person, given all faces             P(i) = Σ_a P(a) · (o_i / n) / E_a

The exponent `together` is below one because the faces of a picture err together: one light, one lens, one screen. It is
how a composite likelihood is tempered (Ribatet, Cooley and Davison, Statistica Sinica 2012).
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
    """What n faces together say: `people`, shape (n, p), and `airings`, shape (a,), are probabilities.

    Neither sums to more than one, along p and along a: the rest is *nobody known* and *none of these airings*.
    """

    people: Floats
    airings: Floats


def infer_posterior(
    similarities: Similarities, airings: Sequence[Airing], shares: Sequence[float], calibration: Calibration
) -> Posterior:
    """Who the faces of one picture are and what it shows; `shares`, one an airing, are how much each is expected.

    Only the proportions of the shares count. The faces may come in any order.
    """
    odds = calibration.odds(similarities.values)
    cast = _index_casts(similarities, airings)
    strength = odds[:, cast.column] / cast.size
    evidence = np.ones((len(odds), len(airings)))
    if cast.first.size:
        evidence[:, cast.airing[cast.first]] += np.add.reduceat(strength, cast.first, axis=1)
    shown = _posterior(np.log(evidence), np.asarray(shares, np.float64), calibration)
    people = np.zeros((odds.shape[1], len(odds)))
    np.add.at(people, cast.column, (strength * (shown / evidence)[:, cast.airing]).T)
    return Posterior(calibration.ceiling * people.T, calibration.ceiling * shown)


def prior_weights(airings: Sequence[Airing], start: datetime, stop: datetime) -> list[float]:
    """How much of the asked moment [start, stop) each airing fills, 0 to 1: what it is expected by."""
    moment = stop - start
    return [max(0.0, (min(airing.stop, stop) - max(airing.start, start)) / moment) for airing in airings]


@dataclass(frozen=True, slots=True)
class _CastIndex:
    """Each known person of each airing, airing after airing; `first` is where the casts start that have anybody."""

    column: NDArray[np.intp]
    airing: NDArray[np.intp]
    size: Floats
    """Of the whole cast on screen: those without a photo are as likely to be the face, and then nobody known."""
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


def _posterior(log_evidence: Floats, shares: Floats, calibration: Calibration) -> Floats:
    if not shares.sum() > 0:
        return np.zeros(len(shares))
    with np.errstate(divide="ignore"):
        prior = np.log((1 - calibration.elsewhere) * shares / shares.sum())
    together = calibration.together * np.sort(log_evidence, axis=0).sum(
        axis=0
    )  # sorted: the same in any order of faces
    logs = np.append(prior + together, np.log(calibration.elsewhere))
    weights = np.exp(logs - logs.max())
    shown: Floats = weights[:-1] / weights.sum()
    return shown
