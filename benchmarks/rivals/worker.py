"""The rival's side: reads paths of pictures on stdin, and replies with JSON lines on stdout.

It imports nothing of the project, so that a rival can run under another interpreter.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time


def serve_requests(find_faces: Callable[[bytes], int], packages: Sequence[str]) -> None:
    """Send the versions of `packages`, then for each picture how long `find_faces` took and how many it found."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the rival itself prints must not mix with the replies
    _send(replies, {"versions": {package: version(package) for package in packages}})
    for line in sys.stdin:
        data = Path(line.strip()).read_bytes()
        started, cpu_started = perf_counter(), process_time()
        faces = find_faces(data)
        ms, cpu_ms = (perf_counter() - started) * 1000, (process_time() - cpu_started) * 1000
        _send(replies, {"ms": ms, "cpu_ms": cpu_ms, "faces": faces})


def _send(replies, line):  # type: ignore[no-untyped-def]
    replies.write(json.dumps(line) + "\n")
    replies.flush()
