"""Storage in a local folder."""

import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from storage.base import InvalidKey, ObjectNotFound, ObjectTooLarge, StorageError, StorageUnavailable
from storage.keys import check_key, check_prefix, is_key

PARTIAL = "~partial"
"""The folder in which objects are written before they are renamed. No key contains `~`, so nothing lists it."""

PARTIAL_MAX_AGE_S = 3600.0
"""An older partial file was left behind by a writer that was killed."""

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
_BLOCKED_BY_OBJECT = {errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENOTEMPTY}


class FolderStorage:
    """A `Storage` in a local folder, which the first `put` creates. Safe for many threads and processes.

    A key that runs through another object (`a/b` beside `a`) or through a symbolic link raises `InvalidKey`.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.resolve()

    def put(self, key: str, data: bytes) -> None:
        """See `Storage.put`. The object is written to a partial file, flushed to the disk, and then renamed."""
        path = self._path(key)
        with self._explained(f"store {key}"):
            self._sweep_partial()
            partial = self.root / PARTIAL / uuid4().hex
            try:
                _make_folder(partial.parent)
                _write_durably(partial, data)
                _make_folder(path.parent)
                partial.replace(path)
                _flush_folder(path.parent)
            finally:
                with suppress(OSError):
                    partial.unlink(missing_ok=True)

    def get(self, key: str, *, max_bytes: int) -> bytes:
        """See `Storage.get`."""
        path = self._path(key)
        size = self.size(key)
        if size is None:
            raise ObjectNotFound(f"no object {key} in {self.root}")
        if size > max_bytes:
            raise ObjectTooLarge(f"{key} has {size} bytes, more than the {max_bytes} expected: it was not read")
        with self._explained(f"read {key}"):
            try:
                return path.read_bytes()
            except FileNotFoundError as gone:
                raise ObjectNotFound(f"no object {key} in {self.root}") from gone

    def size(self, key: str) -> int | None:
        """See `Storage.size`."""
        path = self._path(key)
        with self._explained(f"look for {key}"):
            try:
                found = path.lstat()
            except (FileNotFoundError, NotADirectoryError):
                return None
        return found.st_size if stat.S_ISREG(found.st_mode) else None

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        path = self._path(key)
        if self.size(key) is None:
            return
        with self._explained(f"delete {key}"):
            path.unlink(missing_ok=True)
            _flush_folder(path.parent)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """See `Storage.keys`."""
        check_prefix(prefix)
        with self._explained("list the objects"):
            yield from _walk(self.root, "", prefix)

    def _path(self, key: str) -> Path:
        path = self.root / check_key(key)
        with self._explained(f"look for {key}"):
            if path.resolve() != path:
                raise InvalidKey(f"{key} runs through a symbolic link in {self.root}: remove the link")
        return path

    def _sweep_partial(self) -> None:
        oldest = time.time() - PARTIAL_MAX_AGE_S
        for partial in (self.root / PARTIAL).glob("*"):
            with suppress(FileNotFoundError):  # another writer removed or renamed it
                if partial.stat().st_mtime < oldest:
                    partial.unlink()

    @contextmanager
    def _explained(self, action: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _explain(error, action, self.root) from error


def _explain(error: OSError, action: str, root: Path) -> StorageError:
    what = f"cannot {action} in {root}: {error.strerror}"
    if error.errno in _FULL:
        return StorageUnavailable(f"{what}. Free some space, or move the storage to a larger disk")
    if error.errno in _NOT_ALLOWED:
        return StorageUnavailable(f"{what}. Let this user read and write the folder")
    if error.errno in _BLOCKED_BY_OBJECT:
        return InvalidKey(f"{what}. One object's key cannot be the folder of another's")
    return StorageUnavailable(f"{what}. Check the disk")


def _write_durably(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _walk(folder: Path, above: str, prefix: str) -> Iterator[str]:
    """The keys below `folder` that start with `prefix`, in order; `above` is the folder's own key."""
    for name in _children(folder):
        key = above + name
        if name.endswith("/"):
            if key.startswith(prefix) or prefix.startswith(key):
                yield from _walk(folder / name, key, prefix)
        elif key.startswith(prefix) and is_key(key):
            yield key


def _children(folder: Path) -> list[str]:
    """The names of files, and of folders with a `/`, so that they sort as whole keys do. No links, no partial files."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name + "/" * entry.is_dir(follow_symlinks=False)
                for entry in entries
                if not entry.is_symlink() and entry.name != PARTIAL
            )
    except FileNotFoundError:
        return []
