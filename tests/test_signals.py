"""Waiting for the end."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot import signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_the_wait(number: signal.Signals) -> None:
    """Ctrl+C and a platform's request to stop are the same; a second one is not swallowed."""
    before = signal.getsignal(number)
    waiting = asyncio.create_task(signals.told_to_stop())
    await asyncio.sleep(0)
    os.kill(os.getpid(), number)
    await asyncio.wait_for(waiting, timeout=5)
    assert signal.getsignal(number) in {before, signal.SIG_DFL, signal.default_int_handler}
