"""Where a question stands at WisdomAI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What another process needs to go on with a question that was asked, or was about to be.

    Attributes:
        flow: how it was asked: by the subscription ``chat``, or in a conversation.
        conversation: id of the conversation; empty where ``chat`` begins one and has not told its id.
        before: ids of the messages that stood in the conversation before the question; not told of ``chat``.
        answer: id of the answer's first message, once ``chat`` has told it: then the question has arrived.
    """

    flow: Literal["chat", "conversation"]
    conversation: str = ""
    before: frozenset[str] = frozenset()
    answer: str = ""
