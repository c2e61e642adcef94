"""conversations.*: what there is, what was said, who is there.

Source: https://docs.slack.dev/reference/methods/conversations.history and its neighbours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import payloads
from .call import Call, Handler, page
from .errors import Refused
from .methods import TokenKind
from .model import Channel, ChannelKind, Message

_TYPES = {
    "public_channel": ChannelKind.PUBLIC,
    "private_channel": ChannelKind.PRIVATE,
    "im": ChannelKind.IM,
    "mpim": ChannelKind.MPIM,
}


def routes() -> Mapping[str, Handler]:
    """The methods of this family."""
    return {
        "conversations.history": history,
        "conversations.info": info,
        "conversations.invite": invite,
        "conversations.join": join,
        "conversations.list": list_all,
        "conversations.members": members,
        "conversations.open": open_direct,
        "conversations.replies": replies,
        "users.conversations": list_own,
    }


def list_all(call: Call) -> Mapping[str, object]:
    """conversations.list: every conversation of the asked types that the caller can see."""
    wanted = _types(call)
    visible = [
        place
        for place in call.workspace.conversations()
        if place.kind in wanted and call.workspace.can_see(call.actor.user.id, place)
    ]
    return _channels(call, visible)


def list_own(call: Call) -> Mapping[str, object]:
    """users.conversations: the conversations that a person is a member of."""
    wanted = _types(call)
    user_id = call.args.text("user") or call.actor.user.id
    mine = [
        place
        for place in call.workspace.conversations()
        if place.kind in wanted
        and user_id in place.members
        and call.workspace.can_see(call.actor.user.id, place)
    ]
    return _channels(call, mine)


def info(call: Call) -> Mapping[str, object]:
    """conversations.info."""
    channel = call.readable()
    call.need_scope(channel.kind, "read")
    payload = payloads.channel(call.workspace, channel, call.actor.user)
    if call.args.flag("include_num_members"):
        payload["num_members"] = len(channel.members)
    return {"channel": payload}


def history(call: Call) -> Mapping[str, object]:
    """conversations.history: root messages, newest first."""
    channel = _readable_history(call)
    said = [message for message in call.workspace.history(channel.id) if _in_range(call, message)]
    items, following = page(call, said, default=100, high=999)
    more = bool(_next(following))
    return {
        "messages": _messages(call, items),
        "has_more": more,
        "pin_count": 0,
        **(following if more else {}),
    }


def replies(call: Call) -> Mapping[str, object]:
    """conversations.replies: the root, then its replies, oldest first; a reply's ts finds only itself."""
    channel = _readable_history(call)
    ts = call.args.required("ts")
    root = call.workspace.message(channel.id, ts)
    answers = call.workspace.replies(channel.id, ts)
    if root is None and not answers:
        raise Refused("thread_not_found")
    thread = [root, *answers] if root is not None else list(answers)
    said = [message for message in thread if message is root or _in_range(call, message)]
    items, following = page(call, said, default=1000, high=1000)
    more = bool(_next(following))
    return {
        "messages": _messages(call, items),
        "has_more": more,
        **(following if more else {}),
    }


def members(call: Call) -> Mapping[str, object]:
    """conversations.members."""
    channel = call.readable()
    call.need_scope(channel.kind, "read")
    items, following = page(call, channel.members, default=100, high=1000)
    return {"members": list(items), **following}


def open_direct(call: Call) -> Mapping[str, object]:
    """conversations.open: the DM or group DM with these people."""
    if call.args.has("channel"):
        channel = call.readable()
        return {"channel": payloads.channel(call.workspace, channel, call.actor.user)}
    users = call.args.names("users")
    if not users:
        raise Refused("users_list_not_supplied")
    for person in map(call.workspace.user, users):
        if person is None:
            raise Refused("user_not_found")
        if not call.reaches(person):
            raise Refused("user_disabled" if person.deactivated else "user_not_visible")
    single = len(set(users) | {call.actor.user.id}) <= 2  # noqa: PLR2004 - two people make a DM
    call.need_scope(ChannelKind.IM if single else ChannelKind.MPIM, "write")
    before = len(call.workspace.conversations())
    channel = call.workspace.open_direct([*users, call.actor.user.id])
    found = len(call.workspace.conversations()) == before
    answer: dict[str, object] = {"channel": {"id": channel.id}}
    if call.args.flag("return_im"):
        answer["channel"] = payloads.channel(call.workspace, channel, call.actor.user)
    return answer | ({"no_op": True, "already_open": True} if found else {})


