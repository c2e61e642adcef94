"""Turns that nobody works on any more: begun by a process that died, or that had to end before they did."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.core.record import Stage, TurnRecord
from bot.core.render import blocks, notices
from bot.errors import SlackError
from bot.journal import Journal
from bot.model import Notice, Question
from bot.standing import NewMessages

_log = logging.getLogger("bot.recovery")

#: After so many seconds nobody waits for an answer any more.
_OLD_SECONDS = 3600.0
#: A turn whose answer so many processes went on with may be what ends them.
_MOST_ADOPTED = 24


@dataclass(frozen=True, slots=True)
class Means:
    """What recovering works with.

    Attributes:
        messages: makes the messages of an answer.
        resume: goes on with a turn from where it was left.
        tell: tells the asker of a question alone.
        clock: seconds since 1970.
    """

    journal: Journal
    messages: NewMessages
    resume: Callable[[TurnRecord], Awaitable[None]]
    tell: Callable[[Question, Notice], Awaitable[None]]
    clock: Callable[[], float]


class Recovery:
    """Ends in its thread what somebody else began."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def adopt(self, record: TurnRecord) -> None:
        """Goes on with a turn that this process holds now; a very old one says that it was cut off.

        Raises StoreFailed.
        """
        journal = self._means.journal
        if record.ended:
            await journal.forget(record)
        elif self._means.clock() - record.at > _OLD_SECONDS or record.adopted >= _MOST_ADOPTED:
            await self._cut_off(record)
        else:
            _log.info("Turn %s is gone on with; it was %s", record.id, record.stage)
            if record.stage is not Stage.PLACED:  # a turn that waits in its thread's line ends no process
                record = replace(record, adopted=record.adopted + 1)
                await journal.note(record)
            await self._means.resume(record)

    async def _cut_off(self, record: TurnRecord) -> None:
        """What it said stays; its last message says what happened, with Retry.

        A question that stands nowhere yet has no thread; and it may be one that its asker alone may read.
        """
        question, notice = record.question, notices.interrupted_by_restart()
        if not question.ts:
            await self._means.tell(question, notices.about(notice, question.text))
            await self._means.journal.end(record)
            return
        thread, draft = question.thread, blocks.told(notice, turn=record.id)
        messages = self._means.messages(thread.channel, thread.thread_ts, turn=record.id)
        try:
            await messages.recall(record.messages, oldest=question.ts)
            await messages.cut_off(draft, record.messages)
        except SlackError as error:
            _log.warning("Turn %s of an earlier run could not be ended in its thread: %s", record.id, error)
        finally:
            await messages.close()
        await self._means.journal.end(replace(record, messages=messages.ts))
