"""One turn, over a real workspace and with a tenant that says what a test wrote down."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.answering import Answering, Tools, recover
from bot.charts.pool import ChartPool
from bot.core.pacing import Pacer
from bot.core.turn import Turn
from bot.delivery import Delivery, Means
from bot.domains import Domains
from bot.errors import StoreFailed, TenantSilent, TenantUnreachable
from bot.exhibits import Exhibits
from bot.inflight import Inflight, Running
from bot.memory import Memory, TurnRecord
from bot.model import AnswerDiff, ChartSpec, Domain, Entrance, Identity, Op, Question, ThreadKey
from bot.results import Results
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import SlackOptions
from bot.sandbox.slack.server import SlackServer
from bot.slack.editor import Editor
from bot.slack.files import Files
from bot.slack.messages import AnswerMessages
from bot.slack.poster import Poster
from bot.slack.threads import Threads
from bot.store.base import Json
from tests.core.wire import PIPELINE, STAGES, wire
from tests.fakes import DictStore
from tests.scenarios.town import everything, has_retry, is_running, of_type
from tests.slack.conftest import Clock

_T = TypeVar("_T")
SERVICE = Identity("service")
SALES = Domain("d-sales", "Sales pipeline")


def diff(*ops: Op, last: bool = False, conversation: str = "c-1", errors: tuple[str, ...] = ()) -> AnswerDiff:
    """A change of the answer."""
    return AnswerDiff(conversation, "m-1", ops, None, in_progress=not last, errors=errors)


def text(words: str, *, after: int = 0, last: bool = False) -> AnswerDiff:
    """Words behind the ``after`` characters that are there already."""
    insert: Op = {"insert": words}
    return diff({"retain": after}, insert, last=last) if after else diff(insert, last=last)


def progress(words: str) -> AnswerDiff:
    """A status line."""
    return diff({"insert": words, "attributes": {"progress": True}})


def chart(title: str = "By stage") -> Op:
    """A visualization with its SQL."""
    code = {"codeStr": "SELECT 1", "dialect": "sqlite"}
    drawn = wire("BAR_CHART", STAGES, PIPELINE, ["stage"], ["expected_revenue"], title=title, code=code)
    return {"insert": {"visualization": drawn}}


class Tenant:
    """Answers with a script: diffs, events to wait for, and errors."""

    def __init__(self) -> None:
        self.script: list[AnswerDiff | asyncio.Event | Exception] = []
        self.asked: list[dict[str, object]] = []
        self.ended = asyncio.Event()
        self.whole: AnswerDiff | TenantUnreachable | None = None

    async def ask(
        self, text: str, *, identity: Identity, domain: str, conversation: str | None, key: str
    ) -> AsyncGenerator[AnswerDiff, None]:
        """The next answer."""
        self.asked.append({"text": text, "domain": domain, "conversation": conversation, "key": key})
        assert identity == SERVICE
        try:
            for step in self.script:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
                    await asyncio.sleep(0)
        finally:
            self.ended.set()

    async def settled(self, *, identity: Identity, conversation: str, message: str) -> AnswerDiff | None:
        """What it keeps of the answer."""
        assert (identity, conversation, message) == (SERVICE, "c-1", "m-1")
        if isinstance(self.whole, TenantUnreachable):
            raise self.whole
        return self.whole


class Drawing(ChartPool):
    """Draws at once, or when a test says so."""

    def __init__(self) -> None:
        super().__init__(workers=0)
        self.go = asyncio.Event()
        self.go.set()

    async def render(self, spec: ChartSpec) -> bytes:
        """A picture of nothing."""
        assert spec.series
        await self.go.wait()
        return b"\x89PNG\r\n\x1a\n"


class Store(DictStore):
    """A store that fails from its n-th write on."""

    def __init__(self) -> None:
        super().__init__()
        self.writes_left = 1000

    async def put(self, table: str, key: str, value: Json, *, ttl: float | None = None) -> None:
        """Writes, while it can."""
        self.writes_left -= 1
        if self.writes_left < 0:
            raise StoreFailed("disk full")
        await super().put(table, key, value, ttl=ttl)


@dataclass
class Bench:
    """Everything that a turn works with, and what a person sees of it."""

    slack: SlackServer
    tools: Tools
    tenant: Tenant
    drawing: Drawing
    store: Store
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.slack.workspace.subscribe(lambda _: self.changed.set())
        self.channel = self.slack.workspace.channels["sales"]
        self.ada = self.slack.workspace.users["ada"].id

    def record(self, name: str = "t1", *, channel: str = "", messages: tuple[str, ...] = ()) -> TurnRecord:
        """A turn of Ada's, in a thread of its own."""
        workspace = self.slack.workspace
        root = Message(channel or self.channel, workspace.ids.ts(), self.ada, "Revenue by stage?")
        workspace.post(root)
        thread = ThreadKey(workspace.team_id, root.channel, root.ts)
        question = Question(thread, root.ts, self.ada, root.text, Entrance.MENTION)
        return TurnRecord(name, question, key=f"key-{name}", messages=messages)

    def said(self, record: TurnRecord, text: str) -> str:
        """A message of the bot that stands in the thread already; returns its ts."""
        workspace, thread = self.slack.workspace, record.question.thread
        message = Message(
            thread.channel,
            workspace.ids.ts(),
            workspace.bot.id,
            text,
            bot_id=workspace.bot.bot_id,
            thread_ts=thread.thread_ts,
        )
        workspace.post(message)
        return message.ts

    def start(self, record: TurnRecord, *, ahead: int = 0) -> tuple[Running, asyncio.Task[None]]:
        """Starts a turn."""
        running = Running(record, ahead)
        if not ahead:
            running.call_up()
        return running, asyncio.create_task(Answering(self.tools).run(running))

    async def answer(self, record: TurnRecord, *script: AnswerDiff | asyncio.Event | Exception) -> Message:
        """Answers a turn from beginning to end; the message that stays."""
        self.tenant.script = list(script)
        await self.start(record)[1]
        return self.messages(record)[-1]

    def messages(self, record: TurnRecord) -> tuple[Message, ...]:
        """The bot's messages in the turn's thread."""
        thread = record.question.thread
        return self.slack.workspace.replies(thread.channel, thread.thread_ts)

    def whispers(self) -> list[str]:
        """What Ada alone was shown."""
        return [everything(message) for who, message in self.slack.workspace.ephemerals if who == self.ada]

    async def until(self, look: Callable[[], _T]) -> _T:
        """Returns what ``look`` finds, when it finds something."""
        async with asyncio.timeout(20):
            while not (found := look()):
                self.changed.clear()
                await self.changed.wait()
        return found

    async def reads(self, record: TurnRecord, words: str) -> Message:
        """The first message, when these words stand in it."""

        def look() -> list[Message]:
            return [each for each in self.messages(record) if words in everything(each)]

        return (await self.until(look))[0]


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A workspace, and a bot's parts over it; time passes for the bot only while it waits."""
    clock, tenant, drawing, store = Clock(), Tenant(), Drawing(), Store()
    slack = SlackServer(options=SlackOptions(file_visibility_delay=0))
    await slack.start()
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token=slack.workspace.bot_token, base_url=slack.api_url, session=session)
        poster = Poster(client, clock=clock, sleep=clock.sleep)
        editor = Editor(client, Pacer(), clock=clock, sleep=clock.sleep)
        worker = asyncio.create_task(editor.run())
        memory = Memory(store)
        files = Files(client, clock=clock, sleep=clock.sleep)

        async def listing() -> tuple[Domain, ...]:
            return (SALES,)

        tools = Tools(
            tenant=tenant,
            poster=poster,
            messages=lambda channel, thread_ts: AnswerMessages(
                poster, editor, channel=channel, thread_ts=thread_ts
            ),
            delivery=Delivery(
                Means(Exhibits(drawing, files), poster, files, Threads(client), memory, charts="png")
            ),
            results=Results(memory, 30, clock=clock),
            link=lambda conversation, message: f"https://wisdom.example/chat/{conversation}/{message}",
            memory=memory,
            domains=Domains(listing, memory, default=SALES.id, clock=clock),
            identity=SERVICE,
            new_turn=Turn,
            clock=clock,
        )
        yield Bench(slack, tools, tenant, drawing, store)
        worker.cancel()
        await asyncio.wait([worker])
    await slack.close()


