"""Fixtures: a night, and the replicas that it asks."""

import ipaddress
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from indexer.http import HostPolicy, HttpClient
from indexer.http.transport import Limits
from tests.integration.indexer.casts.night import Night
from tests.integration.indexer.replica import Replica
from tests.integration.indexer.rig import Indexer


@pytest.fixture
def night(indexer: Indexer, tmp_path: Path) -> Iterator[Night]:
    http = HttpClient(
        tmp_path / "http",
        "FindTheActor/test (https://example.org/contact)",
        default_policy=HostPolicy(interval_s=0, fresh_for=timedelta()),  # what is not asked again is so by our own word
        allowed_networks=[ipaddress.ip_network("127.0.0.1")],
        page_limits=Limits(connect_timeout_s=1, read_timeout_s=0.5, total_timeout_s=1, retry_pauses_s=()),
    )
    api = Replica()
    with api.running():
        yield Night(indexer, http, api)
    http.close()
