"""Tenant, workspace and bot in one process, wired by the same addresses and tokens as in production."""

from __future__ import annotations

import json
import secrets
import socket
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import SecretStr

from bot import app
from bot.errors import ConfigurationError
from bot.sandbox.indigo.server import IndigoServer
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer
from bot.settings import (
    AccessSettings,
    DescopeSettings,
    EmbedSettings,
    IndigoSettings,
    Settings,
    SlackSettings,
    WisdomSettings,
)

_EXAMPLES = (
    "What is the expected revenue from each opportunity?",
    "Expected revenue by stage as a pie chart",
    "How many deals did we win each month?",
)


#: Characters a second: about as fast as a model writes.
_SPEED = 220.0


@dataclass(frozen=True, slots=True)
class World:
    """The servers that stand in for Slack and WisdomAI, and for Indigo where it is wanted.

    Attributes:
        embed_url: where the bot hosts WisdomAI's pages; empty where it does not.
    """

    slack: SlackServer
    tenant: TenantServer
    indigo: IndigoServer | None = None
    embed_url: str = ""

    def addresses(self) -> dict[str, object]:
        """Everything that another client or bot needs to be pointed at them."""
        indigo = indigo_facts(self.indigo) if self.indigo else {}
        embed = {"embed_url": self.embed_url} if self.embed_url else {}
        return {
            "page": self.slack.url,
            **slack_facts(self.slack),
            **tenant_facts(self.tenant),
            **indigo,
            **embed,
        }

    def configuration(self, store: Path) -> app.Configuration:
        """What a bot is given in production by its environment."""
        workspace = self.slack.workspace
        return app.Configuration(
            process=Settings(
                store_url=SecretStr(f"sqlite:///{store}"),
                example_questions=_EXAMPLES,
                host="127.0.0.1",
                port=0,
                drain_seconds=2.0,
            ),
            slack=SlackSettings(
                bot_token=SecretStr(workspace.bot_token),
                app_token=SecretStr(workspace.app_token),
                signing_secret=SecretStr(workspace.signing_secret),
                api_url=self.slack.api_url,
            ),
            wisdom=WisdomSettings(
                url=self.tenant.url,
                ws_url=self.tenant.ws_url,
                access_key=SecretStr(self.tenant.access_key),
                domain_id=self.tenant.domains[0].id,
            ),
            access=AccessSettings(),
            descope=DescopeSettings(),
            indigo=indigo_settings(self.indigo, self.slack) if self.indigo else None,
        )

    def hosting(self, configuration: app.Configuration) -> app.Configuration:
        """A bot that also hosts WisdomAI's pages, at an address that the app in Slack knows from now on.

        It calls itself ``localhost``: for a browser that is another site than the tenant's 127.0.0.1.
        """
        port = free_port()
        url, workspace = f"http://localhost:{port}", self.slack.workspace
        workspace.redirect_urls.append(f"{url}/embed/callback")
        embed = EmbedSettings(
            url=url,
            client_id=workspace.client_id,
            client_secret=SecretStr(workspace.client_secret),
            secret=SecretStr(secrets.token_hex()),
            issuer=workspace.base_url,
        )
        process = configuration.process.model_copy(update={"port": port})
        return replace(configuration, process=process, embed=embed)

    def environment(self, **more: str) -> dict[str, str]:
        """What a bot in a process of its own is told, on loopback and any free port."""
        process = {"HOST": "127.0.0.1", "PORT": "0"}
        indigo = indigo_environment(self.indigo) if self.indigo else {}
        return {
            **slack_environment(self.slack),
            **wisdom_environment(self.tenant),
            **indigo,
            **process,
            **more,
        }


