from __future__ import annotations

from typing import Any

import pytest

from bot.sandbox.slack import payloads
from bot.sandbox.slack.model import ChannelKind, File
from bot.sandbox.slack.workspace import Workspace

from .bare import say, workspace


def test_a_plain_message_has_no_empty_members() -> None:
    """What says nothing is left out, as Slack does."""
    here = workspace()
    payload = payloads.message(here, say(here, "hi"))
    assert set(payload) == {"type", "user", "ts", "text", "team"}


def test_a_bots_message_names_its_app() -> None:
    """Apps tell their own messages by these."""
    here = workspace()
    payload: dict[str, Any] = payloads.message(here, say(here, "hi", who="bot"))
    assert (payload["bot_id"], payload["app_id"]) == (here.bot.bot_id, here.app_id)
    assert payload["bot_profile"]["name"] == "wisdom"


def test_a_root_knows_its_thread() -> None:
    """Its replies are counted; a reply names its root and who began."""
    here = workspace()
    root = say(here, "root")
    assert "thread_ts" not in payloads.message(here, root)
    reply = say(here, "one", who="grace", thread_ts=root.ts)
    last = say(here, "two", who="bot", thread_ts=root.ts, broadcast=True)
    shown = payloads.message(here, root)
    assert (shown["thread_ts"], shown["reply_count"], shown["latest_reply"]) == (root.ts, 2, last.ts)
    assert shown["reply_users"] == [here.users["grace"].id, here.bot.id]
    assert payloads.message(here, reply)["parent_user_id"] == root.user
    assert payloads.message(here, last)["subtype"] == "thread_broadcast"


@pytest.mark.parametrize(("kind", "named"), [(ChannelKind.IM, False), (ChannelKind.PRIVATE, True)])
def test_a_conversation_as_somebody_sees_it(kind: ChannelKind, *, named: bool) -> None:
    """A DM is named by the other person, a channel by its name."""
    here = workspace()
    ada = here.users["ada"]
    place = here.add_channel("x", kind, [ada.id, here.bot.id])
    payload = payloads.channel(here, place, ada)
    assert payload.get("name") == ("x" if named else None)
    assert payload.get("user") == (None if named else here.bot.id)
    assert payload["is_private"] is True


def test_an_address_is_shown_only_with_the_right_to_it() -> None:
    """Without users:read.email a person has none; the bot has no address at all."""
    here = workspace()
    profiles: list[Any] = [
        payloads.user(here, here.users["ada"], email=True)["profile"],
        payloads.user(here, here.users["ada"], email=False)["profile"],
        payloads.user(here, here.bot, email=True)["profile"],
    ]
    assert [profile.get("email") for profile in profiles] == ["ada@example.com", None, None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ada", {"is_admin": True, "is_owner": False, "is_restricted": False, "deleted": False}),
        ("grace", {"is_admin": False, "is_restricted": False, "is_ultra_restricted": False}),
        ("gertrude", {"is_admin": False, "is_restricted": True, "is_ultra_restricted": False}),
    ],
)
def test_a_person_says_what_they_are(name: str, expected: dict[str, bool]) -> None:
    """Admins and guests of the workspace are marked; all of them are of its team."""
    here = workspace()
    payload = payloads.user(here, here.users[name], email=True)
    assert {key: payload[key] for key in expected} == expected
    assert (payload["team_id"], "is_stranger" in payload) == (here.team_id, False)


def test_of_an_outsider_only_the_team_tells() -> None:
    """No address, no admin, no guest; a stranger only while they are in no channel that the app sees."""
    here = workspace()
    otto = here.users["otto"]
    payload: dict[str, Any] = payloads.user(here, otto, email=True)
    assert (payload["team_id"], payload["profile"]["team"]) == (here.partner.id, here.partner.id)
    assert (payload["is_stranger"], payload["is_restricted"]) == (False, False)
    assert "email" not in payload["profile"]
    assert "tz" not in payload
    here.remove_member(here.channels["partners"], otto.id)
    assert payloads.user(here, otto, email=True)["is_stranger"] is True


def test_of_a_deactivated_person_little_is_told() -> None:
    """That they are, and who they were; no rights any more."""
    here = workspace()
    payload: dict[str, Any] = payloads.user(here, here.users["emilie"], email=True)
    assert (payload["deleted"], payload["profile"]["email"]) == (True, "emilie@example.com")
    assert {"is_admin", "is_restricted", "tz"}.isdisjoint(payload)


def test_nobody_is_told_an_address_that_there_is_not() -> None:
    """The profile of a person without an address has none, and not an empty one."""
    here = workspace()
    profile: Any = payloads.user(here, here.users["emmy"], email=True)["profile"]
    assert "email" not in profile


