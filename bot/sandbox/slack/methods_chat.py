"""chat.*: posting, editing, deleting, ephemeral messages, permalinks.

Sources: https://docs.slack.dev/reference/methods/chat.postMessage and its neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from . import payloads, wire
from .blockkit import rules
from .call import Call, Handler
from .errors import Refused
from .methods import TokenKind
from .model import Message
from .workspace import Workspace

POST_TEXT_CHARACTERS = 40_000
UPDATE_TEXT_BYTES = 4_000
MARKDOWN_CHARACTERS = 12_000
ATTACHMENTS = 100

_NAME = re.compile(r"(?<![\w<@|])@([a-z0-9][a-z0-9._-]*)")


@dataclass(frozen=True, slots=True)
class Content:
    """What a call wants a message to say; None where it leaves something out."""

    text: str | None
    blocks: tuple[wire.JsonObject, ...] | None
    attachments: tuple[wire.JsonObject, ...] | None
    metadata: wire.JsonObject | None
    warning: str = ""


def routes() -> Mapping[str, Handler]:
    """The methods of this family."""
    return {
        "chat.delete": delete,
        "chat.getPermalink": permalink,
        "chat.postEphemeral": post_ephemeral,
        "chat.postMessage": post,
        "chat.update": update,
    }


def post(call: Call) -> Mapping[str, object]:
    """chat.postMessage: a user token posts as that person, the bot token as the bot."""
    workspace = call.workspace
    channel = call.writable()
    _spend_post(call, channel.id)
    content = content_of(call, longest=POST_TEXT_CHARACTERS)
    person = call.actor.kind is TokenKind.USER
    message = Message(
        channel=channel.id,
        ts=workspace.ids.ts(),
        user=call.actor.user.id,
        bot_id=call.actor.user.bot_id,
        text=_with_mentions(workspace, content.text or "") if person else content.text or "",
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        metadata=content.metadata,
        thread_ts=_thread(call, channel.id),
        broadcast=call.args.flag("reply_broadcast") and call.args.has("thread_ts"),
        client_msg_id=workspace.ids.uuid() if person else "",
    )
    workspace.post(message)
    answer: dict[str, object] = {
        "channel": channel.id,
        "ts": message.ts,
        "message": payloads.message(workspace, message),
    }
    if content.warning:
        answer |= {"warning": content.warning, "response_metadata": {"warnings": [content.warning]}}
    return answer


def update(call: Call) -> Mapping[str, object]:
    """chat.update: text without blocks removes the blocks, blocks without text keep the text.

    Attachments, metadata and files stay unless they are given; that files stay is observed, not documented.
    """
    workspace = call.workspace
    message = _own(call, "cant_update_message")
    content = content_of(call, longest=None)
    text = content.text
    if text is not None and workspace.options.enforce_limits and len(text.encode()) > UPDATE_TEXT_BYTES:
        raise Refused("msg_too_long")
    blocks = content.blocks
    if blocks is None:
        blocks = () if text is not None else message.blocks
    changed = replace(
        message,
        text=message.text if text is None else text,
        blocks=blocks,
        attachments=message.attachments if content.attachments is None else content.attachments,
        metadata=message.metadata if content.metadata is None else content.metadata,
        file_ids=_files(call) if call.args.has("file_ids") else message.file_ids,
        broadcast=message.broadcast or (call.args.flag("reply_broadcast") and bool(message.thread_ts)),
        edited_ts="" if message.bot_id else workspace.ids.ts(),
    )
    workspace.change(changed)
    return {
        "channel": changed.channel,
        "ts": changed.ts,
        "text": changed.text,
        "message": payloads.message(workspace, changed),
    }


def delete(call: Call) -> Mapping[str, object]:
    """chat.delete: one's own messages only."""
    message = _own(call, "cant_delete_message")
    call.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def post_ephemeral(call: Call) -> Mapping[str, object]:
    """chat.postEphemeral: seen by one member, stored nowhere; in a thread only where that has replies."""
    workspace = call.workspace
    channel = call.writable()
    user_id = call.args.required("user")
    if user_id not in channel.members:
        raise Refused("user_not_in_channel")
    _spend_post(call, channel.id)
    content = content_of(call, longest=POST_TEXT_CHARACTERS)
    message = Message(
        channel=channel.id,
        ts=workspace.ids.ts(),
        user=call.actor.user.id,
        bot_id=call.actor.user.bot_id,
        text=content.text or "",
        blocks=content.blocks or (),
        attachments=content.attachments or (),
        thread_ts=_thread(call, channel.id),
    )
    if not message.thread_ts or workspace.replies(channel.id, message.thread_ts):
        workspace.show_ephemeral(user_id, message)
    return {"message_ts": message.ts}


