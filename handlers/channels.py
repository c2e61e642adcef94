"""What happens to channels: another id, other people who read along."""

from __future__ import annotations

import logging

from slack_bolt.context.async_context import AsyncBoltContext

from bot.gate import Gate
from bot.memory import Memory
from bot.policies import Policies
from bot.results import Results
from handlers import inbound

_log = logging.getLogger("handlers")


class Channels:
    """Listens to ``channel_id_changed``, ``channel_shared`` and ``channel_unshared``."""

    def __init__(self, gate: Gate, memory: Memory, policies: Policies, results: Results) -> None:
        self._gate = gate
        self._memory = memory
        self._policies = policies
        self._results = results

    async def on_id_changed(self, event: inbound.Payload, context: AsyncBoltContext) -> None:
        """What is remembered of the channel goes on under its new id."""
        team, before, now = context.team_id or "", str(event["old_channel_id"]), str(event["new_channel_id"])
        await self._policies.move(team, before, now)
        for turn in await self._memory.move_channel(team, before, now):
            await self._results.move(turn, before, now)
        self._gate.look_again(before)
        self._gate.look_again(now)
        _log.info("The channel %s is %s now", before, now)

    async def on_shared(self, event: inbound.Payload) -> None:
        """The next question or press looks anew who reads along."""
        channel = str(event["channel"])
        self._gate.look_again(channel)
        _log.debug("Who reads along in %s is looked at anew", channel)
