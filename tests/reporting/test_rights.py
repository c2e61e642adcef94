from __future__ import annotations

import pytest

from bot.core.audience import Rules
from bot.errors import AccessDenied, Denial
from bot.reporting.rights import Means, Named, Rights, Use
from bot.slack.people import Home, People
from bot.slack.places import Places
from tests.fakes import Clock, DictStore
from tests.handlers.conftest import Slack


@pytest.fixture
def rights(api: Slack) -> Rights:
    """U1 is a member, UADMIN an admin, UNAMED in the settings; C1 is ours, C9 shared, C2 unknown."""
    api.people |= {
        "UADMIN": {"is_admin": True},
        "UGUEST": {"is_restricted": True, "is_admin": True},
        "UGONE": {"deleted": True, "is_admin": True},
        "UOUT": {"team_id": "T9", "is_admin": True},
        "UBOT": {"is_bot": True},
    }
    api.channels["C9"] = {"is_ext_shared": True}
    home = Home("T1")
    return Rights(
        Means(
            people=People(api.client, home),
            places=Places(api.client, home),
            store=DictStore(),
            rules=Rules(guests=True, admins=frozenset({"UCOUNTS"})),
            named=Named(frozenset({"UNAMED"}), frozenset({"C1"})),
            team="T1",
            clock=Clock(1000),
        )
    )


async def denial(rights: Rights, user: str, channel: str = "C1", use: Use = Use.LOOK) -> Denial | None:
    try:
        await rights.admit(user, channel, use)
    except AccessDenied as error:
        return error.denial
    return None


@pytest.mark.parametrize(
    ("user", "look", "allow"),
    [
        ("UADMIN", None, None),
        ("UCOUNTS", None, None),
        ("UNAMED", None, Denial.INDIGO_ADMIN),
        ("U1", Denial.INDIGO_PERSON, Denial.INDIGO_ADMIN),
        ("UGUEST", Denial.INDIGO_GUEST, Denial.INDIGO_GUEST),
        ("UGONE", Denial.DEACTIVATED, Denial.DEACTIVATED),
        ("UOUT", Denial.OUTSIDER, Denial.OUTSIDER),
        ("UBOT", Denial.ROBOT, Denial.ROBOT),
    ],
)
async def test_who_may_look_and_who_may_let_others_in(
    rights: Rights, user: str, look: Denial | None, allow: Denial | None
) -> None:
    """Admins and who was let in; guests never, even where they may ask questions."""
    assert await denial(rights, user) is look
    assert await denial(rights, user, use=Use.ALLOW) is allow


async def test_an_admin_lets_somebody_in_and_out_again(rights: Rights) -> None:
    """At once, until it is taken back."""
    await rights.allow("U1", by="UADMIN")
    assert await denial(rights, "U1") is None
    assert [(each.id, each.by, each.at) for each in await rights.admitted()] == [("U1", "UADMIN", 1000)]
    await rights.disallow("U1")
    assert await denial(rights, "U1") is Denial.INDIGO_PERSON


async def test_nothing_is_shown_where_others_read_along(rights: Rights, api: Slack) -> None:
    """Not to an admin either, and from the moment on at which the channel is shared."""
    assert await denial(rights, "UADMIN", "C9") is Denial.INDIGO_SHARED
    assert await denial(rights, "UADMIN", "C1") is None
    api.channels["C1"] = {"is_pending_ext_shared": True}
    assert await denial(rights, "UADMIN", "C1") is Denial.INDIGO_SHARED


async def test_reports_stand_where_an_admin_allows_it(rights: Rights) -> None:
    """In channels of the settings and in those that were let in; never in direct messages or shared ones."""
    assert await rights.takes_reports("C1")
    assert not await rights.takes_reports("C3")
    await rights.allow("C3", by="UADMIN")
    assert await rights.takes_reports("C3")
    await rights.allow("C9", by="UADMIN")
    assert not await rights.takes_reports("C9")
    assert not await rights.takes_reports("D1")


def test_the_settings_are_told_from_what_was_said_in_slack(rights: Rights) -> None:
    """What stands in the settings cannot be taken back in Slack."""
    assert rights.is_named("UNAMED")
    assert rights.is_named("C1")
    assert not rights.is_named("U1")
    assert rights.named.people == {"UNAMED", "UCOUNTS"}
