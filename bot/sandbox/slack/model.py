"""The nouns of the workspace."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .wire import JsonObject


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the bot's user; ``token`` is a user token (xoxp) or the bot token (xoxb)."""

    id: str
    name: str
    real_name: str
    email: str
    token: str
    color: str
    is_bot: bool = False
    bot_id: str = ""


class ChannelKind(StrEnum):
    """Kinds of conversation, by the name that events and scopes call them."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"
    MPIM = "mpim"


@dataclass(slots=True)
class Channel:
    """A conversation; ``members`` are user ids in order of joining."""

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    created: int
    creator: str
    is_archived: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether this is a DM between two."""
        return self.kind is ChannelKind.IM


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands; an edit makes a new value.

    Attributes:
        thread_ts: the root's ts for a reply; empty for a root message, with or without replies.
        file_ids: files attached to the message (images in blocks are not among them).
        edited_ts: ts of the newest edit by a person; a bot's edits show no label.
        tombstone: it was deleted, and only stands for the root of its thread any more.
    """

    channel: str
    ts: str
    user: str
    text: str
    bot_id: str = ""
    blocks: tuple[JsonObject, ...] = ()
    attachments: tuple[JsonObject, ...] = ()
    file_ids: tuple[str, ...] = ()
    metadata: JsonObject | None = None
    thread_ts: str = ""
    broadcast: bool = False
    client_msg_id: str = ""
    edited_ts: str = ""
    username: str = ""
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tombstone: bool = False


@dataclass(slots=True)
class File:
    """An uploaded file.

    Attributes:
        complete: the third step of the upload was taken.
        usable_at: when Slack has processed it; before, its mimetype is empty and it cannot stand in a block.
        shown_in: messages (channel, ts) that show it, as an attachment or in a block.
    """

    id: str
    name: str
    title: str
    length: int
    owner: str
    upload_secret: str
    alt_text: str = ""
    snippet_type: str = ""
    data: bytes = b""
    created: int = 0
    complete: bool = False
    usable_at: float | None = None
    shown_in: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class View:
    """A modal or a Home tab as one person sees it; ``content`` is what the app sent."""

    id: str
    kind: str
    user: str
    content: JsonObject
    hash: str
    root_id: str
    previous_id: str = ""
    external_id: str = ""
    values: dict[str, dict[str, JsonObject]] = field(default_factory=dict)


# -- what can happen in the workspace --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Posted:
    """A message was posted."""

    message: Message


@dataclass(frozen=True, slots=True)
class Changed:
    """A message was edited, or files were attached to it."""

    message: Message
    previous: Message


@dataclass(frozen=True, slots=True)
class Deleted:
    """A message was deleted."""

    message: Message


@dataclass(frozen=True, slots=True)
class EphemeralShown:
    """One person sees a message that is not stored; the same ts again replaces it."""

    user: str
    message: Message


@dataclass(frozen=True, slots=True)
class EphemeralRemoved:
    """An ephemeral message went away."""

    user: str
    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class FileCompleted:
    """The third step of an upload was taken; the file is not usable yet."""

    file: File


@dataclass(frozen=True, slots=True)
class FileUsable:
    """A file was processed."""

    file: File


@dataclass(frozen=True, slots=True)
class Reacted:
    """A reaction was added or removed."""

    message: Message
    user: str
    name: str
    added: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody joined a conversation."""

    channel: str
    user: str
    inviter: str


@dataclass(frozen=True, slots=True)
class ViewShown:
    """A person's view was opened, updated, pushed, closed or published."""

    change: str
    view: View


@dataclass(frozen=True, slots=True)
class StatusSet:
    """The app says in a thread what it is doing; empty clears it."""

    channel: str
    thread_ts: str
    status: str


Change = (
    Posted
    | Changed
    | Deleted
    | EphemeralShown
    | EphemeralRemoved
    | FileCompleted
    | FileUsable
    | Reacted
    | Joined
    | ViewShown
    | StatusSet
)
