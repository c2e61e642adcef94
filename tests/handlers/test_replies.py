"""Answers by the address that comes with a press."""

from __future__ import annotations

import pytest
from slack_bolt.context.respond.async_respond import AsyncRespond

from bot.model import Draft
from handlers import replies
from tests.handlers.conftest import Slack
from tests.slack.conftest import Answer

DRAFT = Draft("Five.", ({"type": "divider"},))


@pytest.fixture
def respond(api: Slack) -> AsyncRespond:
    """Slack's address."""
    return AsyncRespond(response_url=f"{api.client.base_url}response")


async def test_a_reply_is_shown(api: Slack, respond: AsyncRespond) -> None:
    """Beside what stands there, and without previews of what is linked in it."""
    api.expect("response", Answer(text="ok"))
    assert await replies.reply(respond, DRAFT)
    (said,) = api.of("response")
    assert said == {
        "text": "Five.",
        "blocks": [{"type": "divider"}],
        "unfurl_links": False,
        "unfurl_media": False,
    }


async def test_a_reply_takes_the_place_of_what_was_pressed(api: Slack, respond: AsyncRespond) -> None:
    """In its thread, which Slack has to be told."""
    api.expect("response", Answer(text="ok"))
    assert await replies.reply(respond, Draft("Five."), thread_ts="10.1", replace=True)
    (said,) = api.of("response")
    assert (said["replace_original"], said["thread_ts"], "blocks" in said) == (True, "10.1", False)


async def test_what_was_pressed_is_taken_away(api: Slack, respond: AsyncRespond) -> None:
    """When it has done its work."""
    api.expect("response", Answer(text="ok"))
    assert await replies.take_away(respond)
    assert api.of("response")[0]["delete_original"] is True


@pytest.mark.parametrize("answer", [Answer(text="expired_url", status=404), Answer(drop=True)])
async def test_a_reply_that_does_not_arrive_is_said_to_the_caller(
    api: Slack, respond: AsyncRespond, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    """Who asked is told another way; the log has it, without the address, which is a secret."""
    api.expect("response", answer, answer)
    assert not await replies.reply(respond, DRAFT)
    assert "did not take a reply" in caplog.text
    assert "response" not in caplog.text
