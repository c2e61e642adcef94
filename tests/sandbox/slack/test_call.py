from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox.slack.call import Actor, Args, Call, page
from bot.sandbox.slack.errors import Refused
from bot.sandbox.slack.methods import TokenKind
from bot.sandbox.slack.model import ChannelKind
from bot.sandbox.slack.workspace import Workspace

from .bare import workspace


def call(here: Workspace, who: str = "bot", **arguments: Any) -> Call:
    """A call of the bot or of a person."""
    actor = Actor(TokenKind.BOT, here.bot) if who == "bot" else Actor(TokenKind.USER, here.users[who])
    return Call("test.method", Args(arguments), actor, here)


def refusal(caught: pytest.ExceptionInfo[Refused]) -> str:
    """Slack's code and what it adds."""
    messages: Any = caught.value.details.get("response_metadata", {})
    return " ".join((caught.value.code, *(messages.get("messages", ()))))


# -- arguments -------------------------------------------------------------------------------------------


def test_a_form_says_everything_as_text() -> None:
    """Flags, numbers, JSON and lists are read from JSON and from form fields alike."""
    for values in (
        {"flag": True, "number": 7, "json": [1], "names": ["a", "b"]},
        {"flag": "true", "number": "7", "json": "[1]", "names": "a, b"},
        {"flag": "1", "number": "7", "json": "[1]", "names": '["a", "b"]'},
    ):
        args = Args(values)
        assert args.flag("flag")
        assert args.number("number", 1, low=1, high=10) == 7
        assert args.json("json", error="x") == [1]
        assert args.names("names") == ("a", "b")


def test_what_is_not_given_is_the_default() -> None:
    """Null counts as not given."""
    args = Args({"text": None})
    assert not args.has("text")
    assert (args.text("text", "x"), args.flag("flag"), args.names("names")) == ("x", False, ())
    assert args.number("number", 5, low=1, high=10) == 5
    assert args.json("json", error="x") is None


def test_numbers_are_brought_into_their_bounds() -> None:
    """Slack takes a limit that is too large for the largest one."""
    args = Args({"limit": 5000, "least": -1})
    assert (args.number("limit", 100, low=1, high=1000), args.number("least", 1, low=1, high=9)) == (1000, 1)


def test_arguments_of_the_wrong_kind_are_refused() -> None:
    """Each with Slack's words for it."""
    with pytest.raises(Refused) as missing:
        Args({}).required("channel")
    assert refusal(missing) == "invalid_arguments [ERROR] missing required field: channel"
    with pytest.raises(Refused, match="invalid_arguments"):
        Args({"limit": "many"}).number("limit", 1, low=1, high=9)
    with pytest.raises(Refused, match="invalid_blocks_format"):
        Args({"blocks": "[{"}).json("blocks", error="invalid_blocks_format")


# -- what a caller may reach -----------------------------------------------------------------------------


def test_only_the_bot_needs_scopes() -> None:
    """A person in Slack's own client may do what Slack's client does."""
    here = workspace()
    here.manifest = replace(here.manifest, bot_scopes=("channels:history",))
    call(here).need_scope(ChannelKind.PUBLIC, "history")
    call(here, "ada").need_scope(ChannelKind.IM, "history")
    with pytest.raises(Refused) as caught:
        call(here).need_scope(ChannelKind.IM, "history")
    assert caught.value.body() == {
        "ok": False,
        "error": "missing_scope",
        "needed": "im:history",
        "provided": "channels:history",
    }


def test_channels_are_named_by_id_or_name() -> None:
    """Both name the same conversation; a person's id names the DM with them."""
    here = workspace()
    sales = here.channels["sales"]
    assert call(here, channel="#sales").readable().id == call(here, channel=sales).readable().id == sales
    direct = call(here, channel=here.users["ada"].id).writable()
    assert set(direct.members) == {here.users["ada"].id, here.bot.id}


def test_what_one_cannot_see_is_not_there() -> None:
    """A private conversation of others is not found, a channel without the bot cannot be posted to."""
    here = workspace()
    private = here.add_channel("secret", ChannelKind.PRIVATE, [here.users["ada"].id])
    assert call(here, "ada", channel=private.id).readable() is private
    for name, code in (
        (private.id, "channel_not_found"),
        ("C0", "channel_not_found"),
        ("#random", "not_in_channel"),
    ):
        with pytest.raises(Refused, match=code):
            call(here, channel=name).writable()
    here.add_channel("old", ChannelKind.PUBLIC, [here.bot.id]).is_archived = True
    old = next(each for each in here.conversations() if each.name == "old")
    with pytest.raises(Refused, match="is_archived"):
        call(here, channel=old.id).writable()


def test_pages_follow_their_cursor() -> None:
    """The last page has no cursor, and a made-up one is refused."""
    here, items, seen, cursor = workspace(), list(range(7)), list[int](), ""
    for _ in range(3):
        shown, following = page(call(here, limit=3, cursor=cursor), items, default=5, high=100)
        seen += shown
        metadata: Any = following["response_metadata"]
        cursor = metadata["next_cursor"]
    assert (seen, cursor) == (items, "")
    with pytest.raises(Refused, match="invalid_cursor"):
        page(call(here, cursor="bm9uc2Vuc2U="), items, default=5, high=100)


@pytest.mark.parametrize(
    ("caller", "person", "reached"),
    [
        ("bot", "grace", True),
        ("bot", "gertrude", True),
        ("bot", "otto", False),
        ("bot", "emilie", False),
        ("otto", "ada", True),
    ],
)
def test_who_can_be_written_to(caller: str, person: str, *, reached: bool) -> None:
    """People talk to each other across organisations; an app only inside of its own."""
    here = workspace()
    assert call(here, caller).reaches(here.users[person]) is reached
