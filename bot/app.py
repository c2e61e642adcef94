"""The composition root: settings become parts, parts a running app, and all of it is taken down in order.

Nothing is built at import, and nothing else in the project builds these parts.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import aiohttp
from aiohttp import web
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot import embed_wiring, terminal, wiring
from bot.core.identity import as_person
from bot.embed_wiring import Around, Workspace
from bot.errors import ConfigurationError, SlackError, SlackRefused, SlackUnreachable, StoreFailed
from bot.model import SERVICE, Identity, Person
from bot.settings import DescopeSettings, EmbedSettings, Settings, SlackSettings, WisdomSettings
from bot.slack.calls import Calls
from bot.slack.people import Home
from bot.store.base import Reads, Store
from bot.store.reading import SqliteReader
from bot.store.sqlite import SqliteStore
from bot.web import Check, Readiness, Site, site
from bot.wiring import Configuration, Outside

__all__ = [
    "Asking",
    "Configuration",
    "Hosting",
    "Running",
    "ask",
    "hosting",
    "open_store",
    "reading",
    "running",
]

_log = logging.getLogger("bot.app")

#: Two, so that Slack's refresh of one leaves no moment without any.
_CONNECTIONS = 2
_SLACK_TIMEOUT = aiohttp.ClientTimeout(total=30)
#: Seconds for a socket to say hello.
_HELLO_SECONDS = 10.0
#: Without these nobody can be let in; the others are missed by single functions.
_NEEDED_SCOPES = frozenset({"users:read", "channels:read", "groups:read"})
_EMAIL_SCOPE = "users:read.email"
_REDIS = ("redis://", "rediss://")
_SLACK_USER = "{slack_user}"


@dataclass(frozen=True, slots=True)
class Running:
    """A running app.

    Attributes:
        port: where health pages are served, in HTTP mode Slack's requests, and the embed host's pages.
    """

    port: int


@dataclass(frozen=True, slots=True)
class Asking:
    """A question from the terminal.

    Attributes:
        domain: id or name; empty for the configured one.
        email: of the person to ask as; empty for the owner of the access key.
        json_events: print the raw events.
    """

    question: str
    domain: str = ""
    email: str = ""
    json_events: bool = False


@dataclass(frozen=True, slots=True)
class Hosting:
    """All settings of an embed host without Slack."""

    process: Settings
    wisdom: WisdomSettings
    descope: DescopeSettings
    embed: EmbedSettings


async def ask(wisdom: WisdomSettings, descope: DescopeSettings, asking: Asking, *, out: TextIO) -> int:
    """Asks from a terminal, as the owner of the key or as somebody else; returns the exit code.

    Raises ConfigurationError where the settings do not say how to ask as somebody else.
    """
    identity = _asker(wisdom, asking.email) if asking.email else SERVICE
    client = wiring.tenant(wisdom, descope)
    try:
        return await terminal.ask(
            client,
            asking.question,
            domain=asking.domain or wisdom.domain_id,
            identity=identity,
            out=out,
            json_events=asking.json_events,
            turn=wiring.new_turn(wisdom),
        )
    finally:
        await client.close()


def _asker(wisdom: WisdomSettings, email: str) -> Identity:
    """Somebody as WisdomAI knows them from Slack, too; nobody has a Slack id in a terminal."""
    if any(_SLACK_USER in value for _, value in wisdom.attributes):
        raise ConfigurationError(
            f"WISDOM_ATTRIBUTES: needs {_SLACK_USER}, which nobody has in a terminal; ask in Slack instead"
        )
    return as_person(Person(id="", email=email), wisdom.attributes)


@asynccontextmanager
async def running(configuration: Configuration, *, http: bool) -> AsyncIterator[Running]:
    """Runs the app until the block is left; then drains it.

    Raises:
        ConfigurationError: it cannot run as configured; the text says what to change.
    """
    process, slack = configuration.process, configuration.slack
    embed_wiring.check(configuration.embed, configuration.wisdom)
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=_SLACK_TIMEOUT))
        bolt = _bolt(slack, session, http=http)
        who = await _check_bot_token(bolt.client, email=not configuration.service)
        _say_whose_rights(configuration)
        client = wiring.tenant(configuration.wisdom, configuration.descope)
        stack.push_async_callback(client.close)
        store = await open_store(process.store_url.get_secret_value())
        stack.push_async_callback(store.close)
        parts = await wiring.start(stack, configuration, Outside(bolt, _home(who), client, store))
        workspace = Workspace(slack.api_url, _home(who), parts.gate)
        around = Around(client, store, workspace)
        routes = await _embedding(stack, configuration.embed, configuration.wisdom, around)

        checks = [Check("slack", lambda: _auth_test(bolt.client)), Check("wisdom", client.reachable)]
        if not http:
            checks.append(await _enter_socket_mode(stack, bolt, slack.app_token, who))
        readiness = Readiness(tuple(checks), clock=time.monotonic)
        application = site(readiness, slack=bolt if http else None, routes=routes)
        yield Running(port=await _serve(stack, application, process))


@asynccontextmanager
async def hosting(settings: Hosting) -> AsyncIterator[Running]:
    """Runs the embed host alone until the block is left: nothing of it needs Slack.

    Raises:
        ConfigurationError: it cannot run as configured; the text says what to change.
    """
    process = settings.process
    async with AsyncExitStack() as stack:
        client = wiring.tenant(settings.wisdom, settings.descope)
        stack.push_async_callback(client.close)
        store = await open_store(process.store_url.get_secret_value())
        stack.push_async_callback(store.close)
        routes = await _embedding(stack, settings.embed, settings.wisdom, Around(client, store))
        readiness = Readiness((Check("wisdom", client.reachable),), clock=time.monotonic)
        yield Running(port=await _serve(stack, site(readiness, slack=None, routes=routes), process))


async def _embedding(
    stack: AsyncExitStack, embed: EmbedSettings | None, wisdom: WisdomSettings, around: Around
) -> list[web.RouteDef]:
    if embed is None:
        return []
    routes = await stack.enter_async_context(embed_wiring.host(embed, wisdom, around))
    _log.info("WisdomAI is embedded at %s; people sign in at %s", embed.url, embed.issuer)
    return routes


async def _serve(stack: AsyncExitStack, application: web.Application, process: Settings) -> int:
    served = Site(application, host=process.host, port=process.port)
    stack.push_async_callback(served.close)
    return await served.start()


def _say_whose_rights(configuration: Configuration) -> None:
    if configuration.service:
        _log.warning(
            "WISDOM_IDENTITY=service: everybody's questions run with the rights of the access key's owner,"
            " and row-level rules of WisdomAI see that owner only"
        )
    else:
        _log.info("WISDOM_IDENTITY=impersonate: everybody asks with their own rights in WisdomAI")


def _bolt(slack: SlackSettings, session: aiohttp.ClientSession, *, http: bool) -> AsyncApp:
    """Bolt over one HTTP session: a connection for every call would cost a TLS handshake for every edit."""
    if http and slack.signing_secret is None:
        raise ConfigurationError("SLACK_SIGNING_SECRET: is not set, and --http verifies requests by it")
    if not http and slack.app_token is None:
        raise ConfigurationError("SLACK_APP_TOKEN: is not set, and Socket Mode connects with it")
    secret = slack.signing_secret.get_secret_value() if slack.signing_secret else None
    token = slack.bot_token.get_secret_value()
    app = AsyncApp(
        token=token,
        signing_secret=secret,
        request_verification_enabled=http,
        process_before_response=True,  # see handlers.owned
    )
    app.client.base_url, app.client.session = slack.api_url, session
    return app


async def _check_bot_token(client: AsyncWebClient, *, email: bool) -> Mapping[str, object]:
    """Who the token is; raises ConfigurationError where it lacks what nobody can be let in without."""
    with _told_by("SLACK_BOT_TOKEN"):
        who, scopes = await Calls(client).granted()
    needed = _NEEDED_SCOPES | ({_EMAIL_SCOPE} if email else frozenset())
    if scopes and (missing := sorted(needed - scopes)):
        raise ConfigurationError(
            f"SLACK_BOT_TOKEN: lacks the scopes {', '.join(missing)}; take over manifest.yml in the app's"
            " settings at Slack, and install the app to the workspace again"
        )
    _log.info("Connected to the Slack workspace %s as %s", who.get("team"), who.get("user"))
    return who


def _home(who: Mapping[str, object]) -> Home:
    return Home(str(who.get("team_id") or ""), str(who.get("enterprise_id") or ""))


@contextmanager
def _told_by(setting: str) -> Iterator[None]:
    """A first call to Slack that fails tells which setting is to blame."""
    try:
        yield
    except SlackRefused as error:
        raise ConfigurationError(f"{setting}: Slack refuses it ({error.code})") from None
    except SlackError as error:
        raise ConfigurationError(f"SLACK_API_URL: Slack cannot be reached ({error})") from None


async def _auth_test(client: AsyncWebClient) -> None:
    await Calls(client).read("auth.test", {})


async def open_store(url: str) -> Store:
    """The store as configured; close it. Raises ConfigurationError."""
    if url.startswith(_REDIS):
        return await _open_redis(url)
    return await SqliteStore.open(_sqlite_path(url))


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Reads]:
    """The store to be read only, also while an app is running on it.

    Raises ConfigurationError where there is none, or it cannot be read.
    """
    store = await (_open_redis(url) if url.startswith(_REDIS) else SqliteReader.open(_sqlite_path(url)))
    try:
        yield store
    except StoreFailed as error:
        raise ConfigurationError(f"STORE_URL: the store cannot be read ({error})") from error
    finally:
        await store.close()


def _sqlite_path(url: str) -> Path:
    scheme, _, path = url.partition("://")
    if scheme != "sqlite" or not path.lstrip("/"):
        raise ConfigurationError(
            "STORE_URL: must be sqlite:///path/of/the/file.sqlite or redis://host:port/0"
        )
    return Path(path.removeprefix("/"))


async def _open_redis(url: str) -> Store:
    try:
        from bot.store.redis import RedisStore  # noqa: PLC0415 - an extra; most installations have no Redis
    except ModuleNotFoundError as error:
        raise ConfigurationError("STORE_URL: redis needs its extra: pip install '.[redis]'") from error
    return await RedisStore.open(url)


async def _enter_socket_mode(
    stack: AsyncExitStack, bolt: AsyncApp, app_token: SecretStr | None, who: Mapping[str, object]
) -> Check:
    """Connects; refuses a wrong app token at once, where the library would try for ever."""
    token = app_token.get_secret_value() if app_token else ""
    calls = Calls(AsyncWebClient(token=token, base_url=bolt.client.base_url, session=bolt.client.session))
    sockets = [AsyncSocketModeHandler(bolt, token) for _ in range(_CONNECTIONS)]
    greeted: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    for socket in sockets:
        stack.push_async_callback(socket.close_async)
        _listen_for_hello(socket, greeted)
    for socket in sockets:
        with _told_by("SLACK_APP_TOKEN"):
            opened = await calls.write("apps.connections.open", {})
        socket.client.wss_uri = str(opened["url"])
        await socket.client.connect()  # type: ignore[no-untyped-call]
    await _check_app(bolt.client, who, greeted)

    async def probe() -> None:
        states = [await socket.client.is_connected() for socket in sockets]
        if not any(states):
            raise SlackUnreachable("no Socket Mode connection")

    return Check("slack_socket", probe)


def _listen_for_hello(socket: AsyncSocketModeHandler, greeted: asyncio.Future[str]) -> None:
    """A socket's first frame names the app that its token is of (``connection_info.app_id``)."""

    async def hear(_client: object, message: dict[str, object], _raw: str | None = None) -> None:
        info = message.get("connection_info")
        if message.get("type") == "hello" and isinstance(info, dict) and not greeted.done():
            greeted.set_result(str(info.get("app_id") or ""))

    socket.client.message_listeners.append(hear)


async def _check_app(client: AsyncWebClient, who: Mapping[str, object], greeted: asyncio.Future[str]) -> None:
    """Both tokens must be of one app, or the events of one would be answered as another.

    Where Slack does not tell an app's id, nothing is said.
    """
    listening = ""
    with suppress(TimeoutError):
        async with asyncio.timeout(_HELLO_SECONDS):
            listening = await greeted
    try:
        answer = await Calls(client).read("bots.info", {"bot": str(who.get("bot_id") or "")})
    except SlackError as error:
        _log.info("It is not known which app the bot token is of: %s", error)
        return
    bot = answer.get("bot")
    speaking = str(bot.get("app_id") or "") if isinstance(bot, Mapping) else ""
    if listening and speaking and listening != speaking:
        raise ConfigurationError(
            f"SLACK_APP_TOKEN: is of the app {listening}, but SLACK_BOT_TOKEN of the app {speaking}; take"
            " both from the settings of one app"
        )
