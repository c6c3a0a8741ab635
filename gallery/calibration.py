"""From similarities to probabilities, as measured for each model key (`benchmarks/fit_calibration.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from gallery.types import Vectors, Verdict


@dataclass(frozen=True, slots=True)
class Calibration:
    """A softmax over the candidates and *nobody of them*: multinomial logistic regression with two or three weights.

    With similarities s_1 … s_p, the face is candidate i with the probability
    ceiling · exp(slope · s_i) / (exp(slope · offset + crowd · ln p) + Σ_j exp(slope · s_j)).
    It is Bayes' rule when the log-likelihood ratio of *same person* is linear in the similarity: the nearer the
    runner-up and the larger the crowd, the less the same similarity is worth.
    """

    slope: float
    offset: float
    """The similarity at which, of one candidate alone, nothing is known."""
    crowd: float
    match: float
    """The verdict is `match` from this probability on; chosen for precision."""
    uncertain: float
    """Below this one it is `not_in_cast`."""
    ceiling: float
    """No more certainty than the measurement can vouch for: with n faces and no mistake, 1 - 3/n (the rule of three;
    Hanley and Lippman-Hand, JAMA 1983)."""
    measured: bool = True

    def probabilities(self, similarities: Vectors) -> NDArray[np.float64]:
        """For each face (row) the probability of every candidate (column), both of shape (n, p); a row sums to ≤ 1."""
        faces, people = similarities.shape
        if people == 0:
            return np.zeros((faces, 0))
        nobody = self.slope * self.offset + self.crowd * np.log(people)
        logits = np.column_stack([self.slope * similarities.astype(np.float64), np.full(faces, nobody)])
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return self.ceiling * shares[:, :-1]

    def verdict(self, probability: float) -> Verdict:
        """What may be said of a face whose best candidate has this probability."""
        if probability >= self.match:
            return "match"
        return "uncertain" if probability >= self.uncertain else "not_in_cast"


UNCALIBRATED = Calibration(slope=20.0, offset=0.55, crowd=1.0, match=0.95, uncertain=0.5, ceiling=0.99, measured=False)
"""For a model key that nobody has measured. With twenty candidates a `match` takes a similarity of about 0.85 and
a clear lead, which FaceNet's different people hardly ever reach: what is named is right, much is left unnamed."""


def calibration_for(model_key: str) -> Calibration:
    """The measured calibration of a model key, or `UNCALIBRATED`."""
    return measured_calibrations().get(model_key, UNCALIBRATED)


@cache
def measured_calibrations() -> Mapping[str, Calibration]:
    """What `calibration.json` holds, by model key."""
    data = files("gallery").joinpath("calibration.json").read_bytes()
    return TypeAdapter(dict[str, Calibration]).validate_json(data)
