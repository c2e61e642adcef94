from __future__ import annotations

from dataclasses import replace

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.model import (
    Change,
    ChannelKind,
    Deleted,
    EphemeralRemoved,
    EphemeralShown,
    File,
    Posted,
)
from bot.sandbox.slack.workspace import Workspace, shown_files

from .bare import say, workspace


def file(here: Workspace, name: str = "a.png") -> File:
    """A processed file of the bot's."""
    made = File(here.ids.make("F"), name, name, 3, here.bot.id, "secret", data=b"png", complete=True)
    made.usable_at = here.clock.now()
    here.files[made.id] = made
    return made


def test_two_workspaces_are_furnished_alike() -> None:
    """People, channels and tokens are the same every time; the bot is in two of three channels."""
    one, two = workspace(), workspace()
    assert (one.users, one.channels, one.bot_token) == (two.users, two.channels, two.bot_token)
    with_bot = {name for name, key in one.channels.items() if one.bot.id in one._channels[key].members}
    assert (set(one.users), with_bot) == ({"ada", "grace", "linus"}, {"sales", "weather"})


def test_a_dm_is_made_once() -> None:
    """The same people share the same DM, in whatever order they are named; more than two are a group."""
    here = workspace()
    ada, grace = here.users["ada"].id, here.users["grace"].id
    assert here.open_direct([ada, here.bot.id]) is here.open_direct([here.bot.id, ada])
    assert here.open_direct([ada, grace, here.bot.id]).kind is ChannelKind.MPIM


def test_threads_have_roots_and_replies() -> None:
    """A channel's history has roots and broadcasts, newest first; a thread its replies, oldest first."""
    here = workspace()
    root = say(here, "root")
    first = say(here, "one", thread_ts=root.ts)
    second = say(here, "two", thread_ts=root.ts, broadcast=True)
    assert here.replies(root.channel, root.ts) == (first, second)
    assert list(here.history(root.channel)) == [second, root]
    assert here.root_ts(root.channel, second.ts) == here.root_ts(root.channel, root.ts) == root.ts


def test_replies_outlive_their_root() -> None:
    """A deleted root leaves a tombstone over its replies, which goes when the last of them is deleted."""
    here = workspace()
    root = say(here, "root")
    first, second = (say(here, text, thread_ts=root.ts) for text in ("one", "two"))
    here.delete(root)
    here.delete(first)
    assert here.replies(root.channel, root.ts) == (second,)
    left = here.message(root.channel, root.ts)
    assert left is not None
    assert (left.tombstone, left.text, left.user) == (True, "This message was deleted.", "USLACKBOT")
    here.delete(second)
    assert here.message(root.channel, root.ts) is None


def test_changes_are_told_in_order() -> None:
    """Whoever subscribed hears each change once, after it has happened."""
    here = workspace()
    heard: list[Change] = []
    here.subscribe(heard.append)
    said = say(here, "one")
    here.delete(said)
    assert heard == [Posted(said), Deleted(said)]


def test_an_ephemeral_message_is_seen_by_one() -> None:
    """The same ts replaces it; taken away it is gone, and it never was in the channel."""
    here = workspace()
    heard: list[Change] = []
    here.subscribe(heard.append)
    ada = here.users["ada"].id
    first = replace(say(workspace(), "psst"), channel=here.channels["sales"])
    second = replace(first, text="psst!")
    here.show_ephemeral(ada, first)
    here.show_ephemeral(ada, second)
    assert here.ephemerals == [(ada, second)]
    assert here.ephemeral(here.users["grace"].id, first.ts) is None
    here.remove_ephemeral(ada, second)
    assert (here.ephemerals, here.message(first.channel, first.ts)) == ([], None)
    assert [type(change) for change in heard] == [EphemeralShown, EphemeralShown, EphemeralRemoved]


def test_a_file_is_seen_where_it_is_shown() -> None:
    """A private file is its owner's; a message that shows it opens it for who can read that."""
    here = workspace()
    shown = file(here)
    ada, grace = here.users["ada"].id, here.users["grace"].id
    direct = here.open_direct([ada, here.bot.id])
    assert (here.can_open(here.bot.id, shown), here.can_open(ada, shown)) == (True, False)
    said = say(here, "look", who="bot", channel=direct.id, file_ids=(shown.id,))
    assert (here.can_open(ada, shown), here.can_open(grace, shown)) == (True, False)
    here.change(replace(said, file_ids=()))
    assert not here.can_open(ada, shown)


def test_an_image_in_a_block_is_shown_too() -> None:
    """Files count as shown wherever they stand, also inside other blocks."""
    here = workspace()
    shown = file(here)
    image = {"type": "image", "alt_text": "x", "slack_file": {"id": shown.id}}
    said = say(here, "look", who="bot", blocks=({"type": "container", "child_blocks": [image]},))
    assert shown_files(said) == {shown.id}
    assert here.can_open(here.users["ada"].id, shown)


def test_a_deleted_file_leaves_its_messages() -> None:
    """The message stays, without its attachment."""
    here = workspace()
    shown = file(here)
    said = say(here, "look", who="bot", file_ids=(shown.id,))
    here.remove_file(shown)
    kept = here.message(said.channel, said.ts)
    assert kept is not None
    assert kept.file_ids == ()


def test_a_file_is_usable_when_its_time_has_come() -> None:
    """Between the upload and that moment it exists, but cannot be shown."""
    here = workspace()
    shown = file(here)
    assert isinstance(here.clock, ManualClock)
    shown.usable_at = here.clock.now() + 2
    assert not here.is_usable(shown)
    here.clock.advance(2)
    assert here.is_usable(shown)


def test_reactions_are_counted_by_person() -> None:
    """A person reacts once with each emoji, and can take it back."""
    here = workspace()
    said = say(here, "one")
    ada, grace = here.users["ada"].id, here.users["grace"].id
    for user in (ada, grace, ada):
        message = here.message(said.channel, said.ts)
        assert message is not None
        here.react(message, user, "eyes", add=True)
    message = here.message(said.channel, said.ts)
    assert message is not None
    assert message.reactions == (("eyes", (grace, ada)),)
    here.react(message, ada, "eyes", add=False)
    message = here.message(said.channel, said.ts)
    assert message is not None
    assert message.reactions == (("eyes", (grace,)),)
