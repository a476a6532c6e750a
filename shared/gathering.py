"""Calls that come while others are being answered are answered together next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeAlias, TypeVar

Asked = TypeVar("Asked")
Given = TypeVar("Given")

AnswerAll: TypeAlias = Callable[
    [Sequence[Asked]], Awaitable[Sequence[Given | Exception]]
]
"""Answers all that is asked, in its order; an exception is the answer of one alone."""

Group: TypeAlias = list[tuple[Asked, asyncio.Future[Given]]]


class Gathering(Generic[Asked, Given]):
    """Answers one group of calls at a time, in the order they came.

    Nobody waits for company: where there is little to do each call is a group of its
    own. Groups grow by themselves as calls come faster than they are answered, and
    what a group costs is shared then. For one event loop.
    """

    def __init__(
        self,
        answer_all: AnswerAll[Asked, Given],
        *,
        most: int,
        nobodys: tuple[type[Exception], ...] = (),
    ) -> None:
        """At most so many calls are one group; `nobodys` failures blame no call."""
        self._answer_all = answer_all
        self._nobodys = nobodys
        self._most = most
        self._waiting: Group[Asked, Given] = []
        self._running: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Given:
        """Give the answer of its group; raises what is given for it, or went wrong.

        Whoever stops waiting is answered all the same, if the group has begun.
        """
        future: asyncio.Future[Given] = asyncio.get_running_loop().create_future()
        self._waiting.append((asked, future))
        if self._running is None:
            # In no caller's context: log lines of a group are not those of its first.
            self._running = asyncio.create_task(self._run(), context=Context())
        return await future

    async def _run(self) -> None:
        try:
            while group := self._next_group():
                await self._answer(group)
        finally:
            self._running = None

    def _next_group(self) -> Group[Asked, Given]:
        """Take those who wait longest; who has gone away meanwhile is not answered."""
        waiting = [each for each in self._waiting if not each[1].done()]
        group, self._waiting = waiting[: self._most], waiting[self._most :]
        return group

    async def _answer(self, group: Group[Asked, Given]) -> None:
        """When a group fails each is asked again by itself: one may be to blame.

        Not where nobody is: with the database away each would wait for it in turn.
        """
        try:
            answers = await self._answer_all([asked for asked, _ in group])
        except self._nobodys as error:
            answers = [error] * len(group)
        except Exception as error:  # noqa: BLE001 -- whoever asked is told
            if len(group) > 1:
                for each in group:
                    await self._answer([each])
                return
            answers = [error]
        for (_, future), answer in zip(group, answers, strict=True):
            _settle(future, answer)


def _settle(future: asyncio.Future[Given], answer: Given | Exception) -> None:
    if future.done():
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
