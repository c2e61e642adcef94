"""Editing: the newest draft wins, the final edit always goes, and nobody waits for Slack."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.core.pacing import Pacer
from bot.core.render import blocks
from bot.core.render.ladder import Loss
from bot.errors import MessageGone, SlackUnreachable
from bot.model import Answer as WisdomAnswer
from bot.model import ChartImage, Draft, Exhibit, Footer, Prose
from bot.slack.editor import Delivered, Editor
from bot.slack.poster import DraftRefused
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused

FIRST = Draft("Thinking…")


def draft(text: str, *files: str) -> Draft:
    """A draft with a block."""
    return Draft(text, ({"type": "markdown", "text": text},), files)


@pytest.fixture
async def editor(api: WebApi, clock: Clock) -> AsyncIterator[Editor]:
    """An editor with its worker running."""
    built = Editor(api.client, Pacer(), clock=clock, sleep=clock.sleep)
    worker = asyncio.create_task(built.run())
    yield built
    worker.cancel()
    await asyncio.wait([worker])


def texts(api: WebApi) -> list[object]:
    """What the edits said, oldest first."""
    return [call["text"] for call in api.of("chat.update")]


async def test_shows_and_finishes(api: WebApi, editor: Editor) -> None:
    """An edit carries text, blocks and, only where there are any, files."""
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(draft("one"))
    await api.until(1)
    assert await slot.finish(draft("done", "F1", "F2")) == Delivered()
    first, last = api.of("chat.update")
    assert first == {
        "channel": "C1",
        "ts": "1.0",
        "text": "one",
        "blocks": [{"type": "markdown", "text": "one"}],
    }
    assert last["file_ids"] == "F1,F2"


async def test_newest_draft_wins(api: WebApi, editor: Editor) -> None:
    """While a call is in flight, drafts are put without waiting and only the newest is sent."""
    hold = asyncio.Event()
    api.expect("chat.update", Answer(hold=hold))
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(draft("0"))
    await api.until(1)
    for number in range(1, 50):
        slot.put(draft(str(number)))
    hold.set()
    await api.until(2)
    assert texts(api) == ["0", "49"]


async def test_unchanged_draft_is_not_sent(api: WebApi, editor: Editor) -> None:
    """What is shown already costs no call, not even at the end."""
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(FIRST)
    assert await slot.finish(FIRST) == Delivered()
    assert not api.calls


async def test_slow_call_holds_up_nobody_else(api: WebApi, editor: Editor) -> None:
    """While one message's call hangs, other messages are finished."""
    hold = asyncio.Event()
    api.expect("chat.update", Answer(hold=hold))
    slow, quick = editor.open("C1", "1.0", FIRST), editor.open("C1", "2.0", FIRST)
    slow.put(draft("slow"))
    await api.until(1)
    await quick.finish(draft("quick"))
    hold.set()
    await slow.finish(draft("slow, done"))
    assert texts(api) == ["slow", "quick", "slow, done"]


async def test_429_is_obeyed_and_the_final_arrives(api: WebApi, editor: Editor, clock: Clock) -> None:
    """After a 429 nothing goes out until Slack allows it, and then the final edit does."""
    api.expect("chat.update", limited(30))
    slot = editor.open("C1", "1.0", FIRST)
    await slot.finish(draft("done"))
    assert texts(api) == ["done", "done"]
    assert clock.now == 1030


async def test_limited_progress_gives_way_to_newer(api: WebApi, editor: Editor) -> None:
    """A draft that hit a 429 is not repeated when a newer one waits."""
    hold = asyncio.Event()
    held = limited(5)
    held.hold = hold
    api.expect("chat.update", held)
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(draft("old"))
    await api.until(1)
    slot.put(draft("new"))
    hold.set()
    await api.until(2)
    assert texts(api) == ["old", "new"]


async def test_final_survives_lost_answers(api: WebApi, editor: Editor) -> None:
    """A final edit is repeated when Slack does not answer: editing twice does no harm."""
    api.expect("chat.update", Answer(drop=True), Answer(status=503, text="down"), refused("internal_error"))
    slot = editor.open("C1", "1.0", FIRST)
    assert await slot.finish(draft("done")) == Delivered()
    assert texts(api) == ["done"] * 4


async def test_final_gives_up_in_the_end(api: WebApi, editor: Editor) -> None:
    """Where Slack never answers, the caller learns it after about a minute."""
    api.expect("chat.update", *[Answer(status=503, text="down")] * 7)
    slot = editor.open("C1", "1.0", FIRST)
    with pytest.raises(SlackUnreachable):
        await slot.finish(draft("done"))


async def test_lost_progress_is_dropped(api: WebApi, editor: Editor) -> None:
    """A progress edit that Slack did not answer is left to the next one, even if that is the same."""
    api.expect("chat.update", Answer(status=503, text="down"))
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(draft("one"))
    await api.until(1)
    await slot.finish(draft("one"))
    assert texts(api) == ["one", "one"]


