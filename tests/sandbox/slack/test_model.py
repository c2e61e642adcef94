from dataclasses import FrozenInstanceError

import pytest

from bot.sandbox.slack.model import Channel, ChannelKind, Message


def test_only_a_dm_is_direct() -> None:
    """A group of people with the bot is a conversation like a channel: the bot has to be mentioned."""
    direct = [kind for kind in ChannelKind if Channel("C1", "x", kind, [], 0, "").is_direct]
    assert direct == [ChannelKind.IM]


def test_an_edit_makes_a_new_message() -> None:
    """A message that somebody holds stays what it was."""
    message = Message("C1", "1.0", "U1", "one")
    with pytest.raises(FrozenInstanceError):
        message.text = "two"  # type: ignore[misc]  # that is the point
