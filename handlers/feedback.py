"""What readers say about answers: thumbs up or down, and why.

Everybody has one opinion of an answer, the newest; the shared message is never changed by it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from slack_bolt.context.ack.async_ack import AsyncAck

from bot.audit import What
from bot.core.render import notices, views, windows
from bot.core.render.controls import UP
from bot.memory import Feedback as Opinion
from bot.memory import Memory
from bot.model import Deed
from bot.slack.views import Views
from handlers import inbound, press
from handlers.desk import Desk
from handlers.press import Press

_log = logging.getLogger("handlers")


class Feedback:
    """Listens to the thumbs and to the window that asks what was wrong.

    Args:
        clock: the time in seconds since 1970.
    """

    def __init__(self, desk: Desk, memory: Memory, opener: Views, *, clock: Callable[[], float]) -> None:
        self._desk = desk
        self._memory = memory
        self._views = opener
        self._clock = clock

    async def on_feedback(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Notes the opinion; thanks for a good one, asks what was wrong with a bad one."""
        await ack()
        pressed = Press(body)
        await self._desk.obey(pressed, self._take(pressed), failed=notices.not_done())

    async def on_reason(self, ack: AsyncAck, body: inbound.Payload) -> None:
        """Adds the reason to the opinion, and thanks."""
        await ack()
        view = press.inner(body, "view")
        private, reason = windows.private_in(view), views.reason_in(view)
        user = press.user(body)
        notice = notices.thanks()
        try:
            opinion = await self._opinion(private.get("turn", ""), user, good=False)
            await self._keep(press.team(body), replace(opinion, reason=reason.reason, text=reason.words))
        except Exception:  # noqa: BLE001 - also a mistake of ours must not be thanked for
            _log.exception("A reason could not be noted")
            notice = notices.not_done()
        await self._desk.tell(
            private.get("channel", ""), user, notice, thread_ts=private.get("thread_ts") or None
        )

    async def _take(self, pressed: Press) -> None:
        turn, _, said = pressed.value.rpartition(":")
        good = said == UP
        record = await self._memory.turn(turn)
        await self._desk.admit(pressed, Deed.USE, about=record.question if record else None)
        await self._keep(pressed.team, await self._opinion(turn, pressed.user, good=good))
        await self._desk.note(What.RATED, pressed, turn=turn, outcome=said)
        if good:
            await self._desk.tell_back(pressed, notices.thanks())
            return
        private = {"turn": turn, "channel": pressed.channel, "thread_ts": pressed.whisper_ts or ""}
        await self._views.open(pressed.trigger_id, views.feedback_view(private))

    async def _opinion(self, turn: str, user: str, *, good: bool) -> Opinion:
        record = await self._memory.turn(turn)
        return Opinion(
            turn=turn,
            user=user,
            at=self._clock(),
            good=good,
            conversation_id=record.conversation_id if record else "",
            message_id=record.message_id if record else "",
        )

    async def _keep(self, team: str, opinion: Opinion) -> None:
        await self._memory.keep_feedback(team, opinion)
        said = "up" if opinion.good else f"down {opinion.reason}".rstrip()
        _log.info("Feedback on turn %s by %s: %s", opinion.turn, opinion.user, said)
