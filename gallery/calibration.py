"""Calibration: how similarities become probabilities, fitted for each model key.

The fit is `benchmarks/accuracy/fit_calibration.py`; its results are in `calibration.json`.
"""

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
    """The parameters of the joint likelihood (`gallery.posterior`), and the thresholds of the verdicts.

    The log-odds of *the same person* against *another* are linear in the similarity: slope · (s - offset).
    """

    slope: float
    offset: float
    """The similarity at which the odds are even."""
    elsewhere: float
    """The prior probability that the picture shows none of the airings."""
    together: float
    """How much the faces of a picture count as evidence for an airing: from 0 (not at all) to 1 (fully, as would be
    right if their errors were independent)."""
    match: float
    """From this probability on the verdict is `match`. Chosen for precision."""
    uncertain: float
    """Below this probability the verdict is `not_in_cast`."""
    ceiling: float
    """The largest probability that is ever stated: n faces without a mistake support no more than 1 - 3/n (the rule of
    three; Hanley and Lippman-Hand, JAMA 1983)."""
    measured: bool = True

    def odds(self, similarities: Vectors) -> NDArray[np.float64]:
        """The odds of *the same person* against *another*, for each similarity."""
        return np.exp(np.clip(self.slope * (similarities.astype(np.float64) - self.offset), -_MOST, _MOST))

    def narrowed(self) -> "Calibration":
        """The calibration for a question that the caller narrowed to a channel or an airing.

        Such pictures show something else less often. Only the prior changes, from `_ABSENT` to `_ABSENT_WHEN_NARROWED`
        (Saerens, Latinne and Decaestecker, Neural Computation 2002).
        """
        odds = self.elsewhere / (1 - self.elsewhere)
        odds *= _ABSENT_WHEN_NARROWED / (1 - _ABSENT_WHEN_NARROWED) * (1 - _ABSENT) / _ABSENT
        return replace(self, elsewhere=odds / (1 + odds))

    def verdict(self, probability: float) -> Verdict:
        """The verdict on a face whose best candidate has this probability."""
        if probability >= self.match:
            return "match"
        return "uncertain" if probability >= self.uncertain else "not_in_cast"


_ABSENT = 0.25
"""The share of pictures that show none of the airings, as assumed by the fit."""

_ABSENT_WHEN_NARROWED = 0.2
"""The same share when the caller names the channel or the programme: advertisements and mistakes remain. An assumption;
the probabilities were measured to be calibrated for shares from 0.1 to 0.5 (`docs/decisions/0008-bursts.md`)."""

_MOST = 100.0
"""Log-odds are clipped to this, so that no float overflows."""

UNCALIBRATED = Calibration(
    slope=20.0, offset=0.5, elsewhere=0.5, together=0.8, match=0.95, uncertain=0.5, ceiling=0.99, measured=False
)
"""For a model key without a measurement. With twenty candidates a `match` needs a similarity of about 0.88 and a clear
lead, which different people hardly ever reach with FaceNet: the names given are right, but many faces get none."""


def calibration_for(model_key: str) -> Calibration:
    """The measured calibration of a model key, or `UNCALIBRATED`."""
    return measured_calibrations().get(model_key, UNCALIBRATED)


@cache
def measured_calibrations() -> Mapping[str, Calibration]:
    """The contents of `calibration.json`, by model key."""
    data = files("gallery").joinpath("calibration.json").read_bytes()
    return TypeAdapter(dict[str, Calibration]).validate_json(data)
