"""A workspace of Indigo in a dictionary, which counts what it is asked; and what stands around reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from bot.core.indigo.model import Chat, Member, Message, Page
from bot.errors import IndigoError

#: A Saturday.
NOW = datetime(2026, 11, 28, 15, 30, tzinfo=UTC)
HOUR, DAY = 3600.0, 24 * 3600.0


def message(
    number: int,
    at: datetime,
    *,
    chat: str = "1",
    user: bool = True,
    text: str = "ciao",
    feedback: object = None,
) -> Message:
    """One message."""
    sender = "7" if user else None
    return Message(str(number), chat, {"type": "text", "text": text}, sender, at, feedback, None)


class Workspace:
    """Chats in the order in which they are listed.

    Attributes:
        looks: chats whose newest message was asked for.
        reads: chats whose messages were asked for.
        error: raised by every call, while it is set.
    """

    def __init__(self, **chats: list[Message]) -> None:
        self.chats: dict[str, list[Message]] = {name.removeprefix("c"): said for name, said in chats.items()}
        self.members: list[Member] = []
        self.page_size = 2
        self.looks: list[str] = []
        self.reads: list[str] = []
        self.error: IndigoError | None = None

    async def conversations(
        self, *, page_size: int | None = None, after: str = "", pages: int | None = None
    ) -> AsyncIterator[Page[Chat]]:
        size, names, given = page_size or self.page_size, list(self.chats), 0
        start = names.index(after) + 1 if after else 0
        while start < len(names) and (pages is None or given < pages):
            self._fail()
            items = tuple(Chat(name) for name in names[start : start + size])
            start, given = start + size, given + 1
            yield Page(
                items,
                end=items[-1].id,
                has_next=start < len(names),
                start="",
                has_previous=False,
                total=len(names),
            )

    async def messages(self, chat: str, *, page_size: int | None = None) -> AsyncIterator[Page[Message]]:
        self._fail()
        self.reads.append(chat)
        said = sorted(self.chats.get(chat, []), key=lambda each: each.at, reverse=True)
        size = page_size or self.page_size
        for start in range(0, len(said), size):
            more = start + size < len(said)
            items = tuple(said[start : start + size])
            yield Page(items, end=items[-1].id, has_next=more, start="", has_previous=False, total=len(said))

    async def user_roles(self, *, page_size: int | None = None) -> AsyncIterator[Page[Member]]:
        self._fail()
        del page_size
        yield Page(tuple(self.members), end="", has_next=False, start="", has_previous=False, total=None)

    async def latest(self, chat: str) -> tuple[Message | None, int | None]:
        self._fail()
        self.looks.append(chat)
        said = self.chats.get(chat, [])
        return max(said, key=lambda each: each.at, default=None), len(said)

    def _fail(self) -> None:
        if self.error is not None:
            raise self.error
