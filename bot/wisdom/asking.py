"""A question, attempt after attempt, until its answer is over or there is no hope of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace

from bot.core.course import Course, Trouble
from bot.errors import AnswerFailed, KeyRefused, TenantError, TenantUnreachable
from bot.model import AnswerDiff, Bookmark, Identity
from bot.wisdom import faults
from bot.wisdom.chat import ChatRequest
from bot.wisdom.conversation import Forgotten
from bot.wisdom.flows.chat import ChatFlow
from bot.wisdom.flows.conversation import ConversationFlow
from bot.wisdom.flows.listening import Bookmarks, Flow, Means, Noted, Way
from bot.wisdom.link import Crowded
from bot.wisdom.selection import Flow as FlowName
from bot.wisdom.selection import Selection, about
from bot.wisdom.standing import Standing
from bot.wisdom.tokens import Tokens

#: Way in which a key may be refused although it could sign in.
QUESTIONS = "questions"
_FLOWS: Mapping[FlowName, Callable[[ChatRequest, Means, Bookmarks], Flow]] = {
    "chat": ChatFlow,
    "conversation": ConversationFlow,
}


@dataclass(frozen=True, slots=True)
class Tools:
    """What questions are asked with.

    Attributes:
        document: brings the document of ``chat`` for a token; afterwards the selection knows the flow.
        jitter: a random number from 0 to 1.
    """

    means: Means
    tokens: Tokens
    selection: Selection
    standing: Standing
    document: Callable[[str], Awaitable[str]]
    jitter: Callable[[], float]


class Asking:
    """Asks questions until it is closed."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._closed = False

    def close(self) -> None:
        """From now on nothing is tried again."""
        self._closed = True

    async def ask(
        self,
        request: ChatRequest,
        identity: Identity,
        *,
        resume: Bookmark | None = None,
        noted: Noted | None = None,
    ) -> AsyncGenerator[AnswerDiff, None]:
        """The answer's diffs as they arrive; raises TenantError, see ``Tenant.ask``."""
        tools = self._tools
        inquiry = _Inquiry(request, identity, tools, Bookmarks(noted, resume))
        while True:
            try:
                async with aclosing(inquiry.attempt()) as diffs:
                    async for diff in diffs:
                        inquiry.course.started = True
                        if not identity.email:
                            tools.standing.taken(QUESTIONS)
                        yield diff
            except TenantError as error:
                if self._closed or (wait := inquiry.recover(error)) is None:
                    raise
                if wait:
                    await tools.means.sleep(wait)
            else:
                break
        if not inquiry.course.started:
            raise AnswerFailed("the subscription ended without an answer")


class _Inquiry:
    """How the asking of one question has gone so far."""

    def __init__(self, request: ChatRequest, identity: Identity, tools: Tools, bookmarks: Bookmarks) -> None:
        resumed = bookmarks.resume is not None
        self.course = Course(patience=tools.means.silence, now=tools.means.now(), resumed=resumed)
        self._bookmarks = bookmarks
        self._request = request
        self._identity = identity
        self._tools = tools
        self._flows: dict[FlowName, Flow] = {}
        self._flow: FlowName = "chat"
        self._token = ""
        self._document = ""
        self._refused: KeyRefused | None = None

    async def attempt(self) -> AsyncGenerator[AnswerDiff, None]:
        """One attempt, by the flow of an earlier process, or else by the one that the tenant has."""
        before, self._token, self._document = self._token, "", ""  # what fails earlier is not their fault
        token = await self._tools.tokens.token(self._identity)
        if self._refused is not None and self.course.started and token == before:
            raise self._refused  # there is no other token
        self._refused = None
        self._token = token
        document = await self._tools.document(token)
        resume = self._bookmarks.resume
        self._document, self._flow = document, resume.flow if resume else self._tools.selection.flow
        if self._flow not in self._flows:
            make = _FLOWS[self._flow]
            self._flows[self._flow] = make(self._request, self._tools.means, self._bookmarks)
        async with aclosing(self._flows[self._flow].attempt(Way(token, document), self.course)) as diffs:
            async for diff in diffs:
                yield diff

    def recover(self, error: TenantError) -> float | None:
        """Makes ready for another attempt: how long to wait for it. None if there is no hope."""
        tools, trouble = self._tools, self._trouble(error)
        wait = self.course.fail(trouble, now=tools.means.now(), chance=tools.jitter())
        if trouble is Trouble.REFUSED:
            tools.tokens.invalidate(self._token)
            if wait is None and not self._identity.email:  # of a person, it says nothing about the key
                tools.standing.refused(QUESTIONS, str(error))
        if wait is None:
            return None
        if isinstance(error, KeyRefused):
            self._refused = error
        elif trouble is Trouble.FORGOTTEN:
            self._request = replace(self._request, conversation=None)
            self._bookmarks.resume = None
            self._flows.clear()
        return wait

    def _trouble(self, error: TenantError) -> Trouble:
        if isinstance(error, Crowded):
            return Trouble.CROWDED
        if isinstance(error, KeyRefused):
            return Trouble.REFUSED if self._token else Trouble.FATAL
        if isinstance(error, TenantUnreachable):
            return Trouble.LOST
        if isinstance(error, AnswerFailed) and self._document:
            return self._failure(error)
        return Trouble.FATAL

    def _failure(self, error: AnswerFailed) -> Trouble:
        resume = self._bookmarks.resume
        named = self._request.conversation or (resume and resume.conversation)
        if named and (isinstance(error, Forgotten) or faults.forgotten(error.reasons)):
            return Trouble.FORGOTTEN
        if not faults.misfit(error.reasons):
            return Trouble.FATAL
        selection = self._tools.selection
        if about(self._flow, error.reasons):
            hope = selection.lacks(self._flow)
            self._bookmarks.resume = None  # where the earlier process asked, nobody can any more
        else:
            hope = not self.course.started and selection.refused(self._document)
        return Trouble.MISFIT if hope else Trouble.FATAL
