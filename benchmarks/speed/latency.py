"""Latency: from a request to its answer, by stage, and in proportion to the rivals."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.report import percentiles, print_table, ratio
from benchmarks.rivals.process import Contender, Measurement
from benchmarks.speed.environment import NETWORKS, STOCK, Environment
from benchmarks.speed.scenes import PHONE

OURS = "ours, over HTTP"
WARM_UP = 3
SELDOM = 6
"""Rivals that take seconds for the large picture get it only in every sixth round."""


def measure(environment: Environment) -> Mapping[str, Any]:
    """The figures of each picture."""
    contenders: dict[str, Contender] = {OURS: environment.api, **environment.rivals}
    measurements = _ask_in_turn(environment, contenders)
    return {picture: _figures(picture, measurements[picture], environment) for picture in environment.pictures}


def _ask_in_turn(
    environment: Environment, contenders: Mapping[str, Contender]
) -> Mapping[str, Mapping[str, list[Measurement]]]:
    measurements: dict[str, dict[str, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for number in range(-WARM_UP, environment.rounds):
        if number == 0:
            environment.api.stages.clear()
        for picture, path in environment.pictures.items():
            for name, contender in contenders.items():
                if picture == PHONE and number % SELDOM and name not in (OURS, NETWORKS):
                    continue
                measured = contender.measure(path)
                if number >= 0:
                    measurements[picture][name].append(measured)
    return measurements


def _figures(
    picture: str, measurements: Mapping[str, list[Measurement]], environment: Environment
) -> Mapping[str, Any]:
    times = {name: [measured.ms for measured in seen] for name, seen in measurements.items()}
    rows = {
        name: {
            "faces": measurements[name][0].faces,
            **percentiles(times[name]),
            "ratio to ours": ratio(times[name], times[OURS]),
        }
        for name in times
    }
    stages = _stages(picture, rows[OURS]["p50"], environment)
    print_table(picture, rows)
    print_table(f"stages of ours, {picture}", {name: {"ms, median": ms} for name, ms in stages.items()})
    return {
        "contenders": rows,
        "stage_ms": stages,
        "times_stock": rows[STOCK]["ratio to ours"],
        "overhead": ratio(times[OURS], times[NETWORKS]),
        "tail": rows[OURS]["p99"] / rows[OURS]["p50"],
    }


def _stages(picture: str, whole: float, environment: Environment) -> dict[str, float]:
    seen = [stage_ms for name, stage_ms in environment.api.stages if name == picture]
    medians = {stage: float(np.median([it[stage] for it in seen])) for stage in seen[0]}
    return {**medians, "outside the endpoint": whole - medians["total"]}
