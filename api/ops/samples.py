"""Samples of an API's metrics, taken once a minute and kept in memory for some hours, for the plots of the dashboard.

For days and weeks, and for several APIs, use Prometheus.
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
"""How many samples are kept: six hours."""
TIMEOUT_S = 3.0
MAX_BYTES = 8 * 1024 * 1024
ROUTE = "/v1/identify"

Exposition: TypeAlias = Callable[[], bytes]
"""Reads the metrics in the text format of Prometheus. Raises `OSError` and `ValueError`."""

Buckets: TypeAlias = Mapping[float, float]
"""The number of observations up to each bound, in seconds; the last bound is infinite."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A histogram of the durations of a stage; `seconds` is their sum."""

    buckets: Buckets
    seconds: float

    @property
    def count(self) -> float:
        """The number of observations."""
        return self.buckets.get(math.inf, 0.0)

    def since(self, earlier: "Stage | None") -> "Stage":
        """The observations since an earlier sample; all of them when the process restarted in between."""
        if earlier is None or earlier.count > self.count:
            return self
        buckets = {bound: total - earlier.buckets.get(bound, 0.0) for bound, total in self.buckets.items()}
        return Stage(buckets, self.seconds - earlier.seconds)

    def quantile_s(self, share: float) -> float | None:
        """The duration that a `share` of the observations stayed below, interpolated within its bucket like
        `histogram_quantile` of Prometheus; None without observations."""
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
    """The counters of an API at one moment, since its start."""

    at: datetime
    requests: Mapping[str, float]
    """Requests answered, by HTTP status."""
    faces: Mapping[tuple[str, str], float]
    """Faces answered, by region and verdict."""
    stages: Mapping[str, Stage]


def read_sample(exposition: bytes, at: datetime) -> Sample:
    """Parse a sample from the text format. Raises `ValueError`."""
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
    """Reads the metrics of another process at that URL (http or https), without the proxies of the environment."""
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
    """The name of that API, for people."""
    problem: str | None = None
    """Why the last sample could not be taken."""
    _kept: deque[Sample | None] = field(default_factory=lambda: deque(maxlen=MAX_SAMPLES))

    @property
    def kept(self) -> Sequence[Sample | None]:
        """The samples in order of time, one a minute; None where the API did not answer."""
        return tuple(self._kept)

    def take(self) -> None:
        """Take a sample now. Raises nothing; a failure is in `problem`."""
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
        """Take a sample once a minute while the block runs."""
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
