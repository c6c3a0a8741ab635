"""What a command says about a setting that cannot be used."""

import subprocess
import sys

import pytest

from api.settings import ApiSettings
from indexer.settings import IndexerSettings
from settings.deployment import BadSettings
from tests.paths import ROOT

KEY = "0123456789abcdef0123456789abcdef"
BAD = {
    "FTA_OPS_TOKEN": "hush-hush",
    "FTA_SEAL_KEY": f"{KEY},hush-hush",
    "FTA_PORT": "hush-hush",
    "FTA_TRUSTED_PROXIES": "127.0.0.1,hush-hush",
    "FTA_SOURCE_URLS": '{"hush-hush"',
    "FTA_LOG_LEVEL": "hush-hush",
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_setting_is_named_in_one_line_without_its_value(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, BAD[name])
    with pytest.raises(BadSettings, match=name) as caught:
        _ = ApiSettings(), IndexerSettings()
    assert "\n" not in str(caught.value)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "command", [["serve"], ["ops"], ["coverage", "--region", "FR"], ["db", "status"], ["index", "orders"]]
)
def test_a_command_ends_with_that_line(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FTA_LOG_LEVEL", "hush-hush")
    run = [sys.executable, "-c", "from cli.main import run; run()", *command]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: FTA_LOG_LEVEL: ")
    assert len(done.stderr.splitlines()) == 1
    assert "hush" not in done.stderr


def test_several_seal_keys_are_read_in_order() -> None:
    assert ApiSettings(seal_key=f"{KEY}, {KEY[::-1]}").seal_secrets == (KEY, KEY[::-1])
    assert ApiSettings(seal_key="").seal_secrets == ()
