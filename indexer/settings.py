"""What the indexer reads from the environment, besides what every process shares."""

from pathlib import Path

from pydantic import Field

from settings.deployment import Deployment


class IndexerSettings(Deployment):
    """Read from `FTA_…`, like `Deployment`."""

    guide: str | None = None
    """An XMLTV guide, a URL or a file (`{day}` is replaced by the local day, YYYYMMDD), instead of the region's own."""

    photos: Path | None = None
    """A folder of photos with one folder a person. Unset: no photos are gathered."""

    photos_per_person: int = Field(default=10, ge=1, le=100)
    """How many photos of a person are gathered."""

    horizon_days: int = Field(default=2, ge=1, le=14)
    """How many days, from today on, the scheduler indexes."""

    nightly_hour: int = Field(default=3, ge=0, le=23)
    """The hour, in the region's time, at which the scheduler starts."""

    @property
    def downloads_dir(self) -> Path:
        """Where documents are kept while they are read."""
        return self.data_dir / "downloads"

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to sources."""
        return f"FindTheActor/0.1 (TV guide indexer; {self.contact or 'no contact given'})"
