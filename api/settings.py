"""What the API reads from the environment, besides what every process shares."""

from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, HttpUrl, SecretStr

from settings.deployment import Deployment, Listed

_EMPTY_IS_UNSET = BeforeValidator(lambda value: value or None)
Secret = Annotated[SecretStr | None, _EMPTY_IS_UNSET]
"""A setting that is never printed; an empty one is not set."""
Token = Annotated[Annotated[SecretStr, Field(min_length=16)] | None, _EMPTY_IS_UNSET]
"""A secret that nobody guesses."""


LEAST_SEAL_CHARACTERS = 32


def _each_is_long(keys: SecretStr | None) -> SecretStr | None:
    if keys and any(len(key.strip()) < LEAST_SEAL_CHARACTERS for key in keys.get_secret_value().split(",")):
        raise ValueError(f"each secret should have at least {LEAST_SEAL_CHARACTERS} characters")
    return keys


class ApiSettings(Deployment):
    """Read from `FTA_…`, like `Deployment`."""

    host: str = "127.0.0.1"
    """The address to listen on; `0.0.0.0` for every one of this machine."""

    port: int = Field(default=8000, ge=0, le=65535)

    trusted_proxies: Annotated[tuple[IPv4Network | IPv6Network, ...], *Listed] = (
        IPv4Network("127.0.0.1"),
        IPv6Network("::1"),
    )
    """The addresses or networks of the proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed."""

    max_connections: int = Field(default=500, ge=0)
    """Connections at the same time; beyond that, the one that waits longest for its caller is closed. 0: no limit."""

    max_connections_per_address: int = Field(default=100, ge=0)
    """The same for one address, unless it is a trusted proxy's. 0: no limit."""

    requests_per_minute: int = Field(default=3000, ge=0)
    """Requests to `/v1` that a client may make, pictures not counted. 0: no limit. See `api.rate_limits`."""

    pictures_per_minute: int = Field(default=300, ge=0)
    """Requests with pictures that a client may make. 0: no limit."""

    tolerance_minutes: int = Field(default=5, ge=0, le=60)
    """Clocks and guides disagree: airings up to this far from the asked moment count too."""

    refresh_s: float = Field(default=30, gt=0)
    """Seconds between two looks at the current galleries."""

    past_hours: int = Field(default=3, ge=0)
    """How long the galleries of past slots stay loaded."""

    horizon_hours: int = Field(default=12, ge=1)
    """How far ahead galleries are loaded."""

    max_upload_mb: int = Field(default=16, ge=1)
    """The largest request body, in mebibytes."""

    upload_timeout_s: float = Field(default=30, gt=0)
    """How long a caller may take to send a picture."""

    keep_days: int = Field(default=90, ge=0)
    """How long a picture is kept whose asker says that it may be. 0: none is."""

    keep_per_day: int = Field(default=100, ge=0)
    """Questions of one client whose pictures are kept, a day. 0: no limit."""

    keep_at_most: int = Field(default=10_000, ge=0)
    """Pictures that are kept at the same time, of all callers. 0: no limit."""

    identify_workers: int = Field(default=2, ge=1)
    """Pictures worked on at the same time."""

    identify_queue: int = Field(default=4, ge=0)
    """Questions that may wait for a worker (a burst is one); the next is refused with 503. See `api.identify.pool`."""

    identify_per_client: int = Field(default=4, ge=0)
    """Questions of one client that may have or wait for a worker at the same time; 0: no limit."""

    seal_key: Annotated[Secret, AfterValidator(_each_is_long)] = None
    """The secrets that seal what callers keep to ask again, as `new,old`: the first one seals, all of them open.
    Processes behind one address must share them. Unset: each process has a random one of its own."""

    look_minutes: int = Field(default=15, ge=1, le=24 * 60)
    """How long callers can ask again about a picture without sending it again."""

    inference_threads: int | None = None
    """Threads that one picture may use. Unset: the inference runtime decides."""

    ops_token: Token = None
    """What opens the operations dashboard at `/ops`. Unset: nobody gets in."""

    ops_database_url: Secret = None
    """The dashboard's own account of the same database (`findtheactor db grant-reader`). Unset: the service's."""

    ops_metrics_url: HttpUrl | None = None
    """`/metrics` of the API that the dashboard tells about, where it is a process of its own (`findtheactor ops`)."""

    @property
    def tolerance(self) -> timedelta:
        """`tolerance_minutes` as a duration."""
        return timedelta(minutes=self.tolerance_minutes)

    @property
    def seal_secrets(self) -> tuple[str, ...]:
        """The secrets of `seal_key`."""
        keys = self.seal_key.get_secret_value() if self.seal_key else ""
        return tuple(key.strip() for key in keys.split(",") if key)

    @property
    def look_lifetime(self) -> timedelta:
        """`look_minutes` as a duration."""
        return timedelta(minutes=self.look_minutes)

    @property
    def max_upload_bytes(self) -> int:
        """`max_upload_mb` in bytes."""
        return self.max_upload_mb * 1024 * 1024
