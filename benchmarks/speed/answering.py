"""From a request to its answer: p50, p95, p99, where the time goes, and the ratios to the rivals."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from benchmarks.report import percentiles, print_table, ratio
from benchmarks.rivals.contender import Contender, Look
from benchmarks.speed.scenes import PHONE
from benchmarks.speed.setting import NETWORKS, STOCK, Setting

OURS = "ours, over HTTP"
WARM_UP = 3
SELDOM = 6
"""The large picture is shown to the rivals, who take seconds, in every so many rounds only."""


def measure(setting: Setting) -> Mapping[str, Any]:
    """Figures by picture."""
    contenders: dict[str, Contender] = {OURS: setting.api, **setting.rivals}
    looks = _ask_in_turn(setting, contenders)
    return {picture: _figures(picture, looks[picture], setting) for picture in setting.pictures}


def _ask_in_turn(setting: Setting, contenders: Mapping[str, Contender]) -> Mapping[str, Mapping[str, list[Look]]]:
    looks: dict[str, dict[str, list[Look]]] = defaultdict(lambda: defaultdict(list))
    for number in range(-WARM_UP, setting.rounds):
        if number == 0:
            setting.api.stages.clear()
        for picture, path in setting.pictures.items():
            for name, contender in contenders.items():
                if picture == PHONE and number % SELDOM and name not in (OURS, NETWORKS):
                    continue
                look = contender.look(path)
                if number >= 0:
                    looks[picture][name].append(look)
    return looks


def _figures(picture: str, looks: Mapping[str, list[Look]], setting: Setting) -> Mapping[str, Any]:
    times = {name: [look.ms for look in seen] for name, seen in looks.items()}
    rows = {
        name: {
            "faces": looks[name][0].faces,
            **percentiles(times[name]),
            "ratio to ours": ratio(times[name], times[OURS]),
        }
        for name in times
    }
    stages = _stages(picture, rows[OURS]["p50"], setting)
    print_table(picture, rows)
    print_table(f"stages of ours, {picture}", {name: {"ms, median": ms} for name, ms in stages.items()})
    return {
        "contenders": rows,
        "stage_ms": stages,
        "times_stock": rows[STOCK]["ratio to ours"],
        "overhead": ratio(times[OURS], times[NETWORKS]),
        "tail": rows[OURS]["p99"] / rows[OURS]["p50"],
    }


def _stages(picture: str, whole: float, setting: Setting) -> dict[str, float]:
    seen = [stage_ms for name, stage_ms in setting.api.stages if name == picture]
    medians = {stage: float(np.median([it[stage] for it in seen])) for stage in seen[0]}
    return {**medians, "outside the endpoint": whole - medians["total"]}
