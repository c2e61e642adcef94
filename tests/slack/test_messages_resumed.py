"""The messages of an answer whose process died: they are taken over, and nothing is posted twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.pacing import Pacer
from bot.core.render import blocks
from bot.errors import SlackError, StoreFailed
from bot.model import Draft
from bot.sandbox.slack.model import Message
from bot.sandbox.slack.options import Failure, SlackOptions
from bot.slack.editor import Editor
from bot.slack.messages import AnswerMessages, Noted
from bot.slack.poster import Poster
from tests.slack.conftest import Clock
from tests.slack.installed import Installed, installed

FIRST = blocks.waiting(turn="t1", ahead=0)


@dataclass
class Thread:
    """A thread of a workspace, and the app's parts."""

    here: Installed
    channel: str
    ts: str
    poster: Poster
    editor: Editor

    def messages(self, turn: str = "t1", noted: Noted | None = None) -> AnswerMessages:
        return AnswerMessages(
            self.poster, self.editor, channel=self.channel, thread_ts=self.ts, turn=turn, noted=noted
        )

    def standing(self) -> list[Message]:
        return list(self.here.workspace.replies(self.channel, self.ts))

    async def begun(self, *texts: str) -> list[str]:
        """Messages of the turn that a process posted before it died; their ts."""
        before = self.messages()
        await before.finish([Draft(text) for text in texts])
        return list(before.ts)


@pytest.fixture
async def thread(clock: Clock) -> AsyncIterator[Thread]:
    """A thread in a workspace, with the editor's worker running."""
    async with installed(options=SlackOptions(enforce_tiers=False)) as here:
        channel = here.channel("sales")
        ada = AsyncWebClient(token=here.workspace.users["ada"].token, base_url=here.client.base_url)
        root = await ada.chat_postMessage(channel=channel, text="Revenue?")
        editor = Editor(here.client, Pacer(), clock=clock, sleep=clock.sleep)
        worker = asyncio.create_task(editor.run())
        poster = Poster(here.client, clock=clock, sleep=clock.sleep)
        yield Thread(here, channel, str(root["ts"]), poster, editor)
        worker.cancel()
        await asyncio.wait([worker])


async def resumed(thread: Thread, *known: str, noted: Noted | None = None) -> AnswerMessages:
    messages = thread.messages(noted=noted)
    await messages.resume(FIRST, known, oldest=thread.ts)
    return messages


async def test_where_nothing_stands_the_first_message_is_posted(thread: Thread) -> None:
    """The process died before it said anything."""
    messages = await resumed(thread)
    assert [each.ts for each in thread.standing()] == list(messages.ts)
    assert [each.text for each in thread.standing()] == [FIRST.text]
    await messages.close()


async def test_a_message_that_nobody_noted_is_found(thread: Thread) -> None:
    """The crash came between the post and its note; it is the one that goes on."""
    (ts,) = await thread.begun("Thinking…")
    messages = await resumed(thread)
    assert messages.ts == (ts,)
    await messages.finish([Draft("107.")])
    assert [(each.ts, each.text) for each in thread.standing()] == [(ts, "107.")]


async def test_what_is_known_and_what_is_found_go_on_together(thread: Thread) -> None:
    """In the order in which they stand there; none is deleted before the end."""
    first, second = await thread.begun("one", "two")
    messages = await resumed(thread, first)
    assert messages.ts == (first, second)
    assert [each.text for each in thread.standing()] == ["one", "two"]
    await messages.finish([Draft("107.")])
    assert [(each.ts, each.text) for each in thread.standing()] == [(first, "107.")]


async def test_another_turns_messages_are_left_alone(thread: Thread) -> None:
    """Several answers stand in one thread."""
    await thread.begun("one")
    other = thread.messages(turn="t2")
    await other.resume(FIRST, (), oldest=thread.ts)
    assert len(thread.standing()) == 2
    await other.close()


