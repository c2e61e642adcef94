"""Windows that open in time."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

import pytest

from bot.core.render import views
from bot.errors import SlackRefused
from bot.model import Block, Notice
from bot.slack.views import TriggerOver, Views
from handlers import windows
from handlers.windows import Opening
from tests.handlers.conftest import Slack
from tests.slack.conftest import Answer, refused

OPENED = Answer({"view": {"id": "V1", "hash": "h1"}})
FULL = views.told_view("SQL", Notice("All of it."))


class Room:
    """Somebody who wants a window, and what is said about errors."""

    def __init__(self, api: Slack) -> None:
        self.api = api
        self.explained: list[Exception] = []
        self.ready = asyncio.Event()
        self.over = False

    async def making(self, error: Exception | None = None) -> Block:
        """What is looked for, until it is ready."""
        try:
            await self.ready.wait()
        finally:
            self.over = True
        if error is not None:
            raise error
        return FULL

    async def show(self, making: Coroutine[None, None, Block], *, patience: float) -> None:
        """Opens the window."""
        opening = Opening("trigger", "SQL", patience=patience)
        await windows.show(Views(self.api.client), opening, making, explain=self._explain)

    async def _explain(self, error: Exception) -> Notice:
        self.explained.append(error)
        return Notice("It failed.")

    def shown(self) -> list[str]:
        """What stood in windows, oldest first."""
        return [str(arguments["view"]) for _, arguments in self.api.calls]


@pytest.fixture
def room(api: Slack) -> Room:
    """A workspace that opens windows."""
    api.expect("views.open", OPENED)
    return Room(api)


async def test_what_is_there_in_time_is_shown_at_once(room: Room) -> None:
    """Nobody sees that something was looked for."""
    room.ready.set()
    await room.show(room.making(), patience=60)
    (shown,) = room.shown()
    assert "All of it." in shown
    assert room.api.of("views.open")[0]["trigger_id"] == "trigger"


async def test_what_takes_longer_comes_into_an_open_window(room: Room) -> None:
    """A trigger is good for three seconds only."""
    showing = asyncio.create_task(room.show(room.making(), patience=0))
    await room.api.until(1)
    room.ready.set()
    await showing
    assert ["Loading" in shown for shown in room.shown()] == [True, False]
    (filled,) = room.api.of("views.update")
    assert (filled["view_id"], filled["hash"]) == ("V1", "h1")
    assert "All of it." in str(filled["view"])


async def test_what_fails_in_time_is_raised(room: Room) -> None:
    """Whoever wanted the window says it another way; none is opened."""
    room.ready.set()
    with pytest.raises(ZeroDivisionError):
        await room.show(room.making(ZeroDivisionError()), patience=60)
    assert (room.api.calls, room.explained) == ([], [])


async def test_what_fails_later_is_said_in_the_window(room: Room) -> None:
    """It never stays at "Loading"."""
    error = ZeroDivisionError()
    showing = asyncio.create_task(room.show(room.making(error), patience=0))
    await room.api.until(1)
    room.ready.set()
    await showing
    assert "It failed." in room.shown()[-1]
    assert room.explained == [error]


async def test_nothing_is_looked_for_any_more_when_no_window_opens(api: Slack) -> None:
    """Who presses again begins anew."""
    room = Room(api)
    api.expect("views.open", refused("expired_trigger_id"))
    with pytest.raises(TriggerOver):
        await room.show(room.making(), patience=0)
    assert room.over


async def test_a_window_that_was_closed_meanwhile_is_left_alone(room: Room) -> None:
    """Nobody waits any more."""
    room.api.expect("views.update", refused("not_found"))
    showing = asyncio.create_task(room.show(room.making(), patience=0))
    await room.api.until(1)
    room.ready.set()
    await showing
    assert len(room.shown()) == 2


async def test_a_window_that_slack_does_not_fill_is_told(room: Room) -> None:
    """The error goes to whoever wanted the window."""
    room.api.expect("views.update", refused("invalid_arguments"))
    showing = asyncio.create_task(room.show(room.making(), patience=0))
    await room.api.until(1)
    room.ready.set()
    with pytest.raises(SlackRefused, match="invalid_arguments"):
        await showing
