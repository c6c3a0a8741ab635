"""Whatever goes wrong says what happened and what to do, and keeps the picture."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from api.problems import MEDIA_TYPE, Kind
from api.settings import ApiSettings
from tests import served
from tests.browser.conftest import OpenApp, choose, photo_of
from tests.browser.line import line_to


@pytest.fixture
def new_service(database_url: str, models_dir: Path, tmp_path: Path) -> Iterator[str]:
    """Base URL of a service that knows no region yet, and takes a mebibyte at most."""
    changes = {"database_url": database_url, "data_dir": tmp_path, "models": models_dir, "max_upload_mb": 1}
    with served.serving_api(ApiSettings().model_copy(update=changes)) as url:
        yield url


def test_offline_the_picture_is_kept_and_sent_when_the_line_is_back(home: Page, photos: Path) -> None:
    home.context.set_offline(True)
    choose(home, photo_of(photos, "Ben Affleck", 2))
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("You are offline")
    expect(home.get_by_alt_text("Your picture")).to_be_visible()
    home.context.set_offline(False)
    expect(alert).to_contain_text("You are online again.")
    expect(alert.get_by_role("button", name="Try again")).to_be_focused()
    alert.get_by_role("button", name="Try again").click()
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_a_network_cut_in_the_middle_of_sending_loses_nothing(
    opened: OpenApp, evening_url: str, photos: Path, tmp_path: Path
) -> None:
    Image.open(photo_of(photos, "Ben Affleck", 2)).convert("RGB").resize((1200, 1600)).save(tmp_path / "large.jpg")
    with line_to(evening_url) as line:
        page = opened(base_url=line.url)
        line.cut_after = 20_000
        choose(page, tmp_path / "large.jpg")
        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("The connection was lost")
        expect(page.get_by_alt_text("Your picture")).to_be_visible()
        assert line.cuts > 0
        line.cut_after = None
        alert.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_waiting_can_be_cancelled(home: Page, photos: Path) -> None:
    home.route("**/v1/identify", lambda route: None)
    choose(home, photo_of(photos, "Ben Affleck", 2))
    home.get_by_role("button", name="Cancel").click()
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("Your picture is still here.")
    home.unroute("**/v1/identify")
    alert.get_by_role("button", name="Try again").click()
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_a_busy_service_is_asked_again_by_itself(home: Page, photos: Path) -> None:
    def refuse(route: Route) -> None:
        body = {"type": "/problems#busy", "title": Kind.BUSY.title, "status": 503, "detail": "", "code": Kind.BUSY.code}
        route.fulfill(status=503, json=body, headers={"Retry-After": "1", "Content-Type": MEDIA_TYPE})

    home.route("**/v1/identify", refuse, times=1)
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("alert")).to_contain_text("Many people are asking right now")
    expect(home.get_by_role("alert")).to_contain_text("Trying again in 1 second.")
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_no_face_says_how_to_do_better(home: Page, tmp_path: Path) -> None:
    Image.new("RGB", (640, 480), (90, 90, 90)).save(tmp_path / "wall.png")
    choose(home, tmp_path / "wall.png")
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("No face was found")
    expect(alert).to_contain_text("Get closer to the screen")
    expect(alert.get_by_role("button", name="New picture")).to_be_visible()


def test_a_file_that_is_no_picture_says_what_to_do(home: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.jpg").write_text("not a picture")
    choose(home, tmp_path / "notes.jpg")
    expect(home.get_by_role("alert")).to_contain_text("This file is not a picture that can be read")
    expect(home.get_by_alt_text("Your picture")).to_be_hidden()


def test_without_any_region_the_place_is_asked_for_and_the_list_says_why(
    opened: OpenApp, new_service: str, photos: Path
) -> None:
    page = opened(base_url=new_service, region="Choose where")
    choose(page, photo_of(photos, "Ben Affleck", 2))
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Where are you watching?")
    alert.get_by_role("button", name="Choose the region").click()
    expect(page.get_by_role("dialog")).to_contain_text("No region is served yet.")


def test_a_picture_that_is_too_large_is_sent_smaller_the_second_time(
    opened: OpenApp, new_service: str, tmp_path: Path
) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (1280, 1280, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    page = opened(
        base_url=new_service,
        region="Choose where",
        permissions=["geolocation"],
        geolocation={"latitude": 48.85, "longitude": 2.35},
    )
    page.get_by_role("button", name="Where you watch").click()
    page.get_by_role("button", name="Use my location").click()
    choose(page, tmp_path / "noise.png")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The picture is too large to send")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_contain_text("Your country is not served yet")
