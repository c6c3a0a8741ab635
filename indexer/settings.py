"""What the indexer reads from the environment, besides what every process shares."""

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import NoDecode

from settings.deployment import Deployment

SourceName: TypeAlias = Literal["tmdb", "tvmaze", "wikidata", "google-images", "allocine", "imdb", "imdb-datasets"]
"""The sources of casts, photos and careers, as `FTA_SOURCES` names them."""

BaseUrlName: TypeAlias = SourceName | Literal["commons", "programme-television"]
"""What `FTA_SOURCE_URLS` can point elsewhere; TVmaze's listings come from where its casts do."""


def _listed(value: object) -> object:
    """`a, b` as its parts; what is no text is left to the field's type."""
    return [part for part in (part.strip() for part in value.split(",")) if part] if isinstance(value, str) else value


Listed = (NoDecode, BeforeValidator(_listed))
"""Marks a setting that is written as `a,b`, not as JSON."""


class IndexerSettings(Deployment):
    """Read from `FTA_…`, like `Deployment`."""

    guide: str | None = None
    """An XMLTV guide, a URL or a file (`{day}` is replaced by the local day, YYYYMMDD), instead of the region's own."""

    photos: Path | None = None
    """A folder of photos with one folder a person. Unset: no photos are gathered."""

    photos_per_person: int = Field(default=10, ge=1, le=100)
    """How many photos of a person are gathered."""

    sources: Annotated[tuple[SourceName, ...], *Listed] = ("tmdb", "tvmaze", "wikidata", "google-images")
    """Who is asked about casts, photos and careers, the preferred one first; one whose key is not set is passed over.

    `allocine` and `imdb` refuse robots and ban addresses, and `imdb-datasets` means gigabytes a night: they are asked
    only where they are named here. Empty: nobody is.
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
    """Networks off the internet that may be asked all the same, such as a mirror's; everything else inside is not."""

    regions: Annotated[tuple[str, ...], *Listed] = ("FR",)
    """The codes of the regions that the scheduler indexes, unless it is told others."""

    horizon_days: int = Field(default=2, ge=1, le=14)
    """How many days, from today on, the scheduler indexes."""

    nightly_hour: int = Field(default=3, ge=0, le=23)
    """The hour, in the region's time, at which the scheduler starts."""

    @property
    def http_dir(self) -> Path:
        """What sources answered, and when each may be asked again."""
        return self.data_dir / "http"

    @property
    def downloads_dir(self) -> Path:
        """Where the photos of the demo are kept."""
        return self.data_dir / "downloads"

    @property
    def user_agent(self) -> str:
        """How we look_up_ids ourselves to sources."""
        return f"FindTheActor/0.1 (TV guide indexer; {self.contact or 'no contact given'})"
