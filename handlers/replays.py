"""Signed requests are taken once: within the five minutes in which a signature is good, it could be repeated.

Slack signs each delivery of an event anew, with the time of that delivery
(docs.slack.dev/authentication/verifying-requests-from-slack); a repeated signature is not from Slack.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.memory import Memory

_log = logging.getLogger("handlers")

_SIGNATURE = "x-slack-signature"
_UNAUTHORIZED = 401


class Replays:
    """Stands behind Bolt's own check of the signature; a socket's payloads have none."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    async def refuse(
        self, request: AsyncBoltRequest, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """Lets a request pass whose signature was not seen before."""
        signatures = request.headers.get(_SIGNATURE) or ()
        for signature in signatures:
            if not await self._memory.first_request(signature):
                _log.warning("A request was repeated, and refused")
                return BoltResponse(status=_UNAUTHORIZED, body="")
        return await next_()
