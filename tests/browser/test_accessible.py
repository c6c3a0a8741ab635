"""For everybody: WCAG 2.2 AA by axe in each state, keyboard only, zoom, small screens, reduced motion."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenApp, choose, photo_of

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
TRANSITIONS_MS = 500
MOST_STOPS = 30


def live(page: Page, photos: Path) -> None:
    page.context.grant_permissions(["camera"])
    page.get_by_role("button", name="Open the camera").click()
    expect(page.get_by_label("What the camera sees")).to_be_visible()


def refused(page: Page, photos: Path) -> None:
    page.get_by_role("button", name="Open the camera").click()
    expect(page.get_by_role("status")).to_contain_text("may not use the camera")


def place(page: Page, photos: Path) -> None:
    page.get_by_role("button", name="Where you watch").click()


def moment(page: Page, photos: Path) -> None:
    page.get_by_role("button", name="When you saw it").click()


def waiting(page: Page, photos: Path) -> None:
    page.route("**/v1/identify", lambda route: None)
    choose(page, photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("progressbar")).to_be_visible()


def match(page: Page, photos: Path) -> None:
    choose(page, photo_of(photos, "Ben Affleck", 2))
    expect(page.get_by_role("heading", name="Ben Affleck")).to_be_visible()


def kept(page: Page, photos: Path) -> None:
    match(page, photos)
    page.get_by_role("button", name="Keep this picture").click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


def kept_list(page: Page, photos: Path) -> None:
    kept(page, photos)
    page.get_by_role("link", name="Privacy").first.click()
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()


def uncertain(page: Page, photos: Path) -> None:
    choose(page, photo_of(photos, "Ben Affleck", 3))
    expect(page.get_by_role("heading", name="Ben Affleck?")).to_be_visible()


def programme(page: Page, photos: Path) -> None:
    match(page, photos)
    page.get_by_role("button", name="What you watch").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Seinfeld")).to_be_visible()


def absent(page: Page, photos: Path) -> None:
    programme(page, photos)
    page.get_by_role("dialog").get_by_role("button", name="Seinfeld").click()
    expect(page.get_by_role("heading", name="Nobody we know from Seinfeld")).to_be_visible()


def offline(page: Page, photos: Path) -> None:
    page.context.set_offline(True)
    choose(page, photo_of(photos, "Madonna"))
    expect(page.get_by_role("alert")).to_contain_text("You are offline")


def welcome(page: Page, photos: Path) -> None:
    expect(page.get_by_role("heading", name="Who is that?")).to_be_visible()


STATES = [welcome, live, refused, place, moment, waiting, match, kept, kept_list, uncertain, programme, absent, offline]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_nothing_sticks_out(
    opened: OpenApp, photos: Path, tmp_path: Path, state: Callable[[Page, Path], None], scheme: str
) -> None:
    page = opened(color_scheme=scheme, viewport=PHONE if scheme == "light" else DESKTOP)
    state(page, photos)
    page.wait_for_timeout(TRANSITIONS_MS)
    page.screenshot(path=tmp_path / f"{state.__name__}-{scheme}.png")
    assert _violations(page) == []
    assert _overflow(page) <= 0


@pytest.mark.parametrize("path", ["/privacy", "/docs", "/problems"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_text(opened: OpenApp, path: str, scheme: str) -> None:
    page = opened(color_scheme=scheme)
    page.goto(path)
    assert _violations(page) == []
    assert _overflow(page) <= 0


@pytest.mark.parametrize(
    "size", [{"width": 320, "height": 560}, {"width": 640, "height": 450}, {"width": 844, "height": 390}]
)
def test_nothing_is_lost_on_a_small_screen_or_at_200_percent(
    opened: OpenApp, photos: Path, size: dict[str, int]
) -> None:
    page = opened(viewport=size)
    assert _overflow(page) <= 0
    page.get_by_role("button", name="Open the camera").scroll_into_view_if_needed()
    match(page, photos)
    assert _overflow(page) <= 0
    page.get_by_role("button", name="Not right? Choose the programme").click()
    page.get_by_role("dialog").get_by_role("button", name="La nuit des concerts").click()
    expect(page.get_by_role("article")).to_contain_text("Not in the cast")


def test_the_whole_flow_works_with_the_keyboard_alone(opened: OpenApp) -> None:
    page = opened(permissions=["camera"])
    expect(page.get_by_label("What the camera sees")).to_be_visible()
    assert "Skip to the page" in _tab_to(page, "Find The Actor, home")
    _tab_to(page, "Take the picture")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Face 1 of 1: Ben Affleck")).to_be_focused()
    _tab_to(page, "What you watch: Any programme")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Seinfeld")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="What you watch: Any programme")).to_be_focused()
    page.keyboard.press("Enter")
    _tab_to(page, "Seinfeld")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nobody we know from Seinfeld")).to_be_visible()
    _tab_to(page, "New picture")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the picture")).to_be_focused()


def test_focus_can_be_seen(home: Page) -> None:
    home.keyboard.press("Tab")
    home.keyboard.press("Tab")
    outline = home.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_nothing_moves_for_those_who_ask_for_stillness(opened: OpenApp, photos: Path) -> None:
    page = opened(reduced_motion="reduce")
    waiting(page, photos)
    assert page.evaluate("document.getAnimations().length") == 0


def _tab_to(page: Page, name: str) -> list[str]:
    """Press Tab until the element of that name has the focus; returns the names on the way."""
    names: list[str] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        current = page.evaluate("(document.activeElement.ariaLabel ?? document.activeElement.textContent).trim()")
        if current.startswith(name):
            return names
        names.append(current)
    raise AssertionError(f"Tab never reaches “{name}”: {names}")


def _violations(page: Page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def _overflow(page: Page) -> int:
    """Pixels by which the page is wider than the screen."""
    overflow: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return overflow
