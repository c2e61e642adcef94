"""The one store: people, conversations, messages, files and views, and an event for every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from . import model, wire
from .clock import Clock
from .ids import Ids
from .manifest import Manifest
from .model import Channel, ChannelKind, File, Message, User, View
from .options import Faults, SlackOptions
from .ratelimits import RateLimits

Listener = Callable[[model.Change], None]

_PEOPLE = (
    ("ada", "Ada Lovelace", "ada@example.com", "7c3aed"),
    ("grace", "Grace Hopper", "grace@example.com", "0f766e"),
    ("linus", "Linus Pauling", "linus@example.com", "b45309"),
)
_CHANNELS = (("sales", True), ("weather", True), ("random", False))


class Workspace:
    """A Slack workspace with one app installed; nothing in it outlives the process.

    Attributes:
        users: the people, by name; the bot is ``bot``.
        channels: ids of the public channels, by name.
        ephemerals: every ephemeral message shown so far with the id of who saw it, oldest first.
        faults: what shall go wrong.
        rate_limits: the app's call counts.
    """

    def __init__(self, *, manifest: Manifest, options: SlackOptions, clock: Clock) -> None:
        self.manifest = manifest
        self.options = options
        self.clock = clock
        self.ids = Ids(options.seed, clock)
        self.faults = Faults()
        self.rate_limits = RateLimits(clock, post_burst=options.post_burst)
        self.base_url = options.base_url
        self.team_id = self.ids.make("T")
        self.team_name = "Sandbox"
        self.team_domain = "sandbox"
        self.app_id = self.ids.make("A")
        self.app_token = self.ids.token("xapp-1")
        self.signing_secret = self.ids.secret()
        self.verification_token = self.ids.secret(24)
        self.bot = self._make_bot()
        self.users: dict[str, User] = {entry[0]: self._make_person(*entry) for entry in _PEOPLE}
        self.ephemerals: list[tuple[str, Message]] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self._channels: dict[str, Channel] = {}
        self._messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._listeners: list[Listener] = []
        self.channels: dict[str, str] = {}
        self._furnish()

    def _make_bot(self) -> User:
        return User(
            id=self.ids.make("U"),
            name=self.manifest.bot_name,
            real_name=self.manifest.bot_name,
            email="",
            token=self.ids.token("xoxb"),
            color="1f3a5f",
            is_bot=True,
            bot_id=self.ids.make("B"),
        )

    def _make_person(self, name: str, real_name: str, email: str, color: str) -> User:
        return User(self.ids.make("U"), name, real_name, email, self.ids.token("xoxp"), color)

    def _furnish(self) -> None:
        people = [user.id for user in self.users.values()]
        for name, with_bot in _CHANNELS:
            members = [*people, self.bot.id] if with_bot else list(people)
            self.channels[name] = self.add_channel(name, ChannelKind.PUBLIC, members).id
        for person in people:
            self.open_direct([person, self.bot.id])

    # -- the app and its people ------------------------------------------------------------------------

    @property
    def bot_token(self) -> str:
        """The bot token (xoxb)."""
        return self.bot.token

    @property
    def bot_user_id(self) -> str:
        """The bot's user id."""
        return self.bot.id

    @property
    def limited(self) -> int:
        """How many calls of the app were answered with 429."""
        return self.rate_limits.refused.total()

    def everyone(self) -> tuple[User, ...]:
        """The people and the bot."""
        return (*self.users.values(), self.bot)

    def user(self, user_id: str) -> User | None:
        """The person or bot with this id."""
        return next((user for user in self.everyone() if user.id == user_id), None)

    def subscribe(self, listener: Listener) -> None:
        """Call ``listener`` at every change, in order."""
        self._listeners.append(listener)

    def emit(self, change: model.Change) -> None:
        """Tell everybody about a change."""
        for listener in tuple(self._listeners):
            listener(change)

    # -- conversations ---------------------------------------------------------------------------------

    def add_channel(self, name: str, kind: ChannelKind, members: list[str]) -> Channel:
        """Make a conversation."""
        prefix = "D" if kind is ChannelKind.IM else "C"
        created = int(self.clock.now())
        channel = Channel(self.ids.make(prefix), name, kind, members, created, members[0] if members else "")
        self._channels[channel.id] = channel
        self._messages[channel.id] = {}
        return channel

    def open_direct(self, members: Iterable[str]) -> Channel:
        """The DM or group DM between exactly these people, made when there is none."""
        wanted = list(dict.fromkeys(members))
        for channel in self._channels.values():
            if channel.kind in {ChannelKind.IM, ChannelKind.MPIM} and set(channel.members) == set(wanted):
                return channel
        direct = len(wanted) <= 2  # noqa: PLR2004 - a DM has two people, or one who writes to themselves
        names = [user.name for user in map(self.user, wanted) if user is not None]
        name = "" if direct else f"mpdm-{'--'.join(names)}-1"
        return self.add_channel(name, ChannelKind.IM if direct else ChannelKind.MPIM, wanted)

    def channel(self, channel_id: str) -> Channel | None:
        """The conversation with this id."""
        return self._channels.get(channel_id)

    def conversations(self) -> tuple[Channel, ...]:
        """Every conversation."""
        return tuple(self._channels.values())

    def can_see(self, user_id: str, channel: Channel) -> bool:
        """Whether a person may read a conversation: members, and anybody for a public channel."""
        return channel.kind is ChannelKind.PUBLIC or user_id in channel.members

    def join(self, channel: Channel, user_id: str, *, inviter: str = "") -> None:
        """Make somebody a member."""
        if user_id not in channel.members:
            channel.members.append(user_id)
            self.emit(model.Joined(channel.id, user_id, inviter))

    # -- messages --------------------------------------------------------------------------------------

    def message(self, channel_id: str, ts: str) -> Message | None:
        """The message at this place."""
        return self._messages.get(channel_id, {}).get(ts)

    def history(self, channel_id: str) -> Iterator[Message]:
        """Root messages and broadcast replies, newest first."""
        for message in reversed(tuple(self._messages[channel_id].values())):
            if not message.thread_ts or message.broadcast:
                yield message

    def replies(self, channel_id: str, root_ts: str) -> tuple[Message, ...]:
        """The replies of a thread, oldest first, without its root."""
        messages = self._messages[channel_id]
        return tuple(messages[ts] for ts in self._threads.get((channel_id, root_ts), ()))

    def root_ts(self, channel_id: str, ts: str) -> str:
        """The root of the thread that ``ts`` belongs to; a reply's ts is led back to its root."""
        message = self.message(channel_id, ts)
        return (message.thread_ts or ts) if message is not None else ts

    def post(self, message: Message) -> None:
        """Store a new message."""
        self._messages[message.channel][message.ts] = message
        if message.thread_ts:
            self._threads.setdefault((message.channel, message.thread_ts), []).append(message.ts)
        self._show_files(message)
        self.emit(model.Posted(message))

    def change(self, message: Message) -> None:
        """Replace a stored message with its new state."""
        previous = self._messages[message.channel][message.ts]
        self._messages[message.channel][message.ts] = message
        self._hide_files(previous)
        self._show_files(message)
        self.emit(model.Changed(message, previous))

    def delete(self, message: Message) -> None:
        """Delete a message; a root that has replies becomes a tombstone, which goes with the last of them."""
        if self.replies(message.channel, message.ts):
            self.change(_tombstone(message))
            return
        del self._messages[message.channel][message.ts]
        self._hide_files(message)
        if not message.thread_ts:
            self.emit(model.Deleted(message))
            return
        self._threads[message.channel, message.thread_ts].remove(message.ts)
        self.emit(model.Deleted(message))
        root = self.message(message.channel, message.thread_ts)
        if root is not None and root.tombstone and not self.replies(root.channel, root.ts):
            self.delete(root)

    def react(self, message: Message, user_id: str, name: str, *, add: bool) -> None:
        """Add or remove a person's reaction."""
        reactions = dict(message.reactions)
        others = tuple(user for user in reactions.get(name, ()) if user != user_id)
        reactions[name] = (*others, user_id) if add else others
        kept = tuple((key, users) for key, users in reactions.items() if users)
        changed = replace(message, reactions=kept)
        self._messages[message.channel][message.ts] = changed
        self.emit(model.Reacted(changed, user_id, name, add))

    def show_ephemeral(self, user_id: str, message: Message) -> None:
        """Show a message to one person without storing it in the channel; the same ts replaces."""
        self.ephemerals = [kept for kept in self.ephemerals if not _is(kept, user_id, message.ts)]
        self.ephemerals.append((user_id, message))
        self._show_files(message)
        self.emit(model.EphemeralShown(user_id, message))

    def ephemeral(self, user_id: str, ts: str) -> Message | None:
        """An ephemeral message that a person still sees."""
        return next(
            (message for user, message in self.ephemerals if user == user_id and message.ts == ts), None
        )

    def remove_ephemeral(self, user_id: str, message: Message) -> None:
        """Take an ephemeral message away."""
        self.ephemerals = [kept for kept in self.ephemerals if not _is(kept, user_id, message.ts)]
        self.emit(model.EphemeralRemoved(user_id, message.channel, message.ts))

    # -- files -----------------------------------------------------------------------------------------

    def is_usable(self, file: File) -> bool:
        """Whether Slack has processed the file, so that it can be shown."""
        return file.usable_at is not None and self.clock.now() >= file.usable_at

    def can_open(self, user_id: str, file: File) -> bool:
        """Whether a person may see the file: its owner, and who can read a message that shows it."""
        if file.owner == user_id:
            return True
        places = (self.channel(channel) for channel, _ in file.shown_in)
        return any(place is not None and self.can_see(user_id, place) for place in places) or any(
            user == user_id and file.id in shown_files(message) for user, message in self.ephemerals
        )

    def remove_file(self, file: File) -> None:
        """Delete a file; messages lose it as an attachment."""
        del self.files[file.id]
        for channel_id, ts in tuple(file.shown_in):
            message = self.message(channel_id, ts)
            if message is not None and file.id in message.file_ids:
                left = tuple(other for other in message.file_ids if other != file.id)
                self.change(replace(message, file_ids=left))

    def _show_files(self, message: Message) -> None:
        for file_id in shown_files(message):
            if file_id in self.files:
                self.files[file_id].shown_in.add((message.channel, message.ts))

    def _hide_files(self, message: Message) -> None:
        for file_id in shown_files(message):
            if file_id in self.files:
                self.files[file_id].shown_in.discard((message.channel, message.ts))


def _tombstone(message: Message) -> Message:
    """What is left of a deleted root: its place, and a sentence by Slackbot."""
    return Message(message.channel, message.ts, "USLACKBOT", "This message was deleted.", tombstone=True)


def shown_files(message: Message) -> frozenset[str]:
    """Ids of the files that a message shows: attached ones, and images in its blocks."""
    return frozenset(message.file_ids) | frozenset(_images(message.blocks))


def _images(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        file_id = wire.text(wire.mapping(value, "slack_file"), "id")
        if file_id:
            yield file_id
        for item in value.values():
            yield from _images(item)
    elif wire.is_array(value):
        for item in value:
            yield from _images(item)


def _is(kept: tuple[str, Message], user_id: str, ts: str) -> bool:
    return kept[0] == user_id and kept[1].ts == ts
