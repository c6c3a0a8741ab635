"""Getting a day's listings from wherever a region file says, whatever kind of source that is."""

import gzip
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import BinaryIO

import structlog

from indexer.errors import NotFound
from indexer.http import HttpClient
from indexer.regions.listings import Listings, PageListings, TvmazeListings, XmltvListings
from indexer.sources.programme_television import source as programme_television
from indexer.sources.programme_television.source import ProgrammeTelevision
from indexer.sources.records import Listing
from indexer.sources.tvmaze import source as tvmaze
from indexer.sources.tvmaze.schedule import TvmazeSchedule
from indexer.sources.xmltv import guide as xmltv
from indexer.window import Window
from storage.base import Storage, StorageError

log = structlog.get_logger(__name__)

RAW_PREFIX = "raw/listings"
"""Guides as they were read, by the day on which they first were."""

_MAX_BYTES = 256 << 20
_KEPT_BYTES = 64 << 20
"""Packed; the largest real guides are a third of it."""
_FRESH_FOR = timedelta(hours=1)
"""A guide may change at any time; asking whether it did costs little."""


def first_read_on(key: str) -> date | None:
    """The day in the key of a guide; None where there is none: earlier versions kept guides without it."""
    with suppress(ValueError):
        return date.fromisoformat(key.removeprefix(f"{RAW_PREFIX}/").partition("/")[0])
    return None


@dataclass(frozen=True, slots=True)
class GuideReader:
    """Reads listings of every kind through the one HTTP client. Guides may be files, too; each is kept in storage."""

    http: HttpClient
    storage: Storage
    tvmaze_url: str = tvmaze.BASE_URL
    programme_television_url: str = programme_television.BASE_URL

    def read(self, source: Listings, day: date, *, around: Window, language: str, today: date) -> Listing:
        """What the source lists on its own `day`; `SourceError` when that cannot be had or read.

        `today` is the source's date now. A guide of several days gives what can matter to the window `around`.
        """
        match source:
            case XmltvListings():
                with self._first(source.addresses(day)) as stream:
                    listing = xmltv.parse(stream, around=around, language=language)
                    try:
                        self._keep(stream, today)
                    except StorageError as error:
                        log.warning("guide not kept", source=source.name, error=str(error))
                    return listing
            case TvmazeListings():
                return TvmazeSchedule(self.http, self.tvmaze_url).listing(source.country, day)
            case PageListings():
                return self._pages(source.channels, casts=source.casts).listing(day, today=today)

    def _pages(self, channels: Mapping[str, str], *, casts: bool) -> ProgrammeTelevision:
        return ProgrammeTelevision(self.http, channels, self.programme_television_url, casts=casts)

    @contextmanager
    def _first(self, addresses: tuple[str, ...]) -> Iterator[BinaryIO]:
        """The first of the addresses at which there is a document; of a host that fails, no other one is asked for."""
        with ExitStack() as opened:
            yield self._enter_first(opened, addresses)

    def _enter_first(self, opened: ExitStack, addresses: tuple[str, ...]) -> BinaryIO:
        for address in addresses[:-1]:
            with suppress(NotFound):
                return opened.enter_context(self._open(address))
        return opened.enter_context(self._open(addresses[-1]))

    def _open(self, guide: str) -> AbstractContextManager[BinaryIO]:
        if guide.startswith(("http://", "https://")):
            return self.http.download(guide, max_bytes=_MAX_BYTES, fresh_for=_FRESH_FOR)
        return xmltv.opened(Path(guide))

    def _keep(self, stream: BinaryIO, today: date) -> None:
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256")  # type: ignore[arg-type]  # BinaryIO is only missing in the stubs
        name = f"{digest.hexdigest()}.gz"
        stream.seek(0)
        if not any(key.endswith(name) for key in self.storage.keys(f"{RAW_PREFIX}/")):
            with tempfile.TemporaryFile() as packed:
                with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0, filename="") as target:
                    shutil.copyfileobj(stream, target)
                if packed.tell() <= _KEPT_BYTES:
                    packed.seek(0)
                    self.storage.put(f"{RAW_PREFIX}/{today:%Y-%m-%d}/{name}", packed.read())
