"""Serves the static files from memory. Their addresses change when any of them changes, so browsers may cache them
for ever."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fastapi import Request, Response

from api.problems import Kind, Problem

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
}
COMPRESSED = {".css", ".js", ".json", ".svg"}
IMMUTABLE = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent; `zipped` (gzip) for the types that compress well."""

    plain: bytes
    zipped: bytes | None
    media_type: str


class Assets:
    """The files below a folder.

    Each address contains one version, a digest of all the files. Modules import each other by relative address, so a
    page always gets all its modules from one release.
    """

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in MEDIA_TYPES)
        self._files: Mapping[str, Asset] = {path.relative_to(folder).as_posix(): _read(path) for path in paths}
        digest = hashlib.sha256()
        for name, asset in self._files.items():
            digest.update(name.encode() + hashlib.sha256(asset.plain).digest())
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of the file with that name below the folder. Raises `KeyError` when there is none."""
        _ = self._files[name]
        return f"/static/{self.version}/{name}"

    def urls(self, suffix: str = "") -> list[str]:
        """The addresses of all files whose names end with `suffix`."""
        return [self.url(name) for name in self._files if name.endswith(suffix)]

    def answer(self, request: Request, version: str, name: str) -> Response:
        """The file; `Problem` when there is none. It may be cached only under the current version."""
        asset = self._files.get(name)
        if asset is None:
            raise Problem(Kind.NOT_FOUND, f"There is no file “{name[:80]}”")
        headers = {"Cache-Control": IMMUTABLE if version == self.version else "no-cache"}
        if asset.zipped is None:
            return Response(asset.plain, media_type=asset.media_type, headers=headers)
        headers["Vary"] = "Accept-Encoding"
        if "gzip" not in request.headers.get("accept-encoding", ""):
            return Response(asset.plain, media_type=asset.media_type, headers=headers)
        return Response(asset.zipped, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


def _read(path: Path) -> Asset:
    data = path.read_bytes()
    zipped = gzip.compress(data, 9, mtime=0) if path.suffix in COMPRESSED else None
    return Asset(data, zipped, MEDIA_TYPES[path.suffix])
