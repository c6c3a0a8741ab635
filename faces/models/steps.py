"""Steps of the preparation that run in a child process, which reports by JSON lines on stdout.

Used for what must not be imported into the caller's process: pip's internals, and TensorFlow.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

Progress: TypeAlias = Callable[[str, int, int | None], None]
"""Called with a description of the work, how much of it is done, and the total (None: unknown)."""

STDERR_TAIL = 600


class StepFailed(Exception):
    """The step failed. The message is the reason that it gave, or the end of its stderr."""


def silent(_description: str, _done: int, _total: int | None) -> None:
    """A `Progress` that shows nothing."""


def run_step(arguments: Sequence[str], report: Callable[[Mapping[str, Any]], None]) -> None:
    """Run this interpreter with `arguments`, and call `report` with every line that it prints.

    Raises `StepFailed` unless the step reports `done`. The step is killed when the caller is interrupted.
    """
    with tempfile.TemporaryFile("w+") as stderr:
        process = subprocess.Popen(
            [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
        with process:
            try:
                done = _follow(process, report)
            except BaseException:
                process.kill()
                raise
        if not done:
            stderr.seek(0)
            raise StepFailed(stderr.read()[-STDERR_TAIL:].strip() or f"it ended with code {process.returncode}")


def _follow(process: "subprocess.Popen[str]", report: Callable[[Mapping[str, Any]], None]) -> bool:
    assert process.stdout is not None
    for text in process.stdout:
        if not text.startswith("{"):
            continue
        line = json.loads(text)
        if "failed" in line:
            raise StepFailed(line["failed"])
        if "done" in line:
            return True
        report(line)
    return False
