"""A night that is killed again and again, at moments drawn by chance in each of its jobs, until one is let finish."""

import random
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from benchmarks.night.testbed import Testbed

KILLS: Mapping[str, int] = {
    "crawl_listings": 1, "resolve_casts": 3, "gather_photos": 3, "look_up_careers": 2, "embed_photos": 1,
    "build_galleries": 1, "publish_galleries": 1, "retire_galleries": 1,
}  # fmt: skip
"""How often a night is killed in which job."""
LONG_JOBS = ("resolve_casts", "gather_photos", "look_up_careers", "embed_photos")
SHORT_S = 0.1
STILL_S = 300
"""A night that asks nothing and comes no further for so long hangs. How long it takes is the machine's affair."""

_PROGRESS = "SELECT id, job, state, doing, done FROM job_run WHERE id > :seen ORDER BY id"


@dataclass(frozen=True, slots=True)
class Kill:
    """In which job, how long after it began, and after how many requests of all."""

    job: str
    after_s: float
    requests: int


def kill_often(
    testbed: Testbed, day: date, *, seed: int, kills: Mapping[str, int] = KILLS, pause_s: float = 6
) -> list[Kill]:
    """Kill nights about the day, each up to `pause_s` seconds after a job began (at once where it is a short one).

    A night that was over before its moment is none: another follows.
    """
    chance = random.Random(seed)  # noqa: S311  # no secret
    killed: list[Kill] = []
    for job, times in kills.items():
        done, tries = 0, 0
        while done < times and tries < times + 3:
            after_s = chance.uniform(0, pause_s if job in LONG_JOBS else SHORT_S)
            if _kill_in(testbed, day, job, after_s):
                killed.append(Kill(job, after_s, len(testbed.replicas.requests)))
                done += 1
            tries += 1
    return killed


def _kill_in(testbed: Testbed, day: date, job: str, after_s: float) -> bool:
    seen = testbed.rows("SELECT coalesce(max(id), 0) FROM job_run")[0][0]
    process = testbed.start(day)
    _await(testbed, process, job, seen)
    time.sleep(after_s)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _await(testbed: Testbed, process: subprocess.Popen[bytes], job: str, seen: int) -> None:
    """Wait until the night's job begins."""
    before, moved = (0, testbed.rows(_PROGRESS, seen=seen)), time.monotonic()
    while not testbed.rows("SELECT 1 FROM job_run WHERE id > :seen AND job = :job", seen=seen, job=job):
        if process.poll() is not None:
            raise RuntimeError(f"The night ended with {process.returncode} before {job}: {testbed.log()}")
        if (now := (len(testbed.replicas.requests), testbed.rows(_PROGRESS, seen=seen))) != before:
            before, moved = now, time.monotonic()
        if time.monotonic() - moved > STILL_S:
            process.kill()
            raise TimeoutError(f"{job} did not begin, and for {STILL_S} s nothing went on: {now}")
        time.sleep(0.01)


def repeated_after(testbed: Testbed, kills: Sequence[Kill]) -> list[int]:
    """How many requests each kill cost: those made after it, until the next, that had been made before it."""
    targets = [request.target for request in testbed.replicas.requests]
    ends = [kill.requests for kill in kills[1:]] + [len(targets)]
    repeated = []
    for kill, end in zip(kills, ends, strict=False):  # without any kill, nothing is repeated
        before = set(targets[: kill.requests])
        repeated.append(sum(target in before for target in targets[kill.requests : end]))
    return repeated
