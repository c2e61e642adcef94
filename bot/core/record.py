"""A turn as journaled: what another process needs to finish it in the same messages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.stored import Reader, Written, bookmark_from, bookmark_to, question_from, question_to
from bot.model import Bookmark, Question, ThreadKey

#: Characters of a turn's name: short enough to be read to each other.
_NAME_CHARS = 8


class Stage(StrEnum):
    """How far a turn has come."""

    TAKEN = "taken"  # whether its asker may ask is not known yet
    PLACED = "placed"  # it stands where it is answered
    ASKED = "asked"  # WisdomAI has the question, or may have it
    ENDED = "ended"  # the last edit has gone out


@dataclass(frozen=True, slots=True)
class Asking:
    """What WisdomAI was asked; whoever goes on with the turn asks exactly this again.

    Attributes:
        text: the question with what it brings along from its thread.
        identity: name of whose rights it runs with.
        domain: id of the domain.
        conversation: the conversation that it continues, or None.
        bookmark: how far the asking has come, as the client of WisdomAI tells.
    """

    text: str
    identity: str
    domain: str
    conversation: str | None = None
    bookmark: Bookmark | None = None


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """A turn as journaled: enough to find its messages, to go on with it, and to ask again.

    Attributes:
        id: names the turn in buttons and logs; people see it as the reference.
        key: the idempotency key at the tenant, the same for every attempt of this turn.
        messages: ts of the answer's messages, first to last.
        conversation_id: WisdomAI's name for the conversation, where it is known.
        message_id: WisdomAI's name for the answer, likewise.
        source: what Slack delivered, told apart from all else that it delivers.
        private: its asker wants to be the only one who reads the answer.
        at: when it was taken, in seconds since 1970.
        adopted: how often a process went on with it that did not begin it, other than to let it wait.
        line: the line of questions that it stands in; empty before it does.
        asking: what WisdomAI was asked, where it was.
    """

    id: str
    question: Question
    key: str
    messages: tuple[str, ...] = ()
    stage: Stage = Stage.TAKEN
    conversation_id: str = ""
    message_id: str = ""
    source: str = ""
    private: bool = False
    at: float = 0.0
    adopted: int = 0
    line: str = ""
    asking: Asking | None = None

    @property
    def ended(self) -> bool:
        """The last edit has gone out."""
        return self.stage is Stage.ENDED

    def age(self, now: float) -> float:
        """For how many seconds its asker has waited; ``now`` is in seconds since 1970."""
        return max(0.0, now - self.at) if self.at else 0.0

    def lined_up(self) -> TurnRecord:
        """The turn in the line of its thread; it stays there, even if its answer goes elsewhere."""
        return self if self.line else replace(self, line=str(self.question.thread))


def name_of(source: str, salt: int = 0) -> str:
    """The name of the turn of a delivery; with another salt another one."""
    digest = hashlib.sha256(f"{source}#{salt}".encode(errors="surrogatepass"))
    return digest.hexdigest()[:_NAME_CHARS]


def message_source(thread: ThreadKey, ts: str) -> str:
    """What a message is called as a source: the same, however often and in whatever form it is delivered."""
    return f"{thread.team}:{thread.channel}:{ts}"


def record_to(turn: TurnRecord) -> dict[str, Written]:
    """The turn as a JSON object, without its id."""
    return {
        **question_to(turn.question),
        "key": turn.key,
        "messages": list(turn.messages),
        "stage": turn.stage.value,
        "conversation_id": turn.conversation_id,
        "message_id": turn.message_id,
        "source": turn.source,
        "private": turn.private,
        "at": turn.at,
        "adopted": turn.adopted,
        "line": turn.line,
        "asking": _asking_to(turn.asking) if turn.asking else None,
    }


def record_from(turn_id: str, value: object) -> TurnRecord | None:
    """The turn, or None where it is none."""
    if not isinstance(value, Mapping):
        return None
    read = Reader(value)
    return TurnRecord(
        id=turn_id,
        question=question_from(read),
        key=read.text("key"),
        messages=read.texts("messages"),
        # An earlier version wrote whether it had ended, and began a turn when it was placed.
        stage=Stage.ENDED if read.flag("ended") else read.choice("stage", Stage.PLACED),
        conversation_id=read.text("conversation_id"),
        message_id=read.text("message_id"),
        source=read.text("source"),
        private=read.flag("private"),
        at=read.number("at") or 0.0,
        adopted=read.whole("adopted") or 0,
        line=read.text("line"),
        asking=_asking_from(read.inner("asking")) if read.has("asking") else None,
    )


def _asking_to(asking: Asking) -> dict[str, Written]:
    return {
        "text": asking.text,
        "identity": asking.identity,
        "domain": asking.domain,
        "conversation": asking.conversation,
        "bookmark": bookmark_to(asking.bookmark) if asking.bookmark else None,
    }


def _asking_from(read: Reader) -> Asking | None:
    if not read.text("text"):
        return None
    return Asking(
        text=read.text("text"),
        identity=read.text("identity"),
        domain=read.text("domain"),
        conversation=read.text("conversation") or None,
        bookmark=bookmark_from(read.inner("bookmark")),
    )
