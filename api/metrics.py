"""What Prometheus reads at `/metrics`. One registry per application, so that several can live in one process."""

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

REQUEST_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.35, 0.5, 1, 2.5, 5, 10)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""The HTTP methods that have a label of their own; all others, which callers may invent, are `other`."""
STAGE_BUCKETS_S = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2.5)


class Metrics:
    """Counters, histograms and gauges of one application; every name starts with `fta_`."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "fta_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self.request_seconds = Histogram(
            "fta_http_request_seconds",
            "Time from a request's first byte to the end of its answer.",
            ("method", "route"),
            buckets=REQUEST_BUCKETS_S,
            registry=self.registry,
        )
        self.stage_seconds = Histogram(
            "fta_identify_stage_seconds",
            "Time of each stage of looking at a picture.",
            ("stage",),
            buckets=STAGE_BUCKETS_S,
            registry=self.registry,
        )
        self.faces = Counter(
            "fta_identify_faces",
            "Faces answered, by verdict; of prepared programmes, the region is `prepared`.",
            ("region", "verdict"),
            registry=self.registry,
        )
        self.problems = Counter(
            "fta_problems", "Problem documents answered, by code.", ("code",), registry=self.registry
        )
        self.refreshes = Counter(
            "fta_refreshes", "Looks at the current galleries.", ("outcome",), registry=self.registry
        )
        self.galleries = Gauge("fta_galleries_loaded", "Galleries in memory.", ("region",), registry=self.registry)
        self.gallery_bytes = Gauge(
            "fta_galleries_bytes", "Size of the loaded galleries, as stored.", ("region",), registry=self.registry
        )
        self.galleries_valid = Gauge(
            "fta_galleries_valid", "1 when the last refresh loaded everything it should have.", registry=self.registry
        )
        self._regions: set[str] = set()
        self._age = Gauge(
            "fta_galleries_age_seconds",
            "Time since the galleries were last known to be current (+Inf: never).",
            registry=self.registry,
        )

    def observe_request(self, method: str, route: str | None, status: int, seconds: float) -> None:
        """Record a request: `route` is the path template that it matched, None when it matched none.

        Every label has few values, whatever callers send.
        """
        labels = (method if method in METHODS else "other", route) if route else ("any", "other")
        self.requests.labels(*labels, str(status)).inc()
        self.request_seconds.labels(*labels).observe(seconds)

    def show_galleries(self, counts: Mapping[str, int], sizes: Mapping[str, int]) -> None:
        """Show the number and the bytes of the loaded galleries by region. Other regions are no longer shown."""
        for gauge, values in ((self.galleries, counts), (self.gallery_bytes, sizes)):
            for region, value in values.items():
                gauge.labels(region).set(value)
            for region in self._regions - values.keys():
                gauge.remove(region)
        self._regions = set(counts)

    def observe_stages(self, stage_ms: Mapping[str, float]) -> None:
        """Record the milliseconds of each stage."""
        for stage, ms in stage_ms.items():
            self.stage_seconds.labels(stage).observe(ms / 1000)

    def watch_age(self, age_seconds: Callable[[], float]) -> None:
        """Ask `age_seconds` at every scrape."""
        self._age.set_function(age_seconds)

    def exposition(self) -> bytes:
        """The text format, version 0.0.4."""
        return generate_latest(self.registry)
