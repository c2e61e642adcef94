"""The workspace's values in the shapes that Slack sends."""

from __future__ import annotations

import mimetypes
from pathlib import PurePath

from . import wire
from .model import Channel, ChannelKind, File, Message, Standing, User, View
from .workspace import Workspace

#: Kinds of image that a ``slack_file`` accepts, by mimetype.
IMAGE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif"})
_PREVIEW_LINES = 5
_PREVIEW_CHARACTERS = 2000

Payload = dict[str, object]


def user(workspace: Workspace, person: User, *, email: bool) -> Payload:
    """``users.info``'s user object. Of an outsider and of a deactivated person Slack tells less.

    ``is_stranger`` does not say that somebody is of another organisation, which ``team_id`` does: it is true
    of such a person only while they are in no channel that the app can see.
    Source: https://docs.slack.dev/reference/objects/user-object
    """
    payload: Payload = {
        "id": person.id,
        "team_id": person.team.id,
        "name": person.name,
        "real_name": person.real_name,
        "color": person.color,
        "deleted": person.deactivated,
        "profile": _profile(workspace, person, email=email),
        "is_bot": person.is_bot,
        "is_app_user": False,
    }
    if person.deactivated:
        return payload
    rights: Payload = {
        "is_admin": person.standing in {Standing.ADMIN, Standing.OWNER},
        "is_owner": person.standing is Standing.OWNER,
        "is_primary_owner": person.standing is Standing.OWNER,
        "is_restricted": person.is_guest,
        "is_ultra_restricted": person.standing is Standing.SINGLE_CHANNEL_GUEST,
    }
    if person.is_outsider:
        return payload | rights | {"is_stranger": workspace.is_stranger(person)}
    zone: Payload = {"tz": "Etc/UTC", "tz_label": "Coordinated Universal Time", "tz_offset": 0}
    return payload | rights | zone


def _profile(workspace: Workspace, person: User, *, email: bool) -> Payload:
    profile: Payload = {
        "real_name": person.real_name,
        "display_name": person.name,
        "real_name_normalized": person.real_name,
        "display_name_normalized": person.name,
        "team": person.team.id,
    }
    if person.is_bot:
        return profile | {"api_app_id": workspace.app_id, "bot_id": person.bot_id}
    told = email and person.email and not person.is_outsider
    return profile | ({"email": person.email} if told else {})


def channel(workspace: Workspace, place: Channel, viewer: User) -> Payload:
    """``conversations.info``'s channel object, as ``viewer`` gets it.

    A private channel is a channel that ``is_private``; ``is_group`` is for those made before March 2021.
    """
    channel_like = place.kind in {ChannelKind.PUBLIC, ChannelKind.PRIVATE}
    payload: Payload = {
        "id": place.id,
        "created": place.created,
        "is_channel": channel_like,
        "is_group": False,
        "is_im": place.kind is ChannelKind.IM,
        "is_mpim": place.kind is ChannelKind.MPIM,
        "is_private": place.kind is not ChannelKind.PUBLIC,
        "is_archived": place.is_archived,
        "is_general": False,
        "context_team_id": workspace.team_id,
        **_sharing(workspace, place),
    }
    if place.is_direct:
        others = [member for member in place.members if member != viewer.id]
        return payload | {"user": others[0] if others else viewer.id, "is_open": True}
    return payload | {
        "name": place.name,
        "name_normalized": place.name,
        "creator": place.creator,
        "is_member": viewer.id in place.members,
        "num_members": len(place.members),
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def _sharing(workspace: Workspace, place: Channel) -> Payload:
    """With whom a conversation is shared; the lists name this workspace too.

    ``is_shared`` alone does not mean another organisation.
    """
    teams = [workspace.team_id, *place.connected]
    payload: Payload = {
        "is_shared": place.is_ext_shared or place.is_org_shared,
        "is_ext_shared": place.is_ext_shared,
        "is_org_shared": place.is_org_shared,
        "is_pending_ext_shared": bool(place.invited),
        "pending_shared": list(place.invited),
        "pending_connected_team_ids": list(place.invited),
        "shared_team_ids": teams,
    }
    if place.is_ext_shared:
        payload |= {
            "conversation_host_id": workspace.team_id,
            "connected_team_ids": teams,
            "internal_team_ids": [],
        }
    return payload


def bot_profile(workspace: Workspace) -> Payload:
    """The app behind a bot's message."""
    return {
        "id": workspace.bot.bot_id,
        "app_id": workspace.app_id,
        "name": workspace.bot.name,
        "team_id": workspace.team_id,
        "deleted": False,
        "updated": 0,
    }


def message(workspace: Workspace, said: Message) -> Payload:
    """A message object as in ``conversations.history``; optional members only where they say something."""
    payload: Payload = {
        "type": "message",
        "user": said.user,
        "ts": said.ts,
        "text": said.text,
        **_origin(workspace, said),
    }
    files = [file(workspace, workspace.files[key]) for key in said.file_ids if key in workspace.files]
    optional: Payload = {
        "client_msg_id": said.client_msg_id,
        "blocks": list(said.blocks),
        "attachments": list(said.attachments),
        "files": files,
        "metadata": said.metadata,
        "username": said.username,
        "reactions": [{"name": name, "users": list(by), "count": len(by)} for name, by in said.reactions],
    }
    payload |= {key: value for key, value in optional.items() if value}
    if said.bot_id:
        payload |= {
            "bot_id": said.bot_id,
            "app_id": workspace.app_id,
            "bot_profile": bot_profile(workspace),
        }
    if said.tombstone:
        payload |= {"subtype": "tombstone", "hidden": True}
    if said.edited_ts:
        payload["edited"] = {"user": said.user, "ts": said.edited_ts}
    return payload | _thread(workspace, said)


def _origin(workspace: Workspace, said: Message) -> Payload:
    """Which workspace a message is from; one of an outsider tells who that is."""
    author = workspace.user(said.user)
    if author is None or not author.is_outsider:
        return {"team": workspace.team_id}
    profile: Payload = {
        "real_name": author.real_name,
        "display_name": author.name,
        "name": author.name,
        "team": author.team.id,
        "is_restricted": False,
        "is_ultra_restricted": False,
    }
    team = author.team.id
    return {"team": team, "user_team": team, "source_team": team, "user_profile": profile}


def _thread(workspace: Workspace, said: Message) -> Payload:
    if said.thread_ts:
        root = workspace.message(said.channel, said.thread_ts)
        payload: Payload = {"thread_ts": said.thread_ts}
        if root is not None:
            payload["parent_user_id"] = root.user
        return payload | ({"subtype": "thread_broadcast"} if said.broadcast else {})
    if workspace.channel(said.channel) is None:
        return {}
    replies = workspace.replies(said.channel, said.ts)
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": said.ts,
        "reply_count": len(replies),
        "reply_users_count": len(users),
        "reply_users": users,
        "latest_reply": replies[-1].ts,
        "is_locked": False,
        "subscribed": False,
    }


