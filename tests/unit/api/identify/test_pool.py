import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from api.identify.pool import RETRY_AFTER_S, WorkPool
from api.problems import Kind, Problem


class Clock:
    """Goes on only when a test lets it."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def monotonic(self) -> float:
        return self.now_s

    perf_counter = monotonic


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("api.identify.pool.time", clock)
    return clock


async def begin(pool: WorkPool, work: Callable[[], object]) -> "asyncio.Task[object]":
    """The work, which has its place, or has been refused: that is decided in the first step of the task."""
    task: asyncio.Task[object] = asyncio.create_task(pool.run(work))
    await asyncio.sleep(0)
    return task


async def refused(pool: WorkPool, work: Callable[[], object]) -> bool:
    """Whether there is no place for it; a work that has one runs on."""
    task = await begin(pool, work)
    return task.done() and isinstance(task.exception(), Problem)


def test_what_does_not_fit_is_refused_at_once_and_admitted_later() -> None:
    pool = WorkPool(workers=1, queue=1)
    gate = threading.Event()

    async def scenario() -> None:
        waiting = [await begin(pool, gate.wait) for _ in range(2)]
        with pytest.raises(Problem) as caught:
            await pool.run(lambda: None)
        assert caught.value.kind is Kind.BUSY
        assert caught.value.headers == {"Retry-After": "2"}
        gate.set()
        await asyncio.gather(*waiting)
        assert (await pool.run(lambda: "done"))[0] == "done"

    asyncio.run(scenario())
    pool.close()


def test_after_a_refusal_nobody_waits_until_the_refused_may_come_back(clock: Clock) -> None:
    pool = WorkPool(workers=1, queue=1)
    gates = [threading.Event() for _ in range(2)]

    async def scenario() -> None:
        admitted = [await begin(pool, gates[0].wait) for _ in range(2)]
        assert await refused(pool, gates[0].wait)
        gates[0].set()
        await asyncio.gather(*admitted)
        assert not await refused(pool, gates[1].wait), "a worker is free"
        assert await refused(pool, gates[1].wait), "it would have to wait"
        clock.now_s += RETRY_AFTER_S
        assert not await refused(pool, gates[1].wait), "the overload is over"
        gates[1].set()

    asyncio.run(scenario())
    pool.close()


def test_after_a_refusal_work_begins_evenly_spread(clock: Clock) -> None:
    pool = WorkPool(workers=2, queue=2)
    started, gates = threading.Barrier(3), [threading.Event() for _ in range(2)]

    def work() -> None:
        if not gates[0].is_set():
            started.wait()
        gates[0].wait()

    async def scenario() -> None:
        works = [await begin(pool, work) for _ in range(4)]
        await asyncio.to_thread(started.wait)
        assert await refused(pool, gates[1].wait), "two work, two wait"
        clock.now_s += 0.4
        gates[0].set()
        await asyncio.gather(*works)
        assert not await refused(pool, gates[1].wait), "nobody else is here"
        assert await refused(pool, gates[1].wait), "a worker is free, but another has just begun"
        clock.now_s += 0.3
        assert not await refused(pool, gates[1].wait), "more than half of the usual time has passed"
        assert await refused(pool, gates[1].wait), "no worker is free"
        gates[1].set()

    asyncio.run(scenario())
    pool.close()


def test_an_error_of_the_work_reaches_the_caller_and_frees_the_place() -> None:
    pool = WorkPool(workers=1, queue=0)

    async def scenario() -> None:
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await pool.run(lambda: 1 / 0)

    asyncio.run(scenario())
    pool.close()


def test_a_caller_who_leaves_does_not_free_a_place_that_is_still_used() -> None:
    pool = WorkPool(workers=1, queue=0)
    started, gate = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        gate.wait()

    async def scenario() -> None:
        leaving = await begin(pool, work)
        await asyncio.to_thread(started.wait)
        leaving.cancel()
        await asyncio.sleep(0)
        with pytest.raises(Problem):
            await pool.run(lambda: None)
        gate.set()

    asyncio.run(scenario())
    pool.close()


def test_parts_are_shared_among_idle_threads_and_come_back_in_order() -> None:
    pool = WorkPool(workers=3, queue=0)
    together = threading.Barrier(3, timeout=10)

    def work(part: int) -> int:
        together.wait()
        return part * part

    results, _ = asyncio.run(pool.run(lambda: pool.share(work, range(6))))

    assert results == [0, 1, 4, 9, 16, 25]
    pool.close()


def test_parts_are_done_by_the_caller_when_no_thread_is_idle() -> None:
    pool = WorkPool(workers=2, queue=0)
    gate = threading.Event()

    async def scenario() -> None:
        busy = asyncio.create_task(pool.run(gate.wait))
        assert (await pool.run(lambda: pool.share(str, [1, 2, 3])))[0] == ["1", "2", "3"]
        gate.set()
        await busy

    asyncio.run(scenario())
    pool.close()


def test_after_an_error_of_one_part_no_other_is_begun_and_those_in_work_are_waited_for() -> None:
    pool = WorkPool(workers=2, queue=0)
    begun, failing = threading.Event(), threading.Event()
    done: list[int] = []

    def work(part: int) -> None:
        if part == 0:
            begun.wait(10)
            failing.set()
            raise ZeroDivisionError
        begun.set()
        failing.wait(10)
        time.sleep(0.1)  # so that the error comes first
        done.append(part)

    with pytest.raises(ZeroDivisionError):
        asyncio.run(pool.run(lambda: pool.share(work, range(20))))
    assert 1 <= len(done) < 19
    pool.close()


def test_a_caller_waits_no_longer_than_the_deadline_and_work_that_waited_is_not_begun() -> None:
    pool = WorkPool(workers=1, queue=1, deadline_s=0.1)
    gate, begun = threading.Event(), threading.Event()

    async def scenario() -> None:
        working, waiting = (asyncio.create_task(pool.run(work)) for work in (lambda: gate.wait(10), begun.set))
        for late in (working, waiting):
            with pytest.raises(Problem, match=r"within 0\.1 seconds") as caught:
                await late
            assert caught.value.kind is Kind.BUSY
            assert caught.value.headers == {"Retry-After": "2"}
        gate.set()

    asyncio.run(scenario())
    pool.close()
    assert not begun.is_set()


def test_a_caller_who_leaves_while_waiting_is_forgotten() -> None:
    pool = WorkPool(workers=1, queue=1)
    gate, begun = threading.Event(), threading.Event()

    async def scenario() -> None:
        working = asyncio.create_task(pool.run(lambda: gate.wait(10)))
        leaving = asyncio.create_task(pool.run(begun.set))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        assert pool._taken == 1, "the place is free again"
        gate.set()
        await working

    asyncio.run(scenario())
    pool.close()
    assert not begun.is_set()


def test_a_timeout_of_the_work_itself_is_its_own() -> None:
    pool = WorkPool(workers=1, queue=0)

    def work() -> None:
        raise TimeoutError("of the work")

    with pytest.raises(TimeoutError, match="of the work"):
        asyncio.run(pool.run(work))
    pool.close()
