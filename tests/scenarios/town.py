"""A bot, a tenant and a workspace, and the people who talk: scenario tests read as dialogs.

Everything goes over real sockets. Nothing polls: waiting means looking again whenever the workspace changes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import app
from bot.core.render.blocks import RETRY_ACTION, STOP_ACTION
from bot.sandbox.demo import World, world
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.analyst import Analyst
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer

_T = TypeVar("_T")

#: Changes a bot's settings.
Change = Callable[[app.Configuration], app.Configuration]

#: Fast enough for tests, with files that still become visible late.
SLACK = SlackOptions(file_visibility_delay=0.05)
PATIENCE = 30.0


class Town:
    """The workspace, seen from outside."""

    def __init__(self, here: World, folder: Path, analyst: Analyst, base: Change) -> None:
        self.sql = analyst.run
        self._base = base
        self.here = here
        self.tenant = here.tenant
        self.slack = here.slack
        self.workspace = here.slack.workspace
        self.folder = folder
        self._changed = asyncio.Condition()
        self._pending: set[asyncio.Task[None]] = set()
        self.workspace.subscribe(lambda _: self._announce())

    def person(self, name: str) -> Person:
        """Somebody of the workspace."""
        return Person(self, name)

    @asynccontextmanager
    async def bot(
        self,
        *,
        http: bool = False,
        change: Change = lambda same: same,
    ) -> AsyncIterator[app.Running]:
        """Runs the bot; its store stays for the next one."""
        configuration = change(self._base(self.here.configuration(self.folder / "store.sqlite")))
        async with app.running(configuration, http=http) as running:
            yield running

    async def until(self, look: Callable[[], _T | None]) -> _T:
        """Returns what ``look`` finds, as soon as it finds something."""
        async with asyncio.timeout(PATIENCE), self._changed:
            while not (found := look()):
                await self._changed.wait()
            return found

    def from_bot(self, channel: str, thread_ts: str) -> list[Message]:
        """The bot's messages of a thread, oldest first."""
        replies = self.workspace.replies(channel, thread_ts)
        return [message for message in replies if message.bot_id]

    async def answers(self, channel: str, thread_ts: str, *, count: int = 1) -> list[Message]:
        """The bot's messages of a thread, when there are ``count`` and none of them is still running."""

        def look() -> list[Message] | None:
            messages = self.from_bot(channel, thread_ts)
            over = len(messages) >= count and not any(is_running(message) for message in messages)
            return messages if over else None

        return await self.until(look)

    async def answer(self, channel: str, thread_ts: str, *, count: int = 1) -> Message:
        """The newest finished message of the bot in a thread that has ``count`` of them."""
        return (await self.answers(channel, thread_ts, count=count))[-1]

    async def whispered(self, name: str, *, containing: str = "") -> Message:
        """What a person alone was shown."""
        user = self.workspace.users[name].id

        def look() -> Message | None:
            shown = [message for who, message in self.workspace.ephemerals if who == user]
            return next((message for message in shown if containing in everything(message)), None)

        return await self.until(look)

    @contextmanager
    def logged(self, logger: str, containing: str) -> Iterator[asyncio.Future[str]]:
        """Comes true when the bot's log says so: for what nobody sees in Slack."""
        said: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        log, handler = logging.getLogger(logger), _Listening(containing, said)
        level = log.level
        log.setLevel(logging.DEBUG)
        log.addHandler(handler)
        try:
            yield said
        finally:
            log.removeHandler(handler)
            log.setLevel(level)

    def private(self, name: str) -> tuple[str, Message] | None:
        """The direct messages of the bot with somebody, and the newest root there that is the bot's."""
        direct = self.workspace.open_direct([self.workspace.users[name].id, self.workspace.bot_user_id])
        roots = (each for each in self.workspace.history(direct.id) if each.bot_id)
        newest = next(roots, None)
        return (direct.id, newest) if newest is not None else None

    def _announce(self) -> None:
        task = asyncio.get_running_loop().create_task(self._notify())
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    async def _notify(self) -> None:
        async with self._changed:
            self._changed.notify_all()


