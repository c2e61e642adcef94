"""What each person gets of an answer's data: the rows that their own rights give, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.copies import Copies
from bot.core.render import notices
from bot.core.results import StoredResult
from bot.errors import TenantSilent, TenantUnreachable
from bot.gate import Admission, allowed_domain
from bot.model import Deed, Identity, Rights, Visualization
from bot.results import Results
from handlers.desk import Declined, Desk
from handlers.press import Press, Target

#: Seconds for WisdomAI to tell what somebody may do; it is asked every few minutes only.
_PATIENCE = 3.0


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who pressed a control, and was let in.

    Attributes:
        rights: what they may do at WisdomAI; None where it cannot be reached.
    """

    admission: Admission
    identity: Identity
    rights: Rights | None


@dataclass(frozen=True, slots=True)
class Found:
    """What a control works with.

    Attributes:
        result: with the rights of who pressed.
        shared: what stands in the thread, fetched with the asker's rights.
        index: of the visualization in ``result``.
    """

    reader: Reader
    result: StoredResult
    shared: StoredResult
    index: int

    @property
    def own(self) -> bool:
        """Who pressed has the asker's rights: what stands in the thread is theirs."""
        return self.result is self.shared

    @property
    def visualization(self) -> Visualization:
        """What the control is about."""
        return self.result.visualizations[self.index]


class Readers:
    """Finds what a press may see.

    Args:
        rights: what an identity may do at WisdomAI; raises TenantError.
    """

    def __init__(
        self,
        desk: Desk,
        results: Results,
        copies: Copies,
        rights: Callable[[Identity], Awaitable[Rights]],
    ) -> None:
        self._desk = desk
        self._results = results
        self._copies = copies
        self._rights = rights

    async def check(self, press: Press, deed: Deed, result: StoredResult) -> Reader:
        """Who pressed, let in anew: by Slack, by the channel, and by WisdomAI.

        Raises:
            AccessDenied: they may not do this here, or not with this domain.
            PersonRefused: WisdomAI does not let them in any more.
            Declined: the control belongs to another channel.
            SlackError: it is not known who they are, or who reads along.
        """
        admission = await self._desk.admit(press, deed, about=result.question)
        if result.domain:
            allowed_domain(admission.policy, result.domain)
        identity = self._desk.identity(admission)
        return Reader(admission, identity, await self._rights_of(identity))

    async def find(self, press: Press, target: Target, deed: Deed) -> Found:
        """What the press is about, as who pressed may see it; asks WisdomAI where that was not asked before.

        Raises as ``check``, and TenantError; Declined where nothing is kept, or there is nothing for them.
        """
        shared = await self._results.load(target.turn)
        if shared is None or target.index >= len(shared.visualizations):
            raise Declined(notices.no_longer_kept())
        reader = await self.check(press, deed, shared)
        result = await self._copies.held(shared, reader.identity)
        if result is None:
            result = await self._made_once(press, shared, reader.identity)
        index = result.counterpart(shared, target.index)
        if index is None:
            raise Declined(notices.nothing_for_you())
        return Found(reader, result, shared, index)

    async def _made_once(self, press: Press, shared: StoredResult, identity: Identity) -> StoredResult:
        """Who presses again while WisdomAI answers is neither told nor counted again."""
        async with self._results.changing(f"{shared.turn} for {identity.name}"):
            held = await self._copies.held(shared, identity)
            return held if held is not None else await self._made(press, shared, identity)

    async def _made(self, press: Press, shared: StoredResult, identity: Identity) -> StoredResult:
        if not shared.domain:
            raise Declined(notices.no_longer_kept())
        await self._desk.count(press.user, shared.question.place)
        await self._desk.tell_back(press, notices.with_your_rights())
        return await self._copies.made(shared, identity)

    async def _rights_of(self, identity: Identity) -> Rights | None:
        """A tenant that is away does not take the stored data from those whose they are."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._rights(identity)
        except (TenantUnreachable, TenantSilent, TimeoutError):
            return None
