"""A real browser on a served evening."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.evening import enrolled, evening_url, models_dir, photos

__all__ = ["enrolled", "evening_url", "models_dir", "photos"]

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium (`CHROMIUM` names another one); without its sandbox only where it could not run at all."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    if not os.access(path, os.X_OK):
        pytest.skip(f"there is no Chromium at {path}")
    return {**browser_type_launch_args, "executable_path": path, "args": [*FLAGS, *sandbox]}


@pytest.fixture(scope="session")
def base_url(evening_url: str) -> str:
    return evening_url


@pytest.fixture
def home(context: BrowserContext, base_url: str) -> Iterator[Page]:
    """The app's page, opened; anything that the browser's console complains about fails the test."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.goto("/")
    yield page
    assert [text for text in complaints if "Failed to load resource" not in text] == []
