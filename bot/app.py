"""The composition root: settings become parts, parts a running app, and all of it is taken down in order.

Nothing is built at import, and nothing else in the project builds these parts.
"""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import aiohttp
from pydantic import SecretStr
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from bot import terminal
from bot.answering import Answering, Tools, recover
from bot.charts.pool import ChartPool
from bot.core.links import conversation_link
from bot.core.pacing import Pacer
from bot.core.turn import Turn
from bot.delivery import Delivery, Means
from bot.domains import Domains
from bot.errors import ChartFailed, ConfigurationError, SlackError, SlackRefused, SlackUnreachable
from bot.exhibits import Exhibits
from bot.inflight import Inflight
from bot.memory import Memory
from bot.redrawing import Redrawing
from bot.results import Results
from bot.settings import Settings, SlackSettings, WisdomSettings
from bot.slack.calls import Calls
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from bot.slack.views import Views
from bot.store.base import Store
from bot.store.sqlite import SqliteStore
from bot.web import Check, Readiness, Site, site
from bot.wisdom.tenant import SERVICE, Tenant, TenantOptions
from handlers import Listeners
from handlers.actions import Actions
from handlers.commands import Commands
from handlers.deleting import Deleting
from handlers.desk import Desk, Ids
from handlers.exhibits import ExhibitControls
from handlers.exhibits import Tools as ControlTools
from handlers.feedback import Feedback
from handlers.mentions import Mentions
from handlers.messages import Messages

_log = logging.getLogger("bot.app")

#: Two, so that Slack's refresh of one leaves no moment without any.
_CONNECTIONS = 2
_SLACK_TIMEOUT = aiohttp.ClientTimeout(total=30)
_EXAMPLES = ("What can I ask?", "What changed this month?", "Show the top 10 as a bar chart")


@dataclass(frozen=True, slots=True)
class Configuration:
    """All settings of a running app."""

    process: Settings
    slack: SlackSettings
    wisdom: WisdomSettings


@dataclass(frozen=True, slots=True)
class Running:
    """A running app.

    Attributes:
        port: where health pages, and in HTTP mode Slack's requests, are served.
    """

    port: int


def tenant(wisdom: WisdomSettings) -> Tenant:
    """The WisdomAI client as configured; close it."""
    return Tenant(
        TenantOptions(
            url=wisdom.url,
            ws_url=wisdom.ws_url or None,
            access_key=wisdom.access_key,
            subprotocol=wisdom.subprotocol,
            selection=wisdom.selection,
            tools=wisdom.tools,
            silence=wisdom.silence_seconds,
            max_frame=int(wisdom.max_frame_mib * 1024 * 1024),
        )
    )


def new_turn(wisdom: WisdomSettings) -> Turn:
    """The state of one answer, with what is assumed about the tenant's diffs."""
    return Turn(unit=wisdom.length_unit, mode=wisdom.diffs)


async def ask(
    wisdom: WisdomSettings, question: str, *, domain: str | None, out: TextIO, json_events: bool
) -> int:
    """Asks from a terminal; returns the exit code."""
    client = tenant(wisdom)
    try:
        return await terminal.ask(
            client,
            question,
            domain=domain or wisdom.domain_id,
            out=out,
            json_events=json_events,
            turn=new_turn(wisdom),
        )
    finally:
        await client.close()


@asynccontextmanager
async def running(configuration: Configuration, *, http: bool) -> AsyncIterator[Running]:
    """Runs the app until the block is left; then drains it.

    Raises:
        ConfigurationError: it cannot run as configured; the text says what to change.
    """
    process, slack = configuration.process, configuration.slack
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=_SLACK_TIMEOUT))
        bolt = _bolt(slack, session, http=http)
        await _check_bot_token(bolt.client)
        client = tenant(configuration.wisdom)
        stack.push_async_callback(client.close)
        tools = await _tools(stack, configuration, bolt.client, client)
        inflight = Inflight(Answering(tools).run)
        stack.push_async_callback(inflight.drain, process.drain_seconds)
        _register(bolt, tools, inflight, process.example_questions or _EXAMPLES)
        await stack.enter_async_context(_background(recover(tools), name="recover"))

        checks = [Check("slack", lambda: _auth_test(bolt.client)), Check("wisdom", client.reachable)]
        if not http:
            checks.append(await _enter_socket_mode(stack, bolt, slack.app_token))
        readiness = Readiness(tuple(checks), clock=time.monotonic)
        served = Site(site(readiness, slack=bolt if http else None), host=process.host, port=process.port)
        stack.push_async_callback(served.close)
        yield Running(port=await served.start())


async def _tools(
    stack: AsyncExitStack, configuration: Configuration, slack: AsyncWebClient, client: Tenant
) -> Tools:
    """What turns work with; the stack takes it down."""
    wisdom = configuration.wisdom
    store = await _open_store(configuration.process.store_url.get_secret_value())
    stack.push_async_callback(store.close)
    pool = ChartPool()
    stack.push_async_callback(pool.close)
    await _warm(pool)
    memory = Memory(store)
    poster, files = Poster(slack), Files(slack)
    editor = Editor(slack, Pacer(per_minute=configuration.slack.edits_per_minute))
    await stack.enter_async_context(_background(editor.run(), name="editor"))
    means = Means(
        exhibits=Exhibits(pool, files),
        poster=poster,
        files=files,
        threads=Threads(slack),
        memory=memory,
        charts=configuration.process.charts,
    )
    return Tools(
        tenant=client,
        poster=poster,
        messages=lambda channel, thread_ts: AnswerMessages(
            poster, editor, channel=channel, thread_ts=thread_ts
        ),
        delivery=Delivery(means),
        results=Results(memory, configuration.process.results_days, clock=time.time),
        link=lambda conversation, message: conversation_link(
            wisdom.link, url=wisdom.url, conversation=conversation, message=message
        ),
        memory=memory,
        domains=Domains(
            lambda: client.domains(SERVICE), memory, default=wisdom.domain_id, clock=time.monotonic
        ),
        identity=SERVICE,
        new_turn=lambda: new_turn(wisdom),
        clock=time.monotonic,
    )


