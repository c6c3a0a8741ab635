"""Search: among the people of one slot, beside indexes of everyone with a filter; and by the size of the gallery."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import faiss
import numpy as np

from benchmarks.paths import ROOT
from benchmarks.report import print_table
from benchmarks.rivals.pgvector_filter import pgvector
from benchmarks.speed.environment import Environment
from benchmarks.speed.search_growth import gallery_of
from benchmarks.speed.synthetic_day import DIMENSION, PHOTOS, draw_vectors
from gallery.search import BEST_PHOTOS
from gallery.types import Vectors

PEOPLE = (100, 300, 1_000, 10_000)
ALL_PEOPLE = 20_000
"""People in the index of everyone, which a filter narrows to those of the slot."""
DATABASE_PEOPLE = 2_000
"""People in the two databases. They are slow to fill; fewer people favour them."""
QDRANT_ROUNDS = 3
"""How many rounds Qdrant gets, because it takes seconds."""
GROWTH = (100, 1_000, 10_000, 100_000, 1_000_000)

Search = Callable[[Vectors], Vectors]
"""From a probe, shape (1, dimension), to everyone's similarity, shape (people,)."""


def measure(environment: Environment) -> Mapping[str, Any]:
    """The milliseconds of each search and whether the results agree; and our time and memory for 10² to 10⁶ people."""
    figures: dict[str, Any] = {f"{people} people": _compare(people, environment) for people in PEOPLE}
    figures["growth"] = {f"{people} people": _measure_growth(people) for people in GROWTH if _fits(people)}
    print_table("Search as it grows", figures["growth"])
    return figures


def _compare(people: int, environment: Environment) -> Mapping[str, Any]:
    everything = draw_vectors(ALL_PEOPLE * PHOTOS, seed=people)
    alone, probe = everything[: people * PHOTOS], draw_vectors(1, seed=1)
    gallery = gallery_of(people, alone)
    searches: dict[str, Search] = {
        "ours": lambda it: gallery.search(it, gallery.known).values[0],
        "NumPy": lambda it: _best_mean((alone @ it[0]).reshape(people, PHOTOS)),
        "FAISS, IDSelector": _faiss(everything, people),
    }
    expected = searches["NumPy"](probe)
    rows = _time(searches, probe, environment.rounds, expected)
    if people <= DATABASE_PEOPLE:
        fewer = everything[: DATABASE_PEOPLE * PHOTOS]
        with pgvector(fewer, PHOTOS, people, BEST_PHOTOS) as search:
            rows |= _time({"pgvector, filter": search}, probe, environment.rounds, expected)
        rows |= _qdrant(fewer, probe, people, environment, expected)
    print_table(f"Search among {people} people", rows)
    return rows


def _time(searches: Mapping[str, Search], probe: Vectors, rounds: int, expected: Vectors) -> dict[str, Any]:
    """Time the searches in turn."""
    times: dict[str, list[float]] = {name: [] for name in searches}
    found = {name: search(probe) for name, search in searches.items()}
    for _ in range(rounds):
        for name, search in searches.items():
            search(probe)  # warms the processor's caches, as repeated searches would
            started = time.perf_counter()
            search(probe)
            times[name].append((time.perf_counter() - started) * 1000)
    return {name: _row(times[name], found[name], expected) for name in searches}


def _row(times: list[float], found: Vectors, expected: Vectors) -> dict[str, Any]:
    return {"ms, median": float(np.median(times)), "same": bool(np.allclose(found, expected, atol=1e-5))}


def _faiss(everything: Vectors, people: int) -> Search:
    mine = np.arange(people * PHOTOS)
    index = faiss.IndexFlatIP(DIMENSION)
    index.add(everything)
    parameters = faiss.SearchParameters(sel=faiss.IDSelectorBatch(mine))

    def search(probe: Vectors) -> Vectors:
        products, rows = index.search(probe, len(mine), params=parameters)
        by_row = np.empty(len(mine), np.float32)
        by_row[rows[0]] = products[0]
        return _best_mean(by_row.reshape(people, PHOTOS))

    return search


def _qdrant(
    everything: Vectors, probe: Vectors, people: int, environment: Environment, expected: Vectors
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="fta-bench-") as folder:
        files = Path(folder, "vectors.npy"), Path(folder, "probe.npy")
        for file, vectors in zip(files, (everything, probe), strict=True):
            np.save(file, vectors)
        command = [environment.rivals_python, "-m", "benchmarks.rivals.qdrant_local", *map(str, files)]
        numbers = map(str, (PHOTOS, people, QDRANT_ROUNDS))
        done = subprocess.run([*command, *numbers], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(f"Qdrant is left out: it is not installed for {Path(environment.rivals_python).name}")
        return {}
    answer = json.loads(done.stdout.splitlines()[-1])
    environment.versions["qdrant-client"] = answer["version"]
    return {"Qdrant, local": _row(answer["ms"], _best_mean(np.array(answer["similarities"], np.float32)), expected)}


def _best_mean(products: Vectors) -> Vectors:
    """Each person's mean over their `BEST_PHOTOS` most similar photos."""
    best: Vectors = -np.sort(-products, axis=1)[:, :BEST_PHOTOS].mean(axis=1)
    return best


def _fits(people: int) -> bool:
    """Whether three copies of the vectors, as needed to draw and index them, fit into free memory."""
    return 3 * 4 * people * PHOTOS * DIMENSION < os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _measure_growth(people: int) -> Mapping[str, float]:
    command = [sys.executable, "-m", "benchmarks.speed.search_growth", str(people)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]
