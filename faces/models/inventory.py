"""The files that a folder must hold, with their sizes and SHA-256."""

import hashlib
from pathlib import Path
from typing import TypedDict


class Entry(TypedDict):
    """One file."""

    size: int
    sha256: str


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take_inventory(folder: Path) -> dict[str, Entry]:
    """Every file under `folder`, by its relative POSIX path."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): Entry(size=path.stat().st_size, sha256=file_sha256(path)) for path in files
    }


def find_damage(folder: Path, files: dict[str, Entry], *, hashes: bool) -> str | None:
    """The first thing that is wrong with `folder`, or None. Without `hashes`, only presence and sizes are checked."""
    for name, entry in files.items():
        path = folder / name
        if not path.is_file():
            return f"{path} is missing"
        size = path.stat().st_size
        if size != entry["size"]:
            return f"{path} has {size} bytes instead of {entry['size']}"
        if hashes and file_sha256(path) != entry["sha256"]:
            return f"the SHA-256 of {path} is wrong"
    return None
