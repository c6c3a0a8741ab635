"""Writes synthetic television frames, made of labelled stills, which `benchmarks.accuracy` reads like real ones.

    python -m benchmarks.accuracy.broadcast --faces DIR --output DIR [--frames 200]

`DIR` holds `gallery`, `probes_photo`, `probes_tv_still` and `impostors`. A frame has 640x360 pixels and shows one to
four people of one programme, or strangers. Their faces are 16 to 64 pixels large and tilted by up to 15°, in front of a
scene whose own faces were painted over. Then the frame is compressed like a broadcast. It shows nobody to whom a
calibration was fitted. The frames are always the same; `frames.csv` and `airings.csv` describe them.
"""

import argparse
import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator

from benchmarks.accuracy.dataset import files, load_gallery, normalise_name, photos_of, split_in_half, subfolders
from benchmarks.accuracy.embeddings import EmbeddingCache
from benchmarks.accuracy.evenings import MOST_FACES, draw_programmes
from benchmarks.accuracy.frames import Portrait, cover, draw_places, paste, without_faces
from benchmarks.accuracy.screens import compressed
from faces.decode import decode
from faces.embed.quality import frontality
from faces.engine import FaceEngine
from faces.types import Pixels

SIZE = 640, 360
FACE = 16.0, 64.0
"""The size of a face in pixels, log-uniform."""
TILT = 15.0
CROWD, PICTURES = 80, 3
STRANGERS = 1 / 3
"""The share of frames that show nobody who is enrolled."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the frames are made of: portraits by name ("": strangers), casts by airing, and background scenes."""

    portraits: Mapping[str, Sequence[Portrait]]
    casts: Mapping[int, Sequence[str]]
    scenes: Sequence[Pixels]

    def draw(self, number: int, random: Generator) -> tuple[Pixels, list[str], int | None]:
        """Draw a frame: its pixels, the people in it, and its airing."""
        shown = None if random.random() < STRANGERS else int(random.choice(list(self.casts)))
        cast = [""] * MOST_FACES if shown is None else random.permutation(self.casts[shown]).tolist()
        pixels = cover(self.scenes[number % len(self.scenes)], SIZE)
        places = draw_places(SIZE, FACE[1], int(random.integers(1, MOST_FACES + 1)), random)
        people = cast[: len(places)]
        for name, place in zip(people, places, strict=False):
            portrait = self.portraits[name][random.integers(len(self.portraits[name]))]
            side = float(np.exp(random.uniform(*np.log(FACE))))
            paste(pixels, portrait, place, side, random.uniform(-TILT, TILT))
        return compressed(pixels, random, quality=60), people, shown


def cut_out(engine: FaceEngine, pictures: Iterable[Path]) -> tuple[list[Portrait], list[Pixels]]:
    """Portraits from pictures with a single, large enough face; and wide pictures with their faces painted over."""
    portraits, scenes = [], []
    for picture in pictures:
        data = picture.read_bytes()
        pixels, found = decode(data).pixels, engine.detect(data).detections
        if len(found) == 1 and found[0].size >= FACE[1]:
            portraits.append(Portrait(pixels, found[0], frontality(found[0])))
        if pixels.shape[1] > pixels.shape[0]:
            scenes.append(without_faces(pixels, found))
    return portraits, scenes


def write_table(file: Path, rows: Iterable[Sequence[object]]) -> None:
    """A CSV file."""
    with file.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerows(rows)


def load_material(engine: FaceEngine, faces: Path) -> tuple[Material, Mapping[int, Sequence[str]]]:
    """The material in the folder `faces`, and the cast of every airing, as in `benchmarks.accuracy`."""
    impostors = files(faces / "impostors")
    crowd = impostors[::2][:CROWD]
    enrolled = load_gallery(EmbeddingCache(engine), photos_of(faces / "gallery", crowd))
    folders = [it for kind in ("probes_photo", "probes_tv_still") for it in subfolders(faces / kind)]
    held_out = split_in_half(normalise_name(it.name) for it in folders)[1]
    names = {person.id: person.name for person in enrolled.people}
    airings = draw_programmes(enrolled, held_out, np.random.default_rng(3))
    casts = {it.id: [names[member.person_id] for member in it.cast] for it in airings}
    portraits, scenes = {"": cut_out(engine, [it for it in impostors if it not in crowd][1::2])[0]}, []
    for folder in folders:
        if normalise_name(folder.name) in held_out:
            own, wide = cut_out(engine, files(folder)[:PICTURES])
            portraits.setdefault(normalise_name(folder.name), []).extend(own)
            scenes += wide
    known = {number: [it for it in cast if portraits.get(it)] for number, cast in casts.items()}
    return Material(portraits, {number: cast for number, cast in known.items() if cast}, scenes), casts


def main() -> None:
    """Write the frames and the tables."""
    options = _options()
    material, casts = load_material(FaceEngine.load(options.models, options.facenet), options.faces)
    options.output.mkdir(parents=True, exist_ok=True)
    random, rows = np.random.default_rng(9), []
    for number in range(options.frames):
        pixels, people, airing = material.draw(number, random)
        cv2.imwrite(str(options.output / f"{number:04}.png"), pixels[:, :, ::-1])
        rows.append((f"{number:04}.png", ";".join(filter(None, people)), len(people), airing))
    write_table(options.output / "frames.csv", [("file", "people", "faces", "airing"), *rows])
    pairs = [(number, name) for number, cast in casts.items() for name in cast]
    write_table(options.output / "airings.csv", [("airing", "person"), *pairs])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--faces", type=Path, required=True, help="folder of the measurement data")
    parser.add_argument("--output", type=Path, required=True, help="folder for the frames and the tables")
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--models", type=Path, default=Path("var/models"), help="the prepared models")
    parser.add_argument("--facenet", default="msceleb-128", help="the FaceNet checkpoint")
    return parser.parse_args()


if __name__ == "__main__":
    main()
