"""The messages of one answer: posted and edited as it grows, and left in order at its end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from functools import partial
from itertools import count

import pytest

from bot.core.pacing import Pacer
from bot.core.render.ladder import Loss
from bot.errors import MessageGone, NotInChannel
from bot.model import Draft
from bot.slack.editor import Editor
from bot.slack.messages import AnswerMessages, Outcome
from bot.slack.poster import DraftRefused, Poster
from tests.slack.conftest import Answer, Clock, WebApi, refused

FIRST = Draft("Thinking…")


def drafts(*texts: str) -> list[Draft]:
    """One draft for each text."""
    return [Draft(text, ({"type": "markdown", "text": text},)) for text in texts]


def said(api: WebApi, method: str) -> list[object]:
    """The texts that were sent to a method."""
    return [call.get("text", call.get("ts")) for call in api.of(method)]


def shown(api: WebApi) -> dict[object, object]:
    """What stands in each message now: ts to text."""
    texts: dict[object, object] = {}
    for number, (method, call) in enumerate(api.calls, start=1):
        if method == "chat.postMessage":
            texts[f"{number}.0"] = call["text"]
        elif method == "chat.update":
            texts[call["ts"]] = call["text"]
        elif method == "chat.delete":
            texts.pop(call["ts"], None)
    return texts


@pytest.fixture
async def messages(api: WebApi, clock: Clock) -> AsyncIterator[AnswerMessages]:
    """Messages in a thread of C1, with the editor's worker running."""
    editor = Editor(api.client, Pacer(), clock=clock, sleep=clock.sleep)
    worker = asyncio.create_task(editor.run())
    poster = Poster(api.client, clock=clock, sleep=clock.sleep)
    built = AnswerMessages(poster, editor, channel="C1", thread_ts="9.0")
    yield built
    await built.close()
    worker.cancel()
    await asyncio.wait([worker])


async def test_an_answer_is_one_message_that_grows(api: WebApi, messages: AnswerMessages) -> None:
    """The placeholder is posted into the thread, and everything else is an edit of it."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("Revenue"))
    await api.until(2)
    assert await messages.finish(drafts("Revenue grew.")) == Outcome()
    (posted,) = api.of("chat.postMessage")
    assert (posted["channel"], posted["thread_ts"]) == ("C1", "9.0")
    assert said(api, "chat.update") == ["Revenue", "Revenue grew."]
    assert messages.ts == ("1.0",)


async def test_a_longer_answer_gets_further_messages(api: WebApi, messages: AnswerMessages) -> None:
    """What does not fit is posted after the first message while the answer still runs."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    await messages.finish(drafts("one", "two, done", "three"))
    assert list(shown(api).values()) == ["one", "two, done", "three"]
    assert messages.ts == tuple(shown(api))


async def test_writing_never_waits(api: WebApi, messages: AnswerMessages) -> None:
    """While Slack takes its time, what nobody would see is not even rendered."""
    await messages.open(FIRST)
    hold = asyncio.Event()
    api.expect("chat.postMessage", Answer(hold=hold))
    rendered: list[str] = []

    def render() -> list[Draft]:
        rendered.append("once")
        return drafts("a", "b")

    messages.show(lambda: render)
    await api.until(2)
    for _ in range(50):
        messages.show(lambda: render)
    hold.set()
    await messages.finish(drafts("a, done", "b, done"))
    assert len(rendered) <= 2
    assert list(shown(api).values()) == ["a, done", "b, done"]


async def test_silence_is_shown_with_its_time(
    api: WebApi, messages: AnswerMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing new comes, the message is rendered again now and then: it tells how long that takes."""
    monkeypatch.setattr("bot.slack.messages._TICK", 0.0)
    seconds = count(1)
    await messages.open(FIRST)
    messages.show(lambda: partial(drafts, f"{next(seconds)} s"))
    await api.until(3)
    assert said(api, "chat.update")[:2] == ["1 s", "2 s"]


async def test_a_post_on_its_way_is_not_repeated(api: WebApi, messages: AnswerMessages) -> None:
    """An answer that ends while its second message is being posted has two messages, not three."""
    await messages.open(FIRST)
    hold = asyncio.Event()
    api.expect("chat.postMessage", Answer(hold=hold))
    messages.show(lambda: lambda: drafts("a", "b"))
    await api.until(2)
    finishing = asyncio.create_task(messages.finish(drafts("a, done", "b, done")))
    await asyncio.sleep(0)
    hold.set()
    await finishing
    assert list(shown(api).values()) == ["a, done", "b, done"]


async def test_messages_that_are_not_needed_go_away(api: WebApi, messages: AnswerMessages) -> None:
    """Where the end is shorter than what ran before, the surplus is deleted."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two", "three"))
    await api.until(4)
    await messages.finish(drafts("done"))
    assert list(shown(api).values()) == ["done"]
    assert messages.ts == ("1.0",)


