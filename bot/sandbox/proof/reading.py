"""The workspace as people read it: the bot's messages as the verdict takes them, and when each changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from bot.core.render import notices
from bot.core.render.controls import FEEDBACK_ACTION, RETRY_ACTION, STOP_ACTION
from bot.sandbox.proof.verdict import Post
from bot.sandbox.slack import model, wire
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.traffic import Entry
from bot.sandbox.slack.workspace import Workspace

_TO_COME = (notices.THINKING, notices.WRITING, notices.DRAWING, notices.queued(1)[:12])
_RESULTS = frozenset({"data_table", "table", "data_visualization", "image"})
_Place = tuple[str, str]


def posts(workspace: Workspace) -> tuple[Post, ...]:
    """Every message of the bot that somebody can read, oldest first."""
    shown = [
        post(workspace, message)
        for channel in workspace.conversations()
        for root in workspace.history(channel.id)
        if not root.thread_ts
        for message in (root, *workspace.replies(channel.id, root.ts))
        if message.bot_id
    ]
    whispered = [post(workspace, message, reader=user) for user, message in workspace.ephemerals]
    return tuple(sorted([*shown, *whispered], key=lambda each: float(each.ts)))


def post(workspace: Workspace, message: model.Message, *, reader: str = "") -> Post:
    """One message of the bot."""
    actions = tuple(_values(message.blocks, "action_id"))
    texts = tuple(_texts(message.blocks)) if message.blocks else (message.text,)
    files = tuple(workspace.files[each] for each in sorted(message.shown_files) if each in workspace.files)
    return Post(
        channel=message.channel,
        ts=message.ts,
        thread=message.thread_ts,
        text="\n".join(texts),
        running=STOP_ACTION in actions or any(text.startswith(_TO_COME) for text in texts),
        retry=RETRY_ACTION in actions,
        stopped=notices.STOPPED in texts,
        results=bool(message.file_ids)
        or FEEDBACK_ACTION in actions
        or any(block.get("type") in _RESULTS for block in message.blocks),
        files=tuple((file.name, _text(file)) for file in files),
        reader=reader,
        turn=_turn(message),
    )


def _turn(message: model.Message) -> str:
    """The turn that the message is of: its metadata say it, and its buttons Stop and Retry."""
    marked = wire.text(wire.mapping(message.metadata or {}, "event_payload"), "turn")
    return marked or next(_pressed(message.blocks, {STOP_ACTION, RETRY_ACTION}), "")


def _pressed(value: object, actions: set[str]) -> Iterator[str]:
    """What the app is told by a press of one of these buttons."""
    if wire.is_object(value):
        if value.get("action_id") in actions:
            yield wire.text(value, "value")
        for item in value.values():
            yield from _pressed(item, actions)
    elif wire.is_array(value):
        for item in value:
            yield from _pressed(item, actions)


def _text(file: model.File) -> str:
    return file.data.decode(errors="replace") if file.name.endswith(".md") else ""


def _texts(value: object) -> Iterator[str]:
    """What a person reads in blocks."""
    if wire.is_object(value):
        for key, item in value.items():
            if key in {"text", "alt_text"} and isinstance(item, str):
                yield item
            else:
                yield from _texts(item)
    elif wire.is_array(value):
        for item in value:
            yield from _texts(item)


def _values(value: object, key: str) -> Iterator[str]:
    if wire.is_object(value):
        if isinstance(found := value.get(key), str):
            yield found
        for item in value.values():
            yield from _values(item, key)
    elif wire.is_array(value):
        for item in value:
            yield from _values(item, key)


class Watch:
    """Listens to a workspace: when each message of the bot changed last, and what the app acknowledged.

    Attributes:
        changed: channel and ts of a message of the bot → the workspace's time of its newest version.
        first: the same of its first version.
        delivered: channel and ts of each message whose event the app acknowledged.
    """

    def __init__(self, slack: SlackServer) -> None:
        self._workspace = slack.workspace
        self.changed: dict[_Place, float] = {}
        self.first: dict[_Place, float] = {}
        self.delivered: set[_Place] = set()
        self._waiters: dict[_Place, list[tuple[float, asyncio.Future[float]]]] = {}
        self._news = asyncio.Event()
        slack.workspace.subscribe(self._hear)
        slack.traffic.subscribe(self._overhear)

    async def news(self, seconds: float) -> bool:
        """Waits for a change of any kind; False where nothing has changed for so many seconds."""
        self._news.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def running(self) -> tuple[Post, ...]:
        """The messages in which something is still to come."""
        return tuple(each for each in posts(self._workspace) if each.running)

    def next_sign(self, place: _Place) -> asyncio.Future[float]:
        """Comes true with the seconds until this message changes next."""
        waiter: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(place, []).append((self._workspace.clock.now(), waiter))
        return waiter

    def _hear(self, change: model.Change) -> None:
        self._news.set()
        if isinstance(change, model.Posted | model.Changed) and change.message.bot_id:
            place, now = (change.message.channel, change.message.ts), self._workspace.clock.now()
            self.changed[place] = now
            self.first.setdefault(place, now)
            for began, waiter in self._waiters.pop(place, ()):
                if not waiter.done():
                    waiter.set_result(now - began)

    def _overhear(self, entry: Entry) -> None:
        self._news.set()
        if entry.kind == "event" and entry.status == "acked" and wire.is_object(entry.body):
            event = wire.mapping(wire.mapping(entry.body, "request"), "event")
            self.delivered.add((wire.text(event, "channel"), wire.text(event, "ts")))
