"""The token of the demo's dashboard: generated once, and stored in a file that only its owner can read."""

import os
import secrets
from pathlib import Path

NAME = "ops-token"


def dashboard_token(folder: Path) -> str:
    """The token stored in `folder`; it is generated if there is none."""
    path = folder / NAME
    try:
        with open(path, "x", encoding="ascii", opener=_privately) as file:
            file.write(secrets.token_urlsafe(24))
    except FileExistsError:
        pass
    return path.read_text(encoding="ascii").strip()


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
