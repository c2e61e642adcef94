"""The one store: people, conversations, messages, files and views, and an event for every change."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from . import model
from .clock import Clock
from .ids import Ids
from .manifest import Manifest
from .model import Channel, ChannelKind, File, Message, Team, User, View
from .options import Faults, SlackOptions
from .people import BOT, PEOPLE, ROOMS, Person
from .ratelimits import RateLimits

Listener = Callable[[model.Change], None]


class Workspace:
    """A Slack workspace with one app installed; nothing in it outlives the process.

    Attributes:
        users: the people, by name; the bot is ``bot``.
        channels: ids of the channels, by name.
        partner: the other organisation's workspace, which outsiders are of.
        other_app_id: another app of this workspace, which gets no payloads.
        ephemerals: every ephemeral message shown so far with the id of who saw it, oldest first.
        faults: what shall go wrong.
        rate_limits: the app's call counts.
        client_id: what the app is known by where people sign in, with ``client_secret``.
        redirect_urls: where they may be sent back to, and to everything beneath; as an admin enters them.
    """

    def __init__(self, *, manifest: Manifest, options: SlackOptions, clock: Clock) -> None:
        self.manifest = manifest
        self.options = options
        self.clock = clock
        self.ids = Ids(options.seed, clock)
        self.faults = Faults()
        self.rate_limits = RateLimits(clock, post_burst=options.post_burst)
        self.base_url = options.base_url
        self.team = Team(self.ids.make("T"), "Sandbox", "sandbox")
        self.partner = Team(self.ids.make("T"), "Partner Ltd", "partner")
        self.app_id, self.other_app_id = self.ids.make("A"), self.ids.make("A")
        self.app_token = self.ids.app_token(self.app_id)
        self.other_app_token = self.ids.app_token(self.other_app_id)
        self.signing_secret = self.ids.secret()
        self.verification_token = self.ids.secret(24)
        self.bot = self._make_bot()
        self.users: dict[str, User] = {name: self._make_person(name, each) for name, each in PEOPLE.items()}
        self.ephemerals: list[tuple[str, Message]] = []
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self._channels: dict[str, Channel] = {}
        self._messages: dict[str, dict[str, Message]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._listeners: list[Listener] = []
        self.channels: dict[str, str] = {}
        self._furnish()
        self.client_id, self.client_secret = self.ids.client_id(), self.ids.secret()
        self.redirect_urls: list[str] = []

    def _make_bot(self) -> User:
        return User(
            id=self.ids.make("U"),
            name=self.manifest.bot_name,
            real_name=self.manifest.bot_name,
            email="",
            token=self.ids.token("xoxb"),
            color="1f3a5f",
            team=self.team,
            is_bot=True,
            bot_id=self.ids.make("B"),
        )

    def _make_person(self, name: str, person: Person) -> User:
        outside = person.standing is model.Standing.OUTSIDER
        return User(
            id=self.ids.make("U"),
            name=name,
            real_name=person.real_name,
            email=person.email,
            token=self.ids.token("xoxp"),
            color=person.color,
            team=self.partner if outside else self.team,
            standing=person.standing,
            deactivated=person.deactivated,
        )

    def _furnish(self) -> None:
        ids = {BOT: self.bot.id} | {name: user.id for name, user in self.users.items()}
        for name, room in ROOMS.items():
            channel = self.add_channel(name, room.kind, [ids[member] for member in room.members])
            channel.connected = [self.partner.id] if room.shared else []
            self.channels[name] = channel.id
        for user in self.users.values():
            if not (user.is_outsider or user.deactivated):
                self.open_direct([user.id, self.bot.id])

    # -- the app and its people ------------------------------------------------------------------------

    @property
    def team_id(self) -> str:
        """Id of this workspace."""
        return self.team.id

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

    def deactivate(self, name: str) -> None:
        """Switch somebody's account off: their token is refused, and they leave every channel."""
        person = replace(self.users[name], deactivated=True)
        self.users[name] = person
        for channel in self._channels.values():
            if channel.kind in {ChannelKind.PUBLIC, ChannelKind.PRIVATE} and person.id in channel.members:
                channel.members.remove(person.id)
        self.emit(model.Deactivated(person.id))

    def is_stranger(self, user: User) -> bool:
        """Whether somebody of another organisation is in no channel that the app can see."""
        shared = (place for place in self._channels.values() if user.id in place.members)
        return user.is_outsider and not any(self.can_see(self.bot.id, place) for place in shared)

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
        """Whether a person may read a conversation: its members, and for a public channel who is no guest."""
        if user_id in channel.members:
            return True
        user = self.user(user_id)
        return channel.kind is ChannelKind.PUBLIC and user is not None and user.browses

    def join(self, channel: Channel, user_id: str, *, inviter: str = "") -> None:
        """Make somebody a member."""
        if user_id not in channel.members:
            channel.members.append(user_id)
            self.emit(model.Joined(channel.id, user_id, inviter))

    def remove_member(self, channel_id: str, user_id: str) -> None:
        """Make somebody leave."""
        channel = self._channels[channel_id]
        if user_id in channel.members:
            channel.members.remove(user_id)
            self.emit(model.Left(channel_id, user_id))

    # -- channels with other organisations -------------------------------------------------------------

    def team_name(self, team_id: str) -> str:
        """What a workspace is called; of one that is not known, its id."""
        known = {team.id: team.name for team in (self.team, self.partner)}
        return known.get(team_id, team_id)

    def invite_teams(self, channel_id: str, team_ids: Iterable[str]) -> None:
        """Invite other workspaces to share a channel; until they answer the sharing is pending."""
        channel = self._channels[channel_id]
        for team_id in team_ids:
            if team_id not in {*channel.invited, *channel.connected}:
                channel.invited.append(team_id)
                self.emit(model.Shared(channel_id, team_id, pending=True))

    def share_channel(self, channel_id: str, team_ids: Iterable[str]) -> None:
        """Share a channel with other workspaces or organisations (``T…`` or ``E…``)."""
        channel = self._channels[channel_id]
        for team_id in team_ids:
            channel.invited = [other for other in channel.invited if other != team_id]
            if team_id not in channel.connected:
                channel.connected.append(team_id)
                self.emit(model.Shared(channel_id, team_id))

    def unshare_channel(self, channel_id: str, team_ids: Iterable[str] = ()) -> None:
        """End the sharing with these or with all, invitations too; their people are members no longer."""
        channel = self._channels[channel_id]
        for team_id in tuple(team_ids) or (*channel.connected, *channel.invited):
            pending = team_id not in channel.connected
            channel.invited = [other for other in channel.invited if other != team_id]
            channel.connected = [other for other in channel.connected if other != team_id]
            theirs = {user.id for user in self.users.values() if user.team.id == team_id}
            channel.members[:] = [member for member in channel.members if member not in theirs]
            self.emit(model.Unshared(channel_id, team_id, pending))

    def change_channel_id(self, channel_id: str) -> str:
        """Give a channel another id, as Slack may when it is shared; returns that. The old one is gone."""
        new = self.ids.make("C")
        self._channels[channel_id].id = new
        self._channels = {place.id: place for place in self._channels.values()}
        self.channels = {name: new if known == channel_id else known for name, known in self.channels.items()}
        messages = self._messages.pop(channel_id)
        self._messages[new] = {ts: replace(message, channel=new) for ts, message in messages.items()}
        self._threads = {
            (new if place == channel_id else place, root): replies
            for (place, root), replies in self._threads.items()
        }
        self.ephemerals = [
            (user, replace(said, channel=new) if said.channel == channel_id else said)
            for user, said in self.ephemerals
        ]
        for file in self.files.values():
            file.shown_in = {(new if place == channel_id else place, ts) for place, ts in file.shown_in}
        self.emit(model.ChannelMoved(channel_id, new))
        return new

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
            user == user_id and file.id in message.shown_files for user, message in self.ephemerals
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
        for file_id in message.shown_files:
            if file_id in self.files:
                self.files[file_id].shown_in.add((message.channel, message.ts))

    def _hide_files(self, message: Message) -> None:
        for file_id in message.shown_files:
            if file_id in self.files:
                self.files[file_id].shown_in.discard((message.channel, message.ts))


def _tombstone(message: Message) -> Message:
    """What is left of a deleted root: its place, and a sentence by Slackbot."""
    return Message(message.channel, message.ts, "USLACKBOT", "This message was deleted.", tombstone=True)


def _is(kept: tuple[str, Message], user_id: str, ts: str) -> bool:
    return kept[0] == user_id and kept[1].ts == ts
