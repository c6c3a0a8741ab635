"""The app as people use it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import served

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 860}


def photo_of(photos: Path, name: str, number: int = 0) -> Path:
    return served.probes(photos / "val")[name][number]


def test_a_chosen_picture_is_answered_with_a_name(home: Page, photos: Path) -> None:
    home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Ben Affleck", 2))
    box = home.get_by_role("button", name="Face 1 of 1: Ben Affleck")
    expect(box).to_have_attribute("aria-pressed", "true")
    details = home.get_by_role("article")
    expect(details.get_by_role("heading")).to_have_text("Ben Affleck")
    expect(details).to_contain_text(re.compile(r"\d\d % sure"))
    expect(details).to_contain_text("as Tony Mendez in Argo · France 2")
    expect(details).to_contain_text(
        "You may have seen them in The Accountant 2 (2025), as Christian Wolff, with Jon Bernthal."
    )
    expect(details.get_by_role("listitem")).to_have_count(2)
    reference = details.get_by_role("img", name="Reference photo of Ben Affleck")
    expect(reference).to_be_visible()
    assert reference.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
    expect(details).to_contain_text("Photo: demo photos · CC BY-SA 4.0")


def test_the_box_lies_on_the_face(home: Page, photos: Path) -> None:
    home.get_by_label("Take a photo").set_input_files(photo_of(photos, "Jerry Seinfeld"))
    shown = home.get_by_alt_text("The picture that you sent").bounding_box()
    box = home.get_by_role("button", name=re.compile("Face 1 of 1")).bounding_box()
    assert shown
    assert box
    assert shown["x"] <= box["x"] < box["x"] + box["width"] <= shown["x"] + shown["width"]
    assert 0.1 < box["width"] / shown["width"] < 0.9


def test_a_large_picture_is_shrunk_before_it_is_sent(home: Page, photos: Path, tmp_path: Path) -> None:
    from PIL import Image

    large = tmp_path / "large.jpg"
    Image.open(photo_of(photos, "Madonna")).convert("RGB").resize((3000, 4000)).save(large, quality=95)
    with home.expect_response("**/v1/identify") as caught:
        home.get_by_label("Choose a picture").set_input_files(large)
    assert caught.value.json()["picture"] == {"width": 960, "height": 1280}


def test_somebody_who_is_not_on_is_said_not_to_be(home: Page, photos: Path) -> None:
    home.get_by_text("I know the channel").click()
    home.get_by_label("Channel").select_option("TF1")
    home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Mindy Kaling"))
    details = home.get_by_role("article")
    expect(details).to_contain_text("Not in the cast")
    expect(details.get_by_role("heading")).to_have_text("Nobody we know who is on now")
    expect(details).to_contain_text("The guide names 2 people")


def test_another_moment_can_be_asked_about(home: Page, photos: Path) -> None:
    home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Madonna"))
    expect(home.get_by_role("article").get_by_role("heading")).to_be_visible()
    home.get_by_text("I know the channel").click()
    home.get_by_label("Seen at").fill("2001-01-01T20:00")
    home.get_by_role("button", name="Ask again").click()
    expect(home.get_by_role("status")).to_contain_text("Nothing is indexed for that moment.")
    expect(home.get_by_role("status")).to_contain_text("France has no gallery for 2001-01-01")
    expect(home.get_by_role("article")).to_be_empty()


def test_a_file_that_is_no_picture_says_what_to_do(home: Page, tmp_path: Path) -> None:
    text = tmp_path / "notes.jpg"
    text.write_text("not a picture")
    home.get_by_label("Choose a picture").set_input_files(text)
    expect(home.get_by_role("status")).to_have_text(
        "This file cannot be read as a picture.Choose a JPEG, PNG or WebP picture."
    )
    expect(home.get_by_alt_text("The picture that you sent")).to_be_hidden()


def test_a_service_that_cannot_be_reached_is_said_to_be(home: Page, photos: Path) -> None:
    expect(home.get_by_label("Watching TV in")).to_be_enabled()
    home.context.set_offline(True)
    home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Madonna"))
    expect(home.get_by_role("status")).to_contain_text(
        "The service cannot be reached.Check the connection, then ask again."
    )


def test_the_location_is_used_when_it_is_granted(home: Page, photos: Path) -> None:
    home.context.grant_permissions(["geolocation"])
    home.context.set_geolocation({"latitude": 45.76, "longitude": 4.84})
    home.get_by_role("button", name="Use my location").click()
    expect(home.get_by_role("button", name="Using your location")).to_be_visible()
    with home.expect_request("**/v1/identify") as asked:
        home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Mindy Kaling", 1))
    assert asked.value.method == "POST"
    expect(home.get_by_role("article").get_by_role("heading")).to_have_text("Mindy Kaling")
    expect(home.get_by_role("status")).to_contain_text("TV in France")


def test_a_refused_location_says_what_to_do(home: Page) -> None:
    home.get_by_role("button", name="Use my location").click()
    expect(home.get_by_role("status")).to_contain_text("Choose the region instead.")


def test_everything_can_be_reached_with_the_keyboard(home: Page, photos: Path) -> None:
    expect(home.get_by_label("Watching TV in")).to_be_enabled()
    home.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Ben Affleck", 2))
    box = home.get_by_role("button", name=re.compile("Face 1"))
    expect(box).to_be_visible()
    home.locator("body").press("Home")
    home.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(14):
        home.keyboard.press("Tab")
        reached.append(
            home.evaluate(
                "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
            )
        )
    for target in ("camera", "file", "region", "locate", "SUMMARY", "again", "box match"):
        assert target in reached, reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "size"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_it_fits_the_screen(
    browser: Browser, base_url: str, photos: Path, tmp_path: Path, device: str, size: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(base_url=base_url, viewport=size, color_scheme=scheme)
    page = context.new_page()
    page.goto("/")
    assert _overflow(page) <= 0
    page.screenshot(path=tmp_path / f"{device}-{scheme}-ask.png")
    page.get_by_label("Choose a picture").set_input_files(photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("article").get_by_role("heading")).to_be_visible()
    page.get_by_role("img", name="Reference photo").evaluate("(image) => image.decode()")
    assert _overflow(page) <= 0
    page.screenshot(path=tmp_path / f"{device}-{scheme}-answer.png", full_page=True)
    context.close()


def _overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    overflow: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return overflow