async def test_a_retry_takes_the_old_messages_over(api: WebApi, messages: AnswerMessages) -> None:
    """The first message is used again, the others are deleted, nothing is posted."""
    await messages.open(FIRST, existing=("5.0", "6.0", "7.0"))
    await messages.finish(drafts("done"))
    assert not api.of("chat.postMessage")
    assert said(api, "chat.delete") == ["6.0", "7.0"]
    assert shown(api) == {"5.0": "done"}
    assert messages.ts == ("5.0",)


async def test_old_messages_that_are_gone_do_no_harm(api: WebApi, messages: AnswerMessages) -> None:
    """A message that somebody deleted, or that Slack will not delete, does not stop a retry."""
    api.expect("chat.delete", refused("message_not_found"), refused("cant_delete_message"))
    await messages.open(FIRST, existing=("5.0", "6.0", "7.0"))
    await messages.finish(drafts("done"))
    assert shown(api)["5.0"] == "done"


async def test_a_placeholder_that_cannot_be_posted_is_an_error(api: WebApi, messages: AnswerMessages) -> None:
    """Where the app may not post, the caller learns why."""
    api.expect("chat.postMessage", refused("not_in_channel"))
    with pytest.raises(NotInChannel):
        await messages.open(FIRST)
    assert messages.ts == ()


async def test_a_further_message_is_tried_again_at_the_end(api: WebApi, messages: AnswerMessages) -> None:
    """A further message that Slack refuses while the answer runs is posted when it ends."""
    await messages.open(FIRST)
    api.expect("chat.postMessage", refused("restricted_action"))
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    await messages.finish(drafts("one, done", "two, done"))
    assert [shown(api)[ts] for ts in messages.ts] == ["one, done", "two, done"]


async def test_a_further_message_that_is_refused_leaves_the_first_whole(
    api: WebApi, messages: AnswerMessages
) -> None:
    """Where Slack takes no further message at the end either, the first has its last state, and it raises."""
    await messages.open(FIRST)
    api.expect("chat.postMessage", *[refused("restricted_action")] * 2)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    with pytest.raises(NotInChannel):
        await messages.finish(drafts("one, done", "two, done"))
    assert len(api.of("chat.postMessage")) == 3
    assert said(api, "chat.update")[-1] == "one, done"
    assert messages.ts == ("1.0",)


async def test_a_deleted_message_is_noticed(api: WebApi, messages: AnswerMessages) -> None:
    """When somebody deletes the message of a running answer, that is seen, and the end raises."""
    await messages.open(FIRST)
    api.expect("chat.update", refused("message_not_found"))
    messages.show(lambda: lambda: drafts("one"))
    with pytest.raises(MessageGone):
        await messages.finish(drafts("done"))
    assert messages.gone


async def test_a_refusal_is_told_to_whoever_is_strict(api: WebApi, messages: AnswerMessages) -> None:
    """Every message gets its last state; the one that Slack refuses can be finished in another form."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    api.expect("chat.update", refused("invalid_blocks"))
    with pytest.raises(DraftRefused) as raised:
        await messages.finish(drafts("one, done", "two, done"), strict=True)
    simpler = drafts("one, simpler", "two, simpler")
    assert raised.value.draft in drafts("one, done", "two, done")
    assert await messages.finish(simpler) == Outcome()
    assert list(shown(api).values()) == ["one, simpler", "two, simpler"]


async def test_a_strict_post_is_not_made_simpler(api: WebApi, messages: AnswerMessages) -> None:
    """A further message is posted as it is or not at all, and in the other form in the end."""
    await messages.open(FIRST)
    api.expect("chat.postMessage", refused("invalid_blocks"))
    with pytest.raises(DraftRefused):
        await messages.finish(drafts("one", "two"), strict=True)
    await messages.finish(drafts("one", "two, simpler"))
    assert [shown(api)[ts] for ts in messages.ts] == ["one", "two, simpler"]
    assert len(api.of("chat.postMessage")) == 3


async def test_a_simpler_post_is_told_and_not_tried_again(api: WebApi, messages: AnswerMessages) -> None:
    """What Slack refused when it was posted is not sent once more as an edit; its file still is attached."""
    await messages.open(FIRST)
    api.expect("chat.postMessage", refused("invalid_blocks"))
    outcome = await messages.finish([*drafts("one"), Draft("two", drafts("**two**")[0].blocks, ("F1",))])
    assert outcome == Outcome(degraded=Loss.LOOKS)
    last = api.of("chat.update")[-1]
    assert last["blocks"] == api.of("chat.postMessage")[-1]["blocks"]
    assert last["file_ids"] == "F1"


async def test_nothing_is_deleted_before_the_end_stands(api: WebApi, messages: AnswerMessages) -> None:
    """Where Slack refuses the end, what ran before is still there."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    api.expect("chat.update", *[refused("invalid_blocks")] * 9)
    with pytest.raises(DraftRefused):
        await messages.finish(drafts("done"))
    assert not api.of("chat.delete")


