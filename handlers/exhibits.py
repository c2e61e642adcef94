"""Controls on one visualization: Show data, Show SQL, Export CSV, and the choice of its chart's type.

All of them work from stored results, so they work after a restart as well; where nothing is kept any more,
the person who pressed reads what to do. Whoever has other rights than the asker works on a copy of their own,
and is the only one who sees it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.audit import What
from bot.core import exports, sql, tables
from bot.core.render import blocks, notices, views
from bot.core.results import StoredResult
from bot.memory import Memory
from bot.model import Block, Deed, Draft, Native, ThreadKey, VisualizationType
from bot.redrawing import Place
from bot.results import Results
from bot.slack.files import Files
from bot.slack.poster import DraftRefused, Poster
from bot.slack.views import Views
from handlers import inbound, replies, windows
from handlers.desk import Declined, Desk
from handlers.press import Press, Target
from handlers.readers import Found, Readers


class Redraws(Protocol):
    """What draws a delivered answer anew."""

    async def redraw(
        self, result: StoredResult, index: int, wanted: VisualizationType, *, exports: bool
    ) -> None:
        """Shows visualization ``index`` as ``wanted`` in the messages that stand there; keeps the result.

        Only one is on its way for each turn; it may raise BotError.
        """

    async def draw_alone(self, copy: StoredResult, place: Place, wanted: VisualizationType) -> None:
        """Shows a result to one reader as ``wanted``; it may raise BotError."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the controls work with.

    Attributes:
        native: which of Slack's own data blocks a workspace (its id) gets.
        patience: seconds to look for what a window shows, before it is opened and says that it is loading.
    """

    readers: Readers
    results: Results
    memory: Memory
    poster: Poster
    files: Files
    views: Views
    redraws: Redraws
    native: Callable[[str], Awaitable[Native]]
    patience: float = windows.PATIENCE


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
        await self._desk.obey(press, self._turn_or_end(press, respond), failed=notices.not_done())

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
        target = _target(press)
        found = await self._tools.readers.find(press, target, Deed.USE)
        await self._show_alone(press, target, found, 0)
        await self._note(What.SHOWN, press, found, "data")

    async def _turn_or_end(self, press: Press, respond: AsyncRespond) -> None:
        """Where there is nothing to turn to any more, the page says so itself.

        Its answer may have been deleted, and in a thread without replies a word aside is seen by nobody.
        """
        try:
            await self._turn_page(press, respond)
        except Declined as declined:
            if not await replies.reply(respond, blocks.told(declined.notice, turn=None), replace=True):
                raise

    async def _turn_page(self, press: Press, respond: AsyncRespond) -> None:
        target = _target(press)
        page = int(target.rest or 0)
        found = await self._tools.readers.find(press, target, Deed.USE)
        thread_ts = found.shared.question.thread.thread_ts
        for native in await self._forms(press):
            draft = await _page(target, found, page, native=native)
            if await replies.reply(respond, draft, thread_ts=thread_ts, replace=True):
                return
        await self._show_alone(press, target, found, page)

    async def _forms(self, press: Press) -> tuple[bool, ...]:
        """Whether the table is Slack's own one: yes and then no where the workspace may take it, else no."""
        native = await self._tools.native(press.team)
        return (True, False) if native.tables else (False,)

    async def _show_alone(self, press: Press, target: Target, found: Found, page: int) -> None:
        # Of a press on a page, Slack may not tell the thread that it belongs to.
        thread_ts = found.shared.question.thread.thread_ts
        for native in await self._forms(press):
            draft = await _page(target, found, page, native=native)
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
        await windows.show(
            self._tools.views,
            windows.Opening(press.trigger_id, views.sql_title(), patience=self._tools.patience),
            self._sql_view(press, _target(press)),
            explain=partial(self._desk.explain, press, failed=notices.not_done()),
        )

    async def _sql_view(self, press: Press, target: Target) -> Block:
        found = await self._tools.readers.find(press, target, Deed.USE)
        code, rights = found.visualization.code, found.reader.rights
        if code is None or (rights is not None and not rights.sql):
            raise Declined(notices.no_sql())
        text = await asyncio.to_thread(sql.pretty, code)
        attached = found.own and bool(found.result.exhibits[found.index].sql_file)
        await self._note(What.SHOWN, press, found, "sql")
        return views.sql_view(found.visualization.title, text, dialect=code.dialect, attached=attached)

    # -- CSV --

    async def _export(self, press: Press) -> None:
        target = _target(press)
        once = f"export:{target.turn}:{target.index}:{press.user}:{press.at}"
        if not await self._tools.memory.first_time(press.team, press.channel, once):
            return
        found = await self._tools.readers.find(press, target, Deed.EXPORT)
        table = await asyncio.to_thread(tables.build, found.visualization)
        data = await asyncio.to_thread(exports.csv_bytes, table)
        said = notices.exported(
            press.user, table.title, rows=len(table.rows), total=table.total_rows, more=table.has_more
        )
        place = await self._place_for(press, found, table.title)
        name = exports.file_name(table.title)
        await self._tools.files.upload(
            name, data, title=name, channel=place.channel, thread_ts=place.thread_ts, comment=said
        )
        await self._note(What.EXPORTED, press, found, "csv", rows=len(table.rows))

    async def _place_for(self, press: Press, found: Found, title: str) -> ThreadKey:
        """Rows of the asker's go where the answer stands; those of others to their direct messages."""
        if found.own:
            return found.shared.question.thread
        notice = notices.exported_to_you(title, press.channel)
        posted = await self._tools.poster.send(press.user, blocks.told(notice, turn=None))
        return ThreadKey(press.team, posted.channel, posted.ts)

    # -- chart --

    async def _redraw(self, press: Press) -> None:
        target = _target(press)
        wanted = VisualizationType(target.rest)
        found = await self._tools.readers.find(press, target, Deed.USE)
        if found.own:
            await self._redraw_shared(target, wanted, exports=found.reader.admission.exports)
        else:
            place = Place(
                turn=target.turn,
                index=found.index,
                shown_index=target.index,
                thread=found.shared.question.thread,
                user=press.user,
                exports=found.reader.admission.exports,
            )
            await self._tools.redraws.draw_alone(found.result, place, wanted)
        await self._note(What.SHOWN, press, found, wanted.value)

    async def _redraw_shared(self, target: Target, wanted: VisualizationType, *, exports: bool) -> None:
        """One at a time: each begins with what the one before it left."""
        async with self._tools.results.changing(target.turn):
            result = await self._tools.results.load(target.turn)
            if result is None:
                raise Declined(notices.no_longer_kept())
            if result.chosen[target.index] is not wanted:
                await self._tools.redraws.redraw(result, target.index, wanted, exports=exports)

    async def _note(self, what: What, press: Press, found: Found, form: str, *, rows: int = 0) -> None:
        await self._desk.note(
            what,
            press,
            turn=found.shared.turn,
            identity=found.reader.identity,
            domain=found.result.domain,
            details={"form": form, "result": found.index, "rows": rows or len(found.visualization.rows)},
        )


async def _page(target: Target, found: Found, page: int, *, native: bool) -> Draft:
    value, visualization = f"{target.turn}:{target.index}", found.visualization

    def made() -> Draft:
        return views.data_page(value, tables.build(visualization), page, native=native)

    return await asyncio.to_thread(made)


def _target(press: Press) -> Target:
    target = press.target()
    if target is None:
        raise Declined(notices.no_longer_kept())
    return target
