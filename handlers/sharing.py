"""Share to channel: the asker of a private answer shows it to the others."""

from __future__ import annotations

from dataclasses import replace

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.render import notices
from bot.memory import Memory
from bot.model import Deed
from bot.results import Results
from bot.sharing import Sharing as Shares
from handlers import inbound
from handlers.desk import Declined, Desk
from handlers.press import Press
from handlers.readers import Readers


class Sharing:
    """Listens to Share to channel."""

    def __init__(
        self, desk: Desk, readers: Readers, memory: Memory, results: Results, shares: Shares
    ) -> None:
        self._desk = desk
        self._readers = readers
        self._memory = memory
        self._results = results
        self._shares = shares

    async def on_share(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Posts the answer where it was asked; what holds in that channel now decides."""
        await ack()
        press = Press(body)
        await self._desk.obey(press, self._share(press), failed=notices.not_shared())

    async def _share(self, press: Press) -> None:
        once = f"share:{press.value}:{press.at}"
        if not await self._memory.first_time(press.team, press.channel, once):
            return
        async with self._results.changing(press.value):
            result = await self._results.load(press.value)
            if result is None or result.question.origin is None or result.question.user != press.user:
                raise Declined(notices.no_longer_kept())
            if result.footer.shared_by:
                raise Declined(notices.already_shared())
            origin = result.question.origin
            reader = await self._readers.check(press, Deed.SHARE, result)
            if reader.identity.name != result.identity:
                raise Declined(notices.no_longer_kept())  # fetched with rights that are not theirs any more
            link = await self._shares.share(result, origin, exports=reader.admission.exports)
            # Noted when it stands there: who could not share may try again.
            footer = replace(result.footer, shared_by=press.user)
            await self._results.surely_kept(replace(result, footer=footer))
        await self._desk.tell_back(press, notices.shared(link))
        await self._desk.note(
            What.SHARED,
            press,
            turn=result.turn,
            identity=reader.identity,
            domain=result.domain,
            details={"to": origin.channel},
        )
