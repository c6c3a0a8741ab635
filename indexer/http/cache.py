"""The HTTP cache, on disk: for each request a file with the head of its response, which names the file of its body.

A body is written first and its head is replaced in one step, so that a reader sees the old answer or the new one, never
half of one. What a killed process leaves behind is swept with the rest. A file's mtime is when the answer was last
known to be current.
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
"""What the heads are called on disk, in caches of all versions."""


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What an answer said of itself. `fetched_at` is Unix time."""

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
    """An answer with its body open at the beginning. Whoever gets one closes it."""

    head: ResponseHead
    body: BinaryIO
    from_cache: bool
    age: timedelta = timedelta()
    """Since it was last known to be current."""

    @property
    def fetched_at(self) -> datetime:
        """When its body was fetched."""
        return datetime.fromtimestamp(self.head.fetched_at, UTC)

    def close(self) -> None:
        """Close the body."""
        self.body.close()


class HttpCache:
    """Answers by the key of their request, in two folders below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._heads = folder / _HEADS
        self._bodies = folder / "bodies"
        for place in (self._heads, self._bodies):
            place.mkdir(parents=True, exist_ok=True)

    @staticmethod
    def key(url: str, headers: Mapping[str, str]) -> str:
        """The key of a request; `url` holds no secret (`Keyring.redact`)."""
        return hashlib.sha256(json.dumps([url, sorted(headers.items())]).encode()).hexdigest()

    def find(self, key: str) -> Response | None:
        """The answer, or None when there is none, or no whole one."""
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
        """Keep an answer instead of the one before; when `chunks` fails, that one stays."""
        before = self._read(key)
        body = self._write(chunks)
        head_file = self._write([json.dumps({"body": body.name, _HEADS: asdict(head)}).encode()])
        answer = Response(head, body.open("rb"), from_cache=False)
        head_file.replace(self._heads / key)
        if before:
            before[1].unlink(missing_ok=True)
        return answer

    def pass_through(self, head: ResponseHead, chunks: Iterable[bytes]) -> Response:
        """An answer that is not cached: its body is gone when it is closed."""
        body = tempfile.TemporaryFile(dir=self._bodies)  # noqa: SIM115  # the caller closes it
        try:
            body.writelines(chunks)
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return Response(head, body, from_cache=False)

    def renew(self, key: str) -> None:
        """The answer was confirmed: it is as good as new."""
        if written := self._read(key):
            with suppress(FileNotFoundError):  # swept at this moment
                os.utime(written[1])
                os.utime(self._heads / key)

    def sweep(self, older_than: timedelta) -> int:
        """Delete what was not confirmed for so long; how many files that were."""
        before = time.time() - older_than.total_seconds()
        old = [file for place in (self._heads, self._bodies) for file in place.iterdir() if _mtime(file) < before]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _read(self, key: str) -> tuple[ResponseHead, Path] | None:
        try:
            written = json.loads((self._heads / key).read_bytes())
            return ResponseHead(**written[_HEADS]), self._bodies / written["body"]
        except (OSError, ValueError, TypeError, KeyError):  # none, or not of this version
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
