"""Asking by the subscription ``chat``: one subscription is one question, told apart by its idempotency key.

After a loss the same is sent with the same key. The tenant takes it for the same question and, as far as is
known, tells its answer again; what was told before is dropped by ``diffIndex`` where the diffs are folded.
Where it tells nothing, the answer is read from ``chatMessages``. Another process does the same with the same
key; an answer that somebody stopped meanwhile is read first, because the key may then be taken for a new
question.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace

from bot.core.course import Course, Vigil
from bot.core.graphql_ws import Next
from bot.errors import TenantSilent
from bot.model import AnswerDiff, Bookmark
from bot.wisdom import chat, settled
from bot.wisdom.chat import ChatRequest
from bot.wisdom.flows.listening import Bookmarks, Listening, Means, Own, Way, ending, kept, look, mark, over
from bot.wisdom.settled import Message, Sought


class ChatFlow:
    """One question by ``chat``."""

    def __init__(self, request: ChatRequest, means: Means, bookmarks: Bookmarks) -> None:
        self._request = request
        self._means = means
        self._bookmarks = bookmarks
        self._own = Own(doubtful=True)
        self._conversation = request.conversation or ""
        self._answer = ""
        if (resume := bookmarks.resume) is not None:
            self._conversation, self._answer = resume.conversation, resume.answer
            if resume.conversation != request.conversation:  # it was asked in a new one, as it is now
                self._request = replace(request, conversation=None)

    async def attempt(self, way: Way, course: Course) -> AsyncGenerator[AnswerDiff, None]:
        """Subscribes, and reads to the end; see ``Flow``."""
        stopped = await self._stopped(way, course)
        for diff in stopped:
            yield diff
        if stopped:
            return
        await self._note()
        async with aclosing(self._follow(way, course)) as diffs:
            async for diff in diffs:
                yield diff

    async def _follow(self, way: Way, course: Course) -> AsyncGenerator[AnswerDiff, None]:
        means = self._means
        payload = chat.payload(self._request, document=way.document, token=way.token)
        vigil = self._vigil() if course.recovering and self._conversation else None
        async with means.socket.subscription(
            payload, token=way.token, key=self._request.key, alone=course.alone
        ) as subscription:
            if await subscription.started():
                course.reach(means.now())
            listening = Listening(means, subscription, course, vigil)
            while (heard := await listening.next()) is not None:
                if isinstance(heard, Next):
                    if (told := await self._read(heard, way, course, listening)) is not None:
                        yield told
                elif found := await self._rested(way, listening):
                    for each in found:
                        yield each
                    return
        if vigil is not None and not listening.ended:
            for diff in await self._settled(way, course, vigil):
                yield diff

    async def _note(self) -> None:
        await self._bookmarks.note(Bookmark("chat", self._conversation, answer=self._answer))

    async def _stopped(self, way: Way, course: Course) -> tuple[AnswerDiff, ...]:
        """The answer of which an earlier process heard, if somebody has stopped it since."""
        if not self._answer or course.started:
            return ()
        found = await self._look(way) or ()
        ours = any(self._answer in each.ids for each in found)
        return ending(found) if ours and found[-1].diff.cancelled else ()

    async def _read(self, event: Next, way: Way, course: Course, listening: Listening) -> AnswerDiff | None:
        """What an event tells of the answer; None where it is about something else."""
        diff = chat.read(event, domain=self._request.domain, token=way.token)
        if diff is None:
            return None
        self._conversation = self._conversation or diff.conversation_id
        ids = frozenset({diff.message_id} if diff.message_id else ())
        if not await self._own.has(ids, lambda: self._look(way)):
            return None
        if not self._answer:
            self._answer = diff.message_id or ""
            await self._note()
        if course.receive(mark(diff), now=self._means.now()):
            listening.vigil = None  # the stream goes on by itself
        listening.told(last=not diff.in_progress)
        return diff

    def _vigil(self) -> Vigil:
        now = self._means.now()
        vigil = Vigil(rest=self._means.rest, now=now)
        vigil.look((), now=now)  # the stream is given the time to tell it
        return vigil

    async def _rested(self, way: Way, listening: Listening) -> tuple[AnswerDiff, ...]:
        """The whole answer if the tenant keeps it and it is over; else nothing."""
        if listening.vigil is None:
            return ()
        found = await self._look(way)
        if found is None:
            listening.vigil = None
        return self._whole(found or (), listening.vigil)

    async def _settled(self, way: Way, course: Course, vigil: Vigil) -> tuple[AnswerDiff, ...]:
        """The tenant has ended a stream that was lost before: the answer is read until it rests."""
        while wait := min(vigil.due(self._means.now()), course.left(self._means.now())):
            await self._means.sleep(wait)
            found = await self._look(way)
            if found is None:
                return ()
            if whole := self._whole(found, vigil):
                return whole
        raise TenantSilent(self._means.silence)

    def _whole(self, found: tuple[Message, ...], vigil: Vigil | None) -> tuple[AnswerDiff, ...]:
        now = self._means.now()
        if vigil is None:
            return ()
        look(vigil, found, now)
        return ending(found) if over(found, vigil, now) else ()

    async def _look(self, way: Way) -> tuple[Message, ...] | None:
        """The answers that the tenant keeps; None where it does not tell."""
        if not self._conversation:
            return None
        found = await kept(self._means, way, self._conversation)
        if found is None:
            return None
        sought = Sought(self._request.text, sole=self._request.conversation is None)
        return settled.answers(found, sought, known=self._own.ids)
