"""Fits and measures the calibration of a model key.

    python -m benchmarks.accuracy.fit_calibration --gallery DIR --probes DIR [--probes DIR] --impostors DIR [--write]

The people are split into two halves. A calibration is fitted to pictures of one half and measured on the other, each on
many synthetic evenings (`benchmarks.accuracy.evenings`) of two to all programmes, where half of the pictures show
nothing that is on. Then the halves are swapped, to see how much the result varies. `--write` stores the first one in
`gallery/calibration.json`.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

import gallery.calibration
from benchmarks.accuracy.dataset import (
    Probe,
    files,
    load_gallery,
    load_probes,
    load_strangers,
    photos_of,
    split_in_half,
)
from benchmarks.accuracy.embeddings import CLEAN, EmbeddingCache
from benchmarks.accuracy.evenings import START, STOP, Evening, draw_evening
from benchmarks.accuracy.metrics import Guesses, expected_calibration_error, miss_rate, precision
from benchmarks.accuracy.screens import CONDITIONS
from faces.engine import FaceEngine
from gallery.calibration import Calibration
from gallery.decide import search_casts
from gallery.posterior import infer_posterior, prior_weights
from gallery.search import Gallery, Similarities
from gallery.types import Airing

EVENINGS = 24
SCENES = 50
CROWD = 80
"""How many strangers are enrolled, with one picture each, as further candidates; no probe shows them."""
PICTURES = 3
"""How many pictures of each person under each condition."""

ABSENT = 0.25
"""The share of pictures of nothing that is on that the fit assumes. Half of the pictures drawn are; they are weighted
down, so that the error is small both when half of the pictures show nobody on air, and when none does."""

MATCH_AT_LEAST = 0.9
"""The lowest threshold of a match; the wanted precision may raise it."""

MATCH_PRECISION = 0.998
UNCERTAIN = 0.333
"""Below it, more than two of three best guesses would be wrong: better to say that the face is nobody in the cast."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One picture of an evening: its n faces against the p people on air, and whose each face is (None: nobody's)."""

    similarities: Similarities
    airings: tuple[Airing, ...]
    priors: tuple[float, ...]
    people: tuple[str | None, ...]


def trials_of(enrolled: Gallery, evenings: Sequence[Evening]) -> list[Trial]:
    """Search every picture of the evenings."""
    return [
        Trial(
            search_casts([enrolled], scene.embeddings, evening.airings),
            evening.airings,
            tuple(prior_weights(evening.airings, START, STOP)),
            scene.people,
        )
        for evening in evenings
        for scene in evening.scenes
    ]


def judge(calibration: Calibration, trials: Sequence[Trial], absent: float = 0.5) -> Guesses:
    """The best guess for every face of the trials; `absent` is the total weight of faces of nobody on air."""
    probability, correct, present = [], [], []
    for trial in trials:
        posterior = infer_posterior(trial.similarities, trial.airings, trial.priors, calibration).people
        names = [trial.similarities.people[best].name for best in posterior.argmax(axis=1)]
        probability += posterior.max(axis=1).tolist()
        correct += [name == person for name, person in zip(names, trial.people, strict=True)]
        present += [person is not None for person in trial.people]
    return Guesses.balanced(probability, correct, present, absent)


def fit(trials: Sequence[Trial]) -> Calibration:
    """Fit the parameters by maximum likelihood of *the best guess is right*, then the threshold of a match.

    The threshold keeps the precision even when half of the pictures show nobody on air. The likelihood is that of the
    best guess only: a few pictures with a wrong label would dominate the likelihood of the true candidate.
    """
    ceiling = round(1 - 3 / sum(len(trial.similarities.values) for trial in trials), 4)

    def calibration(weights: Sequence[float]) -> Calibration:
        slope, offset, elsewhere, together = weights
        share = float(np.clip(elsewhere, 0.01, 0.99))
        return Calibration(slope, offset, share, max(together, 0.05), MATCH_AT_LEAST, UNCERTAIN, ceiling)

    def loss(weights: Sequence[float]) -> float:
        guesses = judge(calibration(weights), trials, ABSENT)
        chance = np.clip(np.where(guesses.correct, guesses.probability, 1 - guesses.probability), 1e-6, 1)
        return -float(np.average(np.log(chance), weights=guesses.weights))

    start = [30.0, 0.35, 0.6, 0.6]
    best = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 150, "xatol": 1e-3, "fatol": 1e-5})
    fitted = calibration(np.round(best.x, 3).tolist())
    guesses = judge(fitted, trials)
    thresholds = np.arange(MATCH_AT_LEAST, ceiling, 0.005).round(3).tolist()
    match = next((it for it in thresholds if precision(guesses, it) >= MATCH_PRECISION), ceiling)
    return replace(fitted, match=match)


