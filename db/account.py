"""The account that the embedded server runs as, because PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.errors import EmbeddedServerError

UNPRIVILEGED = ("postgres", "nobody")
"""The accounts that root runs the server as, in order of preference."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int

    @property
    def is_other(self) -> bool:
        """Whether it differs from the account of this process."""
        return self.uid != os.geteuid()

    def run(self, *command: str | Path, cwd: Path = Path("/")) -> subprocess.CompletedProcess[str]:
        """Run a command as this account, in a clean environment, where the terminal's Ctrl-C does not reach it.

        The folder of a program given by its path comes first in PATH. Standard error is part of `stdout`.
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
        """Whether the account can reach `folder` through all folders above it."""
        return self.run("test", "-x", folder).returncode == 0

    def can_run(self, *command: str | Path) -> bool:
        """Whether the account can run the command, and it exits with 0."""
        try:
            return self.run(*command).returncode == 0
        except PermissionError:
            return False

    def own(self, path: Path) -> None:
        """Make the account the owner of a file or folder that we created."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def server_account(cluster: Path, names: Sequence[str] = UNPRIVILEGED) -> Account:
    """The account for the server of `cluster`, which need not exist yet.

    That is our own account. Root takes the owner of an existing cluster, or the first of `names` that exists.
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
