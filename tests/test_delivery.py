"""A finished answer on its way into the thread: in the best form that Slack takes, and never silent."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from bot.core import visuals
from bot.core.finished import Reached
from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.model import Answer, Native, Notice, Prose, VisualizationType
from tests.bench import Bench, bench, chart, diff, text
from tests.core.wire import PIPELINE, STAGES, wire
from tests.deliveries import LINK, Desk, desk, finished, placeholder
from tests.scenarios.town import everything
from tests.workspace import Fault, Message, Workspace

__all__ = ["bench"]

CHART = visuals.read(
    wire(
        "COLUMN_CHART",
        STAGES,
        PIPELINE,
        ["stage"],
        ["expected_revenue"],
        title="By stage",
        code={"codeStr": "select 1", "dialect": "sqlite"},
    )
)
ANSWER = Answer(parts=(Prose("**Here** it is."), CHART), suggestions=("More?",), in_progress=False)
BLOCKS = Fault("invalid_blocks")


def storms(**faults: Fault | Sequence[Fault]) -> Workspace:
    """A workspace where methods fail: with one fault for ever, or with a few at first."""
    left = {name.replace("_", "."): value for name, value in faults.items()}
    queues = {name: list(value) for name, value in left.items() if not isinstance(value, Fault)}

    def weather(method: str, _arguments: Mapping[str, object]) -> Fault | None:
        if queues.get(method):
            return queues[method].pop(0)
        fault = left.get(method)
        return fault if isinstance(fault, Fault) else None

    workspace = Workspace(weather)
    workspace.question()
    return workspace


def kinds(message: Message) -> list[object]:
    """The kinds of a message's blocks, in order."""
    return [block["type"] for block in message.blocks]


def sent(workspace: Workspace, method: str) -> list[Mapping[str, object]]:
    """What was sent to a method."""
    return [arguments for name, arguments in workspace.state.calls if name == method]


async def opened(tools: Desk) -> None:
    """The placeholder stands, whatever the weather."""
    state = tools.workspace.state
    weather, state.weather = state.weather, lambda _method, _arguments: None
    await tools.messages.open(placeholder())
    state.weather = weather


# -- as messages -----------------------------------------------------------------------------------------


