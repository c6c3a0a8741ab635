"""Photos from a folder with one folder a person, such as `Ben Affleck/portrait.jpg`.

A file `credits.json` beside the people's folders may say where each was last seen, and under which licence the
photos are: `{"licence": "…", "Ben Affleck": {"title": "…", "year": 2023, "role": "…", "co_star": "…"}}`.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from db.keys import fold
from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources.records import LatestCreditRecord

CREDITS_FILE = "credits.json"
PICTURE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
MAX_PHOTO_BYTES = 32 << 20
UNREADABLE = "cannot be read"
"""How the reason begins of what should be there, but cannot be read."""


@dataclass(frozen=True, slots=True)
class FolderPhoto:
    """A picture file, and where in the folder it is."""

    path: Path
    origin: str

    def read(self) -> bytes:
        """The file's bytes; `SourceUnavailable` when it cannot be read."""
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise SourceUnavailable(f"The photo {self.origin} cannot be read: {error.strerror}.") from None


@dataclass(frozen=True, slots=True)
class PersonPhotos:
    """A person's photos, and the files beside them that were left out: name -> reason."""

    photos: tuple[FolderPhoto, ...]
    ignored: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CreditsFile:
    """What `credits.json` says: the licence of the photos, and people's latest credits by folded name."""

    licence: str | None = None
    latest: Mapping[str, LatestCreditRecord] = field(default_factory=dict)


class PhotoFolder:
    """The photos under `root`, at most `per_person` for each name. Names meet folded; `_` counts as a space.

    `ignored` are the folders, and the credits file, that cannot be used: name -> reason.
    """

    name = "photo-folder"

    def __init__(self, root: Path, *, per_person: int) -> None:
        self._root, self._per_person = root, per_person
        self._folders: dict[str, list[Path]] = {}
        self.ignored: dict[str, str] = {}
        try:
            folders = sorted(root.iterdir())
        except OSError as error:
            raise SourceUnavailable(f"The photo folder {root} cannot be read: {error.strerror}.") from None
        for folder in folders:
            if folder.name.startswith(".") or not _is_folder(folder):
                continue
            if not _is_text(folder.name):
                self.ignored[self._origin(folder)] = f"{UNREADABLE}: its name is not UTF-8"
                continue
            self._folders.setdefault(fold(folder.name.replace("_", " ")), []).append(folder)
        self.credits = self._read_credits()

    def photos_of(self, name_key: str) -> PersonPhotos | None:
        """The photos of the person with this folded name, the first by file name; None when they have no folder."""
        if name_key not in self._folders:
            return None
        files = [file for folder in self._folders[name_key] for file in self._files(folder)]
        reasons = {file: reason for file in files if (reason := _why_not(file))}
        usable = [file for file in files if file not in reasons]
        reasons |= dict.fromkeys(usable[self._per_person :], f"{self._per_person} photos are enough")
        photos = tuple(FolderPhoto(file, self._origin(file)) for file in usable[: self._per_person])
        return PersonPhotos(photos, {self._origin(file): reason for file, reason in reasons.items()})

    def _files(self, folder: Path) -> list[Path]:
        try:
            return sorted(folder.iterdir())
        except OSError as error:
            self.ignored[self._origin(folder)] = f"{UNREADABLE}: {error.strerror}"
            return []

    def _origin(self, file: Path) -> str:
        """The path in the folder; bytes that are no UTF-8 are written as `\\xe9`."""
        return os.fsencode(file.relative_to(self._root).as_posix()).decode("utf-8", "backslashreplace")

    def _read_credits(self) -> CreditsFile:
        file = self._root / CREDITS_FILE
        try:
            return parse_credits(file.read_bytes()) if file.exists() else CreditsFile()
        except OSError as error:
            self.ignored[CREDITS_FILE] = f"{UNREADABLE}: {error.strerror}"
        except PageChanged as error:
            self.ignored[CREDITS_FILE] = str(error)
        return CreditsFile()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _is_text(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)


def parse_credits(data: bytes) -> CreditsFile:
    """Read a `credits.json`; `PageChanged` says what in it is not as described above."""
    try:
        entries = json.loads(data)
    except ValueError as error:
        raise PageChanged(f"{CREDITS_FILE} is no JSON: {error}") from None
    if not isinstance(entries, dict):
        raise PageChanged(f"{CREDITS_FILE} must be one JSON object, of people's names.")
    licence = entries.pop("licence", None)
    if not isinstance(licence, str | None):
        raise PageChanged(f"{CREDITS_FILE}: the licence must be a text.")
    return CreditsFile(licence, {fold(name): _latest(name, entry) for name, entry in entries.items()})


def _latest(name: str, entry: object) -> LatestCreditRecord:
    if not isinstance(entry, dict) or not isinstance(entry.get("title"), str):
        raise PageChanged(f"{CREDITS_FILE}: {name} needs an object with a title.")
    year, role, co_star = entry.get("year"), entry.get("role"), entry.get("co_star")
    if not (isinstance(year, int | None) and isinstance(role, str | None) and isinstance(co_star, str | None)):
        raise PageChanged(f"{CREDITS_FILE}: the year of {name} must be a number, role and co_star texts.")
    return LatestCreditRecord(entry["title"], year, role, co_star)


def _why_not(file: Path) -> str | None:
    if file.name.startswith("."):
        return "a hidden file"
    if not _is_text(file.name):
        return f"{UNREADABLE}: its name is not UTF-8"
    try:
        return _why_no_picture(file)
    except OSError as error:
        return f"{UNREADABLE}: {error.strerror}"


def _why_no_picture(file: Path) -> str | None:
    if not file.is_file():
        return f"{UNREADABLE}: a broken link" if file.is_symlink() else "not a file"
    if file.suffix.lower() not in PICTURE_SUFFIXES:
        return "not a picture"
    size = file.stat().st_size
    if size > MAX_PHOTO_BYTES:
        return f"over {MAX_PHOTO_BYTES:,} bytes"
    return None if size else "empty"
