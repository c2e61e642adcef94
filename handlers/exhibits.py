"""Controls on one visualization: Show data, Show SQL, Export CSV, and the choice of its chart's type.

All of them work from the stored result, so they work after a restart as well; where it is no longer kept, the
person who pressed reads what to do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import aiohttp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.core import exports, sql, tables
from bot.core.render import notices, views
from bot.core.results import StoredResult
from bot.memory import Memory
from bot.model import Block, Draft, Native, Visualization, VisualizationType
from bot.results import Results
from bot.slack.files import Files
from bot.slack.poster import DraftRefused, Poster
from bot.slack.views import Views
from handlers import inbound
from handlers.desk import Declined, Desk
from handlers.press import Press, Target

_log = logging.getLogger("handlers")

_OK = 200


class Redraws(Protocol):
    """What draws a delivered answer anew."""

    async def redraw(self, result: StoredResult, index: int, wanted: VisualizationType) -> None:
        """Shows visualization ``index`` as ``wanted`` in the messages that stand there; keeps the result.

        Only one is on its way for each turn; it may raise BotError.
        """


@dataclass(frozen=True, slots=True)
class Tools:
    """What the controls work with.

    Attributes:
        native: which of Slack's own data blocks a workspace (its id) gets.
        patience: seconds to look for what a window shows, before it is opened and says that it is loading.
    """

    results: Results
    memory: Memory
    poster: Poster
    files: Files
    views: Views
    redraws: Redraws
    native: Callable[[str], Awaitable[Native]]
    patience: float = 1.5


class ExhibitControls:
    """Listens to the controls; anybody in the channel may use them."""

    def __init__(self, desk: Desk, tools: Tools) -> None:
        self._desk = desk
        self._tools = tools

    async def on_data(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Shows the first page of the data to the person who pressed alone."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._show_data(press), failed=notices.not_done())

    async def on_page(self, ack: AsyncAck, body: inbound.Payload, respond: AsyncRespond) -> None:
        """Turns to another page, in the same place."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._turn_page(press, respond), failed=notices.not_done())

    async def on_sql(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Shows the SQL in a window."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._show_sql(press), failed=notices.not_done())

    async def on_csv(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Puts all rows that are held into the thread as a file; once for each press."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._export(press), failed=notices.not_done())

    async def on_chart(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Draws the shared chart anew as the chosen type."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._redraw(press), failed=notices.not_done())

    # -- data --

    async def _show_data(self, press: Press) -> None:
        await self._show_alone(press, _target(press), 0)

    async def _turn_page(self, press: Press, respond: AsyncRespond) -> None:
        target = _target(press)
        page = int(target.rest or 0)
        for native in await self._forms(press):
            draft, thread_ts = await self._page(target, page, native=native)
            if await _replaced(respond, draft, thread_ts=thread_ts):
                return
        await self._show_alone(press, target, page)

    async def _forms(self, press: Press) -> tuple[bool, ...]:
        """Whether the table is Slack's own one: yes and then no where the workspace may take it, else no."""
        native = await self._tools.native(press.team)
        return (True, False) if native.tables else (False,)

    async def _page(self, target: Target, page: int, *, native: bool) -> tuple[Draft, str]:
        """The page, and the thread that it belongs to: of a press on a page, Slack may not tell that."""
        result, visualization = await self._found(target)
        value = f"{target.turn}:{target.index}"

        def made() -> Draft:
            return views.data_page(value, tables.build(visualization), page, native=native)

        return await asyncio.to_thread(made), result.question.thread.thread_ts

    async def _show_alone(self, press: Press, target: Target, page: int) -> None:
        for native in await self._forms(press):
            draft, thread_ts = await self._page(target, page, native=native)
            try:
                await self._tools.poster.post_ephemeral(
                    press.channel, press.user, draft, thread_ts=thread_ts, strict=native
                )
            except DraftRefused:
                if not native:
                    raise
            else:
                return

    # -- SQL --

    async def _show_sql(self, press: Press) -> None:
        """The trigger is good for three seconds: what takes longer comes into a window that stands open."""
        making = asyncio.create_task(self._sql_view(_target(press)))
        try:
            done, _ = await asyncio.wait({making}, timeout=self._tools.patience)
            if done:
                await self._tools.views.open(press.trigger_id, making.result())
            else:
                opened = await self._tools.views.open(press.trigger_id, views.loading_view(views.sql_title()))
                await self._tools.views.update(opened, await _or_said(making))
        finally:
            making.cancel()
            await asyncio.gather(making, return_exceptions=True)

    async def _sql_view(self, target: Target) -> Block:
        result, visualization = await self._found(target)
        code = visualization.code
        if code is None:
            raise Declined(notices.no_longer_kept())
        text = await asyncio.to_thread(sql.pretty, code)
        attached = bool(result.exhibits[target.index].sql_file)
        return views.sql_view(visualization.title, text, dialect=code.dialect, attached=attached)

    # -- CSV --

    async def _export(self, press: Press) -> None:
        target = _target(press)
        once = f"export:{target.turn}:{target.index}:{press.user}:{press.at}"
        if not await self._tools.memory.first_time(press.team, press.channel, once):
            return
        _, visualization = await self._found(target)
        table = await asyncio.to_thread(tables.build, visualization)
        data = await asyncio.to_thread(exports.csv_bytes, table)
        name = exports.file_name(table.title)
        said = notices.exported(
            press.user, table.title, rows=len(table.rows), total=table.total_rows, more=table.has_more
        )
        await self._tools.files.upload(
            name, data, title=name, channel=press.channel, thread_ts=press.thread_ts, comment=said
        )

    # -- chart --

    async def _redraw(self, press: Press) -> None:
        target = _target(press)
        wanted = VisualizationType(target.rest)
        async with self._tools.results.changing(target.turn):
            result, _ = await self._found(target)
            if result.chosen[target.index] is not wanted:
                await self._tools.redraws.redraw(result, target.index, wanted)

    async def _found(self, target: Target) -> tuple[StoredResult, Visualization]:
        result = await self._tools.results.load(target.turn)
        if result is None or target.index >= len(result.visualizations):
            raise Declined(notices.no_longer_kept())
        return result, result.visualizations[target.index]


def _target(press: Press) -> Target:
    target = press.target()
    if target is None:
        raise Declined(notices.no_longer_kept())
    return target


async def _or_said(making: asyncio.Task[Block]) -> Block:
    """What was made for a window that stands open already, or what came in between."""
    try:
        return await making
    except Declined as declined:
        return views.told_view(views.sql_title(), declined.notice)
    except Exception:  # noqa: BLE001 - also a mistake of ours must not leave the window loading
        _log.exception("A window could not be filled")
        return views.told_view(views.sql_title(), notices.not_done())


async def _replaced(respond: AsyncRespond, draft: Draft, *, thread_ts: str) -> bool:
    """Whether Slack put the draft in the place of the message with the button; it takes that for a while."""
    try:
        answer = await respond(
            text=draft.text,
            blocks=[dict(block) for block in draft.blocks],
            replace_original=True,
            unfurl_links=False,
            unfurl_media=False,
            thread_ts=thread_ts,
        )
    except (aiohttp.ClientError, TimeoutError, OSError):
        return False
    return answer.status_code == _OK