async def test_slack_draws_the_answer_itself() -> None:
    """Where the workspace takes its data blocks, no picture is drawn, and one edit shows all of it."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (message,) = workspace.thread()
    assert {"markdown", "data_visualization", "data_table"} <= set(kinds(message))
    assert (delivered.reached, delivered.native) == (Reached.SHOWN, Native(charts=True, tables=True))
    assert (delivered.messages, delivered.ending) == (("1.5",), Ending.DONE)
    assert delivered.exhibits[0].spec is not None
    assert (tools.drawing.drawn, len(sent(workspace, "chat.update"))) == ([], 1)
    assert message.file_ids == (delivered.exhibits[0].sql_file,)


async def test_a_refused_kind_gives_way_to_its_other_form_and_is_remembered() -> None:
    """The chart becomes a picture, the table stays native, and the next answer begins like that."""
    workspace = storms()
    workspace.state.refused_kinds = frozenset({"data_visualization"})
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (message,) = workspace.thread()
        assert {"image", "data_table"} <= set(kinds(message))
        assert delivered.reached is Reached.SHOWN
        assert await tools.memory.native("T1") == Native(charts=False, tables=True)
        again = await tools.delivery.deliver(tools.again(), finished(ANSWER))
    assert again.native == Native(charts=False, tables=True)
    assert [code for _, code, _ in workspace.state.refused] == ["invalid_blocks"]


async def test_a_refusal_without_details_may_be_of_either_kind() -> None:
    """Picture and plain table are tried next; what they show again is not uploaded twice."""
    workspace = storms(chat_update=[BLOCKS])
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (message,) = workspace.thread()
        assert await tools.memory.native("T1") == Native()
    assert {"image", "table"} <= set(kinds(message))
    assert (delivered.reached, delivered.native) == (Reached.SHOWN, Native())
    assert sorted(file.name for file in workspace.state.files.values()) == [
        "By stage.png",
        "By stage.sql",
    ]


async def test_a_value_that_is_refused_says_nothing_about_its_kind() -> None:
    """The next answer may have a native table again."""
    details = ("must be less than 51 characters [json-pointer:/blocks/2/caption]",)
    workspace = storms(chat_update=[replace(BLOCKS, details=details)])
    async with desk(workspace) as tools:
        await opened(tools)
        await tools.delivery.deliver(tools.messages, finished(ANSWER))
        assert await tools.memory.native("T1") == Native(charts=True, tables=True)
    assert {"data_visualization", "table"} <= set(kinds(workspace.thread()[0]))


async def test_a_kind_is_not_blamed_where_its_other_form_is_refused_too() -> None:
    """Then it was the data, or something else in the message."""
    workspace = storms(chat_update=[BLOCKS, BLOCKS])
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        assert await tools.memory.native("T1") == Native(charts=True, tables=True)
    assert delivered.reached is Reached.SIMPLER


@pytest.mark.parametrize(
    ("charts", "remembered", "native"),
    [
        ("png", False, Native()),
        ("native", True, Native(charts=True, tables=True)),
        ("auto", True, Native(charts=False, tables=True)),
    ],
)
async def test_the_setting_decides_what_is_tried(charts: str, remembered: bool, native: Native) -> None:  # noqa: FBT001 - pytest passes it
    """Never, always, or as it is remembered of the workspace."""
    assert charts in {"png", "native", "auto"}
    async with desk(storms(), charts=charts) as tools:  # type: ignore[arg-type]  # checked above
        if remembered:
            await tools.memory.refuse_native("T1", "charts")
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.native == native


async def test_each_rung_is_tried_once() -> None:
    """Native, pictures, simpler blocks, sections, text: five forms, each refused once, then a file."""
    workspace = storms(chat_update=[BLOCKS] * 5)
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    forms = [str(call["blocks"]) for call in sent(workspace, "chat.update")]
    assert len(forms) == len(set(forms)) == 6
    assert delivered.reached is Reached.FILE


async def test_what_text_alone_leaves_out_follows_as_a_file() -> None:
    """The table cannot stand in the text, so the whole answer lies in the thread."""
    workspace = storms(chat_update=[BLOCKS] * 4)
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (message,) = workspace.thread()
    assert (delivered.reached, message.blocks) == (Reached.SIMPLER, [])
    (file,) = workspace.shared()
    assert (file.name, file.shared, file.comment) == (
        "answer-ref12345.md",
        ("C1", "10.1"),
        notices.REST_IN_FILE,
    )
    assert "| Negotiation |" in file.data.decode()


async def test_a_long_answer_is_followed_by_its_rest() -> None:
    """The messages hold its beginning, the file all of it."""
    words = "One more word. " * 6_000
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(Answer(parts=(Prose(words),))))
    assert delivered.reached is Reached.SHOWN
    assert 1 < len(delivered.messages) == len(workspace.thread()) <= 6
    (file,) = workspace.shared()
    assert file.data.decode().strip() == words.strip()


async def test_a_rest_that_cannot_be_shared_is_told() -> None:
    """The last message announces a file; where there is none, the thread learns it, and where to read on."""
    workspace = storms(files_getUploadURLExternal=Fault("file_uploads_disabled"))
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(
            tools.messages, finished(Answer(parts=(Prose("One more word. " * 6_000),)))
        )
    last = workspace.thread()[-1]
    assert notices.REST_MISSING in last.text
    assert LINK in last.text
    assert len(delivered.messages) == len(workspace.thread())


async def test_files_that_slack_does_not_attach_are_shared() -> None:
    """The SQL stands in the thread instead."""
    workspace = storms(chat_update=[Fault("file_share_limit_reached")])
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.SHOWN
    assert [file.name for file in workspace.shared()] == ["By stage-ref12345-1.sql"]


async def test_a_chart_that_cannot_be_drawn_costs_only_itself() -> None:
    """The table and the words are there."""
    workspace = storms()
    async with desk(workspace, charts="png", broken=True) as tools:
        await opened(tools)
        await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (message,) = workspace.thread()
    assert "table" in kinds(message)
    assert notices.CHART_FAILED in str(message.blocks)


async def test_another_chart_of_an_answer_takes_the_place_of_the_first() -> None:
    """The same message is edited; the SQL that hangs on it is used again."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        first = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        chosen = replace(finished(ANSWER), chosen=(VisualizationType.TABLE,))
        messages = tools.again()
        messages.adopt(first.messages)
        second = await tools.delivery.deliver(messages, chosen, earlier=first.exhibits)
        (message,) = workspace.thread()
    assert second.messages == first.messages
    assert "data_visualization" not in kinds(message)
    assert message.file_ids == (first.exhibits[0].sql_file,)
    assert [file.name for file in workspace.state.files.values()] == ["By stage.sql"]


