"""Aim and shoot, with the camera in the page or without."""

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, expect

from tests import served
from tests.browser.conftest import OpenApp, choose, photo_of

LIVE = "(video) => Boolean(video.srcObject?.getTracks().some((track) => track.readyState === 'live'))"


def test_a_burst_is_shot_shrunk_sent_and_answered(opened: OpenApp) -> None:
    page = opened(permissions=["camera"])
    viewfinder = page.get_by_label("What the camera sees")
    expect(viewfinder).to_be_visible()
    with page.expect_response("**/v1/identify") as caught:
        page.get_by_role("button", name="Take the picture").click()
    answer = caught.value.json()
    assert len(answer["frames"]) == 3
    assert all(max(frame["width"], frame["height"]) <= 1280 for frame in answer["frames"])
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    assert not viewfinder.evaluate(LIVE)


def test_somebody_who_is_in_another_frame_only_can_be_opened_too(opened: OpenApp) -> None:
    def move_away(route: Route) -> None:
        response = route.fetch()
        answer = response.json()
        answer["faces"][0]["frame"] = (answer["shown"] + 1) % 3
        route.fulfill(response=response, json=answer)

    page = opened(permissions=["camera"])
    page.route("**/v1/identify", move_away)
    page.get_by_role("button", name="Take the picture").click()
    elsewhere = page.get_by_role("group", name="In another frame")
    expect(elsewhere.get_by_role("button", name="Face 1 of 1: Ben Affleck")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_the_camera_opens_on_a_touch_and_only_then(opened: OpenApp) -> None:
    page = opened()
    expect(page.get_by_role("heading", name="Who is that?")).to_be_visible()
    expect(page.get_by_label("What the camera sees")).to_be_hidden()
    page.context.grant_permissions(["camera"])
    page.get_by_role("button", name="Open the camera").click()
    expect(page.get_by_label("What the camera sees")).to_be_visible()
    expect(page.get_by_role("button", name="Take the picture")).to_be_focused()


def test_the_next_picture_is_one_touch_away(opened: OpenApp) -> None:
    page = opened(permissions=["camera"])
    page.get_by_role("button", name="Take the picture").click()
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    page.get_by_role("button", name="New picture").click()
    expect(page.get_by_role("button", name="Take the picture")).to_be_visible()
    expect(page.get_by_role("heading", name="Ben Affleck")).to_have_count(0)


def test_the_camera_rests_while_the_page_is_out_of_sight(opened: OpenApp) -> None:
    page = opened(permissions=["camera"])
    viewfinder = page.locator("#viewfinder")
    expect(viewfinder).to_be_visible()
    assert viewfinder.evaluate(LIVE)
    turn = """(hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
    }"""
    page.evaluate(turn, True)
    assert not viewfinder.evaluate(LIVE)
    page.evaluate(turn, False)
    served.wait_until(lambda: viewfinder.evaluate(LIVE))
    expect(page.get_by_role("button", name="Take the picture")).to_be_visible()


def test_a_refused_camera_leaves_the_phones_own(home: Page, photos: Path) -> None:
    home.get_by_role("button", name="Open the camera").click()
    expect(home.get_by_role("status")).to_contain_text("The page may not use the camera.")
    phone = home.get_by_label("Take a photo")
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("capture", "environment")
    phone.set_input_files(photo_of(photos, "Madonna"))
    expect(home.locator("#face").get_by_role("heading").first).to_be_visible()


def test_a_device_without_a_camera_is_told_what_else_it_can_do(opened: OpenApp, browser: Browser, photos: Path) -> None:
    page = opened(browser, permissions=["camera"])
    expect(page.get_by_role("status")).to_contain_text("No camera was found. Choose a picture instead")
    choose(page, photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_a_picture_can_be_dropped_or_pasted(home: Page, photos: Path) -> None:
    data = list(photo_of(photos, "Ben Affleck", 2).read_bytes())
    for kind, event, member in (("DragEvent", "drop", "dataTransfer"), ("ClipboardEvent", "paste", "clipboardData")):
        home.reload()
        expect(home.locator("#place")).to_contain_text("France")
        home.evaluate(
            """([data, kind, event, member]) => {
                const files = new DataTransfer();
                files.items.add(new File([new Uint8Array(data)], "screen.jpg", { type: "image/jpeg" }));
                document.dispatchEvent(new window[kind](event, { [member]: files, bubbles: true }));
            }""",
            [data, kind, event, member],
        )
        expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def test_a_large_picture_is_shrunk_and_turned_upright_before_it_is_sent(
    home: Page, photos: Path, tmp_path: Path
) -> None:
    from PIL import Image

    lying = Image.open(photo_of(photos, "Ben Affleck", 2)).convert("RGB").resize((3000, 4000)).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it right by a quarter
    lying.save(tmp_path / "large.jpg", quality=95, exif=exif)
    with home.expect_response("**/v1/identify") as caught:
        choose(home, tmp_path / "large.jpg")
    assert caught.value.json()["picture"] == {"width": 960, "height": 1280}
    expect(home.get_by_role("button", name=re.compile("Face 1 of 1: Ben Affleck"))).to_be_visible()
