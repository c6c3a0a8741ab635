"""From similarities to probabilities, as measured for each model key (`benchmarks/accuracy/fit_calibration.py`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from gallery.types import Vectors, Verdict


@dataclass(frozen=True, slots=True)
class Calibration:
    """The weights of the joint likelihood (`gallery.posterior`), and the thresholds of the verdicts.

    The log-odds of *the same person* against *another* are linear in the similarity: slope · (s - offset).
    """

    slope: float
    offset: float
    """The similarity that speaks neither for nor against."""
    elsewhere: float
    """The probability, before any face is seen, that the picture shows none of the airings."""
    together: float
    """How much the faces of a picture count as evidence for an airing: 1 if they erred independently, 0 not at all."""
    match: float
    """The verdict is `match` from this probability on; chosen for precision."""
    uncertain: float
    """Below this one it is `not_in_cast`."""
    ceiling: float
    """No more certainty than the measurement can vouch for: with n faces and no mistake, 1 - 3/n (the rule of three;
    Hanley and Lippman-Hand, JAMA 1983)."""
    measured: bool = True

    def odds(self, similarities: Vectors) -> NDArray[np.float64]:
        """Of *the same person* against *another*, for each similarity."""
        return np.exp(np.clip(self.slope * (similarities.astype(np.float64) - self.offset), -_MOST, _MOST))

    def narrowed(self) -> "Calibration":
        """For when the caller says what is on: fewer pictures then show nothing of it.

        Only the prior moves, from `_ABSENT` to `_ABSENT_WHEN_NARROWED` (Saerens, Latinne and Decaestecker, Neural
        Computation 2002).
        """
        odds = self.elsewhere / (1 - self.elsewhere)
        odds *= _ABSENT_WHEN_NARROWED / (1 - _ABSENT_WHEN_NARROWED) * (1 - _ABSENT) / _ABSENT
        return replace(self, elsewhere=odds / (1 + odds))

    def verdict(self, probability: float) -> Verdict:
        """What may be said of a face whose best candidate has this probability."""
        if probability >= self.match:
            return "match"
        return "uncertain" if probability >= self.uncertain else "not_in_cast"


_ABSENT = 0.25
"""The share of pictures that show nothing that is on, in the fit (`benchmarks/accuracy/fit_calibration.py`)."""

_ABSENT_WHEN_NARROWED = 0.2
"""The same where somebody names the channel or the programme: what is left is advertisements and mistakes. A guess;
measured to be calibrated for shares from 0.1 to 0.5 (`docs/decisions/0008-bursts.md`)."""

_MOST = 100.0
"""Log-odds beyond it are all the same: no float overflows."""

UNCALIBRATED = Calibration(
    slope=20.0, offset=0.5, elsewhere=0.5, together=0.8, match=0.95, uncertain=0.5, ceiling=0.99, measured=False
)
"""For a model key that nobody has measured. With twenty candidates a `match` takes a similarity of about 0.88 and
a clear lead, which FaceNet's different people hardly ever reach: what is named is right, much is left unnamed."""


def calibration_for(model_key: str) -> Calibration:
    """The measured calibration of a model key, or `UNCALIBRATED`."""
    return measured_calibrations().get(model_key, UNCALIBRATED)


@cache
def measured_calibrations() -> Mapping[str, Calibration]:
    """What `calibration.json` holds, by model key."""
    data = files("gallery").joinpath("calibration.json").read_bytes()
    return TypeAdapter(dict[str, Calibration]).validate_json(data)
