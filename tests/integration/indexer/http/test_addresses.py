"""Nobody leads this client inside: not by a URL, a redirect, a name, nor by changing what a name means."""

import ipaddress
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from indexer.errors import AddressRefused, SourceUnavailable
from indexer.http import HostPolicy, HttpClient
from tests.integration.indexer.http.conftest import MakeClient, Names
from tests.integration.indexer.http.origin import Origin, whole

METADATA = "http://169.254.169.254/latest/meta-data/"


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.2", "127.2", "2130706434", "0x7f000002", "0177.0.0.2", "0x7f.0.0.2", "[::ffff:127.0.0.2]", "[::1]",
        "localhost6.invalid", "[::ffff:7f00:2]", "[::7f00:2]", "[64:ff9b::7f00:2]", "[2002:7f00:2::]",
    ],
)  # fmt: skip
def test_an_address_inside_is_not_connected_to_however_it_is_spelt(
    inside: Origin, client: HttpClient, names: Names, host: str
) -> None:
    names["localhost6.invalid"] = [["::1"]]
    inside.at("/", whole(b"secret"))

    with pytest.raises(AddressRefused, match="not on the internet"):
        client.get(f"http://{host}:{inside.port}/")

    assert inside.requests == []


@pytest.mark.parametrize("location", [METADATA, "http://2852039166/", "http://[fd00:ec2::254]/", "//10.0.0.1/"])
def test_a_redirect_inside_is_not_followed(origin: Origin, client: HttpClient, location: str) -> None:
    with pytest.raises(AddressRefused, match="not on the internet"):
        client.get(origin.at("/x", whole(b"", status=302, Location=location)))


def test_a_redirect_to_a_server_inside_does_not_reach_it(origin: Origin, inside: Origin, client: HttpClient) -> None:
    inside.at("/", whole(b"secret"))

    with pytest.raises(AddressRefused):
        client.get(origin.at("/x", whole(b"", status=307, Location=inside.url + "/")))

    assert inside.requests == []


def test_a_name_that_resolves_inside_is_refused(inside: Origin, client: HttpClient, names: Names) -> None:
    names["photos.example"] = [["127.0.0.2"]]

    with pytest.raises(AddressRefused, match=r"photos\.example leads to 127\.0\.0\.2"):
        client.get(f"http://photos.example:{inside.port}/")

    assert inside.requests == []


def test_a_name_of_which_one_address_is_inside_is_refused(origin: Origin, client: HttpClient, names: Names) -> None:
    names["photos.example"] = [["127.0.0.1", "10.0.0.1"]]

    with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
        client.get(f"http://photos.example:{origin.port}/")

    assert origin.requests == []


def test_the_address_that_was_checked_is_the_one_connected_to(
    origin: Origin, inside: Origin, make_client: MakeClient, names: Names
) -> None:
    """DNS rebinding: what the name means changes right after the check."""
    client = make_client(default_policy=HostPolicy(interval_s=0, robots=False))
    names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    inside.at("/", whole(b"secret"))
    origin.at("/", whole(b"public"))

    assert client.get(f"http://rebind.example:{origin.port}/").content == b"public"
    assert origin.requests[0].headers["Host"] == f"rebind.example:{origin.port}"
    assert inside.requests == []


def test_the_next_connection_is_checked_again(
    origin: Origin, inside: Origin, make_client: MakeClient, names: Names
) -> None:
    client = make_client(default_policy=HostPolicy(interval_s=0, robots=False))
    names["rebind.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    origin.at("/", whole(b"public", Connection="close"))
    client.get(f"http://rebind.example:{origin.port}/")

    with pytest.raises(AddressRefused):
        client.get(f"http://rebind.example:{origin.port}/other")
    assert inside.requests == []


def test_a_name_with_a_dead_address_is_reached_at_the_next(origin: Origin, client: HttpClient, names: Names) -> None:
    names["two.example"] = [["127.0.0.3", "127.0.0.1"]]
    origin.at("/", whole())

    assert client.get(f"http://two.example:{origin.port}/").content == b"document"


def test_only_the_ports_of_the_web_are_asked(make_client: MakeClient) -> None:
    with pytest.raises(AddressRefused, match="port 6379"):
        make_client(allowed_networks=()).get("http://93.184.215.14:6379/")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://127.0.0.1/", "ftp"),
        ("file:///etc/passwd", "file"),
        ("gopher://127.0.0.1/", "gopher"),
        ("127.0.0.1/x", "Only http"),
        ("http:///x", "Only http"),
        ("http://127.0.0.1:99999/", "URL is invalid"),
        ("http://me:password@127.0.0.1/", "user name"),
        (f"http://{'a' * 64}.example/", "not a host name|URL is invalid"),
    ],
)
def test_only_plain_urls_of_the_web_are_asked(client: HttpClient, url: str, said: str) -> None:
    with pytest.raises(AddressRefused, match=said) as caught:
        client.get(url)

    assert "password" not in str(caught.value)


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return authority


@pytest.fixture
def encrypted(authority: trustme.CA) -> Iterator[Origin]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("source.example").configure_cert(context)
    with Origin().running(tls=context) as origin:
        origin.at("/", whole(b"encrypted"))
        yield origin


def test_a_certificate_is_that_of_the_name_though_an_address_is_connected_to(
    encrypted: Origin, make_client: MakeClient, names: Names, tmp_path: Path
) -> None:
    names["source.example"] = names["other.example"] = [["127.0.0.1"]]
    client = make_client(ca_certs=tmp_path / "ca.pem")

    assert client.get(f"https://source.example:{encrypted.port}/").content == b"encrypted"
    with pytest.raises(SourceUnavailable, match=r"other\.example"):
        client.get(f"https://other.example:{encrypted.port}/")
    with pytest.raises(SourceUnavailable, match="certificate"):
        make_client().get(f"https://source.example:{encrypted.port}/a")


def test_an_allow_list_names_networks(origin: Origin, make_client: MakeClient) -> None:
    with pytest.raises(AddressRefused):
        make_client(allowed_networks=[ipaddress.ip_network("10.0.0.0/8")]).get(origin.at("/x", whole()))