async def test_deleted_message_is_gone(api: WebApi, editor: Editor) -> None:
    """When the message was deleted, the slot says so and finishing raises."""
    api.expect("chat.update", refused("message_not_found"))
    slot = editor.open("C1", "1.0", FIRST)
    with pytest.raises(MessageGone):
        await slot.finish(draft("done"))
    assert slot.gone
    slot.put(draft("more"))
    with pytest.raises(MessageGone):
        await slot.finish(draft("done"))
    assert len(api.calls) == 1


async def test_refused_blocks_are_made_simpler(api: WebApi, editor: Editor) -> None:
    """A final edit that Slack refuses arrives in a simpler form, and the caller is told what that lacks."""
    api.expect("chat.update", refused("invalid_blocks"), refused("an_error_of_tomorrow"))
    slot = editor.open("C1", "1.0", FIRST)
    assert await slot.finish(draft("**done**")) == Delivered(degraded=Loss.LOOKS)
    kinds = [[block["type"] for block in call["blocks"]] for call in api.of("chat.update")]  # type: ignore[attr-defined]  # JSON
    assert kinds == [["markdown"], ["section"], []]


async def test_image_that_is_not_ready_is_waited_for(api: WebApi, editor: Editor) -> None:
    """A chart that Slack cannot show yet is tried again before it is left out."""
    not_ready = refused("invalid_blocks", "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]")
    api.expect("chat.update", not_ready, not_ready)
    exhibit = Exhibit(title="Revenue", chart=ChartImage("F1", "It grew."))
    (final,) = blocks.finished(
        WisdomAnswer(parts=(Prose("Here."),)),
        turn="t1",
        asker="U1",
        question="Revenue?",
        ending=blocks.Ending.DONE,
        exhibits=[exhibit],
        footer=Footer(),
    )
    assert await editor.open("C1", "1.0", FIRST).finish(final) == Delivered()
    assert len(api.calls) == 3


async def test_refused_files_are_left_out(api: WebApi, editor: Editor) -> None:
    """Where Slack does not attach the files, the message arrives without them and the caller is told."""
    api.expect("chat.update", refused("file_share_limit_reached"))
    slot = editor.open("C1", "1.0", FIRST)
    assert await slot.finish(draft("done", "F1")) == Delivered(files_refused=True)
    assert ["file_ids" in call for call in api.of("chat.update")] == [True, False]


async def test_what_is_refused_in_every_form_is_raised(api: WebApi, editor: Editor) -> None:
    """Each form is tried once; then the caller learns it, and the message can still be finished."""
    api.expect("chat.update", *[refused("invalid_blocks")] * 3)
    slot = editor.open("C1", "1.0", FIRST)
    with pytest.raises(DraftRefused, match="invalid_blocks"):
        await slot.finish(draft("done"))
    assert len(api.calls) == 3
    assert await slot.finish(draft("a file has it")) == Delivered()
    assert texts(api)[-1] == "a file has it"


async def test_strict_tries_no_simpler_form(api: WebApi, editor: Editor) -> None:
    """The refused draft comes back with Slack's details, and another one can be finished in its place."""
    api.expect("chat.update", refused("invalid_blocks", "unsupported type [json-pointer:/blocks/0/type]"))
    slot = editor.open("C1", "1.0", FIRST)
    with pytest.raises(DraftRefused) as raised:
        await slot.finish(draft("done"), strict=True)
    assert raised.value.draft == draft("done")
    assert "/blocks/0/type" in raised.value.details[0]
    assert await slot.finish(draft("simpler"), strict=True) == Delivered()
    assert texts(api) == ["done", "simpler"]


async def test_strict_still_waits_for_images_and_gives_up_files(api: WebApi, editor: Editor) -> None:
    """Only what the message says is a reason to give up."""
    api.expect("chat.update", refused("invalid_blocks", "invalid slack file"), refused("file_not_found"))
    slot = editor.open("C1", "1.0", FIRST)
    assert await slot.finish(draft("done", "F1"), strict=True) == Delivered(files_refused=True)
    assert len(api.calls) == 3


async def test_a_finished_message_can_be_finished_again(api: WebApi, editor: Editor) -> None:
    """News about an answer that stands, such as another chart, is shown."""
    slot = editor.open("C1", "1.0", None)
    await slot.finish(draft("line"))
    await slot.finish(draft("bars"))
    slot.put(draft("late"))
    assert texts(api) == ["line", "bars"]


async def test_a_message_of_unknown_state_is_always_sent(api: WebApi, editor: Editor) -> None:
    """After a restart nobody knows what is shown, so even an empty text is worth a call."""
    await editor.open("C1", "1.0", None).finish(Draft(""))
    assert texts(api) == ["…"]


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message", "is_inactive"])
async def test_a_message_that_is_closed_for_edits_is_gone(api: WebApi, editor: Editor, code: str) -> None:
    """Nothing more can be shown in it, in whatever form."""
    api.expect("chat.update", refused(code))
    slot = editor.open("C1", "1.0", FIRST)
    with pytest.raises(MessageGone, match=code):
        await slot.finish(draft("done"))
    assert slot.gone
    assert len(api.calls) == 1


