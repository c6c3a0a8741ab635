"""Documents on good days: whole, kept, and not asked for twice."""

import gzip
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer.errors import NotFound
from indexer.http import HttpClient
from tests.integration.indexer.http import asking
from tests.integration.indexer.http.conftest import USER_AGENT, MakeClient
from tests.integration.indexer.http.origin import Origin, unless_changed, whole
from tests.paths import ROOT

NOW = timedelta(0)


def test_a_document_comes_with_what_its_server_says_of_it(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/page", whole("é".encode("latin-1"), Content_Type="text/html; charset=ISO-8859-1"))

    document = client.get(url)

    assert (document.url, document.content, document.from_cache) == (url, b"\xe9", False)
    assert (document.content_type, document.encoding) == ("text/html", "iso-8859-1")
    assert datetime.now(UTC) - document.fetched_at < timedelta(seconds=10)


def test_parameters_join_those_of_the_url(origin: Origin, client: HttpClient) -> None:
    client.get(origin.at("/search", whole()) + "?lang=fr", params={"q": "Joséphine, ange gardien"})

    assert origin.asked == ["/search?lang=fr&q=Jos%C3%A9phine%2C+ange+gardien"]


def test_the_client_says_who_it_is_and_brings_no_proxy_nor_cookie(
    origin: Origin, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")

    client.get(origin.at("/a", whole(Set_Cookie="a=b")))
    client.get(origin.at("/b", whole()))

    assert {request.headers["User-Agent"] for request in origin.requests} == {USER_AGENT}
    assert not any("Cookie" in request.headers for request in origin.requests)


def test_a_document_packed_for_the_way_is_unpacked_and_a_packed_file_is_not(origin: Origin, client: HttpClient) -> None:
    packed = gzip.compress(b"document")

    assert client.get(origin.at("/a", whole(packed, Content_Encoding="gzip"))).content == b"document"
    assert client.get(origin.at("/a.gz", whole(packed, Content_Type="application/gzip"))).content == packed


def test_a_large_document_is_a_file_that_can_be_read_twice(origin: Origin, client: HttpClient) -> None:
    body = bytes(range(256)) * 300

    with client.download(origin.at("/guide.xml", whole(body))) as file:
        assert file.read() == body
        file.seek(0)
        assert file.read() == body


def test_a_fresh_document_is_not_asked_for_again(origin: Origin, client: HttpClient, make_client: MakeClient) -> None:
    url = origin.at("/page", whole())

    first, again, later = client.get(url), client.get(url), make_client().get(url)

    assert [first.from_cache, again.from_cache, later.from_cache] == [False, True, True]
    assert first.content == again.content == later.content
    assert first.fetched_at == later.fetched_at
    assert (len(origin.asked), origin.asked_for_rules) == (1, 1)


def test_a_document_is_shared_with_other_processes(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    url = origin.at("/page", whole())
    client.get(url)

    answers = asking.run(tmp_path / "http", [url])

    assert answers == [{"content": "document", "from_cache": True}]
    assert len(origin.asked) == 1


def test_an_old_document_is_asked_for_on_condition(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/page", unless_changed('"1"'))
    first = client.get(url)

    again = client.get(url, fresh_for=NOW)

    assert (again.content, again.from_cache, again.fetched_at) == (first.content, True, first.fetched_at)
    assert origin.requests[-1].headers["If-None-Match"] == '"1"'


def test_a_confirmed_document_is_fresh_again(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    url = origin.at("/page", unless_changed('"1"'))
    client.get(url)
    asking.make_older(tmp_path / "http", timedelta(days=3))
    client.get(url)
    asked = len(origin.asked)

    assert client.get(url).from_cache
    assert len(origin.asked) == asked == 2


def test_a_changed_document_replaces_the_one_before(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    url = origin.at("/page", unless_changed('"1"', b"old"))
    client.get(url)
    origin.at("/page", unless_changed('"2"', b"new"))

    assert client.get(url, fresh_for=NOW).content == b"new"
    assert client.get(url).content == b"new"
    assert not [body for body in (tmp_path / "http" / "bodies").iterdir() if body.read_bytes() == b"old"]


def test_a_document_without_etag_is_asked_for_by_date(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/page", whole(Last_Modified="Wed, 18 Nov 2026 10:00:00 GMT"))
    client.get(url)
    client.get(url, fresh_for=NOW)

    assert origin.requests[-1].headers["If-Modified-Since"] == "Wed, 18 Nov 2026 10:00:00 GMT"


def test_what_is_not_there_is_remembered_too(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/page", whole(status=404))

    for _ in range(2):
        with pytest.raises(NotFound, match="404"):
            client.get(url)
    assert len(origin.asked) == 1


def test_redirects_are_followed_and_remembered(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/old", whole(b"", status=302, Location="/newer"))
    origin.at("/newer", whole(b"", status=301, Location=origin.url + "/new"))
    new = origin.at("/new", whole())

    assert client.get(url).url == new
    assert client.get(url).from_cache
    assert origin.asked == ["/old", "/newer", "/new"]


def test_documents_differ_by_the_headers_they_were_asked_with(origin: Origin, client: HttpClient) -> None:
    url = origin.at("/page", whole(b"bonjour"), whole(b"hello"))

    assert client.get(url, headers={"Accept-Language": "fr"}).content == b"bonjour"
    assert client.get(url, headers={"Accept-Language": "en"}).content == b"hello"
    assert client.get(url, headers={"Accept-Language": "fr"}).content == b"bonjour"


def test_what_is_not_to_be_kept_leaves_nothing(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    client.get(origin.at("/photo", whole(b"a face")), store=False)

    assert not [file for file in (tmp_path / "http").rglob("*") if file.is_file() and b"a face" in file.read_bytes()]
    assert not client.get(origin.url + "/photo", store=False).from_cache


def test_old_answers_are_swept(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    client.get(origin.at("/old", whole()))
    asking.make_older(tmp_path / "http", timedelta(days=40))
    client.get(origin.at("/new", whole()))

    client.sweep(timedelta(days=30))

    assert client.get(origin.url + "/new").from_cache
    assert not client.get(origin.url + "/old").from_cache


def test_a_killed_process_leaves_whole_answers(tmp_path: Path) -> None:
    """The head of an answer name its letter: with a body of another letter, or half of one, it would be torn."""
    for patience_s in (0.5, 0.53, 0.61, 0.72, 0.9):
        command = [sys.executable, "-m", asking.__name__, "rewrite", str(tmp_path)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(patience_s - 0.5)
        process.kill()
        process.communicate()
        letter, body = asking.rewritten(tmp_path)
        assert body == letter.encode() * asking.REWRITTEN_BYTES


def test_facts_are_readable_and_name_what_they_are_of(origin: Origin, client: HttpClient, tmp_path: Path) -> None:
    url = origin.at("/page", whole(ETag='"1"'))
    client.get(url)

    head = [json.loads(file.read_bytes())["facts"] for file in (tmp_path / "http" / "facts").iterdir()]

    assert [(each["status"], each["etag"]) for each in head if each["url"] == url] == [(200, '"1"')]
