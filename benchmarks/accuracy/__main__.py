"""Measures how often people are named correctly, and how well the probabilities are calibrated.

    python -m benchmarks.accuracy --gallery DIR --probes DIR|CSV [--impostors DIR] [--airings CSV]

Everything runs through the product's own code, on the pictures as they are and under simulated screens. The tables are
printed, and written to `--output` together with two plots. Intervals are of 95 %, by bootstrap over people.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.bursts import Bursts, compare_bursts, compare_priors, costs, other_pictures
from benchmarks.accuracy.comparison import System, differences
from benchmarks.accuracy.dataset import (
    FaceReader,
    files,
    load_gallery,
    load_probes,
    load_strangers,
    normalise_name,
    photos_of,
    split_in_half,
    subfolders,
    with_label_noise,
)
from benchmarks.accuracy.embeddings import CLEAN, EmbeddingCache
from benchmarks.accuracy.evenings import draw_programmes, draw_scenes
from benchmarks.accuracy.methods import Methods, best_scores, guesses_of, hits, match_curve
from benchmarks.accuracy.metrics import reliability
from benchmarks.accuracy.plots import Curve, match_curve_plot, reliability_plot
from benchmarks.accuracy.screens import CONDITIONS
from benchmarks.accuracy.shots import Embed, Shot, labels, read_airings, shots_of, shots_of_scenes
from benchmarks.accuracy.tables import HEAD, calibration_row, row, tables
from faces.engine import FaceEngine

ALL = (CLEAN, *CONDITIONS)
SCENES = 900
"""The number of synthetic pictures of several people, over all conditions."""
WRONG = 0.3
"""The share of photos in a dirty gallery that show another person."""


class Benchmark:
    """The pictures that the options name: people to enrol, people to find, and strangers."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.reader = EmbeddingCache(FaceEngine.load(options.models, options.facenet), options.cache)
        impostors = [it for folder in _with_subfolders(options.impostors) for it in files(folder)]
        crowd = impostors[::2][: options.crowd]
        strangers = [picture for picture in impostors if picture not in crowd]
        self.photos = photos_of(options.gallery, crowd)
        self.folders = [path for path in options.probes if path.is_dir()]
        self.names = {normalise_name(person.name) for folder in self.folders for person in subfolders(folder)}
        self.strangers = strangers
        if options.held_out:
            self.names, self.strangers = split_in_half(self.names)[1], strangers[1::2]
        self.enrolled = load_gallery(self.reader, self.photos)
        self.airings = (
            read_airings(options.airings, self.enrolled)
            if options.airings
            else draw_programmes(self.enrolled, self.names, np.random.default_rng(3))
        )

    def shots(self, conditions: Sequence[str], embed: Embed | None = None) -> list[Shot]:
        """The pictures to identify, of the people in the report."""
        labelled = [it for path in self.options.probes for it in labels(path, self.options.pictures)]
        if not self.options.airings:
            labelled = [replace(it, airing=None) for it in labelled]  # the synthetic programmes are others
        if self.folders:
            labelled = [it for it in labelled if len(it.visible) != 1 or it.visible & self.names]
        return shots_of(labelled, embed or embed_with(self.reader), conditions)

    def of_strangers(self, conditions: Sequence[str], reader: FaceReader | None = None) -> list[Shot]:
        """The faces of people who are not enrolled, one by one."""
        faces = load_strangers(reader or self.reader, self.strangers, conditions)
        return [Shot(it.embedding[np.newaxis], frozenset(), it.condition, 1) for it in faces]

    def scenes(self, conditions: Sequence[str], reader: FaceReader | None = None, scenes: int = SCENES) -> list[Shot]:
        """Synthetic pictures of several people of one programme; half of the pictures are of strangers."""
        reader = reader or self.reader
        probes = [
            probe
            for folder in self.folders
            for probe in load_probes(reader, folder, conditions, self.options.pictures, self.names)
        ]
        probes += load_strangers(reader, self.strangers, conditions)
        on = {it.id for it in self.airings}
        random = np.random.default_rng(4)
        return shots_of_scenes(draw_scenes(self.enrolled, self.airings, on, probes, random, scenes=scenes))


def embed_with(reader: FaceReader) -> Embed:
    """An `Embed` that uses this reader."""
    return lambda picture, condition: reader.read(picture, condition).embeddings


def _with_subfolders(folder: Path | None) -> list[Path]:
    return [folder, *subfolders(folder)] if folder else []


