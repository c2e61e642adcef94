"""``python -m bot.sandbox``: one server alone for any other client or bot, and the programs that prove.

``tenant``, ``slack`` and ``indigo`` serve until they are interrupted; ``faults``, ``chaos`` and ``soak`` end
by themselves, with exit code 1 where a question was lost or answered twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from bot import signals
from bot.sandbox.demo import indigo_facts, slack_facts, tenant_facts
from bot.sandbox.indigo.options import IndigoOptions
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.proof import commands
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.server import TenantServer

_SERVERS = {
    "tenant": "a WisdomAI tenant alone",
    "slack": "a Slack workspace alone",
    "indigo": "an Indigo platform alone",
}


def main(argv: list[str] | None = None) -> int:
    """Runs one server until interrupted, or one proof to its end; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox")
    parts = parser.add_subparsers(required=True, metavar="part", dest="part")
    for name, about in _SERVERS.items():
        half = parts.add_parser(name, help=about)
        half.add_argument("--port", type=int, default=0, help="default: any free one")
        half.add_argument(
            "--json", action="store_true", help="print addresses and tokens as one line of JSON"
        )
        half.set_defaults(work=_serve)
        if name == "slack":
            half.add_argument("--redirect", help="address that people may be sent back to after signing in")
        if name == "indigo":
            usual = IndigoOptions()
            half.add_argument("--chats", type=int, default=usual.chats, help="default: %(default)s")
            half.add_argument(
                "--latency", type=float, default=usual.latency, help="seconds that each call takes at least"
            )
    commands.add(parts)
    arguments = parser.parse_args(argv)
    try:
        code: int = asyncio.run(arguments.work(arguments))
    except KeyboardInterrupt:
        return 130
    return code


async def _serve(arguments: argparse.Namespace) -> int:
    server = _server(arguments)
    async with signals.stop_asked() as stop:
        try:
            await server.start(port=arguments.port)
            facts = _facts(server)
            print(json.dumps(facts) if arguments.json else _lines(facts), flush=True)  # noqa: T201 - the command's output
            await stop.wait()
        except OSError as error:
            print(f"Port {arguments.port} cannot be used ({error.strerror})", file=sys.stderr)  # noqa: T201 - as above
            return 2
        finally:
            await server.close()
    return 0


def _server(arguments: argparse.Namespace) -> TenantServer | SlackServer | IndigoServer:
    if arguments.part == "tenant":
        return TenantServer()
    if arguments.part == "slack":
        workspace = SlackServer()
        workspace.workspace.redirect_urls.extend(filter(None, [arguments.redirect]))
        return workspace
    return IndigoServer(options=IndigoOptions(chats=arguments.chats, latency=arguments.latency))


def _facts(server: TenantServer | SlackServer | IndigoServer) -> dict[str, object]:
    if isinstance(server, TenantServer):
        return tenant_facts(server)
    if isinstance(server, IndigoServer):
        return indigo_facts(server)
    return {"page": server.url, **slack_facts(server)}


def _lines(facts: dict[str, object]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.items())


if __name__ == "__main__":
    sys.exit(main())
