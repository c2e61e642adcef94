"""A window that opens in time, and is filled when what it shows is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass

from bot.core.render import views
from bot.model import Block, Notice
from bot.slack.views import Views

#: Seconds to look for what a window shows, before it is opened and says that it is loading.
PATIENCE = 1.5

Making = Coroutine[None, None, Block]
#: What a window says about an error, which it logs.
Explain = Callable[[Exception], Awaitable[Notice]]


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a window: ``title`` stands in it while what it shows is looked for."""

    trigger_id: str
    title: str
    patience: float = PATIENCE


async def show(opener: Views, opening: Opening, making: Making, *, explain: Explain) -> None:
    """Opens a window; a trigger is good for three seconds, and what takes longer comes into an open one.

    What ``making`` raises in time is raised; later it is explained in the window.

    Raises:
        TriggerOver: the press was too long ago.
        SlackError: as every call.
    """
    task = asyncio.create_task(making)
    try:
        done, _ = await asyncio.wait({task}, timeout=opening.patience)
        if done:
            await opener.open(opening.trigger_id, task.result())
        else:
            opened = await opener.open(opening.trigger_id, views.loading_view(opening.title))
            await opener.update(opened, await _or_explained(task, opening.title, explain))
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _or_explained(task: asyncio.Task[Block], title: str, explain: Explain) -> Block:
    try:
        return await task
    except Exception as error:  # noqa: BLE001 - also a mistake of ours must not leave the window loading
        return views.told_view(title, await explain(error))