class _Listening(logging.Handler):
    def __init__(self, containing: str, said: asyncio.Future[str]) -> None:
        super().__init__()
        self._containing = containing
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        if self._containing in record.getMessage() and not self._said.done():
            self._said.set_result(record.getMessage())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who talks in the workspace with their own token."""

    town: Town
    name: str

    @property
    def id(self) -> str:
        return self.town.workspace.users[self.name].id

    async def say(self, channel: str, text: str, *, thread_ts: str | None = None) -> str:
        """Posts as this person; ``@wisdom`` mentions the bot. Returns the ts."""
        text = text.replace("@wisdom", f"<@{self.town.workspace.bot_user_id}>")
        client = AsyncWebClient(
            token=self.town.workspace.users[self.name].token, base_url=self.town.slack.api_url
        )
        posted = await client.chat_postMessage(channel=channel, text=text, thread_ts=thread_ts)
        return str(posted["ts"])

    async def press(self, message: Message, action_id: str) -> None:
        """Presses a button of a message."""
        button = next(each for each in buttons(message) if str(each["action_id"]).startswith(action_id))
        await self.post(
            "action",
            {
                "user": self.id,
                "channel": message.channel,
                "message_ts": message.ts,
                "action": {
                    key: button[key] for key in ("action_id", "block_id", "type", "value") if key in button
                },
                "ephemeral": any(each.ts == message.ts for _, each in self.town.workspace.ephemerals),
            },
        )

    async def command(self, channel: str, text: str) -> None:
        """Types a slash command."""
        await self.post("command", {"user": self.id, "channel": channel, "text": text})

    async def post(self, path: str, body: Mapping[str, object]) -> None:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.town.slack.url}_page/{path}", json=body) as response,
        ):
            answer = await response.json()
            assert answer["ok"], answer


@asynccontextmanager
async def town(
    folder: Path,
    *,
    slack: SlackOptions = SLACK,
    tenant: TenantOptions | None = None,
    indigo: IndigoServer | None = None,
    base: Change = lambda same: same,
) -> AsyncIterator[Town]:
    """A workspace and a tenant without a bot yet; ``base`` changes what every bot is given."""
    analyst = Analyst(datetime.now(UTC).date())
    servers = SlackServer(options=slack), TenantServer(options=tenant, analyst=analyst)
    async with world(*servers, indigo=indigo) as here:
        yield Town(here, folder, analyst, base)


def is_running(message: Message) -> bool:
    """The message still has its Stop button."""
    return any(button["action_id"] == STOP_ACTION for button in buttons(message))


def has_retry(message: Message) -> bool:
    """The message offers to try again."""
    return any(button["action_id"] == RETRY_ACTION for button in buttons(message))


def buttons(message: Message) -> Iterator[dict[str, object]]:
    """Every button in the message's blocks, with its block's id."""
    for block in message.blocks:
        elements = block.get("elements")
        if block.get("type") == "actions" and isinstance(elements, list):
            for element in elements:
                yield {"block_id": block.get("block_id", ""), **element}


def of_type(message: Message, kind: str) -> list[Mapping[str, object]]:
    """The message's blocks of one type."""
    return [block for block in message.blocks if block.get("type") == kind]


def tables(message: Message) -> list[Mapping[str, object]]:
    """The message's tables, of either kind."""
    return [*of_type(message, "data_table"), *of_type(message, "table")]


def charts(message: Message) -> list[Mapping[str, object]]:
    """The message's charts: Slack's own, and pictures."""
    return [*of_type(message, "data_visualization"), *of_type(message, "image")]


def everything(message: Message) -> str:
    """All text of a message: what a person reads in its blocks, or its text where it has none."""
    return "\n".join(_texts(message.blocks)) if message.blocks else message.text


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in {"text", "alt_text"} and isinstance(item, str):
                yield item
            else:
                yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)


def with_wisdom(**changes: object) -> Change:
    """Changes a bot's WisdomAI settings."""
    return lambda same: replace(same, wisdom=same.wisdom.model_copy(update=changes))


def with_process(**changes: object) -> Change:
    """Changes settings of the bot's process."""
    return lambda same: replace(same, process=same.process.model_copy(update=changes))


def with_access(**changes: object) -> Change:
    """Changes who may ask what, and how much."""
    return lambda same: replace(same, access=same.access.model_copy(update=changes))


#: Everybody asks with the rights of the access key's owner.
SERVICE = with_wisdom(identity="service")
#: Charts as pictures and plain tables, as in a workspace without Slack's own data blocks.
PICTURES = with_process(charts="png")
