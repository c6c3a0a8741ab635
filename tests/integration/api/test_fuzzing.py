"""Requests that make no sense, made up from our own OpenAPI with a seed: whatever comes in, no answer is a 500."""

import json
import random
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from api.ops.app import SECTIONS
from api.problems import MEDIA_TYPE
from api.settings import ApiSettings
from tests import served

SEED = 20261201
REQUESTS = 600
TOKEN = "a-token-for-the-tests"
TEXTS = (
    "", " ", "0", "-1", "1e999", "nan", "inf", "9" * 5000, str(2**63), str(-(2**63) - 1), "true", "null", "FR", "fr",
    "tf1", "\0", "a\0b", "%00", "\ud800", "\udfff\ud800", "\ufffe", "\u202e", "é" * 500, "a" * 1500, "🎬" * 50,
    "0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-12:00", "9999-12-31T23:30:00Z",
    "2026-02-30T00:00Z", "2026-03-01T20:50", "20260301T2050+0100", "-0001-01-01T00:00Z", "2026-W53-7T00:00+23:59",
    "../../etc/passwd", "..%2f..%2f", "'; DROP TABLE person; --", "${jndi:ldap://x}", "<script>", "{{7*7}}", "\r\nX: y",
    "day", "faces", "run", "http://127.0.0.1/", "[]", "{}", "1" + "0" * 400, "-0", "٣", "²", "½",
)  # fmt: skip
VALUES = (*TEXTS, None, True, 0, -1, 1.5, 2**31, 2**63, 2**70, 1e308, [], {}, [["x"]], {"a": {"b": "\ud800"}})
CHARSETS = (
    "",
    "utf-8",
    "undefined",
    "punycode",
    "unicode_escape",
    "utf-7",
    "rot13",
    "zlib_codec",
    "idna",
    "\x80",
    "a" * 99,
)
TYPES = (
    "application/json", "multipart/form-data; boundary=b", "multipart/form-data", "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded", "text/plain", "application/json; charset=utf-16", "", "multipart/mixed", "x",
)  # fmt: skip

PARAMETERS = {
    "code": "FR",
    "slot": "2026-03-01T20:30Z",
    "airing_id": "1",
    "person_id": "1",
    "photo_id": "1",
    "run_id": "1",
}
"""The parameters of the dashboard's addresses, with values that make sense."""


class Fuzz:
    """Makes up requests; the same ones for the same seed."""

    def __init__(self, seed: int, document: Mapping[str, Any]) -> None:
        self._random = random.Random(seed)  # noqa: S311 - nothing secret
        self._operations = [
            (method.upper(), path, operation)
            for path, item in document["paths"].items()
            for method, operation in item.items()
        ]
        properties = {
            name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})
        }
        self._fields = sorted(properties | {"picture", "keep", "kind", "next", "token", "x"})

    def request(self) -> dict[str, Any]:
        """The arguments of a request for httpx."""
        method, path, operation = self._random.choice(self._operations)
        query = {}
        for parameter in operation.get("parameters", ()):
            text = self._text()
            if parameter["in"] == "path":
                path = path.replace(f"{{{parameter['name']}}}", _quoted(text) or "x")
            elif parameter["in"] == "query" and self._random.random() < 0.8:
                query[parameter["name"]] = text
        asked = "&".join(f"{name}={_quoted(value)}" for name, value in query.items())
        headers, content = self._body() if method in ("POST", "PUT", "DELETE") else ({}, b"")
        headers["Authorization"] = self._random.choice(("Bearer x", "Bearer é", "Basic eA==", "Bearer", ""))
        headers["X-Request-ID"] = self._text().encode(errors="replace")[:200]
        url = f"{path}?{asked}"
        return {"method": method, "url": url, "headers": _sendable(headers), "content": content}

    def _body(self) -> tuple[dict[str, Any], bytes]:
        kind = self._random.choice(("json", "form", "multipart", "noise"))
        fields = self._random.sample(self._fields, self._random.randint(0, 6))
        if kind == "json":
            body = {name: self._random.choice(VALUES) for name in fields}
            return {"Content-Type": "application/json"}, json.dumps(body).encode()
        if kind == "form":
            body = "&".join(f"{name}={_quoted(self._text())}" for name in fields)
            return {"Content-Type": "application/x-www-form-urlencoded"}, body.encode()
        if kind == "multipart":
            charset = self._random.choice(CHARSETS)
            parts = b"".join(self._part(name) for name in fields)
            return {"Content-Type": f"multipart/form-data; boundary=b; charset={charset}"}, parts + b"--b--\r\n"
        return {"Content-Type": self._random.choice(TYPES)}, self._random.randbytes(self._random.randint(0, 200))

    def _part(self, name: str) -> bytes:
        file = self._random.choice(("", '; filename="x"', "; filename*=utf-8''%00", '; filename="\x80"'))
        data = self._text().encode(errors="surrogatepass")
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
        return head.encode("latin-1") + data + b"\r\n"

    def _text(self) -> str:
        return self._random.choice(TEXTS)


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode(errors="surrogatepass"))