def mimetype(shown: File) -> str:
    """What the file is, from its name."""
    if shown.snippet_type:
        return "text/plain"
    return mimetypes.guess_type(shown.name)[0] or "application/octet-stream"


def file(workspace: Workspace, shown: File) -> Payload:
    """A file object; before Slack has processed the file its type is not known and nothing is shared."""
    usable, owner = workspace.is_usable(shown), workspace.user(shown.owner)
    kind = shown.snippet_type or PurePath(shown.name).suffix.lstrip(".").lower()
    address = f"{workspace.base_url}/files-pri/{workspace.team_id}-{shown.id}"
    payload: Payload = {
        "id": shown.id,
        "created": shown.created,
        "timestamp": shown.created,
        "name": shown.name,
        "title": shown.title,
        "mimetype": mimetype(shown) if usable else "",
        "filetype": kind if usable else "",
        "pretty_type": kind.upper() if usable else "",
        "user": shown.owner,
        "user_team": owner.team.id if owner is not None else workspace.team_id,
        "size": len(shown.data),
        "mode": "snippet" if shown.snippet_type else "hosted",
        "is_external": False,
        "is_public": any(_is_public(workspace, place) for place, _ in shown.shown_in),
        "editable": bool(shown.snippet_type),
        "url_private": f"{address}/{shown.name}",
        "url_private_download": f"{address}/download/{shown.name}",
        "permalink": f"{workspace.base_url}/_page/file/{shown.id}",
        "file_access": "visible",
        "alt_txt": shown.alt_text,
    }
    if usable:
        payload |= _shares(workspace, shown)
        payload |= _preview(shown) if shown.snippet_type else {}
    return payload


def _shares(workspace: Workspace, shown: File) -> Payload:
    """Where the file is attached; an image in a block does not count as shared."""
    public: dict[str, list[Payload]] = {}
    private: dict[str, list[Payload]] = {}
    attached = (workspace.message(*place) for place in sorted(shown.shown_in))
    for said in attached:
        if said is None or shown.id not in said.file_ids:
            continue
        shares = public if _is_public(workspace, said.channel) else private
        share: Payload = {"ts": said.ts}
        if said.thread_ts:
            share["thread_ts"] = said.thread_ts
        shares.setdefault(said.channel, []).append(share)
    both = {"public": public, "private": private}
    return {
        "shares": {key: value for key, value in both.items() if value},
        "channels": [key for key in public if key.startswith("C")],
        "groups": [key for key in private if key.startswith("C")],
        "ims": [key for key in private if key.startswith("D")],
    }


def _preview(shown: File) -> Payload:
    """The beginning of a snippet."""
    content = shown.data.decode("utf-8", errors="replace")
    lines = content.splitlines()
    preview = "\n".join(lines[:_PREVIEW_LINES])[:_PREVIEW_CHARACTERS]
    return {
        "preview": preview,
        "lines": len(lines),
        "lines_more": max(0, len(lines) - _PREVIEW_LINES),
        "preview_is_truncated": len(preview) < len(content),
    }


def _is_public(workspace: Workspace, channel_id: str) -> bool:
    place = workspace.channel(channel_id)
    return place is not None and place.kind is ChannelKind.PUBLIC


def view(workspace: Workspace, shown: View) -> Payload:
    """A view object as in ``views.open``; ``team_id`` is that of the person who looks at it."""
    content, viewer = shown.content, workspace.user(shown.user)
    return {
        "id": shown.id,
        "team_id": viewer.team.id if viewer is not None else workspace.team_id,
        "type": shown.kind,
        "title": content.get("title"),
        "submit": content.get("submit"),
        "close": content.get("close"),
        "blocks": list(wire.array(content, "blocks")),
        "private_metadata": wire.text(content, "private_metadata"),
        "callback_id": wire.text(content, "callback_id"),
        "external_id": shown.external_id,
        "notify_on_close": content.get("notify_on_close") is True,
        "clear_on_close": content.get("clear_on_close") is True,
        "state": {"values": shown.values},
        "hash": shown.hash,
        "root_view_id": shown.root_id,
        "previous_view_id": shown.previous_id or None,
        "app_id": workspace.app_id,
        "app_installed_team_id": workspace.team_id,
        "bot_id": workspace.bot.bot_id,
    }
