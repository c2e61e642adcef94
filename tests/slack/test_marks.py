"""Looks for what is ours."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.core.render import blocks
from bot.errors import SlackUnreachable, TokenRefused
from bot.model import Draft, Mark
from bot.slack.marks import Marks, Place, Wanted, metadata
from bot.slack.poster import Poster
from tests.slack.conftest import Answer, Clock, WebApi, refused
from tests.slack.installed import Installed, installed

TEXT = Draft("Revenue is 107.")


@pytest.fixture
async def here() -> AsyncIterator[Installed]:
    """A workspace as strict as Slack."""
    async with installed() as made:
        yield made


@pytest.fixture
async def thread(here: Installed) -> str:
    """A thread in Sales; its ts."""
    posted = await here.client.chat_postMessage(channel=here.channel("sales"), text="What is revenue?")
    return str(posted["ts"])


async def say(here: Installed, thread_ts: str | None, mark: Mark | None, draft: Draft = TEXT) -> str:
    """Posts as the app does; the ts."""
    return await Poster(here.client).post(here.channel("sales"), draft, thread_ts=thread_ts, mark=mark)


async def find(here: Installed, thread_ts: str | None, turn: str, part: str | None = None) -> tuple[str, ...]:
    oldest = thread_ts or "0"
    return await Marks(here.client).find(
        here.channel("sales"), thread_ts, turn=turn, part=part, oldest=oldest
    )


def test_a_mark_says_whose_a_message_is_and_nothing_else() -> None:
    """Everybody in the workspace can read it."""
    assert metadata(Mark("t1", "answer"), "p1") == {
        "event_type": "wisdom_turn",
        "event_payload": {"turn": "t1", "part": "answer", "post": "p1"},
    }


async def test_messages_are_found_by_turn_and_part(here: Installed, thread: str) -> None:
    """In a thread, oldest first; those of other turns and other parts are not."""
    first = await say(here, thread, Mark("t1", "answer"))
    await say(here, thread, Mark("t2", "answer"))
    notice = await say(here, thread, Mark("t1", "notice"))
    second = await say(here, thread, Mark("t1", "answer"))
    await say(here, thread, None)
    assert await find(here, thread, "t1", "answer") == (first, second)
    assert await find(here, thread, "t1") == (first, notice, second)
    assert await find(here, thread, "t3") == ()


async def test_messages_of_the_channel_itself_are_found(here: Installed) -> None:
    """A question that was posted for somebody stands in no thread."""
    root = await say(here, None, Mark("t1", "question"))
    await say(here, root, Mark("t1", "answer"))
    assert await find(here, None, "t1") == (root,)


async def test_an_edit_keeps_the_mark(here: Installed, thread: str) -> None:
    """The message is found for as long as it stands."""
    ts = await say(here, thread, Mark("t1", "answer"))
    await here.client.chat_update(channel=here.channel("sales"), ts=ts, text="Done.", blocks=[])
    assert await find(here, thread, "t1") == (ts,)


async def test_the_root_is_looked_at_from_the_given_moment_only(here: Installed) -> None:
    """Slack always tells of it, whatever the bounds."""
    root = await say(here, None, Mark("t1", "answer"))
    later = await say(here, root, Mark("t1", "answer"))
    marks = Marks(here.client)
    assert await marks.find(here.channel("sales"), root, turn="t1", oldest=later) == (later,)


async def test_a_mark_of_somebody_else_is_none(api: WebApi) -> None:
    """Any app can write it, and a message that is not ours cannot be edited."""
    body = {"metadata": metadata(Mark("t1", "answer"), "p1"), "ts": "2.0", "user": "U2"}
    api.expect("auth.test", Answer({"user_id": "U1"}))
    api.expect("conversations.replies", Answer({"messages": [body]}))
    assert await Marks(api.client).find("C1", "1.0", turn="t1", oldest="1.0") == ()


async def test_where_slack_does_not_say_who_we_are_nothing_is_known(api: WebApi) -> None:
    """Then nothing can be called ours."""
    with pytest.raises(SlackUnreachable):
        await Marks(api.client).find("C1", "1.0", turn="t1", oldest="1.0")


async def test_a_thread_that_is_not_there_holds_nothing(here: Installed) -> None:
    """Its root was deleted, with all that stood beneath it."""
    assert await find(here, "1.000001", "t1") == ()


async def test_all_pages_are_read(api: WebApi) -> None:
    """Slack may give a few messages at a time."""
    marked = [
        {"metadata": metadata(Mark("t1", "answer"), "p"), "ts": f"{number}.0", "user": "U1"}
        for number in (2, 3)
    ]
    api.expect("auth.test", Answer({"user_id": "U1"}))
    pages = [
        Answer({"messages": [marked[0]], "response_metadata": {"next_cursor": "more"}}),
        Answer({"messages": [marked[1]]}),
    ]
    api.expect("conversations.replies", *pages)
    assert await Marks(api.client).find("C1", "1.0", turn="t1", oldest="1.0") == ("2.0", "3.0")
    assert [call.get("cursor") for call in api.of("conversations.replies")] == [None, "more"]


async def test_messages_without_end_are_an_error(api: WebApi) -> None:
    """A cursor that always leads on does not keep us for ever."""
    more = Answer({"messages": [], "response_metadata": {"next_cursor": "more"}})
    api.expect("auth.test", Answer({"user_id": "U1"}))
    api.expect("conversations.replies", *[more] * 100)
    with pytest.raises(SlackUnreachable, match="no end"):
        await Marks(api.client).find("C1", "1.0", turn="t1", oldest="1.0")


async def test_a_refusal_is_raised(api: WebApi) -> None:
    """Whoever looks knows what it means."""
    api.expect("auth.test", Answer({"user_id": "U1"}))
    api.expect("conversations.replies", refused("missing_scope"))
    with pytest.raises(TokenRefused):
        await Marks(api.client).find("C1", "1.0", turn="t1", oldest="1.0")


# -- where Slack does not show metadata ------------------------------------------------------------------


async def test_a_button_that_names_the_turn_is_a_mark_too(here: Installed, thread: str) -> None:
    """Stop has the turn's id as its value."""
    here.workspace.faults.hide_metadata = True
    ts = await say(here, thread, Mark("t1", "answer"), blocks.waiting(turn="t1", ahead=0))
    await say(here, thread, Mark("t2", "answer"), blocks.waiting(turn="t2", ahead=0))
    await say(here, thread, Mark("t1", "answer"))
    assert await find(here, thread, "t1", "answer") == (ts,)


