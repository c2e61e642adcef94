"""How soon the bot answers, against the time of one call to Slack.

The real bot runs against the sandbox on loopback. Whatever it sends to Slack arrives late by a fixed time, so
that one Web API call takes that long. Two spans count: from the question standing in the channel to the
placeholder standing under it, and from the tenant's last diff to the final edit; and the Web API calls from
the question to the final edit.
Run it with ``python -m benchmarks.replies``.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bot import app
from bot.core.render.blocks import STOP_ACTION
from bot.sandbox.demo import World, world
from bot.sandbox.slack.model import Change, Changed, ChannelKind, Message, Posted
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.sandbox.slack.traffic import Entry
from bot.sandbox.tenant.options import TenantOptions
from bot.sandbox.tenant.server import TenantServer

#: Characters a second that the tenant writes.
SPEED = 1000.0

_PATIENCE = 60.0
_CALLS = 20
_CHUNK = 64 * 1024
_AS_SOMEBODY = (
    "mutation ($key: String!, $email: String!) { impersonateUser(accessToken: $key, userEmail: $email) }"
)
_LAST_DIFF = "query ($id: String!) { chatMessages(conversationId: $id) { nodes { updatedAt } } }"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer.

    Attributes:
        questions: asked one after the other.
        block: the type of block that a chart is shown as; empty where the answers have none.
        charts: the bot's setting of that name.
        visible: seconds until Slack can show an uploaded file.
    """

    name: str
    questions: tuple[str, ...]
    block: Literal["", "data_visualization", "image"] = ""
    charts: Literal["auto", "native", "png"] = "auto"
    visible: float = 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Seconds that one thing took: the middle and the worst of several."""

    middle: float
    worst: float


#: Charts that Slack can draw itself, so that the two ways are compared on the same answers.
_WITH_CHART = (
    "Share of amount by region as a pie chart",
    "Total amount by stage",
    "How many open deals does each owner have?",
    "Top 5 owners by won amount",
    "What is the win rate per industry?",
)
_WITHOUT = ("Who wrote Faust?", "Why is the sky blue?")
_TEXT = Kind("text", _WITHOUT * 5)
_NATIVE = Kind("Slack's own chart", _WITH_CHART * 2, "data_visualization")
_PICTURE = Kind("chart as a picture", _WITH_CHART * 2, "image", charts="png")
_LATE = Kind("picture that Slack shows after 1 s", _WITH_CHART, "image", charts="png", visible=1.0)
#: What is measured, and by how many seconds each call is late.
RUNS = (
    *((kind, 0.05) for kind in (_TEXT, _NATIVE, _PICTURE)),
    *((kind, 0.15) for kind in (_TEXT, _NATIVE, _PICTURE, _LATE)),
)


@dataclass(frozen=True, slots=True)
class Timing:
    """One call to Slack (seconds, the median), question to placeholder, last diff to final edit.

    Attributes:
        calls: Web API calls for one answer, the median.
    """

    call: float
    first: Spread
    final: Spread
    calls: float


class Line:
    """A TCP line to a server, on which everything sent to it arrives late; answers come back at once."""

    def __init__(self, url: str, seconds: float) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._seconds = seconds
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        """Gives the address of the near end."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connect(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(self._host, self._port)
        ways = (_carry(reader, far_writer, self._seconds), _carry(far_reader, writer, 0.0))
        try:
            with suppress(OSError):
                await asyncio.gather(*ways)
        finally:
            far_writer.close()
            writer.close()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float) -> None:
    """Carries bytes one way, in order, each so many seconds after it came; ends with the sender."""
    loop = asyncio.get_running_loop()
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def arrive() -> None:
        while (item := await on_the_way.get())[1]:
            await asyncio.sleep(item[0] - loop.time())
            writer.write(item[1])
        if writer.can_write_eof():
            writer.write_eof()

    arriving = asyncio.create_task(arrive())
    try:
        while chunk := await reader.read(_CHUNK):
            on_the_way.put_nowait((loop.time() + seconds, chunk))
        on_the_way.put_nowait((0.0, b""))
        await arriving
    finally:
        arriving.cancel()


