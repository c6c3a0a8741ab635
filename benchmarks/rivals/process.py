"""Who takes part in a contest: asked one picture at a time, each in a process of its own."""

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
    """The rival cannot start here; the message is the end of what it said."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one look at a picture took: wall clock, and (where known) processor time of all cores."""

    ms: float
    faces: int
    cpu_ms: float | None = None


class Contender(Protocol):
    """Something that finds, and perhaps names, faces."""

    versions: Mapping[str, str]

    def measure(self, picture: Path) -> Measurement:
        """Find the faces of a JPEG file."""


def memory_mb(pid: int) -> Mapping[str, float]:
    """What of a process is resident, of files and of its own, and the most that ever was."""
    status = Path(f"/proc/{pid}/status").read_text()
    kinds = {"resident": "VmRSS", "own": "RssAnon", "of files": "RssFile", "peak": "VmHWM"}
    return {word: int(re.findall(rf"{kind}:\s+(\d+)", status)[0]) / 1024 for word, kind in kinds.items()}


class RivalProcess:
    """A module of `benchmarks.rivals` that runs."""

    def __init__(self, process: "subprocess.Popen[str]", answers: IO[str], questions: IO[str]) -> None:
        self._process, self._answers, self._questions = process, answers, questions
        self.versions: Mapping[str, str] = self._read()["versions"]

    def measure(self, picture: Path) -> Measurement:
        """See `Contender`."""
        self._questions.write(f"{picture}\n")
        self._questions.flush()
        return Measurement(**self._read())

    def memory_mb(self) -> Mapping[str, float]:
        """See the function of this name."""
        return memory_mb(self._process.pid)

    def _read(self) -> dict:  # type: ignore[type-arg]
        line = self._answers.readline()
        if not line:
            raise RivalMissing(f"{self._process.args} ended: see what it printed above")
        return json.loads(line)  # type: ignore[no-any-return]


@contextmanager
def running_rival(
    python: str, module: str, arguments: Sequence[str] = (), *, quiet: bool = True
) -> Iterator[RivalProcess]:
    """`python -m benchmarks.rivals.<module>`, stopped at the end. Raises `RivalMissing`."""
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
