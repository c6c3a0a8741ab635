"""The documentation keeps up with the code."""

import re
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from typer.core import TyperGroup
from typer.main import get_command

from api.settings import ApiSettings
from cli.main import app
from indexer.regions import region_codes
from indexer.settings import IndexerSettings
from tests.paths import ROOT

DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
HOUSE = {path.name for path in ROOT.iterdir() if path.is_dir()} - {"build", "var"}
"""The folders of the project; what is in those two is made when something runs."""
OPTIONS = re.compile(r"(?<= )--[a-z][a-z-]*")


def each_document() -> pytest.MarkDecorator:
    names = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
    return pytest.mark.parametrize("document", DOCUMENTS, ids=names)


def anchors(document: Path) -> set[str]:
    """What a link can name after `#`: the headings, as GitHub writes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def code_in(document: Path) -> list[str]:
    """What stands in backticks in the running text of a page."""
    text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


def is_module(name: str) -> bool:
    """Whether it is a package, a module, or something in a module."""
    path = ROOT.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").exists() or path.parent.with_suffix(".py").exists()


def shell_commands() -> list[str]:
    """The command lines of all pages, without their comments; one that goes on in the next line is one."""
    texts = [document.read_text(encoding="utf-8") for document in DOCUMENTS]
    blocks = [
        block for text in texts for block in re.findall(r"^```sh\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    ]
    lines = "".join(blocks).replace("\\\n", " ").splitlines()
    return [line.split(" #")[0].rstrip() for line in lines]


def options_of(line: str) -> set[str]:
    """The options of the command that the line runs; `KeyError` when there is no such command."""
    command = get_command(app)
    for word in line.split()[1:]:
        if isinstance(command, TyperGroup):
            command = command.commands[word]
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


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
        name.upper(): ",".join(map(str, field.default)) if isinstance(field.default, tuple) else str(field.default)
        for settings in (ApiSettings, IndexerSettings)
        for name, field in settings.model_fields.items()
        if field.default not in (None, "", (), PydanticUndefined)
    }

    assert documented == {name: value for name, value in defaults.items() if name != "DATABASE_URL"}


@each_document()
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:]*)(#[^)]*)?\)", document.read_text(encoding="utf-8"))
    targets = [(document.parent / path if path else document, anchor.removeprefix("#")) for path, anchor in links]

    assert [path for path, _ in targets if not path.exists()] == []
    assert [anchor for path, anchor in targets if anchor and anchor not in anchors(path)] == []


def test_every_region_is_documented() -> None:
    text = (ROOT / "docs" / "regions.md").read_text(encoding="utf-8")

    assert {code for code in region_codes() if f"`{code}`" not in text} == set()


@each_document()
def test_every_path_that_a_page_names_exists(document: Path) -> None:
    paths = [word for word in code_in(document) if "/" in word and word.split("/")[0] in HOUSE]

    assert [path for path in paths if not re.search("[<*{ ]", path) and not (ROOT / path).exists()] == []


@each_document()
def test_every_module_that_a_page_names_exists(document: Path) -> None:
    run = re.findall(r"python -m ([a-z_.]+)", document.read_text(encoding="utf-8"))
    named = [word for word in code_in(document) if re.fullmatch(rf"({'|'.join(HOUSE)})(\.\w+)+", word)]

    assert [name for name in run + named if name.split(".")[0] in HOUSE and not is_module(name)] == []


def test_pages_name_only_commands_and_options_that_exist() -> None:
    commands = [line for line in shell_commands() if line.startswith("findtheactor")]

    assert commands
    assert [line for line in commands if not set(OPTIONS.findall(line)) <= options_of(line)] == []


def test_pages_name_only_targets_that_make_has() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    named = [target for line in shell_commands() for target in re.findall(r"\bmake ([a-z-]+)", line)]

    assert named
    assert set(named) <= set(targets)


def test_no_command_names_a_day_that_passes() -> None:
    assert [line for line in shell_commands() if re.search(r"\b20\d\d-?\d\d-?\d\d\b", line)] == []
