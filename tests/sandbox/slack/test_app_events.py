from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack.app_events import AppEvents
from bot.sandbox.slack.model import ChannelKind
from bot.sandbox.slack.workspace import Workspace

from .bare import say, workspace


def listening(here: Workspace) -> list[dict[str, Any]]:
    """Every event that the app gets from now on, without its envelope."""
    events: list[dict[str, Any]] = []
    here.subscribe(AppEvents(here, lambda envelope: events.append(dict(envelope)["event"])))  # type: ignore[arg-type]  # JSON
    return events


def kinds(events: list[dict[str, Any]]) -> list[str]:
    """Types of events, with subtype."""
    return [".".join(filter(None, (event["type"], event.get("subtype")))) for event in events]


def test_a_mention_arrives_twice() -> None:
    """As app_mention without a channel type, and as message with it, both with the message's ts."""
    here = workspace()
    events = listening(here)
    said = say(here, f"<@{here.bot_user_id}> hi")
    assert kinds(events) == ["app_mention", "message"]
    assert {event["ts"] for event in events} == {said.ts}
    assert ["channel_type" in event for event in events] == [False, True]


def test_twice_can_be_switched_off() -> None:
    """A workspace that sends mentions once can be imitated."""
    here = workspace(deliver_mentions_twice=False)
    events = listening(here)
    say(here, f"<@{here.bot_user_id}> hi")
    assert kinds(events) == ["app_mention"]


def test_where_the_bot_is_not_only_mentions_come() -> None:
    """From a public channel without the bot nothing else arrives; that, too, can be switched off."""
    for option, expected in ((True, ["app_mention"]), (False, [])):
        here = workspace(mention_outside_channels=option)
        events = listening(here)
        say(here, f"<@{here.bot_user_id}> hi", channel="random")
        say(here, "hi", channel="random")
        assert kinds(events) == expected


def test_a_direct_message_is_no_mention() -> None:
    """In a DM the bot's name changes nothing."""
    here = workspace()
    events = listening(here)
    direct = here.open_direct([here.users["ada"].id, here.bot.id])
    say(here, f"<@{here.bot_user_id}> hi", channel=direct.id)
    assert kinds(events) == ["message"]
    assert events[0]["channel_type"] == "im"


def test_the_bots_own_messages_come_back() -> None:
    """An app hears itself, and has to tell that by the bot id."""
    here = workspace()
    events = listening(here)
    say(here, "hello", who="bot")
    assert kinds(events) == ["message"]
    assert events[0]["bot_id"] == here.bot.bot_id


def test_edits_and_deletions_are_hidden_messages() -> None:
    """They have a subtype, a ts of their own, and what was there before."""
    here = workspace()
    said = say(here, "one")
    events = listening(here)
    here.change(replace(said, text="two"))
    here.delete(replace(said, text="two"))
    assert kinds(events) == ["message.message_changed", "message.message_deleted"]
    assert (events[0]["message"]["text"], events[0]["previous_message"]["text"]) == ("two", "one")
    assert events[1]["deleted_ts"] == said.ts
    assert all(event["hidden"] and event["ts"] != said.ts for event in events)


def test_a_deleted_root_becomes_a_tombstone() -> None:
    """With replies below it is a change, into a message that says that it was deleted."""
    here = workspace()
    root = say(here, "question")
    reply = say(here, "answer", thread_ts=root.ts)
    events = listening(here)
    here.delete(root)
    here.delete(reply)
    deletions = [events[1]["deleted_ts"], events[2]["deleted_ts"]]
    assert kinds(events) == ["message.message_changed", *["message.message_deleted"] * 2]
    left = events[0]["message"]
    assert (left["subtype"], left["user"], left["ts"]) == ("tombstone", "USLACKBOT", root.ts)
    assert (left["reply_count"], events[0]["previous_message"]["text"]) == (1, "question")
    assert deletions == [reply.ts, root.ts]


