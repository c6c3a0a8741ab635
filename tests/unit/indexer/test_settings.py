from ipaddress import ip_network

import pytest

from indexer.settings import IndexerSettings
from settings.deployment import BadSettings


def test_allowed_networks_are_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTA_ALLOWED_NETWORKS", "10.1.0.0/16, fd00::/8,")

    assert IndexerSettings().allowed_networks == (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))


def test_no_network_is_allowed_unasked() -> None:
    assert IndexerSettings().allowed_networks == ()


def test_what_is_no_network_is_said_at_the_start() -> None:
    with pytest.raises(BadSettings, match="FTA_ALLOWED_NETWORKS"):
        IndexerSettings(allowed_networks="localhost")
