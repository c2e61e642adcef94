"""Messages of an answer that may not stand where it does."""

from __future__ import annotations

import pytest

from bot.errors import SlackRefused
from bot.model import Draft
from bot.slack.messages import AnswerMessages
from tests.slack.conftest import WebApi, refused
from tests.slack.test_messages import FIRST, drafts, messages, said, shown

__all__ = ["messages"]

GONE = Draft("This answer was withdrawn.")


async def test_what_is_withdrawn_leaves_nothing(api: WebApi, messages: AnswerMessages) -> None:
    """All messages of the answer are deleted, and nothing is shown after that."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("one", "two"))
    await api.until(3)
    await messages.withdraw(GONE)
    assert shown(api) == {}
    assert messages.ts == ()
    messages.show(lambda: lambda: drafts("late"))
    await messages.close()
    assert shown(api) == {}


async def test_what_others_deleted_before_needs_no_second_time(api: WebApi, messages: AnswerMessages) -> None:
    """It is gone, which is what was wanted."""
    await messages.open(FIRST)
    api.expect("chat.delete", refused("message_not_found"))
    await messages.withdraw(GONE)
    assert said(api, "chat.update") == []
    assert messages.ts == ()


async def test_what_cannot_be_deleted_says_nothing_any_more(api: WebApi, messages: AnswerMessages) -> None:
    """A workspace may keep apps from deleting; the text is replaced then."""
    await messages.open(FIRST)
    messages.show(lambda: lambda: drafts("secret one", "secret two"))
    await api.until(3)
    api.expect("chat.delete", refused("compliance_exports_prevent_deletion"))
    await messages.withdraw(GONE)
    assert list(shown(api).values()) == [GONE.text]


async def test_one_message_that_stays_does_not_keep_the_others(api: WebApi, messages: AnswerMessages) -> None:
    """What can be taken away is, and whoever withdraws hears that something still stands there."""
    await messages.open(FIRST)
    await messages.add(Draft("More."))
    first, second = messages.ts
    api.expect("chat.delete", refused("compliance_exports_prevent_deletion"))
    api.expect("chat.update", *[refused("an_error_of_tomorrow")] * 9)
    with pytest.raises(SlackRefused):
        await messages.withdraw(GONE)
    assert [call["ts"] for call in api.of("chat.delete")] == [first, second]
    assert messages.ts == ()


async def test_messages_that_were_never_posted_are_withdrawn_as_well(
    api: WebApi, messages: AnswerMessages
) -> None:
    """There is nothing to take back, and nothing comes later."""
    await messages.withdraw(GONE)
    assert api.calls == []
