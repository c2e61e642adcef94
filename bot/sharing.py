"""A private answer, shown to the others: posted where it was asked, as its asker wants it.

Sharing the same answer has the same turn each time. So where one attempt ends in the middle, whatever the
reason, the next goes on with what stands there, and nothing is posted twice.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from bot.core.context import Asked
from bot.core.finished import Delivered, Finished, Reached
from bot.core.record import Stage, TurnRecord, name_of
from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.core.results import Shown, StoredResult
from bot.delivery import Delivery
from bot.errors import (
    AccessDenied,
    Denial,
    MessageGone,
    NotInChannel,
    SlackError,
    SlackUnreachable,
    StoreFailed,
)
from bot.memory import Memory
from bot.model import Mark, ThreadKey
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster

_log = logging.getLogger("bot.sharing")

_NOT_A_MEMBER = "user_not_in_channel"


@dataclass(frozen=True, slots=True)
class Means:
    """What sharing works with.

    Attributes:
        messages: the messages of a new answer, by channel and thread_ts.
        new_key: makes idempotency keys.
    """

    delivery: Delivery
    messages: Callable[[str, str], AnswerMessages]
    results: Results
    memory: Memory
    poster: Poster
    new_key: Callable[[], str]


class Sharing:
    """Shares private answers."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def share(self, result: StoredResult, origin: ThreadKey, *, exports: bool) -> str:
        """Posts the answer in the thread that it was asked in, or beneath a message of its own.

        It stands there as an answer of its own, with controls. Returns the address of its thread, or empty.

        Raises:
            AccessDenied: the asker is not in the channel any more.
            NotInChannel: the app is not.
            SlackError: it could not be posted.
            StoreFailed: it could not be noted; nothing was posted.
        """
        means, asker = self._means, result.question.user
        await self._look_for(asker, origin)
        shown = replace(
            result,
            turn=name_of(f"share:{result.turn}"),
            question=replace(result.question, thread=origin, ts=origin.thread_ts, origin=None),
            footer=replace(result.footer, shared_by=asker),
            messages=(),
            shown=tuple(Shown(chosen=each) for each in result.chosen),
        )
        before = await means.memory.turn(shown.turn)
        record = before or self._record(shown)
        await means.memory.keep_turn(record)
        record = await self._rooted(record, origin, again=before is not None)
        shown = replace(shown, question=record.question)
        await self._post(shown, record, origin, exports=exports, again=before is not None)
        thread, question = shown.question.thread, shown.question
        await _noted(means.memory.join_thread(thread))
        # Whoever goes on here brings this question along, its asker too: the private conversation stays so.
        await _noted(means.memory.keep_asked(thread, Asked(shown.turn, "", result.domain, question.text)))
        return await means.poster.permalink(thread.channel, thread.thread_ts)

    async def _look_for(self, asker: str, origin: ThreadKey) -> None:
        """Slack takes a whisper to members only, which tells whether the asker is one."""
        draft = blocks.told(notices.sharing(), turn=None)
        try:
            await self._means.poster.post_ephemeral(origin.channel, asker, draft)
        except NotInChannel as error:
            if error.code == _NOT_A_MEMBER:
                raise AccessDenied(Denial.NOT_A_MEMBER) from error
            raise

    def _record(self, shown: StoredResult) -> TurnRecord:
        """The turn as it is journaled: it is over from the beginning, so nobody asks its question."""
        return TurnRecord(
            id=shown.turn,
            question=shown.question,
            key=self._means.new_key(),
            stage=Stage.ENDED,
            conversation_id=shown.answer.conversation_id,
            message_id=shown.answer.message_id,
        )

    # -- the message that the answer stands beneath ----------------------------------------------------------

    async def _rooted(self, record: TurnRecord, origin: ThreadKey, *, again: bool) -> TurnRecord:
        """With the thread that it goes to; where it was asked in none, one begins."""
        if record.question.thread.thread_ts:
            return record
        thread = replace(origin, thread_ts=await self._root(record, again=again))
        rooted = replace(record, question=replace(record.question, thread=thread, ts=thread.thread_ts))
        await _noted(self._means.memory.keep_turn(rooted))
        return rooted

    async def _root(self, record: TurnRecord, *, again: bool) -> str:
        """The message that says who asks what; an earlier attempt may have posted it."""
        poster, question, mark = self._means.poster, record.question, Mark(record.id, "question")
        channel = question.thread.channel
        if again and (standing := await poster.find(channel, None, mark)):
            return standing[0]
        return await poster.post(channel, blocks.asked(question.user, question.text), mark=mark)

    async def _take_back(self, record: TurnRecord, origin: ThreadKey) -> None:
        """A message beneath which no answer came does not stay."""
        thread = record.question.thread
        try:
            await self._means.poster.delete(thread.channel, thread.thread_ts)
        except MessageGone:
            _log.info("Turn %s: its question was deleted before", record.id)
        except SlackError as error:
            _log.warning("Turn %s: a question without its answer stays: %s", record.id, error)
            return
        bare = replace(record, question=replace(record.question, thread=origin, ts=""))
        await _noted(self._means.memory.keep_turn(bare))

    # -- the answer ------------------------------------------------------------------------------------------

    async def _post(
        self, shown: StoredResult, record: TurnRecord, origin: ThreadKey, *, exports: bool, again: bool
    ) -> None:
        means, thread = self._means, shown.question.thread
        messages = means.messages(thread.channel, thread.thread_ts)
        messages.turn = shown.turn
        if again:
            await messages.recall(record.messages, oldest=thread.thread_ts)
        async with means.results.changing(shown.turn):  # a control that is pressed at once waits
            kept = await means.results.surely_kept(shown)
            delivered = await self._deliver(messages, shown, kept=kept, exports=exports, resumed=again)
            await means.results.keep_as_shown(shown, delivered)
        if delivered.reached not in {Reached.SHOWN, Reached.SIMPLER, Reached.FILE}:
            if not (origin.thread_ts or delivered.messages):
                await self._take_back(record, origin)
            raise SlackUnreachable("the answer could not be posted in the channel")
        await _noted(means.memory.keep_turn(replace(record, messages=delivered.messages)))

    async def _deliver(
        self, messages: AnswerMessages, shown: StoredResult, *, kept: bool, exports: bool, resumed: bool
    ) -> Delivered:
        finished = Finished(
            turn=shown.turn,
            question=shown.question,
            answer=shown.answer,
            ending=Ending(shown.ending),
            footer=shown.footer,
            kept=kept,
            chosen=shown.chosen,
            exports=exports,
        )
        try:
            return await self._means.delivery.deliver(messages, finished, resumed=resumed)
        finally:
            await messages.close()


async def _noted(write: Awaitable[None]) -> None:
    """What stands in Slack is shared, also where the store cannot note it."""
    try:
        await write
    except StoreFailed as error:
        _log.warning("Something of a shared answer could not be noted: %s", error)
