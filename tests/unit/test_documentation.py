"""The documentation keeps up with the code."""

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from typer.testing import CliRunner

from api.settings import ApiSettings
from cli.main import app
from indexer.regions import region_codes
from indexer.settings import IndexerSettings
from tests.paths import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def variables() -> set[str]:
    names: set[str] = set()
    for settings in (ApiSettings, IndexerSettings):
        for name, field in settings.model_fields.items():
            names.add(str(field.validation_alias or f"FTA_{name.upper()}"))
    return names


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z0-9_]+)`", text, flags=re.MULTILINE))

    assert documented == variables()


def test_every_documented_default_is_the_real_one() -> None:
    text = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^\| `FTA_([A-Z0-9_]+)` \| `([^`]+)` \|", text, flags=re.MULTILINE))
    defaults = {
        name.upper(): ",".join(field.default) if isinstance(field.default, tuple) else str(field.default)
        for settings in (ApiSettings, IndexerSettings)
        for name, field in settings.model_fields.items()
        if field.default not in (None, "", (), PydanticUndefined)
    }

    assert documented == {name: value for name, value in defaults.items() if name != "DATABASE_URL"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_every_region_is_documented() -> None:
    text = (ROOT / "docs" / "regions.md").read_text(encoding="utf-8")

    assert {code for code in region_codes() if f"`{code}`" not in text} == set()


def test_the_readme_names_only_commands_that_exist() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = {tuple(line.split()[:2]) for line in re.findall(r"^findtheactor ([a-z ]+)", text, flags=re.MULTILINE)}

    assert commands
    for command in commands:
        words = [word for word in command if word.isalpha()]
        assert CliRunner().invoke(app, [*words, "--help"]).exit_code == 0, words
