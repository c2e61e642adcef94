"""What Indigo.ai holds, as values: chats, messages, members, and pages of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat; Indigo lists no more of it than its id."""

    id: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of a chat.

    Attributes:
        content: a JSON tree.
        sender: id of the user; None is the assistant.
        at: when it was stored, in UTC.
        feedback: a JSON value whose meaning Indigo does not publish.
        read: when it was read, in UTC.
    """

    id: str
    chat: str
    content: object = field(repr=False)
    sender: str | None
    at: datetime
    feedback: object = None
    read: datetime | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works in the workspace, and their role."""

    user: str
    email: str = field(repr=False)
    role: str


@dataclass(frozen=True, slots=True)
class Page(Generic[_T]):
    """A page of a list.

    Attributes:
        end: cursor of its last item; ``start`` of its first.
        has_next: there is a page behind it; ``has_previous``: before it.
        total: of the whole list; None where Indigo does not tell.
        unread: how many more items came that nothing could be made of.
    """

    items: tuple[_T, ...]
    end: str = ""
    has_next: bool = False
    start: str = ""
    has_previous: bool = False
    total: int | None = None
    unread: int = 0
