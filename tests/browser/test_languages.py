"""French and English by the browser's language; dates and hours in the viewer's zone."""

import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.browser.conftest import OpenApp, choose, photo_of


def test_a_french_browser_is_answered_in_french(opened: OpenApp, photos: Path) -> None:
    page = opened(locale="fr-FR")
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page.get_by_role("heading", name="C’est qui ?")).to_be_visible()
    choose(page, photo_of(photos, "Ben Affleck", 2))
    face = page.get_by_role("article")
    expect(face).to_contain_text(re.compile(r"(Presque certain|Très probable|Probable)\s*\d\d\s%"))
    expect(face).to_contain_text("dans le rôle de Tony Mendez, dans Argo")
    expect(face).to_contain_text(
        "Vous avez pu voir Ben Affleck dans The Accountant 2 (2025), "
        "dans le rôle de Christian Wolff, avec Jon Bernthal."
    )
    page.get_by_role("button", name="Ce que vous regardez").click()
    dialog = page.get_by_role("dialog", name="Que regardez-vous ?")
    dialog.get_by_role("button", name="Seinfeld").click()
    expect(face).to_contain_text("Personne de connu dans Seinfeld")


def test_trouble_is_told_in_french_too(opened: OpenApp, photos: Path) -> None:
    page = opened(locale="fr-CA", timezone_id="Europe/Paris")
    page.context.set_offline(True)
    choose(page, photo_of(photos, "Madonna"))
    expect(page.get_by_role("alert")).to_contain_text("Vous êtes hors ligne")


def test_another_language_falls_back_to_english(opened: OpenApp) -> None:
    page = opened(locale="ja-JP")
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("heading", name="Who is that?")).to_be_visible()


def test_hours_are_those_of_the_viewers_clock(opened: OpenApp, photos: Path) -> None:
    page = opened(timezone_id="Asia/Kathmandu")
    with page.expect_response("**/v1/identify") as caught:
        choose(page, photo_of(photos, "Ben Affleck", 2))
    start = caught.value.json()["faces"][0]["best"]["appearances"][0]["airing"]["start"]
    there = datetime.fromisoformat(start).astimezone(ZoneInfo("Asia/Kathmandu"))
    expect(page.get_by_role("article")).to_contain_text(f"{there:%H:%M}")


def test_the_privacy_page_is_behind_its_sentence(opened: OpenApp) -> None:
    page = opened(locale="fr-FR")
    expect(page.get_by_text("Votre photo est regardée, puis oubliée.")).to_be_visible()
    page.get_by_role("link", name="Confidentialité").click()
    expect(page.get_by_role("heading", level=1, name="Confidentialité")).to_be_visible()
    page.get_by_role("link", name="Retour à l’appareil photo").click()
    expect(page.get_by_role("heading", name="C’est qui ?")).to_be_visible()
