"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator

import pytest

from tests.paths import ROOT

PACKAGES = ("api", "cli", "db", "faces", "gallery", "indexer", "settings", "storage")
READ_THE_ENVIRONMENT = {"settings/deployment.py", "api/settings.py", "indexer/settings.py"}
SQL_TYPES = {("sqlalchemy", "Engine"), ("sqlalchemy.orm", "Session")}
VAGUE = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}


def modules(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for package in packages:
        for path in sorted((ROOT / package).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(module, name) of each import; the name is empty for a plain `import module`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)


def reads_environment(tree: ast.Module) -> bool:
    """Whether it does; to set a default for a library that reads it is no reading."""
    told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "setdefault"}
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and id(node) not in told}
    names |= {name for module, name in imported(tree) if module == "os"}
    return bool(names & {"environ", "environb", "getenv", "getenvb"})


def test_only_the_settings_modules_read_the_environment() -> None:
    readers = {path for path, tree in modules(*PACKAGES) if reads_environment(tree)}
    assert readers <= READ_THE_ENVIRONMENT


def test_settings_classes_are_defined_in_the_settings_modules_only() -> None:
    users = {path for path, tree in modules(*PACKAGES) if any(m == "pydantic_settings" for m, _ in imported(tree))}
    assert users <= READ_THE_ENVIRONMENT


@pytest.mark.parametrize("package", ["api", "cli", "indexer"])
def test_outside_db_only_the_types_of_sqlalchemy_are_named(package: str) -> None:
    for path, tree in modules(package):
        used = {(module, name) for module, name in imported(tree) if module.split(".")[0] == "sqlalchemy"}
        assert used <= SQL_TYPES, path


def test_no_module_has_a_name_that_says_nothing() -> None:
    paths = [path for path, _ in modules(*PACKAGES)]
    assert not [path for path in paths if VAGUE & set(path.removesuffix(".py").split("/"))]


def test_the_rules_notice_what_they_forbid() -> None:
    assert reads_environment(ast.parse("import os\nos.environ['HOME']"))
    assert reads_environment(ast.parse("from os import getenv"))
    assert not reads_environment(ast.parse("import os\nos.getpid()"))
    assert not reads_environment(ast.parse("import os\nos.environ.setdefault('A', 'b')"))
    assert set(imported(ast.parse("def f():\n    from sqlalchemy import text"))) == {("sqlalchemy", "text")}