async def test_another_chart_does_not_bring_the_files_again() -> None:
    """The rest of a long answer and the SQL that could not be attached lie in the thread already."""
    workspace = storms(chat_update=[Fault("file_share_limit_reached")])
    long = Answer(parts=(CHART, Prose("One more word. " * 6_000)))
    async with desk(workspace) as tools:
        await opened(tools)
        first = await tools.delivery.deliver(tools.messages, finished(long))
        before = [file.name for file in workspace.shared()]
        workspace.state.weather = lambda _, arguments: (
            Fault("file_share_limit_reached") if arguments.get("file_ids") else None
        )
        messages = tools.again()
        messages.adopt(first.messages)
        chosen = replace(finished(long), chosen=(VisualizationType.TABLE,))
        second = await tools.delivery.deliver(messages, chosen, earlier=first.exhibits)
    assert (first.reached, second.reached) == (Reached.SHOWN, Reached.SHOWN)
    assert (
        before
        == [file.name for file in workspace.shared()]
        == ["answer-ref12345.md", "By stage-ref12345-1.sql"]
    )


async def test_another_chart_that_is_refused_leaves_the_answer_as_it_stands() -> None:
    """A sentence in the place of an answer would be a loss."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        first = await tools.delivery.deliver(tools.messages, finished(ANSWER))
        (before,) = [list(message.blocks) for message in workspace.thread()]
        messages = tools.again()
        messages.adopt(first.messages)
        workspace.state.weather = lambda method, _: BLOCKS if method == "chat.update" else None
        chosen = replace(finished(ANSWER), chosen=(VisualizationType.PIE_CHART,))
        second = await tools.delivery.deliver(messages, chosen, earlier=first.exhibits)
        await messages.close()
        (message,) = workspace.thread()
    assert second.reached is Reached.UNCHANGED
    assert message.blocks == before
    assert (workspace.shared(), workspace.state.private) == ([], [])


async def test_nobody_waits_for_charts_who_does_not_want_to() -> None:
    """The answer goes out with its tables, as stopped."""
    never = asyncio.Event()

    async def at_once() -> None:
        return

    async with desk(storms(), charts="png") as tools:
        tools.drawing.render = never.wait  # type: ignore[assignment,method-assign]  # a drawing that hangs
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER), hurry=at_once)
    (message,) = tools.workspace.thread()
    assert (delivered.ending, delivered.reached) == (Ending.STOPPED, Reached.SHOWN)
    assert "table" in kinds(message)
    assert "image" not in kinds(message)


async def test_nobody_waits_for_pictures_in_the_place_of_what_slack_refused() -> None:
    """Stop, or the end of the process, while they are drawn: the answer goes without them."""
    workspace = storms(chat_update=[BLOCKS])
    drawing, never = asyncio.Event(), asyncio.Event()

    async def hang(_spec: object) -> bytes:
        drawing.set()
        await never.wait()
        return b""

    async with desk(workspace) as tools:
        tools.drawing.render = hang  # type: ignore[assignment,method-assign]  # a drawing that hangs
        await opened(tools)

        async def hurry() -> None:
            await drawing.wait()

        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER), hurry=hurry)
    assert (delivered.ending, delivered.reached) == (Ending.STOPPED, Reached.SHOWN)
    assert "table" in kinds(workspace.thread()[0])


async def test_who_waits_gets_the_charts() -> None:
    """Being able to hurry changes nothing."""
    async with desk(storms(), charts="png") as tools:
        await opened(tools)
        waiting = asyncio.Event()

        async def never() -> None:
            await waiting.wait()

        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER), hurry=never)
    assert delivered.ending is Ending.DONE
    assert delivered.exhibits[0].chart is not None


# -- when the message is gone ----------------------------------------------------------------------------


async def test_a_message_that_is_gone_is_posted_anew() -> None:
    """The question stands, so its answer comes."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        workspace.state.messages.pop(tools.messages.ts[0])
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    (message,) = workspace.thread()
    assert (delivered.reached, message.thread_ts) == (Reached.SHOWN, "10.1")
    assert workspace.state.messages[delivered.messages[0]] is message


