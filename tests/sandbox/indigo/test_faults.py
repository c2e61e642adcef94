"""Switching faults on and off."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from bot.sandbox.indigo.faults import Fault, Faults


def test_a_fault_is_used_up_by_what_it_strikes() -> None:
    """It happens as often as it was armed for, then no more."""
    faults = Faults()
    faults.switch(Fault.LOST, times=2)
    assert faults.left(Fault.LOST) == 2
    assert [Fault.LOST in faults.strike({"messages"}) for _ in range(3)] == [True, True, False]
    assert faults.left(Fault.LOST) == 0


def test_a_fault_may_stay() -> None:
    """Without a number of times it strikes until everything is cleared."""
    faults = Faults()
    faults.switch(Fault.ENDLESS, times=None)
    assert all(Fault.ENDLESS in faults.strike({"messages"}) for _ in range(50))
    assert faults.left(Fault.ENDLESS) is None
    faults.clear()
    assert Fault.ENDLESS not in faults.strike({"messages"})


@pytest.mark.parametrize(
    ("fault", "passes", "strikes"),
    [
        (Fault.TIMES, "conversations", "messages"),
        (Fault.USERS_KEY, "messages", "userRoles"),
        (Fault.ORDER, "conversations", "conversations.order"),
        (Fault.INTROSPECTION, "messages", "__type"),
        (Fault.NO_TOTAL, "sandboxUpdateArticle", "userRoles"),
    ],
)
def test_a_fault_waits_for_a_request_to_which_it_means_something(
    fault: Fault, passes: str, strikes: str
) -> None:
    """Strange times are of no use to a request for chats, so it does not use them up."""
    faults = Faults()
    faults.switch(fault)
    assert fault not in faults.strike({passes})
    assert fault in faults.strike({strikes})


def test_a_fault_can_be_kept_for_one_field_and_for_later() -> None:
    """The third request for members fails, whatever else is asked between."""
    faults = Faults()
    faults.switch(Fault.SERVER_ERROR, after=2, on="userRoles", status=502)
    asked = ["userRoles", "messages", "userRoles", "conversations", "userRoles", "userRoles"]
    struck = [faults.strike({field}).get(Fault.SERVER_ERROR) for field in asked]
    assert [each.status if each else None for each in struck] == [None, None, None, None, 502, None]


def test_one_request_uses_up_a_fault_once() -> None:
    """Armed twice with different manners, it strikes two requests, in order."""
    faults = Faults()
    faults.switch(Fault.LIMITED, seconds=1)
    faults.switch(Fault.LIMITED, seconds=9)
    waits = [each.seconds for _ in range(2) if (each := faults.strike({"messages"}).get(Fault.LIMITED))]
    assert waits == [1, 9]


async def test_what_hangs_can_be_waited_for_and_let_go() -> None:
    """A request that hangs is counted until somebody releases it."""
    faults = Faults()
    hanging = asyncio.create_task(faults.hang())
    await faults.hung()
    assert faults.hanging == 1
    faults.clear()
    await hanging
    assert faults.hanging == 0


def test_every_fault_is_documented() -> None:
    """Each has a row in the table of faults, under the name that a program uses."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    section = text.partition("### Platform faults")[2]
    rows = re.findall(r"^\| `indigo\.Fault\.([A-Z_]+)` \|", section, re.MULTILINE)
    assert rows == list(Fault.__members__)


def test_what_comes_instead_of_an_answer_comes_alone() -> None:
    """The next fault waits for the next request, and so does what would strike the answer."""
    faults = Faults()
    for fault in (Fault.NULL_NODES, Fault.LIMITED, Fault.UNAUTHORIZED, Fault.SLOW):
        faults.switch(fault)
    struck = [set(faults.strike({"messages"}).faults) for _ in range(4)]
    assert struck == [{Fault.LIMITED}, {Fault.UNAUTHORIZED}, {Fault.NULL_NODES, Fault.SLOW}, set()]
