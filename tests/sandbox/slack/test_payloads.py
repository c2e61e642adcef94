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