async def test_a_deleted_question_gets_no_answer() -> None:
    """Whoever deletes the question and the answer wants neither; nothing is posted and nobody told."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        workspace.state.messages.clear()
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.UNWANTED
    assert workspace.state.messages == {}
    assert workspace.state.private == []
    assert workspace.shared() == []


async def test_where_slack_does_not_tell_the_question_stands() -> None:
    """An app that may not read threads still answers."""
    workspace = storms(conversations_replies=Fault("missing_scope"))
    async with desk(workspace) as tools:
        await opened(tools)
        workspace.state.messages.clear()
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.SHOWN


async def test_a_message_that_is_closed_for_edits_is_replaced() -> None:
    """A workspace may forbid late edits: the answer is posted, and the placeholder goes."""
    workspace = storms(chat_update=[Fault("edit_window_closed")])
    async with desk(workspace) as tools:
        await opened(tools)
        old = tools.messages.ts
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.SHOWN
    assert not set(old) & set(workspace.state.messages)


async def test_native_blocks_that_are_refused_anew_give_way_as_well() -> None:
    """A new message goes down the same rungs."""
    workspace = storms()
    workspace.state.refused_kinds = frozenset({"data_visualization", "data_table"})
    async with desk(workspace) as tools:
        await opened(tools)
        workspace.state.messages.pop(tools.messages.ts[0])
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert (delivered.reached, delivered.native) == (Reached.SHOWN, Native())


# -- when Slack takes no message -------------------------------------------------------------------------


async def test_a_file_holds_what_no_message_may() -> None:
    """The message says where the answer is."""
    workspace = storms(chat_update=[BLOCKS] * 5)
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    (message,), (file,) = workspace.thread(), workspace.shared()
    assert delivered.reached is Reached.FILE
    assert "**Here** it is." in file.data.decode()
    assert notices.WHOLE_IN_FILE in message.text
    assert LINK in message.text


async def test_a_sentence_is_the_last_word_in_the_thread() -> None:
    """Where files are forbidden too, it says what to do, and where the answer can be read."""
    workspace = storms(chat_update=[BLOCKS] * 5, files_getUploadURLExternal=Fault("file_uploads_disabled"))
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    (message,) = workspace.thread()
    assert delivered.reached is Reached.TOLD
    assert "ref12345" in message.text
    assert LINK in message.text
    assert "Retry" in str(message.blocks)


async def test_a_sentence_is_posted_where_it_cannot_be_edited_in() -> None:
    """Slack answers no edit at all, and takes no file."""
    workspace = storms(chat_update=Fault(status=503), upload=Fault(status=500))
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.TOLD
    assert len(delivered.messages) == 2
    assert "ref12345" in workspace.thread()[-1].text


async def test_a_failure_without_an_answer_says_its_own_sentence() -> None:
    """There is nothing to put into a file; what went wrong is what the thread is told."""
    workspace = storms(chat_update=[BLOCKS] * 2)
    failed = replace(
        finished(Answer(), ending=Ending.FAILED), notice=Notice("I can't reach WisdomAI.", retry=True)
    )
    async with desk(workspace) as tools:
        await opened(tools)
        await tools.delivery.deliver(tools.messages, failed)
    assert workspace.thread()[0].text == "I can't reach WisdomAI."
    assert workspace.state.files == {}


@pytest.mark.parametrize("code", ["not_in_channel", "is_archived", "token_revoked"])
async def test_a_lost_channel_is_told_to_the_asker_alone(code: str) -> None:
    """They learn what happened to which question, and where the answer can be read."""
    workspace = storms(chat_update=Fault(code))
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    (told,) = workspace.state.private
    assert delivered.reached is Reached.PRIVATE
    assert (told.user, told.channel) == ("U1", "C1")
    assert "Revenue?" in told.text
    assert LINK in told.text
    assert workspace.shared() == []


async def test_who_cannot_be_told_in_the_channel_gets_a_direct_message() -> None:
    """An ephemeral message reaches only members of the channel."""
    workspace = storms(chat_update=Fault("is_archived"), chat_postEphemeral=Fault("user_not_in_channel"))
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    (told,) = workspace.state.private
    assert (delivered.reached, told.channel, told.thread_ts) == (Reached.PRIVATE, "U1", "")


async def test_an_answer_that_reaches_nobody_is_an_error_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """Where every call fails, an operator finds the reference; nothing is raised."""
    workspace = storms()
    async with desk(workspace) as tools:
        await opened(tools)
        workspace.state.weather = lambda _method, _arguments: Fault("token_revoked")
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.LOST
    (line,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "ref12345" in line.getMessage()
    assert "token_revoked" in line.getMessage()


async def test_a_mistake_of_ours_does_not_silence_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be laid out as messages lies in the thread as a file."""
    workspace = storms()

    def broken(*_answer: object, **_more: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(blocks, "finished", broken)
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(ANSWER))
    assert delivered.reached is Reached.FILE
    assert notices.WHOLE_IN_FILE in workspace.thread()[0].text


