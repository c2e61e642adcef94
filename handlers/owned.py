"""Listeners as tasks of ours: Slack is answered when they acknowledge, and the end of the app waits for them.

Bolt would run them in tasks that nobody holds, and acknowledge events before anybody has looked at them. So
it is told to wait for its listeners (``process_before_response``), and each of them is wrapped here.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.response import BoltResponse

from bot.tasks import Tasks

Listener = Callable[..., Coroutine[object, object, None]]


class Acknowledging(AsyncAck):
    """Bolt's ``ack``, which tells that it was called.

    Attributes:
        called: set by the call.
    """

    def __init__(self, ack: AsyncAck) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # Bolt's own
        self._ack = ack
        self.called = asyncio.Event()

    async def __call__(self, *arguments: object, **named: object) -> BoltResponse:
        """Acknowledges, with what Slack is to show."""
        response = await self._ack(*arguments, **named)  # type: ignore[arg-type] # Bolt's own arguments, passed on
        self.called.set()
        return response


def owned(listener: Listener, tasks: Tasks) -> Callable[..., Awaitable[None]]:
    """The listener for Bolt: it returns when ``listener`` has called its ``ack``, or is over.

    What it raises before that goes to Bolt: the delivery is not acknowledged, and Slack repeats it.
    """

    @functools.wraps(listener)
    async def start(**arguments: object) -> None:
        acknowledging = arguments.get("ack")
        if not isinstance(acknowledging, AsyncAck):
            await tasks.start(listener(**arguments), name=listener.__name__)
            return
        ack = Acknowledging(acknowledging)
        task = tasks.start(listener(**{**arguments, "ack": ack}), name=listener.__name__)
        called = asyncio.ensure_future(ack.called.wait())
        try:
            await asyncio.wait({task, called}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            called.cancel()
        if not ack.called.is_set():
            await task

    return start
