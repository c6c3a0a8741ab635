"""The last hours of an API's metrics, sampled once a minute and kept in memory: lines need more than the present.

For days and weeks, and for several APIs, there is Prometheus.
"""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.client import HTTPException
from threading import Event, Thread
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.request import ProxyHandler, build_opener

import structlog
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

log = structlog.get_logger(__name__)

INTERVAL_S = 60.0
MAX_SAMPLES = 360
"""Samples kept: six hours."""
TIMEOUT_S = 3.0
MAX_BYTES = 8 * 1024 * 1024
ROUTE = "/v1/identify"

Exposition: TypeAlias = Callable[[], bytes]
"""Reads the metrics in Prometheus' text format. Raises `OSError` and `ValueError`."""

Buckets: TypeAlias = Mapping[float, float]
"""How many observations took at most so many seconds, by that bound; the last bound is infinite."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A histogram of seconds."""

    buckets: Buckets
    seconds: float

    @property
    def count(self) -> float:
        """How many observations."""
        return self.buckets.get(math.inf, 0.0)

    def since(self, earlier: "Stage | None") -> "Stage":
        """What came in between; all of it when the process was started anew in between."""
        if earlier is None or earlier.count > self.count:
            return self
        buckets = {bound: total - earlier.buckets.get(bound, 0.0) for bound, total in self.buckets.items()}
        return Stage(buckets, self.seconds - earlier.seconds)

    def quantile_s(self, share: float) -> float | None:
        """The seconds that so much of the observations stayed below, read within its bucket as Prometheus'
        `histogram_quantile` does; None without any."""
        if not self.count:
            return None
        lower, below, wanted = 0.0, 0.0, share * self.count
        for bound, total in sorted(self.buckets.items()):
            if total >= wanted and total > below:
                return lower if math.isinf(bound) else lower + (bound - lower) * (wanted - below) / (total - below)
            lower, below = bound, total
        return lower


@dataclass(frozen=True, slots=True)
class Sample:
    """What an API had counted since its start, at one moment."""

    at: datetime
    requests: Mapping[str, float]
    """Questions answered, by status."""
    faces: Mapping[tuple[str, str], float]
    """By region and verdict."""
    stages: Mapping[str, Stage]


def read_sample(exposition: bytes, at: datetime) -> Sample:
    """The sample in an exposition. Raises `ValueError` when it is none."""
    families = {it.name: it for it in text_string_to_metric_families(exposition.decode())}
    requests: defaultdict[str, float] = defaultdict(float)
    for it in _samples(families, "fta_http_requests", "_total"):
        if it.labels["route"] == ROUTE:
            requests[it.labels["status"]] += it.value
    faces = {
        (it.labels["region"], it.labels["verdict"]): it.value
        for it in _samples(families, "fta_identify_faces", "_total")
    }
    buckets: defaultdict[str, dict[float, float]] = defaultdict(dict)
    for it in _samples(families, "fta_identify_stage_seconds", "_bucket"):
        buckets[it.labels["stage"]][float(it.labels["le"])] = it.value
    seconds = {it.labels["stage"]: it.value for it in _samples(families, "fta_identify_stage_seconds", "_sum")}
    stages = {stage: Stage(MappingProxyType(found), seconds[stage]) for stage, found in buckets.items()}
    return Sample(at, dict(requests), faces, stages)


def _samples(families: Mapping[str, Metric], name: str, suffix: str) -> Sequence[Any]:
    family = families.get(name)
    return [it for it in family.samples if it.name == name + suffix] if family else ()


def over_http(url: str) -> Exposition:
    """Reads `/metrics` of another process at that address (http or https), whatever proxies the environment names."""
    opener = build_opener(ProxyHandler({}))

    def read() -> bytes:
        try:
            with opener.open(url, timeout=TIMEOUT_S) as answer:
                exposition: bytes = answer.read(MAX_BYTES)
        except HTTPException as error:
            raise OSError(f"no HTTP came from {url} ({type(error).__name__})") from error
        return exposition

    return read


@dataclass(slots=True)
class Samples:
    """The samples of one API, the oldest first; `read` is None where there is no API to ask."""

    read: Exposition | None
    whose: str
    """Whose they are, in words."""
    problem: str | None = None
    """Why the last one could not be had."""
    _kept: deque[Sample | None] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))

    @property
    def kept(self) -> Sequence[Sample | None]:
        """One a minute, the last one last; None where the API could not be asked."""
        return tuple(self._kept)

    def take(self) -> None:
        """Take one now. Raises nothing: see `problem`."""
        if self.read is None:
            return
        try:
            sample = read_sample(self.read(), datetime.now(UTC))
        except (OSError, ValueError, KeyError) as error:
            self._kept.append(None)
            self.problem = f"{self.whose} could not be asked: {error}"
            log.warning("metrics not sampled", whose=self.whose, error=str(error))
        else:
            self._kept.append(sample)
            self.problem = None

    @contextmanager
    def sampled(self) -> Iterator[None]:
        """Take one a minute for as long as the block lasts."""
        stop = Event()

        def run() -> None:
            self.take()
            while not stop.wait(INTERVAL_S):
                self.take()

        thread = Thread(target=run, name="samples", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join(timeout=TIMEOUT_S)
