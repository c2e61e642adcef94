"""Switching faults on and off."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from bot.sandbox.tenant.faults import Armed, Fault, Faults


def test_a_fault_is_used_up() -> None:
    """It happens as often as it was armed for, each time as it was armed."""
    faults = Faults()
    assert faults.take(Fault.GAP) is None
    faults.switch(Fault.GAP, times=2, after=5)
    faults.switch(Fault.GAP, after=7)
    assert faults.left(Fault.GAP) == 3
    assert [faults.take(Fault.GAP) for _ in range(4)] == [
        Armed(Fault.GAP, after=5),
        Armed(Fault.GAP, after=5),
        Armed(Fault.GAP, after=7),
        None,
    ]
    assert faults.left(Fault.SILENT) == 0


async def test_clear_disarms_and_ends_silences() -> None:
    """After it everything works, also what had stopped."""
    faults = Faults()
    faults.switch(Fault.CRASH, times=3)
    silence = asyncio.create_task(faults.silence())
    await faults.silent()
    assert faults.silences == 1
    faults.clear()
    await silence
    assert faults.silences == 0
    assert faults.take(Fault.CRASH) is None


def test_every_fault_is_documented() -> None:
    """Each has a row in the table of faults, under the name that a program uses."""
    text = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text("utf-8")
    rows = re.findall(r"^\| `Fault\.([A-Z_0-9]+)`(?:, `\.([A-Z_]+)`)? \|", text, re.MULTILINE)
    assert {name for row in rows for name in row if name} == set(Fault.__members__)
