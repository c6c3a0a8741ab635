"""What the page says about the faces of a picture."""

import re
from pathlib import Path

from playwright.sync_api import Page, Request, Route, expect

from tests.browser.conftest import OpenApp, choose, photo_of, side_by_side


def test_a_match_says_who_in_what_and_how_sure(home: Page, photos: Path) -> None:
    choose(home, photo_of(photos, "Ben Affleck", 2))
    box = home.get_by_role("button", name="Face 1 of 1: Ben Affleck")
    expect(box).to_have_attribute("aria-pressed", "true")
    face = home.get_by_role("article")
    expect(face.get_by_role("heading", level=2)).to_have_text("Ben Affleck")
    expect(face).to_contain_text(re.compile(r"(Almost certainly|Very likely|Likely)\s*\d\d%"))
    expect(face).to_contain_text("as Tony Mendez in Argo")
    expect(face).to_contain_text(re.compile(r"France 2 · \d\d:[03]0.\d\d:[03]0"))
    expect(face).to_contain_text(
        "You may have seen Ben Affleck in The Accountant 2 (2025), as Christian Wolff, with Jon Bernthal."
    )
    expect(face.get_by_role("listitem")).to_have_count(2)
    reference = face.get_by_role("img", name="Reference photo of Ben Affleck")
    assert reference.evaluate("async (image) => { await image.decode(); return image.naturalWidth }") > 0
    expect(face).to_contain_text("Photo: demo photos · CC BY-SA 4.0")
    expect(home.get_by_role("status").first).to_have_text("1 face found.")


def test_a_guess_is_said_to_be_one_with_what_is_likely_on_and_a_way_on(home: Page, photos: Path) -> None:
    choose(home, photo_of(photos, "Ben Affleck", 3))
    face = home.get_by_role("article")
    expect(face).to_contain_text(re.compile("Not sure|Likely, not certain"))
    expect(face.get_by_role("heading", level=2)).to_have_text("Ben Affleck?")
    expect(home.get_by_role("status").first).to_contain_text("Looks like Argo, on France 2.")
    face.get_by_role("button", name="Choose the programme").click()
    home.get_by_role("dialog").get_by_role("button", name="Argo").click()
    expect(home.get_by_role("button", name="What you watch: Argo")).to_be_visible()
    expect(home.get_by_role("status").first).to_have_text("1 face found.")
    sharper = face.get_by_role("button", name="Not right? Choose the programme")
    expect(sharper.or_(face.get_by_role("button", name="Choose another programme"))).to_be_visible()


def test_the_box_lies_on_the_face(home: Page, photos: Path) -> None:
    with home.expect_response("**/v1/identify") as caught:
        choose(home, photo_of(photos, "Jerry Seinfeld"))
    answer = caught.value.json()
    home.get_by_role("article").wait_for()
    shown = home.get_by_alt_text("Your picture").bounding_box()
    drawn = home.get_by_role("button", name=re.compile("Face 1 of 1")).bounding_box()
    assert shown
    assert drawn
    scale = shown["width"] / answer["picture"]["width"]
    found = answer["faces"][0]["box"]
    assert abs(drawn["x"] - shown["x"] - found["left"] * scale) < 2
    assert abs(drawn["y"] - shown["y"] - found["top"] * scale) < 2
    assert abs(drawn["width"] - found["width"] * scale) < 2


def test_every_face_can_be_opened_by_touch_and_by_arrow(home: Page, photos: Path, tmp_path: Path) -> None:
    both = side_by_side(photo_of(photos, "Elton John", 1), photo_of(photos, "Mindy Kaling", 2))
    both.save(tmp_path / "both.jpg", quality=92)
    choose(home, tmp_path / "both.jpg")
    first = home.get_by_role("button", name=re.compile("Face 1 of 2: Elton John"))
    second = home.get_by_role("button", name=re.compile("Face 2 of 2: Mindy Kaling"))
    title = home.get_by_role("article").get_by_role("heading", level=2)
    first.click()
    expect(title).to_have_text(re.compile("Elton John"))
    first.press("ArrowRight")
    expect(second).to_be_focused()
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_attribute("aria-pressed", "false")
    expect(title).to_have_text(re.compile("Mindy Kaling"))
    second.press("ArrowRight")
    expect(first).to_be_focused()


def test_the_answer_sharpens_without_a_second_upload(home: Page, photos: Path) -> None:
    uploads: list[Request] = []
    home.on("request", lambda request: uploads.append(request) if request.url.endswith("/identify") else None)
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()

    home.get_by_role("button", name="Not right? Choose the programme").click()
    dialog = home.get_by_role("dialog", name="What are you watching?")
    expect(dialog.get_by_role("button", name="Argo")).to_contain_text("Looks like it")
    with home.expect_request("**/v1/identify/again") as asked:
        dialog.get_by_role("button", name="Seinfeld").click()
    assert asked.value.post_data_json["airing"] == "12"
    face = home.get_by_role("article")
    expect(face).to_contain_text("Not in the cast")
    expect(face.get_by_role("heading", level=2)).to_have_text("Nobody we know from Seinfeld")
    expect(face).to_contain_text("Known faces in its cast: 1 of 2.")
    expect(home.get_by_role("button", name="What you watch: Seinfeld")).to_be_visible()

    home.get_by_role("button", name="Choose another programme").click()
    dialog.get_by_role("button", name="Argo").click()
    expect(face.get_by_role("heading", level=2)).to_have_text("Ben Affleck")
    assert len(uploads) == 1


def test_a_look_that_has_expired_is_replaced_silently(home: Page, photos: Path) -> None:
    uploads: list[Request] = []
    home.on("request", lambda request: uploads.append(request) if request.url.endswith("/identify") else None)

    def age(route: Route) -> None:
        response = route.fetch()
        route.fulfill(response=response, json=response.json() | {"look": "expired"})

    home.route("**/v1/identify", age, times=1)
    choose(home, photo_of(photos, "Ben Affleck", 2))
    expect(home.get_by_role("heading", name="Ben Affleck")).to_be_visible()
    home.get_by_role("button", name="What you watch").click()
    with home.expect_response("**/v1/identify") as sent_again:
        home.get_by_role("dialog").get_by_role("button", name="Argo").click()
    assert sent_again.value.json()["airing"]["title"] == "Argo"
    expect(home.get_by_role("button", name="What you watch: Argo")).to_be_visible()
    expect(home.get_by_role("article").get_by_role("heading", level=2)).to_have_text("Ben Affleck")
    assert len(uploads) == 2


def test_a_stranger_is_a_proper_answer_with_a_way_on(opened: OpenApp, photos: Path, tmp_path: Path) -> None:
    page = opened()
    choose(page, photo_of(photos, "Elton John"))
    page.get_by_role("article").wait_for()
    page.get_by_role("button", name="What you watch").click()
    page.get_by_role("dialog").get_by_role("button", name="Argo").click()
    face = page.get_by_role("article")
    expect(face.get_by_role("heading", level=2)).to_have_text("Nobody we know from Argo")
    expect(face.get_by_role("button", name="Choose another programme")).to_be_visible()
