"""A picture stays only when its sender says so, each time anew, and can be taken back at once or later."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import Engine, text

from api.settings import ApiSettings
from storage import open_storage
from tests import served
from tests.browser.conftest import OpenApp, choose, photo_of

Serve: TypeAlias = Callable[[int], str]
"""The base URL of an evening of this test's own, where pictures are kept for so many days."""


@pytest.fixture
def serve(
    database_url: str, engine: Engine, enrolled: served.Enrolled, models_dir: Path, tmp_path: Path
) -> Iterator[Serve]:
    served.publish_now(engine, open_storage(str(tmp_path / "objects")), enrolled)
    with ExitStack() as services:

        def start(days: int) -> str:
            changes = {"database_url": database_url, "data_dir": tmp_path, "models": models_dir, "keep_days": days}
            url = services.enter_context(served.serving_api(ApiSettings().model_copy(update=changes)))
            served.wait_until(lambda: httpx.get(f"{url}/readyz").status_code == 200)
            return url

        yield start


@pytest.fixture
def stored(tmp_path: Path, engine: Engine) -> Callable[[], tuple[int, int]]:
    """Counts the pictures and the rows that are kept."""

    def count() -> tuple[int, int]:
        with engine.connect() as connection:
            rows = connection.scalar(text("SELECT count(*) FROM contribution"))
        return len(list(tmp_path.glob("objects/contributions/*/*.jpg"))), int(rows or 0)

    return count


def asked_about(page: Page, picture: Path) -> Locator:
    """The offer below the answer about a picture."""
    choose(page, picture)
    page.get_by_role("article").wait_for()
    return page.get_by_role("region", name="Keep this picture?")


def test_a_picture_is_kept_on_a_press_and_taken_back_on_another(
    opened: OpenApp, serve: Serve, stored: Callable[[], tuple[int, int]], photos: Path
) -> None:
    page = opened(base_url=serve(30))
    offer = asked_about(page, photo_of(photos, "Ben Affleck", 2))
    expect(offer).to_contain_text("stored for 30 days")
    assert stored() == (0, 0)

    offer.get_by_role("button", name="Keep this picture").click()
    expect(offer.get_by_role("status")).to_contain_text("Kept until")
    expect(offer.get_by_role("button", name="Take it back")).to_be_focused()
    assert stored() == (1, 1)
    assert page.evaluate("JSON.parse(localStorage.kept).map((kept) => Object.keys(kept).sort())") == [
        ["expires_at", "id", "kept_at", "secret"]
    ]

    offer.get_by_role("button", name="Take it back").click()
    expect(offer.get_by_role("status")).to_have_text("Taken back: the picture is deleted.")
    expect(offer.get_by_role("button")).to_have_count(0)
    assert stored() == (0, 0)
    assert page.evaluate("localStorage.kept") == "[]"


def test_each_picture_is_asked_about_anew_and_all_are_on_the_privacy_page(
    opened: OpenApp, serve: Serve, stored: Callable[[], tuple[int, int]], photos: Path
) -> None:
    page = opened(base_url=serve(30))
    for name in ("Ben Affleck", "Elton John"):
        offer = asked_about(page, photo_of(photos, name, 1))
        offer.get_by_role("button", name="Keep this picture").click()
        expect(offer.get_by_role("status")).to_contain_text("Kept until")
    page.get_by_role("button", name="What you watch").click()
    page.get_by_role("dialog").get_by_role("button", name="La nuit des concerts").click()
    expect(offer.get_by_role("button", name="Take it back")).to_be_visible()  # the same picture: still kept

    offer.get_by_role("link", name="Privacy").click()
    backs = page.get_by_role("listitem").get_by_role("button", name="Take it back")
    expect(backs).to_have_count(2)
    assert stored() == (2, 2)
    backs.first.click()
    expect(page.get_by_role("status")).to_have_text("Taken back: the picture is deleted.")
    expect(page.get_by_role("status")).to_be_focused()
    backs.first.click()
    expect(page.get_by_text("None.", exact=True)).to_be_visible()
    assert stored() == (0, 0)


def test_where_nothing_is_kept_nothing_is_asked(opened: OpenApp, serve: Serve, photos: Path) -> None:
    page = opened(base_url=serve(0))
    choose(page, photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    expect(page.get_by_text("keep this picture")).to_have_count(0)
    page.goto("/privacy")
    expect(page.get_by_text("Pictures kept from this device")).to_be_visible()
    expect(page.get_by_text("Keep this picture")).to_have_count(0)
    expect(page.get_by_text("It stays only if you ask for it")).to_have_count(0)


def test_offline_it_is_said_and_can_be_tried_again(home: Page, photos: Path) -> None:
    offer = asked_about(home, photo_of(photos, "Ben Affleck", 2))
    home.context.set_offline(True)
    offer.get_by_role("button", name="Keep this picture").click()
    expect(offer.get_by_role("status")).to_have_text("You are offline. The picture is not kept.")
    home.context.set_offline(False)
    offer.get_by_role("button", name="Keep this picture").click()
    expect(offer.get_by_role("status")).to_contain_text("Kept until")

    home.context.set_offline(True)
    offer.get_by_role("button", name="Take it back").click()
    expect(offer.get_by_role("status")).to_have_text("You are offline. It is still kept: try again.")
    home.context.set_offline(False)
    offer.get_by_role("button", name="Take it back").click()
    expect(offer.get_by_role("status")).to_have_text("Taken back: the picture is deleted.")


def test_a_lost_answer_is_not_said_to_be_a_kept_or_an_unkept_picture(home: Page, photos: Path) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    offer = asked_about(home, photo_of(photos, "Ben Affleck", 2))
    home.route("**/v1/identify", lose)
    offer.get_by_role("button", name="Keep this picture").click()
    expect(offer.get_by_role("status")).to_contain_text("If the picture arrived, it is deleted after 90 days.")


def test_a_store_that_fails_is_told(opened: OpenApp, serve: Serve, tmp_path: Path, photos: Path) -> None:
    page = opened(base_url=serve(30))
    offer = asked_about(page, photo_of(photos, "Ben Affleck", 2))
    (tmp_path / "objects" / "contributions").write_text("in the way")
    offer.get_by_role("button", name="Keep this picture").click()
    expect(offer.get_by_role("status")).to_have_text("The service could not keep it.")


def test_what_has_gone_meanwhile_is_told_and_what_has_expired_is_not_listed(
    opened: OpenApp, evening_url: str, photos: Path
) -> None:
    page = opened(locale="fr-FR")
    choose(page, photo_of(photos, "Ben Affleck", 2))
    offer = page.get_by_role("region", name="Garder cette photo ?")
    offer.get_by_role("button", name="Garder cette photo").click()
    expect(offer.get_by_role("status")).to_contain_text("Conservée jusqu’au")
    (kept,) = page.evaluate("JSON.parse(localStorage.kept)")
    over = {**kept, "id": "over", "expires_at": "2020-01-01T00:00:00Z"}
    page.evaluate("(kept) => { localStorage.kept = JSON.stringify(kept) }", [over, kept])
    secret = {"Authorization": f"Bearer {kept['secret']}"}
    assert httpx.delete(f"{evening_url}/v1/contributions/{kept['id']}", headers=secret).status_code == 204

    page.goto("/privacy")
    page.get_by_role("button", name="Reprendre la photo").click()
    expect(page.get_by_role("status")).to_have_text("Elle n’était plus conservée.")
