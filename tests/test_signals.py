"""The end that is asked for."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot import signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_asks_for_the_end(number: signal.Signals) -> None:
    """Ctrl+C and a platform's request to stop are the same; a second one is not swallowed."""
    async with signals.stop_asked() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), timeout=5)
        assert signal.getsignal(number) in {signal.SIG_DFL, signal.default_int_handler}
