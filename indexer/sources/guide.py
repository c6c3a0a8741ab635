"""Getting a guide from wherever it is, keeping the raw answer, and reading it."""

import gzip
import hashlib
import shutil
import tempfile
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from indexer.http import HttpClient
from indexer.sources import xmltv
from indexer.sources.records import Listing
from indexer.window import Window
from storage.base import Storage

RAW_PREFIX = "raw/listings"

_MAX_BYTES = 256 << 20
_FRESH_FOR = timedelta(hours=1)
"""A guide may change at any time; asking whether it did costs little."""


@dataclass(frozen=True, slots=True)
class GuideReader:
    """Reads XMLTV guides, by URL or file, and keeps each raw answer once in storage."""

    http: HttpClient
    storage: Storage

    def read(self, guide: str, *, around: Window, language: str) -> Listing:
        """What the guide lists around the window; `SourceError` when it cannot be had or read."""
        with self._open(guide) as stream:
            self._keep(stream)
            return xmltv.parse(stream, around=around, language=language)

    def _open(self, guide: str) -> AbstractContextManager[BinaryIO]:
        if guide.startswith(("http://", "https://")):
            return self.http.download(guide, max_bytes=_MAX_BYTES, fresh_for=_FRESH_FOR)
        return xmltv.opened(Path(guide))

    def _keep(self, stream: BinaryIO) -> None:
        digest = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]  # BinaryIO is only missing in the stubs
        key = f"{RAW_PREFIX}/{digest.hexdigest()}.gz"
        stream.seek(0)
        if self.storage.size(key) is None:
            with tempfile.TemporaryFile() as packed:
                with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as target:
                    shutil.copyfileobj(stream, target)
                packed.seek(0)
                self.storage.put(key, packed.read())
            stream.seek(0)
