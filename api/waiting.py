"""Calls that wait for something outside this process (the object store, the database): few at a time, each with a
deadline, so that whatever hangs there holds up nobody else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from contextvars import copy_context
from threading import BoundedSemaphore, Thread
from typing import TypeVar

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.problems import Kind, Problem, document

Result = TypeVar("Result")
RETRY_AFTER_S = 5


class OutsideCalls:
    """Makes calls in threads of their own: at most `most` at the same time, each waited for `timeout_s` at most.

    A call that hangs keeps its place until it ends: while all of them hang, the next is refused at once.
    """

    def __init__(self, name: str, *, most: int, timeout_s: float) -> None:
        self._name, self._timeout_s = name, timeout_s
        self._places = BoundedSemaphore(most)

    def run(self, call: Callable[[], Result]) -> Result:
        """The result of `call()`, or what it raises; `Problem` (not ready) without a free place, or when it is late."""
        if not self._places.acquire(blocking=False):
            raise _not_ready(f"Too many requests wait for the {self._name} already")
        future = Future[Result]()

        def answer() -> None:
            try:
                result = call()
            except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
                future.set_exception(error)
            else:
                future.set_result(result)
            finally:
                self._places.release()

        # A daemon: it must not keep the process from ending. A pool's threads would.
        Thread(target=copy_context().run, args=(answer,), name=self._name, daemon=True).start()
        with suppress(TimeoutError):
            return future.result(self._timeout_s)
        if future.done():  # the call itself raised it
            return future.result()
        raise _not_ready(f"The {self._name} did not answer within {self._timeout_s:g} seconds")


class FewAtOnce:
    """Middleware for an application that waits for the outside in each of its endpoints: it serves `most` requests at
    the same time. The others wait, without a thread; after `timeout_s`, they are answered that it is not ready."""

    def __init__(self, app: ASGIApp, most: int, timeout_s: float) -> None:
        self._app, self._timeout_s = app, timeout_s
        self._places = asyncio.Semaphore(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._places.acquire()
        except TimeoutError:
            refusal = document(Request(scope), _not_ready("Every request before this one waits for the database"))
            await refusal(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        finally:
            self._places.release()


def _not_ready(said: str) -> Problem:
    return Problem(Kind.NOT_READY, said, headers={"Retry-After": str(RETRY_AFTER_S)})
