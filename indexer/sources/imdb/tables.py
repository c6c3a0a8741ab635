"""Reads IMDb's datasets as streams: gigabytes of rows, of which a few thousand are wanted.

Format: https://developer.imdb.com/non-commercial-datasets/ (UTF-8, tabs, a header, `\\N` for nothing, no quoting).
"""

import gzip
import zlib
from collections.abc import Collection, Iterator, Mapping
from operator import itemgetter
from typing import BinaryIO

from indexer.errors import PageChanged, SourceUnavailable

MAX_UNPACKED_BYTES = 16 << 30
"""A dataset larger than this, once unpacked, is refused; the largest is about a quarter of it."""
_BLOCK_BYTES = 1 << 20
_NOTHING = b"\\N"

Row = Mapping[str, str | None]


class Table:
    """One dataset, read once from its start. Rows with the wrong number of columns are skipped.

    Memory use stays at a few blocks however long the table is. Raises `PageChanged` when it is not the expected table,
    `SourceUnavailable` when it breaks off.
    """

    def __init__(self, name: str, columns: Collection[str], stream: BinaryIO) -> None:
        self._name, self._blocks = name, _unpacked(name, stream)
        self._first = next(self._blocks, [])
        header = self._first.pop(0).decode("utf-8", "replace").rstrip("\r").split("\t") if self._first else []
        if missing := [column for column in columns if column not in header]:
            raise PageChanged(f"IMDb's {name} has no column {', '.join(missing)}; its first line is {header[:9]}.")
        self._header = header

    def where(self, column: str, wanted: Collection[bytes]) -> Iterator[Row]:
        """The rows that have one of `wanted` in the column."""
        at = self._header.index(column)
        for lines in self._lines():
            for line in lines:
                head = line.split(b"\t", at + 1)
                if len(head) > at and head[at] in wanted and (row := self._row(line)):
                    yield row

    def columns(self, *names: str) -> Iterator[tuple[bytes, ...]]:
        """These columns (two or more) of every row, undecoded."""
        pick, width = itemgetter(*map(self._header.index, names)), len(self._header)
        for lines in self._lines():
            for line in lines:
                values = line.split(b"\t")
                if len(values) == width:
                    yield pick(values)

    def _row(self, line: bytes) -> Row | None:
        values = line.rstrip(b"\r").split(b"\t")
        if len(values) != len(self._header):
            return None
        return dict(zip(self._header, map(text_or_none, values), strict=True))

    def _lines(self) -> Iterator[list[bytes]]:
        rows = len(self._first)
        yield self._first
        for lines in self._blocks:
            rows += len(lines)
            yield lines
        if not rows:
            raise PageChanged(f"IMDb's {self._name} has a header and no row.")


def text_or_none(value: bytes) -> str | None:
    """A value as text; None for `\\N`, and for invalid UTF-8."""
    try:
        return None if value == _NOTHING else value.decode("utf-8") or None
    except UnicodeDecodeError:
        return None


def year_or_none(value: bytes | str | None) -> int | None:
    """A year; None for `\\N`, and for anything but four digits."""
    return int(value) if value is not None and len(value) == 4 and value.isdigit() else None


def _unpacked(name: str, stream: BinaryIO) -> Iterator[list[bytes]]:
    """Blocks of whole lines."""
    packed = stream.read(2) == b"\x1f\x8b"
    stream.seek(0)
    source = gzip.GzipFile(fileobj=stream) if packed else stream
    total, rest = 0, b""
    try:
        while block := source.read(_BLOCK_BYTES):
            total += len(block)
            *lines, rest = (rest + block).split(b"\n")
            _check(name, total, len(rest))
            if lines:
                yield lines
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceUnavailable(f"IMDb's {name} broke off after {total:,} bytes unpacked: {error}") from None
    if rest:
        yield [rest]


def _check(name: str, total: int, unfinished: int) -> None:
    if total > MAX_UNPACKED_BYTES:
        raise SourceUnavailable(f"IMDb's {name} is over {MAX_UNPACKED_BYTES:,} bytes once unpacked: refused.")
    if unfinished > _BLOCK_BYTES:
        raise PageChanged(f"IMDb's {name} has a row of over {_BLOCK_BYTES:,} bytes: this is not a table.")