# -- to its end ------------------------------------------------------------------------------------------


async def test_an_answer_ends_in_one_message(bench: Bench) -> None:
    """Text, chart, table, SQL and footer stand in one message without Stop."""
    record = bench.record()
    said = await bench.answer(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
    assert len(bench.messages(record)) == 1
    assert "Here it is." in everything(said)
    assert "Sales pipeline" in everything(said)
    assert of_type(said, "image")
    assert of_type(said, "table")
    assert len(said.file_ids) == 1
    assert not is_running(said)


async def test_what_is_happening_stands_in_the_message(bench: Bench) -> None:
    """While nothing is answered yet the newest status is shown with Stop; of it nothing stays."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [progress("Looking at the deals"), go, diff({"delete": 20}), text("107", last=True)]
    _, task = bench.start(record)
    assert is_running(await bench.reads(record, "Looking at the deals"))
    go.set()
    await task
    assert "107" in everything(bench.messages(record)[0])
    assert "Looking" not in everything(bench.messages(record)[0])


async def test_a_drawing_is_announced(bench: Bench) -> None:
    """While the chart is drawn the text stands there already, and the status says what is waited for."""
    record = bench.record()
    bench.drawing.go.clear()
    bench.tenant.script = [text("Here."), diff({"retain": 5}, chart(), last=True)]
    _, task = bench.start(record)
    assert "Here." in everything(await bench.reads(record, "Drawing the chart"))
    bench.drawing.go.set()
    await task
    assert "Drawing" not in everything(bench.messages(record)[0])


async def test_a_turn_is_journaled_from_its_first_moment(bench: Bench) -> None:
    """A crash at any time finds the turn: without messages at first, then with them, ended at the end."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("107"), go, text("", after=3, last=True)]
    _, task = bench.start(record)
    message = await bench.reads(record, "107")
    assert await bench.tools.memory.unfinished_turns() == [replace(record, messages=(message.ts,))]
    go.set()
    await task
    ended = replace(record, messages=(message.ts,), ended=True, conversation_id="c-1", message_id="m-1")
    assert await bench.tools.memory.turn("t1") == ended


async def test_a_thread_continues_its_conversation(bench: Bench) -> None:
    """The second question of a thread goes to the conversation of the first, each with its own key."""
    first = bench.record("t1")
    await bench.answer(first, text("107", last=True))
    await bench.answer(replace(first, id="t2", key="key-t2"), text("108", last=True))
    assert [(asked["conversation"], asked["key"]) for asked in bench.tenant.asked] == [
        (None, "key-t1"),
        ("c-1", "key-t2"),
    ]


async def test_an_answer_in_doubt_is_asked_for_whole(bench: Bench) -> None:
    """Where the stream ends too early, what the tenant keeps takes its place."""
    bench.tenant.whole = text("All of it.", last=True)
    said = await bench.answer(bench.record(), text("Half of "))
    assert "All of it." in everything(said)
    assert "Half" not in everything(said)


@pytest.mark.parametrize("whole", [None, TenantUnreachable("refused")])
async def test_what_was_heard_is_better_than_nothing(bench: Bench, whole: TenantUnreachable | None) -> None:
    """Where the whole answer cannot be had, the part that came stays."""
    bench.tenant.whole = whole
    assert "Half of it." in everything(await bench.answer(bench.record(), text("Half of it.")))


async def test_a_retry_uses_the_message_again(bench: Bench) -> None:
    """Asked again, the answer takes the place of what failed; its further messages go away."""
    record = bench.record()
    old = (bench.said(record, "It failed."), bench.said(record, "More of it."))
    said = await bench.answer(replace(record, messages=old), text("107", last=True))
    assert [message.ts for message in bench.messages(record)] == [old[0]]
    assert "107" in everything(said)


# -- told to end -----------------------------------------------------------------------------------------


async def test_stop_keeps_what_was_said(bench: Bench) -> None:
    """Stop ends the question at the tenant too; the text so far stays, and says who ended it."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    running, task = bench.start(record)
    await bench.reads(record, "Up to")
    running.stopped.set()
    await task
    assert bench.tenant.ended.is_set()
    said = bench.messages(record)[0]
    assert "Up to here." in everything(said)
    assert "Stopped" in everything(said)
    assert not is_running(said)


async def test_stop_before_its_turn_asks_nothing(bench: Bench) -> None:
    """A question that still waits for others in its thread is stopped without being asked."""
    record = bench.record()
    running, task = bench.start(record, ahead=2)
    assert is_running(await bench.reads(record, "Waiting for 2 questions"))
    running.stopped.set()
    await task
    assert "Stopped" in everything(bench.messages(record)[0])
    assert not is_running(bench.messages(record)[0])
    assert bench.tenant.asked == []
    assert await bench.tools.memory.unfinished_turns() == []


async def test_a_restart_offers_to_ask_again(bench: Bench) -> None:
    """When the process goes down, the answer keeps what it has, says why it ends, and offers Retry."""
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), asyncio.Event()]
    running, task = bench.start(record)
    await bench.reads(record, "Up to")
    running.interrupted.set()
    await task
    said = bench.messages(record)[0]
    assert "Up to here." in everything(said)
    assert "restarted" in everything(said)
    assert has_retry(said)


async def test_the_tenant_may_cancel(bench: Bench) -> None:
    """An answer that was cancelled at the tenant reads as stopped."""
    record = bench.record()
    said = await bench.answer(record, replace(text("Up to here. "), cancelled=True))
    assert "Stopped" in everything(said)


# -- what goes wrong -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TenantUnreachable("refused"), "can't reach WisdomAI"),
        (TenantSilent(90), "nothing for 90 seconds"),
        (ZeroDivisionError("secret"), "on my side"),
    ],
)
async def test_a_failure_in_the_middle_keeps_what_was_said(
    bench: Bench, error: Exception, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The text so far stays, and a sentence, Retry and the reference follow, which is in the log, too."""
    with caplog.at_level(logging.WARNING):
        said = await bench.answer(bench.record(), text("Up to here. "), error)
    assert "Up to here." in everything(said)
    assert words in everything(said)
    assert "`t1`" in everything(said)
    assert "secret" not in everything(said)
    assert has_retry(said)
    assert "Turn t1" in caplog.text


async def test_the_tenants_own_reasons_are_told(bench: Bench) -> None:
    """An answer that ends with errors says them."""
    said = await bench.answer(bench.record(), diff(last=True, errors=("The warehouse is asleep",)))
    assert "The warehouse is asleep" in everything(said)
    assert has_retry(said)


async def test_a_deleted_message_is_posted_anew(bench: Bench) -> None:
    """When somebody deletes the running answer, the whole answer is posted at the end."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, text(" end", after=5, last=True)]
    _, task = bench.start(record)
    first = await bench.reads(record, "start")
    bench.slack.workspace.delete(first)
    go.set()
    await task
    (said,) = bench.messages(record)
    assert said.ts != first.ts
    assert "start end" in everything(said)
    ended = await bench.tools.memory.turn("t1")
    assert ended is not None
    assert (ended.messages, ended.ended) == ((said.ts,), True)


async def test_a_deleted_question_ends_the_turn(bench: Bench) -> None:
    """Nobody reads on at the tenant, and nobody is told, where question and answer are gone."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, *[text("more ")] * 1_000_000]
    _, task = bench.start(record)
    workspace = bench.slack.workspace
    workspace.delete(await bench.reads(record, "start"))
    workspace.delete(next(each for each in workspace.history(bench.channel) if each.ts == record.question.ts))
    go.set()
    async with asyncio.timeout(20):
        await task
    assert bench.tenant.ended.is_set()
    assert bench.messages(record) == ()
    assert bench.whispers() == []
    assert await bench.tools.memory.unfinished_turns() == []


async def test_the_result_of_a_deleted_question_is_not_kept(bench: Bench) -> None:
    """Nobody sees the answer, so there is nothing that its data could be needed for."""
    record, go = bench.record(), asyncio.Event()
    bench.tenant.script = [text("start"), go, diff({"retain": 5}, chart(), last=True)]
    _, task = bench.start(record)
    workspace = bench.slack.workspace
    workspace.delete(await bench.reads(record, "start"))
    workspace.delete(next(each for each in workspace.history(bench.channel) if each.ts == record.question.ts))
    go.set()
    await task
    assert bench.messages(record) == ()
    assert await bench.tools.memory.result(record.id) is None


async def test_the_result_of_a_failed_answer_is_not_kept(bench: Bench) -> None:
    """It has no controls that its data could be needed for."""
    record = bench.record()
    await bench.answer(record, diff(chart()), TenantSilent(90))
    assert has_retry(bench.messages(record)[-1])
    assert await bench.tools.memory.result(record.id) is None


async def test_where_the_bot_may_not_post_the_asker_is_told(bench: Bench) -> None:
    """In a channel that the bot is not in, the tenant is not bothered, and the turn is over."""
    bench.slack.workspace.faults.fail_next("chat.postMessage", "not_in_channel")
    record = bench.record()
    _, task = bench.start(record)
    await task
    assert "/invite" in bench.whispers()[0]
    assert bench.tenant.asked == []
    assert await bench.tools.memory.unfinished_turns() == []


async def test_a_store_that_fails_is_told(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """Without its journal nothing is begun: the asker is told, and the next turn is taken."""
    bench.store.writes_left = 0
    inflight = Inflight(Answering(bench.tools).run)
    record = bench.record()
    with caplog.at_level(logging.WARNING):
        inflight.start(record)
        await inflight.drain(20)
    assert "on my side" in bench.whispers()[0]
    assert bench.messages(record) == ()
    assert "disk full" in caplog.text


async def test_a_store_that_fails_later_keeps_what_was_said(bench: Bench) -> None:
    """When the conversation cannot be noted, the text so far stays with a sentence."""
    bench.store.writes_left = 2
    inflight = Inflight(Answering(bench.tools).run)
    record = bench.record()
    bench.tenant.script = [text("Up to here. "), text("107", after=12, last=True)]
    inflight.start(record)
    await inflight.drain(20)
    said = bench.messages(record)[0]
    assert "Up to here." in everything(said)
    assert "on my side" in everything(said)
    assert not is_running(said)


async def test_refused_files_are_shared_in_the_thread(bench: Bench) -> None:
    """Where Slack does not attach the SQL to the answer, it follows in a message of its own."""
    bench.slack.workspace.faults.fail_next("chat.update", "file_share_limit_reached")
    record = bench.record()
    await bench.answer(record, diff(chart(), last=True))
    shared = await bench.until(lambda: [each for each in bench.messages(record) if each.file_ids])
    assert bench.slack.workspace.files[shared[0].file_ids[0]].name == "By stage.sql"


# -- after a restart -------------------------------------------------------------------------------------


async def test_unfinished_turns_say_so_in_their_last_message(bench: Bench) -> None:
    """Of an answer that was cut off, the text stays, and its last message offers Retry."""
    record = bench.record()
    first, last = bench.said(record, "The beginning"), bench.said(record, "Thinking…")
    await bench.tools.memory.keep_turn(replace(record, messages=(first, last)))
    await recover(bench.tools)
    kept, ended = bench.messages(record)
    assert (kept.ts, kept.text) == (first, "The beginning")
    assert "restarted" in everything(ended)
    assert has_retry(ended)
    assert await bench.tools.memory.unfinished_turns() == []


async def test_a_turn_that_had_not_said_anything_says_it_now(bench: Bench) -> None:
    """A question that was taken right before the end is not lost silently."""
    record = bench.record()
    await bench.tools.memory.keep_turn(record)
    await recover(bench.tools)
    (said,) = bench.messages(record)
    assert has_retry(said)


async def test_one_turn_that_cannot_be_ended_does_not_keep_the_others(bench: Bench) -> None:
    """A message that somebody deleted meanwhile is passed over."""
    gone, kept = bench.record("t1"), bench.record("t2")
    await bench.tools.memory.keep_turn(replace(gone, messages=("1.000001",)))
    await bench.tools.memory.keep_turn(replace(kept, messages=(bench.said(kept, "Thinking…"),)))
    await recover(bench.tools)
    assert has_retry(bench.messages(kept)[0])
    assert await bench.tools.memory.unfinished_turns() == []
