"""The records that all layouts of IMDb's cast pages are read into."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from indexer.sources.imdb.roles import Part
from indexer.sources.markup import tidy
from indexer.sources.protocols import CastRecord, PhotoRecord
from indexer.sources.records import Record

_PERSON_ID = re.compile(r"nm\d+")
_SIZED = re.compile(r"\._V1_(CR[\d,]+_)?[^/]*?(\.\w+)$")


@dataclass(frozen=True, slots=True)
class CastEntry:
    """One person in the cast list of a page; `position` is from 0."""

    person_id: str
    name: str
    part: Part
    position: int
    photo: PhotoRecord | None


@dataclass(frozen=True, slots=True)
class CastRecords(Record):
    """A cast as one page gives it: those on screen, and those only heard, cut, or credited without appearing.

    `total` is the length of the whole list as the page gives it (None when it does not); `end_cursor` is where the rest
    begins.
    """

    cast: tuple[CastRecord, ...]
    off_screen: tuple[CastRecord, ...] = ()
    total: int | None = None
    end_cursor: str | None = None

    @classmethod
    def of(cls, listed: Iterable[CastEntry], total: int | None = None, end_cursor: str | None = None) -> Self:
        """The list, each person once, divided into those on screen and those off screen."""
        people: dict[str, CastEntry] = {}
        for person in listed:
            if _PERSON_ID.fullmatch(person.person_id) and tidy(person.name):
                people.setdefault(person.person_id, person)
        on = tuple(_record(person) for person in people.values() if person.part.on_screen)
        off = tuple(_record(person) for person in people.values() if not person.part.on_screen)
        return cls(on, off, total, end_cursor)

    @property
    def missing(self) -> int:
        """How many people of `total` the page does not list."""
        return max(0, (self.total or 0) - len(self.cast) - len(self.off_screen))


def portrait(url: str | None, width: int | None = None, height: int | None = None) -> PhotoRecord | None:
    """The person's picture in full size, where a page may show a thumbnail of 32 pixels. None without a picture.

    IMDb's image addresses end in `._V1_`, instructions to crop and scale, and the suffix; without instructions they
    give the whole image. A crop at the beginning is kept: it takes the person out of a picture of several people.
    """
    if not url or not url.startswith(("http://", "https://", "//")):
        return None
    whole = _SIZED.sub(r"._V1_\1\2", f"https:{url}" if url.startswith("//") else url)
    return PhotoRecord(whole, "portrait", licence=None, credit="IMDb", width=width, height=height)


def _record(person: CastEntry) -> CastRecord:
    return CastRecord(
        name=tidy(person.name) or "",
        job="actor",
        role=person.part.role,
        position=person.position,
        ids={"imdb": person.person_id},
        photos=(person.photo,) if person.photo else (),
    )
