"""Whether a question still stands."""

from __future__ import annotations

import pytest

from bot.slack.threads import Threads
from tests.slack.conftest import Answer, Clock, WebApi, limited, refused


def replies(*messages: dict[str, object]) -> Answer:
    """A thread as Slack gives it."""
    return Answer({"messages": list(messages), "has_more": False})


@pytest.mark.parametrize(
    ("answer", "stands"),
    [
        (replies({"ts": "1.0"}, {"ts": "2.0"}), True),
        (replies({"ts": "2.0", "text": "a root"}), True),
        (replies({"ts": "1.0"}), False),
        (replies(), False),
        (replies({"ts": "2.0", "subtype": "tombstone"}), False),
        (refused("thread_not_found"), False),
        (refused("is_inactive"), None),
        (refused("missing_scope"), None),
        (refused("not_in_channel"), None),
        (limited(60), None),
        (Answer({"messages": "?"}), None),
    ],
)
async def test_it_says_what_slack_tells(api: WebApi, answer: Answer, stands: bool | None) -> None:  # noqa: FBT001 - pytest passes it
    """A message that is not there was deleted; where Slack does not answer, nothing is known."""
    api.expect("conversations.replies", answer)
    assert await Threads(api.client).stands("C1", "1.0", "2.0") is stands
    assert len(api.calls) == 1


async def test_it_asks_for_no_more_than_the_message(api: WebApi) -> None:
    """A long thread is not read."""
    api.expect("conversations.replies", replies())
    await Threads(api.client).stands("C1", "1.0", "2.0")
    (asked,) = api.of("conversations.replies")
    assert asked == {
        "channel": "C1",
        "ts": "1.0",
        "oldest": "2.0",
        "latest": "2.0",
        "inclusive": "true",
        "limit": "2",
    }


@pytest.mark.parametrize("failure", [Answer(drop=True), Answer(status=503, text="{"), limited(20)])
async def test_a_look_is_repeated(api: WebApi, clock: Clock, failure: Answer) -> None:
    """What is not answered is asked again, and a limit is waited out where that does not take too long."""
    api.expect("conversations.replies", failure, replies({"ts": "2.0"}))
    assert await Threads(api.client, sleep=clock.sleep).stands("C1", "1.0", "2.0") is True


async def test_looks_that_are_never_answered_end(api: WebApi, clock: Clock) -> None:
    """Then nothing is known."""
    api.expect("conversations.replies", *[Answer(drop=True)] * 3)
    assert await Threads(api.client, sleep=clock.sleep).stands("C1", "1.0", "2.0") is None
    assert len(api.calls) == 3


async def test_the_files_that_we_shared_are_known_by_name(api: WebApi, clock: Clock) -> None:
    """Those of others are not ours; the thread is read to its end."""
    ours: dict[str, object] = {"ts": "2.0", "user": "UBOT", "files": [{"name": "answer-t1.md"}, {}]}
    theirs: dict[str, object] = {"ts": "3.0", "user": "U1", "files": [{"name": "answer-t2.md"}]}
    last: dict[str, object] = {"ts": "4.0", "user": "UBOT", "files": [{"name": "By stage-t1-1.sql"}]}
    first = Answer({"messages": [ours, theirs], "response_metadata": {"next_cursor": "more"}})
    api.expect("auth.test", Answer({"user_id": "UBOT"}))
    api.expect("conversations.replies", first, replies(last))
    found = await Threads(api.client, sleep=clock.sleep).files("C1", "1.0")
    assert {"answer-t1.md", "By stage-t1-1.sql"} <= found
    assert "answer-t2.md" not in found


async def test_files_that_slack_does_not_tell_of_are_none(api: WebApi, clock: Clock) -> None:
    """Then they are shared: rather twice than never."""
    api.expect("auth.test", refused("account_inactive"))
    assert await Threads(api.client, sleep=clock.sleep).files("C1", "1.0") == frozenset()
