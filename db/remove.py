"""Part of `make clean`: stop the embedded server of a data folder, and delete its cluster."""

import sys
from pathlib import Path

from db.server import remove_server

if __name__ == "__main__":
    remove_server(Path(sys.argv[1]))