def measure(benchmark: Benchmark) -> Iterator[str]:
    """Measure everything: yields the lines of the report, and writes the plots."""
    methods = Methods(benchmark.enrolled, benchmark.airings)
    known = sum(bool(person.references) for person in benchmark.enrolled.people)
    yield f"Model {benchmark.enrolled.model_key}: {known} people of {len(benchmark.airings)} programmes on at once."
    conditions = benchmark.options.conditions
    shots, impostors = benchmark.shots(conditions), benchmark.of_strangers(conditions)
    strangers = [*_alone(shots), *impostors]
    benchmark.reader.save()
    yield from tables("Pictures of one person" if benchmark.folders else "Pictures", methods.joint, shots, strangers)
    yield from _found(methods, [it for it in shots if it.condition == CLEAN])
    curves = {"ours": match_curve(hits(shots, methods.joint))}
    if any(shot.airing is not None for shot in shots):
        yield from _programme("Pictures", methods, shots, strangers)
    scenes = benchmark.scenes(conditions) if benchmark.folders else shots
    if benchmark.options.stock:
        yield from _stock(benchmark, methods, System(methods.joint, shots, strangers), scenes, curves)
    if benchmark.folders:
        yield from _programme("Pictures of one to four people", methods, scenes, _alone(scenes))
        yield from _dirty(benchmark, shots)
        yield from _bursts(benchmark, methods)
    asked = [*scenes, *impostors]
    guesses = guesses_of(asked, methods.joint)
    yield "\nHow right probabilities are\n\n| condition | faces | expected calibration error (95 %) |\n|---|---|---|"
    for condition in conditions:
        under = [it for it in asked if it.condition == condition]
        yield calibration_row(condition, guesses_of(under, methods.joint))
    yield calibration_row("all", guesses)
    yield from _named(methods, "faces of strangers", strangers)
    yield from _named(methods, "faces found where there are none", _false_detections(benchmark))
    output: Path = benchmark.options.output
    (output / "reliability.svg").write_text(reliability_plot(reliability(guesses)))
    (output / "match-curve.svg").write_text(match_curve_plot(curves))


def _found(methods: Methods, shots: Sequence[Shot]) -> Iterator[str]:
    """Detection on the pictures as they are, by their face counts; and people who are not enrolled."""
    seen, found = sum(it.faces for it in shots), sum(min(it.faces, len(it.embeddings)) for it in shots)
    more = sum(max(0, len(it.embeddings) - it.faces) for it in shots)
    results = hits(shots, methods.joint)
    named, detected = sum(hit.rank == 0 for hit in results), sum(hit.found for hit in results)
    yield f"\nFaces as they are: {seen} can be seen, {found} were found ({found / max(seen, 1):.1%}), and {more} more."
    yield f"Of the people who are enrolled and were found, {named / max(detected, 1):.1%} are named first."
    enrolled = {person.name for person in methods.gallery.people if person.references}
    if unknown := sorted({name for it in shots for name in it.visible} - enrolled):
        yield f"In no gallery, and so not asked about: {', '.join(unknown)}."


def _programme(title: str, methods: Methods, shots: Sequence[Shot], strangers: Sequence[Shot]) -> Iterator[str]:
    shown = _shown(shots)
    yield f"\n{title}: what the programme is worth\n\n| method | {HEAD}"
    ways = {
        "each face by itself": methods.similarity,
        "faces and airings": methods.joint,
        "channel told": methods.narrowed,
    }
    for name, scores in ways.items():
        yield row(name, hits(shown, scores), [] if name == "channel told" else best_scores(strangers, scores))
    yield from tables(title, methods.joint, shown, strangers)


def _shown(shots: Sequence[Shot]) -> list[Shot]:
    return [shot for shot in shots if shot.airing is not None]


def _alone(shots: Sequence[Shot]) -> list[Shot]:
    """The faces of pictures that show nobody who is on, one by one."""
    return [
        Shot(face[np.newaxis], frozenset(), shot.condition, 1)
        for shot in shots
        if not shot.visible
        for face in shot.embeddings
    ]


def _bursts(benchmark: Benchmark, methods: Methods) -> Iterator[str]:
    screens = tuple(CONDITIONS)
    people = [person for folder in benchmark.folders for person in subfolders(folder)]
    strangers, shots = benchmark.of_strangers(screens), benchmark.shots(screens)
    scenes = benchmark.scenes(screens, scenes=3 * SCENES)
    for what, others in (("the same still", {}), ("three stills", other_pictures(people))):
        bursts = Bursts(benchmark.reader, others)
        of_strangers = benchmark.of_strangers(screens, bursts)
        lone = benchmark.shots(screens, embed_with(bursts))
        yield from compare_bursts(f"One person, {what}", methods, shots, lone, strangers, of_strangers)
        several = benchmark.scenes(screens, bursts, scenes=3 * SCENES)
        yield from compare_bursts(f"One to four people, {what}", methods, scenes, several, strangers, of_strangers)
    yield "\nPictures of one to four people, and the caller says what is on"
    yield from compare_priors(methods, scenes)
    yield from costs(methods, scenes)
    benchmark.reader.save()


