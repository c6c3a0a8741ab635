"""Folders that are built once, completely or not at all, even when several processes try at the same time."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faces.errors import ModelsError


@contextmanager
def file_lock(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file `path`, after waiting for it. The system frees it when the process dies."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_folder(target: Path, *, ready: Callable[[], bool], build: Callable[[Path], None]) -> Path:
    """Return the folder `target`; if it is not `ready`, build it first.

    `build` gets an empty folder, which becomes `target` when it returns and is removed when it raises.
    Raises `ModelsError` when the disk is full or the folder cannot be written.
    """
    if ready():
        return target
    try:
        return _build(target, ready, build)
    except OSError as error:
        raise ModelsError(
            f"Cannot write {error.filename or target}: {error.strerror or error}. Nothing half-made was kept. "
            "Make room on the disk, or correct the permissions, and try again."
        ) from error


def _build(target: Path, ready: Callable[[], bool], build: Callable[[Path], None]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    with file_lock(target.parent / f".{target.name}.lock"):
        if ready():
            return target
        scratch = target.parent / f".{target.name}.part"
        shutil.rmtree(scratch, ignore_errors=True)  # left by a process that was killed: we hold the lock
        scratch.mkdir()
        try:
            build(scratch)
            _publish(scratch, target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return target


def _publish(scratch: Path, target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    scratch.rename(target)
