"""Asking in a conversation: subscribe to it, send the message, read what is told of its answer.

Nothing makes sending the same message twice one question. So it is sent again only if it surely did not
arrive: the request did not go out, or the conversation does not hold it. After a loss nothing is told again;
what was missed is read from ``chatMessages``, and so is everything up to the end of the answer. Another
process that goes on with a question does as after a loss in the middle of sending it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from enum import Enum, auto

from bot.core.course import Course, Vigil, pause
from bot.core.graphql_ws import Next
from bot.errors import PeerMisbehaved, TenantError, TenantUnreachable
from bot.model import AnswerDiff, Bookmark
from bot.wisdom import conversation, documents, faults, http, settled
from bot.wisdom.chat import ChatRequest
from bot.wisdom.conversation import Update
from bot.wisdom.flows.listening import (
    Bookmarks,
    Listening,
    Means,
    Own,
    Way,
    brief,
    ending,
    kept,
    look,
    mark,
    over,
)
from bot.wisdom.link import Subscription
from bot.wisdom.settled import Message, Sought

_USER = "USER"
#: So often the conversation is looked at for a message whose reply was lost, before it is sent again.
_LOOKS = 5


class _Sent(Enum):
    """What is known of the question."""

    NO = auto()
    UNSURE = auto()
    YES = auto()


class ConversationFlow:
    """One question in a conversation; a new one is made where the request names none."""

    def __init__(self, request: ChatRequest, means: Means, bookmarks: Bookmarks) -> None:
        self._request = request
        self._means = means
        self._bookmarks = bookmarks
        self._conversation = request.conversation
        self._before: frozenset[str] | None = None
        self._sent = _Sent.NO
        self._own = Own(doubtful=False)
        if (resume := bookmarks.resume) is not None and resume.conversation:
            self._conversation, self._before = resume.conversation, resume.before
            self._sent = _Sent.UNSURE
            self._own.exclude(resume.before)

    async def attempt(self, way: Way, course: Course) -> AsyncGenerator[AnswerDiff, None]:
        """Asks if that was not done, and reads to the end; see ``Flow``."""
        means = self._means
        if self._conversation is None:
            self._conversation = await self._create(way)
            self._before = frozenset()
        subscribed = conversation.payload(
            self._conversation, document=conversation.document(way.document), token=way.token
        )
        fresh = False
        async with means.socket.subscription(subscribed, token=way.token, alone=course.alone) as subscription:
            if await subscription.started():
                course.reach(means.now())
                fresh = await self._ask(subscription, way)
            vigil = None if fresh or self._sent is _Sent.NO else Vigil(rest=means.rest, now=means.now())
            listening = Listening(means, subscription, course, vigil)
            async with aclosing(self._follow(listening, way, course)) as diffs:
                async for diff in diffs:
                    yield replace(diff, conversation_id=diff.conversation_id or self._conversation)

    # -- asking ------------------------------------------------------------------------------------------

    async def _create(self, way: Way) -> str:
        data = await self._means.http.run(
            documents.load("create_conversation"),
            operation="CreateConversation",
            variables={"domainId": self._request.domain, "hidden": False},
            token=way.token,
            fault=self._fault,
        )
        made = data.get("createConversation")
        if not isinstance(made, str) or not made:
            raise PeerMisbehaved("createConversation gave no id")
        return made

    async def _ask(self, subscription: Subscription, way: Way) -> bool:
        """Sends the question if it is not there yet; whether nothing of its answer can have been missed."""
        if self._sent is _Sent.UNSURE and await self._find(way):
            return False
        if self._sent is _Sent.YES:
            return False
        if self._before is None:
            self._before = settled.ids(await self._said(way) or ())
        self._own.exclude(self._before)
        await self._bookmarks.note(Bookmark("conversation", self._conversation or "", self._before))
        if subscription.discard():  # what was told until now is about others
            return True  # it has failed, and nobody would hear the answer
        await self._send(way)
        if self._sent is _Sent.UNSURE and not await self._find(way):
            raise TenantUnreachable("the question did not arrive")
        return True

    async def _send(self, way: Way) -> None:
        try:
            data = await self._means.http.run(
                documents.load("send_user_message"),
                operation="SendUserMessage",
                variables=conversation.message(self._request, self._conversation or ""),
                token=way.token,
                fault=self._fault,
            )
        except (TenantUnreachable, PeerMisbehaved) as error:
            if http.unsent(error):
                raise
            # It may be there, and be answered already. Where the tenant is only slow, it surely was heard.
            self._sent = _Sent.YES if http.unanswered(error) else _Sent.UNSURE
            return
        refusal = conversation.refusal(data, domain=self._request.domain, token=way.token)
        if refusal is not None:
            raise refusal
        self._sent = _Sent.YES

    async def _find(self, way: Way) -> bool:
        """Whether the question arrived; where that cannot be told, it is taken to have."""
        for number in range(_LOOKS):
            if wait := pause(number, 0.5):
                await self._means.sleep(wait)
            found = await self._said(way)
            if found is None or self._sought().place(found) is not None:
                self._sent = _Sent.YES
                return True
        self._sent = _Sent.NO
        return False

    def _fault(self, errors: faults.Errors) -> TenantError:
        return faults.from_asking(errors, domain=self._request.domain)

    # -- reading -----------------------------------------------------------------------------------------

    async def _follow(
        self, listening: Listening, way: Way, course: Course
    ) -> AsyncGenerator[AnswerDiff, None]:
        while (heard := await listening.next()) is not None:
            if not isinstance(heard, Next):
                for diff in await self._looked(listening, way, course):
                    yield diff
                    listening.told(last=not diff.in_progress)
                if listening.ended:
                    return
                continue
            for update in conversation.read(heard, domain=self._request.domain, token=way.token):
                if not await self._is_ours(update, way):
                    continue
                for diff in await self._told(update, listening, way, course):
                    yield diff
                listening.told(last=update.last)
                if update.kind != "grown":
                    return
        if not listening.ended:
            raise TenantUnreachable("the subscription ended before the answer")

    async def _is_ours(self, update: Update, way: Way) -> bool:
        if update.sender == _USER:
            return False
        if update.kind == "whole" and not (update.diff.ops or update.diff.errors):
            return False  # a message without a body ends nothing that has one
        return await self._own.has(update.ids, lambda: self._answers(way))

    async def _told(
        self, update: Update, listening: Listening, way: Way, course: Course
    ) -> tuple[AnswerDiff, ...]:
        """What to make known of an update: where something was missed before, what the tenant keeps."""
        course.receive(mark(update.diff) if update.kind == "grown" else None, now=self._means.now())
        if listening.vigil is None or update.kind == "whole":
            return (update.diff,)
        if not update.last:
            listening.vigil.stir(self._means.now())
            return ()
        found = await self._answers(way)
        return ending(found, cancelled=update.diff.cancelled) if found else (update.diff,)

    async def _looked(self, listening: Listening, way: Way, course: Course) -> tuple[AnswerDiff, ...]:
        """The answer as the tenant keeps it, where it has changed or is over."""
        if listening.vigil is None:
            return ()
        found, now = await self._answers(way), self._means.now()
        if found is None:
            listening.vigil = None  # nothing can be read: what the stream tells has to do
            return ()
        changed = look(listening.vigil, found, now)
        if over(found, listening.vigil, now):
            return ending(found)
        if changed:
            if found and any(each.diff.ops for each in found):
                course.receive(None, now=now)
            return tuple(replace(each.diff, in_progress=True) for each in found)
        return ()

    async def _answers(self, way: Way) -> tuple[Message, ...] | None:
        found = await kept(self._means, way, self._conversation or "")
        if found is None:
            return None
        answers = settled.answers(found, self._sought(), known=self._own.ids)
        self._own.include(settled.ids(answers))
        return answers

    def _sought(self) -> Sought:
        sole = self._conversation != self._request.conversation  # it was begun for this question
        return Sought(self._request.text, self._before or frozenset(), sole=sole)

    async def _said(self, way: Way) -> tuple[Message, ...] | None:
        return await brief(self._means, way, self._conversation or "")
