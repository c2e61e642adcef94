"""From Indigo's JSON to values. Nothing that arrives makes it fail: what cannot be read is counted.

Ids are strings here whatever they are on the wire, because they exceed what GraphQL's integers hold. Times
come without a zone and are in UTC.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, UTC, datetime
from typing import TypeVar

from bot.core.indigo.model import Chat, Member, Message, Page

_T = TypeVar("_T")
_NOTHING: Mapping[str, object] = {}


@dataclass(frozen=True, slots=True)
class _Undated:
    """A message whose time cannot be read; its neighbours tell about when it was."""

    message: Message


def chats(connection: object) -> Page[Chat]:
    """A page of ``conversations``."""
    return _page(connection, _chat)


def messages(connection: object, chat: str) -> Page[Message]:
    """A page of ``messages``; ``chat`` is the chat that was asked for, whatever the nodes say.

    A message without a readable time gets that of its content, else of its neighbour in the page.
    """
    page: Page[Message | _Undated] = _page(connection, lambda node: _message(node, chat))
    dated = tuple(_dated(page.items))
    return Page(
        items=dated,
        end=page.end,
        has_next=page.has_next,
        start=page.start,
        has_previous=page.has_previous,
        total=page.total,
        unread=page.unread + len(page.items) - len(dated),
    )


def members(connection: object) -> Page[Member]:
    """A page of ``userRoles``."""
    return _page(connection, _member)


def rows(data: Mapping[str, object], name: str = "rows") -> object:
    """The connection of an answer: under its alias, else the only one that there is.

    Indigo's documentation shows one under a key that is neither the field's name nor an alias.
    """
    if name in data:
        return data[name]
    found = [value for value in data.values() if "edges" in _mapping(value)]
    return found[0] if len(found) == 1 else None


def is_connection(value: object) -> bool:
    """Whether it holds a list at all, be it an empty one."""
    return isinstance(_mapping(value).get("edges"), list)


def ident(value: object) -> str:
    """An id; empty where it is none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()


def moment(value: object) -> datetime | None:
    """A time in UTC; None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        read = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return read if _plausible(read) else None


def _plausible(read: datetime) -> bool:
    """Not at the very ends of the calendar, where another time zone has no such time."""
    return MINYEAR < read.year < MAXYEAR


def _page(connection: object, read: Callable[[Mapping[str, object]], _T | None]) -> Page[_T]:
    given = _mapping(connection)
    edges = given.get("edges")
    edges = edges if isinstance(edges, list) else []
    items = tuple(item for edge in edges if (item := read(_mapping(_mapping(edge).get("node")))) is not None)
    info, total = _mapping(given.get("pageInfo")), given.get("totalCount")
    return Page(
        items=items,
        end=_text(info.get("endCursor")),
        has_next=info.get("hasNextPage") is True,
        start=_text(info.get("startCursor")),
        has_previous=info.get("hasPreviousPage") is True,
        total=total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None,
        unread=len(edges) - len(items),
    )


def _chat(node: Mapping[str, object]) -> Chat | None:
    found = ident(node.get("conversationId"))
    return Chat(found) if found else None


def _message(node: Mapping[str, object], chat: str) -> Message | _Undated | None:
    found = ident(node.get("id"))
    if not found:
        return None
    sender = node.get("sender")
    content = node.get("content")
    at = moment(node.get("insertedAt")) or _stamped(content)
    message = Message(
        id=found,
        chat=chat,
        content=content,
        sender=None if sender is None else ident(_mapping(sender).get("id")) or "unknown",
        at=at or datetime.min.replace(tzinfo=UTC),
        feedback=node.get("feedback"),
        read=moment(node.get("read")),
    )
    return message if at else _Undated(message)


def _stamped(content: object) -> datetime | None:
    """The time in a user's content: milliseconds since 1970, by a clock that may be a little off."""
    stamp = _mapping(content).get("timestamp")
    if isinstance(stamp, bool) or not isinstance(stamp, int | float):
        return None
    try:
        read = datetime.fromtimestamp(stamp / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return read if _plausible(read) else None


def _dated(found: tuple[Message | _Undated, ...]) -> Iterator[Message]:
    """Each with a time; none of a page in which no message has one."""
    known = next((each.at for each in found if isinstance(each, Message)), None)
    for each in found:
        if isinstance(each, Message):
            known = each.at
            yield each
        elif known is not None:
            yield replace(each.message, at=known)


def _member(node: Mapping[str, object]) -> Member | None:
    user = _mapping(node.get("user"))
    found, email = ident(user.get("id")), _text(user.get("email"))
    if not found and not email:
        return None
    return Member(found, email, _text(_mapping(node.get("role")).get("label")))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else _NOTHING


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
