"""`make migration`: write a migration from the difference between the migrations so far and `db/models/`."""

import sys
import tempfile
from pathlib import Path

from db.engine import open_database
from db.migrate import draft, upgrade
from db.server import remove_server


def main(message: str) -> None:
    """Draft the migration on a temporary embedded server, so that no real database is touched."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with open_database(None, Path(folder)) as engine:
                upgrade(engine)
                draft(engine, message)
        finally:
            remove_server(Path(folder))


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit('say what it does: make migration MESSAGE="add a table"')
    main(sys.argv[1])
