"""What the analyst hands to the server."""

import dataclasses

import pytest

from bot.sandbox.tenant.reply import Aggregate, Intent, Metric, Progress, Reply, Text


def test_a_reply_cannot_be_changed() -> None:
    """Steps and intents are values: one that is remembered stays as it was."""
    reply = Reply((Progress("Looking…"), Text("Done.")), Intent("ET_DOMAIN_sales"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        reply.intent = None  # type: ignore[misc]


def test_equal_questions_have_equal_intents() -> None:
    """Intents compare and hash by what they ask for."""
    one, other = (Intent("d", metrics=(Metric("amount", Aggregate.SUM),)) for _ in range(2))
    assert one == other
    assert len({one, other}) == 1