def permalink(call: Call) -> Mapping[str, object]:
    """chat.getPermalink."""
    channel = call.readable()
    ts = call.args.required("message_ts")
    message = call.workspace.message(channel.id, ts)
    if message is None or message.tombstone:
        raise Refused("message_not_found")
    address = f"{call.workspace.base_url}/archives/{channel.id}/p{ts.replace('.', '')}"
    if message.thread_ts:
        address += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


def content_of(call: Call, *, longest: int | None) -> Content:
    """Read and check text, blocks, attachments and metadata of a call.

    Args:
        call: the call.
        longest: characters after which the text is cut with a warning; None leaves it whole.

    Raises:
        Refused: ``no_text`` and every refusal of text or blocks.
    """
    if call.args.has("markdown_text"):
        return _markdown(call)
    text = call.args.text("text") if call.args.has("text") else None
    blocks = _objects(call, "blocks", "invalid_blocks_format")
    attachments = _objects(call, "attachments", "invalid_attachments")
    if not (text or blocks or attachments or call.args.has("file_ids") or _clears(call)):
        raise Refused("no_text")
    if blocks:
        rules.check(call.workspace, blocks, viewer=call.actor.user.id)
        blocks = rules.named(call.workspace, blocks)
    if attachments and len(attachments) > ATTACHMENTS:
        raise Refused("too_many_attachments")
    metadata = call.args.json("metadata", error="invalid_metadata_format")
    if metadata is not None and not wire.is_object(metadata):
        raise Refused("invalid_metadata_format")
    too_long = text is not None and longest is not None and len(text) > longest
    if too_long and call.workspace.options.enforce_limits and text is not None:
        return Content(text[:longest], blocks, attachments, metadata, "message_truncated")
    return Content(text, blocks, attachments, metadata)


def _clears(call: Call) -> bool:
    """An edit may consist of an empty list of blocks; a post must say something."""
    return call.method == "chat.update" and call.args.has("blocks")


def _markdown(call: Call) -> Content:
    """``markdown_text`` stands alone; it is kept as a markdown block (Slack turns it into rich text)."""
    if call.args.has("text") or call.args.has("blocks"):
        raise Refused("markdown_text_conflict")
    text = call.args.text("markdown_text")
    if not text:
        raise Refused("no_text")
    if len(text) > MARKDOWN_CHARACTERS and call.workspace.options.enforce_limits:
        raise Refused("msg_too_long")
    return Content(text, ({"type": "markdown", "text": text},), None, None)


def _objects(call: Call, name: str, error: str) -> tuple[wire.JsonObject, ...] | None:
    value = call.args.json(name, error=error)
    if value is None:
        return None
    if not wire.is_array(value):
        raise Refused(error)
    items = tuple(item for item in value if wire.is_object(item))
    if len(items) != len(value):
        raise Refused(error)
    return items


def _own(call: Call, error: str) -> Message:
    """The message that the call names, if the caller wrote it."""
    channel = call.readable()
    message = call.workspace.message(channel.id, call.args.required("ts"))
    if message is None or message.tombstone:
        raise Refused("message_not_found")
    if message.user != call.actor.user.id:
        raise Refused(error)
    return message


def _files(call: Call) -> tuple[str, ...]:
    """The caller's own finished uploads; Slack does not document what it says to others' files."""
    file_ids = call.args.names("file_ids")
    for file_id in file_ids:
        file = call.workspace.files.get(file_id)
        if file is None or not file.complete or file.owner != call.actor.user.id:
            raise Refused("file_not_found")
    return file_ids


def _thread(call: Call, channel_id: str) -> str:
    """The root to reply to; a reply's own ts is led to its root."""
    ts = call.args.text("thread_ts")
    if not ts:
        return ""
    root = call.workspace.root_ts(channel_id, ts)
    if call.workspace.message(channel_id, root) is None and not call.workspace.replies(channel_id, root):
        raise Refused("thread_not_found")
    return root


def _spend_post(call: Call, channel_id: str) -> None:
    if call.actor.is_app and call.workspace.options.enforce_tiers:
        call.workspace.rate_limits.spend_post(call.method, channel_id)


def _with_mentions(workspace: Workspace, text: str) -> str:
    """What Slack's client does as a person types: ``@name`` of a member becomes a mention."""
    names = {user.name: user.id for user in workspace.everyone()}

    def mention(found: re.Match[str]) -> str:
        name = found[1].rstrip(".")
        rest = found[1][len(name) :]
        return f"<@{names[name]}>{rest}" if name in names else found[0]

    return _NAME.sub(mention, text)
