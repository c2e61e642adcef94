from __future__ import annotations

import pytest

from bot.sandbox.slack.http_events import HttpEvents
from bot.sandbox.slack.socket_mode import SocketMode
from bot.sandbox.slack.tasks import Tasks
from bot.sandbox.slack.traffic import Traffic
from bot.sandbox.slack.transport import Outgoing, Transport, Unacknowledged

from .bare import workspace


@pytest.mark.parametrize("way", ["socket", "http"])
async def test_a_way_to_an_app_that_is_not_there(way: str) -> None:
    """Both ways take the same payload, and say in Slack's words why it was not acknowledged."""
    here = workspace(request_url="http://127.0.0.1:1/")
    http = HttpEvents(here)
    ways: dict[str, Transport] = {"socket": SocketMode(here, Traffic(here.clock), Tasks()), "http": http}
    deadline = here.clock.now() if way == "socket" else here.clock.now() + 3
    outcome = await ways[way].send(Outgoing("events_api", {"type": "event_callback"}), deadline=deadline)
    assert outcome == Unacknowledged("timeout" if way == "socket" else "connection_failed")
    await http.close()
