import os
from pathlib import Path

import pytest

from db.account import Account, server_account
from db.errors import EmbeddedServerError


def test_an_ordinary_user_keeps_its_account(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert server_account(tmp_path / "cluster") == Account(1000, os.getegid())


def test_root_takes_the_first_account_that_exists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    account = server_account(tmp_path / "cluster", names=("no-such-user", "nobody"))
    assert account.uid == 65534
    assert account.is_other


def test_root_without_any_account_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(EmbeddedServerError, match="useradd --system no-such-user"):
        server_account(tmp_path / "cluster", names=("no-such-user",))
