import re
from datetime import datetime, timedelta

import httpx

from tests import served


def test_the_regions_say_what_they_receive_and_when_they_are_indexed(client: httpx.Client) -> None:
    (france,) = client.get("/v1/regions").json()
    assert (france["code"], france["time_zone"]) == ("FR", "Europe/Paris")
    assert [channel["slug"] for channel in france["channels"]] == ["france-2", "tf1", "canal+", "arte"]
    indexed = [datetime.fromisoformat(france[name]) for name in ("indexed_from", "indexed_to")]
    assert indexed[0] <= served.current_slot() < indexed[1]


def test_the_guide_shows_what_is_on_and_how_well_it_is_known(client: httpx.Client) -> None:
    at = served.current_slot() + timedelta(minutes=10)
    guide = client.get("/v1/guide", params={"region": "FR", "at": at.isoformat()}).json()
    assert guide["candidates"] == {"people": 7, "known": 5}
    on = {c["name"]: [(a["title"], a["cast"], a["known"]) for a in c["airings"]] for c in guide["channels"]}
    assert on == {
        "France 2": [("Argo", 2, 1)],
        "TF1": [("Seinfeld", 2, 1)],
        "Canal+": [("La nuit des concerts", 3, 3)],
    }


def test_a_person_comes_with_photos_and_appearances(client: httpx.Client) -> None:
    person = client.get("/v1/people/1").json()
    assert person["name"] == "Ben Affleck"
    assert {a["airing"]["title"] for a in person["appearances"]} == {"Argo"}
    assert person["photos"]
    for photo in person["photos"]:
        assert client.get(photo["url"]).status_code == 200


def test_health_readiness_and_metrics(client: httpx.Client) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["galleries"] >= 4
    assert ready["warning"] is None
    metrics = client.get("/metrics").text
    assert re.search(r'^fta_galleries_loaded\{region="FR"\} [4-9]', metrics, re.MULTILINE)
    assert "fta_galleries_valid 1.0" in metrics
    assert re.search(r"^fta_galleries_age_seconds \d", metrics, re.MULTILINE)
    assert 'route="/v1/regions"' in metrics


def test_problems_are_counted_by_their_code(client: httpx.Client) -> None:
    client.get("/v1/people/987654")
    assert re.search(r'^fta_problems_total\{code="unknown_person"\} [1-9]', client.get("/metrics").text, re.MULTILINE)


def test_the_requests_id_is_kept_when_it_is_sane(client: httpx.Client) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123"}).headers["x-request-id"] == "abc-123"
    for insane in ("a b", "x" * 65, "{}"):
        assert re.fullmatch(
            r"[0-9a-f]{16}", client.get("/healthz", headers={"X-Request-ID": insane}).headers["x-request-id"]
        )


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/problems", "/static/app.js", "/v1/regions", "/nowhere"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_the_pages_have_no_inline_script_or_style(client: httpx.Client) -> None:
    for path in ("/", "/docs", "/problems"):
        page = client.get(path)
        assert page.status_code == 200
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", page.text)


def test_openapi_describes_every_endpoint_with_its_problems(client: httpx.Client) -> None:
    spec = client.get("/openapi.json").json()
    assert set(spec["paths"]) == {
        "/v1/identify", "/v1/identify/again", "/v1/faces", "/v1/regions", "/v1/guide", "/v1/people/{person_id}",
        "/v1/photos/{sha256}", "/healthz", "/readyz", "/metrics",
    }  # fmt: skip
    identify = spec["paths"]["/v1/identify"]["post"]
    fields = identify["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    assert set(fields) == {"picture", "programme", "region", "lat", "lon", "at", "channel", "airing"}
    again = spec["components"]["schemas"]["Again"]
    assert set(again["properties"]) == set(fields) - {"picture"} | {"look"}
    assert fields["programme"]["examples"] == ["Joséphine, ange gardien"]
    assert {"400", "404", "408", "413", "415", "422", "503"} <= set(identify["responses"])
    assert "HTTPValidationError" not in str(spec)
