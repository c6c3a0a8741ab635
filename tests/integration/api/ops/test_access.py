"""Who gets in, and what is refused at the door."""

import logging
from collections.abc import Iterator

import httpx
import pytest
from pydantic import SecretStr

from api.app import create_dashboard
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from tests import served
from tests.integration.api.ops.conftest import TOKEN


@pytest.fixture
def visitor(ops: httpx.Client) -> Iterator[httpx.Client]:
    """A client without the token, which keeps cookies and follows no redirect."""
    with httpx.Client(base_url=ops.base_url, timeout=30, trust_env=False) as client:
        yield client


def here(client: httpx.Client) -> dict[str, str]:
    """What a browser sends with a form of the dashboard's own."""
    return {"Origin": str(client.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}


def sign_in(client: httpx.Client, token: str = TOKEN, **fields: str) -> httpx.Response:
    return client.post("/ops/login", data={"token": token, **fields}, headers=here(client))


def test_a_page_leads_to_the_door_and_from_there_back(visitor: httpx.Client) -> None:
    away = visitor.get("/ops/coverage/FR")
    assert (away.status_code, away.headers["Location"]) == (303, "/ops/login?next=/ops/coverage/FR")
    assert 'value="/ops/coverage/FR"' in visitor.get(away.headers["Location"]).text

    entered = sign_in(visitor, next="/ops/coverage")

    assert (entered.status_code, entered.headers["Location"]) == (303, "/ops/coverage")
    assert visitor.get("/ops/coverage").status_code == 200


def test_the_session_is_kept_from_scripts_and_from_other_sites(visitor: httpx.Client) -> None:
    cookie = sign_in(visitor).headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert "Path=/ops" in cookie
    assert "Secure" not in cookie  # over plain HTTP it would not come back
    assert TOKEN not in cookie


def test_over_https_the_session_is_sent_over_https_only(ops: httpx.Client, visitor: httpx.Client) -> None:
    headers = {**here(visitor), "X-Forwarded-Proto": "https"}  # as a proxy on this machine says it
    cookie = visitor.post("/ops/login", data={"token": TOKEN}, headers=headers).headers["Set-Cookie"]

    assert "Secure" in cookie


def test_a_caller_that_is_no_trusted_proxy_cannot_pretend_https(settings: ApiSettings) -> None:
    nobody = settings.model_copy(update={"trusted_proxies": ()})
    with running_dashboard(nobody) as services, served.serving(create_dashboard(services), nobody) as url:
        headers = {"Origin": url, "Sec-Fetch-Site": "same-origin", "X-Forwarded-Proto": "https"}
        answer = httpx.post(f"{url}/ops/login", data={"token": TOKEN}, headers=headers, trust_env=False)
        assert "Secure" not in answer.headers["Set-Cookie"]


def test_who_signs_out_is_out(visitor: httpx.Client) -> None:
    sign_in(visitor)
    visitor.post("/ops/logout", headers=here(visitor))

    assert visitor.get("/ops/coverage").status_code == 303


def test_signing_out_ends_the_session_also_where_its_cookie_was_copied_to(visitor: httpx.Client) -> None:
    sign_in(visitor)
    copied = {"Cookie": f"fta_ops={visitor.cookies['fta_ops']}"}
    with httpx.Client(base_url=visitor.base_url, trust_env=False) as elsewhere:
        assert elsewhere.get("/ops/coverage", headers=copied).status_code == 200
        visitor.post("/ops/logout", headers=here(visitor))
        assert elsewhere.get("/ops/coverage", headers=copied).status_code == 303
    sign_in(visitor)
    assert visitor.get("/ops/coverage").status_code == 200


@pytest.mark.parametrize("cookie", ["", "1", "9999999999.", "9999999999.0000", "1.deadbeef", "é.é", "²." + "0" * 64])
def test_a_made_up_session_is_none(visitor: httpx.Client, cookie: str) -> None:
    answer = visitor.get("/ops/coverage", headers={"Cookie": f"fta_ops={cookie}".encode()})

    assert answer.status_code == 303


def test_a_wrong_token_is_refused_in_words(visitor: httpx.Client) -> None:
    answer = sign_in(visitor, "not the token")

    assert answer.status_code == 401
    assert "The token is wrong" in answer.text
    assert "Set-Cookie" not in answer.headers


def test_wrong_tokens_are_slowed_down_and_the_right_one_and_sessions_are_not(visitor: httpx.Client) -> None:
    for _ in range(5):
        assert sign_in(visitor, "not the token").status_code == 401

    slowed = sign_in(visitor, "not the token")

    assert slowed.status_code == 429
    assert 0 < int(slowed.headers["Retry-After"]) <= 61
    wrong, right = ({"Authorization": f"Bearer {token}"} for token in ("not the token", TOKEN))
    assert visitor.get("/ops/api/coverage", headers=wrong).status_code == 429
    assert visitor.get("/ops/api/coverage", headers=right).status_code == 200
    assert sign_in(visitor).status_code == 303
    assert visitor.get("/ops/coverage").status_code == 200


def test_programs_send_the_token_and_are_told_what_is_wrong(visitor: httpx.Client) -> None:
    assert visitor.get("/ops/api/coverage", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Basic eDp5"}):
        refused = visitor.get("/ops/api/coverage", headers=headers)
        assert refused.status_code == 401
        assert refused.headers["WWW-Authenticate"] == "Bearer"
        assert refused.json()["code"] in ("not_signed_in", "wrong_token")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example", "Authorization": "Basic eDp5"},
    ],
)
@pytest.mark.parametrize("path", ["/ops/orders", "/ops/api/orders", "/ops/login", "/ops/logout"])
def test_a_form_of_another_site_is_refused(visitor: httpx.Client, path: str, headers: dict[str, str]) -> None:
    sign_in(visitor)

    refused = visitor.post(path, data={"kind": "retry", "region": "FR", "token": TOKEN}, headers=headers)

    assert refused.status_code == 403
    assert visitor.get("/ops/api/orders").json()["orders"] == []


