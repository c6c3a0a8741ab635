from pathlib import Path

import pytest

from api.web.assets import Assets


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/main.js").write_text("import './other.js';")
    (tmp_path / "base.css").write_text("body {}")
    (tmp_path / "notes.txt").write_text("not for browsers")
    return tmp_path


def test_any_change_to_any_file_changes_every_address(folder: Path) -> None:
    before = Assets(folder)
    assert Assets(folder).version == before.version
    (folder / "base.css").write_text("body { margin: 0 }")
    after = Assets(folder)
    assert after.version != before.version
    assert after.url("app/main.js") != before.url("app/main.js")


def test_a_file_that_moves_is_another_version(folder: Path) -> None:
    before = Assets(folder).version
    (folder / "base.css").rename(folder / "app/base.css")
    assert Assets(folder).version != before


def test_only_what_browsers_need_has_an_address(folder: Path) -> None:
    assets = Assets(folder)
    assert assets.urls() == [f"/static/{assets.version}/app/main.js", f"/static/{assets.version}/base.css"]
    assert assets.urls(".js") == [f"/static/{assets.version}/app/main.js"]
    with pytest.raises(KeyError):
        assets.url("notes.txt")
