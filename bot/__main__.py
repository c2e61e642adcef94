"""The command line: it reads arguments and settings, and hands over."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from pydantic import SecretStr

from bot import app, exporting, indigo_arguments, logs, settings, signals
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
    ask.add_argument("--domain", default="", help="id or name of the domain (default: WISDOM_DOMAIN_ID)")
    ask.add_argument(
        "--as",
        dest="email",
        type=_email,
        metavar="EMAIL",
        help="ask with the rights of this person (default: of the access key's owner)",
    )
    ask.add_argument("--json", action="store_true", help="print the raw events, one a line")
    ask.set_defaults(command=_ask)

    embed = commands.add_parser("embed", help="host WisdomAI's pages for signed-in people, without Slack")
    embed.add_argument("--port", type=_port, help="port of the pages")
    embed.set_defaults(command=_embed)

    _add_exports(commands)
    indigo_arguments.add(commands)

    demo = commands.add_parser("demo", help="a local tenant, a local workspace and the bot in one process")
    demo.add_argument("--port", type=_port, default=0, help="port of the page (default: any free one)")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--json", action="store_true", help="print addresses and tokens as one line of JSON")
    demo.set_defaults(command=_demo)
    return parser


def _add_exports(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    for name, write, about in (
        ("audit", exporting.audit, "who asked what, where, as whom, and what came of it"),
        ("feedback", exporting.feedback, "what readers said about answers"),
    ):
        export = commands.add_parser(name, help=about)
        export.add_argument("action", choices=["export"], help="write it as a table or as JSON")
        export.add_argument("--since", type=exporting.day, metavar="DAY", help="such as 2026-11-01, in UTC")
        export.add_argument("--until", type=exporting.day, metavar="DAY", help="the last day, included")
        export.add_argument("--format", choices=["csv", "jsonl"], default="csv")
        export.add_argument("--output", type=Path, metavar="FILE", help="default: standard output")
        export.set_defaults(command=_export, write=write)


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= _HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"{number} is not a port")
    return number


def _email(text: str) -> str:
    """Never empty: as nobody in particular means as the access key's owner, who may see more."""
    if "@" not in text:
        raise argparse.ArgumentTypeError("is not an e-mail address")
    return text.strip()


async def _run(arguments: argparse.Namespace) -> int:
    settings.check(
        settings.Settings,
        settings.SlackSettings,
        settings.WisdomSettings,
        settings.AccessSettings,
        settings.DescopeSettings,
        *([settings.EmbedSettings] if settings.embed_wanted() else []),
        *([settings.IndigoSettings] if settings.indigo_wanted() else []),
    )
    process = settings.read(settings.Settings)
    embed = settings.read(settings.EmbedSettings) if settings.embed_wanted() else None
    indigo = settings.read(settings.IndigoSettings) if settings.indigo_wanted() else None
    slack, wisdom = settings.read(settings.SlackSettings), settings.read(settings.WisdomSettings)
    secrets = (slack.bot_token, slack.app_token, slack.signing_secret, wisdom.access_key)
    hidden = (*secrets, *_secrets_of(embed), *([indigo.token] if indigo else []))
    logs.configure(process.log_level, process.log_format, secrets=filter(None, hidden))
    if arguments.port is not None:
        process = process.model_copy(update={"port": arguments.port})
    configuration = app.Configuration(
        process=process,
        slack=slack,
        wisdom=wisdom,
        access=settings.read(settings.AccessSettings),
        descope=settings.read(settings.DescopeSettings),
        embed=embed,
        indigo=indigo,
    )
    async with signals.stop_asked() as stop, app.running(configuration, http=arguments.http):
        await stop.wait()
    return 0


async def _embed(arguments: argparse.Namespace) -> int:
    settings.check(
        settings.Settings, settings.WisdomSettings, settings.DescopeSettings, settings.EmbedSettings
    )
    process, wisdom = settings.read(settings.Settings), settings.read(settings.WisdomSettings)
    embed = settings.read(settings.EmbedSettings)
    logs.configure(process.log_level, process.log_format, secrets=(wisdom.access_key, *_secrets_of(embed)))
    if arguments.port is not None:
        process = process.model_copy(update={"port": arguments.port})
    hosting = app.Hosting(process, wisdom, settings.read(settings.DescopeSettings), embed)
    async with signals.stop_asked() as stop, app.hosting(hosting):
        await stop.wait()
    return 0


def _secrets_of(embed: settings.EmbedSettings | None) -> tuple[SecretStr, ...]:
    return () if embed is None else (embed.client_secret, embed.secret)


async def _ask(arguments: argparse.Namespace) -> int:
    wisdom = settings.read(settings.WisdomSettings)
    email = arguments.email or ""
    asking = app.Asking(arguments.question, arguments.domain, email, json_events=arguments.json)
    return await app.ask(wisdom, settings.read(settings.DescopeSettings), asking, out=sys.stdout)


async def _export(arguments: argparse.Namespace) -> int:
    url = settings.read(settings.Settings).store_url.get_secret_value()
    style = arguments.format
    async with app.reading(url) as store:
        with exporting.output(arguments.output, style) as out:
            await arguments.write(store, since=arguments.since, until=arguments.until, style=style, out=out)
    return 0


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
