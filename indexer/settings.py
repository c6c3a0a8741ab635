"""The settings of the indexer, besides those that every process shares."""

from collections.abc import Mapping
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, SecretStr

from settings.deployment import Deployment, Listed

SourceName: TypeAlias = Literal["tmdb", "tvmaze", "wikidata", "google-images", "allocine", "imdb", "imdb-datasets"]
"""The sources of casts, photos and careers, as `FTA_SOURCES` names them."""

BaseUrlName: TypeAlias = SourceName | Literal["commons", "programme-television"]
"""The sources whose base URL `FTA_SOURCE_URLS` can replace; TVmaze's listings share the URL of its casts."""


class IndexerSettings(Deployment):
    """Read from `FTA_…`, like `Deployment`."""

    guide: str | None = None
    """An XMLTV guide, a URL or a file (`{day}` is replaced by the local day, YYYYMMDD), instead of the region's own."""

    photos: Path | None = None
    """A folder of photos, with one folder per person, beside the online sources."""

    photos_per_person: int = Field(default=10, ge=1, le=100)
    """How many photos are gathered of each person."""

    keep_photos_days: int = Field(default=365, ge=0)
    """How long photos and templates stay of people who are no longer on air. 0: for ever."""

    sources: Annotated[tuple[SourceName, ...], *Listed] = ("tmdb", "tvmaze", "wikidata", "google-images")
    """The sources of casts, photos and careers, the preferred one first; one whose key is not set is left out.

    `allocine` and `imdb` refuse robots and ban addresses, and `imdb-datasets` means gigabytes a night: they are used
    only where they are named here. Empty: no source is asked.
    """

    tmdb_key: SecretStr | None = None
    """TMDB's API key, or its read access token."""

    google_key: SecretStr | None = None
    """The API key of Google's Programmable Search; needs `google_cx` too."""

    google_cx: str | None = None
    """The id of the Programmable Search engine."""

    source_urls: Mapping[BaseUrlName, str] = Field(default_factory=dict)
    """Base URLs instead of the real ones, for mirrors: a JSON object by source."""

    allowed_networks: Annotated[tuple[IPv4Network | IPv6Network, ...], *Listed] = ()
    """Private networks that may be connected to, such as a mirror's. All other private addresses are refused."""

    regions: Annotated[tuple[str, ...], *Listed] = ("FR",)
    """The codes of the regions that the scheduler indexes by default."""

    horizon_days: int = Field(default=2, ge=1, le=14)
    """How many days, from today on, the scheduler indexes."""

    nightly_hour: int = Field(default=3, ge=0, le=23)
    """The hour, in the region's time, at which the scheduler starts."""

    @property
    def keep_photos(self) -> timedelta | None:
        """`keep_photos_days` as a duration; None: for ever."""
        return timedelta(days=self.keep_photos_days) if self.keep_photos_days else None

    @property
    def http_dir(self) -> Path:
        """The folder of the HTTP cache and of the hosts' rate limits."""
        return self.data_dir / "http"

    @property
    def downloads_dir(self) -> Path:
        """Where the photos of the demo are kept."""
        return self.data_dir / "downloads"

    @property
    def user_agent(self) -> str:
        """The `User-Agent` header of requests to sources."""
        return f"FindTheActor/0.1 (TV guide indexer; {self.contact or 'no contact given'})"