def _sendable(headers: Mapping[str, str | bytes]) -> dict[str, bytes]:
    """Without the line breaks that no client can send."""
    sent = {name: it if isinstance(it, bytes) else it.encode("latin-1", "replace") for name, it in headers.items()}
    return {name: value.translate(None, b"\r\n\0").strip() for name, value in sent.items()}


def check(client: httpx.Client, request: dict[str, Any]) -> int:
    reply = client.request(**request)
    assert reply.status_code < 500, (request, reply.text)
    if reply.status_code >= 400 and reply.headers["Content-Type"] == MEDIA_TYPE:
        assert reply.json()["code"] != "internal"
    return reply.status_code


def test_no_request_to_the_api_is_answered_with_a_500(client: httpx.Client) -> None:
    fuzz = Fuzz(SEED, client.get("/openapi.json").json())
    statuses = {check(client, fuzz.request()) for _ in range(REQUESTS)}
    assert {200, 404, 415, 422} <= statuses


@pytest.fixture
def dashboard(settings: ApiSettings, engine: Engine, enrolled: served.Enrolled) -> Iterator[httpx.Client]:
    served.add_region(engine)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    open_settings = settings.model_copy(update={"ops_token": ApiSettings(ops_token=TOKEN).ops_token})
    with (
        served.serving_api(open_settings) as url,
        httpx.Client(base_url=url, headers=headers, timeout=30, trust_env=False) as client,
    ):
        yield client


def test_no_request_to_the_dashboard_is_answered_with_a_500(dashboard: httpx.Client) -> None:
    chosen = random.Random(SEED)  # noqa: S311 - nothing secret
    paths = [route.path for section in SECTIONS for route in section.router.routes]
    for _ in range(REQUESTS):
        path, query = chosen.choice(paths), chosen.choice(("day", "show", "q", "model_key"))
        for name, good in PARAMETERS.items():
            path = path.replace(f"{{{name}}}", _quoted(chosen.choice((good, good, *TEXTS))) or "x")
        check(dashboard, {"method": "GET", "url": f"/ops{path}?{query}={_quoted(chosen.choice(TEXTS))}"})
    for name in ("kind", "region", "slot", "airing", "person", "next"):
        for text in TEXTS:
            content_type, body = chosen.choice(list(_forms({"kind": "retry", "region": "FR"} | {name: text})))
            sent = {"Content-Type": content_type}
            check(dashboard, {"method": "POST", "url": "/ops/api/orders", "headers": sent, "content": body})


def _forms(form: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    yield "application/x-www-form-urlencoded", "&".join(f"{k}={_quoted(v)}" for k, v in form.items()).encode()
    parts = b"".join(
        f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n'.encode()
        + v.encode(errors="surrogatepass")
        + b"\r\n"
        for k, v in form.items()
    )
    yield "multipart/form-data; boundary=b; charset=unicode_escape", parts + b"--b--\r\n"
    yield "multipart/form-data; boundary=b", parts + b"--b--\r\n"


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"method": "DELETE", "url": "/v1/contributions/%00"}, 422, "invalid_request"),
        ({"method": "GET", "url": "/v1/guide?region=%00"}, 422, "invalid_request"),
        (
            {
                "method": "POST",
                "url": "/v1/identify",
                "headers": {"Content-Type": "multipart/form-data; boundary=b; charset=undefined"},
                "content": b"--b--\r\n",
            },
            400,
            "malformed_body",
        ),
        ({"method": "POST", "url": "/v1/identify/again", "content": b'{"look": "\\ud800"}'}, 422, "invalid_request"),
        (
            {"method": "POST", "url": "/v1/identify/again", "content": b'{"look": "x", "programme": "\\ud800"}'},
            422,
            "invalid_request",
        ),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(
    client: httpx.Client, request_: dict[str, Any], status: int, code: str
) -> None:
    reply = client.request(**{"headers": {"Content-Type": "application/json"}, **request_})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_number_of_thousands_of_digits_is_no_programme(client: httpx.Client, photos: Any) -> None:
    picture = served.probes(photos / "val")["Madonna"][0].read_bytes()
    for number in ("9" * 1000, "9" * 5000):
        reply = client.post("/v1/identify", files={"picture": picture}, data={"programme": number})
        assert reply.status_code in (400, 404)
    look = client.post("/v1/identify", files={"picture": picture}, data={"region": "FR"}).json()["look"]
    reply = client.post("/v1/identify/again", json={"look": look, "programme": "9" * 5000})
    assert (reply.status_code, reply.json()["code"]) == (404, "unknown_programme")


def test_invented_methods_do_not_grow_the_metrics(client: httpx.Client) -> None:
    for number in range(20):
        client.request(f"X{number}", "/v1/identify")
        client.request(f"Y{number}", f"/nowhere/{number}")
    exposed = client.get("/metrics").text
    assert 'method="X' not in exposed
    assert 'method="Y' not in exposed
    assert "nowhere" not in exposed
