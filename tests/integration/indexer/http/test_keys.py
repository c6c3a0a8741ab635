"""A key goes to the host that it is for, and nowhere else: not to disk, a log, or a message."""

import logging
from pathlib import Path

import pytest

from indexer.errors import SourceError
from indexer.http import HttpClient
from tests.integration.indexer.http.conftest import MakeClient
from tests.integration.indexer.http.origin import Origin, Reply, cut_off, endless, reset, unless_changed, whole

KEY = "0123456789abcdef-the-secret"


@pytest.mark.parametrize("name", ["key", "api_key", "apikey", "access_token"])
def test_a_key_reaches_its_host_and_nothing_on_disk(
    origin: Origin, client: HttpClient, tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    caplog.set_level(logging.DEBUG)

    document = client.get(origin.at("/x", whole()), params={"q": "a", name: KEY})

    assert origin.asked == [f"/x?q=a&{name}={KEY}"]
    assert KEY not in document.url
    assert KEY not in caplog.text
    assert _holding_the_key(tmp_path) == []


def test_a_key_in_the_url_itself_is_hidden_too(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    document = client.get(origin.at("/x", whole()) + f"?api_key={KEY}&q=a")

    assert origin.asked == [f"/x?api_key={KEY}&q=a"]
    assert KEY not in document.url
    assert _holding_the_key(tmp_path) == []


@pytest.mark.parametrize(
    "reply",
    [
        whole(status=403),
        whole(status=404),
        whole(status=500),
        whole(b"", status=302, Location=f"/x?key={KEY}"),
        whole(b"", status=302, Location=f"http://10.0.0.1/?key={KEY}"),
        whole(b"", status=302, Location=f"ftp://10.0.0.1/?key={KEY}"),
        whole(b"", status=302, Location=f"http://10.0.0.1:99999/?key={KEY}"),
        whole(b"", status=302, Location=f"http://[::1/?key={KEY}"),
        whole(b"not gzip", Content_Encoding="gzip"),
        endless(bytes(65_536), []),
        cut_off,
        reset,
    ],
    ids=[
        "403",
        "404",
        "500",
        "loop",
        "inside",
        "ftp",
        "no port",
        "nonsense",
        "not gzip",
        "endless",
        "cut off",
        "reset",
    ],
)
def test_no_error_tells_a_key(
    origin: Origin, client: HttpClient, tmp_path: Path, caplog: pytest.LogCaptureFixture, reply: Reply
) -> None:
    caplog.set_level(logging.DEBUG)

    with pytest.raises(SourceError) as caught:
        client.get(origin.at("/x", reply), params={"key": KEY})

    error: BaseException | None = caught.value
    while error:
        assert KEY not in repr(error)
        error = error.__context__
    assert KEY not in caplog.text
    assert _holding_the_key(tmp_path) == []


def test_a_key_follows_a_redirect_of_its_host(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    origin.at("/new", whole())
    url = origin.at("/old", whole(b"", status=301, Location=f"/new?api_key={KEY}"))

    client.get(url, params={"api_key": KEY})

    assert origin.asked == [f"/old?api_key={KEY}", f"/new?api_key={KEY}"]
    assert _holding_the_key(tmp_path) == []


def test_a_stand_in_is_worth_nothing_elsewhere(origin: Origin, make_client: MakeClient) -> None:
    client = make_client()
    placeholder = client.get(origin.at("/x", whole()), params={"key": KEY}).url.partition("key=")[2]
    with Origin("127.0.0.3").running() as other:
        other.at("/y", whole())
        client.get(origin.at("/z", whole(b"", status=302, Location=f"{other.url}/y?key={placeholder}")))

        assert other.asked == [f"/y?key={placeholder}"]


def test_different_keys_have_different_answers(origin: Origin, client: HttpClient) -> None:
    """A `key` may be no secret but the name of a picture."""
    url = origin.at("/photo", whole(b"one"), whole(b"two"))

    assert [client.get(url, params={"key": key}).content for key in ("1", "2", "1")] == [b"one", b"two", b"one"]


def test_a_header_that_authorises_stays_with_its_host(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    with Origin("127.0.0.3").running() as other:
        url = origin.at("/x", whole(b"", status=302, Location=other.at("/y", unless_changed('"1"'))))
        client.get(url, headers={"Authorization": f"Bearer {KEY}"})

        assert origin.requests[-1].headers["Authorization"] == f"Bearer {KEY}"
        assert not any("Authorization" in request.headers for request in other.requests)
    assert not any("Authorization" in request.headers for request in origin.requests[:-1])
    assert _holding_the_key(tmp_path) == []


def _holding_the_key(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
