"""Load: the throughput of the API at saturation, and its answers at twice that rate."""

import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.report import percentiles, print_table
from benchmarks.speed.environment import Environment
from benchmarks.speed.scenes import ONE_FACE
from benchmarks.speed.served_api import Client, Reply

SATURATING_CALLERS = 4
SECONDS = 5.0


def measure(environment: Environment) -> Mapping[str, Any]:
    """Rates in pictures a second, latencies in milliseconds."""
    picture, port = environment.pictures[ONE_FACE].read_bytes(), environment.api.port
    alone = [Client(port).identify(picture).ms for _ in range(9)]
    rate = _saturate(port, picture)
    replies = _send_at(2 * rate, port, picture)
    accepted = [reply.ms for reply in replies if reply.status == 200]
    refused = [reply.ms for reply in replies if reply.status == 503]
    figures = {
        "one caller, p50": float(np.median(alone)),
        "pictures a second at saturation": rate,
        "offered a second": 2 * rate,
        "accepted a second": len(accepted) / SECONDS,
        "refused, share": len(refused) / len(replies),
        "other answers": len(replies) - len(accepted) - len(refused),
        **{f"accepted, {name}": ms for name, ms in percentiles(accepted).items()},
        "refused, p50": float(np.median(refused)) if refused else None,
        "accepted p50 to one caller's": float(np.median(accepted) / np.median(alone)),
        "memory resident after all this, MB": environment.api.memory_mb()["resident"],
    }
    print_table("Load", {name: {"": value} for name, value in figures.items()})
    return figures


def _saturate(port: int, picture: bytes) -> float:
    """The answers a second when each caller sends its next request as soon as the last is answered."""
    deadline = time.perf_counter() + SECONDS

    def ask_on(_: int) -> int:
        client, count = Client(port), 0
        while time.perf_counter() < deadline:
            count += client.identify(picture).status == 200
        return count

    with ThreadPoolExecutor(SATURATING_CALLERS) as callers:
        return sum(callers.map(ask_on, range(SATURATING_CALLERS))) / SECONDS


def _send_at(rate: float, port: int, picture: bytes) -> list[Reply]:
    """Send requests at a fixed rate, each on a connection of its own, without waiting for replies (an open loop)."""
    with ThreadPoolExecutor(128) as callers:
        started, asked = time.perf_counter(), []
        for number in range(round(rate * SECONDS)):
            time.sleep(max(0.0, started + number / rate - time.perf_counter()))
            asked.append(callers.submit(lambda: Client(port).identify(picture)))
        return [reply.result() for reply in asked]
