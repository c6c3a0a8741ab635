"""Listings in the XMLTV format, read as a stream: a guide can be 200 MB, and is other people's XML."""

import gzip
import io
import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from lxml.etree import _Element as Element

from indexer.errors import PageChanged, SourceUnavailable
from indexer.sources.records import AiringRecord, ChannelRecord, Listing
from indexer.sources.xmltv import fields
from indexer.sources.xmltv.charset import decoded, encoding_of
from indexer.sources.xmltv.credits import Conventions, Entry
from indexer.sources.xmltv.elements import LOST, GuideText
from indexer.window import Window

MAX_UNPACKED_BYTES = 1 << 30
"""A guide larger than this, once unpacked, is refused."""
_READ_BYTES = 1 << 16
_BROKEN = (EOFError, zlib.error, gzip.BadGzipFile)
"""What a packed guide raises that breaks off, or is damaged."""


def parse(stream: BinaryIO, *, around: Window, language: str) -> Listing:
    """The listing's channels, and its airings that can matter to the window: a day more on either side.

    The stream may be gzip-compressed. Titles are taken in `language` (ISO 639-1) where there are several.
    Raises `PageChanged` when it is no XMLTV document, and `SourceUnavailable` when it broke before anything was read;
    a document that breaks later gives what was complete, with `problem` set. What was damaged and could be mended is
    counted in `repaired`; damage in one programme does not change how another one is read.
    """
    reader = _Reader(around, language)
    encoding = encoding_of(_Unbroken(_chunks(stream)), reader.repaired)
    chunks = _Unbroken(_chunks(stream))
    text = GuideText(decoded(chunks, encoding, reader.repaired), reader.repaired)
    for element in text.elements():
        reader.read(element)
    why = chunks.broken or ("" if text.is_whole else "its end is missing")
    if why and not reader.airings:
        raise SourceUnavailable(f"The guide broke off before its first programme: {why}.")
    return reader.listing(f"The guide broke off after {reader.programmes} programmes: {why}." if why else None)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file of a guide; `SourceUnavailable` when it cannot be opened."""
    try:
        stream = path.open("rb")
    except OSError as error:
        raise SourceUnavailable(f"The guide {path} cannot be opened: {error.strerror}.") from None
    with stream:
        yield stream


@dataclass(frozen=True, slots=True)
class _Programme:
    """An airing whose credits are not read yet, and its place in a clump."""

    airing: AiringRecord
    entries: tuple[Entry, ...]
    clump: tuple[int, int] | None


class _Reader:
    """Collects what a document says, one element at a time."""

    def __init__(self, around: Window, language: str) -> None:
        self.channels: dict[str, ChannelRecord] = {}
        self.airings: list[_Programme] = []
        self.skipped: Counter[str] = Counter()
        self.repaired: Counter[str] = Counter()
        self.programmes = 0
        self._first, self._last = around.start - fields.LONGEST, around.stop + fields.LONGEST
        self._language = language
        self._conventions = Conventions()
        self._on: Counter[str] = Counter()
        self._lost_channels = 0

    def read(self, element: Element) -> None:
        if element.tag == "channel":
            self._read_channel(element)
            return
        self.programmes += 1
        try:
            programme = self._programme(element)
        except fields.BadProgramme as reason:
            self.skipped[str(reason)] += 1
            return
        self._on[programme.airing.channel] += 1
        for entry in programme.entries:
            self._conventions.note(entry)
        if self._first <= programme.airing.start < self._last:
            self.airings.append(programme)

    def listing(self, problem: str | None) -> Listing:
        if lost := self.repaired.pop(LOST, 0):
            self.skipped["damaged"] += lost
            self.programmes += lost
            self._lost_channels += lost
        self._add_undescribed_channels()
        known = [programme for programme in self.airings if programme.airing.channel in self.channels]
        if len(known) < len(self.airings):
            self.skipped["unknown_channel"] += len(self.airings) - len(known)
        if self.skipped.total() == self.programmes:
            raise PageChanged(f"None of the guide's {self.programmes} programmes can be read: {dict(self.skipped)}")
        airings = tuple(
            replace(airing, credits=self._conventions.read(entries)) for airing, entries in _unclumped(known)
        )
        return Listing(tuple(self.channels.values()), airings, dict(self.skipped), problem, dict(+self.repaired))

    def _add_undescribed_channels(self) -> None:
        """A channel that the guide does not describe is named by its id.

        One programme alone is rather a mistake, unless the guide is damaged, or describes a channel that has none.
        """
        is_sound = not (self.repaired or self._lost_channels) and self.channels.keys() <= self._on.keys()
        least = 2 if self.channels and is_sound else 1
        for channel_id, programmes in self._on.items():
            if programmes >= least and channel_id not in self.channels:
                self.channels[channel_id] = ChannelRecord(channel_id, channel_id)

    def _read_channel(self, element: Element) -> None:
        channel_id = (element.get("id") or "").strip()
        name = fields.in_language(element, "display-name", self._language)
        if not channel_id or not name:
            self._lost_channels += 1
            return
        icon = element.find("icon")
        record = ChannelRecord(channel_id, name, icon.get("src") if icon is not None else None)
        self.channels.setdefault(channel_id, record)

    def _programme(self, element: Element) -> _Programme:
        title = fields.in_language(element, "title", self._language)
        if title is None:
            raise fields.BadProgramme("no_title")
        channel = (element.get("channel") or "").strip()
        if not channel:
            raise fields.BadProgramme("no_channel")
        start = fields.start(element)
        season, episode = fields.numbers(element)
        airing = AiringRecord(
            channel=channel,
            start=start,
            stop=self._stop(element, start),
            title=title,
            kind=fields.kind(element, has_number=season is not None or episode is not None),
            year=fields.year(element),
            episode_title=fields.in_language(element, "sub-title", self._language),
            season=season,
            episode=episode,
            ids=fields.external_ids(element),
        )
        return _Programme(airing, fields.credits(element), fields.clump(element))

    def _stop(self, element: Element, start: datetime) -> datetime | None:
        try:
            stop = fields.stop(element, start)
        except ValueError:
            self.repaired["unusable_stops"] += 1
            stop = None
        if stop is None and (lasts := fields.length(element)):
            return start + lasts
        return stop


def _unclumped(programmes: Iterable[_Programme]) -> Iterator[tuple[AiringRecord, tuple[Entry, ...]]]:
    """The airings with their credits. Those that share one slot (a clump) divide its time equally, in their order.

    The slot of a clump without a stop lasts until the next programme of the channel.
    """
    programmes = list(programmes)
    clumps = Counter((it.airing.channel, it.airing.start) for it in programmes if it.clump)
    starts: defaultdict[str, list[datetime]] = defaultdict(list)
    for airing in sorted((it.airing for it in programmes), key=lambda airing: airing.start):
        starts[airing.channel].append(airing.start)
    for it in programmes:
        is_alone = clumps[it.airing.channel, it.airing.start] < 2
        yield it.airing if it.clump is None or is_alone else _part(it.airing, it.clump, starts), it.entries


def _part(airing: AiringRecord, clump: tuple[int, int], starts: Mapping[str, Sequence[datetime]]) -> AiringRecord:
    on_channel = starts[airing.channel]
    later = bisect_right(on_channel, airing.start)
    stop = airing.stop or (on_channel[later] if later < len(on_channel) else None)
    if stop is None or stop - airing.start > fields.LONGEST:
        return airing
    place, size = clump
    seconds = int((stop - airing.start).total_seconds())
    begin, end = (airing.start + timedelta(seconds=seconds * part // size) for part in (place, place + 1))
    return replace(airing, start=begin, stop=end)


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """The unpacked bytes of the guide from its beginning; `SourceUnavailable` past `MAX_UNPACKED_BYTES`."""
    stream.seek(0)
    packed = stream.read(3) == b"\x1f\x8b\x08"
    stream.seek(0)
    unpacked = io.BufferedReader(gzip.GzipFile(fileobj=stream)) if packed else stream
    read = 0
    while chunk := unpacked.read(_READ_BYTES):
        read += len(chunk)
        if read > MAX_UNPACKED_BYTES:
            raise SourceUnavailable(f"The guide is over {MAX_UNPACKED_BYTES:,} bytes once unpacked: refused.")
        yield chunk


class _Unbroken:
    """The chunks up to where the guide breaks off; `broken` says why it did."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = chunks
        self.broken = ""

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._chunks
        except _BROKEN as error:
            self.broken = str(error)
