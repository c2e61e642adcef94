"""``/wisdom``: a question, or help, domains, domain."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.core.render import blocks, notices
from bot.domains import Domains
from bot.errors import BotError, TenantError
from bot.model import Draft, Entrance, Notice, Question, ThreadKey
from bot.slack.poster import Poster
from handlers import inbound
from handlers.desk import Desk

_log = logging.getLogger("handlers")

Command = inbound.Payload


class Commands:
    """Answers ``/wisdom``. A command has no message and no thread: a question gets a root message first."""

    def __init__(self, desk: Desk, domains: Domains, poster: Poster, *, new_ref: Callable[[], str]) -> None:
        self._desk = desk
        self._domains = domains
        self._poster = poster
        self._new_ref = new_ref

    async def on_wisdom(self, ack: AsyncAck, command: Command, respond: AsyncRespond) -> None:
        """Acknowledges first: Slack waits three seconds for that, and WisdomAI may take longer."""
        await ack()
        text = inbound.plain_text(str(command.get("text") or ""), bot_user="")
        verb, _, rest = text.partition(" ")
        if verb.lower() in {"", "help"} and not rest:
            await _reply(respond, self._desk.help())
        elif verb.lower() == "domains" and not rest:
            await self._guarded(respond, self._list_domains(command))
        elif verb.lower() == "domain":
            await self._guarded(respond, self._domain(command, rest))
        else:
            await self._guarded(respond, self._ask(command, text))

    async def _ask(self, command: Command, text: str) -> Draft | None:
        team, channel, user = (str(command[key]) for key in ("team_id", "channel_id", "user_id"))
        ts = await self._poster.post(channel, blocks.asked(user, text))
        await self._desk.take(Question(ThreadKey(team, channel, ts), ts, user, text, Entrance.COMMAND))
        return None

    async def _list_domains(self, command: Command) -> Draft:
        team, channel = str(command["team_id"]), str(command["channel_id"])
        known = await self._domains.all()
        try:
            current = await self._domains.for_channel(team, channel)
        except TenantError:
            current = None
        return blocks.domain_list(known, current=current.id if current else "")

    async def _domain(self, command: Command, name: str) -> Draft:
        team, channel = str(command["team_id"]), str(command["channel_id"])
        if not name:
            return _said(notices.domain_now(await self._domains.for_channel(team, channel)))
        return _said(notices.domain_set(await self._domains.choose(team, channel, name)))

    async def _guarded(self, respond: AsyncRespond, work: Awaitable[Draft | None]) -> None:
        """Replies with what came out, or with what went wrong: only the person who typed sees it."""
        try:
            draft = await work
        except BotError as error:
            ref = self._new_ref()
            _log.warning("Command %s failed: %s: %s", ref, type(error).__name__, error)
            draft = _said(notices.for_error(error, ref=ref))
        if draft is not None:
            await _reply(respond, draft)


def _said(notice: Notice) -> Draft:
    """A reply to a command has no turn that a button could ask again."""
    return blocks.told(notice, turn=None)


async def _reply(respond: AsyncRespond, draft: Draft) -> None:
    await respond(text=draft.text, blocks=[dict(block) for block in draft.blocks] or None)
