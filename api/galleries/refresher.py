"""Keeps the loaded galleries current, in a thread of its own, and a copy of them on disk for the next start. Whatever
fails, the last good galleries stay."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from api.galleries.loader import load, load_prepared, read_current, read_previous
from api.galleries.local_copy import LocalCopy
from api.galleries.snapshot import Key, LoadedGallery, PreparedTitle, Snapshot
from api.metrics import Metrics
from db.errors import DatabaseError
from db.queries.prepared import PreparedProgramme
from db.queries.releases import CurrentRelease
from faces.allocator import trim_heap
from gallery.errors import GalleryError
from gallery.slots import SLOT
from storage.base import ObjectNotFound, ObjectTooLarge, Storage, StorageError

Held = TypeVar("Held")
log = structlog.get_logger(__name__)

MOST_ASKED = 48
"""Galleries far from now that stay in memory after somebody asked about them: a day of one region."""
OVERDUE_S = 5.0
"""A refresh is overdue so long after two intervals."""


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
        local_copy: LocalCopy | None = None,
    ) -> None:
        self._database = database
        self._storage = storage
        self._metrics = metrics
        self._model_key = model_key
        self._interval_s = interval_s
        self._past = past
        self._horizon = horizon
        self._copy = local_copy
        self._fetch = local_copy.through(storage) if local_copy else partial(_get, storage)
        self._asked: dict[Key, None] = {}
        self._swapping = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)
        self.snapshot = Snapshot()
        """Replaced as a whole: take it once per request."""
        self.refreshed_at: datetime | None = None
        """When the pointers were last read and everything current was in memory or known to be broken; at first, when
        that was so for the local copy."""
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

    @property
    def warning(self) -> str | None:
        """What is not as it should be, or None: the last refresh had a problem, or the next is overdue, as it hangs."""
        age_s = self.age_seconds()
        overdue = None
        if age_s > 2 * self._interval_s + OVERDUE_S:
            overdue = (
                f"the galleries were last looked at {age_s:.0f} s ago, but every {self._interval_s:g} s is due: the "
                "database or the object store does not answer"
            )
        return "; ".join(filter(None, (self.problem, overdue))) or None

    def restore(self) -> None:
        """Serve the local copy until the first refresh. Nothing happens when there is none, or its slots are past."""
        saved = self._copy.read() if self._copy else None
        if saved is None or self._copy is None:
            return
        (kept, saved_at), now, fetch = saved, datetime.now(UTC), self._copy.fetch
        wanted = [release for release in kept.loaded if self._is_wanted((release.region, release.slot), now)]
        loaded = [_tried(_name(it), partial(load, fetch, it, self._model_key), []) for it in wanted]
        titles = [_tried(_title(it), partial(load_prepared, fetch, it, self._model_key), []) for it in kept.prepared]
        galleries = {(held.region, held.slot): held for held in loaded if held}
        prepared = {title.programme.programme_id: title for title in titles if title}
        if galleries or prepared:
            releases = {(release.region, release.slot): release for release in wanted}
            self._swap(Snapshot({region.code: region for region in kept.regions}, releases, galleries, prepared))
            self.problem = f"the galleries are those of {saved_at:%Y-%m-%d %H:%M} UTC, from the copy on this machine"
            self.refreshed_at = saved_at
            log.info("local copy restored", galleries=len(galleries), saved_at=saved_at.isoformat())

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
        wanted = [release for release in current.releases if self._is_wanted((release.region, release.slot), now)]
        galleries, prepared = self._load_all(wanted, broken), self._load_prepared(current.prepared, broken)
        releases = {(release.region, release.slot): release for release in current.releases}
        self._swap(Snapshot(current.regions, releases, galleries, prepared))
        trim_heap()
        if self._copy:
            self._copy.save(self.snapshot)
        self._probe_storage(wanted, broken)
        self.refreshed_at = now
        self.problem = "; ".join(broken) or None
        self._metrics.galleries_valid.set(not broken)
        self._metrics.refreshes.labels("incomplete" if broken else "complete").inc()

    def fetch(self, region: str, start: datetime, stop: datetime) -> Snapshot:
        """A snapshot in which all current galleries of the region that overlap [start, stop) are loaded.

        Waits for the store when one of them is not in memory yet. Raises `StorageError` and `GalleryError`.
        """
        for release in self.snapshot.not_loaded(region, start, stop):
            fetched = self._load_or_previous(release)
            key = (release.region, release.slot)
            with self._swapping:
                self._asked[key] = None
                for oldest in list(self._asked)[:-MOST_ASKED]:
                    del self._asked[oldest]
                held = self.snapshot
                self.snapshot = replace(held, galleries=MappingProxyType({**held.galleries, key: fetched}))
        return self.snapshot

    def _run(self) -> None:
        self.restore()
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
                # With nothing in memory, the release before this one may serve.
                read = partial(load, self._fetch, release, self._model_key)
                held = _tried(_name(release), read, broken) or held or self._load_previous(release)
            if held is not None:
                galleries[key] = held
        return galleries

    def _load_prepared(self, programmes: Iterable[PreparedProgramme], broken: list[str]) -> dict[int, PreparedTitle]:
        """All of them: they are few, each of one cast."""
        titles: dict[int, PreparedTitle] = {}
        for programme in programmes:
            held = self.snapshot.prepared.get(programme.programme_id)
            if held is None or held.sha256 != programme.sha256:
                read = partial(load_prepared, self._fetch, programme, self._model_key)
                held = _tried(_title(programme), read, broken) or held
            if held is not None:
                which = replace(programme, sha256=held.sha256, object_key=held.programme.object_key)
                titles[programme.programme_id] = replace(held, programme=which)
        return titles

    def _load_previous(self, release: CurrentRelease) -> LoadedGallery | None:
        """The gallery that served the slot before this release, for a release that cannot be loaded."""
        try:
            previous = read_previous(self._database, self._model_key, release)
        except DatabaseError as error:
            log.warning("previous gallery not found", gallery=_name(release), error=str(error))
            return None
        if previous is None:
            return None
        return _tried(f"{_name(release)} (the one before)", partial(load, self._fetch, previous, self._model_key), [])

    def _load_or_previous(self, release: CurrentRelease) -> LoadedGallery:
        """Load a release or, when it is damaged, the one before; raises what `load` raises when both fail."""
        try:
            return load(self._fetch, release, self._model_key)
        except (GalleryError, ObjectNotFound, ObjectTooLarge):
            previous = self._load_previous(release)
            if previous is None:
                raise
            return previous

    def _probe_storage(self, wanted: Sequence[CurrentRelease], broken: list[str]) -> None:
        """Ask the store for the size of one object: with nothing new to load, a refresh would not notice otherwise that
        the store is away."""
        if not wanted:
            return
        release = wanted[0]
        try:
            if self._storage.size(release.object_key) is None:
                broken.append(f"gallery {_name(release)}: its manifest is not in the object store")
        except StorageError as error:
            broken.append(f"the object store cannot be used: {error}")
            log.warning("object store not usable", error=str(error))

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


def _get(storage: Storage, key: str, max_bytes: int) -> bytes:
    return storage.get(key, max_bytes=max_bytes)


def _name(release: CurrentRelease) -> str:
    return f"{release.region} {release.slot:%Y-%m-%dT%H:%MZ}"


def _title(programme: PreparedProgramme) -> str:
    return f"of {programme.titles[0]}"


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
