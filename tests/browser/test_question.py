"""Where and when: location, region, the time that the viewer chooses, the picture's own time."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenApp, choose, photo_of

PARIS = ZoneInfo("Europe/Paris")
LYON = {"latitude": 45.76, "longitude": 4.84}
AT_SEA = {"latitude": 46.0, "longitude": -30.0}


def test_the_region_that_keeps_the_viewers_clock_is_taken_to_be_theirs(home: Page) -> None:
    expect(home.get_by_role("button", name="Where you watch: France")).to_be_visible()


def test_a_granted_location_is_turned_into_a_region_and_let_go(opened: OpenApp, photos: Path) -> None:
    page = opened(permissions=["geolocation"], geolocation=LYON)
    _locate(page)
    expect(page.get_by_role("button", name="Where you watch: My location")).to_be_visible()
    with page.expect_response("**/v1/identify") as caught:
        choose(page, photo_of(photos, "Ben Affleck", 2))
    assert caught.value.json()["region"]["code"] == "FR"
    expect(page.get_by_role("button", name="Where you watch: France")).to_be_visible()
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert '\\"code\\":\\"FR\\"' in kept
    assert "45.7" not in kept


def test_a_refused_location_leaves_the_list_of_regions_and_the_choice_is_remembered(home: Page) -> None:
    _locate(home)
    dialog = home.get_by_role("dialog", name="Where are you watching?")
    expect(dialog).to_contain_text("Your location was refused. Choose the region below.")
    dialog.get_by_role("button", name="France").click()
    expect(dialog).to_be_hidden()
    home.reload()
    expect(home.get_by_role("button", name="Where you watch: France")).to_be_visible()


def test_the_location_is_never_asked_for_without_a_touch(opened: OpenApp) -> None:
    page = opened()
    page.context.add_init_script("navigator.geolocation.getCurrentPosition = () => { document.title = 'asked'; }")
    page.reload()
    page.get_by_role("button", name="Where you watch").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.title() == "Find The Actor"
    page.get_by_role("button", name="Use my location").click()
    assert page.title() == "asked"


def test_at_sea_the_region_can_be_chosen_and_the_picture_is_kept(opened: OpenApp, photos: Path) -> None:
    page = opened(permissions=["geolocation"], geolocation=AT_SEA)
    _locate(page)
    choose(page, photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("alert")).to_contain_text("You seem to be at sea")
    page.get_by_role("alert").get_by_role("button", name="Choose the region").click()
    page.get_by_role("dialog").get_by_role("button", name="France").click()
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_another_moment_can_be_asked_about_in_the_viewers_zone(home: Page, photos: Path) -> None:
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    earlier = datetime.now(PARIS).replace(second=0, microsecond=0) - timedelta(minutes=20)
    home.get_by_role("button", name="When you saw it: Now").click()
    home.get_by_label("Or choose the time").fill(earlier.strftime("%Y-%m-%dT%H:%M"))
    with home.expect_response("**/v1/identify/again") as caught:
        home.get_by_role("button", name="Use this time").click()
    assert datetime.fromisoformat(caught.value.json()["at"]) == earlier
    chip = home.get_by_role("button", name=re.compile("When you saw it"))
    expect(chip).to_contain_text(earlier.strftime("%H:%M"))


def test_a_moment_without_listing_says_so_and_offers_another(home: Page, photos: Path) -> None:
    home.get_by_role("button", name="When you saw it").click()
    home.get_by_label("Or choose the time").fill("2001-01-01T20:00")
    home.get_by_role("button", name="Use this time").click()
    choose(home, photo_of(photos, "Ben Affleck", 2))
    alert = home.get_by_role("alert")
    expect(alert).to_contain_text("There is no listing for that")
    expect(alert.get_by_role("button", name="Choose the time")).to_be_focused()
    alert.get_by_role("button", name="Choose the time").click()
    home.get_by_role("dialog").get_by_role("button", name="Now", exact=True).click()
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_the_pictures_own_time_is_offered(home: Page, photos: Path, tmp_path: Path) -> None:
    taken = datetime.now(PARIS).replace(second=0, microsecond=0) - timedelta(minutes=25)
    choose(home, _taken(photos, tmp_path, taken))
    dialog = home.get_by_role("dialog", name="When was this on?")
    expect(dialog).to_contain_text(f"at {taken:%H:%M}")
    with home.expect_response("**/v1/identify") as caught:
        dialog.get_by_role("button", name="when it was taken").click()
    assert datetime.fromisoformat(caught.value.json()["at"]) == taken
    expect(home.get_by_role("button", name=re.compile("When you saw it: "))).to_contain_text(f"{taken:%H:%M}")


def test_the_pictures_own_time_knows_its_zone_and_can_be_declined(home: Page, photos: Path, tmp_path: Path) -> None:
    there = datetime.now(ZoneInfo("Pacific/Auckland")) - timedelta(days=3)
    choose(home, _taken(photos, tmp_path, there))
    dialog = home.get_by_role("dialog", name="When was this on?")
    expect(dialog).to_contain_text(f"{there.astimezone(PARIS):%H:%M}")
    dialog.get_by_role("button", name="It is on now").click()
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    expect(home.get_by_role("button", name="When you saw it: Now")).to_be_visible()


def test_a_picture_of_just_now_is_not_asked_about(home: Page, photos: Path, tmp_path: Path) -> None:
    choose(home, _taken(photos, tmp_path, datetime.now(PARIS)))
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def _locate(page: Page) -> None:
    page.get_by_role("button", name="Where you watch").click()
    page.get_by_role("button", name="Use my location").click()


def _taken(photos: Path, folder: Path, moment: datetime) -> Path:
    """A picture that says when it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(
        {0x9003: f"{moment:%Y:%m:%d %H:%M:%S}", 0x9011: f"{moment:%z}"[:3] + ":" + f"{moment:%z}"[3:]}
    )
    path = folder / "taken.jpg"
    Image.open(photo_of(photos, "Ben Affleck", 2)).convert("RGB").save(path, exif=exif, quality=95)
    return path
