"""A real browser on a served evening, with a fake camera that films a demo photo."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import served
from tests.evening import enrolled, evening_url, models_dir, photos

__all__ = ["enrolled", "evening_url", "models_dir", "photos"]

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=60_000)  # ms; on a machine that has much else to do, a burst takes longer than the usual 5 s

OpenApp = Callable[..., Page]
"""Opens the app in a context of its own; keywords go to `Browser.new_context`."""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium (`CHROMIUM` names another one); without its sandbox only where it could not run at all."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        pytest.skip(f"there is no Chromium at {path}")
    return {**browser_type_launch_args, "executable_path": path, "args": [*FLAGS, *sandbox]}


@pytest.fixture(scope="session")
def browser_with_camera(
    browser_type: Any, browser_type_launch_args: dict[str, Any], photos: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Browser]:
    """A browser whose camera films Ben Affleck on a dark wall."""
    film = tmp_path_factory.mktemp("camera") / "film.mjpeg"
    film.write_bytes(_frame(photo_of(photos, "Ben Affleck", 2)) * 2)
    camera = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": [*browser_type_launch_args["args"], *camera]})
    yield browser
    browser.close()


@pytest.fixture
def opened(browser_with_camera: Browser, evening_url: str) -> Iterator[OpenApp]:
    """Opens the app; anything that the browser's console complains about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_app(
        browser: Browser = browser_with_camera, base_url: str = evening_url, region: str = "France", **options: Any
    ) -> Page:
        settings = {"base_url": base_url, "viewport": PHONE, "locale": "en-GB", "timezone_id": "Europe/Paris"}
        context = browser.new_context(**{**settings, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.goto("/")
        page.locator("#place").filter(has_text=region).wait_for()
        return page

    yield open_app
    for context in contexts:
        context.close()
    assert [text for text in complaints if "Failed to load resource" not in text] == []


@pytest.fixture
def home(opened: OpenApp) -> Page:
    """The app on a phone, in English, without permission for anything."""
    return opened()


def photo_of(photos: Path, name: str, number: int = 0) -> Path:
    return served.probes(photos / "val")[name][number]


def choose(page: Page, picture: Path) -> None:
    """Choose a picture from the gallery."""
    page.get_by_label("Choose a picture").or_(page.get_by_label("Choisir une image")).set_input_files(picture)


def side_by_side(*pictures: Path) -> Image.Image:
    """The pictures in one row, all equally high."""
    images = [Image.open(path).convert("RGB") for path in pictures]
    images = [image.resize((round(image.width * 480 / image.height), 480)) for image in images]
    row = Image.new("RGB", (sum(image.width for image in images), 480))
    left = 0
    for image in images:
        row.paste(image, (left, 0))
        left += image.width
    return row


def _frame(photo: Path) -> bytes:
    wall = Image.new("RGB", (1280, 720), (18, 16, 14))
    screen = side_by_side(photo).resize((465, 620))
    wall.paste(screen, (407, 50))
    out = io.BytesIO()
    wall.save(out, "JPEG", quality=92)
    return out.getvalue()