async def test_what_shows_no_mark_at_all_may_be_the_one_in_doubt(
    here: Installed, thread: str, clock: Clock
) -> None:
    """So it stays unknown, and is not posted again."""
    here.workspace.faults.hide_metadata = True
    await say(here, thread, Mark("t1", "answer"))
    marks = Marks(here.client, sleep=clock.sleep)
    with pytest.raises(SlackUnreachable, match="no mark"):
        await marks.settle(Place(here.channel("sales"), thread, thread), Wanted("t1", "answer", "p1"))


# -- posts in doubt --------------------------------------------------------------------------------------


async def test_a_look_that_fails_is_repeated_with_pauses(api: WebApi, clock: Clock) -> None:
    """Slack may have recovered by then."""
    message = {"metadata": metadata(Mark("t1", "answer"), "p1"), "ts": "2.0", "user": "U1"}
    api.expect("auth.test", Answer({"user_id": "U1"}))
    api.expect("conversations.replies", *[refused("internal_error")] * 4, Answer({"messages": [message]}))
    found = await Marks(api.client, sleep=clock.sleep).settle(
        Place("C1", "1.0", "1.0"), Wanted("t1", "answer", "p1")
    )
    assert found == ("2.0",)
    assert clock.slept == [1.0, 0.5, 1.0, 2.0, 0.5]


async def test_looks_that_never_succeed_end(api: WebApi, clock: Clock) -> None:
    """Then it is said that it is not known, within half a minute."""
    api.expect("auth.test", Answer({"user_id": "U1"}))
    api.expect("conversations.replies", *[refused("internal_error")] * 100)
    with pytest.raises(SlackUnreachable, match="unknown"):
        await Marks(api.client, sleep=clock.sleep).settle(Place("C1", "1.0", "1.0"), Wanted("t1"))
    assert clock.now - 1000 < 30
