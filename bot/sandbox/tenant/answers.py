"""Answers in the making: one task each, a log of diffs that any number of subscriptions follow."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.model import Domain
from bot.sandbox.tenant import access, wire
from bot.sandbox.tenant.conversations import Conversation, Conversations, Message, Sender, WireOp
from bot.sandbox.tenant.faults import MAKING, Armed, Fault, Faults
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import AskingForbidden, UnknownDomain
from bot.sandbox.tenant.reply import Filter, Intent, Reply
from bot.sandbox.tenant.stream import Change, Script
from bot.sandbox.tenant.updates import Updates, ended, grown

logger = logging.getLogger(__name__)


class Analyst(Protocol):
    """Who computes the answers; ``bot.sandbox.tenant.analyst.Analyst`` is one."""

    @property
    def domains(self) -> Sequence[Domain]:
        """What can be asked about."""

    def answer(
        self, domain_id: str, text: str, previous: Intent | None, *, scope: Sequence[Filter], sql: bool
    ) -> Reply:
        """Answer a question from the rows that ``scope`` leaves; runs in a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody wants to know.

    Attributes:
        conversation_id: the conversation that goes on, or None for a new one.
        key: the idempotency key of ``chat``; None for ``sendUserMessage``, which has none.
        hidden: a new conversation is not to be listed.
    """

    user: User
    text: str
    domain_id: str
    conversation_id: str | None
    key: str | None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that reached the analyst.

    Attributes:
        key: its idempotency key, or None where it was sent without one.
    """

    user: User
    conversation_id: str
    domain_id: str
    text: str
    key: str | None

    @property
    def flow(self) -> Literal["chat", "conversation"]:
        """By which of the two flows it came."""
        return "conversation" if self.key is None else "chat"


class Answer:
    """One answer: its message, and every diff that was sent of it so far."""

    def __init__(self, conversation: Conversation, message: Message, asked: Asked) -> None:
        self.conversation = conversation
        self.message = message
        self.asked = asked
        self.ended = False
        self._diffs: list[Mapping[str, object]] = []
        self._changed = asyncio.Event()

    @property
    def diffs(self) -> int:
        """How many diffs there are."""
        return len(self._diffs)

    def add(self, ops: Sequence[WireOp], *, in_progress: bool) -> Mapping[str, object]:
        """Append the next diff, wake whoever follows, and return the diff."""
        diff = wire.diff(self.message, ops, index=len(self._diffs), in_progress=in_progress)
        self._diffs.append(diff)
        self.ended = not in_progress
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
        return diff

    async def follow(self) -> AsyncGenerator[Mapping[str, object], None]:
        """Every diff from the first on, as they come, until the answer has ended."""
        index = 0
        while True:
            while index < len(self._diffs):
                yield self._diffs[index]
                index += 1
            if self.ended:
                return
            await self._changed.wait()


