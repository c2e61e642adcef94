"""What happens in a conversation, told to everybody who follows it, from the moment when they began."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from bot.model import Domain
from bot.sandbox.tenant import wire
from bot.sandbox.tenant.conversations import Message
from bot.sandbox.tenant.options import Ending

Diff = Mapping[str, object]

#: The message that a fault sends beside the one that was asked for.
STRANGER = "msg_of_another_question"
STRANGE_TEXT = "This is the answer to another question."


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """One thing that happened.

    Attributes:
        message_id: the answer that it is about.
        wire: a ``ConversationUpdateOneOf``.
        diff: the diff in it, where it is one.
        last: nothing more comes of this answer.
        closes: nothing more comes at all.
    """

    message_id: str
    wire: Mapping[str, object]
    diff: Diff | None = None
    last: bool = False
    closes: bool = False


class Updates:
    """Who follows which conversation."""

    def __init__(self) -> None:
        self._followers: dict[str, set[asyncio.Queue[Update]]] = {}

    @property
    def followers(self) -> int:
        """How many subscriptions of conversations run."""
        return sum(map(len, self._followers.values()))

    def publish(self, conversation_id: str, update: Update) -> None:
        """Tell everybody who follows the conversation now."""
        for queue in self._followers.get(conversation_id, ()):
            queue.put_nowait(update)

    def follow(self, conversation_id: str) -> AsyncGenerator[Update, None]:
        """Every update from this call on; without an end."""
        queue: asyncio.Queue[Update] = asyncio.Queue()
        self._followers.setdefault(conversation_id, set()).add(queue)
        return self._follow(conversation_id, queue)

    async def _follow(
        self, conversation_id: str, queue: asyncio.Queue[Update]
    ) -> AsyncGenerator[Update, None]:
        try:
            while True:
                yield await queue.get()
        finally:
            self._followers[conversation_id].discard(queue)


def of_chat(diff: Diff) -> Update:
    """A diff of the subscription ``chat``, which ends with the answer."""
    ended = diff["inProgress"] is False
    return Update(message_id=str(diff["messageId"]), wire=diff, diff=diff, last=ended, closes=ended)


def grown(diff: Diff, *, last: bool = False) -> Update:
    """An answer has grown by a diff."""
    told = {"assistantResponseDiff": diff}
    return Update(message_id=str(diff["messageId"]), wire=told, diff=diff, last=last)


def ended(message: Message, diff: Diff, about: Domain | None, ending: Ending) -> tuple[Update, ...]:
    """An answer has ended, or was cancelled.

    Args:
        message: the answer.
        diff: its last diff.
        about: its domain.
        ending: what is told of the end; that an answer was cancelled always is.
    """
    if message.cancelled_at is not None:
        told: Mapping[str, object] | None = {"assistantResponseCancelled": True}
    elif ending == "diff":
        told = None
    else:
        told = {"assistantMessageSent": wire.message(message, about)}
    diffs = () if ending == "message" else (grown(diff, last=told is None),)
    return (*diffs, *(Update(message_id=message.id, wire=each, last=True) for each in (told,) if each))


def strange(diff: Diff) -> tuple[Update, ...]:
    """The whole answer to another question, as it comes in the conversation of ``diff``."""
    common = {key: value for key, value in diff.items() if key not in {"bodyDiff", "diffIndex", "inProgress"}}
    common |= {"messageId": STRANGER, "cancelledAt": None, "errorStrings": None}
    ops = [{"insert": {"text": STRANGE_TEXT}}]
    begun = {**common, "bodyDiff": {"ops": ops}, "diffIndex": 0, "inProgress": True}
    over = {**common, "bodyDiff": {"ops": []}, "diffIndex": 1, "inProgress": False}
    whole = {**common, "id": STRANGER, "body": {"ops": ops}, "edited": False}
    sent = Update(message_id=STRANGER, wire={"assistantMessageSent": whole}, last=True)
    return grown(begun), grown(over), sent
