"""A client of the HTTP API, for the command line."""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import requests

CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 60.0


class ApiError(Exception):
    """The API could not be reached, or answered with a problem document; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the API answered, and the time from request to answer."""

    body: dict[str, Any]
    elapsed_ms: float


class ApiClient:
    """A client of the API at `base_url`."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy meant for the internet must not see the pictures

    def identify(
        self,
        *photos: Path,
        region: str | None = None,
        coordinates: tuple[float, float] | None = None,
        at: datetime | None = None,
        channel: str | None = None,
        airing: int | None = None,
        programme: str | None = None,
    ) -> Reply:
        """Ask who is in a photo, or in several photos of one moment. Raises `ApiError`."""
        fields = {"region": region, "at": at and at.isoformat(), "channel": channel, "programme": programme}
        fields["airing"] = None if airing is None else str(airing)
        if coordinates:
            fields |= {"lat": str(coordinates[0]), "lon": str(coordinates[1])}
        started = time.perf_counter()
        try:
            response = self._session.post(
                f"{self._base_url}/v1/identify",
                files=[("picture", ("picture", photo.read_bytes())) for photo in photos],
                data={name: value for name, value in fields.items() if value is not None},
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
            )
        except OSError as error:
            raise ApiError(self._unreachable(error)) from error
        elapsed_ms = (time.perf_counter() - started) * 1000
        return Reply(self._body(response), elapsed_ms)

    def is_ready(self) -> bool:
        """Whether the API is ready to answer questions."""
        try:
            return self._session.get(f"{self._base_url}/readyz", timeout=CONNECT_TIMEOUT_S).ok
        except requests.RequestException:
            return False

    def _body(self, response: requests.Response) -> dict[str, Any]:
        try:
            body: dict[str, Any] = response.json()
        except ValueError as error:
            raise ApiError(f"{self._base_url} does not answer like this API (HTTP {response.status_code}).") from error
        if not response.ok:
            raise ApiError(f"{body.get('title', response.reason)}: {body.get('detail', '')}")
        return body

    def _unreachable(self, error: OSError) -> str:
        if isinstance(error, requests.RequestException):
            return (
                f"No API answers at {self._base_url}: start one with `findtheactor serve`, or give its URL with --api."
            )
        return f"The picture cannot be read: {error}."
