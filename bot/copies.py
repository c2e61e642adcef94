"""Somebody else's answer with one's own rights: the question asked once more, for who wants its data.

What stands in a thread was fetched with the asker's rights. Whoever presses a control of it gets nothing of
that but what they would get themselves: their own rows, seen by them alone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.core.render.blocks import Ending
from bot.core.results import StoredResult
from bot.errors import AnswerFailed
from bot.inquiry import Inquirer, Inquiry, Wanted
from bot.model import Answer, Domain, Identity, Prose, ProseKind, Visualization
from bot.results import Results

_log = logging.getLogger("bot.copies")


class Copies:
    """Makes copies of results, and keeps them as long as the results.

    Args:
        new_key: makes idempotency keys.
    """

    def __init__(self, inquirer: Inquirer, results: Results, *, new_key: Callable[[], str]) -> None:
        self._inquirer = inquirer
        self._results = results
        self._new_key = new_key

    async def held(self, result: StoredResult, identity: Identity) -> StoredResult | None:
        """The result as this identity may see it, where that was asked before; raises StoreFailed."""
        if result.identity == identity.name:
            return result
        return await self._results.load(_name(result, identity))

    async def made(self, result: StoredResult, identity: Identity) -> StoredResult:
        """The result with this identity's own rights; asks WisdomAI where it was not asked before.

        Raises TenantError and StoreFailed.
        """
        name = _name(result, identity)
        async with self._results.changing(name):
            held = await self.held(result, identity)
            if held is not None:
                return held
            copy = replace(result, answer=await self._ask(result, identity), identity=identity.name)
            copy = replace(copy, turn=name, messages=(), shown=(), ending=Ending.DONE.value, kept_at=0.0)
            if await self._results.load(result.turn) is not None:  # else it was deleted, its copies with it
                await self._results.keep(copy)
            return copy

    async def _ask(self, result: StoredResult, identity: Identity) -> Answer:
        wanted = Wanted(
            thread=result.question.thread,
            turn=result.turn,
            key=self._new_key(),
            text=result.question.text,
            identity=identity,
            domain=Domain(result.domain, result.footer.domain),
            aside=True,
        )
        inquiry = Inquiry(self._inquirer, wanted)
        await inquiry.run(_nothing)
        inquiry.end()
        answer = inquiry.answer()
        if (failure := _failure_in(answer)) is not None:
            raise failure
        _log.info("Turn %s was asked once more for another reader: %s", result.turn, inquiry.findings())
        return answer


def _failure_in(answer: Answer) -> AnswerFailed | None:
    """An answer without any result that did not end well: to keep it would say that there is none."""
    if any(isinstance(part, Visualization) for part in answer.parts):
        return None
    told = [part.text for part in answer.parts if isinstance(part, Prose) and part.kind is ProseKind.ERROR]
    failed = answer.errors or told or answer.cancelled
    return AnswerFailed(*answer.errors, *told) if failed else None


async def _nothing() -> None:
    """Nobody watches a copy grow."""


def _name(result: StoredResult, identity: Identity) -> str:
    """What the copy is kept under; ``Results.forget`` takes it away with the result."""
    return f"{result.turn}~{identity.name}"
