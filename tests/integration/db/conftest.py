"""Embedded servers of their own for the tests that start, stop and kill them."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.server import remove_server
from tests.integration.db.servers import ServerUser


@pytest.fixture
def use() -> Iterator[Callable[..., ServerUser]]:
    """Start another user of a data folder's server."""
    users: list[ServerUser] = []

    def start(*arguments: Path) -> ServerUser:
        users.append(ServerUser(*arguments))
        return users[-1]

    yield start
    for user in users:
        user.kill()


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder that every account can reach, on a short path."""
    with tempfile.TemporaryDirectory(prefix="fta-") as parent:
        Path(parent).chmod(0o755)
        folder = Path(parent) / "data"
        yield folder
        remove_server(folder)
