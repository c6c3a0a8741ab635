"""Fixtures: an evening, and the replicas that it asks."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.http import HostPolicy, HttpClient
from indexer.http.transport import Limits
from tests.integration.indexer.http.origin import Origin
from tests.integration.indexer.photos.evening import Evening
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import Indexer

LIMITS = Limits(connect_timeout_s=1, read_timeout_s=1, total_timeout_s=2, retry_pauses_s=())


@pytest.fixture
def inside() -> Iterator[Origin]:
    """A server at an address that nobody may be led to."""
    with Origin("127.0.0.2").running() as inside:
        yield inside


@pytest.fixture
def evening(indexer: Indexer, tmp_path: Path) -> Iterator[Evening]:
    http = HttpClient(
        tmp_path / "http",
        "FindTheActor/test (https://example.org/contact)",
        default_policy=HostPolicy(interval_s=0, fresh_for=timedelta()),  # what is not asked again is so by our own word
        allowed_networks=[ipaddress.ip_network("127.0.0.1")],
        page_limits=LIMITS,
    )
    api, pictures = Replica(), Origin()
    with api.running(), pictures.running():
        yield Evening(indexer, http, api, pictures)
    http.close()
