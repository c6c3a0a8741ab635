"""The parent's side: starts a rival in a process of its own, and asks it about one picture at a time."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from benchmarks.paths import ROOT


class RivalMissing(Exception):
    """The rival cannot start with this interpreter, mostly because its packages are not installed."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """The time that one picture took: wall clock and, where known, processor time of all cores."""

    ms: float
    faces: int
    cpu_ms: float | None = None


class Contender(Protocol):
    """A system under comparison: it detects, and perhaps identifies, faces."""

    versions: Mapping[str, str]

    def measure(self, picture: Path) -> Measurement:
        """Measure how long the faces of a JPEG file take."""


def memory_mb(pid: int) -> Mapping[str, float]:
    """The memory of a process: resident (anonymous and of mapped files), and the peak."""
    status = Path(f"/proc/{pid}/status").read_text()
    kinds = {"resident": "VmRSS", "own": "RssAnon", "of files": "RssFile", "peak": "VmHWM"}
    return {word: int(re.findall(rf"{kind}:\s+(\d+)", status)[0]) / 1024 for word, kind in kinds.items()}


class RivalProcess:
    """A running module of `benchmarks.rivals`."""

    def __init__(self, process: "subprocess.Popen[str]", replies: IO[str], requests: IO[str]) -> None:
        self._process, self._replies, self._requests = process, replies, requests
        self.versions: Mapping[str, str] = self._read()["versions"]

    def measure(self, picture: Path) -> Measurement:
        """See `Contender`."""
        self._requests.write(f"{picture}\n")
        self._requests.flush()
        return Measurement(**self._read())

    def memory_mb(self) -> Mapping[str, float]:
        """See the function of this name."""
        return memory_mb(self._process.pid)

    def _read(self) -> dict:  # type: ignore[type-arg]
        line = self._replies.readline()
        if not line:
            raise RivalMissing(f"{self._process.args} ended: see what it printed above")
        return json.loads(line)  # type: ignore[no-any-return]


@contextmanager
def running_rival(
    python: str, module: str, arguments: Sequence[str] = (), *, quiet: bool = True
) -> Iterator[RivalProcess]:
    """Run `python -m benchmarks.rivals.<module>` within the block. Raises `RivalMissing`."""
    process = subprocess.Popen(
        [python, "-m", f"benchmarks.rivals.{module}", *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL if quiet else None,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield RivalProcess(process, process.stdout, process.stdin)
    finally:
        process.kill()
        process.communicate()
