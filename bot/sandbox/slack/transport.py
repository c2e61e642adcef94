"""What the ways to the app have in common: a payload goes out, an acknowledgement comes back or does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from . import wire

EnvelopeType = Literal["events_api", "interactive", "slash_commands"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One payload for the app; ``attempt`` counts from 0, ``reason`` says why it is sent again."""

    type: EnvelopeType
    payload: wire.JsonObject
    attempt: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The app answered in time; ``payload`` is what it sent with the acknowledgement."""

    payload: wire.JsonObject


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """The app did not answer in time, or not well; ``reason`` is Slack's name for it."""

    reason: str
    retry: bool = True


Outcome = Acknowledged | Unacknowledged


class Transport(Protocol):
    """A way to the app."""

    async def send(self, outgoing: Outgoing, *, deadline: float) -> Outcome:
        """Send one payload and wait for its acknowledgement until ``deadline`` (the clock's seconds)."""
        ...
