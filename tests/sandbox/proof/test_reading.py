"""The bot's messages as people read them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.render import blocks, notices
from bot.core.render.blocks import Ending
from bot.model import Answer, Draft, Footer, Prose
from bot.sandbox.proof.reading import Watch, post, posts
from bot.sandbox.slack.model import File, Message
from bot.sandbox.slack.server import SlackServer

ANSWER = Answer(parts=(Prose("Answer 3, part 1 of 2."),))


def message(slack: SlackServer, draft: Draft, **more: str) -> Message:
    """A message of the bot in #sales."""
    workspace = slack.workspace
    return Message(
        channel=workspace.channels["sales"],
        ts=more.get("ts") or workspace.ids.ts(),
        user=workspace.bot.id,
        text=draft.text,
        bot_id=workspace.bot.bot_id,
        blocks=tuple(draft.blocks),
        thread_ts=more.get("thread_ts", ""),
    )


def ended(ending: Ending) -> Draft:
    """An answer at its end."""
    return blocks.finished(
        ANSWER, turn="t", asker="U1", question="q", ending=ending, exhibits=(), footer=Footer()
    )[0]


@pytest.mark.parametrize(
    ("draft", "running", "retry", "stopped"),
    [
        (blocks.waiting(turn="t", ahead=0), True, False, False),
        (blocks.waiting(turn="t", ahead=2), True, False, False),
        (blocks.running(ANSWER, turn="t", seconds=1.0)[-1], True, False, False),
        (ended(Ending.DONE), False, False, False),
        (ended(Ending.STOPPED), False, True, True),
        (ended(Ending.FAILED), False, True, False),
        (blocks.told(notices.interrupted_by_restart(), turn="t"), False, True, False),
        (Draft("The table has the numbers."), False, False, False),
        (Draft(notices.DRAWING), True, False, False),
    ],
)
def test_what_is_still_to_come_is_seen(draft: Draft, *, running: bool, retry: bool, stopped: bool) -> None:
    """By the Stop button, or by the words that stand for something else."""
    slack = SlackServer()
    found = post(slack.workspace, message(slack, draft))
    assert (found.running, found.retry, found.stopped) == (running, retry, stopped)


def test_whose_a_message_is_stands_in_it() -> None:
    """In its metadata, else in the buttons that name the turn."""
    slack = SlackServer()
    waiting = message(slack, blocks.waiting(turn="t7", ahead=0))
    marked = replace(waiting, blocks=(), metadata={"event_type": "x", "event_payload": {"turn": "t8"}})
    found = [post(slack.workspace, each).turn for each in (waiting, marked, message(slack, Draft("no")))]
    assert found == ["t7", "t8", ""]


async def test_everything_that_the_bot_shows_is_read_once() -> None:
    """In channels, threads, as broadcasts and whispers; not what people say."""
    slack = SlackServer()
    workspace, changes = slack.workspace, Watch(slack)
    root = message(slack, Draft("root"))
    reply = replace(message(slack, Draft("reply"), thread_ts=root.ts), broadcast=True)
    workspace.post(root)
    workspace.post(reply)
    workspace.post(replace(message(slack, Draft("person")), bot_id=""))
    workspace.show_ephemeral("U1", message(slack, Draft("whisper")))
    assert [(each.text, each.thread, each.reader) for each in posts(workspace)] == [
        ("root", "", ""),
        ("reply", root.ts, ""),
        ("whisper", "", "U1"),
    ]
    assert set(changes.changed) == {(root.channel, root.ts), (root.channel, reply.ts)}


def test_a_file_of_text_is_read_and_a_picture_is_not() -> None:
    """An answer that Slack did not take as a message stands in a file."""
    slack = SlackServer()
    for name, data in (("answer.md", b"Answer 3, part 1 of 1."), ("chart.png", b"\x89PNG")):
        slack.workspace.files[name] = File(name, name, name, len(data), "U", "s", data=data)
    shown = replace(message(slack, Draft("")), file_ids=("answer.md", "chart.png"))
    found = post(slack.workspace, shown)
    assert found.files == (("answer.md", "Answer 3, part 1 of 1."), ("chart.png", ""))
    assert found.results
    assert found.numbers == {3}


async def test_silence_is_told_from_news() -> None:
    """Whoever waits hears of a change at once, and of none after the time."""
    slack = SlackServer()
    watch = Watch(slack)
    assert not await watch.news(0.0)
