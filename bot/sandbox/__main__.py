"""``python -m bot.sandbox tenant|slack``: one half alone, for any other client or bot."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys

from bot import signals
from bot.sandbox.demo import slack_facts, tenant_facts
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.server import TenantServer


def main(argv: list[str] | None = None) -> int:
    """Runs one half until interrupted; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox")
    parser.add_argument("half", choices=("tenant", "slack"))
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument("--json", action="store_true", help="print addresses and tokens as one line of JSON")
    arguments = parser.parse_args(argv)
    return asyncio.run(_serve(arguments.half, arguments.port, as_json=arguments.json))


async def _serve(half: str, port: int, *, as_json: bool) -> int:
    server = TenantServer() if half == "tenant" else SlackServer()
    async with signals.stop_asked() as stop:
        try:
            await server.start(port=port)
            facts = _facts(server)
            print(json.dumps(facts) if as_json else _lines(facts), flush=True)  # noqa: T201 - the command's output
            await stop.wait()
        except OSError as error:
            print(f"Port {port} cannot be used ({error.strerror})", file=sys.stderr)  # noqa: T201 - as above
            return 2
        finally:
            await server.close()
    return 0


def _facts(server: TenantServer | SlackServer) -> dict[str, object]:
    if isinstance(server, TenantServer):
        return tenant_facts(server)
    return {"page": server.url, **slack_facts(server)}


def _lines(facts: dict[str, object]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in facts.items())


if __name__ == "__main__":
    sys.exit(main())
