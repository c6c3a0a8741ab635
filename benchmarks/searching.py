"""The search of a slot's gallery, beside an index over everybody that is told whom to look at."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import faiss
import numpy as np

from benchmarks.evening import DIMENSION, PHOTOS, draw_vectors
from benchmarks.report import print_table
from benchmarks.setting import Setting
from gallery.search import BEST_PHOTOS, Gallery
from gallery.types import GalleryContent, Person, Reference, Vectors

PEOPLE = (100, 300, 1_000, 10_000)
EVERYBODY = 20_000
"""In the index over everything, of whom the people of the slot are some; or all of the slot, when it has more."""

Search = Callable[[Vectors], Vectors]
"""From a probe, shape (1, dimension), to everyone's similarity, shape (people,)."""


def measure(setting: Setting) -> Mapping[str, Any]:
    """Milliseconds a search, and whether all found the same."""
    return {f"{people} people": _contest(people, setting.rounds) for people in PEOPLE}


def _contest(people: int, rounds: int) -> Mapping[str, Any]:
    everything = draw_vectors(max(people, EVERYBODY) * PHOTOS, seed=people)
    mine = np.arange(people * PHOTOS)
    alone, probe = everything[mine], draw_vectors(1, seed=1)
    searches = {
        "ours": _ours(alone, people),
        "NumPy": lambda it: _best_mean((alone @ it[0]).reshape(people, PHOTOS)),
        "FAISS, IDSelector": _faiss(everything, mine, people),
    }
    expected = searches["NumPy"](probe)
    rows = {name: _time(search, probe, rounds, expected) for name, search in searches.items()}
    print_table(f"Search among {people} people", rows)
    return rows


def _time(search: Search, probe: Vectors, rounds: int, expected: Vectors) -> dict[str, Any]:
    found, times = search(probe), []
    for _ in range(rounds):
        started = time.perf_counter()
        search(probe)
        times.append((time.perf_counter() - started) * 1000)
    return {"ms, median": float(np.median(times)), "same": bool(np.allclose(found, expected, atol=1e-5))}


def _ours(vectors: Vectors, people: int) -> Search:
    reference = Reference("0" * 64, "none", "benchmark")
    cast = tuple(Person(number, "Somebody", None, (reference,) * PHOTOS) for number in range(people))
    gallery = Gallery(GalleryContent("FR", datetime(2026, 1, 1, tzinfo=UTC), "none", cast, (), vectors))
    everybody = frozenset(range(people))
    return lambda probe: gallery.search(probe, everybody).values[0]


def _faiss(everything: Vectors, mine: "np.ndarray[Any, np.dtype[np.int64]]", people: int) -> Search:
    index = faiss.IndexFlatIP(DIMENSION)
    index.add(everything)
    parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(mine))

    def search(probe: Vectors) -> Vectors:
        products, rows = index.search(probe, len(mine), params=parameters)
        by_row = np.empty(len(mine), np.float32)
        by_row[rows[0]] = products[0]
        return _best_mean(by_row.reshape(people, PHOTOS))

    return search


def _best_mean(products: Vectors) -> Vectors:
    """The mean of everyone's best few."""
    best: Vectors = -np.sort(-products, axis=1)[:, :BEST_PHOTOS].mean(axis=1)
    return best
