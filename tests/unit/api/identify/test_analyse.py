import asyncio
import threading

import pytest
from starlette.requests import Request
from starlette.types import Message

from api.identify.analyse import look_at
from api.identify.pool import WorkPool
from api.problems import Kind, Problem
from faces.errors import TooMuchWork


def request_of_a_caller_who(leaves: asyncio.Event) -> Request:
    async def receive() -> Message:
        await leaves.wait()
        return {"type": "http.disconnect"}

    return Request({"type": "http", "method": "POST", "headers": []}, receive)


def test_work_whose_caller_has_left_is_not_begun() -> None:
    pool = WorkPool(workers=1, queue=1)
    gate, begun = threading.Event(), threading.Event()

    async def scenario() -> None:
        stays, leaves = asyncio.Event(), asyncio.Event()
        working = asyncio.create_task(look_at(request_of_a_caller_who(stays), pool, lambda: gate.wait(10)))
        await asyncio.sleep(0)
        waiting = asyncio.create_task(look_at(request_of_a_caller_who(leaves), pool, begun.set))
        await asyncio.sleep(0)
        leaves.set()
        with pytest.raises(Problem) as caught:
            await waiting
        assert caught.value.kind is Kind.CALLER_LEFT
        gate.set()
        assert (await working)[0] is True

    asyncio.run(scenario())
    pool.close()
    assert not begun.is_set()


def test_too_much_work_has_a_problem_of_its_own() -> None:
    pool = WorkPool(workers=1, queue=0)

    def work() -> None:
        raise TooMuchWork("It has 7000 scans.")

    async def scenario() -> None:
        with pytest.raises(Problem, match="7000 scans") as caught:
            await look_at(request_of_a_caller_who(asyncio.Event()), pool, work)
        assert caught.value.kind is Kind.PICTURE_TOO_COMPLEX

    asyncio.run(scenario())
    pool.close()
