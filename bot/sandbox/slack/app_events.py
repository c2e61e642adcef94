"""Which events the app gets for a change in the workspace: what its manifest asks for, where its bot is.

Source: https://docs.slack.dev/apis/events-api
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from . import model, payloads, wire
from .model import Channel, ChannelKind, Message
from .workspace import Workspace

Send = Callable[[wire.JsonObject], None]

_SUBSCRIPTION = {
    ChannelKind.PUBLIC: "message.channels",
    ChannelKind.PRIVATE: "message.groups",
    ChannelKind.IM: "message.im",
    ChannelKind.MPIM: "message.mpim",
}


class AppEvents:
    """Turns changes into event payloads and hands them to ``send``."""

    def __init__(self, workspace: Workspace, send: Send) -> None:
        self._workspace = workspace
        self._send = send

    def __call__(self, change: model.Change) -> None:
        """Send what the app shall know of ``change``."""
        for event in self._events(change):
            self._send(self._envelope(event))

    def _events(self, change: model.Change) -> Iterator[dict[str, object]]:
        if isinstance(change, model.Posted):
            yield from self._posted(change.message)
        elif isinstance(change, model.Changed):
            yield from self._changed(change)
        elif isinstance(change, model.Deleted):
            yield from self._deleted(change.message)
        elif isinstance(change, model.Reacted):
            yield from self._reacted(change)
        elif isinstance(change, model.Joined):
            yield from self._joined(change)
        elif isinstance(change, model.Left):
            yield from self._left(change)
        elif isinstance(change, model.Shared | model.Unshared | model.ChannelMoved):
            yield from self._rearranged(change)
        elif isinstance(change, model.Deactivated):
            yield from self._deactivated(change)

    def _posted(self, message: Message) -> Iterator[dict[str, object]]:
        channel = self._channel(message)
        event = self._message(message, channel)
        mentioned = f"<@{self._workspace.bot.id}>" in message.text and message.user != self._workspace.bot.id
        as_mention = mentioned and not channel.is_direct and "app_mention" in self._subscribed
        if as_mention and self._hears_mentions(channel):
            left_out = {"channel_type", "subtype"}
            yield {key: value for key, value in event.items() if key not in left_out} | {
                "type": "app_mention",
                "team": self._workspace.team_id,
            }
            if not self._workspace.options.deliver_mentions_twice:
                return
        if self._hears(channel):
            yield event

    def _changed(self, change: model.Changed) -> Iterator[dict[str, object]]:
        channel = self._channel(change.message)
        if self._hears(channel):
            yield self._subtype(channel, "message_changed") | {
                "message": payloads.message(self._workspace, change.message),
                "previous_message": payloads.message(self._workspace, change.previous),
            }

    def _deleted(self, message: Message) -> Iterator[dict[str, object]]:
        channel = self._channel(message)
        if self._hears(channel):
            yield self._subtype(channel, "message_deleted") | {
                "deleted_ts": message.ts,
                "previous_message": payloads.message(self._workspace, message),
            }

    def _reacted(self, change: model.Reacted) -> Iterator[dict[str, object]]:
        name = "reaction_added" if change.added else "reaction_removed"
        if name in self._subscribed and self._workspace.bot.id in self._channel(change.message).members:
            yield {
                "type": name,
                "user": change.user,
                "reaction": change.name,
                "item": {"type": "message", "channel": change.message.channel, "ts": change.message.ts},
                "item_user": change.message.user,
                "event_ts": self._workspace.ids.ts(),
            }

    def _joined(self, change: model.Joined) -> Iterator[dict[str, object]]:
        channel = self._workspace.channel(change.channel)
        if channel is None or self._workspace.bot.id not in channel.members:
            return
        if "member_joined_channel" in self._subscribed:
            event = self._membership("member_joined_channel", channel, change.user)
            yield event | ({"inviter": change.inviter} if change.inviter else {})

    def _left(self, change: model.Left) -> Iterator[dict[str, object]]:
        """The app also hears that its own bot was made to leave."""
        channel = self._workspace.channel(change.channel)
        if channel is None or "member_left_channel" not in self._subscribed:
            return
        if self._workspace.bot.id in {*channel.members, change.user}:
            yield self._membership("member_left_channel", channel, change.user)

    def _membership(self, name: str, channel: Channel, user_id: str) -> dict[str, object]:
        user = self._workspace.user(user_id)
        return {
            "type": name,
            "user": user_id,
            "channel": channel.id,
            "channel_type": channel.id[0],
            "team": user.team.id if user is not None else self._workspace.team_id,
            "event_ts": self._workspace.ids.ts(),
        }

    def _rearranged(
        self, change: model.Shared | model.Unshared | model.ChannelMoved
    ) -> Iterator[dict[str, object]]:
        """Told of channels that the bot is in, and of every public one."""
        channel_id = change.new if isinstance(change, model.ChannelMoved) else change.channel
        channel = self._workspace.channel(channel_id)
        if channel is None or not self._workspace.can_see(self._workspace.bot.id, channel):
            return
        event = _rearrangement(change, channel)
        if event.get("type") in self._subscribed:
            yield event | {"event_ts": self._workspace.ids.ts()}

    def _deactivated(self, change: model.Deactivated) -> Iterator[dict[str, object]]:
        user = self._workspace.user(change.user)
        if user is not None and "user_change" in self._subscribed:
            email = "users:read.email" in self._workspace.manifest.bot_scopes
            yield {
                "type": "user_change",
                "user": payloads.user(self._workspace, user, email=email),
                "cache_ts": int(self._workspace.clock.now()),
                "event_ts": self._workspace.ids.ts(),
            }

    @property
    def _subscribed(self) -> frozenset[str]:
        return self._workspace.manifest.bot_events

    def _hears(self, channel: Channel) -> bool:
        return _SUBSCRIPTION[channel.kind] in self._subscribed and self._workspace.bot.id in channel.members

    def _hears_mentions(self, channel: Channel) -> bool:
        """Mentions also come from public channels that the bot is not in (observed, not documented)."""
        outside = channel.kind is ChannelKind.PUBLIC and self._workspace.options.mention_outside_channels
        return outside or self._workspace.bot.id in channel.members

    def _channel(self, message: Message) -> Channel:
        channel = self._workspace.channel(message.channel)
        if channel is None:
            raise LookupError(message.channel)
        return channel

    def _message(self, message: Message, channel: Channel) -> dict[str, object]:
        """A new message as an event: without what only history knows of a thread's root."""
        event = payloads.message(self._workspace, message)
        if message.file_ids:
            event["subtype"] = "file_share"
        return event | {
            "channel": channel.id,
            "channel_type": channel.kind.value,
            "event_ts": message.ts,
        }

    def _subtype(self, channel: Channel, subtype: str) -> dict[str, object]:
        ts = self._workspace.ids.ts()
        return {
            "type": "message",
            "subtype": subtype,
            "hidden": True,
            "channel": channel.id,
            "channel_type": channel.kind.value,
            "ts": ts,
            "event_ts": ts,
        }

    def _envelope(self, event: dict[str, object]) -> dict[str, object]:
        """What stands around an event; whose app it is for stands in ``authorizations`` alone.

        ``team_id`` of what an outsider says in a shared channel is that of the outsider's workspace.
        """
        workspace = self._workspace
        place = self._place(event)
        shared = place is not None and place.is_ext_shared
        said = shared and event["type"] == "message"
        return {
            "token": workspace.verification_token,
            "team_id": event.get("team", workspace.team_id) if said else workspace.team_id,
            "context_team_id": workspace.team_id,
            "context_enterprise_id": None,
            "api_app_id": workspace.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": workspace.ids.make("Ev"),
            "event_time": int(workspace.clock.now()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": workspace.team_id,
                    "user_id": workspace.bot.id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": shared,
            "event_context": f"4-{workspace.ids.secret(48)}",
        }

    def _place(self, event: wire.JsonObject) -> Channel | None:
        """The conversation that an event is about."""
        named = wire.text(event, "channel") or wire.text(event, "new_channel_id")
        return self._workspace.channel(named or wire.text(wire.mapping(event, "item"), "channel"))


def _rearrangement(
    change: model.Shared | model.Unshared | model.ChannelMoved, channel: Channel
) -> dict[str, object]:
    """The event without its time; an invitation that nobody has answered is none."""
    if isinstance(change, model.ChannelMoved):
        return {
            "type": "channel_id_changed",
            "old_channel_id": change.old,
            "new_channel_id": change.new,
        }
    if change.pending:
        return {}
    if isinstance(change, model.Unshared):
        return {
            "type": "channel_unshared",
            "previously_connected_team_id": change.team,
            "channel": channel.id,
            "is_ext_shared": channel.is_ext_shared,
        }
    return {"type": "channel_shared", "connected_team_id": change.team, "channel": channel.id}
