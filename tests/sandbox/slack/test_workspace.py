from __future__ import annotations

from dataclasses import replace

import pytest

from bot.sandbox.slack.clock import ManualClock
from bot.sandbox.slack.model import (
    Change,
    ChannelKind,
    ChannelMoved,
    Deactivated,
    Deleted,
    EphemeralRemoved,
    EphemeralShown,
    File,
    Left,
    Posted,
    Shared,
    Unshared,
)
from bot.sandbox.slack.workspace import Workspace

from .bare import say, workspace


def file(here: Workspace, name: str = "a.png") -> File:
    """A processed file of the bot's."""
    made = File(here.ids.make("F"), name, name, 3, here.bot.id, "secret", data=b"png", complete=True)
    made.usable_at = here.clock.now()
    here.files[made.id] = made
    return made


def test_two_workspaces_are_furnished_alike() -> None:
    """People, channels and tokens are the same every time."""
    one, two = workspace(), workspace()
    assert (one.users, one.channels, one.bot_token) == (two.users, two.channels, two.bot_token)
    assert (one.app_token, one.other_app_token) == (two.app_token, two.other_app_token)


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("ada", {"sales", "weather", "random", "board", "partners"}),
        ("grace", {"sales", "weather", "random", "partners"}),
        ("gertrude", {"sales", "partners"}),
        ("otto", {"partners"}),
        ("emilie", set()),
        ("bot", {"sales", "weather", "random", "board", "partners"}),
    ],
)
def test_who_sees_which_channel(name: str, seen: set[str]) -> None:
    """Members of the workspace see public channels and their own; guests and outsiders only their own."""
    here = workspace()
    user = here.users.get(name, here.bot)
    places = {channel: here.channel(channel_id) for channel, channel_id in here.channels.items()}
    assert {channel for channel, place in places.items() if place and here.can_see(user.id, place)} == seen


def test_nobody_unknown_sees_anything() -> None:
    """An id that is nobody's does not even see a public channel."""
    here = workspace()
    sales = here.channel(here.channels["sales"])
    assert sales is not None
    assert not here.can_see("U0NOBODY00", sales)


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
    assert said.shown_files == {shown.id}
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


# -- people come and go ----------------------------------------------------------------------------------


def test_a_deactivated_person_is_in_no_channel() -> None:
    """Their account is marked, they are a member of no channel, and what they said stays."""
    here = workspace()
    said = say(here, "so long", who="linus", channel="board")
    heard: list[Change] = []
    here.subscribe(heard.append)
    here.deactivate("linus")
    linus = here.users["linus"]
    assert linus.deactivated
    assert not any(linus.id in place.members for place in here.conversations() if not place.is_direct)
    assert heard == [Deactivated(linus.id)]
    assert here.message(said.channel, said.ts) == said


def test_somebody_who_left_sees_no_private_channel() -> None:
    """Of a private channel nothing is left to them, and a second leaving is nothing."""
    here = workspace()
    board, vera = here.channels["board"], here.users["vera"].id
    heard: list[Change] = []
    here.subscribe(heard.append)
    here.remove_member(board, vera)
    here.remove_member(board, vera)
    place = here.channel(board)
    assert place is not None
    assert not here.can_see(vera, place)
    assert heard == [Left(board, vera)]


# -- other organisations ---------------------------------------------------------------------------------


def test_a_channel_is_shared_and_unshared() -> None:
    """An invitation is pending until it is accepted; with the sharing ends what outsiders were members of."""
    here = workspace()
    place = here.channel(here.channels["sales"])
    assert place is not None
    heard: list[Change] = []
    here.subscribe(heard.append)
    here.invite_teams(place.id, ["E0OTHER"])
    assert (place.is_ext_shared, place.invited) == (False, ["E0OTHER"])
    here.share_channel(place.id, ["E0OTHER", here.partner.id])
    here.share_channel(place.id, [here.partner.id])
    assert (place.connected, place.invited) == (["E0OTHER", here.partner.id], [])
    here.join(place, here.users["otto"].id)
    here.unshare_channel(place.id, [here.partner.id])
    assert (place.is_ext_shared, here.users["otto"].id in place.members) == (True, False)
    here.unshare_channel(place.id)
    assert not place.is_ext_shared
    assert [change for change in heard if isinstance(change, Shared | Unshared)] == [
        Shared(place.id, "E0OTHER", pending=True),
        Shared(place.id, "E0OTHER"),
        Shared(place.id, here.partner.id),
        Unshared(place.id, here.partner.id),
        Unshared(place.id, "E0OTHER"),
    ]


def test_an_outsider_is_a_stranger_outside_of_shared_channels() -> None:
    """As Slack means the word: of another organisation, and in no channel that the app can see."""
    here = workspace()
    otto = here.users["otto"]
    assert not here.is_stranger(otto)
    here.remove_member(here.channels["partners"], otto.id)
    assert here.is_stranger(otto)
    assert not here.is_stranger(here.users["gertrude"])


def test_a_channel_goes_on_under_another_id() -> None:
    """Messages, threads, files, ephemerals and the name move along; of the old id nothing is left."""
    here = workspace()
    old, linus = here.channels["board"], here.users["linus"].id
    shown = file(here)
    root = say(here, "root", who="linus", channel="board")
    reply = say(here, "look", who="bot", channel="board", thread_ts=root.ts, file_ids=(shown.id,))
    here.show_ephemeral(linus, replace(reply, ts="1.0", text="psst"))
    elsewhere = say(here, "elsewhere")
    heard: list[Change] = []
    here.subscribe(heard.append)
    new = here.change_channel_id(old)
    assert heard == [ChannelMoved(old, new)]
    assert (here.channels["board"], here.channel(old), here.message(old, root.ts)) == (new, None, None)
    assert [message.text for message in here.history(new)] == ["root"]
    assert here.replies(new, root.ts) == (replace(reply, channel=new),)
    assert {(user, message.channel) for user, message in here.ephemerals} == {(linus, new)}
    assert shown.shown_in == {(new, reply.ts), (new, "1.0")}
    assert here.can_open(linus, shown)
    assert here.message(elsewhere.channel, elsewhere.ts) == elsewhere
    moved = here.message(new, reply.ts)
    assert moved is not None
    here.delete(moved)
    assert here.replies(new, root.ts) == ()
