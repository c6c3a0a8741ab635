"""Origins on loopback and clients that may ask them."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer.http import HostPolicy, HttpClient
from indexer.http.transport import Limits
from tests.integration.indexer.http.origin import Origin

LIMITS = Limits(
    connect_timeout_s=1,
    read_timeout_s=1,
    total_timeout_s=2,
    max_bytes=100_000,
    retry_pauses_s=(0.02, 0.02),
)
USER_AGENT = "FindTheActor/test (https://example.org/contact)"

MakeClient = Callable[..., HttpClient]
Names = dict[str, list[list[str]]]


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin().running() as origin:
        yield origin


@pytest.fixture
def inside(origin: Origin) -> Iterator[Origin]:
    """A server that nobody may be led to: on the port of `origin`, at an address that is not allowed."""
    with Origin("127.0.0.2").running(origin.port) as inside:
        yield inside


@pytest.fixture
def make_client(tmp_path: Path) -> Iterator[MakeClient]:
    """Makes clients that may ask 127.0.0.1 and 127.0.0.3, at no pace; all share one folder."""
    clients = []

    def make(**options: Any) -> HttpClient:
        networks = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("127.0.0.3")]
        usual = {
            "default_policy": HostPolicy(interval_s=0),
            "page_limits": LIMITS,
            "file_limits": LIMITS,
            "patience_s": 3,
        }
        clients.append(HttpClient(tmp_path / "http", USER_AGENT, **{"allowed_networks": networks, **usual, **options}))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(make_client: MakeClient) -> HttpClient:
    return make_client()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """A resolver under the test's control: name -> answers in turn (the last for ever). Literals resolve as ever."""
    names: Names = {}
    real = socket.getaddrinfo

    def resolve(host: Any, port: Any, *arguments: Any, **options: Any) -> Any:
        if host not in names:
            return real(host, port, *arguments, **options)
        answers = names[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [entry for address in addresses for entry in real(address, port, *arguments, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return names
