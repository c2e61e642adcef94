"""Who sees which conversation."""

from __future__ import annotations

import pytest

from bot.sandbox.tenant.conversations import Conversations, Sender
from bot.sandbox.tenant.people import User
from bot.sandbox.tenant.refusals import UnknownConversation
from tests.sandbox.tenant.stand import Clock

ADA, GRACE = User("u1", "ada@example.com", "Ada"), User("u2", "grace@example.com", "Grace")


def test_a_conversation_belongs_to_who_opened_it() -> None:
    """Nobody else finds it, by id or in a list."""
    conversations = Conversations(clock=Clock())
    own = conversations.open(ADA, domain_id="d", summary="q", hidden=False)
    assert conversations.get(ADA, own.id) is own
    assert conversations.of(GRACE) == ()
    with pytest.raises(UnknownConversation):
        conversations.get(GRACE, own.id)


def test_the_list_is_most_recent_first_and_without_hidden_ones() -> None:
    """A new message brings a conversation to the top."""
    clock = Clock()
    conversations = Conversations(clock=clock)
    older, hidden, newer = (
        conversations.open(ADA, domain_id="d", summary="q", hidden=hide) for hide in (False, True, False)
    )
    clock.advance(1)
    conversations.add(newer, Sender.USER, "d")
    assert conversations.of(ADA) == (newer, older)
    clock.advance(1)
    message = conversations.add(older, Sender.ASSISTANT, "d")
    assert conversations.of(ADA) == (older, newer)
    assert older.messages == [message]
    assert conversations.get(ADA, hidden.id) is hidden
