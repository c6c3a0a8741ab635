"""Fit and measure the calibration of a model key.

    python -m benchmarks.fit_calibration --gallery DIR --probes DIR [--probes DIR] --impostors DIR [--write]

The people are split in two. A calibration is fitted to the probes of one half and measured on those of the other, each
on many galleries of a few to all people drawn at random, so that a probe's person is at times not among them; then the
other way round, to see how much chance there is in it. `--write` puts the first one into `gallery/calibration.json`.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

import gallery.calibration
from benchmarks.people import Probe, load_gallery, load_probes, load_strangers
from faces.engine import FaceEngine
from gallery.calibration import Calibration
from gallery.types import Vectors

SMALLEST_GALLERY = 5
TRIALS = 120
PRESENT_SHARE = 0.5
"""Of the faces in a trial: whatever the size of the gallery, every other face is of somebody in it."""

MATCH_AT_LEAST = 0.9
"""What is called a match is at least this probable, and more if the precision asks for it."""

MATCH_PRECISION = 0.998
UNCERTAIN = 0.333
"""Below, more than two in three of the best guesses would be wrong: better to say that it is nobody of the cast."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Trial:
    """n probes against a random gallery of p people: `right`, for each, says which column is theirs, -1 for none."""

    similarities: Vectors
    right: NDArray[np.intp]
    kinds: NDArray[np.str_]

    @property
    def weights(self) -> Floats:
        """Of each probe, such that those present and those absent have their shares."""
        present = self.right >= 0
        absent = ~present
        weights: Floats = present * (PRESENT_SHARE / max(present.sum(), 1)) + absent * (
            (1 - PRESENT_SHARE) / max(absent.sum(), 1)
        )
        return weights


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The best guess for each probe of many trials."""

    probability: Floats
    correct: Flags
    present: Flags
    kinds: NDArray[np.str_]
    weights: Floats


def draw_trials(similarities: Vectors, owner: NDArray[np.intp], kinds: NDArray[np.str_], seed: int) -> list[Trial]:
    """Galleries of `SMALLEST_GALLERY` to all people (columns), sizes uniform in their logarithm."""
    random = np.random.default_rng(seed)
    people = similarities.shape[1]

    def draw() -> Trial:
        size = round(np.exp(random.uniform(np.log(SMALLEST_GALLERY), np.log(people))))
        columns = random.choice(people, size, replace=False)
        position = np.full(people + 1, -1)
        position[columns] = np.arange(size)
        return Trial(similarities[:, columns], position[owner], kinds)

    return [draw() for _ in range(TRIALS)]


def judge(calibration: Calibration, trials: Sequence[Trial]) -> Outcomes:
    """What this calibration makes of the trials."""
    return Outcomes(
        np.concatenate([calibration.probabilities(trial.similarities).max(axis=1) for trial in trials]),
        np.concatenate([trial.similarities.argmax(axis=1) == trial.right for trial in trials]),
        np.concatenate([trial.right >= 0 for trial in trials]),
        np.concatenate([trial.kinds for trial in trials]),
        np.concatenate([trial.weights for trial in trials]),
    )


def fit(trials: Sequence[Trial]) -> Calibration:
    """The weights that make *the best guess is right* most likely, then the threshold that keeps the precision.

    The likelihood is of the best guess alone: a few pictures under a wrong name would rule that of the true candidate.
    """

    ceiling = round(1 - 3 / len(trials[0].right), 4)

    def loss(weights: Floats) -> float:
        slope, offset, crowd = weights.tolist()
        outcomes = judge(Calibration(slope, offset, crowd, MATCH_AT_LEAST, UNCERTAIN, ceiling), trials)
        chance = np.clip(np.where(outcomes.correct, outcomes.probability, 1 - outcomes.probability), 1e-9, 1)
        return -float(np.average(np.log(chance), weights=outcomes.weights))

    slope, offset, crowd = np.round(minimize(loss, [30.0, 0.5, 1.0], method="Nelder-Mead").x, 3).tolist()
    calibration = Calibration(slope, offset, crowd, MATCH_AT_LEAST, UNCERTAIN, ceiling)
    outcomes = judge(calibration, trials)
    thresholds = np.arange(MATCH_AT_LEAST, ceiling, 0.005).round(3).tolist()
    match = next((it for it in thresholds if precision(outcomes, it) >= MATCH_PRECISION), ceiling)
    return replace(calibration, match=match)


def precision(outcomes: Outcomes, threshold: float) -> float:
    """The share of right ones among the best guesses that are at least this probable."""
    named = outcomes.probability >= threshold
    return float(np.average(outcomes.correct[named], weights=outcomes.weights[named])) if named.any() else 1.0


def expected_calibration_error(outcomes: Outcomes, bins: int = 10) -> float:
    """Mean distance of probability and frequency over equal bins (Guo et al., 2017, arXiv:1706.04599)."""
    bin_of = np.minimum((outcomes.probability * bins).astype(int), bins - 1)
    gap = outcomes.weights * (outcomes.probability - outcomes.correct)
    return float(sum(abs(gap[bin_of == number].sum()) for number in range(bins)) / outcomes.weights.sum())


def report(calibration: Calibration, outcomes: Outcomes) -> Iterator[str]:
    """The table of the decision record."""
    match, uncertain = calibration.match, calibration.uncertain
    named = outcomes.probability >= match
    yield f"| expected calibration error | {expected_calibration_error(outcomes):.3f} |"
    yield f"| precision of `match` (probability ≥ {match}) | {precision(outcomes, match):.2%} |"
    for kind in sorted(set(outcomes.kinds.tolist())):
        here = outcomes.kinds == kind
        for word, those in (
            ("in the gallery", here & outcomes.present),
            ("not in the gallery", here & ~outcomes.present),
        ):
            if those.any():
                yield f"| {kind}, {word}: `match` | {named[those].mean():.2%} |"
                yield f"| … of which wrong | {(named & ~outcomes.correct)[those].mean():.2%} |"
                yield f"| … `not_in_cast` | {(outcomes.probability < uncertain)[those].mean():.2%} |"
        there = here & outcomes.present
        if there.any():
            yield f"| {kind}: rank 1 | {outcomes.correct[there].mean():.2%} |"
            yield f"| {kind}: median probability of a right best guess | {_median(outcomes, there):.3f} |"


def _median(outcomes: Outcomes, those: Flags) -> float:
    return float(np.median(outcomes.probability[those & outcomes.correct]))


def halves(probes: Sequence[Probe]) -> NDArray[np.bool_]:
    """Which probes are of the fitting half: every other person, in the order of a hash, kind by kind of picture."""
    kinds_of: dict[str, set[str]] = {}
    for number, probe in enumerate(probes):
        kinds_of.setdefault(probe.name or f"stranger {number}", set()).add(probe.kind)
    order = sorted(kinds_of, key=lambda name: (sorted(kinds_of[name]), sha256(name.encode()).digest()))
    fitting = set(order[::2])
    return np.array([(probe.name or f"stranger {number}") in fitting for number, probe in enumerate(probes)])


def write(model_key: str, calibration: Calibration) -> None:
    """Add or replace the model's calibration in the package."""
    weights = {name: value for name, value in asdict(calibration).items() if name != "measured"}
    path = Path(gallery.calibration.__file__).with_name("calibration.json")
    document = json.loads(path.read_text()) | {model_key: weights}
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    print(f"written to {path.name}")


