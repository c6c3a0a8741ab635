import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faces.models.prepare import demo_photos, prepare_models
from tests.evening import enrolled, evening_url, models_dir, photos
from tests.paths import VAR

__all__ = ["enrolled", "evening_url", "models_dir", "photos"]

TIMEOUT_S = 200
ENTRY = (sys.executable, "-c", "from cli.main import run; run()")


@pytest.fixture(scope="session")
def prepared() -> Path:
    """The data folder whose models and demo photos are ready."""
    prepare_models(VAR / "models", "msceleb-128")
    demo_photos(VAR / "downloads")
    return VAR


@pytest.fixture
def environment(tmp_path: Path, database_url: str, prepared: Path) -> dict[str, str]:
    """A new data folder that shares models and downloads, and a database of its own."""
    (tmp_path / "downloads").symlink_to(prepared / "downloads")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("FTA_")}
    return {
        **kept,
        "FTA_DATA_DIR": str(tmp_path),
        "FTA_MODELS": str(prepared / "models"),
        "FTA_SOURCES": "",
        "DATABASE_URL": database_url,
        "COLUMNS": "200",
    }


@pytest.fixture
def findtheactor(environment: dict[str, str]) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    """Runs the command line to its end."""

    def run(*arguments: object, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*ENTRY, *map(str, arguments)],
            env=environment | more,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )

    return run


@pytest.fixture
def findtheactor_json(findtheactor: Callable[..., "subprocess.CompletedProcess[str]"]) -> Callable[..., Any]:
    """Runs a command that ends well, with `--json`, and reads what it printed."""

    def run(*arguments: object) -> Any:
        done = findtheactor(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run
