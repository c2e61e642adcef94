"""``/indigo`` and its buttons: pages of chats, Stop of an export, posting a report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.core.indigo import requests
from bot.core.render import indigo as drawn
from bot.core.render import indigo_notices as words
from bot.core.render import refusals
from bot.errors import AccessDenied, BotError, SlackError
from bot.model import Draft
from bot.reporting.desk import LOOKING, Asked, IndigoDesk
from bot.slack.poster import Poster
from handlers import inbound, replies
from handlers.press import Press

_log = logging.getLogger("handlers")

#: Seconds after which somebody who waits is told what is going on.
_PATIENCE = 0.6


@dataclass(frozen=True, slots=True)
class Tools:
    """What the listeners work with.

    Attributes:
        desk: None where Indigo is not connected.
        new_ref: makes references for the log.
        patience: seconds after which somebody who waits is told what is going on.
    """

    desk: IndigoDesk | None
    poster: Poster
    new_ref: Callable[[], str]
    patience: float = _PATIENCE


class IndigoCommands:
    """Listens to ``/indigo``. What it says is seen by the person alone."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def on_indigo(self, ack: AsyncAck, command: inbound.Payload, respond: AsyncRespond) -> None:
        """Acknowledges soon, with a word on what is going on where the work takes longer."""
        desk = self._tools.desk
        if desk is None:
            await ack(text=words.NOT_CONFIGURED)
            return
        request = requests.read(str(command.get("text") or ""))
        asked = Asked(str(command["user_id"]), str(command["team_id"]), str(command["channel_id"]))
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._guarded(asked, desk.command(asked, request)))
            await asyncio.wait({work}, timeout=self._tools.patience)
            await (ack() if work.done() else ack(text=LOOKING.get(request.verb, words.LOOKING)))
        await self._show(asked, respond, work.result())

    async def on_chats(self, ack: AsyncAck, body: inbound.Payload, respond: AsyncRespond) -> None:
        """Turns a page of a list of chats, in its place."""
        await ack()
        press = Press(body)
        if self._tools.desk is not None:
            asked = _asked(press)
            draft, done = await self._tried(asked, self._tools.desk.turn(asked, press.value))
            await self._show(asked, respond, draft, replace=done)

    async def on_post(self, ack: AsyncAck, body: inbound.Payload, respond: AsyncRespond) -> None:
        """Posts the report that somebody looks at in the channel."""
        await ack()
        press = Press(body)
        if self._tools.desk is not None:
            asked = _asked(press)
            draft, done = await self._tried(asked, self._tools.desk.post(asked, press.value))
            await self._show(asked, respond, draft, replace=done)

    async def on_stop(self, ack: AsyncAck, body: inbound.Payload, respond: AsyncRespond) -> None:
        """Stops an export; that it did is said where its progress stands."""
        await ack()
        press = Press(body)
        if self._tools.desk is not None:
            asked = _asked(press)
            await self._show(
                asked, respond, await self._guarded(asked, self._tools.desk.stop(asked, press.value))
            )

    async def _guarded(self, asked: Asked, work: Awaitable[Draft | None]) -> Draft | None:
        """What came out, or what went wrong, in a sentence."""
        draft, _ = await self._tried(asked, work)
        return draft

    async def _tried(self, asked: Asked, work: Awaitable[Draft | None]) -> tuple[Draft | None, bool]:
        """As ``_guarded``, and whether it went well: else what somebody looks at stays where it is."""
        try:
            return await work, True
        except Exception as error:  # noqa: BLE001 - also a mistake of ours must not leave them without a word
            ref = self._tools.new_ref()
            self._log(error, ref)
            if isinstance(error, AccessDenied) and self._tools.desk is not None:
                await self._tools.desk.refused(asked, refusals.word(error))
            return drawn.said(words.for_error(error, ref=ref).text), False

    def _log(self, error: Exception, ref: str) -> None:
        if isinstance(error, BotError):
            _log.warning("Indigo in Slack failed, ref %s: %s: %s", ref, type(error).__name__, error)
        else:
            _log.error("Indigo in Slack failed by a mistake of ours, ref %s", ref, exc_info=error)

    async def _show(
        self, asked: Asked, respond: AsyncRespond, draft: Draft | None, *, replace: bool = False
    ) -> None:
        """Where Slack's address for answers is over, they are told in direct messages."""
        if draft is None or await replies.reply(respond, draft, replace=replace):
            return
        try:
            await self._tools.poster.post(asked.user, draft)
        except SlackError as error:
            _log.warning("Nobody could be told: %s", error)


def _asked(press: Press) -> Asked:
    return Asked(press.user, press.team, press.channel)