def free_port() -> int:
    """A port of loopback that nobody listens on; whoever is told the address first has to know it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def slack_environment(server: SlackServer) -> dict[str, str]:
    """What an admin sets for the workspace."""
    workspace = server.workspace
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_SIGNING_SECRET": workspace.signing_secret,
        "SLACK_API_URL": server.api_url,
    }


def wisdom_environment(server: TenantServer) -> dict[str, str]:
    """What an admin sets for the tenant."""
    return {
        "WISDOM_URL": server.url,
        "WISDOM_WS_URL": server.ws_url,
        "WISDOM_ACCESS_KEY": server.access_key,
        "WISDOM_DOMAIN_ID": server.domains[0].id,
    }


def indigo_environment(server: IndigoServer) -> dict[str, str]:
    """What an admin sets for the Indigo platform."""
    return {"INDIGO_URL": server.url, "INDIGO_TOKEN": server.token, "INDIGO_PROJECT": server.project}


def slack_facts(server: SlackServer) -> dict[str, object]:
    """The workspace's addresses, tokens, people and channels."""
    workspace = server.workspace
    return {
        "slack_api_url": server.api_url,
        "bot_token": workspace.bot_token,
        "app_token": workspace.app_token,
        "signing_secret": workspace.signing_secret,
        "client_id": workspace.client_id,
        "client_secret": workspace.client_secret,
        "users": {
            name: {"id": user.id, "email": user.email, "token": user.token}
            for name, user in workspace.users.items()
        },
        "channels": dict(workspace.channels),
        "bot_user_id": workspace.bot_user_id,
    }


def tenant_facts(server: TenantServer) -> dict[str, object]:
    """The tenant's addresses and key."""
    return {"wisdom_url": server.url, "wisdom_ws_url": server.ws_url, "access_key": server.access_key}


def indigo_settings(server: IndigoServer, slack: SlackServer) -> IndigoSettings:
    """The same for a bot in this process; reports may be posted in #sales."""
    return IndigoSettings(
        url=server.url,
        token=SecretStr(server.token),
        project=server.project,
        channels=(slack.workspace.channels["sales"],),
    )


def indigo_facts(server: IndigoServer) -> dict[str, object]:
    """The platform's address, token and project."""
    return {"indigo_url": server.url, "indigo_token": server.token, "indigo_project": server.project}


@asynccontextmanager
async def world(
    slack: SlackServer, tenant: TenantServer, *, indigo: IndigoServer | None = None, port: int = 0
) -> AsyncIterator[World]:
    """Runs the servers on loopback; ``port`` is the page's."""
    async with AsyncExitStack() as stack:
        if indigo is not None:
            stack.push_async_callback(indigo.close)
            await indigo.start()
        stack.push_async_callback(tenant.close)
        await tenant.start()
        stack.push_async_callback(slack.close)
        try:
            await slack.start(port=port)
        except OSError as error:
            raise ConfigurationError(f"Port {port} cannot be used ({error.strerror})") from error
        yield World(slack, tenant, indigo)


@asynccontextmanager
async def running(*, port: int = 0) -> AsyncIterator[World]:
    """Runs the whole demo; what the bot remembers is gone with it."""
    with tempfile.TemporaryDirectory(prefix="wisdom-demo-") as folder:
        async with AsyncExitStack() as stack:
            tenant = TenantServer(options=TenantOptions(speed=_SPEED))
            servers = world(SlackServer(), tenant, indigo=IndigoServer(), port=port)
            here = await stack.enter_async_context(servers)
            configuration = here.hosting(here.configuration(Path(folder) / "store.sqlite"))
            await stack.enter_async_context(app.running(configuration, http=False))
            embed_url = configuration.embed.url if configuration.embed else ""
            yield replace(here, embed_url=embed_url)


def announce(here: World, *, as_json: bool, open_browser: bool) -> None:
    """Says where the page is: as one line of JSON for programs, or for people."""
    if as_json:
        print(json.dumps(here.addresses()), flush=True)  # noqa: T201 - the command's output
        return
    print(  # noqa: T201 - the command's output
        f"\n  The sandbox workspace is open at {here.slack.url}\n\n"
        "  Mention @wisdom in #sales, for example:\n"
        f"    @wisdom {_EXAMPLES[0]}\n\n"
        "  Ctrl+C ends it.\n",
        flush=True,
    )
    if open_browser and sys.stdout.isatty():
        webbrowser.open(here.slack.url)