def report(calibration: Calibration, trials: Sequence[Trial]) -> Iterator[str]:
    """The rows of the table in the decision record."""
    guesses = judge(calibration, trials)
    named = guesses.probability >= calibration.match
    there = guesses.present
    for absent in (0.5, ABSENT, 0.0):
        error = expected_calibration_error(judge(calibration, trials, absent))
        yield f"| expected calibration error, {absent:.0%} of the pictures of nobody on | {error:.3f} |"
    yield f"| precision of `match` (probability ≥ {calibration.match}) | {precision(guesses, calibration.match):.2%} |"
    yield f"| faces of people on: rank 1 | {guesses.correct[there].mean():.2%} |"
    yield f"| … `match` | {named[there].mean():.2%} |"
    yield f"| faces of others: `match` | {named[~there].mean():.2%} |"
    yield f"| missed at 1 % false names | {miss_rate(guesses, 0.01):.2%} |"


def write(model_key: str, calibration: Calibration) -> None:
    """Store the model's calibration in `gallery/calibration.json`."""
    weights = {name: value for name, value in asdict(calibration).items() if name != "measured"}
    path = Path(gallery.calibration.__file__).with_name("calibration.json")
    document = json.loads(path.read_text()) | {model_key: weights}
    path.write_text(json.dumps(document, indent=2, sort_keys=True) + "\n")
    print(f"written to {path.name}")


def main() -> None:
    """Read the pictures, fit on one half, and report on the other."""
    options = _options()
    reader = EmbeddingCache(FaceEngine.load(options.models, options.facenet), options.cache)
    strangers = sorted(files(options.impostors))
    crowd, left = strangers[::2][:CROWD], [it for it in strangers if it not in strangers[::2][:CROWD]]
    enrolled = load_gallery(reader, photos_of(options.gallery, crowd))
    conditions = (CLEAN, *CONDITIONS)
    probes = [probe for folder in options.probes for probe in load_probes(reader, folder, conditions, PICTURES)]
    reader.save()
    halves = split_in_half(probe.name for probe in probes if probe.name)
    parts = [
        [it for it in probes if it.name in names] + load_strangers(reader, left[number::2], conditions)
        for number, names in enumerate(halves)
    ]
    fitted = []
    for fitting, testing in (parts, parts[::-1]):
        calibration = fit(trials_of(enrolled, draw_evenings(enrolled, fitting, seed=1)))
        others = trials_of(enrolled, draw_evenings(enrolled, testing, seed=2))
        print(f"{reader.engine.model_key}: {calibration}, from {len(fitting)} faces, on {len(testing)} others:")
        print("\n".join(report(calibration, others)))
        fitted.append(calibration)
    if options.write:
        write(reader.engine.model_key, fitted[0])


def draw_evenings(enrolled: Gallery, probes: Sequence[Probe], seed: int) -> list[Evening]:
    """The synthetic evenings of a fit, or of its measurement."""
    random = np.random.default_rng(seed)
    return [draw_evening(enrolled, probes, random, scenes=SCENES) for _ in range(EVENINGS)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gallery", type=Path, required=True, help="folder of <name>/<picture>: whom to enrol")
    parser.add_argument(
        "--probes", type=Path, required=True, action="append", help="folder of <name>/<picture>: whom to find"
    )
    parser.add_argument("--impostors", type=Path, required=True, help="folder of pictures of people in no gallery")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="the prepared models")
    parser.add_argument("--facenet", default="msceleb-128", help="the FaceNet checkpoint")
    parser.add_argument("--cache", type=Path, help="an .npz file that caches the embeddings")
    parser.add_argument("--write", action="store_true", help="put the result into gallery/calibration.json")
    return parser.parse_args()


if __name__ == "__main__":
    main()