def test_a_shared_channel_names_its_teams() -> None:
    """Its own among them, so that who counts partners must leave that out."""
    here = workspace()
    place = here.channel(here.channels["partners"])
    assert place is not None
    payload = payloads.channel(here, place, here.bot)
    teams = [here.team_id, here.partner.id]
    assert (payload["is_shared"], payload["is_ext_shared"], payload["is_org_shared"]) == (True, True, False)
    assert (payload["shared_team_ids"], payload["connected_team_ids"]) == (teams, teams)
    assert (payload["conversation_host_id"], payload["creator"]) == (here.team_id, here.users["ada"].id)
    here.unshare_channel(place.id)
    payload = payloads.channel(here, place, here.bot)
    assert (payload["is_shared"], payload["is_ext_shared"]) == (False, False)
    assert (payload["shared_team_ids"], "connected_team_ids" in payload) == ([here.team_id], False)


def test_an_invitation_is_pending() -> None:
    """The channel is not shared yet, and says with whom it may be."""
    here = workspace()
    sales = here.channels["sales"]
    here.invite_teams(sales, ["E0OTHER"])
    place = here.channel(sales)
    assert place is not None
    payload = payloads.channel(here, place, here.bot)
    assert (payload["is_pending_ext_shared"], payload["is_ext_shared"]) == (True, False)
    assert payload["pending_shared"] == payload["pending_connected_team_ids"] == ["E0OTHER"]


def test_a_channel_of_one_organisation_is_shared_without_outsiders() -> None:
    """``is_shared`` alone says nothing about other organisations."""
    here = workspace()
    place = here.channel(here.channels["sales"])
    assert place is not None
    place.is_org_shared = True
    payload = payloads.channel(here, place, here.bot)
    assert (payload["is_shared"], payload["is_org_shared"], payload["is_ext_shared"]) == (True, True, False)


def test_a_private_channel_is_a_channel() -> None:
    """As every one made since March 2021; ``is_private`` is what tells it apart."""
    here = workspace()
    place = here.channel(here.channels["board"])
    assert place is not None
    payload = payloads.channel(here, place, here.users["ada"])
    assert (payload["is_channel"], payload["is_group"], payload["is_private"]) == (True, False, True)
    assert str(payload["id"]).startswith("C")


def test_an_outsiders_message_says_whose_it_is() -> None:
    """Team and profile are those of the other organisation, in the history as in an event."""
    here = workspace()
    payload: dict[str, Any] = payloads.message(here, say(here, "hi", who="otto", channel="partners"))
    theirs = here.partner.id
    assert (payload["team"], payload["user_team"], payload["source_team"]) == (theirs, theirs, theirs)
    assert (payload["user_profile"]["team"], payload["user_profile"]["name"]) == (theirs, "otto")
    assert "otto@" not in str(payload)


def snippet(here: Workspace, *, usable: bool) -> File:
    """An uploaded query."""
    made = File(
        "F1", "q.sql", "q", 0, here.bot.id, "s", snippet_type="sql", data=b"a\nb\nc\nd\ne\nf\n", complete=True
    )
    made.usable_at = here.clock.now() if usable else None
    here.files[made.id] = made
    return made


def test_a_file_is_known_when_slack_has_looked_at_it() -> None:
    """Before that its type is empty, and nothing says where it is shared."""
    here = workspace()
    early = payloads.file(here, snippet(here, usable=False))
    assert (early["mimetype"], early["filetype"], "shares" in early) == ("", "", False)
    later = payloads.file(here, snippet(here, usable=True))
    assert (later["mimetype"], later["filetype"], later["mode"]) == ("text/plain", "sql", "snippet")
    assert (later["preview"], later["lines"], later["lines_more"]) == ("a\nb\nc\nd\ne", 6, 1)


def test_a_file_says_where_it_is_shared() -> None:
    """Public channels and private conversations are listed apart, with thread and ts."""
    here = workspace()
    file = snippet(here, usable=True)
    root = say(here, "root")
    reply = say(here, "look", who="bot", thread_ts=root.ts, file_ids=(file.id,))
    direct = here.open_direct([here.users["ada"].id, here.bot.id])
    say(here, "look", who="bot", channel=direct.id, file_ids=(file.id,))
    payload: Any = payloads.file(here, file)
    assert payload["shares"]["public"] == {root.channel: [{"ts": reply.ts, "thread_ts": root.ts}]}
    assert (payload["channels"], payload["ims"], payload["is_public"]) == ([root.channel], [direct.id], True)
