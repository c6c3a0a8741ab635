"""The last good galleries on this machine's own disk: a restart serves them at once, whatever else is down.

The folder is a small storage. Its objects have the keys that they have in the object store, which are their SHA-256;
`state.json` says which of them serve. Only what was in memory last is kept. Several processes may share the folder: at
worst, one of them fetches again what another one removed. A copy that cannot be written or read stops nothing.
"""

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import structlog
from pydantic import TypeAdapter, ValidationError

from api.galleries.snapshot import Region, Snapshot
from db.queries.prepared import PreparedProgramme
from db.queries.releases import CurrentRelease
from gallery.artefact import Fetch
from gallery.errors import GalleryError
from gallery.manifest import MAX_MANIFEST_BYTES, decode_manifest, object_key
from storage.base import ObjectNotFound, Storage, StorageError
from storage.folder import FolderStorage

log = structlog.get_logger(__name__)
STATE = "state.json"
MAX_STATE_BYTES = 64 * 1024 * 1024
PREFIX = object_key("")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was in memory; of `loaded` and `prepared`, the copy has the objects."""

    regions: tuple[Region, ...]
    loaded: tuple[CurrentRelease, ...]
    prepared: tuple[PreparedProgramme, ...]


_SAVED = TypeAdapter(Saved)


@dataclass(slots=True)
class LocalCopy:
    """The copy in a folder, which the first `save` or fetched object creates."""

    folder: Path
    _last: bytes = b""
    _objects: FolderStorage = field(init=False)

    def __post_init__(self) -> None:
        self._objects = FolderStorage(self.folder)

    def fetch(self, key: str, max_bytes: int) -> bytes:
        """An object of the copy. Raises `StorageError` when the copy does not have it, or has it damaged."""
        data = self._objects.get(key, max_bytes=max_bytes)
        if not _is_whole(key, data):
            raise ObjectNotFound(f"the copy of {key} is damaged")
        return data

    def through(self, storage: Storage) -> Fetch:
        """Fetches an object from the copy, or else from `storage` and into the copy."""

        def fetch(key: str, max_bytes: int) -> bytes:
            try:
                return self.fetch(key, max_bytes)
            except StorageError:
                data = storage.get(key, max_bytes=max_bytes)
            if _is_whole(key, data):
                self._put(key, data)
            return data

        return fetch

    def save(self, snapshot: Snapshot) -> None:
        """Keep what this snapshot needs, and nothing else."""
        state = _SAVED.dump_json(_saved(snapshot))
        if state == self._last:
            self._touch()
        elif self._put(STATE, state):
            self._last = state
            self._prune(snapshot)

    def read(self) -> tuple[Saved, datetime] | None:
        """What was saved last, and when it was last known to be current; None when there is nothing readable."""
        try:
            state = self._objects.get(STATE, max_bytes=MAX_STATE_BYTES)
            saved_at = datetime.fromtimestamp((self.folder / STATE).stat().st_mtime, UTC)
            return _SAVED.validate_json(state), saved_at
        except ObjectNotFound:
            return None
        except (StorageError, OSError, ValidationError) as error:
            log.warning("local copy not read", folder=str(self.folder), error=str(error))
            return None

    def _put(self, key: str, data: bytes) -> bool:
        try:
            self._objects.put(key, data)
        except StorageError as error:
            log.warning("local copy not written", key=key, error=str(error))
            return False
        return True

    def _touch(self) -> None:
        try:
            os.utime(self.folder / STATE, (now := time.time(), now))
        except OSError as error:
            log.warning("local copy not written", key=STATE, error=str(error))
            self._last = b""  # write it anew

    def _prune(self, snapshot: Snapshot) -> None:
        loaded = [held.sha256 for held in snapshot.galleries.values()]
        needed = set(self._needed([*loaded, *(title.sha256 for title in snapshot.prepared.values())]))
        try:
            for key in list(self._objects.keys(PREFIX)):
                if key not in needed:
                    self._objects.delete(key)
        except StorageError as error:
            log.warning("local copy not pruned", error=str(error))

    def _needed(self, manifests: Iterable[str]) -> Iterator[str]:
        """The keys of these manifests and of their parts."""
        for key in map(object_key, manifests):
            yield key
            try:
                parts = decode_manifest(self.fetch(key, MAX_MANIFEST_BYTES)).parts
            except (StorageError, GalleryError):
                continue  # it was not written, or is damaged: it is fetched again after a restart
            yield from (object_key(part.sha256) for part in (parts.index, parts.people, parts.airings))


def _is_whole(key: str, data: bytes) -> bool:
    return key == object_key(sha256(data).hexdigest())


def _saved(snapshot: Snapshot) -> Saved:
    loaded = (
        CurrentRelease(it.region, it.slot, object_key(it.sha256), it.sha256, it.size_bytes, it.built_at)
        for it in snapshot.galleries.values()
    )
    prepared = (title.programme for title in snapshot.prepared.values())
    return Saved(tuple(snapshot.regions.values()), tuple(loaded), tuple(prepared))
