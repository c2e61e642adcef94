"""A private answer, shown to the others: posted where it was asked, as its asker wants it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.core.context import Asked
from bot.core.finished import Delivered, Finished, Reached
from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.core.results import Shown, StoredResult
from bot.delivery import Delivery
from bot.errors import AccessDenied, Denial, NotInChannel, SlackUnreachable
from bot.memory import Memory, TurnRecord
from bot.model import Question, ThreadKey
from bot.results import Results
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster

_NOT_A_MEMBER = "user_not_in_channel"


@dataclass(frozen=True, slots=True)
class Means:
    """What sharing works with.

    Attributes:
        messages: the messages of a new answer, by channel and thread_ts.
        new_turn: makes names of turns.
        new_key: makes idempotency keys.
    """

    delivery: Delivery
    messages: Callable[[str, str], AnswerMessages]
    results: Results
    memory: Memory
    poster: Poster
    new_turn: Callable[[], str]
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
            StoreFailed: it stands there, and could not be noted.
        """
        means, asker = self._means, result.question.user
        await self._look_for(asker, origin)
        thread = await self._thread(result.question, origin)
        question = replace(result.question, thread=thread, ts=thread.thread_ts, origin=None)
        shown = replace(
            result,
            turn=means.new_turn(),
            question=question,
            footer=replace(result.footer, shared_by=asker),
            messages=(),
            shown=tuple(Shown(chosen=each) for each in result.chosen),
        )
        await self._post(shown, exports=exports)
        await means.memory.join_thread(thread)
        # Whoever goes on here brings this question along, its asker too: the private conversation stays so.
        await means.memory.keep_asked(thread, Asked(shown.turn, "", result.domain, question.text))
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

    async def _thread(self, question: Question, origin: ThreadKey) -> ThreadKey:
        if origin.thread_ts:
            return origin
        ts = await self._means.poster.post(origin.channel, blocks.asked(question.user, question.text))
        return replace(origin, thread_ts=ts)

    async def _post(self, shown: StoredResult, *, exports: bool) -> None:
        means, answer = self._means, shown.answer
        record = TurnRecord(
            id=shown.turn,
            question=shown.question,
            key=means.new_key(),
            ended=True,
            conversation_id=answer.conversation_id,
            message_id=answer.message_id,
        )
        await means.memory.keep_turn(record)
        async with means.results.changing(shown.turn):  # a control that is pressed at once waits
            kept = await means.results.surely_kept(shown)
            delivered = await self._deliver(shown, kept=kept, exports=exports)
            await means.results.keep_as_shown(shown, delivered)
        if delivered.reached not in {Reached.SHOWN, Reached.SIMPLER, Reached.FILE}:
            raise SlackUnreachable("the answer could not be posted in the channel")
        await means.memory.keep_turn(replace(record, messages=delivered.messages))

    async def _deliver(self, shown: StoredResult, *, kept: bool, exports: bool) -> Delivered:
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
        thread = shown.question.thread
        messages = self._means.messages(thread.channel, thread.thread_ts)
        try:
            return await self._means.delivery.deliver(messages, finished)
        finally:
            await messages.close()
