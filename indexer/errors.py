"""What can go wrong in the indexer."""

from db.keys import storable


class IndexerError(Exception):
    """Base of this package's errors.

    IndexerError
    ├── UnknownRegion
    ├── RegionBusy
    ├── GalleryDamaged
    ├── TitleNotFound
    ├── TitleUnclear
    ├── NothingToPrepare
    ├── OrderImpossible
    └── SourceError
        ├── SourceUnavailable
        │   ├── NotFound
        │   └── TooLarge
        ├── SourceBlocked
        ├── AddressRefused
        └── PageChanged
    """


class UnknownRegion(IndexerError):
    """No region file has this code."""


class RegionBusy(IndexerError):
    """Another process is indexing the region now."""


class GalleryDamaged(IndexerError):
    """A gallery read back from storage is not what was written; nothing was published."""


class TitleNotFound(IndexerError):
    """No source knows a programme of that title, or none could be asked."""


class TitleUnclear(IndexerError):
    """Several programmes can be meant."""


class NothingToPrepare(IndexerError):
    """Nobody of the programme's cast is known."""


class OrderImpossible(IndexerError):
    """There is nothing that the order could be about."""


class SourceError(IndexerError):
    """A source did not give what it should; the next one in the region's order is asked.

    Its message can be stored, whatever the source said in it.
    """

    state = "unavailable"
    """How `source_health` calls it."""

    advice = ""
    """What to do about it, told after what was wrong."""

    body = b""
    """What came with an error status, as far as it came (64 KiB at most)."""

    def __init__(self, message: str) -> None:
        said = storable(message)
        super().__init__(said if self.advice in said else f"{said} {self.advice}")


class SourceUnavailable(SourceError):
    """It could not be reached, or has nothing for this day: worth another try later (`retry_after_s`, where known)."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotFound(SourceUnavailable):
    """It is there, but has no such document."""


class TooLarge(SourceUnavailable):
    """The document is larger than anything that we read."""


class SourceBlocked(SourceError):
    """It refuses robots, or this address. Never worked around."""

    state = "blocked"
    advice = "This is not worked around: leave it out, or ask its owner."


class AddressRefused(SourceError):
    """The URL is none that we ask: it leads inside, to an odd port, or is not of the web. Nothing was sent."""

    advice = "For a replica of your own, see FTA_ALLOWED_NETWORKS."


class PageChanged(SourceError):
    """It answered, but not in the form that it used to: its parser needs a look."""

    state = "changed"
    advice = "Its parser needs a look."
