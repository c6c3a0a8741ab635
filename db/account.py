"""Which account the embedded server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import EmbeddedServerError

UNPRIVILEGED = ("postgres", "nobody")
"""Accounts that root steps down to, in order of preference."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether it is not the account of this process."""
        return self.uid != os.geteuid()

    def run(self, *command: str | Path, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, out of reach of the terminal's Ctrl-C, in a clean environment.

        A program given by its path finds its siblings first. Standard error is part of `stdout`.
        Raises OSError when the account cannot reach the command.
        """
        siblings = [str(Path(command[0]).parent)] if Path(command[0]).is_absolute() else []
        switch: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.is_other else {}
        return subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env={"PATH": os.pathsep.join([*siblings, os.defpath]), "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            check=False,
            **switch,
        )

    def can_enter(self, folder: Path) -> bool:
        """Whether the account may pass through `folder` and everything above it."""
        return self.run("test", "-x", folder).returncode == 0

    def can_run(self, *command: str | Path) -> bool:
        """Whether the account reaches the command and it exits with 0."""
        try:
            return self.run(*command).returncode == 0
        except PermissionError:
            return False

    def own(self, path: Path) -> None:
        """Give a file or folder that we made to the account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(cluster: Path, names: Sequence[str] = UNPRIVILEGED) -> Account:
    """The account for the server of `cluster` (which need not exist yet).

    Ourselves; or, as root, the owner of the existing cluster, or else the first of `names` that exists.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if cluster.exists() and (status := cluster.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    for name in names:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root, and there is no user named {' or '.join(names)} to run it as: "
        f"create one (useradd --system {names[0]}), run as an ordinary user, or set DATABASE_URL."
    )