def test_an_order_is_filed_once_and_shown(visitor: httpx.Client) -> None:
    sign_in(visitor)
    form = {"kind": "retry", "region": "FR", "next": "/ops/coverage"}
    for _ in range(2):
        answer = visitor.post("/ops/orders", data=form, headers=here(visitor))
        assert (answer.status_code, answer.headers["Location"]) == (303, "/ops/coverage#orders")

    orders = visitor.get("/ops/api/orders").json()
    assert [(order["kind"], order["state"]) for order in orders["orders"]] == [("retry", "pending")]
    assert "waiting for the indexer" in visitor.get("/ops/coverage").text


@pytest.mark.parametrize("next", ["https://elsewhere.example", "//elsewhere.example", "/ops/\\elsewhere", "/"])
def test_nobody_is_led_elsewhere(visitor: httpx.Client, next: str) -> None:
    assert sign_in(visitor, next=next).headers["Location"] == "/ops/coverage"
    form = {"kind": "retry", "region": "FR", "next": next}
    answer = visitor.post("/ops/orders", data=form, headers=here(visitor))
    assert answer.headers["Location"] == "/ops/coverage#orders"


@pytest.mark.parametrize(
    "form", [{}, {"kind": "delete"}, {"kind": "retry", "state": "done"}, {"kind": "retry", "person": "x"}]
)
def test_an_order_that_makes_no_sense_is_refused(ops: httpx.Client, form: dict[str, str]) -> None:
    assert ops.post("/ops/api/orders", data=form).status_code == 422


def test_without_a_token_nobody_gets_in_and_the_page_says_why(settings: ApiSettings) -> None:
    closed = settings.model_copy(update={"ops_token": None})
    with running_dashboard(closed) as services, served.serving(create_dashboard(services)) as url:
        for path in ("/ops/coverage", "/ops/login"):
            page = httpx.get(url + path, trust_env=False)
            assert page.status_code == 503
            assert "FTA_OPS_TOKEN" in page.text
        document = httpx.get(f"{url}/ops/api/coverage", headers={"Authorization": "Bearer nothing"}, trust_env=False)
        assert (document.status_code, document.json()["code"]) == (503, "no_token_set")


def test_a_short_token_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="at least 16"):
        ApiSettings(ops_token=SecretStr("short"))
    assert ApiSettings(ops_token="").ops_token is None  # type: ignore[arg-type]


def test_the_policy_forbids_inline_scripts_and_styles_and_pages_have_none(visitor: httpx.Client) -> None:
    door = visitor.get("/ops/login")
    policy = door.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert door.headers["Cache-Control"] == "no-store"
    sign_in(visitor)
    for page in (door, visitor.get("/ops/coverage")):
        assert " style=" not in page.text
        assert "<style" not in page.text
        assert "onclick" not in page.text


def test_the_token_is_in_no_log(visitor: httpx.Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        sign_in(visitor)
        sign_in(visitor, f"{TOKEN}-nearly")
        visitor.get("/ops/api/coverage", headers={"Authorization": f"Bearer {TOKEN}"})

    assert TOKEN not in caplog.text


def test_what_is_not_there_is_a_page_for_people_and_a_problem_for_programs(visitor: httpx.Client) -> None:
    sign_in(visitor)

    assert "<h1>" in visitor.get("/ops/nowhere").text
    assert visitor.get("/ops/api/nowhere").json()["code"] == "not_found"
    assert visitor.get("/ops/api/coverage/XX").json()["code"] == "unknown_region"
    assert visitor.get("/ops/api/coverage/XX/yesterday").json()["code"] == "invalid_request"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/ops/nowhere", 404, "There is no such page"),
        ("/ops/coverage/XX", 404, "There is no such region"),
        ("/ops/coverage/XX/yesterday", 422, "The address cannot be read"),
        ("/ops/people/nobody", 422, "The address cannot be read"),
        ("/ops/people/99999", 404, "There is no such person"),
        ("/ops/orders", 405, "There is no page here"),
    ],
)
def test_a_page_that_is_none_says_so_without_the_words_of_the_api(
    visitor: httpx.Client, path: str, status: int, words: str
) -> None:
    sign_in(visitor)
    page = visitor.get(path)

    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert f"<h1>{words}</h1>" in page.text
    assert "openapi" not in page.text
    assert "/v1/" not in page.text


def test_whose_session_ended_comes_back_to_the_page_whose_button_they_pressed(visitor: httpx.Client) -> None:
    page = str(visitor.base_url.join("/ops/people?q=ben"))
    away = visitor.post("/ops/orders", data={"kind": "retry"}, headers=here(visitor) | {"Referer": page})

    assert away.status_code == 303
    assert 'value="/ops/people?q=ben"' in visitor.get(away.headers["Location"]).text


def test_alone_it_is_healthy_and_measured(visitor: httpx.Client) -> None:
    assert visitor.get("/healthz").json() == {"status": "alive"}
    assert visitor.get("/").headers["Location"] == "/ops/"
    sign_in(visitor)
    visitor.get("/ops/coverage")

    assert 'route="/ops/coverage"' in visitor.get("/metrics").text
