"""Startup: the time until the API is ready, its memory, and the extra latency of a slot that is not in memory."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np

from benchmarks.report import print_table
from benchmarks.speed.environment import Environment
from benchmarks.speed.scenes import ONE_FACE
from benchmarks.speed.served_api import Client

COLD_HOURS = 12.25
"""How far ahead of the present slot a slot is that is published but not loaded."""


def measure(environment: Environment) -> Mapping[str, Any]:
    """Seconds, megabytes, milliseconds."""
    client, picture = Client(environment.api.port), environment.pictures[ONE_FACE].read_bytes()
    warm = [client.identify(picture, environment.api.slot + timedelta(minutes=15)).ms for _ in range(7)]
    colds = [client.identify(picture, environment.api.slot + timedelta(hours=COLD_HOURS + n / 2)).ms for n in (0.5, 1)]
    memory = environment.api.memory_mb()
    figures = {
        "ready after, s": environment.api.ready_s,
        **{f"memory {kind}, MB": size for kind, size in memory.items()},
        "cold slot more than a warm one, ms": max(colds) - float(np.median(warm)),
    }
    print_table("Start and size", {name: {"": value} for name, value in figures.items()})
    return figures
