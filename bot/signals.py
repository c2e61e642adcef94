"""The end that a terminal or a platform asks for."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_NUMBERS = (signal.SIGINT, signal.SIGTERM)


@asynccontextmanager
async def stop_asked() -> AsyncIterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets; the second one ends the process at once."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in _NUMBERS:
        loop.add_signal_handler(number, ask, number)
    try:
        yield stop
    finally:
        for number in _NUMBERS:
            loop.remove_signal_handler(number)
