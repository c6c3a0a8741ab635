"""Coverage as people use it: from the heat map to a person, with the keyboard, on a phone, light and dark."""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr
from sqlalchemy import Engine

from api.app import create_dashboard
from api.ops.services import running_dashboard
from api.settings import ApiSettings
from benchmarks.scale.seed_world import seed
from tests import served

TOKEN = "a-token-for-the-tests"
SIZES = {"phone": (390, 844), "desktop": (1280, 860)}


@pytest.fixture
def dashboard(engine: Engine, now: datetime, tmp_path: Path) -> Iterator[str]:
    """The address of a dashboard on a small world that is made up."""
    seed(engine, now=now, scale=0.1)
    url = engine.url.render_as_string(hide_password=False)
    changes = {"database_url": url, "data_dir": tmp_path, "ops_token": SecretStr(TOKEN)}
    with (
        running_dashboard(ApiSettings().model_copy(update=changes)) as ops,
        served.serving(create_dashboard(ops)) as address,
    ):
        yield address


@pytest.fixture
def page(browser: Browser, dashboard: str) -> Iterator[Page]:
    """A page that has signed in; whatever the browser's console complains about fails the test."""
    with browser.new_context(base_url=dashboard) as context:
        page = context.new_page()
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/ops/coverage")
        page.get_by_label("Token").fill(TOKEN)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Coverage", exact=True)).to_be_visible()
        yield page
        assert [text for text in complaints if "Failed to load resource" not in text] == []


def test_from_the_glance_to_a_person_and_an_order(page: Page) -> None:
    page.get_by_role("row").get_by_role("link", name=re.compile("Belgium")).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belgium")
    page.get_by_role("link", name=re.compile("faces known")).first.click()
    expect(page.get_by_role("heading", name="What is on")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Programme ")).first.click()
    expect(page.get_by_role("heading", name="On screen")).to_be_visible()

    page.get_by_role("button", name=re.compile("^Ask again for what is missing")).click()

    expect(page.get_by_role("heading", name="Orders")).to_be_visible()
    expect(page.get_by_role("cell", name="waiting for the indexer")).to_be_visible()
    page.get_by_role("navigation", name="Breadcrumbs").get_by_role("link", name="Belgium").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belgium")


def test_a_heat_map_is_one_stop_of_the_tab_key_and_arrows_move_in_it(page: Page) -> None:
    cells = page.locator("[data-heat] tbody td a")
    assert cells.count() > 40
    assert page.locator("[data-heat] tbody td a[tabindex='0']").count() == 1

    cells.nth(10).focus()
    page.keyboard.press("ArrowRight")

    expect(cells.nth(11)).to_be_focused()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 3
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What is on")).to_be_visible()


def test_the_whole_day_is_in_sight_on_a_desktop_and_prime_time_on_a_phone(page: Page) -> None:
    def seen(clock: str) -> bool:
        script = """([frame, clock]) => {
            const [{ left, right }, hour] = [frame.getBoundingClientRect(), [...frame.querySelectorAll("thead th")]
                .find((th) => th.textContent.startsWith(clock)).getBoundingClientRect()];
            return hour.left >= left && hour.right <= right;
        }"""
        return bool(page.evaluate(script, [page.locator("[data-heat]").element_handle(), clock]))

    page.set_viewport_size({"width": 1280, "height": 900})
    page.reload()
    assert [seen(f"{hour:02}") for hour in range(24)] == [True] * 24

    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert not seen("00")
    assert seen("19")
    assert seen("20")


def test_a_screen_reader_is_told_region_hour_and_all_of_a_cell(page: Page) -> None:
    table = page.get_by_role("table", name=re.compile("by region and local half hour"))

    expect(table.get_by_role("rowheader").first).to_have_text("Belgium")
    expect(table.get_by_role("columnheader", name="19 h, prime time")).to_have_count(1)
    cell = table.get_by_role(
        "link", name=re.compile(r"^\d+ %: \d+ of \d+ faces known, \d+ of \d+ airings with a cast$")
    )
    assert cell.count() > 40


def test_a_wrong_token_is_told_and_signing_out_closes_the_door(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Token").fill("not the token at all")
    with page.expect_response("**/login") as answer:
        page.get_by_role("button", name="Sign in").click()
    assert answer.value.status == 401
    expect(page.get_by_role("alert")).to_contain_text("The token is wrong")
    page.goto("/ops/coverage/BE")
    expect(page.get_by_label("Token")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_fit_and_break_no_rule_of_accessibility(page: Page, size: str, scheme: Literal["light", "dark"]) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=scheme)
    page.goto("/ops/coverage/BE")
    slot = page.locator("[data-heat] tbody td.prime a").first.get_attribute("href")
    assert slot
    page.goto(slot)
    airing = page.locator(".airings tbody th a").first.get_attribute("href")
    assert airing
    for path in ("/ops/coverage", "/ops/coverage?show=casts", "/ops/coverage/BE", slot, airing, "/ops/login"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}\n{found.generate_report()}"
