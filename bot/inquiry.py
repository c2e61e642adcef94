"""One question at WisdomAI: in its thread's conversation, with what others asked, to the whole answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from functools import partial
from itertools import takewhile
from typing import Protocol

from bot.core import context, rights
from bot.core.context import Asked
from bot.core.record import Asking
from bot.core.turn import Findings, Turn
from bot.errors import TenantError
from bot.memory import Memory
from bot.model import Answer, AnswerDiff, Bookmark, Domain, Identity, Rights, ThreadKey

_log = logging.getLogger("bot.inquiry")


class Asks(Protocol):
    """What answers questions: ``bot.wisdom.tenant.Tenant``."""

    def ask(  # noqa: PLR0913 - keywords only; one question, and where it was left
        self,
        text: str,
        *,
        identity: Identity,
        domain: str,
        conversation: str | None,
        key: str,
        resume: Bookmark | None = None,
        noted: Callable[[Bookmark], Awaitable[None]] | None = None,
    ) -> AsyncGenerator[AnswerDiff, None]:
        """Asks, or goes on; yields the answer's diffs as they arrive; raises TenantError."""

    def leave_running(self, key: str) -> None:
        """The question's answer goes on when its generator is closed: another process reads it."""

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """An answer as the tenant keeps it; raises TenantError."""

    async def rights(self, identity: Identity) -> Rights:
        """What the identity may do; raises TenantError where the tenant does not let it in."""


@dataclass(frozen=True, slots=True)
class Inquirer:
    """Makes inquiries."""

    tenant: Asks
    memory: Memory
    new_turn: Callable[[], Turn]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked, and as whom.

    Attributes:
        thread: whose conversation it continues, and whose earlier questions it brings along.
        turn: the turn that it answers; of the thread's questions only those before this one count.
        key: the idempotency key.
        aside: the question of a turn once more, for somebody else: in a conversation of its own, and none of
            the thread's questions.
        asked: what an earlier process asked; it is gone on with.
        noted: told what is asked before it is, and whenever there is news of where it stands.
    """

    thread: ThreadKey
    turn: str
    key: str
    text: str
    identity: Identity
    domain: Domain
    aside: bool = False
    asked: Asking | None = None
    noted: Callable[[Asking], Awaitable[None]] | None = None


class Inquiry:
    """The state of one question at WisdomAI."""

    def __init__(self, inquirer: Inquirer, wanted: Wanted) -> None:
        self._inquirer = inquirer
        self._wanted = wanted
        self._turn = inquirer.new_turn()
        self._sql = False
        self._conversation: str | None = None

    async def run(self, seen: Callable[[], Awaitable[None]]) -> None:
        """Asks, and reads to the end; ``seen`` is called after each diff.

        Raises TenantError and StoreFailed.
        """
        wanted = self._wanted
        self._sql = (await self._inquirer.tenant.rights(wanted.identity)).sql
        asking = wanted.asked or await self._asking()
        self._conversation = asking.conversation
        diffs = self._inquirer.tenant.ask(
            asking.text,
            identity=wanted.identity,
            domain=asking.domain,
            conversation=asking.conversation,
            key=wanted.key,
            resume=asking.bookmark,
            noted=partial(self._noted, asking),
        )
        async with aclosing(diffs):
            async for diff in diffs:
                self._turn.receive_diff(diff)
                await self._keep_conversation(diff)
                await seen()
        self._turn.receive_end()
        if self._turn.answer().doubt:
            await self._settle()

    def end(self) -> None:
        """However it ended, nothing more comes: what was held back is shown."""
        self._turn.receive_end()

    def answer(self) -> Answer:
        """The answer so far, as this identity may see it."""
        answer = self._turn.answer()
        return answer if self._sql else rights.without_sql(answer)

    def findings(self) -> Findings:
        """What was recognised, for the log."""
        return self._turn.findings()

    async def _asking(self) -> Asking:
        wanted = self._wanted
        self._conversation = await self._known_conversation()
        text = await self._text()
        return Asking(text, wanted.identity.name, wanted.domain.id, self._conversation)

    async def _noted(self, asking: Asking, bookmark: Bookmark) -> None:
        if self._wanted.noted is not None:
            await self._wanted.noted(replace(asking, bookmark=bookmark))

    async def _known_conversation(self) -> str | None:
        wanted = self._wanted
        if wanted.aside:
            return None
        return await self._inquirer.memory.conversation(wanted.thread, wanted.identity, wanted.domain.id)

    async def _text(self) -> str:
        """The question, after what others asked in the thread that the conversation lacks."""
        wanted, memory = self._wanted, self._inquirer.memory
        asked = await memory.asked(wanted.thread)
        before = list(takewhile(lambda each: each.turn != wanted.turn, asked))
        name, domain = wanted.identity.name, wanted.domain.id
        if wanted.aside:
            if len(before) == len(asked):
                return wanted.text  # so long ago that nobody knows any more what came before it
            return context.composed(wanted.text, context.unseen(before, identity=None, domain=domain))
        await memory.keep_asked(wanted.thread, Asked(wanted.turn, name, domain, wanted.text))
        if self._conversation is None:
            # What this person asked before failed before there was a conversation that could know of it.
            before = [each for each in before if each.identity != name]
        return context.composed(wanted.text, context.unseen(before, identity=name, domain=domain))

    async def _settle(self) -> None:
        """A gap, or a diff that did not fit: what the tenant keeps is right, if it can be had."""
        wanted, answer = self._wanted, self._turn.answer()
        _log.warning("Turn %s: its stream left a doubt: %s", wanted.turn, self._turn.findings())
        try:
            whole = await self._inquirer.tenant.settled(
                identity=wanted.identity, conversation=answer.conversation_id, message=answer.message_id
            )
        except TenantError as error:
            _log.warning("Turn %s: the whole answer could not be had: %s", wanted.turn, error)
            return
        if whole is not None and whole.ops:
            self._turn = self._inquirer.new_turn()
            self._turn.receive_diff(whole)

    async def _keep_conversation(self, diff: AnswerDiff) -> None:
        wanted = self._wanted
        if wanted.aside or not diff.conversation_id or diff.conversation_id == self._conversation:
            return
        self._conversation = diff.conversation_id
        keep = partial(
            self._inquirer.memory.keep_conversation,
            wanted.thread,
            wanted.identity,
            wanted.domain.id,
            diff.conversation_id,
        )
        await self._inquirer.memory.surely(f"the conversation of turn {wanted.turn}", keep)