def test_what_the_manifest_does_not_ask_for_stays_out() -> None:
    """Reactions and joins reach an app only by subscription."""
    here = workspace()
    said = say(here, "one")
    events = listening(here)
    here.react(said, here.users["grace"].id, "eyes", add=True)
    channel = here.add_channel("new", ChannelKind.PUBLIC, [here.bot.id])
    here.join(channel, here.users["ada"].id)
    assert events == []


def test_what_it_asks_for_comes() -> None:
    """With the subscription the same changes are events, where the bot is a member."""
    here = workspace()
    asked = {"reaction_added", "reaction_removed", "member_joined_channel"}
    here.manifest = replace(here.manifest, bot_events=here.manifest.bot_events | asked)
    said = say(here, "one")
    events = listening(here)
    here.react(said, here.users["grace"].id, "eyes", add=True)
    here.react(said, here.users["grace"].id, "eyes", add=False)
    channel = here.add_channel("new", ChannelKind.PUBLIC, [here.bot.id])
    here.join(channel, here.users["ada"].id)
    assert kinds(events) == ["reaction_added", "reaction_removed", "member_joined_channel"]


def test_an_envelope_names_the_app_and_the_team() -> None:
    """Every event has an id of its own, and who is meant by it."""
    here = workspace()
    envelopes: list[dict[str, Any]] = []
    here.subscribe(AppEvents(here, lambda envelope: envelopes.append(dict(envelope))))
    say(here, f"<@{here.bot_user_id}> hi")
    assert len({envelope["event_id"] for envelope in envelopes}) == 2
    assert {(envelope["team_id"], envelope["api_app_id"]) for envelope in envelopes} == {
        (here.team_id, here.app_id)
    }
    assert envelopes[0]["authorizations"][0]["user_id"] == here.bot_user_id


@pytest.mark.parametrize("kind", list(ChannelKind))
def test_every_kind_of_conversation_is_heard(kind: ChannelKind) -> None:
    """The manifest subscribes to messages of all four kinds; the event says which it is."""
    here = workspace()
    events = listening(here)
    channel = here.add_channel("x", kind, [here.users["ada"].id, here.bot.id])
    say(here, "hi", channel=channel.id)
    assert [event["channel_type"] for event in events] == [kind.value]


# -- other organisations, and what changes in channels ---------------------------------------------------


def enveloped(here: Workspace, *more: str) -> list[dict[str, Any]]:
    """Every envelope that the app gets from now on, with these subscriptions beside those of the manifest."""
    here.manifest = replace(here.manifest, bot_events=here.manifest.bot_events | set(more))
    envelopes: list[dict[str, Any]] = []
    here.subscribe(AppEvents(here, lambda envelope: envelopes.append(dict(envelope))))
    return envelopes


def test_an_outsider_is_known_by_the_team() -> None:
    """A mention names it as the user's, a message as its own and around it; the app is authorized here."""
    here = workspace()
    envelopes = enveloped(here)
    say(here, f"<@{here.bot_user_id}> hi", who="otto", channel="partners")
    mention, message = envelopes
    ours, theirs = here.team_id, here.partner.id
    assert [each["event"]["type"] for each in envelopes] == ["app_mention", "message"]
    assert (mention["team_id"], mention["event"]["team"], mention["event"]["user_team"]) == (
        ours,
        ours,
        theirs,
    )
    assert (message["team_id"], message["event"]["team"], message["context_team_id"]) == (
        theirs,
        theirs,
        ours,
    )
    for each in envelopes:
        assert each["is_ext_shared_channel"] is True
        assert each["event"]["source_team"] == each["event"]["user_profile"]["team"] == theirs
        assert each["authorizations"][0]["team_id"] == ours