def main() -> None:
    """Read the pictures, fit on one half, report on the other."""
    options = _options()
    engine = FaceEngine.load(options.models, options.facenet)
    enrolled = load_gallery(engine, options.gallery)
    probes = [probe for folder in options.probes for probe in load_probes(engine, folder)]
    probes += load_strangers(engine, options.impostors)
    found = enrolled.search(np.array([probe.embedding for probe in probes]), range(len(enrolled.people)))
    column = {person.name: number for number, person in enumerate(found.people)}
    owner = np.array([column.get(probe.name or "", -1) for probe in probes])
    kinds = np.array([probe.kind for probe in probes])
    half = halves(probes)
    fitted = []
    for fitting in (half, ~half):
        calibration = fit(draw_trials(found.values[fitting], owner[fitting], kinds[fitting], seed=1))
        outcomes = judge(calibration, draw_trials(found.values[~fitting], owner[~fitting], kinds[~fitting], seed=2))
        print(f"{engine.model_key}: {calibration}, from {fitting.sum()} probes, on {(~fitting).sum()} others:")
        print("\n".join(report(calibration, outcomes)))
        fitted.append(calibration)
    if options.write:
        write(engine.model_key, fitted[0])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gallery", type=Path, required=True, help="folder of <name>/<picture>: whom to enrol")
    parser.add_argument(
        "--probes", type=Path, required=True, action="append", help="folder of <name>/<picture>: whom to find"
    )
    parser.add_argument("--impostors", type=Path, required=True, help="folder of pictures of people in no gallery")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="the prepared models")
    parser.add_argument("--facenet", default="msceleb-128", help="the FaceNet checkpoint")
    parser.add_argument("--write", action="store_true", help="put the result into gallery/calibration.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
