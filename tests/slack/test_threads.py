"""Whether a question still stands."""

from __future__ import annotations

import pytest

from bot.slack.threads import Threads
from tests.slack.conftest import Answer, WebApi, limited, refused


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
        (Answer(drop=True), None),
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
