"""The HTTP cache, on disk: for each request a file with the head of its response, which names the file of its body.

The body is written first, then the head is replaced atomically: a reader sees the old response or the new one, never
a part of one. `sweep` also deletes what a killed process left behind. A file's mtime is the time at which the server
last confirmed the response.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

_HEADS = "facts"
"""The folder and the JSON key of the heads; caches written by earlier versions have this name, too."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """Status and headers of a response, as far as they are used. `fetched_at` is Unix time."""

    url: str
    status: int
    fetched_at: float
    content_type: str | None = None
    encoding: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A response whose body is open at its beginning. The caller closes it."""

    head: ResponseHead
    body: BinaryIO
    from_cache: bool
    age: timedelta = timedelta()
    """Time since it was fetched or last confirmed by the server."""

    @property
    def fetched_at(self) -> datetime:
        """When its body was fetched."""
        return datetime.fromtimestamp(self.head.fetched_at, UTC)

    def close(self) -> None:
        """Close the body."""
        self.body.close()


class HttpCache:
    """Responses by the key of their request, in two folders below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._heads = folder / _HEADS
        self._bodies = folder / "bodies"
        for place in (self._heads, self._bodies):
            place.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def key(url: str, headers: Mapping[str, str]) -> str:
        """The cache key of a request; `url` must hold no secret (see `Keyring.redact`)."""
        return hashlib.sha256(json.dumps([url, sorted(headers.items())]).encode()).hexdigest()

    def find(self, key: str) -> Response | None:
        """The stored response; None when there is none, or only a part of one."""
        written = self._read(key)
        if written is None:
            return None
        head, body = written
        try:
            age = timedelta(seconds=time.time() - (self._heads / key).stat().st_mtime)
            return Response(head, body.open("rb"), from_cache=True, age=age)
        except FileNotFoundError:  # replaced or swept at this moment
            return None

    def put(self, key: str, head: ResponseHead, chunks: Iterable[bytes]) -> Response:
        """Store a response in place of the previous one, which stays when reading `chunks` fails."""
        before = self._read(key)
        body = self._write(chunks)
        head_file = self._write([json.dumps({"body": body.name, _HEADS: asdict(head)}).encode()])
        response = Response(head, body.open("rb"), from_cache=False)
        head_file.replace(self._heads / key)
        if before:
            before[1].unlink(missing_ok=True)
        return response

    def pass_through(self, head: ResponseHead, chunks: Iterable[bytes]) -> Response:
        """A response that is not stored: its body is deleted when it is closed."""
        body = tempfile.TemporaryFile(dir=self._bodies)  # noqa: SIM115  # the caller closes it
        try:
            body.writelines(chunks)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return Response(head, body, from_cache=False)

    def renew(self, key: str) -> None:
        """Mark the stored response as current: the server has just confirmed it."""
        if written := self._read(key):
            with suppress(FileNotFoundError):  # swept at this moment
                os.utime(written[1])
                os.utime(self._heads / key)

    def sweep(self, older_than: timedelta) -> int:
        """Delete the files that were not confirmed for `older_than`: how many."""
        before = time.time() - older_than.total_seconds()
        old = [file for place in (self._heads, self._bodies) for file in place.iterdir() if _mtime(file) < before]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _read(self, key: str) -> tuple[ResponseHead, Path] | None:
        try:
            written = json.loads((self._heads / key).read_bytes())
            return ResponseHead(**written[_HEADS]), self._bodies / written["body"]
        except (OSError, ValueError, TypeError, KeyError):  # absent, or written by another version
            return None

    def _write(self, chunks: Iterable[bytes]) -> Path:
        with tempfile.NamedTemporaryFile(dir=self._bodies, delete=False) as file:
            try:
                file.writelines(chunks)
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
        return Path(file.name)


def _mtime(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:
        return time.time()
