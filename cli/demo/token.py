"""The token of the demo's dashboard: made once, kept where only its owner reads it."""

import os
import secrets
from pathlib import Path

NAME = "ops-token"


def dashboard_token(folder: Path) -> str:
    """The token in `folder`, made when there is none."""
    path = folder / NAME
    try:
        with open(path, "x", encoding="ascii", opener=_privately) as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
