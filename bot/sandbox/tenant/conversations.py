"""Conversations and their messages, in memory, each seen by nobody but the person who opened it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import UnknownConversation
from bot.sandbox.tenant.reply import Intent

#: A Quill operation in the wire's shape: ``insert`` is an object with the key ``text`` or ``visualization``.
WireOp = Mapping[str, object]


class Sender(StrEnum):
    """Who wrote a message."""

    USER = "USER"
    ASSISTANT = "ASSISTANT"


@dataclass(slots=True)
class Message:
    """A question or an answer; an answer's ``body`` grows while it is written."""

    id: str
    conversation_id: str
    domain_id: str
    user: User
    sender: Sender
    created_at: datetime
    updated_at: datetime
    body: Sequence[WireOp] = ()
    data_refreshed_at: datetime | None = None
    cancelled_at: datetime | None = None
    errors: tuple[str, ...] = ()


@dataclass(slots=True)
class Conversation:
    """One conversation of one person.

    Attributes:
        summary: the first question; empty before it.
        intent: what the last answer was about; a follow-up builds on it.
        turn: held while a question is being answered, so that the next one sees its intent.
    """

    id: str
    owner: User
    domain_id: str
    summary: str
    hidden: bool
    updated_at: datetime
    messages: list[Message] = field(default_factory=list)
    intent: Intent | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Conversations:
    """Every conversation of a tenant."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._all: dict[str, Conversation] = {}

    def open(self, owner: User, *, domain_id: str, summary: str, hidden: bool) -> Conversation:
        """A new, empty conversation."""
        conversation = Conversation(
            id=f"conv_{secrets.token_hex(8)}",
            owner=owner,
            domain_id=domain_id,
            summary=summary,
            hidden=hidden,
            updated_at=self._clock(),
        )
        self._all[conversation.id] = conversation
        return conversation

    def get(self, owner: User, conversation_id: str) -> Conversation:
        """A conversation of ``owner``; raises :class:`UnknownConversation`."""
        conversation = self._all.get(conversation_id)
        if conversation is None or conversation.owner.id != owner.id:
            raise UnknownConversation(conversation_id)
        return conversation

    def of(self, owner: User) -> tuple[Conversation, ...]:
        """The conversations that ``owner`` sees in a list, the most recent first, without the hidden ones."""
        own = (each for each in self._all.values() if each.owner.id == owner.id and not each.hidden)
        return tuple(sorted(own, key=lambda each: each.updated_at, reverse=True))

    def add(self, conversation: Conversation, sender: Sender, domain_id: str) -> Message:
        """A new, empty message at the end of ``conversation``."""
        now = self._clock()
        message = Message(
            id=f"msg_{secrets.token_hex(8)}",
            conversation_id=conversation.id,
            domain_id=domain_id,
            user=conversation.owner,
            sender=sender,
            created_at=now,
            updated_at=now,
        )
        conversation.messages.append(message)
        conversation.updated_at = now
        return message
