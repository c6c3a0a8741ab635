import re

import httpx
import pytest

PAGES = ["/", "/privacy", "/docs", "/problems"]


@pytest.mark.parametrize("path", PAGES)
def test_pages_are_whole_and_not_kept(client: httpx.Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-cache"
    assert "<h1" in page.text


@pytest.mark.parametrize("path", ["/", "/privacy", "/manifest.webmanifest"])
def test_what_is_for_people_follows_the_browsers_language(client: httpx.Client, path: str) -> None:
    french = client.get(path, headers={"Accept-Language": "fr-BE,en;q=0.5"})
    english = client.get(path, headers={"Accept-Language": "de"})
    assert french.headers["vary"] == english.headers["vary"] == "Accept-Language"
    assert re.search(r'lang"?[=:] ?"fr"', french.text)
    assert re.search(r'lang"?[=:] ?"en"', english.text)
    assert french.text != english.text


def test_static_files_are_kept_for_ever_under_their_version_only(client: httpx.Client) -> None:
    address = re.search(r"/static/\w+/app/main\.js", client.get("/").text)
    assert address
    script = client.get(address.group())
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    older = client.get("/static/older/app/main.js", headers={"Accept-Encoding": "identity"})
    assert older.headers["cache-control"] == "no-cache"
    assert "content-encoding" not in older.headers
    assert older.text == script.text
    assert client.get("/static/older/app/..%2f..%2f..%2fpages.py").json()["code"] == "not_found"


def test_every_static_file_of_a_page_is_there(client: httpx.Client) -> None:
    addresses = set(re.findall(r'/static/[^"]+', client.get("/").text))
    assert len(addresses) > 15
    assert {client.get(address).status_code for address in addresses} == {200}


def test_the_service_worker_names_all_that_it_keeps(client: httpx.Client) -> None:
    worker = client.get("/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert worker.headers["cache-control"] == "no-cache"
    kept = re.search(r"const SHELL = (\[.*\]);", worker.text)
    assert kept
    for path in re.findall(r'"([^"]+)"', kept.group(1)):
        assert client.get(path).status_code == 200


def test_the_programmes_prepared_by_hand_are_listed(client: httpx.Client) -> None:
    assert client.get("/v1/programmes").json() == []
