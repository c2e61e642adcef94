"""The nouns of the workspace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from . import wire
from .wire import JsonObject


@dataclass(frozen=True, slots=True)
class Team:
    """A workspace: this one, or one of another organisation that channels are shared with."""

    id: str
    name: str
    domain: str


class Standing(StrEnum):
    """What somebody is in the workspace."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    #: A guest of several channels.
    GUEST = "guest"
    SINGLE_CHANNEL_GUEST = "single_channel_guest"
    #: Somebody of another organisation, through Slack Connect.
    OUTSIDER = "outsider"


_GUESTS = frozenset({Standing.GUEST, Standing.SINGLE_CHANNEL_GUEST})


@dataclass(frozen=True, slots=True)
class User:
    """A person, or the bot's user.

    Attributes:
        email: their address; Slack shows that of an outsider to nobody here.
        token: a user token (xoxp) or the bot token (xoxb).
        team: the workspace that they belong to.
        deactivated: their account is switched off.
    """

    id: str
    name: str
    real_name: str
    email: str
    token: str
    color: str
    team: Team
    is_bot: bool = False
    bot_id: str = ""
    standing: Standing = Standing.MEMBER
    deactivated: bool = False

    @property
    def is_guest(self) -> bool:
        """A guest of one channel or of several."""
        return self.standing in _GUESTS

    @property
    def is_outsider(self) -> bool:
        """Somebody of another organisation."""
        return self.standing is Standing.OUTSIDER

    @property
    def browses(self) -> bool:
        """Sees public channels without being a member of them."""
        return not (self.is_guest or self.is_outsider or self.deactivated)


class ChannelKind(StrEnum):
    """Kinds of conversation, by the name that events and scopes call them."""

    PUBLIC = "channel"
    PRIVATE = "group"
    IM = "im"
    MPIM = "mpim"


@dataclass(slots=True)
class Channel:
    """A conversation.

    Attributes:
        members: user ids in order of joining.
        connected: ids of the workspaces or organisations that it is shared with, this one left out.
        invited: ids of those that were invited to share it and have not answered.
        is_org_shared: it is shared with other workspaces of the same organisation.
    """

    id: str
    name: str
    kind: ChannelKind
    members: list[str]
    created: int
    creator: str
    is_archived: bool = False
    connected: list[str] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    is_org_shared: bool = False

    @property
    def is_direct(self) -> bool:
        """Whether this is a DM between two."""
        return self.kind is ChannelKind.IM

    @property
    def is_ext_shared(self) -> bool:
        """Whether it is shared with another organisation."""
        return bool(self.connected)


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

    @property
    def shown_files(self) -> frozenset[str]:
        """Ids of the files that the message shows: attached ones, and images in its blocks."""
        return frozenset(self.file_ids) | frozenset(_images(self.blocks))


def _images(value: object) -> Iterator[str]:
    if wire.is_object(value):
        file_id = wire.text(wire.mapping(value, "slack_file"), "id")
        if file_id:
            yield file_id
        for item in value.values():
            yield from _images(item)
    elif wire.is_array(value):
        for item in value:
            yield from _images(item)


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
class Left:
    """Somebody is no member of a conversation any more."""

    channel: str
    user: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A channel was shared with another workspace, or that was invited to share it (``pending``)."""

    channel: str
    team: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Unshared:
    """A channel is not shared with another workspace any more, or the invitation was taken back."""

    channel: str
    team: str
    pending: bool = False


@dataclass(frozen=True, slots=True)
class ChannelMoved:
    """A channel has another id; everything in it stands under the new one already."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Deactivated:
    """A person's account was switched off."""

    user: str


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
    | Left
    | Shared
    | Unshared
    | ChannelMoved
    | Deactivated
    | ViewShown
    | StatusSet
)
