"""A conversation as the tenant keeps it, for when a stream left a doubt: ``chatMessages``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import takewhile

from bot.core.values import clean
from bot.model import AnswerDiff
from bot.wisdom.wire import read_message

_DOCUMENT = """query Settled($conversationId: String!) {{
  chatMessages(conversationId: $conversationId) {{
    nodes {{ id messageId sender errorStrings dataRefreshedAt createdAt updatedAt {more}body {body} }}
  }}
}}
"""

#: The query that selects who said what, and nothing of the results, which may be very large.
BRIEF = _DOCUMENT.format(body="{ ops { insert { text } } }", more="")
#: Says that an answer was stopped; older tenants do not have it.
CANCELLED = "cancelledAt"
_ASSISTANT, _USER = "ASSISTANT", "USER"
#: An ``updatedAt`` that is so many seconds after ``createdAt`` is one that the tenant keeps up.
_KEPT_UP = 1.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Attributes:
        ids: its ``id`` and its ``messageId``, which need not be the same.
        sender: as sent.
        diff: the whole body, as the last diff of an answer.
        rested: for how many seconds it has stayed the same, as far as the tenant tells; 0 where it does not.
    """

    ids: frozenset[str]
    sender: str
    diff: AnswerDiff
    rested: float = field(default=0.0, compare=False)

    @property
    def text(self) -> str:
        """Its words, with single spaces between them."""
        inserts = (op.get("insert") for op in self.diff.ops)
        return " ".join("".join(each for each in inserts if isinstance(each, str)).split())


def body_of(chat: str) -> str:
    """What the ``chat`` document ``chat`` selects of a body, in its braces."""
    return braces(chat, chat.index("bodyDiff"))


def braces(document: str, after: int) -> str:
    """The first selection in the document that begins after a place; raises ValueError if it has no end."""
    start = document.index("{", after)
    depth = 0
    for end, char in enumerate(document[start:], start):
        depth += {"{": 1, "}": -1}.get(char, 0)
        if depth == 0:
            return document[start : end + 1]
    raise ValueError("the chat document does not close its braces")


def document(chat: str, *, cancelled: bool = False) -> str:
    """The query that selects of a body what the ``chat`` document ``chat`` selects.

    With ``cancelled`` it asks whether the answer was stopped, too, where ``chat`` does.
    """
    more = f"{CANCELLED} " if cancelled and CANCELLED in chat else ""
    return _DOCUMENT.format(body=body_of(chat), more=more)


def messages(
    data: Mapping[str, object], *, conversation: str, at: datetime | None = None
) -> tuple[Message, ...]:
    """The messages of the conversation, the oldest first; ``at`` is the tenant's time, where it is known."""
    return tuple(message_of(node, conversation=conversation, at=at) for node in _nodes(data))


def message_of(node: Mapping[str, object], *, conversation: str = "", at: datetime | None = None) -> Message:
    """A ``ChatMessage``; what has the wrong shape in it counts as missing."""
    ids = (node.get(name) for name in ("messageId", "id"))
    sender = node.get("sender")
    return Message(
        frozenset(each for each in ids if isinstance(each, str) and each),
        sender if isinstance(sender, str) else "",
        read_message(node, conversation=conversation),
        _rested(node, at),
    )


def _rested(node: Mapping[str, object], at: datetime | None) -> float:
    """How long ago the tenant changed the message last.

    Where that time is the one at which the message was made, it may be one that is never changed.
    """
    created, updated = _moment(node.get("createdAt")), _moment(node.get("updatedAt"))
    if at is None or created is None or updated is None or (updated - created).total_seconds() < _KEPT_UP:
        return 0.0
    return max(0.0, (at - updated).total_seconds())


def _moment(value: object) -> datetime | None:
    """A ``DateTime``; one without a zone is in UTC."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def read(data: Mapping[str, object], *, conversation: str, message: str) -> AnswerDiff | None:
    """The message with this id, or the newest answer where no id is known; None if it is not there."""
    answers = [each for each in messages(data, conversation=conversation) if each.sender == _ASSISTANT]
    wanted = [each for each in answers if not message or message in each.ids]
    return wanted[-1].diff if wanted else None


def ids(kept: Iterable[Message]) -> frozenset[str]:
    """The ids of all messages."""
    return frozenset().union(*(each.ids for each in kept))


@dataclass(frozen=True, slots=True)
class Sought:
    """A question that is to be found among the messages of its conversation.

    Attributes:
        before: ids of messages that stood there before it.
        sole: the conversation was begun for it, so a question there is this one, however it is written.
    """

    text: str
    before: frozenset[str] = frozenset()
    sole: bool = False

    def place(self, kept: Sequence[Message]) -> int | None:
        """Where it stands; None where it does not.

        The newest one of these words is taken. A message of a person whose words cannot be read may be it.
        """
        words = {" ".join(clean(self.text).split()), ""}
        new = [at for at, each in enumerate(kept) if each.sender == _USER and self.new(each)]
        worded = [at for at in new if kept[at].text in words]
        return worded[-1] if worded else new[0] if new and self.sole else None

    def new(self, message: Message) -> bool:
        """The message was not there before the question."""
        return not message.ids & self.before


def answers(kept: Sequence[Message], sought: Sought, *, known: frozenset[str]) -> tuple[Message, ...]:
    """The answers to a question, without those that were there before.

    Where there is no such question, the tenant may have written it otherwise: then those that are ``known``.
    """
    at = sought.place(kept)
    found: Iterator[Message]
    if at is None:
        found = (each for each in kept if each.ids & known)
    else:
        found = takewhile(lambda each: each.sender != _USER, kept[at + 1 :])
    return tuple(each for each in found if each.sender == _ASSISTANT and sought.new(each))


def _nodes(data: Mapping[str, object]) -> list[Mapping[str, object]]:
    held = data.get("chatMessages")
    nodes = held.get("nodes") if isinstance(held, dict) else None
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []
