"""Who asks what, where, and about which data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """A Slack thread: ``thread_ts`` is the ts of its root message."""

    team: str
    channel: str
    thread_ts: str

    def __str__(self) -> str:
        return f"{self.team}:{self.channel}:{self.thread_ts}"


class Entrance(StrEnum):
    """How a question came in."""

    MENTION = "mention"
    FOLLOW_UP = "follow_up"
    DIRECT = "direct"
    COMMAND = "command"
    BUTTON = "button"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of one person.

    Attributes:
        thread: where the answer goes.
        ts: ts of the message that asks; with team and channel it names the question.
        user: Slack user id of the asker.
        text: the question as plain text, without the mention of the bot.
        entrance: how it came in.
    """

    thread: ThreadKey
    ts: str
    user: str
    text: str
    entrance: Entrance


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose rights a question runs with at WisdomAI; ``name`` is part of store keys, never a secret."""

    name: str


@dataclass(frozen=True, slots=True)
class Domain:
    """A WisdomAI domain: what can be asked about."""

    id: str
    name: str
    description: str = ""
