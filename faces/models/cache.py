"""Folders that are built once, whole or not at all, also by several processes at once."""

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from faces.errors import ModelsError


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; waits for another process that holds it. Freed by the system when we die."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def build_folder(target: Path, *, ready: Callable[[], bool], build: Callable[[Path], None]) -> Path:
    """`target`, after `build` filled it if it was not `ready`.

    `build` gets an empty folder that becomes `target` when it returns and is removed when it raises.
    A full disk, or a folder that cannot be written, is a `ModelsError`.
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
    with exclusive(target.parent / f".{target.name}.lock"):
        if ready():
            return target
        scratch = target.parent / f".{target.name}.part"
        shutil.rmtree(scratch, ignore_errors=True)  # of one who was killed: we hold the lock
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
