from pathlib import Path

from cli.demo.token import NAME, dashboard_token


def test_it_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    token = dashboard_token(tmp_path)

    assert dashboard_token(tmp_path) == token
    assert len(token) >= 16
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o600


def test_another_folder_has_another_one(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()

    assert dashboard_token(tmp_path / "one") != dashboard_token(tmp_path)
