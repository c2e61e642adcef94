from dataclasses import FrozenInstanceError, replace

import pytest

from bot.sandbox.slack.model import Channel, ChannelKind, Message, Standing, Team, User


def test_only_a_dm_is_direct() -> None:
    """A group of people with the bot is a conversation like a channel: the bot has to be mentioned."""
    direct = [kind for kind in ChannelKind if Channel("C1", "x", kind, [], 0, "").is_direct]
    assert direct == [ChannelKind.IM]


def test_an_edit_makes_a_new_message() -> None:
    """A message that somebody holds stays what it was."""
    message = Message("C1", "1.0", "U1", "one")
    with pytest.raises(FrozenInstanceError):
        message.text = "two"  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize("standing", list(Standing))
def test_only_members_browse(standing: Standing) -> None:
    """Guests and outsiders see nothing but their own channels, and a deactivated person nothing at all."""
    person = User("U1", "x", "X", "", "", "", Team("T1", "Here", "here"), standing=standing)
    inside = standing in {Standing.OWNER, Standing.ADMIN, Standing.MEMBER}
    assert person.browses is inside
    assert (person.is_guest or person.is_outsider) is not inside
    assert not replace(person, deactivated=True).browses


def test_a_message_knows_its_files() -> None:
    """Files count as shown wherever they stand: attached, or as an image inside other blocks."""
    image = {"type": "image", "alt_text": "x", "slack_file": {"id": "F2"}}
    blocks = ({"type": "container", "child_blocks": [image]},)
    assert Message("C1", "1.0", "U1", "", blocks=blocks, file_ids=("F1",)).shown_files == {"F1", "F2"}
