"""A bounded pool for the work that burns processors: what does not fit is refused at once, not queued for ever."""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from threading import BoundedSemaphore
from typing import TypeVar

from api.problems import Kind, Problem

Part = TypeVar("Part")
Result = TypeVar("Result")
RETRY_AFTER_S = 2


class WorkPool:
    """Runs functions in `workers` threads, with at most `queue` more waiting."""

    def __init__(self, workers: int, queue: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="identify")
        self._workers = workers
        self._places = BoundedSemaphore(workers + queue)

    async def run(self, work: Callable[[], Result]) -> tuple[Result, float]:
        """The result of `work()` and the milliseconds that it waited for a thread; `Problem` (busy) when full."""
        if not self._places.acquire(blocking=False):
            detail = "Every place for a picture is taken"
            raise Problem(Kind.BUSY, detail, headers={"Retry-After": str(RETRY_AFTER_S)})
        asked = time.perf_counter()

        def timed() -> tuple[Result, float]:
            waited_ms = (time.perf_counter() - asked) * 1000
            return work(), waited_ms

        future = self._threads.submit(timed)
        # The place is given back when the work ends, not when a caller that went away stops waiting for it.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def share(self, work: Callable[[Part], Result], parts: Sequence[Part]) -> list[Result]:
        """The results of `work` for each part, for a function that runs in the pool: threads that are idle lend a hand.

        Raises what `work` raises. All the parts together have the place of that function.
        """
        left, results = iter(range(len(parts))), dict[int, Result]()

        def take() -> None:
            for number in left:
                results[number] = work(parts[number])

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
