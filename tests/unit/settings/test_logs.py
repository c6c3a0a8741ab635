import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from settings.logs import configure


@pytest.fixture(autouse=True)
def _restore_logging() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_json_is_one_object_a_line_with_the_bound_ids(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "info")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        structlog.get_logger("api").info("gallery loaded", region="FR")
        logging.getLogger("uvicorn.error").warning("shutting %s", "down")
    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert ours["message"] == "gallery loaded"
    assert (ours["region"], ours["request_id"], ours["level"], ours["logger"]) == ("FR", "r-1", "info", "api")
    assert ours["timestamp"].endswith("Z")
    assert (theirs["message"], theirs["request_id"]) == ("shutting down", "r-1")


def test_an_exception_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure("json", "info")
    try:
        raise ValueError("broken")
    except ValueError:
        structlog.get_logger("api").exception("it failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ValueError: broken" in json.loads(line)["exception"]


def test_what_is_below_the_level_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    configure("console", "warning")
    structlog.get_logger("api").info("not this")
    structlog.get_logger("api").warning("but this")
    printed = capsys.readouterr().err
    assert "not this" not in printed
    assert "but this" in printed
