"""A bounded pool for the work that burns processors: what does not fit is refused at once, not queued for ever."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

from api.problems import Kind, Problem

Result = TypeVar("Result")
RETRY_AFTER_S = 2


class WorkPool:
    """Runs functions in `workers` threads, with at most `queue` more waiting."""

    def __init__(self, workers: int, queue: int) -> None:
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="identify")
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

    def close(self) -> None:
        """Wait for the running work and drop what waits."""
        self._threads.shutdown(cancel_futures=True)