class _Watch:
    """Notes when things come to stand in one channel, and the app's calls until the last of them."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.asked = self.first = self.final = 0.0
        self.calls = 0
        self.answer: Message | None = None
        self.over = asyncio.Event()

    def __call__(self, change: Change) -> None:
        if not isinstance(change, Posted | Changed) or change.message.channel != self._channel:
            return
        now, message = time.time(), change.message
        if not message.bot_id:
            self.asked = now
            return
        self.first = self.first or now
        if STOP_ACTION not in _actions(message):
            self.final, self.answer = now, message
            self.over.set()

    def call(self, entry: Entry) -> None:
        """Counts what the app asks of the Web API; a call is written down when it has been answered."""
        self.calls += entry.kind == "web_api" and not self.over.is_set()


def _actions(message: Message) -> set[object]:
    found: set[object] = set()
    for block in message.blocks:
        elements = block.get("elements")
        for element in elements if isinstance(elements, list) else ():
            found.add(element.get("action_id") if isinstance(element, Mapping) else None)
    return found


class _Asker:
    """Somebody who asks, each time in a channel of its own, so that no limit of a channel is met."""

    def __init__(self, here: World, session: aiohttp.ClientSession) -> None:
        self._here = here
        self._session = session
        self._person = here.slack.workspace.users["ada"]
        self._client = AsyncWebClient(token=self._person.token, base_url=here.slack.api_url, session=session)

    async def call_seconds(self) -> float:
        """How long one Web API call takes, over a connection that stands."""
        took = []
        for _ in range(_CALLS):
            began = time.perf_counter()
            await self._client.api_test()
            took.append(time.perf_counter() - began)
        return median(took)

    async def ask(self, question: str, *, block: str) -> tuple[float, float, int]:
        """Asks, waits for the final edit.

        Gives the seconds to the placeholder and from the last diff to the end, and the app's calls.
        """
        workspace = self._here.slack.workspace
        members = [self._person.id, workspace.bot_user_id]
        channel = workspace.add_channel("questions", ChannelKind.PUBLIC, members).id
        watch = _Watch(channel)
        workspace.subscribe(watch)
        self._here.slack.traffic.subscribe(watch.call)
        await self._client.chat_postMessage(channel=channel, text=f"<@{workspace.bot_user_id}> {question}")
        async with asyncio.timeout(_PATIENCE):
            await watch.over.wait()
        shown = {each.get("type") for each in watch.answer.blocks} if watch.answer else set()
        drawn = shown & {"data_visualization", "image"}
        assert drawn == ({block} - {""}), f"{question}: this answer is of another kind than the one measured"
        # The call that makes the final edit is still to be written down when the edit is seen.
        return watch.first - watch.asked, watch.final - await self._last_diff(), watch.calls + 1

    async def _last_diff(self) -> float:
        """When the tenant ended its newest answer, in seconds since the epoch."""
        tenant = self._here.tenant
        key = {"key": tenant.access_key, "email": self._person.email}
        token = (await self._query(_AS_SOMEBODY, key))["impersonateUser"]
        conversation = {"id": tenant.questions[-1].conversation_id}
        messages = (await self._query(_LAST_DIFF, conversation, token=token))["chatMessages"]["nodes"]
        return max(datetime.fromisoformat(message["updatedAt"]).timestamp() for message in messages)

    async def _query(self, query: str, variables: Mapping[str, str], *, token: str = "") -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        address = f"{self._here.tenant.url}/graphql"
        async with self._session.post(address, json=body, headers=headers) as response:
            data: Mapping[str, Any] = (await response.json())["data"]
            return data


async def measure(kind: Kind, latency: float, *, speed: float = SPEED) -> Timing:
    """Runs a bot and asks it; each of its calls to Slack is late by ``latency`` seconds."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        slack = SlackServer(options=SlackOptions(file_visibility_delay=kind.visible))
        tenant = TenantServer(options=TenantOptions(speed=speed))
        here = await stack.enter_async_context(world(slack, tenant))
        slack.workspace.base_url = await stack.enter_async_context(Line(slack.url, latency).laid())
        configuration = here.configuration(Path(folder) / "store.sqlite")
        process = configuration.process.model_copy(update={"charts": kind.charts})
        configuration = replace(configuration, process=process)
        await stack.enter_async_context(app.running(configuration, http=False))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        asker = _Asker(here, session)
        call = await asker.call_seconds()
        found = [await asker.ask(question, block=kind.block) for question in kind.questions]
        assert not slack.workspace.limited, "Slack answered 429, so something else was measured"
    firsts, finals, calls = zip(*found, strict=True)
    return Timing(
        call, Spread(median(firsts), max(firsts)), Spread(median(finals), max(finals)), median(calls)
    )


async def _measure_all() -> list[tuple[str, str]]:
    table = []
    for kind, latency in RUNS:
        timing = await measure(kind, latency)
        name = f"{kind.name}; one call takes {timing.call * 1000:.0f} ms"
        table.append((f"question → placeholder, {name}", _against(timing.first, timing.call)))
        table.append((f"last diff → final edit, {name}", _against(timing.final, timing.call)))
        table.append((f"Web API calls for one answer, {name}", f"{timing.calls:g}"))
    return table


def _against(spread: Spread, call: float) -> str:
    calls = f"{spread.middle / call:.1f} calls"
    return f"{calls}, {spread.middle * 1000:.0f} ms (worst {spread.worst * 1000:.0f} ms)"


def rows() -> list[tuple[str, str]]:
    """What was measured, as pairs of a name and a figure."""
    return asyncio.run(_measure_all())


def main() -> None:
    """Print the figures."""
    for name, figure in rows():
        print(f"{name:<80} {figure}")


if __name__ == "__main__":
    main()
