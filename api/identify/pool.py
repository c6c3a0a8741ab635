"""A bounded pool for the work that burns processors: what does not fit is refused at once, not queued for ever.

Whatever is accepted has an answer within a bound, and is not begun once that has passed or its caller has left.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Lock
from typing import TypeVar

from api.problems import Kind, Problem

Part = TypeVar("Part")
Result = TypeVar("Result")
RETRY_AFTER_S = 2
AVERAGED = 8
"""The latest works, of which it is known how long they usually take."""
DEADLINE_S = 10.0
"""So long a caller waits at most, for a worker and for the work: a full queue of the worst pictures takes no longer."""
APART = 1.2
"""How much further apart work begins under overload than would keep all workers busy."""


class WorkPool:
    """Runs functions in `workers` threads, with at most `queue` more waiting, each for `deadline_s` at most.

    A queue helps when a few callers come at once. When more keep coming than can be served, it is always full, and
    only makes everybody late: so after each refusal nobody may wait until the refused are invited back. Nor does work
    begin together then, for it would share the processor's cores and end together, late: it begins evenly spread.
    """

    def __init__(self, workers: int, queue: int, deadline_s: float = DEADLINE_S) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="identify")
        self._workers, self._queue, self._deadline_s = workers, queue, deadline_s
        self._counting = Lock()
        self._taken = 0
        self._overloaded_until = self._begun = self._usual_s = 0.0

    async def run(self, work: Callable[[], Result]) -> tuple[Result, float]:
        """The result of `work()` and the milliseconds that it waited for a thread.

        Raises `Problem` (busy) when the pool is full, or when the deadline passes. Then, or when the caller stops
        waiting, work that waits is not begun; work that has begun is done, for nobody.
        """
        self._take_place()
        asked = time.perf_counter()

        def timed() -> tuple[Result, float]:
            began = time.perf_counter()
            try:
                return work(), (began - asked) * 1000
            finally:
                self._note_time(time.perf_counter() - began)

        future = self._threads.submit(timed)
        # The place is given back when the work ends, not when a caller that went away stops waiting for it.
        future.add_done_callback(lambda _: self._give_back())
        try:
            async with asyncio.timeout(self._deadline_s) as waiting:
                return await asyncio.wrap_future(future)
        except TimeoutError:
            if not waiting.expired():
                raise  # it is the work's own
            with self._counting:
                raise self._refusal(f"The picture could not be looked at within {self._deadline_s:g} seconds") from None

    def share(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
        """The results of `work` for each part, for a function that runs in the pool: threads that are idle lend a hand.

        Raises what `work` raises, and then begins no other part. All the parts have the place of that function.
        """
        left, results = iter(range(len(parts))), dict[int, Result]()

        def take() -> None:
            for number in left:
                try:
                    results[number] = work(parts[number])
                except BaseException:
                    list(left)
                    raise

        helpers = [self._threads.submit(take) for _ in range(min(self._workers, len(parts)) - 1)]
        try:
            take()
        finally:
            started = [helper for helper in helpers if not helper.cancel()]
            wait(started)
        for helper in started:
            helper.result()
        return [results[number] for number in range(len(parts))]

    def close(self) -> None:
        """Wait for the running work and drop what waits."""
        self._threads.shutdown(cancel_futures=True)

    def _take_place(self) -> None:
        with self._counting:
            now = time.monotonic()
            if not self._has_place(now):
                raise self._refusal("Every place for a picture is taken")
            self._taken += 1
            self._begun = now

    def _refusal(self, said: str) -> Problem:
        self._overloaded_until = time.monotonic() + RETRY_AFTER_S
        return Problem(Kind.BUSY, said, headers={"Retry-After": str(RETRY_AFTER_S)})

    def _has_place(self, now: float) -> bool:
        if now >= self._overloaded_until:
            return self._taken < self._workers + self._queue
        spread = now - self._begun >= APART * self._usual_s / self._workers
        return self._taken == 0 or (self._taken < self._workers and spread)

    def _note_time(self, seconds: float) -> None:
        with self._counting:
            self._usual_s += (seconds - self._usual_s) / AVERAGED

    def _give_back(self) -> None:
        with self._counting:
            self._taken -= 1
