"""Qdrant in local mode: `python -m benchmarks.rivals.qdrant_local VECTORS PROBE PHOTOS PEOPLE ROUNDS`.

Fills a collection with `VECTORS` (.npy, `PHOTOS` a person), and searches the first `PEOPLE` for the `PROBE`.
Prints one JSON line: the version, the milliseconds of each round, and the similarities found, by person.
"""

import json
import sys
from importlib.metadata import version
from time import perf_counter

import numpy as np
from qdrant_client import QdrantClient, models

COLLECTION = "photos"


def main(vectors: str, probe: str, photos: int, people: int, rounds: int) -> None:
    """Fill the collection, time the searches, and print the result."""
    everything, asked = np.load(vectors), np.load(probe)[0].tolist()
    client = QdrantClient(":memory:")
    parameters = models.VectorParams(size=everything.shape[1], distance=models.Distance.DOT)
    client.create_collection(COLLECTION, vectors_config=parameters)
    payload = [{"person": row // photos} for row in range(len(everything))]
    client.upload_collection(COLLECTION, everything, payload=payload, ids=range(len(everything)))
    wanted = models.FieldCondition(key="person", match=models.MatchAny(any=list(range(people))))

    def search() -> list[list[float]]:
        found = client.query_points(
            COLLECTION, query=asked, query_filter=models.Filter(must=[wanted]), limit=people * photos
        )
        similarities: list[list[float]] = [[] for _ in range(people)]
        for point in found.points:
            similarities[point.payload["person"]].append(point.score)
        return similarities

    times = []
    for _ in range(rounds):
        started = perf_counter()
        similarities = search()
        times.append((perf_counter() - started) * 1000)
    print(json.dumps({"version": version("qdrant-client"), "ms": times, "similarities": similarities}))


if __name__ == "__main__":
    main(*sys.argv[1:3], *map(int, sys.argv[3:]))
