"""Keeps the loaded galleries current, in a thread of its own: the only part of the API that waits for the
database and the object store. Whatever fails, the last good galleries stay."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from api.galleries.loader import load, load_prepared, read_current
from api.galleries.snapshot import Key, LoadedGallery, PreparedTitle, Snapshot
from api.metrics import Metrics
from db.queries.prepared import PreparedProgramme
from db.queries.releases import CurrentRelease
from faces.allocator import trim_heap
from gallery.slots import SLOT
from storage.base import Storage

Held = TypeVar("Held")
log = structlog.get_logger(__name__)

MOST_ASKED = 48
"""Galleries far from now that stay in memory after somebody asked about them: a day of one region."""


class Refresher:
    """Follows the current releases of one model key.

    Those of the slots from `past` ago to `horizon` ahead are in memory before anyone asks; `fetch` adds another one
    when somebody asks about it ("I saw it yesterday").
    """

    def __init__(
        self,
        database: Engine,
        storage: Storage,
        metrics: Metrics,
        *,
        model_key: str,
        interval_s: float,
        past: timedelta,
        horizon: timedelta,
    ) -> None:
        self._database = database
        self._storage = storage
        self._metrics = metrics
        self._model_key = model_key
        self._interval_s = interval_s
        self._past = past
        self._horizon = horizon
        self._asked: dict[Key, None] = {}
        self._swapping = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self.snapshot = Snapshot()
        """Replaced as a whole: take it once per request."""
        self.refreshed_at: datetime | None = None
        """When the pointers were last read and everything current was in memory or known to be broken."""
        self.problem: str | None = "the first refresh has not finished"
        """What is wrong with the last refresh, or None."""
        metrics.watch_age(self.age_seconds)

    def start(self) -> None:
        """Refresh now and from then on, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Ask the thread to end and wait a little; it dies with the process at the latest."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def age_seconds(self) -> float:
        """Seconds since the last refresh that could read the pointers."""
        if self.refreshed_at is None:
            return float("inf")
        return (datetime.now(UTC) - self.refreshed_at).total_seconds()

    def refresh(self) -> None:
        """Read the pointers, load what is new, swap. Raises nothing: see `problem`."""
        now = datetime.now(UTC)
        try:
            current = read_current(self._database, self._model_key)
        except Exception as error:  # noqa: BLE001 - whatever is wrong, the last good galleries keep answering
            self._note_failure(error)
            held = self.snapshot
            self._swap(replace(held, galleries=self._still_wanted(now)))
            return
        broken: list[str] = []
        wanted = (release for release in current.releases if self._is_wanted((release.region, release.slot), now))
        galleries, prepared = self._load_all(wanted, broken), self._load_prepared(current.prepared, broken)
        releases = {(release.region, release.slot): release for release in current.releases}
        self._swap(Snapshot(current.regions, releases, galleries, prepared))
        trim_heap()
        self.refreshed_at = now
        self.problem = "; ".join(broken) or None
        self._metrics.galleries_valid.set(not broken)
        self._metrics.refreshes.labels("incomplete" if broken else "complete").inc()

    def fetch(self, region: str, start: datetime, stop: datetime) -> Snapshot:
        """A snapshot in which all current galleries of the region that overlap [start, stop) are loaded.

        Waits for the store when one of them is not in memory yet. Raises `StorageError` and `GalleryError`.
        """
        for release in self.snapshot.not_loaded(region, start, stop):
            fetched = load(self._storage, release, self._model_key)
            key = (release.region, release.slot)
            with self._swapping:
                self._asked[key] = None
                for oldest in list(self._asked)[:-MOST_ASKED]:
                    del self._asked[oldest]
                held = self.snapshot
                self.snapshot = replace(held, galleries=MappingProxyType({**held.galleries, key: fetched}))
        return self.snapshot

    def _run(self) -> None:
        self.refresh()
        while not self._stopping.wait(self._interval_s):
            self.refresh()

    def _load_all(self, releases: Iterable[CurrentRelease], broken: list[str]) -> dict[Key, LoadedGallery]:
        galleries: dict[Key, LoadedGallery] = {}
        for release in releases:
            if self._stopping.is_set():
                break
            key = (release.region, release.slot)
            held = self.snapshot.galleries.get(key)
            if held is None or held.sha256 != release.sha256:
                name = f"{release.region} {release.slot:%Y-%m-%dT%H:%MZ}"
                held = _tried(name, partial(load, self._storage, release, self._model_key), broken) or held
            if held is not None:
                galleries[key] = held
        return galleries

    def _load_prepared(self, programmes: Iterable[PreparedProgramme], broken: list[str]) -> dict[int, PreparedTitle]:
        """All of them: they are few, each of one cast."""
        titles: dict[int, PreparedTitle] = {}
        for programme in programmes:
            held = self.snapshot.prepared.get(programme.programme_id)
            if held is None or held.sha256 != programme.sha256:
                name = f"of {programme.titles[0]}"
                held = _tried(name, partial(load_prepared, self._storage, programme, self._model_key), broken) or held
            if held is not None:
                titles[programme.programme_id] = replace(
                    held, programme=replace(programme, sha256=held.programme.sha256)
                )
        return titles

    def _is_wanted(self, key: Key, now: datetime) -> bool:
        _, slot = key
        return now - self._past - SLOT <= slot < now + self._horizon or key in self._asked

    def _still_wanted(self, now: datetime) -> dict[Key, LoadedGallery]:
        return {key: held for key, held in self.snapshot.galleries.items() if self._is_wanted(key, now)}

    def _note_failure(self, error: Exception) -> None:
        self.problem = f"the database could not be read ({type(error).__name__}); the log says why"
        log.warning("refresh failed", error=str(error), kept=len(self.snapshot.galleries))
        self._metrics.galleries_valid.set(0)
        self._metrics.refreshes.labels("failed").inc()

    def _swap(self, new: Snapshot) -> None:
        with self._swapping:
            galleries = dict(new.galleries)
            for key in self._asked.keys() & self.snapshot.galleries.keys() & new.releases.keys():
                galleries.setdefault(key, self.snapshot.galleries[key])  # fetched while the others were loaded
            parts = (new.regions, new.releases, galleries, new.prepared)
            self.snapshot = Snapshot(*(MappingProxyType(dict(part)) for part in parts))
        counts, sizes = (Counter(dict.fromkeys(new.regions, 0)) for _ in range(2))
        for held in galleries.values():
            counts[held.region] += 1
            sizes[held.region] += held.size_bytes
        self._metrics.show_galleries(counts, sizes)


def _tried(name: str, read: Callable[[], Held], broken: list[str]) -> Held | None:
    """What `read` gives; None, with a line in `broken`, when it fails: what is in memory is kept then."""
    try:
        held = read()
    except Exception as error:  # noqa: BLE001 - a corrupt object, a store that is down
        broken.append(f"gallery {name}: {error}")
        log.warning("gallery not loaded", gallery=name, error=str(error))
        return None
    log.info("gallery loaded", gallery=name)
    return held
