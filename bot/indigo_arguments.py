"""``python -m bot indigo …``: it reads arguments and settings, and hands over."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bot import exporting, indigo_running, indigo_terminal, indigo_wiring, logs, settings
from bot.core.indigo.schedules import Kind
from bot.indigo.client import Indigo
from bot.indigo_terminal import Export, Reporting

_Work = Callable[[Indigo], Awaitable[int]]
_SHOWN = ("text", "csv", "jsonl")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command, and all below it; each sets ``command``, a coroutine that gives an exit code."""
    indigo = commands.add_parser("indigo", help="chats, messages, members and reports of Indigo.ai")
    below = indigo.add_subparsers(required=True, metavar="what")
    _add_export(below.add_parser("export", help="all messages, into a file"))
    _add_transcript(below.add_parser("transcript", help="what was said in one chat"))
    _add_users(below.add_parser("users", help="who works in the workspace, by role"))
    _add_report(below.add_parser("report", help="chats, feedback and busiest hours of the last full days"))
    check = below.add_parser("check", help="whether the settings are good, and what was found out")
    check.set_defaults(
        command=_command(lambda _: partial(indigo_terminal.check, out=sys.stdout, err=sys.stderr))
    )
    run = below.add_parser("run", help="a GraphQL document of your own, once for each row of variables")
    indigo_running.add_arguments(run)
    run.set_defaults(command=_command(_running))


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", type=exporting.day, metavar="DAY", help="such as 2026-11-01, in UTC")
    parser.add_argument("--until", type=exporting.day, metavar="DAY", help="the last day, included")
    parser.add_argument("--format", choices=["csv", "jsonl"], default="jsonl")
    parser.add_argument("--output", type=Path, metavar="FILE", required=True)
    parser.add_argument("--resume", action="store_true", help="go on where such a command was cut off")
    parser.set_defaults(command=_command(_exporting))


def _add_transcript(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("chat", help="its id")
    parser.add_argument("--format", choices=_SHOWN, default="text")
    parser.set_defaults(command=_command(_transcript))


def _add_users(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=_SHOWN, default="text")
    parser.set_defaults(command=_command(_users))


def _add_report(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", nargs="?", type=Kind, choices=list(Kind), default=Kind.WEEKLY)
    parser.add_argument("--format", choices=_SHOWN, default="text")
    parser.add_argument(
        "--charts", type=Path, metavar="FOLDER", help="also draw the charts, into this folder"
    )
    parser.set_defaults(command=_command(_report))


def _exporting(arguments: argparse.Namespace) -> _Work:
    wanted = Export(
        arguments.output, arguments.format, arguments.since, arguments.until, resume=arguments.resume
    )
    return partial(indigo_terminal.export, wanted=wanted, err=sys.stderr, clock=time.monotonic)


def _transcript(arguments: argparse.Namespace) -> _Work:
    return partial(
        indigo_terminal.transcript,
        chat=arguments.chat,
        style=arguments.format,
        out=sys.stdout,
        err=sys.stderr,
    )


def _users(arguments: argparse.Namespace) -> _Work:
    return partial(indigo_terminal.users, style=arguments.format, out=sys.stdout, err=sys.stderr)


def _report(arguments: argparse.Namespace) -> _Work:
    wanted = Reporting(arguments.kind, arguments.format, arguments.charts, datetime.now(UTC))
    return partial(
        indigo_terminal.report, wanted=wanted, out=sys.stdout, err=sys.stderr, clock=time.monotonic
    )


def _running(arguments: argparse.Namespace) -> _Work:
    return partial(
        indigo_running.run, options=indigo_running.options(arguments), out=sys.stdout, err=sys.stderr
    )


def _command(
    prepared: Callable[[argparse.Namespace], _Work],
) -> Callable[[argparse.Namespace], Awaitable[int]]:
    """Makes a client for the work, and closes it. Raises ConfigurationError."""

    async def command(arguments: argparse.Namespace) -> int:
        indigo = settings.read(settings.IndigoSettings)
        logs.configure("WARNING", "text", secrets=[indigo.token])
        client = indigo_wiring.client(indigo)
        try:
            return await prepared(arguments)(client)
        finally:
            await client.close()

    return command
