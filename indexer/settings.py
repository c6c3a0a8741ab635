"""What the indexer reads from the environment, besides what every process shares."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import TypeAlias

from pydantic import Field, field_validator

from settings.deployment import Deployment

Network: TypeAlias = IPv4Network | IPv6Network


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

    allowed_networks: str = ""
    """Networks (`10.1.0.0/16, …`) where sources may be asked though not on the internet, such as a mirror's."""

    @field_validator("allowed_networks")
    @classmethod
    def _check_networks(cls, value: str) -> str:
        _networks(value)
        return value

    @property
    def source_networks(self) -> tuple[Network, ...]:
        """`allowed_networks`, read."""
        return _networks(self.allowed_networks)

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
        """How we introduce ourselves to sources."""
        return f"FindTheActor/0.1 (TV guide indexer; {self.contact or 'no contact given'})"


def _networks(value: str) -> tuple[Network, ...]:
    return tuple(ip_network(each.strip()) for each in value.split(",") if each.strip())
