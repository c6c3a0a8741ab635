"""Kills nights at random moments of each job, to check that the next night continues without loss."""

import random
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.night.sandbox import Sandbox

KILLS: Mapping[str, int] = {
    "crawl_listings": 1, "resolve_casts": 3, "gather_photos": 3, "look_up_careers": 2, "embed_photos": 1,
    "build_galleries": 1, "publish_galleries": 1, "retire_galleries": 1,
}  # fmt: skip
"""How many nights are killed in each job."""
LONG_JOBS = ("resolve_casts", "gather_photos", "look_up_careers", "embed_photos")
SHORT_PAUSE_S = 0.1
HANGS_AFTER_S = 300
"""A night without a request or progress for this long hangs. There is no limit on its total time."""

_PROGRESS = "SELECT id, job, state, doing, done FROM job_run WHERE id > :seen ORDER BY id"


@dataclass(frozen=True, slots=True)
class Kill:
    """A kill: in which job, how long after its start, and after how many requests in total."""

    job: str
    after_s: float
    requests: int


def kill_often(
    sandbox: Sandbox, day: date, *, seed: int, kills: Mapping[str, int] = KILLS, pause_s: float = 6
) -> list[Kill]:
    """Start nights and kill each up to `pause_s` seconds after a job has started (almost at once for short jobs).

    A night that ends before its kill does not count, and is repeated.
    """
    chance = random.Random(seed)  # noqa: S311  # not for secrets
    killed: list[Kill] = []
    for job, times in kills.items():
        done, tries = 0, 0
        while done < times and tries < times + 3:
            after_s = chance.uniform(0, pause_s if job in LONG_JOBS else SHORT_PAUSE_S)
            if _kill_in(sandbox, day, job, after_s):
                killed.append(Kill(job, after_s, len(sandbox.replicas.requests)))
                done += 1
            tries += 1
    return killed


def _kill_in(sandbox: Sandbox, day: date, job: str, after_s: float) -> bool:
    seen = sandbox.rows("SELECT coalesce(max(id), 0) FROM job_run")[0][0]
    process = sandbox.start(day)
    _await(sandbox, process, job, seen)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _await(sandbox: Sandbox, process: subprocess.Popen[bytes], job: str, seen: int) -> None:
    """Wait until the job starts."""
    before, moved = (0, sandbox.rows(_PROGRESS, seen=seen)), time.monotonic()
    while not sandbox.rows("SELECT 1 FROM job_run WHERE id > :seen AND job = :job", seen=seen, job=job):
        if process.poll() is not None:
            raise RuntimeError(f"The night ended with {process.returncode} before {job}: {sandbox.log()}")
        if (now := (len(sandbox.replicas.requests), sandbox.rows(_PROGRESS, seen=seen))) != before:
            before, moved = now, time.monotonic()
        if time.monotonic() - moved > HANGS_AFTER_S:
            process.kill()
            raise TimeoutError(f"{job} did not begin, and for {HANGS_AFTER_S} s nothing happened: {now}")
        time.sleep(0.01)


def repeated_after(sandbox: Sandbox, kills: Sequence[Kill]) -> list[int]:
    """How many requests each kill caused to be repeated: made between it and the next kill, and also before it."""
    targets = [request.target for request in sandbox.replicas.requests]
    ends = [kill.requests for kill in kills[1:]] + [len(targets)]
    repeated = []
    for kill, end in zip(kills, ends, strict=False):  # without any kill, nothing is repeated
        before = set(targets[: kill.requests])
        repeated.append(sum(target in before for target in targets[kill.requests : end]))
    return repeated