@dataclass(slots=True, kw_only=True, eq=False)
class Answers:
    """Asks the analyst and writes down what it says, at the tenant's speed.

    A question with the key of one that was asked before, in the same conversation and with the same rights,
    is that question: its answer is told again, from the first diff. Only an answer that was cancelled is
    asked for anew. A question without a key is asked each time that it comes.

    An answer is written whether or not anybody follows it. Whoever follows its conversation is told, however
    the question came.
    """

    analyst: Analyst
    conversations: Conversations
    options: TenantOptions
    faults: Faults
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    data_refreshed_at: datetime
    questions: list[Asked] = field(default_factory=list)
    updates: Updates = field(default_factory=Updates)
    _by_key: dict[tuple[User, str | None, str], Answer] = field(default_factory=dict)
    _tasks: dict[Answer, asyncio.Task[None]] = field(default_factory=dict)

    def ask(self, question: Question) -> Answer:
        """The answer to a question, begun now or before.

        Raises:
            AskingForbidden: this person may not ask.
            UnknownDomain: there is no such domain, or none for this person.
            UnknownConversation: the conversation does not exist or is somebody else's.
        """
        user, conversation_id, key = question.user, question.conversation_id, question.key
        self._check(user, question.domain_id)
        known = None if key is None else self._by_key.get((user, conversation_id, key))
        if known is not None and known.message.cancelled_at is None:
            return known
        conversation = self._conversation(question)
        asked = Asked(user, conversation.id, question.domain_id, question.text, key)
        answer = self._begin(conversation, asked)
        if key is not None:
            # The first question of a conversation is repeated without the id, or with it once a diff
            # has told it.
            self._by_key[user, conversation_id, key] = answer
            self._by_key[user, conversation.id, key] = answer
        return answer

    def open(self, user: User, domain_id: str, *, hidden: bool) -> Conversation:
        """A new conversation in which nothing has been asked.

        Raises:
            AskingForbidden: this person may not ask.
            UnknownDomain: there is no such domain, or none for this person.
        """
        self._check(user, domain_id)
        return self.conversations.open(user, domain_id=domain_id, summary="", hidden=hidden)

    def domains_of(self, user: User) -> tuple[Domain, ...]:
        """The domains that somebody may use."""
        return tuple(each for each in self.analyst.domains if access.may_use(user, each.id))

    def cancel(self, answer: Answer) -> None:
        """Stop writing; what is there stays, marked as cancelled."""
        if answer.ended:
            return
        self._tasks[answer].cancel()
        answer.message.cancelled_at = self.clock()
        self._end(answer, ())

    async def close(self) -> None:
        """Stop everything; answers that are being written stay unfinished."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # -- one answer --------------------------------------------------------------------------------------

    def _check(self, user: User, domain_id: str) -> None:
        if not access.may_ask(user):
            raise AskingForbidden
        if all(domain.id != domain_id for domain in self.domains_of(user)):
            raise UnknownDomain(domain_id)

    def _conversation(self, question: Question) -> Conversation:
        if question.conversation_id is not None:
            return self.conversations.get(question.user, question.conversation_id)
        return self.conversations.open(
            question.user, domain_id=question.domain_id, summary=question.text, hidden=question.hidden
        )

    def _begin(self, conversation: Conversation, asked: Asked) -> Answer:
        self.questions.append(asked)
        conversation.summary = conversation.summary or asked.text
        question = self.conversations.add(conversation, Sender.USER, asked.domain_id)
        question.body = ({"insert": {"text": asked.text}},)
        message = self.conversations.add(conversation, Sender.ASSISTANT, asked.domain_id)
        message.data_refreshed_at = self.data_refreshed_at
        answer = Answer(conversation, message, asked)
        task = asyncio.create_task(self._make(answer))
        self._tasks[answer] = task
        task.add_done_callback(lambda _: self._tasks.pop(answer, None))
        return answer

    async def _make(self, answer: Answer) -> None:
        conversation, asked = answer.conversation, answer.asked
        async with conversation.turn:
            try:
                reply = await asyncio.to_thread(
                    self.analyst.answer,
                    asked.domain_id,
                    asked.text,
                    conversation.intent,
                    scope=access.scope(asked.user, asked.domain_id),
                    sql=access.may_read_sql(asked.user),
                )
                await self._write(answer, reply)
            except Exception:
                logger.exception("the answer to a question could not be made")
                answer.message.errors = ("Internal server error",)
                self._end(answer, ())
                return
            conversation.intent = reply.intent

    async def _write(self, answer: Answer, reply: Reply) -> None:
        script = Script(self.options, container=f"card_{answer.message.id}")
        trouble = {fault: self.faults.take(fault) for fault in MAKING}
        await self._interrupt(answer, trouble)
        for step in reply.steps:
            for change in script.play(step):
                await self._put(answer, script, change)
                await self._interrupt(answer, trouble)
            if _due(trouble, Fault.ERROR_OP, answer.diffs):
                await self._put(answer, script, script.error("A tool of the analyst failed."))
        if trouble[Fault.ERROR_STRINGS]:
            script.fail("The analyst could not finish.")
        last = script.finish()
        answer.message.body, answer.message.errors = script.body, script.errors
        self._end(answer, last)

    async def _put(self, answer: Answer, script: Script, change: Change) -> None:
        message = answer.message
        message.body, message.updated_at = script.body, self.clock()
        diff = answer.add(change.ops, in_progress=True)
        self.updates.publish(message.conversation_id, grown(diff))
        if self.options.speed > 0:
            await self.sleep(change.characters / self.options.speed)

    async def _interrupt(self, answer: Answer, trouble: dict[Fault, Armed | None]) -> None:
        if _due(trouble, Fault.SILENT, answer.diffs):
            await self.faults.silence()
        if _due(trouble, Fault.CANCELLED, answer.diffs):
            self.cancel(answer)
            await asyncio.sleep(0)  # it is this task that was cancelled: here it ends

    def _end(self, answer: Answer, ops: Sequence[WireOp]) -> None:
        message = answer.message
        message.updated_at = self.clock()
        snapshot = self.options.mode == "snapshots"
        diff = answer.add(message.body if snapshot else ops, in_progress=False)
        about = next(each for each in self.analyst.domains if each.id == message.domain_id)
        for update in ended(message, diff, about, self.options.ending):
            self.updates.publish(message.conversation_id, update)


def _due(trouble: dict[Fault, Armed | None], fault: Fault, diffs: int) -> bool:
    """Whether a fault strikes now; it is used up by that."""
    armed = trouble[fault]
    if armed is None or diffs < armed.after:
        return False
    trouble[fault] = None
    return True