async def test_known_messages_do_without_a_look(thread: Thread) -> None:
    """Where Slack does not tell what stands there, what was noted does."""
    (ts,) = await thread.begun("one")
    thread.here.workspace.faults.fail_next("conversations.replies", "internal_error", times=50)
    messages = await resumed(thread, ts)
    assert messages.ts == (ts,)
    await messages.close()


async def test_where_it_is_not_known_nothing_is_posted(thread: Thread) -> None:
    """A message may stand there, and a second one must not."""
    await thread.begun("one")
    thread.here.workspace.faults.fail_next("conversations.replies", "internal_error", times=50)
    with pytest.raises(SlackError):
        await resumed(thread)
    assert len(thread.standing()) == 1


async def test_where_nobody_may_look_it_is_posted(thread: Thread) -> None:
    """An app that lacks the scope would never answer again otherwise."""
    thread.here.workspace.faults.fail_next("conversations.replies", "missing_scope", times=50)
    messages = await resumed(thread)
    assert len(thread.standing()) == 1
    await messages.close()


async def test_a_known_message_that_was_deleted_is_gone(thread: Thread) -> None:
    """Whoever finishes the answer hears of it, as ever."""
    (ts,) = await thread.begun("one")
    await thread.poster.delete(thread.channel, ts)
    messages = await resumed(thread, ts)
    with pytest.raises(SlackError):
        await messages.finish([Draft("107.")])
    assert messages.gone


async def test_each_post_is_noted(thread: Thread) -> None:
    """With all messages so far; so are those that a crash kept from being noted."""
    seen: list[tuple[str, ...]] = []

    async def noted(ts: tuple[str, ...]) -> None:
        seen.append(ts)

    messages = thread.messages(noted=noted)
    await messages.open(FIRST)
    await messages.finish([Draft("one"), Draft("two")])
    assert seen == [messages.ts[:1], messages.ts]
    again = await resumed(thread, messages.ts[0], noted=noted)
    assert seen[-1] == messages.ts
    assert len(seen) == 3
    await again.close()


async def test_a_note_that_fails_ends_nothing(thread: Thread, caplog: pytest.LogCaptureFixture) -> None:
    """The store may be away; the mark in Slack tells of the message all the same."""

    async def noted(_: tuple[str, ...]) -> None:
        raise StoreFailed("disk full")

    messages = thread.messages(noted=noted)
    await messages.open(FIRST)
    assert len(messages.ts) == 1
    assert "could not be noted" in caplog.text
    await messages.close()


@pytest.mark.parametrize("method", ["chat.postMessage", "chat.update"])
@pytest.mark.parametrize("failure", [Failure.UNANSWERED, Failure.DROPPED, Failure.SERVER_ERROR])
async def test_an_answer_in_doubt_stands_there_once(thread: Thread, method: str, failure: str) -> None:
    """Each post and the final edit may go unanswered, and the right answer stands there."""
    messages = thread.messages()
    thread.here.workspace.faults.fail_next(method, failure)
    await messages.open(FIRST)
    thread.here.workspace.faults.fail_next(method, failure)
    await messages.finish([Draft("one"), Draft("two")])
    assert [each.text for each in thread.standing()] == ["one", "two"]


async def test_a_further_message_is_not_taken_for_the_first(thread: Thread) -> None:
    """Where only buttons tell, the first message could be taken for the one in doubt."""
    faults = thread.here.workspace.faults
    faults.hide_metadata = True
    messages = thread.messages()
    await messages.open(FIRST)
    faults.fail_next("chat.postMessage", Failure.DROPPED)
    with pytest.raises(SlackError):
        await messages.finish([FIRST, Draft("two")])
    assert len(messages.ts) == len(set(messages.ts)) == 1


def of_turn(turn: str) -> Callable[[Message], bool]:
    """Whether a message carries the mark of a turn."""
    return lambda message: turn in str(message.metadata)


async def test_every_post_of_an_answer_has_its_mark(thread: Thread) -> None:
    """Those of an answer that has no turn have none."""
    await thread.begun("one", "two")
    bare = thread.messages(turn="")
    await bare.finish([Draft("three")])
    assert list(map(of_turn("t1"), thread.standing())) == [True, True, False]
