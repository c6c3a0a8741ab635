"""How long a search among so many people takes, and its memory: `python -m benchmarks.speed.search_growth PEOPLE`."""

import json
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.speed.synthetic_day import PHOTOS, draw_vectors
from gallery.search import Gallery
from gallery.types import GalleryContent, Person, Reference, Vectors

ROUNDS = 15


def gallery_of(people: int, vectors: Vectors) -> Gallery:
    """A gallery of `people` with `PHOTOS` vectors each, with the ids 0, 1, 2…"""
    references = (Reference("0" * 64, "none", "benchmark"),) * PHOTOS
    cast = tuple(Person(number, "Somebody", None, references) for number in range(people))
    return Gallery(GalleryContent("FR", datetime(2026, 1, 1, tzinfo=UTC), "none", cast, (), vectors))


def main(people: int) -> None:
    """Build a gallery, time the search, and print a JSON line."""
    before = _resident_mb()
    gallery, probe = gallery_of(people, draw_vectors(people * PHOTOS)), draw_vectors(1, seed=1)
    resident = _resident_mb() - before
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        gallery.search(probe, gallery.known)
        times.append((time.perf_counter() - started) * 1000)
    print(json.dumps({"ms, median": float(np.median(times)), "memory, MB": resident}))


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 1e6


if __name__ == "__main__":
    main(int(sys.argv[1]))