async def test_a_cancelled_delivery_ends() -> None:
    """Cancelling is the one thing that comes out of it."""
    workspace = storms()
    async with desk(workspace, charts="png") as tools:
        await opened(tools)
        started, never = asyncio.Event(), asyncio.Event()

        async def hang(_spec: object) -> bytes:
            started.set()
            await never.wait()
            return b""

        tools.drawing.render = hang  # type: ignore[assignment,method-assign]  # a drawing that hangs
        task = asyncio.create_task(tools.delivery.deliver(tools.messages, finished(ANSWER)))
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_parts_that_stand_are_not_overwritten() -> None:
    """Where a further message is refused in every form, the first stays, and a file has all of it."""
    words = Answer(parts=(Prose("One more word. " * 800),))
    workspace = storms(chat_postMessage=BLOCKS)
    async with desk(workspace) as tools:
        await opened(tools)
        delivered = await tools.delivery.deliver(tools.messages, finished(words))
    (message,), (file,) = workspace.thread(), workspace.shared()
    assert delivered.reached is Reached.FILE
    assert "One more word." in message.text
    assert file.comment == notices.WHOLE_IN_FILE


# -- delivered in part before ----------------------------------------------------------------------------


async def test_a_file_that_stands_in_the_thread_is_not_shared_again() -> None:
    """Whoever goes on with a delivery finds what was shared before it, the whole answer and the SQL."""
    workspace = storms(chat_update=[Fault("file_share_limit_reached")])
    long = Answer(parts=(CHART, Prose("One more word. " * 6_000)))
    async with desk(workspace) as tools:
        await opened(tools)
        await tools.delivery.deliver(tools.messages, finished(long))
        before = [file.name for file in workspace.shared()]
        workspace.state.weather = lambda _, arguments: (
            Fault("file_share_limit_reached") if arguments.get("file_ids") else None
        )
        again = tools.again()
        await again.recall((), oldest="1.0")
        delivered = await tools.delivery.deliver(again, finished(long), resumed=True)
    assert delivered.reached is Reached.SHOWN
    assert len(workspace.thread()) == len(delivered.messages)
    assert [file.name for file in workspace.shared()] == before


async def test_where_slack_does_not_tell_of_files_they_are_shared() -> None:
    """Rather twice than never."""
    workspace = storms(chat_update=[BLOCKS] * 4, conversations_replies=[Fault("missing_scope")])
    async with desk(workspace) as tools:
        await opened(tools)
        await tools.delivery.deliver(tools.messages, finished(ANSWER), resumed=True)
    assert [file.name for file in workspace.shared()] == ["answer-ref12345.md"]


# -- uploads that Slack never shows ------------------------------------------------------------------------


async def test_uploads_that_never_become_visible_cost_the_picture(bench: Bench) -> None:
    """The wait ends; the answer comes with its table, and says what is missing."""
    bench.workspace.faults.uploads_never_visible = True
    record = bench.record()
    message = await bench.answer(record, text("Here it is.\n"), diff({"retain": 12}, chart(), last=True))
    assert "Here it is." in everything(message)
    assert "The chart could not be drawn" in everything(message)
    assert bench.clock.now - 1000 < 120