def test_a_shared_channel_is_marked_for_everybody() -> None:
    """Also what people of the workspace say there comes with the mark, but with their own team."""
    here = workspace()
    envelopes = enveloped(here, "reaction_added")
    said = say(here, "hi", who="grace", channel="partners")
    here.react(said, here.users["otto"].id, "eyes", add=True)
    say(here, "hi", who="grace")
    assert [each["is_ext_shared_channel"] for each in envelopes] == [True, True, False]
    assert {each["team_id"] for each in envelopes} == {here.team_id}
    assert "user_team" not in envelopes[0]["event"]


def test_sharing_is_told() -> None:
    """A team that comes and one that goes are an event each; an invitation is none."""
    here = workspace()
    envelopes = enveloped(here, "channel_shared", "channel_unshared")
    sales = here.channels["sales"]
    here.invite_teams(sales, ["E0OTHER"])
    here.share_channel(sales, ["E0OTHER", here.partner.id])
    here.unshare_channel(sales)
    events = [each["event"] for each in envelopes]
    assert all(event.pop("event_ts") for event in events)
    assert events == [
        {"type": "channel_shared", "connected_team_id": "E0OTHER", "channel": sales},
        {"type": "channel_shared", "connected_team_id": here.partner.id, "channel": sales},
        {
            "type": "channel_unshared",
            "previously_connected_team_id": "E0OTHER",
            "channel": sales,
            "is_ext_shared": True,
        },
        {
            "type": "channel_unshared",
            "previously_connected_team_id": here.partner.id,
            "channel": sales,
            "is_ext_shared": False,
        },
    ]


def test_a_new_id_is_told() -> None:
    """Where the bot is a member; later events have the new id."""
    here = workspace()
    envelopes = enveloped(here, "channel_id_changed")
    old = here.channels["board"]
    new = here.change_channel_id(old)
    say(here, "still here", who="ada", channel="board")
    moved, said = (each["event"] for each in envelopes)
    assert (moved["old_channel_id"], moved["new_channel_id"]) == (old, new)
    assert (said["channel"], said["channel_type"]) == (new, "group")


def test_of_private_channels_without_the_bot_nothing_is_told() -> None:
    """Neither a new id nor a sharing of a channel that it is not in."""
    here = workspace()
    envelopes = enveloped(here, "channel_id_changed", "channel_shared", "member_left_channel")
    secret = here.add_channel("secret", ChannelKind.PRIVATE, [here.users["ada"].id])
    here.share_channel(secret.id, [here.partner.id])
    here.remove_member(secret.id, here.users["ada"].id)
    here.change_channel_id(secret.id)
    assert envelopes == []


def test_leaving_is_told() -> None:
    """Of others and of itself the bot hears that they left, with the team of who did."""
    here = workspace()
    envelopes = enveloped(here, "member_left_channel")
    partners = here.channels["partners"]
    for user in (here.users["otto"].id, here.bot.id, here.users["grace"].id):
        here.remove_member(partners, user)
    events = [(each["event"]["user"], each["event"]["team"]) for each in envelopes]
    assert events == [(here.users["otto"].id, here.partner.id), (here.bot.id, here.team_id)]


def test_a_deactivation_is_told() -> None:
    """As a changed user, who is deleted."""
    here = workspace()
    envelopes = enveloped(here, "user_change")
    here.deactivate("linus")
    (event,) = (each["event"] for each in envelopes)
    assert (event["user"]["id"], event["user"]["deleted"]) == (here.users["linus"].id, True)


def test_without_a_subscription_none_of_it_comes() -> None:
    """An app that did not ask hears of no sharing, no new id and nobody leaving."""
    here = workspace()
    here.manifest = replace(here.manifest, bot_events=frozenset({"app_mention"}))
    events = listening(here)
    sales = here.channels["sales"]
    here.share_channel(sales, [here.partner.id])
    here.unshare_channel(sales)
    here.remove_member(sales, here.users["vera"].id)
    here.deactivate("linus")
    here.change_channel_id(sales)
    assert events == []
