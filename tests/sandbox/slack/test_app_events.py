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