def _register(bolt: AsyncApp, tools: Tools, inflight: Inflight, examples: tuple[str, ...]) -> None:
    """Gives every listener what it works with, and Bolt the listeners."""
    ids = Ids(turn=_new_ref, key=lambda: str(uuid.uuid4()))
    memory, poster, results = tools.memory, tools.poster, tools.results
    desk = Desk(inflight, memory, poster, ids, examples)
    views, files = Views(bolt.client), Files(bolt.client)
    controls = ControlTools(
        results=results,
        memory=memory,
        poster=poster,
        files=files,
        views=views,
        redraws=Redrawing(tools.delivery, tools.messages, results),
        native=tools.delivery.native,
    )
    listeners = Listeners(
        mentions=Mentions(desk),
        messages=Messages(desk, memory),
        commands=Commands(desk, tools.domains, poster, new_ref=_new_ref),
        actions=Actions(desk, inflight, memory, results),
        exhibits=ExhibitControls(desk, controls),
        feedback=Feedback(desk, memory, views, clock=time.time),
        deleting=Deleting(desk, memory, results, poster, files),
    )
    handlers.register(bolt, listeners)


def _bolt(slack: SlackSettings, session: aiohttp.ClientSession, *, http: bool) -> AsyncApp:
    """Bolt over one HTTP session: a connection for every call would cost a TLS handshake for every edit."""
    if http and slack.signing_secret is None:
        raise ConfigurationError("SLACK_SIGNING_SECRET: is not set, and --http verifies requests by it")
    if not http and slack.app_token is None:
        raise ConfigurationError("SLACK_APP_TOKEN: is not set, and Socket Mode connects with it")
    secret = slack.signing_secret.get_secret_value() if slack.signing_secret else None
    token = slack.bot_token.get_secret_value()
    app = AsyncApp(token=token, signing_secret=secret, request_verification_enabled=http)
    app.client.base_url, app.client.session = slack.api_url, session
    return app


async def _check_bot_token(client: AsyncWebClient) -> None:
    with _told_by("SLACK_BOT_TOKEN"):
        who = await Calls(client).read("auth.test", {})
    _log.info("Connected to the Slack workspace %s as %s", who.get("team"), who.get("user"))


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


async def _open_store(url: str) -> Store:
    scheme, _, path = url.partition("://")
    if scheme in {"redis", "rediss"}:
        return await _open_redis(url)
    if scheme != "sqlite" or not path.lstrip("/"):
        raise ConfigurationError(
            "STORE_URL: must be sqlite:///path/of/the/file.sqlite or redis://host:port/0"
        )
    return await SqliteStore.open(Path(path.removeprefix("/")))


async def _open_redis(url: str) -> Store:
    try:
        from bot.store.redis import RedisStore  # noqa: PLC0415 - an extra; most installations have no Redis
    except ModuleNotFoundError as error:
        raise ConfigurationError("STORE_URL: redis needs its extra: pip install '.[redis]'") from error
    return await RedisStore.open(url)


async def _warm(pool: ChartPool) -> None:
    """An app without charts still answers; the pool tries again with every chart."""
    try:
        await pool.start()
    except ChartFailed:
        _log.exception("Charts cannot be drawn")


@asynccontextmanager
async def _background(work: Coroutine[None, None, None], *, name: str) -> AsyncIterator[None]:
    """A task that runs for as long as the app does."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.critical("The task %s ended by a mistake of ours", task.get_name(), exc_info=error)


def _new_ref() -> str:
    """Eight characters that people can read to each other, unique enough for a month of buttons."""
    return uuid.uuid4().hex[:8]


async def _enter_socket_mode(stack: AsyncExitStack, bolt: AsyncApp, app_token: SecretStr | None) -> Check:
    """Connects; refuses a wrong app token at once, where the library would try for ever."""
    token = app_token.get_secret_value() if app_token else ""
    calls = Calls(AsyncWebClient(token=token, base_url=bolt.client.base_url, session=bolt.client.session))
    sockets = [AsyncSocketModeHandler(bolt, token) for _ in range(_CONNECTIONS)]
    for socket in sockets:
        stack.push_async_callback(socket.close_async)
    for socket in sockets:
        with _told_by("SLACK_APP_TOKEN"):
            opened = await calls.write("apps.connections.open", {})
        socket.client.wss_uri = str(opened["url"])
        await socket.client.connect()  # type: ignore[no-untyped-call]

    async def probe() -> None:
        states = [await socket.client.is_connected() for socket in sockets]
        if not any(states):
            raise SlackUnreachable("no Socket Mode connection")

    return Check("slack_socket", probe)
