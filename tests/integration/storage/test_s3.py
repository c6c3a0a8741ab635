"""The bad days of an S3 server."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
import pytest

from storage import open_storage, s3
from storage.base import Storage, StorageUnavailable


def errors_of_every_use(storage: Storage) -> Iterator[StorageUnavailable]:
    for use in (
        lambda: storage.put("k", b"x"),
        lambda: storage.get("k", max_bytes=10),
        lambda: storage.size("k"),
        lambda: list(storage.keys()),
    ):
        with pytest.raises(StorageUnavailable) as raised:
            use()
        yield raised.value


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Silent(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_server_that_is_down_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for error in errors_of_every_use(open_storage("s3://bucket", s3_endpoint=endpoint)):
            assert "Check the network, the endpoint" in str(error)


def test_a_bucket_that_is_missing_is_said_to_be_missing(s3_endpoint: str) -> None:
    for error in errors_of_every_use(open_storage("s3://no-such-bucket", s3_endpoint=s3_endpoint)):
        assert "create the bucket" in str(error)


def test_no_credentials_are_asked_for(s3_endpoint: str, bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    storage = open_storage(f"s3://{bucket}", s3_endpoint=s3_endpoint)
    with pytest.raises(StorageUnavailable, match="AWS_… variables"):
        storage.put("k", b"x")


def test_wrong_credentials_are_refused_with_where_they_come_from() -> None:
    class Refusing(Silent):
        def do_PUT(self) -> None:
            body = b"<Error><Code>InvalidAccessKeyId</Code><Message>unknown</Message></Error>"
            self.send_response(403)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.send_response(403)
            self.end_headers()

    with serving(Refusing) as endpoint:
        storage = open_storage("s3://bucket", s3_endpoint=endpoint)
        with pytest.raises(StorageUnavailable, match="check AWS_ACCESS_KEY_ID"):
            storage.put("k", b"x")
        with pytest.raises(StorageUnavailable, match="credentials"):
            storage.size("k")


def breaking_off(times: int, attempts: list[str]) -> type[BaseHTTPRequestHandler]:
    class BreakingOff(Silent):
        def do_GET(self) -> None:
            attempts.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "10")
            self.end_headers()
            self.wfile.write(b"01234" if len(attempts) <= times else b"0123456789")

    return BreakingOff


def test_a_body_that_breaks_off_once_is_read_again() -> None:
    attempts: list[str] = []
    with serving(breaking_off(1, attempts)) as endpoint:
        assert open_storage("s3://bucket", s3_endpoint=endpoint).get("k", max_bytes=10) == b"0123456789"
    assert attempts == ["/bucket/k"] * 2


def test_a_body_that_always_breaks_off_is_never_returned() -> None:
    attempts: list[str] = []
    with serving(breaking_off(99, attempts)) as endpoint:
        storage = open_storage("s3://bucket", s3_endpoint=endpoint)
        with pytest.raises(StorageUnavailable, match="cannot read k"):
            storage.get("k", max_bytes=10)
    assert len(attempts) == s3.ATTEMPTS


def test_what_others_keep_in_the_bucket_is_not_ours(s3_endpoint: str, bucket: str) -> None:
    client = boto3.client("s3", endpoint_url=s3_endpoint)
    for name in ("elsewhere/a", "here/b", "here/folder/", "here/two words"):
        client.put_object(Bucket=bucket, Key=name, Body=b"x")
    assert list(open_storage(f"s3://{bucket}/here", s3_endpoint=s3_endpoint).keys()) == ["b"]
