"""Throughput: photos a second that are decoded, detected and embedded in bulk, beside stock on the same photos."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.report import print_table
from benchmarks.speed.environment import STOCK, Environment
from benchmarks.speed.synthetic_day import FACENET
from faces.engine import FaceEngine

STOCK_SAMPLE = 6
"""Stock gets every sixth photo only, because it is slow."""


def measure(environment: Environment) -> Mapping[str, Any]:
    """The throughput for the demo's photos."""
    photos = sorted(environment.photos.glob("*/*/*"))
    engine = FaceEngine.load(environment.models, FACENET, streams=len(os.sched_getaffinity(0)))
    _embed_all(engine, photos)
    seconds, cores = _embed_all(engine, photos)
    stock = environment.rivals[STOCK]
    sample = photos[::STOCK_SAMPLE]
    stock_s = sum(stock.measure(photo).ms for photo in [*sample, *sample][len(sample) :]) / 1000
    figures = {
        "photos a second": len(photos) / seconds,
        "cores busy, share": cores / len(os.sched_getaffinity(0)),
        "stock, photos a second": len(sample) / stock_s,
        "times stock": (len(photos) / seconds) / (len(sample) / stock_s),
    }
    print_table("Bulk", {name: {"": value} for name, value in figures.items()})
    return figures


def _embed_all(engine: FaceEngine, photos: list[Path]) -> tuple[float, float]:
    """The seconds taken, and the average number of busy cores."""
    started, cpu_started = time.perf_counter(), time.process_time()
    for _ in engine.analyse_all(photo.read_bytes() for photo in photos):
        pass
    seconds = time.perf_counter() - started
    return seconds, (time.process_time() - cpu_started) / seconds
