"""The proofs on the command line: what they take, and what they print."""

from __future__ import annotations

import argparse
import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from functools import partial

from bot import signals
from bot.sandbox.proof import chaos, faults, soak, table
from bot.sandbox.proof.bots import MissingProgram

_INTERRUPTED = 130
_SHORT_KILLS, _SHORT_PEOPLE = 6, 4
_SHORT_MINUTES = 8.0

Parts = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for what it returns


def add(parts: Parts[argparse.ArgumentParser]) -> None:
    """Adds ``faults``, ``chaos`` and ``soak``."""
    _add_faults(parts.add_parser("faults", help="every fault of both halves, one at a time"))
    _add_chaos(parts.add_parser("chaos", help="bots are killed while people ask"))
    _add_soak(parts.add_parser("soak", help="an hour of questions and small troubles in minutes"))


def _add_faults(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", default="", metavar="NAME", help="faults with this in their name")
    parser.add_argument("--flow", choices=faults.FLOWS, help="default: both ways to ask")
    parser.add_argument("--subprotocol", choices=faults.SUBPROTOCOLS, help="default: both")
    parser.add_argument("--short", action="store_true", help="some of every kind, in a minute")
    parser.set_defaults(work=partial(_ended, _faults))


def _add_chaos(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=100, metavar="N")
    parser.add_argument("--replicas", type=int, default=1, metavar="N", help="more than one share a Redis")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="makes the chance repeatable")
    parser.add_argument("--people", type=int, default=8, metavar="N")
    parser.add_argument(
        "--mode", choices=("socket", "http"), default="socket", help="how Slack's events come"
    )
    parser.add_argument("--short", action="store_true", help=f"{_SHORT_KILLS} kills")
    parser.set_defaults(work=partial(_ended, _chaos))


def _add_soak(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--minutes", type=float, default=60.0, metavar="N", help="of the sandbox's time")
    parser.add_argument("--speed", type=float, default=30.0, metavar="N", help="times as fast as the clock")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="makes the chance repeatable")
    parser.add_argument(
        "--short", action="store_true", help=f"{_SHORT_MINUTES:g} minutes of the sandbox's time"
    )
    parser.set_defaults(work=partial(_ended, _soak))


async def _ended(
    work: Callable[[argparse.Namespace], Coroutine[None, None, bool]], arguments: argparse.Namespace
) -> int:
    """Runs a proof to its end, or until it is interrupted; in both cases nothing of it is left running."""
    logging.disable(logging.CRITICAL)  # what goes wrong is meant to; the table tells what came of it
    async with signals.stop_asked() as stop:
        task, told = asyncio.create_task(work(arguments)), asyncio.create_task(stop.wait())
        await asyncio.wait({task, told}, return_when=asyncio.FIRST_COMPLETED)
        for each in (task, told):
            each.cancel()
        await asyncio.gather(task, told, return_exceptions=True)
    if task.cancelled():
        return _INTERRUPTED
    try:
        return 0 if task.result() else 1
    except MissingProgram as error:
        _say(str(error))
        return 2


async def _faults(arguments: argparse.Namespace) -> bool:
    began = time.monotonic()
    chosen = faults.cells(
        only=arguments.only,
        flow=arguments.flow,
        subprotocol=arguments.subprotocol,
        short=arguments.short,
    )
    _say(table.beginning(faults.HEAD))
    found = await faults.run(chosen, _say)
    _say(faults.total(found, time.monotonic() - began))
    return faults.good(found)


async def _chaos(arguments: argparse.Namespace) -> bool:
    plan = chaos.Plan(
        kills=_SHORT_KILLS if arguments.short else arguments.kills,
        replicas=arguments.replicas,
        seed=arguments.seed,
        people=_SHORT_PEOPLE if arguments.short else arguments.people,
        http=arguments.mode == "http",
    )
    report = await chaos.run(plan, _timed(time.monotonic()))
    _say(f"\n{report.table()}")
    return report.good


async def _soak(arguments: argparse.Namespace) -> bool:
    minutes = _SHORT_MINUTES if arguments.short else arguments.minutes
    plan = soak.Plan(minutes=minutes, speed=arguments.speed, seed=arguments.seed)
    report = await soak.run(plan, _timed(time.monotonic()))
    _say(f"\n{report.table()}")
    return report.good


def _timed(began: float) -> Callable[[str], None]:
    return lambda text: _say(f"{time.monotonic() - began:6.1f} s  {text}")


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - the command's output
