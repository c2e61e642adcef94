"""The process's log."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from bot import logs

_LIBRARIES = ("slack_bolt", "slack_sdk", "httpx", "httpcore", "websockets", "aiohttp", "asyncio")


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """The loggers are as before when a test is over."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in _LIBRARIES}
    # What is already there belongs to pytest, and must not be closed.
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)


def test_text_is_one_line_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """People read time, level, logger and message."""
    logs.configure("INFO", "text")
    logging.getLogger("bot.app").info("Connected to %s", "Sandbox")
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith("INFO    bot.app: Connected to Sandbox")


def test_json_is_one_object_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """Machines read one object a line, whatever stands in the message."""
    logs.configure("INFO", "json")
    logging.getLogger("bot").warning("two\nlines and “quotes”")
    (line,) = capsys.readouterr().err.splitlines()
    event = json.loads(line)
    assert event["message"] == "two\nlines and “quotes”"
    assert (event["level"], event["logger"]) == ("WARNING", "bot")
    assert "at" in event


def test_json_holds_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception stays in the line of its event."""
    logs.configure("INFO", "json")
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        logging.getLogger("bot").exception("Turn t1 failed")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ZeroDivisionError" in json.loads(line)["error"]


@pytest.mark.parametrize("level", ["DEBUG", "INFO"])
def test_libraries_never_say_all_they_know(capsys: pytest.CaptureFixture[str], level: str) -> None:
    """The libraries' DEBUG lines carry tokens: they stay out even where ours are wanted."""
    logs.configure(level, "text")
    for name in _LIBRARIES:
        logging.getLogger(name).debug("xoxb-secret")
    logging.getLogger("slack_bolt.AsyncApp").debug("xoxb-secret")
    logging.getLogger("bot.slack").debug("ours")
    written = capsys.readouterr().err
    assert "secret" not in written
    assert ("ours" in written) == (level == "DEBUG")


def test_a_higher_level_holds_for_libraries_too(capsys: pytest.CaptureFixture[str]) -> None:
    """With WARNING nobody's INFO is written."""
    logs.configure("WARNING", "text")
    logging.getLogger("websockets").info("connection open")
    logging.getLogger("bot").info("started")
    assert capsys.readouterr().err == ""
