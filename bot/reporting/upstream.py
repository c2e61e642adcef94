"""What reports ask of Indigo's client; ``bot.indigo.client`` has it."""

from __future__ import annotations

from collections.abc import AsyncIterable
from typing import Protocol

from bot.core.indigo.model import Chat, Member, Message, Page


class Upstream(Protocol):
    """A workspace of Indigo. Every call may raise ``bot.errors.IndigoError``."""

    def conversations(
        self, *, page_size: int | None = None, after: str = "", pages: int | None = None
    ) -> AsyncIterable[Page[Chat]]:
        """Its chats, ``pages`` pages of them, from a cursor on."""

    def messages(self, chat: str, *, page_size: int | None = None) -> AsyncIterable[Page[Message]]:
        """A chat's messages, the newest first."""

    def user_roles(self, *, page_size: int | None = None) -> AsyncIterable[Page[Member]]:
        """Who works in it."""

    async def latest(self, chat: str) -> tuple[Message | None, int | None]:
        """A chat's newest message, and how many there are."""
