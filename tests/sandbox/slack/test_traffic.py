from __future__ import annotations

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.traffic import Entry, Traffic


def test_the_newest_exchanges_come_last_and_the_oldest_go() -> None:
    """The log holds so many entries, numbered from the first."""
    traffic = Traffic(ManualClock(), keep=3)
    for number in range(5):
        traffic.add("in", "web_api", f"call {number}")
    assert [entry.name for entry in traffic.newest(10)] == ["call 2", "call 3", "call 4"]
    assert [entry.id for entry in traffic.newest(2)] == [4, 5]
    assert traffic.newest(0) == ()


def test_an_exchange_says_how_long_it_took() -> None:
    """Milliseconds from its beginning to its entry."""
    clock = ManualClock()
    traffic = Traffic(clock)
    began = clock.now()
    clock.advance(1.25)
    traffic.add("out", "event", "message", began=began)
    assert traffic.newest(1)[0].ms == 1250.0


def test_no_secret_is_shown() -> None:
    """Tokens, tickets and one-time addresses are masked in summary and body."""
    traffic = Traffic(ManualClock())
    secrets = {"token": "xoxb-123-abc", "url": "ws://x/link?ticket=abc", "hook": "http://x/hooks/abc"}
    traffic.add("in", "web_api", "auth.test", summary="with xoxb-123-abc", body=[secrets])
    (entry,) = traffic.newest(1)
    assert "abc" not in str(entry.payload())
    assert "xoxb-…" in entry.summary


def test_listeners_hear_every_entry() -> None:
    """The page shows traffic as it happens."""
    traffic = Traffic(ManualClock())
    heard: list[Entry] = []
    traffic.subscribe(heard.append)
    traffic.add("in", "web_api", "auth.test", status="invalid_auth")
    assert [entry.payload()["status"] for entry in heard] == ["invalid_auth"]
