"""The errors of the indexer."""

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
    """No source knows a programme with that title, or no source could be asked."""


class TitleUnclear(IndexerError):
    """Several programmes fit the title."""


class NothingToPrepare(IndexerError):
    """No source names anybody in the programme's cast."""


class OrderImpossible(IndexerError):
    """The order cannot be carried out: what it is about does not exist, or no longer."""


class SourceError(IndexerError):
    """A source failed; the next one in the region's order is asked.

    The message is made safe to store, since it may quote the source.
    """

    state = "unavailable"
    """The value of `source_health.state` for this error."""

    advice = ""
    """What to do about it; appended to the message."""

    body = b""
    """The body of the error status, if any (its first 64 KiB)."""

    def __init__(self, message: str) -> None:
        text = storable(message)
        super().__init__(text if self.advice in text else f"{text} {self.advice}")


class SourceUnavailable(SourceError):
    """It cannot be reached, or has nothing for this day: try again later (after `retry_after_s`, where known)."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NotFound(SourceUnavailable):
    """It answered, but has no such document."""


class TooLarge(SourceUnavailable):
    """The document is larger than the limit for its kind."""


class SourceBlocked(SourceError):
    """It refuses robots, or our address. Never worked around."""

    state = "blocked"
    advice = "This is not worked around: leave it out, or ask its owner."


class AddressRefused(SourceError):
    """The URL is not allowed: a private address, an unusual port, or not http(s). Nothing was sent."""

    advice = "For a replica of your own, see FTA_ALLOWED_NETWORKS."


class PageChanged(SourceError):
    """It answered in another form than its parser expects: the parser needs a look."""

    state = "changed"
    advice = "Its parser needs a look."
