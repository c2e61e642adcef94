"""Brings events to the app until they are acknowledged, and interactions once.

Slack documents the schedule of retries (at once, after one minute, after five) for HTTP; Socket Mode is taken
to follow the same.
"""

from __future__ import annotations

from . import wire
from .clock import Clock
from .http_events import HttpEvents
from .options import SlackOptions
from .socket_mode import SocketMode
from .tasks import Tasks
from .traffic import Kind, Traffic
from .transport import Acknowledged, EnvelopeType, Outcome, Outgoing, Unacknowledged

_KINDS: dict[EnvelopeType, Kind] = {
    "events_api": "event",
    "interactive": "interaction",
    "slash_commands": "command",
}


class Delivery:
    """Sends payloads by HTTP when there is a request URL, else by Socket Mode."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it goes through
        self,
        sockets: SocketMode,
        http: HttpEvents,
        options: SlackOptions,
        clock: Clock,
        traffic: Traffic,
        tasks: Tasks,
    ) -> None:
        self._sockets = sockets
        self._http = http
        self._options = options
        self._clock = clock
        self._traffic = traffic
        self._tasks = tasks

    def event(self, payload: wire.JsonObject) -> None:
        """Deliver an event in the background, with retries."""
        self._tasks.spawn(self._deliver(payload))

    async def interaction(self, kind: EnvelopeType, payload: wire.JsonObject) -> Outcome:
        """Deliver an interaction or a command: one attempt, and the app's answer to it."""
        return await self._attempt(Outgoing(kind, payload))

    async def _deliver(self, payload: wire.JsonObject) -> None:
        began = self._clock.now()
        outcome = await self._attempt(Outgoing("events_api", payload))
        if not self._options.retries:
            return
        for attempt, delay in enumerate(self._options.retry_seconds, start=1):
            if isinstance(outcome, Acknowledged) or not outcome.retry:
                return
            await self._clock.sleep_until(began + delay)
            outcome = await self._attempt(Outgoing("events_api", payload, attempt, outcome.reason))

    async def _attempt(self, outgoing: Outgoing) -> Outcome:
        began = self._clock.now()
        transport = self._http if self._http.url else self._sockets
        outcome = await transport.send(outgoing, deadline=began + self._options.ack_seconds)
        status = "acked" if isinstance(outcome, Acknowledged) else outcome.reason
        name = _name(outgoing)
        summary = wire.text(wire.mapping(outgoing.payload, "event"), "text")[:80]
        if outgoing.attempt:
            summary = f"retry {outgoing.attempt} ({outgoing.reason}) {summary}"
        self._traffic.add(
            "out",
            _KINDS[outgoing.type],
            name,
            status=status,
            began=began,
            summary=summary,
            body=_body(outgoing, outcome),
        )
        return outcome


def _name(outgoing: Outgoing) -> str:
    event = wire.mapping(outgoing.payload, "event")
    parts = (wire.text(event, "type"), wire.text(event, "subtype"))
    return (
        ".".join(filter(None, parts))
        or wire.text(outgoing.payload, "type")
        or wire.text(outgoing.payload, "command")
    )


def _body(outgoing: Outgoing, outcome: Outcome) -> dict[str, object]:
    body: dict[str, object] = {"request": outgoing.payload}
    if isinstance(outcome, Unacknowledged):
        return body
    return body | ({"response": outcome.payload} if outcome.payload else {})
