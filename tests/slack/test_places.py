"""What a conversation is, and who may be in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping

import pytest

from bot.errors import SlackError, SlackRefused, SlackUnreachable, TokenRefused
from bot.model import Place, PlaceKind
from bot.slack.people import Home
from bot.slack.places import Places
from tests.fakes import Clock
from tests.slack.conftest import Answer, WebApi, refused
from tests.slack.installed import Installed, installed


async def no_time(_: float) -> None:
    """A pause that is over at once."""


@pytest.fixture
async def here() -> AsyncIterator[Installed]:
    """A workspace with channels of every kind."""
    async with installed() as made:
        yield made


def places(here: Installed, clock: Clock | None = None) -> Places:
    return Places(here.client, here.home, clock=clock or Clock())


# -- in a workspace --------------------------------------------------------------------------------------


async def test_slack_tells_what_a_channel_is(here: Installed) -> None:
    """Public, private, or a group of people; and who made it."""
    known, ada = places(here), here.user("ada")
    group = here.workspace.open_direct([ada, here.user("grace"), here.workspace.bot_user_id]).id
    expected = {
        here.channel("sales"): PlaceKind.PUBLIC,
        here.channel("random"): PlaceKind.PUBLIC,
        here.channel("board"): PlaceKind.PRIVATE,
        group: PlaceKind.GROUP,
    }
    for channel, kind in expected.items():
        assert await known.place(channel) == Place(channel, kind, creator=ada)


async def test_a_direct_message_is_told_by_its_id(here: Installed) -> None:
    """Nothing is asked: nobody else is in it."""
    assert await places(here).place("D123") == Place("D123", PlaceKind.DIRECT)
    assert here.calls("conversations.info") == 0


async def test_a_channel_that_the_bot_may_not_look_into_is_unknown(here: Installed) -> None:
    """A private one without it, and one that does not exist."""
    hidden = here.workspace.channel(here.channel("board"))
    assert hidden is not None
    hidden.members.remove(here.workspace.bot_user_id)
    assert await places(here).place(hidden.id) == Place(hidden.id, PlaceKind.UNKNOWN)
    assert await places(here).place("C0000000") == Place("C0000000", PlaceKind.UNKNOWN)


async def test_partners_of_a_shared_channel_are_known(here: Installed) -> None:
    """Without this workspace itself."""
    found = await places(here).place(here.channel("partners"))
    assert (found.shared, found.partners) == (True, frozenset({here.workspace.partner.id}))


async def test_an_invitation_counts_already(here: Installed) -> None:
    """Whoever accepts it reads everything that was written before."""
    here.workspace.invite_teams(here.channel("sales"), ["T0INVITED"])
    found = await places(here).place(here.channel("sales"))
    assert (found.shared, found.partners) == (True, frozenset({"T0INVITED"}))


async def test_what_changes_is_known_a_minute_later(here: Installed) -> None:
    """Or at once, where Slack says that something has changed."""
    clock, sales = Clock(), here.channel("sales")
    known = places(here, clock)
    assert not (await known.place(sales)).shared
    here.workspace.share_channel(sales, [here.workspace.partner.id, "E0OTHER"])
    clock.now += 59
    assert not (await known.place(sales)).shared
    known.forget(sales)
    assert (await known.place(sales)).partners == {here.workspace.partner.id, "E0OTHER"}
    here.workspace.unshare_channel(sales)
    clock.now += 60
    assert await known.place(sales) == Place(sales, PlaceKind.PUBLIC, creator=here.user("ada"))
    assert here.calls("conversations.info") == 3


# -- answers that the sandbox does not give ---------------------------------------------------------------


async def told(api: WebApi, raw: Mapping[str, object]) -> Place:
    """The conversation that Slack describes so, in an organisation of several workspaces."""
    api.expect("conversations.info", Answer({"channel": raw}))
    return await Places(api.client, Home("T1", "E1"), clock=Clock()).place("C1")


@pytest.mark.parametrize(
    ("raw", "shared", "partners"),
    [
        ({}, False, set()),
        ({"is_shared": True, "is_org_shared": True, "shared_team_ids": ["T1", "T2"]}, False, set()),
        ({"is_ext_shared": True}, True, set()),
        ({"is_ext_shared": "yes", "shared_team_ids": ["T9"]}, False, set()),
        ({"is_pending_ext_shared": True, "pending_connected_team_ids": ["T9"]}, True, {"T9"}),
        ({"is_pending_ext_shared": True, "pending_shared": ["T8"]}, True, {"T8"}),
        ({"is_ext_shared": True, "connected_limited_team_ids": ["T7"]}, True, {"T7"}),
        ({"is_ext_shared": True, "conversation_host_id": "T9"}, True, {"T9"}),
        ({"is_ext_shared": True, "conversation_host_id": "T1"}, True, set()),
        (
            {
                "is_ext_shared": True,
                "shared_team_ids": ["T1", "T2", "T9"],
                "connected_team_ids": ["E1", "T9", "E9"],
                "internal_team_ids": ["T2"],
            },
            True,
            {"T9", "E9"},
        ),
        ({"is_ext_shared": True, "shared_team_ids": [5, None, ""], "internal_team_ids": "T9"}, True, set()),
    ],
)
async def test_partners_are_whoever_is_not_of_ours(
    api: WebApi, raw: Mapping[str, object], partners: set[str], *, shared: bool
) -> None:
    """Colleagues of another workspace are none; the host of somebody else's channel is."""
    found = await told(api, raw)
    assert (found.shared, set(found.partners)) == (shared, partners)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ({"is_channel": True}, PlaceKind.PUBLIC),
        ({"is_group": True, "is_private": True}, PlaceKind.PRIVATE),
        ({"is_mpim": True, "is_private": True}, PlaceKind.GROUP),
        ({"is_im": True}, PlaceKind.DIRECT),
    ],
)
async def test_kinds_are_told_by_slacks_flags(
    api: WebApi, raw: Mapping[str, object], kind: PlaceKind
) -> None:
    """Old private channels as well as new ones."""
    assert (await told(api, raw)).kind is kind


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused("missing_scope"), TokenRefused),
        (refused("an_error_of_tomorrow"), SlackRefused),
        (Answer(status=503, text="{"), SlackUnreachable),
        (Answer({}), SlackUnreachable),
        (Answer({"channel": []}), SlackUnreachable),
    ],
)
async def test_where_slack_does_not_tell_nothing_is_known(
    api: WebApi, answer: Answer, kind: type[SlackError]
) -> None:
    """That is an error, not a channel without readers; the next one asks again."""
    known = Places(api.client, Home("T1"), clock=Clock(), sleep=no_time)
    api.expect(
        "conversations.info",
        *[answer] * (3 if answer.status == 503 else 1),
        Answer({"channel": {"is_channel": True}}),
    )
    with pytest.raises(kind):
        await known.place("C1")
    assert (await known.place("C1")).kind is PlaceKind.PUBLIC
