"""Waiting for the end that a terminal or a platform asks for."""

from __future__ import annotations

import asyncio
import signal


async def told_to_stop() -> None:
    """Returns at the first SIGINT or SIGTERM; afterwards both do again what they did before."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    numbers = (signal.SIGINT, signal.SIGTERM)
    for number in numbers:
        loop.add_signal_handler(number, stop.set)
    try:
        await stop.wait()
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)
