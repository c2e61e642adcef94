"""Who asks what, where, and about which data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """A Slack thread: ``thread_ts`` is the ts of its root message."""

    team: str
    channel: str
    thread_ts: str

    def __str__(self) -> str:
        return f"{self.team}:{self.channel}:{self.thread_ts}"

    @property
    def is_direct(self) -> bool:
        """It stands in direct messages."""
        return self.channel.startswith("D")


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
        origin: of an answer that goes to the asker's direct messages: the thread that it was asked in, with
            an empty ``thread_ts`` where it was a command in a channel; None where it goes to where it was
            asked.
        domain: id of the domain that the asker chose for it, or empty for the one of the place.
    """

    thread: ThreadKey
    ts: str
    user: str
    text: str
    entrance: Entrance
    origin: ThreadKey | None = None
    domain: str = ""

    @property
    def place(self) -> ThreadKey:
        """Where it was asked: the rules of this channel apply to it."""
        return self.origin or self.thread

    @property
    def whisper_ts(self) -> str | None:
        """``thread_ts`` of a word to the asker alone; None for one that stands in the channel.

        Slack shows such a word in a thread only where that has replies (docs.slack.dev/reference/methods/
        chat.postEphemeral), and a question that begins its thread may be alone in it.
        """
        return (self.thread.thread_ts or None) if self.ts != self.thread.thread_ts else None

    def moved(self, channel: str, to: str) -> Question:
        """The question after Slack gave a channel another id."""
        origin = self.origin and _moved(self.origin, channel, to)
        return replace(self, thread=_moved(self.thread, channel, to), origin=origin)


def _moved(thread: ThreadKey, channel: str, to: str) -> ThreadKey:
    return replace(thread, channel=to) if thread.channel == channel else thread


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose rights a question runs with at WisdomAI.

    Attributes:
        name: part of store keys and of audit lines; never a secret, never an address.
        email: of the person to act as; empty for the owner of the access key.
        attributes: ``key, value`` for row-level rules, which replace the stored ones for this token.
    """

    name: str
    email: str = field(default="", repr=False)
    attributes: tuple[tuple[str, str], ...] = field(default=(), repr=False)


#: The owner of the access key.
SERVICE = Identity("service")


@dataclass(frozen=True, slots=True)
class Rights:
    """What an identity may do at WisdomAI, as far as the bot has to know.

    Attributes:
        sql: may see the SQL behind an answer.
        roles: names or ids of its roles, as sent; empty where the tenant does not tell.
    """

    sql: bool = True
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Domain:
    """A WisdomAI domain: what can be asked about."""

    id: str
    name: str
    description: str = ""