def join(call: Call) -> Mapping[str, object]:
    """conversations.join: public channels only, and no guests by themselves."""
    channel = call.readable()
    if not call.actor.user.browses:
        raise Refused("user_is_restricted")
    if channel.kind is not ChannelKind.PUBLIC:
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    known = call.actor.user.id in channel.members
    call.workspace.join(channel, call.actor.user.id)
    answer: dict[str, object] = {"channel": payloads.channel(call.workspace, channel, call.actor.user)}
    return answer | ({"warning": "already_in_channel"} if known else {})


def invite(call: Call) -> Mapping[str, object]:
    """conversations.invite: by a member, into a channel; other organisations only where it is shared."""
    channel = call.readable()
    if not call.actor.user.browses:
        raise Refused("user_is_restricted")
    if channel.kind not in {ChannelKind.PUBLIC, ChannelKind.PRIVATE}:
        raise Refused("method_not_supported_for_channel_type")
    if call.actor.user.id not in channel.members:
        raise Refused("not_in_channel")
    users = call.args.names("users")
    if not users:
        raise Refused("no_user")
    for user_id in users:
        person = call.workspace.user(user_id)
        if person is None:
            raise Refused("user_not_found")
        if person.deactivated or (person.is_outsider and person.team.id not in channel.connected):
            raise Refused("cant_invite")
        if user_id in channel.members:
            raise Refused("cant_invite_self" if user_id == call.actor.user.id else "already_in_channel")
    for user_id in users:
        call.workspace.join(channel, user_id, inviter=call.actor.user.id)
    return {"channel": payloads.channel(call.workspace, channel, call.actor.user)}


def _readable_history(call: Call) -> Channel:
    """People read public channels from outside; a bot must be a member."""
    channel = call.readable()
    call.need_scope(channel.kind, "history")
    if call.actor.kind is TokenKind.BOT and call.actor.user.id not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _messages(call: Call, said: Sequence[Message]) -> list[payloads.Payload]:
    """Metadata are left out unless ``include_all_metadata`` asks for them."""
    shown = call.args.flag("include_all_metadata") and not call.workspace.faults.hide_metadata
    told = [payloads.message(call.workspace, message) for message in said]
    return told if shown else [{key: each[key] for key in each if key != "metadata"} for each in told]


def _types(call: Call) -> set[ChannelKind]:
    names = call.args.names("types") or ("public_channel",)
    if any(name not in _TYPES for name in names):
        raise Refused("invalid_types")
    kinds = {_TYPES[name] for name in names}
    for kind in sorted(kinds):
        call.need_scope(kind, "read")
    return kinds


def _channels(call: Call, places: list[Channel]) -> Mapping[str, object]:
    if call.args.flag("exclude_archived"):
        places = [place for place in places if not place.is_archived]
    items, following = page(call, places, default=100, high=999)
    shown = [payloads.channel(call.workspace, place, call.actor.user) for place in items]
    return {"channels": shown, **following}


def _in_range(call: Call, message: Message) -> bool:
    """``oldest`` and ``latest`` are left out unless ``inclusive``; ts of equal length compare as numbers."""
    ts = float(message.ts)
    oldest = _bound(call, "oldest", 0.0)
    latest = _bound(call, "latest", float("inf"))
    return oldest <= ts <= latest if call.args.flag("inclusive") else oldest < ts < latest


def _bound(call: Call, name: str, default: float) -> float:
    try:
        return float(call.args.text(name) or default)
    except ValueError:
        raise Refused(f"invalid_ts_{name}") from None


def _next(following: Mapping[str, object]) -> object:
    metadata = following.get("response_metadata")
    return metadata.get("next_cursor") if isinstance(metadata, Mapping) else None
