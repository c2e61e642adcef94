"""The command line: it reads arguments and settings, and hands over."""

from __future__ import annotations

import argparse
import asyncio
import sys

from bot import app, logs, settings, signals
from bot.errors import ConfigurationError

_HIGHEST_PORT = 65535


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        code: int = asyncio.run(arguments.command(arguments))
    except ConfigurationError as error:
        print(str(error).replace("; ", "\n"), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Ask your data in Slack.")
    commands = parser.add_subparsers(required=True, metavar="command")

    run = commands.add_parser("run", help="connect to Slack and answer questions")
    run.add_argument("--http", action="store_true", help="signed requests instead of Socket Mode")
    run.add_argument(
        "--port", type=_port, help="port of the health pages, and of Slack's requests with --http"
    )
    run.set_defaults(command=_run)

    ask = commands.add_parser("ask", help="ask from the terminal")
    ask.add_argument("question")
    ask.add_argument("--domain", help="id or name of the domain (default: WISDOM_DOMAIN_ID)")
    ask.add_argument("--json", action="store_true", help="print the raw events, one a line")
    ask.set_defaults(command=_ask)

    demo = commands.add_parser("demo", help="a local tenant, a local workspace and the bot in one process")
    demo.add_argument("--port", type=_port, default=0, help="port of the page (default: any free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--json", action="store_true", help="print addresses and tokens as one line of JSON")
    demo.set_defaults(command=_demo)
    return parser


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{number} is not a port")
    return number


async def _run(arguments: argparse.Namespace) -> int:
    settings.check(settings.Settings, settings.SlackSettings, settings.WisdomSettings)
    process = settings.read(settings.Settings)
    logs.configure(process.log_level, process.log_format)
    if arguments.port is not None:
        process = process.model_copy(update={"port": arguments.port})
    configuration = app.Configuration(
        process=process,
        slack=settings.read(settings.SlackSettings),
        wisdom=settings.read(settings.WisdomSettings),
    )
    async with signals.stop_asked() as stop, app.running(configuration, http=arguments.http):
        await stop.wait()
    return 0


async def _ask(arguments: argparse.Namespace) -> int:
    wisdom = settings.read(settings.WisdomSettings)
    return await app.ask(
        wisdom, arguments.question, domain=arguments.domain, out=sys.stdout, json_events=arguments.json
    )


async def _demo(arguments: argparse.Namespace) -> int:
    try:
        from bot.sandbox import demo  # noqa: PLC0415 - a production install works without the sandbox's extra
    except ModuleNotFoundError as error:
        sentence = f"The demo needs its extra ({error.name} is missing): pip install '.[sandbox]'"
        raise ConfigurationError(sentence) from error
    logs.configure("WARNING", "text")
    async with signals.stop_asked() as stop, demo.running(port=arguments.port) as world:
        demo.announce(world, as_json=arguments.json, open_browser=not arguments.no_browser)
        await stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
