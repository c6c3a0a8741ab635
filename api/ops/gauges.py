"""Prometheus gauges of coverage, galleries, runs, sources and orders.

They are read from the database once a minute, however often they are scraped.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from threading import Event, Thread

import structlog
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Engine

from db.engine import session
from db.queries.ops.coverage import MeasuredDay, RegionReleases, measured_days, region_releases
from db.queries.ops.orders import oldest_pending
from db.queries.ops.run_metrics import LastRun, last_runs
from db.queries.ops.sources import HealthRow, source_health

log = structlog.get_logger(__name__)

AHEAD = timedelta(hours=24)
INTERVAL_S = 60.0
COVERAGE_GAUGES = {
    "airings": ("fta_coverage_airings", "Airings of the next 24 hours, slot by slot."),
    "with_cast": ("fta_coverage_airings_with_cast", "Those of them that have a cast."),
    "people": ("fta_coverage_people", "People on screen in the next 24 hours, slot by slot."),
    "known": ("fta_coverage_people_known", "Those of them whose faces are known."),
}
SOURCE = ("source", "state")
STATES = ("ok", "unavailable", "blocked", "changed")


@dataclass(frozen=True, slots=True)
class _Figures:
    """What was read from the database at `at`."""

    at: datetime
    days: Sequence[MeasuredDay]
    regions: Sequence[RegionReleases]
    runs: Sequence[LastRun]
    sources: Sequence[HealthRow]
    waiting_since: datetime | None


class CoverageGauges(Collector):
    """Gauges of what is on in the next 24 hours, of the galleries that serve it, of the sources and of the orders."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._last: _Figures | None = None
        registry.register(self)

    def read(self, database: Engine, now: datetime) -> None:
        """Read the figures from the database; `collect` returns them from now on."""
        with session(database) as opened:
            days = measured_days(opened, now, now + AHEAD)
            regions = region_releases(opened, now, now + AHEAD)
            self._last = _Figures(now, days, regions, last_runs(opened), source_health(opened), oldest_pending(opened))

    def collect(self) -> Iterator[Metric]:
        """The gauges as they were last read; before that, they have no values."""
        read = self._last
        yield from _coverage(read.days if read else ())
        yield from _releases([region for region in read.regions if region.galleries] if read else ())
        yield from _runs(read.runs if read else ())
        sources = GaugeMetricFamily("fta_source_state", "1 for the state that it was last in.", labels=SOURCE)
        orders = GaugeMetricFamily("fta_orders_pending_seconds", "How long the oldest pending order waits; 0: none.")
        read_at = GaugeMetricFamily("fta_coverage_read_timestamp_seconds", "When these figures were last read.")
        if read is not None:
            for row in read.sources:
                for state in STATES:
                    sources.add_metric((row.source, state), row.state == state)
            orders.add_metric((), (read.at - read.waiting_since).total_seconds() if read.waiting_since else 0)
            read_at.add_metric((), read.at.timestamp())
        yield from (sources, orders, read_at)


def _coverage(days: Iterable[MeasuredDay]) -> Iterator[Metric]:
    summed: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    measured: dict[str, float] = {}
    for day in days:
        for when in ("all", "prime_time") if day.is_prime else ("all",):
            summed[day.region, when].update({name: getattr(day, name) for name in COVERAGE_GAUGES})
        measured[day.region] = min(day.measured_at.timestamp(), measured.get(day.region, inf))
    for name, (metric, text) in COVERAGE_GAUGES.items():
        family = GaugeMetricFamily(metric, text, labels=("region", "when"))
        for labels, counts in sorted(summed.items()):
            family.add_metric(labels, counts[name])
        yield family
    text = "When the coverage of the next 24 hours was measured: the oldest figure."
    yield _by_region("fta_coverage_measured_timestamp_seconds", text, measured)


def _releases(regions: Iterable[RegionReleases]) -> Iterator[Metric]:
    found = {region.code: region for region in regions}
    text = "Current galleries of the next 24 hours."
    yield _by_region("fta_releases", text, {code: region.galleries for code, region in found.items()})
    text = "When the oldest of these galleries was built."
    stalest = {code: region.stalest.timestamp() for code, region in found.items() if region.stalest}
    yield _by_region("fta_release_stalest_timestamp_seconds", text, stalest)


def _runs(runs: Iterable[LastRun]) -> Iterator[Metric]:
    found = {run.region: run for run in runs}
    done = {code: run.done_at.timestamp() for code, run in found.items() if run.done_at}
    yield _by_region("fta_run_last_done_timestamp_seconds", "When the last run of the region was done.", done)
    text = "Jobs that failed or died in the region's last run."
    yield _by_region("fta_run_failed_jobs", text, {code: run.failed_jobs for code, run in found.items()})


def _by_region(name: str, text: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=("region",))
    for region, value in sorted(values.items()):
        family.add_metric((region,), value)
    return family


@contextmanager
def exported_gauges(database: Engine, registry: CollectorRegistry, *, interval_s: float = INTERVAL_S) -> Iterator[None]:
    """Export the gauges in `registry` while the block runs. A thread reads them now and every `interval_s` seconds.

    When the database cannot be read, they keep their values.
    """
    gauges, stopping = CoverageGauges(registry), Event()

    def follow() -> None:
        while not stopping.is_set():
            try:
                gauges.read(database, datetime.now(UTC))
            except Exception as error:  # noqa: BLE001 - an alert watches the age of the figures
                log.warning("coverage figures not read", error=str(error))
            stopping.wait(interval_s)

    thread = Thread(target=follow, name="coverage gauges", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join(timeout=5)
