"""The process's half of a contest: reads the paths of pictures on stdin, answers with JSON lines on stdout.

Imports nothing of the project, so that a rival can run under another interpreter.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time


def serve_requests(find_faces: Callable[[bytes], int], packages: Sequence[str]) -> None:
    """Greet with the versions of `packages`; then, per picture, the milliseconds of `find_faces` and the faces it found."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else the rival prints is no answer
    _say(answers, {"versions": {package: version(package) for package in packages}})
    for line in sys.stdin:
        data = Path(line.strip()).read_bytes()
        started, burnt = perf_counter(), process_time()
        faces = find_faces(data)
        ms, cpu_ms = (perf_counter() - started) * 1000, (process_time() - burnt) * 1000
        _say(answers, {"ms": ms, "cpu_ms": cpu_ms, "faces": faces})


def _say(answers, line):  # type: ignore[no-untyped-def]
    answers.write(json.dumps(line) + "\n")
    answers.flush()
