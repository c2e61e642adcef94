"""Where private answers stand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.errors import SlackError, StoreFailed
from bot.model import Entrance, Question
from bot.private import PrivateThreads
from bot.sandbox.slack.options import Failure
from tests.bench import Bench, bench
from tests.scenarios.town import everything

__all__ = ["bench"]


def threads(bench: Bench) -> PrivateThreads:
    return bench.tools.ground.private


async def test_a_question_goes_to_the_direct_messages_of_who_asks(bench: Bench) -> None:
    """What was asked stands there first, and its rules are those of the channel still."""
    asked = bench.record(user="grace", text="Revenue <!here>?").question
    private = await threads(bench).open(asked)
    (root,) = bench.in_private("grace")
    assert (private.thread.channel, private.thread.thread_ts) == (bench.direct("grace"), root.ts)
    assert (private.ts, private.origin, private.place) == (root.ts, asked.thread, asked.thread)
    assert (private.user, private.text) == (asked.user, asked.text)
    assert everything(root) == f"You asked in <#{bench.channel}>:\n> Revenue &lt;!here&gt;?"
    assert bench.in_private("ada") == []


async def test_further_questions_of_a_thread_go_to_the_same_place(bench: Bench) -> None:
    """So they continue one conversation; the question stands in that thread."""
    asked = bench.record().question
    first = await threads(bench).open(asked)
    second = await threads(bench).open(replace(asked, ts="99.1", text="And by stage?"))
    assert second.thread == first.thread
    assert second.ts != first.ts
    replies = bench.in_thread(first.thread)
    assert ["And by stage?" in everything(each) for each in replies] == [True]


async def test_each_person_and_each_thread_has_its_own(bench: Bench) -> None:
    """Nobody's private answers stand where somebody else reads."""
    asked = bench.record().question
    graces = replace(asked, user=bench.user("grace"))
    another = bench.record().question
    threads_of = [(await threads(bench).open(each)).thread for each in (asked, graces, another)]
    assert len(set(threads_of)) == 3
    assert threads_of[0].channel == threads_of[2].channel != threads_of[1].channel


async def test_a_command_begins_anew_each_time(bench: Bench) -> None:
    """It was asked in no thread that could be continued."""
    command = Question(bench.place(), "", bench.ada, "Revenue?", Entrance.COMMAND)
    first, second = await threads(bench).open(command), await threads(bench).open(command)
    assert first.thread != second.thread
    assert first.origin == second.origin == bench.place()


async def test_a_private_thread_that_is_gone_is_begun_anew(bench: Bench) -> None:
    """Its owner may have deleted it; the next question does not fail for that."""
    asked = bench.record().question
    first = await threads(bench).open(asked)
    bench.workspace.faults.fail_next("chat.postMessage", "thread_not_found")
    second = await threads(bench).open(asked)
    third = await threads(bench).open(asked)
    assert second.thread != first.thread
    assert third.thread == second.thread


@pytest.mark.parametrize("error", ["internal_error", "messages_tab_disabled"])
async def test_where_slack_opens_none_that_is_an_error(bench: Bench, error: str) -> None:
    """Whoever asks for one knows what to do then; nothing is noted."""
    bench.workspace.faults.fail_next("chat.postMessage", error, times=10)
    asked = bench.record().question
    with pytest.raises(SlackError):
        await threads(bench).open(asked)
    assert await bench.memory.private_thread(asked.thread, bench.ada) is None


async def test_where_it_cannot_be_noted_that_is_an_error(bench: Bench) -> None:
    """Else the next question of the thread would begin another conversation."""
    bench.store.broken = "private"
    with pytest.raises(StoreFailed):
        await threads(bench).open(bench.record().question)


async def test_a_private_question_has_an_address(bench: Bench) -> None:
    """Which leads to the message in the direct messages; where Slack does not tell, it is empty."""
    private = await threads(bench).open(bench.record().question)
    link = await threads(bench).link(private)
    assert private.thread.channel in link
    assert private.ts.replace(".", "") in link
    assert await threads(bench).link(replace(private, ts="1.000001")) == ""


# -- begun by a process that died ------------------------------------------------------------------------


async def test_a_private_question_that_stands_there_is_not_asked_again(bench: Bench) -> None:
    """The crash came before anybody noted where it stands."""
    asked = bench.record().question
    first = await threads(bench).open(asked, turn="t1")
    bench.store.tables.clear()
    second = await threads(bench).open(asked, turn="t1", resume=True)
    assert second == first
    assert len(bench.in_private()) == 1


async def test_a_private_question_of_a_known_thread_is_not_asked_again(bench: Bench) -> None:
    """Also where it is a further one of its thread, or the first."""
    asked = bench.record().question
    first = await threads(bench).open(asked, turn="t1")
    further = await threads(bench).open(replace(asked, text="And by stage?"), turn="t2")
    again = await threads(bench).open(replace(asked, text="And by stage?"), turn="t2", resume=True)
    assert again == further
    assert await threads(bench).open(asked, turn="t1", resume=True) == first
    assert len(bench.in_private()) == 2


async def test_a_private_question_that_was_never_posted_is_posted(bench: Bench) -> None:
    """The process died before that."""
    private = await threads(bench).open(bench.record().question, turn="t1", resume=True)
    (root,) = bench.in_private()
    assert private.ts == root.ts


async def test_a_private_question_whose_look_fails_stands_there(bench: Bench) -> None:
    """Perhaps twice, but it is answered."""
    bench.workspace.faults.fail_next("conversations.history", "internal_error", times=50)
    private = await threads(bench).open(bench.record().question, turn="t1", resume=True)
    assert private.ts == bench.in_private()[-1].ts


@pytest.mark.parametrize("failure", [Failure.UNANSWERED, Failure.DROPPED])
async def test_a_private_question_in_doubt_stands_there_once(bench: Bench, failure: str) -> None:
    """A message in direct messages is looked for like any other."""
    bench.workspace.faults.fail_next("chat.postMessage", failure)
    private = await threads(bench).open(bench.record().question, turn="t1")
    (root,) = bench.in_private()
    assert private.ts == root.ts