async def test_endless_limits_are_given_up(api: WebApi, editor: Editor) -> None:
    """A workspace that never lets an edit through holds nobody up for ever."""
    api.expect("chat.update", *[limited(1)] * 10)
    with pytest.raises(SlackUnreachable, match="limited"):
        await editor.open("C1", "1.0", FIRST).finish(draft("done"))


async def test_broken_draft_costs_only_itself(editor: Editor) -> None:
    """A draft that cannot be sent at all fails alone; the worker goes on."""
    broken = Draft("x", ({"type": object()},))
    with pytest.raises(TypeError):
        await editor.open("C1", "1.0", FIRST).finish(broken)
    assert await editor.open("C1", "2.0", FIRST).finish(draft("fine")) == Delivered()


async def test_stopping_leaves_nobody_waiting(api: WebApi, clock: Clock) -> None:
    """When the worker is cancelled, waiting and later finishes end with an error, and no task stays."""
    hold = asyncio.Event()
    api.expect("chat.update", Answer(hold=hold))
    editor = Editor(api.client, Pacer(), clock=clock, sleep=clock.sleep)
    worker = asyncio.create_task(editor.run())
    slot, other = editor.open("C1", "1.0", FIRST), editor.open("C1", "2.0", FIRST)
    finishing = asyncio.create_task(slot.finish(draft("done")))
    await api.until(1)
    worker.cancel()
    await asyncio.wait([worker, finishing])
    assert isinstance(finishing.exception(), SlackUnreachable)
    with pytest.raises(SlackUnreachable):
        await other.finish(draft("late"))
    hold.set()
    assert {task for task in asyncio.all_tasks() if task.get_name() == "chat.update"} == set()


async def test_cancelled_caller_does_not_stop_the_final(api: WebApi, editor: Editor) -> None:
    """A final edit goes out even when whoever asked for it is cancelled."""
    hold = asyncio.Event()
    api.expect("chat.update", Answer(hold=hold))
    slot = editor.open("C1", "1.0", FIRST)
    slot.put(draft("one"))
    await api.until(1)
    finishing = asyncio.create_task(slot.finish(draft("done")))
    await asyncio.sleep(0)
    finishing.cancel()
    await asyncio.wait([finishing])
    hold.set()
    await api.until(2)
    assert texts(api) == ["one", "done"]


async def test_closed_slot_makes_room(api: WebApi, editor: Editor) -> None:
    """A slot that is given up sends nothing more."""
    slot = editor.open("C1", "1.0", FIRST)
    slot.close()
    slot.put(draft("late"))
    await editor.open("C1", "2.0", FIRST).finish(draft("done"))
    assert texts(api) == ["done"]


async def test_many_messages_keep_the_budget(api: WebApi, editor: Editor, clock: Clock) -> None:
    """Sixty answers that end at once all arrive, and no minute holds more than 45 edits."""
    slots = [editor.open("C1", f"{number}.0", FIRST) for number in range(60)]
    await asyncio.gather(*(slot.finish(draft(str(number))) for number, slot in enumerate(slots)))
    assert sorted(map(str, texts(api))) == sorted(map(str, range(60)))
    assert clock.now >= 1060


async def test_its_load_are_the_messages_that_are_open(api: WebApi, editor: Editor) -> None:
    """Other processes of the app take their parts of the budget by it."""
    assert editor.load == 0
    slots = [editor.open("C1", f"{number}.0", FIRST) for number in range(3)]
    assert editor.load == 3
    await slots[0].finish(draft("done"))
    slots[1].close()
    assert editor.load == 1
    slots[2].close()
    assert (editor.load, texts(api)) == (0, ["done"])


async def test_it_edits_no_more_than_its_part(api: WebApi, editor: Editor, clock: Clock) -> None:
    """From the moment it is told; sixty answers take six minutes with a part of ten."""
    editor.allow(10)
    slots = [editor.open("C1", f"{number}.0", FIRST) for number in range(60)]
    await asyncio.gather(*(slot.finish(draft(str(number))) for number, slot in enumerate(slots)))
    assert len(texts(api)) == 60
    assert clock.now >= 1000 + 5 * 60


async def test_a_larger_part_is_used_at_once(api: WebApi) -> None:
    """What waits for room does not wait for the minute that it was told before."""
    told = asyncio.Event()

    async def waits(_: float) -> None:
        told.set()
        await asyncio.Event().wait()

    editor = Editor(api.client, Pacer(per_minute=1), clock=lambda: 1000.0, sleep=waits)
    worker = asyncio.create_task(editor.run())
    slots = [editor.open("C1", f"{number}.0", FIRST) for number in range(2)]
    ends = [asyncio.create_task(slot.finish(draft("done"))) for slot in slots]
    await told.wait()
    assert len(texts(api)) == 1
    editor.allow(2)
    async with asyncio.timeout(20):
        await asyncio.gather(*ends)
    worker.cancel()
    await asyncio.wait([worker])