async def test_messages_that_are_gone_are_posted_anew(api: WebApi, messages: AnswerMessages) -> None:
    """All of the answer is posted once more in order, and only then what still stands of it is deleted."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    old = messages.ts
    api.expect("chat.update", refused("message_not_found"))
    with pytest.raises(MessageGone):
        await messages.finish(drafts("one, done", "two, done"))
    messages.renew()
    await messages.finish(drafts("one, done", "two, done"))
    assert [shown(api)[ts] for ts in messages.ts] == ["one, done", "two, done"]
    assert not set(messages.ts) & set(old)
    assert said(api, "chat.delete") == list(old)
    methods = [method for method, _ in api.calls]
    assert methods.index("chat.delete") > max(
        n for n, name in enumerate(methods) if name == "chat.postMessage"
    )


async def test_a_finished_answer_is_edited_in_place(api: WebApi, messages: AnswerMessages) -> None:
    """Another chart of an answer needs no placeholder and no new message."""
    messages.adopt(("5.0", "6.0"))
    await messages.finish(drafts("one, as bars", "two"))
    assert shown(api) == {"5.0": "one, as bars", "6.0": "two"}
    assert [method for method, _ in api.calls] == ["chat.update", "chat.update"]


async def test_a_last_word_replaces_only_what_is_unfinished(api: WebApi, messages: AnswerMessages) -> None:
    """What got its last state stays; the first message that did not says the last word, the others go."""
    messages.adopt(("5.0", "6.0", "7.0"))
    api.expect("chat.update", Answer(), *[refused("invalid_blocks")] * 9)
    with pytest.raises(DraftRefused):
        await messages.finish(drafts("one", "two", "three"))
    api.script.clear()
    before = messages.unfinished
    await messages.conclude(Draft("The rest is in a file."))
    assert (before, messages.unfinished) == (True, False)
    texts = list(shown(api).values())
    assert texts[-1] == "The rest is in a file."
    assert len(messages.ts) == 2


async def test_a_further_word_stands_after_all(api: WebApi, messages: AnswerMessages) -> None:
    """It is a message of its own, and belongs to the answer."""
    await messages.open(FIRST)
    await messages.finish(drafts("done"))
    await messages.add(Draft("And this."))
    assert list(shown(api).values()) == ["done", "And this."]
    assert messages.ts == tuple(shown(api))


async def test_a_broken_rendering_costs_only_itself(api: WebApi, messages: AnswerMessages) -> None:
    """Nobody sees it, and the end is shown all the same."""
    await messages.open(FIRST)

    def broken() -> list[Draft]:
        raise ValueError

    messages.show(lambda: broken)
    await asyncio.sleep(0)
    await messages.finish(drafts("done"))
    assert list(shown(api).values()) == ["done"]


async def test_a_broken_post_costs_only_itself(
    api: WebApi, messages: AnswerMessages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake of ours with a further message does not keep the end from being shown."""
    await messages.open(FIRST)
    tried = asyncio.Event()

    async def broken(*_: object, **__: object) -> None:
        tried.set()
        raise TypeError

    with monkeypatch.context() as patch:
        patch.setattr(messages._poster, "send", broken)
        messages.show(lambda: lambda: drafts("one", "two"))
        await tried.wait()
    await messages.finish(drafts("done"))
    assert list(shown(api).values()) == ["done"]


async def test_it_is_rendered_beside_the_event_loop(api: WebApi, messages: AnswerMessages) -> None:
    """The state is taken on the loop, and laid out in a thread: a long answer holds nobody up."""
    threads: list[int] = []

    def snapshot() -> Callable[[], list[Draft]]:
        threads.append(threading.get_ident())

        def render() -> list[Draft]:
            threads.append(threading.get_ident())
            return drafts("one")

        return render

    await messages.open(FIRST)
    messages.show(snapshot)
    await api.until(2)
    assert threads[0] == threading.get_ident()
    assert threads[1] != threading.get_ident()


async def test_refused_files_are_told(api: WebApi, messages: AnswerMessages) -> None:
    """The caller learns that the SQL must be shared another way."""
    await messages.open(FIRST)
    api.expect("chat.update", refused("file_share_limit_reached"))
    outcome = await messages.finish([Draft("done", file_ids=("F1",))])
    assert outcome == Outcome(files_refused=True)


async def test_nothing_changes_after_the_end(api: WebApi, messages: AnswerMessages) -> None:
    """A late draft is not shown, and closing again does no harm."""
    await messages.open(FIRST)
    await messages.finish(drafts("done"))
    messages.show(lambda: lambda: drafts("late"))
    await messages.close()
    assert list(shown(api).values()) == ["done"]