def _stock(
    benchmark: Benchmark, methods: Methods, ours: System, scenes: Sequence[Shot], curves: dict[str, Curve]
) -> Iterator[str]:
    """Compare with the stock pipeline, on the same pictures, photos and strangers."""
    from benchmarks.accuracy.stock import StockEngine, StockFaces, StockGallery  # it imports TensorFlow

    cache: Path | None = benchmark.options.cache
    file = cache and cache.with_stem(f"{cache.stem}-stock")
    reader = EmbeddingCache(StockEngine(benchmark.options.downloads), file, simulated_as=benchmark.reader)
    scores, conditions = StockGallery(reader, benchmark.photos).scores, benchmark.options.conditions
    shots = benchmark.shots(conditions, embed_with(reader))
    stock = System(scores, shots, [*_alone(shots), *benchmark.of_strangers(conditions, reader)])
    reader.save()
    yield from tables("The stock pipeline, the same pictures", scores, stock.shots, stock.strangers)
    yield from differences(ours, stock)
    curves["stock"] = match_curve(hits(stock.shots, scores))
    if benchmark.folders:
        same = benchmark.scenes(conditions, StockFaces(benchmark.reader, reader))
        yield from tables(
            "The stock pipeline, the same pictures of one to four people", scores, _shown(same), _alone(same)
        )
        yield from differences(
            System(methods.joint, _shown(scenes), _alone(scenes)), System(scores, _shown(same), _alone(same))
        )


def _dirty(benchmark: Benchmark, shots: Sequence[Shot]) -> Iterator[str]:
    yield f"\nWith {WRONG:.0%} of the photos in the gallery replaced by photos of others\n\n| gallery | {HEAD}"
    for name, photos in (("clean", benchmark.photos), ("dirty", with_label_noise(benchmark.photos, WRONG, seed=5))):
        methods = Methods(load_gallery(benchmark.reader, photos), benchmark.airings)
        yield row(name, hits(shots, methods.joint), [])


def _false_detections(benchmark: Benchmark) -> list[Shot]:
    pictures = [it.picture for path in benchmark.options.probes for it in labels(path, 2)]
    found = [benchmark.reader.without_faces(picture) for picture in [*pictures, *benchmark.strangers]]
    return [Shot(it.embeddings[n : n + 1], frozenset(), CLEAN, 0) for it in found for n in range(len(it.sizes))]


def _named(methods: Methods, what: str, shots: Sequence[Shot]) -> Iterator[str]:
    verdicts = [answer.verdict for shot in shots for answer in methods.answers(shot.embeddings)]
    named, unsure = verdicts.count("match"), verdicts.count("uncertain")
    yield f"\n{what}: {len(verdicts)}, of which `match`: {named}, `uncertain`: {unsure}"


def main() -> None:
    """Measure, print and save."""
    options = _options()
    options.output.mkdir(parents=True, exist_ok=True)
    lines = []
    for line in measure(Benchmark(options)):
        print(line, flush=True)
        lines.append(line)
    (options.output / "accuracy.md").write_text("\n".join(lines) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gallery", type=Path, required=True, help="folder of <name>/<picture>: whom to enrol")
    parser.add_argument(
        "--probes",
        type=Path,
        required=True,
        action="append",
        help="folder of <name>/<picture>, or CSV with the columns file, people (a;b), faces and perhaps airing",
    )
    parser.add_argument("--impostors", type=Path, help="folder of pictures of people in no gallery")
    parser.add_argument("--airings", type=Path, help="CSV with the columns airing, person (else: drawn, ten in each)")
    parser.add_argument("--crowd", type=int, default=0, help="how many impostors to enrol, with one picture each")
    parser.add_argument("--pictures", type=int, help="at most this many of each person")
    parser.add_argument("--held-out", action="store_true", help="only people to whom no calibration was fitted")
    parser.add_argument("--conditions", nargs="+", choices=ALL, default=ALL, help="the simulated screens")
    parser.add_argument("--no-stock", dest="stock", action="store_false", help="without the stock pipeline beside ours")
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="the prepared models")
    parser.add_argument("--downloads", type=Path, default=Path("var/downloads"), help="where their weights are")
    parser.add_argument("--facenet", default="msceleb-128", help="the FaceNet checkpoint")
    parser.add_argument("--cache", type=Path, help="an .npz file that caches the embeddings")
    parser.add_argument("--output", type=Path, default=Path("var/accuracy"), help="folder for tables and plots")
    return parser.parse_args()


if __name__ == "__main__":
    main()
