"""Listings in the XMLTV format, read as a stream: a guide can be 200 MB, and is other people's XML."""

import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from lxml import etree
from lxml.etree import _Element as Element

from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources.records import AiringRecord, ChannelRecord, Listing
from indexer.sources.xmltv import fields as fields
from indexer.window import Window

MAX_UNPACKED_BYTES = 1 << 30
"""A guide larger than this, once unpacked, is refused."""
LONGEST = timedelta(hours=24)
"""An airing that lasts longer is a mistake of the listing."""
_LATIN = "windows-1252"
"""What a guide is in that is not in the UTF-8 it claims."""
_READ_BYTES = 1 << 16


def parse(stream: BinaryIO, *, around: Window, language: str) -> Listing:
    """The listing's channels, and its airings that can matter to the window: a day more on either side.

    The stream may be gzip-compressed. Titles are taken in `language` (ISO 639-1) where there are several.
    Raises `PageChanged` when it is no XMLTV document, and `SourceUnavailable` when it broke before anything was read;
    a document that breaks later gives what was complete, with `problem` set.
    """
    try:
        return _read(stream, _Reader(around, language))
    except _WrongCharset:
        stream.seek(0)
        return _read(stream, _Reader(around, language), encoding=_LATIN)


class _WrongCharset(Exception):
    """It says that it is UTF-8, and is not."""


def _read(stream: BinaryIO, reader: "_Reader", encoding: str | None = None) -> Listing:
    problem = None
    try:
        for element in _elements(_unpacked(stream), encoding):
            reader.read(element)
    except (etree.XMLSyntaxError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_INVALID_ENCODING and encoding is None:
            raise _WrongCharset from None
        if not reader.airings:
            raise SourceUnavailable(f"The guide broke off before its first programme: {error}") from None
        problem = f"The guide broke off after {reader.programmes} programmes: {error}"
    return reader.listing(problem)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file of a guide; `SourceUnavailable` when it cannot be opened."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceUnavailable(f"The guide {path} cannot be opened: {error.strerror}.") from None
    with stream:
        yield stream


class _Reader:
    """Collects what a document says, one finished element at a time."""

    def __init__(self, around: Window, language: str) -> None:
        self.channels: dict[str, ChannelRecord] = {}
        self.airings: list[AiringRecord] = []
        self.skipped: Counter[str] = Counter()
        self.programmes = 0
        self._first, self._last = around.start - LONGEST, around.stop + LONGEST
        self._language = language

    def read(self, element: Element) -> None:
        if element.tag == "channel":
            self._read_channel(element)
            return
        self.programmes += 1
        try:
            airing = self._airing(element)
        except fields.BadProgramme as reason:
            self.skipped[str(reason)] += 1
        else:
            if self._first <= airing.start < self._last:
                self.airings.append(airing)

    def listing(self, problem: str | None) -> Listing:
        known = tuple(airing for airing in self.airings if airing.channel in self.channels)
        if len(known) < len(self.airings):
            self.skipped["unknown_channel"] += len(self.airings) - len(known)
        if self.skipped.total() == self.programmes:
            raise PageChanged(f"None of the guide's {self.programmes} programmes can be read: {dict(self.skipped)}")
        return Listing(tuple(self.channels.values()), known, dict(self.skipped), problem)

    def _read_channel(self, element: Element) -> None:
        channel_id = (element.get("id") or "").strip()
        name = fields.in_language(element, "display-name", self._language)
        icon = element.find("icon")
        if channel_id and name:
            self.channels.setdefault(
                channel_id, ChannelRecord(channel_id, name, icon.get("src") if icon is not None else None)
            )

    def _airing(self, element: Element) -> AiringRecord:
        title = fields.in_language(element, "title", self._language)
        if title is None:
            raise fields.BadProgramme("no_title")
        start = fields.moment(element.get("start"))
        if start is None:
            raise fields.BadProgramme("no_start")
        stop = fields.moment(element.get("stop"))
        if stop is None and (lasts := fields.length(element)):
            stop = start + lasts
        if stop is not None:
            _check_span(stop - start)
        season, episode = fields.numbers(element)
        return AiringRecord(
            channel=(element.get("channel") or "").strip(),
            start=start,
            stop=stop,
            title=title,
            kind=fields.kind(element, has_number=season is not None or episode is not None),
            year=fields.year(element),
            episode_title=fields.in_language(element, "sub-title", self._language),
            season=season,
            episode=episode,
            credits=fields.cast(element),
            ids=fields.external_ids(element),
        )


def _check_span(span: timedelta) -> None:
    if span < timedelta(0):
        raise fields.BadProgramme("stop_before_start")
    if not span:
        raise fields.BadProgramme("no_length")
    if span > LONGEST:
        raise fields.BadProgramme("too_long")


def _elements(stream: BinaryIO, encoding: str | None) -> Iterator[Element]:
    """The finished `channel` and `programme` elements; what was read is let go, so that memory stays flat."""
    events = etree.iterparse(
        stream,
        events=("start", "end"),
        encoding=encoding,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    try:
        _, root = next(events)
    except etree.XMLSyntaxError as error:
        raise PageChanged(f"This is no XMLTV guide: {error}") from None
    _check_root(root)
    for event, element in events:
        if event == "end" and element.getparent() is root:
            if element.tag in ("channel", "programme"):
                yield element
            root.remove(element)


def _check_root(root: Element) -> None:
    if root.tag != "tv":
        raise PageChanged(f"This is no XMLTV guide: it begins with <{root.tag}> instead of <tv>.")
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(declared.entities()):  # type: ignore[attr-defined]  # not in the stubs
        raise PageChanged("The guide declares XML entities, which no guide needs and attacks are made of: refused.")


class _Capped(io.RawIOBase):
    """Reads on until `MAX_UNPACKED_BYTES`, then refuses."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._left = stream, MAX_UNPACKED_BYTES

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size if size > 0 else _READ_BYTES)
        self._left -= len(data)
        if self._left < 0:
            raise SourceUnavailable(f"The guide is over {MAX_UNPACKED_BYTES:,} bytes once unpacked: refused.")
        return data


def _unpacked(stream: BinaryIO) -> BinaryIO:
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    return _Capped(gzip.GzipFile(fileobj=stream) if packed else stream)  # type: ignore[return-value,arg-type]
